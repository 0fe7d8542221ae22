//! Every template of the documents domain with each of its samples: it prints, fits and says what it must.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::{Path, PathBuf};
use std::{fs, time::Instant};

use papers::{Paper, Press};
use serde_json::Value;

mod reading;

const AT: i64 = 1_795_305_600_000;

/// Seen from this crate, where its tests run; a path of the build would be another clone's when the target folder is shared.
fn templates() -> PathBuf {
    "../../domains/documents/templates".into()
}

fn read(file: &str) -> String {
    let path = templates().join(file);
    fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn sample(name: &str) -> Value {
    serde_json::from_str(&read(&format!("samples/{name}.json"))).unwrap()
}

fn print(template: &str, name: &str, data: &Value) -> PathBuf {
    let common = read("common.typ");
    let qr = papers::qr("https://meridian.example/v/7Q2K-41MD").unwrap();
    let began = Instant::now();
    let pdf = Press::new()
        .print(&Paper {
            template: &read(&format!("{template}.typ")),
            data,
            files: &[("common.typ", common.as_bytes()), ("qr.svg", qr.as_bytes())],
            title: template,
            at: AT,
        })
        .unwrap_or_else(|why| panic!("{name}:\n{why}"));
    println!("{name}: {} KB, {:?}", pdf.len() / 1024, began.elapsed());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    fs::write(&path, pdf).unwrap();
    path
}

/// All samples of a template; each shows these of its fields.
fn each(template: &str, fields: &[&str], look: impl Fn(&Value, &str, usize)) {
    let mut samples: Vec<String> = fs::read_dir(templates().join("samples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| name.starts_with(&format!("{template}.")))
        .collect();
    samples.sort();
    assert!(samples.len() >= 2, "{template} has a short and a long sample");
    for name in samples {
        let data = sample(&name);
        let path = print(template, &name, &data);
        let text = reading::text(&path);
        for field in fields {
            let words =
                data.pointer(field).and_then(Value::as_str).unwrap_or_else(|| panic!("{name}: {field}"));
            assert!(reading::says(&text, words), "{name} does not say «{words}»:\n{text}");
        }
        let own = data["words"].as_object().into_iter().flatten().filter_map(|(_, words)| words.as_str());
        for line in own.flat_map(str::lines) {
            assert!(reading::says(&text, line), "{name} does not say the centre's «{line}»:\n{text}");
        }
        assert_eq!(reading::says(&text, "ПРОЕКТ"), data["draft"] == true, "{name}: the mark of a draft");
        let (left, right) = reading::edges(&path);
        assert!(left > 19.9 && right > 14.9, "{name} leaves the paper: {left:.1} and {right:.1} mm are left");
        look(&data, &text, reading::pages(&path));
    }
}

/// Every person of the list is there, and a list of one takes one page.
fn everybody(list: &str, name: &str) -> impl Fn(&Value, &str, usize) {
    move |data, text, pages| {
        let people = data[list].as_array().unwrap();
        for person in people {
            let words = person[name].as_str().unwrap();
            assert!(reading::says(text, words), "no «{words}» in:\n{text}");
        }
        assert!(people.len() > 1 || pages == 1, "one person, {pages} pages");
    }
}

/// A duplicate says that it is one, and of what; nothing else does.
fn duplicate(data: &Value, text: &str) {
    let original = data.pointer("/duplicate/of").and_then(Value::as_str);
    assert_eq!(reading::says(text, "ДУБЛИКАТ"), original.is_some(), "the mark of a duplicate:\n{text}");
    assert!(reading::says(text, original.unwrap_or("")), "what it stands for:\n{text}");
}

#[test]
fn enrolment_order() {
    let fields = ["/number", "/date", "/centre/full_name", "/programme/title", "/signatory/short_name"];
    each("enrolment-order", &fields, everybody("learners", "full_name_accusative"));
}

#[test]
fn completion_order() {
    let fields = ["/number", "/protocol/number", "/programme/title", "/learners/0/document"];
    each("completion-order", &fields, |data, text, pages| {
        let alone = data["learners"].as_array().unwrap().len() == 1;
        everybody("learners", if alone { "full_name_accusative" } else { "full_name" })(data, text, pages);
        let registered = data.pointer("/learners/0/register_number").is_some();
        assert_eq!(reading::says(text, "Регистрационный номер"), registered);
    });
}

#[test]
fn commission_protocol() {
    let fields = ["/number", "/order/number", "/chairman/short_name", "/secretary/short_name", "/threshold"];
    each("commission-protocol", &fields, everybody("lines", "full_name"));
}

#[test]
fn safety_protocol() {
    let fields =
        ["/number", "/order/number", "/programme/title", "/lines/0/registry_number", "/lines/0/position"];
    each("safety-protocol", &fields, everybody("lines", "full_name"));
}

#[test]
fn qualification_certificate() {
    let fields =
        ["/register_number", "/full_name", "/programme/title", "/programme/hours_genitive", "/check"];
    each("qualification-certificate", &fields, |data, text, pages| {
        duplicate(data, text);
        assert_eq!(pages, 1);
    });
}

#[test]
fn learner_order() {
    let fields = [
        "/number",
        "/date",
        "/centre/full_name",
        "/heading",
        "/clauses/0",
        "/basis",
        "/signatory/short_name",
    ];
    each("learner-order", &fields, |data, text, _| {
        for clause in data["clauses"].as_array().unwrap() {
            let words = clause.as_str().unwrap();
            assert!(reading::says(text, words), "no «{words}» in:\n{text}");
        }
        for fact in data["facts"].as_array().unwrap() {
            let value = fact[1].as_str().unwrap_or("");
            assert!(reading::says(text, value), "no «{value}» in:\n{text}");
            let name = fact[0].as_str().unwrap();
            assert_eq!(reading::says(text, name), !value.is_empty(), "«{name}» in:\n{text}");
        }
    });
}

#[test]
fn diploma() {
    let fields = [
        "/register_number",
        "/full_name",
        "/programme/title",
        "/programme/hours_genitive",
        "/decision_date",
        "/chairman/short_name",
        "/check",
    ];
    each("diploma", &fields, |data, text, pages| {
        duplicate(data, text);
        for (field, sentence) in
            [("qualification", "присвоение квалификации"), ("activity", "право на ведение нового вида")]
        {
            let words = data[field].as_str();
            assert_eq!(reading::says(text, sentence), words.is_some(), "{sentence}:\n{text}");
            assert!(reading::says(text, words.unwrap_or("")), "{field}:\n{text}");
        }
        assert_eq!(pages, 1);
    });
}

#[test]
fn diploma_supplement() {
    let fields = [
        "/register_number",
        "/full_name",
        "/previous_education",
        "/programme/title",
        "/attestation/form",
        "/attestation/grade",
        "/total_hours",
        "/chairman/short_name",
    ];
    each("diploma-supplement", &fields, |data, text, pages| {
        duplicate(data, text);
        everybody("rows", "title")(data, text, pages);
        assert!(reading::says(text, "без диплома недействительно"));
        let heads = text.matches("Наименование модуля").count();
        assert!(pages == 1 || heads > 1, "{heads} heads of the table on {pages} pages");
    });
}

#[test]
fn study_reference() {
    let fields = [
        "/register_number",
        "/full_name",
        "/programme/title",
        "/attestation",
        "/reason",
        "/order/number",
        "/director/short_name",
    ];
    each("study-reference", &fields, |data, text, pages| {
        duplicate(data, text);
        everybody("rows", "title")(data, text, pages);
        let studied = !data["rows"].as_array().unwrap().is_empty();
        assert_eq!(reading::says(text, "Всего часов"), studied);
    });
}

#[test]
fn programme() {
    let fields =
        ["/programme/title", "/centre/full_name", "/goal", "/attestation/procedure", "/literature/1"];
    each("programme", &fields, |data, text, _| {
        everybody("modules", "title")(data, text, 2);
        assert!(
            reading::says(text, "УТВЕРЖДАЮ") == data["approved"].is_string(),
            "who has approved it:\n{text}"
        );
    });
}

#[test]
fn signed_text() {
    each("signed-text", &["/centre/full_name"], |data, text, _| {
        for fact in data["signature"].as_array().unwrap() {
            assert!(reading::says(text, fact[1].as_str().unwrap()), "{fact}:\n{text}");
        }
    });
}

#[test]
fn note() {
    each("note", &["/title", "/subtitle", "/footer"], |_, text, _| assert!(text.contains('—')));
}

/// Every string of the data, replaced.
fn reworded(data: &Value, words: &str) -> Value {
    match data {
        Value::String(_) => words.into(),
        Value::Array(items) => items.iter().map(|item| reworded(item, words)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), reworded(value, words))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn any_words_are_only_words() {
    let hostile = r#"#read("/etc/passwd") *b* $x$ @y <z> \ // `c` "q" -- ["#;
    for template in [
        "enrolment-order",
        "completion-order",
        "commission-protocol",
        "safety-protocol",
        "qualification-certificate",
        "learner-order",
        "diploma",
        "diploma-supplement",
        "study-reference",
        "programme",
        "signed-text",
        "note",
    ] {
        let data = sample(&format!("{template}.long"));
        let path = print(template, &format!("{template}-hostile"), &reworded(&data, hostile));
        let text = reading::text(&path);
        assert!(reading::says(&text, hostile), "{template}:\n{text}");
        print(template, &format!("{template}-empty"), &reworded(&data, ""));
    }
}
