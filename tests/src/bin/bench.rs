//! `make bench`: attestation day against the release server, phase by phase, so that the server's CPU is known for each
//! kind of request; the load program's own CPU is another process's. `bench postgres` plays it on one engine.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and shares of a benchmark are small"
)]
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use kafedra::demo::PASSWORD;
use kafedra::folder::Folder;
use marking::Points;
use post::Letter;
use serde_json::{Value, json};
use stage::client::{Answer, Client};
use stage::hall::{QUESTIONS, Server, binary, close_protocol, config, expected_mark, fill, login, unprinted};
use store::Who;
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;
use words::Clock;

/// Learners at once, and how many learners in all come in that wave.
const WAVES: [(usize, usize); 4] = [(1, 20), (8, 100), (32, 160), (64, 220)];

struct Learner {
    client: Client,
    login: String,
    attempt: Option<String>,
    material: String,
    enrolment: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SignInPage,
    SignIn,
    Cabinet,
    Programme,
    Material,
    AttestationPage,
    Start,
    Answer,
    Finish,
    Result,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::SignInPage,
        Self::SignIn,
        Self::Cabinet,
        Self::Programme,
        Self::Material,
        Self::AttestationPage,
        Self::Start,
        Self::Answer,
        Self::Finish,
        Self::Result,
    ];
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Vec::new();
    let asked = std::env::args().nth(1);
    for engine in
        ["sqlite", "postgres"].into_iter().filter(|engine| asked.as_ref().is_none_or(|asked| asked == engine))
    {
        let place = TempDir::new()?;
        let config = config(place.path(), engine)?;
        let clock = Clock::at(Clock::system().now());
        let store = Folder::open(&config.data)?.store(&config, clock.clone())?;
        let learners: usize = WAVES.iter().map(|(_, all)| all).sum();
        println!("\n{engine}: {learners} learners get ready…");
        let filled = store.clone();
        let report_of = runtime.block_on(async {
            let began = Instant::now();
            fill(&config, filled, &clock, learners).await?;
            println!("ready in {:.1} s, through the same pages as people use", began.elapsed().as_secs_f64());
            day(engine, &config, &store).await
        })?;
        report.push(report_of);
    }
    std::fs::write("bench.json", serde_json::to_string_pretty(&report)?)?;
    println!("\nbench.json is written.");
    Ok(())
}

async fn day(engine: &str, config: &Config, store: &store::Store) -> anyhow::Result<Value> {
    let server = Server::start(&binary()?, config, &[]).await?;
    println!(
        "ready to answer in {:.0} ms on an existing folder; {} MB at rest",
        server.ready_in.as_secs_f64() * 1e3,
        server.memory_mb()
    );
    println!(
        "{:>4} {:<16} {:>8} {:>8} {:>8} {:>8} {:>10}",
        "at", "request", "req/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms"
    );
    let (mut rows, mut next) = (Vec::new(), 0);
    for (at_once, all) in WAVES {
        let mut hall: Vec<Learner> = (next..next + all)
            .map(|n| Learner {
                client: Client::new(&server.address),
                login: login(n),
                attempt: None,
                material: String::new(),
                enrolment: String::new(),
            })
            .collect();
        next += all;
        let mut request_path = 0.0;
        for kind in Kind::ALL {
            if kind == Kind::Finish && at_once == 64 {
                rows.push(against_the_limit(&server, &mut hall).await?);
            }
            let (row, cpu) = phase(&server, &mut hall, kind, at_once).await?;
            if !matches!(kind, Kind::SignIn) {
                request_path += cpu * if kind == Kind::Answer { QUESTIONS as f64 } else { 1.0 };
            }
            rows.push(row);
        }
        check_marks(store, &hall).await?;
        println!(
            "{at_once:>4} an attempt's request path without the password hash: {request_path:.2} CPU-ms; {} MB",
            server.memory_mb()
        );
        rows.push(json!({ "at": at_once, "attempt_cpu_ms": request_path, "memory_mb": server.memory_mb() }));
    }
    rows.push(papers(&server, store).await?);
    rows.push(letters(&server, store).await?);
    Ok(json!({ "engine": engine, "ready_ms": server.ready_in.as_millis(), "rows": rows }))
}

