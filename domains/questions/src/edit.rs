//! A question written or changed in the browser (п. 5.3.4): each change is a new version, attempts keep theirs.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use files::Hash;
use marking::{Choice, Opt, Question};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::Tone;
use web::{Failure, Messages, Posted, Reply, Upload, parts, see_other};

use crate::formats::html::{Markup as Written, clean, escape, has_blocks, tidy, unescape};
use crate::import::fingerprint;

const SECTION: Frame = Frame::Office("/questions");
/// Characters of a text, and of an option.
const LONGEST: usize = 8000;

/// Fields of the options, and of the ticks beside them.
const OPTIONS: [&str; 8] =
    ["option1", "option2", "option3", "option4", "option5", "option6", "option7", "option8"];

/// What stands under `src` of a stored picture, with its alternative text.
type Picture = (String, String);

#[derive(Clone, Debug, Default)]
struct Typed {
    topic: String,
    text: String,
    options: Vec<String>,
    /// Places of the right options, from 0.
    right: Vec<usize>,
    several: bool,
    explanation: String,
    pictures: Vec<Picture>,
    alt: String,
}

impl Typed {
    fn of(topic: &str, question: &Question) -> Self {
        let (text, pictures) = parted(&question.text);
        Self {
            topic: topic.to_owned(),
            text,
            options: question.options.iter().map(|option| written(&option.text)).collect(),
            right: question.key(),
            several: question.choice == Choice::Several,
            explanation: question.explanation.as_deref().map(written).unwrap_or_default(),
            pictures,
            alt: String::new(),
        }
    }

    fn sent(upload: &Upload, before: &[Picture]) -> Self {
        let text = |field: &str| upload.text(field).replace("\r\n", "\n").trim().to_owned();
        Self {
            topic: text("topic"),
            text: text("text"),
            options: OPTIONS.iter().map(|field| text(field)).collect(),
            right: (0..OPTIONS.len()).filter(|n| upload.text(RIGHT[*n]) == "yes").collect(),
            several: upload.text("choice") == "several",
            explanation: text("explanation"),
            pictures: before
                .iter()
                .filter(|(hash, _)| upload.text(&format!("drop-{hash}")) != "yes")
                .cloned()
                .collect(),
            alt: text("alt"),
        }
    }

    /// The question, or what is wrong with it.
    fn check(&self, added: Option<&Picture>, said: &mut Messages) -> Option<(String, Question)> {
        let topic = said.text("topic", &self.topic, "Модуль", 40);
        for place in self.right.iter().filter(|place| self.options.get(**place).is_none_or(String::is_empty))
        {
            said.say(OPTIONS[*place], format!("Вариант {}: отмечен верным, а текста нет", place + 1));
        }
        let mut cleaned = |field: &'static str, label: &str, text: &str| {
            if text.chars().count() > LONGEST {
                said.say(field, format!("{label}: не больше {LONGEST} знаков"));
            }
            let Ok(html) = clean(text, Written::Auto) else {
                said.say(field, format!("{label}: слишком много разметки"));
                return None;
            };
            Some(tidy(&without_pictures(&html)).to_owned())
        };
        let mut text = cleaned("text", "Вопрос", &self.text)?;
        for (hash, alt) in self.pictures.iter().chain(added) {
            text += &format!("<p><img src=\"/pictures/{hash}\" alt=\"{}\"></p>", quoted(alt));
        }
        let mut options = Vec::new();
        for (place, option) in self.options.iter().enumerate().filter(|(_, option)| !option.is_empty()) {
            let right = self.right.contains(&place);
            options.push(Opt { text: cleaned(OPTIONS[place.min(7)], "Вариант", option)?, right });
        }
        let explanation = if self.explanation.is_empty() {
            None
        } else {
            cleaned("explanation", "Пояснение", &self.explanation)
        };
        let choice = if self.several { Choice::Several } else { Choice::One };
        let question = Question { text, choice, options, explanation };
        if let Err(flaw) = question.check() {
            said.say("text", format!("Вопрос: {flaw}"));
        }
        topic.filter(|_| said.is_empty()).map(|topic| (topic, question))
    }
}

const RIGHT: [&str; 8] = ["right1", "right2", "right3", "right4", "right5", "right6", "right7", "right8"];

/// As a person edits it: words where it is only words, the markup itself where there is more.
fn written(html: &str) -> String {
    if has_blocks(html) || html.contains("<b>") || html.contains("<strong>") || html.contains("<su") {
        html.to_owned()
    } else {
        unescape(&html.replace("<br>", "\n"))
    }
}

/// The text without its stored pictures, and these.
fn parted(html: &str) -> (String, Vec<Picture>) {
    let mut pictures = Vec::new();
    for tag in html.split("<img ").skip(1).filter_map(|rest| rest.split('>').next()) {
        let value = |name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            rest.split('"').next()
        };
        if let Some(hash) = value("src").and_then(|src| src.strip_prefix("/pictures/")).and_then(Hash::parse)
        {
            pictures.push((hash.to_string(), unescape(value("alt").unwrap_or_default())));
        }
    }
    let words = without_pictures(html);
    (written(tidy(&words.replace("<p></p>", ""))), pictures)
}

