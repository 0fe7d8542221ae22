//! A worker that dies at any moment: the same year of a centre is lived twice, once with workers that are dropped at every
//! step of their jobs, and what is left behind is the same.
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Mutex;
use std::task::{Context, Poll};

use kafedra::app::{App, Parts, build};
use kafedra::demo::{PASSWORD, accept, applicant, apply, attest, publish_one, study};
use kafedra::guest::Guest;
use post::Post;
use sheets::Column;
use stage::sink::{Memory, remembering};
use stage::{Engine, Stage, tell};
use store::{Db, Stored};
use uuid::Uuid;

/// People of the group.
const LISTED: usize = 3;

/// A worker that lives so many steps.
struct Mortal<'a, T> {
    worker: Pin<Box<dyn Future<Output = T> + 'a>>,
    steps: usize,
}

impl<T> Future for Mortal<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<T>> {
        let Some(left) = self.steps.checked_sub(1) else { return Poll::Ready(None) };
        self.steps = left;
        self.worker.as_mut().poll(context).map(Some)
    }
}

/// How the jobs of a year are done: by a worker that lives, or by many that die, so that each job is cut short at each of its
/// steps before it comes to its end. Gives how many died.
async fn work(stage: &Stage, app: &App, mortal: bool) -> usize {
    if !mortal {
        app.jobs.drain(stage.store()).await.unwrap();
        return 0;
    }
    let (mut deaths, mut steps, mut left) = (0, 1, due(stage).await);
    loop {
        let worker = Box::pin(app.jobs.drain(stage.store()));
        if let Some(done) = (Mortal { worker, steps }).await {
            done.unwrap();
            return deaths;
        }
        // What a dead worker held comes free when its lease has run out; a job is given up after many tries of its own.
        stage
            .write(|work| {
                work.run("update job set leased_until = 0, tries = 0 where dead = ?1", store::values![false])
            })
            .await;
        let now = due(stage).await;
        steps = if left.is_subset(&now) { steps + 1 } else { 1 };
        (deaths, left) = (deaths + 1, now);
    }
}

async fn due(stage: &Stage) -> BTreeSet<Uuid> {
    let now = stage.clock.now();
    let due = "select id from job where run_at <= ?1";
    let due = stage.store().read(move |db| db.all(due, store::values![now], |row| row.get(0))).await;
    due.unwrap().into_iter().collect()
}

/// What a year leaves behind, without ids and in an order of its own. Which of two protocols of one evening is closed first, and
/// so has the first order, is nobody's matter.
fn traces(db: &mut Db) -> Stored<Vec<String>> {
    let mut traces = Vec::new();
    for sql in [
        "select 'order ' || kind || ' ' || number from official_order",
        "select 'protocol ' || kind || ' ' || state || ' ' || coalesce(number, '') from protocol",
        "select 'document ' || kind || ' ' || register_number from credential",
        "select 'paper ' || kind || ' ' || title || ' ' || case when kind = 'completion_order' then '' else number end || ' ' || coalesce(p.family, '') || ' ' || case when file is null then 'waits' else 'printed' end
         from paper left join person p on p.id = paper.person",
        "select 'letter ' || recipient || ' ' || case when secret then '' else subject end || ' ' || state from letter",
        "select 'study ' || p.family || ' ' || e.state from enrolment e join person p on p.id = e.person",
        "select 'copy ' || kind || ' ' || state || ' ' || case when file is null then 'removed' else 'kept' end from application_copy",
        "select 'mailing ' || case when letter is null then 'waits' else 'sent' end from mailing",
        "select 'deed ' || event || ' ' || cast(count(*) as text) from audit where event not like 'session.%' group by event",
        "select 'job ' || kind || ' ' || case when dead then 'dead' else 'due' end from job",
    ] {
        traces.extend(db.all(sql, &[], |row| row.get::<String>(0))?);
    }
    traces.sort();
    Ok(traces)
}

