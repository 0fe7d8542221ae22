//! The list of a group from an xlsx table: all its people are enrolled in one unit of work, or nobody is and each wrong cell
//! is named (п. 3.11.1, 3.11.3).
use accounts::frame::Frame;
use accounts::person::{Person, with_login};
use accounts::{Passwords, Visit, invitation_address, password_once, session_token};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::Version;
use regulations::Act;
use serde::{Deserialize, Serialize};
use sheets::Column;
use store::{Db, Fault, Stored, Work};
use uuid::Uuid;
use web::{Failure, Messages, Reply, Upload, download, parts, see_other};
use words::{Day, Snils, count, folded};

use crate::application::Application;
use crate::apply::record;
use crate::begun::{AT_CUSTOMER, Begun, IN_OFFICE, advance, sign_act};
use crate::customer::Customer;
use crate::enrol::{Invitation, WayIn, enrol};
use crate::group::Group;
use crate::office::{SIGNED, digits, studies};
use crate::roll_table::{Listed, Wrong, heads, people};
use crate::slips;

/// On whose side of the counter the list is filled: its pages, and whose groups it reaches.
#[derive(Clone, Copy)]
pub(crate) enum Desk {
    /// Any group.
    Staff,
    /// The own groups of a customer's representative, until they begin: the contract names these people.
    Customer(Uuid),
}

impl Desk {
    pub(crate) fn group(self, id: Uuid) -> String {
        match self {
            Self::Staff => format!("/groups/{id}"),
            Self::Customer(_) => format!("/company/groups/{id}"),
        }
    }

    /// Who has seen the signatures on paper.
    const fn where_signed(self) -> &'static str {
        match self {
            Self::Staff => IN_OFFICE,
            Self::Customer(_) => AT_CUSTOMER,
        }
    }

    pub(crate) const fn frame(self) -> Frame {
        match self {
            Self::Staff => Frame::Office("/groups"),
            Self::Customer(_) => Frame::Office("/company"),
        }
    }

    /// A group that still takes people, with its programme and customer.
    fn open(self, db: &mut Db, id: Uuid, today: Day) -> Stored<(Group, Version, Option<Customer>)> {
        let group = match self {
            Self::Staff => Group::find(db, id)?,
            Self::Customer(person) => Group::of(db, person, id)?,
        };
        let version = group.programme(db)?;
        // Where payment stands first, the centre itself brings whoever is paid for.
        let closed = matches!(self, Self::Customer(_)) && (group.started || version.content.pay_first);
        if group.ends < today || closed {
            return Err(Fault::Missing);
        }
        let customer = group.customer.map(|customer| Customer::find(db, customer)).transpose()?;
        Ok((group, version, customer))
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    ask(&visit, Desk::Staff, id).await
}

pub(crate) async fn show_company(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let desk = Desk::Customer(visit.person()?);
    ask(&visit, desk, id).await
}

async fn ask(visit: &Visit, desk: Desk, id: Uuid) -> Reply {
    let today = visit.today();
    let (group, ..) = visit.read(move |db| desk.open(db, id, today)).await?;
    visit.page("Список группы", desk.frame(), page(desk, &group, &[], false, &Messages::none()))
}

pub(crate) async fn blank(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    empty_table(&visit, Desk::Staff, id).await
}

pub(crate) async fn blank_company(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let desk = Desk::Customer(visit.person()?);
    empty_table(&visit, desk, id).await
}

/// An empty table with the right columns.
async fn empty_table(visit: &Visit, desk: Desk, id: Uuid) -> Reply {
    let today = visit.today();
    let (_, version, _) = visit.read(move |db| desk.open(db, id, today)).await?;
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
    /// The secret of the personal link, and the link.
    invitation: (String, String),
    /// For whoever has no address, and gets a slip: what stands on it, and its hash.
    password: Option<(String, String)>,
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, upload: Upload) -> Reply {
    bring(visit, Desk::Staff, id, upload).await
}

pub(crate) async fn submit_company(visit: Visit, Path(id): Path<Uuid>, upload: Upload) -> Reply {
    let desk = Desk::Customer(visit.person()?);
    bring(visit, desk, id, upload).await
}

