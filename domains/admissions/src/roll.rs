//! The list of a group from an xlsx table: all its people are enrolled in one unit of work, or nobody is and each wrong cell
//! is named (п. 3.11.1, 3.11.3).
use std::collections::BTreeMap;

use accounts::frame::Frame;
use accounts::person::{Person, with_login};
use accounts::{Passwords, Visit, password_once};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::{Kind, Version};
use regulations::Act;
use serde::{Deserialize, Serialize};
use sheets::Column;
use store::{Db, Fault, Stored, Work};
use uuid::Uuid;
use web::{Failure, Messages, Reply, Upload, download, parts, see_other};
use words::{Day, FullName, Snils, count, folded};

use crate::application::{Application, Form, Way};
use crate::apply::record;
use crate::begun::{Begun, advance, sign_act};
use crate::customer::Customer;
use crate::enrol::{WayIn, enrol};
use crate::group::Group;
use crate::office::{SIGNED, digits, studies};

const SECTION: Frame = Frame::Office("/groups");
/// More people in one unit of work would keep the others waiting.
const LONGEST: usize = 300;

/// A column of the list: its head, width, and the field of the form that it fills.
struct Head {
    title: &'static str,
    width: u16,
    field: &'static str,
    into: fn(&mut Form) -> &mut String,
    choice: &'static [&'static str],
    /// Without this column the list cannot be read.
    obligatory: bool,
}

macro_rules! head {
    ($title:literal, $width:literal, $field:ident, $obligatory:literal) => {
        head!($title, $width, $field, $obligatory, &[])
    };
    ($title:literal, $width:literal, $field:ident, $obligatory:literal, $choice:expr) => {
        Head {
            title: $title,
            width: $width,
            field: stringify!($field),
            into: |form| &mut form.$field,
            choice: $choice,
            obligatory: $obligatory,
        }
    };
}

const PERSON: [Head; 10] = [
    head!("Фамилия", 20, family, true),
    head!("Имя", 16, given, true),
    head!("Отчество", 20, patronymic, false),
    head!("Пол", 10, sex, false, &["Женский", "Мужской"]),
    head!("Дата рождения", 14, birthday, true),
    head!("СНИЛС", 16, snils, true),
    head!("Телефон", 18, phone, false),
    head!("Почта", 26, email, false),
    head!("Адрес регистрации", 30, address, false),
    head!("Паспорт", 30, passport, false),
];
const WORK: [Head; 3] = [
    head!("Должность", 26, position, true),
    head!("Организация", 30, employer, false),
    head!("ИНН организации", 16, employer_inn, false),
];
const EDUCATION: [Head; 4] = [
    head!("Образование", 22, education, true, &["Высшее", "Среднее профессиональное"]),
    head!("Фамилия в дипломе", 20, diploma_family, false),
    head!("Серия диплома", 14, diploma_series, false),
    head!("Номер диплома", 16, diploma_number, true),
];

fn heads(kind: Kind) -> Vec<&'static Head> {
    let more: &[Head] = if kind == Kind::LabourProtection { &WORK } else { &EDUCATION };
    PERSON.iter().chain(more).collect()
}

/// What is wrong, and where: «F5», or the table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Wrong {
    cell: Option<String>,
    sentence: String,
}

/// A checked row with the place of its cells.
#[derive(Clone, Debug)]
struct Listed {
    application: Application,
    row: usize,
    /// The place of the СНИЛС, for what only the database knows.
    cell: String,
}

/// «F5»: the column by its place from 0, the row as the screen numbers it.
fn cell(column: usize, row: usize) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        letters.insert(0, char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    format!("{letters}{row}")
}

