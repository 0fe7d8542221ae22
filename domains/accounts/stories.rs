//! Stories of signing in, rights and sessions.
use std::rc::Rc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kafedra::demo::PASSWORD;
use stage::Stage;
use tower::ServiceExt;

stage::stories![
    a_person_signs_in_by_login_whatever_its_case,
    a_wrong_password_says_so_and_keeps_the_login,
    an_eleventh_guess_in_a_row_is_not_even_tried,
    a_visitor_is_led_to_sign_in_and_back,
    whoever_forgot_the_password_chooses_another_by_a_link,
    an_invitation_is_good_once_and_for_a_month,
    nobody_is_led_to_another_site_after_signing_in,
    a_closed_session_is_over_at_once_and_a_foreign_one_is_not_found,
    a_form_of_another_site_is_refused,
    a_page_without_the_right_looks_as_if_it_were_not_there,
    a_huge_or_broken_form_is_answered_with_a_sentence,
];

async fn a_person_signs_in_by_login_whatever_its_case(stage: Rc<Stage>) {
    let guest = stage.guest();
    let page = guest.post("/sign-in", &[("login", " HEAD "), ("password", PASSWORD)]).await.unwrap();
    assert_eq!((page.status, page.address.as_str()), (StatusCode::OK, "/overview"));
    let head = "select cast(count(*) as bigint) from session s join account a on a.person = s.person where a.login = 'head'";
    assert_eq!(stage.count(head).await, 2, "one from publishing, one now");
}

async fn a_wrong_password_says_so_and_keeps_the_login(stage: Rc<Stage>) {
    for login in ["head", "nobody-of-that-name"] {
        let page = stage
            .guest()
            .post("/sign-in", &[("login", login), ("password", "wrong-password")])
            .await
            .unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("пароль не подходят"), "{}", page.text());
        assert!(page.body.contains(&format!("value=\"{login}\"")));
        assert!(!page.body.contains("wrong-password"));
    }
}

async fn an_eleventh_guess_in_a_row_is_not_even_tried(stage: Rc<Stage>) {
    let login = format!("guessed-{}", uuid::Uuid::new_v4());
    let mut last = String::new();
    for _ in 0..11 {
        last = stage
            .guest()
            .post("/sign-in", &[("login", login.as_str()), ("password", "guess-guess")])
            .await
            .unwrap()
            .text();
    }
    assert!(last.contains("Слишком много попыток"), "{last}");
}

async fn a_visitor_is_led_to_sign_in_and_back(stage: Rc<Stage>) {
    let guest = stage.guest();
    let page = guest.get("/register").await.unwrap();
    assert_eq!(page.address, "/sign-in?next=/register");
    let form = [("login", "methodist"), ("password", PASSWORD), ("next", "/register")];
    assert_eq!(guest.post("/sign-in", &form).await.unwrap().address, "/register");
}

/// The address of the link in the last letter, if there is one.
async fn last_link(stage: &Stage, to: &str) -> Option<String> {
    let letters = stage.letters().await;
    let with_link = |one: &&post::Written| one.letter.to == to && one.letter.body.contains("/invitation/");
    let letter = letters.iter().filter(with_link).max_by_key(|one| one.at)?;
    let token = letter.letter.body.split("/invitation/").nth(1)?.get(..64)?.to_owned();
    Some(format!("/invitation/{token}"))
}

async fn whoever_forgot_the_password_chooses_another_by_a_link(stage: Rc<Stage>) {
    let vera = stage.vera().await;
    let guest = stage.guest();
    let known = guest.post("/password-reset", &[("login", "VERA@example.ru")]).await.unwrap().ok().unwrap();
    let unknown =
        guest.post("/password-reset", &[("login", "nobody@example.ru")]).await.unwrap().ok().unwrap();
    assert_eq!(known.text(), unknown.text(), "nothing tells who is known");
    assert_eq!(last_link(&stage, "nobody@example.ru").await, None);
    let first = last_link(&stage, "vera@example.ru").await.unwrap();
    stage.minutes(1);
    guest.post("/password-reset", &[("login", "vera@example.ru")]).await.unwrap().ok().unwrap();
    let second = last_link(&stage, "vera@example.ru").await.unwrap();
    assert_ne!(first, second);
    // Asking changes nothing: the old password and device are still good.
    vera.get("/cabinet").await.unwrap().ok().unwrap();
    let short = guest.post(&second, &[("new", "короче")]).await.unwrap();
    assert!(
        short.status == StatusCode::UNPROCESSABLE_ENTITY && short.text().contains("не меньше 8"),
        "{}",
        short.text()
    );
    let same = guest.post(&second, &[("new", "Vera@Example.ru")]).await.unwrap();
    assert!(same.text().contains("не тот же, что логин"), "{}", same.text());
    let entered = guest.post(&second, &[("new", "новый пароль Веры")]).await.unwrap();
    assert_eq!((entered.status, entered.address.as_str()), (StatusCode::OK, "/cabinet"));
    // One choice ends both links and every other device.
    for link in [&first, &second] {
        let over = stage.guest().post(link, &[("new", "пароль чужого человека")]).await.unwrap();
        assert!(over.text().contains("больше не действует"), "{}", over.text());
    }
    assert!(vera.get("/cabinet").await.unwrap().address.starts_with("/sign-in"));
    stage.guest().sign_in("vera@example.ru", "новый пароль Веры").await.unwrap();

    guest.post("/password-reset", &[("login", "vera@example.ru")]).await.unwrap().ok().unwrap();
    let late = last_link(&stage, "vera@example.ru").await.unwrap();
    stage.minutes(61);
    assert!(stage.guest().get(&late).await.unwrap().text().contains("больше не действует"));
    let huge = guest.post("/password-reset", &[("login", "x".repeat(500_000).as_str())]).await.unwrap();
    assert!(huge.status.as_u16() < 500);
}

