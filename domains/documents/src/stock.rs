//! The stock of printed blanks as the staff see it: batches taken in, and what became of each blank.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::{Path, Query};
use maud::{Markup, html};
use regulations::Centre;
use serde::Deserialize;
use store::{Db, Row, Stored, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, count};

use crate::blank::{KINDS, kind, name, serve, settle, waiting, written};

const SECTION: Frame = Frame::Office("/register");
/// The largest batch: a box of blanks of a printing house.
const BATCH: i64 = 1000;
/// How many lines a page shows.
const SHOWN: i64 = 300;

struct Line {
    id: Uuid,
    kind: String,
    series: String,
    number: String,
    state: String,
    changed: Day,
    note: String,
    /// Register number and name of the document.
    of: Option<(String, String)>,
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "select b.id, b.kind, b.series, b.number, b.state, b.changed_on, coalesce(b.note, ''), c.register_number, c.full_name \
             from blank b left join credential c on c.id = b.credential ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Line> {
    Ok(Line {
        id: row.get(0)?,
        kind: row.get(1)?,
        series: row.get(2)?,
        number: row.get(3)?,
        state: row.get(4)?,
        changed: row.parsed(5, Day::parse)?,
        note: row.get(6)?,
        of: row.get::<Option<String>>(7)?.zip(row.get(8)?),
    })
}