/// Rows of text → people, or every wrong cell. `customer` is whose people they are, for whoever left the workplace out.
fn people(
    table: &[Vec<String>],
    kind: Kind,
    customer: Option<&Customer>,
    today: Day,
) -> Result<Vec<Listed>, Vec<Wrong>> {
    let whole = |sentence: String| vec![Wrong { cell: None, sentence }];
    let filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let Some(top) = table.iter().position(|row| filled(&row)) else {
        return Err(whole("Таблица пустая".to_owned()));
    };
    let heads = heads(kind);
    let places: BTreeMap<&str, usize> = heads
        .iter()
        .filter_map(|head| {
            let place = table[top].iter().position(|cell| folded(cell) == folded(head.title))?;
            Some((head.field, place))
        })
        .collect();
    let missing: Vec<_> = heads
        .iter()
        .filter(|head| head.obligatory && !places.contains_key(head.field))
        .map(|head| format!("«{}»", head.title))
        .collect();
    if !missing.is_empty() {
        return Err(whole(format!(
            "Нет столбцов: {}. Возьмите пустую таблицу с этой страницы",
            missing.join(", ")
        )));
    }
    let rows: Vec<_> = table.iter().enumerate().skip(top + 1).filter(|(_, row)| filled(row)).collect();
    match rows.len() {
        0 => return Err(whole("В таблице нет людей".to_owned())),
        many if many > LONGEST => {
            return Err(whole(format!("В таблице {many} человек, а за один раз можно не больше {LONGEST}")));
        }
        _ => {}
    }
    let (mut people, mut wrong, mut seen) = (Vec::<Listed>::new(), Vec::new(), BTreeMap::new());
    for (at, row) in rows {
        let mut form = Form::default();
        for head in &heads {
            if let Some(text) = places.get(head.field).and_then(|place| row.get(*place)) {
                text.trim().clone_into((head.into)(&mut form));
            }
        }
        complete(&mut form, customer);
        let place = |field: &str| places.get(field).map(|column| cell(*column, at + 1));
        match form.check(kind, Way::List, today) {
            Ok(application) => {
                let cell = place("snils").unwrap_or_default();
                if let Some(first) = seen.insert(application.snils.clone(), at + 1) {
                    let sentence = format!("СНИЛС: такой же в строке {first}");
                    wrong.push(Wrong { cell: Some(cell.clone()), sentence });
                }
                people.push(Listed { application, row: at + 1, cell });
            }
            Err(said) => wrong.extend(said.all().map(|(field, sentence)| Wrong {
                cell: place(field).or_else(|| Some(format!("строка {}", at + 1))),
                sentence: sentence.to_owned(),
            })),
        }
    }
    if wrong.is_empty() { Ok(people) } else { Err(wrong) }
}

/// Words of a table → codes of the form; the customer's name where the workplace was left out.
fn complete(form: &mut Form, customer: Option<&Customer>) {
    let begins = |text: &str, start: &str| folded(text).starts_with(start);
    form.sex = match form.sex.as_str() {
        sex if begins(sex, "ж") => "female".to_owned(),
        sex if begins(sex, "м") => "male".to_owned(),
        other => other.to_owned(),
    };
    form.education = match form.education.as_str() {
        level if begins(level, "высш") => "higher".to_owned(),
        level if begins(level, "средн") => "vocational".to_owned(),
        other => other.to_owned(),
    };
    if let Some(customer) = customer
        && form.employer.is_empty()
        && form.employer_inn.is_empty()
    {
        form.employer.clone_from(&customer.name);
        form.employer_inn.clone_from(&customer.inn);
    }
}

/// A group that still takes people, with its programme and customer.
fn open(db: &mut Db, id: Uuid, today: Day) -> Stored<(Group, Version, Option<Customer>)> {
    let group = Group::find(db, id)?;
    if group.ends < today {
        return Err(Fault::Missing);
    }
    let customer = group.customer.map(|customer| Customer::find(db, customer)).transpose()?;
    let version = group.programme(db)?;
    Ok((group, version, customer))
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let today = visit.today();
    let (group, ..) = visit.read(move |db| open(db, id, today)).await?;
    visit.page("Список группы", SECTION, page(&group, &[], false, &Messages::none()))
}

/// An empty table with the right columns.
pub(crate) async fn blank(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let today = visit.today();
    let (_, version, _) = visit.read(move |db| open(db, id, today)).await?;
    let columns: Vec<_> = heads(version.content.kind)
        .into_iter()
        .map(|head| Column { choice: head.choice, ..Column::new(head.title, head.width) })
        .collect();
    let table = sheets::write("Список", &columns, &[]).map_err(Failure::broken)?;
    Ok(download(sheets::MEDIA_TYPE, "spisok.xlsx", table))
}

