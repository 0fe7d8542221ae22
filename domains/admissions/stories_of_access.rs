//! Stories of what may stand between a complete application and access: payment, the head's signature; and of another group.
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, applicant, study};
use kafedra::guest::{Guest, Page};
use stage::Stage;

stage::stories![
    whoever_pays_first_is_enrolled_with_the_payment,
    a_payment_marked_before_the_signature_holds_nothing_up,
    whoever_waits_for_a_signature_gets_in_with_it,
    all_that_stand_on_the_page_are_signed_at_once,
    signatures_come_as_files_and_find_their_papers,
    a_learner_moves_to_another_group_by_order,
    before_the_start_a_move_needs_no_order,
    a_second_move_keeps_the_first_day,
    whoever_moved_before_the_signature_gets_in_with_it,
    a_payment_is_kept_whatever_has_changed_meanwhile,
];

const ENROLLED: &str = "select cast(count(*) as bigint) from enrolment where state = 'active'";

/// Вера's application up to the page that asks for the code, and the code.
async fn at_the_code(stage: &Stage, guest: &Guest) -> (Page, String) {
    let page = guest.post("/programmes/labour-16/application", &applicant(0)).await.unwrap().ok().unwrap();
    let page = guest.post(&page.address, &[("consent", "yes")]).await.unwrap().ok().unwrap();
    let form = [("offer", "yes"), ("signature", "yes")];
    let page = guest.post(&page.address, &form).await.unwrap().ok().unwrap();
    stage.work().await;
    let letters = stage.letters().await;
    let letter = letters.iter().find(|one| one.letter.subject.starts_with("Код")).unwrap();
    (page, letter.letter.subject.rsplit(' ').next().unwrap().to_owned())
}

async fn sign(stage: &Stage, guest: &Guest) -> Page {
    let (page, code) = at_the_code(stage, guest).await;
    guest.post(&page.address, &[("code", code.as_str()), ("password", PASSWORD)]).await.unwrap().ok().unwrap()
}

