//! Jobs: left inside a unit of work, claimed by a short lease, done at least once, retried with growing pauses, and in
//! the end visible as dead letters. A job is shallow: load, call, done; safe to run twice.
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{Fault, Store, Stored, Who, values};

/// Something slow that a unit of work leaves behind.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    const KIND: &'static str;
    const PACE: Pace = Pace::Prompt;
}

/// What waits for what: a code by letter is kept back neither by a pile of papers nor by an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    Prompt,
    /// Comes in hundreds and may wait: it is done when nothing else is due.
    Patient,
    /// Takes minutes: done after all others, and by one worker of a process, so that the rest are there for the others.
    Long,
}

/// Why a job did not get done.
#[derive(Debug)]
pub enum Failed {
    /// Worth another try after a pause.
    Retry(String),
    /// No try will help: it goes to the dead letters at once.
    Never(String),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Retry(fault.to_string())
    }
}

type Doing = Pin<Box<dyn Future<Output = Result<(), Failed>> + Send>>;
type Doer = Box<dyn Fn(String) -> Doing + Send + Sync>;

/// Who does which kind of job.
pub struct Jobs {
    doers: BTreeMap<&'static str, (Pace, Doer)>,
    /// How often a worker renews the lease of what it holds.
    renewal: Duration,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { doers: BTreeMap::new(), renewal: RENEWAL }
    }
}

/// A job that was given up, for the administrator.
#[derive(Debug)]
pub struct DeadJob {
    pub id: Uuid,
    pub kind: String,
    pub error: String,
    /// What it was to be done with: JSON.
    pub data: String,
}

/// A worker that dies holds its jobs no longer than this; a living one renews its lease while it works.
const LEASE_MS: i64 = 120_000;
const RENEWAL: Duration = Duration::from_secs(30);
const AT_ONCE: i64 = 4;
/// With pauses that grow to an hour: about a day, so that a night without a mail server loses no letter.
const TRIES: i64 = 36;

struct Claimed {
    id: Uuid,
    kind: String,
    data: String,
    tries: i64,
}

impl Jobs {
    /// The same with leases renewed at another pace: a test has no half a minute.
    #[must_use]
    pub fn renewing_every(self, renewal: Duration) -> Self {
        Self { renewal, ..self }
    }

    pub fn on<J: Job, F>(&mut self, act: impl Fn(J) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), Failed>> + Send + 'static,
    {
        let doer: Doer = Box::new(move |data| match serde_json::from_str(&data) {
            Ok(job) => Box::pin(act(job)),
            Err(error) => Box::pin(async move { Err(Failed::Never(format!("data does not read: {error}"))) }),
        });
        self.doers.insert(J::KIND, (J::PACE, doer));
    }

    /// So many workers until the process ends; the first alone does what is long.
    pub fn work(self: &Arc<Self>, store: &Store, workers: usize) {
        for worker in 0..workers {
            tokio::spawn(Arc::clone(self).work_on(store.clone(), worker == 0));
        }
    }

    /// At the bell, and every second for what is scheduled or left by another node.
    async fn work_on(self: Arc<Self>, store: Store, takes_long: bool) {
        loop {
            let bell = Arc::clone(&store.bell);
            let rung = bell.notified();
            match self.round(&store, takes_long).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(fault) => tracing::error!(%fault, "jobs cannot be claimed"),
            }
            let _ = tokio::time::timeout(Duration::from_secs(1), rung).await;
        }
    }

    /// Does what is due until nothing is: for tests and the demonstration. Returns how many were done or failed.
    pub async fn drain(&self, store: &Store) -> Stored<usize> {
        let mut done = 0;
        loop {
            match self.round(store, true).await? {
                0 => return Ok(done),
                some => done += some,
            }
        }
    }

    async fn round(&self, store: &Store, takes_long: bool) -> Stored<usize> {
        let left = if takes_long { String::new() } else { self.kinds(Pace::Long) };
        let mut due = claim(store, [self.kinds(Pace::Patient), self.kinds(Pace::Long), left]).await?;
        due.sort_by_key(|job| (self.doers.get(job.kind.as_str()).map(|(pace, _)| *pace), job.id));
        let count = due.len();
        let mut held: Vec<Uuid> = due.iter().map(|job| job.id).collect();
        for job in due {
            let (id, kind, tries) = (job.id, job.kind.clone(), job.tries);
            let done = match self.doers.get(job.kind.as_str()) {
                Some((_, act)) => self.held_while(store, &held, act(job.data)).await,
                None => Err(Failed::Never("nobody does this kind of job".to_owned())),
            };
            held.retain(|one| *one != id);
            match done {
                Ok(()) => forget(store, id).await?,
                Err(failed) => {
                    tracing::warn!(%id, kind, tries, ?failed, "job failed");
                    put_back(store, id, tries, failed).await?;
                }
            }
        }
        Ok(count)
    }

    /// The kinds of this pace, each between commas.
    fn kinds(&self, pace: Pace) -> String {
        let kinds = self.doers.iter().filter(|(_, (of, _))| *of == pace);
        kinds.map(|(kind, _)| format!(",{kind},")).collect()
    }

    /// Does one job and renews the lease of all that this worker holds meanwhile: a copy of the whole centre takes longer than
    /// any lease.
    async fn held_while(&self, store: &Store, held: &[Uuid], mut doing: Doing) -> Result<(), Failed> {
        // A job that panics fails like any other: its worker has more to do.
        let mut doing = std::pin::pin!(std::future::poll_fn(|context| {
            catch_unwind(AssertUnwindSafe(|| doing.as_mut().poll(context)))
                .unwrap_or_else(|_| Poll::Ready(Err(Failed::Retry("the job panicked".to_owned()))))
        }));
        loop {
            match tokio::time::timeout(self.renewal, &mut doing).await {
                Ok(done) => return done,
                Err(_) => {
                    for id in held.iter().copied() {
                        renew(store, id).await?;
                    }
                }
            }
        }
    }
}

