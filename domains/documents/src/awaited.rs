//! Documents of those who still study for a diploma: they are issued together with it (273-ФЗ, ст. 76, ч. 16). Study ends with
//! its protocol and order as everybody's; the document waits here.
use accounts::person::Person;
use admissions::Enrolment;
use attestation::Commission;
use marking::Score;
use store::{Db, Stored, Work, values};
use uuid::Uuid;

use crate::credential::{self, Grounds, Passed};

/// The document will be issued on these grounds.
pub(crate) fn wait(work: &mut Work, enrolment: Uuid, grounds: &Grounds) -> Stored<()> {
    work.run(
        "insert into credential_awaited (enrolment, protocol, grounds) values (?1, ?2, ?3) on conflict do nothing",
        values![enrolment, grounds.protocol, grounds.order],
    )?;
    work.note("credential.awaited", enrolment)
}

/// The diploma has been shown: what waited for it is issued, once.
pub(crate) fn issue(work: &mut Work, id: Uuid) -> Stored<()> {
    let Some((protocol, order, commission, score)) = work.maybe(
        "select w.protocol, w.grounds, p.commission, l.points, l.total from credential_awaited w
         join protocol p on p.id = w.protocol join protocol_line l on l.protocol = p.id and l.enrolment = w.enrolment and l.passed
         where w.enrolment = ?1",
        values![id],
        |row| {
            let score = Score::kept(row.get(3)?, row.get(4)?);
            Ok((row.get::<Uuid>(0)?, row.get::<Uuid>(1)?, row.get::<Uuid>(2)?, score))
        },
    )?
    else {
        return Ok(());
    };
    work.run("delete from credential_awaited where enrolment = ?1", values![id])?;
    let enrolment = Enrolment::find(work, id)?;
    let (person, content) = (Person::find(work, enrolment.person)?, enrolment.programme(work)?.content);
    let chairman = Commission::find(work, commission)?.chairman.short_name;
    let passed = Passed {
        enrolment: &enrolment,
        person: &person,
        mark: content.attestation.mark(true, score.percent()),
    };
    credential::issue(work, &passed, &content, &Grounds { protocol, order, chairman })?;
    let words = format!(
        "Мы выдали документ по программе «{}». {} — в вашем кабинете, в разделе «Документы».",
        content.title,
        content.kind.document()
    );
    person.write(work, format!("Документ выдан: {}", content.title), &words)
}

/// Whether this learner has passed and waits for the diploma.
pub fn awaits_diploma(db: &mut Db, enrolment: Uuid) -> Stored<bool> {
    let waits = "select cast(count(*) as bigint) from credential_awaited where enrolment = ?1";
    Ok(db.count(waits, values![enrolment])? > 0)
}

/// Somebody whose document waits.
pub(crate) struct Waiting {
    pub enrolment: Uuid,
    pub person: Uuid,
    pub name: String,
    pub programme: String,
}

/// Everybody whose document waits, by name.
pub(crate) fn everybody(db: &mut Db) -> Stored<Vec<Waiting>> {
    let rows = db.all(
        "select e.id, e.person, v.title from credential_awaited w join enrolment e on e.id = w.enrolment
         join person p on p.id = e.person join programme_version v on v.id = e.programme_version
         order by p.family, p.given, e.id",
        &[],
        |row| Ok((row.get(0)?, row.get::<Uuid>(1)?, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(enrolment, person, programme)| {
            let name = Person::find(db, person)?.name.to_string();
            Ok(Waiting { enrolment, person, name, programme })
        })
        .collect()
}
