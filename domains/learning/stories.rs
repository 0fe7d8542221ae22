//! Stories of studying (п. 2.2, 3.11.4).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::study;
use stage::Stage;

stage::stories![
    the_licence_stands_before_the_first_material_and_only_once,
    a_material_does_not_open_to_anyone_else,
    progress_goes_on_where_it_stopped,
    a_memo_is_a_pdf_for_its_learner_only,
    after_the_term_materials_are_closed_and_the_page_says_so,
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
