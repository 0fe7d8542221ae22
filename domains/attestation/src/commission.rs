//! The attestation commission: appointed by order, with a term.
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;
use words::Day;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    pub post: String,
    /// «Воронцов Егор Ильич»
    pub full_name: String,
    /// «Е. И. Воронцов»
    pub short_name: String,
}

#[derive(Clone, Debug)]
pub struct Commission {
    pub id: Uuid,
    pub order_number: String,
    pub order_date: Day,
    pub chairman: Official,
    pub members: Vec<Official>,
    pub secretary: Official,
}

macro_rules! commissions {
    ($rest:literal) => {
        concat!("select id, order_number, order_date, chairman, members, secretary from commission ", $rest)
    };
}

fn read(row: &Row) -> Stored<Commission> {
    Ok(Commission {
        id: row.get(0)?,
        order_number: row.get(1)?,
        order_date: row.parsed(2, Day::parse)?,
        chairman: row.json(3)?,
        members: row.json(4)?,
        secretary: row.json(5)?,
    })
}

impl Commission {
    /// The commission that a closed protocol names.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(commissions!("where id = ?1"), values![id], read)
    }
}

/// The commission in office on `day`; the latest order counts.
pub fn in_office(db: &mut Db, day: Day) -> Stored<Option<Commission>> {
    db.maybe(
        commissions!("where since <= ?1 and until >= ?1 order by order_date desc, id desc limit 1"),
        values![day],
        read,
    )
}

/// Appoints a commission between two days.
pub fn appoint(work: &mut Work, commission: &Commission, (since, until): (Day, Day)) -> Stored<()> {
    let json = |value: &Official| serde_json::to_string(value).map_err(Fault::data);
    work.run(
        "insert into commission (id, order_number, order_date, since, until, chairman, members, secretary)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            commission.id,
            &commission.order_number,
            commission.order_date,
            since,
            until,
            json(&commission.chairman)?,
            serde_json::to_string(&commission.members).map_err(Fault::data)?,
            json(&commission.secretary)?
        ],
    )?;
    work.note("commission.appointed", commission.id)
}
