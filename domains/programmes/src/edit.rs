//! The editor of a draft (п. 4.3.1-4.3.9): the page of the programme; each module has its own in `edit_module.rs`. Lists are written a line each.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::Fault;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::draft::{save, stamp};
use crate::{
    Content, Copy, Distance, Identification, Kind, Literature, Marks, Show, State, StudyForm, Technology,
    Version, Written,
};

pub(crate) const SECTION: Frame = Frame::Office("/office/programmes");
pub(crate) const CHANGED: &str = "Пока вы писали, черновик изменил кто-то другой. Скопируйте своё, откройте страницу заново и внесите ещё раз";

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
    attestation_form: String,
    attestation_hours: String,
    procedure: String,
    minutes: String,
    threshold: String,
    threshold_items: String,
    /// «on»: a mistake in a critical question fails the whole.
    critical: Vec<String>,
    rehearsal: String,
    show: String,
    good: String,
    excellent: String,
    attempts: String,
    pause_days: String,
    grace: String,
    /// «whole»: the whole ticket may be kept on the device.
    offline: Vec<String>,
    identification: String,
    /// «pay», «sign»: what stands before access.
    first: Vec<String>,
    written_title: String,
    written_task: String,
    criteria: String,
}

impl Fields {
    fn of(content: &Content) -> Result<Self, Fault> {
        let lines = |all: &[String]| all.join("\n");
        let literature: Vec<_> = content.literature.iter().map(book).collect();
        let (attestation, c) = (&content.attestation, content.clone());
        let written = attestation.written.as_ref();
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
            attestation_form: attestation.form.clone(),
            attestation_hours: attestation.hours.to_string(),
            procedure: attestation.procedure.clone(),
            minutes: attestation.minutes.to_string(),
            threshold: attestation.threshold_percent.to_string(),
            threshold_items: attestation.threshold_items.map(|items| items.to_string()).unwrap_or_default(),
            critical: attestation.critical.then(|| "on".to_owned()).into_iter().collect(),
            rehearsal: attestation.rehearsal_percent.map(|percent| percent.to_string()).unwrap_or_default(),
            show: attestation.show.code().to_owned(),
            good: attestation.marks.map(|marks| marks.good.to_string()).unwrap_or_default(),
            excellent: attestation.marks.map(|marks| marks.excellent.to_string()).unwrap_or_default(),
            attempts: attestation.attempts.to_string(),
            pause_days: attestation.pause_days.to_string(),
            grace: attestation.grace().to_string(),
            offline: attestation.offline.then(|| "whole".to_owned()).into_iter().collect(),
            identification: match attestation.identification {
                Identification::Password => "password".to_owned(),
                Identification::Code => "code".to_owned(),
            },
            first: [(c.pay_first, "pay"), (c.sign_first, "sign")]
                .into_iter()
                .filter(|(set, _)| *set)
                .map(|(_, code)| code.to_owned())
                .collect(),
            written_title: written.map(|one| one.title.clone()).unwrap_or_default(),
            written_task: written.map(|one| one.task.clone()).unwrap_or_default(),
            criteria: written.map(|one| lines(&one.criteria)).unwrap_or_default(),
        })
    }

    /// The content with these fields. A draft may be unfinished, so only what cannot be stored is refused; what law wants is
    /// on the version's page.
    fn onto(&self, mut content: Content) -> Result<Content, Messages> {
        let mut said = Messages::none();
        let title = said.text("title", &self.title, "Название", 255);
        let hours = whole(&mut said, "hours", "Объём", &self.hours, 1..=5000);
        let hours_a_day = whole(&mut said, "hours_a_day", "Часов в день", &self.hours_a_day, 1..=12);
        let price = (!self.price.trim().is_empty())
            .then(|| whole(&mut said, "price", "Цена", &self.price, 0..=10_000_000))
            .flatten();
        let attestation_hours =
            whole(&mut said, "attestation_hours", "Часов на аттестацию", &self.attestation_hours, 0..=500);
        let minutes = whole(&mut said, "minutes", "Минут на билет", &self.minutes, 1..=600);
        let threshold = whole(&mut said, "threshold", "Порог", &self.threshold, 1..=100);
        let mut may_be = |field, label, text: &str, most| {
            (!text.trim().is_empty()).then(|| whole(&mut said, field, label, text, 1..=most)).flatten()
        };
        let items = may_be("threshold_items", "Верных ответов", &self.threshold_items, 500);
        let rehearsal = may_be("rehearsal", "Репетиция", &self.rehearsal, 100);
        let marks = self.marks(&mut said, threshold);
        let attempts = whole(&mut said, "attempts", "Попыток", &self.attempts, 1..=20);
        let pause = whole(&mut said, "pause_days", "Дней между попытками", &self.pause_days, 0..=365);
        let grace = whole(&mut said, "grace", "Минут на доставку ответов", &self.grace, 0..=1440);
        let untitled = self.written_title.trim().is_empty();
        if untitled && !(self.written_task.trim().is_empty() && self.criteria.trim().is_empty()) {
            said.say("written_title", "Письменная работа: назовите её, или сотрите задание и критерии");
        }
        let long = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
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
        let attestation = &mut content.attestation;
        attestation.form = long(&self.attestation_form);
        attestation.procedure = long(&self.procedure);
        attestation.hours = attestation_hours.unwrap_or(attestation.hours);
        attestation.minutes = minutes.and_then(|n| n.try_into().ok()).unwrap_or(attestation.minutes);
        attestation.threshold_percent =
            threshold.and_then(|n| n.try_into().ok()).unwrap_or(attestation.threshold_percent);
        attestation.threshold_items = items.and_then(|n| n.try_into().ok());
        attestation.critical = self.critical.iter().any(|code| code == "on");
        attestation.rehearsal_percent = rehearsal.and_then(|n| n.try_into().ok());
        attestation.show = Show::parse(&self.show).unwrap_or(attestation.show);
        attestation.marks = marks;
        attestation.written = (!self.written_title.trim().is_empty()).then(|| Written {
            title: long(&self.written_title),
            task: long(&self.written_task),
            criteria: lines(&self.criteria),
        });
        attestation.attempts = attempts.unwrap_or(attestation.attempts);
        attestation.identification = match self.identification.as_str() {
            "code" => Identification::Code,
            "password" => Identification::Password,
            _ => attestation.identification,
        };
        attestation.pause_days = pause.unwrap_or(attestation.pause_days);
        // What nobody changed stays as it was: a programme that names no grace goes on without naming one.
        let grace = grace.and_then(|n| n.try_into().ok()).unwrap_or_else(|| attestation.grace());
        if grace != attestation.grace() {
            attestation.grace_minutes = Some(grace);
        }
        attestation.offline = self.offline.iter().any(|code| code == "whole");
        Ok(content)
    }

    /// Both bounds of the five-point scale, or none.
    fn marks(&self, said: &mut Messages, threshold: Option<i64>) -> Option<Marks> {
        if self.good.trim().is_empty() && self.excellent.trim().is_empty() {
            return None;
        }
        let threshold = threshold.unwrap_or(1);
        let good = whole(said, "good", "«Хорошо» от, %", &self.good, threshold..=100)?;
        let excellent = whole(said, "excellent", "«Отлично» от, %", &self.excellent, good..=100)?;
        Some(Marks { good: good.try_into().ok()?, excellent: excellent.try_into().ok()? })
    }
}

