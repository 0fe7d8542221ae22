//! An application on its way: found by the token that only its applicant holds, moved on, signed.
use programmes::Version;
use regulations::Act;
use sha2::{Digest, Sha256};
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::application::Application;

/// An application on its way, found by the token that only its applicant holds.
pub(crate) struct Begun {
    pub id: Uuid,
    pub state: String,
    pub version: Version,
    pub application: Application,
    pub applicant: Option<Uuid>,
    pub code_hash: Option<String>,
    pub code_until: Option<i64>,
    pub code_tries: i64,
}

impl Begun {
    pub(crate) fn by(db: &mut Db, token: Uuid) -> Stored<Self> {
        let (begun, version) = db.one(
            "select id, state, data, applicant, code_hash, code_until, code_tries, programme_version
             from application where token = ?1",
            values![token],
            |row| {
                let parts = (
                    row.get(0)?,
                    row.get(1)?,
                    row.json(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                );
                Ok((parts, row.get::<Uuid>(7)?))
            },
        )?;
        let (id, state, application, applicant, code_hash, code_until, code_tries) = begun;
        let version = Version::find(db, version)?;
        Ok(Self { id, state, version, application, applicant, code_hash, code_until, code_tries })
    }
}

pub(crate) fn sign_act(
    work: &mut Work,
    application: Uuid,
    act: &Act,
    text: &str,
    address: &str,
    agent: &str,
) -> Stored<()> {
    let now: Moment = work.now();
    work.run(
        "insert into agreement (id, application, act, text_hash, at, address, agent) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (application, act) do nothing",
        values![Uuid::now_v7(), application, act.id, hash(text), now, address, agent],
    )?;
    Ok(())
}

/// Moves the application on; where it has already moved, nothing happens.
pub(crate) fn advance(work: &mut Work, id: Uuid, from: &'static str, to: &'static str) -> Stored<()> {
    let now = work.now();
    let moved = work.run(
        "update application set state = ?3, changed_at = ?4 where id = ?1 and state = ?2",
        values![id, from, to, now],
    )?;
    if moved > 0 {
        work.note_with("application.moved", id, Some(to))?;
    }
    Ok(())
}

pub(crate) fn hash(text: &str) -> String {
    words::hex(&Sha256::digest(text))
}
