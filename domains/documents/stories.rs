//! Stories of the papers that follow by themselves (п. 3.5).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{applicant, apply, attest, publish_one, study};
use kafedra::guest::Guest;
use regulations::{Centre, Closing};
use stage::Stage;

stage::stories![
    every_paper_has_its_specimen_with_the_centre_on_it,
    papers_say_the_words_of_the_centre_from_the_day_they_were_written,
    a_passed_safety_course_ends_in_its_protocol,
    a_passed_programme_gives_a_certificate_that_anyone_can_check,
    a_failed_attestation_makes_a_line_and_no_document,
    a_protocol_waits_for_its_hour_and_gathers_the_day,
    a_methodist_closes_a_protocol_by_hand,
    without_a_commission_the_protocol_waits_and_says_so,
    numbers_go_one_by_one_however_many_at_once,
    a_paper_opens_to_its_person_and_to_the_staff_only,
    the_same_paper_is_printed_once,
];

/// Вера with a certificate of the 72 hours.
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

async fn a_passed_safety_course_ends_in_its_protocol(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.work().await;
    let papers = vera.get("/papers").await.unwrap().ok().unwrap();
    let text = papers.text().replace('\u{a0}', " ");
    for paper in ["№ 26-З-0001", "№ 26-ПЗ-0001", "№ 26-О-0001"] {
        assert!(text.contains(paper), "{paper}: {text}");
    }
    for paper in ["Заявление", "Согласие на обработку персональных данных для обучения", "Договор (оферта)"]
    {
        assert!(text.contains(paper), "{paper}: {text}");
    }
    assert_eq!(papers.body.matches("href=\"/papers/").count(), 6);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from credential").await,
        0,
        "16 hours of safety give no certificate"
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from enrolment where state = 'completed'").await,
        1
    );
    assert!(vera.get("/cabinet").await.unwrap().text().contains("Сдано"));
}

