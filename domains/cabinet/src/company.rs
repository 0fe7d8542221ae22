//! The customer's own pages: the groups of its people, what they have done, their papers (п. 3.13.1).
use accounts::Visit;
use accounts::frame::Frame;
use admissions::Group;
use axum::extract::Path;
use documents::Listed;
use maud::html;
use uuid::Uuid;
use web::{Reply, parts};

use crate::group::{Whole, one_by_one, one_file, people, printed, slips};
use crate::groups::{state, table, titled};

const SECTION: Frame = Frame::Office("/company");

pub(crate) async fn list(visit: Visit) -> Reply {
    let person = visit.person()?;
    let groups = visit
        .read(move |db| {
            let own = Group::all_of(db, person)?;
            titled(db, own)
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Ваши группы" } }
            @if groups.is_empty() { (parts::empty("Здесь появятся группы ваших сотрудников. Чтобы обучить людей, напишите нам.", Some(("/", "Каталог программ")))) } @else {
                (table(&groups, "/company/groups/", visit.today()))
            }
        }
    };
    visit.page("Ваши группы", SECTION, body)
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let whole =
        visit.read(move |db| Group::of(db, person, id).and_then(|group| Whole::of(db, group))).await?;
    let body = html! {
        main.dash #main {
            p.crumb { a href="/company" { "Ваши группы" } }
            div.dash-head {
                h1 { (whole.group.name) }
                @if !whole.group.started && !whole.pay_first && whole.group.ends >= visit.today() { a.btn.primary href={ "/company/groups/" (id) "/list" } { "Добавить людей" } }
                @else if !whole.group.started && whole.pay_first { p.small.muted { "По этой программе людей зачисляют после оплаты: список внесёт центр." } }
                a.btn href={ "/company/groups/" (id) "/meetings" } { "Занятия" }
            }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (whole.programme) }
                @if let Some(teacher) = &whole.teacher { dt { "Преподаватель" } dd { (teacher) } }
                dt { "Срок" } dd { (whole.group.starts.dotted()) " – " (whole.group.ends.dotted()) " " (state(&whole.group, visit.today())) }
            }
            (printed(&whole, Some(format!("/company/groups/{id}/papers"))))
            (people(&whole, None))
            (slips(&whole, "/company/groups/"))
        }
    };
    visit.page(&whole.group.name, SECTION, body)
}

/// All papers of the customer's own group as one PDF.
pub(crate) async fn papers(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let group = visit.read(move |db| Group::of(db, person, id)).await?;
    one_file(&visit, group, is_for_customers).await
}

/// The same one by one, with the head's signatures.
pub(crate) async fn papers_zip(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let person = visit.person()?;
    let group = visit.read(move |db| Group::of(db, person, id)).await?;
    one_by_one(&visit, group, is_for_customers).await
}

/// What tells of a person's other schooling, or of a failure, is for that person only.
fn is_for_customers(paper: &Listed) -> bool {
    !matches!(paper.kind.as_str(), "reference" | "diploma_supplement")
}
