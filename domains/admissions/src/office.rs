//! At the office: a methodist enters what was brought on paper (п. 3.11.1). Whoever has no e-mail address gets a login and a
//! password on a slip.
use accounts::frame::Frame;
use accounts::person::{Person, renew_password, with_login};
use accounts::{Passwords, Visit, invitation_address, password_once, session_token, slip};
use axum::extract::{Path, Query};
use maud::{Markup, html};
use programmes::Version;
use regulations::Act;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Snils;

use crate::application::{Application, Form, Way};
use crate::apply::{fields, record};
use crate::begun::{Begun, IN_OFFICE, advance, sign_act};
use crate::enrol::{Invitation, WayIn, enrol};
use crate::mail;
use crate::payment::pay;
use crate::roll::differs;

const SECTION: Frame = Frame::Office("/applications");
/// What the person has signed on paper.
pub(crate) const SIGNED: [&str; 2] = ["consent-training", "offer"];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Brought {
    #[serde(flatten)]
    form: Form,
    /// «yes»: consent, contract and application are signed and in the file.
    papers: String,
    /// What it was paid by, where the programme wants that first.
    payment: String,
    /// The letter that the application came with.
    letter: Option<Uuid>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Came {
    letter: Option<Uuid>,
}

/// Which programme the person came for.
pub(crate) async fn programmes(visit: Visit) -> Reply {
    let versions = visit.read(Version::all_published).await?;
    let body = html! {
        main.dash #main {
            p.crumb { a href="/applications" { "Заявления" } }
            div.dash-head { h1 { "Заявление в офисе" } }
            @if versions.is_empty() { (parts::empty("Утверждённых программ пока нет.", Some(("/office/programmes", "Программы")))) }
            ul.lines.mt-5 {
                @for version in &versions {
                    li { a.plain href={ "/office/applications/" (version.content.code) } { (version.content.title) ", " (version.content.hours_in_words()) } }
                }
            }
        }
    };
    visit.page("Заявление в офисе", SECTION, body)
}

pub(crate) async fn show(visit: Visit, Path(code): Path<String>, Query(came): Query<Came>) -> Reply {
    let (version, form) = visit
        .read(move |db| {
            let form = came.letter.map(|letter| mail::prefilled(db, letter)).transpose()?;
            Ok((Version::published(db, &code)?, form))
        })
        .await?;
    let brought = Brought { form: form.unwrap_or_default(), letter: came.letter, ..Brought::default() };
    visit.page("Заявление в офисе", SECTION, page(&version, &brought, &Messages::none()))
}

/// What came of it, kept for a form that is sent twice.
#[derive(Serialize, Deserialize)]
enum Entered {
    /// With a new way in; the mark is that of the request whose answer shows the password.
    New {
        shown_by: Uuid,
    },
    /// Whoever had a way in keeps it.
    Known,
    Refused {
        field: String,
        sentence: String,
    },
}

pub(crate) async fn submit(
    visit: Visit,
    Path(code): Path<String>,
    Posted { form: brought, key }: Posted<Brought>,
) -> Reply {
    let version = visit.read(move |db| Version::published(db, &code)).await?;
    let again = |said: &Messages| visit.again("Заявление в офисе", SECTION, page(&version, &brought, said));
    let (application, mut said) = match brought.form.check(version.content.kind, Way::Office, visit.today()) {
        Ok(application) => (Some(application), Messages::none()),
        Err(said) => (None, said),
    };
    if brought.papers != "yes" {
        said.say("papers", "Бумаги: отметьте, когда согласие, договор и заявление подписаны");
    }
    let wanted = version.content.pay_first;
    let payment = wanted.then(|| said.text("payment", &brought.payment, "Платёж", 200)).flatten();
    let Some(application) = application.filter(|_| said.is_empty()) else { return again(&said) };
    let (password, login) = (password_once(), new_login(&application));
    let hash = Passwords::hash(password.clone()).await?;
    let (name, id, given, this) = (application.name.clone(), version.id, login.clone(), Uuid::new_v4());
    let (brought_by, taken_by, token) = (brought.letter, visit.person()?, session_token());
    let address = invitation_address(&visit.house.base_url, &token);
    let entered = visit
        .write(move |work| {
            work.once(key, |work| {
                let invitation = Invitation { token: &token, address: &address };
                let way_in = Given { login: &given, hash: &hash, invitation };
                let papers = Papers { letter: brought_by, payment: payment.as_deref(), taken_by };
                enter(work, id, &application, &way_in, &papers, this)
            })
        })
        .await?;
    match entered {
        Entered::New { shown_by } if shown_by == this => {
            visit.page("Вход для слушателя", SECTION, slip(&visit, &name, &login, &password, "/learners"))
        }
        // The form came twice: its password was shown the first time.
        Entered::New { .. } | Entered::Known => Ok(see_other("/learners")),
        Entered::Refused { field, sentence } => {
            again(&Messages::one(if field == "email" { "email" } else { "snils" }, sentence))
        }
    }
}

