//! The document about education that a learner receives while studying here (domain reference 2.2): until it is shown, the
//! document of this programme waits.
use accounts::Visit;
use accounts::person::Person;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use regulations::Centre;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::application::{Education, Form};
use crate::enrolment::{Enrolment, State};
use crate::expel::SECTION;

/// The diploma that was awaited has been shown.
pub struct Educated {
    pub enrolment: Uuid,
}

impl Enrolment {
    /// The learner's education as it is known today: that of the application, or what was received since.
    pub fn education(&self, db: &mut Db) -> Stored<Option<Education>> {
        let received = "select education from education_received where enrolment = ?1";
        match db.maybe(received, values![self.id], |row| row.get::<String>(0))? {
            Some(sealed) => db.unseal(&sealed).map(Some),
            None => Ok(self.application(db)?.education),
        }
    }
}

/// What the page is about.
struct Awaited {
    enrolment: Enrolment,
    person: Person,
    version: Version,
    /// As it was when applying.
    applied: Education,
    /// As it has been shown since.
    shown: Option<Education>,
    /// Whether documents wait for it in this centre.
    waits: bool,
}

/// An enrolment whose learner studied for a diploma when applying; any other is not found.
fn awaited(db: &mut Db, id: Uuid) -> Stored<Awaited> {
    let enrolment = Enrolment::find(db, id)?;
    let applied = enrolment.application(db)?.education.filter(|one| !one.received).ok_or(Fault::Missing)?;
    if enrolment.state == State::Expelled {
        return Err(Fault::Missing);
    }
    Ok(Awaited {
        person: Person::find(db, enrolment.person)?,
        version: enrolment.programme(db)?,
        shown: enrolment.education(db)?.filter(|one| one.received),
        waits: Centre::load(db)?.with_diploma,
        applied,
        enrolment,
    })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let awaited = visit.read(move |db| awaited(db, id)).await?;
    // The surname of today: the diploma may be older than the application, or younger.
    let mut form = Form { diploma_family: awaited.person.name.family.clone(), ..Form::default() };
    if let Some(shown) = &awaited.shown {
        form.diploma_family.clone_from(&shown.family);
        (form.diploma_series, form.diploma_number) = (shown.series.clone(), shown.number.clone());
    }
    visit.page("Документ об образовании", SECTION, page(&awaited, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let awaited = visit.read(move |db| awaited(db, id)).await?;
    let form =
        Form { family: awaited.person.name.family.clone(), education: awaited.applied.level.clone(), ..form };
    match form.education() {
        Ok(education) => {
            visit.write(move |work| receive(work, id, &education)).await?;
            Ok(see_other(&format!("/learners/{}", awaited.enrolment.person)))
        }
        Err(said) => visit.again("Документ об образовании", SECTION, page(&awaited, &form, &said)),
    }
}

/// Keeps what was shown, or what was put right in it; what waited is issued with the first.
fn receive(work: &mut Work, id: Uuid, education: &Education) -> Stored<()> {
    let first = awaited(work, id)?.shown.is_none();
    let (sealed, today) = (work.seal(education)?, work.today());
    work.run(
        "insert into education_received (enrolment, education, received_on) values (?1, ?2, ?3)
         on conflict (enrolment) do update set education = excluded.education",
        values![id, sealed, today],
    )?;
    work.note("education.received", id)?;
    if first { work.tell(Educated { enrolment: id }) } else { Ok(()) }
}

fn page(awaited: &Awaited, form: &Form, said: &Messages) -> Markup {
    let Awaited { enrolment, person, version, applied, shown, waits } = awaited;
    let field = |name, label, value| parts::field(name, label, value).told(said);
    let issued = match (shown, waits, enrolment.state) {
        (Some(_), ..) => "В выданном документе ничего не изменится. Если ошибка попала в него, замените его.",
        (None, false, _) => "Документ об этой программе выдаётся по её завершении.",
        (None, true, State::Completed) => "Программа завершена: документ о ней будет выдан сразу.",
        (None, true, _) => "Документ об этой программе будет выдан, когда она завершится.",
    };
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Документ об образовании" } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (version.content.title) }
                dt { "При зачислении" } dd { (applied.in_words()) }
                @if let Some(shown) = shown { dt { "Показан" } dd { (shown.in_words()) } }
            }
            (parts::summary(said))
            (parts::form(&format!("/enrolments/{}/education", enrolment.id), "form mt-5", &html! {
                (field("diploma_family", "Фамилия в дипломе", &form.diploma_family).longest(50))
                div.pair {
                    (field("diploma_series", "Серия диплома", &form.diploma_series).optional().longest(20))
                    (field("diploma_number", "Номер диплома", &form.diploma_number).longest(40))
                }
                p.small.muted { (issued) }
                div { (parts::submit(if shown.is_some() { "Исправить" } else { "Диплом показан" })) }
            }))
        }
    }
}
