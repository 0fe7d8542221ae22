//! The standard training centre «Меридиан» and its people, for tests only. A story is told through HTTP and runs on both
//! engines; it ends with failure if a job is left undone or was given up.
pub mod client;
pub mod faults;
pub mod form;
pub mod hall;
pub mod sink;

use std::future::Future;

use documents::archive::{self, Checked, Period};
use kafedra::app::{App, Parts, build, listeners};
use kafedra::demo::{self, Applicant};
use kafedra::guest::Guest;
use post::{Post, Written};
use proof::Signer;
use regulations::{Centre, Closing};
use store::{Store, Stored, Who, Work, values};
use tempfile::TempDir;
use words::{Clock, Day, Moment};

/// A Sunday noon in November 2026.
pub const NOON: Moment = Moment(1_795_338_000_000);

pub struct Stage {
    pub app: App,
    pub clock: Clock,
    _folder: TempDir,
}

/// Each story is one async function of a stage; here it becomes a test on each engine.
#[macro_export]
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod on_sqlite { $(#[test] fn $story() { $crate::tell($crate::Engine::Sqlite, super::$story); })* }
        mod on_postgres { $(#[test] fn $story() { $crate::tell($crate::Engine::Postgres, super::$story); })* }
    };
}

#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Sets the stage, tells the story, and looks at what is left behind.
pub fn tell<F: Future<Output = ()>>(engine: Engine, story: impl FnOnce(std::rc::Rc<Stage>) -> F) {
    let folder = TempDir::new().expect("a folder");
    let clock = Clock::at(NOON);
    let store = match engine {
        Engine::Sqlite => Store::sqlite(&folder.path().join("kafedra.db"), 1, clock.clone(), schema::FILES),
        Engine::Postgres => Store::postgres(&fresh_database(), 6, clock.clone(), schema::FILES),
    };
    let files = files::Files::open(&folder.path().join("files")).expect("files");
    let store = store.expect("a store").hearing(listeners()).sealing(files.seal());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let centre = demo::found(&store).await.expect("a centre");
        let app = build(Parts {
            store,
            files: files.clone(),
            post: Post::none(),
            base_url: "http://test".into(),
            demo: false,
            behind_proxy: false,
            brand: centre.brand(),
            probe: false,
        });
        demo::publish_one(&app, &files, "labour-16").await.expect("a programme");
        let stage = std::rc::Rc::new(Stage { app, clock, _folder: folder });
        story(std::rc::Rc::clone(&stage)).await;
        stage.settle().await;
    });
}

/// A new database on the cluster that `make test` has started; its address is in `KAFEDRA_TEST_POSTGRES`.
pub fn fresh_database() -> String {
    let base = std::env::var("KAFEDRA_TEST_POSTGRES")
        .expect("KAFEDRA_TEST_POSTGRES is not set: run the tests through `make test`, which starts a private PostgreSQL");
    let name = format!("s{}", uuid::Uuid::new_v4().simple());
    let mut client = postgres::Client::connect(&base, postgres::NoTls).expect("connected");
    client.batch_execute(&format!("create database {name}")).expect("created");
    let (server, _) = base.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}

impl Stage {
    pub fn store(&self) -> &Store {
        &self.app.house.store
    }

    /// Somebody at a browser of their own.
    pub fn guest(&self) -> Guest {
        Guest::new(&self.app.router)
    }

    /// A member of the staff, signed in: head, methodist, teacher, admin, auditor.
    pub async fn staff(&self, login: &str) -> Guest {
        let guest = self.guest();
        guest.sign_in(login, demo::PASSWORD).await.expect("signed in");
        guest
    }

    /// Вера: enrolled on labour protection today.
    pub async fn vera(&self) -> Guest {
        self.learner(&demo::applicant(0)).await
    }

    /// Глеб: another learner of the same programme.
    pub async fn gleb(&self) -> Guest {
        self.learner(&demo::applicant(1)).await
    }

    pub async fn learner(&self, applicant: &Applicant) -> Guest {
        let guest = self.guest();
        demo::apply(&self.app, &guest, "labour-16", applicant).await.expect("enrolled");
        guest
    }

