//! The banks and their questions, as teachers and methodists see them.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::{Path, Query};
use marking::{Candidate, Difficulty, Question};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Messages, Reply, parts};
use words::count;
use words::search::Wanted;

use crate::acts;
use crate::asked_all;
use crate::bank::{LEVEL, difficulty};
use crate::edit::{kind_name, lines::kind};
use crate::formats::html::excerpt;
use crate::review::with_key;
use crate::said::{Said, said};
use crate::supply::{self, packages};

const SECTION: Frame = Frame::Office("/questions");

struct Bank {
    code: String,
    title: String,
    questions: i64,
    topics: i64,
}

/// A question as lists know it.
pub(crate) struct Line {
    pub id: Uuid,
    /// The latest.
    pub version: Uuid,
    pub topic: String,
    subtopic: String,
    pub difficulty: Difficulty,
    pub exam_only: bool,
    critical: bool,
    name: String,
    pub said: Arc<Said>,
    /// The program marks it, and its import was not cut short: tickets may be drawn from it, as from `bank::pool`.
    pub is_drawn: bool,
}

pub(crate) async fn banks(visit: Visit) -> Reply {
    let banks = visit.read(all).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Банк вопросов" } @if visit.may(Right::EditQuestions) { a.btn href="/questions/import" { "Загрузить вопросы" } } }
            @if banks.is_empty() { (parts::empty("Вопросов пока нет.", None)) }
            ul.lines.mt-5 {
                @for bank in &banks {
                    li.doc {
                        div.body {
                            p { a.plain.med href={ "/questions/" (bank.code) } { (bank.title) } }
                            p.small.muted { (count(bank.questions, ["вопрос", "вопроса", "вопросов"])) ", " (count(bank.topics, ["тема", "темы", "тем"])) }
                        }
                    }
                }
            }
        }
    };
    visit.page("Банк вопросов", SECTION, body)
}

/// What is looked for in a bank.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Words of the question or of an option.
    q: String,
    topic: String,
    /// Of `STATES`; empty: in use.
    state: String,
}

/// Where a question stands: only what is in use is asked.
pub(crate) const STATES: [(&str, &str); 4] =
    [("in_use", "В работе"), ("reviewed", "Проверены"), ("draft", "Черновики"), ("withdrawn", "Убраны")];

/// Questions on one page.
const SHOWN: usize = 100;

pub(crate) async fn questions(visit: Visit, Path(code): Path<String>, Query(search): Query<Search>) -> Reply {
    let (bank, looked) = (code.clone(), search.clone());
    let state = STATES.iter().map(|(code, _)| *code).find(|code| *code == search.state).unwrap_or("in_use");
    let (edits, corrects) = (visit.may(Right::EditQuestions), visit.may(Right::MoveLearners));
    // All that goes through the whole bank is done here, beside the request's thread.
    let (title, modules, mut within, looks, Found { topics, total, mended, rows }) = visit
        .read(move |db| {
            let all = lines(db, &bank, "in_use")?;
            let other = if state == "in_use" { None } else { Some(lines(db, &bank, state)?) };
            let found = looked.look(db, &bank, other.as_deref().unwrap_or(&all), (edits, corrects), state)?;
            let packages = packages(db, &bank)?;
            let looks = supply::of_bank(db, &bank, &packages, &all)?;
            Ok((title(db, &bank)?, supply::modules_of(&packages), supply::topics_of(&packages), looks, found))
        })
        .await?;
    within.extend(topics.iter().filter(|place| place.contains('/')).cloned());
    // A module by its title, what lies in it below.
    let name = |place: &String| match place.split_once('/') {
        Some((_, within)) => format!("\u{2003}{within}"),
        None => modules.iter().find(|(code, _)| code == place).map_or(place, |(_, title)| title).clone(),
    };
    let topics: Vec<(String, String)> = topics.iter().map(|place| (place.clone(), name(place))).collect();
    let topics: Vec<(&str, &str)> =
        topics.iter().map(|(place, name)| (place.as_str(), name.as_str())).collect();
    let number = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    let body = html! {
        main.dash #main {
            p.crumb { a href="/questions" { "Банк вопросов" } }
            div.dash-head { h1 { (title) } a.btn href={ "/questions/" (code) "/statistics" } { "Статистика" } a.btn href={ "/questions/" (code) "/export" } { "Выгрузить" } @if edits { a.btn.primary href={ "/questions/" (code) "/new" } { "Добавить вопрос" } } }
            (looks)
            form.form.mt-5 action={ "/questions/" (code) } role="search" {
                div.pair {
                    (parts::field("q", "Слова вопроса", &search.q).filter().longest(100))
                    (parts::select("topic", "Тема", &topics, &search.topic, &Messages::none()))
                }
                (parts::select("state", "Состояние", &STATES, state, &Messages::none()))
                div { button.btn type="submit" { "Найти" } }
            }
            @if mended { p.mt-3 { "Точно таких слов нет. Вот похожие." } }
            p.small.muted.mt-3 { @if total > SHOWN { "Показаны " (SHOWN) " из " (total) ". " } @else { (number(total)) ". " } "Верные ответы отмечены." }
            @if total == 0 { (parts::empty("Таких вопросов нет.", None)) }
            @if edits && total > 0 { (acts::form(&code, &search, (&modules, &within), &rows)) } @else { (rows) }
        }
    };
    visit.page(&title, SECTION, body)
}

