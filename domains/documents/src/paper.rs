//! Papers: asked for inside a unit of work with all their data, printed by a job, frozen by the hash of the PDF.
use accounts::{Right, Visit};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::{Files, Hash};
use papers::{Paper, Press};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, Failed, Fault, Job, Jobs, Pace, Store, Stored, Who, Work, values};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Day;

use crate::wording;

pub(crate) const COMMON: &str = include_str!("../templates/common.typ");

/// The template of each kind of paper.
pub(crate) fn template(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "enrolment_order" | "enrolment_extract" => include_str!("../templates/enrolment-order.typ"),
        "completion_order" => include_str!("../templates/completion-order.typ"),
        "commission_protocol" => include_str!("../templates/commission-protocol.typ"),
        "safety_protocol" | "safety_extract" => include_str!("../templates/safety-protocol.typ"),
        "certificate" => include_str!("../templates/qualification-certificate.typ"),
        "diploma" => include_str!("../templates/diploma.typ"),
        "diploma_supplement" => include_str!("../templates/diploma-supplement.typ"),
        "application" | "consent" | "contract" => include_str!("../templates/signed-text.typ"),
        "reference" => include_str!("../templates/study-reference.typ"),
        "expulsion_order" | "extension_order" | "name_order" | "transfer_order" | "erasure_order" => {
            include_str!("../templates/learner-order.typ")
        }
        _ => return None,
    })
}

/// A paper that is wanted.
pub(crate) struct Wanted<'a> {
    pub kind: &'static str,
    pub title: &'a str,
    pub number: &'a str,
    /// Whose it is; `None`: staff only.
    pub person: Option<Uuid>,
    pub enrolment: Option<Uuid>,
    /// The document that it prints.
    pub credential: Option<Uuid>,
    /// The protocol that it prints, whole or in part.
    pub protocol: Option<Uuid>,
    /// The dated group among whose papers it is.
    pub group: Option<Uuid>,
    pub data: &'a Value,
}

