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
    /// Kept while payment is waited for.
    pub password_hash: Option<String>,
    pub paid: Option<Moment>,
}

impl Begun {
    /// Whether everything is signed and only payment is missing.
    pub(crate) fn waits_for_payment(&self) -> bool {
        self.version.content.pay_first && self.paid.is_none()
    }

    pub(crate) fn by(db: &mut Db, token: Uuid) -> Stored<Self> {
        let (begun, version) = db.one(
            "select id, state, data, applicant, code_hash, code_until, code_tries, programme_version, password_hash, paid_at
             from application where token = ?1",
            values![token],
            |row| {
                let parts = (
                    row.get(0)?,
                    row.get(1)?,
                    row.get::<String>(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                    row.get(8)?,
                    row.get::<Option<i64>>(9)?.map(Moment),
                );
                Ok((parts, row.get::<Uuid>(7)?))
            },
        )?;
        let (id, state, application, applicant, code_hash, code_until, code_tries, password_hash, paid) =
            begun;
        let (application, version) = (db.unseal(&application)?, Version::find(db, version)?);
        Ok(Self {
            id,
            state,
            version,
            application,
            applicant,
            code_hash,
            code_until,
            code_tries,
            password_hash,
            paid,
        })
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
    let (now, sealed): (Moment, String) = (work.now(), work.seal(&text)?);
    work.run(
        "insert into agreement (id, application, act, text_hash, at, address, agent, text)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (application, act) do nothing",
        values![Uuid::now_v7(), application, act.id, hash(text), now, address, agent, sealed],
    )?;
    Ok(())
}

/// A text signed with an application.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Of the act: `offer`, `consent-training`.
    pub code: String,
    pub title: String,
    /// The act's version.
    pub number: i64,
    /// Markdown, as it was shown.
    pub text: String,
    /// SHA-256 of it.
    pub hash: String,
    pub at: Moment,
    pub address: String,
    pub agent: String,
}

impl Agreement {
    /// All of an application, in the order in which they were signed.
    pub fn all_of(db: &mut Db, application: Uuid) -> Stored<Vec<Self>> {
        let rows = db.all(
            "select t.code, t.title, t.number, g.text, t.body, g.text_hash, g.at, g.address, g.agent
             from agreement g join act t on t.id = g.act where g.application = ?1 order by g.at, g.id",
            values![application],
            |row| {
                let one = Self {
                    code: row.get(0)?,
                    title: row.get(1)?,
                    number: row.get(2)?,
                    text: row.get(4)?,
                    hash: row.get(5)?,
                    at: Moment(row.get(6)?),
                    address: row.get(7)?,
                    agent: row.get(8)?,
                };
                Ok((one, row.get::<Option<String>>(3)?))
            },
        )?;
        // Rows of earlier versions have only the act's own text.
        rows.into_iter()
            .map(|(one, signed)| {
                let text = signed.map(|text| db.unseal(&text)).transpose()?;
                Ok(Self { text: text.unwrap_or(one.text), ..one })
            })
            .collect()
    }

    /// Signed by hand: the sheet itself lies in the personal file.
    pub fn is_on_paper(&self) -> bool {
        matches!(self.address.as_str(), IN_OFFICE | AT_CUSTOMER)
    }
}

/// Stands for the network address of what was signed by hand.
pub(crate) const IN_OFFICE: &str = "в офисе";
/// The same where the customer has vouched for the signatures.
pub(crate) const AT_CUSTOMER: &str = "у заказчика";

/// Moves the application on; where it has already moved, nothing happens.
pub(crate) fn advance(work: &mut Work, id: Uuid, from: &str, to: &'static str) -> Stored<()> {
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