/// How a new person gets in.
#[derive(Clone)]
struct Given {
    /// One of them, the first that is free.
    logins: [String; 3],
    password: String,
    /// None: known already, with a way in.
    hash: Option<String>,
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, mut upload: Upload) -> Reply {
    let today = visit.today();
    let (group, version, customer) = visit.read(move |db| open(db, id, today)).await?;
    let (signed, key) = (upload.text("papers") == "yes", upload.key);
    let again = |wrong: &[Wrong], said: &Messages| {
        visit.again("Список группы", SECTION, page(&group, wrong, signed, said))
    };
    let mut said = Messages::none();
    if upload.file().is_none() {
        said.say("file", "Файл: выберите");
    }
    if !signed {
        said.say("papers", "Бумаги: отметьте, когда согласия подписаны");
    }
    let Some((name, bytes)) = upload.take_file().filter(|_| said.is_empty()) else {
        return again(&[], &said);
    };
    let kind = version.content.kind;
    let read = tokio::task::spawn_blocking(move || sheets::read(&bytes)).await.map_err(Failure::broken)?;
    let people = match read {
        Err(why) => return again(&[], &Messages::one("file", format!("Файл: «{name}» не прочитан, {why}"))),
        Ok(table) => match people(&table, kind, customer.as_ref(), today) {
            Err(wrong) => return again(&wrong, &Messages::none()),
            Ok(people) => people,
        },
    };
    let given = ways_in(&visit, &people).await?;
    let (this, version) = (Uuid::new_v4(), version.id);
    let taken = {
        let (people, given) = (people.clone(), given.clone());
        visit.write(move |work| work.once(key, |work| take(work, id, version, &people, &given, this))).await?
    };
    match taken {
        Taken::Wrong(wrong) => again(&wrong, &Messages::none()),
        Taken::Enrolled { shown_by, new } if shown_by == this => {
            let slips: Vec<_> = people
                .iter()
                .zip(&given)
                .filter(|(one, _)| one.application.email.is_empty())
                .filter_map(|(one, given)| {
                    let (_, login) = new.iter().find(|(row, _)| *row == one.row)?;
                    Some((&one.application.name, login.as_str(), given.password.as_str()))
                })
                .collect();
            if slips.is_empty() {
                return Ok(see_other(&format!("/groups/{id}")));
            }
            visit.page("Вход для слушателей", SECTION, slips_page(&visit, id, &slips))
        }
        // The form came twice: its passwords were shown the first time.
        Taken::Enrolled { .. } => Ok(see_other(&format!("/groups/{id}"))),
    }
}

/// What came of it, kept for a form that is sent twice.
#[derive(Serialize, Deserialize)]
enum Taken {
    Wrong(Vec<Wrong>),
    /// The row and login of those who are new here; the mark is that of the request whose answer shows their passwords.
    Enrolled {
        shown_by: Uuid,
        new: Vec<(usize, String)>,
    },
}

/// Looks first at everybody, then enrols everybody.
fn take(
    work: &mut Work,
    group: Uuid,
    version: Uuid,
    people: &[Listed],
    given: &[Given],
    this: Uuid,
) -> Stored<Taken> {
    let (mut wrong, mut known) = (Vec::new(), Vec::new());
    for one in people {
        let snils = Snils::parse(&one.application.snils).map_err(Fault::data)?;
        let person = Person::with_snils(work, &snils)?;
        if let Some(id) = person {
            let sentence = match differs(work, id, &one.application)? {
                Some(other) => {
                    Some(format!("СНИЛС: под ним у нас уже есть {other}. Сверьте имя и дату рождения"))
                }
                None if studies(work, id, version)? => {
                    Some(format!("{}: уже учится на этой программе", one.application.name))
                }
                None => None,
            };
            wrong.extend(sentence.map(|sentence| Wrong { cell: Some(one.cell.clone()), sentence }));
        }
        known.push(person);
    }
    if !wrong.is_empty() {
        return Ok(Taken::Wrong(wrong));
    }
    let mut new = Vec::new();
    let group = Group::find(work, group)?;
    let acts = SIGNED.into_iter().map(|code| Act::current(work, code)).collect::<Stored<Vec<_>>>()?;
    for ((one, given), known) in people.iter().zip(given).zip(known) {
        // Several people may share one address: the first of them signs in with it, the others with digits.
        let email = one.application.address_of_letters();
        let login = match email {
            Some(email) if with_login(work, email)?.is_none() => email,
            _ => free(work, &given.logins)?,
        };
        let token = record(work, version, &one.application, known)?;
        let begun = Begun::by(work, token)?;
        for act in &acts {
            sign_act(work, begun.id, act, &act.body, "в офисе", "подписано на бумаге, список группы")?;
        }
        advance(work, begun.id, "draft", "agreed")?;
        let begun = Begun::by(work, token)?;
        let way_in = WayIn {
            login,
            password_hash: given.hash.as_deref(),
            once: true,
            by_letter: email.map(|_| given.password.as_str()),
        };
        enrol(work, &begun, &way_in, Some(&group))?;
        if known.is_none() {
            new.push((one.row, login.to_owned()));
        }
    }
    group.joined(work)?;
    Ok(Taken::Enrolled { shown_by: this, new })
}

