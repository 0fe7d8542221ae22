//! Pages of a wrong key: which versions were asked and of whom, what a correction would change, and what it has changed.
use std::collections::BTreeMap;

use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use axum::extract::{Path, Query};
use marking::{Correction, Score};
use maud::{Markup, html};
use proof::hash_of;
use questions::{Asked, Corrected, Used};
use serde::Deserialize;
use store::{Db, Fault, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{FullName, Moment, count};

use crate::remark::{Change, Remark, changes, met};
use crate::{Attempt, Sheet, finish};

const SECTION: Frame = Frame::Office("/questions");
/// Attempts that are counted before a person decides; the rest is counted after.
const LOOKED_AT: i64 = 500;
const LONGEST: usize = 1000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    /// `3:latest`: the third version gets the key of the latest; `3:everyone`: whatever was answered to it is right.
    what: String,
    reason: String,
    /// SHA-256 of the correction that was looked at.
    seen: String,
}

impl Wish {
    fn of<'a>(&self, used: impl IntoIterator<Item = &'a Used>) -> Option<(&'a Used, Correction)> {
        let (number, by) = self.what.split_once(':')?;
        let used = used.into_iter().find(|used| used.number.to_string() == number)?;
        let correction = match by {
            "everyone" => Correction::Everyone,
            _ => used.by_latest.clone()?,
        };
        Some((used, correction))
    }
}

/// A version and how many finished attempts met it.
struct Of {
    used: Used,
    met: usize,
}

fn versions(db: &mut Db, bank: &str, question: Uuid) -> Stored<Vec<Of>> {
    let used = questions::versions(db, bank, question)?;
    used.into_iter()
        .map(|used| {
            let met = met(db, used.asked.version, Uuid::nil(), i64::MAX)?.len();
            Ok(Of { used, met })
        })
        .collect()
}

pub(crate) async fn ask(
    visit: Visit,
    Path((bank, question)): Path<(String, Uuid)>,
    Query(wish): Query<Wish>,
) -> Reply {
    let page = page(&visit, bank, question, &wish, &Messages::none()).await?;
    visit.page("Неверный ключ", SECTION, page)
}

async fn page(
    visit: &Visit,
    bank: String,
    question: Uuid,
    wish: &Wish,
    said: &Messages,
) -> Result<Markup, Failure> {
    let address = format!("/questions/{bank}/{question}");
    let wanted = wish.clone();
    let (all, preview, titles) = visit
        .read(move |db| {
            let all = versions(db, &bank, question)?;
            let asked = all.iter().filter(|of| of.met > 0).map(|of| &of.used);
            let preview = match wanted.of(asked) {
                Some((used, correction)) => {
                    let seen = print(&correction)?;
                    Some((foreseen(db, &used.asked, correction)?, used.asked.clone(), seen))
                }
                None => None,
            };
            let titles = named(db, preview.iter().flat_map(|(changes, ..)| changes))?;
            Ok((all, preview, titles))
        })
        .await?;
    let options = options(&all);
    let options: Vec<(&str, &str)> =
        options.iter().map(|(code, words)| (code.as_str(), words.as_str())).collect();
    let done: Vec<&Corrected> = all.iter().flat_map(|of| &of.used.asked.corrections).collect();
    Ok(html! {
        main.dash #main {
            p.crumb { a href=(address) { "Вопрос" } }
            div.dash-head { h1 { "Неверный ключ" } }
            p.muted { "Результаты тех, кому задали вопрос, пересчитает программа. Хуже они не станут: ответ по прежнему ключу тоже остаётся засчитанным." }
            @if let Some(latest) = all.last() { section.panel.mt-5 { p.label { "Как вопрос стоит в банке, редакция " (latest.used.number) } (questions::with_key(&latest.used.asked.question)) } }
            @if !done.is_empty() {
                h2.mt-5 { "Уже исправлено" }
                ul.lines.l { @for one in &done { li.doc { div.body { p { a href={ "/corrections/" (one.id) } { (one.at.shown(visit.now)) } } p.small.muted { (one.reason) } } } } }
            }
            @match &preview {
                _ if options.is_empty() => { p.mt-5 { "Сданных попыток с этим вопросом нет: исправьте его в банке, пересчитывать нечего." } }
                None => {
                    (parts::summary(said))
                    @if all.iter().all(|of| of.met == 0 || of.used.by_latest.is_none()) {
                        p.mt-5 { "Если верен другой вариант, сначала " a href=(address) { "исправьте вопрос в банке" } ", не меняя самих вариантов: тогда прежним попыткам можно дать его ключ." }
                    }
                    form.form.mt-5 action={ (address) "/correction" } {
                        (parts::choices("what", "Что исправить", &options, &wish.what, said))
                        div { button.btn.primary type="submit" { "Посмотреть, что изменится" } }
                    }
                }
                Some((preview, asked, seen)) => {
                    h2.mt-5 { (options.iter().find(|(code, _)| *code == wish.what).map_or("", |(_, words)| words)) }
                    section.panel { p.label { "Как вопрос был задан" } (questions::with_key(&asked.question)) }
                    (foretold(preview))
                    (table(preview, &titles))
                    (parts::summary(said))
                    (parts::form(&format!("{address}/correction"), "form mt-5", &html! {
                        input type="hidden" name="what" value=(wish.what);
                        input type="hidden" name="seen" value=(seen);
                        (parts::area("reason", "Что было неверно", &wish.reason, 3).longest(LONGEST).told(said).tip("Это увидят слушатели у вопроса и проверяющие в архиве"))
                        div.cluster { (parts::submit("Пересчитать результаты")) a.btn href={ (address) "/correction" } { "Отмена" } }
                    }))
                }
            }
        }
    })
}

