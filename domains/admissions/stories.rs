//! Stories from an application to access (п. 3.11).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{Applicant, PASSWORD, applicant, apply, drafted, text};
use kafedra::guest::{Guest, Page};
use serde::Serialize;
use stage::Stage;

stage::stories![
    a_whole_application_enrols_by_itself,
    what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost,
    without_the_consent_there_is_no_way_on,
    what_was_mistyped_is_corrected_until_it_is_signed,
    a_form_sent_twice_makes_one_application,
    a_code_sent_twice_at_once_enrols_once,
    a_wrong_code_is_counted_and_a_late_one_refused,
    a_foreign_snils_does_not_open_a_foreign_cabinet,
    a_learner_applies_again_through_the_own_account,
    every_field_survives_a_hundred_kilobytes,
    latin_look_alikes_are_put_right,
    whoever_comes_to_the_office_without_an_address_gets_a_slip,
    a_learner_s_password_is_given_anew_but_never_a_head_s,
    a_slip_is_shown_once_and_a_known_person_keeps_the_way_in,
    what_an_applicant_wrote_tells_nothing_without_the_key,
];

const FORM: &str = "/programmes/labour-16/application";

/// The application up to the page that asks for the code.
async fn agreed(stage: &Stage, guest: &Guest, applicant: &Applicant) -> Page {
    let page = guest.post(FORM, applicant).await.unwrap().ok().unwrap();
    let page = guest.post(&page.address, &[("consent", "yes")]).await.unwrap().ok().unwrap();
    let page =
        guest.post(&page.address, &[("offer", "yes"), ("signature", "yes")]).await.unwrap().ok().unwrap();
    stage.work().await;
    page
}

async fn code(stage: &Stage) -> String {
    let letters = stage.letters().await;
    let letter =
        letters.iter().find(|one| one.letter.subject.starts_with("Код")).expect("a letter with a code");
    letter.letter.subject.rsplit(' ').next().unwrap().to_owned()
}

async fn a_whole_application_enrols_by_itself(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let cabinet = vera.get("/cabinet").await.unwrap().ok().unwrap();
    assert!(cabinet.text().contains("Общие вопросы охраны труда"));
    stage.work().await;
    for (what, sql, expected) in [
        ("enrolment", "select cast(count(*) as bigint) from enrolment where state = 'active'", 1),
        ("role", "select cast(count(*) as bigint) from person_role where role = 'learner'", 1),
        (
            "order",
            "select cast(count(*) as bigint) from official_order where kind = 'enrolment_order' and number = '26-З-0001'",
            1,
        ),
        (
            "paper",
            "select cast(count(*) as bigint) from paper where kind = 'enrolment_order' and file is not null",
            1,
        ),
        ("agreements: consent, offer, signature", "select cast(count(*) as bigint) from agreement", 3),
    ] {
        assert_eq!(stage.count(sql).await, expected, "{what}");
    }
    assert!(stage.letters().await.iter().any(|one| one.letter.subject.starts_with("Вы зачислены")));
    assert_eq!((stage.noted("enrolment.made").await, stage.noted("order.made").await), (1, 1));
    // The password chosen on the way works on another device.
    stage.guest().sign_in("vera@example.ru", PASSWORD).await.unwrap();
}

