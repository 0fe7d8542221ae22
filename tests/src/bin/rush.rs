//! `make bench`: everybody begins within one second, everybody thinks and answers, everybody ends at once. `rush postgres` plays it on one
//! engine; `KAFEDRA_RUSH` is how many learners there are, `KAFEDRA_MINUTES` for how long they think and answer.
#![allow(clippy::cast_precision_loss, reason = "counts and shares of a benchmark are small")]
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use kafedra::folder::Folder;
use stage::client::Client;
use stage::faults::{Sitting, Toll, at_the_door};
use stage::hall::{QUESTIONS, Server, binary, config, fill};
use tempfile::TempDir;
use uuid::Uuid;
use words::Clock;

fn main() -> anyhow::Result<()> {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (learners, minutes) = (number("KAFEDRA_RUSH", 2000), number("KAFEDRA_MINUTES", 1));
    let asked = std::env::args().nth(1);
    for engine in
        ["sqlite", "postgres"].into_iter().filter(|engine| asked.as_ref().is_none_or(|asked| asked == engine))
    {
        let place = TempDir::new()?;
        let config = Config { behind_proxy: true, ..config(place.path(), engine)? };
        let clock = Clock::at(Clock::system().now());
        let store = Folder::open(&config.data)?.store(&config, clock.clone())?;
        println!("\n{engine}: {learners} learners get ready…");
        let filled = store.clone();
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
            fill(&config, filled, &clock, learners).await?;
            let server = Server::start(&binary()?, &config, &[]).await?;
            println!("{} MB at rest", server.memory_mb());
            let sittings = begin(&server, learners).await?;
            let sittings = follow(&server, sittings).await?;
            let sittings = think(&server, sittings, Duration::from_secs(60 * minutes as u64)).await?;
            end(&server, &store, sittings).await
        })?;
    }
    Ok(())
}

