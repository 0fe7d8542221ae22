//! The duty at an attestation (п. 4.3.6): who sits just now, where, with how much time, on the line or not; and what the duty does about
//! it, each act with its reason in the journal. Signals (the page was left, another address) are told and not judged.
use std::convert::Infallible;
use std::time::Duration;

use accounts::frame::Frame;
use accounts::{Right, Visit};
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use live::{Heard, Listener, Live};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Stored, Work};
use trainer::{Attempt, messages};
use uuid::Uuid;
use web::parts::{self, Tone};
use web::{House, Messages, Posted, Reply, see_other};
use words::{FullName, Moment, count};

const SECTION: Frame = Frame::Office("/results");
/// Between two pictures of the board at least, and at most.
const SHORTEST: Duration = Duration::from_millis(700);
const LONGEST: Duration = Duration::from_secs(5);
const ANEW: Duration = Duration::from_mins(3);

/// Somebody who sits.
struct Sitting {
    attempt: Uuid,
    name: FullName,
    programme: String,
    seats: i64,
    answered: i64,
    /// The place of the last answer, from 0.
    seat: Option<i64>,
    last: Option<Moment>,
    deadline: Moment,
    paused: Option<Moment>,
    /// How often the page was left, and from how many addresses it was looked at.
    left: i64,
    addresses: i64,
}

impl Sitting {
    fn all(db: &mut Db) -> Stored<Vec<Self>> {
        db.all(
            "select a.id, p.family, p.given, p.patronymic, v.title, a.seats, a.deadline_at, a.paused_at,
               (select cast(count(distinct seat) as bigint) from attempt_step s where s.attempt = a.id and s.kind = 'answer' and s.chosen not in ('[]', '[\"\"]')),
               (select seat from attempt_step s where s.attempt = a.id and s.kind = 'answer' order by n desc limit 1),
               (select max(at) from attempt_step s where s.attempt = a.id and s.kind = 'answer'),
               (select cast(count(*) as bigint) from attempt_step s where s.attempt = a.id and s.kind = 'left'),
               (select cast(count(distinct chosen) as bigint) from attempt_step s where s.attempt = a.id and s.kind = 'address')
             from attempt a join person p on p.id = a.person join enrolment e on e.id = a.enrolment
             join programme_version v on v.id = e.programme_version
             where a.finished_at is null and a.mode in ('attestation', 'intermediate') and a.deadline_at is not null
             order by v.title, p.family, p.given, p.patronymic, a.id",
            &[],
            |row| {
                Ok(Self {
                    attempt: row.get(0)?,
                    name: FullName { family: row.get(1)?, given: row.get(2)?, patronymic: row.get(3)? },
                    programme: row.get(4)?,
                    seats: row.get(5)?,
                    deadline: Moment(row.get(6)?),
                    paused: row.get::<Option<i64>>(7)?.map(Moment),
                    answered: row.get(8)?,
                    seat: row.get(9)?,
                    last: row.get::<Option<i64>>(10)?.map(Moment),
                    left: row.get(11)?,
                    addresses: row.get(12)?,
                })
            },
        )
    }

    /// `26:41`, or why there is no such number.
    fn time(&self, now: Moment) -> String {
        let left = (self.deadline.0 - self.paused.unwrap_or(now).0 + 999) / 1000;
        if left > 0 { format!("{}:{:02}", left / 60, left % 60) } else { "вышло".to_owned() }
    }
}

pub(crate) async fn show(visit: Visit) -> Reply {
    let now = visit.now;
    let sitting = visit.read(Sitting::all).await?;
    let body = html! {
        main.dash #main {
            p.crumb { a href="/results" { "Результаты" } }
            div.dash-head { h1 { "Идёт аттестация" } }
            p.muted { "Страница обновляется сама. Уход со страницы и другой адрес — сигналы для вас: сами по себе они ничего не решают." }
            div data-follow="/duty/events" aria-live="off" { (board(&sitting, &visit.house.live, now, visit.may(Right::MoveLearners))) }
            (parts::island("follow.js"))
        }
    };
    visit.page("Идёт аттестация", SECTION, body)
}

