//! Stories of dated groups and customers (п. 3.1, 3.11.1, 3.11.3, 3.13.1).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, accept, attest, publish_one, study};
use kafedra::guest::{Guest, Page};
use sheets::Column;
use stage::Stage;

stage::stories![
    a_teacher_sees_the_own_groups_and_no_others,
    thirty_people_come_from_a_table_and_are_ordered_with_the_start,
    wrong_cells_are_named_and_nobody_is_enrolled,
    a_group_that_has_begun_takes_whoever_comes_later_by_an_order_of_their_own,
    a_group_begins_with_its_first_people_if_it_was_empty,
    a_group_passes_and_its_papers_come_together,
    an_empty_group_is_taken_away_and_one_with_people_is_not,
    a_customer_sees_its_own_groups_only,
    a_way_in_that_was_closed_is_opened_again,
    a_customer_brings_the_own_list_until_the_start,
    without_provision_no_group_is_opened,
    whoever_failed_first_stands_once_in_the_protocol_of_a_check,
    the_last_one_who_leaves_closes_the_protocol,
    before_the_start_a_name_is_simply_taken_off_the_list,
    a_snils_of_somebody_else_is_named,
];

const HEADS: [&str; 9] =
    ["Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "СНИЛС", "Почта", "Должность", "Организация"];

/// A СНИЛС with the right last digits.
fn snils(n: u32) -> String {
    let digits = format!("{:09}", 112_000_000 + n);
    let sum: u32 = digits.chars().zip((1..=9).rev()).map(|(c, place)| c.to_digit(10).unwrap() * place).sum();
    format!("{digits}{:02}", sum % 101 % 100)
}

/// A person of the list: every third with an address.
fn row(n: u32) -> Vec<String> {
    let email = if n.is_multiple_of(3) { format!("worker{n}@example.ru") } else { String::new() };
    let family = format!("Рабочий{}", ["а", "б", "в", "г", "д", "е", "ж", "з", "и", "к"][n as usize % 10]);
    ["Петров", "Илья", "Олегович", "", "05.03.1984", &snils(n), &email, "Сварщик", ""]
        .map(str::to_owned)
        .into_iter()
        .enumerate()
        .map(|(at, text)| if at == 0 { family.clone() } else { text })
        .collect()
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    sheets::write("Список", &HEADS.map(|head| Column::new(head, 20)), rows).unwrap()
}

async fn customer(methodist: &Guest, name: &str, inn: &str, login: &str) -> (String, Guest) {
    let form = [
        ("name", name),
        ("inn", inn),
        ("family", "Дроздова"),
        ("given", "Нина"),
        ("patronymic", "Павловна"),
        ("login", login),
    ];
    let slip = methodist.post("/customers", &form).await.unwrap().ok().unwrap();
    let password = slip.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let guest = methodist.another();
    guest.sign_in(login, &password).await.unwrap();
    let form = [("current", password.as_str()), ("new", PASSWORD)];
    let home = guest.post("/password", &form).await.unwrap().ok().unwrap();
    assert_eq!(home.address, "/company");
    let page = methodist.get("/groups/new").await.unwrap();
    let before = page.body.split(&format!(">{name}<")).next().unwrap();
    let id = before.rsplit("value=\"").next().unwrap()[..36].to_owned();
    (id, guest)
}

async fn group(methodist: &Guest, programme: &str, starts: &str, customer: &str) -> Page {
    let form = [
        ("name", "ОТ-11"),
        ("programme", programme),
        ("starts", starts),
        ("ends", ""),
        ("customer", customer),
        ("grounds", "договор № 12 от 01.11.2026"),
    ];
    methodist.post("/groups", &form).await.unwrap()
}

async fn list(methodist: &Guest, group: &str, rows: &[Vec<String>]) -> Page {
    methodist
        .upload(&format!("{group}/list"), &[("papers", "yes")], ("list.xlsx", &table(rows)))
        .await
        .unwrap()
}

const ORDERS: &str = "select cast(count(*) as bigint) from official_order where kind = 'enrolment_order'";

async fn thirty_people_come_from_a_table_and_are_ordered_with_the_start(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let page = group(&methodist, "labour-16", "24.11.2026", &customer).await.ok().unwrap();
    let rows: Vec<_> = (1..=30).map(row).collect();
    let slips = list(&methodist, &page.address, &rows).await.ok().unwrap();
    assert_eq!(slips.body.matches("<strong>").count(), 20, "those without an address get a slip");
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment where employer = 'ООО «Северная сталь»' and employer_inn = '7707083893'").await, 30);
    // Ordered neither before the start nor twice.
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 0);
    let letter = stage.letters().await.into_iter().find(|one| one.letter.to == "worker3@example.ru").unwrap();
    let worker = accept(&stage.app, &letter.letter.body).await.unwrap();
    assert!(worker.get("/cabinet").await.unwrap().text().contains("Обучение начнётся 24 ноября"));
    assert!(study(&worker, 1).await.is_err(), "nothing is open before the start");
    assert!(!worker.get("/cabinet").await.unwrap().body.contains("/materials/"), "and nothing leads there");
    // The printer jammed: new slips for all but the one who has chosen a password, and the first ones are good no more.
    let again = methodist.post(&format!("{}/slips", page.address), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(again.body.matches("<strong>").count(), 29);
    let login = slips.body.split("Логин</dt><dd>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let once = |page: &Page| {
        let strip = page.body.split(&format!("Логин</dt><dd>{login}<")).nth(1).unwrap();
        strip.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    assert!(stage.guest().sign_in(&login, &once(&slips)).await.is_err());
    stage.guest().sign_in(&login, &once(&again)).await.unwrap();
    assert!(worker.get("/cabinet").await.unwrap().status.is_success(), "whoever has a password keeps it");
    // The server was down on that morning.
    stage.days(3);
    stage.work().await;
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 1);
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where dated_on = '2026-11-24'")
            .await,
        1
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from paper where kind = 'enrolment_extract' and file is not null").await, 30);
    worker.sign_in("worker3@example.ru", PASSWORD).await.unwrap();
    study(&worker, 1).await.unwrap();
    let own = worker.get("/papers").await.unwrap().text();
    assert!(own.contains("Выписка из приказа") && !own.contains("Приказ о зачислении группы"), "{own}");
}

async fn wrong_cells_are_named_and_nobody_is_enrolled(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let address = group(&methodist, "labour-16", "24.11.2026", "").await.ok().unwrap().address;
    let mut rows: Vec<_> = (1..=4).map(row).collect();
    rows[0][8] = String::from("ООО «Север»");
    rows[1][5] = String::from("112-233-445 96");
    rows[2][4] = String::from("31.02.1984");
    rows[3][5] = snils(1);
    let again = list(&methodist, &address, &rows).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = again.text();
    for (cell, sentence) in [("F3", "СНИЛС"), ("E4 Дата", "такого дня в календаре нет"), ("строка 2", "ИНН")]
    {
        assert!(text.contains(cell) && text.contains(sentence), "{cell} {sentence}: {text}");
    }
    let refused =
        methodist.upload(&format!("{address}/list"), &[], ("list.xlsx", b"PK not a table")).await.unwrap();
    assert!(refused.text().contains("Бумаги: отметьте"), "{}", refused.text());
    let refused = methodist
        .upload(&format!("{address}/list"), &[("papers", "yes")], ("list.xlsx", b"PK not a table"))
        .await
        .unwrap();
    assert!(refused.text().contains("не прочитан"), "{}", refused.text());
    let few = sheets::write("Список", &[Column::new("Имя", 10)], &[vec!["Илья".to_owned()]]).unwrap();
    let refused = methodist
        .upload(&format!("{address}/list"), &[("papers", "yes")], ("list.xlsx", &few))
        .await
        .unwrap();
    assert!(refused.text().contains("Нет столбцов: «Фамилия»"), "{}", refused.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 0);
    assert_eq!(stage.count("select cast(count(*) as bigint) from person where snils is not null").await, 0);
    // The blank table has the columns that are read.
    let blank = methodist.get(&format!("{address}/list.xlsx")).await.unwrap().ok().unwrap().bytes;
    let heads = &sheets::read(&blank).unwrap()[0];
    assert!(heads.iter().any(|head| head == "ИНН организации"), "{heads:?}");
}

async fn a_group_that_has_begun_takes_whoever_comes_later_by_an_order_of_their_own(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let address = group(&methodist, "labour-16", "22.11.2026", &customer).await.ok().unwrap().address;
    list(&methodist, &address, &[row(1), row(2)]).await.ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 1, "on the first day the order does not wait");
    stage.days(1);
    methodist.sign_in("methodist", PASSWORD).await.unwrap();
    list(&methodist, &address, &[row(4)]).await.ok().unwrap();
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 2);
    // The same list again: all are here already.
    let again = list(&methodist, &address, &[row(1), row(4)]).await;
    assert!(again.text().contains("уже учится на этой программе"), "{}", again.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 3);
}

