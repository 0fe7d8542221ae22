//! Whatever stands in a field, the answer is a sentence: a megabyte, a sign that no database holds, markup, another's id.
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use kafedra::demo::{PASSWORD, publish_one};
use kafedra::guest::{Guest, Page};
use stage::Stage;
use stage::form::forms;

stage::stories![no_field_of_any_page_breaks_the_server];

/// Pages of one kind are looked at so often.
const OF_A_KIND: usize = 2;
/// What would take the way in from whoever looks.
const LEFT_ALONE: [&str; 5] = ["/sign-out", "/sessions/", "/settings/theme", "/settings/vision", "/password"];

/// The address with every id and number taken out.
fn kind(address: &str) -> String {
    let part =
        |part: &str| if part.chars().any(|c| c.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() };
    address.split('?').next().unwrap().split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every page that can be reached from `start`, a few of each kind.
async fn pages(guest: &Guest, start: &str) -> Vec<Page> {
    let (mut waiting, mut seen) = (VecDeque::from([start.to_owned()]), BTreeSet::new());
    let (mut kinds, mut found) = (std::collections::BTreeMap::<String, usize>::new(), Vec::new());
    while let Some(address) = waiting.pop_front() {
        let count = kinds.entry(kind(&address)).or_default();
        if *count >= OF_A_KIND || !seen.insert(address.clone()) {
            continue;
        }
        *count += 1;
        let page = guest.get(&address).await.unwrap();
        assert!(page.status.as_u16() < 500, "{address}: {}", page.status);
        for link in page.body.split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') && !link.starts_with("/assets/") && !link.contains("/specimens/") {
                waiting.push_back(link);
            }
        }
        found.push(page);
    }
    found
}

async fn no_field_of_any_page_breaks_the_server(stage: Rc<Stage>) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    let vera = stage.vera_ready().await;
    let gleb = stage.gleb().await;
    stage.begin(&vera).await;
    let huge = "я".repeat(450_000);
    let hostile = [
        huge.as_str(),
        "\0",
        "'\"><script>alert(1)</script>{{7*7}}",
        "00000000-0000-0000-0000-000000000000",
        "-1",
    ];
    let (mut tried, mut looked) = (0, 0);
    let people = [
        ("", "/"),
        ("head", "/overview"),
        ("methodist", "/overview"),
        ("teacher", "/teaching"),
        ("admin", "/workings"),
        ("vera", "/cabinet"),
        ("gleb", "/cabinet"),
    ];
    let mut done = BTreeSet::new();
    for (login, start) in people {
        let guest = match login {
            "" => stage.guest(),
            "vera" => vera.clone(),
            "gleb" => gleb.clone(),
            login => stage.staff(login).await,
        };
        for page in pages(&guest, start).await {
            looked += 1;
            for form in forms(&page) {
                let strange = LEFT_ALONE.iter().any(|left| form.action.starts_with(left));
                if strange || !done.insert((login, kind(&form.action), form.fields.len())) {
                    continue;
                }
                for (place, (field, _)) in form.fields.iter().enumerate() {
                    for text in hostile {
                        let mut sent = form.fields.clone();
                        text.clone_into(&mut sent[place].1);
                        let sent: Vec<_> =
                            sent.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
                        let answer = if form.takes_files {
                            guest.upload(&form.action, &sent, ("", b"")).await
                        } else {
                            guest.post(&form.action, &sent).await
                        };
                        let answer = answer
                            .unwrap_or_else(|error| panic!("{login} {} {field}: {error:#}", form.action));
                        let shown: String = text.chars().take(40).collect();
                        assert!(
                            answer.status.as_u16() < 500,
                            "{login} {} {field} = {shown:?}: {}",
                            form.action,
                            answer.status
                        );
                        assert!(
                            !answer.body.contains("<script>alert(1)"),
                            "{login} {} {field} comes back as markup",
                            form.action
                        );
                        tried += 1;
                    }
                }
            }
        }
        // Whoever was signed out by what was sent is not asked any more.
        if ["head", "methodist", "teacher", "admin"].contains(&login) {
            guest.sign_in(login, PASSWORD).await.unwrap();
        }
    }
    assert!(looked > 80 && tried > 500, "{looked} pages, {tried} forms");
    println!("{looked} pages, {tried} forms");
}
