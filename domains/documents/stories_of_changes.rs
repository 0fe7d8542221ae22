//! Stories of study that ends otherwise than planned, and of documents that are replaced (domain reference 2.5, 2.8, 2.9).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, applicant, apply, attest, publish_one, study};
use kafedra::guest::{Guest, Page};
use stage::Stage;

stage::stories![
    expulsion_closes_access_and_gives_an_order_and_a_reference,
    whoever_is_expelled_meanwhile_gets_a_line_and_no_document,
    a_longer_term_is_ordered_once,
    a_changed_name_is_ordered_and_the_former_one_is_kept,
    a_case_put_right_by_hand_prints_unsigned_papers_anew,
    a_lost_certificate_has_a_duplicate_and_both_stand_in_the_register,
    a_mistake_in_a_certificate_is_put_right_by_another,
    a_duplicate_says_the_words_of_its_original,
    a_void_certificate_is_replaced_by_nothing,
    a_wrong_duplicate_is_put_right_by_another_duplicate,
    a_term_moved_meanwhile_is_not_made_shorter,
    retraining_ends_in_a_diploma_with_its_supplement,
    a_certificate_waits_for_the_diploma_of_whoever_still_studies,
    a_centre_that_does_not_wait_for_diplomas_issues_at_once,
    registry_numbers_come_later_and_print_the_protocol_again,
    the_personal_file_holds_every_paper,
    a_document_takes_the_next_blank_and_waits_when_there_is_none,
    only_a_methodist_moves_learners,
    whoever_acts_for_the_head_signs_within_the_term,
    lists_are_found_by_a_part_of_a_name_and_taken_as_tables,
];

const IN_FORCE: &str = "select cast(count(*) as bigint) from credential where ended_on is null";

/// The methodist at the page of the newest learner.
async fn at_the_card(stage: &Stage) -> (Guest, Page) {
    let methodist = stage.staff("methodist").await;
    let address = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let card = methodist.get(&address).await.unwrap().ok().unwrap();
    (methodist, card)
}

async fn certified(stage: &Stage) -> Guest {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    let vera = stage.guest();
    apply(&stage.app, &vera, "office-72", &applicant(0)).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &vera, 1).await.unwrap();
    stage.work().await;
    vera
}

async fn expulsion_closes_access_and_gives_an_order_and_a_reference(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 3).await.unwrap();
    stage.days(3);
    let material = vera.get("/cabinet").await.unwrap().link("/studies/").unwrap();
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap().replace("extension", "expulsion");
    let form = |why: &'static str, on: &'static str, grounds: &'static str| {
        [("why", why), ("on", on), ("grounds", grounds)]
    };
    for (wrong, sentence) in [
        (form("", "24.11.2026", "заявление"), "Причина: выберите"),
        (form("request", "21.11.2026", "заявление"), "День отчисления: с 22.11.2026 по сегодня"),
        (form("request", "01.01.2027", "заявление"), "День отчисления: с 22.11.2026 по сегодня"),
        (form("request", "24.11.2026", " "), "Основание: заполните"),
    ] {
        let again = methodist.post(&address, &wrong).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains(sentence), "{sentence}: {}", again.text());
    }
    let right = form("request", "24.11.2026", "заявление от 24.11.2026");
    for _ in 0..2 {
        methodist.post(&address, &right).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'expulsion_order'")
            .await,
        1
    );
    assert_eq!(stage.count(IN_FORCE).await, 1);
    let papers = vera.get("/papers").await.unwrap().ok().unwrap().text();
    assert!(papers.contains("Приказ об отчислении") && papers.contains("Справка об обучении"), "{papers}");
    let closed = vera.get(&material).await.unwrap().ok().unwrap();
    assert!(
        closed.address.ends_with("/attestation") && closed.text().contains("Обучение прекращено"),
        "{}",
        closed.text()
    );
    assert!(vera.get("/cabinet").await.unwrap().text().contains("Обучение прекращено"));
    let letters = stage.letters().await;
    assert!(letters.iter().any(|one| one.letter.subject.starts_with("Обучение прекращено")));
    assert_eq!(methodist.get(&address).await.unwrap().status, StatusCode::NOT_FOUND, "nothing left to end");
}

