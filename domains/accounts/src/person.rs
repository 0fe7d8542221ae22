//! A person and the account by which he or she signs in.
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::{Case, Day, Email, FullName, Phone, Sex, Snils, folded};

use crate::{Role, declined, invitation, session};

/// What the centre knows of a person.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: FullName,
    pub sex: Sex,
    pub birthday: Option<Day>,
    pub snils: Option<Snils>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
}

impl Person {
    /// Any person by id. For staff pages, whose door has let only staff in, and for a person's own.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(
            "select family, given, patronymic, sex, birthday, snils, phone, email from person where id = ?1",
            values![id],
            |row| {
                let parsed = |text: Option<String>| {
                    text.map(|text| Snils::parse(&text)).transpose().map_err(Fault::data)
                };
                Ok(Self {
                    name: FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? },
                    sex: row.parsed(3, Sex::parse)?,
                    birthday: row
                        .get::<Option<String>>(4)?
                        .map(|day| Day::parse(&day))
                        .transpose()
                        .map_err(Fault::data)?,
                    snils: parsed(row.get(5)?)?,
                    phone: row
                        .get::<Option<String>>(6)?
                        .map(|phone| Phone::parse(&phone))
                        .transpose()
                        .map_err(Fault::data)?,
                    email: row
                        .get::<Option<String>>(7)?
                        .map(|email| Email::parse(&email))
                        .transpose()
                        .map_err(Fault::data)?,
                })
            },
        )
    }

    /// A letter to this person, begun with the name; whoever has no address gets none.
    pub fn write(&self, work: &mut Work, subject: String, words: &str) -> Stored<()> {
        let Some(to) = &self.email else { return Ok(()) };
        let body = format!("Здравствуйте, {}.\n\n{words}", self.name.given);
        let letter = post::Letter { to: to.as_str().to_owned(), secret: false, subject, body };
        post::write(work, &letter).map(|_| ())
    }

    /// The same person by СНИЛС, however the name has changed since.
    pub fn with_snils(db: &mut Db, snils: &Snils) -> Stored<Option<Uuid>> {
        db.maybe("select id from person where snils = ?1", values![snils.digits()], |row| row.get(0))
    }

    pub fn add(work: &mut Work, person: &Self) -> Stored<Uuid> {
        let (id, now) = (Uuid::now_v7(), work.now());
        work.run(
            "insert into person (id, family, given, patronymic, sex, birthday, snils, phone, email, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            values![
                id,
                &person.name.family,
                &person.name.given,
                person.name.patronymic.as_deref(),
                person.sex.code(),
                person.birthday,
                person.snils.as_ref().map(Snils::digits),
                person.phone.as_ref().map(Phone::as_str),
                person.email.as_ref().map(Email::as_str),
                now
            ],
        )?;
        work.note("person.added", id)?;
        Ok(id)
    }
}

/// A person is called otherwise from today.
pub struct Renamed {
    pub person: Uuid,
    pub before: FullName,
    /// «Соколову Веру Андреевну», as documents said it.
    pub before_accusative: String,
    pub why: NewName,
    /// «свидетельство о браке III-МЮ № 123456 от 01.11.2026»
    pub grounds: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewName {
    /// By a document: an order follows, documents issued before keep the old name.
    Change,
    /// Written wrongly from the beginning: documents with the mistake are issued anew.
    Typo,
}

impl NewName {
    pub const ALL: [(&str, &str); 2] = [
        ("change", "Имя сменилось по документу: нужен приказ"),
        ("typo", "Имя записано с ошибкой: исправить"),
    ];

    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "change" => Some(Self::Change),
            "typo" => Some(Self::Typo),
            _ => None,
        }
    }
}