async fn a_group_begins_with_its_first_people_if_it_was_empty(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let address = group(&methodist, "labour-16", "24.11.2026", &customer).await.ok().unwrap().address;
    stage.days(4);
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 0);
    methodist.sign_in("methodist", PASSWORD).await.unwrap();
    list(&methodist, &address, &[row(1)]).await.ok().unwrap();
    stage.work().await;
    // Dated with their coming: no order is older than what it orders.
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from official_order where dated_on = '2026-11-26'")
            .await,
        1
    );
}

/// Two workers of one group who have studied everything.
async fn two_workers(stage: &Stage, methodist: &Guest) -> (String, Vec<Guest>) {
    let (customer, _) = customer(methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let address = group(methodist, "labour-16", "22.11.2026", &customer).await.ok().unwrap().address;
    list(methodist, &address, &[row(3), row(6)]).await.ok().unwrap();
    stage.work().await;
    let mut workers = Vec::new();
    for n in [3, 6] {
        let login = format!("worker{n}@example.ru");
        let letter = stage.letters().await.into_iter().find(|one| one.letter.to == login).unwrap();
        let worker = accept(&stage.app, &letter.letter.body).await.unwrap();
        study(&worker, 8).await.unwrap();
        workers.push(worker);
    }
    stage.days(1);
    (address, workers)
}

async fn whoever_failed_first_stands_once_in_the_protocol_of_a_check(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (_, workers) = two_workers(&stage, &methodist).await;
    attest(&stage.app, &workers[0], 12).await.unwrap();
    attest(&stage.app, &workers[1], 0).await.unwrap();
    stage.days(1);
    attest(&stage.app, &workers[0], 0).await.unwrap();
    stage.work().await;
    let said: serde_json::Value = stage.said_by("safety_protocol").await.remove(0);
    let lines = said["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines.iter().all(|line| line["result"] == "удовлетворительно"), "{said}");
    assert_eq!(
        said["checked"].as_str().unwrap().replace('\u{a0}', " "),
        "23 ноября 2026 г. – 24 ноября 2026 г."
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from paper where kind = 'safety_extract'").await,
        2
    );
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from protocol_line").await,
        3,
        "the record keeps every attempt"
    );
}

async fn the_last_one_who_leaves_closes_the_protocol(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (address, workers) = two_workers(&stage, &methodist).await;
    attest(&stage.app, &workers[0], 0).await.unwrap();
    stage.work().await;
    let closed = "select cast(count(*) as bigint) from protocol where state = 'closed'";
    assert_eq!(stage.count(closed).await, 0);
    let page = methodist.get(&address).await.unwrap();
    let cards: Vec<_> = page.body.split('"').filter(|part| part.starts_with("/learners/")).collect();
    for card in cards {
        let card = methodist.get(card).await.unwrap();
        if card.text().contains("Сдано") {
            continue;
        }
        let address = card.link("/enrolments/").unwrap().replace("extension", "expulsion");
        let form = [("why", "request"), ("on", "23.11.2026"), ("grounds", "заявление")];
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.count(closed).await, 1);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from enrolment where state = 'completed'").await,
        1
    );
}

