//! Stories of the catalogue and of approval.
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{drafted, text};
use programmes::Content;
use stage::Stage;

stage::stories![
    a_visitor_reads_an_approved_programme_and_no_keys,
    a_draft_is_not_public_and_only_the_head_approves_it,
    a_new_version_takes_the_place_of_the_old_one,
    approving_twice_is_approving_once,
    a_programme_with_gaps_is_not_handed_to_the_head,
];

fn content(code: &str) -> Content {
    let text = text(&format!("programmes/{code}/programme.toml")).unwrap();
    toml::from_str(text).unwrap()
}

async fn a_visitor_reads_an_approved_programme_and_no_keys(stage: Rc<Stage>) {
    let list = stage.guest().get("/?q=охрана").await.unwrap().ok().unwrap();
    assert!(list.body.contains("/programmes/labour-16"));
    let page = stage.guest().get("/programmes/labour-16").await.unwrap().ok().unwrap();
    let text = page.text();
    for part in [
        "16 часов",
        "Заочная",
        "Исключительно электронное обучение",
        "Учебный план",
        "Литература",
        "12 вопросов",
        "Протокол проверки знания",
    ] {
        assert!(text.replace('\u{a0}', " ").contains(part), "{part}");
    }
    assert!(!text.contains("Билет:"), "the ticket's make-up is for the staff");
    assert_eq!(stage.guest().get("/programmes/no-such").await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn a_draft_is_not_public_and_only_the_head_approves_it(stage: Rc<Stage>) {
    let version = drafted(&stage.app, content("office-72")).await.unwrap();
    assert_eq!(stage.guest().get("/programmes/office-72").await.unwrap().status, StatusCode::NOT_FOUND);
    let approval = format!("/office/programmes/{version}/approval");
    for login in ["methodist", "teacher", "admin", "auditor"] {
        let page = stage.staff(login).await.post(&approval, &[("", "")]).await.unwrap();
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{login}");
    }
    stage.staff("head").await.post(&approval, &[("", "")]).await.unwrap().ok().unwrap();
    stage.guest().get("/programmes/office-72").await.unwrap().ok().unwrap();
    let frozen = "select cast(count(*) as bigint) from programme_version where state = 'approved' and length(content_hash) = 64 and approved_by is not null";
    assert_eq!(stage.count(frozen).await, 2);
}

async fn a_new_version_takes_the_place_of_the_old_one(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let mut next = content("labour-16");
    next.title = "Общие вопросы охраны труда, новая редакция".into();
    let version = drafted(&stage.app, next).await.unwrap();
    stage
        .staff("head")
        .await
        .post(&format!("/office/programmes/{version}/approval"), &[("", "")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert!(stage.guest().get("/programmes/labour-16").await.unwrap().text().contains("новая редакция"));
    // Who was enrolled earlier stays on the earlier version.
    assert!(!vera.get("/cabinet").await.unwrap().text().contains("новая редакция"));
    assert_eq!(
        stage
            .count("select cast(count(*) as bigint) from programme_version where state = 'superseded'")
            .await,
        1
    );
}

async fn approving_twice_is_approving_once(stage: Rc<Stage>) {
    let version = drafted(&stage.app, content("office-72")).await.unwrap();
    let head = stage.staff("head").await;
    for _ in 0..2 {
        head.post(&format!("/office/programmes/{version}/approval"), &[("", "")])
            .await
            .unwrap()
            .ok()
            .unwrap();
    }
    assert_eq!(stage.noted("programme.approved").await, 2, "labour-16 and this one, once");
}

async fn a_programme_with_gaps_is_not_handed_to_the_head(stage: Rc<Stage>) {
    let mut short = content("office-72");
    short.literature.clear();
    short.hours = 71;
    let refused = drafted(&stage.app, short).await.unwrap_err().to_string();
    assert!(refused.contains("4.3.8") && refused.contains("часы не сходятся"), "{refused}");
    assert_eq!(
        stage.count("select cast(count(*) as bigint) from programme_version where state = 'submitted'").await,
        0
    );
}
