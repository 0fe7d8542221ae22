//! A question written or changed in the browser (п. 5.3.4): each change is a new version, attempts keep theirs.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, Query};
use marking::Question;
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, Upload, see_other};

use crate::import::fingerprint;
use form::{Picture, Typed};
pub(crate) use page::kind_name;
use page::page;

mod form;
pub(crate) mod lines;
mod page;

const SECTION: Frame = Frame::Office("/questions");

/// What the page says of the bank: its title, and code and title of each module whose tickets take from it.
struct Bank {
    title: String,
    modules: Vec<(String, String)>,
}

fn bank(db: &mut Db, code: &str) -> Stored<Bank> {
    Ok(Bank { title: crate::list::title(db, code)?, modules: crate::list::modules(db, code)? })
}

struct Kept {
    bank: String,
    topic: String,
    question: Question,
    versions: i64,
}

fn find(db: &mut Db, id: Uuid) -> Stored<Kept> {
    db.one(
        "select b.code, q.topic, v.body, v.number from question q join bank b on b.id = q.bank
         join question_version v on v.question = q.id
         where q.id = ?1 and q.state = 'in_use'
           and v.number = (select max(w.number) from question_version w where w.question = q.id)",
        values![id],
        |row| {
            Ok(Kept { bank: row.get(0)?, topic: row.get(1)?, question: row.json(2)?, versions: row.get(3)? })
        },
    )
}

fn load(db: &mut Db, id: Uuid) -> Stored<(Kept, Bank)> {
    let kept = find(db, id)?;
    let about = bank(db, &kept.bank)?;
    Ok((kept, about))
}

/// Which kind of question is to be written.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    kind: String,
}

pub(crate) async fn ask(visit: Visit, Path(bank): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    let bank = visit.read(move |db| self::bank(db, &bank)).await?;
    let page = page(&bank, None, &Typed::new(&wanted.kind), &Messages::none());
    visit.page("Новый вопрос", SECTION, page)
}

pub(crate) async fn add(visit: Visit, Path(bank): Path<String>, mut upload: Upload) -> Reply {
    let code = bank.clone();
    let about = visit.read(move |db| self::bank(db, &code)).await?;
    let typed = Typed::sent(&upload, upload.text("kind"), &[]);
    let mut said = Messages::none();
    let picture = picture(&visit, upload.take_file(), &typed, &mut said).await?;
    let Some((topic, question)) = typed.check(picture.as_ref(), &mut said) else {
        once_more(picture.as_ref(), &mut said);
        return visit.again("Новый вопрос", SECTION, page(&about, None, &typed, &said));
    };
    let key = upload.key;
    let address = format!("/questions/{bank}");
    let kept = visit.write(move |work| work.once(key, |work| insert(work, &bank, &topic, &question))).await?;
    if kept {
        return Ok(see_other(&address));
    }
    let mut said = Messages::one("text", "Вопрос: такой уже есть в банке");
    once_more(picture.as_ref(), &mut said);
    visit.again("Новый вопрос", SECTION, page(&about, None, &typed, &said))
}

/// False when the same question is in use already.
fn insert(work: &mut Work, bank: &str, topic: &str, question: &Question) -> Stored<bool> {
    let (id, now) = (Uuid::now_v7(), work.now());
    let kept = work.run(
        "insert into question (id, bank, topic, name, state, fingerprint, created_at)
         select ?1, b.id, ?3, '', 'in_use', ?4, ?5 from bank b where b.code = ?2
         on conflict (bank, fingerprint) where state = 'in_use' do nothing",
        values![id, bank, topic, fingerprint(question)?, now],
    )?;
    if kept == 0 {
        return Ok(false);
    }
    add_version(work, id, 1, question)?;
    work.note("question.changed", id)?;
    Ok(true)
}

fn add_version(work: &mut Work, question: Uuid, number: i64, body: &Question) -> Stored<()> {
    let now = work.now();
    work.run(
        "insert into question_version (id, question, number, body, options, kind, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![
            Uuid::now_v7(),
            question,
            number,
            serde_json::to_string(body).map_err(Fault::data)?,
            i64::try_from(body.shuffled()).map_err(Fault::data)?,
            lines::kind(&body.task),
            now
        ],
    )?;
    Ok(())
}

