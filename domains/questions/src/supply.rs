//! Whether a bank has enough for the tickets that are drawn from it (п. 5.3.4): said beside the bank, beside the programme and beside the
//! numbers of its packages.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, Query};
use marking::{Candidate, Difficulty, draw};
use maud::{Markup, html};
use programmes::{Content, State, Version};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Db, Stored};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts};
use words::count;

use crate::asked;
use crate::formats::html::excerpt;
use crate::list::{Line, lines};

const SECTION: Frame = Frame::Office("/office/programmes");
const QUESTIONS: [&str; 3] = ["вопрос", "вопроса", "вопросов"];

/// Versions of programmes whose tickets are drawn from this bank.
pub(crate) fn packages(db: &mut Db, bank: &str) -> Stored<Vec<Version>> {
    let mut versions = Version::all(db)?;
    versions.retain(|version| version.state != State::Superseded && version.content.bank() == bank);
    Ok(versions)
}

/// Code and title of each module whose questions lie in this bank.
pub(crate) fn modules(db: &mut Db, bank: &str) -> Stored<Vec<(String, String)>> {
    Ok(modules_of(&packages(db, bank)?))
}

pub(crate) fn modules_of(packages: &[Version]) -> Vec<(String, String)> {
    let modules = packages.iter().flat_map(|version| &version.content.modules);
    let titles = modules.map(|module| (module.code.clone(), format!("{}. {}", module.code, module.title)));
    titles.collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// Of one topic, or of all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    topic: String,
}

/// What the bank has for one programme. Pages of the programme's editor show its panel in place of their link to it.
pub(crate) async fn show(visit: Visit, Path(version): Path<Uuid>, Query(asked): Query<Asked>) -> Reply {
    let (title, address, panel) = visit
        .read(move |db| {
            let version = Version::find(db, version)?;
            let (bank, address) =
                (version.content.bank().to_owned(), format!("/office/programmes/{}", version.id));
            let all = lines(db, &bank, "in_use")?;
            let topic = Some(asked.topic.as_str()).filter(|topic| !topic.is_empty());
            let title = version.content.title.clone();
            let alike = if topic.is_none() {
                alike(db, &bank, &all)?
            } else {
                html! {}
            };
            let supply = Supply::of(&version.content, &all, topic);
            Ok((title, address, html! { (supply.panel(&version)) (alike) }))
        })
        .await?;
    let body = html! {
        main.dash #main {
            p.crumb { a href=(address) { (title) } }
            div.dash-head { h1 { "Что есть в банке" } }
            div #beside { (panel) }
        }
    };
    visit.page("Что есть в банке", SECTION, body)
}

/// What all packages over a bank lack, and what it asks twice.
pub(crate) fn of_bank(db: &mut Db, bank: &str, packages: &[Version], all: &[Line]) -> Stored<Markup> {
    let alike = alike(db, bank, all)?;
    Ok(html! {
        @for version in packages { (Supply::of(&version.content, all, None).panel(version)) }
        (alike)
    })
}

/// `01/Знаки`: the topics of their modules, as programmes name them.
pub(crate) fn topics_of(packages: &[Version]) -> BTreeSet<String> {
    let modules = packages.iter().flat_map(|version| &version.content.modules);
    let topics = modules
        .flat_map(|module| module.topics.iter().map(|topic| format!("{}/{}", module.code, topic.title)));
    topics.collect()
}

/// So many times the ticket a bank should hold, or answers are soon known by heart (domain reference 5.3).
const ENOUGH: usize = 5;

/// What a package takes from one topic, and what there is.
struct Row {
    topic: String,
    /// «билет, простой»
    what: String,
    wanted: usize,
    there: usize,
}

/// A cell of a package's matrix, or a module's intermediate attestation.
struct Wanted {
    topic: String,
    difficulty: Option<Difficulty>,
    questions: usize,
    /// Of those of any difficulty so many are taken by the topic's other cells.
    taken: usize,
    what: String,
}

fn wanted(content: &Content) -> Vec<Wanted> {
    let quotas = content.quotas();
    let of_difficulties = |topic: &str| {
        let cells = quotas.iter().filter(|quota| quota.topic == topic && quota.difficulty.is_some());
        cells.map(|quota| quota.questions).sum()
    };
    let cells = quotas.iter().map(|quota| Wanted {
        topic: quota.topic.clone(),
        difficulty: quota.difficulty,
        questions: quota.questions,
        taken: if quota.difficulty.is_none() { of_difficulties(&quota.topic) } else { 0 },
        what: quota
            .difficulty
            .map_or_else(|| "билет".to_owned(), |one| format!("билет, {}", one.russian().to_lowercase())),
    });
    let tests = content.modules.iter().filter_map(|module| {
        let (topic, questions) = (module.code.clone(), module.test?.questions);
        Some(Wanted {
            topic, difficulty: None, questions, taken: 0, what: "промежуточная".to_owned()
        })
    });
    cells.chain(tests).collect()
}

struct Supply {
    rows: Vec<Row>,
    /// Of one topic how many there are of each difficulty.
    of_topic: Option<[usize; 3]>,
    /// Questions for attestations only that would be left on the learner's device.
    carried_away: usize,
    /// Why an obligatory rehearsal cannot be drawn.
    unrehearsed: Option<String>,
}

