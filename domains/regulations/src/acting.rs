//! Who signs instead of the head for a time: by order, from a day to a day (п. 5.1, 5.2).
use accounts::frame::Frame;
use accounts::{Visit, act_for_head, acting_head, is_head, may_act};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Stored, Work};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, FullName, Moment, Wrong};

use crate::{Acting, Centre, Signatory};

/// In days.
const LONGEST: i64 = 366;

/// «А. С. Лаптева»: letters, points, spaces and hyphens.
fn is_short_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphabetic() || ". -\u{a0}".contains(c))
        && name.chars().any(char::is_alphabetic)
}

/// Chosen where the deputy only signs.
const NOBODY: &str = "nobody";

const SECTION: Frame = Frame::Office("/settings/centre");

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    post: String,
    short_name: String,
    order: String,
    since: String,
    until: String,
    /// The member of the staff who gets the head's rights; empty: nobody.
    person: String,
}

impl Form {
    fn of(centre: &Centre, person: Option<Uuid>) -> Self {
        let person = person.map_or_else(|| NOBODY.to_owned(), |id| id.to_string());
        centre.acting.as_ref().map_or_else(
            || Self {
                post: "Исполняющий обязанности директора".to_owned(),
                person: NOBODY.to_owned(),
                ..Self::default()
            },
            |acting| Self {
                person,
                post: acting.signatory.post.clone(),
                short_name: acting.signatory.short_name.clone(),
                order: acting.order.clone(),
                since: acting.since.dotted(),
                until: acting.until.dotted(),
            },
        )
    }

    fn check(&self, today: Day) -> Result<Acting, Messages> {
        let mut said = Messages::none();
        let post = said.text("post", &self.post, "Должность", 120);
        let short_name = said.text("short_name", &self.short_name, "Инициалы и фамилия", 80);
        let order = said.text("order", &self.order, "Приказ", 80);
        if short_name.as_ref().is_some_and(|name| !is_short_name(name)) {
            said.say("short_name", "Инициалы и фамилия: например, А. С. Лаптева");
        }
        let named = |name: &str, day: Result<Day, Wrong>| {
            day.map_err(|wrong| Wrong::new(format!("{name}. {}", wrong.0)))
        };
        let since = said.take("since", named("С", Day::parse(&self.since)));
        let until = said.take("until", named("По", Day::parse(&self.until)));
        if until.is_some_and(|day| day < today) {
            said.say("until", "По: этот день уже прошёл");
        }
        if since.zip(until).is_some_and(|(since, until)| until > since.plus(LONGEST)) {
            said.say("until", "По: замещают не дольше года, дальше нужен новый приказ");
        }
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            said.say("until", "По: последний день раньше первого");
        }
        let whole = || {
            let signatory = Signatory { post: post?, short_name: short_name? };
            Some(Acting { signatory, order: order?, since: since?, until: until? })
        };
        if said.is_empty() { whole().ok_or(said) } else { Err(said) }
    }
}

/// What the page shows: the centre, and who may get the head's rights.
struct Choice {
    centre: Centre,
    staff: Vec<(Uuid, FullName)>,
    acting: Option<Uuid>,
}

fn load(db: &mut Db, now: Moment) -> Stored<Choice> {
    Ok(Choice { centre: Centre::load(db)?, staff: may_act(db, now)?, acting: acting_head(db)? })
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let now = visit.now;
    let choice = visit.read(move |db| load(db, now)).await?;
    let body = page(&visit, &choice, &Form::of(&choice.centre, choice.acting), &Messages::none());
    visit.page("Кто подписывает", SECTION, body)
}

