//! Specimens: how each paper looks with this centre's name and signatures, before the first of them is issued.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::html;
use papers::{Paper, Press};
use regulations::Centre;
use serde_json::Value;
use web::{Failure, Reply, download};

use crate::paper::{COMMON, centre_data, head, signatory, template};
use crate::wording::{is_open, words};

const SECTION: Frame = Frame::Office("/settings/numbering");

/// A kind of paper with invented people: one who has everything short, and one who has everything long.
pub(crate) struct Specimen {
    pub kind: &'static str,
    pub name: &'static str,
    pub short: &'static str,
    long: &'static str,
}

macro_rules! specimen {
    ($kind:literal, $name:literal, $file:literal) => {
        Specimen {
            kind: $kind,
            name: $name,
            short: include_str!(concat!("../templates/samples/", $file, ".short.json")),
            long: include_str!(concat!("../templates/samples/", $file, ".long.json")),
        }
    };
}

const SPECIMENS: [Specimen; 10] = [
    specimen!("enrolment_order", "Приказ о зачислении", "enrolment-order"),
    specimen!(
        "learner_order",
        "Приказ о слушателе: отчисление, продление, перевод, имя, уничтожение данных",
        "learner-order"
    ),
    specimen!("commission_protocol", "Протокол итоговой аттестации", "commission-protocol"),
    specimen!("safety_protocol", "Протокол проверки знаний по охране труда", "safety-protocol"),
    specimen!("completion_order", "Приказ об окончании обучения", "completion-order"),
    specimen!("certificate", "Удостоверение о повышении квалификации", "qualification-certificate"),
    specimen!("diploma", "Диплом о профессиональной переподготовке", "diploma"),
    specimen!("diploma_supplement", "Приложение к диплому", "diploma-supplement"),
    specimen!("reference", "Справка об обучении", "study-reference"),
    specimen!("application", "Подписанный текст: заявление, согласие, договор", "signed-text"),
];

impl Specimen {
    pub(crate) fn of(kind: &str) -> Option<&'static Self> {
        SPECIMENS.iter().find(|one| one.kind == kind)
    }
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let body = html! {
        main.dash #main {
            p.crumb { a href="/settings/numbering" { "Нумерация" } }
            div.dash-head { h1 { "Образцы документов" } }
            p.muted { "С вашим названием и подписями, люди и номера выдуманы. На каждом листе стоит «ПРОЕКТ»." }
            ul.lines.l.mt-5 {
                @for one in &SPECIMENS {
                    li.doc {
                        (web::parts::icon("file-badge"))
                        div.body {
                            p.med { (one.name) }
                            p.small.cluster {
                                a href={ "/settings/specimens/" (one.kind) "/short" } target="_blank" { "Обычный" span.sr { ": " (one.name) } }
                                a href={ "/settings/specimens/" (one.kind) "/long" } target="_blank" { "С длинными именами" span.sr { ": " (one.name) } }
                                @if is_open(one.kind) { a href={ "/settings/wordings/" (one.kind) } { "Изменить формулировки" span.sr { ": " (one.name) } } }
                            }
                        }
                    }
                }
            }
        }
    };
    visit.page("Образцы документов", SECTION, body)
}

pub(crate) async fn show(visit: Visit, Path((kind, length)): Path<(String, String)>) -> Reply {
    let one = Specimen::of(&kind).ok_or_else(Failure::missing)?;
    let sample = match length.as_str() {
        "short" => one.short,
        "long" => one.long,
        _ => return Err(Failure::missing()),
    };
    let words = visit.read(move |db| words(db, one.kind)).await?;
    let pdf = print(&visit, one, sample, words).await?;
    Ok(download("application/pdf", &format!("Образец, {}.pdf", one.name), pdf))
}

/// A sample in the centre's name and in these words.
pub(crate) async fn print(
    visit: &Visit,
    one: &'static Specimen,
    sample: &str,
    words: Value,
) -> Result<Vec<u8>, Failure> {
    let centre = visit.read(Centre::load).await?;
    let mut data: Value = serde_json::from_str(sample).map_err(Failure::broken)?;
    wear(&mut data, &centre, visit);
    data["words"] = words;
    let source = template(if one.kind == "learner_order" { "expulsion_order" } else { one.kind })
        .ok_or_else(Failure::missing)?;
    let (title, at, link) = (format!("Образец. {}", one.name), visit.now.0, visit.house.base_url.clone());
    let printing = tokio::task::spawn_blocking(move || {
        let code = papers::qr(&format!("{link}/check")).unwrap_or_default();
        let files: &[(&str, &[u8])] = &[("common.typ", COMMON.as_bytes()), ("qr.svg", code.as_bytes())];
        Press::new().print(&Paper { template: source, data: &data, files, title: &title, at })
    });
    printing.await.map_err(Failure::broken)?.map_err(Failure::broken)
}

/// Puts the centre's own name, place and signatures into a sample, where it has such.
fn wear(data: &mut Value, centre: &Centre, visit: &Visit) {
    let own = [
        ("centre", centre_data(centre)),
        ("city", centre.city.as_str().into()),
        ("director", head(centre, visit.today())),
        ("signatory", head(centre, visit.today())),
        ("secretary", signatory(&centre.secretary.post, &centre.secretary.short_name)),
        ("check", format!("{}/check", visit.house.base_url).into()),
    ];
    for (field, value) in own {
        match (&mut data[field], value) {
            (Value::Object(sample), Value::Object(own)) => sample.extend(own),
            (Value::Null, _) => {}
            (sample, own) => *sample = own,
        }
    }
    data["draft"] = true.into();
}