/// From a list and an application to papers and the removal of scans; what was left behind, and how many workers died.
async fn year(stage: Rc<Stage>, mortal: bool) -> (Vec<String>, usize) {
    let (address, came) = remembering().unwrap();
    let app = build(Parts {
        store: stage.store().clone(),
        files: stage.app.house.files.clone(),
        post: Post::smtp(&format!("smtp://{address}"), "Центр <no-reply@centre.example>").unwrap(),
        base_url: "http://test".into(),
        demo: false,
        behind_proxy: false,
        brand: (*stage.app.house.brand()).clone(),
        probe: false,
    });
    publish_one(&app, &app.house.files, "office-72").await.unwrap();
    stage.rewrite("\"modules\":", "\"copies\":[\"passport\"],\"modules\":").await;
    let vera = Guest::new(&app.router);
    apply(&app, &vera, "office-72", &applicant(0)).await.unwrap();
    let gleb = Guest::new(&app.router);
    apply(&app, &gleb, "labour-16", &applicant(1)).await.unwrap();
    let mut deaths = work(&stage, &app, mortal).await;

    let methodist = Guest::new(&app.router);
    methodist.sign_in("methodist", PASSWORD).await.unwrap();
    let applications = methodist.get("/applications").await.unwrap();
    let of_vera = applications.body.split("Соколова").next().unwrap();
    let check = of_vera.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
    let page = methodist.get(&check).await.unwrap().ok().unwrap();
    let copy = page.body.split("/checks/copies/").nth(1).unwrap()[..36].to_owned();
    methodist
        .post(&format!("/checks/copies/{copy}"), &[("verdict", "accepted")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let study_of_vera = vera.get("/cabinet").await.unwrap().link("/studies/").unwrap()[..45].to_owned();
    study(&vera, 1).await.unwrap();
    vera.post(&format!("{study_of_vera}/mailing"), &[("", "")]).await.unwrap().ok().unwrap();

    let form = [
        ("name", "ОТ-11"),
        ("programme", "labour-16"),
        ("starts", "23.11.2026"),
        ("ends", ""),
        ("customer", ""),
        ("grounds", "договор № 12 от 01.11.2026"),
    ];
    let group = methodist.post("/groups", &form).await.unwrap().ok().unwrap().address;
    let heads = [
        "Фамилия",
        "Имя",
        "Отчество",
        "Дата рождения",
        "СНИЛС",
        "Почта",
        "Должность",
        "Организация",
        "ИНН организации",
    ];
    let rows: Vec<Vec<String>> = (10..10 + LISTED)
        .map(applicant)
        .map(|one| {
            let email = format!("worker-{}", one.email);
            [
                one.family,
                one.given,
                one.patronymic,
                one.birthday,
                one.snils,
                email,
                "Сварщик".into(),
                "ООО «Сталь»".into(),
                "7707083893".into(),
            ]
            .to_vec()
        })
        .collect();
    let table = sheets::write("Список", &heads.map(|head| Column::new(head, 20)), &rows).unwrap();
    let listed =
        methodist.upload(&format!("{group}/list"), &[("papers", "yes")], ("list.xlsx", &table)).await;
    listed.unwrap().ok().unwrap();
    let mut workers = Vec::new();
    for letter in stage.letters().await.iter().filter(|one| one.letter.to.starts_with("worker-")) {
        workers.push(accept(&app, &letter.letter.body).await.unwrap());
    }
    assert_eq!(workers.len(), LISTED);
    stage.days(1);
    deaths += work(&stage, &app, mortal).await;
    for worker in &workers {
        study(worker, 8).await.unwrap();
    }
    study(&vera, 7).await.unwrap();
    stage.days(11);
    for worker in &workers {
        attest(&app, worker, 0).await.unwrap();
    }
    attest(&app, &vera, 0).await.unwrap();
    stage.minutes(12 * 60);
    deaths += work(&stage, &app, mortal).await;
    stage.days(31);
    deaths += work(&stage, &app, mortal).await;
    everything_came(&stage, &came).await;
    (stage.store().read(traces).await.unwrap(), deaths)
}

/// Every letter of the outbox came to the mail server: once, or again under the same Message-ID.
async fn everything_came(stage: &Stage, came: &Memory) {
    let letters = stage.count("select cast(count(*) as bigint) from letter").await;
    let sent = stage.count("select cast(count(*) as bigint) from letter where state = 'sent'").await;
    let different: BTreeSet<String> = came.lock().unwrap().iter().cloned().collect();
    assert_eq!((letters, i64::try_from(different.len()).unwrap()), (sent, letters));
}

fn with_and_without_deaths(engine: Engine) {
    let lived = [false, true].map(|mortal| {
        let kept = Mutex::new((Vec::new(), 0));
        tell(engine, async |stage| *kept.lock().unwrap() = year(stage, mortal).await);
        kept.into_inner().unwrap()
    });
    let [(undisturbed, _), (disturbed, deaths)] = lived;
    assert!(undisturbed.len() > 60, "{undisturbed:#?}");
    assert!(deaths > 100, "only {deaths} workers died");
    println!("{deaths} workers died");
    let other: Vec<_> = disturbed.iter().filter(|one| !undisturbed.contains(one)).collect();
    assert_eq!(undisturbed, disturbed, "{other:#?}");
}

#[test]
fn workers_that_die_do_nothing_twice_and_leave_nothing_undone_over_sqlite() {
    with_and_without_deaths(Engine::Sqlite);
}

#[test]
fn workers_that_die_do_nothing_twice_and_leave_nothing_undone_over_postgres() {
    with_and_without_deaths(Engine::Postgres);
}
