//! PostgreSQL: a few threads, each with a connection of its own; serializable transactions, run again when they met.
mod link;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};
use tokio::sync::oneshot;
use tokio_postgres::Config;

pub(crate) use self::link::Link;
use super::{QUEUE, Waiting, spawn};
use crate::db::{Engine, unit};
use crate::fault::of_postgres;
use crate::{After, Db, Fault, Stored, copy};

/// Serializable units that met are run again; the pauses are random, so that the same two do not meet for ever.
const TRIES: u32 = 40;

fn pause(attempt: u32) -> Duration {
    let longest = 1_000u64 << attempt.min(6);
    let chance = uuid::Uuid::new_v4().as_u64_pair().0;
    Duration::from_micros(200 + chance % longest)
}

type Task = Box<dyn FnOnce(&mut Desk) + Send>;

pub(crate) struct Postgres {
    /// `None` only while closing.
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
        let threads = (0..links.max(1)).map(|_| {
            let (mut desk, tasks) = (Desk { config: config.clone(), link: None }, tasks.clone());
            spawn("postgres", move || tasks.iter().for_each(|task| desk.take(task)))
        });
        Ok(Self { desks: Some(desks), threads: threads.collect::<Stored<_>>()? })
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Db<'_>) -> Stored<T> + Send + 'static,
    ) -> Stored<Waiting<T>> {
        self.at_a_desk(move |desk| {
            let (value, after) = desk.until_it_meets_nobody(|link| write(link, &work))?;
            after.into_iter().for_each(|effect| effect());
            Ok(value)
        })
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

fn write<T>(link: &mut Link, work: &impl Fn(&mut Db<'_>) -> Stored<T>) -> Stored<(T, Vec<After>)> {
    link.begin("start transaction isolation level serializable");
    let done = match unit(Engine::Postgres(link), work) {
        Ok(done) => done,
        // COMMIT was never sent, so a connection that broke has kept nothing.
        Err(fault) if link.has_broken(&fault) => return Err(Fault::Again),
        Err(fault) => {
            link.roll_back();
            return Err(fault);
        }
    };
    link.commit().map_err(|error| match of_postgres(error) {
        // The server did not say no, it fell silent: nobody here knows whether the unit is kept.
        Fault::Busy | Fault::Sql(_) => Fault::Unknown,
        fault => fault,
    })?;
    Ok(done)
}