/// Percentiles of what was waited, in milliseconds.
fn said(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| {
        times.get((times.len().saturating_sub(1)) * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    format!("p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, all within {:.0} ms", at(50), at(95), at(99), at(100))
}

/// Everybody is at the door; each presses the button at a moment of the same second.
async fn begin(server: &Server, learners: usize) -> anyhow::Result<Vec<Sitting>> {
    let mut doors = Vec::new();
    for few in (0..learners).collect::<Vec<_>>().chunks(8) {
        let at = |&n: &usize| {
            let address = server.address.clone();
            tokio::spawn(async move { at_the_door(&address, n).await })
        };
        for door in few.iter().map(at).collect::<Vec<_>>() {
            doors.push(door.await??);
        }
    }
    let (before, began) = (server.cpu(), Instant::now());
    let share = Duration::from_secs(1) / u32::try_from(learners)?;
    let running: Vec<_> = doors
        .into_iter()
        .enumerate()
        .map(|(n, (client, door))| {
            tokio::spawn(press(client, door, n, began + share * u32::try_from(n).unwrap_or(0)))
        })
        .collect();
    let (mut sittings, mut times) = (Vec::new(), Vec::new());
    for one in running {
        let (sitting, took) = one.await??;
        sittings.push(sitting);
        times.push(took);
    }
    let cpu = server.cpu().saturating_sub(before).as_secs_f64() * 1e3 / learners as f64;
    println!(
        "{learners} begin within one second: {}; {cpu:.2} CPU-ms each; all in {:.1} s; {} MB",
        said(times),
        began.elapsed().as_secs_f64(),
        server.memory_mb()
    );
    Ok(sittings)
}

async fn press(
    mut client: Client,
    door: String,
    n: usize,
    at: Instant,
) -> anyhow::Result<(Sitting, Duration)> {
    tokio::time::sleep_until(at.into()).await;
    let pressed = Instant::now();
    let begun = client.post(&door, &[]).await.context("a start")?;
    let location = begun.location.filter(|to| to.starts_with("/attempts/")).context("not admitted")?;
    let attempt = location.split("/questions").next().unwrap_or_default().to_owned();
    let first = client.get(&location).await?;
    ensure!(first.status == StatusCode::OK, "the first question: {}", first.status);
    Ok((Sitting::of(client, n, attempt), pressed.elapsed()))
}

/// Pages that follow the duty at once, and acts of the duty whose way to them is timed.
const FOLLOWERS: usize = 300;
const ACTS: usize = 40;

/// Three hundred pages are open while the duty speaks to some of them: how long until each hears it.
async fn follow(server: &Server, sittings: Vec<Sitting>) -> anyhow::Result<Vec<Sitting>> {
    let mut streams = Vec::new();
    for sitting in sittings.iter().take(FOLLOWERS) {
        let mut events = sitting.client.events(&format!("{}/events", sitting.attempt)).await?;
        events.next().await?;
        streams.push((sitting.attempt.clone(), events));
    }
    let followed = streams.len();
    let mut duty = Client::new(&server.address);
    duty.sign_in("methodist", kafedra::demo::PASSWORD).await?;
    let (mut times, step) = (Vec::new(), (followed / ACTS).max(1));
    for (attempt, events) in streams.iter_mut().step_by(step) {
        let said = Instant::now();
        let duty_of = attempt.replace("/attempts/", "/duty/");
        let done = duty.post(&duty_of, &[("act", "message"), ("text", "Осталось немного")]).await?;
        ensure!(done.status == StatusCode::SEE_OTHER, "the duty is not let: {}", done.status);
        let heard = tokio::time::timeout(Duration::from_secs(10), events.next()).await??;
        ensure!(heard.contains("Осталось немного"), "something else is heard: {heard}");
        times.push(said.elapsed());
    }
    println!(
        "{followed} pages follow; a word of the duty is there after {}; {} MB",
        said(times),
        server.memory_mb()
    );
    Ok(sittings)
}

/// Each thinks for half a minute to a minute and a half, answers, and looks at the next question.
async fn think(server: &Server, sittings: Vec<Sitting>, long: Duration) -> anyhow::Result<Vec<Sitting>> {
    let (before, began, learners) = (server.cpu(), Instant::now(), sittings.len());
    let running: Vec<_> = sittings
        .into_iter()
        .map(|mut sitting| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                for n in 0.. {
                    let chance = u64::from(Uuid::new_v4().as_bytes()[0]) * 256
                        + u64::from(Uuid::new_v4().as_bytes()[1]);
                    // The first thought of each is somewhere in its middle already.
                    let thought =
                        Duration::from_millis(30_000 + chance * 60_000 / 65_536) / if n == 0 { 4 } else { 1 };
                    if began.elapsed() + thought > long {
                        break;
                    }
                    tokio::time::sleep(thought).await;
                    let answered = Instant::now();
                    sitting.answer(n % QUESTIONS, n % 3).await?;
                    times.push(answered.elapsed());
                    let next = format!("{}/questions/{}", sitting.attempt, (n + 1) % QUESTIONS + 1);
                    let page = sitting.client.get(&next).await?;
                    ensure!(page.status == StatusCode::OK, "a question: {}", page.status);
                }
                anyhow::Ok((sitting, times))
            })
        })
        .collect();
    let (mut sittings, mut times) = (Vec::new(), Vec::new());
    for one in running {
        let (sitting, took) = one.await??;
        sittings.push(sitting);
        times.extend(took);
    }
    let (answers, repeated) = (times.len(), sittings.iter().map(|sitting| sitting.repeated).sum::<usize>());
    let busy = server.cpu().saturating_sub(before).as_secs_f64() / began.elapsed().as_secs_f64();
    println!(
        "{learners} think and answer for {} s: {answers} answers, {repeated} repeated, {}; {busy:.2} of a core; {} MB",
        long.as_secs(),
        said(times),
        server.memory_mb()
    );
    Ok(sittings)
}

/// Everybody ends, thirty-two at a time; each mark is compared with one computed apart.
async fn end(server: &Server, store: &store::Store, sittings: Vec<Sitting>) -> anyhow::Result<()> {
    let (before, began, learners) = (server.cpu(), Instant::now(), sittings.len());
    let mut queues: Vec<Vec<Sitting>> = (0..32).map(|_| Vec::new()).collect();
    for (n, sitting) in sittings.into_iter().enumerate() {
        queues[n % 32].push(sitting);
    }
    let running: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            tokio::spawn(async move {
                let mut ended = Vec::new();
                for mut sitting in queue {
                    let done = sitting.client.post(&format!("{}/completion", sitting.attempt), &[]).await?;
                    ensure!(done.status == StatusCode::SEE_OTHER, "not finished: {}", done.status);
                    ended.push(sitting);
                }
                anyhow::Ok(ended)
            })
        })
        .collect();
    let mut ended = Vec::new();
    for one in running {
        ended.extend(one.await??);
    }
    let (wall, cpu) = (began.elapsed().as_secs_f64(), server.cpu().saturating_sub(before).as_secs_f64());
    println!(
        "{learners} marked and settled in {wall:.1} s: {:.0} a minute; {:.2} CPU-ms each; {} MB",
        learners as f64 * 60.0 / wall,
        cpu * 1e3 / learners as f64,
        server.memory_mb()
    );
    let mut toll = Toll::default();
    for sitting in &ended {
        sitting.count(store, &mut toll).await?;
    }
    println!("{toll:?}");
    ensure!(toll.lost + toll.wrong_marks + toll.broken == 0, "something was lost");
    Ok(())
}
