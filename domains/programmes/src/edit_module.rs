//! The editor of one module of a draft (п. 4.3.3, 4.3.4): its hours, topics, working programme and place in the ticket.
use accounts::Visit;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::Fault;
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::draft::{save, stamp};
use crate::edit::{CHANGED, SECTION, SUPPLY, draft, lines, whole};
use crate::{Content, Module, ModuleTest, Quota, Topic, Version};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
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
    easy: String,
    medium: String,
    hard: String,
    test_questions: String,
    test_minutes: String,
    test_threshold: String,
}

impl Form {
    /// The module at this place, from 1; the place after the last is a new one.
    pub(crate) fn of(content: &Content, place: usize) -> Result<Self, Fault> {
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
        let of = |number: fn(&Quota) -> usize| {
            quota
                .map(number)
                .filter(|number| *number > 0)
                .map(|number| number.to_string())
                .unwrap_or_default()
        };
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
            easy: of(|quota| quota.easy),
            medium: of(|quota| quota.medium),
            hard: of(|quota| quota.hard),
            test_questions: module.test.map(|test| test.questions.to_string()).unwrap_or_default(),
            test_minutes: module.test.map(|test| test.minutes.to_string()).unwrap_or_default(),
            test_threshold: module.test.map(|test| test.threshold_percent.to_string()).unwrap_or_default(),
        })
    }

    pub(crate) fn onto(&self, mut content: Content, place: usize) -> Result<Content, Messages> {
        let mut said = Messages::none();
        let title = said.text("title", &self.title, "Название", 255);
        let lecture = whole(&mut said, "lecture", "Лекции", &self.lecture, 0..=2000);
        let practice = whole(&mut said, "practice", "Практика", &self.practice, 0..=2000);
        let self_study = whole(&mut said, "self_study", "Самостоятельно", &self.self_study, 0..=2000);
        let control = whole(&mut said, "control", "Контроль", &self.control, 0..=2000);
        let questions = whole(&mut said, "questions", "Вопросов в билете", &self.questions, 0..=200);
        let cells = self.cells(&mut said, questions);
        let topics = self.topics(&mut said);
        let test = self.test(&mut said);
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
                test,
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
            let [easy, medium, hard] = cells;
            quotas.push(Quota { module: code, questions, easy, medium, hard });
            quotas.sort_by(|a, b| a.module.cmp(&b.module));
        }
        Ok(content)
    }

    /// All three fields of the intermediate attestation, or none.
    fn test(&self, said: &mut Messages) -> Option<ModuleTest> {
        let fields = [&self.test_questions, &self.test_minutes, &self.test_threshold];
        if fields.iter().all(|field| field.trim().is_empty()) {
            return None;
        }
        let questions = whole(said, "test_questions", "Вопросов", &self.test_questions, 1..=200)?;
        let minutes = whole(said, "test_minutes", "Минут", &self.test_minutes, 1..=600)?;
        let threshold = whole(said, "test_threshold", "Порог", &self.test_threshold, 1..=100)?;
        Some(ModuleTest {
            questions: questions.try_into().ok()?,
            minutes: minutes.try_into().ok()?,
            threshold_percent: threshold.try_into().ok()?,
        })
    }

    /// Of the questions so many of each difficulty.
    fn cells(&self, said: &mut Messages, questions: Option<i64>) -> [usize; 3] {
        let mut cell = |field, label, text: &str| {
            let number =
                (!text.trim().is_empty()).then(|| whole(said, field, label, text, 0..=200)).flatten();
            number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
        };
        let cells = [
            cell("easy", "Из них простых", &self.easy),
            cell("medium", "Из них средних", &self.medium),
            cell("hard", "Из них сложных", &self.hard),
        ];
        let sum: usize = cells.iter().sum();
        if questions.is_some_and(|questions| i64::try_from(sum).unwrap_or(i64::MAX) > questions) {
            said.say("easy", "Из них простых, средних и сложных вместе больше, чем вопросов");
        }
        cells
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

pub(crate) async fn show(visit: Visit, Path((id, place)): Path<(Uuid, usize)>) -> Reply {
    let version = draft(&visit, id).await?;
    let form = Form::of(&version.content, place)?;
    visit.page("Модуль", SECTION, page(&version, place, &form, &Messages::none()))
}

pub(crate) async fn submit(
    visit: Visit,
    Path((id, place)): Path<(Uuid, usize)>,
    Posted { form, .. }: Posted<Form>,
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
    visit.again("Модуль", SECTION, page(&version, place, &form, &said))
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    seen: String,
}

/// Removes the module that the page showed; a page that is out of date removes nothing.
pub(crate) async fn remove(
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

fn page(version: &Version, place: usize, form: &Form, said: &Messages) -> Markup {
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
                div.pair {
                    (field("easy", "Из них простых", &form.easy).optional().digits().longest(3))
                    (field("medium", "Из них средних", &form.medium).optional().digits().longest(3))
                }
                (field("hard", "Из них сложных", &form.hard).optional().digits().longest(3).tip("Остальные — любой сложности"))
                @if let Some(module) = version.content.modules.get(place.wrapping_sub(1)) {
                    (parts::beside(&format!("/office/programmes/{}/supply?topic={}", version.id, module.code), SUPPLY))
                }
                fieldset.entry {
                    legend { "Промежуточная аттестация — если есть" }
                    div.pair {
                        (field("test_questions", "Вопросов", &form.test_questions).optional().digits().longest(3))
                        (field("test_minutes", "Минут", &form.test_minutes).optional().digits().longest(3))
                    }
                    (field("test_threshold", "Порог, % верных", &form.test_threshold).optional().digits().longest(3).tip("Вопросы этого модуля. Без неё к итоговой не допустят"))
                }
                div { (parts::submit("Сохранить")) }
            }))
            @if place <= version.content.modules.len() {
                div.mt-5 { (parts::caution(&format!("{address}/removal"), "Убрать модуль", "Темы, часы и содержание модуля пропадут из черновика.", &html! { input type="hidden" name="seen" value=(form.seen); })) }
            }
        }
    }
}
