//! A document that was lost, spoilt or wrong is taken out of force; another is issued in its place, with a number of its own
//! (domain reference 2.8). Nothing is erased: both stand in the register.
use accounts::Visit;
use accounts::frame::Frame;
use accounts::person::Person;
use admissions::Enrolment;
use axum::extract::Path;
use maud::{Markup, html};
use regulations::Centre;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Messages, Posted, Reply, parts, see_other};

use crate::blank;
use crate::credential::{Credential, Entry, Registered, print, register};
use crate::paper::{self, centre_data, head, signatory};

const SECTION: Frame = Frame::Office("/register");

/// Why a document goes out of force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Lost,
    Damaged,
    Wrong,
    Void,
}

impl Reason {
    const ALL: [Self; 4] = [Self::Lost, Self::Damaged, Self::Wrong, Self::Void];

    const fn code(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::Wrong => "wrong",
            Self::Void => "void",
        }
    }

    const fn offered(self) -> &'static str {
        match self {
            Self::Lost => "Утрачен: выдать дубликат",
            Self::Damaged => "Испорчен: выдать дубликат",
            Self::Wrong => "В нём ошибка: выдать верный с нынешним именем слушателя",
            Self::Void => "Выдан по ошибке: аннулировать без замены",
        }
    }

    /// As the register says it.
    pub(crate) const fn russian(self) -> &'static str {
        match self {
            Self::Lost => "утрачен",
            Self::Damaged => "испорчен",
            Self::Wrong => "заменён из-за ошибки",
            Self::Void => "аннулирован",
        }
    }

    pub(crate) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    const fn is_duplicated(self) -> bool {
        matches!(self, Self::Lost | Self::Damaged)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    why: String,
    grounds: String,
}

impl Form {
    fn check(&self) -> Result<(Reason, String), Messages> {
        let mut said = Messages::none();
        let why = Reason::parse(&self.why);
        if why.is_none() {
            said.say("why", "Что случилось: выберите");
        }
        let grounds = said.text("grounds", &self.grounds, "Основание", 300);
        why.zip(grounds).ok_or(said)
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let credential = visit.read(move |db| Credential::find(db, id)).await?;
    visit.page("Замена документа", SECTION, page(&credential, &Form::default(), &Messages::none()))
}

pub(crate) async fn submit(visit: Visit, Path(id): Path<Uuid>, Posted { form, .. }: Posted<Form>) -> Reply {
    let credential = visit.read(move |db| Credential::find(db, id)).await?;
    match form.check() {
        Ok((why, grounds)) => {
            visit.write(move |work| replace(work, id, why, &grounds)).await?;
            Ok(see_other(&format!("/learners/{}", credential.person)))
        }
        Err(said) => visit.again("Замена документа", SECTION, page(&credential, &form, &said)),
    }
}

/// Ends the document and issues another where one is due. Replacing twice is replacing once.
fn replace(work: &mut Work, id: Uuid, why: Reason, grounds: &str) -> Stored<()> {
    let today = work.today();
    let ended = work.run(
        "update credential set ended_on = ?2, ended_why = ?3, ended_note = ?4 where id = ?1 and ended_on is null",
        values![id, today, why.code(), grounds],
    )?;
    if ended == 0 {
        return Ok(());
    }
    work.note_with("credential.ended", id, Some(why.code()))?;
    let papers = paper::said(work, id)?;
    for one in &papers {
        paper::end(work, one.id)?;
    }
    if why == Reason::Void {
        return Ok(());
    }
    let old = Credential::find(work, id)?;
    let enrolment = Enrolment::find(work, old.enrolment)?;
    let (person, content) = (Person::find(work, old.person)?, enrolment.programme(work)?.content);
    let kind = kind(&old.kind)?;
    // A wrong duplicate is put right by another duplicate.
    let duplicate = why.is_duplicated() || old.duplicate;
    let registered = register(
        work,
        &Entry {
            kind,
            enrolment: &enrolment,
            person: &person,
            content: &content,
            protocol: old.protocol,
            grounds: old.grounds,
            instead_of: Some(id),
            hours: old.hours,
            duplicate,
        },
    )?;
    let centre = Centre::load(work)?;
    // What the main document says of its blank: the supplement names it too.
    let mut main = Value::Null;
    for one in papers {
        let mut data = anew(one.data, &centre, &person, &registered, duplicate.then_some(&old));
        // A diploma that was entered wrongly is put right on the learner's card first.
        if why == Reason::Wrong && data.get("previous_education").is_some() {
            let education = enrolment.education(work)?.map(|one| one.in_words());
            data["previous_education"] = education.unwrap_or_default().into();
        }
        let kind = if one.kind == "diploma_supplement" { "diploma_supplement" } else { kind };
        blank::copy_name(&main, &mut data);
        blank::take(work, kind, registered.id, &mut data)?;
        if kind != "diploma_supplement" {
            main = data.clone();
        }
        print(work, kind, &enrolment, &registered, &data)?;
    }
    Ok(())
}

fn kind(code: &str) -> Stored<&'static str> {
    ["certificate", "diploma", "reference"]
        .into_iter()
        .find(|kind| *kind == code)
        .ok_or_else(|| Fault::data(format!("a document of kind {code}")))
}

/// What the old paper said, with what is new: number, day, name, the centre and who signs today.
fn anew(
    mut data: Value,
    centre: &Centre,
    person: &Person,
    registered: &Registered,
    duplicate_of: Option<&Credential>,
) -> Value {
    let name = person.name.to_string();
    data["register_number"] = registered.number.as_str().into();
    data["issued"] = registered.issued.in_words().into();
    data["centre"] = centre_data(centre);
    data["director"] = head(centre, registered.issued);
    data["secretary"] = signatory(&centre.secretary.post, &centre.secretary.short_name);
    data["token"] = registered.token.to_string().into();
    // «обучался» and «прошла» are as the old paper had them: sex is not what is corrected here.
    if let Some(old) = duplicate_of {
        let other = if old.full_name == name {
            String::new()
        } else {
            format!(", выдан на имя: {}", old.full_name)
        };
        data["duplicate"] =
            json!({ "of": format!("рег. № {} от {}{other}", old.number, old.issued.in_words()) });
    }
    data["full_name"] = name.into();
    data
}

fn page(credential: &Credential, form: &Form, said: &Messages) -> Markup {
    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| (reason.code(), reason.offered())).collect();
    html! {
        main.dash #main {
            p.crumb { a href={ "/learners/" (credential.person) } { (credential.full_name) } }
            div.dash-head { h1 { "Замена документа" } }
            dl.key-facts.mt-5 {
                dt { "Документ" } dd { (credential.title()) }
                dt { "Рег. номер" } dd { (credential.number) ", " (credential.issued.in_words()) }
                dt { "Программа" } dd { (credential.programme) }
            }
            @if let Some(end) = credential.end_in_words() {
                p.mt-5 { "Уже не действует: " (end) "." }
            } @else {
                (parts::summary(said))
                (parts::form(&format!("/credentials/{}/replacement", credential.id), "form mt-5", &html! {
                    (parts::choices("why", "Что случилось", &reasons, &form.why, said))
                    (parts::field("grounds", "Основание", &form.grounds).longest(300).told(said).tip("Например, «заявление от 20.11.2026, справка из органов внутренних дел»"))
                    p.small.muted { "Прежний документ останется в книге регистрации как недействующий." }
                    div { (parts::submit("Заменить")) }
                }))
            }
        }
    }
}
