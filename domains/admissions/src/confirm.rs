//! The last steps of an application: the offer with the agreement on electronic signature, the code by letter; and enrolment in
//! the same unit of work (п. 3.11.3).
use accounts::frame::Frame;
use accounts::person::Person;
use accounts::{Limits, Passwords, Visit, open_session, person, session_cookie};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use maud::html;
use programmes::State as VersionState;
use regulations::Act;
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::{Snils, folded};

use crate::apply::steps;
use crate::attach::lacking;
use crate::begun::{Begun, advance, hash, sign_act};
use crate::copies::Attached;
use crate::enrol::{WayIn, enrol};
use crate::payment::{payment_page, wait_for_payment};

/// How long a code by letter is good, and how often it may be tried.
const CODE_MINUTES: i64 = 30;
const CODE_TRIES: i64 = 8;

// ---- offer and electronic signature ------------------------------------------------------------------------------

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct AgreementForm {
    offer: Option<String>,
    signature: Option<String>,
}

pub(crate) async fn agreement(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    agreement_page(&visit, token, &AgreementForm::default(), &Messages::none()).await
}

pub(crate) async fn agree(
    visit: Visit,
    Path(token): Path<Uuid>,
    Posted { form, key, .. }: Posted<AgreementForm>,
) -> Reply {
    let mut said = Messages::none();
    if form.offer.is_none() {
        said.say("offer", "Оферта: примите её, чтобы учиться");
    }
    if form.signature.is_none() {
        said.say("signature", "Электронная подпись: согласитесь на неё или приходите в офис с паспортом");
    }
    if !said.is_empty() {
        return agreement_page(&visit, token, &form, &said).await;
    }
    let email = visit.read(move |db| Begun::by(db, token)).await?.application.email;
    if !Limits::letters().lets(&folded(&email)) {
        said.say(
            "signature",
            "Мы уже отправили несколько писем. Подождите пару минут и проверьте папку «Спам»",
        );
        return agreement_page(&visit, token, &form, &said).await;
    }
    let (address, agent, code) = (visit.address.clone(), visit.agent.clone(), new_code());
    visit
        .write(move |work| {
            work.once(key, |work| {
                let begun = Begun::by(work, token)?;
                if begun.state == "draft" || lacks(work, &begun)?.is_some() {
                    return Err(Fault::Missing);
                }
                for code in ["offer", "e-signature"] {
                    let act = Act::current(work, code)?;
                    sign_act(work, begun.id, &act, &act.body, &address, &agent)?;
                }
                advance(work, begun.id, "consented", "agreed")?;
                send_code(work, &begun, &code)
            })
        })
        .await?;
    Ok(see_other(&format!("/applications/{token}/code")))
}

async fn agreement_page(visit: &Visit, token: Uuid, form: &AgreementForm, said: &Messages) -> Reply {
    let (begun, lacks) = visit
        .read(move |db| {
            let begun = Begun::by(db, token)?;
            let lacks = lacks(db, &begun)?;
            Ok((begun, lacks))
        })
        .await?;
    if begun.state == "draft" {
        return Ok(see_other(&format!("/applications/{token}/consent")));
    }
    if lacks.is_some() {
        return Ok(see_other(&format!("/applications/{token}/copies")));
    }
    let content = &begun.version.content;
    let body = html! {
        main.wrap #main {
            div.page-head.stack { h1 { "Договор" } (steps(content, "Договор")) }
            dl.key-facts {
                dt { "Программа" } dd { (content.title) }
                dt { "Объём" } dd { (content.hours_in_words()) }
                dt { "Документ" } dd { (content.kind.document()) }
                @if let Some(price) = content.price_roubles { dt { "Стоимость" } dd { (words::roubles(price * 100)) } }
                dt { "Слушатель" } dd { (begun.application.name) }
            }
            (parts::form(&format!("/applications/{token}/agreement"), "form mt-5", &html! {
                (parts::tick("offer", form.offer.is_some(), &html! { "Принимаю " a href="/acts/offer" target="_blank" { "оферту на обучение" } }, said))
                (parts::tick("signature", form.signature.is_some(), &html! { "Согласен подписывать документы " a href="/acts/e-signature" target="_blank" { "простой электронной подписью" } " — кодом из письма" }, said))
                p.small.muted { "Код придёт на " strong { (begun.application.email) } }
                div { (parts::submit("Получить код")) }
            }))
        }
    };
    if said.is_empty() {
        visit.page("Договор", Frame::Public, body)
    } else {
        visit.again("Договор", Frame::Public, body)
    }
}

