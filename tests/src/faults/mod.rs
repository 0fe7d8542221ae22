//! What may happen on an attestation day, done to the real server on purpose: what was acknowledged is there afterwards, and
//! the marks are as undisturbed.
pub mod clients;
pub mod clock;
pub mod day;
pub mod devices;
pub mod disk;
pub mod flips;
pub mod kills;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use kafedra::demo::PASSWORD;
use kafedra::folder::Folder;
use marking::Points;
use serde_json::{Value, json};
use store::{Store, values};
use uuid::Uuid;
use words::Clock;

use crate::client::Client;
use crate::hall::{QUESTIONS, Server, expected_mark, fill, login};

/// What a trial came to.
#[derive(Debug, Default)]
pub struct Toll {
    /// How often the fault was done.
    pub faults: usize,
    pub acknowledged: usize,
    /// Requests that ended in silence or were refused: the client sends the same step again.
    pub repeated: usize,
    pub lost: usize,
    pub wrong_marks: usize,
    /// Attempts whose chain does not hold.
    pub broken: usize,
}

/// A hall with the server over it and learners who have begun.
pub struct Scene {
    pub store: Store,
    pub server: Server,
    pub sittings: Vec<Sitting>,
}

impl Scene {
    /// `environment` is set for the server only.
    pub async fn set(
        binary: &Path,
        config: &Config,
        learners: usize,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let clock = Clock::at(Clock::system().now());
        let folder = Folder::open(&config.data)?;
        let (opened, hand) = (config.clone(), clock.clone());
        let store = tokio::task::spawn_blocking(move || folder.store(&opened, hand)).await??;
        fill(config, store.clone(), &clock, learners).await?;
        let server = Server::start(binary, config, environment).await?;
        let mut sittings = Vec::new();
        for few in (0..learners).collect::<Vec<_>>().chunks(8) {
            let begin = |&n| {
                let address = server.address.clone();
                tokio::spawn(async move { Sitting::begin(&address, n).await })
            };
            for beginning in few.iter().map(begin).collect::<Vec<_>>() {
                sittings.push(beginning.await??);
            }
        }
        Ok(Self { store, server, sittings })
    }

    /// Nobody presses «Завершить»: the job of the deadline does it.
    pub async fn ended_by_themselves(self, toll: &mut Toll) -> anyhow::Result<()> {
        let began = Instant::now();
        let open = "select cast(count(*) as bigint) from attempt where finished_at is null";
        while self.store.read(move |db| db.count(open, &[])).await? > 0 {
            ensure!(began.elapsed() < Duration::from_mins(1), "the attempts do not end by themselves");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for sitting in &self.sittings {
            sitting.count(&self.store, toll).await?;
        }
        Ok(())
    }

    /// Everybody ends; what each acknowledged step and each mark has come to is added to `toll`.
    pub async fn end(self, toll: &mut Toll) -> anyhow::Result<()> {
        for sitting in self.sittings {
            sitting.end(&self.store, toll).await?;
        }
        Ok(())
    }
}

/// One learner's day: every step is sent until it is acknowledged, with the same key, as the page does.
pub struct Sitting {
    pub client: Client,
    pub login: String,
    pub attempt: String,
    /// Acknowledged steps, and the last acknowledged choice of each seat.
    pub keys: BTreeSet<Uuid>,
    pub chosen: BTreeMap<usize, usize>,
    pub repeated: usize,
    /// The last word of the server of what time it is, and since when the device has it.
    pub token: Option<(String, Instant)>,
}

impl Sitting {
    pub async fn begin(address: &str, n: usize) -> anyhow::Result<Self> {
        let (mut client, begin) = at_the_door(address, n).await?;
        let begun = client.post(&begin, &[]).await?;
        let location = begun.location.context("not admitted")?;
        let attempt = location.split("/questions").next().unwrap_or_default().to_owned();
        Ok(Self::of(client, n, attempt))
    }

    /// At an attempt that this learner has begun.
    pub fn of(client: Client, n: usize, attempt: String) -> Self {
        let login = login(n);
        Self {
            client,
            login,
            attempt,
            keys: BTreeSet::new(),
            chosen: BTreeMap::new(),
            repeated: 0,
            token: None,
        }
    }

    /// The same attempt in another browser or tab.
    #[must_use]
    pub fn beside(&self, client: Client) -> Self {
        Self {
            client,
            login: self.login.clone(),
            attempt: self.attempt.clone(),
            keys: BTreeSet::new(),
            chosen: BTreeMap::new(),
            repeated: 0,
            token: None,
        }
    }

