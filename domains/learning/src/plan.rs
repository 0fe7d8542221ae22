//! A learner's plan: the modules of the programme with their materials, what is done, where to go on.
use std::collections::BTreeMap;

use admissions::Enrolment;
use library::Resource;
use programmes::Version;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

pub struct Plan {
    pub enrolment: Enrolment,
    pub version: Version,
    pub modules: Vec<PlanModule>,
}

pub struct PlanModule {
    pub code: String,
    pub title: String,
    pub steps: Vec<Step>,
}

pub struct Step {
    pub resource: Resource,
    pub done: bool,
    pub seen: Option<Moment>,
    /// Where the learner stopped: thousandths of a text, seconds of sound or a film.
    pub place: i64,
}

impl PlanModule {
    /// Obligatory materials studied, of all obligatory.
    pub fn progress(&self) -> (usize, usize) {
        let obligatory = || self.steps.iter().filter(|step| step.resource.obligatory);
        (obligatory().filter(|step| step.done).count(), obligatory().count())
    }

    pub fn is_done(&self) -> bool {
        let (done, all) = self.progress();
        done == all
    }
}

impl Plan {
    /// The person's own plan; a foreign enrolment is not found.
    pub fn of(db: &mut Db, person: Uuid, enrolment: Uuid) -> Stored<Self> {
        let enrolment = Enrolment::of(db, person, enrolment)?;
        Self::load(db, enrolment)
    }

    /// The plan of an enrolment already in hand.
    pub fn load(db: &mut Db, enrolment: Enrolment) -> Stored<Self> {
        let version = enrolment.programme(db)?;
        let materials = library::of_programme(db, version.programme)?;
        Self::on(db, enrolment, version, materials)
    }

    /// The same where the version and its materials are in hand too: for many learners of one programme.
    pub fn on(db: &mut Db, enrolment: Enrolment, version: Version, materials: Vec<Resource>) -> Stored<Self> {
        let facts: BTreeMap<Uuid, (bool, Moment, i64)> = db
            .all(
                "select resource, done_at, seen_at, coalesce(place, 0) from progress where enrolment = ?1",
                values![enrolment.id],
                |row| {
                    let done = row.get::<Option<i64>>(1)?.is_some();
                    Ok((row.get(0)?, (done, Moment(row.get(2)?), row.get(3)?)))
                },
            )?
            .into_iter()
            .collect();
        let mut by_module: BTreeMap<String, Vec<Step>> = BTreeMap::new();
        for resource in materials {
            let fact = facts.get(&resource.id);
            let step = Step {
                done: fact.is_some_and(|(done, ..)| *done),
                seen: fact.map(|(_, seen, _)| *seen),
                place: fact.map_or(0, |(.., place)| *place),
                resource,
            };
            by_module.entry(step.resource.module.clone()).or_default().push(step);
        }
        let modules = version
            .content
            .modules
            .iter()
            .map(|module| PlanModule {
                code: module.code.clone(),
                title: module.title.clone(),
                steps: by_module.remove(&module.code).unwrap_or_default(),
            })
            .collect();
        Ok(Self { enrolment, version, modules })
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.modules.iter().flat_map(|module| &module.steps)
    }

    pub fn step(&self, resource: Uuid) -> Option<&Step> {
        self.steps().find(|step| step.resource.id == resource)
    }

    /// Where «Продолжить» leads: the first obligatory material not studied yet.
    pub fn next(&self) -> Option<&Step> {
        self.steps().find(|step| step.resource.obligatory && !step.done)
    }

    /// The material after this one, whatever is done.
    pub fn after(&self, resource: Uuid) -> Option<&Step> {
        self.steps().skip_while(|step| step.resource.id != resource).nth(1)
    }

    pub fn before(&self, resource: Uuid) -> Option<&Step> {
        self.steps().take_while(|step| step.resource.id != resource).last()
    }

    pub fn modules_done(&self) -> usize {
        self.modules.iter().filter(|module| module.is_done()).count()
    }

    /// Obligatory materials studied, of all.
    pub fn progress(&self) -> (usize, usize) {
        self.modules.iter().map(PlanModule::progress).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    pub fn is_studied(&self) -> bool {
        self.next().is_none()
    }
}

pub(crate) fn opened(work: &mut Work, enrolment: Uuid, resource: &Resource) -> Stored<()> {
    let now = work.now();
    work.run(
        "insert into progress (enrolment, resource, version, opened_at, seen_at) values (?1, ?2, ?3, ?4, ?4)
         on conflict (enrolment, resource) do update set seen_at = excluded.seen_at",
        values![enrolment, resource.id, resource.version, now],
    )?;
    Ok(())
}

/// Keeps where in an opened material the learner is.
pub(crate) fn stopped(work: &mut Work, enrolment: Uuid, resource: Uuid, place: i64) -> Stored<()> {
    let now = work.now();
    let kept = work.run(
        "update progress set place = ?3, seen_at = ?4 where enrolment = ?1 and resource = ?2",
        values![enrolment, resource, place, now],
    )?;
    if kept == 0 { Err(Fault::Missing) } else { Ok(()) }
}

/// Marks the material studied; the first moment stays.
pub(crate) fn done(work: &mut Work, enrolment: Uuid, resource: &Resource) -> Stored<()> {
    opened(work, enrolment, resource)?;
    let now = work.now();
    let marked = work.run(
        "update progress set done_at = ?3, version = ?4 where enrolment = ?1 and resource = ?2 and done_at is null",
        values![enrolment, resource.id, now, resource.version],
    )?;
    if marked > 0 {
        work.note("material.studied", enrolment)?;
    }
    Ok(())
}
