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
    a_programme_is_written_given_back_and_published_by_the_pages_alone,
    two_who_write_one_draft_do_not_undo_each_other,
    a_module_is_removed_once_and_its_code_never_given_again,
    what_was_typed_stays_when_the_draft_has_gone_to_the_head,
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

const PROGRAMME: [(&str, &str); 19] = [
    ("title", "Первая помощь пострадавшим"),
    ("kind", "labour_protection"),
    ("hours", "8"),
    ("hours_a_day", "8"),
    ("study_form", "extramural"),
    ("technology", "program"),
    ("distance", "exclusively"),
    ("price", "900"),
    ("summary", "Что делать до приезда скорой."),
    ("relevance", "Первая помощь нужна в первые минуты."),
    ("goal", "Научить оказывать первую помощь."),
    ("tasks", "Разобрать порядок действий\n\nОтработать приёмы"),
    ("audience", "Работники организаций."),
    ("entry", "Образование не ограничено."),
    ("outcomes", "знать перечень состояний\nуметь вызвать помощь"),
    ("conditions", "Обучение в системе."),
    ("standards", ""),
    ("literature", "Нормативная: Порядок оказания первой помощи\nПервая помощь: учебник"),
    ("seen", ""),
];

const PACKAGE: [(&str, &str); 9] = [
    ("form", "тестирование"),
    ("hours", "1"),
    ("procedure", "Тест из трёх вопросов."),
    ("minutes", "20"),
    ("threshold", "80"),
    ("attempts", "2"),
    ("pause_days", "1"),
    ("grace", "10"),
    ("seen", ""),
];

const MODULE: [(&str, &str); 10] = [
    ("title", "Порядок действий"),
    ("lecture", "4"),
    ("practice", "2"),
    ("self_study", "1"),
    ("control", "0"),
    ("goal", "Знать порядок."),
    ("topics", "Осмотр места — 3\nВызов помощи — 4 ч"),
    ("content", "Безопасность, осмотр, вызов, приёмы."),
    ("questions", "3"),
    ("seen", ""),
];

/// The form with the stamp that its page carries.
fn stamped<'a>(form: &[(&'a str, &'a str)], page: &'a str) -> Vec<(&'a str, &'a str)> {
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    form.iter().map(|&(name, value)| (name, if name == "seen" { seen } else { value })).collect()
}

