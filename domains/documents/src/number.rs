//! Numbers of documents: by kind and year, without gaps, in the form that the centre has chosen.
use store::{Stored, Work, values};
use words::Day;

/// A number just given: its place in the year's row, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub year: i64,
    pub seq: i64,
    pub text: String,
}

/// Gives the next number of this kind inside the unit that uses it: a unit that is not kept gives its number back.
pub fn next(work: &mut Work, kind: &'static str) -> Stored<Number> {
    let today = work.today();
    next_on(work, kind, today)
}

/// The same for a document dated with another day.
pub fn next_on(work: &mut Work, kind: &'static str, day: Day) -> Stored<Number> {
    let year = i64::from(day.year());
    let (pattern, first): (String, i64) =
        work.one("select pattern, first from numbering where kind = ?1", values![kind], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let seq = work.one(
        "insert into counter (kind, year, last) values (?1, ?2, ?3)
         on conflict (kind, year) do update set last = counter.last + 1 returning last",
        values![kind, year, first],
        |row| row.get(0),
    )?;
    Ok(Number { year, seq, text: written(&pattern, year, seq) })
}

/// `{yy}-З-{seq:04}` → `26-З-0007`.
pub(crate) fn written(pattern: &str, year: i64, seq: i64) -> String {
    pattern
        .replace("{yyyy}", &year.to_string())
        .replace("{yy}", &format!("{:02}", year % 100))
        .replace("{seq:04}", &format!("{seq:04}"))
        .replace("{seq}", &seq.to_string())
}