async fn before_the_start_a_name_is_simply_taken_off_the_list(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let address = group(&methodist, "labour-16", "24.11.2026", &customer).await.ok().unwrap().address;
    list(&methodist, &address, &[row(1), row(2)]).await.ok().unwrap();
    let card =
        methodist.get(&methodist.get(&address).await.unwrap().link("/learners/").unwrap()).await.unwrap();
    let expulsion = card.link("/enrolments/").unwrap().replace("extension", "expulsion");
    let form = [("why", "request"), ("on", "22.11.2026"), ("grounds", "не та группа")];
    methodist.post(&expulsion, &form).await.unwrap().ok().unwrap();
    stage.days(3);
    stage.work().await;
    assert_eq!(stage.count("select cast(count(*) as bigint) from official_order").await, 1);
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from paper where kind = 'enrolment_extract'").await,
        1
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from credential").await, 0);
}

async fn a_snils_of_somebody_else_is_named(stage: Rc<Stage>) {
    stage.vera().await;
    let methodist = stage.staff("methodist").await;
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let address = group(&methodist, "labour-16", "24.11.2026", &customer).await.ok().unwrap().address;
    let mut other = row(1);
    other[5] = kafedra::demo::applicant(0).snils;
    let again = list(&methodist, &address, &[row(2), other]).await;
    assert!(again.text().contains("F3 СНИЛС: под ним у нас уже есть Соколова Вера"), "{}", again.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from enrolment").await, 1);
}

async fn a_group_passes_and_its_papers_come_together(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (address, workers) = two_workers(&stage, &methodist).await;
    let company = stage.guest();
    company.sign_in("steel", PASSWORD).await.unwrap();
    attest(&stage.app, &workers[0], 0).await.unwrap();
    stage.work().await;
    let closed = "select cast(count(*) as bigint) from protocol where state = 'closed'";
    assert_eq!(stage.count(closed).await, 0, "the protocol waits for the other one");
    attest(&stage.app, &workers[1], 0).await.unwrap();
    stage.work().await;
    assert_eq!(stage.count(closed).await, 1);
    let sheet = methodist.get(&format!("{address}/sheet.xlsx")).await.unwrap().ok().unwrap().bytes;
    assert_eq!(sheets::read(&sheet).unwrap().len(), 3);
    let page = methodist.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("2 из 2"), "{page}");
    let bound = methodist.get(&format!("{address}/papers")).await.unwrap().ok().unwrap().bytes;
    assert!(bound.starts_with(b"%PDF"));
    let own = company.get(&format!("/company{address}/papers")).await.unwrap().ok().unwrap().bytes;
    assert!(own.starts_with(b"%PDF"));
    let zip = company.get(&format!("/company{address}/papers.zip")).await.unwrap().ok().unwrap().bytes;
    let zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.len() > 3 && names.iter().all(|name| name.contains(".pdf")), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("Группа/Протокол")), "{names:?}");
}

