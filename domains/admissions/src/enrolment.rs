//! Enrolment: a person studies one version of a programme from a day.
use accounts::person::Person;
use maud::Markup;
use programmes::Version;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;
use web::parts::{self, Tone};
use words::{Day, Sex};

use crate::application::Application;
use crate::begun::Agreement;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Completed,
    Expelled,
}

impl State {
    pub fn parse(code: &str) -> Result<Self, words::Wrong> {
        match code {
            "active" => Ok(Self::Active),
            "completed" => Ok(Self::Completed),
            "expelled" => Ok(Self::Expelled),
            other => Err(words::Wrong::new(format!("состояние «{other}»"))),
        }
    }
}

impl State {
    /// «Завершила», as lists say it.
    pub const fn russian(self, sex: Sex) -> &'static str {
        match self {
            Self::Active => "Учится",
            Self::Completed => sex.agree("Завершила", "Завершил"),
            Self::Expelled => sex.agree("Отчислена", "Отчислен"),
        }
    }

    /// The same as a tag; whoever studies from a later day waits for it.
    pub fn tag(self, sex: Sex, starts: Day, today: Day) -> Markup {
        let tone = match self {
            Self::Active if starts > today => Tone::Plain,
            Self::Active => Tone::Accent,
            Self::Completed => Tone::Ok,
            Self::Expelled => Tone::Plain,
        };
        parts::tag(tone, self.on(sex, starts, today))
    }

    /// «Учится», or «Ждёт начала» before the first day.
    pub fn on(self, sex: Sex, starts: Day, today: Day) -> &'static str {
        if self == Self::Active && starts > today { "Ждёт начала" } else { self.russian(sex) }
    }
}

#[derive(Clone, Debug)]
pub struct Enrolment {
    pub id: Uuid,
    pub person: Uuid,
    pub version: Uuid,
    pub state: State,
    pub starts: Day,
    pub ends: Day,
    pub position: Option<String>,
    pub employer: Option<String>,
    pub completed: Option<Day>,
    pub expelled: Option<Day>,
    /// The dated group; none: enrolled alone.
    pub group: Option<Uuid>,
    /// Waits for the head's signature under its order.
    pub held: bool,
    /// An order has enrolled this learner: alone, or with a group.
    pub ordered: bool,
}

macro_rules! enrolments {
    ($rest:literal) => {
        concat!(
            "select id, person, programme_version, state, starts_on, ends_on, position, employer, completed_on, study_group, expelled_on, held, ordered \
             from enrolment ",
            $rest
        )
    };
}

fn read(row: &store::Row) -> Stored<Enrolment> {
    Ok(Enrolment {
        id: row.get(0)?,
        person: row.get(1)?,
        version: row.get(2)?,
        state: row.parsed(3, State::parse)?,
        starts: row.parsed(4, Day::parse)?,
        ends: row.parsed(5, Day::parse)?,
        position: row.get(6)?,
        employer: row.get(7)?,
        completed: row
            .get::<Option<String>>(8)?
            .map(|day| Day::parse(&day))
            .transpose()
            .map_err(Fault::data)?,
        expelled: row
            .get::<Option<String>>(10)?
            .map(|day| Day::parse(&day))
            .transpose()
            .map_err(Fault::data)?,
        group: row.get(9)?,
        held: row.get(11)?,
        ordered: row.get(12)?,
    })
}

impl Enrolment {
    /// The person's own enrolment; a foreign one is not found.
    pub fn of(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Self> {
        db.one(enrolments!("where id = ?1 and person = ?2"), values![id, person], read)
    }

    /// All of a person's, the newest first.
    pub fn all_of(db: &mut Db, person: Uuid) -> Stored<Vec<Self>> {
        db.all(enrolments!("where person = ?1 order by created_at desc, id desc"), values![person], read)
    }

    /// Any enrolment: for what the system does by itself, and behind a staff door.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(enrolments!("where id = ?1"), values![id], read)
    }

    /// The texts signed with the application.
    pub fn agreements(&self, db: &mut Db) -> Stored<Vec<Agreement>> {
        let application =
            db.one("select application from enrolment where id = ?1", values![self.id], |row| row.get(0))?;
        Agreement::all_of(db, application)
    }

    /// What the person said when applying.
    pub fn application(&self, db: &mut Db) -> Stored<Application> {
        let sealed: String = db.one(
            "select a.data from application a join enrolment e on e.application = a.id where e.id = ?1",
            values![self.id],
            |row| row.get(0),
        )?;
        db.unseal(&sealed)
    }

    /// Everybody of a group, in the order of the alphabet.
    pub fn all_of_group(db: &mut Db, group: Uuid) -> Stored<Vec<Self>> {
        let sql = "select e.id from enrolment e join person p on p.id = e.person where e.study_group = ?1
                   order by p.family, p.given, p.patronymic, e.id";
        let ids: Vec<Uuid> = db.all(sql, values![group], |row| row.get(0))?;
        ids.into_iter().map(|id| Self::find(db, id)).collect()
    }

    /// Whether materials and training are open on this day: not before the start, not after the term, not to who was
    /// expelled.
    pub fn is_open(&self, today: Day) -> bool {
        self.state != State::Expelled && !self.held && self.starts <= today && today <= self.ends
    }

    /// The version that it was begun on, whatever has been approved since.
    pub fn programme(&self, db: &mut Db) -> Stored<Version> {
        Version::find(db, self.version)
    }
}

/// Why study ends before its time (domain reference 2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Request,
    Failure,
    Breach,
}

impl Why {
    pub const ALL: [Self; 3] = [Self::Request, Self::Failure, Self::Breach];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Failure => "failure",
            Self::Breach => "breach",
        }
    }

    /// «по собственному желанию», as an order says it.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Request => "по собственному желанию",
            Self::Failure => "за невыполнение обязанностей по освоению программы",
            Self::Breach => "в связи с нарушением порядка приёма или условий договора",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// An order of enrolment names this learner.
pub fn ordered(work: &mut Work, id: Uuid) -> Stored<()> {
    work.run("update enrolment set ordered = ?2 where id = ?1", values![id, true]).map(|_| ())
}

/// The head has signed the order of this enrolment: access is open.
pub struct Released {
    pub enrolment: Uuid,
}

/// The head has signed the order: access opens. Releasing twice is releasing once.
pub fn release(work: &mut Work, id: Uuid) -> Stored<()> {
    let released =
        work.run("update enrolment set held = ?2 where id = ?1 and held = ?3", values![id, false, true])?;
    if released == 0 {
        return Ok(());
    }
    work.note("enrolment.released", id)?;
    let enrolment = Enrolment::find(work, id)?;
    if enrolment.state != State::Active {
        return Ok(());
    }
    work.tell(Released { enrolment: id })?;
    let (person, content) = (Person::find(work, enrolment.person)?, enrolment.programme(work)?.content);
    let opened = if enrolment.starts > work.today() {
        format!("Материалы откроются {}", enrolment.starts.in_words())
    } else {
        "Материалы открыты в вашем кабинете.".to_owned()
    };
    let words = format!("Приказ о зачислении на программу «{}» подписан. {opened}", content.title);
    person.write(work, format!("Приказ подписан: {}", content.title), &words)
}

/// Study ends with its documents. Completing twice is completing once.
pub fn complete(work: &mut Work, id: Uuid) -> Stored<()> {
    let today = work.today();
    let done = work.run(
        "update enrolment set state = 'completed', completed_on = ?2 where id = ?1 and state = 'active'",
        values![id, today],
    )?;
    if done > 0 {
        work.note("enrolment.completed", id)?;
    }
    Ok(())
}
