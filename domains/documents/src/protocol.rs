//! The protocol: a draft gathers lines as results are recorded; closing gives it its number, makes the order of
//! completion and issues the documents, all in one unit of work (п. 3.5, decisions of the specification).
use accounts::person::Person;
use admissions::{Enrolment, Group, State, complete};
use attestation::{Commission, Official, Settled, in_office};
use marking::Score;
use programmes::{Content, Kind, Version};
use regulations::{Centre, Closing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, Fault, Job, Jobs, Store, Stored, Who, Work, values};
use trainer::{Attempt, Remarked, chain};
use uuid::Uuid;
use words::{Day, Moment};

use crate::awaited;
use crate::credential::{self, Grounds, Passed};
use crate::number;
use crate::order::{Completed, number_completion, print_completion, verified};
use crate::paper::{Wanted, centre_data, programme_data, want};

/// Closes a draft protocol at its hour.
#[derive(Serialize, Deserialize)]
struct Close {
    protocol: Uuid,
}
impl Job for Close {
    const KIND: &'static str = "protocol.close";
}

pub fn jobs(jobs: &mut Jobs, store: &Store) {
    let store = store.clone();
    jobs.on(move |job: Close| {
        let store = store.clone();
        async move {
            store.write(Who::system(), move |work| close(work, job.protocol)).await?;
            Ok(())
        }
    });
}

struct Line {
    id: Uuid,
    enrolment: Enrolment,
    person: Person,
    attempt: Attempt,
    score: Score,
    passed: bool,
    /// The document is issued together with a diploma that is still to come.
    waits: bool,
}

/// A recorded result becomes a line of a draft protocol: the dated group's own, or that of all the others of the version.
pub(crate) fn add_line(work: &mut Work, settled: &Settled) -> Stored<()> {
    let enrolment = Enrolment::find(work, settled.enrolment)?;
    let kind = kind(enrolment.programme(work)?.content.kind);
    let now = work.now();
    let (of, group) = (enrolment.group.unwrap_or(enrolment.version), enrolment.group);
    work.run(
        "insert into protocol (id, kind, programme_version, study_group, state, created_at)
         values (?1, ?2, ?3, ?4, 'draft', ?5) on conflict do nothing",
        values![Uuid::now_v7(), kind, enrolment.version, group, now],
    )?;
    let protocol: Uuid = work.one(
        "select id from protocol
         where programme_version = ?1 and coalesce(study_group, programme_version) = ?2 and state = 'draft'",
        values![enrolment.version, of],
        |row| row.get(0),
    )?;
    let lines = "select cast(count(*) as bigint) from protocol_line where protocol = ?1";
    let made = work.count(lines, values![protocol])? == 0;
    // An attempt that was marked anew may have its line, here or, with the same verdict, in a protocol that is printed.
    work.run(
        "insert into protocol_line (id, protocol, enrolment, attempt, points, total, passed, created_at)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         where not exists (select 1 from protocol_line l where l.attempt = ?4 and (l.protocol = ?2 or l.passed = ?7))",
        values![
            Uuid::now_v7(),
            protocol,
            settled.enrolment,
            settled.attempt,
            settled.score.points.0,
            settled.score.of_questions(),
            settled.passed,
            now
        ],
    )?;
    let closing = Centre::load(work)?.closing;
    let Some(group) = group else { return leave_closing(work, closing, now, protocol) };
    if closing == Closing::ByHand {
        return Ok(());
    }
    // A group's protocol waits for all of its people, at the longest until the evening of the last day.
    if made {
        let last = evening(Group::find(work, group)?.ends).max(now);
        work.later_at(last, &Close { protocol })?;
    }
    if everybody_passed(work, group)? { leave_closing(work, closing, now, protocol) } else { Ok(()) }
}

/// An attempt was marked anew: its line in a draft follows it; that in a closed protocol stays as it was printed. Where the commission's part is
/// still to come, a failed line has nothing to say any more.
pub(crate) fn rescore_line(work: &mut Work, fact: &Remarked) -> Stored<()> {
    let Remarked { attempt, enrolment, score, passed, turned, .. } = fact;
    let content = Enrolment::find(work, *enrolment)?.programme(work)?.content;
    if *turned && content.attestation.written.is_some() {
        return drop_line(work, *attempt);
    }
    work.run(
        "update protocol_line set points = ?2, passed = ?3
         where attempt = ?1 and protocol in (select id from protocol where state = 'draft')",
        values![*attempt, score.points.0, *passed],
    )?;
    Ok(())
}

