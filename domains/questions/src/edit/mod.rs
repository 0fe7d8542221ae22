//! A question written or changed in the browser (п. 5.3.4): each change is a new version, attempts keep theirs.
use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::{Path, Query};
use marking::Question;
use serde::Deserialize;
use store::{Db, Stored, Work, values};
use uuid::Uuid;
use web::{Failure, Messages, Posted, Reply, Upload, see_other};

use crate::bank::{add_version, difficulty};
use crate::formats::pictures::{checked, is_sound};
use crate::import::fingerprint;
use form::{About, Picture, Typed};
pub(crate) use page::kind_name;
use page::page;

mod form;
pub(crate) mod lines;
mod page;

const SECTION: Frame = Frame::Office("/questions");

/// What the page says of the bank: its title, and code and title of each module whose tickets take from it.
struct Bank {
    code: String,
    title: String,
    modules: Vec<(String, String)>,
}

fn bank(db: &mut Db, code: &str) -> Stored<Bank> {
    Ok(Bank {
        code: code.to_owned(),
        title: crate::list::title(db, code)?,
        modules: crate::supply::modules(db, code)?,
    })
}

struct Kept {
    bank: String,
    about: About,
    question: Question,
    versions: i64,
    /// Of `list::STATES`.
    state: String,
}

