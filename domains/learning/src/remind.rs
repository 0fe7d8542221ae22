//! Letters before the end of a term (п. 5.4.4): what is left, and until when.
use accounts::person::Person;
use admissions::{Enrolment, State};
use serde::{Deserialize, Serialize};
use store::{Job, Jobs, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::{Day, Moment, count};

use crate::Plan;

/// So many days before the last one.
const BEFORE: [i64; 2] = [7, 2];
/// At ten in the morning, minutes of the day.
const MORNING: i64 = 10 * 60;

#[derive(Serialize, Deserialize)]
struct Remind {
    enrolment: Uuid,
    /// The last day as it was then: a term that has moved has reminders of its own.
    ends: Day,
}
impl Job for Remind {
    const KIND: &'static str = "term.remind";
}

pub(crate) fn jobs(jobs: &mut Jobs, store: &Store, base_url: &str) {
    let (store, base_url) = (store.clone(), base_url.to_owned());
    jobs.on(move |job: Remind| {
        let (store, base_url) = (store.clone(), base_url.clone());
        async move {
            store.write(Who::system(), move |work| remind(work, &job, &base_url)).await?;
            Ok(())
        }
    });
}

/// Leaves the reminders of a term that has been set, or moved.
pub(crate) fn set(work: &mut Work, id: Uuid) -> Stored<()> {
    let (enrolment, now) = (Enrolment::find(work, id)?, work.now());
    for days in BEFORE {
        let at = Moment::midnight(enrolment.ends.plus(-days)).plus_minutes(MORNING);
        if at > now && enrolment.ends.plus(-days) > enrolment.starts {
            work.later_at(at, &Remind { enrolment: id, ends: enrolment.ends })?;
        }
    }
    Ok(())
}

fn remind(work: &mut Work, job: &Remind, base_url: &str) -> Stored<()> {
    let enrolment = Enrolment::find(work, job.enrolment)?;
    if enrolment.state != State::Active || enrolment.ends != job.ends || enrolment.ends < work.today() {
        return Ok(());
    }
    // A job may be done twice, a letter is written once a day.
    let today = Moment::midnight(work.today());
    let told = work.count(
        "select cast(count(*) as bigint) from audit where subject = ?1 and event = 'term.reminded' and at >= ?2",
        values![job.enrolment, today],
    )?;
    if told > 0 {
        return Ok(());
    }
    let person = Person::find(work, enrolment.person)?;
    if person.email.is_none() {
        return Ok(());
    }
    let plan = Plan::load(work, enrolment)?;
    let (done, all) = plan.progress();
    let left = count(work.today().until(plan.enrolment.ends), ["день", "дня", "дней"]);
    let studied = if done < all {
        format!("Изучено материалов: {done} из {all}.")
    } else {
        "Материалы изучены. Если аттестация ещё не сдана, самое время.".to_owned()
    };
    let title = &plan.version.content.title;
    let words = format!(
        "Доступ к программе «{title}» открыт до {}\n{studied}\nПродолжить: {base_url}/cabinet\n\n\
         Не успеваете — ответьте на это письмо, и мы подскажем, что делать.",
        plan.enrolment.ends.in_words()
    );
    person.write(work, format!("До конца обучения {left}: {title}"), &words)?;
    work.note("term.reminded", job.enrolment)
}
