//! What the staff see of one learner: who it is, what is studied, the documents, and what can be done.
use std::collections::BTreeMap;

use accounts::frame::Frame;
use accounts::person::{Person, former_names};
use accounts::{Right, Visit};
use admissions::application::Education;
use admissions::{Enrolment, State};
use attestation::{Line, of_enrolment};
use axum::extract::Path;
use documents::{Credential, Listed};
use files::Hash;
use learning::Plan;
use maud::{Markup, html};
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::parts::icon;
use web::{Reply, parts};
use words::{Day, FullName, Sex};

use crate::portfolio::awaits_diploma;

/// One programme that the learner studies or has studied.
pub(crate) struct Study {
    pub plan: Plan,
    pub results: Vec<Line>,
    /// What the learner has told of the education, as it is known today.
    pub education: Option<Education>,
    /// Studied for the diploma when applying: there is a page for it.
    pub was_awaited: bool,
    /// The document waits for the diploma, or will.
    pub awaits_diploma: bool,
}

pub(crate) struct Card {
    pub person: Person,
    pub former: Vec<(FullName, Day)>,
    pub studies: Vec<Study>,
    pub credentials: Vec<Credential>,
    pub papers: Vec<Listed>,
    /// The head's detached signatures, by paper.
    pub signatures: BTreeMap<Uuid, Hash>,
}

impl Card {
    /// Whoever never was enrolled has no card.
    pub(crate) fn of(db: &mut Db, person: Uuid) -> Stored<Self> {
        let enrolments = Enrolment::all_of(db, person)?;
        if enrolments.is_empty() {
            return Err(Fault::Missing);
        }
        let studies = enrolments
            .into_iter()
            .map(|enrolment| {
                let results = of_enrolment(db, enrolment.id)?;
                let education = enrolment.education(db)?;
                let awaits_diploma = awaits_diploma(db, &enrolment)?;
                let was_awaited = enrolment.application(db)?.education.is_some_and(|one| !one.received);
                Ok(Study {
                    plan: Plan::load(db, enrolment)?,
                    results,
                    education,
                    was_awaited,
                    awaits_diploma,
                })
            })
            .collect::<Stored<_>>()?;
        let papers = documents::of_person(db, person)?;
        let mut signatures = BTreeMap::new();
        for paper in &papers {
            signatures.extend(paper.signature(db)?.map(|hash| (paper.id, hash)));
        }
        Ok(Self {
            signatures,
            person: Person::find(db, person)?,
            former: former_names(db, person)?,
            studies,
            credentials: Credential::all_of(db, person)?,
            papers,
        })
    }
}

pub(crate) async fn show(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    // Who has looked at whom stays in the journal (access to personal data).
    let card = visit
        .write(move |work| {
            work.note("card.seen", person)?;
            Card::of(work, person)
        })
        .await?;
    let title = card.person.name.to_string();
    visit.page(&title, Frame::Office("/learners"), page(&visit, person, &card))
}

fn page(visit: &Visit, id: Uuid, card: &Card) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href="/learners" { "Слушатели" } }
            div.dash-head {
                h1 { (card.person.name) }
                a.btn href={ "/learners/" (id) "/file" } { (icon("download")) span { "Личное дело" } }
                @if visit.may(Right::MoveLearners) {
                    a.btn href={ "/learners/" (id) "/contacts" } { "Исправить данные" }
                    a.btn href={ "/learners/" (id) "/name" } { "Изменить имя" }
                    @if card.studies.iter().all(|one| one.plan.enrolment.state != State::Active) { a.btn href={ "/learners/" (id) "/erasure" } { "Уничтожить данные" } }
                }
            }
            (who(&card.person, &card.former))
            @if visit.may(Right::TakeApplications) {
                (parts::form(&format!("/learners/{id}/password"), "mt-2", &html! { button.as-link type="submit" { "Новый пароль" } }))
            }
            section.mt-5 aria-labelledby="studies" {
                h2 id="studies" { "Обучение" }
                ul.lines.l { @for one in &card.studies { (study(visit, card.person.sex, one)) } }
            }
            section.mt-5 aria-labelledby="documents" {
                h2 id="documents" { "Документы об обучении" }
                @if card.credentials.is_empty() { p.muted { "Пока нет: появятся, когда закроется протокол." } }
                ul.lines.l { @for credential in &card.credentials { (document(visit, credential)) } }
            }
            section.mt-5 aria-labelledby="papers" {
                h2 id="papers" { "Бумаги" }
                ul.lines.l { @for paper in &card.papers { (listed(visit, paper)) } }
            }
        }
    }
}