// ---- the code and enrolment --------------------------------------------------------------------------------------

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct CodeForm {
    code: String,
    password: String,
}

pub(crate) async fn code(visit: Visit, Path(token): Path<Uuid>) -> Reply {
    code_page(&visit, token, "", &Messages::none()).await
}

pub(crate) async fn sign(
    visit: Visit,
    Path(token): Path<Uuid>,
    Posted { form, key }: Posted<CodeForm>,
) -> Reply {
    let begun = visit.read(move |db| Begun::by(db, token)).await?;
    let needs_password = begun.applicant.is_none();
    let mut said = Messages::none();
    if form.code.trim().is_empty() {
        said.say("code", "Код: введите цифры из письма");
    }
    if needs_password {
        said.take("password", Passwords::check(&form.password, &begun.application.email));
    }
    if said.is_empty() && !Limits::codes().lets(&token.to_string()) {
        said.say("code", "Слишком много попыток. Подождите минуту");
    }
    if !said.is_empty() {
        return code_page(&visit, token, &form.code, &said).await;
    }
    let password = if needs_password { Some(Passwords::hash(form.password.clone()).await?) } else { None };
    let (typed, session) = (form.code.trim().to_owned(), accounts::session_token());
    let (held, address, agent) = (session.clone(), visit.address.clone(), visit.agent.clone());
    // A double click enrols once, and both answers lead into the cabinet.
    let signed = visit
        .write(move |work| {
            let begun = Begun::by(work, token)?;
            if !matches!(begun.state.as_str(), "enrolled" | "signed")
                && let Some(sentence) = refusal(work, &begun, &typed)?
            {
                return Ok(Err(sentence));
            }
            let way_in = WayIn {
                login: &begun.application.email,
                password_hash: password.as_deref(),
                once: false,
                invitation: None,
            };
            if begun.waits_for_payment() {
                wait_for_payment(work, &begun, password.as_deref())?;
                return Ok(Ok(false));
            }
            let person = work.once(key, |work| enrol(work, &begun, &way_in, None))?;
            open_session(work, person, &held, &agent, &address)?;
            Ok(Ok(true))
        })
        .await?;
    match signed {
        Err(sentence) => {
            return code_page(&visit, token, &form.code, &Messages::one("code", sentence)).await;
        }
        Ok(false) => return Ok(see_other(&format!("/applications/{token}/code"))),
        Ok(true) => {}
    }
    let mut response = see_other("/cabinet");
    let cookie = HeaderValue::from_str(&session_cookie(&visit.house, &session)).map_err(Failure::broken)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn code_page(visit: &Visit, token: Uuid, typed: &str, said: &Messages) -> Reply {
    let begun = visit.read(move |db| Begun::by(db, token)).await?;
    match begun.state.as_str() {
        "enrolled" => return Ok(see_other("/cabinet")),
        "draft" | "consented" => return Ok(see_other(&format!("/applications/{token}/agreement"))),
        "signed" => return visit.page("Оплата", Frame::Public, payment_page(visit, &begun)),
        _ => {}
    }
    let body = html! {
        main.wrap #main {
            div.page-head.stack { h1 { "Подпись" } (steps(&begun.version.content, "Подпись")) }
            p { "Мы отправили код на " strong { (begun.application.email) } ". Он действует " (words::count(CODE_MINUTES, ["минуту", "минуты", "минут"])) "." }
            @if visit.house.demo { p.mt-2 { a href="/demo/letters" target="_blank" { "Письма демонстрации" } } }
            (parts::form(&format!("/applications/{token}/code"), "form mt-5", &html! {
                (parts::field("code", "Код из письма", typed).digits().autocomplete("one-time-code").longest(12).told(said))
                @if begun.applicant.is_none() {
                    (parts::field("password", "Пароль для входа", "").kind("password").autocomplete("new-password").told(said)
                        .tip("Не меньше 8 знаков. С ним и почтой вы будете входить в кабинет"))
                }
                div { (parts::submit("Подписать и начать")) }
            }))
            p.mt-5.small.muted { "Письма нет? Проверьте папку «Спам» или " a href={ "/applications/" (token) "/agreement" } { "запросите код ещё раз" } "." }
        }
    };
    if said.is_empty() {
        visit.page("Подпись", Frame::Public, body)
    } else {
        visit.again("Подпись", Frame::Public, body)
    }
}

