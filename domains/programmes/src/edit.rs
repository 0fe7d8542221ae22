//! The editor of a draft (п. 4.3.1-4.3.9): the page of the programme; each module has its own in `edit_module.rs`, the final attestation in `edit_package.rs`. Lists are written a line each.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::Fault;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::draft::{save, stamp};
use crate::{Content, Copy, Distance, Kind, Literature, State, StudyForm, Technology, Version};

pub(crate) const SECTION: Frame = Frame::Office("/office/programmes");
pub(crate) const CHANGED: &str = "Пока вы писали, черновик изменил кто-то другой. Скопируйте своё, откройте страницу заново и внесите ещё раз";
/// The link to what the bank has for the programme: a page of `questions`.
pub(crate) const SUPPLY: &str = "Что есть в банке";

/// The draft, or nothing: other states are frozen.
pub(crate) async fn draft(visit: &Visit, id: Uuid) -> Result<Version, web::Failure> {
    visit
        .read(move |db| {
            let version = Version::find(db, id)?;
            if version.state == State::Draft { Ok(version) } else { Err(Fault::Missing) }
        })
        .await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    seen: String,
    title: String,
    kind: String,
    hours: String,
    study_form: String,
    distance: String,
    technology: String,
    hours_a_day: String,
    price: String,
    summary: String,
    relevance: String,
    goal: String,
    tasks: String,
    audience: String,
    entry: String,
    outcomes: String,
    conditions: String,
    standards: String,
    qualification: String,
    activity: String,
    copies: Vec<String>,
    literature: String,
    /// «pay», «sign»: what stands before access.
    first: Vec<String>,
}

impl Fields {
    fn of(content: &Content) -> Result<Self, Fault> {
        let lines = |all: &[String]| all.join("\n");
        let literature: Vec<_> = content.literature.iter().map(book).collect();
        let c = content.clone();
        Ok(Self {
            seen: stamp(content)?,
            title: c.title,
            kind: c.kind.code().to_owned(),
            hours: c.hours.to_string(),
            study_form: c.study_form.code().to_owned(),
            distance: c.distance.code().to_owned(),
            technology: c.technology.code().to_owned(),
            hours_a_day: c.hours_a_day.to_string(),
            price: c.price_roubles.map(|roubles| roubles.to_string()).unwrap_or_default(),
            summary: c.summary,
            relevance: c.relevance,
            goal: c.goal,
            tasks: lines(&c.tasks),
            audience: c.audience,
            entry: c.entry,
            outcomes: lines(&c.outcomes),
            conditions: c.conditions,
            standards: lines(&c.standards),
            qualification: c.qualification,
            activity: c.activity,
            copies: c.copies.iter().map(|copy| copy.code().to_owned()).collect(),
            literature: lines(&literature),
            first: [(c.pay_first, "pay"), (c.sign_first, "sign")]
                .into_iter()
                .filter(|(set, _)| *set)
                .map(|(_, code)| code.to_owned())
                .collect(),
        })
    }