impl<'a> Wanted<'a> {
    /// Of nobody, without a number: what is known is added.
    pub(crate) const fn of(kind: &'static str, data: &'a Value) -> Self {
        Self {
            kind,
            title: "",
            number: "",
            person: None,
            enrolment: None,
            credential: None,
            protocol: None,
            group: None,
            data,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Print {
    paper: Uuid,
}
impl Job for Print {
    const KIND: &'static str = "paper.print";
    const PACE: Pace = Pace::Patient;
}

/// An extract is certified by the secretary; what an applicant has signed wants nobody else.
fn is_signed_by_head(kind: &str) -> bool {
    !is_personal(kind) && !matches!(kind, "enrolment_extract" | "safety_extract")
}

/// Holds a passport and an address: sealed on the disk and in the database.
fn is_personal(kind: &str) -> bool {
    matches!(kind, "application" | "consent" | "contract")
}

/// Keeps the paper's data and leaves the job that prints it.
pub(crate) fn want(work: &mut Work, wanted: &Wanted) -> Stored<Uuid> {
    let (id, now, sealed) = (Uuid::now_v7(), work.now(), is_personal(wanted.kind));
    let mut data = wanted.data.clone();
    // A paper that is printed anew says what it said.
    if data.get("words").is_none() {
        data["words"] = wording::words(work, wanted.kind)?;
    }
    let data = if sealed { work.seal(&data)? } else { data.to_string() };
    work.run(
        "insert into paper (id, kind, title, number, person, enrolment, credential, protocol, study_group, data, created_at, wants_signature, sealed)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        values![
            id,
            wanted.kind,
            wanted.title,
            wanted.number,
            wanted.person,
            wanted.enrolment,
            wanted.credential,
            wanted.protocol,
            wanted.group,
            data,
            now,
            is_signed_by_head(wanted.kind),
            sealed
        ],
    )?;
    work.later(&Print { paper: id })?;
    Ok(id)
}

/// `base_url` stands in QR codes: `https://study.example.ru`.
pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, base_url: &str) {
    let (store, files, base_url) = (store.clone(), files.clone(), base_url.to_owned());
    jobs.on(move |job: Print| {
        let (store, files, base_url) = (store.clone(), files.clone(), base_url.clone());
        async move { print(&store, &files, &base_url, job.paper).await }
    });
}

/// Adds the address of the public check, in words and for the QR code, to a document that has a token.
fn with_check(mut data: Value, base_url: &str) -> Value {
    if let Some(token) = data["token"].as_str() {
        let shown = base_url.split_once("://").map_or(base_url, |(_, host)| host);
        (data["qr"], data["check"]) =
            (format!("{base_url}/check/{token}").into(), format!("{shown}/check").into());
    }
    data
}

async fn print(store: &Store, files: &Files, base_url: &str, id: Uuid) -> Result<(), Failed> {
    let (kind, title, data, at, done) = store
        .read(move |db| {
            let (kind, title, data, at, printed) = db.one(
                "select kind, title, data, created_at, printed_at from paper where id = ?1",
                values![id],
                |row| {
                    Ok((
                        row.get::<String>(0)?,
                        row.get::<String>(1)?,
                        row.get::<String>(2)?,
                        row.get::<i64>(3)?,
                        row.get::<Option<i64>>(4)?,
                    ))
                },
            )?;
            Ok((kind, title, db.unseal::<Value>(&data)?, at, printed.is_some()))
        })
        .await?;
    if done {
        return Ok(());
    }
    let source = template(&kind).ok_or_else(|| Failed::Never(format!("no template for {kind}")))?;
    let template_hash = Hash::of(format!("{COMMON}{source}").as_bytes()).to_string();
    let data = with_check(data, base_url);
    let press = tokio::task::spawn_blocking(move || {
        let code = data.get("qr").and_then(Value::as_str).and_then(papers::qr).unwrap_or_default();
        let files: &[(&str, &[u8])] = &[("common.typ", COMMON.as_bytes()), ("qr.svg", code.as_bytes())];
        let files = if code.is_empty() { &files[..1] } else { files };
        Press::new().print(&Paper { template: source, data: &data, files, title: &title, at })
    });
    let pdf = press
        .await
        .map_err(|error| Failed::Retry(error.to_string()))?
        .map_err(|error| Failed::Never(error.to_string()))?;
    let size = i64::try_from(pdf.len()).unwrap_or(i64::MAX);
    let content = Hash::of(&pdf);
    let stored = if is_personal(&kind) { files.store_sealed(pdf).await } else { files.store(pdf).await };
    let file = stored.map_err(|error| Failed::Retry(error.to_string()))?;
    let freeze = move |work: &mut Work| {
        let now = work.now();
        let frozen = work.run(
            "update paper set template_hash = ?2, file = ?3, size = ?4, printed_at = ?5, content_hash = ?6
             where id = ?1 and printed_at is null",
            values![id, template_hash.as_str(), file.as_str(), size, now, content.as_str()],
        )?;
        if frozen > 0 { work.note("paper.printed", id) } else { Ok(()) }
    };
    store.write(Who::system(), freeze).await.map_err(Failed::from)
}

/// A paper of before the centre could change its words has said ours.
fn with_words(mut data: Value) -> Value {
    if data.get("words").is_none() {
        data["words"] = json!({});
    }
    data
}

/// What a paper of this document or protocol says, by kind, with its enrolment: what a later one begins with.
pub(crate) fn said(db: &mut Db, of: Uuid) -> Stored<Vec<Said>> {
    db.all(
        "select id, kind, title, number, person, enrolment, data, study_group from paper
         where (credential = ?1 or protocol = ?1) and ended_at is null order by created_at, id",
        values![of],
        |row| {
            Ok(Said {
                id: row.get(0)?,
                kind: row.get(1)?,
                title: row.get(2)?,
                number: row.get(3)?,
                person: row.get(4)?,
                enrolment: row.get(5)?,
                data: with_words(row.json(6)?),
                group: row.get(7)?,
            })
        },
    )
}

/// A paper with its data.
pub(crate) struct Said {
    pub id: Uuid,
    pub kind: String,
    pub title: String,
    pub number: String,
    pub person: Option<Uuid>,
    pub enrolment: Option<Uuid>,
    pub group: Option<Uuid>,
    pub data: Value,
}

/// Another printing of a paper with other data, of the same number and moment; the one before is taken out of the lists.
pub(crate) fn anew(work: &mut Work, id: Uuid, data: &Value) -> Stored<()> {
    let fresh = Uuid::now_v7();
    work.run(
        "insert into paper (id, kind, title, number, person, enrolment, credential, protocol, study_group, data, created_at, wants_signature, sealed)
         select ?2, kind, title, number, person, enrolment, credential, protocol, study_group, ?3, created_at, wants_signature, sealed
         from paper where id = ?1",
        values![id, fresh, data.to_string()],
    )?;
    end(work, id)?;
    work.later(&Print { paper: fresh })
}

/// Takes a paper out of its person's list; the staff still see it.
pub(crate) fn end(work: &mut Work, id: Uuid) -> Stored<()> {
    let now = work.now();
    work.run("update paper set ended_at = ?2 where id = ?1 and ended_at is null", values![id, now])?;
    Ok(())
}

/// The PDF: to its person, and to the staff who keep papers. Anyone else's is not found.
pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (person, staff) = (visit.person()?, visit.may(Right::SeePapers));
    let (file, title, number, sealed) = visit
        .read(move |db| {
            db.one(
                "select file, title, number, person, sealed from paper where id = ?1 and file is not null",
                values![id],
                |row| {
                    Ok((
                        row.get::<String>(0)?,
                        row.get::<String>(1)?,
                        row.get::<String>(2)?,
                        row.get::<Option<Uuid>>(3)?,
                        row.get::<bool>(4)?,
                    ))
                },
            )
            .and_then(|(file, title, number, owner, sealed)| {
                let may = staff || owner == Some(person);
                if may { Ok((file, title, number, sealed)) } else { Err(Fault::Missing) }
            })
        })
        .await?;
    let hash = Hash::parse(&file).ok_or_else(Failure::missing)?;
    let files = &visit.house.files;
    let bytes = if sealed { files.load_sealed(hash).await } else { files.load(hash).await };
    let bytes = bytes.map_err(Failure::broken)?;
    let name = if number.is_empty() { format!("{title}.pdf") } else { format!("{title} № {number}.pdf") };
    let disposition = web::named("inline", &name);
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response())
}

