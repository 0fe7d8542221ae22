//! What a person signed on the way in, as papers of the personal file (п. 3.11.1; domain reference 2.3): the application, each consent,
//! the contract, with the proof of the simple electronic signature under each.
use accounts::in_case;
use accounts::person::Person;
use admissions::application::Application;
use admissions::{Agreement, Enrolment};
use files::Hash;
use programmes::Content;
use regulations::prose::{self, Block};
use regulations::{Centre, Consented};
use serde_json::{Value, json};
use store::{Stored, Work};
use uuid::Uuid;
use words::{Case, Snils, Zone};

use crate::paper::{Wanted, centre_data, want};

/// Wants the papers of whoever signed by code. What was signed by hand lies in the file as it is.
pub(crate) fn of_enrolment(work: &mut Work, id: Uuid) -> Stored<()> {
    let enrolment = Enrolment::find(work, id)?;
    let agreements = enrolment.agreements(work)?;
    if agreements.iter().any(Agreement::is_on_paper) {
        return Ok(());
    }
    let centre = Centre::load(work)?;
    let (content, application) = (enrolment.programme(work)?.content, enrolment.application(work)?);
    let centre = centre_data(&centre);
    if let Some(last) = agreements.last() {
        let from = in_case(work, enrolment.person, Case::Genitive)?;
        let data = json!({
            "centre": centre, "title": "Заявление", "subtitle": "о приёме на обучение", "from": from,
            "blocks": statement(&content, &application, &agreements), "signature": signature(&application, last),
        });
        paper(work, &enrolment, "application", "Заявление", &data)?;
    }
    for agreement in &agreements {
        // The act on electronic signature is common to all and lies on the site.
        if agreement.code == "e-signature" {
            continue;
        }
        let (title, rest) = prose::title_and_rest(&agreement.text);
        let mut blocks = prose::blocks(rest);
        if agreement.code == "offer" {
            blocks.insert(0, terms(&content, &application));
        }
        let data = json!({
            "centre": centre, "title": title.unwrap_or(&agreement.title), "subtitle": format!("редакция {}", agreement.number),
            "blocks": blocks, "signature": signature(&application, agreement),
        });
        let kind = if agreement.code == "offer" { "contract" } else { "consent" };
        let title =
            if kind == "contract" { "Договор (оферта)" } else { agreement.title.as_str() };
        paper(work, &enrolment, kind, title, &data)?;
    }
    Ok(())
}

/// An optional consent, as a paper of the same kind.
pub(crate) fn of_consent(work: &mut Work, fact: &Consented) -> Stored<()> {
    let (centre, person) = (Centre::load(work)?, Person::find(work, fact.person)?);
    let (title, rest) = prose::title_and_rest(&fact.text);
    let title = title.unwrap_or(&fact.title);
    let data = json!({
        "centre": centre_data(&centre), "title": title, "subtitle": format!("редакция {}", fact.number), "blocks": prose::blocks(rest),
        "signature": [
            ("Кто", person.name.to_string()),
            ("Когда", format!("{}, {} {}", fact.at.day().in_words(), fact.at.time(), Zone::ours().by())),
            ("Как", "отметкой в личном кабинете, после входа по паролю".to_owned()),
            ("Сетевой адрес", fact.address.clone()),
            ("Устройство", fact.agent.clone()),
            ("SHA-256 текста", Hash::of(fact.text.as_bytes()).to_string()),
        ],
    });
    want(work, &Wanted { title, person: Some(fact.person), ..Wanted::of("consent", &data) })?;
    Ok(())
}

fn paper(
    work: &mut Work,
    enrolment: &Enrolment,
    kind: &'static str,
    title: &str,
    data: &Value,
) -> Stored<()> {
    want(
        work,
        &Wanted {
            title,
            person: Some(enrolment.person),
            enrolment: Some(enrolment.id),
            ..Wanted::of(kind, data)
        },
    )?;
    Ok(())
}

/// Whose signature, when, how and from where, under which text.
fn signature(application: &Application, agreement: &Agreement) -> Vec<(&'static str, String)> {
    vec![
        ("Кто", application.name.to_string()),
        (
            "Когда",
            format!("{}, {} {}", agreement.at.day().in_words(), agreement.at.time(), Zone::ours().by()),
        ),
        ("Как", format!("код из письма на адрес {}", application.email)),
        ("Сетевой адрес", agreement.address.clone()),
        ("Устройство", agreement.agent.clone()),
        ("SHA-256 текста", agreement.hash.clone()),
    ]
}

/// What is agreed on, before the text of the offer (domain reference 2.4).
fn terms(content: &Content, application: &Application) -> Block {
    let price =
        content.price_roubles.map_or("бесплатно".to_owned(), |price| words::roubles(price * 100));
    Block::Facts(
        [
            ("Слушатель", application.name.to_string()),
            ("Программа", format!("«{}»", content.title)),
            ("Вид программы", content.kind.in_orders().to_owned()),
            ("Объём", content.hours_in_words()),
            ("Форма обучения", content.study_form.russian().to_lowercase()),
            ("Технологии", content.distance.russian().to_lowercase()),
            ("Полная стоимость", price),
            ("Документ", content.kind.document().to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
    )
}

/// The application itself: what was asked for and what was said (domain reference 2.2).
fn statement(content: &Content, application: &Application, agreements: &[Agreement]) -> Vec<Block> {
    let snils =
        Snils::parse(&application.snils).map_or_else(|_| application.snils.clone(), |one| one.to_string());
    let mut facts = vec![
        ("Дата рождения", application.birthday.in_words()),
        ("СНИЛС", snils),
        ("Документ, удостоверяющий личность", application.passport.clone()),
        ("Адрес", application.address.clone()),
        ("Телефон", application.phone.clone()),
        ("Почта", application.email.clone()),
    ];
    if let Some(education) = &application.education {
        facts.push(("Образование", education.in_words()));
        if education.received {
            facts.push(("Фамилия в документе об образовании", education.family.clone()));
        }
    }
    if let Some(place) = &application.work {
        facts.push(("Место работы", format!("{}, ИНН {}", place.employer, place.employer_inn)));
        facts.push(("Должность", place.position.clone()));
    }
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let read = |agreement: &Agreement| format!("«{}», редакция {}", agreement.title, agreement.number);
    vec![
        Block::Words(format!(
            "Прошу зачислить меня на обучение: {} «{}», {}, {} форма обучения{}.",
            content.kind.in_orders(),
            content.title,
            content.hours_in_words(),
            content.study_form.russian().to_lowercase(),
            content.distance.in_orders().map(|words| format!(" {words}")).unwrap_or_default(),
        )),
        Block::Words("О себе сообщаю:".to_owned()),
        Block::Facts(facts),
        Block::Words(format!(
            "С лицензией на образовательную деятельность, программой и правилами обучения {}. Подписаны:",
            if application.sex == words::Sex::Female {
                "ознакомлена"
            } else {
                "ознакомлен"
            }
        )),
        Block::List(agreements.iter().map(read).collect()),
    ]
}