/// Why the code is not enough, if it is not. A wrong try is counted and kept.
fn refusal(work: &mut Work, begun: &Begun, typed: &str) -> Stored<Option<String>> {
    let now = work.now().0;
    let again = "Запросите новый код";
    if begun.state != "agreed" || begun.version.state == VersionState::Draft {
        return Err(Fault::Missing);
    }
    if begun.code_tries >= CODE_TRIES {
        return Ok(Some(format!("Код: слишком много ошибок. {again}")));
    }
    if begun.code_until.is_none_or(|until| until < now) {
        return Ok(Some(format!("Код: срок вышел. {again}")));
    }
    if begun.code_hash.as_deref() != Some(hash(typed).as_str()) {
        work.run("update application set code_tries = code_tries + 1 where id = ?1", values![begun.id])?;
        return Ok(Some("Код: цифры не те, проверьте письмо".to_owned()));
    }
    if let Some(sentence) = lacks(work, begun)? {
        return Ok(Some(sentence));
    }
    stands_in_the_way(work, begun)
}

/// What may have changed since the application began.
fn stands_in_the_way(work: &mut Work, begun: &Begun) -> Stored<Option<String>> {
    if begun.version.state == VersionState::Superseded {
        return Ok(Some("Программа обновилась. Подайте заявление на новую версию из каталога".to_owned()));
    }
    Ok(is_somebody_else(work, begun)?.map(|sentence| match sentence {
        STRANGER => "С этой почтой или СНИЛС уже учатся. Войдите и подайте заявление из кабинета".to_owned(),
        _ => "Вы уже учитесь на этой программе: она в вашем кабинете".to_owned(),
    }))
}

const STRANGER: &str = "с этой почтой или СНИЛС уже учится другой человек";
const STUDIES: &str = "этот человек уже учится на этой программе";

/// Whether the address or number belongs to another person, or the person studies this version already.
pub(crate) fn is_somebody_else(work: &mut Work, begun: &Begun) -> Stored<Option<&'static str>> {
    let snils = Snils::parse(&begun.application.snils).map_err(Fault::data)?;
    let known = Person::with_snils(work, &snils)?.or(person::with_login(work, &begun.application.email)?);
    if known.is_some() && known != begun.applicant {
        return Ok(Some(STRANGER));
    }
    if let Some(person) = known {
        let studies = work.count(
            "select cast(count(*) as bigint) from enrolment where person = ?1 and programme_version = ?2 and state = 'active'",
            values![person, begun.version.id],
        )?;
        if studies > 0 {
            return Ok(Some(STUDIES));
        }
    }
    Ok(None)
}

/// What copies are missing, as a sentence; nothing when the set is whole.
pub(crate) fn lacks(db: &mut Db, begun: &Begun) -> Stored<Option<String>> {
    let attached = Attached::all_of(db, begun.id)?;
    Ok(lacking(begun, &attached))
}

fn send_code(work: &mut Work, begun: &Begun, code: &str) -> Stored<()> {
    let until = work.now().plus_minutes(CODE_MINUTES);
    work.run(
        "update application set code_hash = ?2, code_until = ?3, code_tries = 0 where id = ?1",
        values![begun.id, hash(code), until],
    )?;
    post::write(
        work,
        &post::Letter {
            to: begun.application.email.clone(),
            secret: true,
            subject: format!("Код для подписи: {code}"),
            body: format!(
                "Здравствуйте, {}.\n\nКод для подписи заявления на программу «{}»: {code}\nОн действует {}.\n\n\
             Если вы не подавали заявление, ничего не делайте.",
                begun.application.name.given,
                begun.version.content.title,
                words::count(CODE_MINUTES, ["минуту", "минуты", "минут"])
            ),
        },
    )?;
    Ok(())
}

/// Six digits from the system's chance.
fn new_code() -> String {
    let number = Uuid::new_v4().as_u128() % 1_000_000;
    format!("{number:06}")
}