async fn bring(visit: Visit, desk: Desk, id: Uuid, mut upload: Upload) -> Reply {
    let today = visit.today();
    let (group, version, customer) = visit.read(move |db| desk.open(db, id, today)).await?;
    let (signed, key) = (upload.text("papers") == "yes", upload.key);
    let again = |wrong: &[Wrong], said: &Messages| {
        visit.again("Список группы", desk.frame(), page(desk, &group, wrong, signed, said))
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
        visit
            .write(move |work| {
                work.once(key, |work| {
                    let today = work.today();
                    desk.open(work, id, today)?;
                    take(work, desk, (id, version), &people, &given, this)
                })
            })
            .await?
    };
    match taken {
        Taken::Wrong(wrong) => again(&wrong, &Messages::none()),
        Taken::Enrolled { shown_by, new } if shown_by == this => {
            let strips: Vec<_> = people
                .iter()
                .zip(&given)
                .filter_map(|(one, given)| {
                    let (_, login) = new.iter().find(|(row, _)| *row == one.row)?;
                    let password = &given.password.as_ref()?.0;
                    Some(slips::Slip {
                        name: &one.application.name,
                        login,
                        password,
                        link: &given.invitation.1,
                    })
                })
                .collect();
            if strips.is_empty() {
                return Ok(see_other(&desk.group(id)));
            }
            visit.page("Вход для слушателей", desk.frame(), slips::page(&visit, &desk.group(id), &strips))
        }
        // The form came twice: its passwords were shown the first time.
        Taken::Enrolled { .. } => Ok(see_other(&desk.group(id))),
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
    desk: Desk,
    (group, version): (Uuid, Uuid),
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
                // A customer learns nothing of people who are not its own.
                Some(_) if matches!(desk, Desk::Customer(_)) => Some(
                    "СНИЛС: сверьте его, имя и дату рождения. Если всё верно, напишите в центр".to_owned(),
                ),
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
            sign_act(
                work,
                begun.id,
                act,
                &act.body,
                desk.where_signed(),
                "подписано на бумаге, список группы",
            )?;
        }
        advance(work, begun.id, "draft", "agreed")?;
        let begun = Begun::by(work, token)?;
        let (token, address) = &given.invitation;
        let way_in = WayIn {
            login,
            password_hash: given.password.as_ref().map(|(_, hash)| hash.as_str()),
            once: true,
            invitation: Some(Invitation { token, address }),
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

/// A way in for each: a link, and for those who are new here and have no address a password too; as many are hashed at once as there are
/// cores.
async fn ways_in(visit: &Visit, people: &[Listed]) -> Result<Vec<Given>, Failure> {
    let numbers: Vec<_> = people.iter().map(|one| one.application.snils.clone()).collect();
    let known = visit
        .read(move |db| {
            let known = |number: &String| Person::with_snils(db, &Snils::parse(number).map_err(Fault::data)?);
            numbers.iter().map(known).collect::<Stored<Vec<_>>>()
        })
        .await?;
    let mut hashing = tokio::task::JoinSet::new();
    for (place, (one, known)) in people.iter().zip(known).enumerate() {
        let token = session_token();
        let invitation = (token.clone(), invitation_address(&visit.house.base_url, &token));
        let slip = known.is_none() && one.application.email.is_empty();
        hashing.spawn(async move {
            let password = if slip {
                let password = password_once();
                let hash = Passwords::hash(password.clone()).await?;
                Some((password, hash))
            } else {
                None
            };
            Ok::<_, Failure>((
                place,
                Given { logins: std::array::from_fn(|_| digits()), invitation, password },
            ))
        });
    }
    let mut given = Vec::new();
    while let Some(done) = hashing.join_next().await {
        given.push(done.map_err(Failure::broken)??);
    }
    given.sort_by_key(|(place, _)| *place);
    Ok(given.into_iter().map(|(_, given)| given).collect())
}

fn page(desk: Desk, group: &Group, wrong: &[Wrong], signed: bool, said: &Messages) -> Markup {
    html! {
        main.dash #main {
            p.crumb { a href=(desk.group(group.id)) { (group.name) } }
            div.dash-head { h1 { "Список группы" } a.btn href={ (desk.group(group.id)) "/list.xlsx" } { (parts::icon("download")) span { "Пустая таблица" } } }
            (parts::summary(said))
            @if !wrong.is_empty() {
                section.err-sum role="alert" aria-labelledby="wrong" tabindex="-1" {
                    h2 id="wrong" { "Никто не зачислен: в таблице " (count(i64::try_from(wrong.len()).unwrap_or(0), ["ошибка", "ошибки", "ошибок"])) }
                    ul { @for one in wrong { li { @if let Some(cell) = &one.cell { strong { (cell) } " " } (one.sentence) } } }
                }
            }
            (parts::upload(&format!("{}/list", desk.group(group.id)), "form", &html! {
                (parts::file("file", "Таблица", ".xlsx", "По человеку в строке. У кого указана почта, получит приглашение со ссылкой; для остальных появятся листки и ссылки", said))
                (parts::tick("papers", signed, &html! { "Согласия на обработку данных подписаны на бумаге, эти люди названы в договоре" }, said))
                div { (parts::submit("Зачислить всех")) }
            }))
        }
    }
}
