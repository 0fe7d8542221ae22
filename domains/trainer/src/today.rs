//! What is due today: questions that are about to be forgotten, then new ones of the weakest topics, about ten minutes of them.
use std::collections::BTreeMap;

use marking::Mark;
use questions::Pooled;
use recall::{Answered, Card};
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use words::Moment;

/// Questions of ten minutes on a telephone.
pub(crate) const PLAN: usize = 15;

/// What is known of a learner's questions.
pub(crate) struct Memory(BTreeMap<Uuid, Card>);

impl Memory {
    pub fn of(db: &mut Db, enrolment: Uuid) -> Stored<Self> {
        let cards =
            db.all("select question, card from recall where enrolment = ?1", values![enrolment], |row| {
                Ok((row.get(0)?, row.json(1)?))
            })?;
        Ok(Self(cards.into_iter().collect()))
    }

    /// The plan of the day: versions to ask, and how many of them are asked again.
    pub fn plan(&self, pool: &[Pooled], now: Moment) -> (Vec<Uuid>, usize) {
        let mut due: Vec<(&Card, &Pooled)> = pool
            .iter()
            .filter_map(|one| Some((self.0.get(&one.question)?, one)))
            .filter(|(card, _)| card.due() <= now.0)
            .collect();
        due.sort_by_key(|(card, one)| (card.due(), one.candidate.id));
        let mut plan: Vec<Uuid> = due.iter().map(|(_, one)| one.candidate.id).take(PLAN).collect();
        let again = plan.len();
        let weakness = self.weakness(pool);
        let mut new: Vec<&Pooled> = pool.iter().filter(|one| !self.0.contains_key(&one.question)).collect();
        let of = |one: &Pooled| weakness.get(one.candidate.topic.as_str()).copied().unwrap_or(0.0);
        // Versions have random ends: among questions of equal topics it is as good as chance.
        new.sort_by(|one, other| {
            let ends = |one: &Pooled| one.candidate.id.as_u128() & 0xFFFF_FFFF;
            of(other).total_cmp(&of(one)).then_with(|| ends(one).cmp(&ends(other)))
        });
        plan.extend(new.iter().map(|one| one.candidate.id).take(PLAN - again));
        (plan, again)
    }

    /// The questions that are remembered worst, the worst first.
    pub fn weak(&self, pool: &[Pooled]) -> Vec<Uuid> {
        let known = pool.iter().filter_map(|one| Some((self.0.get(&one.question)?, one.candidate.id)));
        let mut weak: Vec<_> = known.filter(|(card, _)| card.is_weak()).collect();
        weak.sort_by(|(one, a), (other, b)| {
            one.stability().total_cmp(&other.stability()).then_with(|| a.cmp(b))
        });
        weak.into_iter().map(|(_, id)| id).collect()
    }

    /// By topic the share of what is known weakly.
    fn weakness<'a>(&self, pool: &'a [Pooled]) -> BTreeMap<&'a str, f64> {
        let mut of: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for one in pool {
            if let Some(card) = self.0.get(&one.question) {
                let (weak, all) = of.entry(&one.candidate.topic).or_default();
                *weak += u32::from(card.is_weak());
                *all += 1;
            }
        }
        of.into_iter().map(|(topic, (weak, all))| (topic, f64::from(weak) / f64::from(all.max(1)))).collect()
    }
}

/// An answer in training says when the question should come again.
pub(crate) fn remember(work: &mut Work, enrolment: Uuid, version: Uuid, mark: Mark) -> Stored<()> {
    let question: Uuid =
        work.one("select question from question_version where id = ?1", values![version], |row| row.get(0))?;
    let before = work.maybe(
        "select card from recall where enrolment = ?1 and question = ?2",
        values![enrolment, question],
        |row| row.json(0),
    )?;
    let how = match mark {
        mark if mark.is_whole() => Answered::Rightly,
        Mark::NONE => Answered::Wrongly,
        _ => Answered::Partly,
    };
    let card = Card::after(before, work.now().0, how);
    work.run(
        "insert into recall (enrolment, question, card, due_at) values (?1, ?2, ?3, ?4)
         on conflict (enrolment, question) do update set card = excluded.card, due_at = excluded.due_at",
        values![enrolment, question, serde_json::to_string(&card).map_err(Fault::data)?, card.due()],
    )?;
    Ok(())
}
