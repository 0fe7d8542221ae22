//! The document about education that a learner receives while studying here (domain reference 2.2): until it is shown, the
//! document of this programme waits.
use accounts::Visit;
use accounts::person::Person;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::application::{Application, Education, Form};
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
    application: Application,
    education: Education,
}

/// An enrolment whose learner still studies for the diploma; any other is not found.
fn awaited(db: &mut Db, id: Uuid) -> Stored<Awaited> {
    let enrolment = Enrolment::find(db, id)?;
    let education = enrolment.education(db)?.filter(|one| !one.received).ok_or(Fault::Missing)?;
    if enrolment.state == State::Expelled {
        return Err(Fault::Missing);
    }
    Ok(Awaited {
        person: Person::find(db, enrolment.person)?,
        version: enrolment.programme(db)?,
        application: enrolment.application(db)?,
        enrolment,
        education,
    })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let awaited = visit.read(move |db| awaited(db, id)).await?;
    visit.page("Документ об образовании", SECTION, page(&awaited, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let enrolment = visit.read(move |db| Enrolment::find(db, id)).await?;
    let learner = format!("/learners/{}", enrolment.person);
    // Entered a moment ago, perhaps, by the same hand or by another: the learner's page says so.
    let Ok(awaited) = visit.read(move |db| awaited(db, id)).await else { return Ok(see_other(&learner)) };
    let form = Form {
        family: awaited.application.name.family.clone(),
        education: awaited.education.level.clone(),
        ..form
    };
    match form.education() {
        Ok(education) => {
            visit.write(move |work| receive(work, id, &education)).await?;
            Ok(see_other(&learner))
        }
        Err(said) => visit.again("Документ об образовании", SECTION, page(&awaited, &form, &said)),
    }
}

/// Keeps what was shown. The first one counts.
fn receive(work: &mut Work, id: Uuid, education: &Education) -> Stored<()> {
    let (sealed, today) = (work.seal(education)?, work.today());
    let kept = work.run(
        "insert into education_received (enrolment, education, received_on) values (?1, ?2, ?3) on conflict do nothing",
        values![id, sealed, today],
    )?;
    if kept == 0 {
        return Ok(());
    }
    work.note("education.received", id)?;
    work.tell(Educated { enrolment: id })
}

fn page(awaited: &Awaited, form: &Form, said: &Messages) -> Markup {
    let Awaited { enrolment, person, version, education, .. } = awaited;
    let field = |name, label, value| parts::field(name, label, value).told(said);
    let issued = if enrolment.state == State::Completed {
        "Программа завершена: документ о ней будет выдан сразу."
    } else {
        "Документ об этой программе будет выдан, когда она завершится."
    };
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Документ об образовании" } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (version.content.title) }
                dt { "При зачислении" } dd { (education.in_words()) }
            }
            (parts::summary(said))
            (parts::form(&format!("/enrolments/{}/education", enrolment.id), "form mt-5", &html! {
                (field("diploma_family", "Фамилия в дипломе", &form.diploma_family).optional().tip("Если другая"))
                div.pair {
                    (field("diploma_series", "Серия диплома", &form.diploma_series).optional().longest(20))
                    (field("diploma_number", "Номер диплома", &form.diploma_number).longest(40))
                }
                p.small.muted { (issued) }
                div { (parts::submit("Диплом показан")) }
            }))
        }
    }
}
