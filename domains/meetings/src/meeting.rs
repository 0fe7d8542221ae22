//! A meeting: asked for, scheduled with a teacher, held; or declined with a reason.
use accounts::person::Person;
use admissions::{Enrolment, Group};
use maud::Markup;
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;
use web::parts::{self, Tone};
use words::{FullName, Moment};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Asked,
    Scheduled,
    Held,
    Declined,
    /// By whoever had asked.
    Withdrawn,
}

impl State {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(code: &str) -> Result<Self, words::Wrong> {
        [Self::Asked, Self::Scheduled, Self::Held, Self::Declined, Self::Withdrawn]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| words::Wrong::new(format!("состояние «{code}»")))
    }

    pub const fn russian(self) -> &'static str {
        match self {
            Self::Asked => "Ждёт преподавателя",
            Self::Scheduled => "Назначено",
            Self::Held => "Проведено",
            Self::Declined => "Отказано",
            Self::Withdrawn => "Отозвано",
        }
    }

    pub fn tag(self) -> Markup {
        let tone = match self {
            Self::Asked => Tone::Warn,
            Self::Scheduled => Tone::Accent,
            Self::Held => Tone::Ok,
            Self::Declined | Self::Withdrawn => Tone::Plain,
        };
        parts::tag(tone, self.russian())
    }
}

pub(crate) const KINDS: [(&str, &str); 3] =
    [("consultation", "Консультация"), ("lesson", "Занятие"), ("seminar", "Семинар")];

#[derive(Clone, Debug)]
pub struct Meeting {
    pub id: Uuid,
    /// `consultation`, `lesson`, `seminar`
    pub kind: String,
    pub asked_by: Uuid,
    /// For one learner, or for a dated group.
    pub enrolment: Option<Uuid>,
    pub group: Option<Uuid>,
    pub topic: String,
    /// When it would suit, in the asker's words.
    pub wish: String,
    pub state: State,
    pub teacher: Option<Uuid>,
    pub starts: Option<Moment>,
    pub minutes: i64,
    /// A link, a telephone number, a room.
    pub place: String,
    /// Why it was declined.
    pub remark: String,
    pub at: Moment,
}