fn without_pictures(html: &str) -> String {
    let mut rest = html;
    let mut words = String::new();
    while let Some((before, tag)) = rest.split_once("<img") {
        words += before;
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    words + rest
}

fn quoted(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

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

pub(crate) async fn ask(visit: Visit, Path(bank): Path<String>) -> Reply {
    let bank = visit.read(move |db| self::bank(db, &bank)).await?;
    let page = page(&bank, None, &Typed::default(), &Messages::none());
    visit.page("Новый вопрос", SECTION, page)
}

pub(crate) async fn add(visit: Visit, Path(bank): Path<String>, mut upload: Upload) -> Reply {
    let code = bank.clone();
    let about = visit.read(move |db| self::bank(db, &code)).await?;
    let typed = Typed::sent(&upload, &[]);
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
        "insert into question_version (id, question, number, body, options, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            Uuid::now_v7(),
            question,
            number,
            serde_json::to_string(body).map_err(Fault::data)?,
            i64::try_from(body.options.len()).map_err(Fault::data)?,
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
    let typed = Typed::sent(&upload, &parted(&kept.question.text).1);
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

fn page(bank: &Bank, kept: Option<(Uuid, &Kept)>, typed: &Typed, said: &Messages) -> Markup {
    let Bank { title: bank, modules } = bank;
    let mut modules: Vec<_> = modules.iter().map(|(code, title)| (code.as_str(), title.as_str())).collect();
    // A topic that no module has any more stays where it is.
    if !typed.topic.is_empty() && !modules.is_empty() && modules.iter().all(|(code, _)| *code != typed.topic)
    {
        modules.push((&typed.topic, &typed.topic));
    }
    let choice = if typed.several { "several" } else { "one" };
    let choices =
        [("one", "Один верный ответ"), ("several", "Несколько верных: засчитываем, когда отмечены все")];
    let action = kept.map_or_else(String::new, |(id, kept)| format!("/questions/{}/{id}", kept.bank));
    html! {
        main.dash #main {
            p.crumb { a href="/questions" { "Банк вопросов" } " · " span.muted { (bank) } }
            div.dash-head { h1 { @if kept.is_some() { "Вопрос" } @else { "Новый вопрос" } } @if let Some((_, kept)) = kept { span.small.muted { "Редакция " (kept.versions) } } }
            @if kept.is_some() { p.muted { "Сохранённое станет новой редакцией. В начатых и прошлых попытках останется прежняя." } }
            (parts::summary(said))
            (parts::upload(&action, "form mt-5", &html! {
                @if let Some((_, kept)) = kept { input type="hidden" name="seen" value=(kept.versions); }
                @if modules.is_empty() { (parts::field("topic", "Модуль", &typed.topic).longest(40).told(said).tip("Код модуля: 01, 02…")) }
                @else { (parts::select("topic", "Модуль", &modules, &typed.topic, said)) }
                (parts::area("text", "Вопрос", &typed.text, 4).longest(LONGEST).told(said))
                @for (hash, alt) in &typed.pictures {
                    div.entry {
                        img.q-pic src={ "/pictures/" (hash) } alt=(alt);
                        label.check { input type="checkbox" name={ "drop-" (hash) } value="yes"; span { "Убрать картинку" } }
                    }
                }
                (parts::file("file", "Добавить картинку", ".png,.jpg,.jpeg,.gif,.webp", "PNG, JPEG, GIF или WebP", said))
                (parts::field("alt", "Что на картинке", &typed.alt).optional().longest(300).told(said))
                (parts::choices("choice", "Вид", &choices, choice, said))
                @for (place, field) in OPTIONS.iter().enumerate() {
                    @let label = format!("Вариант {}", place + 1);
                    @let option = parts::area(field, &label, typed.options.get(place).map_or("", String::as_str), 1).longest(LONGEST).told(said);
                    @if place < 2 { (option) } @else { (option.optional()) }
                    label.check { input type="checkbox" name=(RIGHT[place]) value="yes" checked[typed.right.contains(&place)]; span { "Верный" span.sr { ", вариант " (place + 1) } } }
                }
                (parts::area("explanation", "Пояснение", &typed.explanation, 3).optional().longest(LONGEST).told(said).tip("Почему верно и на какой пункт опирается: его видят после ответа"))
                div { (parts::submit("Сохранить")) }
            }))
            @if let Some((id, kept)) = kept {
                section.mt-8 { h2.h-s { "Как видит слушатель" } div.qtext-list.med.mt-2 { (PreEscaped(&kept.question.text)) } ul.mt-2.lines { @for option in &kept.question.options { li { (PreEscaped(&option.text)) @if option.right { " " (parts::tag(Tone::Ok, "верно")) } } } } }
                div.mt-5 { (parts::caution(&format!("/questions/{}/{id}/withdrawal", kept.bank), "Убрать из банка", "В новых попытках вопроса не будет. Начатые и сданные не изменятся.", &html! {})) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use marking::{Choice, Opt, Question};

    use super::Typed;

    #[test]
    fn what_nobody_changed_stays_as_it_was() {
        let hash = "a".repeat(64);
        let option = |text: &str, right| Opt { text: text.to_owned(), right };
        for text in [
            "Сколько будет 2 &lt; 3?".to_owned(),
            "<p>Первый</p><p>Второй</p>".to_owned(),
            format!(
                "Что на схеме?<p><img src=\"/pictures/{hash}\" alt=\"Схема «А» &amp; &quot;Б&quot;\"></p>"
            ),
        ] {
            let question = Question {
                text,
                choice: Choice::One,
                options: vec![option("H<sub>2</sub>O", true), option("да &amp; нет", false)],
                explanation: Some("П. 4 правил".to_owned()),
            };
            let typed = Typed::of("01", &question);
            let mut said = web::Messages::none();
            let (_, again) = typed.check(None, &mut said).unwrap_or_else(|| panic!("{said:?}"));
            assert_eq!(again, question);
        }
    }
}