async fn an_empty_group_is_taken_away_and_one_with_people_is_not(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let empty = group(&methodist, "labour-16", "24.11.2026", "").await.ok().unwrap();
    assert!(empty.text().contains("Убрать группу"), "{}", empty.text());
    let list_page =
        methodist.post(&format!("{}/removal", empty.address), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(list_page.text().contains("Готово"), "the page says that it was done: {}", list_page.text());
    assert!(!methodist.get("/groups").await.unwrap().text().contains("Готово"), "… once");
    assert_eq!(methodist.get(&empty.address).await.unwrap().status, StatusCode::NOT_FOUND);
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let full = group(&methodist, "labour-16", "24.11.2026", &customer).await.ok().unwrap();
    list(&methodist, &full.address, &[row(3)]).await.ok().unwrap();
    let kept = methodist.post(&format!("{}/removal", full.address), &[("", "")]).await.unwrap();
    assert_eq!(kept.status, StatusCode::NOT_FOUND);
    // The morning of the one that is gone passes without a job that nobody can do.
    stage.days(2);
    stage.work().await;
    assert_eq!(stage.count(ORDERS).await, 1);
}

async fn a_customer_sees_its_own_groups_only(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (steel, company) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let (_, other) = customer(&methodist, "ООО «Чужие»", "7736050003", "other").await;
    let address = group(&methodist, "labour-16", "22.11.2026", &steel).await.ok().unwrap().address;
    list(&methodist, &address, &[row(1)]).await.ok().unwrap();
    assert!(
        company.get(&format!("/company{address}")).await.unwrap().ok().unwrap().text().contains("Рабочийб")
    );
    for foreign in [
        format!("/company{address}"),
        format!("/company{address}/papers"),
        format!("/company{address}/papers.zip"),
    ] {
        assert_eq!(other.get(&foreign).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    for office in [address.clone(), "/groups".to_owned(), "/learners".to_owned()] {
        assert_eq!(company.get(&office).await.unwrap().status, StatusCode::NOT_FOUND);
    }
    let taken = methodist
        .post(
            "/customers",
            &[("name", "А"), ("inn", "7707083893"), ("family", "Ан"), ("given", "Ян"), ("login", "STEEL")],
        )
        .await
        .unwrap();
    assert!(taken.text().contains("такой вход уже есть"), "{}", taken.text());
}

async fn a_way_in_that_was_closed_is_opened_again(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (_, company) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let closure = methodist
        .get("/customers")
        .await
        .unwrap()
        .body
        .split('"')
        .find(|part| part.ends_with("/closure"))
        .unwrap()
        .to_owned();
    let opening = closure.replace("closure", "opening");
    let closed = methodist.post(&closure, &[("", "")]).await.unwrap().ok().unwrap();
    assert!(closed.text().contains("Вход закрыт") && !closed.body.contains(&closure), "{}", closed.text());
    assert!(company.get("/company").await.unwrap().address.starts_with("/sign-in"), "every device is closed");
    assert!(company.sign_in("steel", PASSWORD).await.is_err());

    assert!(company.post(&opening, &[("", "")]).await.unwrap().address.starts_with("/sign-in"));
    for _ in 0..2 {
        methodist.post(&opening, &[("", "")]).await.unwrap().ok().unwrap();
    }
    company.sign_in("steel", PASSWORD).await.unwrap();
    assert_eq!(company.get("/company").await.unwrap().ok().unwrap().address, "/company");

    let person = opening.split('/').nth(3).unwrap().to_owned();
    let colleague = opening.replace(&person, &uuid::Uuid::now_v7().to_string());
    assert_eq!(methodist.post(&colleague, &[("", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(stage.noted("account.unblocked").await, 2);
}

async fn without_provision_no_group_is_opened(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    let methodist = stage.staff("methodist").await;
    stage.write(|work| work.run("update commission set until = '2026-11-01'", &[])).await;
    stage.write(|work| work.run("update question set state = 'withdrawn' where bank = (select id from bank where code = 'office-72')", &[])).await;
    let again = group(&methodist, "office-72", "24.11.2026", "").await;
    let text = again.text();
    assert!(text.contains("комиссия не назначена") && text.contains("в банке 0"), "{text}");
    let early = group(&methodist, "office-72", "20.11.2026", "").await;
    assert!(early.text().contains("Начало: с сегодняшнего дня"), "{}", early.text());
    assert_eq!(stage.count("select cast(count(*) as bigint) from study_group").await, 0);
}

async fn a_customer_brings_the_own_list_until_the_start(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let (id, company) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let (_, other) = customer(&methodist, "АО «Заря»", "3300018131", "dawn").await;
    let page = group(&methodist, "labour-16", "24.11.2026", &id).await.ok().unwrap();
    let own = format!("/company{}", page.address);
    assert!(company.get(&own).await.unwrap().text().contains("Добавить людей"));
    company.get(&format!("{own}/list.xlsx")).await.unwrap().ok().unwrap();
    let mut broken = row(2);
    broken[5] = "112-233-445 00".into();
    let again = list(&company, &own, &[row(1), broken]).await;
    assert!(again.text().contains("Никто не зачислен"), "{}", again.text());
    // Whose number it is stays the centre's own knowledge.
    stage.vera().await;
    let mut vera = row(2);
    vera[5] = kafedra::demo::applicant(0).snils;
    let again = list(&company, &own, &[vera]).await.text();
    assert!(again.contains("сверьте его, имя и дату рождения") && !again.contains("Соколова"), "{again}");
    let slips = list(&company, &own, &[row(1), row(2), row(3)]).await.ok().unwrap();
    assert_eq!(slips.body.matches("<strong>").count(), 2, "{}", slips.text());
    assert!(company.get(&own).await.unwrap().text().contains("3 слушателя"));
    let foreign = list(&other, &own, &[row(4)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    stage.days(3);
    stage.work().await;
    let late = list(&company, &own, &[row(4)]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "whoever comes later is brought by a methodist");
    assert_eq!(stage.count(ORDERS).await, 2, "Вера's own and the group's");
}

async fn a_teacher_sees_the_own_groups_and_no_others(stage: Rc<Stage>) {
    let (methodist, teacher) = (stage.staff("methodist").await, stage.staff("teacher").await);
    assert!(teacher.get("/teaching").await.unwrap().text().contains("Здесь появятся группы"));
    let (customer, _) = customer(&methodist, "ООО «Северная сталь»", "7707083893", "steel").await;
    let page = group(&methodist, "labour-16", "22.11.2026", &customer).await.ok().unwrap();
    list(&methodist, &page.address, &[row(3), row(6)]).await.ok().unwrap();
    stage.work().await;
    let own = page.address.replace("/groups/", "/teaching/");
    assert_eq!(teacher.get(&own).await.unwrap().status, StatusCode::NOT_FOUND);
    let before = page.body.split(">Орлов Борис Петрович<").next().unwrap();
    let id = before.rsplit("value=\"").next().unwrap()[..36].to_owned();
    let assign = format!("{}/teacher", page.address);
    methodist.post(&assign, &[("teacher", id.as_str())]).await.unwrap().ok().unwrap();
    let seen = teacher.get(&own).await.unwrap().ok().unwrap();
    assert!(seen.text().contains("2 слушателя") && seen.link("/learners/").is_none(), "{}", seen.text());
    assert!(teacher.get("/teaching").await.unwrap().link("/teaching/").is_some());
    // A teacher opens neither the staff's group nor a learner's card, and assigns nobody.
    assert_eq!(teacher.get(&page.address).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(teacher.post(&assign, &[("teacher", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
    // Somebody who does not teach is nobody's teacher; an empty choice takes the teacher away.
    let stranger = methodist.post(&assign, &[("teacher", customer.as_str())]).await.unwrap();
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    teacher.get(&own).await.unwrap().ok().unwrap();
    methodist.post(&assign, &[("teacher", "")]).await.unwrap().ok().unwrap();
    assert_eq!(teacher.get(&own).await.unwrap().status, StatusCode::NOT_FOUND);
}
