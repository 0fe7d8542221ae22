//! What law sets, as data with dates: a threshold holds between two days and names its act.
use store::{Db, Stored, values};
use words::Day;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Norm {
    pub value: i64,
    pub act: String,
}

/// The norm in force on `day`, if any.
pub fn norm(db: &mut Db, code: &str, day: Day) -> Stored<Option<Norm>> {
    db.maybe(
        "select value, act from norm where code = ?1 and since <= ?2 and (until is null or until >= ?2)
         order by since desc limit 1",
        values![code, day],
        |row| Ok(Norm { value: row.get(0)?, act: row.get(1)? }),
    )
}
