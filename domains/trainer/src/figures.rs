//! What attestations tell of the questions of a bank and of the packages that draw from it: how hard, how telling, how quick, and which
//! question wants a look. About people nothing follows from it.
use std::collections::BTreeMap;

use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Path;
use marking::statistics::{
    ENOUGH, How, Reliability, bounds, correlation, correlation_bounds, mean, median, reliability,
};
use marking::{Answer, Question, Score, Task};
use maud::{Markup, html};
use programmes::Version;
use store::{Db, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Reply, parts};
use words::count;

use crate::Marked;

const SECTION: Frame = Frame::Office("/questions");
/// The latest attempts, as many as are read while a page waits.
const ATTEMPTS: i64 = 10_000;
/// Questions on the page.
const SHOWN: usize = 200;
/// Nobody reads faster, in characters a second.
const READING: f64 = 40.0;

/// A finished attestation, as far as it is counted.
struct Taken {
    programme: Uuid,
    passed: bool,
    is_final: bool,
    marks: Vec<Marked>,
}

impl Taken {
    fn shares(&self) -> Vec<(Uuid, f64)> {
        self.marks.iter().map(|marked| (marked.question, share(marked))).collect()
    }
}

fn share(marked: &Marked) -> f64 {
    let points = Score::of([marked.mark]).points.0;
    f64::from(i32::try_from(points).unwrap_or(0)) / 100.0
}

fn taken(db: &mut Db, bank: &str) -> Stored<Vec<Taken>> {
    let mut taken = Vec::new();
    for version in Version::all(db)?.into_iter().filter(|version| version.content.bank() == bank) {
        let most = ATTEMPTS - i64::try_from(taken.len()).unwrap_or(ATTEMPTS);
        taken.extend(db.all(
            "select a.passed, a.mode, a.marks from attempt a join enrolment e on e.id = a.enrolment
             where e.programme_version = ?1 and a.mode in ('attestation', 'intermediate') and a.marks is not null and a.annulled is null
             order by a.finished_at desc limit ?2",
            values![version.id, most],
            |row| {
                Ok(Taken {
                    programme: version.id,
                    passed: row.get(0)?,
                    is_final: row.get::<String>(1)? == "attestation",
                    marks: row.json(2)?,
                })
            },
        )?);
    }
    Ok(taken)
}

/// A version of a question of the bank and all that was answered to it.
struct Asked {
    question: Uuid,
    number: i64,
    topic: String,
    in_use: bool,
    body: Question,
    /// Share of points, and of all the other questions of the same attempt.
    shares: Vec<(f64, f64)>,
    /// Of those who were wholly right.
    seconds: Vec<f64>,
    answers: Vec<(Answer, f64)>,
}

/// Only versions that were asked.
fn asked(db: &mut Db, bank: &str, taken: &[Taken]) -> Stored<Vec<Asked>> {
    let mut versions: BTreeMap<Uuid, Asked> = db
        .all(
            "select v.id, q.id, v.number, q.topic, q.state, v.body from question_version v
             join question q on q.id = v.question join bank b on b.id = q.bank where b.code = ?1",
            values![bank],
            |row| {
                let in_use = row.get::<String>(4)? == "in_use";
                let (shares, seconds, answers) = (Vec::new(), Vec::new(), Vec::new());
                let (question, number, topic, body) = (row.get(1)?, row.get(2)?, row.get(3)?, row.json(5)?);
                Ok((row.get(0)?, Asked { question, number, topic, in_use, body, shares, seconds, answers }))
            },
        )?
        .into_iter()
        .collect();
    for one in taken.iter().filter(|one| one.marks.len() > 1) {
        let total: f64 = one.marks.iter().map(share).sum();
        for marked in &one.marks {
            let Some(asked) = versions.get_mut(&marked.question) else { continue };
            let rest = (total - share(marked)) / small(one.marks.len() - 1);
            asked.shares.push((share(marked), rest));
            asked.answers.push((marked.answer.clone(), rest));
            if marked.mark.is_whole() && marked.seconds > 0 {
                asked.seconds.push(f64::from(i32::try_from(marked.seconds).unwrap_or(i32::MAX)));
            }
        }
    }
    versions.retain(|_, asked| !asked.shares.is_empty());
    // With the keys that are thought right now.
    let ids: Vec<Uuid> = versions.keys().copied().collect();
    for asked in questions::asked_all(db, &ids)? {
        if let Some(version) = versions.get_mut(&asked.version) {
            version.body = asked.right().clone();
        }
    }
    Ok(versions.into_values().collect())
}

