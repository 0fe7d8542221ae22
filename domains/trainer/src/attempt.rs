//! An attempt: frozen rules, a frozen ticket, a deadline by the server's clock.
use marking::{Points, Score, Threshold, Ticket};
use programmes::{Late, Show};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::chain;
use crate::finish::Close;
use crate::turn::Open;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Training,
    /// The final attestation's rules without its consequence.
    Rehearsal,
    /// By one module (п. 4.3.5).
    Intermediate,
    /// The final one.
    Attestation,
}

impl Mode {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Rehearsal => "rehearsal",
            Self::Intermediate => "intermediate",
            Self::Attestation => "attestation",
        }
    }

    /// Whether it has a place in official papers, a seal and people on duty.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Intermediate | Self::Attestation)
    }

    /// Whether it is sat by rules until a deadline.
    pub const fn is_sat(self) -> bool {
        !matches!(self, Self::Training)
    }

    pub fn parse(code: &str) -> Result<Self, words::Wrong> {
        match code {
            "training" => Ok(Self::Training),
            "rehearsal" => Ok(Self::Rehearsal),
            "intermediate" => Ok(Self::Intermediate),
            "attestation" => Ok(Self::Attestation),
            other => Err(words::Wrong::new(format!("режим «{other}»"))),
        }
    }
}

/// What ended an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    ByLearner,
    ByTime,
}

impl Ended {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::ByLearner => "learner",
            Self::ByTime => "time",
        }
    }
}

/// The package's rules as they stood when the attempt began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub title: String,
    /// All of them, the extra ones too.
    pub minutes: Option<u32>,
    pub threshold: Threshold,
    /// Given to this learner above the package's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_minutes: Option<u32>,
    /// For so many minutes after the deadline answers given in time still come in from a device that was without a connection.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace: u32,
    /// The whole ticket may be kept on the device.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// What its learner sees after the end.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub show: Show,
    /// What is done with answers that came too late; none: it began before there was such a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// Questions come one after another, and none is come back to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_by_one: bool,
    /// So long is each question open, the extra time counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_each: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_usual(show: &Show) -> bool {
    *show == Show::Answers
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_zero(minutes: &u32) -> bool {
    *minutes == 0
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: Uuid,
    pub person: Uuid,
    pub enrolment: Uuid,
    pub mode: Mode,
    /// Of an intermediate attestation.
    pub module: Option<String>,
    pub number: i64,
    pub rules: Rules,
    pub ticket: Ticket,
    pub started: Moment,
    pub deadline: Option<Moment>,
    pub finished: Option<Moment>,
    /// Once it is settled.
    pub points: Option<Points>,
    pub passed: Option<bool>,
    /// Since when the time stands still.
    pub paused: Option<Moment>,
    /// People have annulled it; true: it is not counted among those used up.
    pub annulled: Option<bool>,
    /// Where questions come one after another.
    pub open: Option<Open>,
    /// Answers that came too late and wait for a decision.
    pub late: i64,
    /// By which the server knows its tokens; attempts of before have none.
    secret: Option<String>,
}

macro_rules! attempts {
    ($rest:literal) => {
        concat!(
            "select id, person, enrolment, mode, number, rules, ticket, started_at, deadline_at, finished_at, \
             points, passed, module, secret, paused_at, annulled, \
             seat_open, seat_until, late from attempt ",
            $rest
        )
    };
}

fn read(row: &store::Row) -> Stored<Attempt> {
    Ok(Attempt {
        id: row.get(0)?,
        person: row.get(1)?,
        enrolment: row.get(2)?,
        mode: row.parsed(3, Mode::parse)?,
        number: row.get(4)?,
        rules: row.json(5)?,
        ticket: row.json(6)?,
        started: Moment(row.get(7)?),
        deadline: row.get::<Option<i64>>(8)?.map(Moment),
        finished: row.get::<Option<i64>>(9)?.map(Moment),
        points: row.get::<Option<i64>>(10)?.map(Points),
        passed: row.get(11)?,
        module: row.get(12)?,
        secret: row.get(13)?,
        paused: row.get::<Option<i64>>(14)?.map(Moment),
        annulled: row.get::<Option<String>>(15)?.map(|how| how == "given_back"),
        open: match row.get::<Option<i64>>(16)? {
            Some(seat) => Some(Open {
                seat: usize::try_from(seat).map_err(Fault::data)?,
                until: row.get::<Option<i64>>(17)?.map(Moment),
            }),
            None => None,
        },
        late: row.get::<Option<i64>>(18)?.unwrap_or(0),
    })
}

