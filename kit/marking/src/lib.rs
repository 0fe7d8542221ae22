//! Pure engine of the trainer (regulation 2.1: the program alone decides): what a question is, how a ticket is drawn,
//! how an answer is marked, what a score means, how much time is left. No IO, no clock, no chance of its own.
mod mark;
mod question;
mod ticket;
mod time;

pub use mark::{Score, Threshold, mark};
pub use question::{Choice, Flaw, Opt, Question};
pub use ticket::{Seat, Short, Ticket, TopicQuota, draw};
pub use time::{Clockwork, Remaining};