fn small(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// What one version came to.
struct Figures {
    asked: Asked,
    facility: f64,
    discrimination: Option<f64>,
    seconds: Option<f64>,
    options: Vec<Chosen>,
    suspicions: Vec<String>,
}

/// An option, how many chose it, and how well they did elsewhere.
struct Chosen {
    place: usize,
    right: bool,
    times: usize,
    elsewhere: Option<f64>,
}

impl Figures {
    fn of(asked: Asked) -> Self {
        let shares: Vec<f64> = asked.shares.iter().map(|(share, _)| *share).collect();
        let facility = mean(&shares).unwrap_or(0.0);
        let discrimination = correlation(&asked.shares);
        let seconds = median(&asked.seconds);
        let options = chosen(&asked);
        let mut figures = Self { asked, facility, discrimination, seconds, options, suspicions: Vec::new() };
        figures.suspicions = figures.suspect();
        figures
    }

    /// Why a person should look at it; nothing is said of few answers, and only what chance does not explain.
    fn suspect(&self) -> Vec<String> {
        let n = self.asked.shares.len();
        let mut why = Vec::new();
        if n < ENOUGH {
            return why;
        }
        let (low, high) = bounds(self.facility, n);
        if high < 0.35 {
            why.push("Слишком трудный: проверьте ключ и формулировку".to_owned());
        }
        if low > 0.95 {
            why.push("Слишком лёгкий: верно отвечают почти все".to_owned());
        }
        if self.discrimination.is_some_and(|r| correlation_bounds(r, n).1 < 0.1) {
            why.push("Сильные ошибаются не реже слабых: проверьте ключ".to_owned());
        }
        let key = self.options.iter().filter(|option| option.right).filter_map(|option| option.elsewhere);
        let key = key.fold(None, |best: Option<f64>, one| Some(best.map_or(one, |best| best.max(one))));
        for option in self.options.iter().filter(|option| !option.right && option.times >= ENOUGH / 2) {
            if option.elsewhere.zip(key).is_some_and(|(wrong, key)| wrong > key) {
                why.push(format!("Вариант {} выбирают те, кто в остальном сильнее", option.place + 1));
            }
        }
        if n >= ENOUGH * 2 {
            for option in self.options.iter().filter(|option| option.times == 0 && !option.right) {
                why.push(format!("Вариант {} не выбрал никто", option.place + 1));
            }
        }
        let letters = small(questions::text_in_words(&self.asked.body).chars().count());
        if self.asked.seconds.len() >= ENOUGH
            && self.seconds.is_some_and(|seconds| seconds < letters / READING)
        {
            why.push(
                "Верно отвечают быстрее, чем можно прочесть: вопрос может быть известен заранее".to_owned(),
            );
        }
        why
    }
}

fn chosen(asked: &Asked) -> Vec<Chosen> {
    let Task::Choice { options, .. } = &asked.body.task else { return Vec::new() };
    options
        .iter()
        .enumerate()
        .map(|(place, option)| {
            let who = asked.answers.iter().filter(|(answer, _)| answer.chosen().contains(&place));
            let rests: Vec<f64> = who.map(|(_, rest)| *rest).collect();
            Chosen { place, right: option.right, times: rests.len(), elsewhere: mean(&rests) }
        })
        .collect()
}

/// What a package came to.
struct Package {
    title: String,
    attempts: usize,
    passed: usize,
    mean: f64,
    reliability: Option<Reliability>,
}

fn packages(db: &mut Db, taken: &[Taken]) -> Stored<Vec<Package>> {
    let mut of: BTreeMap<Uuid, Vec<&Taken>> = BTreeMap::new();
    for one in taken.iter().filter(|one| one.is_final && !one.marks.is_empty()) {
        of.entry(one.programme).or_default().push(one);
    }
    of.into_iter()
        .map(|(programme, taken)| {
            let shares: Vec<Vec<(Uuid, f64)>> = taken.iter().map(|one| one.shares()).collect();
            let totals: Vec<f64> = shares
                .iter()
                .map(|one| one.iter().map(|(_, share)| share).sum::<f64>() / small(one.len()))
                .collect();
            Ok(Package {
                title: Version::find(db, programme)?.content.title,
                attempts: taken.len(),
                passed: taken.iter().filter(|one| one.passed).count(),
                mean: mean(&totals).unwrap_or(0.0),
                reliability: reliability(&shares).filter(|_| taken.len() >= ENOUGH),
            })
        })
        .collect()
}

pub(crate) async fn show(visit: Visit, Path(bank): Path<String>) -> Reply {
    let code = bank.clone();
    let (title, packages, mut figures) = visit
        .read(move |db| {
            let title: String =
                db.one("select title from bank where code = ?1", values![&code], |row| row.get(0))?;
            let taken = taken(db, &code)?;
            let figures: Vec<_> = asked(db, &code, &taken)?.into_iter().map(Figures::of).collect();
            Ok((title, packages(db, &taken)?, figures))
        })
        .await?;
    figures.sort_by(|one, other| {
        let by =
            |figures: &Figures| std::cmp::Reverse((figures.suspicions.len(), figures.asked.shares.len()));
        by(one).cmp(&by(other))
    });
    let suspected = figures.iter().filter(|one| !one.suspicions.is_empty()).count();
    let edits = visit.may(Right::EditQuestions);
    let body = html! {
        main.dash #main {
            p.crumb { a href={ "/questions/" (bank) } { (title) } }
            div.dash-head { h1 { "Статистика" } }
            p.muted { "По завершённым аттестациям, тренировки не в счёт. Пока ответов меньше " (ENOUGH) ", выводов нет: это случайность." }
            @if figures.is_empty() { (parts::empty("Аттестаций с этими вопросами ещё не было.", None)) } @else {
                @for package in &packages { (package_panel(package)) }
                h2.mt-8 { "Вопросы" }
                p.muted {
                    @if suspected == 0 { "Подозрительных нет." } @else { "Стоит посмотреть: " (number(suspected, ["вопрос", "вопроса", "вопросов"])) ". Они первые." }
                    @if figures.len() > SHOWN { " Показаны " (SHOWN) " из " (figures.len()) "." }
                }
                ul.lines.mt-3 { @for one in figures.iter().take(SHOWN) { (question(&bank, one, edits)) } }
            }
        }
    };
    visit.page("Статистика", SECTION, body)
}

