//! An attempt: frozen rules, a frozen ticket, a deadline by the server's clock.
use admissions::Enrolment;
use marking::{Clockwork, Remaining, Short, Threshold, Ticket, TopicQuota, draw};
use programmes::Content;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::finish::Close;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Training,
    Attestation,
}

impl Mode {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Attestation => "attestation",
        }
    }

    pub fn parse(code: &str) -> Result<Self, words::Wrong> {
        match code {
            "training" => Ok(Self::Training),
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
    pub minutes: Option<u32>,
    pub threshold: Threshold,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: Uuid,
    pub person: Uuid,
    pub enrolment: Uuid,
    pub mode: Mode,
    pub number: i64,
    pub rules: Rules,
    pub ticket: Ticket,
    pub started: Moment,
    pub deadline: Option<Moment>,
    pub finished: Option<Moment>,
    pub right: Option<i64>,
    pub passed: Option<bool>,
}

macro_rules! attempts {
    ($rest:literal) => {
        concat!(
            "select id, person, enrolment, mode, number, rules, ticket, started_at, deadline_at, finished_at, \
             right_answers, passed from attempt ",
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
        right: row.get(10)?,
        passed: row.get(11)?,
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

    pub fn is_over(&self, now: Moment) -> bool {
        self.finished.is_some() || self.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// Whole seconds left; `None` without a deadline.
    pub fn seconds_left(&self, now: Moment) -> Option<i64> {
        let minutes = self.rules.minutes?;
        match (Clockwork { started: self.started.0, minutes }).remaining(now.0) {
            Remaining::Seconds(left) => Some(left),
            Remaining::Over => Some(0),
        }
    }

    /// Begins an attestation by the programme's package. Whether the learner is admitted was decided by `attestation`,
    /// in this same unit. The seed is recorded in the ticket.
    pub fn begin_attestation(
        work: &mut Work,
        enrolment: &Enrolment,
        content: &Content,
        seed: u64,
    ) -> Stored<Result<Uuid, Short>> {
        let package = &content.attestation;
        let quotas: Vec<_> = package
            .topics
            .iter()
            .map(|quota| TopicQuota { topic: quota.module.clone(), questions: quota.questions })
            .collect();
        let pool = questions::pool(work, content.bank())?;
        let ticket = match draw(&quotas, &pool, seed) {
            Ok(ticket) => ticket,
            Err(short) => return Ok(Err(short)),
        };
        let rules = Rules {
            title: content.title.clone(),
            minutes: Some(package.minutes),
            threshold: Threshold(package.threshold_percent),
        };
        Self::insert(work, enrolment, Mode::Attestation, &rules, &ticket).map(Ok)
    }

    pub(crate) fn insert(
        work: &mut Work,
        enrolment: &Enrolment,
        mode: Mode,
        rules: &Rules,
        ticket: &Ticket,
    ) -> Stored<Uuid> {
        let (id, now) = (Uuid::now_v7(), work.now());
        let number = 1 + work.count(
            "select cast(coalesce(max(number), 0) as bigint) from attempt where enrolment = ?1 and mode = ?2",
            values![enrolment.id, mode.code()],
        )?;
        let deadline = rules.minutes.map(|minutes| Moment(Clockwork { started: now.0, minutes }.deadline()));
        let json = |value| serde_json::to_string(value).map_err(Fault::data);
        work.run(
            "insert into attempt (id, person, enrolment, mode, number, rules, ticket, seats, started_at, deadline_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            values![
                id, enrolment.person, enrolment.id, mode.code(), number,
                serde_json::to_string(rules).map_err(Fault::data)?, json(ticket)?,
                i64::try_from(ticket.seats.len()).unwrap_or(0), now, deadline
            ],
        )?;
        if let Some(deadline) = deadline {
            work.later_at(deadline, &Close { attempt: id })?;
            work.note("attempt.begun", id)?;
        }
        Ok(id)
    }
}