async fn whoever_is_expelled_meanwhile_gets_a_line_and_no_document(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    stage
        .write(|work| {
            let centre = regulations::Centre::load(work)?;
            regulations::Centre { closing: regulations::Closing::ByHand, ..centre }.save(work)
        })
        .await;
    let vera = stage.guest();
    apply(&stage.app, &vera, "office-72", &applicant(0)).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &vera, 0).await.unwrap();
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap().replace("extension", "expulsion");
    let today = stage.clock.now().day().dotted();
    let form = [("why", "breach"), ("on", today.as_str()), ("grounds", "акт от 03.12.2026")];
    methodist.post(&address, &form).await.unwrap().ok().unwrap();
    let closure = methodist.get("/orders").await.unwrap().link("/orders/").unwrap();
    methodist.post(&closure, &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed'").await, 1);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from credential where kind = 'certificate'").await,
        0
    );
}

async fn a_longer_term_is_ordered_once(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.days(70);
    vera.sign_in(&applicant(0).email, kafedra::demo::PASSWORD).await.unwrap();
    assert!(study(&vera, 1).await.is_err(), "the term is over");
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap();
    let early = methodist.post(&address, &[("until", "01.12.2026"), ("grounds", "болезнь")]).await.unwrap();
    assert!(early.text().contains("Новый последний день: с "), "{}", early.text());
    let form = [
        ("until", "28.02.2027"),
        ("grounds", "болезнь, заявление от 31.01.2027"),
        ("form-key", "0190c8d5-2f6e-7cc0-9d3e-1f0d3a5b7c11"),
    ];
    for _ in 0..2 {
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'extension_order'")
            .await,
        1
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from enrolment where ends_on = '2027-02-28'").await,
        1
    );
    study(&vera, 1).await.unwrap();
}

async fn a_changed_name_is_ordered_and_the_former_one_is_kept(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.body.split('"').find(|part| part.ends_with("/name")).unwrap().to_owned();
    let form = |grounds: &'static str| {
        [
            ("family", "Орлова"),
            ("given", "Вера"),
            ("patronymic", "Андреевна"),
            ("why", "change"),
            ("grounds", grounds),
        ]
    };
    let again = methodist.post(&address, &form("")).await.unwrap();
    assert!(again.text().contains("Документ о перемене имени: заполните"), "{}", again.text());
    let card =
        methodist.post(&address, &form("свидетельство о браке III-МЮ № 123456")).await.unwrap().ok().unwrap();
    assert!(card.text().contains("Прежнее имя Соколова Вера Андреевна"), "{}", card.text());
    stage.work().await;
    assert!(vera.get("/papers").await.unwrap().text().contains("Приказ о перемене имени"));
    let head = stage.staff("head").await;
    let own = head.get(&address).await.unwrap();
    assert_eq!(own.status, StatusCode::NOT_FOUND, "a head sees and does not move");
}

/// Replaces the certificate on the newest learner's page.
async fn replace(stage: &Stage, why: &str) -> Page {
    let (methodist, card) = at_the_card(stage).await;
    let address = card.link("/credentials/").unwrap();
    let form = [("why", why), ("grounds", "заявление от 04.12.2026")];
    // Twice, as by an impatient hand.
    methodist.post(&address, &form).await.unwrap().ok().unwrap();
    let card = methodist.post(&address, &form).await.unwrap().ok().unwrap();
    stage.work().await;
    card
}

async fn a_lost_certificate_has_a_duplicate_and_both_stand_in_the_register(stage: Rc<Stage>) {
    let vera = certified(&stage).await;
    stage.days(1);
    let token: uuid::Uuid =
        stage.store().read(|db| db.one("select token from credential", &[], |row| row.get(0))).await.unwrap();
    let card = replace(&stage, "lost").await.text();
    assert!(card.contains("дубликат") && card.contains("Не действует: утрачен 04.12.2026"), "{card}");
    let register = stage.staff("head").await.get("/register").await.unwrap().text();
    assert!(register.contains("26-У-0001") && register.contains("26-У-0002"), "{register}");
    let papers = vera.get("/papers").await.unwrap().text().replace('\u{a0}', " ");
    assert!(papers.contains("№ 26-У-0002") && !papers.contains("№ 26-У-0001"), "{papers}");
    let old = stage.guest().get(&format!("/check/{token}")).await.unwrap().ok().unwrap().text();
    assert!(old.contains("Документ не действует") && old.contains("утрачен"), "{old}");
    let new = stage.guest().get("/check?number=26-У-0002&proof=Соколова").await.unwrap().text();
    assert!(new.contains("Документ выдан") && new.contains("дубликат"), "{new}");
}

