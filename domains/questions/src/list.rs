//! The banks and their questions, as teachers and methodists see them.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::{Path, Query};
use marking::Question;
use maud::{Markup, html};
use programmes::{State, Version};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::{Messages, Reply, parts};
use words::{count, folded};

use crate::edit::{kind_name, lines::kind};
use crate::review::with_key;

const SECTION: Frame = Frame::Office("/questions");

struct Bank {
    code: String,
    title: String,
    questions: i64,
    topics: i64,
}

struct Line {
    id: Uuid,
    topic: String,
    name: String,
    question: Question,
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
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Words of the question or of an option.
    q: String,
    topic: String,
}

/// Questions on one page.
const SHOWN: usize = 100;

pub(crate) async fn questions(visit: Visit, Path(code): Path<String>, Query(search): Query<Search>) -> Reply {
    let bank = code.clone();
    let (title, all, packages) =
        visit.read(move |db| Ok((title(db, &bank)?, lines(db, &bank)?, packages(db, &bank)?))).await?;
    let topics: BTreeSet<String> = all.iter().map(|line| line.topic.clone()).collect();
    let topics: Vec<(&str, &str)> = topics.iter().map(|topic| (topic.as_str(), topic.as_str())).collect();
    let mut found: Vec<_> = all.iter().filter(|line| search.finds(line)).collect();
    let number = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    let total = found.len();
    found.truncate(SHOWN);
    let edits = visit.may(Right::EditQuestions);
    let body = html! {
        main.dash #main {
            p.crumb { a href="/questions" { "Банк вопросов" } }
            div.dash-head { h1 { (title) } a.btn href={ "/questions/" (code) "/statistics" } { "Статистика" } a.btn href={ "/questions/" (code) "/export" } { "Выгрузить" } @if edits { a.btn.primary href={ "/questions/" (code) "/new" } { "Добавить вопрос" } } }
            @for package in &packages { (supply(package, &all)) }
            form.form.mt-5 action={ "/questions/" (code) } role="search" {
                div.pair {
                    (parts::field("q", "Слова вопроса", &search.q).filter().longest(100))
                    (parts::select("topic", "Тема", &topics, &search.topic, &Messages::none()))
                }
                div { button.btn type="submit" { "Найти" } }
            }
            p.small.muted.mt-3 { @if total > SHOWN { "Показаны " (SHOWN) " из " (total) ". " } @else { (number(total)) ". " } "Верные ответы отмечены." }
            @if total == 0 { (parts::empty("Таких вопросов нет.", None)) }
            ol.lines.mt-3 { @for line in &found { li.doc { div.body { (as_seen(line)) } @if edits { a.btn href={ "/questions/" (code) "/" (line.id) } { "Изменить" } } } } }
        }
    };
    visit.page(&title, SECTION, body)
}

impl Search {
    fn finds(&self, line: &Line) -> bool {
        let everywhere = folded(
            &line.question.clone().texts_mut().iter().map(|text| text.as_str()).collect::<Vec<_>>().join(" "),
        );
        (self.topic.is_empty() || self.topic == line.topic)
            && folded(&self.q).split(' ').all(|word| everywhere.contains(word))
    }
}

/// A programme's version whose tickets are drawn from this bank.
struct Package {
    version: Version,
}

fn packages(db: &mut Db, bank: &str) -> Stored<Vec<Package>> {
    let versions = Version::all(db)?.into_iter();
    Ok(versions
        .filter(|version| version.state != State::Superseded && version.content.bank() == bank)
        .map(|version| Package { version })
        .collect())
}

/// Code and title of each module whose questions lie in this bank.
pub(crate) fn modules(db: &mut Db, bank: &str) -> Stored<Vec<(String, String)>> {
    let mut modules = std::collections::BTreeMap::new();
    for package in packages(db, bank)? {
        for module in package.version.content.modules {
            let title = format!("{}. {}", module.code, module.title);
            modules.insert(module.code, title);
        }
    }
    Ok(modules.into_iter().collect())
}

/// So many times the ticket a bank should hold, or answers are soon known by heart (domain reference 5.3).
const ENOUGH: usize = 5;

/// For each topic how many questions the ticket takes and how many there are; what is too little is named.
fn supply(package: &Package, all: &[Line]) -> Markup {
    let content = &package.version.content;
    let quotas =
        content.attestation.topics.iter().map(|quota| (quota.module.as_str(), quota.questions, "билет"));
    let tests = content.modules.iter().filter_map(|module| {
        let test = module.test?;
        Some((module.code.as_str(), test.questions, "промежуточная"))
    });
    let rows: Vec<_> = quotas
        .chain(tests)
        .map(|(topic, wanted, what)| {
            (topic, wanted, what, all.iter().filter(|line| line.topic == topic).count())
        })
        .collect();
    let lacking = rows.iter().filter(|(_, wanted, _, there)| there < wanted).count();
    let thin =
        rows.iter().filter(|(_, wanted, _, there)| there >= wanted && *there < wanted * ENOUGH).count();
    html! {
        section.panel.mt-5.stack {
            p { strong { (content.title) } ", " (package.version.state.russian().to_lowercase()) ". " a href={ "/office/programmes/" (package.version.id) "/trial" } { "Пробный прогон" } }
            @if lacking > 0 { (parts::note(parts::Tone::Warn, "triangle-alert", &html! { p { "Билет не составить: вопросов не хватает, тем " (lacking) "." } })) }
            @else if thin > 0 { p.small.muted { "Вопросов меньше, чем пять билетов, тем: " (thin) ". Ответы быстро выучат наизусть." } }
            details {
                summary.small { "Вопросы по темам" }
                table.tbl.mt-2 {
                    thead { tr { th scope="col" { "Тема" } th scope="col" { "Куда" } th.r scope="col" { "Нужно" } th.r scope="col" { "Есть" } } }
                    tbody { @for (topic, wanted, what, there) in &rows { tr {
                        th scope="row" { (topic) }
                        td data-l="Куда" { (what) }
                        td.r data-l="Нужно" { (wanted) }
                        td.r data-l="Есть" { (there) @if there < wanted { " " (parts::tag(parts::Tone::Bad, "мало")) } @else if *there < wanted * ENOUGH { " " (parts::tag(parts::Tone::Warn, "впритык")) } }
                    } } }
                }
            }
        }
    }
}

fn as_seen(line: &Line) -> Markup {
    html! {
        p.small.muted { "Тема " (line.topic) " · " (kind_name(kind(&line.question.task))) @if !line.name.is_empty() { " · " (line.name) } }
        (with_key(&line.question))
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

fn lines(db: &mut Db, code: &str) -> Stored<Vec<Line>> {
    db.all(
        "select q.topic, q.name, v.body, q.id from bank b
         join question q on q.bank = b.id join question_version v on v.question = q.id
         where b.code = ?1 and q.state = 'in_use'
           and v.number = (select max(w.number) from question_version w where w.question = q.id)
         order by q.topic, q.id",
        values![code],
        |row| Ok(Line { topic: row.get(0)?, name: row.get(1)?, question: row.json(2)?, id: row.get(3)? }),
    )
}