fn print(correction: &Correction) -> Stored<String> {
    Ok(hash_of(serde_json::to_string(correction).map_err(Fault::data)?.as_bytes()))
}

/// What can be put right, and how.
fn options(all: &[Of]) -> Vec<(String, String)> {
    let mut options = Vec::new();
    for Of { used, met } in all.iter().filter(|of| of.met > 0) {
        let attempts = count(i64::try_from(*met).unwrap_or(0), ["попытка", "попытки", "попыток"]);
        let version = format!("Редакция {}, {attempts}", used.number);
        if used.by_latest.is_some() {
            options.push((
                format!("{}:latest", used.number),
                format!("{version}: верен ключ последней редакции"),
            ));
        }
        options.push((
            format!("{}:everyone", used.number),
            format!("{version}: верного ответа нет, засчитать всем"),
        ));
    }
    options
}

/// What the first attempts would come to; only those that change.
fn foreseen(db: &mut Db, asked: &Asked, correction: Correction) -> Stored<Vec<Change>> {
    let mut foreseen = Vec::new();
    let corrected =
        Corrected { id: Uuid::nil(), body: String::new(), correction, reason: String::new(), at: Moment(0) };
    for id in met(db, asked.version, Uuid::nil(), LOOKED_AT)? {
        let attempt = Attempt::find(db, id)?;
        let (Some(before), Some(passed), None) = (attempt.score(), attempt.passed, attempt.annulled) else {
            continue;
        };
        let mut marks = Sheet::of(db, &attempt)?.marks(db, &attempt)?;
        for (met, marked) in marks.iter_mut().filter(|(met, _)| met.version == asked.version) {
            met.corrections.push(corrected.clone());
            marked.mark = met.mark(&marked.answer);
        }
        let score = finish::score_of(&marks);
        if score != before {
            let after = (score, passed || finish::is_passed(&attempt, &marks));
            foreseen.push(Change { attempt: id, before: (before, passed), after });
        }
    }
    foreseen.sort_by_key(|change| change.before.1 == change.after.1);
    Ok(foreseen)
}

fn foretold(changes: &[Change]) -> Markup {
    let turned = changes.iter().filter(|change| change.before.1 != change.after.1).count();
    let number = |n: usize, words| count(i64::try_from(n).unwrap_or(0), words);
    html! {
        @if changes.is_empty() { p.mt-3 { "Баллы не изменятся ни у кого. Просмотрено попыток: не больше " (LOOKED_AT) "." } }
        @else {
            p.mt-3 { "Баллов станет больше: " (number(changes.len(), ["попытка", "попытки", "попыток"])) ". Станет «Сдано»: " (turned) ". Просмотрены первые " (LOOKED_AT) " попыток; остальные посчитаются после подтверждения." }
        }
    }
}

/// Whose attempts they are.
fn named<'a>(
    db: &mut Db,
    changes: impl Iterator<Item = &'a Change>,
) -> Stored<BTreeMap<Uuid, (FullName, Uuid, String)>> {
    changes
        .map(|change| {
            let attempt = Attempt::find(db, change.attempt)?;
            let name = Person::find(db, attempt.person)?.name;
            Ok((change.attempt, (name, attempt.person, attempt.rules.title)))
        })
        .collect()
}

