//! Stories of personal data: optional consents, one's own data, what is destroyed and what law keeps (domain reference 1.3, 8).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, applicant, study};
use stage::Stage;

stage::stories![
    an_optional_consent_is_given_and_taken_back,
    everybody_takes_the_own_data,
    data_are_destroyed_by_order_and_what_law_keeps_stays,
    an_application_that_came_to_nothing_goes_whole,
    a_mistyped_address_is_put_right_with_the_way_in,
];

async fn an_optional_consent_is_given_and_taken_back(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let page = vera.get("/consents").await.unwrap().ok().unwrap();
    assert!(page.text().contains("Согласие на рассылку новостей Не дано"), "{}", page.text());
    let unticked = vera.post("/consents/consent-news", &[("", "")]).await.unwrap();
    assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unticked.text().contains("Соколова Вера Андреевна"), "the text holds the person's name");
    for _ in 0..2 {
        vera.post("/consents/consent-news", &[("consent", "yes")]).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    let given = "select cast(count(*) as bigint) from consent where withdrawn_at is null";
    assert_eq!(stage.count(given).await, 1);
    assert!(vera.get("/papers").await.unwrap().text().contains("Согласие на рассылку новостей"));
    for _ in 0..2 {
        vera.post("/consents/consent-news/withdrawal", &[("", "")]).await.unwrap().ok().unwrap();
    }
    assert_eq!((stage.count(given).await, stage.noted("consent.withdrawn").await), (0, 1));
    vera.post("/consents/consent-news", &[("consent", "yes")]).await.unwrap().ok().unwrap();
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from consent").await,
        2,
        "what was given before stays known"
    );
    assert_eq!(vera.get("/consents/consent-training").await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn everybody_takes_the_own_data(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    stage.work().await;
    let taken = vera.get("/own-data").await.unwrap().ok().unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(taken.bytes)).unwrap();
    let mut known = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("00 Сведения.txt").unwrap(), &mut known).unwrap();
    assert!(known.contains("Почта: vera@example.ru") && known.contains("Обучение: Общие вопросы"), "{known}");
    assert_eq!(zip.len(), 6, "what is known, the inventory, four papers");
    assert_eq!(stage.staff("methodist").await.get("/own-data").await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn data_are_destroyed_by_order_and_what_law_keeps_stays(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    study(&vera, 1).await.unwrap();
    let methodist = stage.staff("methodist").await;
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let address = format!("{card}/erasure");
    assert_eq!(
        methodist.get(&address).await.unwrap().status,
        StatusCode::NOT_FOUND,
        "whoever studies is not forgotten"
    );
    let page = methodist.get(&card).await.unwrap().ok().unwrap();
    let expulsion = page.link("/enrolments/").unwrap().replace("extension", "expulsion");
    let form = [("why", "request"), ("on", "22.11.2026"), ("grounds", "заявление")];
    methodist.post(&expulsion, &form).await.unwrap().ok().unwrap();
    stage.work().await;
    let empty = methodist.post(&address, &[("grounds", "")]).await.unwrap();
    assert!(empty.text().contains("Основание: заполните"), "{}", empty.text());
    let key = "0190c8d5-2f6e-7cc0-9d3e-1f0d3a5b7c14";
    for _ in 0..2 {
        let form = [("grounds", "заявление от 22.11.2026"), ("form-key", key)];
        methodist.post(&address, &form).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    let card = methodist.get(&card).await.unwrap().ok().unwrap().text();
    assert!(!card.contains("vera@example.ru") && !card.contains("+7 916"), "{card}");
    assert!(card.contains("Соколова Вера Андреевна") && card.contains("112-233-000"), "{card}");
    assert!(card.contains("Приказ об уничтожении персональных данных"), "{card}");
    assert!(card.contains("Справка об обучении"), "what was issued stays");
    assert!(vera.sign_in(&applicant(0).email, PASSWORD).await.is_err());
    assert!(vera.get("/cabinet").await.unwrap().address.starts_with("/sign-in"));
    let orders = "select cast(count(*) as bigint) from official_order where kind = 'erasure_order'";
    assert_eq!(stage.count(orders).await, 1);
    let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    let application = methodist.get(&check).await.unwrap().text();
    assert!(!application.contains("17 18 000000") && application.contains("Соколова"), "{application}");
    let check = stage.staff("head").await.get("/register").await.unwrap().text();
    assert!(check.contains("Соколова Вера Андреевна"), "{check}");
}

async fn an_application_that_came_to_nothing_goes_whole(stage: Rc<Stage>) {
    let guest = stage.guest();
    let page = guest.post("/programmes/labour-16/application", &applicant(0)).await.unwrap().ok().unwrap();
    guest.post(&page.address, &[("consent", "yes")]).await.unwrap().ok().unwrap();
    let methodist = stage.staff("methodist").await;
    let check = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    methodist.post(&format!("{check}/removal"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(stage.count("select cast(count(*) as bigint) from application").await, 0);
    assert_eq!(stage.count("select cast(count(*) as bigint) from agreement").await, 0);
    assert_eq!(guest.get(&page.address).await.unwrap().status, StatusCode::NOT_FOUND);
    stage.gleb().await;
    let enrolled = methodist.get("/applications").await.unwrap().link("/checks/").unwrap();
    let refused = methodist.post(&format!("{enrolled}/removal"), &[("", "")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "what enrolled stays in the file");
}

async fn a_mistyped_address_is_put_right_with_the_way_in(stage: Rc<Stage>) {
    stage.vera().await;
    stage.work().await;
    let methodist = stage.staff("methodist").await;
    let card = methodist.get("/learners").await.unwrap().link("/learners/").unwrap();
    let address = format!("{card}/contacts");
    let form = |email: &'static str, birthday: &'static str| {
        [("phone", "8 916 000-00-00"), ("email", email), ("birthday", birthday), ("snils", "")]
    };
    let snils: String = {
        let page = methodist.get(&address).await.unwrap().ok().unwrap();
        let (_, field) = page.body.split_once("name=\"snils\"").unwrap();
        field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let sent = |email: &'static str, birthday: &'static str| {
        let mut fields = form(email, birthday).map(|(name, value)| (name, value.to_owned()));
        fields[3].1.clone_from(&snils);
        fields
    };
    for (email, birthday, sentence) in [
        ("не адрес", "01.02.1990", "Почта:"),
        ("vera.new@example.ru", "31.02.1990", "такого дня в календаре нет"),
        ("vera.new@example.ru", "", "Дата:"),
        ("methodist", "01.02.1990", "Почта:"),
    ] {
        let fields = sent(email, birthday);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let again = methodist.post(&address, &fields).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains(sentence), "{sentence}: {}", again.text());
    }
    let fields = sent("vera.new@example.ru", "01.02.1990");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        methodist.post(&address, &fields).await.unwrap().ok().unwrap();
    }
    stage.work().await;
    assert_eq!(stage.noted("person.corrected").await, 1);
    let letters = stage.letters().await;
    let told: Vec<_> = letters
        .iter()
        .filter(|one| one.letter.subject == "Почта в учебном центре изменена")
        .map(|one| one.letter.to.as_str())
        .collect();
    assert_eq!(told.len(), 2, "the old address and the new one: {told:?}");
    let vera = stage.guest();
    assert!(vera.sign_in("vera@example.ru", PASSWORD).await.is_err(), "the old address opens nothing");
    vera.sign_in("vera.new@example.ru", PASSWORD).await.unwrap();
    assert_eq!(stage.staff("teacher").await.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
}
