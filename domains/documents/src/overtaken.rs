//! Closed protocols that later acts have overtaken: an attempt was annulled, or marked anew. The paper stays as it was printed, and whoever opens
//! the list of papers sees what no longer holds in it.
use accounts::person::Person;
use admissions::Enrolment;
use store::{Db, Stored, values};
use uuid::Uuid;
use words::Moment;

/// One line of a closed protocol that says something else than its attempt does now.
pub(crate) struct Overtaken {
    pub protocol: Uuid,
    /// «Лосева В.: попытка аннулирована»
    pub words: String,
}

/// Of the protocols printed since a moment.
pub(crate) fn since(db: &mut Db, moment: Moment) -> Stored<Vec<Overtaken>> {
    let lines = db.all(
        "select l.protocol, l.enrolment, a.annulled
         from paper q join protocol_line l on l.protocol = q.protocol join attempt a on a.id = l.attempt
         where q.kind in ('safety_protocol', 'commission_protocol') and q.ended_at is null and q.created_at >= ?1
           and (a.annulled is not null or a.points <> l.points or a.passed <> l.passed)
         order by l.created_at, l.id",
        values![moment],
        |row| Ok((row.get(0)?, row.get(1)?, row.get::<Option<String>>(2)?.is_some())),
    )?;
    lines
        .into_iter()
        .map(|(protocol, enrolment, annulled): (Uuid, Uuid, bool)| {
            let person = Enrolment::find(db, enrolment)?.person;
            let name = Person::find(db, person)?.name.short();
            let what = if annulled {
                "попытка аннулирована"
            } else {
                "результат пересчитан"
            };
            Ok(Overtaken { protocol, words: format!("{name}: {what}") })
        })
        .collect()
}
