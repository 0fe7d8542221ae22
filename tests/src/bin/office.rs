//! `make bench`, second half: the office's day against the release server. Complete applications with copies, groups that are closed with
//! all their papers while others sit an attestation, and a long list of learners.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and shares of a benchmark are small"
)]
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::app::{App, Parts, build};
use kafedra::config::Config;
use kafedra::demo::{self, PASSWORD};
use kafedra::folder::Folder;
use kafedra::guest::Guest;
use post::Post;
use regulations::{Centre, Closing};
use serde_json::{Value, json};
use stage::client::Client;
use stage::hall::{Server, binary, config, unprinted};
use store::{Store, Who, values};
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;
use words::Clock;

const APPLICATIONS: usize = 200;
const AT_ONCE: usize = 8;
/// Bytes of one scan.
const SCAN: usize = 2 * 1024 * 1024;
/// `KAFEDRA_GROUPS` asks for more of them: 84 are closed with a thousand papers.
static GROUPS: LazyLock<usize> = LazyLock::new(|| {
    std::env::var("KAFEDRA_GROUPS").ok().and_then(|groups| groups.parse().ok()).unwrap_or(30)
});
const IN_GROUP: usize = 10;
/// Who sits an attestation while groups are closed.
const SITTING: usize = 32;
const LISTED: usize = 5_000;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Vec::new();
    let asked = std::env::args().nth(1);
    for engine in
        ["sqlite", "postgres"].into_iter().filter(|engine| asked.as_ref().is_none_or(|asked| asked == engine))
    {
        let place = TempDir::new()?;
        let config = Config { behind_proxy: true, ..config(place.path(), engine)? };
        let clock = Clock::at(Clock::system().now());
        let store = Folder::open(&config.data)?.store(&config, clock.clone())?;
        report.push(runtime.block_on(async {
            println!("\n{engine}: {} groups of {IN_GROUP} get ready…", *GROUPS);
            let sitting = prepare(&config, store.clone(), &clock).await?;
            let server = Server::start(&binary()?, &config, &[]).await?;
            let mut rows = vec![applications(&server, &store).await?];
            rows.push(closing(&server, &store, sitting).await?);
            rows.push(list(&server, &store).await?);
            anyhow::Ok(json!({ "engine": engine, "rows": rows, "memory_mb": server.memory_mb() }))
        })?);
    }
    std::fs::write("bench-office.json", serde_json::to_string_pretty(&report)?)?;
    println!("\nbench-office.json is written.");
    Ok(())
}

/// A centre with groups whose people have passed and whose protocols wait, and learners in the middle of an attestation.
async fn prepare(config: &Config, store: Store, clock: &Clock) -> anyhow::Result<Vec<(Client, Uuid)>> {
    let now = Clock::system().now();
    clock.set(now.plus_days(-14));
    let files = Folder::open(&config.data)?.files()?;
    let brand = demo::found(&store).await?.brand();
    let app = build(Parts {
        store: store.clone(),
        files: files.clone(),
        post: Post::none(),
        base_url: config.base_url(),
        demo: false,
        behind_proxy: false,
        brand,
        probe: false,
    });
    for code in ["labour-16", "office-72"] {
        demo::publish_one(&app, &files, code).await?;
    }
    store
        .write(Who::system(), |work| Centre { closing: Closing::ByHand, ..Centre::load(work)? }.save(work))
        .await?;
    let app = Arc::new(app);
    let learners: Vec<Guest> = each(&app, "office-72", 0..*GROUPS * IN_GROUP).await?;
    let sitting: Vec<Guest> = each(&app, "labour-16", 1000..1000 + SITTING).await?;
    in_groups(&store).await?;
    clock.set(now.plus_days(-1));
    for (chunk, wanted) in [(&learners, true), (&sitting, false)] {
        for some in chunk.chunks(16) {
            let mut all = Vec::new();
            for guest in some {
                let (app, guest) = (Arc::clone(&app), guest.clone());
                all.push(tokio::spawn(async move {
                    demo::study(&guest, 8).await?;
                    if wanted {
                        demo::attest(&app, &guest, 0).await?;
                    }
                    anyhow::Ok(())
                }));
            }
            for one in all {
                one.await??;
            }
        }
    }
    app.jobs.drain(&store).await?;
    clock.set(now);
    let mut begun = Vec::new();
    for n in 1000..1000 + SITTING {
        let person = person(n).email;
        let attempt = {
            let guest = Guest::new(&app.router);
            guest.sign_in(&person, PASSWORD).await?;
            let cabinet = guest.get("/cabinet").await?.ok()?;
            let address = cabinet
                .body
                .split('"')
                .find(|part| part.ends_with("/attestation"))
                .context("no attestation")?;
            let page = guest.post(address, &[("", "")]).await?.ok()?;
            page.address.split('/').nth(2).context("no attempt")?.parse()?
        };
        begun.push((Client::new(&config.listen), attempt));
    }
    Ok(begun)
}

