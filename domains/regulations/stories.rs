//! Stories of the centre itself: how its site looks (п. 3.2).
use std::rc::Rc;

use axum::http::StatusCode;
use stage::Stage;

stage::stories![the_site_wears_the_colour_and_the_sign_of_the_organisation];

const SIGN: &[u8] = include_bytes!("../../kit/photos/tests/scan.jpg");

async fn the_site_wears_the_colour_and_the_sign_of_the_organisation(stage: Rc<Stage>) {
    let (head, visitor) = (stage.staff("head").await, stage.guest());
    for (accent, file, sentence) in [
        ("#ffd479", ("", &b""[..]), "слишком светлый"),
        ("красный", ("", b""), "решётка и шесть знаков"),
        ("#1f6b4f", ("знак.svg", b"<svg onload='alert(1)'/>"), "не PNG и не JPEG"),
        ("#1f6b4f", ("знак.png", &[SIGN, &vec![0; 400 * 1024]].concat()), "больше 300 КБ"),
        ("#1f6b4f", ("знак.png", &SIGN[..40]), "не открывается"),
    ] {
        let again = head.upload("/settings/look", &[("accent", accent)], file).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(again.text().contains(sentence) && again.body.contains(accent), "{}", again.text());
    }
    let plain = visitor.get("/").await.unwrap().ok().unwrap().body;
    assert!(!plain.contains("/look/"), "{plain}");
    assert_eq!(visitor.get("/look/theme.css").await.unwrap().status, StatusCode::NOT_FOUND);

    let form = [("accent", "#1F6B4F")];
    head.upload("/settings/look", &form, ("знак.png", SIGN)).await.unwrap().ok().unwrap();
    let page = visitor.get("/").await.unwrap().ok().unwrap();
    let (theme, logo) = (page.link("/look/theme.css").unwrap(), page.body.contains("<img src=\"/look/logo?"));
    assert!(theme.ends_with("1f6b4f") && logo, "{}", page.body);
    let styles = visitor.get(&theme).await.unwrap().ok().unwrap().body;
    assert!(styles.contains("--accent:#1f6b4f") && styles.contains("prefers-color-scheme:dark"), "{styles}");
    visitor.get("/look/logo").await.unwrap().ok().unwrap();
    // What the centre's form does not have is kept by it.
    let centre = stage.store().read(regulations::Centre::load).await.unwrap();
    assert_eq!((centre.accent.as_str(), centre.logo.len()), ("#1f6b4f", 64));

    // Without a colour and with a tick everything is ours again.
    let form = [("accent", ""), ("remove", "yes")];
    head.upload("/settings/look", &form, ("", b"")).await.unwrap().ok().unwrap();
    assert!(!visitor.get("/").await.unwrap().body.contains("/look/"));
    assert_eq!(
        stage.staff("methodist").await.get("/settings/look").await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}
