//! What the press promises whatever the template: the same bytes, living text, tags, clear errors, data as mere words.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::Path;

use papers::{Paper, Press, qr};
use serde_json::{Value, json};

mod reading;

const AT: i64 = 1_795_305_600_000;

fn paper<'a>(template: &'a str, data: &'a Value) -> Paper<'a> {
    Paper { template, data, files: &[], title: "Приказ № 12-З", at: AT }
}

fn text(name: &str, pdf: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, pdf).unwrap();
    reading::text(&path)
}

fn holds(pdf: &[u8], mark: &str) -> bool {
    pdf.windows(mark.len()).any(|part| part == mark.as_bytes())
}

const SHOWN: &str = r#"#let data = json("data.json")
= Приказ
#data.name"#;

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let data = json!({ "name": "Щукина Ёлка Юрьевна" });
    let first = Press::new().print(&paper(SHOWN, &data)).unwrap();
    let press = Press::new();
    assert_eq!(first, press.print(&paper(SHOWN, &data)).unwrap());
    assert_eq!(first, press.print(&paper(SHOWN, &data)).unwrap());

    let other = json!({ "name": "Щукин" });
    assert_ne!(first, press.print(&paper(SHOWN, &other)).unwrap());
    assert_ne!(first, press.print(&Paper { at: AT + 1000, ..paper(SHOWN, &data) }).unwrap());
}

#[test]
fn many_threads_share_a_press() {
    let (press, data) = (Press::new(), json!({ "name": "Орлов" }));
    let printed: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| press.print(&paper(SHOWN, &data)).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(printed.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_paper_is_tagged_russian_and_titled() {
    let pdf = Press::new().print(&paper(SHOWN, &json!({ "name": "Щукина Ёлка Юрьевна" }))).unwrap();
    assert!(text("tagged.pdf", &pdf).contains("Щукина Ёлка Юрьевна"));
    for mark in ["/StructTreeRoot", "/MarkInfo", "/Lang(ru", "D:20261122000000", "Приказ № 12-З"] {
        assert!(holds(&pdf, mark), "no {mark}");
    }
}

#[test]
fn a_broken_template_says_what_and_where() {
    let data = json!({});
    let why = |template: &str| Press::new().print(&paper(template, &data)).unwrap_err().to_string();
    assert_eq!(why("Слово\n\n#nothing"), "main.typ:3:2: unknown variable: nothing");
    let unclosed = why("#text[");
    assert!(unclosed.contains("unclosed delimiter"), "{unclosed}");
    let absent = why("#json(\"data.json\").number");
    assert!(absent.contains("number"), "{absent}");
    let left_out = why("#par[a #block[b]]");
    assert!(left_out.contains("main.typ:1:"), "{left_out}");
}

#[test]
fn a_template_sees_no_disk_no_package_and_no_clock() {
    let data = json!({});
    for template in [
        r#"#read("/etc/passwd")"#,
        r#"#read("../../../etc/passwd")"#,
        r#"#import "@preview/cetz:0.3.0""#,
        "#datetime.today()",
    ] {
        assert!(Press::new().print(&paper(template, &data)).is_err(), "{template}");
    }
    assert!(Press::new().print(&Paper { files: &[("../up.typ", b"")], ..paper("a", &data) }).is_err());
}

#[test]
fn data_is_words_never_markup() {
    let hostile =
        r#"#read("/etc/passwd") *bold* _slanted_ @x $a^2$ <label> \ // tail #{1+1} `raw` = b "q" -- ~ [c]"#;
    let pdf = Press::new().print(&paper(SHOWN, &json!({ "name": hostile }))).unwrap();
    let seen = text("hostile.pdf", &pdf);
    assert!(seen.replace('\n', " ").contains(hostile), "{seen}");
}

#[test]
fn a_code_is_a_picture_of_its_text() {
    assert!(qr("https://meridian.example/v/7Q2K").unwrap().starts_with("<svg"));
    assert!(qr(&"x".repeat(5000)).is_none());
}

#[test]
fn papers_are_bound_page_by_page() {
    let one = |text: &str, size: &str| {
        let template = format!("#set page(paper: \"{size}\")\n{text}\n#pagebreak()\n{text} again");
        Press::new()
            .print(&Paper { template: &template, data: &json!({}), files: &[], title: text, at: 0 })
            .unwrap()
    };
    let bound = Press::new().bind(&[one("first", "a4"), one("second", "a5")], "Both", 0).unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("bound.pdf");
    std::fs::write(&path, &bound).unwrap();
    assert_eq!(reading::pages(&path), 4);
    let seen = reading::text(&path);
    assert!(seen.contains("first again") && seen.contains("second again"), "{seen}");
    assert!(Press::new().bind(&[b"not a paper".to_vec()], "None", 0).is_err());
    // A photo is a page of its own, lying as it was held.
    let photo = include_bytes!("../../photos/tests/scan.jpg").to_vec();
    let bound = Press::new().bind(&[photo, one("first", "a4")], "Copies", 0).unwrap();
    std::fs::write(&path, &bound).unwrap();
    assert_eq!(reading::pages(&path), 3);
    assert!(Press::new().bind(&[[0xff, 0xd8, 0xff, 0].to_vec()], "None", 0).is_err());
    let owner = "Соколова Вера Андреевна, 22.11.2026";
    let stamped = Press::new().stamp(one("first", "a4"), owner, "Both", 0).unwrap();
    assert_eq!(text("stamped.pdf", &stamped).matches(owner).count(), 2, "on each page");
}
