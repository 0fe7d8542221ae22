//! Stories of studying (п. 2.2, 3.11.4).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, study};
use stage::Stage;

stage::stories![
    the_licence_stands_before_the_first_material_and_only_once,
    a_material_does_not_open_to_anyone_else,
    progress_goes_on_where_it_stopped,
    the_place_in_a_material_is_kept_for_every_device,
    a_memo_is_a_pdf_for_its_learner_only,
    after_the_term_materials_are_closed_and_the_page_says_so,
    the_whole_set_goes_by_letter,
    a_large_set_goes_as_personal_links_that_can_be_revoked,
    the_case_technology_mails_the_set_by_itself,
    a_term_is_reminded_of_and_a_moved_one_anew,
    films_are_sent_by_parts_and_a_new_edition_keeps_progress,
    a_withdrawn_material_is_asked_of_nobody,
];

fn first_material(body: &str) -> String {
    body.split('"').find(|part| part.contains("/materials/")).expect("a material").to_owned()
}

async fn the_licence_stands_before_the_first_material_and_only_once(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let material = first_material(&vera.get("/cabinet").await.unwrap().body);
    let licence = vera.get(&material).await.unwrap();
    assert!(licence.address.ends_with("/licence"));
    let denied = vera.post(&format!("{material}/completion"), &[("", "")]).await.unwrap();
    assert_eq!(denied.status, StatusCode::NOT_FOUND);
    let opened = vera.post(&licence.address, &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(opened.address, material);
    assert_eq!(vera.get(&material).await.unwrap().address, material);
    let accepted = "select cast(count(*) as bigint) from acknowledgement k join act a on a.id = k.act where a.code = 'materials-licence'";
    assert_eq!(stage.count(accepted).await, 1);
}

async fn a_material_does_not_open_to_anyone_else(stage: Rc<Stage>) {
    let (vera, gleb) = (stage.vera().await, stage.gleb().await);
    let material = first_material(&vera.get("/cabinet").await.unwrap().body);
    study(&vera, 1).await.unwrap();
    study(&gleb, 1).await.unwrap();
    for other in [gleb, stage.staff("methodist").await] {
        assert_eq!(other.get(&material).await.unwrap().status, StatusCode::NOT_FOUND);
        let completion = format!("{material}/completion");
        assert_eq!(other.post(&completion, &[("", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    assert!(stage.guest().get(&material).await.unwrap().address.starts_with("/sign-in"));
}

async fn progress_goes_on_where_it_stopped(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 3).await.unwrap();
    let cabinet = vera.get("/cabinet").await.unwrap();
    assert!(cabinet.text().contains("1 из 4"), "{}", cabinet.text());
    let phone = stage.guest();
    phone.sign_in("vera@example.ru", kafedra::demo::PASSWORD).await.unwrap();
    assert_eq!(first_material(&cabinet.body), first_material(&phone.get("/cabinet").await.unwrap().body));
    assert_eq!(stage.noted("material.studied").await, 3);
}

async fn the_place_in_a_material_is_kept_for_every_device(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 1).await.unwrap();
    let page = vera.get("/cabinet").await.unwrap().link("/studies/").unwrap();
    let page = vera.get(&page).await.unwrap().ok().unwrap();
    let all: Vec<_> =
        page.body.split('"').filter(|part| part.contains("/materials/") && part.len() == 92).collect();
    let unopened = vera.post(&format!("{}/place", all[all.len() - 1]), &[("place", "420")]).await.unwrap();
    assert_eq!(unopened.status, StatusCode::NOT_FOUND);
    let mut text = String::new();
    for address in all {
        if vera.get(address).await.unwrap().ok().unwrap().body.contains("data-keep") {
            address.clone_into(&mut text);
        }
    }
    let place = format!("{text}/place");
    let elsewhere = stage.guest();
    elsewhere.sign_in("vera@example.ru", PASSWORD).await.unwrap();
    for (sent, kept) in [("420", "420"), ("-7", "0"), ("99999999999", "86400")] {
        assert_eq!(vera.post(&place, &[("place", sent)]).await.unwrap().status, StatusCode::NO_CONTENT);
        assert!(elsewhere.get(&text).await.unwrap().body.contains(&format!("data-place=\"{kept}\"")));
    }
    assert!(vera.post(&place, &[("place", "где-то")]).await.unwrap().status.is_client_error());
    let gleb = stage.gleb().await;
    assert_eq!(gleb.post(&place, &[("place", "1")]).await.unwrap().status, StatusCode::NOT_FOUND);
    // What is studied opens at its beginning.
    vera.post(&format!("{text}/completion"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(!vera.get(&text).await.unwrap().body.contains("data-place"));
}

async fn a_memo_is_a_pdf_for_its_learner_only(stage: Rc<Stage>) {
    let (vera, gleb) = (stage.vera().await, stage.gleb().await);
    study(&vera, 1).await.unwrap();
    study(&gleb, 1).await.unwrap();
    let memo =
        vera.get(&first_material(&vera.get("/cabinet").await.unwrap().body)).await.unwrap().ok().unwrap();
    let file = memo.body.split('"').find(|part| part.contains("/files/")).expect("a file").to_owned();
    assert!(vera.get(&file).await.unwrap().bytes.starts_with(b"%PDF"));
    assert_eq!(gleb.get(&file).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn after_the_term_materials_are_closed_and_the_page_says_so(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 1).await.unwrap();
    let material = first_material(&vera.get("/cabinet").await.unwrap().body);
    let enrolment = material.split('/').nth(2).unwrap().to_owned();
    stage.days(29);
    vera.get("/cabinet").await.unwrap().ok().unwrap();
    stage.days(29);
    vera.get("/cabinet").await.unwrap().ok().unwrap();
    stage.days(3);
    assert!(vera.get(&material).await.unwrap().text().contains("Доступ закончился"));
    let denied = vera.post(&format!("{material}/completion"), &[("", "")]).await.unwrap();
    assert_eq!(denied.status, StatusCode::NOT_FOUND);
    let training = vera.post(&format!("/studies/{enrolment}/training"), &[("topic", "")]).await.unwrap();
    assert!(training.text().contains("Доступ закончился"), "{}", training.text());
}

/// The enrolment that the cabinet leads to.
async fn enrolment(learner: &kafedra::guest::Guest) -> String {
    let cabinet = learner.get("/cabinet").await.unwrap().ok().unwrap();
    cabinet.link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned()
}

async fn the_whole_set_goes_by_letter(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let address = format!("/studies/{}/mailing", enrolment(&vera).await);
    vera.post(&address, &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from mailing").await,
        0,
        "the licence stands before"
    );
    study(&vera, 1).await.unwrap();
    for _ in 0..2 {
        vera.post(&address, &[("", "")]).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from mailing").await, 1, "once an hour");
    assert_eq!(stage.count("select cast(count(*) as bigint) from letter_file").await, 8);
    let letters = stage.letters().await;
    let letter = letters.iter().find(|one| one.letter.subject.starts_with("Материалы программы")).unwrap();
    assert!(letter.letter.body.contains("8. Памятка"), "{}", letter.letter.body);
    assert!(vera.get(&address).await.unwrap().text().contains("Не отправлено: почта не настроена"));
    let stamped: String = stage
        .store()
        .read(|db| db.one("select file from letter_file where place = 1", &[], |row| row.get(0)))
        .await
        .unwrap();
    let kept = stage
        .count(
            "select cast(count(*) as bigint) from resource_version v join letter_file f on f.file = v.file",
        )
        .await;
    assert_eq!(
        (kept, stamped.len()),
        (0, 64),
        "the learner's PDF is not the centre's own: it bears the name"
    );
}

async fn a_large_set_goes_as_personal_links_that_can_be_revoked(stage: Rc<Stage>) {
    stage
        .write(|work| {
            let centre = regulations::Centre::load(work)?;
            regulations::Centre { letter_megabytes: 0, ..centre }.save(work)
        })
        .await;
    let vera = stage.vera().await;
    let methodist = stage.staff("methodist").await;
    let address = format!("/enrolments/{}/mailing", enrolment(&vera).await);
    methodist.post(&address, &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    let links: Vec<String> = stage
        .store()
        .read(|db| db.all("select token from mailing_link", &[], |row| row.get::<uuid::Uuid>(0)))
        .await
        .unwrap()
        .into_iter()
        .map(|token| format!("/case/{token}"))
        .collect();
    assert_eq!(links.len(), 8);
    let phone = stage.guest();
    for link in &links {
        let copy = phone.get(link).await.unwrap().ok().unwrap();
        assert!(copy.bytes.starts_with(b"%PDF"), "{link}");
    }
    let page = methodist.get(&address).await.unwrap().text();
    assert!(page.contains("Ссылок действует 8, открывали 8 раз"), "{page}");
    let unknown = format!("/case/{}", uuid::Uuid::new_v4());
    assert_eq!(phone.get(&unknown).await.unwrap().status, StatusCode::NOT_FOUND);
    methodist.post(&format!("{address}/revocation"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(phone.get(&links[0]).await.unwrap().status, StatusCode::NOT_FOUND);
    let foreign = vera.post(&address, &[("", "")]).await.unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "a learner has the own page");
}

async fn the_case_technology_mails_the_set_by_itself(stage: Rc<Stage>) {
    stage.rewrite(r#""technology":"program""#, r#""technology":"case""#).await;
    let vera = stage.vera().await;
    stage.work().await;
    let sent = "select cast(count(*) as bigint) from mailing where letter is not null and asked_by is null";
    assert_eq!(stage.count(sent).await, 1);
    let page = vera.get(&format!("/studies/{}/mailing", enrolment(&vera).await)).await.unwrap();
    assert!(page.text().contains("vera@example.ru Не отправлено"), "{}", page.text());
}

async fn a_term_is_reminded_of_and_a_moved_one_anew(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 3).await.unwrap();
    let reminders = || async {
        let letters = stage.letters().await;
        letters
            .into_iter()
            .filter(|one| one.letter.subject.starts_with("До конца обучения"))
            .collect::<Vec<_>>()
    };
    stage.days(53);
    stage.work().await;
    let first = reminders().await;
    assert_eq!(first.len(), 1);
    assert!(
        first[0].letter.subject.contains("7\u{a0}дней") && first[0].letter.body.contains("3 из 8"),
        "{first:?}"
    );
    stage
        .write(|work| {
            let id: uuid::Uuid = work.one("select id from enrolment", &[], |row| row.get(0))?;
            work.run("update enrolment set ends_on = '2027-02-28'", &[])?;
            let before = work.today();
            work.tell(admissions::Extended { enrolment: id, before, grounds: "болезнь".into() })
        })
        .await;
    stage.days(6);
    stage.work().await;
    assert_eq!(reminders().await.len(), 1, "the old term is nobody's any more");
    stage.days(32);
    stage.work().await;
    assert_eq!(reminders().await.len(), 2);
}

async fn films_are_sent_by_parts_and_a_new_edition_keeps_progress(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 8).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let programme = methodist.get("/office/programmes").await.unwrap().link("/office/programmes/0").unwrap();
    let shelf = format!("{programme}/materials");
    let mut film = b"\x00\x00\x00\x20ftypmp42\x00\x00\x00\x00mp42isom".to_vec();
    film.resize(5000, 7);
    let form = [("module", "01"), ("title", "Осмотр места"), ("set", "obligatory"), ("subtitles", "нет")];
    let again = methodist.upload(&shelf, &form, ("film.mp4", &film)).await.unwrap();
    assert!(again.text().contains("Субтитры: текст в формате WebVTT"), "{}", again.text());
    let form = [
        ("module", "01"),
        ("title", "Осмотр места"),
        ("set", "obligatory"),
        ("subtitles", "WEBVTT\n\n00:00.000 --> 00:02.000\nСмотрите"),
    ];
    methodist.upload(&shelf, &form, ("film.mp4", &film)).await.unwrap().ok().unwrap();
    let hostile = methodist.upload(&shelf, &form, ("film.mp4", b"MZ\x90\x00")).await.unwrap();
    assert_eq!(hostile.status, StatusCode::UNPROCESSABLE_ENTITY);

    let cabinet = vera.get("/cabinet").await.unwrap();
    let page = vera.get(&first_material(&cabinet.body)).await.unwrap().ok().unwrap();
    assert!(page.body.contains("<video") && page.body.contains("kind=\"subtitles\""), "{}", page.text());
    let file = page.link("/studies/").unwrap();
    let file = page.body.split('"').find(|part| part.contains("/files/")).unwrap_or(&file).to_owned();
    let part = vera.part(&file, "bytes=4-11").await.unwrap();
    assert_eq!((part.status, part.bytes.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"ftypmp42"[..]));
    assert!(
        vera.get(&file.replace("/files/", "/subtitles/"))
            .await
            .unwrap()
            .ok()
            .unwrap()
            .body
            .starts_with("WEBVTT")
    );
    let gleb = stage.gleb().await;
    assert_eq!(gleb.get(&file).await.unwrap().status, StatusCode::NOT_FOUND);

    // A new edition of a text that Вера has studied.
    let page = methodist.get(&shelf).await.unwrap().ok().unwrap();
    let text = page.link(&format!("{shelf}/")).unwrap();
    let open = methodist.get(&text).await.unwrap().ok().unwrap();
    assert!(open.body.contains("##"), "the text as it was written");
    let form = [("title", "Основы, редакция 2"), ("set", "obligatory"), ("text", "Новая **редакция**")];
    for _ in 0..2 {
        methodist.upload(&text, &form, ("", b"")).await.unwrap().ok().unwrap();
    }
    assert!(vera.get("/cabinet").await.unwrap().text().contains("2 из 3"), "what was studied stays studied");
    assert!(stage.count("select cast(max(number) as bigint) from resource_version").await >= 2);
}

async fn a_withdrawn_material_is_asked_of_nobody(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 7).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let programme = methodist.get("/office/programmes").await.unwrap().link("/office/programmes/0").unwrap();
    let shelf = methodist.get(&format!("{programme}/materials")).await.unwrap();
    let last = shelf
        .body
        .split('"')
        .rfind(|part| part.starts_with(&format!("{programme}/materials/")))
        .unwrap()
        .to_owned();
    methodist.post(&format!("{last}/removal"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(vera.get("/cabinet").await.unwrap().text().contains("4 из 4"));
    assert_eq!(methodist.get(&last).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from progress where done_at is not null").await,
        7
    );
}