pub(crate) async fn show(visit: Visit, Path((bank, id)): Path<(String, Uuid)>) -> Reply {
    let (kept, about) = visit.read(move |db| load(db, id)).await?;
    if kept.bank != bank {
        return Err(Failure::missing());
    }
    let typed = Typed::of(&kept.topic, &kept.question);
    visit.page("Вопрос", SECTION, page(&about, Some((id, &kept)), &typed, &Messages::none()))
}

pub(crate) async fn change(
    visit: Visit,
    Path((bank, id)): Path<(String, Uuid)>,
    mut upload: Upload,
) -> Reply {
    let (kept, about) = visit.read(move |db| load(db, id)).await?;
    if kept.bank != bank {
        return Err(Failure::missing());
    }
    let before = Typed::of(&kept.topic, &kept.question);
    let typed = Typed::sent(&upload, &before.kind, &before.pictures);
    let mut said = Messages::none();
    let picture = picture(&visit, upload.take_file(), &typed, &mut said).await?;
    let Some((topic, question)) = typed.check(picture.as_ref(), &mut said) else {
        once_more(picture.as_ref(), &mut said);
        return visit.again("Вопрос", SECTION, page(&about, Some((id, &kept)), &typed, &said));
    };
    let (key, seen) = (upload.key, upload.text("seen").parse().unwrap_or(0));
    let changed =
        visit.write(move |work| work.once(key, |work| renew(work, id, seen, &topic, &question))).await?;
    let sentence = match changed.as_str() {
        "changed" => return Ok(see_other(&format!("/questions/{bank}"))),
        "same" => "Вопрос: такой уже есть в банке",
        _ => "Пока вы писали, вопрос изменил кто-то другой. Скопируйте своё и откройте страницу заново",
    };
    let mut said = Messages::one("text", sentence);
    once_more(picture.as_ref(), &mut said);
    visit.again("Вопрос", SECTION, page(&about, Some((id, &kept)), &typed, &said))
}

/// `changed`, `same` (the bank has this question already), or `late` (somebody was quicker).
fn renew(work: &mut Work, id: Uuid, seen: i64, topic: &str, question: &Question) -> Stored<String> {
    let kept = find(work, id)?;
    if kept.versions != seen {
        return Ok("late".to_owned());
    }
    let print = fingerprint(question)?;
    let twin = work.count(
        "select cast(count(*) as bigint) from question q join question o on o.bank = q.bank
         where q.id = ?1 and o.id <> ?1 and o.fingerprint = ?2 and o.state = 'in_use'",
        values![id, &print],
    )?;
    if twin > 0 {
        return Ok("same".to_owned());
    }
    work.run("update question set topic = ?2, fingerprint = ?3 where id = ?1", values![id, topic, &print])?;
    add_version(work, id, kept.versions + 1, question)?;
    work.note("question.changed", id)?;
    Ok("changed".to_owned())
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Out of use: nobody is asked it any more, attempts keep it.
pub(crate) async fn withdraw(
    visit: Visit,
    Path((bank, id)): Path<(String, Uuid)>,
    Posted { .. }: Posted<Nothing>,
) -> Reply {
    visit
        .write(move |work| {
            work.run(
                "update question set state = 'withdrawn' where id = ?1 and state = 'in_use'",
                values![id],
            )?;
            work.note("question.withdrawn", id)
        })
        .await?;
    Ok(see_other(&format!("/questions/{bank}")))
}

/// A browser does not send a chosen file again by itself.
fn once_more(picture: Option<&Picture>, said: &mut Messages) {
    if picture.is_some() {
        said.say("file", "Картинка: выберите её ещё раз");
    }
}

/// Stores the picture that was sent, if there is one.
async fn picture(
    visit: &Visit,
    file: Option<(String, Vec<u8>)>,
    typed: &Typed,
    said: &mut Messages,
) -> Result<Option<Picture>, Failure> {
    let Some((name, bytes)) = file else { return Ok(None) };
    if files::kind(&bytes).is_none_or(|kind| !kind.starts_with("image/")) {
        said.say("file", format!("Картинка: «{name}» не PNG, JPEG, GIF и не WebP"));
        return Ok(None);
    }
    if typed.alt.is_empty() {
        said.say("alt", "Что на картинке: напишите словами, для тех, кто её не видит");
        said.say("file", "Картинка: выберите её ещё раз");
        return Ok(None);
    }
    let hash = visit.house.files.store(bytes).await.map_err(Failure::broken)?;
    Ok(Some((hash.to_string(), typed.alt.chars().take(300).collect())))
}