impl Line {
    pub(crate) fn candidate(&self) -> Candidate {
        let Self { version, topic, difficulty, critical, .. } = self;
        Candidate {
            id: *version,
            topic: topic.clone(),
            difficulty: *difficulty,
            parts: 0,
            critical: *critical,
        }
    }

    /// Whether it lies in `01`, in `01/Знаки`, in `01/Знаки / Запрещающие`.
    fn lies_in(&self, place: &str) -> bool {
        let (topic, within) = place.split_once('/').unwrap_or((place, ""));
        let below = self.subtopic.strip_prefix(within);
        self.topic == topic
            && below.is_some_and(|rest| within.is_empty() || rest.is_empty() || rest.starts_with(LEVEL))
    }
}

/// `01`, `01/Знаки`, `01/Знаки / Запрещающие`: all places of these lines, the modules and what lies in them.
fn places(lines: &[Line]) -> BTreeSet<String> {
    let lie: HashSet<(&str, &str)> =
        lines.iter().map(|line| (line.topic.as_str(), line.subtopic.as_str())).collect();
    let mut places = BTreeSet::new();
    for (topic, subtopic) in lie {
        places.insert(topic.to_owned());
        let levels: Vec<&str> = subtopic.split(LEVEL).filter(|level| !level.is_empty()).collect();
        places.extend((1..=levels.len()).map(|deep| format!("{topic}/{}", levels[..deep].join(LEVEL))));
    }
    places
}

/// What a search has come to.
struct Found {
    /// Of all that were looked through.
    topics: BTreeSet<String>,
    total: usize,
    /// The words had to be mended.
    mended: bool,
    /// The first of them.
    rows: Markup,
}

/// Questions as they are seen with their keys; `ticks`: some may be chosen for one act.
fn rows(bank: &str, found: &[(&Line, Question)], ticks: bool, state: &str, corrects: bool) -> Markup {
    html! {
        ol.lines.mt-3 { @for (line, question) in found {
            @let address = format!("/questions/{bank}/{}", line.id);
            li.doc {
                div.body {
                    @if ticks { label.check { input type="checkbox" name="chosen" value=(line.id); span.sr { "Выбрать: " (excerpt(&question.text, 60)) } } }
                    (as_seen(line, question))
                }
                @if ticks && state != "withdrawn" { a.btn href=(address) { "Изменить" } }
                @if corrects && state == "withdrawn" { a.btn href={ (address) "/correction" } { "Неверный ключ" } }
            }
        } }
    }
}

impl Search {
    /// As an address says it, from its «?».
    pub(crate) fn query(&self) -> String {
        web::query(self)
    }

    /// Looks through `lines`, and shows what is found to whoever edits and corrects.
    fn look(
        &self,
        db: &mut Db,
        bank: &str,
        lines: &[Line],
        (edits, corrects): (bool, bool),
        state: &str,
    ) -> Stored<Found> {
        let topics = places(lines);
        let (mut found, mended) = self.find(lines);
        let total = found.len();
        found.truncate(SHOWN);
        let versions: Vec<Uuid> = found.iter().map(|line| line.version).collect();
        let questions = asked_all(db, &versions)?.into_iter().map(|asked| asked.question);
        let found: Vec<_> = found.into_iter().zip(questions).collect();
        Ok(Found { topics, total, mended, rows: rows(bank, &found, edits, state, corrects) })
    }