    /// Вера with everything studied, on the first day on which the calendar lets her sit the attestation.
    pub async fn vera_ready(&self) -> Guest {
        let vera = self.vera().await;
        demo::study(&vera, 8).await.expect("studied");
        self.days(1);
        vera
    }

    /// Begins the attestation that the cabinet leads to; its address without the question.
    pub async fn begin(&self, learner: &Guest) -> String {
        let cabinet = learner.get("/cabinet").await.expect("a cabinet");
        let address = cabinet
            .body
            .split('"')
            .find(|part| part.ends_with("/attestation"))
            .expect("an attestation")
            .to_owned();
        let page = learner.post(&address, &[("", "")]).await.expect("an answer");
        let attempt = page.address.split("/questions").next().expect("an address");
        assert!(attempt.starts_with("/attempts/"), "not admitted: {}", page.text());
        attempt.to_owned()
    }

    /// Changes the programme in force as its next version would: `with` stands in the place of `this` in its content.
    pub async fn rewrite(&self, this: &str, with: &str) {
        let (this, with) = (this.to_owned(), with.to_owned());
        let changed = self
            .write(move |work| {
                work.run(
                    "update programme_version set content = replace(content, ?1, ?2) where state = 'approved'
                     and content like '%' || ?1 || '%'",
                    values![&this, &with],
                )
            })
            .await;
        assert!(changed > 0, "nothing to rewrite");
    }

    /// From now on protocols wait for a methodist who closes them.
    pub async fn close_by_hand(&self) {
        self.write(|work| {
            let centre = Centre { closing: Closing::ByHand, ..Centre::load(work)? };
            centre.save(work)
        })
        .await;
    }

    /// Does all jobs that are due.
    pub async fn work(&self) {
        self.app.jobs.drain(self.store()).await.expect("jobs");
    }

    /// Turns the clock on.
    /// An archive of all that there is, checked as on another machine.
    pub async fn archived(&self) -> Checked {
        let day = |text| Day::parse(text).expect("a day");
        self.archived_of(Period { from: day("2020-01-01"), until: day("2040-01-01") }).await
    }

    /// The same of a period.
    pub async fn archived_of(&self, period: Period) -> Checked {
        let (house, folder) = (&self.app.house, TempDir::new().expect("a folder"));
        let signer = Signer::load(&trainer::key_file(&house.files)).expect("the centre's key");
        archive::write(&house.store, &house.files, &signer, folder.path(), period).await.expect("an archive");
        archive::check(folder.path()).expect("an archive that holds")
    }

    pub fn minutes(&self, minutes: i64) {
        self.clock.set(self.clock.now().plus_minutes(minutes));
    }

    pub fn days(&self, days: i64) {
        self.clock.set(self.clock.now().plus_days(days));
    }

    /// How many rows a counting statement finds.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.store().read(move |db| db.count(sql, &[])).await.expect("counted")
    }

    /// How many lines of the audit journal tell of `event`.
    pub async fn noted(&self, event: &'static str) -> i64 {
        let counting = "select cast(count(*) as bigint) from audit where event = ?1";
        self.store().read(move |db| db.count(counting, values![event])).await.expect("counted")
    }

    /// What all papers of a kind say, in the order in which they were asked for.
    pub async fn said_by(&self, kind: &'static str) -> Vec<serde_json::Value> {
        let all = "select data from paper where kind = ?1 order by created_at, id";
        self.store().read(move |db| db.all(all, values![kind], |row| row.json(0))).await.expect("listed")
    }

    pub async fn letters(&self) -> Vec<Written> {
        self.store().read(|db| post::outbox(db, 100)).await.expect("letters")
    }

    /// A unit of work of the system, for what has no page yet.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Work) -> Stored<T> + Send + 'static,
    ) -> T {
        self.store().write(Who::system(), work).await.expect("kept")
    }

    async fn settle(&self) {
        self.work().await;
        let dead = self.store().dead_jobs().await.expect("listed");
        assert!(dead.is_empty(), "jobs were given up: {dead:?}");
        assert_eq!(self.store().waiting_jobs().await, Ok(0), "jobs are left undone");
    }
}
