//! Customers: who pays for its people and follows them (п. 3.13.1).
use accounts::frame::Frame;
use accounts::person::{Person, add_account, grant, set_password, with_login};
use accounts::{Passwords, Role, Visit, password_once, slip};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Row, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts};
use words::{FullName, Inn, Sex};

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
        let person = said.take("family", FullName::parse(&self.family, &self.given, &self.patronymic));
        let login = said.text("login", &self.login, "Логин или почта", 120);
        match (name, inn, person, login) {
            (Some(name), Some(inn), Some(person), Some(login)) if said.is_empty() => {
                Ok((name, inn, person, login))
            }
            _ => Err(said),
        }
    }
}

pub(crate) async fn list(visit: Visit) -> Reply {
    let customers = visit.read(Customer::all).await?;
    visit.page("Заказчики", SECTION, page(&customers, &Form::default(), &Messages::none()))
}

/// A customer with the person who speaks for it, or one more person of a customer that is here already.
pub(crate) async fn add(visit: Visit, Posted { form, .. }: Posted<Form>) -> Reply {
    let said = match form.check() {
        Err(said) => said,
        Ok((company, inn, name, login)) => {
            let password = password_once();
            let hash = Passwords::hash(password.clone()).await?;
            let added = {
                let (name, login) = (name.clone(), login.clone());
                visit.write(move |work| join(work, (&company, &inn), &name, &login, &hash)).await?
            };
            if added {
                return visit.page(
                    "Вход для заказчика",
                    SECTION,
                    slip(&visit, &name, &login, &password, "/customers"),
                );
            }
            Messages::one("login", "Логин или почта: такой вход уже есть, выберите другой")
        }
    };
    let customers = visit.read(Customer::all).await?;
    visit.again("Заказчики", SECTION, page(&customers, &form, &said))
}

/// False when the login is taken.
fn join(
    work: &mut Work,
    (company, inn): (&str, &Inn),
    name: &FullName,
    login: &str,
    hash: &str,
) -> Stored<bool> {
    if with_login(work, login)?.is_some() {
        return Ok(false);
    }
    let now = work.now();
    work.run(
        "insert into customer (id, name, inn, created_at) values (?1, ?2, ?3, ?4) on conflict (inn) do nothing",
        values![Uuid::now_v7(), company, inn.digits(), now],
    )?;
    let customer: Uuid =
        work.one("select id from customer where inn = ?1", values![inn.digits()], |row| row.get(0))?;
    let sex = name.sex().unwrap_or(Sex::Female);
    let person = Person { name: name.clone(), sex, birthday: None, snils: None, phone: None, email: None };
    let person = Person::add(work, &person)?;
    add_account(work, person, login, None)?;
    set_password(work, person, hash, true)?;
    grant(work, person, Role::Customer)?;
    work.run("insert into customer_person (customer, person) values (?1, ?2)", values![customer, person])?;
    work.note("customer.joined", customer)?;
    Ok(true)
}

fn page(customers: &[Customer], form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    html! {
        main.dash #main {
            div.dash-head { h1 { "Заказчики" } }
            p.muted { "Организации, которые платят за своих людей. Представитель видит их успехи и забирает документы." }
            @if !customers.is_empty() {
                table.tbl {
                    thead { tr { th scope="col" { "Название" } th scope="col" { "ИНН" } } }
                    tbody { @for customer in customers { tr { th scope="row" { (customer.name) } td data-l="ИНН" { (customer.inn) } } } }
                }
            }
            section.mt-5 {
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
            }
        }
    }
}
