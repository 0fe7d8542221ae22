//! A day on which everything happens at once: the server is killed, connections are cut, devices go without a connection and
//! come back within the grace or after it, clocks of devices are moved.
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::send_part;
use super::clock::Hand;
use super::{Scene, Sitting, Toll};
use crate::hall::{QUESTIONS, Server};

/// Seconds from the deadline of the hall (`fill`) at which those without a connection come back, within the grace.
const BACK: i64 = 120;
const DEADLINE: i64 = 120 * 60;
/// Past every grace.
const END: i64 = DEADLINE + 60 * 60;
/// Rounds of all questions that each learner answers.
const ROUNDS: usize = 2;
/// A wall clock that somebody moves is wrong by so many milliseconds.
const MOVED: i64 = -3_600_000;

/// What is wrong with a learner's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    /// Each request is first cut somewhere.
    Cut,
    /// Half of the answers wait for a connection.
    Offline,
    /// The same, and its wall clock is moved meanwhile.
    Moved,
}

impl Trouble {
    /// Of a hundred five are cut, ten offline, five moved.
    const fn of(learner: usize) -> Self {
        match learner % 20 {
            0 => Self::Cut,
            1 | 11 => Self::Offline,
            2 => Self::Moved,
            _ => Self::None,
        }
    }

    const fn waits(self) -> bool {
        matches!(self, Self::Offline | Self::Moved)
    }
}

/// An answer that waits on the device for a connection.
struct Waiting {
    key: Uuid,
    seat: usize,
    choice: usize,
    /// Milliseconds from the token to the answer, by the clock that nobody can move.
    given: i64,
    /// By the wall clock.
    wall: i64,
}

pub async fn of_everything(
    binary: &Path,
    config: &Config,
    learners: usize,
    kills: usize,
) -> anyhow::Result<Toll> {
    let hand = Hand::new(&config.data)?;
    let mut scene = Scene::set(binary, config, learners, &hand.environment()).await?;
    let sittings = scene.sittings.drain(..).enumerate();
    let running: Vec<_> =
        sittings.map(|(n, sitting)| tokio::spawn(answer_all(sitting, Trouble::of(n)))).collect();
    for n in 0..kills {
        tokio::time::sleep(Duration::from_millis(300 + 37 * (n as u64 % 7))).await;
        scene.server.kill();
        scene.server = Server::start(binary, config, &hand.environment()).await?;
    }
    let mut toll = Toll { faults: kills + learners / 5, ..Toll::default() };
    let mut away = Vec::new();
    for (n, one) in running.into_iter().enumerate() {
        let sitting = one.await??;
        match Trouble::of(n) {
            trouble if trouble.waits() => away.push((sitting, trouble)),
            _ => sitting.end(&scene.store, &mut toll).await?,
        }
    }
    let mut gone = Vec::new();
    for (sitting, trouble) in away {
        gone.push(go_offline(sitting, trouble)?);
    }
    hand.shift(DEADLINE + BACK)?;
    for (sitting, waiting) in gone {
        scene.sittings.push(come_back(sitting, waiting).await?);
    }
    hand.shift(END)?;
    scene.ended_by_themselves(&mut toll).await?;
    Ok(toll)
}

async fn answer_all(mut sitting: Sitting, trouble: Trouble) -> anyhow::Result<Sitting> {
    for n in 0..ROUNDS * QUESTIONS {
        let (seat, choice) = (n % QUESTIONS, (n + n / QUESTIONS) % 3);
        match trouble {
            Trouble::None => sitting.answer(seat, choice).await?,
            Trouble::Cut => {
                let (key, step) = Sitting::step(seat, choice);
                let request = sitting.client.text_of(&format!("{}/answers", sitting.attempt), &step);
                let sent = 1 + (n * 97) % (request.len() * 5 / 4);
                // The server may be down just now.
                let cut = send_part(sitting.client.address(), &request, sent.min(request.len()), n % 2 == 0);
                drop(cut.await);
                sitting.send(key, &step, seat, choice).await?;
            }
            // The first of five goes at once, four wait until the next is due.
            Trouble::Offline | Trouble::Moved if n % 5 == 0 => sitting.answer(seat, choice).await?,
            Trouble::Offline | Trouble::Moved => {
                let waiting = wait(&sitting, trouble, seat, choice, 0)?;
                tokio::time::sleep(Duration::from_millis(20)).await;
                ensure!(deliver(&mut sitting, &waiting, 0).await? == StatusCode::OK, "an answer in time");
            }
        }
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    Ok(sitting)
}

/// An answer given now, `later` milliseconds after the device's clock that runs here.
fn wait(
    sitting: &Sitting,
    trouble: Trouble,
    seat: usize,
    choice: usize,
    later: i64,
) -> anyhow::Result<Waiting> {
    let (_, since) = sitting.token.as_ref().context("no token")?;
    let given = milliseconds(*since) + later;
    let wall = given + if trouble == Trouble::Moved { MOVED } else { 0 };
    Ok(Waiting { key: Uuid::new_v4(), seat, choice, given, wall })
}

fn milliseconds(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// Sends what waited, `later` milliseconds after what the clock here says; a repeat is harmless.
async fn deliver(sitting: &mut Sitting, waiting: &Waiting, later: i64) -> anyhow::Result<StatusCode> {
    let Waiting { key, seat, choice, given, wall } = waiting;
    let (token, since) = sitting.token.clone().context("no token")?;
    let address = format!("{}/answers", sitting.attempt);
    loop {
        let sent = milliseconds(since) + later;
        let step: Value = json!({
            "key": key, "seat": seat, "answer": [choice],
            "given": { "token": token, "clocks": [[given, sent], [wall, sent]] },
        });
        match sitting.client.send(&address, &step).await {
            Ok(answer) if answer.status.is_server_error() => {}
            Ok(answer) => {
                if answer.status == StatusCode::OK {
                    sitting.keys.insert(*key);
                    sitting.chosen.insert(*seat, *choice);
                }
                return Ok(answer.status);
            }
            Err(_) => {}
        }
        sitting.repeated += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The last five answers before the deadline, and one after it, which whoever moved the clock would have counted.
fn go_offline(sitting: Sitting, trouble: Trouble) -> anyhow::Result<(Sitting, Vec<Waiting>)> {
    let mut waiting = Vec::new();
    for seat in 0..5 {
        waiting.push(wait(&sitting, trouble, seat, (seat + 2) % 3, 0)?);
    }
    waiting.push(wait(&sitting, trouble, 5, 2, (DEADLINE + BACK / 2) * 1000)?);
    Ok((sitting, waiting))
}

async fn come_back(mut sitting: Sitting, waiting: Vec<Waiting>) -> anyhow::Result<Sitting> {
    for (n, one) in waiting.iter().enumerate() {
        let status = deliver(&mut sitting, one, (DEADLINE + BACK) * 1000).await?;
        let expected = if n < 5 { StatusCode::OK } else { StatusCode::CONFLICT };
        ensure!(status == expected, "answer {n}: {status}");
    }
    Ok(sitting)
}