async fn an_invitation_is_good_once_and_for_a_month(stage: Rc<Stage>) {
    stage.vera().await;
    let vera = stage
        .write(|work| {
            let vera = accounts::person::with_login(work, "vera@example.ru")?.unwrap();
            for token in ["first", "second", "third"] {
                accounts::invite(work, vera, token)?;
            }
            Ok(vera)
        })
        .await;
    // The staff give another password: whoever was invited before is not, any more.
    let methodist = stage.staff("methodist").await;
    stage.guest().get("/invitation/first").await.unwrap().ok().unwrap();
    methodist.post(&format!("/learners/{vera}/password"), &[("", "")]).await.unwrap().ok().unwrap();
    assert!(stage.guest().get("/invitation/first").await.unwrap().text().contains("больше не действует"));
    stage.write(move |work| accounts::invite(work, vera, "fourth")).await;
    stage.days(31);
    assert!(stage.guest().get("/invitation/fourth").await.unwrap().text().contains("больше не действует"));
    for strange in ["/invitation/%00", "/invitation/%27%20or%201=1"] {
        assert!(stage.guest().get(strange).await.unwrap().status.is_client_error(), "{strange}");
    }
}

async fn nobody_is_led_to_another_site_after_signing_in(stage: Rc<Stage>) {
    for next in ["https://evil.example/", "//evil.example/", "\\\\evil.example"] {
        let form = [("login", "methodist"), ("password", PASSWORD), ("next", next)];
        assert_eq!(stage.guest().post("/sign-in", &form).await.unwrap().address, "/applications", "{next}");
    }
}

async fn a_closed_session_is_over_at_once_and_a_foreign_one_is_not_found(stage: Rc<Stage>) {
    let (phone, desk, other) =
        (stage.staff("methodist").await, stage.staff("methodist").await, stage.staff("teacher").await);
    let page = desk.get("/sessions").await.unwrap().ok().unwrap();
    let mine = page.body.split("/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let foreign = other.post(&format!("/sessions/{mine}/closure"), &[("", "")]).await.unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    for id in page.body.split("/sessions/").skip(1).filter_map(|part| part.split('/').next()) {
        desk.post(&format!("/sessions/{id}/closure"), &[("", "")]).await.unwrap();
    }
    assert_eq!(phone.get("/applications").await.unwrap().address, "/sign-in?next=/applications");
    assert!(stage.noted("session.closed").await >= 1);
}

async fn a_form_of_another_site_is_refused(stage: Rc<Stage>) {
    for (header, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x", "y")]
    {
        let request = Request::post("/sign-in").header("host", "test").header(header, value);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(format!("login=head&password={PASSWORD}"))).unwrap();
        let response = stage.app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header}: {value}");
    }
}

async fn a_page_without_the_right_looks_as_if_it_were_not_there(stage: Rc<Stage>) {
    for strange in
        ["/groups/zzz", "/learners/zzz", "/checks/0", "/office/programmes/zzz", "/enrolments/zzz/extension"]
    {
        let page = stage.staff("methodist").await.get(strange).await.unwrap();
        assert!(
            page.status == StatusCode::NOT_FOUND && page.text().contains("Страницы нет"),
            "{strange}: {}",
            page.text()
        );
    }
    let teacher = stage.staff("teacher").await;
    for address in ["/overview", "/applications", "/register", "/workings", "/cabinet"] {
        let page = teacher.get(address).await.unwrap();
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
        assert!(page.text().contains("Страницы нет"));
    }
}

async fn a_huge_or_broken_form_is_answered_with_a_sentence(stage: Rc<Stage>) {
    let huge = "x".repeat(2 * 1024 * 1024);
    let page = stage.guest().post("/sign-in", &[("login", huge.as_str())]).await.unwrap();
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.text().contains("Слишком много данных"), "{}", page.text());
    let page = stage
        .guest()
        .post("/sign-in", &[("login", "a"), ("login", "b"), ("form-key", "not a key")])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains("Форма не прочитана"));
}