/// A module's memo for print: not an official paper, so it is printed at once. Blocks: call from a blocking thread.
pub fn print_memo(
    title: &str,
    subtitle: &str,
    code: &str,
    items: &[String],
    footer: &str,
    at: i64,
) -> Result<Vec<u8>, papers::Unprintable> {
    let data =
        json!({ "title": title, "subtitle": subtitle, "code": code, "items": items, "footer": footer });
    let template = include_str!("../templates/note.typ");
    Press::new().print(&Paper {
        template,
        data: &data,
        files: &[("common.typ", COMMON.as_bytes())],
        title,
        at,
    })
}

/// What every paper says of the centre.
pub(crate) fn centre_data(centre: &regulations::Centre) -> Value {
    json!({
        "full_name": centre.full_name, "short_name": centre.short_name, "full_name_prepositional": centre.name_locative,
        "inn": centre.inn, "ogrn": centre.ogrn, "licence": centre.licence, "address": centre.address,
    })
}

/// What every paper says of the programme.
pub(crate) fn programme_data(content: &programmes::Content) -> Value {
    json!({
        "code": content.code, "title": content.title, "kind_in_words": content.kind.in_orders(),
        "hours_in_words": content.hours_in_words(),
        "hours_genitive": words::count_genitive(content.hours, "часа", "часов"),
        "form": content.study_form.russian().to_lowercase(), "technology": content.distance.in_orders(),
    })
}

/// Who signs as the head on this day.
pub(crate) fn head(centre: &regulations::Centre, day: Day) -> Value {
    let head = centre.head_on(day);
    signatory(&head.post, &head.short_name)
}

/// Who signs: post and name.
pub(crate) fn signatory(post: &str, short_name: &str) -> Value {
    json!({ "post": post, "short_name": short_name })
}
