//! The beginning of an attempt: its ticket is drawn from the bank, its rules are frozen, and the first step of its chain tells both. Whether
//! one is admitted was decided by `attestation`, in the same unit.
use std::collections::BTreeMap;

use accounts::person::Person;
use admissions::Enrolment;
use marking::{Clockwork, Short, Threshold, Ticket, TopicQuota, draw};
use programmes::{Content, Module, ModuleTest, Show};
use proof::hash_of;
use questions::Pooled;
use serde_json::json;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::chain::{self, Last, New};
use crate::finish::Close;
use crate::{Mode, Rules};

/// Why nobody could begin what the package asks for: sentences for the staff.
pub fn lacking(db: &mut Db, content: &Content) -> Stored<Vec<String>> {
    let mut pool = questions::pool(db, content.bank())?;
    let ticket = |pool: &[Pooled]| draw(&content.quotas(), pool.iter().map(|one| &one.candidate), 0);
    if let Err(short) = ticket(&pool) {
        return Ok(vec![format!("Билет не составить: {short}")]);
    }
    pool.retain(|one| !one.exam_only);
    Ok(match ticket(&pool) {
        Err(short) if content.attestation.rehearsal_percent.is_some() => {
            vec![format!("Репетицию не составить, а без неё не допустят: {short}")]
        }
        _ => Vec::new(),
    })
}

/// An attempt made ready beside the writer: its ticket drawn, and all told that its first step says.
pub struct Ready {
    enrolment: Uuid,
    person: Uuid,
    /// The name, as the first step tells it.
    learner: String,
    mode: Mode,
    /// Of an intermediate one.
    module: Option<String>,
    rules: Rules,
    ticket: Ticket,
    /// SHA-256 of each question of the ticket, by version: all that the marking rests on.
    questions: BTreeMap<Uuid, String>,
}

impl Rules {
    fn of_package(content: &Content, extra_minutes: u32) -> Self {
        let package = &content.attestation;
        Self {
            title: content.title.clone(),
            minutes: Some(package.minutes.saturating_add(extra_minutes)),
            threshold: package.threshold(),
            extra_minutes: (extra_minutes > 0).then_some(extra_minutes),
            grace: package.grace(),
            offline: package.offline && !package.is_one_by_one(),
            show: package.show,
            late: Some(package.late),
            one_by_one: package.is_one_by_one(),
            seconds_each: package.seconds_each_with(extra_minutes),
        }
    }

    /// A training: no time, no threshold that matters, nothing to deliver late.
    pub(crate) fn of_training(title: String) -> Self {
        Self {
            title,
            minutes: None,
            threshold: Threshold::Percent(80),
            extra_minutes: None,
            grace: 0,
            offline: false,
            show: Show::Answers,
            late: None,
            one_by_one: false,
            seconds_each: None,
        }
    }
}

impl Ready {
    /// An attestation by the programme's package. The seed is recorded in the ticket.
    pub fn attestation(
        db: &mut Db,
        enrolment: &Enrolment,
        content: &Content,
        extra_minutes: u32,
        seed: u64,
    ) -> Stored<Result<Self, Short>> {
        let rules = Rules::of_package(content, extra_minutes);
        Self::draw(db, enrolment, content, (Mode::Attestation, rules, &content.quotas()), seed)
    }

    /// A rehearsal: the same package, questions that are kept for attestations left out.
    pub(crate) fn rehearsal(
        db: &mut Db,
        enrolment: &Enrolment,
        content: &Content,
        seed: u64,
    ) -> Stored<Result<Self, Short>> {
        let rules = Rules { show: Show::Answers, grace: 0, ..Rules::of_package(content, 0) };
        Self::draw(db, enrolment, content, (Mode::Rehearsal, rules, &content.quotas()), seed)
    }

    /// The intermediate attestation of a module that has one; the same terms as above.
    pub fn intermediate(
        db: &mut Db,
        enrolment: &Enrolment,
        content: &Content,
        (module, test): (&Module, ModuleTest),
        extra_minutes: u32,
        seed: u64,
    ) -> Stored<Result<Self, Short>> {
        let rules = Rules {
            title: module.title.clone(),
            minutes: Some(test.minutes.saturating_add(extra_minutes)),
            threshold: Threshold::Percent(test.threshold_percent),
            extra_minutes: (extra_minutes > 0).then_some(extra_minutes),
            grace: content.attestation.grace(),
            offline: content.attestation.offline,
            show: Show::Passed,
            late: Some(content.attestation.late),
            one_by_one: false,
            seconds_each: None,
        };
        let quota = TopicQuota::any(module.code.as_str(), test.questions);
        let ready = Self::draw(db, enrolment, content, (Mode::Intermediate, rules, &[quota]), seed)?;
        Ok(ready.map(|ready| Self { module: Some(module.code.clone()), ..ready }))
    }