/// The address of letters, or digits.
fn new_login(application: &Application) -> String {
    application.address_of_letters().map_or_else(digits, str::to_owned)
}

/// Eight digits: easy to type on any telephone.
pub(crate) fn digits() -> String {
    format!("{:08}", Uuid::new_v4().as_u128() % 100_000_000)
}

/// A way in for somebody new.
#[derive(Clone, Copy)]
struct Given<'a> {
    login: &'a str,
    hash: &'a str,
    invitation: Invitation<'a>,
}

/// What came with the application, and who took it.
#[derive(Clone, Copy)]
struct Papers<'a> {
    letter: Option<Uuid>,
    payment: Option<&'a str>,
    taken_by: Uuid,
}

/// Application, signatures on paper and enrolment in one unit of work, or what stands in the way.
fn enter(
    work: &mut Work,
    version: Uuid,
    application: &Application,
    given: &Given,
    papers: &Papers,
    this: Uuid,
) -> Stored<Entered> {
    let Given { login, hash, invitation } = *given;
    let Papers { letter, payment, taken_by } = *papers;
    let snils = Snils::parse(&application.snils).map_err(Fault::data)?;
    let known = Person::with_snils(work, &snils)?;
    if let Some(person) = known {
        if let Some(other) = differs(work, person, application)? {
            let sentence = format!("СНИЛС: под ним у нас уже есть {other}. Сверьте имя и дату рождения");
            return Ok(refused("snils", &sentence));
        }
        if studies(work, person, version)? {
            return Ok(refused("snils", "СНИЛС: этот человек уже учится на этой программе"));
        }
    }
    if known.is_none() && with_login(work, login)?.is_some() {
        return Ok(refused(
            "email",
            "Почта: с ней уже входит другой человек. Оставьте поле пустым, логин дадим мы",
        ));
    }
    let token = record(work, version, application, known)?;
    let begun = Begun::by(work, token)?;
    for code in SIGNED {
        let act = Act::current(work, code)?;
        let how = if letter.is_some() {
            "подписано на бумаге, скан письмом"
        } else {
            "подписано на бумаге"
        };
        sign_act(work, begun.id, &act, &act.body, IN_OFFICE, how)?;
    }
    if let Some(letter) = letter {
        mail::used(work, letter, begun.id)?;
    }
    advance(work, begun.id, "draft", "agreed")?;
    if let Some(payment) = payment {
        pay(work, token, payment, taken_by)?;
    }
    let begun = Begun::by(work, token)?;
    // Whoever wrote from afar chooses the password by a link.
    let invitation = letter.and(application.address_of_letters()).map(|_| invitation);
    let way_in = WayIn { login, password_hash: Some(hash), once: true, invitation };
    enrol(work, &begun, &way_in, None)?;
    Ok(if known.is_some() { Entered::Known } else { Entered::New { shown_by: this } })
}

fn refused(field: &str, sentence: &str) -> Entered {
    Entered::Refused { field: field.to_owned(), sentence: sentence.to_owned() }
}

/// Whether the person already studies this version.
pub(crate) fn studies(db: &mut Db, person: Uuid, version: Uuid) -> Stored<bool> {
    let count = db.count(
        "select cast(count(*) as bigint) from enrolment where person = ?1 and programme_version = ?2 and state = 'active'",
        values![person, version],
    )?;
    Ok(count > 0)
}

/// A learner who forgot the password comes or calls: a new one, once.
pub(crate) async fn renew(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    let password = password_once();
    let hash = Passwords::hash(password.clone()).await?;
    let (name, login) = visit
        .write(move |work| {
            let login = renew_password(work, person, &hash)?;
            Ok((Person::find(work, person)?.name, login))
        })
        .await?;
    visit.page(
        "Вход для слушателя",
        SECTION,
        slip(&visit, &name, &login, &password, &format!("/learners/{person}")),
    )
}

fn page(version: &Version, brought: &Brought, said: &Messages) -> Markup {
    let content = &version.content;
    html! {
        main.dash #main {
            p.crumb { a href="/office/applications" { "Заявление в офисе" } }
            div.dash-head { h1 { (content.title) } }
            (parts::summary(said))
            (parts::form(&format!("/office/applications/{}", content.code), "form", &html! {
                @if let Some(letter) = brought.letter { input type="hidden" name="letter" value=(letter); p.small.muted { "Файлы письма приложатся к заявлению. " a href={ "/mail/" (letter) } target="_blank" { "Открыть письмо" } } }
                (fields(content.kind, Way::Office, &brought.form, said))
                (parts::tick("papers", brought.papers == "yes", &html! { "Согласие на обработку данных, договор и заявление подписаны на бумаге: бумаги в личном деле или пришли сканами" }, said))
                @if content.pay_first { (parts::field("payment", "Платёж", &brought.payment).longest(200).told(said).tip("По этой программе зачисляют после оплаты. Например, «платёжное поручение № 15 от 20.11.2026»")) }
                div { (parts::submit("Зачислить")) }
            }))
        }
    }
}