impl Attempt {
    /// The person's own attempt; a foreign one is not found.
    pub fn of(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Self> {
        db.one(attempts!("where id = ?1 and person = ?2"), values![id, person], read)
    }

    /// Any attempt: for what the system does by itself.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(attempts!("where id = ?1"), values![id], read)
    }

    /// Attempts of an enrolment in one mode, the first first.
    pub fn all_of(db: &mut Db, enrolment: Uuid, mode: Mode) -> Stored<Vec<Self>> {
        db.all(
            attempts!("where enrolment = ?1 and mode = ?2 order by number"),
            values![enrolment, mode.code()],
            read,
        )
    }

    /// Those of an enrolment that are sat and not closed yet.
    pub(crate) fn unfinished(db: &mut Db, enrolment: Uuid) -> Stored<Vec<Self>> {
        db.all(
            attempts!(
                "where enrolment = ?1 and finished_at is null and mode <> 'training' order by started_at, id"
            ),
            values![enrolment],
            read,
        )
    }

    /// The attestation that this person sits, of whatever study: until its last answer has come nobody shows the person a key.
    pub fn being_sat(db: &mut Db, person: Uuid) -> Stored<Option<Uuid>> {
        db.maybe(
            "select id from attempt
             where person = ?1 and finished_at is null and mode in ('attestation', 'intermediate') limit 1",
            values![person],
            |row| row.get(0),
        )
    }

