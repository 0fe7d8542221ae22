//! Stories of lessons and consultations at a request (п. 3.13.1, 4.6).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::guest::Guest;
use stage::Stage;

stage::stories![
    a_learner_asks_and_is_written_to,
    a_refusal_has_its_reason,
    whoever_asked_takes_the_request_back,
    only_whom_it_concerns_sees_a_meeting,
    a_meeting_is_held_once_and_remembers_who_was_there,
];

async fn enrolment(learner: &Guest) -> String {
    let cabinet = learner.get("/cabinet").await.unwrap().ok().unwrap();
    cabinet.link("/studies/").unwrap().split('/').nth(2).unwrap().to_owned()
}

const WISH: [(&str, &str); 3] =
    [("kind", "consultation"), ("topic", "Оценка рисков на участке"), ("wish", "будни после 18:00")];

/// Вера has asked; the methodist at the request.
async fn asked(stage: &Stage) -> (Guest, String, Guest, String) {
    let vera = stage.vera().await;
    let own = format!("/studies/{}/meetings", enrolment(&vera).await);
    vera.post(&own, &WISH).await.unwrap().ok().unwrap();
    let methodist = stage.staff("methodist").await;
    let request = methodist.get("/meetings").await.unwrap().ok().unwrap().link("/meetings/").unwrap();
    (vera, own, methodist, request)
}

/// The teacher's id, as the page offers it.
async fn plan(methodist: &Guest, request: &str, day: &str, time: &str) -> kafedra::guest::Page {
    let page = methodist.get(request).await.unwrap().ok().unwrap();
    let (before, _) = page.body.rsplit_once(">Орлов Борис Петрович<").unwrap_or(("value=\"", ""));
    let teacher: String = before.rsplit("value=\"").next().unwrap().chars().take(36).collect();
    let form = [
        ("teacher", teacher.as_str()),
        ("day", day),
        ("time", time),
        ("minutes", "45"),
        ("place", "https://meet.example.ru/room-7"),
    ];
    methodist.post(request, &form).await.unwrap()
}

async fn a_learner_asks_and_is_written_to(stage: Rc<Stage>) {
    let (vera, own, methodist, request) = asked(&stage).await;
    let empty = vera.post(&own, &[("kind", ""), ("topic", " "), ("wish", "вечером")]).await.unwrap();
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        empty.text().contains("Что нужно: выберите") && empty.body.contains("вечером"),
        "{}",
        empty.text()
    );
    for (day, time, sentence) in [
        ("24.11.2026", "25:00", "Время: часы и минуты"),
        ("", "18:30", "Дата"),
        ("20.11.2026", "18:30", "это время уже прошло"),
    ] {
        let again = plan(&methodist, &request, day, time).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
    }
    for _ in 0..2 {
        plan(&methodist, &request, "24.11.2026", "18:30").await.ok().unwrap();
    }
    let letters = stage.letters().await;
    let told: Vec<_> = letters.iter().filter(|one| one.letter.subject.starts_with("Консультация")).collect();
    assert_eq!(told.len(), 1, "the same time is told once");
    assert!(
        told[0].letter.body.contains("18:30 по московскому времени")
            && told[0].letter.body.contains("room-7")
    );
    let page = vera.get(&own).await.unwrap().ok().unwrap();
    assert!(page.text().contains("Назначено") && page.text().contains("24 ноября, 18:30"), "{}", page.text());
    let calendar = page.link("/meetings/").unwrap();
    let calendar = vera.get(&calendar).await.unwrap().ok().unwrap();
    assert!(
        calendar.body.contains("DTSTART:20261124T153000Z") && calendar.body.contains("DURATION:PT45M"),
        "{}",
        calendar.body
    );
    // Another time is told anew.
    plan(&methodist, &request, "25.11.2026", "19:00").await.ok().unwrap();
    let letters = stage.letters().await;
    assert_eq!(letters.iter().filter(|one| one.letter.subject.starts_with("Консультация")).count(), 2);
}

