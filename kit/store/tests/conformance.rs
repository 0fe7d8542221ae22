//! The promises of the data layer, put to both engines by the same adversarial cases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
mod place;

use place::Place;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::{Db, Failed, Fault, Job, Jobs, Listeners, Pace, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::Moment;

/// Each promise is one async function of a store; here it becomes a test on each engine.
macro_rules! promises {
    ($($promise:ident),* $(,)?) => {
        mod on_sqlite { $(#[test] fn $promise() { super::place::run(super::Place::sqlite(), super::$promise); })* }
        mod on_postgres { $(#[test] fn $promise() { super::place::run(super::Place::postgres(), super::$promise); })* }
    };
}

promises![
    placeholders_bind_by_number,
    every_type_comes_back,
    a_swallowed_error_keeps_nothing,
    neighbours_survive_a_guilty_one,
    a_limit_of_two_holds_under_contention,
    effects_follow_only_what_is_kept,
    a_panic_harms_nobody,
    a_caller_that_leaves_changes_nothing,
    reading_cannot_write,
    a_read_sees_one_state,
    a_row_that_is_not_there_is_missing,
    a_form_sent_twice_is_handled_once,
    facts_are_heard_inside_the_unit,
    a_listener_that_fails_keeps_nothing,
    jobs_are_done_after_the_unit_and_only_if_kept,
    a_failed_job_is_tried_again_and_at_last_lies_dead,
    a_job_whose_worker_died_is_done_by_another,
    a_worker_that_lives_keeps_its_jobs_as_long_as_they_take,
    two_workers_never_share_a_job,
    an_effect_that_panics_takes_no_answer,
    a_job_that_panics_fails_like_any_other,
    long_jobs_keep_no_letter_back,
    patient_jobs_let_the_others_go_first,
    scheduled_jobs_wait_for_their_moment,
    the_audit_note_names_who_and_when,
];

async fn count(store: &Store, owner: i64) -> i64 {
    store
        .read(move |db| {
            db.count("select cast(count(*) as bigint) from sheet where owner = ?1", values![owner])
        })
        .await
        .expect("count")
}

fn add(db: &mut Db, owner: i64, note: &str) -> Stored<u64> {
    db.run(
        "insert into sheet (id, owner, note, fair) values (?1, ?2, ?3, ?4)",
        values![Uuid::now_v7(), owner, note, true],
    )
}

fn me() -> Who {
    Who::system()
}

async fn placeholders_bind_by_number(place: Place) {
    let store = &place.store;
    store.write(me(), |work| add(work, 1, "before")).await.expect("added");
    let changed = store
        .write(me(), |work| work.run("update sheet set note = ?2 where owner = ?1", values![1i64, "after"]))
        .await;
    assert_eq!(changed, Ok(1));
    let many = store
        .read(|db| {
            db.one("select ?11 || ?2 || ?1", values!["a", "b", "", "", "", "", "", "", "", "", "k"], |row| {
                row.get::<String>(0)
            })
        })
        .await;
    // PostgreSQL must be told the types of bare parameters; SQLite answers at once.
    assert!(place.store.is_postgres() || many == Ok("kba".to_owned()), "{many:?}");
}

async fn every_type_comes_back(place: Place) {
    let id = Uuid::now_v7();
    place
        .store
        .write(me(), move |work| {
            work.run(
                "insert into sheet (id, owner, note, fair, seal, share) values (?1, ?2, ?3, ?4, ?5, ?6)",
                values![id, i64::MAX, "Ёж 🦔", false, vec![0u8, 255], 0.1f64],
            )
        })
        .await
        .expect("added");
    let seen = place
        .store
        .read(move |db| {
            db.one("select id, owner, note, fair, seal, share from sheet where id = ?1", values![id], |r| {
                Ok((
                    r.get::<Uuid>(0)?,
                    r.get::<i64>(1)?,
                    r.get::<String>(2)?,
                    r.get::<bool>(3)?,
                    r.get::<Option<Vec<u8>>>(4)?,
                    r.get::<Option<f64>>(5)?,
                ))
            })
        })
        .await;
    assert_eq!(seen, Ok((id, i64::MAX, "Ёж 🦔".to_owned(), false, Some(vec![0, 255]), Some(0.1))));
    let null = place
        .store
        .write(me(), |work| {
            add(work, 2, "a zero \0 goes")?;
            work.one("select seal, note from sheet where owner = 2", values![], |r| {
                Ok((r.get::<Option<Vec<u8>>>(0)?, r.get::<String>(1)?))
            })
        })
        .await;
    assert_eq!(null, Ok((None, "a zero  goes".to_owned())));
}

async fn a_swallowed_error_keeps_nothing(place: Place) {
    let done = place
        .store
        .write(me(), |work| {
            add(work, 3, "kept?")?;
            let _ = add(work, 3, "kept?");
            Ok(())
        })
        .await;
    assert!(matches!(done, Err(Fault::Constraint(_))), "{done:?}");
    assert_eq!(count(&place.store, 3).await, 0);
}

async fn neighbours_survive_a_guilty_one(place: Place) {
    let mut all = Vec::new();
    for i in 0..60i64 {
        let store = place.store.clone();
        all.push(tokio::spawn(async move {
            store.write(me(), move |work| add(work, 4, &format!("n{}", if i % 3 == 0 { 0 } else { i }))).await
        }));
    }
    let mut kept = 0;
    for one in all {
        kept += i64::from(one.await.expect("joined").is_ok());
    }
    assert_eq!((kept, count(&place.store, 4).await), (41, 41));
}

async fn a_limit_of_two_holds_under_contention(place: Place) {
    let mut all = Vec::new();
    for i in 0..16i64 {
        let store = place.store.clone();
        all.push(tokio::spawn(async move {
            store
                .write(me(), move |work| {
                    let taken =
                        work.count("select cast(count(*) as bigint) from sheet where owner = 5", &[])?;
                    if taken >= 2 {
                        return Ok(false);
                    }
                    add(work, 5, &format!("attempt {i}")).map(|_| true)
                })
                .await
        }));
    }
    for one in all {
        one.await.expect("joined").expect("decided");
    }
    assert_eq!(count(&place.store, 5).await, 2);
}

async fn effects_follow_only_what_is_kept(place: Place) {
    let (tell, heard) = std::sync::mpsc::channel();
    let other = tell.clone();
    place
        .store
        .write(me(), move |work| {
            let tell = tell.clone();
            work.after(move || tell.send("kept").expect("heard"));
            add(work, 6, "effect")
        })
        .await
        .expect("kept");
    let _ = place
        .store
        .write(me(), move |work| {
            let tell = other.clone();
            work.after(move || tell.send("lost").expect("heard"));
            add(work, 6, "effect")
        })
        .await;
    assert_eq!(heard.iter().collect::<Vec<_>>(), ["kept"]);
}

async fn a_panic_harms_nobody(place: Place) {
    let done = place
        .store
        .write(me(), |work| {
            add(work, 7, "panic")?;
            assert!(work.now().0 < 0, "on purpose");
            Ok(())
        })
        .await;
    assert_eq!(done, Err(Fault::Panic));
    assert_eq!(count(&place.store, 7).await, 0);
    place.store.write(me(), |work| add(work, 7, "after the panic")).await.expect("still serving");
}

async fn a_caller_that_leaves_changes_nothing(place: Place) {
    for i in 0..200i64 {
        let store = place.store.clone();
        let going =
            tokio::spawn(
                async move { store.write(me(), move |work| add(work, 8, &format!("leaver {i}"))).await },
            );
        if i % 2 == 0 {
            tokio::task::yield_now().await;
        }
        going.abort();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    for i in 0..100i64 {
        place.store.write(me(), move |work| add(work, 9, &format!("stayer {i}"))).await.expect("kept");
    }
    assert_eq!(count(&place.store, 9).await, 100);
}

async fn reading_cannot_write(place: Place) {
    assert!(place.store.read(|db| add(db, 10, "by a reader")).await.is_err());
    assert_eq!(count(&place.store, 10).await, 0);
}

async fn a_read_sees_one_state(place: Place) {
    let writing = tokio::spawn({
        let store = place.store.clone();
        async move {
            for i in 0..60i64 {
                let pair = move |work: &mut store::Work| {
                    add(work, 11, &format!("left {i}"))?;
                    add(work, 12, &format!("right {i}"))
                };
                store.write(me(), pair).await.expect("kept");
            }
        }
    });
    while !writing.is_finished() {
        let (left, right) = place
            .store
            .read(|db| {
                let left = db.count("select cast(count(*) as bigint) from sheet where owner = 11", &[])?;
                std::thread::sleep(Duration::from_millis(2));
                Ok((left, db.count("select cast(count(*) as bigint) from sheet where owner = 12", &[])?))
            })
            .await
            .expect("read");
        assert_eq!(left, right);
    }
}

async fn a_row_that_is_not_there_is_missing(place: Place) {
    let none =
        place.store.read(|db| db.one("select note from sheet where owner = -1", &[], |r| r.get::<String>(0)));
    assert_eq!(none.await, Err(Fault::Missing));
}

async fn a_form_sent_twice_is_handled_once(place: Place) {
    let key = Uuid::now_v7();
    let mut all = Vec::new();
    for i in 0..8i64 {
        let store = place.store.clone();
        all.push(tokio::spawn(async move {
            store
                .write(me(), move |work| {
                    work.once(key, |work| {
                        add(work, 13, &format!("click {i}"))?;
                        Ok(i)
                    })
                })
                .await
        }));
    }
    let mut answers = Vec::new();
    for one in all {
        answers.push(one.await.expect("joined").expect("answered"));
    }
    answers.dedup();
    assert_eq!((answers.len(), count(&place.store, 13).await), (1, 1), "{answers:?}");
}

struct Settled(i64);

async fn facts_are_heard_inside_the_unit(place: Place) {
    let mut listeners = Listeners::default();
    listeners.on(|work, fact: &Settled| add(work, fact.0, "first").map(|_| ()));
    listeners.on(|work, fact: &Settled| add(work, fact.0, "second").map(|_| ()));
    let store = place.store.clone().hearing(listeners);
    store.write(me(), |work| work.tell(Settled(14))).await.expect("kept");
    assert_eq!(count(&store, 14).await, 2);
}

async fn a_listener_that_fails_keeps_nothing(place: Place) {
    let mut listeners = Listeners::default();
    listeners.on(|work, fact: &Settled| add(work, fact.0, "same").map(|_| ()));
    listeners.on(|work, fact: &Settled| add(work, fact.0, "same").map(|_| ()));
    let store = place.store.clone().hearing(listeners);
    let told = store.write(me(), |work| add(work, 15, "teller").and_then(|_| work.tell(Settled(15)))).await;
    assert!(matches!(told, Err(Fault::Constraint(_))), "{told:?}");
    assert_eq!(count(&store, 15).await, 0);
}

async fn an_effect_that_panics_takes_no_answer(place: Place) {
    let store = &place.store;
    let heard = Arc::new(AtomicUsize::new(0));
    let effect = Arc::clone(&heard);
    let kept = store.write(me(), move |work| {
        let effect = Arc::clone(&effect);
        work.after(|| panic!("an effect"));
        work.after(move || {
            effect.fetch_add(1, Ordering::SeqCst);
        });
        add(work, 32, "kept")
    });
    kept.await.expect("answered");
    assert_eq!((count(store, 32).await, heard.load(Ordering::SeqCst)), (1, 1));
    store.write(me(), |work| add(work, 32, "after")).await.expect("the writer goes on");
}

#[derive(Serialize, Deserialize)]
struct Letter {
    to: i64,
}
impl Job for Letter {
    const KIND: &'static str = "letter";
}

/// Jobs that write down whom they served.
fn scribes(store: &Store) -> Jobs {
    let mut jobs = Jobs::default();
    let store = store.clone();
    jobs.on(move |letter: Letter| {
        let store = store.clone();
        async move {
            let note = Uuid::now_v7().to_string();
            store.write(me(), move |work| add(work, letter.to, &note)).await?;
            Ok(())
        }
    });
    jobs
}

#[derive(Serialize, Deserialize)]
struct Pile {
    n: i64,
}
impl Job for Pile {
    const KIND: &'static str = "pile";
    const PACE: Pace = Pace::Patient;
}

async fn patient_jobs_let_the_others_go_first(place: Place) {
    let store = &place.store;
    let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut jobs = Jobs::default();
    let (of_piles, of_letters) = (std::sync::Arc::clone(&order), std::sync::Arc::clone(&order));
    jobs.on(move |pile: Pile| {
        of_piles.lock().expect("whole").push(pile.n);
        async { Ok(()) }
    });
    jobs.on(move |letter: Letter| {
        of_letters.lock().expect("whole").push(letter.to);
        async { Ok(()) }
    });
    for n in 0..6 {
        store.write(me(), move |work| work.later(&Pile { n })).await.expect("left");
    }
    store.write(me(), |work| work.later(&Letter { to: 100 })).await.expect("left");
    jobs.drain(store).await.expect("drained");
    let order = order.lock().expect("whole").clone();
    assert_eq!(order, [100, 0, 1, 2, 3, 4, 5]);
}

async fn a_job_that_panics_fails_like_any_other(place: Place) {
    let store = &place.store;
    let mut jobs = scribes(store);
    jobs.on(|_: Pile| async { panic!("a job") });
    store.write(me(), |work| work.later(&Pile { n: 1 })).await.expect("left");
    store.write(me(), |work| work.later(&Letter { to: 33 })).await.expect("left");
    assert_eq!(jobs.drain(store).await, Ok(2));
    assert_eq!((count(store, 33).await, store.waiting_jobs().await), (1, Ok(1)));
}

#[derive(Serialize, Deserialize)]
struct Copy {}
impl Job for Copy {
    const KIND: &'static str = "copy";
    const PACE: Pace = Pace::Long;
}

async fn long_jobs_keep_no_letter_back(place: Place) {
    let store = &place.store;
    let (begun, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(tokio::sync::Notify::new()));
    let mut jobs = scribes(store);
    let (of_copies, until) = (Arc::clone(&begun), Arc::clone(&over));
    jobs.on(move |_: Copy| {
        of_copies.fetch_add(1, Ordering::SeqCst);
        let until = Arc::clone(&until);
        async move {
            until.notified().await;
            Ok(())
        }
    });
    for _ in 0..2 {
        store.write(me(), |work| work.later(&Copy {})).await.expect("left");
    }
    Arc::new(jobs).work(store, 2);
    let waits = async |what: &str, done: &dyn Fn(i64, usize) -> bool| {
        for _ in 0..200 {
            if done(count(store, 31).await, begun.load(Ordering::SeqCst)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what}");
    };
    waits("the first copy is begun", &|_, copies| copies == 1).await;
    for _ in 0..5 {
        store.write(me(), |work| work.later(&Letter { to: 31 })).await.expect("left");
    }
    waits("letters are done beside it", &|letters, _| letters == 5).await;
    assert_eq!(begun.load(Ordering::SeqCst), 1, "the second copy waits for the first");
    over.notify_one();
    waits("the second copy is begun", &|_, copies| copies == 2).await;
    over.notify_one();
}

async fn jobs_are_done_after_the_unit_and_only_if_kept(place: Place) {
    let store = &place.store;
    store.write(me(), |work| work.later(&Letter { to: 16 })).await.expect("left");
    let lost = |work: &mut store::Work| {
        work.later(&Letter { to: 17 })?;
        Err::<(), _>(Fault::Missing)
    };
    let _ = store.write(me(), lost).await;
    assert_eq!(scribes(store).drain(store).await, Ok(1));
    assert_eq!((count(store, 16).await, count(store, 17).await), (1, 0));
    assert_eq!(store.waiting_jobs().await, Ok(0));
}

async fn a_failed_job_is_tried_again_and_at_last_lies_dead(place: Place) {
    let store = &place.store;
    let tries = Arc::new(AtomicUsize::new(0));
    let mut jobs = Jobs::default();
    let counted = Arc::clone(&tries);
    jobs.on(move |_: Letter| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Err(Failed::Retry("mail server is down".into())) }
    });
    store.write(me(), |work| work.later(&Letter { to: 18 })).await.expect("left");
    for _ in 0..40 {
        jobs.drain(store).await.expect("drained");
        let now = store.clock().now();
        store.clock().set(now.plus_minutes(61));
    }
    let dead = store.dead_jobs().await.expect("listed");
    assert_eq!((tries.load(Ordering::SeqCst), dead.len()), (36, 1));
    assert_eq!((dead[0].kind.as_str(), dead[0].error.as_str()), ("letter", "mail server is down"));
    // The administrator gives it its tries back, and this time the server answers.
    store.revive(me(), dead[0].id).await.expect("revived");
    assert_eq!(scribes(store).drain(store).await, Ok(1));
    assert_eq!((count(store, 18).await, store.dead_jobs().await.expect("listed").len()), (1, 0));
}

async fn a_job_whose_worker_died_is_done_by_another(place: Place) {
    let store = &place.store;
    let mut dying = Jobs::default();
    dying.on(|_: Letter| std::future::pending());
    store.write(me(), |work| work.later(&Letter { to: 19 })).await.expect("left");
    let _ = tokio::time::timeout(Duration::from_millis(200), dying.drain(store)).await;
    assert_eq!(scribes(store).drain(store).await, Ok(0), "the lease still holds");
    store.clock().set(store.clock().now().plus_minutes(3));
    assert_eq!(scribes(store).drain(store).await, Ok(1));
    assert_eq!(count(store, 19).await, 1);
}

async fn a_worker_that_lives_keeps_its_jobs_as_long_as_they_take(place: Place) {
    let store = place.store.clone();
    let end = Arc::new(tokio::sync::Notify::new());
    let mut slow = Jobs::default().renewing_every(Duration::from_millis(20));
    let (of_job, to_write) = (Arc::clone(&end), store.clone());
    slow.on(move |letter: Letter| {
        let (end, store) = (Arc::clone(&of_job), to_write.clone());
        async move {
            end.notified().await;
            store.write(me(), move |work| add(work, letter.to, &Uuid::now_v7().to_string())).await?;
            Ok(())
        }
    });
    // Held together: while one is done, the lease of the other is renewed too.
    for _ in 0..2 {
        store.write(me(), |work| work.later(&Letter { to: 22 })).await.expect("left");
    }
    let worker = {
        let store = store.clone();
        tokio::spawn(async move { slow.drain(&store).await })
    };
    for _ in 0..3 {
        // Both are leased from now on; without a renewal this never comes.
        let whole = store.clock().now().0 + 110_000;
        let leased = "select cast(count(*) as bigint) from job where leased_until >= ?1";
        for _ in 0..200 {
            let held = store.read(move |db| db.count(leased, values![whole])).await.expect("counted");
            if held == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(scribes(&store).drain(&store).await, Ok(0), "its worker is at it");
        // Less than a lease each time, more than a lease together.
        store.clock().set(store.clock().now().plus_minutes(1));
    }
    // One permit at a time: the second job is begun when the first is done.
    for _ in 0..100 {
        end.notify_one();
        tokio::time::sleep(Duration::from_millis(50)).await;
        if worker.is_finished() {
            break;
        }
    }
    assert_eq!(worker.await.expect("joined"), Ok(2));
    assert_eq!(count(&store, 22).await, 2);
}

async fn two_workers_never_share_a_job(place: Place) {
    let store = &place.store;
    for _ in 0..40 {
        store.write(me(), |work| work.later(&Letter { to: 20 })).await.expect("left");
    }
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (jobs, store) = (scribes(store), store.clone());
            tokio::spawn(async move { jobs.drain(&store).await })
        })
        .collect();
    let mut done = 0;
    for worker in workers {
        done += worker.await.expect("joined").expect("drained");
    }
    assert_eq!((done, count(store, 20).await), (40, 40));
}

async fn scheduled_jobs_wait_for_their_moment(place: Place) {
    let store = &place.store;
    let moment = store.clock().now().plus_minutes(30);
    store.write(me(), move |work| work.later_at(moment, &Letter { to: 21 })).await.expect("left");
    assert_eq!(scribes(store).drain(store).await, Ok(0));
    store.clock().set(moment);
    assert_eq!(scribes(store).drain(store).await, Ok(1));
}

async fn the_audit_note_names_who_and_when(place: Place) {
    let (person, subject) = (Uuid::now_v7(), Uuid::now_v7());
    let who = Who { person: Some(person), request: Some("r-7".into()) };
    let at = place.store.clock().now();
    place
        .store
        .write(who, move |work| work.note_with("sheet.annulled", subject, Some("ошибка")))
        .await
        .expect("kept");
    let lines = place
        .store
        .read(move |db| {
            db.all(
                "select actor, event, detail, request, at from audit where subject = ?1",
                values![subject],
                |r| {
                    Ok((
                        r.get::<Option<Uuid>>(0)?,
                        r.get::<String>(1)?,
                        r.get::<String>(2)?,
                        r.get::<String>(3)?,
                        Moment(r.get(4)?),
                    ))
                },
            )
        })
        .await
        .expect("read");
    assert_eq!(lines, [(Some(person), "sheet.annulled".into(), "ошибка".into(), "r-7".into(), at)]);
}

// ---- what only one engine can suffer -----------------------------------------------------------------------------

#[test]
fn a_full_disk_harms_only_the_guilty_on_sqlite() {
    place::run(Place::sqlite(), async |place: Place| {
        let store = &place.store;
        let pages = store.write(me(), |work| work.count("pragma page_count", &[])).await.expect("pages");
        let limit: &'static str = format!("pragma max_page_count = {}", pages + 3).leak();
        store.write(me(), move |work| work.count(limit, &[])).await.expect("limited");
        let big = tokio::spawn({
            let store = store.clone();
            async move { store.write(me(), |work| add(work, 30, &"x".repeat(200_000))).await }
        });
        let small: Vec<_> = (0..8i64)
            .map(|i| {
                let store = store.clone();
                tokio::spawn(async move {
                    store.write(me(), move |work| add(work, 31, &format!("small {i}"))).await
                })
            })
            .collect();
        assert_eq!(big.await.expect("joined"), Err(Fault::Full));
        for one in small {
            one.await.expect("joined").expect("kept");
        }
        assert_eq!((count(store, 31).await, count(store, 30).await), (8, 0));
    });
}

#[test]
fn a_lock_of_another_process_is_waited_for_and_then_refused_on_sqlite() {
    place::run(Place::sqlite(), async |place: Place| {
        let other = rusqlite::Connection::open(place.file()).expect("opened");
        other.execute_batch("begin immediate").expect("locked");
        let refused = place.store.write(me(), |work| add(work, 32, "while locked")).await;
        other.execute_batch("rollback").expect("unlocked");
        assert_eq!((refused, count(&place.store, 32).await), (Err(Fault::Again), 0));
        place.store.write(me(), |work| add(work, 32, "unlocked")).await.expect("kept");
    });
}

#[test]
fn a_link_that_broke_before_commit_is_made_anew_on_postgres() {
    place::run(Place::postgres(), async |place: Place| {
        let cut = Arc::new(AtomicUsize::new(0));
        let unit = move |work: &mut Work| {
            add(work, 36, "over the second link")?;
            if cut.fetch_add(1, Ordering::SeqCst) == 0 {
                work.one("select pg_terminate_backend(pg_backend_pid())", &[], |row| row.get::<bool>(0))?;
            }
            Ok(())
        };
        place.store.write(me(), unit).await.expect("kept");
        assert_eq!(count(&place.store, 36).await, 1);
    });
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    for place in [Place::sqlite(), Place::postgres()] {
        place::run(place, async |place: Place| {
            place.store.write(me(), |work| add(work, 33, "kept")).await.expect("kept");
            let again = place.reopened().await;
            assert_eq!(count(&again, 33).await, 1);
        });
    }
}

#[test]
fn a_connection_lost_at_commit_is_told_apart_and_a_replay_settles_it() {
    for cut in [place::Cut::BeforeCommit, place::Cut::AfterCommit] {
        let place = Place::postgres_behind_a_cutter();
        place::run(place, async |place: Place| {
            let key = Uuid::now_v7();
            let unit = move |work: &mut store::Work| {
                work.once(key, |work| add(work, 34, "once").map(u64::cast_signed))
            };
            place.cutter().arm(cut);
            assert_eq!(place.store.write(me(), unit).await, Err(Fault::Unknown), "{cut:?}");
            // The person presses the button again: whatever became of the first try, there is one row and one answer.
            let again = loop {
                match place.store.write(me(), unit).await {
                    Err(Fault::Busy | Fault::Unknown | Fault::Sql(_)) => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    settled => break settled,
                }
            };
            assert_eq!((again, count(&place.store, 34).await), (Ok(1), 1), "{cut:?}");
        });
    }
}
