//! The first step of an application: about the person (п. 3.11.1).
use accounts::frame::Frame;
use accounts::person::{Person, with_login};
use accounts::{Limits, Visit};
use axum::extract::Path;
use maud::{Markup, html};
use programmes::{Content, Kind, Version};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Mask;
use web::{Messages, Posted, Reply, parts, see_other};
use words::{Day, Moment, Snils, folded};

use crate::application::{Application, EDUCATION, Form, Way};
use crate::begun::Begun;

pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Reply {
    let person = visit.actor.as_ref().map(|actor| actor.person);
    let (version, known) = visit
        .read(move |db| {
            let version = Version::published(db, &code)?;
            Ok((version, person.map(|person| Person::find(db, person)).transpose()?))
        })
        .await?;
    let form = known.map(|person| known_of(&person)).unwrap_or_default();
    visit.page("Заявление", Frame::Public, page(&visit, &version, &form, &Messages::none()))
}

pub(crate) async fn submit(
    visit: Visit,
    Path(code): Path<String>,
    Posted { form, key }: Posted<Form>,
) -> Reply {
    let version = visit.read(move |db| Version::published(db, &code)).await?;
    let application = match form.check(version.content.kind, Way::Site, visit.today()) {
        Ok(application) => application,
        Err(messages) => {
            return visit.again("Заявление", Frame::Public, page(&visit, &version, &form, &messages));
        }
    };
    let (applicant, id) = (visit.actor.as_ref().map(|actor| actor.person), version.id);
    let (base_url, title) = (visit.house.base_url.clone(), version.content.title.clone());
    // A bucket of its own: the letter with the code must not wait because of this one.
    let may_write = Limits::letters().lets(&format!("way back {}", folded(&application.email)));
    let recorded = visit
        .write(move |work| {
            if let Some(messages) = belongs_to_another(work, &application, id, applicant)? {
                return Ok(Err(messages));
            }
            let begun = work.once(key, |work| {
                let token = record(work, id, &application, applicant)?;
                if may_write {
                    way_back(
                        work,
                        &application,
                        &title,
                        &format!("{base_url}/applications/{token}/consent"),
                    )?;
                }
                Ok(token)
            });
            begun.map(Ok)
        })
        .await?;
    match recorded {
        Ok(token) => Ok(see_other(&format!("/applications/{token}/consent"))),
        Err(messages) => visit.again("Заявление", Frame::Public, page(&visit, &version, &form, &messages)),
    }
}

/// The first step again, before anything has been signed.
pub(crate) async fn look_again(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    let begun = visit.read(move |db| unsigned(db, token)).await?;
    let form = Form::of(&begun.application);
    visit.page(
        "Заявление",
        Frame::Public,
        page_of(&visit, &begun.version, &again_at(token), &form, &Messages::none()),
    )
}

pub(crate) async fn correct(
    visit: Visit,
    Path(token): Path<Uuid>,
    Posted { form, .. }: Posted<Form>,
) -> Reply {
    let begun = visit.read(move |db| unsigned(db, token)).await?;
    let page = |said: &Messages| {
        visit.again(
            "Заявление",
            Frame::Public,
            page_of(&visit, &begun.version, &again_at(token), &form, said),
        )
    };
    let application = match form.check(begun.version.content.kind, Way::Site, visit.today()) {
        Ok(application) => application,
        Err(messages) => return page(&messages),
    };
    let refused = visit
        .write(move |work| {
            let begun = unsigned(work, token)?;
            if let Some(messages) = belongs_to_another(work, &application, begun.version.id, begun.applicant)?
            {
                return Ok(Some(messages));
            }
            let (data, now): (_, Moment) = (work.seal(&application)?, work.now());
            work.run(
                "update application set data = ?2, email_folded = ?3, changed_at = ?4 where id = ?1",
                values![begun.id, data, folded(&application.email), now],
            )?;
            work.note("application.corrected", begun.id)?;
            Ok(None)
        })
        .await?;
    match refused {
        Some(messages) => page(&messages),
        None => Ok(see_other(&format!("/applications/{token}/consent"))),
    }
}