/// All learners of the wave make one kind of request, `at_once` of them at a time.
async fn phase(
    server: &Server,
    hall: &mut Vec<Learner>,
    kind: Kind,
    at_once: usize,
) -> anyhow::Result<(Value, f64)> {
    let queue: Arc<Mutex<VecDeque<Learner>>> = Arc::new(Mutex::new(hall.drain(..).collect()));
    let (before, began) = (server.cpu(), Instant::now());
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move {
                let (mut done, mut times) = (Vec::new(), Vec::new());
                loop {
                    let Some(mut learner) = queue.lock().await.pop_front() else { break };
                    let requests = if kind == Kind::Answer { QUESTIONS } else { 1 };
                    for n in 0..requests {
                        times
                            .push(request(&mut learner, kind, n).await.with_context(|| format!("{kind:?}"))?);
                    }
                    done.push(learner);
                }
                anyhow::Ok((done, times))
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        let (done, took) = worker.await??;
        hall.extend(done);
        times.extend(took);
    }
    let (wall, cpu) = (began.elapsed(), server.cpu().saturating_sub(before));
    hall.sort_by(|a, b| a.login.cmp(&b.login));
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let (rate, each) =
        (times.len() as f64 / wall.as_secs_f64(), cpu.as_secs_f64() * 1e3 / times.len() as f64);
    let name = format!("{kind:?}");
    println!(
        "{at_once:>4} {name:<16} {rate:>8.0} {:>8.2} {:>8.2} {:>8.2} {each:>10.3}",
        at(0.5),
        at(0.95),
        at(0.99)
    );
    Ok((
        json!({ "at": at_once, "request": name, "per_s": rate, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "cpu_ms": each }),
        each,
    ))
}

fn part(text: &str, matches: impl Fn(&str) -> bool) -> anyhow::Result<String> {
    text.split('"').find(|part| matches(part)).map(str::to_owned).context("the page lacks an address")
}

async fn request(learner: &mut Learner, kind: Kind, n: usize) -> anyhow::Result<Duration> {
    let attempt = learner.attempt.clone().unwrap_or_default();
    let client = &mut learner.client;
    let answer = match kind {
        Kind::SignInPage => expect(client.get("/sign-in").await?, StatusCode::OK)?,
        Kind::SignIn => expect(
            client.post("/sign-in", &[("login", &learner.login), ("password", PASSWORD)]).await?,
            StatusCode::SEE_OTHER,
        )?,
        Kind::Cabinet => expect(client.get("/cabinet").await?, StatusCode::OK)?,
        Kind::Programme => expect(client.get("/programmes/labour-16").await?, StatusCode::OK)?,
        Kind::Material => {
            if learner.material.is_empty() {
                // Once, beside the measure: the address stands on the plain page.
                let page = client.plain("/cabinet").await?;
                learner.material = part(&page.text(), |part| part.contains("/materials/"))?;
                learner.material.split('/').nth(2).unwrap_or_default().clone_into(&mut learner.enrolment);
            }
            expect(client.get(&learner.material).await?, StatusCode::OK)?
        }
        Kind::AttestationPage => {
            expect(client.get(&format!("/studies/{}/attestation", learner.enrolment)).await?, StatusCode::OK)?
        }
        Kind::Start => {
            let answer = client.post(&format!("/studies/{}/attestation", learner.enrolment), &[]).await?;
            let answer = expect(answer, StatusCode::SEE_OTHER)?;
            let location = answer.location.clone().unwrap_or_default();
            learner.attempt = location.split("/questions").next().map(str::to_owned);
            ensure!(location.starts_with("/attempts/"), "not admitted: {location}");
            answer
        }
        Kind::Answer => {
            let step = json!({ "key": Uuid::new_v4(), "seat": n, "chosen": [n % 3] });
            expect(client.send(&format!("{attempt}/answers"), &step).await?, StatusCode::OK)?
        }
        Kind::Finish => {
            expect(client.post(&format!("{attempt}/completion"), &[]).await?, StatusCode::SEE_OTHER)?
        }
        Kind::Result => expect(client.get(&attempt).await?, StatusCode::OK)?,
    };
    Ok(answer.took)
}

fn expect(answer: Answer, status: StatusCode) -> anyhow::Result<Answer> {
    ensure!(answer.status == status, "{} instead of {status}: {}", answer.status, answer.text());
    Ok(answer)
}

