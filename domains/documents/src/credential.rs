//! Documents issued to a person: certificate, diploma with its supplement, reference. Each is registered inside the unit that
//! makes it, with its number and the token of its QR; one of a kind is in force at a time (domain reference 2.8).
use accounts::person::Person;
use admissions::Enrolment;
use attestation::Standing;
use programmes::{Content, Kind};
use regulations::Centre;
use serde_json::{Value, json};
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;
use words::{Day, folded};

use crate::paper::{Wanted, centre_data, head, programme_data, signatory, want};
use crate::replace::Reason;
use crate::{blank, number};

/// What a document may be, by the code it is stored under.
pub(crate) fn title(kind: &str) -> &'static str {
    match kind {
        "certificate" => Kind::Upskilling.document(),
        "diploma" => Kind::Retraining.document(),
        _ => "Справка об обучении",
    }
}

/// A row of the register.
#[derive(Clone, Debug)]
pub struct Credential {
    pub id: Uuid,
    pub kind: String,
    pub number: String,
    pub enrolment: Uuid,
    pub person: Uuid,
    pub protocol: Option<Uuid>,
    pub grounds: Uuid,
    pub issued: Day,
    pub full_name: String,
    pub programme: String,
    pub hours: i64,
    pub duplicate: bool,
    /// Out of force since, and why.
    pub ended: Option<(Day, String)>,
    /// Series and number of the printed blank: «ПК 000123»; empty: none.
    pub blank: String,
}

macro_rules! credentials {
    ($rest:literal) => {
        concat!(
            "select id, kind, register_number, enrolment, person, protocol, grounds, issued_on, full_name, \
             programme_title, hours, duplicate, ended_on, ended_why, coalesce(series, ''), coalesce(blank_number, '') from credential ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Credential> {
    let ended =
        row.get::<Option<String>>(12)?.map(|day| Day::parse(&day)).transpose().map_err(Fault::data)?;
    Ok(Credential {
        id: row.get(0)?,
        kind: row.get(1)?,
        number: row.get(2)?,
        enrolment: row.get(3)?,
        person: row.get(4)?,
        protocol: row.get(5)?,
        grounds: row.get(6)?,
        issued: row.parsed(7, Day::parse)?,
        full_name: row.get(8)?,
        programme: row.get(9)?,
        hours: row.get(10)?,
        duplicate: row.get(11)?,
        ended: ended.zip(row.get::<Option<String>>(13)?),
        blank: blank::written(&row.get::<String>(14)?, &row.get::<String>(15)?),
    })
}

impl Credential {
    /// «Удостоверение о повышении квалификации, дубликат»
    pub fn title(&self) -> String {
        format!("{}{}", title(&self.kind), if self.duplicate { ", дубликат" } else { "" })
    }

    /// «утрачен 22.11.2026»: why and since when it is out of force.
    pub fn end_in_words(&self) -> Option<String> {
        let (day, why) = self.ended.as_ref()?;
        Some(format!("{} {}", Reason::parse(why).map_or("не действует", Reason::russian), day.dotted()))
    }

    pub(crate) fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(credentials!("where id = ?1"), values![id], read)
    }

    /// All of a person's, the newest first.
    pub fn all_of(db: &mut Db, person: Uuid) -> Stored<Vec<Self>> {
        db.all(credentials!("where person = ?1 order by created_at desc, id desc"), values![person], read)
    }

    pub(crate) fn by_token(db: &mut Db, token: Uuid) -> Stored<Self> {
        db.one(credentials!("where token = ?1"), values![token], read)
    }

    /// By number together with the date of issue or the surname.
    pub(crate) fn by_number(db: &mut Db, number: &str, proof: &str) -> Stored<Option<Self>> {
        let day = Day::parse(proof).map_or_else(|_| String::new(), |day| day.to_string());
        db.maybe(
            credentials!("where register_number = ?1 and (issued_on = ?2 or surname_folded = ?3) order by created_at desc limit 1"),
            values![number, day, folded(proof)],
            read,
        )
    }

    /// The whole book in the order of issue, each with the numbers of its protocol and order.
    pub(crate) fn book(db: &mut Db) -> Stored<Vec<(Self, String, String)>> {
        let lines = db.all(credentials!("order by created_at, id"), &[], read)?;
        let numbers = |db: &mut Db, one: &Self| {
            let protocol = "select coalesce(number, '') from protocol where id = ?1";
            let protocol = match one.protocol {
                Some(id) => db.one(protocol, values![id], |row| row.get(0))?,
                None => String::new(),
            };
            let order = "select number from official_order where id = ?1";
            Ok((protocol, db.one(order, values![one.grounds], |row| row.get(0))?))
        };
        lines
            .into_iter()
            .map(|one| numbers(db, &one).map(|(protocol, order)| (one, protocol, order)))
            .collect()
    }

    /// The register, the newest first.
    pub(crate) fn newest(db: &mut Db) -> Stored<Vec<Self>> {
        db.all(credentials!("order by year desc, created_at desc, seq desc limit 1000"), &[], read)
    }
}

/// A document to be registered.
pub(crate) struct Entry<'a> {
    pub kind: &'static str,
    pub enrolment: &'a Enrolment,
    pub person: &'a Person,
    pub content: &'a Content,
    pub protocol: Option<Uuid>,
    /// The order that it is issued by.
    pub grounds: Uuid,
    /// As printed: those of the programme, or those studied.
    pub hours: i64,
    /// The document that this one stands in for.
    pub instead_of: Option<Uuid>,
    pub duplicate: bool,
}