/// An annulled attempt leaves the draft; a closed protocol stays as it was printed.
pub(crate) fn drop_line(work: &mut Work, attempt: Uuid) -> Stored<()> {
    work.run(
        "delete from protocol_line where attempt = ?1 and protocol in (select id from protocol where state = 'draft')",
        values![attempt],
    )?;
    Ok(())
}

/// The last one who had not passed has left: nobody else is waited for.
pub(crate) fn after_leaving(work: &mut Work, group: Uuid) -> Stored<()> {
    let Some(protocol) = draft_of_group(work, group)? else { return Ok(()) };
    if !everybody_passed(work, group)? {
        return Ok(());
    }
    let (closing, now) = (Centre::load(work)?.closing, work.now());
    leave_closing(work, closing, now, protocol)
}

fn leave_closing(work: &mut Work, closing: Closing, now: Moment, protocol: Uuid) -> Stored<()> {
    match closing {
        Closing::AtOnce => work.later(&Close { protocol }),
        Closing::EndOfDay => work.later_at(evening(now.day()).max(now), &Close { protocol }),
        Closing::ByHand => Ok(()),
    }
}

/// Whether nobody of the group still studies without having passed.
fn everybody_passed(work: &mut Work, group: Uuid) -> Stored<bool> {
    let left = work.count(
        "select cast(count(*) as bigint) from enrolment e where e.study_group = ?1 and e.state = 'active'
         and not exists (select 1 from protocol_line l where l.enrolment = e.id and l.passed)",
        values![group],
    )?;
    Ok(left == 0)
}

/// The draft protocol of a group, when it has lines.
pub fn draft_of_group(db: &mut Db, group: Uuid) -> Stored<Option<Uuid>> {
    db.maybe("select id from protocol where study_group = ?1 and state = 'draft'", values![group], |row| {
        row.get(0)
    })
}

/// A methodist closes the protocol without waiting for its hour.
pub(crate) fn close_now(work: &mut Work, id: Uuid) -> Stored<()> {
    work.one("select id from protocol where id = ?1 and state = 'draft'", values![id], |row| {
        row.get::<Uuid>(0)
    })?;
    work.note("protocol.closing", id)?;
    work.later(&Close { protocol: id })
}

/// Five minutes before the midnight that ends `day`, so that the protocol is dated with the day of its results; a server that
/// was down at that moment closes it when it is up again, with that day.
fn evening(day: Day) -> Moment {
    Moment::midnight(day.plus(1)).plus_minutes(-5)
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::LabourProtection => "safety_protocol",
        Kind::Upskilling | Kind::Retraining => "commission_protocol",
    }
}

