//! Numbers as the staff set them: the pattern of each kind, and the next number, for a centre that kept its books before.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::number::written;

const SECTION: Frame = Frame::Office("/settings/numbering");

/// Kind and its name.
const KINDS: [(&str, &str); 12] = [
    ("enrolment_order", "Приказ о зачислении"),
    ("completion_order", "Приказ об окончании"),
    ("commission_protocol", "Протокол аттестации"),
    ("safety_protocol", "Протокол проверки знаний"),
    ("expulsion_order", "Приказ об отчислении"),
    ("extension_order", "Приказ о продлении"),
    ("name_order", "Приказ о перемене имени"),
    ("transfer_order", "Приказ о переводе"),
    ("erasure_order", "Приказ об уничтожении данных"),
    ("certificate", "Удостоверение"),
    ("diploma", "Диплом"),
    ("reference", "Справка об обучении"),
];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    pattern: String,
    next: String,
}

/// One row of numbers in one year.
struct Row {
    kind: &'static str,
    name: &'static str,
    pattern: String,
    /// The number that the next document gets.
    next: i64,
    /// The greatest number that stands on a document of this year.
    given: i64,
}

fn row(db: &mut Db, (kind, name): (&'static str, &'static str), year: i64) -> Stored<Row> {
    let (pattern, first): (String, i64) =
        db.one("select pattern, first from numbering where kind = ?1", values![kind], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let last: Option<i64> =
        db.maybe("select last from counter where kind = ?1 and year = ?2", values![kind, year], |row| {
            row.get(0)
        })?;
    let given = db.count(
        "select cast(coalesce(max(seq), 0) as bigint) from (
             select seq from official_order where kind = ?1 and year = ?2
             union all select seq from protocol where kind = ?1 and year = ?2
             union all select seq from credential where kind = ?1 and year = ?2) as used",
        values![kind, year],
    )?;
    Ok(Row { kind, name, pattern, next: last.map_or(first, |last| last + 1), given })
}

fn find(kind: &str) -> Stored<(&'static str, &'static str)> {
    KINDS.into_iter().find(|(code, _)| *code == kind).ok_or(Fault::Missing)
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let year = i64::from(visit.today().year());
    let rows = visit
        .read(move |db| KINDS.into_iter().map(|kind| row(db, kind, year)).collect::<Stored<Vec<_>>>())
        .await?;
    let body = html! {
        main.dash #main {
            div.dash-head { h1 { "Нумерация" } a.btn href="/settings/specimens" { "Образцы документов" } span.small.muted { "Без пропусков, с 1 января заново" } }
            table.tbl {
                thead { tr { th scope="col" { "Документ" } th scope="col" { "Следующий номер" } } }
                tbody {
                    @for row in &rows {
                        tr {
                            th scope="row" { a.plain href={ "/settings/numbering/" (row.kind) } { (row.name) } }
                            td data-l="Следующий номер" { (written(&row.pattern, year, row.next)) }
                        }
                    }
                }
            }
        }
    };
    visit.page("Нумерация", SECTION, body)
}

pub(crate) async fn show(visit: Visit, Path(kind): Path<String>) -> Reply {
    let year = i64::from(visit.today().year());
    let row = visit.read(move |db| row(db, find(&kind)?, year)).await?;
    let form = Form { pattern: row.pattern.clone(), next: row.next.to_string() };
    visit.page(row.name, SECTION, page(&row, year, &form, &Messages::none()))
}

pub(crate) async fn submit(
    visit: Visit,
    Path(kind): Path<String>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let year = i64::from(visit.today().year());
    let kept = form.clone();
    let (row, said) = visit
        .write(move |work| {
            let row = row(work, find(&kind)?, year)?;
            let said = match kept.check(&row) {
                Ok((pattern, next)) => change(work, &row, year, &pattern, next).map(|()| Messages::none())?,
                Err(said) => said,
            };
            Ok((row, said))
        })
        .await?;
    if said.is_empty() {
        return Ok(see_other("/settings/numbering"));
    }
    visit.again(row.name, SECTION, page(&row, year, &form, &said))
}

impl Form {
    fn check(&self, row: &Row) -> Result<(String, i64), Messages> {
        let mut said = Messages::none();
        let pattern = said.text("pattern", &self.pattern, "Вид номера", 40);
        if pattern.as_ref().is_some_and(|pattern| !pattern.contains("{seq}") && !pattern.contains("{seq:04}"))
        {
            said.say("pattern", "Вид номера: в нём должно быть {seq} или {seq:04}");
        }
        if pattern.as_ref().is_some_and(|pattern| !pattern.contains("{yy}") && !pattern.contains("{yyyy}")) {
            said.say("pattern", "Вид номера: нужен год, {yy} или {yyyy}, иначе номера разных лет совпадут");
        }
        if pattern.as_ref().is_some_and(|pattern| grows_into_seq(pattern)) {
            said.say("pattern", "Вид номера: отделите {seq} от цифр и года, например дефисом");
        }
        let next = self.next.trim().parse::<i64>().ok().filter(|next| (1..=1_000_000).contains(next));
        match next {
            None => said.say("next", "Следующий номер: целое число от 1 до 1 000 000"),
            Some(next) if next <= row.given => said.say(
                "next",
                format!("Следующий номер: {} уже стоит на документе, можно от {}", row.given, row.given + 1),
            ),
            Some(_) => {}
        }
        match (pattern, next) {
            (Some(pattern), Some(next)) if said.is_empty() => Ok((pattern, next)),
            _ => Err(said),
        }
    }
}

/// Whether a digit or the year stands right beside the number, so that two numbers could read the same.
fn grows_into_seq(pattern: &str) -> bool {
    let plain =
        pattern.replace("{seq:04}", "#").replace("{seq}", "#").replace("{yyyy}", "0").replace("{yy}", "0");
    let signs: Vec<char> = plain.chars().collect();
    plain.matches('#').count() != 1
        || signs.windows(2).any(|pair| pair.contains(&'#') && pair.iter().any(char::is_ascii_digit))
}

fn change(work: &mut Work, row: &Row, year: i64, pattern: &str, next: i64) -> Stored<()> {
    work.run("update numbering set pattern = ?2 where kind = ?1", values![row.kind, pattern])?;
    if next != row.next {
        work.run(
            "insert into counter (kind, year, last) values (?1, ?2, ?3)
             on conflict (kind, year) do update set last = excluded.last",
            values![row.kind, year, next - 1],
        )?;
    }
    let detail = format!("{}: {pattern}, следующий {next}", row.kind);
    work.note_with("numbering.changed", Uuid::nil(), Some(&detail))
}

fn page(row: &Row, year: i64, form: &Form, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href="/settings/numbering" { "Нумерация" } }
            div.dash-head { h1 { (row.name) } }
            (parts::summary(said))
            (parts::form(&format!("/settings/numbering/{}", row.kind), "form", &html! {
                (parts::field("pattern", "Вид номера", &form.pattern).longest(40).told(said)
                    .tip("{yy} и {yyyy} — год, {seq} — номер, {seq:04} — номер из четырёх цифр"))
                (parts::field("next", &format!("Следующий номер в {year} году"), &form.next).digits().longest(7).told(said)
                    .tip("Если книгу вели раньше, продолжите её. Пропущенные номера будут видны в книге"))
                div { (parts::submit("Сохранить")) }
            }))
        }
    }
}