fn board(sitting: &[Sitting], live: &Live, now: Moment, acts: bool) -> Markup {
    html! {
        @if sitting.is_empty() { (parts::empty("Сейчас никто не сдаёт.", None)) } @else {
            p.small.muted.mt-5 { (count(i64::try_from(sitting.len()).unwrap_or(0), ["человек", "человека", "человек"])) ", обновлено в " (now.time()) }
            table.tbl {
                thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Программа" } th.r scope="col" { "Вопрос" } th.r scope="col" { "Ответов" } th.r scope="col" { "Осталось" } th scope="col" { "Связь" } th scope="col" { "Сигналы" } } }
                tbody { @for one in sitting { (row(one, live.is_present(one.attempt), now, acts)) } }
            }
        }
    }
}

fn row(one: &Sitting, here: bool, now: Moment, acts: bool) -> Markup {
    let times = |n: i64| count(n, ["раз", "раза", "раз"]);
    html! {
        tr {
            th scope="row" { @if acts { a.plain href={ "/duty/" (one.attempt) } { (one.name) } } @else { (one.name) } }
            td.wide data-l="Программа" { (one.programme) }
            td.r data-l="Вопрос" { @match one.seat { Some(seat) => { (seat + 1) } None => { "—" } } }
            td.r data-l="Ответов" { (one.answered) " из " (one.seats) }
            td.r data-l="Осталось" { (one.time(now)) @if one.paused.is_some() { " " (parts::tag(Tone::Warn, "пауза")) } }
            td data-l="Связь" {
                @if here { (parts::tag(Tone::Ok, "на связи")) } @else { (parts::tag(Tone::Warn, "нет связи")) }
                @if let Some(last) = one.last { span.blk.small.muted { "ответ в " (last.time()) } }
            }
            td data-l="Сигналы" {
                @if one.left > 0 { span.blk.small { "уходил со страницы " (times(one.left)) } }
                @if one.addresses > 1 { span.blk.small { "адресов: " (one.addresses) } }
                @if one.left == 0 && one.addresses < 2 { span.muted { "—" } }
            }
        }
    }
}

/// `GET /duty/events`: the board anew as soon as anything changes.
pub(crate) async fn events(visit: Visit) -> Reply {
    let house = visit.house.clone();
    let follow = Follow {
        listener: house.live.listen(),
        house,
        acts: visit.may(Right::MoveLearners),
        told: String::new(),
        since: std::time::Instant::now(),
    };
    Ok(Sse::new(follow.stream()).keep_alive(KeepAlive::default()).into_response())
}

struct Follow {
    house: House,
    listener: Listener,
    acts: bool,
    told: String,
    since: std::time::Instant,
}

impl Follow {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, |mut follow| async move {
            loop {
                let store = follow.house.store.clone();
                let sitting = store.read(Sitting::all).await.ok()?;
                let board =
                    board(&sitting, &follow.house.live, store.clock().now(), follow.acts).into_string();
                if board != follow.told {
                    follow.told.clone_from(&board);
                    return Some((Ok(Event::default().data(board)), follow));
                }
                // Three hundred who answer at once are one picture.
                let closed = follow.listener.hear(LONGEST, |_| true).await == Heard::Closed;
                // The page asks again, through the door: whoever has signed out hears no more.
                if closed || follow.since.elapsed() > ANEW {
                    return None;
                }
                tokio::time::sleep(SHORTEST).await;
            }
        })
    }
}

