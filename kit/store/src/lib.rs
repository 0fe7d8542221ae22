//! The data layer: one synchronous SQL interface over two engines.
//!
//! [`Store::read`] shows one consistent state; [`Store::write`] runs one unit of work. Closures are plain synchronous
//! Rust on a thread of the engine's own, so a client that goes away cannot cut one half-way. What they promise on both
//! engines is written as tests in `tests/conformance.rs`:
//!
//! * what `write` acknowledges is durable; what it refuses left no trace;
//! * a unit sees a consistent state: two that contradict each other never both succeed;
//! * a unit that met an SQL error is never kept, even if it swallowed the error;
//! * one unit's failure (constraint, full disk, panic) never touches its neighbours in the group;
//! * a caller that goes away half-way changes nothing.
//!
//! Units may run more than once (replay, retry): inside them only SQL. Streams, wake-ups and counters go through
//! [`Db::after`], letters and papers through [`Work::later`].
mod copy;
mod db;
mod engine;
mod fault;
mod jobs;
mod migrate;
mod value;
mod work;

pub use db::{After, Db, Row};
pub use engine::Store;
pub use fault::{Fault, Stored};
pub use jobs::{DeadJob, Failed, Job, Jobs, Pace};
pub use value::{Column, Value};
pub use work::{Listeners, Who, Work};

/// `values![id, name, now]`: each becomes a [`Value`].
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}
