//! The banks and their questions, as teachers and methodists see them.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Path;
use marking::Question;
use maud::{Markup, PreEscaped, html};
use store::{Db, Stored, values};
use web::{Reply, parts};
use words::count;

const SECTION: Frame = Frame::Office("/questions");

struct Bank {
    code: String,
    title: String,
    questions: i64,
    topics: i64,
}

struct Line {
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

pub(crate) async fn questions(visit: Visit, Path(code): Path<String>) -> Reply {
    let (title, lines) = visit.read(move |db| Ok((title(db, &code)?, first_lines(db, &code)?))).await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { (title) } }
            p.muted { "Показаны первые " (count(i64::try_from(lines.len()).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) ", верные ответы отмечены." }
            ol.lines.mt-5 { @for line in &lines { li.doc { div.body { (as_seen(line)) } } } }
        }
    };
    visit.page(&title, SECTION, body)
}

fn as_seen(line: &Line) -> Markup {
    html! {
        p.small.muted { "Тема " (line.topic) " · " (line.name) }
        div.med.qtext-list { (PreEscaped(&line.question.text)) }
        ul.mt-2.lines {
            @for option in &line.question.options {
                li { @if option.right { (parts::tag(parts::Tone::Ok, "верно")) " " } (PreEscaped(&option.text)) }
            }
        }
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

fn title(db: &mut Db, code: &str) -> Stored<String> {
    db.one("select title from bank where code = ?1", values![code], |row| row.get(0))
}

fn first_lines(db: &mut Db, code: &str) -> Stored<Vec<Line>> {
    db.all(
        "select q.topic, q.name, v.body from bank b
         join question q on q.bank = b.id join question_version v on v.question = q.id
         where b.code = ?1 and q.state = 'in_use'
           and v.number = (select max(w.number) from question_version w where w.question = q.id)
         order by q.topic, q.id limit 100",
        values![code],
        |row| Ok(Line { topic: row.get(0)?, name: row.get(1)?, question: row.json(2)? }),
    )
}
