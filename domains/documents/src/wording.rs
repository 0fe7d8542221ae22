//! The centre's own words in its papers (п. 4.3.9): templates name the places and our words for them, `#worded("preamble", "…")`;
//! a centre writes others. A paper keeps the words of the day on which it was asked for.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, download, parts, see_other};

use crate::paper::template;
use crate::specimen::{Specimen, print};

const SECTION: Frame = Frame::Office("/settings/numbering");

/// A place in a template: its code, the longest text in characters, what the page calls it, how it is used.
const PLACES: [(&str, usize, &str, &str); 6] = [
    ("preamble", 600, "Начало приказа", "Перед словом «приказываю»"),
    (
        "clauses",
        1500,
        "Ещё пункты",
        "Каждый с новой строки; номера встанут сами. Например, «Назначить куратором группы А. С. Лаптеву.»",
    ),
    ("control", 400, "Последний пункт", "Кто следит за исполнением"),
    ("decision", 600, "Решение комиссии", "Над подписями"),
    ("opening", 200, "Первые слова", "Перед именем"),
    ("note", 300, "Примечание", "Под основным текстом; можно оставить пустым"),
];

/// Extracts and orders of one make share their words with the paper that they are of.
fn family(kind: &str) -> &str {
    match kind {
        "enrolment_extract" => "enrolment_order",
        "safety_extract" => "safety_protocol",
        "expulsion_order" | "extension_order" | "name_order" | "transfer_order" | "erasure_order" => {
            "learner_order"
        }
        other => other,
    }
}

/// A place of one template with our words for it.
struct Slot {
    code: &'static str,
    label: &'static str,
    tip: &'static str,
    ours: String,
    /// In characters.
    longest: usize,
}

/// The places of a kind of paper, as its template names them.
fn slots(kind: &str) -> Vec<Slot> {
    let kind = if kind == "learner_order" { "expulsion_order" } else { kind };
    let source = template(kind).unwrap_or_default();
    PLACES
        .into_iter()
        .filter_map(|(code, longest, label, tip)| {
            let rest = source.split(&format!("worded(\"{code}\", \"")).nth(1)?;
            let ours = rest.split("\")").next()?.replace("\\u{a0}", " ");
            Some(Slot { code, label, tip, ours, longest })
        })
        .collect()
}

/// What the centre has put in the place of our words, by place.
fn own(db: &mut Db, kind: &str) -> Stored<BTreeMap<String, String>> {
    let rows = db.all("select slot, text from wording where kind = ?1", values![kind], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// The same as a template reads it, for a paper of this kind.
pub(crate) fn words(db: &mut Db, kind: &str) -> Stored<Value> {
    serde_json::to_value(own(db, family(kind))?).map_err(Fault::data)
}

/// Whether papers of this kind have places for other words.
pub(crate) fn is_open(kind: &str) -> bool {
    !slots(kind).is_empty()
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// What differs from our words, by place; or what is wrong.
    fn check(&self, slots: &[Slot]) -> Result<BTreeMap<String, String>, Messages> {
        let (mut said, mut own) = (Messages::none(), BTreeMap::new());
        for slot in slots {
            let text = self.0.get(slot.code).map_or("", |text| text.trim()).replace("\r\n", "\n");
            // Tabs and their like come with what is pasted from elsewhere.
            let text = text.replace(|c: char| c.is_control() && c != '\n', " ");
            // Numbers come by themselves.
            let text: Vec<_> = text.lines().map(|line| without_number(slot.code, line)).collect();
            let text = text.join("\n");
            if text.contains(['{', '}']) {
                said.say(
                    slot.code,
                    format!("{}: слова в фигурных скобках здесь не заменяются, уберите скобки", slot.label),
                );
            } else if text.chars().count() > slot.longest {
                said.say(slot.code, format!("{}: не больше {} знаков", slot.label, slot.longest));
            } else if !text.is_empty() && text != slot.ours {
                own.insert(slot.code.to_owned(), text);
            }
        }
        if said.is_empty() { Ok(own) } else { Err(said) }
    }
}

/// «3. Выдать доступ.» → «Выдать доступ.»: a clause gets its number in the order.
fn without_number<'a>(place: &str, line: &'a str) -> &'a str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(['.', ')']) {
        Some(words) if place == "clauses" && rest.len() < line.trim_start().len() => words.trim_start(),
        _ => line,
    }
}

