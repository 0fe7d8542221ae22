//! Stories of attestation beside the test itself: modules, what is given above the rules, appeals, written work (п. 4.3.5, 4.3.6).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{applicant, apply, attest, publish_one, sit, study};
use kafedra::guest::Guest;
use stage::Stage;

stage::stories![
    modules_are_passed_before_the_final_attestation,
    marks_of_modules_stand_in_the_supplement,
    minutes_given_move_the_deadline_that_runs,
    an_attempt_given_opens_a_third,
    an_appeal_is_decided_once_and_gives_an_attempt,
    an_appeal_has_its_term,
    written_work_is_decided_before_the_protocol,
    works_and_appeals_are_not_for_others,
    a_reference_tells_a_test_from_the_whole,
    a_module_upheld_gives_no_final_attempt,
    a_code_by_letter_says_who_sits_the_attestation,
    whoever_has_no_address_of_the_own_is_not_asked_for_a_code,
    a_methodist_lets_in_whoever_gets_no_letters,
];

const PROTOCOLS: &str = "select cast(count(*) as bigint) from protocol_line";

async fn enrolment(learner: &Guest) -> String {
    let cabinet = learner.get("/cabinet").await.unwrap().ok().unwrap();
    cabinet.link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned()
}

/// The first module of the programme gets an intermediate attestation of three questions.
async fn with_a_test(stage: &Stage) {
    let test = r#""code":"01","test":{"questions":3,"minutes":10,"threshold_percent":60},"#;
    stage.rewrite(r#""code":"01","#, test).await;
}

async fn modules_are_passed_before_the_final_attestation(stage: Rc<Stage>) {
    with_a_test(&stage).await;
    let vera = stage.vera().await;
    let id = enrolment(&vera).await;
    let (module, whole) =
        (format!("/studies/{id}/modules/01/attestation"), format!("/studies/{id}/attestation"));
    let early = vera.post(&module, &[("", "")]).await.unwrap();
    assert!(early.text().contains("Откроется, когда изучите материалы: осталось 2"), "{}", early.text());
    study(&vera, 8).await.unwrap();
    stage.days(1);
    let closed = vera.post(&whole, &[("", "")]).await.unwrap();
    assert!(
        closed.text().contains("пройдёте промежуточную аттестацию: осталось модулей 1"),
        "{}",
        closed.text()
    );
    assert!(
        vera.get("/cabinet").await.unwrap().text().contains("Промежуточная аттестация: Основы охраны труда")
    );

    let failed = sit(&stage.app, &vera, &module, 3).await.unwrap();
    let page = vera.get(&format!("/attempts/{failed}")).await.unwrap().ok().unwrap();
    assert!(
        page.text().contains("Не сдано, 0 из 3") && !page.text().contains("Верный ответ"),
        "{}",
        page.text()
    );
    // Two tabs begin one attempt.
    let tab = vera.clone();
    let (one, other) = tokio::join!(vera.post(&module, &[("", "")]), tab.post(&module, &[("", "")]));
    assert_eq!(one.unwrap().address, other.unwrap().address);
    let passed = sit(&stage.app, &vera, &module, 0).await.unwrap();
    let page = vera.get(&format!("/attempts/{passed}")).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Сдано, 3 из 3") && page.text().contains("верно"), "{}", page.text());
    let again = vera.post(&module, &[("", "")]).await.unwrap();
    assert!(again.text().contains("Аттестация уже сдана"), "{}", again.text());
    assert_eq!(stage.count(PROTOCOLS).await, 0, "a module is no line of the commission's protocol");

    attest(&stage.app, &vera, 0).await.unwrap();
    assert_eq!(stage.count(PROTOCOLS).await, 1);
    let foreign = stage.gleb().await.get(&module).await.unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(vera.get(&module.replace("01", "02")).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn marks_of_modules_stand_in_the_supplement(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    with_a_test(&stage).await;
    stage
        .rewrite(r#""kind":"upskilling""#, r#""kind":"retraining","qualification":"Делопроизводитель""#)
        .await;
    stage.rewrite(r#""attempts":"#, r#""marks":{"good":60,"excellent":95},"attempts":"#).await;
    let vera = stage.guest();
    apply(&stage.app, &vera, "office-72", &applicant(0)).await.unwrap();
    study(&vera, 8).await.unwrap();
    stage.days(11);
    let module = format!("/studies/{}/modules/01/attestation", enrolment(&vera).await);
    sit(&stage.app, &vera, &module, 1).await.unwrap();
    attest(&stage.app, &vera, 0).await.unwrap();
    stage.work().await;
    let said: serde_json::Value = stage.said_by("diploma_supplement").await.remove(0);
    assert_eq!(
        (&said["rows"][0]["grade"], &said["rows"][1]["grade"]),
        (&"хорошо".into(), &"освоен".into()),
        "{said}"
    );
}

/// The methodist's page of the newest learner's attestation.
async fn at_attestation(stage: &Stage) -> (Guest, String) {
    let methodist = stage.staff("methodist").await;
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    (methodist, page.link("/enrolments/").unwrap().replace("extension", "attestation"))
}

async fn minutes_given_move_the_deadline_that_runs(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let (methodist, address) = at_attestation(&stage).await;
    for (form, sentence) in [
        ([("kind", ""), ("amount", "15"), ("reason", "справка")], "Что дать: выберите"),
        ([("kind", "minutes"), ("amount", "999"), ("reason", "справка")], "Сколько: от 1 до 240"),
        ([("kind", "minutes"), ("amount", "15"), ("reason", "")], "Причина: заполните"),
    ] {
        let again = methodist.post(&address, &form).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains(sentence), "{}", again.text());
    }
    let form = [
        ("kind", "minutes"),
        ("amount", "15"),
        ("reason", "заявление, справка об инвалидности"),
        ("form-key", "0190c8d5-2f6e-7cc0-9d3e-1f0d3a5b7c12"),
    ];
    for _ in 0..2 {
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    // The package has thirty minutes: at the fortieth the answer is still taken, at the forty-sixth it is not.
    stage.minutes(40);
    stage.work().await;
    let step = |seat: usize| serde_json::json!({ "key": uuid::Uuid::new_v4(), "seat": seat, "chosen": [0] });
    let kept = vera.send(&format!("{attempt}/answers"), &step(0)).await.unwrap();
    assert_eq!(kept.status, StatusCode::OK);
    assert!(kept.body.contains("\"left\":300"), "{}", kept.body);
    stage.minutes(6);
    assert_eq!(
        vera.send(&format!("{attempt}/answers"), &step(1)).await.unwrap().status,
        StatusCode::CONFLICT
    );
    // Ten minutes more for what was given in time and has no connection.
    stage.minutes(10);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from result").await, 1);
    assert_eq!(stage.noted("allowance.given").await, 1);
}

async fn an_attempt_given_opens_a_third(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    for _ in 0..2 {
        attest(&stage.app, &vera, 12).await.unwrap();
        stage.days(1);
    }
    let whole = format!("/studies/{}/attestation", enrolment(&vera).await);
    assert!(vera.post(&whole, &[("", "")]).await.unwrap().text().contains("Попытки кончились"));
    let (methodist, address) = at_attestation(&stage).await;
    let form = [("kind", "attempt"), ("amount", "1"), ("reason", "решение комиссии от 24.11.2026")];
    let page = methodist.post(&address, &form).await.unwrap().ok().unwrap();
    assert!(page.text().contains("3, из них добавлено 1"), "{}", page.text());
    attest(&stage.app, &vera, 0).await.unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from result where passed").await, 1);
    assert_eq!(stage.staff("head").await.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn an_appeal_is_decided_once_and_gives_an_attempt(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 12).await.unwrap();
    stage.days(1);
    let attempt = attest(&stage.app, &vera, 12).await.unwrap();
    let address = format!("/attempts/{attempt}/appeal");
    let empty = vera.post(&address, &[("complaint", " ")]).await.unwrap();
    assert!(empty.text().contains("С чем вы не согласны: заполните"), "{}", empty.text());
    for _ in 0..2 {
        let made = vera
            .post(&address, &[("complaint", "В вопросе 3 верны два ответа")])
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert!(made.text().contains("Ждёт решения"), "{}", made.text());
    }
    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/results").await.unwrap().ok().unwrap();
    let appeal = list.link("/appeals/").unwrap();
    let answers = methodist.get(&appeal).await.unwrap().ok().unwrap().text();
    assert!(answers.contains("Ответ слушателя") && answers.contains("Верный ответ"), "{answers}");
    let page = methodist.post(&appeal, &[("state", "upheld"), ("decision", "")]).await.unwrap();
    assert!(page.text().contains("Обоснование: заполните"), "{}", page.text());
    for state in ["upheld", "rejected"] {
        methodist
            .post(&appeal, &[("state", state), ("decision", "Вопрос исправлен")])
            .await
            .unwrap()
            .ok()
            .unwrap();
    }
    assert!(vera.get(&address).await.unwrap().text().contains("Удовлетворена"), "the first decision stands");
    stage.days(1);
    attest(&stage.app, &vera, 0).await.unwrap();
    let letters = stage.letters().await;
    let told = letters.iter().filter(|one| one.letter.subject.starts_with("Решение по апелляции")).count();
    assert_eq!(told, 1);
}

async fn an_appeal_has_its_term(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = attest(&stage.app, &vera, 12).await.unwrap();
    let address = format!("/attempts/{attempt}/appeal");
    assert!(vera.get(&address).await.unwrap().text().contains("Принимаем до 26 ноября включительно"));
    stage.days(4);
    let late = vera.post(&address, &[("complaint", "Не согласна")]).await.unwrap().ok().unwrap();
    assert!(late.text().contains("Срок апелляции прошёл"), "{}", late.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from appeal").await, 0);
}

/// The programme wants a practical work after the test.
async fn with_a_work(stage: &Stage) {
    let written = r#""written":{"title":"Практическая работа","task":"Опишите риски своего места.","criteria":["Опасности названы","Меры подобраны"]},"attempts":"#;
    stage.rewrite(r#""attempts":"#, written).await;
}

async fn written_work_is_decided_before_the_protocol(stage: Rc<Stage>) {
    with_a_work(&stage).await;
    let vera = stage.vera_ready().await;
    let own = format!("/studies/{}/work", enrolment(&vera).await);
    assert!(vera.get(&own).await.unwrap().text().contains("Сначала сдайте тест"));
    attest(&stage.app, &vera, 0).await.unwrap();
    assert_eq!(stage.count(PROTOCOLS).await, 0, "the commission's part is still to come");
    assert!(vera.get("/cabinet").await.unwrap().text().contains("Сдать работу"));

    let hostile =
        vera.upload(&own, &[("text", "Мой текст")], ("work.pdf", b"MZ\x90\x00 not a pdf")).await.unwrap();
    assert_eq!(hostile.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        hostile.text().contains("не PDF, не фото") && hostile.text().contains("Мой текст"),
        "{}",
        hostile.text()
    );
    let empty = vera.upload(&own, &[("text", "Мой текст")], ("work.pdf", b"")).await.unwrap();
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "an empty file is not passed over in silence");
    vera.upload(&own, &[("text", "Карта рисков <b>моя</b>")], ("risks.pdf", b"%PDF-1.7 risks"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    // Twice, as by an impatient hand.
    vera.upload(&own, &[("text", "Ещё раз")], ("", b"")).await.unwrap().ok().unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from written_work").await, 1);

    let teacher = stage.staff("teacher").await;
    let work = teacher.get("/works").await.unwrap().ok().unwrap().link("/works/").unwrap();
    let page = teacher.get(&work).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Карта рисков &lt;b&gt;моя&lt;/b&gt;"), "{}", page.text());
    let file = teacher.get(&format!("{work}/file")).await.unwrap().ok().unwrap();
    assert_eq!(file.bytes, b"%PDF-1.7 risks");
    let returned = teacher.post(&work, &[("met", "0")]).await.unwrap();
    assert!(returned.text().contains("Что доработать: заполните"), "{}", returned.text());
    teacher.post(&work, &[("met", "0"), ("remark", "Подберите меры")]).await.unwrap().ok().unwrap();
    assert!(vera.get(&own).await.unwrap().text().contains("Подберите меры"));
    assert_eq!(stage.count(PROTOCOLS).await, 0);

    vera.upload(&own, &[("text", "Меры подобраны")], ("", b"")).await.unwrap().ok().unwrap();
    let work = teacher.get("/works").await.unwrap().link("/works/").unwrap();
    for _ in 0..2 {
        teacher.post(&work, &[("met", "0"), ("met", "1")]).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from protocol_line where passed").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from written_work").await, 2, "both are kept");
}

async fn works_and_appeals_are_not_for_others(stage: Rc<Stage>) {
    with_a_work(&stage).await;
    let vera = stage.vera_ready().await;
    let own = format!("/studies/{}/work", enrolment(&vera).await);
    let attempt = attest(&stage.app, &vera, 0).await.unwrap();
    vera.upload(&own, &[("text", "Моя работа")], ("risks.pdf", b"%PDF-1.7 risks"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let file = vera
        .get(&own)
        .await
        .unwrap()
        .body
        .split('"')
        .find(|part| part.ends_with("/file"))
        .unwrap()
        .to_owned();
    vera.get(&file).await.unwrap().ok().unwrap();
    let gleb = stage.gleb().await;
    let gleb_own = format!("/studies/{}/work", enrolment(&gleb).await);
    for address in [own.clone(), file.clone(), format!("/attempts/{attempt}/appeal"), "/works".to_owned()] {
        assert_eq!(gleb.get(&address).await.unwrap().status, StatusCode::NOT_FOUND, "{address}");
    }
    // A foreign work under one's own study is not found either.
    let (_, id) = file.rsplit_once("/work/").unwrap();
    assert_eq!(gleb.get(&format!("{gleb_own}/{id}")).await.unwrap().status, StatusCode::NOT_FOUND);
    // The head reads and does not decide.
    let head = stage.staff("head").await;
    let work = head.get("/works").await.unwrap().ok().unwrap().link("/works/0").unwrap();
    assert!(!head.get(&work).await.unwrap().ok().unwrap().body.contains("Решить"));
    assert_eq!(head.post(&work, &[("met", "0")]).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn a_reference_tells_a_test_from_the_whole(stage: Rc<Stage>) {
    with_a_work(&stage).await;
    let vera = stage.vera_ready().await;
    attest(&stage.app, &vera, 0).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let results = methodist.get("/results").await.unwrap().ok().unwrap().text();
    assert!(results.contains("Тест сдан"), "{results}");
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Тест сдан"), "{}", page.text());
    let address = page.link("/enrolments/").unwrap().replace("extension", "expulsion");
    let form = [("why", "failure"), ("on", "23.11.2026"), ("grounds", "докладная")];
    methodist.post(&address, &form).await.unwrap().ok().unwrap();
    stage.work().await;
    let said: serde_json::Value = stage.said_by("reference").await.remove(0);
    let words = said["attestation"].as_str().unwrap();
    assert!(words.starts_with("Итоговая аттестация не пройдена, тест сдан"), "{words}");
}

async fn a_module_upheld_gives_no_final_attempt(stage: Rc<Stage>) {
    with_a_test(&stage).await;
    let vera = stage.vera().await;
    study(&vera, 8).await.unwrap();
    let module = format!("/studies/{}/modules/01/attestation", enrolment(&vera).await);
    let attempt = sit(&stage.app, &vera, &module, 3).await.unwrap();
    vera.post(&format!("/attempts/{attempt}/appeal"), &[("complaint", "Вопрос 1 неверен")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let methodist = stage.staff("methodist").await;
    let appeal = methodist.get("/results").await.unwrap().link("/appeals/").unwrap();
    let form = [("state", "upheld"), ("decision", "Вопрос исправлен")];
    methodist.post(&appeal, &form).await.unwrap().ok().unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from allowance").await, 0);
}

/// The digits of the last letter with a code for the attestation.
async fn code(stage: &Stage) -> String {
    let letters = stage.letters().await;
    let with_code = |one: &&post::Written| one.letter.subject.starts_with("Код для аттестации");
    let last = letters.iter().filter(with_code).max_by_key(|one| one.at).unwrap();
    last.letter.subject.rsplit(' ').next().unwrap().to_owned()
}

async fn a_code_by_letter_says_who_sits_the_attestation(stage: Rc<Stage>) {
    stage.rewrite(r#""attempts":2"#, r#""identification":"code","attempts":2"#).await;
    let vera = stage.vera_ready().await;
    let page = format!("/studies/{}/attestation", enrolment(&vera).await);
    assert!(vera.get(&page).await.unwrap().text().contains("пришлём код на vera@example.ru"));
    let without = vera.post(&page, &[("code", "123456")]).await.unwrap();
    assert!(
        without.status == StatusCode::UNPROCESSABLE_ENTITY && without.text().contains("сначала получите"),
        "{}",
        without.text()
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt where mode = 'attestation'").await,
        0
    );

    let send = format!("{page}/code");
    // Pressed twice: one letter, whose code holds.
    for _ in 0..2 {
        let key = [("form-key", "01a20000-0000-7000-8000-0000000000c0")];
        vera.post(&send, &key).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.noted("attestation.code-sent").await, 1);
    for _ in 0..5 {
        let wrong = vera.post(&page, &[("code", "не то")]).await.unwrap();
        assert!(wrong.text().contains("цифры не те"), "{}", wrong.text());
    }
    // Whoever guesses is stopped, even with the right digits; another code is another chance.
    let late = vera.post(&page, &[("code", &*code(&stage).await)]).await.unwrap();
    assert!(late.text().contains("больше не действует"), "{}", late.text());
    stage.minutes(1);
    vera.post(&send, &[("", "")]).await.unwrap().ok().unwrap();
    stage.minutes(16);
    let late = vera.post(&page, &[("code", &*code(&stage).await)]).await.unwrap();
    assert!(late.text().contains("больше не действует"), "{}", late.text());
    vera.post(&send, &[("", "")]).await.unwrap().ok().unwrap();
    let right = code(&stage).await;
    for _ in 0..2 {
        let begun = vera.post(&page, &[("code", right.as_str())]).await.unwrap();
        assert!(begun.address.ends_with("/questions/1"), "{}", begun.text());
    }
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from attempt where mode = 'attestation'").await,
        1
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from audit where event = 'attempt.identified' and detail like '%код%'").await, 1);
    // Nobody else's study takes a code.
    let gleb = stage.gleb().await;
    assert_eq!(gleb.post(&send, &[("", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn whoever_has_no_address_of_the_own_is_not_asked_for_a_code(stage: Rc<Stage>) {
    stage.rewrite(r#""attempts":2"#, r#""identification":"code","attempts":2"#).await;
    let vera = stage.vera_ready().await;
    stage.gleb().await;
    // Two people at one address: a letter tells nothing of who is there.
    stage
        .write(|work| {
            work.run("update person set email = 'VERA@example.ru' where family = 'Кузнецов'", &[]).map(|_| ())
        })
        .await;
    stage.begin(&vera).await;
}

async fn a_methodist_lets_in_whoever_gets_no_letters(stage: Rc<Stage>) {
    stage.rewrite(r#""attempts":2"#, r#""identification":"code","attempts":2"#).await;
    let vera = stage.vera_ready().await;
    let study = enrolment(&vera).await;
    let allow = format!("/enrolments/{study}/attestation");
    let methodist = stage.staff("methodist").await;
    let without =
        methodist.post(&allow, &[("kind", "no_code"), ("amount", ""), ("reason", "")]).await.unwrap();
    assert!(without.text().contains("Причина: заполните"), "{}", without.text());
    let form = [("kind", "no_code"), ("amount", ""), ("reason", "почта не работает, паспорт предъявлен")];
    methodist.post(&allow, &form).await.unwrap().ok().unwrap();
    assert!(methodist.get(&allow).await.unwrap().text().contains("Код не спросим"));
    stage.days(2);
    let page = format!("/studies/{study}/attestation");
    assert!(vera.get(&page).await.unwrap().text().contains("Получить код"), "for a day only");
    methodist.post(&allow, &form).await.unwrap().ok().unwrap();
    // A page that stands open since before does not take the leave back.
    vera.post(&format!("{page}/code"), &[("", "")]).await.unwrap().ok().unwrap();
    stage.begin(&vera).await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from audit where event = 'attempt.identified' and detail like '%методист%'").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from identification").await, 0, "once");
}