fn number(n: usize, words: [&str; 3]) -> String {
    count(i64::try_from(n).unwrap_or(0), words)
}

/// `0,42`
fn comma(value: f64) -> String {
    format!("{value:.2}").replace('.', ",").replace('-', "−")
}

fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

fn package_panel(package: &Package) -> Markup {
    html! {
        section.panel.mt-5.stack {
            h2.h-s { (package.title) }
            dl.key-facts {
                dt { "Аттестаций" } dd { (package.attempts) ", сдано " (package.passed) }
                dt { "Средний результат" } dd { (percent(package.mean)) }
                dt { "Надёжность" } dd {
                    @match package.reliability {
                        Some(Reliability { how, coefficient, standard_error }) => {
                            (comma(coefficient)) @match how { How::Alpha => " (альфа Кронбаха)", How::Phi => " (Φ: билеты случайные)" }
                            span.blk.small.muted { "Стандартная ошибка результата " (comma(standard_error)) " вопроса. Для зачёта хорошо от 0,70." }
                        }
                        None => { "пока мало попыток" }
                    }
                }
            }
        }
    }
}

fn question(bank: &str, one: &Figures, edits: bool) -> Markup {
    let Figures { asked, facility, discrimination, seconds, options, suspicions } = one;
    let n = asked.shares.len();
    let (low, high) = bounds(*facility, n);
    html! {
        li.doc {
            div.body {
                p.small.muted { "Тема " (asked.topic) " · редакция " (asked.number) @if !asked.in_use { " · убран" } }
                p.med { (questions::text_in_words(&asked.body)) }
                @for why in suspicions { p { (parts::tag(Tone::Warn, why)) } }
                p.small {
                    (number(n, ["ответ", "ответа", "ответов"])) ", верно " (percent(*facility))
                    @if n < ENOUGH { " — мало, чтобы судить" } @else { " (от " (percent(low)) " до " (percent(high)) ")" }
                    @if let (Some(r), true) = (discrimination, n >= ENOUGH) { ", различает " (comma(*r)) }
                    @if let Some(seconds) = seconds { ", обычно за " (format!("{seconds:.0}")) "\u{a0}с" }
                }
                @if !options.is_empty() { details {
                    summary.small { "Что выбирают" }
                    table.tbl.mt-2 {
                        thead { tr { th scope="col" { "Вариант" } th.r scope="col" { "Выбрали" } th.r scope="col" { "Остальные вопросы у них" } } }
                        tbody { @for option in options { tr {
                            th scope="row" { (option.place + 1) ". " (text_of(&asked.body, option.place)) @if option.right { " " (parts::tag(Tone::Ok, "верный")) } }
                            td.r data-l="Выбрали" { (option.times) }
                            td.r data-l="Остальные вопросы у них" { @if let Some(elsewhere) = option.elsewhere { (percent(elsewhere)) } @else { "–" } }
                        } } }
                    }
                } }
            }
            @if edits && asked.in_use { a.btn href={ "/questions/" (bank) "/" (asked.question) } { "Открыть" } }
        }
    }
}

