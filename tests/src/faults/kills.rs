//! kill -9 in the middle of an attestation day: what was acknowledged is there, and the marks are as undisturbed.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use kafedra::demo::PASSWORD;
use kafedra::folder::Folder;
use serde_json::json;
use store::values;
use uuid::Uuid;
use words::Clock;

use crate::client::Client;
use crate::hall::{QUESTIONS, Server, expected_mark, fill, login};

/// What a run came to.
#[derive(Debug)]
pub struct Toll {
    pub kills: usize,
    pub acknowledged: usize,
    /// Requests that ended in silence: kept or not, the client sends the same step again.
    pub unknown: usize,
    pub lost: usize,
    pub wrong_marks: usize,
}

/// One learner's day: every step is sent until it is acknowledged, with the same key, as the page does.
struct Sitting {
    client: Client,
    attempt: String,
    /// Acknowledged steps, and the last acknowledged choice of each seat.
    keys: BTreeSet<Uuid>,
    chosen: BTreeMap<usize, usize>,
    unknown: usize,
}

/// Fills a folder, then lets `learners` answer through the real server, which is killed `kills` times.
pub async fn under_load(
    binary: &Path,
    config: &Config,
    learners: usize,
    kills: usize,
) -> anyhow::Result<Toll> {
    let clock = Clock::at(Clock::system().now());
    let folder = Folder::open(&config.data)?;
    let (opened, hand) = (config.clone(), clock.clone());
    let store = tokio::task::spawn_blocking(move || folder.store(&opened, hand)).await??;
    fill(config, store.clone(), &clock, learners).await?;

    let mut server = Server::start(binary, config).await?;
    let mut sittings = Vec::new();
    for n in 0..learners {
        sittings.push(begin(&server.address, n).await?);
    }
    let until = Instant::now() + Duration::from_millis(400) * u32::try_from(kills)? + Duration::from_secs(1);
    let running: Vec<_> =
        sittings.into_iter().map(|sitting| tokio::spawn(answer_until(sitting, until))).collect();
    for n in 0..kills {
        // Never at the same place of the commit.
        tokio::time::sleep(Duration::from_millis(150 + 37 * (n as u64 % 7))).await;
        server.kill();
        server = Server::start(binary, config).await?;
    }
    let mut toll = Toll { kills, acknowledged: 0, unknown: 0, lost: 0, wrong_marks: 0 };
    for one in running {
        let mut sitting = one.await??;
        let id: Uuid = sitting.attempt.trim_start_matches("/attempts/").parse()?;
        let kept: BTreeSet<Uuid> = store
            .read(move |db| {
                db.all("select client_key from attempt_step where attempt = ?1", values![id], |row| {
                    row.get(0)
                })
            })
            .await?
            .into_iter()
            .collect();
        toll.acknowledged += sitting.keys.len();
        toll.unknown += sitting.unknown;
        toll.lost += sitting.keys.difference(&kept).count();
        let done = sitting.client.post(&format!("{}/completion", sitting.attempt), &[]).await?;
        ensure!(done.status == StatusCode::SEE_OTHER, "not finished: {}", done.status);
        let chosen = (0..QUESTIONS).map(|seat| sitting.chosen.get(&seat).copied()).collect();
        let expected = expected_mark(&store, id, chosen).await?;
        let given = store.read(move |db| trainer::Attempt::find(db, id)).await?.right;
        toll.wrong_marks += usize::from(given != Some(i64::try_from(expected)?));
    }
    Ok(toll)
}

async fn begin(address: &str, n: usize) -> anyhow::Result<Sitting> {
    let mut client = Client::new(address);
    client.sign_in(&login(n), PASSWORD).await?;
    let cabinet = client.plain("/cabinet").await?;
    let text = cabinet.text();
    let begin = text.split('"').find(|part| part.ends_with("/attestation")).context("no attestation")?;
    let begun = client.post(begin, &[]).await?;
    let location = begun.location.context("not admitted")?;
    let attempt = location.split("/questions").next().unwrap_or_default().to_owned();
    Ok(Sitting { client, attempt, keys: BTreeSet::new(), chosen: BTreeMap::new(), unknown: 0 })
}

async fn answer_until(mut sitting: Sitting, until: Instant) -> anyhow::Result<Sitting> {
    let mut n = 0;
    while Instant::now() < until {
        let (key, seat, choice) = (Uuid::new_v4(), n % QUESTIONS, (n / QUESTIONS) % 3);
        let step = json!({ "key": key, "seat": seat, "chosen": [choice] });
        loop {
            match sitting.client.send(&format!("{}/answers", sitting.attempt), &step).await {
                Ok(answer) if answer.status == StatusCode::OK => break,
                // Busy, or the server is coming up: the same step again.
                Ok(answer) if answer.status.is_server_error() => {}
                Ok(answer) => anyhow::bail!("refused: {}", answer.status),
                Err(_) => sitting.unknown += 1,
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sitting.keys.insert(key);
        sitting.chosen.insert(seat, choice);
        n += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(sitting)
}