/// Closes the protocol. Closing twice is closing once. Without a commission in office it waits: the staff see it so.
fn close(work: &mut Work, id: Uuid) -> Stored<()> {
    let (state, version, group): (String, Uuid, Option<Uuid>) = work.one(
        "select state, programme_version, study_group from protocol where id = ?1",
        values![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let group = group.map(|group| Group::find(work, group)).transpose()?;
    let today = work.today();
    if state != "draft" {
        return Ok(());
    }
    let lines = lines(work, id)?;
    // All of its attempts were annulled: it waits for the next one.
    if lines.is_empty() {
        return Ok(());
    }
    // Those sign who were in office when the last of the attempts ended.
    let last = lines.iter().filter_map(|line| line.attempt.finished).max().map_or(today, Moment::day);
    let Some(commission) = in_office(work, last)? else {
        tracing::warn!(protocol = %id, "no commission in office: the protocol waits");
        return work.later_at(work.now().plus_minutes(60), &Close { protocol: id });
    };
    let content = Version::find(work, version)?.content;
    let kind = kind(content.kind);
    let number = number::next(work, kind)?;
    work.run(
        "update protocol set state = 'closed', year = ?2, seq = ?3, number = ?4, closed_on = ?5, commission = ?6
         where id = ?1 and state = 'draft'",
        values![id, number.year, number.seq, &number.text, today, commission.id],
    )?;
    work.note_with("protocol.closed", id, Some(&number.text))?;
    complete_those_who_passed(work, (id, &number.text), &content, &commission, &lines, group.as_ref())?;
    print(work, (id, kind), &number.text, &content, &commission, &lines, group.as_ref())
}

fn lines(work: &mut Work, protocol: Uuid) -> Stored<Vec<Line>> {
    let rows = work.all(
        "select enrolment, attempt, points, total, passed, id from protocol_line where protocol = ?1 order by created_at, id",
        values![protocol],
        |row| {
            let score = Score::kept(row.get(2)?, row.get(3)?);
            Ok((row.get::<Uuid>(0)?, row.get::<Uuid>(1)?, score, row.get(4)?, row.get(5)?))
        },
    )?;
    let together = Centre::load(work)?.with_diploma;
    rows.into_iter()
        .map(|(enrolment, attempt, score, passed, id)| {
            let enrolment = Enrolment::find(work, enrolment)?;
            let person = Person::find(work, enrolment.person)?;
            let waits = together && enrolment.education(work)?.is_some_and(|one| !one.received);
            Ok(Line { waits, id, person, attempt: Attempt::find(work, attempt)?, enrolment, score, passed })
        })
        .collect()
}

/// Orders completion and issues documents. Whoever was expelled meanwhile has a line and no document.
fn complete_those_who_passed(
    work: &mut Work,
    (protocol, protocol_number): (Uuid, &str),
    content: &Content,
    commission: &Commission,
    lines: &[Line],
    group: Option<&Group>,
) -> Stored<()> {
    let mut passed: Vec<_> =
        lines.iter().filter(|line| line.passed && line.enrolment.state == State::Active).collect();
    // Two of one person: a key was put right while the next attempt went on. One document, by the better of them.
    passed.sort_by_key(|line| (line.enrolment.id, std::cmp::Reverse(line.score.points)));
    passed.dedup_by_key(|line| line.enrolment.id);
    let place = |line: &&Line| lines.iter().position(|one| one.id == line.id);
    passed.sort_by_key(place);
    if passed.is_empty() {
        return Ok(());
    }
    let (order, number) = number_completion(work, protocol)?;
    let grounds = Grounds { protocol, order, chairman: commission.chairman.short_name.clone() };
    let mut completed = Vec::new();
    for line in passed {
        complete(work, line.enrolment.id)?;
        let passed = Passed {
            enrolment: &line.enrolment,
            person: &line.person,
            mark: content.attestation.mark(true, line.score.percent()),
        };
        let register_number = if line.waits {
            awaited::wait(work, line.enrolment.id, &grounds)?;
            None
        } else {
            credential::issue(work, &passed, content, &grounds)?
        };
        tell_of_papers(work, line, content)?;
        completed.push(Completed {
            enrolment: line.enrolment.clone(),
            person: line.person.clone(),
            register_number,
            waits: line.waits,
        });
    }
    let title = match content.kind {
        Kind::LabourProtection => "протокол проверки знания требований охраны труда",
        _ => "протокол заседания итоговой аттестационной комиссии",
    };
    print_completion(work, &number, (protocol_number, title), content, &completed, group)
}

fn tell_of_papers(work: &mut Work, line: &Line, content: &Content) -> Stored<()> {
    let document = content.kind.document();
    let (subject, where_it_is) = if line.waits {
        (
            "Обучение завершено",
            format!(
                "{document} выдадим вместе с вашим дипломом об образовании: когда получите его, покажите в центре или пришлите копию ответом на это письмо."
            ),
        )
    } else {
        ("Документы готовы", format!("{document} — в вашем кабинете, в разделе «Документы»."))
    };
    let words = format!("Вы завершили обучение по программе «{}». {where_it_is}", content.title);
    line.person.write(work, format!("{subject}: {}", content.title), &words)
}

fn print(
    work: &mut Work,
    (id, kind): (Uuid, &'static str),
    number: &str,
    content: &Content,
    commission: &Commission,
    lines: &[Line],
    group: Option<&Group>,
) -> Stored<()> {
    // A check of knowledge has one outcome a person: the passed one, or the last. A commission's protocol shows every attempt.
    let lines: Vec<&Line> = lines
        .iter()
        .filter(|line| {
            let own = || lines.iter().filter(|other| other.enrolment.id == line.enrolment.id);
            let outcome = || own().rfind(|one| one.passed).or_else(|| own().next_back()).map(|one| one.id);
            kind != "safety_protocol" || outcome() == Some(line.id)
        })
        .collect();
    let mut whole = data(work, kind, number, content, commission, &lines)?;
    whole["group"] = group.map(|group| group.name.as_str()).into();
    let group = group.map(|group| group.id);
    let alone = lines.iter().all(|line| line.enrolment.id == lines[0].enrolment.id);
    let only = alone.then(|| &lines[0].enrolment);
    let title = if kind == "safety_protocol" {
        "Протокол проверки знания требований охраны труда"
    } else {
        "Протокол итоговой аттестации"
    };
    want(
        work,
        &Wanted {
            title,
            number,
            person: only.map(|enrolment| enrolment.person),
            enrolment: only.map(|enrolment| enrolment.id),
            protocol: Some(id),
            group,
            ..Wanted::of(kind, &whole)
        },
    )?;
    // In a group each learner of labour protection gets an extract with the own line only.
    if kind == "safety_protocol" && !alone {
        for line in lines {
            let mut extract = data(work, kind, number, content, commission, &[line])?;
            (extract["extract"], extract["verified"]) = (true.into(), verified(work)?);
            want(
                work,
                &Wanted {
                    title: "Выписка из протокола проверки знания",
                    number,
                    person: Some(line.enrolment.person),
                    enrolment: Some(line.enrolment.id),
                    protocol: Some(id),
                    group,
                    ..Wanted::of("safety_extract", &extract)
                },
            )?;
        }
    }
    Ok(())
}

/// «практическая работа зачтена; выдать: удостоверение …». Only a passed work brings the line of a passed test here.
fn decision(content: &Content, line: &Line) -> String {
    if !line.passed || line.enrolment.state != State::Active {
        return "документ не выдаётся".to_owned();
    }
    let written = content.attestation.written.as_ref();
    let passed = written.map(|one| format!("{}: зачтено; ", one.title.to_lowercase())).unwrap_or_default();
    let with = if line.waits {
        " (одновременно с документом об образовании)"
    } else {
        ""
    };
    format!("{passed}выдать: {}{with}", content.kind.document().to_lowercase())
}

fn data(
    work: &mut Work,
    kind: &str,
    number: &str,
    content: &Content,
    commission: &Commission,
    lines: &[&Line],
) -> Stored<Value> {
    let (centre, today) = (Centre::load(work)?, work.today());
    let official = |one: &Official| json!({ "post": one.post, "full_name": one.full_name, "short_name": one.short_name });
    let mut data = json!({
        "number": number, "date": today.in_words(), "city": centre.city, "place": centre.place,
        "centre": centre_data(&centre), "programme": programme_data(content),
        "order": { "number": commission.order_number, "date": commission.order_date.in_words() },
        "chairman": official(&commission.chairman), "secretary": official(&commission.secretary),
        "members": commission.members.iter().map(official).collect::<Vec<_>>(),
        "form": content.attestation.form,
        "threshold": content.attestation.threshold_in_words(),
    });
    let written = |n: usize, line: &&Line| -> Stored<Value> {
        let started = line.attempt.started;
        let ended = line.attempt.finished.ok_or_else(|| Fault::data("a line of an unfinished attempt"))?;
        Ok(if kind == "safety_protocol" {
            json!({
                "line": line.id, "n": n + 1, "full_name": line.person.name.to_string(),
                "position": line.enrolment.position.as_deref().unwrap_or("—"),
                "workplace": line.enrolment.employer.as_deref().unwrap_or("—"),
                "result": if line.passed { "удовлетворительно" } else { "неудовлетворительно" },
            })
        } else {
            json!({
                "n": n + 1, "full_name": line.person.name.to_string(), "attempt": line.attempt.number,
                "score": line.score.to_string(),
                "started_ended": format!("{}, {}–{}", started.day().dotted(), started.time(), ended.time()),
                "result": content.attestation.mark(line.passed, line.score.percent()),
                "decision": decision(content, line),
            })
        })
    };
    let days = || lines.iter().filter_map(|line| line.attempt.finished).map(Moment::day);
    if let (Some(first), Some(last)) = (days().min(), days().max()) {
        data["checked"] = if first == last {
            first.in_words().into()
        } else {
            format!("{} – {}", first.in_words(), last.in_words()).into()
        };
    }
    // Whoever holds the archive finds the attempts of this very protocol by it (docs/proof.ru.md).
    let hashes = lines.iter().map(|line| chain::last_hash(work, line.attempt.id));
    if let Some(hashes) = hashes.collect::<Stored<Option<Vec<_>>>>()? {
        data["attempts_hash"] = proof::root(&hashes).into();
    }
    let lines = lines.iter().enumerate().map(|(n, line)| written(n, line)).collect::<Stored<Vec<_>>>()?;
    data["lines"] = Value::Array(lines);
    Ok(data)
}
