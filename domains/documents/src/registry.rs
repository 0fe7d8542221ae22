//! Numbers under which the state's registry has recorded those trained in labour protection: they come after the protocol
//! is closed, and the protocol is printed again with them (domain reference 2.9).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::FullName;

use crate::paper::{self, Wanted, want};

const SECTION: Frame = Frame::Office("/orders");
/// Longer than any number of the registry.
const LONGEST: usize = 40;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    line: Vec<Uuid>,
    /// What stood there when the page was opened.
    was: Vec<String>,
    number: Vec<String>,
}

struct Line {
    id: Uuid,
    enrolment: Uuid,
    name: FullName,
    passed: bool,
    /// As it is kept, and as it is shown.
    was: String,
    number: String,
}

/// The number of a closed protocol and its lines, as they stand on paper.
fn protocol(db: &mut Db, id: Uuid) -> Stored<(String, Vec<Line>)> {
    let number = db.one(
        "select number from protocol where id = ?1 and state = 'closed' and kind = 'safety_protocol'",
        values![id],
        |row| row.get(0),
    )?;
    let lines = db.all(
        "select l.id, l.enrolment, p.family, p.given, p.patronymic, l.passed, coalesce(l.registry_number, '')
         from protocol_line l join enrolment e on e.id = l.enrolment join person p on p.id = e.person
         where l.protocol = ?1 order by l.created_at, l.id",
        values![id],
        |row| {
            Ok(Line {
                id: row.get(0)?,
                enrolment: row.get(1)?,
                name: FullName { family: row.get(2)?, given: row.get(3)?, patronymic: row.get(4)? },
                passed: row.get(5)?,
                was: row.get(6)?,
                number: row.get(6)?,
            })
        },
    )?;
    Ok((number, lines))
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (number, lines) = visit.read(move |db| protocol(db, id)).await?;
    visit.page("Номера реестра", SECTION, page(id, &number, &lines, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let (number, mut lines) = visit.read(move |db| protocol(db, id)).await?;
    let mut changes = Vec::new();
    for line in &mut lines {
        let Some(at) = form.line.iter().position(|one| *one == line.id) else { continue };
        let typed = form.number.get(at).map(|typed| typed.trim().to_owned()).unwrap_or_default();
        let was = form.was.get(at).cloned().unwrap_or_default();
        if typed != was {
            changes.push((line.id, was, typed.clone()));
        }
        line.number = typed;
    }
    if let Some(long) = lines.iter().find(|line| line.number.chars().count() > LONGEST) {
        let said = Messages::one("number", format!("{}: номер длиннее {LONGEST} знаков", long.name));
        return visit.again("Номера реестра", SECTION, page(id, &number, &lines, &said));
    }
    visit.write(move |work| record(work, id, &changes)).await?;
    Ok(see_other("/orders"))
}

/// Keeps what was changed (line, what stood there, what was typed) where nobody has changed it meanwhile, and prints the
/// protocol with the extracts of those lines again.
fn record(work: &mut Work, id: Uuid, changes: &[(Uuid, String, String)]) -> Stored<()> {
    let mut changed = Vec::new();
    for (line, was, number) in changes {
        let kept = work.run(
            "update protocol_line set registry_number = ?3
             where id = ?1 and protocol = ?4 and coalesce(registry_number, '') = ?2",
            values![*line, was, number, id],
        )?;
        if kept > 0 {
            changed.push(*line);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    work.note("protocol.registered", id)?;
    let (_, lines) = protocol(work, id)?;
    for mut one in paper::said(work, id)? {
        let kind = if one.kind == "safety_extract" { "safety_extract" } else { "safety_protocol" };
        let printed =
            one.data["lines"].as_array_mut().ok_or_else(|| Fault::data("a protocol without lines"))?;
        // Protocols of the first versions do not name their lines: there they stand in the order of the record.
        let own: Vec<_> = lines
            .iter()
            .filter(|line| kind == "safety_protocol" || one.enrolment == Some(line.enrolment))
            .collect();
        let mut touched = kind == "safety_protocol";
        for (at, shown) in printed.iter_mut().enumerate() {
            let named =
                lines.iter().find(|line| shown["line"].as_str() == Some(line.id.to_string().as_str()));
            if let Some(line) = named.or(own.get(at).copied()) {
                touched |= changed.contains(&line.id);
                shown["registry_number"] = line.number.as_str().into();
            }
        }
        if !touched {
            continue;
        }
        paper::end(work, one.id)?;
        want(
            work,
            &Wanted {
                title: &one.title,
                number: &one.number,
                person: one.person,
                enrolment: one.enrolment,
                protocol: Some(id),
                group: one.group,
                ..Wanted::of(kind, &one.data)
            },
        )?;
    }
    Ok(())
}

fn page(id: Uuid, number: &str, lines: &[Line], said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href="/orders" { "Приказы и протоколы" } }
            div.dash-head { h1 { "Номера реестра" } span.small.muted { "Протокол № " (number) } }
            p.muted { "Номера записей из реестра обученных по охране труда. Протокол и выписки напечатаются заново." }
            (parts::summary(said))
            (parts::form(&format!("/protocols/{id}/registry"), "form mt-5", &html! {
                ol.lines #number {
                    @for line in lines.iter().filter(|line| line.passed) {
                        li.doc {
                            div.body { label for={ "line-" (line.id) } { (line.name) } }
                            input type="hidden" name="line" value=(line.id);
                            input type="hidden" name="was" value=(line.was);
                            input id={ "line-" (line.id) } name="number" value=(line.number) maxlength=(LONGEST) inputmode="numeric" autocomplete="off";
                        }
                    }
                }
                div { (parts::submit("Сохранить и напечатать")) }
            }))
        }
    }
}