const IDENTIFICATIONS: [(&str, &str); 2] = [
    ("password", "По входу с паролем"),
    ("code", "По входу и коду из письма: его просят у тех, у кого своя почта"),
];

/// What may stand between the complete set and access.
const FIRST: [(&str, &str); 2] =
    [("pay", "Ждать оплаты: её отмечает методист"), ("sign", "Ждать подписи руководителя под приказом")];
const CRITICAL: [(&str, &str); 1] =
    [("on", "Ошибка в критическом вопросе — не сдано, сколько бы ни было баллов")];

fn shown() -> Vec<(&'static str, &'static str)> {
    Show::ALL.iter().map(|one| (one.code(), one.russian())).collect()
}

const OFFLINE: [(&str, &str); 1] = [(
    "whole",
    "Весь билет остаётся на устройстве, отвечать можно и без связи. Вопросы тогда видны владельцу устройства",
)];

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
                h2 { "Итоговая аттестация" }
                div.pair {
                    (field("attestation_form", "Форма", &form.attestation_form).longest(80))
                    (field("attestation_hours", "Часов", &form.attestation_hours).digits().longest(3))
                }
                (area("procedure", "Порядок", &form.procedure, 4))
                div.pair {
                    (field("minutes", "Минут на билет", &form.minutes).digits().longest(3))
                    (field("threshold", "Порог, % верных", &form.threshold).digits().longest(3))
                }
                div.pair {
                    (field("threshold_items", "Порог, штук верных", &form.threshold_items).optional().digits().longest(3).tip("Вместо процентов: например, 18 из 20"))
                    (field("rehearsal", "Репетиция, %", &form.rehearsal).optional().digits().longest(3).tip("К итоговой допускает репетиция не хуже этой"))
                }
                (parts::ticks("critical", "Критические вопросы", &CRITICAL, &form.critical, said))
                div.pair {
                    (field("good", "«Хорошо» от, %", &form.good).optional().digits().longest(3).tip("Без двух этих границ отметка — «зачтено»"))
                    (field("excellent", "«Отлично» от, %", &form.excellent).optional().digits().longest(3))
                }
                div.pair {
                    (field("attempts", "Попыток", &form.attempts).digits().longest(2))
                    (field("pause_days", "Дней между попытками", &form.pause_days).digits().longest(3))
                }
                (field("grace", "Минут на доставку ответов", &form.grace).digits().longest(4).tip("Столько после срока принимаем ответы, которые даны вовремя, но ждали связи. Обычно 10; 0 — не принимаем"))
                (parts::ticks("offline", "Без связи", &OFFLINE, &form.offline, said))
                (parts::choices("show", "После сдачи слушатель видит", &shown(), &form.show, said))
                (parts::choices("identification", "Кто сдаёт, узнаём", &IDENTIFICATIONS, &form.identification, said))
                (field("written_title", "Письменная работа или защита", &form.written_title).optional().longest(120).tip("Её решает комиссия после теста. Например, «Практическая работа»"))
                (parts::area("written_task", "Задание", &form.written_task, 5).optional().told(said))
                (parts::area("criteria", "Критерии", &form.criteria, 4).optional().told(said).tip("По одному в строке: комиссия решает по каждому"))
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
            for place in 1..=content.modules.len() {
                let same = Form::of(&content, place).unwrap().onto(content.clone(), place).unwrap();
                assert_eq!(same, content, "{code}, module {place}");
            }
        }
    }
}
