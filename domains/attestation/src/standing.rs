//! Where an enrolment stands besides its attempts at the final attestation: what was given above the rules, the modules passed, the
//! written work (п. 4.3.5, 4.3.6).
use std::collections::BTreeMap;

use admissions::Enrolment;
use marking::Score;
use programmes::Content;
use store::{Db, Stored, Work, values};
use uuid::Uuid;

use crate::handed::{self, WorkState};

#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Above the package's, for each attempt.
    pub extra_minutes: u32,
    /// Above the package's.
    pub extra_attempts: i64,
    /// By the code of a module whose intermediate attestation is passed.
    pub modules: BTreeMap<String, Score>,
    /// The best rehearsal, whole percent.
    pub rehearsal: Option<i64>,
    /// The latest written work, if one was handed in.
    pub written: Option<WorkState>,
}

impl Standing {
    pub fn of(db: &mut Db, enrolment: Uuid) -> Stored<Self> {
        let modules = db.all(
            "select module, points, total from result
             where enrolment = ?1 and module is not null and passed order by decided_at desc, id desc",
            values![enrolment],
            |row| Ok((row.get(0)?, Score::kept(row.get(1)?, row.get(2)?))),
        )?;
        Ok(Self {
            extra_minutes: extra_minutes(db, enrolment)?,
            extra_attempts: given(db, enrolment, ATTEMPT)?,
            modules: modules.into_iter().collect(),
            rehearsal: trainer::best_rehearsal(db, enrolment)?,
            written: handed::latest(db, enrolment)?,
        })
    }

    /// Modules whose intermediate attestation is still to be passed.
    pub fn modules_left(&self, content: &Content) -> usize {
        let waits =
            |module: &&programmes::Module| module.test.is_some() && !self.modules.contains_key(&module.code);
        content.modules.iter().filter(waits).count()
    }

    /// The mark of a module as supplements write it; none: it has no intermediate attestation, or it is not passed.
    pub fn module_mark(&self, content: &Content, code: &str) -> Option<&'static str> {
        let score = self.modules.get(code)?;
        Some(content.attestation.mark(true, score.percent()))
    }
}

/// Minutes given above the package's, together.
pub(crate) fn extra_minutes(db: &mut Db, enrolment: Uuid) -> Stored<u32> {
    Ok(u32::try_from(given(db, enrolment, MINUTES)?).unwrap_or(0))
}

fn given(db: &mut Db, enrolment: Uuid, kind: &str) -> Stored<i64> {
    db.count(
        "select cast(coalesce(sum(amount), 0) as bigint) from allowance where enrolment = ?1 and kind = ?2",
        values![enrolment, kind],
    )
}

pub(crate) const MINUTES: &str = "minutes";
pub(crate) const ATTEMPT: &str = "attempt";

/// Gives a learner more than the package does, by act and with a reason; returns the attempts that it changes at once.
pub(crate) fn give(
    work: &mut Work,
    enrolment: &Enrolment,
    kind: &'static str,
    amount: u32,
    reason: &str,
    by: Uuid,
) -> Stored<Vec<Uuid>> {
    let now = work.now();
    work.run(
        "insert into allowance (id, enrolment, kind, amount, reason, given_by, given_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![Uuid::now_v7(), enrolment.id, kind, i64::from(amount), reason, by, now],
    )?;
    work.note_with("allowance.given", enrolment.id, Some(&format!("{kind} {amount}: {reason}")))?;
    if kind == MINUTES {
        trainer::Attempt::give_minutes(work, enrolment.id, amount, reason)
    } else {
        Ok(Vec::new())
    }
}
