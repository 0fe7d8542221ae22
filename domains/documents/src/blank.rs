//! Accounting of printed blanks (domain reference 2.8): in stock → bound to a document → handed over; a spoilt one is written off
//! by an act. A document takes the lowest free blank when it is registered; where there is none, it waits for the next batch.
use regulations::Centre;
use serde_json::Value;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;

use crate::credential::Credential;
use crate::paper;

/// What is printed on blanks.
pub(crate) const KINDS: [(&str, &str); 3] =
    [("certificate", "Удостоверение"), ("diploma", "Диплом"), ("diploma_supplement", "Приложение к диплому")];

pub(crate) fn kind(code: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|(kind, _)| *kind == code).map(|(kind, _)| kind)
}

pub(crate) fn name(code: &str) -> &'static str {
    KINDS.into_iter().find(|(kind, _)| *kind == code).map_or("", |(_, name)| name)
}

/// Series and number as the register and the paper say them: «ПК 000123».
pub(crate) fn written(series: &str, number: &str) -> String {
    if series.is_empty() { number.to_owned() } else { format!("{series} {number}") }
}

/// Binds the lowest free blank of this kind to the document, and says which.
fn bind(work: &mut Work, kind: &str, credential: Uuid) -> Stored<Option<(String, String)>> {
    let free = work.maybe(
        "select id, series, number from blank where kind = ?1 and state = 'free'
         order by created_at, series, length(number), number limit 1",
        values![kind],
        |row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?, row.get::<String>(2)?)),
    )?;
    let Some((id, series, number)) = free else { return Ok(None) };
    let today = work.today();
    work.run(
        "update blank set state = 'bound', credential = ?2, changed_on = ?3 where id = ?1 and state = 'free'",
        values![id, credential, today],
    )?;
    if kind != "diploma_supplement" {
        work.run(
            "update credential set series = ?2, blank_number = ?3 where id = ?1",
            values![credential, &series, &number],
        )?;
    }
    work.note_with("blank.bound", id, Some(&written(&series, &number)))?;
    Ok(Some((series, number)))
}

/// Gives a document that is being printed its blank, where blanks are accounted for: the paper's data name it.
pub(crate) fn take(work: &mut Work, kind: &str, credential: Uuid, data: &mut Value) -> Stored<()> {
    let Some(kind) = self::kind(kind) else { return Ok(()) };
    if !Centre::load(work)?.blanks {
        return Ok(());
    }
    match bind(work, kind, credential)? {
        Some((series, number)) => name_on(kind, data, &series, &number),
        None => want(work, kind, credential)?,
    }
    Ok(())
}

fn name_on(kind: &str, data: &mut Value, series: &str, number: &str) {
    if kind == "diploma_supplement" {
        data["own_blank"] = written(series, number).into();
    } else {
        (data["series"], data["blank_number"]) = (series.into(), number.into());
    }
}

/// Names the blank of another paper's data, or none.
pub(crate) fn copy_name(from: &Value, data: &mut Value) {
    if let Some(data) = data.as_object_mut() {
        data.remove("own_blank");
        for field in ["series", "blank_number"] {
            match &from[field] {
                Value::Null => data.remove(field),
                value => data.insert(field.to_owned(), value.clone()),
            };
        }
    }
}

/// Documents in force that were to have a blank when none was free, the oldest first.
pub(crate) fn waiting(db: &mut Db, kind: &str) -> Stored<Vec<Uuid>> {
    db.all(
        "select c.id from blank_wanted w join credential c on c.id = w.credential
         where w.kind = ?1 and c.ended_on is null order by c.created_at, c.seq",
        values![kind],
        |row| row.get(0),
    )
}

fn want(work: &mut Work, kind: &str, credential: Uuid) -> Stored<()> {
    work.run(
        "insert into blank_wanted (credential, kind) values (?1, ?2) on conflict do nothing",
        values![credential, kind],
    )?;
    Ok(())
}

/// How many documents wait for a blank.
pub fn count_waiting(db: &mut Db) -> Stored<i64> {
    db.count(
        "select cast(count(*) as bigint) from blank_wanted w join credential c on c.id = w.credential where c.ended_on is null",
        &[],
    )
}

/// Binds free blanks to the documents that wait for them, and prints these anew.
pub(crate) fn serve(work: &mut Work, kind: &'static str) -> Stored<()> {
    for credential in waiting(work, kind)? {
        let Some((series, number)) = bind(work, kind, credential)? else { return Ok(()) };
        work.run("delete from blank_wanted where credential = ?1 and kind = ?2", values![credential, kind])?;
        reprint(work, kind, credential, Some((&series, &number)))?;
    }
    Ok(())
}

/// The document's papers with another blank, or without one; the number and day of the register stay.
fn reprint(work: &mut Work, kind: &str, credential: Uuid, blank: Option<(&str, &str)>) -> Stored<()> {
    for mut said in paper::said(work, credential)? {
        // The supplement names the diploma's blank beside its own.
        if said.kind != kind && !(kind == "diploma" && said.kind == "diploma_supplement") {
            continue;
        }
        match blank {
            Some((series, number)) => name_on(kind, &mut said.data, series, number),
            None if kind == "diploma_supplement" => said.data["own_blank"] = Value::Null,
            None => (said.data["series"], said.data["blank_number"]) = (Value::Null, Value::Null),
        }
        paper::anew(work, said.id, &said.data)?;
    }
    Ok(())
}

/// Whether anything changed: what was handed over or written off stays so.
pub(crate) fn settle(work: &mut Work, id: Uuid, what: &str, note: &str) -> Stored<bool> {
    let (kind, credential): (String, Option<Uuid>) =
        work.one("select kind, credential from blank where id = ?1", values![id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let today = work.today();
    let changed = work.run(
        "update blank set state = ?2, note = ?3, changed_on = ?4
         where id = ?1 and (state = 'bound' or state = 'free' and ?2 = 'spoilt')",
        values![id, what, note, today],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    work.note_with(if what == "spoilt" { "blank.spoilt" } else { "blank.issued" }, id, Some(note))?;
    let Some(credential) = credential.filter(|_| what == "spoilt") else { return Ok(true) };
    // What is out of force stays in the register as it was handed out.
    if Credential::find(work, credential)?.ended.is_some() {
        return Ok(true);
    }
    let kind = self::kind(&kind).ok_or_else(|| Fault::data(format!("a blank of kind {kind}")))?;
    // Until another is bound the document has none.
    if kind != "diploma_supplement" {
        work.run(
            "update credential set series = null, blank_number = null where id = ?1",
            values![credential],
        )?;
    }
    let counted = Centre::load(work)?.blanks;
    let next = if counted { bind(work, kind, credential)? } else { None };
    if counted && next.is_none() {
        want(work, kind, credential)?;
    }
    let named = next.as_ref().map(|(series, number)| (series.as_str(), number.as_str()));
    reprint(work, kind, credential, named)?;
    Ok(true)
}