fn who(person: &Person, former: &[(FullName, Day)]) -> Markup {
    html! {
        dl.key-facts.mt-5 {
            @if let Some(day) = person.birthday { dt { "Дата рождения" } dd { (day.in_words()) } }
            @if let Some(snils) = &person.snils { dt { "СНИЛС" } dd { (snils) } }
            @if let Some(phone) = &person.phone { dt { "Телефон" } dd { a href={ "tel:" (phone.as_str()) } { (phone) } } }
            @if let Some(email) = &person.email { dt { "Почта" } dd { a href={ "mailto:" (email) } { (email) } } }
            @for (name, until) in former { dt { "Прежнее имя" } dd { (name) ", до " (until.dotted()) } }
        }
    }
}

fn study(
    visit: &Visit,
    sex: Sex,
    Study { plan, results, education, was_awaited, awaits_diploma }: &Study,
) -> Markup {
    let enrolment = &plan.enrolment;
    let (done, all) = plan.progress();
    html! {
        li.doc.with-deeds {
            div.body {
                p { strong { (plan.version.content.title) } " " (enrolment.state.tag(sex, enrolment.starts, visit.today())) }
                p.small.muted {
                    "С " (enrolment.starts.dotted())
                    @if let Some(day) = enrolment.completed.or(enrolment.expelled) { " по " (day.dotted()) } @else { ", доступ до " (enrolment.ends.dotted()) }
                    ". Материалов изучено " (done) " из " (all)
                    @for line in results { ". " (line.verdict()) " " (line.at.shown(visit.now)) ", " (line.score) }
                    "."
                }
                @if let Some(employer) = &enrolment.employer { p.small.muted { @if let Some(position) = &enrolment.position { (position) ", " } (employer) } }
                @if let Some(education) = education {
                    p.small.muted {
                        (education.in_words()) @if education.received && *was_awaited { ", на фамилию " (education.family) } @if *awaits_diploma { ". Документ о программе выдаётся вместе с дипломом" } ". "
                        @if *was_awaited && enrolment.state != State::Expelled && visit.may(Right::MoveLearners) { a href={ "/enrolments/" (enrolment.id) "/education" } { @if education.received { "Исправить" } @else { "Диплом показан" } } }
                    }
                }
                @if let Some(group) = enrolment.group { p.small { a href={ "/groups/" (group) } { "К группе" } } }
            }
            @if enrolment.state == State::Active && visit.may(Right::MoveLearners) {
                div.cluster {
                    a.btn href={ "/enrolments/" (enrolment.id) "/extension" } { "Продлить" }
                    a.btn href={ "/enrolments/" (enrolment.id) "/expulsion" } { "Отчислить" }
                    a.btn href={ "/enrolments/" (enrolment.id) "/transfer" } { "Перевести" }
                    a.btn href={ "/enrolments/" (enrolment.id) "/attestation" } { "Аттестация" }
                    a.btn href={ "/enrolments/" (enrolment.id) "/mailing" } { "Материалы письмом" }
                }
            }
        }
    }
}

fn document(visit: &Visit, credential: &Credential) -> Markup {
    html! {
        li.doc {
            (icon("graduation-cap"))
            div.body {
                p { strong { (credential.title()) } }
                p.small.muted { "№\u{a0}" (credential.number) ", " (credential.issued.dotted()) @if let Some(end) = credential.end_in_words() { ". Не действует: " (end) } }
            }
            @if credential.ended.is_none() && visit.may(Right::ClosePapers) { a.btn href={ "/credentials/" (credential.id) "/replacement" } { "Заменить" } }
        }
    }
}

fn listed(visit: &Visit, paper: &Listed) -> Markup {
    html! {
        li.doc {
            (icon("file-text"))
            div.body {
                p { (paper.title) }
                p.small.muted { @if !paper.number.is_empty() { "№\u{a0}" (paper.number) " · " } (paper.at.day().shown(visit.today())) @if paper.ended { " · не действует" } }
            }
            @if paper.printed.is_none() { p.small.muted { "Готовится" } }
            @else if visit.may(Right::SeePapers) { a.btn href={ "/papers/" (paper.id) } { (icon("download")) span { "PDF" } } }
        }
    }
}