async fn a_passed_programme_gives_a_certificate_that_anyone_can_check(stage: Rc<Stage>) {
    let vera = certified(&stage).await;
    assert!(vera.get("/papers").await.unwrap().text().contains("Удостоверение о повышении квалификации"));
    let register = stage.staff("methodist").await.get("/register").await.unwrap().text();
    assert!(register.contains("26-У-0001") && register.contains("Соколова Вера Андреевна"), "{register}");

    let token: uuid::Uuid =
        stage.store().read(|db| db.one("select token from credential", &[], |row| row.get(0))).await.unwrap();
    let shown = stage.guest().get(&format!("/check/{token}")).await.unwrap().ok().unwrap().text();
    assert!(shown.contains("Соколова В. А.") && !shown.contains("Вера"), "the name is shortened: {shown}");
    for (number, proof, found) in [
        ("26-У-0001", "соколова", true),
        ("26-У-0001", "03.12.2026", true),
        ("26-У-0001", "Иванова", false),
        ("26-У-0001", "", false),
        ("26-У-0002", "Соколова", false),
    ] {
        let page = stage.guest().get(&format!("/check?number={number}&proof={proof}")).await.unwrap().text();
        assert_eq!(page.contains("Документ выдан"), found, "{number} {proof}: {page}");
    }
    assert_eq!(
        stage.guest().get(&format!("/check/{}", uuid::Uuid::new_v4())).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn a_failed_attestation_makes_a_line_and_no_document(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 12).await.unwrap();
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line where passed").await, 0);
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'completion_order'")
            .await,
        0
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment where state = 'active'").await, 1);
}

async fn closing(stage: &Stage, closing: Closing) {
    stage
        .write(move |work| {
            let centre = Centre { closing, ..Centre::load(work)? };
            centre.save(work)
        })
        .await;
}

async fn a_protocol_waits_for_its_hour_and_gathers_the_day(stage: Rc<Stage>) {
    closing(&stage, Closing::EndOfDay).await;
    let (vera, gleb) = (stage.vera().await, stage.gleb().await);
    for learner in [&vera, &gleb] {
        study(learner, 8).await.unwrap();
    }
    stage.days(1);
    for learner in [&vera, &gleb] {
        attest(&stage.app, learner, 0).await.unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'draft'").await, 1);
    stage.minutes(11 * 60 + 56);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed' and closed_on = '2026-11-23'").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line").await, 2);
    // The whole protocol names both, so each gets an extract with the own line.
    let own = vera.get("/papers").await.unwrap().text();
    assert!(own.contains("Выписка из протокола") && !own.contains("Протокол проверки"), "{own}");
}

async fn a_methodist_closes_a_protocol_by_hand(stage: Rc<Stage>) {
    closing(&stage, Closing::ByHand).await;
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.days(2);
    stage.work().await;
    let methodist = stage.staff("methodist").await;
    let orders = methodist.get("/orders").await.unwrap();
    let closure = orders.body.split('"').find(|part| part.ends_with("/closure")).unwrap().to_owned();
    let auditor = stage.staff("auditor").await.post(&closure, &[("", "")]).await.unwrap();
    assert_eq!(auditor.status, StatusCode::NOT_FOUND, "an auditor only reads");
    methodist.post(&closure, &[("", "")]).await.unwrap().ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed'").await, 1);
    assert_eq!(
        methodist.post(&closure, &[("", "")]).await.unwrap().status,
        StatusCode::NOT_FOUND,
        "closed is closed"
    );
}

async fn without_a_commission_the_protocol_waits_and_says_so(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 8).await.unwrap();
    stage.write(|work| work.run("update commission set until = '2026-11-22'", &[])).await;
    stage.days(1);
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.work().await;
    let orders = stage.staff("methodist").await.get("/orders").await.unwrap().text();
    assert!(orders.contains("Протоколов ждут закрытия: 1"), "{orders}");
    stage.write(|work| work.run("update commission set until = '2027-11-22'", &[])).await;
    stage.minutes(61);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol where state = 'closed'").await, 1);
}

async fn numbers_go_one_by_one_however_many_at_once(stage: Rc<Stage>) {
    let mut all = Vec::new();
    for n in 0..6 {
        let (stage, guest) = (Rc::clone(&stage), stage.guest());
        all.push(async move { apply(&stage.app, &guest, "labour-16", &applicant(n)).await });
    }
    let mut all = all.into_iter();
    let mut next = || all.next().expect("six");
    let (a, b, c, d, e, f) = tokio::join!(next(), next(), next(), next(), next(), next());
    for one in [a, b, c, d, e, f] {
        one.unwrap();
    }
    let numbers = stage
        .store()
        .read(|db| {
            db.all("select seq from official_order where kind = 'enrolment_order' order by seq", &[], |row| {
                row.get::<i64>(0)
            })
        })
        .await
        .unwrap();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

async fn a_paper_opens_to_its_person_and_to_the_staff_only(stage: Rc<Stage>) {
    let (vera, gleb) = (stage.vera().await, stage.gleb().await);
    stage.work().await;
    let papers = vera.get("/papers").await.unwrap();
    let paper = papers.link("/papers/").unwrap();
    assert!(vera.get(&paper).await.unwrap().bytes.starts_with(b"%PDF"));
    assert!(stage.staff("methodist").await.get(&paper).await.unwrap().bytes.starts_with(b"%PDF"));
    for other in [gleb, stage.staff("teacher").await] {
        assert_eq!(other.get(&paper).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    assert!(stage.guest().get(&paper).await.unwrap().address.starts_with("/sign-in"));
}

async fn the_same_paper_is_printed_once(stage: Rc<Stage>) {
    let vera = certified(&stage).await;
    let before = stage.count("select cast(count(*) as bigint) from paper where file is not null").await;
    let hashes = "select cast(count(distinct file) as bigint) from paper where template_hash is not null";
    assert_eq!(stage.count(hashes).await, before);
    let paper = vera.get("/papers").await.unwrap().link("/papers/").unwrap();
    assert_eq!(vera.get(&paper).await.unwrap().bytes, vera.get(&paper).await.unwrap().bytes);
    // A job done twice finds the paper frozen.
    let job = "insert into job (id, kind, data, run_at, tries, leased_until, dead, created_at)
               select id, 'paper.print', '{\"paper\":\"' || cast(?1 as text) || '\"}', 0, 0, 0, dead_no, 0 from (select id, (1 = 0) as dead_no from paper limit 1) as one";
    let id = paper.rsplit('/').next().unwrap().to_owned();
    stage.write(move |work| work.run(job, store::values![id.as_str()])).await;
    stage.work().await;
    assert_eq!(stage.noted("paper.printed").await, before);
}

async fn every_paper_has_its_specimen_with_the_centre_on_it(stage: Rc<Stage>) {
    let head = stage.staff("head").await;
    let list = head.get("/settings/specimens").await.unwrap().ok().unwrap();
    let links: Vec<_> = list
        .body
        .split('"')
        .filter(|part| part.starts_with("/settings/specimens/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(links.len(), 20);
    for link in &links {
        let paper = head.get(link).await.unwrap().ok().unwrap();
        assert!(paper.bytes.starts_with(b"%PDF-"), "{link}");
    }
    for strange in ["/settings/specimens/certificate/huge", "/settings/specimens/passport/short"] {
        assert_eq!(head.get(strange).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    assert_eq!(stage.staff("methodist").await.get(&links[0]).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn papers_say_the_words_of_the_centre_from_the_day_they_were_written(stage: Rc<Stage>) {
    let head = stage.staff("head").await;
    stage.vera().await;
    let address = head.get("/settings/specimens").await.unwrap().link("/settings/wordings/").unwrap();
    let page = head.get(&address).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Контроль за исполнением приказа оставляю за собой."), "{}", page.text());
    let ours = "Контроль за исполнением приказа оставляю за собой.";
    let form = [
        ("preamble", "На основании устава"),
        ("clauses", "Назначить куратором А. С. Лаптеву.\r\n\r\nВыдать доступ."),
        ("control", ours),
        ("decision", "этому приказу такое место не нужно"),
    ];
    let shown = head.post(&format!("{address}/preview"), &form).await.unwrap().ok().unwrap();
    assert!(shown.bytes.starts_with(b"%PDF-"));
    assert_eq!(stage.count("select cast(count(*) as bigint) from wording").await, 0, "a look keeps nothing");
    let huge = "слово ".repeat(1000);
    let again = head.post(&address, &[("preamble", huge.as_str())]).await.unwrap();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains(huge.trim()), "what was typed stays");
    for _ in 0..2 {
        head.post(&address, &form).await.unwrap().ok().unwrap();
    }
    // What is as ours is not the centre's own: it follows ours when they change.
    assert_eq!(stage.count("select cast(count(*) as bigint) from wording").await, 2);
    stage.gleb().await;
    stage.work().await;
    let said: Vec<serde_json::Value> = stage.said_by("enrolment_order").await;
    assert_eq!(said[0]["words"], serde_json::json!({}), "the former order keeps its words");
    assert_eq!(said[1]["words"]["preamble"], "На основании устава");
    assert_eq!(said[1]["words"]["clauses"], "Назначить куратором А. С. Лаптеву.\n\nВыдать доступ.");
    let strange = head.get("/settings/wordings/application").await.unwrap();
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    assert_eq!(stage.staff("methodist").await.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
}
