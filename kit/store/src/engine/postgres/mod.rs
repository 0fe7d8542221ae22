//! PostgreSQL: one thread that writes in groups, so that units of one process never meet, and a few that read, each with a connection of its
//! own. Groups are serializable transactions, run again when they met one of another process.
mod link;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use tokio::sync::oneshot;
use tokio_postgres::Config;

pub(crate) use self::link::Link;
use super::writer::{self, Unit};
use super::{QUEUE, Waiting, spawn};
use crate::db::{Engine, unit};
use crate::fault::of_postgres;
use crate::{Db, Fault, Stored, copy};

/// How many units share one commit: so many savepoints the server keeps at hand.
const GROUP: usize = 60;
/// Groups that met are run again; the pauses are random, so that the same two do not meet for ever.
const TRIES: u32 = 40;
/// For so long: whoever waits behind a lock of another program keeps all the others waiting.
const PATIENCE: Duration = Duration::from_secs(5);
/// After so many tries a group goes on unit by unit.
const TOGETHER: u32 = 3;

fn pause(attempt: u32) -> Duration {
    let longest = 1_000u64 << attempt.min(6);
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    Duration::from_micros(200 + chance % longest)
}

type Task = Box<dyn FnOnce(&mut Desk) + Send>;

pub(crate) struct Postgres {
    /// `None` only while closing.
    writer: Option<Sender<Box<dyn Unit>>>,
    desks: Option<Sender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

impl Postgres {
    pub(crate) fn connect(url: &str, links: u32) -> Stored<Self> {
        let mut config: Config = url.parse().map_err(of_postgres)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        let (desks, tasks) = bounded::<Task>(QUEUE);
        let (to_writer, units) = bounded(QUEUE);
        let mut desk = Desk { config: config.clone(), link: None };
        let write = move || writer::in_groups(&units, GROUP, |group| keep(&mut desk, group));
        let mut threads = vec![spawn("postgres writer", write)?];
        for _ in 0..links.max(1) {
            let (mut desk, tasks) = (Desk { config: config.clone(), link: None }, tasks.clone());
            threads.push(spawn("postgres reader", move || tasks.iter().for_each(|task| desk.take(task)))?);
        }
        Ok(Self { writer: Some(to_writer), desks: Some(desks), threads })
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        writer::ask(self.writer.as_ref(), work)
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        self.at_a_desk(move |desk| desk.until_it_meets_nobody(|link| read(link, &look)))
    }

    pub(crate) fn copy_to(
        &self,
        path: PathBuf,
        files: &'static [(&'static str, &'static str)],
    ) -> Stored<Waiting<()>> {
        self.at_a_desk(move |desk| copy::from_postgres(desk.config.clone(), &path, files))
    }

    fn at_a_desk<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Desk) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        let (answer, waiting) = oneshot::channel();
        let task: Task = Box::new(move |desk| {
            let _ = answer.send(run(desk));
        });
        self.desks.as_ref().ok_or(Fault::Busy)?.try_send(task).map_err(|_| Fault::Busy)?;
        Ok(waiting)
    }
}

impl Drop for Postgres {
    /// Lets what waits be done.
    fn drop(&mut self) {
        self.writer = None;
        self.desks = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A thread's connection: made when it is first needed, and anew when it broke.
struct Desk {
    config: Config,
    link: Option<Link>,
}

impl Desk {
    /// A panic outside a unit (an effect, no descriptor left for a link) costs the link and not the thread.
    fn take(&mut self, task: Task) {
        if catch_unwind(AssertUnwindSafe(|| task(self))).is_err() {
            tracing::error!("a task of the data layer panicked");
            self.link = None;
        }
    }

    fn link(&mut self) -> Stored<&mut Link> {
        let link = match self.link.take() {
            Some(link) if !link.is_closed() => link,
            _ => Link::connect(&self.config).map_err(|error| {
                tracing::error!(%error, "PostgreSQL cannot be reached");
                Fault::Busy
            })?,
        };
        Ok(self.link.insert(link))
    }

    fn until_it_meets_nobody<T>(&mut self, run: impl Fn(&mut Link) -> Stored<T>) -> Stored<T> {
        for attempt in 0..TRIES {
            match run(self.link()?) {
                Err(Fault::Again) => std::thread::sleep(pause(attempt)),
                done => return done,
            }
        }
        Err(Fault::Again)
    }
}

fn read<T>(link: &mut Link, look: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<T> {
    link.begin("start transaction isolation level repeatable read, read only");
    let seen = unit(Engine::Postgres(link), look);
    let broken = seen.as_ref().is_err_and(|fault| link.has_broken(fault));
    link.roll_back();
    seen.map(|(value, _)| value).map_err(|fault| if broken { Fault::Again } else { fault })
}

/// Runs a unit in the group that is open. Errors: the whole group has to run again.
fn run(link: &mut Link, unit: &mut dyn Unit) -> Stored<()> {
    link.begin_unit();
    match unit.run(Engine::Postgres(link)) {
        Ok(()) => Ok(()),
        Err(Fault::Again) => Err(Fault::Again),
        // COMMIT was never sent, so a connection that broke has kept nothing.
        Err(fault) if link.has_broken(&fault) => Err(Fault::Again),
        Err(_) => {
            link.roll_back_unit();
            Ok(())
        }
    }
}

fn keep(desk: &mut Desk, mut group: Vec<Box<dyn Unit>>) {
    let (mut tries, began) = (0, Instant::now());
    let kept = loop {
        let kept = desk.link().and_then(|link| together(link, &mut group));
        tries += 1;
        let alone = group.len() == 1;
        match kept {
            Err(Fault::Again)
                if tries < if alone { TRIES } else { TOGETHER } && began.elapsed() < PATIENCE =>
            {
                std::thread::sleep(pause(tries));
            }
            // It met another process again and again, or something broke the whole: each alone, so that only the guilty fail.
            Err(Fault::Again | Fault::Full | Fault::Constraint(_)) if !alone => {
                return group.into_iter().for_each(|unit| keep(desk, vec![unit]));
            }
            kept => break kept,
        }
    };
    writer::answer(group, &kept);
}

fn together(link: &mut Link, group: &mut [Box<dyn Unit>]) -> Stored<()> {
    link.begin(link::GROUP);
    for unit in group {
        if let Err(fault) = run(link, unit.as_mut()) {
            link.roll_back();
            return Err(fault);
        }
    }
    link.commit().map_err(|error| match of_postgres(error) {
        // The server did not say no, it fell silent: nobody here knows whether the group is kept.
        Fault::Busy | Fault::Sql(_) => Fault::Unknown,
        fault => fault,
    })
}