/// Who stands under this СНИЛС, if the list means somebody else: columns slip, and people marry.
pub(crate) fn differs(db: &mut Db, known: Uuid, application: &Application) -> Stored<Option<String>> {
    let person = Person::find(db, known)?;
    let same_name = folded(&person.name.to_string()) == folded(&application.name.to_string());
    let same_day = person.birthday.is_none_or(|day| day == application.birthday);
    Ok((!same_name || !same_day).then(|| {
        let born = person.birthday.map(|day| format!(", {}", day.dotted())).unwrap_or_default();
        format!("{}{born}", person.name)
    }))
}

/// The first of the spare logins that nobody has.
fn free<'a>(db: &mut Db, logins: &'a [String]) -> Stored<&'a str> {
    for login in logins {
        if with_login(db, login)?.is_none() {
            return Ok(login);
        }
    }
    Err(Fault::data("no free login among the spare ones"))
}

/// A way in for each, with the password hashed for those who are new here; as many at once as there are cores.
async fn ways_in(visit: &Visit, people: &[Listed]) -> Result<Vec<Given>, Failure> {
    let numbers: Vec<_> = people.iter().map(|one| one.application.snils.clone()).collect();
    let known = visit
        .read(move |db| {
            let known = |number: &String| Person::with_snils(db, &Snils::parse(number).map_err(Fault::data)?);
            numbers.iter().map(known).collect::<Stored<Vec<_>>>()
        })
        .await?;
    let mut hashing = tokio::task::JoinSet::new();
    for (place, known) in known.into_iter().enumerate() {
        let password = password_once();
        hashing.spawn(async move {
            let hash = if known.is_none() { Some(Passwords::hash(password.clone()).await?) } else { None };
            Ok::<_, Failure>((place, Given { logins: std::array::from_fn(|_| digits()), password, hash }))
        });
    }
    let mut given = Vec::new();
    while let Some(done) = hashing.join_next().await {
        given.push(done.map_err(Failure::broken)??);
    }
    given.sort_by_key(|(place, _)| *place);
    Ok(given.into_iter().map(|(_, given)| given).collect())
}

fn page(group: &Group, wrong: &[Wrong], signed: bool, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href={ "/groups/" (group.id) } { (group.name) } }
            div.dash-head { h1 { "Список группы" } a.btn href={ "/groups/" (group.id) "/list.xlsx" } { (parts::icon("download")) span { "Пустая таблица" } } }
            (parts::summary(said))
            @if !wrong.is_empty() {
                section.err-sum role="alert" aria-labelledby="wrong" tabindex="-1" {
                    h2 id="wrong" { "Никто не зачислен: в таблице " (count(i64::try_from(wrong.len()).unwrap_or(0), ["ошибка", "ошибки", "ошибок"])) }
                    ul { @for one in wrong { li { @if let Some(cell) = &one.cell { strong { (cell) } " " } (one.sentence) } } }
                }
            }
            (parts::upload(&format!("/groups/{}/list", group.id), "form", &html! {
                (parts::file("file", "Таблица", ".xlsx", "По человеку в строке. У кого указана почта, получит логин и пароль письмом; для остальных напечатайте листки", said))
                (parts::tick("papers", signed, &html! { "Согласия на обработку данных подписаны на бумаге, эти люди названы в договоре" }, said))
                div { (parts::submit("Зачислить всех")) }
            }))
        }
    }
}

/// A strip for each, to be cut apart.
fn slips_page(visit: &Visit, group: Uuid, slips: &[(&FullName, &str, &str)]) -> Markup {
    html! {
        main.dash #main {
            div.dash-head { h1 { "Вход для слушателей" } a.btn href={ "/groups/" (group) } { "Готово" } }
            p.muted { "Напечатайте эту страницу, разрежьте и раздайте: больше мы пароли не покажем. При первом входе каждый выберет свой." }
            ul.slips.mt-5 {
                @for (name, login, password) in slips {
                    li {
                        p.med { (name) }
                        dl.key-facts {
                            dt { "Адрес" } dd { (visit.house.base_url) "/sign-in" }
                            dt { "Логин" } dd { (login) }
                            dt { "Одноразовый пароль" } dd { strong { (password) } }
                        }
                    }
                }
            }
        }
    }
}
