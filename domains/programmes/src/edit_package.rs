//! The editor of a draft's final attestation (п. 4.3.6, 5.3.4): the rules by which a ticket is sat and passed. How many questions of each module
//! stand in it is said with the module.
use accounts::Visit;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::Fault;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};
use words::Day;

use crate::draft::{save, stamp};
use crate::edit::{CHANGED, SECTION, SUPPLY, draft, lines, long, may_be, whole};
use crate::{Content, Identification, Late, Marks, Show, Version, Written};

const TITLE: &str = "Итоговая аттестация";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    seen: String,
    form: String,
    hours: String,
    procedure: String,
    minutes: String,
    threshold: String,
    threshold_items: String,
    /// «on»: a mistake in a critical question fails the whole.
    critical: Vec<String>,
    /// «on»: no question is come back to.
    one_by_one: Vec<String>,
    seconds_each: String,
    rehearsal: String,
    opens: String,
    closes: String,
    show: String,
    good: String,
    excellent: String,
    attempts: String,
    pause_days: String,
    grace: String,
    late: String,
    /// «whole»: the whole ticket may be kept on the device.
    offline: Vec<String>,
    identification: String,
    written_title: String,
    written_task: String,
    criteria: String,
}

/// A box that is ticked.
fn ticked(set: bool, code: &str) -> Vec<String> {
    set.then(|| code.to_owned()).into_iter().collect()
}