async fn a_programme_is_written_given_back_and_published_by_the_pages_alone(stage: Rc<Stage>) {
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    let new = [("title", "Первая помощь пострадавшим"), ("kind", "labour_protection"), ("code", "First Aid")];
    let again = methodist.post("/office/programmes", &new).await.unwrap();
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("Код:"));
    let taken = [new[0], new[1], ("code", "labour-16")];
    assert!(methodist.post("/office/programmes", &taken).await.unwrap().body.contains("уже есть"));
    let edit = methodist.post("/office/programmes", &[new[0], new[1], ("code", "first-aid")]).await.unwrap();
    let version = edit.address.trim_end_matches("/edit").to_owned();
    assert_eq!(stage.staff("auditor").await.get(&edit.address).await.unwrap().status, StatusCode::NOT_FOUND);

    // Numbers that are no numbers: the rest of the page is still there.
    let mut wrong = stamped(&PROGRAMME, &edit.body);
    wrong[2].1 = "много";
    let again = methodist.post(&edit.address, &wrong).await.unwrap();
    assert!(again.body.contains("Объём: целое число") && again.body.contains("Отработать приёмы"));
    let page = methodist.post(&edit.address, &stamped(&PROGRAMME, &edit.body)).await.unwrap().ok().unwrap();
    assert_eq!(page.address, version);
    let package = methodist.get(&format!("{version}/attestation")).await.unwrap().ok().unwrap();
    let mut wrong = stamped(&PACKAGE, &package.body);
    wrong.extend([
        ("seconds_each", "60"),
        ("offline", "whole"),
        ("opens", "31.12.2026"),
        ("closes", "01.12.2026"),
    ]);
    let again = methodist.post(&package.address, &wrong).await.unwrap().text();
    assert!(again.contains("вместе не бывают") && again.contains("Последний день раньше первого"), "{again}");
    let page =
        methodist.post(&package.address, &stamped(&PACKAGE, &package.body)).await.unwrap().ok().unwrap();
    assert!(page.body.contains("хотя бы один модуль") && !page.body.contains("Отправить на утверждение"));

    let module = methodist.get(&format!("{version}/modules/1")).await.unwrap().ok().unwrap();
    let page = methodist.post(&module.address, &stamped(&MODULE, &module.body)).await.unwrap().ok().unwrap();
    assert!(page.body.contains("Отправить на утверждение"), "{}", page.text());
    methodist.post(&format!("{version}/submission"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(methodist.get(&edit.address).await.unwrap().status, StatusCode::NOT_FOUND, "frozen");

    // Before the head has decided it can be taken back, corrected and handed over again; the head's open page approves
    // nothing that he has not read.
    let read = head.get(&version).await.unwrap().ok().unwrap();
    let seen = read.body.split("name=\"seen\" value=\"").nth(1).unwrap()[..64].to_owned();
    for _ in 0..2 {
        methodist.post(&format!("{version}/withdrawal"), &[("", "")]).await.unwrap().ok().unwrap();
    }
    let edit = methodist.get(&edit.address).await.unwrap().ok().unwrap();
    let mut other = PROGRAMME.to_vec();
    other[0].1 = "Первая помощь, другая";
    methodist.post(&edit.address, &stamped(&other, &edit.body)).await.unwrap().ok().unwrap();
    methodist.post(&format!("{version}/submission"), &[("", "")]).await.unwrap().ok().unwrap();
    let unread = head.post(&format!("{version}/approval"), &[("seen", seen)]).await.unwrap();
    assert!(unread.text().contains("Программа изменилась, пока была открыта страница"), "{}", unread.text());

    let silent = head.post(&format!("{version}/return"), &[("remark", " ")]).await.unwrap();
    assert!(silent.text().contains("Замечание: заполните"), "{}", silent.text());
    head.post(&format!("{version}/return"), &[("remark", "Цель короче")]).await.unwrap().ok().unwrap();
    let page = methodist.get(&version).await.unwrap();
    assert!(page.body.contains("Руководитель вернул программу: Цель короче"));
    methodist.post(&format!("{version}/submission"), &[("", "")]).await.unwrap().ok().unwrap();
    head.post(&format!("{version}/approval"), &[("", "")]).await.unwrap().ok().unwrap();
    methodist.post(&format!("{version}/withdrawal"), &[("", "")]).await.unwrap().ok().unwrap();
    let public = stage.guest().get("/programmes/first-aid").await.unwrap().ok().unwrap();
    assert!(public.body.contains("Осмотр места") && public.text().contains("900"));

    // The next version begins as a copy, once, however often it is asked for.
    let next = methodist.post(&format!("{version}/draft"), &[("", "")]).await.unwrap().ok().unwrap();
    let same = methodist.post(&format!("{version}/draft"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(next.address, same.address);
    assert_ne!(next.address, version);
}

async fn two_who_write_one_draft_do_not_undo_each_other(stage: Rc<Stage>) {
    let version = drafted(&stage.app, content("office-72")).await.unwrap();
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    head.post(&format!("/office/programmes/{version}/return"), &[("remark", "короче")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let edit = format!("/office/programmes/{version}/edit");
    let (one, other) = (methodist.get(&edit).await.unwrap(), head.get(&edit).await.unwrap());
    methodist.post(&edit, &stamped(&PROGRAMME, &one.body)).await.unwrap().ok().unwrap();
    let refused = head.post(&edit, &stamped(&PROGRAMME, &other.body)).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("изменил кто-то другой") && refused.body.contains("Отработать приёмы"));
}

async fn a_module_is_removed_once_and_its_code_never_given_again(stage: Rc<Stage>) {
    let version = drafted(&stage.app, content("office-72")).await.unwrap();
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    head.post(&format!("/office/programmes/{version}/return"), &[("remark", "короче")])
        .await
        .unwrap()
        .ok()
        .unwrap();
    let draft = format!("/office/programmes/{version}");
    let modules = content("office-72").modules.len();
    let last = methodist.get(&format!("{draft}/modules/{modules}")).await.unwrap();
    let seen = stamped(&[("seen", "")], &last.body);
    for _ in 0..2 {
        methodist.post(&format!("{draft}/modules/{modules}/removal"), &seen).await.unwrap();
        methodist.post(&format!("{draft}/modules/1/removal"), &seen).await.unwrap();
    }
    let place = format!("{draft}/modules/{modules}");
    let new = methodist.get(&place).await.unwrap().ok().unwrap();
    assert!(!new.body.contains("Убрать модуль"), "one is gone, and one only");
    methodist.post(&place, &stamped(&MODULE, &new.body)).await.unwrap().ok().unwrap();
    let text = "select content from programme_version where state = 'draft'";
    let text: String = stage.store().read(move |db| db.one(text, &[], |row| row.get(0))).await.unwrap();
    let kept: Content = serde_json::from_str(&text).unwrap();
    let code = format!("{:02}", modules + 1);
    assert_eq!((kept.modules.len(), kept.modules.last().map(|module| &module.code)), (modules, Some(&code)));
}

async fn what_was_typed_stays_when_the_draft_has_gone_to_the_head(stage: Rc<Stage>) {
    let version = drafted(&stage.app, content("office-72")).await.unwrap();
    let (methodist, head) = (stage.staff("methodist").await, stage.staff("head").await);
    let draft = format!("/office/programmes/{version}");
    head.post(&format!("{draft}/return"), &[("remark", "короче")]).await.unwrap().ok().unwrap();
    let (edit, module) = (format!("{draft}/edit"), format!("{draft}/modules/1"));
    let (page, place) = (methodist.get(&edit).await.unwrap(), methodist.get(&module).await.unwrap());
    head.post(&format!("{draft}/submission"), &[("", "")]).await.unwrap().ok().unwrap();
    let late = methodist.post(&edit, &stamped(&PROGRAMME, &page.body)).await.unwrap();
    assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("Отработать приёмы"));
    let late = methodist.post(&module, &stamped(&MODULE, &place.body)).await.unwrap();
    assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("Вызов помощи"));
}
