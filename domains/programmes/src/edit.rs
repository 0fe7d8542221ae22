//! The editor of a draft (п. 4.3.1-4.3.9): one page for the programme, one for each module. Lists are written a line each.
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
    Content, Distance, Kind, Literature, Module, Quota, State, StudyForm, Technology, Topic, Version,
};

const SECTION: Frame = Frame::Office("/office/programmes");
const CHANGED: &str = "Пока вы писали, черновик изменил кто-то другой. Скопируйте своё, откройте страницу заново и внесите ещё раз";

/// The draft, or nothing: other states are frozen.
async fn draft(visit: &Visit, id: Uuid) -> Result<Version, web::Failure> {
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
    literature: String,
    attestation_form: String,
    attestation_hours: String,
    procedure: String,
    minutes: String,
    threshold: String,
    attempts: String,
    pause_days: String,
}

impl Fields {
    fn of(content: &Content) -> Result<Self, Fault> {
        let lines = |all: &[String]| all.join("\n");
        let literature: Vec<_> = content.literature.iter().map(book).collect();
        let (attestation, c) = (&content.attestation, content.clone());
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
            literature: lines(&literature),
            attestation_form: attestation.form.clone(),
            attestation_hours: attestation.hours.to_string(),
            procedure: attestation.procedure.clone(),
            minutes: attestation.minutes.to_string(),
            threshold: attestation.threshold_percent.to_string(),
            attempts: attestation.attempts.to_string(),
            pause_days: attestation.pause_days.to_string(),
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
        let attempts = whole(&mut said, "attempts", "Попыток", &self.attempts, 1..=20);
        let pause = whole(&mut said, "pause_days", "Дней между попытками", &self.pause_days, 0..=365);
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
        content.literature = literature(&self.literature);
        let attestation = &mut content.attestation;
        attestation.form = long(&self.attestation_form);
        attestation.procedure = long(&self.procedure);
        attestation.hours = attestation_hours.unwrap_or(attestation.hours);
        attestation.minutes = minutes.and_then(|n| n.try_into().ok()).unwrap_or(attestation.minutes);
        attestation.threshold_percent =
            threshold.and_then(|n| n.try_into().ok()).unwrap_or(attestation.threshold_percent);
        attestation.attempts = attempts.unwrap_or(attestation.attempts);
        attestation.pause_days = pause.unwrap_or(attestation.pause_days);
        Ok(content)
    }
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

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn whole(
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
                (area("literature", "Литература", &form.literature, 5).tip("По одной в строке. Перед описанием вид: «Нормативная:», «Основная:», «Дополнительная:» или «Интернет:»"))
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
                    (field("attempts", "Попыток", &form.attempts).digits().longest(2))
                    (field("pause_days", "Дней между попытками", &form.pause_days).digits().longest(3))
                }
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}

// ---- a module ----------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ModuleForm {
    seen: String,
    title: String,
    lecture: String,
    practice: String,
    self_study: String,
    control: String,
    goal: String,
    topics: String,
    content: String,
    questions: String,
}

impl ModuleForm {
    /// The module at this place, from 1; the place after the last is a new one.
    fn of(content: &Content, place: usize) -> Result<Self, Fault> {
        let seen = stamp(content)?;
        let zero = || "0".to_owned();
        let Some(module) = content.modules.get(place.wrapping_sub(1)) else {
            return if place == content.modules.len() + 1 {
                let (practice, self_study, control) = (zero(), zero(), zero());
                Ok(Self { seen, practice, self_study, control, questions: zero(), ..Self::default() })
            } else {
                Err(Fault::Missing)
            };
        };
        let topics: Vec<_> =
            module.topics.iter().map(|topic| format!("{} — {}", topic.title, topic.hours)).collect();
        let quota = content.attestation.topics.iter().find(|quota| quota.module == module.code);
        Ok(Self {
            seen,
            title: module.title.clone(),
            lecture: module.lecture.to_string(),
            practice: module.practice.to_string(),
            self_study: module.self_study.to_string(),
            control: module.control.to_string(),
            goal: module.goal.clone(),
            topics: topics.join("\n"),
            content: module.content.clone(),
            questions: quota.map_or(0, |quota| quota.questions).to_string(),
        })
    }

    fn onto(&self, mut content: Content, place: usize) -> Result<Content, Messages> {
        let mut said = Messages::none();
        let title = said.text("title", &self.title, "Название", 255);
        let lecture = whole(&mut said, "lecture", "Лекции", &self.lecture, 0..=2000);
        let practice = whole(&mut said, "practice", "Практика", &self.practice, 0..=2000);
        let self_study = whole(&mut said, "self_study", "Самостоятельно", &self.self_study, 0..=2000);
        let control = whole(&mut said, "control", "Контроль", &self.control, 0..=2000);
        let questions = whole(&mut said, "questions", "Вопросов в билете", &self.questions, 0..=200);
        let topics = self.topics(&mut said);
        // Codes stay when modules go: questions and materials hang on them.
        let code = if let Some(module) = content.modules.get(place.wrapping_sub(1)) {
            module.code.clone()
        } else {
            content.last_module = last_code(&content).saturating_add(1);
            format!("{:02}", content.last_module)
        };
        let module = || {
            Some(Module {
                code: code.clone(),
                title: title?,
                lecture: lecture?,
                practice: practice?,
                self_study: self_study?,
                control: control?,
                goal: self.goal.replace("\r\n", "\n").trim().to_owned(),
                topics,
                content: self.content.replace("\r\n", "\n").trim().to_owned(),
            })
        };
        let (Some(module), Some(questions), true) = (module(), questions, said.is_empty()) else {
            return Err(said);
        };
        match content.modules.get_mut(place - 1) {
            Some(old) => *old = module,
            None => content.modules.push(module),
        }
        let quotas = &mut content.attestation.topics;
        quotas.retain(|quota| quota.module != code);
        if let Ok(questions @ 1..) = usize::try_from(questions) {
            quotas.push(Quota { module: code, questions });
            quotas.sort_by(|a, b| a.module.cmp(&b.module));
        }
        Ok(content)
    }