pub(crate) async fn submit(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let now = visit.now;
    let choice = visit.read(move |db| load(db, now)).await?;
    // Only the head gives the head's rights: from others the field does not come.
    let by_head = is_head(&visit);
    let chosen = choice.staff.iter().map(|(id, _)| *id).find(|id| id.to_string() == form.person);
    // Whoever acts for the head does not write the own order anew.
    if visit.actor.as_ref().is_some_and(|actor| actor.is_acting) {
        let said = Messages::one(
            "order",
            "Пока вы замещаете руководителя, этот приказ меняет он сам или администратор",
        );
        return visit.again("Кто подписывает", SECTION, page(&visit, &choice, &form, &said));
    }
    let checked = match form.check(visit.today()) {
        Ok(_) if by_head && chosen.is_none() && !["", NOBODY].contains(&form.person.as_str()) => {
            Err(Messages::one("person", "Права руководителя: этого сотрудника больше нельзя выбрать"))
        }
        checked => checked,
    };
    match checked {
        Ok(acting) => {
            let rights = chosen.map(|person| (person, acting.since, acting.until));
            visit
                .write(move |work| {
                    let same = Centre::load(work)?.acting.as_ref() == Some(&acting);
                    set(work, Some(acting.clone()))?;
                    // Another order by somebody else ends the rights that rested on the one before.
                    match (by_head, same) {
                        (true, _) => act_for_head(work, rights),
                        (false, true) => Ok(()),
                        (false, false) => act_for_head(work, None),
                    }
                })
                .await?;
            Ok(see_other("/settings/acting"))
        }
        Err(said) => visit.again("Кто подписывает", SECTION, page(&visit, &choice, &form, &said)),
    }
}

/// The head is back before the term.
pub(crate) async fn end(visit: Visit) -> Reply {
    visit
        .write(|work| {
            set(work, None)?;
            act_for_head(work, None)
        })
        .await?;
    Ok(see_other("/settings/acting"))
}

fn set(work: &mut Work, acting: Option<Acting>) -> Stored<()> {
    let said = acting.as_ref().map(|one| {
        let (since, until) = (one.since.dotted(), one.until.dotted());
        format!("{}, {}, {}, с {since} по {until}", one.signatory.post, one.signatory.short_name, one.order)
    });
    Centre { acting, ..Centre::load(work)? }.save(work)?;
    match said {
        Some(said) => work.note_with("head.acted-for", Uuid::nil(), Some(&said)),
        None => work.note("head.back", Uuid::nil()),
    }
}

fn page(visit: &Visit, Choice { centre, staff, acting }: &Choice, form: &Form, said: &Messages) -> Markup {
    let now = centre.head_on(visit.today());
    let staff: Vec<_> = staff.iter().map(|(id, name)| (id.to_string(), name.to_string())).collect();
    let nobody = [(NOBODY, "Никому: только подпись в документах")];
    let options: Vec<_> =
        nobody.into_iter().chain(staff.iter().map(|(id, name)| (id.as_str(), name.as_str()))).collect();
    let has_rights = acting.and_then(|id| staff.iter().find(|(one, _)| *one == id.to_string()));
    html! {
        main.dash #main {
            p.crumb { a href="/settings/centre" { "Данные центра" } }
            div.dash-head { h1 { "Кто подписывает" } }
            p.muted { "Сегодня документы подписывает " (now.short_name) ", должность: " (now.post) "." }
            (parts::summary(said))
            (parts::form("/settings/acting", "form mt-5", &html! {
                (parts::field("post", "Должность", &form.post).longest(120).told(said))
                (parts::field("short_name", "Инициалы и фамилия", &form.short_name).longest(80).told(said).tip("Например, А. С. Лаптева"))
                (parts::field("order", "Приказ", &form.order).longest(80).told(said).tip("Например, № 7-К от 01.11.2026"))
                div.pair {
                    (parts::field("since", "С", &form.since).longest(10).told(said))
                    (parts::field("until", "По", &form.until).longest(10).told(said))
                }
                @if is_head(visit) { (parts::select("person", "Права руководителя на эти дни", &options, &form.person, said)) }
                @else if let Some((_, name)) = has_rights { p.small.muted { "Права руководителя на эти дни: " (name) "." } }
                div { (parts::submit("Сохранить")) }
            }))
            @if centre.acting.is_some() { (parts::form("/settings/acting/end", "mt-5", &html! { button.as-link type="submit" { "Вернуть подпись руководителю" } })) }
        }
    }
}
