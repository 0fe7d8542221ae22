//! The whole set of materials by letter (п. 4.4, 4.6.1): attached while it fits into a letter, else as personal links. A learner of the
//! case technology gets it by itself; anyone else asks for it, or a methodist does.
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Limits, Visit};
use admissions::{Enrolment, State};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use files::Files;
use library::{Body, Resource};
use maud::{Markup, html};
use post::{Letter, LetterFile};
use programmes::{Content, Technology};
use regulations::Centre;
use serde::{Deserialize, Serialize};
use store::{Db, Failed, Fault, Job, Jobs, Pace, Store, Stored, Who, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Posted, Reply, parts, see_other};
use words::{Moment, count};

use crate::Plan;
use crate::copy::{Owner, PersonalCopy, of_file, personal_copy};

/// How often one link opens its material: a learner's devices, not a class.
const MOST_OPENED: i64 = 30;
/// A learner asks for a set again after so many hours.
const PAUSE_HOURS: i64 = 1;

/// Puts the set together and writes the letter.
#[derive(Serialize, Deserialize)]
struct Mail {
    mailing: Uuid,
}
impl Job for Mail {
    const KIND: &'static str = "materials.mail";
    const PACE: Pace = Pace::Patient;
}

/// The day on which a learner of the case technology gets the set has come.
#[derive(Serialize, Deserialize)]
struct Due {
    enrolment: Uuid,
}
impl Job for Due {
    const KIND: &'static str = "materials.due";
}

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, base_url: &str) {
    let (to_ask, to_mail, files, base_url) =
        (store.clone(), store.clone(), files.clone(), base_url.to_owned());
    jobs.on(move |job: Due| {
        let store = to_ask.clone();
        async move {
            store.write(Who::system(), move |work| due(work, job.enrolment)).await?;
            Ok(())
        }
    });
    jobs.on(move |job: Mail| {
        let (store, files, base_url) = (to_mail.clone(), files.clone(), base_url.clone());
        async move { mail(&store, &files, &base_url, job.mailing).await }
    });
}

/// Whoever studies by the case technology gets the set with the beginning of study.
pub(crate) fn enrolled(work: &mut Work, id: Uuid) -> Stored<()> {
    let enrolment = Enrolment::find(work, id)?;
    let at = Moment::midnight(enrolment.starts).plus_minutes(5).max(work.now());
    if enrolment.programme(work)?.content.technology == Technology::Program {
        return Ok(());
    }
    work.later_at(at, &Due { enrolment: id })
}

fn due(work: &mut Work, id: Uuid) -> Stored<()> {
    let enrolment = Enrolment::find(work, id)?;
    let sent =
        work.count("select cast(count(*) as bigint) from mailing where enrolment = ?1", values![id])?;
    if sent > 0 || enrolment.state != State::Active || !enrolment.is_open(work.today()) {
        return Ok(());
    }
    ask(work, &enrolment, None)
}

/// Leaves the set to be mailed; whoever has no address is not written to.
fn ask(work: &mut Work, enrolment: &Enrolment, by: Option<Uuid>) -> Stored<()> {
    let Some(to) = Person::find(work, enrolment.person)?.email else { return Ok(()) };
    let (id, now) = (Uuid::now_v7(), work.now());
    work.run(
        "insert into mailing (id, enrolment, recipient, asked_by, asked_at) values (?1, ?2, ?3, ?4, ?5)",
        values![id, enrolment.id, to.as_str(), by, now],
    )?;
    work.note("materials.asked", enrolment.id)?;
    work.later(&Mail { mailing: id })
}

/// What the letter is made of.
struct Set {
    enrolment: Enrolment,
    person: Person,
    content: Content,
    centre: Centre,
    /// With the Markdown of a text.
    resources: Vec<(Resource, String)>,
}