    /// «Понятия и документы — 1»
    fn topics(&self, said: &mut Messages) -> Vec<Topic> {
        let mut topics = Vec::new();
        for line in lines(&self.topics) {
            let parsed = line.rsplit_once(['—', '–', ';']).or_else(|| line.rsplit_once(" - ")).and_then(
                |(title, hours)| {
                    let hours: i64 = hours.trim().trim_end_matches('ч').trim().parse().ok()?;
                    (!title.trim().is_empty() && (0..=2000).contains(&hours))
                        .then(|| Topic { title: title.trim().to_owned(), hours })
                },
            );
            match parsed {
                Some(topic) => topics.push(topic),
                None => said.say("topics", format!("Темы: название, тире, часы. Сейчас: «{line}»")),
            }
        }
        topics
    }
}

/// The greatest code ever given in this programme.
fn last_code(content: &Content) -> u32 {
    let codes = content.modules.iter().filter_map(|module| module.code.parse::<u32>().ok());
    codes.max().unwrap_or(0).max(content.last_module)
}

pub(crate) async fn show_module(visit: Visit, Path((id, place)): Path<(Uuid, usize)>) -> Reply {
    let version = draft(&visit, id).await?;
    let form = ModuleForm::of(&version.content, place)?;
    visit.page("Модуль", SECTION, module_page(&version, place, &form, &Messages::none()))
}

pub(crate) async fn submit_module(
    visit: Visit,
    Path((id, place)): Path<(Uuid, usize)>,
    Posted { form, .. }: Posted<ModuleForm>,
) -> Reply {
    let version = visit.read(move |db| Version::find(db, id)).await?;
    if place == 0 {
        return Err(web::Failure::missing());
    }
    let said = match form.onto(version.content.clone(), place) {
        Err(said) => said,
        Ok(_) if place > version.content.modules.len() + 1 => Messages::one("title", CHANGED),
        Ok(content) => {
            let seen = form.seen.clone();
            if visit.write(move |work| save(work, id, &seen, &content)).await? {
                return Ok(see_other(&format!("/office/programmes/{id}")));
            }
            Messages::one("title", CHANGED)
        }
    };
    visit.again("Модуль", SECTION, module_page(&version, place, &form, &said))
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    seen: String,
}

/// Removes the module that the page showed; a page that is out of date removes nothing.
pub(crate) async fn remove_module(
    visit: Visit,
    Path((id, place)): Path<(Uuid, usize)>,
    Posted { form, .. }: Posted<Seen>,
) -> Reply {
    let (seen, mut content) = (form.seen, draft(&visit, id).await?.content);
    if !(1..=content.modules.len()).contains(&place) {
        return Err(web::Failure::missing());
    }
    content.last_module = last_code(&content);
    let removed = content.modules.remove(place - 1);
    content.attestation.topics.retain(|quota| quota.module != removed.code);
    visit.write(move |work| save(work, id, &seen, &content)).await?;
    Ok(see_other(&format!("/office/programmes/{id}")))
}

fn module_page(version: &Version, place: usize, form: &ModuleForm, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    let address = format!("/office/programmes/{}/modules/{place}", version.id);
    html! {
        main.dash #main {
            p.crumb { a href={ "/office/programmes/" (version.id) } { (version.content.title) } }
            div.dash-head { h1 { "Модуль " (place) } }
            (parts::summary(said))
            (parts::form(&address, "form", &html! {
                input type="hidden" name="seen" value=(form.seen);
                (field("title", "Название", &form.title).longest(255))
                div.pair {
                    (field("lecture", "Лекции, часов", &form.lecture).digits().longest(4))
                    (field("practice", "Практика, часов", &form.practice).digits().longest(4))
                }
                div.pair {
                    (field("self_study", "Самостоятельно, часов", &form.self_study).digits().longest(4))
                    (field("control", "Контроль, часов", &form.control).digits().longest(4))
                }
                (parts::area("goal", "Цель", &form.goal, 3).told(said))
                (parts::area("topics", "Темы", &form.topics, 6).told(said).tip("По одной в строке: название, тире, часы. В сумме столько же, сколько у модуля"))
                (parts::area("content", "Содержание", &form.content, 8).told(said).tip("Рабочая программа: о чём этот модуль"))
                (field("questions", "Вопросов этого модуля в билете", &form.questions).digits().longest(3))
                div { (parts::submit("Сохранить")) }
            }))
            @if place <= version.content.modules.len() {
                (parts::form(&format!("{address}/removal"), "mt-5", &html! { input type="hidden" name="seen" value=(form.seen); button.btn type="submit" { "Убрать модуль" } }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Fields, ModuleForm};
    use crate::Content;

    #[test]
    fn a_form_that_nobody_changed_changes_nothing() {
        for code in ["labour-16", "fire-162", "office-72"] {
            let text =
                std::fs::read_to_string(format!("../../demo/programmes/{code}/programme.toml")).unwrap();
            let content: Content = toml::from_str(&text).unwrap();
            assert_eq!(Fields::of(&content).unwrap().onto(content.clone()).unwrap(), content, "{code}");
            for place in 1..=content.modules.len() {
                let same = ModuleForm::of(&content, place).unwrap().onto(content.clone(), place).unwrap();
                assert_eq!(same, content, "{code}, module {place}");
            }
        }
    }
}