    pub fn id(&self) -> anyhow::Result<Uuid> {
        Ok(self.attempt.trim_start_matches("/attempts/").parse()?)
    }

    pub fn step(seat: usize, choice: usize) -> (Uuid, Value) {
        let key = Uuid::new_v4();
        (key, json!({ "key": key, "seat": seat, "chosen": [choice] }))
    }

    pub async fn answer(&mut self, seat: usize, choice: usize) -> anyhow::Result<()> {
        let (key, step) = Self::step(seat, choice);
        self.send(key, &step, seat, choice).await
    }

    /// Sends the step until it is acknowledged.
    pub async fn send(&mut self, key: Uuid, step: &Value, seat: usize, choice: usize) -> anyhow::Result<()> {
        loop {
            match self.client.send(&format!("{}/answers", self.attempt), step).await {
                Ok(answer) if answer.status == StatusCode::OK => {
                    let said: Value = serde_json::from_slice(&answer.body)?;
                    self.token = said["token"].as_str().map(|token| (token.to_owned(), Instant::now()));
                    break;
                }
                // Busy, full, or the server is coming up: the same step again.
                Ok(answer) if answer.status.is_server_error() => self.repeated += 1,
                Ok(answer) => anyhow::bail!("refused: {}", answer.status),
                Err(_) => self.repeated += 1,
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.keys.insert(key);
        self.chosen.insert(seat, choice);
        Ok(())
    }

    /// Answers seat after seat, round after round, until `until` says so.
    pub async fn answer_until(mut self, until: impl Fn() -> bool) -> anyhow::Result<Self> {
        let mut n = 0;
        while !until() {
            self.answer(n % QUESTIONS, (n / QUESTIONS) % 3).await?;
            n += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(self)
    }

    pub async fn end(mut self, store: &Store, toll: &mut Toll) -> anyhow::Result<()> {
        let done = self.client.post(&format!("{}/completion", self.attempt), &[]).await?;
        ensure!(done.status == StatusCode::SEE_OTHER, "not finished: {}", done.status);
        self.count(store, toll).await
    }

    /// What is kept of the steps, and the mark of the finished attempt, against what the client knows.
    pub async fn count(&self, store: &Store, toll: &mut Toll) -> anyhow::Result<()> {
        let id = self.id()?;
        let kept: BTreeSet<Uuid> = store
            .read(move |db| {
                db.all("select client_key from attempt_step where attempt = ?1", values![id], |row| {
                    row.get(0)
                })
            })
            .await?
            .into_iter()
            .collect();
        toll.acknowledged += self.keys.len();
        toll.repeated += self.repeated;
        toll.lost += self.keys.difference(&kept).count();
        let steps = store.read(move |db| trainer::chain::steps(db, id)).await?;
        toll.broken += usize::from(trainer::chain::first_broken(id, &steps).is_some());
        let chosen = (0..QUESTIONS).map(|seat| self.chosen.get(&seat).copied()).collect();
        let expected = expected_mark(store, id, chosen).await?;
        let given = store.read(move |db| trainer::Attempt::find(db, id)).await?.points;
        toll.wrong_marks += usize::from(given != Some(Points(i64::try_from(expected * 100)?)));
        Ok(())
    }
}

/// A learner who has signed in and may begin: the browser, and the address that begins.
pub async fn at_the_door(address: &str, n: usize) -> anyhow::Result<(Client, String)> {
    // Nobody is held up for being many behind one address.
    let mut client = Client::new(address).forwarded_for(format!("10.0.{}.{}", n / 250, n % 250));
    client.sign_in(&login(n), PASSWORD).await?;
    let cabinet = client.plain("/cabinet").await?;
    let text = cabinet.text();
    let begin = text.split('"').find(|part| part.ends_with("/attestation")).context("no attestation")?;
    Ok((client, begin.to_owned()))
}

/// All sittings at once, each by `act`.
pub async fn everybody<F: Future<Output = anyhow::Result<Sitting>> + Send + 'static>(
    sittings: Vec<Sitting>,
    act: impl Fn(Sitting) -> F,
) -> anyhow::Result<Vec<Sitting>> {
    let running: Vec<_> = sittings.into_iter().map(|sitting| tokio::spawn(act(sitting))).collect();
    let mut done = Vec::new();
    for one in running {
        done.push(one.await??);
    }
    Ok(done)
}
