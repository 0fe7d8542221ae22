//! Optional consents of a person: each on a page of its own, never ticked beforehand, taken back as easily as given. The one without
//! which nobody can be taught stands in the application (domain reference 1.3).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Moment;

use crate::{Act, Centre, prose};

const SECTION: Frame = Frame::Own("/sessions");
/// Acts that a person may agree to, by their codes; a centre that has no such act in force does not offer it.
const OPTIONAL: [&str; 2] = ["consent-news", "consent-publication"];

/// Somebody has agreed to an optional act.
pub struct Consented {
    pub person: Uuid,
    pub title: String,
    /// The act's version.
    pub number: i64,
    /// Markdown, with the person's name in it.
    pub text: String,
    pub at: Moment,
    pub address: String,
    pub agent: String,
}

struct Offered {
    act: Act,
    /// When it was given, and to which version.
    given: Option<(Moment, i64)>,
}

fn offered(db: &mut Db, person: Uuid) -> Stored<Vec<Offered>> {
    let mut all = Vec::new();
    for code in OPTIONAL {
        let act = match Act::current(db, code) {
            Ok(act) => act,
            Err(Fault::Missing) => continue,
            Err(fault) => return Err(fault),
        };
        let given = db.maybe(
            "select c.given_at, a.number from consent c join act a on a.id = c.act
             where c.person = ?1 and a.code = ?2 and c.withdrawn_at is null order by c.given_at desc limit 1",
            values![person, code],
            |row| Ok((Moment(row.get(0)?), row.get(1)?)),
        )?;
        all.push(Offered { act, given });
    }
    Ok(all)
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let person = visit.person()?;
    let offered = visit.read(move |db| offered(db, person)).await?;
    let body = html! {
        main.wrap #main {
            p.crumb { a href="/sessions" { "Профиль" } }
            div.page-head { h1 { "Согласия" } p.muted { "Все они необязательны: отказ ни на что не влияет. Согласие на обучение и документы вы подписали с заявлением, оно в разделе «Документы»." } }
            @if offered.is_empty() { (parts::empty("Необязательных согласий центр не просит.", None)) }
            ul.lines.l {
                @for one in &offered {
                    li.doc {
                        div.body {
                            p { a href={ "/consents/" (one.act.code) } { (one.act.title) } " " (tag(one)) }
                            @if let Some((at, number)) = one.given { p.small.muted { "Дано " (at.shown(visit.now)) ", редакция " (number) } }
                        }
                    }
                }
            }
        }
    };
    visit.page("Согласия", SECTION, body)
}

fn tag(one: &Offered) -> Markup {
    if one.given.is_some() {
        parts::tag(Tone::Ok, "Дано")
    } else {
        parts::tag(Tone::Plain, "Не дано")
    }
}

/// The act with this person's name in it: the text that is agreed to.
fn filled(db: &mut Db, act: &Act, name: &str) -> Stored<String> {
    let centre = Centre::load(db)?;
    Ok(act
        .body
        .replace("{full_name}", name)
        .replace("{centre}", &centre.full_name)
        .replace("{centre_address}", &centre.address)
        .replace("{centre_email}", &centre.email))
}

async fn load(visit: &Visit, code: String) -> Result<(Offered, String), web::Failure> {
    let actor = visit.actor.clone().ok_or_else(web::Failure::missing)?;
    visit
        .read(move |db| {
            let one = offered(db, actor.person)?
                .into_iter()
                .find(|one| one.act.code == code)
                .ok_or(Fault::Missing)?;
            let text = filled(db, &one.act, &actor.name.to_string())?;
            Ok((one, text))
        })
        .await
}

pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Reply {
    let (one, text) = load(&visit, code).await?;
    visit.page(&one.act.title, SECTION, page(&visit, &one, &text, &Messages::none()))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    consent: Option<String>,
}

pub(crate) async fn give(visit: Visit, Path(code): Path<String>, Posted { form, .. }: Posted<Form>) -> Reply {
    let (one, text) = load(&visit, code).await?;
    if form.consent.is_none() {
        let said = Messages::one("consent", "Отметьте, если согласны. Если нет, просто вернитесь назад");
        return visit.again(&one.act.title, SECTION, page(&visit, &one, &text, &said));
    }
    let (person, address, agent) = (visit.person()?, visit.address.clone(), visit.agent.clone());
    visit.write(move |work| agree(work, person, &one.act, &text, (&address, &agent))).await?;
    Ok(see_other("/consents"))
}

/// Giving twice is giving once.
fn agree(work: &mut Work, person: Uuid, act: &Act, text: &str, (address, agent): (&str, &str)) -> Stored<()> {
    let at = work.now();
    let kept = work.run(
        "insert into consent (id, person, act, given_at, address, agent) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
        values![Uuid::now_v7(), person, act.id, at, address, agent],
    )?;
    if kept == 0 {
        return Ok(());
    }
    work.note_with("consent.given", person, Some(&act.title))?;
    work.tell(Consented {
        person,
        title: act.title.clone(),
        number: act.number,
        text: text.to_owned(),
        at,
        address: address.to_owned(),
        agent: agent.to_owned(),
    })
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn withdraw(
    visit: Visit,
    Path(code): Path<String>,
    Posted { .. }: Posted<Nothing>,
) -> Reply {
    let person = visit.person()?;
    visit
        .write(move |work| {
            let now = work.now();
            let withdrawn = work.run(
                "update consent set withdrawn_at = ?3 where person = ?1 and withdrawn_at is null
                 and act in (select id from act where code = ?2)",
                values![person, &code, now],
            )?;
            if withdrawn > 0 { work.note_with("consent.withdrawn", person, Some(&code)) } else { Ok(()) }
        })
        .await?;
    Ok(see_other("/consents"))
}

fn page(visit: &Visit, one: &Offered, text: &str, said: &Messages) -> Markup {
    let (_, rest) = prose::title_and_rest(text);
    let address = format!("/consents/{}", one.act.code);
    html! {
        main.wrap #main {
            p.crumb { a href="/consents" { "Согласия" } }
            div.page-head { h1 { (one.act.title) } p.small.muted { "Редакция " (one.act.number) ", действует с " (one.act.since.in_words()) } }
            div.prose { (PreEscaped(prose::html(rest))) }
            @if let Some((at, _)) = one.given {
                p.mt-5 { (tag(one)) " " (at.shown(visit.now)) }
                (parts::form(&format!("{address}/withdrawal"), "mt-3", &html! { button.btn type="submit" { "Отозвать" } }))
            } @else {
                (parts::form(&address, "form mt-5", &html! {
                    (parts::tick("consent", false, &html! { "Согласен. Знаю, что отказ ни на что не влияет" }, said))
                    div.cluster { (parts::submit("Дать согласие")) a.btn href="/consents" { "Не сейчас" } }
                }))
            }
        }
    }
}
