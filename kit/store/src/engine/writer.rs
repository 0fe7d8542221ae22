//! What the writers of both engines have in common: one thread takes the units that wait, keeps them in groups, and answers each once.
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use super::Waiting;
use crate::db::{Engine, unit};
use crate::{After, Db, Fault, Stored};

/// A unit of work on its way through a writer: it may run several times, and is answered once.
pub(super) trait Unit: Send {
    /// Runs it, and says why it did not succeed.
    fn run(&mut self, engine: Engine<'_>) -> Stored<()>;
    /// Answers with what it came to, if the group it ran in was kept.
    fn answer(self: Box<Self>, kept: Stored<()>);
}

struct Asked<T, W> {
    work: W,
    done: Stored<(T, Vec<After>)>,
    answer: oneshot::Sender<Stored<T>>,
}

impl<T: Send, W: Fn(&mut Db<'_>) -> Stored<T> + Send> Unit for Asked<T, W> {
    fn run(&mut self, engine: Engine<'_>) -> Stored<()> {
        self.done = unit(engine, &self.work);
        self.done.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn answer(self: Box<Self>, kept: Stored<()>) {
        let done = kept.and(self.done).map(|(value, after)| {
            after.into_iter().for_each(take_effect);
            value
        });
        let _ = self.answer.send(done);
    }
}

/// The unit is kept by now: an effect that panics takes nothing from whoever waits for it, nor from the others.
fn take_effect(effect: After) {
    if catch_unwind(AssertUnwindSafe(effect)).is_err() {
        tracing::error!("an effect of a unit panicked");
    }
}

/// Hands a unit to the writer. Errors: too many wait, or the engine is closing.
pub(super) fn ask<T: Send + 'static>(
    writer: Option<&Sender<Box<dyn Unit>>>,
    work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
) -> Stored<Waiting<T>> {
    let (answer, waiting) = oneshot::channel();
    let unit = Box::new(Asked { work, done: Err(Fault::Busy), answer });
    writer.ok_or(Fault::Busy)?.try_send(unit).map_err(|_| Fault::Busy)?;
    Ok(waiting)
}

/// Until the engine closes: whatever waits, up to `most` units, is kept together.
pub(super) fn in_groups(
    units: &Receiver<Box<dyn Unit>>,
    most: usize,
    mut keep: impl FnMut(Vec<Box<dyn Unit>>),
) {
    while let Ok(first) = units.recv() {
        let mut group = vec![first];
        group.extend(units.try_iter().take(most - 1));
        keep(group);
    }
}

/// All are answered alike: kept, or not.
pub(super) fn answer(group: Vec<Box<dyn Unit>>, kept: &Stored<()>) {
    group.into_iter().for_each(|unit| unit.answer(kept.clone()));
}