async fn what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(stage: Rc<Stage>) {
    let form = Applicant {
        snils: "112-233-445 96".into(),
        given: "Vera".into(),
        employer_inn: "123".into(),
        ..applicant(0)
    };
    let page = stage.guest().post(FORM, &form).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in [
        "СНИЛС: контрольное число не сходится",
        "Имя: знак «V» не подходит",
        "ИНН: 10 или 12 цифр, введено 3",
    ] {
        assert_eq!(
            page.text().matches(sentence).count(),
            2,
            "in the summary and beside the field: {sentence}"
        );
    }
    for typed in ["112-233-445 96", "Vera", &form.family, &form.address, &form.email] {
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from application").await, 0);
}

async fn without_the_consent_there_is_no_way_on(stage: Rc<Stage>) {
    let guest = stage.guest();
    let consent = guest.post(FORM, &applicant(0)).await.unwrap().ok().unwrap();
    assert!(consent.text().contains("Соколова Вера Андреевна"), "the consent names the person");
    let refused = guest.post(&consent.address, &[("other", "yes")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agreement = consent.address.replace("consent", "agreement");
    assert_eq!(guest.get(&agreement).await.unwrap().address, consent.address);
    let forced = guest.post(&agreement, &[("offer", "yes"), ("signature", "yes")]).await.unwrap();
    assert_eq!(forced.status, StatusCode::NOT_FOUND);
    assert_eq!(stage.count("select cast(count(*) as bigint) from agreement").await, 0);
}

async fn what_was_mistyped_is_corrected_until_it_is_signed(stage: Rc<Stage>) {
    let guest = stage.guest();
    let mut form = applicant(0);
    form.given.replace_range(.., "Верра");
    let consent = guest.post(FORM, &form).await.unwrap().ok().unwrap();
    let data = consent.link("/applications/").unwrap();
    let page = guest.get(&data).await.unwrap().ok().unwrap();
    assert!(page.body.contains("value=\"Верра\"") && page.body.contains(&form.email), "{}", page.body);
    form.given = String::new();
    assert_eq!(guest.post(&data, &form).await.unwrap().status, StatusCode::UNPROCESSABLE_ENTITY);
    let consent = guest.post(&data, &applicant(0)).await.unwrap().ok().unwrap();
    assert!(consent.text().contains("Соколова Вера Андреевна"), "{}", consent.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from application").await, 1);
    guest.post(&consent.address, &[("consent", "yes")]).await.unwrap().ok().unwrap();
    assert_eq!(guest.get(&data).await.unwrap().status, StatusCode::NOT_FOUND, "it has been signed");
    assert_eq!(guest.post(&data, &form).await.unwrap().status, StatusCode::NOT_FOUND);
}

#[derive(Serialize)]
struct Keyed<'a> {
    #[serde(flatten)]
    applicant: &'a Applicant,
    #[serde(rename = "form-key")]
    key: uuid::Uuid,
}

async fn a_form_sent_twice_makes_one_application(stage: Rc<Stage>) {
    let form = Keyed { applicant: &applicant(0), key: uuid::Uuid::new_v4() };
    let guest = stage.guest();
    let (first, second) = (guest.post(FORM, &form).await.unwrap(), guest.post(FORM, &form).await.unwrap());
    assert_eq!(first.address, second.address);
    assert_eq!(stage.count("select cast(count(*) as bigint) from application").await, 1);
}

async fn a_code_sent_twice_at_once_enrols_once(stage: Rc<Stage>) {
    let guest = stage.guest();
    let page = agreed(&stage, &guest, &applicant(0)).await;
    let (code, key) = (code(&stage).await, uuid::Uuid::new_v4().to_string());
    let form = [("code", code.as_str()), ("password", PASSWORD), ("form-key", key.as_str())];
    let clicks = (
        guest.post(&page.address, &form),
        guest.post(&page.address, &form),
        guest.post(&page.address, &form),
    );
    let (one, two, three) = tokio::join!(clicks.0, clicks.1, clicks.2);
    for page in [one, two, three] {
        assert_eq!(page.unwrap().address, "/cabinet");
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 1);
    assert_eq!(stage.count("select cast(count(*) as bigint) from official_order").await, 1);
}

async fn a_wrong_code_is_counted_and_a_late_one_refused(stage: Rc<Stage>) {
    let guest = stage.guest();
    let page = agreed(&stage, &guest, &applicant(0)).await;
    let right = code(&stage).await;
    for _ in 0..8 {
        let again = guest.post(&page.address, &[("code", "12345"), ("password", PASSWORD)]).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused =
        guest.post(&page.address, &[("code", right.as_str()), ("password", PASSWORD)]).await.unwrap();
    assert!(refused.text().contains("слишком много ошибок"), "{}", refused.text());
    // A new code, but the clock runs out.
    let agreement = page.address.replace("/code", "/agreement");
    guest.post(&agreement, &[("offer", "yes"), ("signature", "yes")]).await.unwrap().ok().unwrap();
    stage.work().await;
    let late = code(&stage).await;
    stage.minutes(31);
    let refused =
        guest.post(&page.address, &[("code", late.as_str()), ("password", PASSWORD)]).await.unwrap();
    assert!(refused.text().contains("срок вышел"), "{}", refused.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 0);
}

async fn a_foreign_snils_does_not_open_a_foreign_cabinet(stage: Rc<Stage>) {
    stage.vera().await;
    let stranger = Applicant { email: "stranger@example.ru".into(), ..applicant(0) };
    let page = stage.guest().post(FORM, &stranger).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("уже есть вход"));
    let same_mail = Applicant { snils: applicant(1).snils, ..applicant(0) };
    assert_eq!(stage.guest().post(FORM, &same_mail).await.unwrap().status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_learner_applies_again_through_the_own_account(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    kafedra::demo::publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    apply(&stage.app, &vera, "office-72", &applicant(0)).await.unwrap();
    assert!(vera.get("/cabinet").await.unwrap().text().contains("Другие программы"));
    assert_eq!(stage.count("select cast(count(*) as bigint) from person where snils is not null").await, 1);
    // The same programme twice at a time is refused, and the code is not spent in vain.
    let twice = apply(&stage.app, &vera, "labour-16", &applicant(0)).await.unwrap_err().to_string();
    assert!(twice.contains("Вы уже учитесь"), "{twice}");
}

async fn every_field_survives_a_hundred_kilobytes(stage: Rc<Stage>) {
    let long = "Ж".repeat(50_000);
    let base = serde_json::to_value(applicant(0)).unwrap();
    for field in base.as_object().unwrap().keys() {
        let mut form = base.clone();
        form[field] = serde_json::Value::String(long.clone());
        let page = stage.guest().post(FORM, &form).await.unwrap();
        let fine = page.status == StatusCode::UNPROCESSABLE_ENTITY
            || ["education", "education_place", "diploma_number"].contains(&field.as_str());
        assert!(fine, "{field}: {}", page.status);
    }
}

async fn latin_look_alikes_are_put_right(stage: Rc<Stage>) {
    let form = Applicant { family: "COKOЛOBA".into(), ..applicant(0) };
    let page = stage.guest().post(FORM, &form).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Соколова Вера Андреевна"), "{}", page.text());
}

/// What stands in an order's slip as the password.
fn password_on(slip: &Page) -> String {
    slip.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

const AT_THE_OFFICE: [(&str, &str); 13] = [
    ("family", "Гусева"),
    ("given", "Мария"),
    ("sex", "female"),
    ("birthday", "05.03.1961"),
    ("snils", "112-233-445 95"),
    ("phone", "8 916 123-45-67"),
    ("email", ""),
    ("address", "г. Владимир, ул. Мира, д. 7"),
    ("passport", "17 18 123456"),
    ("position", "сторож"),
    ("employer", "АО «Сети»"),
    ("employer_inn", "7707083893"),
    ("papers", "yes"),
];

async fn whoever_comes_to_the_office_without_an_address_gets_a_slip(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let form = "/office/applications/labour-16";
    assert!(methodist.get("/office/applications").await.unwrap().body.contains(form));
    let unsigned = methodist.post(form, &&AT_THE_OFFICE[..12]).await.unwrap();
    assert!(unsigned.status == StatusCode::UNPROCESSABLE_ENTITY && unsigned.body.contains("Бумаги:"));
    assert!(unsigned.body.contains("Гусева"));

    stage.rewrite(r#""hours":16"#, r#""pay_first":true,"hours":16"#).await;
    let unpaid = methodist.post(form, &AT_THE_OFFICE).await.unwrap();
    assert!(unpaid.body.contains("Платёж: заполните"), "{}", unpaid.text());
    let mut paid = AT_THE_OFFICE.to_vec();
    paid.push(("payment", "чек № 5"));

    let mut twice = paid.clone();
    twice.push(("form-key", "01a20000-0000-7000-8000-000000000001"));
    let slip = methodist.post(form, &twice).await.unwrap().ok().unwrap();
    let (login, password) = (slip.body.split("<dd>").nth(2).unwrap()[..8].to_owned(), password_on(&slip));
    assert!(login.chars().all(|c| c.is_ascii_digit()), "{login}");
    // Sent twice: enrolled once, and the password is not shown again.
    let again = methodist.post(form, &twice).await.unwrap();
    assert_eq!(again.address, "/learners");
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 1);
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from agreement where agent = 'подписано на бумаге'")
            .await,
        2
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from letter").await,
        0,
        "there is nowhere to write to"
    );
    assert_eq!(stage.noted("application.paid").await, 1);
    let studies = methodist.post(form, &paid).await.unwrap();
    assert!(studies.body.contains("уже учится на этой программе"));

    let learner = stage.guest();
    learner.sign_in(&login, &password).await.unwrap();
    assert_eq!(learner.get("/cabinet").await.unwrap().address, "/password");
    // Pressed twice: chosen once, and both lead on.
    let chosen = [
        ("current", password.as_str()),
        ("new", "мой пароль 1961"),
        ("form-key", "01a20000-0000-7000-8000-0000000000d0"),
    ];
    let (first, second) =
        tokio::join!(learner.post("/password", &chosen), learner.post("/password", &chosen));
    assert_eq!([first, second].map(|one| one.unwrap().address), ["/cabinet", "/cabinet"]);
    assert!(learner.get("/cabinet").await.unwrap().ok().unwrap().body.contains("охраны труда"));
}

async fn a_learner_s_password_is_given_anew_but_never_a_head_s(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/learners").await.unwrap().body;
    let card = list.split('"').find(|part| part.starts_with("/learners/")).unwrap();
    let renew = format!("{card}/password");
    assert_eq!(
        stage.staff("auditor").await.post(&renew, &[("", "")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
    let slip = methodist.post(&renew, &[("", "")]).await.unwrap().ok().unwrap();
    assert!(vera.get("/cabinet").await.unwrap().address.starts_with("/sign-in"), "signed out everywhere");
    let back = stage.guest();
    back.sign_in(&applicant(0).email, &password_on(&slip)).await.unwrap();
    assert_eq!(back.get("/papers").await.unwrap().address, "/password");

    let head = "select p.person from person_role p where p.role = 'head'";
    let head: uuid::Uuid = stage.store().read(move |db| db.one(head, &[], |row| row.get(0))).await.unwrap();
    let refused = methodist.post(&format!("/learners/{head}/password"), &[("", "")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    stage.staff("head").await;
}

async fn a_slip_is_shown_once_and_a_known_person_keeps_the_way_in(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let mut form = AT_THE_OFFICE.to_vec();
    form[6].1 = "guseva@example.ru";
    form.push(("form-key", "01a20000-0000-7000-8000-000000000002"));
    let labour = "/office/applications/labour-16";
    let password = password_on(&methodist.post(labour, &form).await.unwrap().ok().unwrap());
    // The same form again: a second slip would carry a password that opens nothing.
    assert_eq!(methodist.post(labour, &form).await.unwrap().address, "/learners");
    stage.guest().sign_in("guseva@example.ru", &password).await.unwrap();

    let text = text("programmes/office-72/programme.toml").unwrap();
    let version = drafted(&stage.app, toml::from_str(text).unwrap()).await.unwrap();
    let approval = format!("/office/programmes/{version}/approval");
    stage.staff("head").await.post(&approval, &[("", "")]).await.unwrap().ok().unwrap();
    form.truncate(9);
    form.extend([("papers", "yes"), ("education", "higher"), ("diploma_number", "123456")]);
    let known = methodist.post("/office/applications/office-72", &form).await.unwrap().ok().unwrap();
    assert_eq!(known.address, "/learners");
    let letters = stage.letters().await;
    assert!(letters.iter().any(|one| one.letter.body.contains("Вход в кабинет у вас прежний.")));
    stage.guest().sign_in("guseva@example.ru", &password).await.unwrap();
}

async fn what_an_applicant_wrote_tells_nothing_without_the_key(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.work().await;
    let plain =
        "select cast(count(*) as bigint) from application a left join agreement g on g.application = a.id
        left join paper p on p.kind in ('application', 'consent', 'contract')
        where a.data like '%17 18%' or g.text like '%17 18%' or p.data like '%17 18%'";
    assert_eq!(stage.count(plain).await, 0);
    // The papers on the disk are no PDFs, and their owner reads them all the same.
    let files: Vec<String> = stage
        .store()
        .read(|db| db.all("select file from paper where sealed and file is not null", &[], |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(files.len(), 3);
    for file in files {
        let stored = stage.app.house.files.get(&files::Hash::parse(&file).unwrap()).unwrap();
        assert!(!stored.starts_with(b"%PDF"));
    }
    let papers = vera.get("/papers").await.unwrap().ok().unwrap();
    let addresses: Vec<_> = papers.body.split('"').filter(|part| part.starts_with("/papers/0")).collect();
    assert_eq!(addresses.len(), 4);
    for address in addresses {
        let pdf = vera.get(address).await.unwrap().ok().unwrap();
        assert!(pdf.bytes.starts_with(b"%PDF"), "{address}");
        assert_eq!(pdf.bytes, vera.get(address).await.unwrap().bytes, "the same bytes when asked twice");
    }
    let methodist = stage.staff("methodist").await;
    let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    assert!(methodist.get(&check).await.unwrap().text().contains("17 18 000000"));
}