/// What the duty may do to one attempt.
const ACTS: [(&str, &str); 4] = [
    ("minutes", "Добавить время"),
    ("message", "Сказать слушателю"),
    ("pause", "Остановить время"),
    ("resume", "Пустить время дальше"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    act: String,
    minutes: String,
    text: String,
}

impl Form {
    /// Minutes where they are wanted, and the words: the reason, or what is said.
    fn check(&self) -> Result<(u32, String), Messages> {
        let mut said = Messages::none();
        if !ACTS.iter().any(|(code, _)| *code == self.act) {
            said.say("act", "Что сделать: выберите");
        }
        let minutes = self.minutes.trim().parse().ok().filter(|minutes| (1..=240).contains(minutes));
        if self.act == "minutes" && minutes.is_none() {
            said.say("minutes", "Сколько минут: от 1 до 240");
        }
        let text = if self.act == "resume" {
            Some(String::new())
        } else {
            said.text("text", &self.text, "Причина или сообщение", 500)
        };
        match text {
            Some(text) if said.is_empty() => Ok((minutes.unwrap_or(0), text)),
            _ => Err(said),
        }
    }
}

struct One {
    attempt: Attempt,
    sitting: Sitting,
    messages: Vec<trainer::Message>,
}

/// An attempt that goes on; one that has ended is not found here.
fn load(db: &mut Db, id: Uuid) -> Stored<One> {
    let sitting = Sitting::all(db)?.into_iter().find(|one| one.attempt == id).ok_or(Fault::Missing)?;
    Ok(One { attempt: Attempt::find(db, id)?, sitting, messages: messages(db, id)? })
}

pub(crate) async fn open(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let one = visit.read(move |db| load(db, id)).await?;
    visit.page("Слушатель на аттестации", SECTION, page(&visit, &one, &Form::default(), &Messages::none()))
}

pub(crate) async fn act(visit: Visit, Path(id): Path<Uuid>, Posted { form, key }: Posted<Form>) -> Reply {
    let by = visit.person()?;
    match form.check() {
        Ok((minutes, text)) => {
            let kind = form.act;
            visit
                .write(move |work| work.once(key, |work| carry_out(work, id, &kind, minutes, &text, by)))
                .await?;
            visit.house.live.tell(id);
            Ok(see_other(&format!("/duty/{id}")))
        }
        Err(said) => {
            let one = visit.read(move |db| load(db, id)).await?;
            visit.again("Слушатель на аттестации", SECTION, page(&visit, &one, &form, &said))
        }
    }
}

fn carry_out(work: &mut Work, id: Uuid, kind: &str, minutes: u32, text: &str, by: Uuid) -> Stored<()> {
    let one = load(work, id)?;
    match kind {
        "minutes" => {
            one.attempt.prolong(work, minutes, text)?;
            // The clock of the page jumps: its learner hears why.
            let given = count(i64::from(minutes), ["минуту", "минуты", "минут"]);
            Attempt::say(work, id, &format!("У вас теперь на {given} больше"), by)?;
            work.note_with("attempt.given_minutes", id, Some(&format!("{minutes}: {text}")))
        }
        "message" => Attempt::say(work, id, text, by),
        "pause" => Attempt::pause(work, id, text).map(drop),
        _ => Attempt::resume(work, id).map(drop),
    }
}

fn page(visit: &Visit, one: &One, form: &Form, said: &Messages) -> Markup {
    let One { sitting, messages, .. } = one;
    let paused = sitting.paused.is_some();
    let acts: Vec<_> =
        ACTS.into_iter().filter(|(code, _)| *code != if paused { "pause" } else { "resume" }).collect();
    html! {
        main.dash #main {
            p.crumb { a href="/duty" { "Идёт аттестация" } }
            div.dash-head { h1 { (sitting.name) } @if paused { (parts::tag(Tone::Warn, "пауза")) } }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (sitting.programme) }
                dt { "Осталось" } dd { (sitting.time(visit.now)) }
                dt { "Ответов" } dd { (sitting.answered) " из " (sitting.seats) }
            }
            @if !messages.is_empty() {
                section.mt-5 { h2 { "Сказано" } ul.lines { @for one in messages { li.doc { div.body { p { (one.text) } p.small.muted { (one.at.time()) } } } } } }
            }
            section.mt-5.stack {
                (parts::summary(said))
                (parts::form(&format!("/duty/{}", sitting.attempt), "form", &html! {
                    (parts::choices("act", "Что сделать", &acts, &form.act, said))
                    (parts::field("minutes", "Сколько минут", &form.minutes).filter().digits().longest(3).told(said).tip("Только чтобы добавить время"))
                    (parts::field("text", "Причина или сообщение", &form.text).longest(500).told(said).tip("Сообщение слушатель увидит сразу. Причина останется в журнале и в шагах попытки"))
                    div { (parts::submit("Сделать")) }
                }))
            }
        }
    }
}
