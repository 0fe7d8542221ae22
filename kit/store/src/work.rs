//! One unit of work: SQL, and what it leaves behind: an audit note, facts told upward, jobs for later.
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::Notify;
use uuid::Uuid;
use words::{Day, Moment};

use crate::{Db, Fault, Job, Stored, values};

/// In whose name a unit runs, for the audit journal.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// `None`: the system itself.
    pub person: Option<Uuid>,
    /// The number by which the log knows the request.
    pub request: Option<String>,
}

impl Who {
    pub fn system() -> Self {
        Self::default()
    }
}

pub struct Work<'w, 'a> {
    db: &'w mut Db<'a>,
    now: Moment,
    who: &'w Who,
    listeners: &'w Arc<Listeners>,
    bell: &'w Arc<Notify>,
}

impl<'w, 'a> Work<'w, 'a> {
    pub(crate) fn new(
        db: &'w mut Db<'a>,
        now: Moment,
        who: &'w Who,
        listeners: &'w Arc<Listeners>,
        bell: &'w Arc<Notify>,
    ) -> Self {
        Self { db, now, who, listeners, bell }
    }

    /// The server's clock when the unit was asked for; the same when it runs again.
    pub fn now(&self) -> Moment {
        self.now
    }

    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// The person in whose name this runs.
    pub fn person(&self) -> Option<Uuid> {
        self.who.person
    }

    /// A line of the audit journal: what happened to whom or to what.
    pub fn note(&mut self, event: &'static str, subject: Uuid) -> Stored<()> {
        self.note_with(event, subject, None)
    }

    /// The same with a reason or another detail that a person will read.
    pub fn note_with(&mut self, event: &'static str, subject: Uuid, detail: Option<&str>) -> Stored<()> {
        let line = values![
            Uuid::now_v7(),
            self.now,
            self.who.person,
            event,
            subject,
            detail,
            self.who.request.as_deref()
        ];
        self.db.run(
            "insert into audit (id, at, actor, event, subject, detail, request) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            line,
        )?;
        Ok(())
    }

    /// States a fact: every listener of a higher domain hears it inside this unit, in the order wired by the server.
    pub fn tell<F: Any>(&mut self, fact: F) -> Stored<()> {
        let listeners = Arc::clone(self.listeners);
        for hear in listeners.0.get(&TypeId::of::<F>()).into_iter().flatten() {
            hear(self, &fact)?;
        }
        Ok(())
    }

    /// Leaves a job to be done once the unit is kept.
    pub fn later<J: Job>(&mut self, job: &J) -> Stored<()> {
        self.later_at(self.now, job)
    }

    /// Leaves a job to be done at `moment` or soon after.
    pub fn later_at<J: Job>(&mut self, moment: Moment, job: &J) -> Stored<()> {
        let data = serde_json::to_string(job).map_err(Fault::data)?;
        self.db.run(
            "insert into job (id, kind, data, run_at, tries, leased_until, dead, created_at)
             values (?1, ?2, ?3, ?4, 0, 0, ?5, ?6)",
            values![Uuid::now_v7(), J::KIND, data, moment, false, self.now],
        )?;
        let bell = Arc::clone(self.bell);
        self.db.after(move || bell.notify_waiters());
        Ok(())
    }

    /// The same unless one of this kind waits already: for what is done again and again.
    pub fn later_once_at<J: Job>(&mut self, moment: Moment, job: &J) -> Stored<()> {
        let waits = self.db.count(
            "select cast(count(*) as bigint) from job where kind = ?1 and dead = ?2 and run_at > ?3",
            values![J::KIND, false, self.now],
        )?;
        if waits == 0 { self.later_at(moment, job) } else { Ok(()) }
    }

    /// Does `act` the first time that this form comes, and gives the first answer again when it comes twice: a double
    /// click, a browser that repeats, a client that never saw the answer.
    pub fn once<T: Serialize + DeserializeOwned>(
        &mut self,
        form_key: Uuid,
        act: impl FnOnce(&mut Self) -> Stored<T>,
    ) -> Stored<T> {
        let kept =
            self.db.maybe("select answer from replay where form_key = ?1", values![form_key], |row| {
                row.json(0)
            })?;
        if let Some(answer) = kept {
            return Ok(answer);
        }
        let answer = act(self)?;
        let text = serde_json::to_string(&answer).map_err(Fault::data)?;
        self.db.run(
            "insert into replay (form_key, answer, at) values (?1, ?2, ?3)",
            values![form_key, text, self.now],
        )?;
        Ok(answer)
    }
}

impl<'a> Deref for Work<'_, 'a> {
    type Target = Db<'a>;
    fn deref(&self) -> &Db<'a> {
        self.db
    }
}
impl<'a> DerefMut for Work<'_, 'a> {
    fn deref_mut(&mut self) -> &mut Db<'a> {
        self.db
    }
}

type Listener = Box<dyn Fn(&mut Work<'_, '_>, &dyn Any) -> Stored<()> + Send + Sync>;

/// What each fact sets in motion. A lower crate tells, a higher crate listens, `server` wires.
#[derive(Default)]
pub struct Listeners(BTreeMap<TypeId, Vec<Listener>>);

impl Listeners {
    pub fn on<F: Any>(&mut self, hear: impl Fn(&mut Work<'_, '_>, &F) -> Stored<()> + Send + Sync + 'static) {
        let listener: Listener = Box::new(move |work, fact| match fact.downcast_ref::<F>() {
            Some(fact) => hear(work, fact),
            None => Ok(()),
        });
        self.0.entry(TypeId::of::<F>()).or_default().push(listener);
    }
}
