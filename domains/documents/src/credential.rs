//! A certificate: issued inside the unit that closes the protocol, with its register number and the token of its QR.
use accounts::person::Person;
use admissions::Enrolment;
use programmes::Content;
use regulations::Centre;
use serde_json::json;
use store::{Stored, Work, values};
use uuid::Uuid;
use words::folded;

use crate::number;
use crate::paper::{Wanted, centre_data, programme_data, signatory, want};

/// Where the certificate comes from.
pub(crate) struct Grounds {
    pub protocol: Uuid,
    pub order: Uuid,
    /// `https://study.example.ru`
    pub base_url: String,
}

/// Issues the certificate and returns its register number.
pub(crate) fn issue(
    work: &mut Work,
    enrolment: &Enrolment,
    person: &Person,
    content: &Content,
    grounds: &Grounds,
) -> Stored<String> {
    let centre = Centre::load(work)?;
    let number = number::next(work, "certificate")?;
    let (id, token, today, now) = (Uuid::now_v7(), Uuid::new_v4(), work.today(), work.now());
    let full_name = person.name.to_string();
    work.run(
        "insert into credential (id, kind, year, seq, register_number, enrolment, person, protocol, completion_order,
         issued_on, token, full_name, surname_folded, programme_title, hours, created_at)
         values (?1, 'certificate', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        values![
            id, number.year, number.seq, &number.text, enrolment.id, enrolment.person, grounds.protocol, grounds.order,
            today, token, &full_name, folded(&person.name.family), &content.title, content.hours, now
        ],
    )?;
    work.note_with("credential.issued", id, Some(&number.text))?;
    let address = format!("{}/check/{token}", grounds.base_url);
    let shown = grounds.base_url.split_once("://").map_or(grounds.base_url.as_str(), |(_, host)| host);
    let data = json!({
        "centre": centre_data(&centre), "city": centre.city, "register_number": number.text, "issued": today.in_words(),
        "full_name": full_name, "passed": person.sex.agree("прошла", "прошёл"),
        "starts": enrolment.starts.in_words(), "ends": today.in_words(), "programme": programme_data(content),
        "director": signatory(&centre.director.post, &centre.director.short_name),
        "secretary": signatory(&centre.secretary.post, &centre.secretary.short_name),
        "check": format!("{shown}/check"), "qr": address,
    });
    want(
        work,
        &Wanted {
            kind: "certificate",
            title: content.kind.document(),
            number: &number.text,
            person: Some(enrolment.person),
            enrolment: Some(enrolment.id),
            data: &data,
        },
    )?;
    Ok(number.text)
}
