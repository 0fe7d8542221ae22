//! Customers: who pays for its people and follows them (п. 3.13.1).
use accounts::frame::Frame;
use accounts::person::{
    Person, add_account, block, grant, renew_password, set_password, unblock, with_login,
};
use accounts::{Passwords, Right, Role, Visit, password_once, slip};
use axum::extract::Path;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Messages, Posted, Reply, parts, see_other, table};
use words::{FullName, Inn, Sex, folded};

const SECTION: Frame = Frame::Office("/customers");

#[derive(Clone, Debug)]
pub struct Customer {
    pub id: Uuid,
    /// «ООО „Северная сталь“»
    pub name: String,
    /// 10 or 12 digits.
    pub inn: String,
}

fn read(row: &Row) -> Stored<Customer> {
    Ok(Customer { id: row.get(0)?, name: row.get(1)?, inn: row.get(2)? })
}

impl Customer {
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one("select id, name, inn from customer where id = ?1", values![id], read)
    }

    /// All, by name.
    pub fn all(db: &mut Db) -> Stored<Vec<Self>> {
        db.all("select id, name, inn from customer order by name, id", &[], read)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    name: String,
    inn: String,
    family: String,
    given: String,
    patronymic: String,
    login: String,
}

impl Form {
    fn check(&self) -> Result<(String, Inn, FullName, String), Messages> {
        let mut said = Messages::none();
        let name = said.text("name", &self.name, "Название", 250);
        let inn = said.take("inn", Inn::parse(&self.inn));
        let person = name_of(&mut said, &self.family, &self.given, &self.patronymic);
        let login = said.text("login", &self.login, "Логин или почта", 120);
        match (name, inn, person, login) {
            (Some(name), Some(inn), Some(person), Some(login)) if said.is_empty() => {
                Ok((name, inn, person, login))
            }
            _ => Err(said),
        }
    }
}

/// A name from its three fields, each with its own message.
pub(crate) fn name_of(said: &mut Messages, family: &str, given: &str, patronymic: &str) -> Option<FullName> {
    let family = said.take("family", FullName::part("Фамилия", family));
    let given = said.take("given", FullName::part("Имя", given));
    let patronymic = match patronymic.trim() {
        "" => Some(None),
        text => said.take("patronymic", FullName::part("Отчество", text)).map(Some),
    };
    Some(FullName { family: family?, given: given?, patronymic: patronymic? })
}

/// Somebody who speaks for a customer.
struct Speaker {
    person: Uuid,
    name: FullName,
    login: String,
    blocked: bool,
}

/// A customer with those who speak for it; whose way in is closed stand last.
type Line = (Customer, Vec<Speaker>);

fn lines(db: &mut Db) -> Stored<Vec<Line>> {
    let people = |db: &mut Db, customer: Uuid| {
        db.all(
            "select p.id, p.family, p.given, p.patronymic, a.login, a.blocked from customer_person c
             join person p on p.id = c.person join account a on a.person = p.id
             where c.customer = ?1 order by a.blocked, p.family, p.given, p.id",
            values![customer],
            |row| {
                let name = FullName { family: row.get(1)?, given: row.get(2)?, patronymic: row.get(3)? };
                Ok(Speaker { person: row.get(0)?, name, login: row.get(4)?, blocked: row.get(5)? })
            },
        )
    };
    Customer::all(db)?
        .into_iter()
        .map(|one| Ok((people(db, one.id)?, one)))
        .map(|line| line.map(|(p, c)| (c, p)))
        .collect()
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let lines = visit.read(lines).await?;
    visit.page("Заказчики", SECTION, page(&visit, &lines, &Form::default(), &Messages::none()))
}

/// Customers as a table.
pub(crate) async fn sheet(visit: Visit) -> Reply {
    const COLUMNS: [(&str, u16); 3] = [("Название", 60), ("ИНН", 14), ("Представители", 60)];
    let lines = visit.read(lines).await?;
    let row = |(customer, people): Line| {
        let people: Vec<_> = people.iter().map(|one| format!("{}, {}", one.name, one.login)).collect();
        vec![customer.name, customer.inn, people.join("; ")]
    };
    table("Заказчики", "Заказчики.xlsx", &COLUMNS, lines.into_iter().map(row).collect()).await
}

/// What came of a form, kept for one that is sent twice.
#[derive(Serialize, Deserialize)]
enum Added {
    /// The mark is that of the request whose answer shows the password.
    Joined {
        shown_by: Uuid,
    },
    LoginTaken,
    /// Another name stands under this ИНН.
    OtherName(String),
}

/// A customer with the person who speaks for it, or one more person of a customer that is here already.
pub(crate) async fn add(visit: Visit, Posted { form, key }: Posted<Form>) -> Reply {
    let said = match form.check() {
        Err(said) => said,
        Ok((company, inn, name, login)) => {
            let (password, this) = (password_once(), Uuid::new_v4());
            let hash = Passwords::hash(password.clone()).await?;
            let added = {
                let (name, login) = (name.clone(), login.clone());
                visit
                    .write(move |work| {
                        work.once(key, |work| join(work, (&company, &inn), &name, (&login, &hash), this))
                    })
                    .await?
            };
            match added {
                Added::Joined { shown_by } if shown_by == this => {
                    let slip = slip(&visit, &name, &login, &password, "/customers");
                    return visit.page("Вход для заказчика", SECTION, slip);
                }
                // The form came twice: its password was shown the first time.
                Added::Joined { .. } => return Ok(see_other("/customers")),
                Added::LoginTaken => {
                    Messages::one("login", "Логин или почта: такой вход уже есть, выберите другой")
                }
                Added::OtherName(other) => Messages::one(
                    "name",
                    format!("Название: с этим ИНН у нас уже есть «{other}». Впишите его так же"),
                ),
            }
        }
    };
    let lines = visit.read(lines).await?;
    visit.again("Заказчики", SECTION, page(&visit, &lines, &form, &said))
}