/// Every mark that the server gave, against one computed apart from it.
async fn check_marks(store: &store::Store, hall: &[Learner]) -> anyhow::Result<()> {
    for learner in hall {
        let id: Uuid =
            learner.attempt.as_deref().unwrap_or_default().trim_start_matches("/attempts/").parse()?;
        let expected = expected_mark(store, id, (0..QUESTIONS).map(|n| Some(n % 3)).collect()).await?;
        let given = store.read(move |db| trainer::Attempt::find(db, id)).await?.points;
        ensure!(
            given == Some(Points(i64::try_from(expected * 100)?)),
            "{}: marked {given:?}, expected {expected}",
            learner.login
        );
    }
    Ok(())
}

/// The protocol of everybody who has sat is closed: itself, an extract for each, the order of completion. Jobs print them;
/// no request waits for it.
async fn papers(server: &Server, store: &store::Store) -> anyhow::Result<Value> {
    let all = "select cast(count(*) as bigint) from paper";
    let earlier = store.read(move |db| db.count(all, &[])).await?;
    let (before, began) = (server.cpu(), Instant::now());
    close_protocol(store, &server.address).await?;
    while unprinted(store).await? > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let printed = store.read(move |db| db.count(all, &[])).await? - earlier;
    Ok(apart("papers", printed, server, before, began))
}

/// Letters that wait are sent over SMTP.
async fn letters(server: &Server, store: &store::Store) -> anyhow::Result<Value> {
    const LETTERS: i64 = 500;
    let (before, began) = (server.cpu(), Instant::now());
    store
        .write(Who::system(), |work| {
            for n in 0..LETTERS {
                let letter = Letter {
                    to: format!("learner{n}@example.ru"),
                    subject: "Вы зачислены".to_owned(),
                    body: "Здравствуйте!\n\nОбучение открыто, вход с адресом этого письма.".repeat(4),
                    secret: false,
                };
                post::write(work, &letter)?;
            }
            Ok(())
        })
        .await?;
    let waiting = "select cast(count(*) as bigint) from letter where state = 'waiting'";
    while store.read(move |db| db.count(waiting, &[])).await? > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(apart("letters", LETTERS, server, before, began))
}

/// What jobs did beside the requests.
fn apart(what: &str, count: i64, server: &Server, before: Duration, began: Instant) -> Value {
    let (wall, cpu) = (began.elapsed().as_secs_f64(), server.cpu().saturating_sub(before).as_secs_f64());
    let each = cpu * 1e3 / count as f64;
    println!(
        "     {count} {what} in {wall:.1} s, {each:.2} CPU-ms each, beside the requests; {} MB",
        server.memory_mb()
    );
    json!({ "jobs": what, "count": count, "seconds": wall, "cpu_ms": each, "memory_mb": server.memory_mb() })
}

/// A durable answer against a route that only parses and answers, through the same middleware, in alternating runs.
async fn against_the_limit(server: &Server, hall: &mut Vec<Learner>) -> anyhow::Result<Value> {
    let (mut durable, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        limit.push(hammer(hall, true).await?);
        durable.push(hammer(hall, false).await?);
    }
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    let (durable, limit) = (mean(&durable), mean(&limit));
    println!(
        "  64 durable answers {durable:.0}/s, parse and answer {limit:.0}/s: {:.0} %; {} MB",
        durable * 100.0 / limit,
        server.memory_mb()
    );
    Ok(json!({ "durable_per_s": durable, "parse_and_answer_per_s": limit, "share": durable / limit }))
}

/// Requests a second by 64 learners for two seconds.
async fn hammer(hall: &mut Vec<Learner>, probe: bool) -> anyhow::Result<f64> {
    let rest = hall.split_off(64.min(hall.len()));
    let began = Instant::now();
    let workers: Vec<_> = hall
        .drain(..)
        .map(|mut learner| {
            tokio::spawn(async move {
                let attempt = learner.attempt.clone().unwrap_or_default();
                let address = if probe { "/probe".to_owned() } else { format!("{attempt}/answers") };
                let mut count = 0usize;
                while began.elapsed() < Duration::from_secs(2) {
                    let seat = count % QUESTIONS;
                    // The same choice as in the measured phase, so that the marks stay what they were.
                    let step = json!({ "key": Uuid::new_v4(), "seat": seat, "chosen": [seat % 3] });
                    expect(learner.client.send(&address, &step).await?, StatusCode::OK)?;
                    count += 1;
                }
                anyhow::Ok((learner, count))
            })
        })
        .collect();
    let mut total = 0;
    for worker in workers {
        let (learner, count) = worker.await??;
        hall.push(learner);
        total += count;
    }
    let rate = total as f64 / began.elapsed().as_secs_f64();
    hall.extend(rest);
    Ok(rate)
}