async fn a_mistake_in_a_certificate_is_put_right_by_another(stage: Rc<Stage>) {
    certified(&stage).await;
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.body.split('"').find(|part| part.ends_with("/name")).unwrap().to_owned();
    let form = [
        ("family", "Соколовская"),
        ("given", "Вера"),
        ("patronymic", "Андреевна"),
        ("why", "typo"),
        ("grounds", ""),
    ];
    methodist.post(&address, &form).await.unwrap().ok().unwrap();
    replace(&stage, "wrong").await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from credential where ended_on is null and full_name like 'Соколовская %' and not duplicate").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from credential").await, 2);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from official_order where kind = 'name_order'").await,
        0
    );
}

async fn a_wrong_duplicate_is_put_right_by_another_duplicate(stage: Rc<Stage>) {
    certified(&stage).await;
    replace(&stage, "lost").await;
    replace(&stage, "wrong").await;
    let said: serde_json::Value = stage
        .store()
        .read(|db| db.one("select p.data from paper p join credential c on c.id = p.credential where c.ended_on is null", &[], |row| row.json(0)))
        .await
        .unwrap();
    assert!(said["duplicate"]["of"].as_str().unwrap().contains("26-У-0002"), "{said}");
    assert_eq!(stage.count("select cast(count(*) as bigint) from credential where duplicate").await, 2);
}

async fn a_term_moved_meanwhile_is_not_made_shorter(stage: Rc<Stage>) {
    stage.vera().await;
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap();
    let until = |day: &'static str| [("until", day), ("grounds", "болезнь")];
    methodist.post(&address, &until("30.03.2027")).await.unwrap().ok().unwrap();
    // Another methodist's page was opened before that.
    let late = methodist.post(&address, &until("10.03.2027")).await.unwrap();
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("с 31.03.2027"), "{}", late.text());
}

async fn a_duplicate_says_the_words_of_its_original(stage: Rc<Stage>) {
    certified(&stage).await;
    // A paper of before a centre could change its words.
    stage
        .write(|work| work.run("update paper set data = replace(data, '\"words\":{}', '\"was\":{}') where kind = 'certificate'", &[]))
        .await;
    let head = stage.staff("head").await;
    let note = [("note", "Программа реализована в сетевой форме")];
    head.post("/settings/wordings/certificate", &note).await.unwrap().ok().unwrap();
    replace(&stage, "lost").await;
    let said: Vec<serde_json::Value> = stage.said_by("certificate").await;
    assert!(said[0].get("words").is_none(), "{}", said[0]);
    assert_eq!(said[1]["words"], serde_json::json!({}));
}

async fn a_void_certificate_is_replaced_by_nothing(stage: Rc<Stage>) {
    let vera = certified(&stage).await;
    replace(&stage, "void").await;
    assert_eq!(stage.count(IN_FORCE).await, 0);
    assert!(!vera.get("/papers").await.unwrap().text().contains("Удостоверение"));
}

async fn retraining_ends_in_a_diploma_with_its_supplement(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    // The same programme as if it were retraining with marks.
    stage
        .write(|work| {
            work.run(
                "update programme_version set kind = 'retraining', content = replace(replace(replace(content,
            '\"kind\":\"upskilling\"', '\"kind\":\"retraining\"'),
            '\"modules\":', '\"qualification\":\"Делопроизводитель\",\"modules\":'),
            '\"attempts\":', '\"marks\":{\"good\":85,\"excellent\":95},\"attempts\":')
         where kind = 'upskilling'",
                &[],
            )
        })
        .await;
    let vera = stage.guest();
    apply(&stage.app, &vera, "office-72", &applicant(0)).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &vera, 1).await.unwrap();
    stage.work().await;
    let papers = vera.get("/papers").await.unwrap().text().replace('\u{a0}', " ");
    for paper in ["Диплом о профессиональной переподготовке № 26-Д-0001", "Приложение к диплому № 26-Д-0001"]
    {
        assert!(papers.contains(paper), "{paper}: {papers}");
    }
    let said: serde_json::Value = stage.said_by("diploma_supplement").await.remove(0);
    assert_eq!(said["qualification"], "Делопроизводитель");
    assert_eq!(said["attestation"]["grade"], "хорошо");
    assert!(said["previous_education"].as_str().unwrap().contains("диплом"), "{said}");
    // A duplicate of a diploma comes with its supplement.
    replace(&stage, "damaged").await;
    let papers = vera.get("/papers").await.unwrap().text().replace('\u{a0}', " ");
    assert_eq!(papers.matches("26-Д-0002").count(), 2, "{papers}");
}

