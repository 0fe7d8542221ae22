//! The commission as the staff see and appoint it: by order, with a term (п. 4.3.6).
use accounts::Visit;
use accounts::frame::Frame;
use maud::{Markup, html};
use serde::Deserialize;
use store::values;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, FullName};

use crate::{Commission, Official, appoint, in_office};

const SECTION: Frame = Frame::Office("/settings/commission");

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    order_number: String,
    order_date: String,
    since: String,
    until: String,
    chairman: String,
    members: String,
    secretary: String,
}

impl Form {
    /// As the commission in office stands, for the next order.
    fn of(commission: &Commission) -> Self {
        let members: Vec<_> = commission.members.iter().map(written).collect();
        Self {
            chairman: written(&commission.chairman),
            members: members.join("\n"),
            secretary: written(&commission.secretary),
            ..Self::default()
        }
    }

    fn check(&self) -> Result<(Commission, (Day, Day)), Messages> {
        let mut said = Messages::none();
        let order_number = said.text("order_number", &self.order_number, "Номер приказа", 40);
        let order_date = said.take("order_date", Day::parse(&self.order_date));
        let since = said.take("since", Day::parse(&self.since));
        let until = said.take("until", Day::parse(&self.until));
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            said.say("until", "Срок: конец раньше начала");
        }
        let chairman = one(&mut said, "chairman", "Председатель", &self.chairman);
        let lines = self.members.lines().filter(|line| !line.trim().is_empty());
        let members: Vec<_> =
            lines.filter_map(|line| one(&mut said, "members", "Член комиссии", line)).collect();
        if members.is_empty() {
            said.say("members", "Члены комиссии: нужен хотя бы один");
        }
        let secretary = one(&mut said, "secretary", "Секретарь", &self.secretary);
        let whole = || {
            let id = Uuid::now_v7();
            let (order_number, order_date) = (order_number?, order_date?);
            let commission = Commission {
                id,
                order_number,
                order_date,
                chairman: chairman?,
                members,
                secretary: secretary?,
            };
            Some((commission, (since?, until?)))
        };
        if said.is_empty() { whole().ok_or(said) } else { Err(said) }
    }
}

/// «директор — Воронцов Егор Ильич»
fn one(said: &mut Messages, field: &'static str, label: &str, line: &str) -> Option<Official> {
    let parsed = line.split_once(['—', '–']).or_else(|| line.split_once(" - ")).map(|(post, name)| {
        let mut parts = name.split_whitespace();
        let (family, given) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        (post.trim().to_owned(), FullName::parse(family, given, &parts.collect::<Vec<_>>().join(" ")))
    });
    match parsed {
        Some((post, Ok(name))) if !post.is_empty() => {
            Some(Official { post, full_name: name.to_string(), short_name: name.short() })
        }
        Some((_, Err(wrong))) => {
            said.say(field, format!("{label}: «{}». {}", line.trim(), wrong.0));
            None
        }
        _ => {
            said.say(
                field,
                format!(
                    "{label}: должность, тире, фамилия, имя и отчество полностью. Сейчас: «{}»",
                    line.trim()
                ),
            );
            None
        }
    }
}

fn written(official: &Official) -> String {
    format!("{} — {}", official.post, official.full_name)
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let today = visit.today();
    let current = visit.read(move |db| in_office(db, today)).await?;
    let form = current.as_ref().map(Form::of).unwrap_or_default();
    page(&visit, &form, &Messages::none(), false).await
}

pub(crate) async fn submit(visit: Visit, Posted { form, key }: Posted<Form>) -> Reply {
    match form.check() {
        Err(said) => page(&visit, &form, &said, true).await,
        Ok((commission, term)) => {
            visit.write(move |work| work.once(key, |work| appoint(work, &commission, term))).await?;
            Ok(see_other("/settings/commission"))
        }
    }
}

async fn page(visit: &Visit, form: &Form, said: &Messages, again: bool) -> Reply {
    let today = visit.today();
    let (current, until) = visit
        .read(move |db| {
            let current = in_office(db, today)?;
            let until = match &current {
                None => None,
                Some(commission) => Some(db.one(
                    "select until from commission where id = ?1",
                    values![commission.id],
                    |row| row.parsed(0, Day::parse),
                )?),
            };
            Ok((current, until))
        })
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Аттестационная комиссия" } }
            (in_office_now(current.as_ref(), until, today))
            section.mt-5.stack {
                h2 { @if current.is_some() { "Следующий приказ" } @else { "Приказ о комиссии" } }
                (parts::summary(said))
                (parts::form("/settings/commission", "form", &fields(form, said)))
            }
        }
    };
    if again {
        visit.again("Комиссия", SECTION, body)
    } else {
        visit.page("Комиссия", SECTION, body)
    }
}

fn in_office_now(current: Option<&Commission>, until: Option<Day>, today: Day) -> Markup {
    let Some(commission) = current else {
        return parts::note(
            parts::Tone::Warn,
            "triangle-alert",
            &html! { "Комиссии на сегодня нет: протоколы не закроются, пока её не назначат." },
        );
    };
    html! {
        dl.key-facts {
            dt { "Приказ" } dd { "№ " (commission.order_number) " от " (commission.order_date.in_words()) }
            @if let Some(until) = until {
                dt { "Действует до" }
                dd { (until.in_words()) @if today.until(until) <= 30 { " " (parts::tag(parts::Tone::Warn, "скоро кончится")) } }
            }
            dt { "Председатель" } dd { (written(&commission.chairman)) }
            dt { "Члены" } dd { @for member in &commission.members { (written(member)) br; } }
            dt { "Секретарь" } dd { (written(&commission.secretary)) }
        }
    }
}

fn fields(form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    html! {
        div.pair {
            (field("order_number", "Номер приказа", &form.order_number).longest(40))
            (field("order_date", "Дата приказа", &form.order_date).tip("Например, 12.01.2026"))
        }
        div.pair {
            (field("since", "Действует с", &form.since))
            (field("until", "по", &form.until))
        }
        (field("chairman", "Председатель", &form.chairman).longest(250).tip("Директор — Воронцов Егор Ильич"))
        (parts::area("members", "Члены комиссии", &form.members, 4).longest(2000).told(said).tip("По одному в строке: должность, тире, имя полностью"))
        (field("secretary", "Секретарь", &form.secretary).longest(250))
        div { (parts::submit("Назначить")) }
    }
}
