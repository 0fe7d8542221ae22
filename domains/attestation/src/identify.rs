//! Who sits the final attestation: the password lets one in, and where the programme asks for it, a code by letter says once
//! more who is there (decision «identification before final attestation»). Whoever has no address of the own is not asked, and a
//! methodist can let in whoever gets no letters.
use accounts::person::{Person, address_of};
use accounts::{Limits, Visit};
use axum::extract::Path;
use axum::http::StatusCode;
use learning::Plan;
use programmes::{Content, Identification};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Posted, Reply, see_other};
use words::{Email, Moment, count};

/// How long a code is good, and how often it may be tried.
const MINUTES: i64 = 15;
const TRIES: i64 = 5;

/// The address to which a code goes, where one is asked for.
pub(crate) fn asked(db: &mut Db, person: Uuid, content: &Content) -> Stored<Option<Email>> {
    if content.attestation.identification != Identification::Code {
        return Ok(None);
    }
    let Some(address) = address_of(db, person)? else { return Ok(None) };
    // An address that several people share tells nothing of who is there.
    let others = db.count(
        "select cast(count(*) as bigint) from person where id <> ?1 and lower(email) = ?2",
        values![person, address.as_str().to_lowercase()],
    )?;
    Ok((others == 0).then_some(address))
}

/// A methodist lets somebody in without a code, for a day: letters do not come to everybody.
pub(crate) fn waive(work: &mut Work, enrolment: Uuid, reason: &str) -> Stored<()> {
    let until = work.now().plus_days(1);
    work.run(
        "insert into identification (enrolment, code_hash, until_at, tries) values (?1, '', ?2, 0)
         on conflict (enrolment) do update set code_hash = '', until_at = excluded.until_at, tries = 0",
        values![enrolment, until],
    )?;
    work.note_with("attestation.code-waived", enrolment, Some(reason))
}

/// Whether a methodist has let this learner in without a code.
pub(crate) fn is_waived(db: &mut Db, enrolment: Uuid, now: Moment) -> Stored<bool> {
    let waived = db.count(
        "select cast(count(*) as bigint) from identification where enrolment = ?1 and code_hash = '' and until_at > ?2",
        values![enrolment, now],
    )?;
    Ok(waived > 0)
}

/// Whether a code was sent and is still good.
pub(crate) fn is_sent(db: &mut Db, enrolment: Uuid, now: Moment) -> Stored<bool> {
    let sent = db.count(
        "select cast(count(*) as bigint) from identification where enrolment = ?1 and until_at > ?2 and tries < ?3",
        values![enrolment, now, TRIES],
    )?;
    Ok(sent > 0)
}

fn hash(code: &str) -> String {
    words::hex(&Sha256::digest(code.trim()))
}

/// Why the code is not enough, if it is not. A wrong try is counted and kept.
pub(crate) fn refusal(work: &mut Work, enrolment: Uuid, typed: &str) -> Stored<Option<&'static str>> {
    let now = work.now().0;
    let sent = work.maybe(
        "select code_hash, until_at, tries from identification where enrolment = ?1",
        values![enrolment],
        |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)),
    )?;
    Ok(match sent {
        None => Some("Код: сначала получите его письмом"),
        Some((_, until, tries)) if until < now || tries >= TRIES => {
            Some("Код: больше не действует. Получите новый")
        }
        Some((kept, ..)) if kept != hash(typed) => {
            work.run("update identification set tries = tries + 1 where enrolment = ?1", values![enrolment])?;
            Some("Код: цифры не те, проверьте письмо")
        }
        Some(_) => None,
    })
}

/// The attempt has begun: its code is good no more.
pub(crate) fn used(work: &mut Work, enrolment: Uuid) -> Stored<()> {
    work.run("delete from identification where enrolment = ?1", values![enrolment])?;
    Ok(())
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Sends a code; the one before it is good no more.
pub(crate) async fn send(
    visit: Visit,
    Path(enrolment): Path<Uuid>,
    Posted { key, .. }: Posted<Nothing>,
) -> Reply {
    let person = visit.person()?;
    if !Limits::letters().lets(&format!("attestation {enrolment}")) {
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "codes for an attestation"));
    }
    let code = format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000);
    visit
        .write(move |work| work.once(key, |work| {
            let plan = Plan::of(work, person, enrolment)?;
            let content = &plan.version.content;
            let now = work.now();
            // A page that has stood open since before a methodist's leave does not take that back.
            if is_waived(work, enrolment, now)? {
                return Ok(());
            }
            let Some(to) = asked(work, person, content)? else { return Ok(()) };
            let until = now.plus_minutes(MINUTES);
            work.run(
                "insert into identification (enrolment, code_hash, until_at, tries) values (?1, ?2, ?3, 0)
                 on conflict (enrolment) do update set code_hash = excluded.code_hash, until_at = excluded.until_at, tries = 0",
                values![enrolment, hash(&code), until],
            )?;
            work.note("attestation.code-sent", enrolment)?;
            let given = Person::find(work, person)?.name.given;
            post::write(
                work,
                &post::Letter {
                    to: to.as_str().to_owned(),
                    secret: true,
                    subject: format!("Код для аттестации: {code}"),
                    body: format!(
                        "Здравствуйте, {given}.\n\nКод для итоговой аттестации по программе «{}»: {code}\nОн действует {}.\n\n\
                         Если вы не собираетесь сдавать, ничего не делайте и никому код не говорите.",
                        content.title,
                        count(MINUTES, ["минуту", "минуты", "минут"])
                    ),
                },
            )
            .map(|_| ())
        }))
        .await?;
    Ok(see_other(&format!("/studies/{enrolment}/attestation")))
}