macro_rules! meetings {
    ($rest:literal) => {
        concat!(
            "select id, kind, asked_by, enrolment, study_group, topic, wish, state, teacher, starts_at, \
             coalesce(minutes, 0), place, remark, created_at from meeting ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Meeting> {
    Ok(Meeting {
        id: row.get(0)?,
        kind: row.get(1)?,
        asked_by: row.get(2)?,
        enrolment: row.get(3)?,
        group: row.get(4)?,
        topic: row.get(5)?,
        wish: row.get(6)?,
        state: row.parsed(7, State::parse)?,
        teacher: row.get(8)?,
        starts: row.get::<Option<i64>>(9)?.map(Moment),
        minutes: row.get(10)?,
        place: row.get(11)?,
        remark: row.get(12)?,
        at: Moment(row.get(13)?),
    })
}

impl Meeting {
    pub fn title(&self) -> &'static str {
        KINDS.iter().find(|(code, _)| *code == self.kind).map_or("Занятие", |(_, words)| words)
    }

    /// Any meeting: behind a staff door.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(meetings!("where id = ?1"), values![id], read)
    }

    /// A meeting that this teacher holds; another's is not found.
    pub fn of_teacher(db: &mut Db, teacher: Uuid, id: Uuid) -> Stored<Self> {
        db.one(meetings!("where id = ?1 and teacher = ?2"), values![id, teacher], read)
    }

    /// A meeting that concerns this person: asked by, for the own study, or for the own group.
    pub fn of_person(db: &mut Db, person: Uuid, id: Uuid) -> Stored<Self> {
        db.one(
            meetings!(
                "where id = ?1 and (asked_by = ?2 or teacher = ?2
                 or enrolment in (select e.id from enrolment e where e.person = ?2)
                 or study_group in (select e.study_group from enrolment e where e.person = ?2))"
            ),
            values![id, person],
            read,
        )
    }

    /// Of one learner's study, and of the group that it belongs to.
    pub fn of_enrolment(db: &mut Db, enrolment: &Enrolment) -> Stored<Vec<Self>> {
        db.all(
            meetings!("where enrolment = ?1 or study_group = ?2 order by created_at desc, id desc"),
            values![enrolment.id, enrolment.group],
            read,
        )
    }

    pub fn of_group(db: &mut Db, group: Uuid) -> Stored<Vec<Self>> {
        db.all(meetings!("where study_group = ?1 order by created_at desc, id desc"), values![group], read)
    }

    /// All, those that wait first; of one teacher where there is one.
    pub fn queue(db: &mut Db, teacher: Option<Uuid>) -> Stored<Vec<Self>> {
        db.all(
            meetings!(
                "where cast(?1 as bigint) = 1 or teacher = ?2
                 order by case state when 'asked' then 0 when 'scheduled' then 1 else 2 end, starts_at, created_at desc, id limit 300"
            ),
            values![i64::from(teacher.is_none()), teacher.unwrap_or_default()],
            read,
        )
    }

    /// The enrolments of those who have or had a meeting alone with this teacher.
    pub fn met_by(db: &mut Db, teacher: Uuid) -> Stored<Vec<Uuid>> {
        db.all(
            "select distinct enrolment from meeting
             where teacher = ?1 and enrolment is not null and state in ('scheduled', 'held') order by enrolment desc limit 300",
            values![teacher],
            |row| row.get(0),
        )
    }

    /// The learners whom it is for.
    pub fn learners(&self, db: &mut Db) -> Stored<Vec<(Enrolment, Person)>> {
        let enrolments = match (self.enrolment, self.group) {
            (Some(enrolment), _) => vec![Enrolment::find(db, enrolment)?],
            (None, Some(group)) => Enrolment::all_of_group(db, group)?,
            (None, None) => Vec::new(),
        };
        // Whoever has left is not written to and cannot have been there.
        enrolments
            .into_iter()
            .filter(|one| one.state != admissions::State::Expelled)
            .map(|one| {
                let person = Person::find(db, one.person)?;
                Ok((one, person))
            })
            .collect()
    }

    /// «Соколова Вера», or «группа ОТ-11»: whom it is for.
    pub fn whose(&self, db: &mut Db) -> Stored<String> {
        Ok(match (self.enrolment, self.group) {
            (Some(enrolment), _) => {
                let person = Enrolment::find(db, enrolment)?.person;
                Person::find(db, person)?.name.to_string()
            }
            (None, Some(group)) => format!("группа {}", Group::find(db, group)?.name),
            (None, None) => String::new(),
        })
    }

    /// Keeps a request.
    pub(crate) fn ask(work: &mut Work, asked: &Asked, by: Uuid) -> Stored<Uuid> {
        let (id, now) = (Uuid::now_v7(), work.now());
        work.run(
            "insert into meeting (id, kind, asked_by, enrolment, study_group, topic, wish, state, place, remark, created_at, changed_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'asked', '', '', ?8, ?8)",
            values![id, &asked.kind, by, asked.enrolment, asked.group, &asked.topic, &asked.wish, now],
        )?;
        work.note("meeting.asked", id)?;
        Ok(id)
    }

    /// The group is gone: what it had asked for stays as taken back.
    pub(crate) fn forget_group(work: &mut Work, group: Uuid) -> Stored<()> {
        work.run(
            "update meeting set study_group = null, state = case when state in ('asked', 'scheduled') then 'withdrawn' else state end
             where study_group = ?1",
            values![group],
        )?;
        Ok(())
    }

    /// Moves the meeting on; a decision made meanwhile by somebody else stands, and nothing is found.
    pub(crate) fn change(work: &mut Work, id: Uuid, from: State, to: State) -> Stored<()> {
        let now = work.now();
        let moved = work.run(
            "update meeting set state = ?3, changed_at = ?4 where id = ?1 and state = ?2",
            values![id, from.code(), to.code(), now],
        )?;
        if moved == 0 {
            return Err(Fault::Missing);
        }
        work.note_with("meeting.changed", id, Some(to.code()))
    }
}

/// A request as it was checked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub kind: String,
    pub topic: String,
    pub wish: String,
    pub enrolment: Option<Uuid>,
    pub group: Option<Uuid>,
}

/// Who is named beside a meeting.
pub(crate) fn teacher_of(db: &mut Db, meeting: &Meeting) -> Stored<Option<FullName>> {
    meeting.teacher.map(|teacher| Ok(Person::find(db, teacher)?.name)).transpose()
}
