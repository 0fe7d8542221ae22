//! Another group of the same programme (domain reference 2.5): an order follows where the learner was already ordered.
use accounts::Visit;
use accounts::person::Person;
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Day;

use crate::enrolment::Enrolment;
use crate::expel::{SECTION, going_on};
use crate::group::Group;

/// Somebody studies with another group from today.
pub struct Transferred {
    pub enrolment: Uuid,
    /// None: enrolled alone before.
    pub from: Option<Uuid>,
    pub to: Uuid,
    pub grounds: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    group: String,
    grounds: String,
}

struct Study {
    enrolment: Enrolment,
    person: Person,
    version: Version,
    /// Groups of the same version that go on, without the own one.
    groups: Vec<Group>,
}

fn load(db: &mut Db, id: Uuid, today: Day) -> Stored<Study> {
    let (enrolment, person, version) = going_on(db, id)?;
    let mut groups = Group::newest(db, 300)?;
    groups.retain(|group| {
        group.version == enrolment.version && group.ends >= today && Some(group.id) != enrolment.group
    });
    Ok(Study { enrolment, person, version, groups })
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let today = visit.today();
    let study = visit.read(move |db| load(db, id, today)).await?;
    visit.page("Перевод", SECTION, page(&study, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, key }: Posted<Form>) -> Reply {
    let today = visit.today();
    let study = visit.read(move |db| load(db, id, today)).await?;
    // The form came twice: it is done.
    if study.enrolment.group.is_some_and(|group| group.to_string() == form.group) {
        return Ok(see_other(&format!("/learners/{}", study.enrolment.person)));
    }
    let mut said = Messages::none();
    let group = study.groups.iter().map(|group| group.id).find(|id| id.to_string() == form.group);
    if group.is_none() {
        said.say("group", "Группа: выберите");
    }
    let grounds = said.text("grounds", &form.grounds, "Основание", 200);
    let (Some(group), Some(grounds)) = (group, grounds) else {
        return visit.again("Перевод", SECTION, page(&study, &form, &said));
    };
    visit.write(move |work| work.once(key, |work| transfer(work, id, group, &grounds))).await?;
    Ok(see_other(&format!("/learners/{}", study.enrolment.person)))
}

/// Moves the learner. Whoever was not ordered yet is ordered with the new group, or at once where it has begun.
fn transfer(work: &mut Work, id: Uuid, to: Uuid, grounds: &str) -> Stored<()> {
    let today = work.today();
    let study = load(work, id, today)?;
    let (enrolment, group) = (study.enrolment, study.groups.into_iter().find(|group| group.id == to));
    let group = group.ok_or(Fault::Missing)?;
    let ordered = enrolment.ordered;
    // Whoever has begun goes on studying from the day on which that was; the term is the new group's, never a shorter one.
    let starts = if ordered { enrolment.starts } else { group.starts.max(today) };
    work.run(
        "update enrolment set study_group = ?2, starts_on = ?3, ends_on = ?4 where id = ?1",
        values![id, to, starts, group.ends.max(if ordered { enrolment.ends } else { group.ends })],
    )?;
    work.note_with("enrolment.transferred", id, Some(&group.name))?;
    work.tell(Transferred { enrolment: id, from: enrolment.group, to, grounds: grounds.to_owned() })?;
    if ordered { Ok(()) } else { group.joined(work) }
}

fn page(study: &Study, form: &Form, said: &Messages) -> Markup {
    let Study { enrolment, person, version, groups } = study;
    let named: Vec<_> = groups
        .iter()
        .map(|group| {
            let term = format!("{}, {} – {}", group.name, group.starts.dotted(), group.ends.dotted());
            (group.id.to_string(), term)
        })
        .collect();
    let options: Vec<_> = named.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (enrolment.person) } { (person.name) } }
            div.dash-head { h1 { "Перевод" } }
            dl.key-facts.mt-5 { dt { "Программа" } dd { (version.content.title) } }
            @if options.is_empty() { (parts::empty("Других групп этой версии программы сейчас нет.", Some(("/groups", "Группы")))) } @else {
                (parts::summary(said))
                (parts::form(&format!("/enrolments/{}/transfer", enrolment.id), "form mt-5", &html! {
                    (parts::select("group", "В группу", &options, &form.group, said))
                    (parts::field("grounds", "Основание", &form.grounds).longest(200).told(said).tip("Например, «заявление от 20.11.2026»"))
                    p.small.muted { "Что изучено и сдано, остаётся. Срок станет сроком новой группы, если он не короче." }
                    div { (parts::submit("Перевести")) }
                }))
            }
        }
    }
}