fn person(n: usize) -> demo::Applicant {
    demo::Applicant { email: format!("office{n}@example.ru"), ..demo::applicant(n) }
}

/// Applies for everybody, a few at a time.
async fn each(
    app: &Arc<App>,
    programme: &'static str,
    who: std::ops::Range<usize>,
) -> anyhow::Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for chunk in who.collect::<Vec<_>>().chunks(16) {
        let mut all = Vec::new();
        for n in chunk.iter().copied() {
            let app = Arc::clone(app);
            all.push(tokio::spawn(async move {
                let guest = Guest::new(&app.router);
                demo::apply(&app, &guest, programme, &person(n)).await?;
                anyhow::Ok(guest)
            }));
        }
        for one in all {
            guests.push(one.await??);
        }
    }
    Ok(guests)
}

/// Puts those of the longer programme into groups that have begun.
async fn in_groups(store: &Store) -> anyhow::Result<()> {
    store
        .write(Who::system(), |work| {
            let (version, people): (Uuid, Vec<Uuid>) = {
                let version = work.one(
                    "select id from programme_version where kind = 'upskilling' and state = 'approved'",
                    &[],
                    |row| row.get(0),
                )?;
                let people = work.all(
                    "select id from enrolment where programme_version = ?1 order by id",
                    values![version],
                    |row| row.get(0),
                )?;
                (version, people)
            };
            let by: Uuid = work.one("select person from person_role where role = 'methodist'", &[], |row| row.get(0))?;
            let (now, today) = (work.now(), work.today());
            for (n, chunk) in people.chunks(IN_GROUP).enumerate() {
                let group = Uuid::now_v7();
                work.run(
                    "insert into study_group (id, name, programme_version, starts_on, ends_on, grounds, started_at, created_by, created_at)
                     values (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?6)",
                    values![group, format!("Группа {}", n + 1), version, today, today.plus(60), now, by],
                )?;
                for one in chunk {
                    work.run("update enrolment set study_group = ?2 where id = ?1", values![*one, group])?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(())
}

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
}

/// A scan of two megabytes that begins as a JPEG does.
fn scan(n: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
    bytes.extend_from_slice(&n.to_le_bytes());
    bytes.resize(SCAN, (n % 251) as u8);
    bytes
}

/// Whole applications with two scans each, from the form to the cabinet.
async fn applications(server: &Server, store: &Store) -> anyhow::Result<Value> {
    let version: Uuid = store
        .read(|db| {
            db.one(
                "select id from programme_version where kind = 'labour_protection' and state = 'approved'",
                &[],
                |row| row.get(0),
            )
        })
        .await?;
    let asks = "update programme_version set content = replace(content, '\"modules\":', '\"copies\":[\"passport\",\"education\"],\"modules\":') where id = ?1";
    store.write(Who::system(), move |work| work.run(asks, values![version])).await?;
    let queue: Arc<Mutex<VecDeque<usize>>> = Arc::new(Mutex::new((2000..2000 + APPLICATIONS).collect()));
    let (before, began) = (server.cpu(), Instant::now());
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (queue, store, address) = (Arc::clone(&queue), store.clone(), server.address.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let Some(n) = queue.lock().await.pop_front() else { break };
                    let one = Instant::now();
                    apply(&address, &store, n).await.with_context(|| format!("applicant {n}"))?;
                    times.push(one.elapsed());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await??);
    }
    let (wall, cpu) = (began.elapsed().as_secs_f64(), server.cpu().saturating_sub(before).as_secs_f64());
    let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    let each = cpu * 1e3 / APPLICATIONS as f64;
    println!(
        "{APPLICATIONS} applications with two scans of 2 MB, {AT_ONCE} at once: {wall:.1} s, p50 {p50:.0} ms, p99 {p99:.0} ms, {each:.0} CPU-ms each; {} MB",
        server.memory_mb()
    );
    Ok(
        json!({ "applications": APPLICATIONS, "s": wall, "p50_ms": p50, "p99_ms": p99, "cpu_ms": each, "memory_mb": server.memory_mb() }),
    )
}

async fn apply(address: &str, store: &Store, n: usize) -> anyhow::Result<()> {
    // Each from an own address: what one address may send is limited.
    let mut client = Client::new(address).forwarded_for(format!("10.0.{}.{}", n / 250, n % 250));
    let fields = serde_json::to_value(person(n))?;
    let form: Vec<(String, String)> = fields
        .as_object()
        .context("a form")?
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let begun = client.post("/programmes/labour-16/application", &form).await?;
    let consent = begun.location.context("the form was refused")?;
    let base = consent.rsplit_once('/').context("an address")?.0.to_owned();
    client.post(&consent, &[("consent", "yes")]).await?;
    for kind in ["passport", "education"] {
        let sent = client
            .upload(&format!("{base}/copies"), &[("kind", kind)], ("scan.jpg", &scan(n * 2 + kind.len())))
            .await?;
        ensure!(sent.status == StatusCode::SEE_OTHER, "a scan was refused: {}", sent.status);
    }
    let end = client.post(&format!("{base}/copies/end"), &[]).await?;
    ensure!(end.status == StatusCode::SEE_OTHER, "the set is not whole: {}", end.text());
    let agreed = client.post(&format!("{base}/agreement"), &[("offer", "yes"), ("signature", "yes")]).await?;
    ensure!(agreed.status == StatusCode::SEE_OTHER, "not agreed: {}", agreed.text());
    let to = person(n).email;
    let subject: String = store
        .read(move |db| {
            db.one(
                "select subject from letter where recipient = ?1 and subject like 'Код%' order by written_at desc limit 1",
                values![&to],
                |row| row.get(0),
            )
        })
        .await?;
    let code = subject.rsplit(' ').next().unwrap_or_default().to_owned();
    let signed = client.post(&format!("{base}/code"), &[("code", &code), ("password", PASSWORD)]).await?;
    ensure!(signed.location.as_deref() == Some("/cabinet"), "not enrolled: {}", signed.text());
    Ok(())
}

/// All protocols are closed at once; certificates, orders and protocols are printed while others answer.
async fn closing(server: &Server, store: &Store, sitting: Vec<(Client, Uuid)>) -> anyhow::Result<Value> {
    while unprinted_now(store).await? > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let printed = "select cast(count(*) as bigint) from paper where file is not null";
    let before: i64 = store.read(move |db| db.count(printed, &[])).await?;
    let over = Arc::new(AtomicBool::new(false));
    let mut answering = Vec::new();
    for (n, (mut client, attempt)) in sitting.into_iter().enumerate() {
        let over = Arc::clone(&over);
        client.sign_in(&person(1000 + n).email, PASSWORD).await?;
        answering.push(tokio::spawn(async move {
            let mut times = Vec::new();
            for seat in (0..12).cycle() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let step = json!({ "key": Uuid::new_v4(), "seat": seat, "chosen": [0] });
                let kept = client.send(&format!("/attempts/{attempt}/answers"), &step).await?;
                ensure!(kept.status == StatusCode::OK, "an answer was not kept: {}", kept.status);
                times.push(kept.took);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            anyhow::Ok(times)
        }));
    }
    let drafts: Vec<Uuid> = store
        .read(|db| {
            db.all("select id from protocol where state = 'draft' and study_group is not null", &[], |row| {
                row.get(0)
            })
        })
        .await?;
    ensure!(drafts.len() == *GROUPS, "{} protocols wait", drafts.len());
    let mut methodist = Client::new(&server.address);
    methodist.sign_in("methodist", PASSWORD).await?;
    let (cpu, began) = (server.cpu(), Instant::now());
    for protocol in drafts {
        methodist.post(&format!("/orders/{protocol}/closure"), &[]).await?;
    }
    while unprinted(store).await? > 0 {
        ensure!(began.elapsed() < Duration::from_mins(5), "papers are not printed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (wall, cpu) = (began.elapsed().as_secs_f64(), server.cpu().saturating_sub(cpu).as_secs_f64());
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for one in answering {
        times.extend(one.await??);
    }
    let after: i64 = store.read(move |db| db.count(printed, &[])).await?;
    let (papers, people) = (after - before, i64::try_from(*GROUPS * IN_GROUP)?);
    let issued = store.read(|db| db.count("select cast(count(*) as bigint) from credential", &[])).await?;
    ensure!(issued == people, "{issued} certificates for {people} people");
    let (p50, p99, answers) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99), times.len());
    let rate = papers as f64 / wall;
    println!(
        "{} groups of {IN_GROUP} closed: {papers} papers in {wall:.1} s ({rate:.0} a second, a thousand in {:.0} s), {cpu:.1} CPU-s; meanwhile {answers} answers, p50 {p50:.1} ms, p99 {p99:.1} ms; {} MB",
        *GROUPS,
        1000.0 / rate,
        server.memory_mb()
    );
    Ok(
        json!({ "papers": papers, "s": wall, "cpu_s": cpu, "answers": answers, "p50_ms": p50, "p99_ms": p99, "memory_mb": server.memory_mb() }),
    )
}

async fn unprinted_now(store: &Store) -> anyhow::Result<i64> {
    Ok(store
        .read(|db| db.count("select cast(count(*) as bigint) from paper where file is null", &[]))
        .await?)
}

/// The methodist's list of learners.
async fn list(server: &Server, store: &Store) -> anyhow::Result<Value> {
    let there = store.read(|db| db.count("select cast(count(*) as bigint) from enrolment", &[])).await?;
    let more = LISTED.saturating_sub(there as usize);
    for from in (0..more).step_by(500) {
        let some = 500.min(more - from);
        store
            .write(Who::system(), move |work| {
                let (application, version): (Uuid, Uuid) = work.one(
                    "select application, programme_version from enrolment order by id limit 1",
                    &[],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?;
                let (now, today) = (work.now(), work.today());
                for n in from..from + some {
                    let (person, enrolment) = (Uuid::now_v7(), Uuid::now_v7());
                    let of = demo::applicant(n);
                    work.run(
                        "insert into person (id, family, given, patronymic, sex, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
                        values![person, of.family, of.given, of.patronymic, of.sex, now],
                    )?;
                    work.run(
                        "insert into enrolment (id, person, programme_version, application, state, starts_on, ends_on, created_at)
                         values (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7)",
                        values![enrolment, person, version, application, today, today.plus(60), now],
                    )?;
                }
                Ok(())
            })
            .await?;
    }
    let mut methodist = Client::new(&server.address);
    methodist.sign_in("methodist", PASSWORD).await?;
    let mut rows = json!({ "learners": LISTED });
    for (name, address) in [
        ("list", "/learners"),
        ("search", "/learners?q=%D1%81%D0%BE%D0%BA%D0%BE%D0%BB"),
        ("table", "/learners.xlsx"),
    ] {
        let mut times = Vec::new();
        for _ in 0..20 {
            let page = methodist.get(address).await?;
            ensure!(page.status == StatusCode::OK, "{address}: {}", page.status);
            times.push(page.took);
        }
        let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
        println!("{LISTED} learners, {name}: p50 {p50:.1} ms, p99 {p99:.1} ms");
        rows[name] = json!({ "p50_ms": p50, "p99_ms": p99 });
    }
    Ok(rows)
}