/// What has been signed stays as it was signed.
fn unsigned(db: &mut Db, token: Uuid) -> Stored<Begun> {
    let begun = Begun::by(db, token)?;
    if begun.state == "draft" { Ok(begun) } else { Err(Fault::Missing) }
}

fn again_at(token: Uuid) -> String {
    format!("/applications/{token}/data")
}

/// A letter by which an application is continued later, on another device.
fn way_back(work: &mut Work, application: &Application, title: &str, address: &str) -> Stored<()> {
    post::write(
        work,
        &post::Letter {
            to: application.email.clone(),
            secret: true,
            subject: format!("Ваше заявление: {title}"),
            body: format!(
                "Здравствуйте, {}.\n\nВы начали заявление на программу «{title}». Введённое сохранено. \
                 Продолжить можно здесь, с любого устройства: {address}\n\nЕсли это были не вы, ничего не делайте.",
                application.name.given
            ),
        },
    )?;
    Ok(())
}

/// Whoever already has an account applies through it: nobody gets into a foreign cabinet by knowing a СНИЛС.
fn belongs_to_another(
    db: &mut Db,
    application: &Application,
    version: Uuid,
    applicant: Option<Uuid>,
) -> Stored<Option<Messages>> {
    let sentence = "уже есть вход. Войдите и подайте заявление из своего кабинета";
    let by_login = with_login(db, &application.email)?;
    if by_login.is_some() && by_login != applicant {
        return Ok(Some(Messages::one("email", format!("У этой почты {sentence}"))));
    }
    let studies = "select cast(count(*) as bigint) from enrolment
                   where person = ?1 and programme_version = ?2 and state = 'active'";
    if applicant.is_some() && db.count(studies, values![applicant, version])? > 0 {
        return Ok(Some(Messages::one("family", "Вы уже учитесь на этой программе: она в вашем кабинете")));
    }
    let snils = Snils::parse(&application.snils).map_err(Fault::data)?;
    let by_snils = Person::with_snils(db, &snils)?;
    if by_snils.is_some() && by_snils != applicant {
        return Ok(Some(Messages::one("snils", format!("У человека с этим СНИЛС {sentence}"))));
    }
    Ok(None)
}

pub(crate) fn record(
    work: &mut Work,
    version: Uuid,
    application: &Application,
    applicant: Option<Uuid>,
) -> Stored<Uuid> {
    let (id, token, now): (_, _, Moment) = (Uuid::now_v7(), Uuid::new_v4(), work.now());
    let data = work.seal(application)?;
    work.run(
        "insert into application
         (id, token, programme_version, state, data, email_folded, applicant, code_tries, created_at, changed_at)
         values (?1, ?2, ?3, 'draft', ?4, ?5, ?6, 0, ?7, ?7)",
        values![id, token, version, data, folded(&application.email), applicant, now],
    )?;
    work.note("application.begun", id)?;
    Ok(token)
}

/// What is known of a signed-in person need not be typed again.
fn known_of(person: &Person) -> Form {
    let text = |value: Option<String>| value.unwrap_or_default();
    Form {
        family: person.name.family.clone(),
        given: person.name.given.clone(),
        patronymic: text(person.name.patronymic.clone()),
        sex: person.sex.code().to_owned(),
        birthday: text(person.birthday.map(Day::dotted)),
        snils: text(person.snils.as_ref().map(ToString::to_string)),
        phone: text(person.phone.as_ref().map(ToString::to_string)),
        email: text(person.email.as_ref().map(ToString::to_string)),
        ..Form::default()
    }
}

/// The steps of this programme's application; `now` is the name of one.
pub(crate) fn steps(content: &Content, now: &str) -> Markup {
    let mut names = vec!["О вас", "Согласие", "Договор", "Подпись"];
    if !content.copies.is_empty() {
        names.insert(2, "Копии");
    }
    let here = names.iter().position(|name| *name == now).unwrap_or(0);
    html! {
        ol.steps aria-label="Шаги заявления" {
            @for (n, name) in names.into_iter().enumerate() {
                li.done[n < here] aria-current=[(n == here).then_some("step")] { (name) }
            }
        }
    }
}

fn page(visit: &Visit, version: &Version, form: &Form, said: &Messages) -> Markup {
    page_of(visit, version, &format!("/programmes/{}/application", version.content.code), form, said)
}