async fn whoever_pays_first_is_enrolled_with_the_payment(stage: Rc<Stage>) {
    stage.rewrite(r#""hours":16"#, r#""pay_first":true,"hours":16"#).await;
    let vera = stage.guest();
    let page = sign(&stage, &vera).await;
    assert!(page.text().contains("Ждём оплату") && page.text().contains("1 500"), "{}", page.text());
    // A second click on the way changes nothing.
    let again = vera.post(&page.address, &[("code", "000000"), ("password", PASSWORD)]).await.unwrap();
    assert!(again.text().contains("Ждём оплату"), "{}", again.text());
    assert_eq!(stage.count(ENROLLED).await, 0);
    assert!(vera.get("/cabinet").await.unwrap().address.starts_with("/sign-in"));

    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/applications").await.unwrap().ok().unwrap();
    assert!(list.text().contains("Ждёт оплаты"), "{}", list.text());
    let check = list.link("/checks/").unwrap();
    let empty = methodist.post(&format!("{check}/payment"), &[("note", "")]).await.unwrap();
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("Платёж: заполните"), "{}", empty.text());
    for _ in 0..2 {
        let form = [("note", "платёжное поручение № 15 от 20.11.2026")];
        methodist.post(&format!("{check}/payment"), &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count(ENROLLED).await, 1);
    assert_eq!(stage.noted("application.paid").await, 1);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from application where password_hash is not null").await,
        0
    );
    vera.sign_in(&applicant(0).email, PASSWORD).await.unwrap();
    study(&vera, 1).await.unwrap();
    let foreign = vera.post(&format!("{check}/payment"), &[("note", "я заплатила")]).await.unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

async fn a_payment_marked_before_the_signature_holds_nothing_up(stage: Rc<Stage>) {
    stage.rewrite(r#""hours":16"#, r#""pay_first":true,"hours":16"#).await;
    let vera = stage.guest();
    let (page, code) = at_the_code(&stage, &vera).await;
    let methodist = stage.staff("methodist").await;
    let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    methodist.post(&format!("{check}/payment"), &[("note", "касса, чек 7")]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count(ENROLLED).await, 0, "nothing is signed yet");
    let form = [("code", code.as_str()), ("password", PASSWORD)];
    assert_eq!(vera.post(&page.address, &form).await.unwrap().address, "/cabinet");
}

async fn whoever_waits_for_a_signature_gets_in_with_it(stage: Rc<Stage>) {
    stage.rewrite(r#""hours":16"#, r#""sign_first":true,"hours":16"#).await;
    let vera = stage.guest();
    assert_eq!(sign(&stage, &vera).await.address, "/cabinet");
    stage.work().await;
    assert!(vera.get("/cabinet").await.unwrap().text().contains("когда руководитель подпишет приказ"));
    assert!(study(&vera, 1).await.is_err(), "nothing is open before the signature");
    let head = stage.staff("head").await;
    let none = head.post("/signing", &[("", "")]).await.unwrap();
    assert!(none.text().contains("отметьте те, которые подписали"), "{}", none.text());
    let page = head.get("/signing").await.unwrap().ok().unwrap();
    let paper = page.body.split("name=\"paper\" value=\"").nth(1).unwrap()[..36].to_owned();
    for _ in 0..2 {
        head.post("/signing", &[("paper", paper.as_str())]).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.noted("enrolment.released").await, 1);
    study(&vera, 1).await.unwrap();
    let letters = stage.letters().await;
    assert!(letters.iter().any(|one| one.letter.subject.starts_with("Приказ подписан")));
    let methodist = stage.staff("methodist").await;
    assert_eq!(
        methodist.post("/signing", &[("paper", paper.as_str())]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn all_that_stand_on_the_page_are_signed_at_once(stage: Rc<Stage>) {
    stage.vera().await;
    stage.gleb().await;
    stage.work().await;
    let head = stage.staff("head").await;
    let page = head.get("/signing").await.unwrap().ok().unwrap();
    let shown: Vec<_> = page.body.split("name=\"shown\" value=\"").skip(1).map(|rest| &rest[..36]).collect();
    // What came while the page was open waits for the next look.
    stage.learner(&applicant(2)).await;
    stage.work().await;
    let mut form: Vec<(&str, &str)> = shown.iter().map(|id| ("shown", *id)).collect();
    form.push(("all", "true"));
    head.post("/signing", &form).await.unwrap().ok().unwrap();
    let signed = stage.count("select cast(count(*) as bigint) from signature").await;
    assert_eq!(usize::try_from(signed).unwrap(), shown.len());
    assert_eq!(head.get("/signing").await.unwrap().body.matches("name=\"paper\"").count(), 1);
}

async fn signatures_come_as_files_and_find_their_papers(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.work().await;
    let head = stage.staff("head").await;
    let archive = head.get("/signing/papers.zip").await.unwrap().ok().unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).unwrap();
    assert_eq!(zip.len(), 1, "the order; what the learner signed wants no head");
    let name = zip.by_index(0).unwrap().name().unwrap().into_owned();
    let signature = b"-----BEGIN CMS-----\nMIIBAAYJKoZIhvcNAQcCoIIB\n-----END CMS-----\n";
    for (name, bytes, sentence) in [
        (format!("{name}.sig"), &b"%PDF-1.7"[..], "это не отсоединённая подпись"),
        ("scan.sig".to_owned(), &signature[..], "не нашли документ"),
    ] {
        let again = head.upload("/signing/files", &[("", "")], (&name, bytes)).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains(sentence), "{}", again.text());
    }
    head.upload("/signing/files", &[("", "")], (&format!("{name}.sig"), signature))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert!(head.get("/signing").await.unwrap().text().contains("Все документы подписаны"));
    // The signature goes with the personal file.
    let list = head.get("/learners").await.unwrap();
    let card = list.link("/learners/0").unwrap();
    let file = head.get(&format!("{card}/file")).await.unwrap().ok().unwrap();
    let mut file = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
    let mut beside = Vec::new();
    let place =
        (0..file.len()).find(|n| file.by_index(*n).unwrap().name().unwrap().ends_with(".pdf.sig")).unwrap();
    std::io::Read::read_to_end(&mut file.by_index(place).unwrap(), &mut beside).unwrap();
    assert_eq!(beside, signature);
    let papers = vera.get("/papers").await.unwrap().ok().unwrap();
    let own = papers.body.split('"').find(|part| part.ends_with("/signature")).unwrap().to_owned();
    assert_eq!(vera.get(&own).await.unwrap().ok().unwrap().bytes, signature);
    let gleb = stage.gleb().await;
    assert_eq!(gleb.get(&own).await.unwrap().status, StatusCode::NOT_FOUND);
}

/// A group of the programme from a day.
async fn group(methodist: &Guest, name: &str, starts: &str) -> String {
    let form = [
        ("name", name),
        ("programme", "labour-16"),
        ("starts", starts),
        ("ends", ""),
        ("customer", ""),
        ("grounds", ""),
    ];
    methodist.post("/groups", &form).await.unwrap().ok().unwrap().address
}

async fn a_learner_moves_to_another_group_by_order(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 2).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let to = group(&methodist, "ОТ-12", "22.11.2026").await;
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    let address = page.link("/enrolments/").unwrap().replace("extension", "transfer");
    let empty = methodist.post(&address, &[("group", ""), ("grounds", "")]).await.unwrap();
    assert!(empty.text().contains("Группа: выберите") && empty.text().contains("Основание: заполните"));
    let to = to.rsplit('/').next().unwrap().to_owned();
    let form = [
        ("group", to.as_str()),
        ("grounds", "заявление"),
        ("form-key", "0190c8d5-2f6e-7cc0-9d3e-1f0d3a5b7c13"),
    ];
    for _ in 0..2 {
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    let orders = "select cast(count(*) as bigint) from official_order where kind = 'transfer_order' and number = '26-ПВ-0001'";
    assert_eq!(stage.count(orders).await, 1);
    let enrolled = "select cast(count(*) as bigint) from official_order where kind = 'enrolment_order'";
    assert_eq!(stage.count(enrolled).await, 1, "nobody is enrolled twice");
    assert!(vera.get("/papers").await.unwrap().text().contains("Приказ о переводе в другую группу"));
    assert!(vera.get("/cabinet").await.unwrap().text().contains("1 из 4"), "what was studied stays");
    assert!(methodist.get(&format!("/groups/{to}")).await.unwrap().text().contains("Соколова Вера"));
}

async fn before_the_start_a_move_needs_no_order(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let methodist = stage.staff("methodist").await;
    let (first, second) =
        (group(&methodist, "ОТ-13", "01.12.2026").await, group(&methodist, "ОТ-14", "05.12.2026").await);
    let id = |address: &str| uuid::Uuid::parse_str(address.rsplit('/').next().unwrap()).unwrap();
    stage.work().await;
    // As if Вера had come with the list of the first group.
    let (first, second) = (id(&first), id(&second));
    stage
        .write(move |work| {
            work.run(
                "update enrolment set study_group = ?1, starts_on = '2026-12-01', ordered = false",
                store::values![first],
            )?;
            work.run("delete from paper where kind = 'enrolment_order'", &[])?;
            work.run("delete from official_order", &[])
        })
        .await;
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    let address = page.link("/enrolments/").unwrap().replace("extension", "transfer");
    let to = second.to_string();
    methodist
        .post(&address, &[("group", to.as_str()), ("grounds", "заявление")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from official_order").await, 0);
    stage.days(14);
    stage.work().await;
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'enrolment_order'")
            .await,
        1
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from enrolment where starts_on = '2026-12-05'").await,
        1
    );
    drop(vera);
}

/// Where the newest learner is moved from, for the methodist.
async fn at_transfer(methodist: &Guest) -> String {
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    page.link("/enrolments/").unwrap().replace("extension", "transfer")
}

async fn a_second_move_keeps_the_first_day(stage: Rc<Stage>) {
    stage.vera().await;
    let methodist = stage.staff("methodist").await;
    let address = at_transfer(&methodist).await;
    for (name, starts) in [("ОТ-15", "01.12.2026"), ("ОТ-16", "10.12.2026")] {
        let to = group(&methodist, name, starts).await;
        let to = to.rsplit('/').next().unwrap().to_owned();
        methodist
            .post(&address, &[("group", to.as_str()), ("grounds", "заявление")])
            .await
            .unwrap()
            .ok()
            .unwrap();
    }
    stage.work().await;
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from enrolment where starts_on = '2026-11-22'").await,
        1
    );
    let said: serde_json::Value = stage
        .store()
        .read(|db| {
            db.one(
                "select data from paper where kind = 'transfer_order' and number = '26-ПВ-0002'",
                &[],
                |row| row.json(0),
            )
        })
        .await
        .unwrap();
    assert!(said["clauses"][0].as_str().unwrap().contains("из группы «ОТ-15» в группу «ОТ-16»"), "{said}");
    // Nobody is ordered again with the start of either.
    stage.days(20);
    stage.work().await;
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where kind = 'enrolment_order'")
            .await,
        1
    );
}

async fn whoever_moved_before_the_signature_gets_in_with_it(stage: Rc<Stage>) {
    stage.rewrite(r#""hours":16"#, r#""sign_first":true,"hours":16"#).await;
    let methodist = stage.staff("methodist").await;
    let (first, second) =
        (group(&methodist, "ОТ-17", "23.11.2026").await, group(&methodist, "ОТ-18", "24.11.2026").await);
    let heads = [
        "Фамилия",
        "Имя",
        "Отчество",
        "Пол",
        "Дата рождения",
        "СНИЛС",
        "Почта",
        "Должность",
        "Организация",
        "ИНН организации",
    ];
    let row = [
        "Соколова",
        "Вера",
        "Андреевна",
        "",
        "01.01.1990",
        "11223344595",
        "",
        "Инженер",
        "АО «Сети»",
        "7707083893",
    ];
    let table = sheets::write(
        "Список",
        &heads.map(|head| sheets::Column::new(head, 20)),
        &[row.map(str::to_owned).to_vec()],
    )
    .unwrap();
    let brought = methodist
        .upload(&format!("{first}/list"), &[("papers", "yes")], ("list.xlsx", &table))
        .await
        .unwrap();
    assert_eq!(brought.status, StatusCode::OK, "{}", brought.text());
    stage.days(1);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment where held and ordered").await, 1);
    let to = second.rsplit('/').next().unwrap().to_owned();
    let address = at_transfer(&methodist).await;
    methodist
        .post(&address, &[("group", to.as_str()), ("grounds", "заявление")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    stage.work().await;
    let head = stage.staff("head").await;
    let page = head.get("/signing").await.unwrap().ok().unwrap();
    let paper = page.body.split("name=\"paper\" value=\"").nth(1).unwrap()[..36].to_owned();
    head.post("/signing", &[("paper", paper.as_str())]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment where held").await, 0);
}

async fn a_payment_is_kept_whatever_has_changed_meanwhile(stage: Rc<Stage>) {
    stage.rewrite(r#""hours":16"#, r#""pay_first":true,"hours":16"#).await;
    let vera = stage.guest();
    sign(&stage, &vera).await;
    // Another version is in force by now, and the same person has been brought by hand.
    stage.write(|work| work.run("update programme_version set state = 'superseded'", &[])).await;
    let methodist = stage.staff("methodist").await;
    let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    methodist.post(&format!("{check}/payment"), &[("note", "чек 7")]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count(ENROLLED).await, 1, "whoever signed on a version studies on it");
    assert_eq!(stage.noted("application.paid").await, 1);
}