impl Supply {
    /// Of one topic, or of all.
    fn of(content: &Content, all: &[Line], topic: Option<&str>) -> Self {
        let wanted: Vec<Wanted> = wanted(content);
        let drawn: Vec<&Line> = all.iter().filter(|line| line.is_drawn).collect();
        let there = |of: &str, difficulty: Option<Difficulty>| {
            let of_topic = drawn.iter().filter(|line| line.topic == of);
            of_topic.filter(|line| difficulty.is_none_or(|difficulty| difficulty == line.difficulty)).count()
        };
        let asked = |line: &&&Line| wanted.iter().any(|wanted| wanted.topic == line.topic);
        let carried_away = if content.attestation.offline {
            drawn.iter().filter(asked).filter(|line| line.exam_only).count()
        } else {
            0
        };
        // A rehearsal is drawn from what may be trained on.
        let unrehearsed = content.attestation.rehearsal_percent.and_then(|_| {
            let trained: Vec<Candidate> =
                drawn.iter().filter(|line| !line.exam_only).map(|line| line.candidate()).collect();
            draw(&content.quotas(), &trained, 0).err().map(|short| short.to_string())
        });
        let rows = wanted
            .iter()
            .filter(|one| topic.is_none_or(|topic| topic == one.topic))
            .map(|one| Row {
                topic: one.topic.clone(),
                what: one.what.clone(),
                wanted: one.questions,
                there: there(&one.topic, one.difficulty).saturating_sub(one.taken),
            })
            .collect();
        let of_topic = topic.map(|topic| {
            [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard].map(|one| there(topic, Some(one)))
        });
        Self { rows, of_topic, carried_away, unrehearsed }
    }

    fn panel(&self, version: &Version) -> Markup {
        let lacking = self.topics(|row| row.there < row.wanted);
        let thin = self.topics(|row| row.there >= row.wanted && row.there < row.wanted * ENOUGH);
        html! {
            section.panel.mt-5.stack {
                @if let Some([easy, medium, hard]) = self.of_topic {
                    p { "В банке по этому модулю " (number(easy + medium + hard)) ": простых " (easy) ", средних " (medium) ", сложных " (hard) "." }
                } @else {
                    p { strong { (version.content.title) } ", " (version.state.russian().to_lowercase()) ". " a href={ "/office/programmes/" (version.id) "/trial" } { "Пробный прогон" } }
                }
                @if lacking > 0 { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Билет не составить: вопросов не хватает" @if self.of_topic.is_none() { ", тем " (lacking) } "." } })) }
                @else if thin > 0 { p.small.muted { "Вопросов меньше, чем на пять билетов" @if self.of_topic.is_none() { ", тем: " (thin) } ". Ответы быстро выучат наизусть." } }
                @if self.carried_away > 0 { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Весь билет остаётся на устройстве, а вопросов только для аттестации в этих темах " (self.carried_away) ": их увидит владелец устройства." } })) }
                @if let (Some(why), None) = (&self.unrehearsed, self.of_topic) { (parts::note(Tone::Warn, "triangle-alert", &html! { p { "Репетицию не составить, а без неё не допустят: " (why) "." } })) }
                @if !self.rows.is_empty() { (self.table()) }
            }
        }
    }

    /// In how many topics there is such a row.
    fn topics(&self, is: impl Fn(&Row) -> bool) -> usize {
        self.rows.iter().filter(|row| is(row)).map(|row| row.topic.as_str()).collect::<BTreeSet<_>>().len()
    }

    fn table(&self) -> Markup {
        let table = html! {
            table.tbl.mt-2 {
                thead { tr { th scope="col" { "Тема" } th scope="col" { "Куда" } th.r scope="col" { "Нужно" } th.r scope="col" { "Хорошо бы" } th.r scope="col" { "Есть" } } }
                tbody { @for Row { topic, what, wanted, there } in &self.rows { tr {
                    th scope="row" { (topic) }
                    td data-l="Куда" { (what) }
                    td.r data-l="Нужно" { (wanted) }
                    td.r data-l="Хорошо бы" { (wanted * ENOUGH) }
                    td.r data-l="Есть" { (there) @if there < wanted { " " (parts::tag(Tone::Bad, "мало")) } @else if *there < wanted * ENOUGH { " " (parts::tag(Tone::Warn, "впритык")) } }
                } } }
            }
        };
        html! {
            @if self.of_topic.is_some() { (table) } @else { details { summary.small { "Вопросы по темам" } (table) } }
        }
    }
}

fn number(questions: usize) -> String {
    count(i64::try_from(questions).unwrap_or(0), QUESTIONS)
}

/// Questions that say the same but for signs, case and the order of options: a ticket may ask both.
fn alike(db: &mut Db, bank: &str, all: &[Line]) -> Stored<Markup> {
    let mut by_words: HashMap<(&str, u64), Vec<&Line>> = HashMap::with_capacity(all.len());
    for line in all {
        by_words.entry((&line.topic, line.said.likeness)).or_default().push(line);
    }
    let mut alike: Vec<_> = by_words.into_values().filter(|lines| lines.len() > 1).collect();
    alike.sort_by_key(|lines| lines[0].id);
    let mut first = Vec::new();
    for lines in alike.iter().take(5) {
        first.push((excerpt(&asked(db, lines[0].version)?.question.text, 60), lines));
    }
    Ok(html! {
        @if !alike.is_empty() {
            (parts::note(Tone::Warn, "triangle-alert", &html! {
                p { "Одно и то же спрашивают дважды: " (number(alike.len())) ". В одном билете могут встретиться оба." }
                @for (words, lines) in &first { p.small { @for (n, line) in lines.iter().enumerate() { @if n > 0 { ", " } a href={ "/questions/" (bank) "/" (line.id) } { (words) } } } }
            }))
        }
    })
}
