//! A customer's group in the demonstration: brought by a methodist from a table, as centres do.
use anyhow::{Context, ensure};
use sheets::Column;

use super::centre::PASSWORD;
use super::people::{Applicant, applicant};
use crate::app::App;
use crate::guest::{Guest, Page};

/// The group's people by their numbers.
pub const PEOPLE: std::ops::Range<usize> = 60..68;
const HEADS: [&str; 10] = [
    "Фамилия",
    "Имя",
    "Отчество",
    "Пол",
    "Дата рождения",
    "СНИЛС",
    "Телефон",
    "Почта",
    "Должность",
    "Организация",
];

/// Makes the customer and its group that begins today, and gives its people signed in.
pub async fn gather(app: &App, today: &str) -> anyhow::Result<Vec<Guest>> {
    let methodist = Guest::new(&app.router);
    methodist.sign_in("methodist", PASSWORD).await?;
    let customer = [
        ("name", "АО «Владимирские сети»"),
        ("inn", "7707083893"),
        ("family", "Дроздова"),
        ("given", "Нина"),
        ("patronymic", "Павловна"),
        ("login", "customer"),
    ];
    let slip = methodist.post("/customers", &customer).await?.ok()?;
    let password = slip.body.split("<strong>").nth(1).and_then(|rest| rest.split('<').next());
    choose_password(app, "customer", password.context("no password on the slip")?).await?;

    let page = methodist.get("/groups/new").await?.ok()?;
    let (customer, teacher) =
        (choice(&page, "АО «Владимирские сети»")?, choice(&page, "Орлов Борис Петрович")?);
    let form = [
        ("name", "ОТ, Владимирские сети"),
        ("programme", "labour-16"),
        ("starts", today),
        ("customer", &customer),
        ("teacher", &teacher),
        ("grounds", "договор № 12"),
    ];
    let group = methodist.post("/groups", &form).await?.ok()?;
    let rows: Vec<Vec<String>> = PEOPLE.map(|n| row(applicant(n))).collect();
    let table = sheets::write("Список", &HEADS.map(|head| Column::new(head, 20)), &rows)?;
    let address = format!("{}/list", group.address);
    methodist.upload(&address, &[("papers", "yes")], ("list.xlsx", &table)).await?.ok()?;
    app.jobs.drain(&app.house.store).await?;

    let letters = app.house.store.read(|db| post::outbox(db, 100)).await?;
    let mut people = Vec::new();
    for n in PEOPLE {
        let login = applicant(n).email;
        let letter = letters.iter().find(|one| one.letter.to == login).context("no letter with a way in")?;
        people.push(accept(app, &letter.letter.body).await?);
    }
    Ok(people)
}

/// The value of the option that says so.
fn choice(page: &Page, words: &str) -> anyhow::Result<String> {
    let before = page.body.split(&format!(">{words}<")).next().context("nothing to choose from")?;
    let value = before.rsplit("value=\"").next().and_then(|rest| rest.get(..36));
    Ok(value.with_context(|| format!("{words} is not offered"))?.to_owned())
}

fn row(one: Applicant) -> Vec<String> {
    let sex = if one.sex == "female" { "Женский" } else { "Мужской" };
    let Applicant { family, given, patronymic, birthday, snils, phone, email, position, .. } = one;
    vec![family, given, patronymic, sex.to_owned(), birthday, snils, phone, email, position, String::new()]
}

/// The first entry with a password given by the staff.
async fn choose_password(app: &App, login: &str, once: &str) -> anyhow::Result<Guest> {
    let guest = Guest::new(&app.router);
    guest.sign_in(login, once).await?;
    let page: Page = guest.post("/password", &[("current", once), ("new", PASSWORD)]).await?.ok()?;
    ensure!(page.address != "/password", "{login} could not choose a password: {}", page.text());
    Ok(guest)
}

/// The first entry, by the link of a letter.
pub async fn accept(app: &App, letter: &str) -> anyhow::Result<Guest> {
    let token =
        letter.split("/invitation/").nth(1).and_then(|rest| rest.get(..64)).context("no invitation")?;
    let guest = Guest::new(&app.router);
    guest.post(&format!("/invitation/{token}"), &[("new", PASSWORD)]).await?.ok()?;
    Ok(guest)
}