fn page_of(visit: &Visit, version: &Version, action: &str, form: &Form, said: &Messages) -> Markup {
    let content = &version.content;
    html! {
        main.wrap #main {
            p.crumb { a href={ "/programmes/" (content.code) } { (content.title) } }
            div.page-head.stack { h1 { "Заявление" } (steps(content, "О вас")) }
            div.apply {
                (needed(content))
                (parts::summary(said))
                @if visit.actor.is_none() { p.small { "Уже учились у нас? " a href={ "/sign-in?next=/programmes/" (content.code) "/application" } { "Войдите" } ": известное о вас заполним сами." } }
                (parts::form(action, "form", &html! {
                    (fields(content.kind, Way::Site, form, said))
                    div { (parts::submit("Далее")) }
                }))
            }
        }
    }
}

/// The fields about the person, the same on the site and at the office.
pub(crate) fn fields(kind: Kind, way: Way, form: &Form, said: &Messages) -> Markup {
    let field = |name, label, value| parts::field(name, label, value).told(said);
    html! {
        (parts::island("form.js"))
        (field("family", "Фамилия", &form.family).autocomplete("family-name").longest(50))
        div.pair {
            (field("given", "Имя", &form.given).autocomplete("given-name").longest(50))
            (field("patronymic", "Отчество", &form.patronymic).autocomplete("additional-name").optional().longest(50))
        }
        div.pair {
            (parts::choices("sex", "Пол", &[("female", "Женский"), ("male", "Мужской")], &form.sex, said))
            (field("birthday", "Дата рождения", &form.birthday).mask(Mask::Date).autocomplete("bday").tip("Например, 05.03.1984"))
        }
        (field("snils", "СНИЛС", &form.snils).digits().mask(Mask::Snils).tip("11 цифр, например 112-233-445 95. Без него документ не попадёт в реестр"))
        div.pair {
            (field("phone", "Телефон", &form.phone).kind("tel").mask(Mask::Phone).autocomplete("tel"))
            @if way == Way::Site { (field("email", "Почта", &form.email).kind("email").autocomplete("email").tip("Сюда придёт код для подписи")) }
            @else { (field("email", "Почта", &form.email).kind("email").optional()) }
        }
        (field("address", "Адрес регистрации", &form.address).autocomplete("street-address").longest(250))
        (field("passport", "Паспорт", &form.passport).tip("Серия, номер, кем и когда выдан: нужно для согласия").longest(250))
        @if kind == Kind::LabourProtection {
            h2 { "Работа" }
            (field("position", "Должность", &form.position).autocomplete("organization-title"))
            (field("employer", "Организация", &form.employer).autocomplete("organization").longest(250))
            (field("employer_inn", "ИНН организации", &form.employer_inn).digits().mask(Mask::Inn))
        } @else {
            h2 { "Образование" }
            (parts::select("education", "Уровень", &EDUCATION, &form.education, said))
            (field("diploma_family", "Фамилия в дипломе", &form.diploma_family).optional().tip("Если сейчас другая"))
            div.pair {
                (field("diploma_series", "Серия диплома", &form.diploma_series).optional().longest(20))
                (field("diploma_number", "Номер диплома", &form.diploma_number).filter().longest(40).tip("Если ещё учитесь, не заполняйте"))
            }
            (field("education_place", "Где учитесь, если диплома ещё нет", &form.education_place).filter().longest(250).tip("Документ об этой программе мы выдадим вместе с дипломом"))
        }
    }
}

/// What to have at hand.
fn needed(content: &Content) -> Markup {
    html! {
        aside aria-labelledby="need" {
            h2.h-s id="need" { "Что понадобится" }
            ul {
                li { "Паспорт и СНИЛС" }
                @if content.kind == Kind::LabourProtection { li { "Название и ИНН организации" } } @else if content.copies.contains(&programmes::Copy::Education) { li { "Диплом, а кто ещё учится — справка с места учёбы" } } @else { li { "Номер диплома, а кто ещё учится — название вуза или колледжа" } }
                li { "Почта: на неё придёт код для подписи" }
            }
        }
    }
}
