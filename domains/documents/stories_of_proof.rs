//! Stories of what proves a result: chains, closed days, the archive and its checking (п. 2.1, 3.5).
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ::documents::archive::{self, Period, Wrong, check};
use ::trainer::{chain, key_file};
use axum::http::StatusCode;
use kafedra::demo::attest;
use kafedra::guest::Guest;
use proof::{Signer, hash_of};
use stage::Stage;
use store::{Who, values};
use tempfile::TempDir;
use uuid::Uuid;
use words::Day;

stage::stories![
    an_archive_is_checked_without_the_database,
    a_changed_record_is_named_even_when_the_list_is_signed_anew,
    each_attempt_has_its_sheet,
    a_new_key_is_signed_by_the_old_one,
    an_archive_is_made_from_the_page_as_one_file,
    a_protocol_names_its_attempts_by_a_hash,
];

/// Two attestations, one of them failed, and the day closed.
async fn finished(stage: &Stage) -> (Guest, [Uuid; 2]) {
    let vera = stage.vera_ready().await;
    let failed = attest(&stage.app, &vera, 12).await.unwrap();
    stage.days(2);
    let passed = attest(&stage.app, &vera, 1).await.unwrap();
    close_day(stage).await;
    (vera, [failed, passed])
}

async fn close_day(stage: &Stage) {
    stage.write(::trainer::leave_the_next).await;
    stage.days(1);
    stage.work().await;
}

fn signer(stage: &Stage) -> Signer {
    Signer::load(&key_file(&stage.app.house.files)).unwrap()
}

async fn written(stage: &Stage) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let period = Period { from: Day::parse("2020-01-01").unwrap(), until: Day::parse("2040-01-01").unwrap() };
    let house = &stage.app.house;
    let written =
        archive::write(&house.store, &house.files, &signer(stage), folder.path(), period).await.unwrap();
    assert_eq!((written.attempts, written.days), (2, 1));
    folder
}

/// All files of the archive by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

async fn an_archive_is_checked_without_the_database(stage: Rc<Stage>) {
    let (_, [failed, passed]) = finished(&stage).await;
    let folder = written(&stage).await;
    // Copied to another medium.
    let copy = tempfile::tempdir().unwrap();
    for file in files(folder.path()) {
        let to = copy.path().join(file.strip_prefix(folder.path()).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&file, to).unwrap();
    }
    let checked = check(copy.path()).unwrap();
    assert_eq!((checked.attempts, checked.sealed, checked.days), (2, 2, 1));
    assert_eq!(checked.key, signer(&stage).public().id());
    let index = std::fs::read_to_string(copy.path().join("index.html")).unwrap();
    assert!(
        index.contains("Соколова Вера Андреевна") && index.contains("11 из 12") && index.contains("не сдано"),
        "{index}"
    );

    // One changed byte, wherever it is, is named. Of PDFs every hundredth, of the rest every one.
    let mut tried = 0;
    for file in files(copy.path()) {
        let whole = std::fs::read(&file).unwrap();
        let name = file.strip_prefix(copy.path()).unwrap().to_string_lossy().into_owned();
        let step = if whole.starts_with(b"%PDF") {
            997
        } else if whole.len() > 2000 {
            13
        } else {
            1
        };
        for place in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 8);
            std::fs::write(&file, &changed).unwrap();
            let Wrong { file: named, .. } = check(copy.path()).expect_err(&format!("{name}, byte {place}"));
            let expected = if name == "manifest.sig" { "manifest.txt" } else { &name };
            // A list that cannot be trusted is named itself.
            assert!(
                named == expected || named == "manifest.txt" || named == "manifest.sig",
                "{name}, byte {place}: {named}"
            );
            assert!(name.starts_with("manifest") || named == name, "{name}, byte {place}: {named}");
            tried += 1;
        }
        // Cut short, and gone.
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        check(copy.path()).expect_err(&name);
        std::fs::remove_file(&file).unwrap();
        check(copy.path()).expect_err(&name);
        std::fs::write(&file, &whole).unwrap();
    }
    assert!(tried > 1000, "{tried}");
    std::fs::write(copy.path().join("attempts/more.json"), "{}").unwrap();
    assert_eq!(check(copy.path()).unwrap_err().file, "attempts/more.json");
    std::fs::remove_file(copy.path().join("attempts/more.json")).unwrap();
    check(copy.path()).unwrap();
    for attempt in [failed, passed] {
        assert!(copy.path().join(format!("sheets/{attempt}.pdf")).exists());
    }
}