fn set(db: &mut Db, mailing: Uuid) -> Stored<Option<Set>> {
    let (enrolment, letter): (Uuid, Option<Uuid>) =
        db.one("select enrolment, letter from mailing where id = ?1", values![mailing], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if letter.is_some() {
        return Ok(None);
    }
    let enrolment = Enrolment::find(db, enrolment)?;
    let plan = Plan::load(db, enrolment)?;
    let mut resources = Vec::new();
    for step in plan.steps() {
        let text = match step.resource.body {
            Body::Text => library::markdown(db, step.resource.version)?,
            Body::File { .. } => String::new(),
        };
        resources.push((step.resource.clone(), text));
    }
    let person = Person::find(db, plan.enrolment.person)?;
    let (content, centre) = (plan.version.content, Centre::load(db)?);
    Ok(Some(Set { enrolment: plan.enrolment, person, content, centre, resources }))
}

async fn mail(store: &Store, files: &Files, base_url: &str, id: Uuid) -> Result<(), Failed> {
    let Some(set) = store.read(move |db| set(db, id)).await? else { return Ok(()) };
    let owner = Owner {
        name: set.person.name.clone(),
        day: store.clock().now().day(),
        centre: set.centre.short_name.clone(),
    };
    let most = set.centre.letter_megabytes * 1024 * 1024;
    // What is known to be larger is not put together at all.
    let known: i64 = set.resources.iter().map(|(one, _)| size(one)).sum();
    let mut attached = Vec::new();
    let mut total = 0;
    if known <= most {
        for (number, (resource, text)) in set.resources.iter().enumerate() {
            let copy = personal_copy(files, resource, text.clone(), &owner)
                .await
                .map_err(|error| Failed::Retry(error.to_string()))?;
            let PersonalCopy { name, media, bytes } = copy;
            total += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            let file = files.store(bytes).await.map_err(|error| Failed::Retry(error.to_string()))?;
            attached.push(LetterFile {
                name: format!("{:02} {name}", number + 1),
                media: media.to_owned(),
                file,
            });
        }
    }
    let by_links = known > most || total > most;
    let (set, base_url) = (std::sync::Arc::new(set), base_url.to_owned());
    let written =
        move |work: &mut Work| write(work, id, &set, if by_links { &[] } else { &attached }, &base_url);
    store.write(Who::system(), written).await.map_err(Failed::from)
}

fn size(resource: &Resource) -> i64 {
    match resource.body {
        Body::Text => 0,
        Body::File { size, .. } => size,
    }
}

/// The letter, once; without files each material has a personal link.
fn write(work: &mut Work, id: Uuid, set: &Set, files: &[LetterFile], base_url: &str) -> Stored<()> {
    let free = work.count(
        "select cast(count(*) as bigint) from mailing where id = ?1 and letter is null",
        values![id],
    )?;
    let Some(to) = set.person.email.as_ref().filter(|_| free > 0) else { return Ok(()) };
    let until = Moment::midnight(set.enrolment.ends.plus(1));
    let mut lines = Vec::new();
    for (number, (resource, _)) in set.resources.iter().enumerate() {
        let line = format!("{}. {}", number + 1, resource.title);
        if !files.is_empty() {
            lines.push(line);
            continue;
        }
        let token = Uuid::new_v4();
        work.run(
            "insert into mailing_link (token, mailing, resource, until_at, opened) values (?1, ?2, ?3, ?4, 0)",
            values![token, id, resource.id, until],
        )?;
        lines.push(format!("{line}\n   {base_url}/case/{token}"));
    }
    let how = if files.is_empty() {
        format!(
            "Комплект большой, поэтому вместо вложений — личные ссылки. Они действуют до {} и открываются только для вас: не пересылайте их.",
            set.enrolment.ends.in_words()
        )
    } else {
        "Материалы вложены в это письмо. Они для личного пользования: не передавайте их другим.".to_owned()
    };
    let letter = Letter {
        to: to.as_str().to_owned(),
        secret: files.is_empty(),
        subject: format!("Материалы программы: {}", set.content.title),
        body: format!(
            "Здравствуйте, {}.\n\nПрисылаем полный комплект материалов программы «{}».\n{how}\n\n{}\n\nИтоговая аттестация — на сайте, в вашем кабинете: {base_url}/cabinet",
            set.person.name.given,
            set.content.title,
            lines.join("\n")
        ),
    };
    let letter = post::write_with(work, &letter, files)?;
    work.run("update mailing set letter = ?2 where id = ?1", values![id, letter])?;
    work.note("materials.mailed", set.enrolment.id)
}

// ---- the record of delivery ----------------------------------------------------------------------------------------

struct Mailing {
    to: String,
    at: Moment,
    /// State and moment of the letter; none: still being put together.
    fate: Option<(String, Option<Moment>)>,
    /// Links in force, and how often all were opened.
    links: (i64, i64),
}

fn mailings(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Mailing>> {
    let rows = db.all(
        "select m.recipient, m.asked_at, m.letter,
                (select cast(count(*) as bigint) from mailing_link l where l.mailing = m.id and l.revoked_at is null),
                (select cast(coalesce(sum(l.opened), 0) as bigint) from mailing_link l where l.mailing = m.id)
         from mailing m where m.enrolment = ?1 order by m.asked_at desc, m.id desc",
        values![enrolment],
        |row| {
            Ok((row.get(0)?, Moment(row.get(1)?), row.get::<Option<Uuid>>(2)?, (row.get(3)?, row.get(4)?)))
        },
    )?;
    rows.into_iter()
        .map(|(to, at, letter, links)| {
            let fate = letter.map(|letter| post::fate(db, letter)).transpose()?;
            Ok(Mailing { to, at, fate, links })
        })
        .collect()
}

struct Sheet {
    enrolment: Enrolment,
    person: Person,
    content: Content,
    mailings: Vec<Mailing>,
    /// The learner has accepted the licence of materials.
    accepted: bool,
}

fn sheet(db: &mut Db, enrolment: Enrolment) -> Stored<Sheet> {
    Ok(Sheet {
        person: Person::find(db, enrolment.person)?,
        content: enrolment.programme(db)?.content,
        mailings: mailings(db, enrolment.id)?,
        accepted: crate::licence::is_accepted(db, enrolment.person)?,
        enrolment,
    })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let sheet = visit.read(move |db| Enrolment::of(db, person, id).and_then(|one| sheet(db, one))).await?;
    let action = format!("/studies/{id}/mailing");
    let crumb = html! { a href="/cabinet" { "Обучение" } " · " span.muted { (sheet.content.title) } };
    visit.page(
        "Материалы на почту",
        Frame::Cabinet("/cabinet"),
        html! { main.wrap #main { (page(&visit, &sheet, &crumb, &action, None)) } },
    )
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { key, .. }: Posted<Nothing>) -> Reply {
    let person = visit.person()?;
    visit
        .write(move |work| {
            work.once(key, |work| {
                let enrolment = Enrolment::of(work, person, id)?;
                let since = work.now().plus_minutes(-60 * PAUSE_HOURS);
                let lately = work.count(
                    "select cast(count(*) as bigint) from mailing where enrolment = ?1 and asked_at > ?2",
                    values![id, since],
                )?;
                let (open, accepted) =
                    (enrolment.is_open(work.today()), crate::licence::is_accepted(work, person)?);
                if lately > 0 || !open || !accepted { Ok(()) } else { ask(work, &enrolment, Some(person)) }
            })
        })
        .await?;
    Ok(see_other(&format!("/studies/{id}/mailing")))
}

pub(crate) async fn staff(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let sheet = visit.read(move |db| Enrolment::find(db, id).and_then(|one| sheet(db, one))).await?;
    let crumb = html! { a href={ "/learners/" (sheet.enrolment.person) } { (sheet.person.name) } };
    let links = sheet.mailings.iter().any(|one| one.links.0 > 0);
    let revoke = links.then(|| format!("/enrolments/{id}/mailing/revocation"));
    let body = page(&visit, &sheet, &crumb, &format!("/enrolments/{id}/mailing"), revoke.as_deref());
    visit.page("Материалы на почту", Frame::Office("/learners"), html! { main.dash #main { (body) } })
}

pub(crate) async fn send(visit: Visit, Path(id): Path<Uuid>, Posted { key, .. }: Posted<Nothing>) -> Reply {
    let by = visit.person()?;
    visit
        .write(move |work| {
            work.once(key, |work| {
                let enrolment = Enrolment::find(work, id)?;
                if enrolment.is_open(work.today()) { ask(work, &enrolment, Some(by)) } else { Ok(()) }
            })
        })
        .await?;
    Ok(see_other(&format!("/enrolments/{id}/mailing")))
}

pub(crate) async fn revoke(visit: Visit, Path(id): Path<Uuid>, Posted { .. }: Posted<Nothing>) -> Reply {
    visit
        .write(move |work| {
            let now = work.now();
            work.run(
                "update mailing_link set revoked_at = ?2 where revoked_at is null
                 and mailing in (select id from mailing where enrolment = ?1)",
                values![id, now],
            )?;
            work.note("materials.links-revoked", id)
        })
        .await?;
    Ok(see_other(&format!("/enrolments/{id}/mailing")))
}

fn page(visit: &Visit, sheet: &Sheet, crumb: &Markup, action: &str, revoke: Option<&str>) -> Markup {
    let open = sheet.enrolment.is_open(visit.today());
    let own = visit.person().is_ok_and(|one| one == sheet.enrolment.person);
    html! {
        p.crumb { (crumb) }
        div.page-head { h1 { "Материалы на почту" } }
        p.muted { "Полный комплект программы «" (sheet.content.title) "» одним письмом: вложениями или, если он большой, личными ссылками." }
        @match (&sheet.person.email, open) {
            (None, _) => { (parts::note(Tone::Warn, "mail", &html! { p { "Почты нет: письмо отправить некуда." } })) }
            (Some(_), false) => { (parts::note(Tone::Warn, "lock", &html! { p { "Доступ к материалам закрыт." } })) }
            (Some(_), true) if own && !sheet.accepted => {
                (parts::note(Tone::Warn, "lock", &html! { p { "Сначала прочтите и примите " a href={ "/studies/" (sheet.enrolment.id) "/licence" } { "лицензию материалов" } "." } }))
            }
            (Some(to), true) => { (parts::form(action, "mt-3", &html! { (parts::submit("Отправить")) p.small.muted.mt-2 { "На " (to) "." @if own { " Не чаще раза в час." } } })) }
        }
        @if !sheet.mailings.is_empty() {
            section.mt-5 aria-labelledby="sent" {
                h2 id="sent" { "Отправки" }
                ul.lines.l { @for one in &sheet.mailings { li.doc { div.body {
                    p { (one.to) " " (fate(visit, one)) }
                    p.small.muted { (one.at.shown(visit.now)) @if one.links != (0, 0) { ". Ссылок действует " (one.links.0) ", открывали " (count(one.links.1, ["раз", "раза", "раз"])) } }
                } } } }
                @if let Some(address) = revoke { (parts::form(address, "mt-3", &html! { button.btn type="submit" { "Отозвать ссылки" } })) }
            }
        }
    }
}

fn fate(visit: &Visit, one: &Mailing) -> Markup {
    match &one.fate {
        None => parts::tag(Tone::Plain, "Собирается"),
        Some((state, Some(at))) if state == "sent" => {
            parts::tag(Tone::Ok, &format!("Отправлено {}", at.shown(visit.now)))
        }
        Some((state, _)) if state == "kept" => parts::tag(Tone::Warn, "Не отправлено: почта не настроена"),
        Some(_) => parts::tag(Tone::Warn, "Ждёт отправки"),
    }
}

// ---- a personal link -----------------------------------------------------------------------------------------------

/// One material by its personal link: within the term, so many times, while its learner may study.
pub(crate) async fn by_link(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    if !Limits::checks().lets(&visit.address) {
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "too many links from one address"));
    }
    let (resource, text, owner) = visit.write(move |work| opened(work, token)).await?;
    let (name, media, bytes) = match &resource.body {
        Body::File { media, file, size, .. } => {
            let bytes =
                of_file(&visit.house.files, *media, file.clone(), *size, &resource.title, &owner).await;
            (format!("material.{}", media.ending), media.name, bytes.map_err(Failure::broken)?)
        }
        Body::Text => {
            let copy =
                personal_copy(&visit.house.files, &resource, text, &owner).await.map_err(Failure::broken)?;
            ("material.pdf".to_owned(), copy.media, copy.bytes)
        }
    };
    let disposition =
        HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(Failure::broken)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

fn opened(work: &mut Work, token: Uuid) -> Stored<(Resource, String, Owner)> {
    let now = work.now();
    let (enrolment, resource): (Uuid, Uuid) = work.one(
        "select m.enrolment, l.resource from mailing_link l join mailing m on m.id = l.mailing
         where l.token = ?1 and l.revoked_at is null and l.until_at > ?2 and l.opened < ?3",
        values![token, now, MOST_OPENED],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let enrolment = Enrolment::find(work, enrolment)?;
    let plan = Plan::load(work, enrolment)?;
    if !plan.enrolment.is_open(work.today()) {
        return Err(Fault::Missing);
    }
    let resource = plan.step(resource).map(|step| step.resource.clone()).ok_or(Fault::Missing)?;
    work.run(
        "update mailing_link set opened = opened + 1, opened_at = ?2 where token = ?1",
        values![token, now],
    )?;
    let text = match resource.body {
        Body::Text => library::markdown(work, resource.version)?,
        Body::File { .. } => String::new(),
    };
    let owner = Owner {
        name: Person::find(work, plan.enrolment.person)?.name,
        day: work.today(),
        centre: Centre::load(work)?.short_name,
    };
    Ok((resource, text, owner))
}