/// Gives a person another name and keeps the one before.
pub fn rename(work: &mut Work, person: Uuid, name: &FullName, why: NewName, grounds: &str) -> Stored<()> {
    let before = Person::find(work, person)?.name;
    if before == *name {
        return Ok(());
    }
    let before_accusative = declined::in_case(work, person, Case::Accusative)?;
    let (today, now) = (work.today(), work.now());
    let code = if why == NewName::Change { "change" } else { "typo" };
    work.run(
        "insert into person_name (id, person, family, given, patronymic, why, grounds, until_on, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![
            Uuid::now_v7(),
            person,
            &before.family,
            &before.given,
            before.patronymic.as_deref(),
            code,
            grounds,
            today,
            now
        ],
    )?;
    work.run(
        "update person set family = ?2, given = ?3, patronymic = ?4 where id = ?1",
        values![person, &name.family, &name.given, name.patronymic.as_deref()],
    )?;
    declined::forget(work, person)?;
    work.note_with("person.renamed", person, Some(code))?;
    work.tell(Renamed { person, before, before_accusative, why, grounds: grounds.to_owned() })
}

/// What the person was called before, the latest first, and until when.
pub fn former_names(db: &mut Db, person: Uuid) -> Stored<Vec<(FullName, Day)>> {
    db.all(
        "select family, given, patronymic, until_on from person_name where person = ?1 order by created_at desc, id desc",
        values![person],
        |row| {
            let name = FullName { family: row.get(0)?, given: row.get(1)?, patronymic: row.get(2)? };
            Ok((name, row.parsed(3, Day::parse)?))
        },
    )
}

/// Whether the person works here.
pub fn is_staff(db: &mut Db, person: Uuid) -> Stored<bool> {
    let roles = db.count(
        "select cast(count(*) as bigint) from person_role where person = ?1 and role not in ('learner', 'customer')",
        values![person],
    )?;
    Ok(roles > 0)
}

/// Whoever has a role and may come in, by name.
pub fn with_role(db: &mut Db, role: Role) -> Stored<Vec<(Uuid, FullName)>> {
    db.all(
        "select p.id, p.family, p.given, p.patronymic from person p
         join person_role r on r.person = p.id and r.role = ?1 join account a on a.person = p.id and a.blocked = ?2
         order by p.family, p.given, p.id",
        values![role.code(), false],
        |row| Ok((row.get(0)?, FullName { family: row.get(1)?, given: row.get(2)?, patronymic: row.get(3)? })),
    )
}

/// How many people have a role.
pub fn count_with(db: &mut Db, role: Role) -> Stored<i64> {
    db.count("select cast(count(*) as bigint) from person_role where role = ?1", values![role.code()])
}

/// Whose account this login opens.
pub fn with_login(db: &mut Db, login: &str) -> Stored<Option<Uuid>> {
    db.maybe("select person from account where login_folded = ?1", values![folded(login)], |row| row.get(0))
}