fn text_of(question: &Question, place: usize) -> String {
    questions::in_words(question, &Answer::Chosen(vec![place]))
}

#[cfg(test)]
mod tests {
    use marking::{Choice, Opt};

    use super::{Answer, Asked, Figures, Question, Uuid};

    /// A question of three options, the first right, answered by so many: which option, and how well they did elsewhere.
    fn figures(answers: &[(usize, usize, f64)], seconds: f64) -> Figures {
        let options = ["первый", "второй", "третий"];
        let options =
            options.iter().enumerate().map(|(n, text)| Opt { text: (*text).to_owned(), right: n == 0 });
        let body =
            Question::choice("Сколько ждут, прежде чем войти в колодец?", Choice::One, options.collect());
        let all: Vec<_> =
            answers.iter().flat_map(|(option, times, rest)| vec![(*option, *rest); *times]).collect();
        let share = |option: usize| if option == 0 { 1.0 } else { 0.0 };
        Figures::of(Asked {
            question: Uuid::nil(),
            number: 1,
            topic: "01".to_owned(),
            in_use: true,
            body,
            shares: all.iter().map(|(option, rest)| (share(*option), *rest)).collect(),
            seconds: vec![seconds; all.iter().filter(|(option, _)| *option == 0).count()],
            answers: all.iter().map(|(option, rest)| (Answer::Chosen(vec![*option]), *rest)).collect(),
        })
    }

    #[test]
    fn a_question_is_suspected_only_for_a_reason() {
        let told = |answers: &[(usize, usize, f64)], seconds| figures(answers, seconds).suspicions.join("; ");
        for (what, answers, seconds, suspicion) in [
            ("a good one", &[(0, 30, 0.8), (1, 10, 0.5), (2, 10, 0.4)][..], 20.0, ""),
            ("few answers, however odd", &[(1, 19, 0.9)], 1.0, ""),
            (
                "a wrong key",
                &[(0, 10, 0.4), (1, 40, 0.9), (2, 10, 0.5)],
                20.0,
                "проверьте ключ и формулировку; Сильные ошибаются не реже слабых: проверьте ключ; Вариант 2 выбирают те, кто в остальном сильнее",
            ),
            ("everybody knows it", &[(0, 200, 0.7), (1, 1, 0.7), (2, 1, 0.7)], 20.0, "Слишком лёгкий"),
            ("an option for nobody", &[(0, 30, 0.8), (1, 20, 0.5)], 20.0, "Вариант 3 не выбрал никто"),
            (
                "quicker than reading",
                &[(0, 30, 0.8), (1, 10, 0.5), (2, 10, 0.4)],
                1.0,
                "быстрее, чем можно прочесть",
            ),
        ] {
            let told = told(answers, seconds);
            assert!(
                if suspicion.is_empty() { told.is_empty() } else { told.contains(suspicion) },
                "{what}: {told}"
            );
        }
    }
}
