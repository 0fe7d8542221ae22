//! Pure engine of the trainer (regulation 2.1: the program alone decides): what a question is, how a ticket is drawn,
//! how an answer is marked, what a score means, how much time is left. No IO, no clock, no chance of its own.
mod answer;
mod area;
mod check;
mod correction;
mod mark;
mod number;
mod question;
mod score;
pub mod statistics;
mod text;
mod ticket;
mod time;

pub use answer::Answer;
pub use area::{Area, Spot};
pub use check::{Flaw, LONGEST};
pub use correction::{Correction, mark_corrected};
pub use mark::{Mark, mark};
pub use number::{Quantity, Span, Unit};
pub use question::{Choice, Credit, Gap, Item, Opt, Question, Task};
pub use score::{Points, Score, Threshold, passes};
pub use text::Wording;
pub use ticket::{Candidate, Difficulty, Seat, Short, Ticket, TopicQuota, draw};
pub use time::{Clockwork, Remaining, given_at};