fn number<N: ToString>(number: Option<N>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

impl Fields {
    pub(crate) fn of(content: &Content) -> Result<Self, Fault> {
        let package = &content.attestation;
        let written = package.written.as_ref();
        let day = |day: Option<Day>| day.map(Day::dotted).unwrap_or_default();
        Ok(Self {
            seen: stamp(content)?,
            form: package.form.clone(),
            hours: package.hours.to_string(),
            procedure: package.procedure.clone(),
            minutes: package.minutes.to_string(),
            threshold: package.threshold_percent.to_string(),
            threshold_items: number(package.threshold_items),
            critical: ticked(package.critical, "on"),
            one_by_one: ticked(package.one_by_one, "on"),
            seconds_each: number(package.seconds_each),
            rehearsal: number(package.rehearsal_percent),
            opens: day(package.opens),
            closes: day(package.closes),
            show: package.show.code().to_owned(),
            good: number(package.marks.map(|marks| marks.good)),
            excellent: number(package.marks.map(|marks| marks.excellent)),
            attempts: package.attempts.to_string(),
            pause_days: package.pause_days.to_string(),
            grace: package.grace().to_string(),
            late: package.late.code().to_owned(),
            offline: ticked(package.offline, "whole"),
            identification: package.identification.code().to_owned(),
            written_title: written.map(|one| one.title.clone()).unwrap_or_default(),
            written_task: written.map(|one| one.task.clone()).unwrap_or_default(),
            criteria: written.map(|one| one.criteria.join("\n")).unwrap_or_default(),
        })
    }

    /// The content with these rules; what law wants of them is on the version's page.
    pub(crate) fn onto(&self, mut content: Content) -> Result<Content, Messages> {
        let mut said = Messages::none();
        let hours = whole(&mut said, "hours", "Часов на аттестацию", &self.hours, 0..=500);
        let minutes = whole(&mut said, "minutes", "Минут на билет", &self.minutes, 1..=600);
        // A threshold in items makes the share needless.
        let threshold = if self.threshold_items.trim().is_empty() || !self.threshold.trim().is_empty() {
            whole(&mut said, "threshold", "Порог", &self.threshold, 1..=100)
        } else {
            None
        };
        let items = may_be(&mut said, "threshold_items", "Верных ответов", &self.threshold_items, 1..=500);
        let seconds = may_be(&mut said, "seconds_each", "Секунд на вопрос", &self.seconds_each, 10..=3600);
        let rehearsal = may_be(&mut said, "rehearsal", "Репетиция", &self.rehearsal, 1..=100);
        let (opens, closes) = self.days(&mut said);
        let marks = self.marks(&mut said, threshold);
        let attempts = whole(&mut said, "attempts", "Попыток", &self.attempts, 1..=20);
        let pause = whole(&mut said, "pause_days", "Дней между попытками", &self.pause_days, 0..=365);
        let grace = whole(&mut said, "grace", "Минут на доставку ответов", &self.grace, 0..=1440);
        let one_by_one = self.one_by_one.iter().any(|code| code == "on");
        let offline = self.offline.iter().any(|code| code == "whole");
        if offline && (one_by_one || seconds.is_some()) {
            said.say(
                "offline",
                "Без связи: весь билет на устройстве и вопросы без возврата вместе не бывают. Выберите одно",
            );
        }
        let untitled = self.written_title.trim().is_empty();
        if untitled && !(self.written_task.trim().is_empty() && self.criteria.trim().is_empty()) {
            said.say("written_title", "Письменная работа: назовите её, или сотрите задание и критерии");
        }
        if !said.is_empty() {
            return Err(said);
        }
        let package = &mut content.attestation;
        package.form = long(&self.form);
        package.procedure = long(&self.procedure);
        package.hours = hours.unwrap_or(package.hours);
        package.minutes = minutes.and_then(|n| n.try_into().ok()).unwrap_or(package.minutes);
        package.threshold_percent =
            threshold.and_then(|n| n.try_into().ok()).unwrap_or(package.threshold_percent);
        package.threshold_items = items.and_then(|n| n.try_into().ok());
        package.critical = self.critical.iter().any(|code| code == "on");
        package.one_by_one = one_by_one;
        package.seconds_each = seconds.and_then(|n| n.try_into().ok());
        package.rehearsal_percent = rehearsal.and_then(|n| n.try_into().ok());
        (package.opens, package.closes) = (opens, closes);
        package.show = Show::parse(&self.show).unwrap_or(package.show);
        package.marks = marks;
        package.written = (!untitled).then(|| Written {
            title: long(&self.written_title),
            task: long(&self.written_task),
            criteria: lines(&self.criteria),
        });
        package.attempts = attempts.unwrap_or(package.attempts);
        package.identification =
            Identification::parse(&self.identification).unwrap_or(package.identification);
        package.pause_days = pause.unwrap_or(package.pause_days);
        // What nobody changed stays as it was: a programme that names no grace goes on without naming one.
        let grace = grace.and_then(|n| n.try_into().ok()).unwrap_or_else(|| package.grace());
        if grace != package.grace() {
            package.grace_minutes = Some(grace);
        }
        package.late = Late::parse(&self.late).unwrap_or(package.late);
        package.offline = offline;
        Ok(content)
    }

    /// Both days between which attempts begin, either, or none.
    fn days(&self, said: &mut Messages) -> (Option<Day>, Option<Day>) {
        let mut day = |field, text: &str| {
            (!text.trim().is_empty()).then(|| said.take(field, Day::parse(text))).flatten()
        };
        let days = (day("opens", &self.opens), day("closes", &self.closes));
        if let (Some(opens), Some(closes)) = days
            && closes < opens
        {
            said.say("closes", "Последний день раньше первого");
        }
        days
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

const CRITICAL: [(&str, &str); 1] =
    [("on", "Ошибка в критическом вопросе — не сдано, сколько бы ни было баллов")];
const ONE_BY_ONE: [(&str, &str); 1] =
    [("on", "Вопросы идут один за другим: к прошлому не вернуться, к следующему не заглянуть")];
const OFFLINE: [(&str, &str); 1] = [(
    "whole",
    "Весь билет остаётся на устройстве, отвечать можно и без связи. Вопросы тогда видны владельцу устройства",
)];

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let version = draft(&visit, id).await?;
    let form = Fields::of(&version.content)?;
    visit.page(TITLE, SECTION, page(&version, &form, &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Fields>) -> Reply {
    let version = visit.read(move |db| Version::find(db, id)).await?;
    let said = match form.onto(version.content.clone()) {
        Err(said) => said,
        Ok(content) => {
            let seen = form.seen.clone();
            if visit.write(move |work| save(work, id, &seen, &content)).await? {
                return Ok(see_other(&format!("/office/programmes/{id}")));
            }
            Messages::one("form", CHANGED)
        }
    };
    visit.again(TITLE, SECTION, page(&version, &form, &said))
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
            div.dash-head { h1 { (TITLE) } }
            p.muted { "Сколько вопросов каждого модуля стоит в билете, написано у модуля. Сейчас в билете: " (version.content.questions()) "." }
            (parts::beside(&format!("/office/programmes/{}/supply", version.id), SUPPLY))
            (parts::summary(said))
            (parts::form(&format!("/office/programmes/{}/attestation", version.id), "form mt-5", &html! {
                input type="hidden" name="seen" value=(form.seen);
                div.pair {
                    (field("form", "Форма", &form.form).longest(80))
                    (field("hours", "Часов", &form.hours).digits().longest(3))
                }
                (area("procedure", "Порядок", &form.procedure, 4))
                h2 { "Что считается сданным" }
                div.pair {
                    (field("threshold", "Порог, % верных", &form.threshold).digits().longest(3))
                    (field("threshold_items", "Порог, штук верных", &form.threshold_items).optional().digits().longest(3).tip("Вместо процентов: например, 18 из 20"))
                }
                (parts::ticks("critical", "Критические вопросы", &CRITICAL, &form.critical, said))
                div.pair {
                    (field("good", "«Хорошо» от, %", &form.good).optional().digits().longest(3).tip("Без двух этих границ отметка — «зачтено»"))
                    (field("excellent", "«Отлично» от, %", &form.excellent).optional().digits().longest(3))
                }
                h2 { "Когда и сколько раз" }
                div.pair {
                    (field("opens", "Начинать не раньше", &form.opens).optional().longest(10).tip("Например, 01.12.2026"))
                    (field("closes", "и не позже", &form.closes).optional().longest(10))
                }
                div.pair {
                    (field("attempts", "Попыток", &form.attempts).digits().longest(2))
                    (field("pause_days", "Дней между попытками", &form.pause_days).digits().longest(3))
                }
                (field("rehearsal", "Репетиция, %", &form.rehearsal).optional().digits().longest(3).tip("К итоговой допускает репетиция не хуже этой"))
                (parts::choices("identification", "Кто сдаёт, узнаём", &options!(Identification), &form.identification, said))
                h2 { "Как идут вопросы" }
                div.pair {
                    (field("minutes", "Минут на билет", &form.minutes).digits().longest(3))
                    (field("seconds_each", "Секунд на вопрос", &form.seconds_each).optional().digits().longest(4).tip("Тогда вопросы идут без возврата; общее время тоже считается"))
                }
                (parts::ticks("one_by_one", "Без возврата", &ONE_BY_ONE, &form.one_by_one, said))
                (parts::choices("show", "После сдачи слушатель видит", &options!(Show), &form.show, said))
                h2 { "Если пропала связь" }
                (field("grace", "Минут на доставку ответов", &form.grace).digits().longest(4).tip("Столько после срока сами принимаем ответы, которые даны вовремя, но ждали связи. Обычно 10; 0 — не принимаем"))
                (parts::choices("late", "Ответы, которые пришли ещё позже", &options!(Late), &form.late, said))
                (parts::ticks("offline", "Без связи", &OFFLINE, &form.offline, said))
                h2 { "Письменная работа" }
                (field("written_title", "Письменная работа или защита", &form.written_title).optional().longest(120).tip("Её решает комиссия после теста. Например, «Практическая работа»"))
                (area("written_task", "Задание", &form.written_task, 5).optional())
                (area("criteria", "Критерии", &form.criteria, 4).optional().tip("По одному в строке: комиссия решает по каждому"))
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