/// Takes what is due under a lease; `tries` is counted before the try, so a job that kills its worker runs out too. Kinds, each between
/// commas: those that let others go first, those that go last, and those that are not taken.
async fn claim(store: &Store, [patient, long, left]: [String; 3]) -> Stored<Vec<Claimed>> {
    let now = store.clock().now();
    let not_taken = left.clone();
    let waits = store
        .read(move |db| {
            db.count(
                "select cast(count(*) as bigint) from job
                 where dead = ?1 and run_at <= ?2 and leased_until <= ?2 and ?3 not like '%,' || kind || ',%'",
                values![false, now, not_taken.as_str()],
            )
        })
        .await?;
    if waits == 0 {
        return Ok(Vec::new());
    }
    store
        .write(Who::system(), move |work| {
            work.all(
                "update job set leased_until = ?3, tries = tries + 1
                 where id in (select id from job
                              where dead = ?1 and run_at <= ?2 and leased_until <= ?2 and ?7 not like '%,' || kind || ',%'
                              order by case when ?6 like '%,' || kind || ',%' then 2 when ?5 like '%,' || kind || ',%' then 1 else 0 end,
                                       run_at, id limit ?4)
                 returning id, kind, data, tries",
                values![false, now, now.0 + LEASE_MS, AT_ONCE, patient.as_str(), long.as_str(), left.as_str()],
                |row| {
                    Ok(Claimed { id: row.get(0)?, kind: row.get(1)?, data: row.get(2)?, tries: row.get(3)? })
                },
            )
        })
        .await
}

async fn renew(store: &Store, id: Uuid) -> Stored<()> {
    store
        .write(Who::system(), move |work| {
            let until = work.now().0 + LEASE_MS;
            work.run("update job set leased_until = ?2 where id = ?1", values![id, until]).map(|_| ())
        })
        .await
}

async fn forget(store: &Store, id: Uuid) -> Stored<()> {
    store
        .write(Who::system(), move |work| work.run("delete from job where id = ?1", values![id]).map(|_| ()))
        .await
}

async fn put_back(store: &Store, id: Uuid, tries: i64, failed: Failed) -> Stored<()> {
    let (dead, error) = match failed {
        Failed::Retry(error) => (tries >= TRIES, error),
        Failed::Never(error) => (true, error),
    };
    // 2 s, 4 s, 8 s, … up to an hour
    let pause = (1_000i64 << tries.clamp(1, 12)).min(3_600_000);
    store
        .write(Who::system(), move |work| {
            let run_at = work.now().0 + pause;
            work.run(
                "update job set leased_until = 0, run_at = ?2, dead = ?3, last_error = ?4 where id = ?1",
                values![id, run_at, dead, error.as_str()],
            )?;
            Ok(())
        })
        .await
}

impl Store {
    /// Jobs that were given up.
    pub async fn dead_jobs(&self) -> Stored<Vec<DeadJob>> {
        self.read(|db| {
            db.all(
                "select id, kind, coalesce(last_error, ''), data from job where dead = ?1 order by created_at, id",
                values![true],
                |row| Ok(DeadJob { id: row.get(0)?, kind: row.get(1)?, error: row.get(2)?, data: row.get(3)? }),
            )
        })
        .await
    }

    /// Gives a job that was given up its tries back.
    pub async fn revive(&self, who: Who, id: Uuid) -> Stored<()> {
        let revive = move |work: &mut crate::Work| {
            let now = work.now();
            let revived = work.run(
                "update job set dead = ?2, tries = 0, run_at = ?3, leased_until = 0 where id = ?1 and dead = ?4",
                values![id, false, now, true],
            )?;
            if revived == 0 { Err(Fault::Missing) } else { work.note("job.revived", id) }
        };
        self.write(who, revive).await
    }

    /// Jobs that are due and not done.
    pub async fn waiting_jobs(&self) -> Stored<i64> {
        let now = self.clock().now();
        self.read(move |db| {
            db.count(
                // What failed and waits for its next try is waiting too; what is scheduled is not.
                "select cast(count(*) as bigint) from job where dead = ?1 and (run_at <= ?2 or tries > 0)",
                values![false, now],
            )
        })
        .await
    }
}
