//! Dated groups: the list, and opening one when its provision is there (п. 3.1).
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use accounts::frame::Frame;
use accounts::person::with_role;
use accounts::{Role, Visit};
use admissions::{Customer, Group, last_day};
use maud::{Markup, html};
use programmes::{Distance, Version};
use serde::Deserialize;
use store::{Db, Stored};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, FullName};

pub(crate) const SECTION: Frame = Frame::Office("/groups");

pub(crate) async fn list(visit: Visit) -> Reply {
    let groups = visit
        .read(|db| {
            let all = Group::newest(db, 300)?;
            titled(db, all)
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Группы" } @if visit.may(accounts::Right::TakeApplications) { a.btn href="/groups/new" { "Новая группа" } } @if !groups.is_empty() { (parts::sheet("/groups.xlsx")) } }
            @if groups.is_empty() { (parts::empty("Групп пока нет. Кто подаёт заявление сам, учится без группы.", None)) } @else {
                (table(&groups, "/groups/", visit.today()))
            }
        }
    };
    visit.page("Группы", SECTION, body)
}

/// The groups as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 7] = [
        ("Группа", 30),
        ("Программа", 60),
        ("Заказчик", 40),
        ("Состояние", 14),
        ("Начало", 12),
        ("Доступ до", 12),
        ("Основание", 40),
    ];
    let today = visit.today();
    let (groups, customers) = visit
        .read(|db| {
            let all = Group::newest(db, 50_000)?;
            Ok((titled(db, all)?, Customer::all(db)?))
        })
        .await?;
    let row = |(programme, group): (String, Group)| {
        let customer = customers.iter().find(|one| Some(one.id) == group.customer);
        vec![
            group.name.clone(),
            programme,
            customer.map(|one| one.name.clone()).unwrap_or_default(),
            state_in_words(&group, today).1.to_owned(),
            group.starts.dotted(),
            group.ends.dotted(),
            group.grounds,
        ]
    };
    web::table("Группы", "Группы.xlsx", &COLUMNS, groups.into_iter().map(row).collect()).await
}

/// Groups with the titles of their programmes; a version is read once.
pub(crate) fn titled(db: &mut Db, groups: Vec<Group>) -> Stored<Vec<(String, Group)>> {
    let mut titles = BTreeMap::new();
    for group in &groups {
        if let Entry::Vacant(place) = titles.entry(group.version) {
            place.insert(group.programme(db)?.content.title);
        }
    }
    let title = |group: &Group| titles.get(&group.version).cloned().unwrap_or_default();
    Ok(groups.into_iter().map(|group| (title(&group), group)).collect())
}

/// The list of groups; each leads to `address` and its id.
pub(crate) fn table(groups: &[(String, Group)], address: &str, today: Day) -> Markup {
    html! {
        table.tbl {
            thead { tr { th scope="col" { "Группа" } th scope="col" { "Программа" } th scope="col" { "Состояние" } th.r scope="col" { "Начало" } th.r scope="col" { "Доступ до" } } }
            tbody {
                @for (programme, group) in groups {
                    tr {
                        th scope="row" { a.plain href={ (address) (group.id) } { (group.name) } }
                        td.wide data-l="Программа" { (programme) }
                        td data-l="Состояние" { (state(group, today)) }
                        td.r data-l="Начало" { (group.starts.dotted()) }
                        td.r data-l="Доступ до" { (group.ends.dotted()) }
                    }
                }
            }
        }
    }
}

pub(crate) fn state(group: &Group, today: Day) -> Markup {
    let (tone, words) = state_in_words(group, today);
    parts::tag(tone, words)
}