/// A document just registered.
pub(crate) struct Registered {
    pub id: Uuid,
    pub number: String,
    pub issued: Day,
    /// Leads to the public check.
    pub token: Uuid,
}

/// Gives the document its number and its line of the register.
pub(crate) fn register(work: &mut Work, entry: &Entry) -> Stored<Registered> {
    let number = number::next(work, entry.kind)?;
    let (id, token, today, now) = (Uuid::now_v7(), Uuid::new_v4(), work.today(), work.now());
    work.run(
        "insert into credential (id, kind, year, seq, register_number, enrolment, person, protocol, grounds, issued_on, token,
         full_name, surname_folded, programme_title, hours, instead_of, duplicate, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        values![
            id,
            entry.kind,
            number.year,
            number.seq,
            &number.text,
            entry.enrolment.id,
            entry.enrolment.person,
            entry.protocol,
            entry.grounds,
            today,
            token,
            entry.person.name.to_string(),
            folded(&entry.person.name.family),
            &entry.content.title,
            entry.hours,
            entry.instead_of,
            entry.duplicate,
            now
        ],
    )?;
    work.note_with("credential.issued", id, Some(&number.text))?;
    Ok(Registered { id, number: number.text, issued: today, token })
}

/// What a document of those who passed rests on.
pub(crate) struct Passed<'a> {
    pub enrolment: &'a Enrolment,
    pub person: &'a Person,
    /// «зачтено», «хорошо»
    pub mark: &'static str,
}

/// Where the document comes from.
pub(crate) struct Grounds {
    pub protocol: Uuid,
    pub order: Uuid,
    /// Short name of the commission's chairman.
    pub chairman: String,
}

/// Issues what this kind of programme ends with and returns its register number; labour protection ends with its protocol.
pub(crate) fn issue(
    work: &mut Work,
    passed: &Passed,
    content: &Content,
    grounds: &Grounds,
) -> Stored<Option<String>> {
    let kind = match content.kind {
        Kind::Upskilling => "certificate",
        Kind::Retraining => "diploma",
        Kind::LabourProtection => return Ok(None),
    };
    let (enrolment, person) = (passed.enrolment, passed.person);
    let registered = register(
        work,
        &Entry {
            kind,
            enrolment,
            person,
            content,
            protocol: Some(grounds.protocol),
            grounds: grounds.order,
            hours: content.hours,
            instead_of: None,
            duplicate: false,
        },
    )?;
    let mut data = about(work, passed, content, grounds, &registered)?;
    blank::take(work, kind, registered.id, &mut data)?;
    print(work, kind, enrolment, &registered, &data)?;
    if kind == "diploma" {
        blank::take(work, "diploma_supplement", registered.id, &mut data)?;
        print(work, "diploma_supplement", enrolment, &registered, &data)?;
    }
    Ok(Some(registered.number))
}

/// Everything that a certificate, a diploma and its supplement say; each template takes its part.
fn about(
    work: &mut Work,
    passed: &Passed,
    content: &Content,
    grounds: &Grounds,
    registered: &Registered,
) -> Stored<Value> {
    let (centre, today) = (Centre::load(work)?, work.today());
    let education = passed.enrolment.education(work)?;
    // A document that waited says when study had ended.
    let ended = passed.enrolment.completed.unwrap_or(today);
    let standing = Standing::of(work, passed.enrolment.id)?;
    let rows: Vec<_> = content
        .modules
        .iter()
        .enumerate()
        .map(|(n, module)| json!({ "n": n + 1, "title": module.title, "hours": module.hours().to_string(), "grade": standing.module_mark(content, &module.code).unwrap_or("освоен") }))
        .collect();
    Ok(json!({
        "centre": centre_data(&centre), "city": centre.city, "register_number": registered.number, "issued": today.in_words(),
        "full_name": passed.person.name.to_string(), "passed": passed.person.sex.agree("прошла", "прошёл"),
        "starts": passed.enrolment.starts.in_words(), "ends": ended.in_words(), "programme": programme_data(content),
        "decision_date": ended.in_words(), "qualification": content.qualification, "activity": content.activity,
        "previous_education": education.map(|education| education.in_words()).unwrap_or_default(),
        "study_form": content.study_form.russian().to_lowercase(), "technology": content.distance.in_orders(),
        "rows": rows, "attestation": { "form": content.attestation.form, "grade": passed.mark },
        "total_hours": content.hours.to_string(),
        "director": head(&centre, today),
        "secretary": signatory(&centre.secretary.post, &centre.secretary.short_name),
        "chairman": signatory("Председатель комиссии", &grounds.chairman),
        "token": registered.token,
    }))
}

/// The paper of a registered document.
pub(crate) fn print(
    work: &mut Work,
    kind: &'static str,
    enrolment: &Enrolment,
    registered: &Registered,
    data: &Value,
) -> Stored<()> {
    let title =
        if kind == "diploma_supplement" { "Приложение к диплому" } else { title(kind) };
    want(
        work,
        &Wanted {
            title,
            number: &registered.number,
            person: Some(enrolment.person),
            enrolment: Some(enrolment.id),
            credential: Some(registered.id),
            group: enrolment.group,
            ..Wanted::of(kind, data)
        },
    )?;
    Ok(())
}