async fn a_certificate_waits_for_the_diploma_of_whoever_still_studies(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    let vera = stage.guest();
    let mut student = applicant(0);
    (student.education, student.diploma_number) = ("higher-awaited".to_owned(), String::new());
    let application = "/programmes/office-72/application";
    let again = vera.post(application, &student).await.unwrap();
    assert!(again.text().contains("Где учитесь: заполните"), "{}", again.text());
    student.education_place = "Владимирский государственный университет".into();
    apply(&stage.app, &vera, "office-72", &student).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.work().await;
    assert_eq!(stage.count(IN_FORCE).await, 0);
    let completed = "select cast(count(*) as bigint) from enrolment where state = 'completed'";
    assert_eq!(stage.count(completed).await, 1);
    let portfolio = vera.get("/portfolio").await.unwrap().text();
    assert!(portfolio.contains("выдадим вместе с вашим дипломом"), "{portfolio}");
    let said: serde_json::Value = stage.said_by("completion_order").await.remove(0);
    assert!(
        said["learners"][0]["document"]
            .as_str()
            .unwrap()
            .ends_with("одновременно с документом об образовании")
    );

    stage.days(40);
    let methodist = stage.staff("methodist").await;
    let waiting = methodist.get("/register").await.unwrap().ok().unwrap();
    assert!(waiting.text().contains("Ждут диплома об образовании: 1"), "{}", waiting.text());
    let address = waiting.link("/enrolments/").unwrap();
    let empty = methodist.post(&address, &[("diploma_number", "")]).await.unwrap();
    assert!(empty.text().contains("Номер диплома: заполните"), "{}", empty.text());
    let shown = [("diploma_series", "107704"), ("diploma_number", "0012345"), ("diploma_family", "Орлова")];
    for _ in 0..2 {
        methodist.post(&address, &shown).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count(IN_FORCE).await, 1);
    // A slip of the pen is put right, and issues nothing more.
    let page = methodist.get(&address).await.unwrap().ok().unwrap();
    assert!(page.text().contains("0012345") && page.body.contains("Исправить"), "{}", page.text());
    let right = [("diploma_series", "107704"), ("diploma_number", "0012346"), ("diploma_family", "Орлова")];
    let card = methodist.post(&address, &right).await.unwrap().ok().unwrap();
    assert!(card.text().contains("диплом серия 107704 № 0012346"), "{}", card.text());
    assert_eq!(stage.count(IN_FORCE).await, 1);
    // The certificate says when study had ended, and that it is issued now.
    let said: serde_json::Value = stage.said_by("certificate").await.remove(0);
    assert_eq!(
        (&said["ends"], &said["issued"]),
        (&"3\u{a0}декабря 2026\u{a0}г.".into(), &"12\u{a0}января 2027\u{a0}г.".into())
    );
    vera.sign_in(&student.email, PASSWORD).await.unwrap();
    assert!(vera.get("/papers").await.unwrap().text().contains("Удостоверение"));
    assert!(!vera.get("/portfolio").await.unwrap().text().contains("выдадим вместе"));
    // Shown before the end, the diploma holds nothing up.
    let gleb = stage.guest();
    let mut student = applicant(1);
    (student.education, student.education_place) = ("vocational-awaited".to_owned(), "Колледж".to_owned());
    apply(&stage.app, &gleb, "office-72", &student).await.unwrap();
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap().replace("extension", "education");
    methodist.post(&address, &shown).await.unwrap().ok().unwrap();
    study(&gleb, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &gleb, 0).await.unwrap();
    stage.work().await;
    assert_eq!(stage.count(IN_FORCE).await, 2);
}

async fn a_centre_that_does_not_wait_for_diplomas_issues_at_once(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    let mut student = applicant(0);
    (student.education, student.education_place) = ("higher-awaited".to_owned(), "ВлГУ".to_owned());
    let vera = stage.guest();
    apply(&stage.app, &vera, "office-72", &student).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.work().await;
    let methodist = stage.staff("methodist").await;
    let waiting = methodist.get("/register").await.unwrap().ok().unwrap();
    let at_once = waiting.link("/enrolments/").unwrap().replace("/education", "/certificate");
    let early = methodist.post(&at_once, &[("", "")]).await.unwrap();
    assert_eq!(early.status, StatusCode::NOT_FOUND, "the centre waits for the diploma");
    stage
        .write(|work| {
            let centre = regulations::Centre::load(work)?;
            regulations::Centre { with_diploma: false, ..centre }.save(work)
        })
        .await;
    assert!(methodist.get("/register").await.unwrap().text().contains("Выдать сейчас"));
    for _ in 0..2 {
        methodist.post(&at_once, &[("", "")]).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.count(IN_FORCE).await, 1);
    let gleb = stage.guest();
    let mut student = applicant(1);
    (student.education, student.education_place) = ("higher-awaited".to_owned(), "ВлГУ".to_owned());
    apply(&stage.app, &gleb, "office-72", &student).await.unwrap();
    study(&gleb, 8).await.unwrap();
    stage.days(11);
    attest(&stage.app, &gleb, 0).await.unwrap();
    stage.work().await;
    assert_eq!(stage.count(IN_FORCE).await, 2);
}

