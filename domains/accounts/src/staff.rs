//! Who works here: adding, roles, a password once, closing the way in (regulation, section 5).
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, FullName, Moment, Sex};

use crate::frame::Frame;
use crate::person::{self, Person, add_account, grant, set_password, with_login};
use crate::{Passwords, Role, Visit, password, session};

const SECTION: Frame = Frame::Office("/settings/people");

struct Member {
    id: Uuid,
    name: FullName,
    login: String,
    blocked: bool,
    /// The way in is good until this moment.
    until: Option<Moment>,
    roles: Vec<Role>,
    /// Acts for the head, today or on days to come.
    acts: bool,
    /// Open on so many devices, and when one of them was last seen.
    devices: i64,
    seen: Option<Moment>,
}

impl Member {
    /// Whose way in only the head may change.
    fn is_guarded(&self) -> bool {
        self.roles.contains(&Role::Head) || self.acts
    }
}

fn members(db: &mut Db, now: Moment) -> Stored<Vec<Member>> {
    db.all(
        "select p.id, p.family, p.given, p.patronymic, a.login, a.blocked, a.until_at,
                (select string_agg(r.role, ' ' order by r.role) from person_role r where r.person = p.id),
                (select cast(count(*) as bigint) from acting_head h where h.person = p.id and h.until >= ?1),
                (select cast(count(*) as bigint) from session s where s.person = p.id and s.closed_at is null and s.expires_at > ?2),
                (select max(s.seen_at) from session s where s.person = p.id)
         from person p join account a on a.person = p.id
         where exists (select 1 from person_role r where r.person = p.id and r.role not in ('learner', 'customer'))
         order by p.family, p.given, p.id",
        values![now.day(), now],
        |row| {
            let roles: String = row.get(7)?;
            Ok(Member {
                id: row.get(0)?,
                name: FullName { family: row.get(1)?, given: row.get(2)?, patronymic: row.get(3)? },
                login: row.get(4)?,
                blocked: row.get(5)?,
                until: row.get::<Option<i64>>(6)?.map(Moment),
                roles: roles.split(' ').map(Role::parse).collect::<Result<_, _>>().map_err(Fault::data)?,
                acts: row.get::<i64>(8)? > 0,
                devices: row.get(9)?,
                seen: row.get::<Option<i64>>(10)?.map(Moment),
            })
        },
    )
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    family: String,
    given: String,
    patronymic: String,
    login: String,
    role: Vec<String>,
    /// The last day of the way in; an auditor always has one.
    until: String,
}

impl Form {
    /// `roles` are those that the actor may give.
    fn check(
        &self,
        may_give: &[Role],
        today: Day,
    ) -> Result<(FullName, String, Vec<Role>, Option<Day>), Messages> {
        let mut said = Messages::none();
        let name = said.take("family", FullName::parse(&self.family, &self.given, &self.patronymic));
        let login = said.text("login", &self.login, "Логин или почта", 120);
        let chosen = |role: &&Role| self.role.iter().any(|code| code == role.code());
        let roles: Vec<_> = may_give.iter().filter(chosen).copied().collect();
        if roles.is_empty() {
            said.say("role", "Роль: выберите хотя бы одну");
        }
        let until = match self.until.trim() {
            "" => None,
            text => said.take("until", Day::parse(text)),
        };
        if until.is_some_and(|day| day < today) {
            said.say("until", "Последний день: уже прошёл");
        }
        if roles.contains(&Role::Auditor) && self.until.trim().is_empty() {
            said.say("until", "Последний день: проверяющему вход дают на срок");
        }
        match (name, login) {
            (Some(name), Some(login)) if said.is_empty() => Ok((name, login, roles, until)),
            _ => Err(said),
        }
    }
}

/// Only a head makes a head: whoever keeps the system running, or acts for the head, does not come to approve programmes that
/// way.
pub fn is_head(visit: &Visit) -> bool {
    visit.actor.as_ref().is_some_and(|actor| actor.roles.contains(&Role::Head) && !actor.is_acting)
}

/// Who may act for the head: those who work here, with their names.
pub fn may_act(db: &mut Db, now: Moment) -> Stored<Vec<(Uuid, FullName)>> {
    let may = |member: &Member| {
        !member.blocked
            && member.until.is_none()
            && !member.roles.contains(&Role::Head)
            && member.roles != [Role::Auditor]
    };
    Ok(members(db, now)?.into_iter().filter(may).map(|member| (member.id, member.name)).collect())
}

/// Who has the head's rights by order, whatever the day.
pub fn acting_head(db: &mut Db) -> Stored<Option<Uuid>> {
    db.maybe("select person from acting_head", &[], |row| row.get(0))
}

/// Gives the head's rights from a day to a day; whoever had them before has them no more.
pub fn act_for_head(work: &mut Work, given: Option<(Uuid, Day, Day)>) -> Stored<()> {
    if let Some(before) = acting_head(work)? {
        work.run("delete from acting_head", &[])?;
        if given.is_none_or(|(person, ..)| person != before) {
            work.note("head.rights-ended", before)?;
        }
    }
    let Some((person, since, until)) = given else { return Ok(()) };
    work.run(
        "insert into acting_head (person, since, until) values (?1, ?2, ?3)",
        values![person, since, until],
    )?;
    let days = format!("с {} по {}", since.dotted(), until.dotted());
    work.note_with("head.rights-given", person, Some(&days))
}

