//! The beginning of an attempt: its ticket is drawn from the bank, its rules are frozen, and the first step of its chain tells both. Whether
//! one is admitted was decided by `attestation`, in the same unit.
use std::collections::BTreeMap;

use accounts::person::Person;
use admissions::Enrolment;
use marking::{Clockwork, Short, Threshold, Ticket, TopicQuota, draw};
use programmes::{Content, Late, Module, ModuleTest, Show};
use proof::hash_of;
use questions::Pooled;
use serde_json::json;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

use crate::chain::{self, Last, New};
use crate::finish::Close;
use crate::{Attempt, Mode, Rules};

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

/// Whose attempt begins, and of what.
pub(crate) struct Of<'a> {
    pub enrolment: &'a Enrolment,
    pub mode: Mode,
    /// Of an intermediate one.
    pub module: Option<&'a str>,
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
            late: package.late,
            one_by_one: package.is_one_by_one(),
            // Whoever has more time for the whole has more for each.
            seconds_each: package.seconds_each.map(|seconds| {
                let whole = package.minutes.max(1);
                seconds.saturating_mul(whole.saturating_add(extra_minutes)) / whole
            }),
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
            late: Late::Never,
            one_by_one: false,
            seconds_each: None,
        }
    }
}

impl Attempt {
    /// Begins an attestation by the programme's package. Whether the learner is admitted was decided by `attestation`,
    /// in this same unit. The seed is recorded in the ticket.
    pub fn begin_attestation(
        work: &mut Work,
        enrolment: &Enrolment,
        content: &Content,
        extra_minutes: u32,
        seed: u64,
    ) -> Stored<Result<Uuid, Short>> {
        let rules = Rules::of_package(content, extra_minutes);
        let of = Of { enrolment, mode: Mode::Attestation, module: None };
        Self::draw(work, &of, &rules, content, &content.quotas(), seed)
    }

    /// Begins a rehearsal: the same package, questions that are kept for attestations left out.
    pub fn begin_rehearsal(
        work: &mut Work,
        enrolment: &Enrolment,
        content: &Content,
        seed: u64,
    ) -> Stored<Result<Uuid, Short>> {
        let rules = Rules { show: Show::Answers, grace: 0, ..Rules::of_package(content, 0) };
        let of = Of { enrolment, mode: Mode::Rehearsal, module: None };
        Self::draw(work, &of, &rules, content, &content.quotas(), seed)
    }

    /// Begins the intermediate attestation of a module that has one; the same terms as above.
    pub fn begin_intermediate(
        work: &mut Work,
        enrolment: &Enrolment,
        content: &Content,
        (module, test): (&Module, ModuleTest),
        extra_minutes: u32,
        seed: u64,
    ) -> Stored<Result<Uuid, Short>> {
        let rules = Rules {
            title: module.title.clone(),
            minutes: Some(test.minutes.saturating_add(extra_minutes)),
            threshold: Threshold::Percent(test.threshold_percent),
            extra_minutes: (extra_minutes > 0).then_some(extra_minutes),
            grace: content.attestation.grace(),
            offline: content.attestation.offline,
            show: Show::Passed,
            late: content.attestation.late,
            one_by_one: false,
            seconds_each: None,
        };
        let of = Of { enrolment, mode: Mode::Intermediate, module: Some(&module.code) };
        let quota = TopicQuota::any(module.code.as_str(), test.questions);
        Self::draw(work, &of, &rules, content, &[quota], seed)
    }

    /// Draws a ticket from the programme's bank and begins.
    fn draw(
        work: &mut Work,
        of: &Of,
        rules: &Rules,
        content: &Content,
        quotas: &[TopicQuota],
        seed: u64,
    ) -> Stored<Result<Uuid, Short>> {
        let mut pool = questions::pool(work, content.bank())?;
        pool.retain(|one| of.mode.counts() || !one.exam_only);
        for one in &mut pool {
            one.candidate.critical &= content.attestation.critical;
        }
        match draw(quotas, pool.iter().map(|one| &one.candidate), seed) {
            Ok(ticket) => Self::insert(work, of, rules, &ticket, &pool).map(Ok),
            Err(short) => Ok(Err(short)),
        }
    }

    /// Begins. `pool` is what the ticket was drawn from.
    pub(crate) fn insert(
        work: &mut Work,
        &Of { enrolment, mode, module }: &Of,
        rules: &Rules,
        ticket: &Ticket,
        pool: &[Pooled],
    ) -> Stored<Uuid> {
        let (id, now) = (Uuid::now_v7(), work.now());
        let number = 1 + work.count(
            "select cast(coalesce(max(number), 0) as bigint) from attempt where enrolment = ?1 and mode = ?2",
            values![enrolment.id, mode.code()],
        )?;
        let deadline = rules.minutes.map(|minutes| Moment(Clockwork { started: now.0, minutes }.deadline()));
        let json = |value| serde_json::to_string(value).map_err(Fault::data);
        work.run(
            "insert into attempt (id, person, enrolment, mode, number, rules, ticket, seats, started_at, deadline_at, module, secret, grace,
               seat_open, seat_until)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            values![
                id, enrolment.person, enrolment.id, mode.code(), number,
                serde_json::to_string(rules).map_err(Fault::data)?, json(ticket)?,
                i64::try_from(ticket.seats.len()).unwrap_or(0), now, deadline, module,
                Uuid::new_v4().to_string(), i64::from(rules.grace), rules.one_by_one.then_some(0_i64), rules.seat_until(now)
            ],
        )?;
        // All that the marking rests on stands in the first step, so the chain alone can be marked again.
        let known: BTreeMap<Uuid, &str> =
            pool.iter().filter_map(|one| Some((one.candidate.id, one.hash.as_deref()?))).collect();
        let mut hashes = BTreeMap::new();
        for seat in &ticket.seats {
            let hash = match known.get(&seat.question) {
                Some(hash) => (*hash).to_owned(),
                None => hash_of(questions::body(work, seat.question)?.as_bytes()),
            };
            hashes.insert(seat.question, hash);
        }
        let begun = json!({
            "learner": Person::find(work, enrolment.person)?.name.to_string(), "questions": hashes,
            "person": enrolment.person, "enrolment": enrolment.id, "mode": mode.code(), "module": module, "number": number,
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