/// Changes a file and signs the list anew with another key, as whoever has the medium and no key of the centre would.
fn forge(folder: &Path, name: &str, change: impl Fn(&str) -> String) {
    let before = std::fs::read_to_string(folder.join(name)).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "{name}");
    std::fs::write(folder.join(name), &after).unwrap();
    let key = folder.parent().unwrap().join(format!("{}.key", folder.file_name().unwrap().to_string_lossy()));
    let other = Signer::load(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let list = std::fs::read_to_string(folder.join("manifest.txt")).unwrap();
    let list = list.replace(&hash_of(before.as_bytes()), &hash_of(after.as_bytes()));
    let key = list.lines().find(|line| line.starts_with("key ")).unwrap().to_owned();
    let list = list.replace(&key, &format!("key {}", other.public()));
    std::fs::write(folder.join("manifest.sig"), other.sign(&list)).unwrap();
    std::fs::write(folder.join("manifest.txt"), list).unwrap();
}

async fn a_changed_record_is_named_even_when_the_list_is_signed_anew(stage: Rc<Stage>) {
    let (_, [failed, _]) = finished(&stage).await;
    let name = format!("attempts/{failed}.json");
    for (change, why) in [
        (
            Box::new(|text: &str| text.replacen("\"passed\": false", "\"passed\": true", 1))
                as Box<dyn Fn(&str) -> String>,
            "не тот, что в последнем шаге",
        ),
        (
            Box::new(|text: &str| text.replacen("\"points\": 0", "\"points\": 1200", 1)),
            "не тот, что в последнем шаге",
        ),
        (Box::new(|text: &str| text.replacen("\"kind\": \"answer\"", "\"kind\": \"flag\"", 1)), "цепочка"),
        (Box::new(|text: &str| text.replacen("\"seat\": 3", "\"seat\": 2", 1)), "цепочка"),
    ] {
        let folder = written(&stage).await;
        forge(folder.path(), &name, change);
        let wrong = check(folder.path()).unwrap_err();
        assert!(wrong.file == name && wrong.why.contains(why), "{wrong}");
    }
    // The whole chain hashed anew: the closed day knows better.
    let folder = written(&stage).await;
    forge(folder.path(), &name, |text| {
        let mut record: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut before = String::new();
        for step in record["steps"].as_array_mut().unwrap() {
            if step["kind"] == "begin" {
                step["at"] = 0.into();
            }
            let text = |field: &str| step[field].as_str().unwrap_or_default().to_owned();
            let hash = proof::Step {
                attempt: &failed.to_string(),
                n: step["n"].as_i64().unwrap(),
                key: &text("key"),
                kind: &text("kind"),
                seat: step["seat"].as_i64(),
                at: step["at"].as_i64().unwrap(),
                content: step["content"].as_str(),
            }
            .hash(&before);
            step["hash"] = hash.clone().into();
            before = hash;
        }
        serde_json::to_string_pretty(&record).unwrap()
    });
    assert!(check(folder.path()).unwrap_err().why.contains("закрыли день"));
    // A day taken out, or its root changed.
    let folder = written(&stage).await;
    forge(folder.path(), "days.json", |text| text.replacen("\"root\": \"", "\"root\": \"0", 1));
    assert_eq!(check(folder.path()).unwrap_err().file, "days.json");
}