fn table(changes: &[Change], named: &BTreeMap<Uuid, (FullName, Uuid, String)>) -> Markup {
    let points = |(score, _): (Score, bool)| score.points.to_string();
    html! {
        @if !changes.is_empty() {
            table.tbl.mt-3 {
                thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Аттестация" } th.r scope="col" { "Было" } th.r scope="col" { "Стало" } th scope="col" { "Результат" } th.r scope="col" { "Лист" } } }
                tbody { @for change in changes {
                    @if let Some((name, person, title)) = named.get(&change.attempt) { tr {
                        th scope="row" { a.plain href={ "/learners/" (person) } { (name) } }
                        td.wide data-l="Аттестация" { (title) }
                        td.r data-l="Было" { (points(change.before)) }
                        td.r data-l="Стало" { (change.after.0) }
                        td data-l="Результат" { @if change.before.1 == change.after.1 { "прежний" } @else { (parts::tag(Tone::Ok, "Сдано")) } }
                        td.r data-l="Лист" { a href={ "/results/" (change.attempt) "/sheet.pdf" } target="_blank" { "PDF" span.sr { ": " (name) } } }
                    } }
                } }
            }
        }
    }
}

pub(crate) async fn submit(
    visit: Visit,
    Path((bank, question)): Path<(String, Uuid)>,
    Posted { form, key }: Posted<Wish>,
) -> Reply {
    let by = visit.person()?;
    let mut said = Messages::none();
    let reason = said.text("reason", &form.reason, "Что было неверно", LONGEST);
    if let Some(reason) = reason {
        let (code, wish) = (bank.clone(), form.clone());
        let done = visit
            .write(move |work| {
                work.once(key, |work| {
                    let all = questions::versions(work, &code, question)?;
                    let Some((used, correction)) = wish.of(&all) else { return Ok(None) };
                    // What is done cannot be undone: it must be what was looked at.
                    if print(&correction)? != wish.seen {
                        return Ok(None);
                    }
                    let id = questions::correct(work, used.asked.version, &correction, &reason, by)?;
                    work.later(&Remark { correction: id, after: Uuid::nil() })?;
                    Ok(Some(id))
                })
            })
            .await?;
        if let Some(id) = done {
            return Ok(see_other(&format!("/corrections/{id}")));
        }
        // Meanwhile somebody else has put it right, or changed the question.
        said.say("what", "Пока вы смотрели, вопрос изменили. Посмотрите ещё раз, что изменится");
    }
    let page = page(&visit, bank, question, &form, &said).await?;
    visit.again("Неверный ключ", SECTION, page)
}

/// What a correction has come to.
pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let (asked, changes, names, waits, place) = visit
        .read(move |db| {
            let version = questions::corrected_version(db, id)?;
            let asked = questions::asked(db, version)?;
            let changes = changes(db, id)?;
            let names = named(db, changes.iter())?;
            let waits = db.count(
                "select cast(count(*) as bigint) from job where kind = 'attempt.remark' and not dead and data like '%' || ?1 || '%'",
                values![id.to_string()],
            )?;
            let place: (String, Uuid) = db.one(
                "select b.code, q.id from question_version v join question q on q.id = v.question join bank b on b.id = q.bank
                 where v.id = ?1",
                values![version],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            Ok((asked, changes, names, waits > 0, place))
        })
        .await?;
    let one = asked.corrections.iter().find(|one| one.id == id).ok_or_else(Failure::missing)?;
    let body = html! {
        main.dash #main {
            p.crumb { a href={ "/questions/" (place.0) "/" (place.1) "/correction" } { "Неверный ключ" } }
            div.dash-head { h1 { "Пересчёт результатов" } @if waits { (parts::tag(Tone::Warn, "Считаем")) } }
            p { (one.at.shown(visit.now)) ". " (one.reason) }
            @if waits { p.muted { "Пересчёт идёт. Обновите страницу через минуту." } }
            @else if changes.is_empty() { p { "Баллы не изменились ни у кого." } }
            (table(&changes, &names))
            section.panel.mt-5 { p.label { "Вопрос, как он был задан" } (questions::with_key(asked.right())) }
        }
    };
    visit.page("Пересчёт результатов", SECTION, body)
}
