//! Closed protocols that later acts have overtaken: an attempt was annulled, marked anew, or opened again and ended otherwise. The paper stays as it
//! was printed, and whoever opens the list of papers sees what no longer holds in it.
use std::collections::HashMap;

use store::{Db, Stored, values};
use uuid::Uuid;
use words::{FullName, Moment};

/// Of the protocols printed since a moment, by their ids: «Лосева В.: попытка аннулирована; Седов Г.: результат теперь другой».
pub(crate) fn since(db: &mut Db, moment: Moment) -> Stored<HashMap<Uuid, String>> {
    let lines = db.all(
        "select l.protocol, a.annulled, p.family, p.given, p.patronymic
         from paper q join protocol_line l on l.protocol = q.protocol join attempt a on a.id = l.attempt
           join enrolment e on e.id = l.enrolment join person p on p.id = e.person
         where q.kind in ('safety_protocol', 'commission_protocol') and q.ended_at is null and q.created_at >= ?1
           and (a.annulled is not null or a.points <> l.points or a.passed <> l.passed)
         order by l.created_at, l.id",
        values![moment],
        |row| {
            let name = FullName { family: row.get(2)?, given: row.get(3)?, patronymic: row.get(4)? };
            let is_annulled = row.get::<Option<String>>(1)?.is_some();
            let what = if is_annulled { "попытка аннулирована" } else { "результат теперь другой" };
            Ok((row.get(0)?, format!("{}: {what}", name.short())))
        },
    )?;
    let mut found = HashMap::<Uuid, String>::new();
    for (protocol, words) in lines {
        let said = found.entry(protocol).or_default();
        if !said.is_empty() {
            said.push_str("; ");
        }
        said.push_str(&words);
    }
    Ok(found)
}