fn state_in_words(group: &Group, today: Day) -> (Tone, &'static str) {
    match (group.started, group.ends < today) {
        (_, true) => (Tone::Plain, "Закончилась"),
        (true, _) => (Tone::Accent, "Учится"),
        (false, _) => (Tone::Plain, "Набирается"),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    name: String,
    programme: String,
    starts: String,
    ends: String,
    customer: String,
    grounds: String,
    teacher: String,
}

/// What a group may be opened on, and for whom.
struct Offered {
    versions: Vec<Version>,
    customers: Vec<Customer>,
    teachers: Vec<(Uuid, FullName)>,
}

fn offered(db: &mut Db) -> Stored<Offered> {
    Ok(Offered {
        versions: Version::all_published(db)?,
        customers: Customer::all(db)?,
        teachers: with_role(db, Role::Teacher)?,
    })
}

impl Form {
    fn check(&self, offered: &Offered, today: Day) -> Result<(Group, Version), Messages> {
        let mut said = Messages::none();
        let name = said.text("name", &self.name, "Название", 60);
        let version = offered.versions.iter().find(|version| version.content.code == self.programme);
        if version.is_none() {
            said.say("programme", "Программа: выберите");
        }
        let starts = said.take(
            "starts",
            Day::parse(&self.starts).map_err(|wrong| words::Wrong::new(format!("Начало. {}", wrong.0))),
        );
        if starts.is_some_and(|day| day < today || day > today.plus(366)) {
            said.say("starts", "Начало: с сегодняшнего дня, не позже чем через год");
        }
        let ends = if self.ends.trim().is_empty() {
            starts.zip(version).map(|(starts, version)| last_day(starts, &version.content))
        } else {
            said.take("ends", Day::parse(&self.ends))
        };
        if let (Some(starts), Some(ends), Some(version)) = (starts, ends, version) {
            let least = starts.plus(version.content.days() - 1);
            if ends < least {
                said.say("ends", format!("Последний день: по графику не раньше {}", least.dotted()));
            } else if ends > starts.plus(1100) {
                said.say("ends", "Последний день: не позже чем через три года после начала");
            }
        }
        let customer =
            offered.customers.iter().find(|one| one.id.to_string() == self.customer).map(|one| one.id);
        if customer.is_none() && !self.customer.is_empty() {
            said.say("customer", "Заказчик: выберите из списка");
        }
        let teacher =
            offered.teachers.iter().find(|(id, _)| id.to_string() == self.teacher).map(|(id, _)| *id);
        if teacher.is_none() && !self.teacher.is_empty() {
            said.say("teacher", "Преподаватель: выберите из списка");
        }
        let grounds = self.grounds.trim();
        if grounds.chars().count() > 200 {
            said.say("grounds", "Основание: не больше 200 знаков");
        }
        match (name, version, starts, ends) {
            (Some(name), Some(version), Some(starts), Some(ends)) if said.is_empty() => {
                let group = Group {
                    id: Uuid::nil(),
                    name,
                    version: version.id,
                    starts,
                    ends,
                    grounds: grounds.to_owned(),
                    customer,
                    teacher,
                    started: false,
                };
                Ok((group, version.clone()))
            }
            _ => Err(said),
        }
    }
}

pub(crate) async fn ask(visit: Visit) -> Reply {
    let offered = visit.read(offered).await?;
    visit.page("Новая группа", SECTION, page(&offered, &Form::default(), &[], &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Posted { form, key }: Posted<Form>) -> Reply {
    let (offered, today, by) = (visit.read(offered).await?, visit.today(), visit.person()?);
    let again = |lacking: &[String], said: &Messages| {
        visit.again("Новая группа", SECTION, page(&offered, &form, lacking, said))
    };
    let (group, version) = match form.check(&offered, today) {
        Ok(checked) => checked,
        Err(said) => return again(&[], &said),
    };
    let made = visit
        .write(move |work| {
            let lacking = lacking(work, &version, today)?;
            if !lacking.is_empty() {
                return Ok(Err(lacking));
            }
            work.once(key, |work| Group::add(work, &group, by)).map(Ok)
        })
        .await?;
    match made {
        Ok(id) => Ok(see_other(&format!("/groups/{id}"))),
        Err(lacking) => again(&lacking, &Messages::none()),
    }
}

/// п. 3.1: what a group of this version cannot begin without and does not have.
fn lacking(db: &mut Db, version: &Version, today: Day) -> Stored<Vec<String>> {
    let mut lacking = Vec::new();
    let content = &version.content;
    let materials = library::of_programme(db, version.programme)?;
    for module in &content.modules {
        if !materials.iter().any(|one| one.obligatory && one.module == module.code) {
            lacking.push(format!("Модуль {} «{}»: нет обязательных материалов", module.code, module.title));
        }
    }
    lacking.extend(trainer::lacking(db, content)?);
    if attestation::in_office(db, today)?.is_none() {
        lacking.push("Аттестационная комиссия не назначена или её срок вышел".to_owned());
    }
    let taught = matches!(content.distance, Distance::Distance | Distance::Both);
    if taught && accounts::person::count_with(db, accounts::Role::Teacher)? == 0 {
        lacking.push("Нет преподавателя, а программа идёт с дистанционными технологиями".to_owned());
    }
    Ok(lacking)
}

/// People as a list to choose from.
pub(crate) fn named(people: &[(Uuid, FullName)]) -> Vec<(String, String)> {
    people.iter().map(|(id, name)| (id.to_string(), name.to_string())).collect()
}

fn page(offered: &Offered, form: &Form, lacking: &[String], said: &Messages) -> Markup {
    let programmes: Vec<_> =
        offered.versions.iter().map(|one| (one.content.code.as_str(), one.content.title.as_str())).collect();
    let ids: Vec<_> = offered.customers.iter().map(|one| (one.id.to_string(), one.name.as_str())).collect();
    let customers: Vec<_> = ids.iter().map(|(id, name)| (id.as_str(), *name)).collect();
    let names = named(&offered.teachers);
    let teachers: Vec<_> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/groups" { "Группы" } }
            div.dash-head { h1 { "Новая группа" } }
            (parts::summary(said))
            @if !lacking.is_empty() {
                section.err-sum role="alert" aria-labelledby="wrong" tabindex="-1" {
                    h2 id="wrong" { "Группу пока не открыть" }
                    ul { @for what in lacking { li { (what) } } }
                }
            }
            (parts::form("/groups", "form", &html! {
                (parts::field("name", "Название", &form.name).longest(60).told(said).tip("Например, «ОТ-11, Северная сталь»"))
                (parts::select("programme", "Программа", &programmes, &form.programme, said))
                div.pair {
                    (parts::field("starts", "Начало", &form.starts).longest(10).told(said).tip("Например, 01.12.2026. Этим днём будет приказ о зачислении"))
                    (parts::field("ends", "Последний день доступа", &form.ends).longest(10).told(said).tip("Пусто — 60 дней или вдвое дольше программы"))
                }
                @if !customers.is_empty() { (parts::select("customer", "Заказчик", &customers, &form.customer, said)) }
                @if !teachers.is_empty() { (parts::select("teacher", "Преподаватель — если группу кто-то ведёт", &teachers, &form.teacher, said)) }
                (parts::field("grounds", "Основание зачисления", &form.grounds).told(said).tip("Например, «договор № 12 от 01.11.2026». Пусто — заявления слушателей"))
                div { (parts::submit("Открыть группу")) }
            }))
        }
    }
}