fn may_give(visit: &Visit) -> Vec<Role> {
    Role::STAFF.into_iter().filter(|role| *role != Role::Head || is_head(visit)).collect()
}

/// The member whose way in may be changed by the actor.
fn within_reach(work: &mut Work, person: Uuid, by_head: bool) -> Stored<Member> {
    let now = work.now();
    let member = members(work, now)?.into_iter().find(|member| member.id == person).ok_or(Fault::Missing)?;
    if member.is_guarded() && !by_head { Err(Fault::Missing) } else { Ok(member) }
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let now = visit.now;
    let members = visit.read(move |db| members(db, now)).await?;
    visit.page("Сотрудники", SECTION, page(&visit, &members, &Form::default(), &Messages::none()))
}

pub(crate) async fn add(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let now = visit.now;
    let said = match form.check(&may_give(&visit), visit.today()) {
        Err(said) => said,
        Ok((name, login, roles, until)) => {
            let password = password::once();
            let hash = Passwords::hash(password.clone()).await?;
            let added = {
                let (name, login) = (name.clone(), login.clone());
                visit.write(move |work| join(work, &name, &login, (&roles, until), &hash)).await?
            };
            if added {
                return visit.page(
                    "Вход для сотрудника",
                    SECTION,
                    slip(&visit, &name, &login, &password, "/settings/people"),
                );
            }
            Messages::one(
                "login",
                "Логин или почта: такой вход уже есть. Если вы только что добавили этого человека, нажмите у него «Новый пароль»",
            )
        }
    };
    let members = visit.read(move |db| members(db, now)).await?;
    visit.again("Сотрудники", SECTION, page(&visit, &members, &form, &said))
}

/// False when the login is taken.
fn join(
    work: &mut Work,
    name: &FullName,
    login: &str,
    (roles, until): (&[Role], Option<Day>),
    hash: &str,
) -> Stored<bool> {
    if with_login(work, login)?.is_some() {
        return Ok(false);
    }
    let sex = name.sex().unwrap_or(Sex::Female);
    let person = Person { name: name.clone(), sex, birthday: None, snils: None, phone: None, email: None };
    let person = Person::add(work, &person)?;
    add_account(work, person, login, None)?;
    set_password(work, person, hash, true)?;
    if let Some(day) = until {
        let end = Moment::midnight(day.plus(1));
        work.run("update account set until_at = ?2 where person = ?1", values![person, end])?;
    }
    for role in roles {
        grant(work, person, *role)?;
    }
    Ok(true)
}

/// A new password, once: whoever forgot the old one comes to those who manage the staff.
pub(crate) async fn renew(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    let password = password::once();
    let hash = Passwords::hash(password.clone()).await?;
    let by_head = is_head(&visit);
    let (name, login) = visit
        .write(move |work| {
            let member = within_reach(work, person, by_head)?;
            set_password(work, person, &hash, true)?;
            session::close_all(work, person, None)?;
            Ok((member.name, member.login))
        })
        .await?;
    visit.page("Вход для сотрудника", SECTION, slip(&visit, &name, &login, &password, "/settings/people"))
}

#[derive(Deserialize)]
pub(crate) struct Block {
    blocked: bool,
}

/// Closes the member's devices: a telephone was lost. The password stays.
pub(crate) async fn close_devices(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    let by_head = is_head(&visit);
    visit
        .write(move |work| {
            within_reach(work, person, by_head)?;
            session::close_all(work, person, None)?;
            work.note("session.closed", person)
        })
        .await?;
    Ok(see_other("/settings/people"))
}