struct Stock {
    on: bool,
    /// Kind and how many stand in each state: free, bound, issued, spoilt, and documents that wait.
    counts: Vec<(&'static str, [i64; 4], usize)>,
    lines: Vec<Line>,
}

fn stock(db: &mut Db, sought: &str) -> Stored<Stock> {
    let on = Centre::load(db)?.blanks;
    let mut counts = Vec::new();
    for (kind, _) in KINDS {
        let mut of = [0; 4];
        for (place, state) in ["free", "bound", "issued", "spoilt"].into_iter().enumerate() {
            of[place] = db.count(
                "select cast(count(*) as bigint) from blank where kind = ?1 and state = ?2",
                values![kind, state],
            )?;
        }
        let waits = waiting(db, kind)?.len();
        counts.push((kind, of, waits));
    }
    let lines = db.all(
        lines!(
            "where ?2 = '' or b.number like '%' || ?2 || '%' or c.register_number like '%' || ?2 || '%'
             order by case b.state when 'bound' then 0 when 'free' then 1 else 2 end, b.kind, b.series, length(b.number), b.number limit ?1"
        ),
        values![SHOWN, sought],
        read,
    )?;
    Ok(Stock { on, counts, lines })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Part of a blank's number, or of a document's.
    q: String,
}

pub(crate) async fn list(visit: Visit, Query(search): Query<Search>) -> Reply {
    let sought: String = search.q.trim().chars().filter(|c| !"%_\0".contains(*c)).take(40).collect();
    let shown = sought.clone();
    let stock = visit.read(move |db| stock(db, &sought)).await?;
    let body = page(&visit, &stock, &shown, &Batch::default(), &Messages::none());
    visit.page("Бланки", SECTION, body)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Switch {
    /// `yes`, or nothing.
    on: String,
}

/// Switches the accounting on or off; what was bound stays, and nothing waits for a blank any more.
pub(crate) async fn switch(visit: Visit, Posted { form, .. }: Posted<Switch>) -> Reply {
    let blanks = form.on == "yes";
    visit
        .write(move |work| {
            Centre { blanks, ..Centre::load(work)? }.save(work)?;
            if !blanks {
                work.run("delete from blank_wanted", &[])?;
            }
            work.note(if blanks { "blanks.on" } else { "blanks.off" }, Uuid::nil())
        })
        .await?;
    Ok(see_other("/blanks"))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Batch {
    kind: String,
    series: String,
    first: String,
    amount: String,
}

impl Batch {
    /// Kind, series and the numbers one by one.
    fn check(&self) -> Result<(&'static str, String, Vec<String>), Messages> {
        let mut said = Messages::none();
        let kind = kind(&self.kind);
        if kind.is_none() {
            said.say("kind", "Вид: выберите");
        }
        let series = self.series.trim().to_uppercase();
        if series.chars().count() > 20 {
            said.say("series", "Серия: не больше 20 знаков");
        }
        let first = self.first.trim();
        let from = first
            .parse::<i64>()
            .ok()
            .filter(|_| first.len() <= 15 && first.bytes().all(|byte| byte.is_ascii_digit()));
        if from.is_none() {
            said.say("first", "Первый номер: только цифры, как на бланке, с нулями впереди");
        }
        let amount = self.amount.trim().parse::<i64>().ok().filter(|amount| (1..=BATCH).contains(amount));
        if amount.is_none() {
            said.say("amount", format!("Сколько: от 1 до {BATCH}"));
        }
        let width = first.len();
        match (kind, from, amount) {
            (Some(kind), Some(from), Some(amount)) if said.is_empty() => {
                Ok((kind, series, (from..from + amount).map(|number| format!("{number:0width$}")).collect()))
            }
            _ => Err(said),
        }
    }
}

/// Takes a batch into stock: all of it or, where one is known already, nothing.
pub(crate) async fn add(visit: Visit, Posted { form, .. }: Posted<Batch>) -> Reply {
    let refused = async |said: Messages| {
        let stock = visit.read(|db| stock(db, "")).await?;
        visit.again("Бланки", SECTION, page(&visit, &stock, "", &form, &said))
    };
    let (kind, series, numbers) = match form.check() {
        Ok(batch) => batch,
        Err(said) => return refused(said).await,
    };
    let known = visit
        .write(move |work| {
            let (now, today) = (work.now(), work.today());
            for number in &numbers {
                let known = work.count(
                    "select cast(count(*) as bigint) from blank where kind = ?1 and series = ?2 and number = ?3",
                    values![kind, &series, number],
                )?;
                if known > 0 {
                    return Ok(Some(written(&series, number)));
                }
            }
            for number in &numbers {
                work.run(
                    "insert into blank (id, kind, series, number, state, changed_on, created_at) values (?1, ?2, ?3, ?4, 'free', ?5, ?6)",
                    values![Uuid::now_v7(), kind, &series, number, today, now],
                )?;
            }
            let last = numbers.last().map(String::as_str).unwrap_or_default();
            let batch = format!("{} – {last}", written(&series, numbers.first().map_or("", String::as_str)));
            work.note_with("blanks.added", Uuid::nil(), Some(&batch))?;
            serve(work, kind)?;
            Ok(None)
        })
        .await?;
    match known {
        None => Ok(see_other("/blanks")),
        Some(blank) => {
            refused(Messages::one("first", format!("Первый номер: бланк {blank} уже на учёте"))).await
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fate {
    what: String,
    note: String,
}

const FATES: [(&str, &str); 2] =
    [("issued", "Документ выдан"), ("spoilt", "Бланк испорчен: списать по акту, взять следующий")];

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let line = visit.read(move |db| find(db, id)).await?;
    visit.page("Бланк", SECTION, fate_page(&line, &Fate::default(), &Messages::none()))
}

fn find(db: &mut Db, id: Uuid) -> Stored<Line> {
    db.one(lines!("where b.id = ?1"), values![id], read)
}

/// Records that the document was handed over, or that the blank is spoilt.
pub(crate) async fn change(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Fate>) -> Reply {
    let line = visit.read(move |db| find(db, id)).await?;
    let mut said = Messages::none();
    let what = FATES.into_iter().map(|(code, _)| code).find(|code| *code == form.what);
    match what {
        None => said.say("what", "Что с бланком: выберите"),
        Some("issued") if line.of.is_none() => {
            said.say("what", "Что с бланком: он не закреплён за документом");
        }
        Some(_) => {}
    }
    let note = said.text("note", &form.note, "Основание", 200);
    let (Some(what), Some(note), true) = (what, note, said.is_empty()) else {
        return visit.again("Бланк", SECTION, fate_page(&line, &form, &said));
    };
    if visit.write(move |work| settle(work, id, what, &note)).await? {
        return Ok(see_other("/blanks"));
    }
    let line = visit.read(move |db| find(db, id)).await?;
    let said = Messages::one("what", "Что с бланком: уже записано, что он выдан или списан");
    visit.again("Бланк", SECTION, fate_page(&line, &form, &said))
}

/// Tone and name of a state.
fn state(code: &str) -> (Tone, &'static str) {
    match code {
        "free" => (Tone::Plain, "В наличии"),
        "bound" => (Tone::Accent, "Закреплён"),
        "issued" => (Tone::Ok, "Выдан"),
        _ => (Tone::Bad, "Списан"),
    }
}

fn tag(code: &str) -> Markup {
    let (tone, name) = state(code);
    parts::tag(tone, name)
}

/// All blanks as a table: the book of their account.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 7] = [
        ("Вид", 34),
        ("Серия и №", 18),
        ("Состояние", 14),
        ("С какого дня", 14),
        ("Документ", 18),
        ("Кому", 40),
        ("Основание", 40),
    ];
    let lines = visit
        .read(|db| db.all(lines!("order by b.kind, b.series, length(b.number), b.number"), &[], read))
        .await?;
    let row = |line: Line| {
        let (register_number, whose) = line.of.unwrap_or_default();
        let number = written(&line.series, &line.number);
        let state = state(&line.state).1.to_owned();
        vec![
            name(&line.kind).to_owned(),
            number,
            state,
            line.changed.dotted(),
            register_number,
            whose,
            line.note,
        ]
    };
    web::table("Бланки", "Бланки.xlsx", &COLUMNS, lines.into_iter().map(row).collect()).await
}

fn page(visit: &Visit, stock: &Stock, sought: &str, batch: &Batch, said: &Messages) -> Markup {
    let may = visit.may(Right::ClosePapers);
    html! {
        main.dash #main {
            p.crumb { a href="/register" { "Выданные документы" } }
            div.dash-head { h1 { "Бланки" } @if stock.on { (parts::tag(Tone::Ok, "Учёт ведётся")) } @else { (parts::tag(Tone::Plain, "Учёт выключен")) } @if !stock.lines.is_empty() { (parts::sheet("/blanks.xlsx")) } }
            p.muted { "Если документы печатают на бланках типографии: каждый новый документ сам берёт следующий номер. Бланки не удаляют, только списывают." }
            @if may { (parts::form("/blanks/switch", "mt-3", &html! { input type="hidden" name="on" value=(if stock.on { "" } else { "yes" }); button.btn type="submit" { @if stock.on { "Выключить учёт" } @else { "Включить учёт" } } })) }
            table.tbl.mt-5 {
                thead { tr { th scope="col" { "Вид" } th.r scope="col" { "В наличии" } th.r scope="col" { "Закреплено" } th.r scope="col" { "Выдано" } th.r scope="col" { "Списано" } th.r scope="col" { "Ждут бланка" } } }
                tbody { @for (kind, of, waits) in &stock.counts { tr {
                    th scope="row" { (name(kind)) }
                    td.r data-l="В наличии" { (of[0]) } td.r data-l="Закреплено" { (of[1]) } td.r data-l="Выдано" { (of[2]) } td.r data-l="Списано" { (of[3]) }
                    td.r data-l="Ждут бланка" { @if *waits > 0 { (parts::tag(Tone::Warn, &waits.to_string())) } @else { "0" } }
                } } }
            }
            @if may {
                section.mt-5.stack {
                    h2 { "Принять пачку" }
                    (parts::summary(said))
                    (parts::form("/blanks", "form", &html! {
                        (parts::select("kind", "Вид", &KINDS, &batch.kind, said))
                        div.pair {
                            (parts::field("series", "Серия", &batch.series).optional().longest(20).told(said))
                            (parts::field("first", "Первый номер", &batch.first).digits().longest(15).told(said).tip("Как на бланке, с нулями впереди"))
                        }
                        (parts::field("amount", "Сколько", &batch.amount).digits().longest(4).told(said))
                        div { (parts::submit("Принять")) }
                    }))
                }
            }
            @if !stock.lines.is_empty() || !sought.is_empty() {
                section.mt-5 {
                    h2 { "Бланки по номерам" }
                    form.seek.mt-3 role="search" action="/blanks" {
                        div.field { (parts::icon("search")) input type="search" name="q" value=(sought) aria-label="Номер бланка или документа" placeholder="Номер бланка или документа" maxlength="40"; }
                        button.btn type="submit" { "Найти" }
                    }
                    @if stock.lines.is_empty() { p.mt-2 { "Такого номера нет." } }
                    table.tbl {
                        thead { tr { th scope="col" { "Номер" } th scope="col" { "Вид" } th scope="col" { "Состояние" } th scope="col" { "Документ" } th.r scope="col" { "С какого дня" } } }
                        tbody { @for line in &stock.lines { tr {
                            th scope="row" { @if may { a.plain href={ "/blanks/" (line.id) } { (written(&line.series, &line.number)) } } @else { (written(&line.series, &line.number)) } }
                            td data-l="Вид" { (name(&line.kind)) }
                            td data-l="Состояние" { (tag(&line.state)) @if !line.note.is_empty() { span.blk.small.muted { (line.note) } } }
                            td.wide data-l="Документ" { @if let Some((number, name)) = &line.of { (number) span.blk.small.muted { (name) } } @else { "—" } }
                            td.r data-l="С какого дня" { (line.changed.dotted()) }
                        } } }
                    }
                    @if stock.lines.len() >= usize::try_from(SHOWN).unwrap_or(0) { p.small.muted.mt-2 { "Показаны первые " (count(SHOWN, ["бланк", "бланка", "бланков"])) "." } }
                }
            }
        }
    }
}

fn fate_page(line: &Line, fate: &Fate, said: &Messages) -> Markup {
    let open = matches!(line.state.as_str(), "free" | "bound");
    html! {
        main.dash #main {
            p.crumb { a href="/blanks" { "Бланки" } }
            div.dash-head { h1 { "Бланк " (written(&line.series, &line.number)) } (tag(&line.state)) }
            dl.key-facts.mt-5 {
                dt { "Вид" } dd { (name(&line.kind)) }
                @if let Some((number, name)) = &line.of { dt { "Документ" } dd { (number) ", " (name) } }
                @if !line.note.is_empty() { dt { "Основание" } dd { (line.note) ", " (line.changed.dotted()) } }
            }
            (parts::summary(said))
            @if open {
                (parts::form(&format!("/blanks/{}", line.id), "form mt-5", &html! {
                    (parts::choices("what", "Что с бланком", &FATES, &fate.what, said))
                    (parts::field("note", "Основание", &fate.note).longest(200).told(said).tip("Как выдан: «лично», «заказным письмом», «по доверенности № 5». Или акт списания: «акт № 3 от 20.11.2026»"))
                    @if line.of.is_some() { p.small.muted { "Если бланк испорчен, документ напечатается заново на следующем, у диплома — и приложение: подпишите их снова." } }
                    div { (parts::submit("Записать")) }
                }))
            }
        }
    }
}