    /// What is found, and whether the words had to be mended for it.
    fn find<'a>(&self, lines: &'a [Line]) -> (Vec<&'a Line>, bool) {
        let of_topic = lines.iter().filter(|line| self.topic.is_empty() || line.lies_in(&self.topic));
        let wanted = Wanted::new(&self.q);
        if wanted.is_empty() {
            return (of_topic.collect(), false);
        }
        let of_topic: Vec<&Line> = of_topic.collect();
        let those = |wanted: &Wanted| -> Vec<&Line> {
            of_topic.iter().copied().filter(|line| wanted.stands_in(&line.said.words)).collect()
        };
        let found = those(&wanted);
        if !found.is_empty() {
            return (found, false);
        }
        let known: HashSet<&str> = of_topic
            .iter()
            .flat_map(|line| &line.said.words)
            .map(String::as_str)
            .filter(|word| word.starts_with(char::is_alphabetic))
            .collect();
        wanted.mended(&known).map_or_else(|| (Vec::new(), false), |mended| (those(&mended), true))
    }
}

fn as_seen(line: &Line, question: &Question) -> Markup {
    html! {
        p.small.muted { "Тема " (line.topic) @if !line.subtopic.is_empty() { " · " (line.subtopic) } " · " (kind_name(kind(&question.task))) " · " (line.difficulty.russian().to_lowercase()) @if line.exam_only { " · только аттестация" } @if line.critical { " · критический" } @if !line.name.is_empty() { " · " (line.name) } }
        (with_key(question))
    }
}

fn all(db: &mut Db) -> Stored<Vec<Bank>> {
    db.all(
        "select b.code, b.title, cast(count(q.id) as bigint), cast(count(distinct q.topic) as bigint)
         from bank b left join question q on q.bank = b.id and q.state = 'in_use'
         group by b.code, b.title order by b.title, b.code",
        &[],
        |row| Ok(Bank { code: row.get(0)?, title: row.get(1)?, questions: row.get(2)?, topics: row.get(3)? }),
    )
}

pub(crate) fn title(db: &mut Db, code: &str) -> Stored<String> {
    db.one("select title from bank where code = ?1", values![code], |row| row.get(0))
}

pub(crate) fn lines(db: &mut Db, code: &str, state: &'static str) -> Stored<Vec<Line>> {
    struct Row {
        id: Uuid,
        version: Uuid,
        topic: String,
        subtopic: String,
        difficulty: Difficulty,
        exam_only: bool,
        critical: bool,
        name: String,
        import: Option<Uuid>,
    }
    let rows = db.all(
        "select q.topic, q.name, q.latest, q.id, q.difficulty, q.exam_only, q.critical, q.subtopic, q.import
         from bank b join question q on q.bank = b.id where b.code = ?1 and q.state = ?2 and q.latest is not null
         order by q.topic, q.subtopic, q.id",
        values![code, state],
        |row| {
            Ok(Row {
                id: row.get(3)?,
                version: row.get(2)?,
                topic: row.get(0)?,
                subtopic: row.get(7)?,
                difficulty: difficulty(row, 4)?,
                exam_only: row.get(5)?,
                critical: row.get(6)?,
                name: row.get(1)?,
                import: row.get(8)?,
            })
        },
    )?;
    // A few at most.
    let cut_short: Vec<Uuid> =
        db.all("select id from question_import where published_at is null", &[], |row| row.get(0))?;
    let versions: Vec<Uuid> = rows.iter().map(|row| row.version).collect();
    let said = said(db, code, &versions)?;
    let line = |(row, said): (Row, Arc<Said>)| {
        let Row { id, version, topic, subtopic, difficulty, exam_only, critical, name, import } = row;
        let is_drawn = said.is_marked && import.is_none_or(|import| !cut_short.contains(&import));
        Line { id, version, topic, subtopic, difficulty, exam_only, critical, name, said, is_drawn }
    };
    Ok(rows.into_iter().zip(said).map(line).collect())
}