    /// A training on this ticket.
    pub(crate) fn training(db: &mut Db, enrolment: &Enrolment, rules: Rules, ticket: Ticket) -> Stored<Self> {
        Self::new(db, enrolment, Mode::Training, rules, ticket, &[])
    }

    /// Draws a ticket from the programme's bank.
    fn draw(
        db: &mut Db,
        enrolment: &Enrolment,
        content: &Content,
        (mode, rules, quotas): (Mode, Rules, &[TopicQuota]),
        seed: u64,
    ) -> Stored<Result<Self, Short>> {
        let mut pool = questions::pool(db, content.bank())?;
        pool.retain(|one| mode.counts() || !one.exam_only);
        for one in &mut pool {
            one.candidate.critical &= content.attestation.critical;
        }
        match draw(quotas, pool.iter().map(|one| &one.candidate), seed) {
            Ok(ticket) => Self::new(db, enrolment, mode, rules, ticket, &pool).map(Ok),
            Err(short) => Ok(Err(short)),
        }
    }

    /// `pool` is what the ticket was drawn from.
    fn new(
        db: &mut Db,
        enrolment: &Enrolment,
        mode: Mode,
        rules: Rules,
        ticket: Ticket,
        pool: &[Pooled],
    ) -> Stored<Self> {
        let known: BTreeMap<Uuid, &str> =
            pool.iter().filter_map(|one| Some((one.candidate.id, one.hash.as_deref()?))).collect();
        let mut questions = BTreeMap::new();
        for seat in &ticket.seats {
            let hash = match known.get(&seat.question) {
                Some(hash) => (*hash).to_owned(),
                None => hash_of(questions::body(db, seat.question)?.as_bytes()),
            };
            questions.insert(seat.question, hash);
        }
        let learner = Person::find(db, enrolment.person)?.name.to_string();
        let (person, enrolment) = (enrolment.person, enrolment.id);
        Ok(Self { enrolment, person, learner, mode, module: None, rules, ticket, questions })
    }

    /// Begins, now.
    pub fn begin(&self, work: &mut Work) -> Stored<Uuid> {
        let Self { enrolment, person, learner, mode, module, rules, ticket, questions } = self;
        let (id, now) = (Uuid::now_v7(), work.now());
        let deadline = rules.minutes.map(|minutes| Moment(Clockwork { started: now.0, minutes }.deadline()));
        let number: i64 = work.one(
            "insert into attempt (id, person, enrolment, mode, rules, ticket, seats, started_at, deadline_at, module, secret, grace,
               seat_open, seat_until, number)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
               (select 1 + coalesce(max(number), 0) from attempt where enrolment = ?3 and mode = ?4))
             returning number",
            values![
                id, *person, *enrolment, mode.code(),
                serde_json::to_string(rules).map_err(Fault::data)?, serde_json::to_string(ticket).map_err(Fault::data)?,
                i64::try_from(ticket.seats.len()).unwrap_or(0), now, deadline, module.as_deref(),
                Uuid::new_v4().to_string(), i64::from(rules.grace), rules.one_by_one.then_some(0_i64), rules.seat_until(now)
            ],
            |row| row.get(0),
        )?;
        let begun = json!({
            "learner": learner, "questions": questions,
            "person": person, "enrolment": enrolment, "mode": mode.code(), "module": module, "number": number,
            "rules": rules, "ticket": ticket, "deadline": deadline.map(|deadline| deadline.0),
        });
        let begun = serde_json::to_string(&begun).map_err(Fault::data)?;
        let step = New { key: Uuid::now_v7(), kind: "begin", seat: None, content: Some(&begun), at: now };
        chain::add_after(work, id, &Last::default(), &step)?;
        if let Some(deadline) = deadline {
            work.later_at(deadline.plus_minutes(i64::from(rules.grace)), &Close { attempt: id })?;
            if mode.counts() {
                work.note("attempt.begun", id)?;
            }
        }
        Ok(id)
    }
}