fn specimen(kind: &str) -> Result<(&'static Specimen, Vec<Slot>), Failure> {
    let slots = slots(kind);
    let one = Specimen::of(kind).filter(|_| !slots.is_empty()).ok_or_else(Failure::missing)?;
    Ok((one, slots))
}

pub(crate) async fn show(visit: Visit, Path(kind): Path<String>) -> Reply {
    let (one, slots) = specimen(&kind)?;
    let form = Form(visit.read(move |db| own(db, one.kind)).await?);
    visit.page(one.name, SECTION, page(one, &slots, &form, &Messages::none()))
}

pub(crate) async fn submit(
    visit: Visit,
    Path(kind): Path<String>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let (one, slots) = specimen(&kind)?;
    match form.check(&slots) {
        Ok(own) => {
            visit.write(move |work| keep(work, one.kind, &own)).await?;
            Ok(see_other(&format!("/settings/wordings/{kind}")))
        }
        Err(said) => visit.again(one.name, SECTION, page(one, &slots, &form, &said)),
    }
}

/// A specimen with what stands in the fields, kept or not.
pub(crate) async fn preview(
    visit: Visit,
    Path(kind): Path<String>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let (one, slots) = specimen(&kind)?;
    match form.check(&slots) {
        Ok(own) => {
            let words = serde_json::to_value(own).map_err(Failure::broken)?;
            let pdf = print(&visit, one, one.short, words).await?;
            Ok(download("application/pdf", &format!("Образец, {}.pdf", one.name), pdf))
        }
        Err(said) => visit.again(one.name, SECTION, page(one, &slots, &form, &said)),
    }
}

fn keep(work: &mut Work, kind: &str, own: &BTreeMap<String, String>) -> Stored<()> {
    work.run("delete from wording where kind = ?1", values![kind])?;
    for (slot, text) in own {
        work.run("insert into wording (kind, slot, text) values (?1, ?2, ?3)", values![kind, slot, text])?;
    }
    work.note_with("wording.changed", Uuid::nil(), Specimen::of(kind).map(|one| one.name))
}

fn page(one: &Specimen, slots: &[Slot], form: &Form, said: &Messages) -> Markup {
    let address = format!("/settings/wordings/{}", one.kind);
    html! {
        main.dash #main {
            p.crumb { a href="/settings/specimens" { "Образцы документов" } }
            div.dash-head { h1 { (one.name) } }
            p.muted { "Эти слова встанут в документы, которые появятся после сохранения. Прежние не изменятся. Пустое поле — обычные слова." }
            (parts::summary(said))
            (parts::form(&address, "form mt-5", &html! {
                @for slot in slots {
                    (area(slot, form, said))
                }
                div.cluster {
                    (parts::submit("Сохранить"))
                    button.btn type="submit" formaction={ (address) "/preview" } formtarget="_blank" { "Показать образец" }
                }
            }))
        }
    }
}

fn area<'a>(slot: &'a Slot, form: &'a Form, said: &'a Messages) -> parts::Field<'a> {
    let text = form.0.get(slot.code).unwrap_or(&slot.ours);
    let area = parts::area(slot.code, slot.label, text, 3).tip(slot.tip).told(said);
    if slot.ours.is_empty() { area.optional() } else { area }
}

#[cfg(test)]
mod tests {
    use super::{family, slots};

    #[test]
    fn every_order_and_document_has_places_for_the_centres_words() {
        for (kind, places) in [
            ("enrolment_order", ["preamble", "clauses", "control"].as_slice()),
            ("completion_order", &["preamble", "clauses", "control"]),
            ("learner_order", &["preamble", "control"]),
            ("commission_protocol", &["decision", "note"]),
            ("safety_protocol", &["note"]),
            ("certificate", &["opening", "note"]),
            ("diploma", &["opening", "note"]),
            ("reference", &["note"]),
        ] {
            let found = slots(kind);
            assert_eq!(found.iter().map(|slot| slot.code).collect::<Vec<_>>(), places, "{kind}");
            assert!(found.iter().all(|slot| !slot.ours.contains('\\')), "{kind}");
        }
        assert!(slots("application").is_empty());
        assert_eq!(family("name_order"), "learner_order");
    }
}