fn join(
    work: &mut Work,
    (company, inn): (&str, &Inn),
    name: &FullName,
    (login, hash): (&str, &str),
    this: Uuid,
) -> Stored<Added> {
    if with_login(work, login)?.is_some() {
        return Ok(Added::LoginTaken);
    }
    let now = work.now();
    work.run(
        "insert into customer (id, name, inn, created_at) values (?1, ?2, ?3, ?4) on conflict (inn) do nothing",
        values![Uuid::now_v7(), company, inn.digits(), now],
    )?;
    let customer =
        work.one("select id, name, inn from customer where inn = ?1", values![inn.digits()], read)?;
    if folded(&customer.name) != folded(company) {
        return Ok(Added::OtherName(customer.name));
    }
    let sex = name.sex().unwrap_or(Sex::Female);
    let person = Person { name: name.clone(), sex, birthday: None, snils: None, phone: None, email: None };
    let person = Person::add(work, &person)?;
    add_account(work, person, login, None)?;
    set_password(work, person, hash, true)?;
    grant(work, person, Role::Customer)?;
    work.run("insert into customer_person (customer, person) values (?1, ?2)", values![customer.id, person])?;
    work.note("customer.joined", customer.id)?;
    Ok(Added::Joined { shown_by: this })
}

/// Only who speaks for a customer.
fn speaker(db: &mut Db, person: Uuid) -> Stored<FullName> {
    let speaks = "select cast(count(*) as bigint) from customer_person where person = ?1";
    if db.count(speaks, values![person])? == 0 {
        return Err(Fault::Missing);
    }
    Ok(Person::find(db, person)?.name)
}

/// A new password, once, for whoever forgot the old one.
pub(crate) async fn renew(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    let password = password_once();
    let hash = Passwords::hash(password.clone()).await?;
    let (name, login) = visit
        .write(move |work| {
            let name = speaker(work, person)?;
            Ok((name, renew_password(work, person, &hash)?))
        })
        .await?;
    visit.page("Вход для заказчика", SECTION, slip(&visit, &name, &login, &password, "/customers"))
}

/// Whoever no longer works for the customer gets in no more.
pub(crate) async fn close(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    visit
        .write(move |work| {
            speaker(work, person)?;
            block(work, person)
        })
        .await?;
    Ok(see_other("/customers"))
}

/// Whoever came back, or was closed out by mistake, gets in again.
pub(crate) async fn reopen(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    visit
        .write(move |work| {
            speaker(work, person)?;
            unblock(work, person)
        })
        .await?;
    Ok(see_other("/customers"))
}

/// A representative with what can be done about the way in.
fn line(speaker: &Speaker, may: bool) -> Markup {
    let deed = |what: &str, words: &str| {
        let button = html! { button.as-link type="submit" { (words) span.sr { ": " (speaker.name) } } };
        parts::form(&format!("/customers/people/{}/{what}", speaker.person), "inline", &button)
    };
    html! {
        div.cluster {
            span { (speaker.name) ", " (speaker.login) }
            @if speaker.blocked { (parts::tag(Tone::Plain, "Вход закрыт")) }
            @if may && speaker.blocked {
                (deed("opening", "Открыть вход"))
            } @else if may {
                (deed("password", "Новый пароль"))
                (deed("closure", "Закрыть вход"))
            }
        }
    }
}

fn page(visit: &Visit, customers: &[Line], form: &Form, said: &Messages) -> Markup {
    let may = visit.may(Right::TakeApplications);
    let field = |name, label, value| parts::field(name, label, value).told(said);
    html! {
        main.dash #main {
            div.dash-head { h1 { "Заказчики" } @if !customers.is_empty() { (parts::sheet("/customers.xlsx")) } }
            p.muted { "Организации, которые платят за своих людей. Представитель видит их успехи и забирает документы." }
            @if !customers.is_empty() {
                table.tbl {
                    thead { tr { th scope="col" { "Название" } th scope="col" { "ИНН" } th scope="col" { "Представители" } } }
                    tbody {
                        @for (customer, people) in customers {
                            tr {
                                th scope="row" { (customer.name) }
                                td data-l="ИНН" { (customer.inn) }
                                td.wide data-l="Представители" {
                                    @for speaker in people { (line(speaker, may)) }
                                }
                            }
                        }
                    }
                }
            }
            @if may { section.mt-5 {
                h2 { "Новый заказчик" }
                (parts::summary(said))
                (parts::form("/customers", "form mt-3", &html! {
                    (field("name", "Название", &form.name).longest(250).tip("Как в договоре: ООО «Северная сталь»"))
                    (field("inn", "ИНН", &form.inn).digits().longest(12))
                    (field("family", "Фамилия представителя", &form.family).longest(50))
                    div.pair { (field("given", "Имя", &form.given).longest(50)) (field("patronymic", "Отчество", &form.patronymic).optional().longest(50)) }
                    (field("login", "Логин или почта", &form.login).longest(120))
                    div { (parts::submit("Добавить")) }
                }))
            } }
        }
    }
}