/// Where letters to the person go: the own address, or a login that is one.
pub fn address_of(db: &mut Db, person: Uuid) -> Stored<Option<Email>> {
    let known =
        "select p.email, a.login from person p left join account a on a.person = p.id where p.id = ?1";
    let (email, login): (Option<String>, Option<String>) =
        db.one(known, values![person], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok([email, login].into_iter().flatten().find_map(|address| Email::parse(&address).ok()))
}

/// Makes the account; `login` is an e-mail address or a given word.
pub fn add_account(work: &mut Work, person: Uuid, login: &str, password_hash: Option<&str>) -> Stored<()> {
    let now = work.now();
    work.run(
        "insert into account (person, login, login_folded, password_hash, blocked, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        values![person, login.trim(), folded(login), password_hash, false, now],
    )?;
    work.note("account.opened", person)
}

/// Opens an account again with another password, for whoever has the machine itself in hand.
pub fn open_anew(work: &mut Work, person: Uuid, hash: &str) -> Stored<()> {
    set_password(work, person, hash, false)?;
    work.run("update account set blocked = ?2 where person = ?1", values![person, false])?;
    work.note("account.unblocked", person)
}

/// Sets the person's password. `once`: given by the staff, it opens only the page where another is chosen.
pub fn set_password(work: &mut Work, person: Uuid, hash: &str, once: bool) -> Stored<()> {
    work.run(
        "update account set password_hash = ?2, password_once = ?3 where person = ?1",
        values![person, hash, once],
    )?;
    invitation::end_all(work, person)?;
    work.note(if once { "password.given" } else { "password.chosen" }, person)
}

/// The login of a learner or customer who has not chosen a password yet: there is none, or one given by the staff.
pub fn without_password(db: &mut Db, person: Uuid) -> Stored<Option<String>> {
    db.maybe(
        "select login from account where person = ?1 and blocked = ?2 and (password_hash is null or password_once = ?3)
         and not exists (select 1 from person_role r where r.person = ?1 and r.role not in ('learner', 'customer'))",
        values![person, false, true],
        |row| row.get(0),
    )
}

/// Gives whoever comes from outside (a learner, a customer) a password once, closes the devices, and returns the login. A
/// member of the staff is not found: theirs is given by those who manage the staff.
pub fn renew_password(work: &mut Work, person: Uuid, hash: &str) -> Stored<String> {
    let login = work.one(
        "select login from account where person = ?1 and not exists
         (select 1 from person_role r where r.person = ?1 and r.role not in ('learner', 'customer'))",
        values![person],
        |row| row.get(0),
    )?;
    set_password(work, person, hash, true)?;
    session::close_all(work, person, None)?;
    Ok(login)
}

/// What is corrected without a document.
pub struct Known {
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub birthday: Option<Day>,
    pub snils: Option<Snils>,
}

/// Puts right what was typed wrong; a login that was the address becomes the new one. Gives the login.
pub fn correct(work: &mut Work, id: Uuid, known: &Known) -> Stored<String> {
    let before = Person::find(work, id)?;
    work.run(
        "update person set phone = ?2, email = ?3, birthday = ?4, snils = ?5 where id = ?1",
        values![
            id,
            known.phone.as_ref().map(Phone::as_str),
            known.email.as_ref().map(Email::as_str),
            known.birthday,
            known.snils.as_ref().map(Snils::digits)
        ],
    )?;
    // A link that went to another address opens nothing any more.
    if before.email.as_ref().map(Email::as_str) != known.email.as_ref().map(Email::as_str) {
        invitation::end_all(work, id)?;
    }
    if let (Some(old), Some(new)) = (&before.email, &known.email) {
        work.run(
            "update account set login = ?3, login_folded = ?4 where person = ?1 and login_folded = ?2",
            values![id, folded(old.as_str()), new.as_str(), folded(new.as_str())],
        )?;
    }
    let changed: Vec<&str> = [
        ("телефон", before.phone.as_ref().map(Phone::as_str) != known.phone.as_ref().map(Phone::as_str)),
        ("почта", before.email.as_ref().map(Email::as_str) != known.email.as_ref().map(Email::as_str)),
        ("дата рождения", before.birthday != known.birthday),
        ("СНИЛС", before.snils.as_ref().map(Snils::digits) != known.snils.as_ref().map(Snils::digits)),
    ]
    .into_iter()
    .filter_map(|(what, differs)| differs.then_some(what))
    .collect();
    if !changed.is_empty() {
        work.note_with("person.corrected", id, Some(&changed.join(", ")))?;
    }
    work.one("select login from account where person = ?1", values![id], |row| row.get(0))
}

/// Forgets how a person is reached, and closes the way in for good: the login was an address, perhaps.
pub fn forget_contacts(work: &mut Work, person: Uuid) -> Stored<()> {
    block(work, person)?;
    invitation::end_all(work, person)?;
    let nobody = format!("удалён-{person}");
    work.run("update person set phone = null, email = null where id = ?1", values![person])?;
    work.run(
        "update account set login = ?2, login_folded = ?2, password_hash = null where person = ?1",
        values![person, nobody],
    )?;
    Ok(())
}

/// Closes a way in, with every device.
pub fn block(work: &mut Work, person: Uuid) -> Stored<()> {
    work.run("update account set blocked = ?2 where person = ?1", values![person, true])?;
    session::close_all(work, person, None)?;
    work.note("account.blocked", person)
}

/// Opens a way in again: the password is the one that it was closed with.
pub fn unblock(work: &mut Work, person: Uuid) -> Stored<()> {
    work.run("update account set blocked = ?2 where person = ?1", values![person, false])?;
    work.note("account.unblocked", person)
}

/// Gives a role; giving it twice is giving it once.
pub fn grant(work: &mut Work, person: Uuid, role: Role) -> Stored<()> {
    let given = work.run(
        "insert into person_role (person, role) values (?1, ?2) on conflict do nothing",
        values![person, role.code()],
    )?;
    if given > 0 {
        work.note_with("role.granted", person, Some(role.code()))?;
    }
    Ok(())
}
