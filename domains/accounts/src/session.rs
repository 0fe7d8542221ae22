//! Sessions: a random token in a cookie, its SHA-256 in the database.
use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;
use sha2::{Digest, Sha256};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::House;
use words::{FullName, Moment};

use crate::{Actor, Role};

const DAYS: i64 = 30;

/// `__Host-` cannot be set without HTTPS, so the demonstration on plain HTTP has a name of its own.
fn name(house: &House) -> &'static str {
    if house.is_secure() { "__Host-kafedra" } else { "kafedra" }
}

/// The `Set-Cookie` that carries `token`; an empty token takes the cookie away.
pub fn cookie(house: &House, token: &str) -> String {
    let age = if token.is_empty() { 0 } else { DAYS * 24 * 3600 };
    let secure = if house.is_secure() { "; Secure" } else { "" };
    format!("{}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}", name(house))
}

pub(crate) fn token_of(house: &House, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(name(house)).map(|cookie| cookie.value().to_owned())
}

/// A new token: 256 bits from the system.
pub fn new_token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes, or nothing here is safe");
    words::hex(&bytes)
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Opens a session for `person` under `token`.
pub fn open(work: &mut Work, person: Uuid, token: &str, agent: &str, address: &str) -> Stored<Uuid> {
    let (id, now) = (Uuid::now_v7(), work.now());
    work.run(
        "insert into session (id, token_hash, person, created_at, seen_at, expires_at, agent, address)
         values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
        values![id, hash(token), person, now, now.plus_days(DAYS), agent, address],
    )?;
    work.note("session.opened", person)?;
    Ok(id)
}

/// Who holds `token`, if the session is open and the account is not blocked; and when it was last seen.
pub(crate) fn holder(db: &mut Db, token: &str, now: Moment) -> Stored<Option<(Actor, Moment)>> {
    db.maybe(
        "select s.id, s.person, s.seen_at, p.family, p.given, p.patronymic,
                (select string_agg(r.role, ' ' order by r.role) from person_role r where r.person = s.person),
                a.password_once,
                (select cast(count(*) as bigint) from acting_head h where h.person = s.person and h.since <= ?4 and h.until >= ?4)
         from session s join person p on p.id = s.person join account a on a.person = s.person
         where s.token_hash = ?1 and s.closed_at is null and s.expires_at > ?2 and a.blocked = ?3
           and (a.until_at is null or a.until_at > ?2)",
        values![hash(token), now, false, now.day()],
        |row| {
            let name = FullName { family: row.get(3)?, given: row.get(4)?, patronymic: row.get(5)? };
            let roles: Option<String> = row.get(6)?;
            let roles = roles.iter().flat_map(|roles| roles.split(' ')).map(Role::parse);
            let mut roles: Vec<_> = roles.collect::<Result<_, _>>().map_err(Fault::data)?;
            let is_acting = row.get::<i64>(8)? > 0 && !roles.contains(&Role::Head);
            if is_acting {
                roles.push(Role::Head);
            }
            let (session, person, password_once) = (row.get(0)?, row.get(1)?, row.get(7)?);
            Ok((Actor { person, session, name, roles, is_acting, password_once }, Moment(row.get(2)?)))
        },
    )
}

pub(crate) fn seen(work: &mut Work, session: Uuid) -> Stored<()> {
    let now = work.now();
    work.run(
        "update session set seen_at = ?2, expires_at = ?3 where id = ?1",
        values![session, now, now.plus_days(DAYS)],
    )?;
    Ok(())
}

/// Closes the person's sessions on all devices, but for `except`.
pub(crate) fn close_all(work: &mut Work, person: Uuid, except: Option<Uuid>) -> Stored<()> {
    let (now, except) = (work.now(), except.unwrap_or_default());
    work.run(
        "update session set closed_at = ?3 where person = ?1 and id <> ?2 and closed_at is null",
        values![person, except, now],
    )?;
    Ok(())
}

/// Closes one of the person's own sessions; a foreign one is not found.
pub(crate) fn close(work: &mut Work, person: Uuid, session: Uuid) -> Stored<()> {
    let now = work.now();
    let closed = work.run(
        "update session set closed_at = ?3 where id = ?1 and person = ?2 and closed_at is null",
        values![session, person, now],
    )?;
    if closed == 0 {
        return Err(Fault::Missing);
    }
    work.note("session.closed", person)
}
