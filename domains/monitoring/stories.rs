//! Stories of the journal, of copies of the centre, of whoever comes for a term (п. 3.12.3, 3.13.2).
use std::rc::Rc;

use axum::http::StatusCode;
use stage::Stage;

stage::stories![
    the_journal_finds_a_person_a_deed_and_days,
    an_auditor_comes_for_a_term,
    a_copy_is_made_at_a_word_and_restores,
];

async fn the_journal_finds_a_person_a_deed_and_days(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.gleb().await;
    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/learners?q=Соколова").await.unwrap().ok().unwrap();
    methodist.get(&list.link("/learners/0").unwrap()).await.unwrap().ok().unwrap();
    let head = stage.staff("head").await;
    let all = head.get("/journal").await.unwrap().ok().unwrap().text();
    assert!(all.contains("Зачисление") && all.contains("Открыта карточка слушателя"), "{all}");
    let of_vera = head.get("/journal?who=соколова").await.unwrap().ok().unwrap().text();
    assert!(of_vera.contains("Зачисление") && !of_vera.contains("Кузнецов"), "{of_vera}");
    let seen = head.get("/journal?deed=card.seen").await.unwrap().ok().unwrap().text();
    assert!(seen.contains("Лаптева А. С.") && seen.contains("Соколова В. А."), "{seen}");
    let before = head.get("/journal?until=21.11.2026").await.unwrap().ok().unwrap().text();
    assert!(before.contains("Записей не нашлось"), "{before}");
    let wrong = head.get("/journal?since=вчера").await.unwrap().ok().unwrap().text();
    assert!(wrong.contains("Дата"), "{wrong}");
    for address in ["/journal?who=%27%22%3Cscript%3E", "/journal?after=not-a-number", "/journal?who=никого"]
    {
        assert!(head.get(address).await.unwrap().status.as_u16() < 500, "{address}");
    }
    assert_eq!(methodist.get("/journal").await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(vera.get("/journal").await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn an_auditor_comes_for_a_term(stage: Rc<Stage>) {
    let head = stage.staff("head").await;
    let form = |until: &'static str| {
        [
            ("family", "Проверяев"),
            ("given", "Лев"),
            ("patronymic", ""),
            ("login", "inspector"),
            ("role", "auditor"),
            ("until", until),
        ]
    };
    for (until, sentence) in
        [("", "проверяющему вход дают на срок"), ("21.11.2026", "уже прошёл"), ("скоро", "Дата")]
    {
        let again = head.post("/settings/people", &form(until)).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(again.text().contains(sentence), "{sentence}: {}", again.text());
    }
    let slip = head.post("/settings/people", &form("24.11.2026")).await.unwrap().ok().unwrap();
    let password = slip.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let auditor = stage.guest();
    auditor.sign_in("inspector", &password).await.unwrap();
    let chosen = [("current", password.as_str()), ("new", kafedra::demo::PASSWORD)];
    auditor.post("/password", &chosen).await.unwrap().ok().unwrap();
    let instruction = auditor.get("/results").await.unwrap().ok().unwrap();
    assert!(instruction.text().contains("Инструкция проверяющего"), "{}", instruction.text());
    let act = instruction.body.split("name=\"act\" value=\"").nth(1).unwrap()[..36].to_owned();
    auditor.post("/instructions", &[("act", act)]).await.unwrap().ok().unwrap();
    assert_eq!(auditor.get("/results").await.unwrap().ok().unwrap().address, "/results");
    // A telephone was lost: the administrator closes what is open, and the password stays.
    let people = stage.staff("admin").await.get("/settings/people").await.unwrap().ok().unwrap();
    let of_auditor = people.body.split("inspector").nth(1).unwrap();
    let devices = of_auditor.split('"').find(|part| part.ends_with("/devices")).unwrap().to_owned();
    stage.staff("admin").await.post(&devices, &[("", "")]).await.unwrap().ok().unwrap();
    assert!(auditor.get("/results").await.unwrap().address.starts_with("/sign-in"));
    auditor.sign_in("inspector", kafedra::demo::PASSWORD).await.unwrap();
    assert_eq!(auditor.post("/office/programmes", &[("", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
    stage.days(3);
    assert!(auditor.get("/results").await.unwrap().address.starts_with("/sign-in"), "the term is over");
    assert!(auditor.sign_in("inspector", kafedra::demo::PASSWORD).await.is_err());
    let page = head.get("/settings/people").await.unwrap().ok().unwrap();
    assert!(page.text().contains("Срок входа вышел 24.11.2026"), "{}", page.text());
    let term = page.body.split('"').find(|part| part.ends_with("/term")).unwrap().to_owned();
    let past = head.post(&term, &[("until", "20.11.2026")]).await.unwrap();
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    head.post(&term, &[("until", "30.11.2026")]).await.unwrap().ok().unwrap();
    auditor.sign_in("inspector", kafedra::demo::PASSWORD).await.unwrap();
}

async fn a_copy_is_made_at_a_word_and_restores(stage: Rc<Stage>) {
    stage.vera().await;
    let admin = stage.staff("admin").await;
    admin.post("/workings/backups", &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    let page = admin.get("/workings").await.unwrap().ok().unwrap().text();
    assert!(page.contains("kafedra-2026-11-22-1200.zip"), "{page}");
    let folder = stage.app.house.files.folder().with_file_name("backups");
    let archive = std::fs::read(folder.join("kafedra-2026-11-22-1200.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    assert!(zip.by_name("kafedra.db").is_ok() && zip.by_name("manifest.json").is_ok());
    assert_eq!(stage.noted("backup.made").await, 1);
    assert_eq!(
        stage.staff("head").await.post("/workings/backups", &[("", "")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}
