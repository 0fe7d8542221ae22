//! An examination hall: a folder with learners who may sit an attestation of twenty questions today, and the real server
//! over it as a process of its own.
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;
use anyhow::{Context, ensure};
use kafedra::app::{Parts, build};
use kafedra::config::Config;
use kafedra::demo;
use kafedra::folder::Folder;
use kafedra::guest::Guest;
use post::Post;
use programmes::Content;
use regulations::{Centre, Closing};
use store::{Store, Who};
use trainer::Attempt;
use uuid::Uuid;
use words::Clock;

pub const QUESTIONS: usize = 20;

/// Fills the folder with a centre and `learners` who are ready. Protocols are closed by hand, so that papers are not
/// printed while requests are measured.
pub async fn fill(config: &Config, store: Store, clock: &Clock, learners: usize) -> anyhow::Result<()> {
    let now = Clock::system().now();
    clock.set(now.plus_days(-3));
    let files = Folder::open(&config.data)?.files()?;
    let brand = demo::found(&store).await?.brand();
    let app = build(Parts {
        store,
        files: files.clone(),
        post: Post::none(),
        base_url: config.base_url(),
        demo: false,
        behind_proxy: false,
        brand,
        probe: false,
    });
    demo::publish_one(&app, &files, "labour-16").await?;
    let mut longer: Content = toml::from_str(demo::text("programmes/labour-16/programme.toml")?)?;
    longer.attestation.minutes = 120;
    for quota in &mut longer.attestation.topics {
        quota.questions = QUESTIONS / 4;
    }
    let version = demo::drafted(&app, longer).await?;
    let head = Guest::new(&app.router);
    head.sign_in("head", demo::PASSWORD).await?;
    head.post(&format!("/office/programmes/{version}/approval"), &[("", "")]).await?.ok()?;
    app.house
        .store
        .write(Who::system(), |work| {
            let centre = Centre { closing: Closing::ByHand, ..Centre::load(work)? };
            centre.save(work)
        })
        .await?;
    let app = std::sync::Arc::new(app);
    // A few at a time: units of work share their commits.
    for chunk in (0..learners).collect::<Vec<_>>().chunks(16) {
        let mut all = Vec::new();
        for n in chunk.iter().copied() {
            let app = std::sync::Arc::clone(&app);
            all.push(tokio::spawn(async move {
                let guest = Guest::new(&app.router);
                demo::apply(&app, &guest, "labour-16", &applicant(n)).await?;
                demo::study(&guest, 8).await
            }));
        }
        for one in all {
            one.await??;
        }
    }
    app.jobs.drain(&app.house.store).await?;
    clock.set(now);
    Ok(())
}

fn applicant(n: usize) -> demo::Applicant {
    demo::Applicant { email: login(n), ..demo::applicant(n) }
}

pub fn login(n: usize) -> String {
    format!("bench{n}@example.ru")
}

/// The server as a process of its own.
pub struct Server {
    child: Child,
    pub address: String,
    /// From the start of the process to the first answer.
    pub ready_in: Duration,
}

impl Server {
    /// `environment` is added to this process's own.
    pub async fn start(binary: &Path, config: &Config, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(["serve", "--listen", &config.listen, "--data"])
            .arg(&config.data)
            .env("KAFEDRA_PROBE", "1");
        command.env("KAFEDRA_BEHIND_PROXY", config.behind_proxy.to_string());
        command.env("KAFEDRA_LOG", "error").envs(environment.iter().copied());
        if let Some(url) = &config.database {
            command.args(["--database", url]);
        }
        let began = Instant::now();
        let child = command
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let mut server = Self { child, address: config.listen.clone(), ready_in: Duration::ZERO };
        for _ in 0..2000 {
            if let Ok(answer) = crate::client::Client::new(&server.address).get("/health").await {
                ensure!(answer.status.is_success(), "not healthy: {}", answer.status);
                server.ready_in = began.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        anyhow::bail!("the server does not answer at {}", server.address)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// kill -9
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// CPU time of all threads, and resident memory in megabytes.
    pub fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).into_iter().flatten().flatten();
        let nanoseconds: u64 = tasks
            .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
            .filter_map(|text| text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()))
            .sum();
        Duration::from_nanos(nanoseconds)
    }

    pub fn memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Settings of a server under load: a folder, a fresh database where the engine wants one, a mail server that takes everything.
pub fn config(data: &Path, engine: &str) -> anyhow::Result<Config> {
    Ok(Config {
        data: data.to_owned(),
        database: (engine == "postgres").then(crate::fresh_database),
        listen: free_address()?,
        smtp: Some(format!("smtp://{}", crate::sink::mail()?)),
        mail_from: Some("centre@example.ru".to_owned()),
        ..Config::default()
    })
}

/// A free port on this machine.
pub fn free_address() -> anyhow::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// The binary beside this one, or `KAFEDRA_BIN`.
pub fn binary() -> anyhow::Result<PathBuf> {
    if let Ok(path) = std::env::var("KAFEDRA_BIN") {
        return Ok(path.into());
    }
    let mut path = std::env::current_exe()?;
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    Ok(path.join("kafedra"))
}

/// How many of an attempt's seats are right when `chosen` holds the last answers by seat, computed apart from the server.
pub async fn expected_mark(
    store: &Store,
    attempt: Uuid,
    chosen: Vec<Option<usize>>,
) -> anyhow::Result<usize> {
    let right = store
        .read(move |db| {
            let attempt = Attempt::find(db, attempt)?;
            let mut right = 0;
            for (seat, chosen) in attempt.ticket.seats.iter().zip(&chosen) {
                let key = questions::asked(db, seat.question)?.question.key().unwrap_or_default();
                let own: Vec<_> = chosen.iter().filter_map(|shown| seat.order.get(*shown).copied()).collect();
                right += usize::from(own == key.chosen());
            }
            Ok(right)
        })
        .await?;
    Ok(right)
}

/// A methodist closes the protocol of those who have sat.
pub async fn close_protocol(store: &Store, address: &str) -> anyhow::Result<()> {
    let draft = "select id from protocol where state = 'draft'";
    let protocol: Uuid = store.read(move |db| db.one(draft, &[], |row| row.get(0))).await?;
    let mut methodist = Client::new(address);
    methodist.sign_in("methodist", demo::PASSWORD).await?;
    let closed = methodist.post(&format!("/orders/{protocol}/closure"), &[]).await?;
    ensure!(closed.status.is_redirection(), "not closed: {}", closed.status);
    Ok(())
}

/// Papers that are wanted and not there yet; the protocol's own come with its closing.
pub async fn unprinted(store: &Store) -> anyhow::Result<i64> {
    let open = "select (select cast(count(*) as bigint) from paper where file is null)
                     + (select cast(count(*) as bigint) from protocol where state = 'draft')";
    Ok(store.read(move |db| db.count(open, &[])).await?)
}