    /// «Итоговая аттестация», as pages and papers say it.
    pub const fn title(&self) -> &'static str {
        match self.mode {
            Mode::Training => "Тренировка",
            Mode::Rehearsal => "Репетиция",
            Mode::Intermediate => "Промежуточная аттестация",
            Mode::Attestation => "Итоговая аттестация",
        }
    }

    /// Which one it is among those of the same module, or of the whole, from 1; those that were annulled and given back are not among them.
    pub fn place(&self, db: &mut Db) -> Stored<i64> {
        db.count(
            "select 1 + cast(count(*) as bigint) from attempt
             where enrolment = ?1 and mode = ?2 and coalesce(module, '') = ?3 and number < ?4
               and coalesce(annulled, '') <> 'given_back'",
            values![
                self.enrolment,
                self.mode.code(),
                self.module.as_deref().unwrap_or_default(),
                self.number
            ],
        )
    }

    /// What it came to, once it is settled.
    pub fn score(&self) -> Option<Score> {
        Some(Score { points: self.points?, total: self.ticket.seats.len() })
    }

    /// Whether its learner may see the keys: whoever may try the same module again may not, whatever a package says.
    pub fn shows_keys(&self) -> bool {
        let passed = self.passed == Some(true);
        match self.rules.show {
            Show::Answers => self.mode != Mode::Intermediate || passed,
            Show::Passed => passed,
            Show::Score => false,
        }
    }

    pub fn is_over(&self, now: Moment) -> bool {
        self.finished.is_some() || self.deadline.is_some_and(|deadline| self.counted(now) >= deadline)
    }

    /// From when nothing given in time can come in any more.
    pub fn closes(&self) -> Option<Moment> {
        Some(self.deadline?.plus_minutes(i64::from(self.rules.grace)))
    }

    /// The server's word that it is now `now`, for whoever goes on without a connection.
    pub fn token(&self, now: Moment) -> Option<String> {
        if self.finished.is_some() {
            return None;
        }
        Some(proof::token(self.secret.as_deref()?, &self.id.to_string(), now.0))
    }

    /// The moment by which the time is counted: while it stands still, that since when it does.
    pub(crate) fn counted(&self, now: Moment) -> Moment {
        self.paused.unwrap_or(now)
    }

    /// Whole seconds left; `None` without a deadline.
    pub fn seconds_left(&self, now: Moment) -> Option<i64> {
        Some(((self.deadline?.0 - self.counted(now).0 + 999) / 1000).max(0))
    }

    /// Gives the attempts of an enrolment that go on so many minutes more; returns which.
    pub fn give_minutes(work: &mut Work, enrolment: Uuid, minutes: u32, reason: &str) -> Stored<Vec<Uuid>> {
        let (now, mut given) = (work.now(), Vec::new());
        for mode in [Mode::Attestation, Mode::Intermediate] {
            for attempt in Self::all_of(work, enrolment, mode)?.into_iter().filter(|one| !one.is_over(now)) {
                attempt.prolong(work, minutes, reason)?;
                given.push(attempt.id);
            }
        }
        Ok(given)
    }

    /// So many minutes more; the deadline moves at once. The reason stands in the chain.
    pub fn prolong(&self, work: &mut Work, minutes: u32, reason: &str) -> Stored<()> {
        let mut rules = self.rules.clone();
        rules.minutes = rules.minutes.map(|before| before.saturating_add(minutes));
        rules.extra_minutes = Some(rules.extra_minutes.unwrap_or(0).saturating_add(minutes));
        // Whoever has more time for the whole has more for each question, the open one too.
        let whole = self.rules.minutes.unwrap_or(1).max(1);
        rules.seconds_each =
            self.rules.seconds_each.map(|seconds| seconds.saturating_mul(whole + minutes) / whole);
        let more = rules.seconds_each.unwrap_or(0).saturating_sub(self.rules.seconds_each.unwrap_or(0));
        let deadline = self.deadline.map(|deadline| deadline.plus_minutes(i64::from(minutes)));
        work.run(
            "update attempt set rules = ?2, deadline_at = ?3, seat_until = seat_until + ?4 where id = ?1 and finished_at is null",
            values![self.id, serde_json::to_string(&rules).map_err(Fault::data)?, deadline, i64::from(more) * 1000],
        )?;
        let told =
            json!({ "minutes": minutes, "deadline": deadline.map(|deadline| deadline.0), "reason": reason });
        let now = work.now();
        chain::tell(work, self.id, "prolong", &told, now)?;
        if let Some(deadline) = deadline {
            let closes = deadline.plus_minutes(i64::from(rules.grace));
            work.later_at(closes, &Close { attempt: self.id })?;
        }
        work.note_with("attempt.prolonged", self.id, Some(&minutes.to_string()))
    }

    /// A finished attempt goes on for so many minutes; what was answered stays, and no verdict stands.
    pub fn reopen(&self, work: &mut Work, minutes: u32, reason: &str) -> Stored<()> {
        let now = work.now();
        let deadline = now.plus_minutes(i64::from(minutes));
        work.run(
            "update attempt set finished_at = null, ended_by = null, points = null, passed = null, marks = null, paused_at = null,
               deadline_at = ?2, seat_until = ?3
             where id = ?1 and finished_at is not null",
            values![self.id, deadline, self.rules.seat_until(now)],
        )?;
        let told = json!({ "reason": reason, "minutes": minutes, "deadline": deadline.0 });
        chain::tell(work, self.id, "reopen", &told, now)?;
        work.later_at(deadline.plus_minutes(i64::from(self.rules.grace)), &Close { attempt: self.id })?;
        work.note_with("attempt.reopened", self.id, Some(&format!("{minutes}: {reason}")))
    }

    /// A finished attempt passes nobody any more; what was answered stays, and so do the points.
    pub fn annul(work: &mut Work, id: Uuid, reason: &str, given_back: bool) -> Stored<()> {
        let now = work.now();
        work.run(
            "update attempt set annulled = ?2, passed = ?3 where id = ?1 and finished_at is not null",
            values![id, if given_back { "given_back" } else { "used" }, false],
        )?;
        chain::tell(work, id, "annul", &json!({ "reason": reason, "given_back": given_back }), now)?;
        work.note_with("attempt.annulled", id, Some(reason))
    }
}