/// Closes the way in, or opens it again. Nobody closes the own one: somebody must be left to open it.
pub(crate) async fn block(
    visit: Visit,
    Path(person): Path<Uuid>,
    Posted { form, .. }: Posted<Block>,
) -> Reply {
    let (own, by_head) = (visit.person()?, is_head(&visit));
    visit
        .write(move |work| {
            let blocked = "select blocked from account where person = ?1";
            // Two who close each other out at once: one of them is late.
            if person == own || work.one(blocked, values![own], |row| row.get::<bool>(0))? {
                return Err(Fault::Missing);
            }
            within_reach(work, person, by_head)?;
            if form.blocked { person::block(work, person) } else { person::unblock(work, person) }
        })
        .await?;
    Ok(see_other("/settings/people"))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Term {
    until: String,
}

/// Another last day of the way in.
pub(crate) async fn prolong(
    visit: Visit,
    Path(person): Path<Uuid>,
    Posted { form, .. }: Posted<Term>,
) -> Reply {
    let (own, by_head, now) = (visit.person()?, is_head(&visit), visit.now);
    let Some(day) = Day::parse(&form.until).ok().filter(|day| *day >= visit.today() && person != own) else {
        let members = visit.read(move |db| members(db, now)).await?;
        let said = Messages::one("until", "Последний день: дата не раньше сегодняшней, например 20.12.2026");
        return visit.again("Сотрудники", SECTION, page(&visit, &members, &Form::default(), &said));
    };
    visit
        .write(move |work| {
            within_reach(work, person, by_head)?;
            let end = Moment::midnight(day.plus(1));
            work.run("update account set until_at = ?2 where person = ?1", values![person, end])?;
            work.note_with("account.prolonged", person, Some(&day.to_string()))
        })
        .await?;
    Ok(see_other("/settings/people"))
}

fn page(visit: &Visit, members: &[Member], form: &Form, said: &Messages) -> Markup {
    let own = visit.actor.as_ref().map(|actor| actor.person);
    html! {
        main.dash #main {
            div.dash-head { h1 { "Сотрудники" } }
            table.tbl {
                thead { tr { th scope="col" { "Сотрудник" } th scope="col" { "Роли" } th scope="col" { "Логин" } th scope="col" { span.sr { "Действия" } } } }
                tbody {
                    @for member in members {
                        tr {
                            th scope="row" { (member.name) @if member.blocked { " " (parts::tag(Tone::Bad, "Вход закрыт")) } @if let Some(until) = member.until { span.blk.small.muted { @if until <= visit.now { "Срок входа вышел " } @else { "Вход до " } (until.plus_minutes(-1).day().dotted()) } } }
                            td data-l="Роли" { (roles(&member.roles)) }
                            td data-l="Логин" { (member.login) span.blk.small.muted { @match member.seen { Some(seen) => { "На связи " (seen.shown(visit.now)) } None => "Ещё не входил" } @if member.devices > 0 { ", " (words::count(member.devices, ["устройство", "устройства", "устройств"])) } } }
                            td {
                                @if Some(member.id) != own && (is_head(visit) || !member.is_guarded()) {
                                    div.cluster {
                                        (parts::form(&format!("/settings/people/{}/password", member.id), "inline", &html! { button.btn type="submit" { "Новый пароль" } }))
                                        @if member.until.is_some() {
                                            (parts::form(&format!("/settings/people/{}/term", member.id), "seek", &html! {
                                                div.field { input type="text" name="until" maxlength="10" required aria-label={ "Последний день входа: " (member.name) } placeholder="дд.мм.гггг"; }
                                                button.btn type="submit" { "Продлить" }
                                            }))
                                        }
                                        @if member.devices > 0 { (parts::form(&format!("/settings/people/{}/devices", member.id), "inline", &html! { button.btn type="submit" { "Закрыть устройства" } })) }
                                        (parts::form(&format!("/settings/people/{}/block", member.id), "inline", &html! {
                                            input type="hidden" name="blocked" value=(!member.blocked);
                                            button.btn type="submit" { @if member.blocked { "Открыть вход" } @else { "Закрыть вход" } }
                                        }))
                                    }
                                } @else if Some(member.id) == own { a href="/password" { "Сменить свой пароль" } }
                            }
                        }
                    }
                }
            }
            section.mt-5.stack {
                h2 { "Новый сотрудник" }
                (parts::summary(said))
                (parts::form("/settings/people", "form", &html! {
                    div.pair {
                        (parts::field("family", "Фамилия", &form.family).longest(50).told(said))
                        (parts::field("given", "Имя", &form.given).longest(50).told(said))
                    }
                    (parts::field("patronymic", "Отчество", &form.patronymic).optional().longest(50).told(said))
                    (parts::field("login", "Логин или почта", &form.login).longest(120).told(said))
                    (role_ticks(visit, form, said))
                    (parts::field("until", "Последний день входа", &form.until).optional().longest(10).told(said).tip("Для проверяющего обязателен. Например, 20.12.2026"))
                    div { (parts::submit("Добавить и выдать пароль")) }
                }))
            }
        }
    }
}

fn role_ticks(visit: &Visit, form: &Form, said: &Messages) -> Markup {
    let options: Vec<_> = may_give(visit).iter().map(|role| (role.code(), role.to_string())).collect();
    let options: Vec<_> = options.iter().map(|(code, name)| (*code, name.as_str())).collect();
    parts::ticks("role", "Роли", &options, &form.role, said)
}

fn roles(roles: &[Role]) -> String {
    roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// To be printed or read out: the password is shown once and stored nowhere.
pub fn slip(visit: &Visit, name: &FullName, login: &str, password: &str, back: &str) -> Markup {
    html! {
        main.dash #main {
            div.dash-head { h1 { "Вход: " (name) } }
            dl.key-facts {
                dt { "Адрес" } dd { (visit.house.base_url) "/sign-in" }
                dt { "Логин" } dd { (login) }
                dt { "Одноразовый пароль" } dd { strong { (password) } }
            }
            p.mt-3.muted { "Передайте лично. Мы его больше не покажем: при первом входе человек выберет свой." }
            p.mt-3 { a.btn href=(back) { "Готово" } }
        }
    }
}