    /// The content with these fields. A draft may be unfinished, so only what cannot be stored is refused; what law wants is
    /// on the version's page.
    fn onto(&self, mut content: Content) -> Result<Content, Messages> {
        let mut said = Messages::none();
        let title = said.text("title", &self.title, "Название", 255);
        let hours = whole(&mut said, "hours", "Объём", &self.hours, 1..=5000);
        let hours_a_day = whole(&mut said, "hours_a_day", "Часов в день", &self.hours_a_day, 1..=12);
        let price = may_be(&mut said, "price", "Цена", &self.price, 0..=10_000_000);
        let (Some(title), Some(hours), Some(hours_a_day)) = (title, hours, hours_a_day) else {
            return Err(said);
        };
        if !said.is_empty() {
            return Err(said);
        }
        content.title = title;
        content.kind = Kind::parse(&self.kind).unwrap_or(content.kind);
        content.hours = hours;
        content.study_form = StudyForm::parse(&self.study_form).unwrap_or(content.study_form);
        content.distance = Distance::parse(&self.distance).unwrap_or(content.distance);
        content.technology = Technology::parse(&self.technology).unwrap_or(content.technology);
        content.hours_a_day = hours_a_day;
        content.price_roubles = price;
        content.summary = long(&self.summary);
        content.relevance = long(&self.relevance);
        content.goal = long(&self.goal);
        content.tasks = lines(&self.tasks);
        content.audience = long(&self.audience);
        content.entry = long(&self.entry);
        content.outcomes = lines(&self.outcomes);
        content.conditions = long(&self.conditions);
        content.standards = lines(&self.standards);
        content.qualification = long(&self.qualification);
        content.activity = long(&self.activity);
        content.copies = Copy::ALL
            .iter()
            .copied()
            .filter(|copy| self.copies.iter().any(|code| code == copy.code()))
            .collect();
        content.pay_first = self.first.iter().any(|code| code == "pay");
        content.sign_first = self.first.iter().any(|code| code == "sign");
        content.literature = literature(&self.literature);
        Ok(content)
    }
}

/// What may stand between the complete set and access.
const FIRST: [(&str, &str); 2] =
    [("pay", "Ждать оплаты: её отмечает методист"), ("sign", "Ждать подписи руководителя под приказом")];
/// Copies that a programme may ask for; that of a change of name follows from the diploma, a scan comes with a letter.
fn asked_for() -> Vec<(&'static str, &'static str)> {
    Copy::ALL
        .iter()
        .filter(|copy| !matches!(copy, Copy::NameChange | Copy::Study | Copy::Scan))
        .map(|copy| (copy.code(), copy.russian()))
        .collect()
}

/// What stands before the colon, and how it is stored.
const LITERATURE: [(&str, &str); 4] = [
    ("Нормативная", "normative"),
    ("Основная", "main"),
    ("Дополнительная", "additional"),
    ("Интернет", "internet"),
];

/// «Основная: Автор. Название. Город, год»; without a kind it is the main one.
fn literature(text: &str) -> Vec<Literature> {
    let book = |line: String| {
        let known = line.split_once(':').and_then(|(word, rest)| {
            let (_, kind) = LITERATURE.iter().find(|(name, _)| words::folded(name) == words::folded(word))?;
            Some((*kind, rest.trim().to_owned()))
        });
        let (kind, citation) = known.unwrap_or(("main", line));
        Literature { kind: kind.to_owned(), citation }
    };
    lines(text).into_iter().map(book).filter(|book| !book.citation.is_empty()).collect()
}

fn book(book: &Literature) -> String {
    let name = LITERATURE.iter().find(|(_, kind)| *kind == book.kind).map_or("Основная", |(name, _)| name);
    format!("{name}: {}", book.citation)
}

pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A text of several lines as it is kept.
pub(crate) fn long(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// A number that may be left out.
pub(crate) fn may_be(
    said: &mut Messages,
    field: &'static str,
    label: &str,
    text: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    (!text.trim().is_empty()).then(|| whole(said, field, label, text, range)).flatten()
}

pub(crate) fn whole(
    said: &mut Messages,
    field: &'static str,
    label: &str,
    text: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let number = text.trim().parse::<i64>().ok().filter(|number| range.contains(number));
    if number.is_none() {
        said.say(field, format!("{label}: целое число от {} до {}", range.start(), range.end()));
    }
    number
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let version = draft(&visit, id).await?;
    let form = Fields::of(&version.content)?;
    visit.page(&version.content.title, SECTION, page(&version, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Fields>) -> Reply {
    // A draft no more, perhaps: `save` says so, and what was typed stays on the page.
    let version = visit.read(move |db| Version::find(db, id)).await?;
    let said = match form.onto(version.content.clone()) {
        Err(said) => said,
        Ok(content) => {
            let seen = form.seen.clone();
            if visit.write(move |work| save(work, id, &seen, &content)).await? {
                return Ok(see_other(&format!("/office/programmes/{id}")));
            }
            Messages::one("title", CHANGED)
        }
    };
    visit.again(&version.content.title, SECTION, page(&version, &form, &said))
}

fn page(version: &Version, form: &Fields, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    let area = |name, label, value, rows| parts::area(name, label, value, rows).told(said);
    macro_rules! options {
        ($list:ident) => {
            $list::ALL.iter().map(|one| (one.code(), one.russian())).collect::<Vec<_>>()
        };
    }
    html! {
        main.dash #main {
            p.crumb { a href={ "/office/programmes/" (version.id) } { (version.content.title) } }
            div.dash-head { h1 { "Программа" } }
            (parts::summary(said))
            (parts::form(&format!("/office/programmes/{}/edit", version.id), "form", &html! {
                input type="hidden" name="seen" value=(form.seen);
                (field("title", "Название", &form.title).longest(255))
                (parts::choices("kind", "Вид", &options!(Kind), &form.kind, said))
                div.pair {
                    (field("hours", "Объём, академических часов", &form.hours).digits().longest(4))
                    (field("hours_a_day", "Часов в день", &form.hours_a_day).digits().longest(2))
                }
                div.pair {
                    (parts::select("study_form", "Форма обучения", &options!(StudyForm), &form.study_form, said))
                    (parts::select("technology", "Технология", &options!(Technology), &form.technology, said))
                }
                (parts::select("distance", "Электронное обучение", &options!(Distance), &form.distance, said))
                (field("price", "Цена, рублей", &form.price).optional().digits().longest(8))
                (area("summary", "Коротко, для каталога", &form.summary, 2))
                (area("relevance", "Актуальность", &form.relevance, 4))
                (area("goal", "Цель", &form.goal, 3))
                (area("tasks", "Задачи", &form.tasks, 4).tip("По одной в строке"))
                (area("audience", "Для кого", &form.audience, 3))
                (area("entry", "Требования к слушателям", &form.entry, 3))
                (area("outcomes", "Планируемые результаты", &form.outcomes, 6).tip("По одному в строке: знать…, уметь…, владеть…"))
                (area("conditions", "Условия реализации", &form.conditions, 4))
                (area("standards", "Нормативные основания", &form.standards, 4).tip("По одному в строке").optional())
                div.pair {
                    (field("qualification", "Квалификация, для диплома", &form.qualification).optional().longest(200).tip("Например, «Специалист по охране труда»"))
                    (field("activity", "Новый вид деятельности", &form.activity).optional().longest(200).tip("В сфере чего: «охраны труда». Для переподготовки нужно одно из двух"))
                }
                (area("literature", "Литература", &form.literature, 5).tip("По одной в строке. Перед описанием вид: «Нормативная:», «Основная:», «Дополнительная:» или «Интернет:»"))
                (parts::ticks("copies", "Копии, без которых на сайте не зачислять", &asked_for(), &form.copies, said))
                (parts::ticks("first", "До начала занятий", &FIRST, &form.first, said))
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::Fields;
    use crate::Content;
    use crate::edit_module::Form;

    #[test]
    fn a_form_that_nobody_changed_changes_nothing() {
        for code in ["labour-16", "fire-162", "office-72"] {
            let text =
                std::fs::read_to_string(format!("../../demo/programmes/{code}/programme.toml")).unwrap();
            let content: Content = toml::from_str(&text).unwrap();
            assert_eq!(Fields::of(&content).unwrap().onto(content.clone()).unwrap(), content, "{code}");
            let same = crate::edit_package::Fields::of(&content).unwrap().onto(content.clone()).unwrap();
            assert_eq!(same, content, "{code}, the package");
            for place in 1..=content.modules.len() {
                let same = Form::of(&content, place).unwrap().onto(content.clone(), place).unwrap();
                assert_eq!(same, content, "{code}, module {place}");
            }
        }
    }
}