async fn each_attempt_has_its_sheet(stage: Rc<Stage>) {
    let (vera, [failed, passed]) = finished(&stage).await;
    let gleb = stage.gleb().await;
    for attempt in [failed, passed] {
        let own = vera.get(&format!("/attempts/{attempt}/sheet.pdf")).await.unwrap();
        assert_eq!(own.status, StatusCode::OK);
        assert!(own.body.starts_with("%PDF"), "{}", &own.body[..40]);
        let staff =
            stage.staff("methodist").await.get(&format!("/results/{attempt}/sheet.pdf")).await.unwrap();
        assert!(staff.body.starts_with("%PDF"));
        let foreign = gleb.get(&format!("/attempts/{attempt}/sheet.pdf")).await.unwrap();
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        assert!(
            stage
                .guest()
                .get(&format!("/results/{attempt}/sheet.pdf"))
                .await
                .unwrap()
                .address
                .starts_with("/sign-in")
        );
    }
    let page = vera.get(&format!("/attempts/{passed}")).await.unwrap().ok().unwrap();
    assert!(page.body.contains(&format!("/attempts/{passed}/sheet.pdf")));
    // Steps are one chain, and a changed row breaks it.
    let steps = stage.store().read(move |db| chain::steps(db, passed)).await.unwrap();
    assert_eq!(
        (
            steps.first().unwrap().kind.as_str(),
            steps[steps.len() - 2].kind.as_str(),
            steps.last().unwrap().kind.as_str()
        ),
        ("begin", "finish", "seen")
    );
    assert_eq!(chain::first_broken(passed, &steps), None);
    stage
        .write(move |work| {
            work.run("update attempt_step set chosen = '[63]' where attempt = ?1 and n = 4", values![passed])
        })
        .await;
    let steps = stage.store().read(move |db| chain::steps(db, passed)).await.unwrap();
    assert_eq!(chain::first_broken(passed, &steps), Some(4));
    // An attempt that goes on has none.
    stage
        .write(move |work| work.run("update attempt set finished_at = null where id = ?1", values![passed]))
        .await;
    assert_eq!(
        vera.get(&format!("/attempts/{passed}/sheet.pdf")).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn a_new_key_is_signed_by_the_old_one(stage: Rc<Stage>) {
    finished(&stage).await;
    let path = key_file(&stage.app.house.files);
    let (old, next) = (signer(&stage), path.with_extension("next"));
    let new = Signer::make(&next).unwrap();
    let id = new.public().id();
    stage.store().write(Who::system(), move |work| ::trainer::change_key(work, &old, &new)).await.unwrap();
    std::fs::rename(&next, &path).unwrap();
    let folder = written(&stage).await;
    let checked = check(folder.path()).unwrap();
    assert_eq!(checked.key, id, "the list is signed by the new key, the day by the old");
    assert!(checked.strange.is_empty(), "the new key vouches for the old");
    // A key that is gone is not made anew in silence.
    let gone = path.with_extension("gone");
    std::fs::rename(&path, &gone).unwrap();
    assert!(::trainer::signer(&path, false).unwrap_err().contains("change-key --lost"));
    assert!(!path.exists());
    std::fs::rename(&gone, &path).unwrap();
    // Signed anew with a key of somebody else, the days are named as closed with keys that it does not vouch for.
    forge(folder.path(), "keys.json", |text| text.replace("\"accepted\": \"", "\"accepted\": \"A"));
    assert_eq!(check(folder.path()).unwrap().strange.len(), 1);
}

async fn an_archive_is_made_from_the_page_as_one_file(stage: Rc<Stage>) {
    finished(&stage).await;
    let methodist = stage.staff("methodist").await;
    let wrong = methodist.post("/archives", &[("from", "вчера"), ("until", "31.02.2026")]).await.unwrap();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text().contains("Завершено с: день пишется так") && wrong.body.contains("вчера"),
        "{}",
        wrong.text()
    );
    // Twice the same: the second gives way to the first.
    for _ in 0..2 {
        let period = [("from", "01.01.2026"), ("until", "31.12.2026")];
        let asked = methodist.post("/archives", &period).await.unwrap().ok().unwrap();
        assert!(asked.text().contains("Архив готовится"), "{}", asked.text());
        stage.work().await;
    }
    let page = methodist.get("/archives").await.unwrap().ok().unwrap();
    let link = page.link("/archives/2026-01-01--2026-12-31.zip").unwrap();
    assert!(!page.text().contains("Архив готовится"), "{}", page.text());
    methodist.get(&link).await.unwrap().ok().unwrap();
    let auditor = stage.staff("auditor").await;
    auditor.get(&link).await.unwrap().ok().unwrap();
    let teacher = stage.staff("teacher").await;
    for (guest, address) in [
        (&teacher, link.as_str()),
        (&methodist, "/archives/..%2Fproof.key"),
        (&methodist, "/archives/kafedra.db"),
    ] {
        assert_eq!(guest.get(address).await.unwrap().status, StatusCode::NOT_FOUND, "{address}");
    }
    let refused =
        auditor.post("/archives", &[("from", "01.01.2026"), ("until", "31.12.2026")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let zip = key_file(&stage.app.house.files).with_file_name("archives").join("2026-01-01--2026-12-31.zip");
    let checked = check(&zip).unwrap();
    assert_eq!((checked.attempts, checked.sealed), (2, 2));
    // Another byte anywhere in the packed file is seen, by the ZIP itself or by the list within.
    let bytes = std::fs::read(&zip).unwrap();
    let copy = zip.with_file_name("copy.zip");
    let mut seen = 0;
    for place in (0..bytes.len()).step_by(bytes.len() / 40) {
        let mut other = bytes.clone();
        other[place] ^= 1;
        std::fs::write(&copy, &other).unwrap();
        // Dates of entries and room left free in heads hold nothing of the archive.
        seen += usize::from(check(&copy).is_err());
    }
    assert!(seen >= 36, "{seen}");
    std::fs::write(&copy, &bytes[..bytes.len() / 2]).unwrap();
    assert!(check(&copy).unwrap_err().why.contains("не распаковывается"));
}

async fn a_protocol_names_its_attempts_by_a_hash(stage: Rc<Stage>) {
    // A check of knowledge has one line a person: the last outcome.
    let (_, [_, last]) = finished(&stage).await;
    let said = stage.said_by("safety_protocol").await;
    let steps = stage.store().read(move |db| chain::steps(db, last)).await.unwrap();
    let expected = proof::root(&[steps.last().unwrap().hash.clone().unwrap()]);
    assert_eq!(said.last().unwrap()["attempts_hash"].as_str(), Some(expected.as_str()));
}