async fn registry_numbers_come_later_and_print_the_protocol_again(stage: Rc<Stage>) {
    let (vera, gleb) = (stage.vera().await, stage.gleb().await);
    stage
        .write(|work| {
            let centre = regulations::Centre::load(work)?;
            regulations::Centre { closing: regulations::Closing::EndOfDay, ..centre }.save(work)
        })
        .await;
    for learner in [&vera, &gleb] {
        study(learner, 8).await.unwrap();
    }
    stage.days(1);
    for learner in [&vera, &gleb] {
        attest(&stage.app, learner, 0).await.unwrap();
    }
    stage.minutes(12 * 60);
    stage.work().await;
    let methodist = stage.staff("methodist").await;
    let address = methodist.get("/orders").await.unwrap().link("/protocols/").unwrap();
    let page = methodist.get(&address).await.unwrap().ok().unwrap();
    let lines: Vec<&str> =
        page.body.split("name=\"line\" value=\"").skip(1).map(|rest| &rest[..36]).collect();
    let form = [("line", lines[0]), ("number", "16601234"), ("line", lines[1]), ("number", " 16601235 ")];
    for _ in 0..2 {
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    // The protocol and two extracts, each printed twice; the learner sees the later one.
    assert_eq!(stage.count("select cast(count(*) as bigint) from paper where protocol is not null").await, 6);
    assert_eq!(stage.count("select cast(count(*) as bigint) from paper where protocol is not null and ended_at is null and file is not null").await, 3);
    let of_gleb: serde_json::Value = stage
        .store()
        .read(|db| db.one("select data from paper where kind = 'safety_extract' and ended_at is null and data like '%16601235%'", &[], |row| row.json(0)))
        .await
        .unwrap();
    assert_eq!(of_gleb["lines"].as_array().unwrap().len(), 1);
    assert_eq!(vera.get("/papers").await.unwrap().text().matches("Выписка").count(), 1);
    let long = "9".repeat(41);
    let again = methodist.post(&address, &[("line", lines[0]), ("number", long.as_str())]).await.unwrap();
    assert!(again.text().contains("номер длиннее 40 знаков") && again.body.contains(&long));
}

async fn the_personal_file_holds_every_paper(stage: Rc<Stage>) {
    certified(&stage).await;
    replace(&stage, "lost").await;
    let (methodist, card) = at_the_card(&stage).await;
    let address = card.body.split('"').find(|part| part.ends_with("/file")).unwrap().to_owned();
    let archive = methodist.get(&address).await.unwrap().ok().unwrap().bytes;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let papers = stage.count("select cast(count(*) as bigint) from paper where file is not null").await;
    assert_eq!(i64::try_from(zip.len()).unwrap(), papers + 2);
    let mut inventory = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("00 Опись.txt").unwrap(), &mut inventory).unwrap();
    assert!(inventory.contains("26-У-0001") && inventory.contains("не действует"), "{inventory}");
    assert_eq!(stage.noted("personal-file.taken").await, 1);
    assert_eq!(stage.staff("teacher").await.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn whoever_acts_for_the_head_signs_within_the_term(stage: Rc<Stage>) {
    let head = stage.staff("head").await;
    let form = |until: &'static str| {
        [
            ("post", "И. о. директора"),
            ("short_name", "А. С. Лаптева"),
            ("order", "№ 7-К от 20.11.2026"),
            ("since", "22.11.2026"),
            ("until", until),
        ]
    };
    let again = head.post("/settings/acting", &form("01.11.2026")).await.unwrap();
    assert!(again.text().contains("По: этот день уже прошёл"), "{}", again.text());
    head.post("/settings/acting", &form("23.11.2026")).await.unwrap().ok().unwrap();
    stage.vera().await;
    stage.days(2);
    stage.gleb().await;
    let signed: Vec<serde_json::Value> = stage.said_by("enrolment_order").await;
    let by: Vec<_> = signed.iter().map(|data| data["signatory"]["short_name"].as_str().unwrap()).collect();
    assert_eq!(by, ["А. С. Лаптева", "Е. И. Воронцов"]);
    // The head's rights go with the order when the head says so, for its days only.
    let teacher = stage.staff("teacher").await;
    let page = head.get("/settings/acting").await.unwrap().ok().unwrap();
    let before = page.body.split("Орлов Борис Петрович").next().unwrap();
    let id = before.rsplit("value=\"").next().unwrap()[..36].to_owned();
    let mut with_rights: Vec<(&str, String)> =
        form("26.11.2026").map(|(name, value)| (name, value.to_owned())).to_vec();
    with_rights.push(("person", id));
    assert_eq!(teacher.get("/signing").await.unwrap().status, StatusCode::NOT_FOUND);
    // Whoever keeps the system running gives nobody the head's rights.
    stage.staff("admin").await.post("/settings/acting", &with_rights).await.unwrap().ok().unwrap();
    assert_eq!(teacher.get("/signing").await.unwrap().status, StatusCode::NOT_FOUND);
    head.post("/settings/acting", &with_rights).await.unwrap().ok().unwrap();
    let instructions = teacher.get("/signing").await.unwrap();
    assert!(instructions.text().contains("Ознакомлен"), "the head's instruction is read first");
    let act = instructions.body.split("name=\"act\" value=\"").nth(1).unwrap()[..36].to_owned();
    teacher.post("/instructions", &[("act", act)]).await.unwrap().ok().unwrap();
    teacher.get("/signing").await.unwrap().ok().unwrap();
    // … and whoever acts for the head makes no other head and does not prolong the own days.
    let staff = teacher.get("/settings/people").await.unwrap().ok().unwrap();
    assert!(!staff.body.contains("value=\"head\""), "{}", staff.body);
    let longer = teacher.post("/settings/acting", &form("30.11.2026")).await.unwrap();
    assert!(longer.text().contains("этот приказ меняет он сам"), "{}", longer.text());
    teacher.get("/signing").await.unwrap().ok().unwrap();
    // The administrator does not get in as the head through the deputy's password.
    let admin = stage.staff("admin").await;
    let deputy = with_rights[5].1.clone();
    let renewed = admin.post(&format!("/settings/people/{deputy}/password"), &[("", "")]).await.unwrap();
    assert_eq!(renewed.status, StatusCode::NOT_FOUND);
    // Another order by somebody else ends the rights that rested on the one before.
    admin.post("/settings/acting", &form("30.11.2026")).await.unwrap().ok().unwrap();
    assert_eq!(teacher.get("/signing").await.unwrap().status, StatusCode::NOT_FOUND);
    head.post("/settings/acting", &with_rights).await.unwrap().ok().unwrap();
    teacher.get("/signing").await.unwrap().ok().unwrap();
    stage.days(3);
    assert_eq!(teacher.get("/signing").await.unwrap().status, StatusCode::NOT_FOUND);
    // Saving the centre's data does not end the delegation.
    assert_eq!(
        teacher.post("/settings/acting/end", &[("", "")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn lists_are_found_by_a_part_of_a_name_and_taken_as_tables(stage: Rc<Stage>) {
    certified(&stage).await;
    stage.gleb().await;
    let methodist = stage.staff("methodist").await;
    for (asked, found) in [("соколов", "Соколова"), ("112-233-000", "Соколова"), ("глеб охран", "Кузнецов")]
    {
        let asked: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = methodist.get(&format!("/learners?q={asked}")).await.unwrap().ok().unwrap().text();
        assert!(page.contains(found) && page.contains("Найдено: 1"), "{asked}: {page}");
    }
    assert!(methodist.get("/learners?q=zzz").await.unwrap().text().contains("Никого не нашлось"));
    for (query, found) in
        [("state=active", 1), ("state=completed", 1), ("state=expelled", 0), ("state=active&q=соколова", 0)]
    {
        let query: String = query.replace("соколова", "%D1%81%D0%BE%D0%BA");
        let page = methodist.get(&format!("/learners?{query}")).await.unwrap().ok().unwrap().text();
        assert!(page.contains(&format!("Найдено: {found}")), "{query}: {page}");
        let table = methodist.get(&format!("/learners.xlsx?{query}")).await.unwrap().ok().unwrap().bytes;
        assert_eq!(sheets::read(&table).unwrap().len(), found + 1, "{query}");
    }
    let table = methodist.get("/learners.xlsx?q=").await.unwrap().ok().unwrap().bytes;
    assert_eq!(sheets::read(&table).unwrap().len(), 3);
    let book = methodist.get("/register.xlsx").await.unwrap().ok().unwrap().bytes;
    let book = sheets::read(&book).unwrap();
    assert_eq!(
        (book.len(), book[1][1].as_str(), book[1][4].as_str()),
        (2, "26-У-0001", "Соколова Вера Андреевна")
    );
    assert!(book[1][8].starts_with("26-П-") && book[1][9].starts_with("26-О-"), "{book:?}");
    let head = stage.staff("head").await;
    for (address, rows, cell) in [
        ("/applications.xlsx", 3, "Соколова Вера Андреевна"),
        ("/results.xlsx", 2, "Соколова Вера Андреевна"),
        ("/orders.xlsx", 5, "Приказ о завершении обучения"),
        ("/groups.xlsx", 1, "Группа"),
    ] {
        let table = head.get(address).await.unwrap().ok().unwrap().bytes;
        let table = sheets::read(&table).unwrap();
        assert_eq!(table.len(), rows, "{address}: {table:?}");
        assert!(table.iter().flatten().any(|text| text == cell), "{address}: {table:?}");
        for login in ["teacher", "admin"] {
            let foreign = stage.staff(login).await.get(address).await.unwrap();
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{login} {address}");
        }
    }
    for (address, rows, cell) in [
        ("/office/programmes.xlsx", 3, "office-72"),
        ("/meetings.xlsx", 1, "Тема"),
        ("/works.xlsx", 1, "Слушатель"),
        ("/blanks.xlsx", 1, "Серия и №"),
        ("/mail.xlsx", 1, "Адрес"),
    ] {
        let table = methodist.get(address).await.unwrap().ok().unwrap().bytes;
        let table = sheets::read(&table).unwrap();
        assert_eq!(table.len(), rows, "{address}: {table:?}");
        assert!(table.iter().flatten().any(|text| text == cell), "{address}: {table:?}");
    }
    assert_eq!(stage.noted("applications.exported").await, 1);
}

async fn only_a_methodist_moves_learners(stage: Rc<Stage>) {
    stage.vera().await;
    let (_, card) = at_the_card(&stage).await;
    let address = card.link("/enrolments/").unwrap();
    for login in ["head", "auditor", "teacher", "admin"] {
        let other = stage.staff(login).await;
        let form = [("until", "28.02.2027"), ("grounds", "просто так")];
        assert_eq!(other.post(&address, &form).await.unwrap().status, StatusCode::NOT_FOUND, "{login}");
    }
    let nobody = format!("/learners/{}", uuid::Uuid::new_v4());
    assert_eq!(stage.staff("methodist").await.get(&nobody).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn a_document_takes_the_next_blank_and_waits_when_there_is_none(stage: Rc<Stage>) {
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    methodist.post("/blanks/switch", &[("on", "yes")]).await.unwrap().ok().unwrap();
    let batch = |series: &'static str, first: &'static str, amount: &'static str| {
        [("kind", "certificate"), ("series", series), ("first", first), ("amount", amount)]
    };
    for (wrong, sentence) in [
        (batch("ПК", "№ 12", "3"), "только цифры"),
        (batch("ПК", "000998", "0"), "от 1 до 1000"),
        (batch("ПК", "99999999999999999999", "3"), "только цифры"),
    ] {
        let again = methodist.post("/blanks", &wrong).await.unwrap();
        assert!(
            again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text().contains(sentence),
            "{}",
            again.text()
        );
    }
    // Registered and printed at once; the blank comes with the next batch, and the paper is printed anew.
    certified(&stage).await;
    assert!(head.get("/overview").await.unwrap().text().contains("документ ждёт бланка"));
    let printed = "select cast(count(*) as bigint) from paper where kind = 'certificate' and ended_at is null and data like '%000998%'";
    assert_eq!(stage.count(printed).await, 0);
    for _ in 0..2 {
        let _ = methodist.post("/blanks", &batch("ПК", "000998", "3")).await.unwrap();
    }
    let twice = methodist.post("/blanks", &batch("ПК", "000999", "3")).await.unwrap();
    assert!(twice.text().contains("бланк ПК 000999 уже на учёте"), "{}", twice.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from blank").await, 3);
    stage.work().await;
    assert_eq!(stage.count(printed).await, 1);
    assert_eq!(stage.count(IN_FORCE).await, 1, "the number of the register is the same");
    assert!(methodist.get("/register").await.unwrap().text().contains("бланк ПК 000998"));

    // Spoilt in the printer: written off by an act, and the next one is taken.
    let list = methodist.get("/blanks").await.unwrap();
    let bound = list.link("/blanks/0").unwrap();
    let again = methodist.post(&bound, &[("what", "spoilt"), ("note", "")]).await.unwrap();
    assert!(again.text().contains("Основание: заполните"), "{}", again.text());
    methodist.post(&bound, &[("what", "spoilt"), ("note", "акт № 3")]).await.unwrap().ok().unwrap();
    let twice = methodist.post(&bound, &[("what", "issued"), ("note", "лично")]).await.unwrap();
    assert!(twice.text().contains("уже записано, что он выдан или списан"), "{}", twice.text());
    assert!(methodist.get("/register").await.unwrap().text().contains("бланк ПК 000999"));
    // A duplicate takes the last one, and keeps the first line's blank where it was.
    let (_, card) = at_the_card(&stage).await;
    let replacement = card.link("/credentials/").unwrap();
    let form = [("why", "lost"), ("grounds", "заявление")];
    methodist.post(&replacement, &form).await.unwrap().ok().unwrap();
    let register = methodist.get("/register").await.unwrap().text();
    assert!(register.contains("ПК 000999") && register.contains("ПК 001000"), "{register}");
    let list = methodist.get("/blanks").await.unwrap();
    let handed = list.link("/blanks/0").unwrap();
    methodist.post(&handed, &[("what", "issued"), ("note", "лично")]).await.unwrap().ok().unwrap();
    let late = methodist.post(&handed, &[("what", "spoilt"), ("note", "акт № 4")]).await.unwrap();
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from blank where state = 'issued'").await,
        1,
        "what is handed over stays so"
    );
    // The box is empty: whoever loses a blank now has none in the register either, until another comes.
    let last = "select id from blank where state = 'bound'";
    let last: uuid::Uuid = stage.store().read(move |db| db.one(last, &[], |row| row.get(0))).await.unwrap();
    let spoilt = [("what", "spoilt"), ("note", "акт № 5")];
    methodist.post(&format!("/blanks/{last}"), &spoilt).await.unwrap().ok().unwrap();
    let named =
        "select cast(count(*) as bigint) from credential where blank_number is not null and ended_on is null";
    assert_eq!(stage.count(named).await, 0);
    let waits = "select cast(count(*) as bigint) from blank_wanted";
    assert_eq!(stage.count(waits).await, 1);
    methodist.post("/blanks/switch", &[("on", "")]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count(waits).await, 0, "nothing waits when blanks are not counted");
    stage.work().await;
    for login in ["teacher", "admin"] {
        assert_eq!(stage.staff(login).await.get("/blanks").await.unwrap().status, StatusCode::NOT_FOUND);
    }
    assert_eq!(head.post("/blanks", &batch("ПК", "1", "1")).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn a_case_put_right_by_hand_prints_unsigned_papers_anew(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.work().await;
    let (methodist, card) = at_the_card(&stage).await;
    let cases = format!("{}/name/cases", card.address);
    let form = |accusative: &'static str| {
        [
            ("genitive", "Соколовой Веры Андреевны"),
            ("dative", "Соколовой Вере Андреевне"),
            ("accusative", accusative),
            ("instrumental", "Соколовой Верой Андреевной"),
            ("name", "Соколова Вера Андреевна"),
        ]
    };
    let page = methodist.get(&cases).await.unwrap().ok().unwrap();
    assert!(page.body.contains("Соколову Веру Андреевну"), "{}", page.body);
    for (wrong, sentence) in
        [("", "заполните"), ("Соколову\" or 1=1", "только буквы"), ("<b>Веру</b>", "только буквы")]
    {
        let again = methodist.post(&cases, &form(wrong)).await.unwrap();
        assert!(
            again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text().contains(sentence),
            "{}",
            again.text()
        );
    }
    let orders = "select cast(count(*) as bigint) from paper where kind = 'enrolment_order' and printed_at is not null";
    assert_eq!(stage.count(orders).await, 1);
    for _ in 0..2 {
        methodist.post(&cases, &form("Соколовову Веру Андреевну")).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count(orders).await, 2, "printed anew, once");
    let said = "select cast(count(*) as bigint) from paper where kind = 'enrolment_order' and ended_at is null and data like '%Соколовову Веру%'";
    assert_eq!(stage.count(said).await, 1);
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'enrolment_order'")
            .await,
        1,
        "the number stays"
    );
    assert!(vera.get("/papers").await.unwrap().text().contains("Приказ о зачислении"));
    // What is signed stays as it is.
    let sign = "select id from paper where kind = 'enrolment_order' and ended_at is null";
    let paper: uuid::Uuid = stage.store().read(move |db| db.one(sign, &[], |row| row.get(0))).await.unwrap();
    let head = stage.staff("head").await;
    head.post("/signing", &[("paper", paper.to_string().as_str())]).await.unwrap().ok().unwrap();
    methodist.post(&cases, &form("Соколову Веру Андреевну")).await.unwrap().ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count(orders).await, 2);
    assert_eq!(stage.staff("teacher").await.get(&cases).await.unwrap().status, StatusCode::NOT_FOUND);
}