fn find(db: &mut Db, id: Uuid) -> Stored<Kept> {
    db.one(
        "select b.code, v.body, v.number, q.topic, q.difficulty, q.critical, q.exam_only, q.reference, q.state, q.subtopic from question q join bank b on b.id = q.bank
         join question_version v on v.id = q.latest
         where q.id = ?1 and q.state <> 'withdrawn'",
        values![id],
        |row| {
            let about = About {
                topic: row.get(3)?,
                subtopic: row.get(9)?,
                difficulty: difficulty(row, 4)?,
                critical: row.get(5)?,
                exam_only: row.get(6)?,
                reference: row.get(7)?,
            };
            Ok(Kept { bank: row.get(0)?, about, question: row.json(1)?, versions: row.get(2)?, state: row.get(8)? })
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
    let page = page(&bank, None, &Typed::new(&wanted.kind), false, &Messages::none());
    visit.page("Новый вопрос", SECTION, page)
}

pub(crate) async fn add(visit: Visit, Path(bank): Path<String>, mut upload: Upload) -> Reply {
    let code = bank.clone();
    let about = visit.read(move |db| self::bank(db, &code)).await?;
    let typed = Typed::sent(&upload, upload.text("kind"), &[]);
    let mut said = Messages::none();
    let picture = picture(&visit, upload.take_file(), &typed, &mut said).await?;
    let Some((about_it, question)) = typed.check(picture.as_ref(), &mut said) else {
        once_more(picture.as_ref(), &mut said);
        return visit.again("Новый вопрос", SECTION, page(&about, None, &typed, false, &said));
    };
    let (key, by, state) = (upload.key, visit.person()?, typed.state);
    let address = format!("/questions/{bank}");
    let kept = visit
        .write(move |work| work.once(key, |work| insert(work, &bank, state, &about_it, &question, by)))
        .await?;
    if let Some(id) = kept {
        // A draft is not in the list of what is asked: its page shows it as its learner will see it.
        return Ok(see_other(&if state == "draft" { format!("{address}/{id}") } else { address }));
    }
    let mut said = Messages::one("text", "Вопрос: такой уже есть в банке");
    once_more(picture.as_ref(), &mut said);
    visit.again("Новый вопрос", SECTION, page(&about, None, &typed, false, &said))
}

/// None when the same question is in use already.
fn insert(
    work: &mut Work,
    bank: &str,
    state: &str,
    about: &About,
    question: &Question,
    by: Uuid,
) -> Stored<Option<Uuid>> {
    let (id, now) = (Uuid::now_v7(), work.now());
    let kept = work.run(
        "insert into question (id, bank, topic, name, state, fingerprint, author, created_at)
         select ?1, b.id, ?3, '', ?7, ?4, ?5, ?6 from bank b where b.code = ?2
         on conflict (bank, fingerprint) where state = 'in_use' do nothing",
        values![id, bank, &about.topic, fingerprint(question)?, by, now, state],
    )?;
    if kept == 0 {
        return Ok(None);
    }
    place(work, id, about)?;
    add_version(work, id, 1, question)?;
    work.note("question.changed", id)?;
    Ok(Some(id))
}

pub(crate) async fn show(visit: Visit, Path((bank, id)): Path<(String, Uuid)>) -> Reply {
    let (kept, about) = visit.read(move |db| load(db, id)).await?;
    if kept.bank != bank {
        return Err(Failure::missing());
    }
    let typed = Typed::of(&kept.about, &kept.question);
    visit.page(
        "Вопрос",
        SECTION,
        page(&about, Some((id, &kept)), &typed, visit.may(Right::MoveLearners), &Messages::none()),
    )
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
    let before = Typed::of(&kept.about, &kept.question);
    let typed = Typed::sent(&upload, &before.kind, &before.pictures);
    let mut said = Messages::none();
    let picture = picture(&visit, upload.take_file(), &typed, &mut said).await?;
    let Some((about_it, question)) = typed.check(picture.as_ref(), &mut said) else {
        once_more(picture.as_ref(), &mut said);
        return visit.again(
            "Вопрос",
            SECTION,
            page(&about, Some((id, &kept)), &typed, visit.may(Right::MoveLearners), &said),
        );
    };
    let (key, seen) = (upload.key, upload.text("seen").parse().unwrap_or(0));
    let changed =
        visit.write(move |work| work.once(key, |work| renew(work, id, seen, &about_it, &question))).await?;
    let sentence = match changed.as_str() {
        "changed" => return Ok(see_other(&format!("/questions/{bank}"))),
        "same" => "Вопрос: такой уже есть в банке",
        _ => "Пока вы писали, вопрос изменил кто-то другой. Скопируйте своё и откройте страницу заново",
    };
    let mut said = Messages::one("text", sentence);
    once_more(picture.as_ref(), &mut said);
    visit.again(
        "Вопрос",
        SECTION,
        page(&about, Some((id, &kept)), &typed, visit.may(Right::MoveLearners), &said),
    )
}

/// `changed`, `same` (the bank has this question already), or `late` (somebody was quicker).
fn renew(work: &mut Work, id: Uuid, seen: i64, about: &About, question: &Question) -> Stored<String> {
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
    place(work, id, about)?;
    // What is asked makes a version; by what it is chosen does not.
    if kept.question != *question {
        work.run("update question set fingerprint = ?2 where id = ?1", values![id, &print])?;
        add_version(work, id, kept.versions + 1, question)?;
    }
    work.note("question.changed", id)?;
    Ok("changed".to_owned())
}

fn place(work: &mut Work, id: Uuid, about: &About) -> Stored<()> {
    let About { topic, subtopic, difficulty, critical, exam_only, reference } = about;
    work.run(
        "update question set topic = ?2, difficulty = ?3, critical = ?4, exam_only = ?5, reference = ?6, subtopic = ?7 where id = ?1",
        values![id, topic, difficulty.code(), *critical, *exam_only, reference, subtopic],
    )?;
    Ok(())
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
            work.run("update question set state = 'withdrawn' where id = ?1", values![id])?;
            work.note("question.withdrawn", id)
        })
        .await?;
    Ok(see_other(&format!("/questions/{bank}")))
}

/// A browser does not send a chosen file again by itself.
fn once_more(picture: Option<&Picture>, said: &mut Messages) {
    if picture.is_some() {
        said.say("file", "Файл: выберите его ещё раз");
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
    let is_sound = is_sound(&bytes);
    if checked(&name, bytes.clone()).is_err() {
        said.say("file", format!("Файл: «{name}» не рисунок (PNG, JPEG, GIF, WebP до 5 МБ) и не запись (MP3, Ogg, WAV, M4A до 10 МБ)"));
        return Ok(None);
    }
    if typed.alt.is_empty() {
        said.say("alt", "Что там: напишите словами, для тех, кто не видит или не слышит");
        said.say("file", "Файл: выберите его ещё раз");
        return Ok(None);
    }
    let hash = visit.house.files.store(bytes).await.map_err(Failure::broken)?;
    Ok(Some(Picture { hash: hash.to_string(), alt: typed.alt.chars().take(300).collect(), is_sound }))
}