async fn a_refusal_has_its_reason(stage: Rc<Stage>) {
    let (vera, own, methodist, request) = asked(&stage).await;
    let empty = methodist.post(&format!("{request}/refusal"), &[("remark", "")]).await.unwrap();
    assert!(empty.text().contains("Причина: заполните"), "{}", empty.text());
    for _ in 0..2 {
        let form = [("remark", "Преподаватель болен, попросите через неделю")];
        methodist.post(&format!("{request}/refusal"), &form).await.unwrap().ok().unwrap();
    }
    assert!(vera.get(&own).await.unwrap().text().contains("попросите через неделю"));
    let late = plan(&methodist, &request, "24.11.2026", "18:30").await;
    assert!(late.status.is_client_error(), "what was declined is not scheduled");
    assert_eq!(stage.count("select cast(count(*) as bigint) from meeting where state = 'declined'").await, 1);
}

async fn whoever_asked_takes_the_request_back(stage: Rc<Stage>) {
    let (vera, own, methodist, request) = asked(&stage).await;
    let gleb = stage.gleb().await;
    let foreign = gleb.post(&format!("{request}/withdrawal"), &[("", "")]).await.unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let page = vera.post(&format!("{request}/withdrawal"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(page.address == own && page.text().contains("Отозвано"), "{}", page.text());
    let late = plan(&methodist, &request, "24.11.2026", "18:30").await;
    assert!(late.status.is_client_error(), "what was taken back is not scheduled");
    let refused = methodist.post(&format!("{request}/refusal"), &[("remark", "поздно")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "… nor refused");
}

async fn only_whom_it_concerns_sees_a_meeting(stage: Rc<Stage>) {
    let (vera, own, methodist, request) = asked(&stage).await;
    plan(&methodist, &request, "24.11.2026", "18:30").await.ok().unwrap();
    let calendar = format!("{request}/calendar.ics");
    vera.get(&calendar).await.unwrap().ok().unwrap();
    let gleb = stage.gleb().await;
    for address in [own.as_str(), &calendar, &request] {
        assert_eq!(gleb.get(address).await.unwrap().status, StatusCode::NOT_FOUND, "{address}");
    }
    let teacher = stage.staff("teacher").await;
    teacher.get(&request).await.unwrap().ok().unwrap();
    let forbidden = teacher.post(&format!("{request}/refusal"), &[("remark", "не хочу")]).await.unwrap();
    assert_eq!(forbidden.status, StatusCode::NOT_FOUND, "a teacher does not plan");
    // Another learner's request has no teacher yet: this teacher does not see it.
    let other = format!("/studies/{}/meetings", enrolment(&gleb).await);
    gleb.post(&other, &WISH).await.unwrap().ok().unwrap();
    assert_eq!(teacher.get("/meetings").await.unwrap().body.matches("Оценка рисков").count(), 1);
    assert_eq!(
        stage.staff("head").await.get("/meetings").await.unwrap().body.matches("Оценка рисков").count(),
        2
    );
}

async fn a_meeting_is_held_once_and_remembers_who_was_there(stage: Rc<Stage>) {
    let (vera, own, methodist, request) = asked(&stage).await;
    let id = enrolment(&vera).await;
    let early = methodist.post(&format!("{request}/completion"), &[("present", id.as_str())]).await.unwrap();
    assert_eq!(early.status, StatusCode::NOT_FOUND, "nothing was scheduled");
    plan(&methodist, &request, "24.11.2026", "18:30").await.ok().unwrap();
    let early = methodist.post(&format!("{request}/completion"), &[("present", id.as_str())]).await.unwrap();
    assert_eq!(early.status, StatusCode::NOT_FOUND, "it has not begun");
    stage.days(3);
    let teacher = stage.staff("teacher").await;
    let foreign = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        let form = [("present", id.as_str()), ("present", foreign.as_str())];
        teacher.post(&format!("{request}/completion"), &form).await.unwrap().ok().unwrap();
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from attendance").await, 1);
    assert_eq!(stage.noted("meeting.held").await, 1);
    assert!(vera.get(&own).await.unwrap().text().contains("Проведено"));
}
