//! Who may sit the final attestation, and from when. Pure.
use words::Day;

/// What the rule looks at.
#[derive(Clone, Debug)]
pub struct Facts {
    pub today: Day,
    pub starts: Day,
    pub ends: Day,
    /// Days of study by the calendar graph.
    pub days: i64,
    /// Obligatory materials studied, of all.
    pub studied: (usize, usize),
    /// Days on which earlier attempts ended, the first first.
    pub attempts: Vec<Day>,
    pub attempts_allowed: i64,
    pub pause_days: i64,
    pub passed: bool,
    pub expelled: bool,
    /// Modules whose intermediate attestation is not passed yet (п. 4.3.5).
    pub modules_left: usize,
    /// Per cent that a rehearsal must have come to, and the best so far, where the package asks for one.
    pub rehearsal: Option<(i64, Option<i64>)>,
    /// The order of enrolment waits for the head's signature.
    pub held: bool,
    /// The first and the last day on which attempts begin, where the package names them.
    pub window: (Option<Day>, Option<Day>),
}

/// What the rule of a module's attestation looks at.
#[derive(Clone, Debug)]
pub struct ModuleFacts {
    pub today: Day,
    pub starts: Day,
    pub ends: Day,
    /// Obligatory materials of the module studied, of all.
    pub studied: (usize, usize),
    pub passed: bool,
    pub expelled: bool,
    pub held: bool,
}

/// Why not, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    AlreadyPassed,
    Expelled,
    /// Materials left to study.
    NotStudied(usize),
    /// Intermediate attestations left to pass.
    ModulesLeft(usize),
    /// A rehearsal that comes to so many percent is missing; the best so far.
    NotRehearsed(i64, Option<i64>),
    /// The order of enrolment is not signed yet.
    Held,
    /// Study has not begun.
    NotBegun(Day),
    /// The calendar graph does not allow it before this day.
    TooEarly(Day),
    /// After a failed attempt there is a pause until this day.
    Pause(Day),
    NoAttemptsLeft,
    /// Access ended on this day.
    AccessEnded(Day),
    /// The package opens on this day.
    NotOpen(Day),
    /// The last day of the package was this one.
    Closed(Day),
}

impl Refusal {
    pub fn sentence(&self, today: Day) -> String {
        match self {
            Self::AlreadyPassed => "Аттестация уже сдана".to_owned(),
            Self::Expelled => "Обучение прекращено. Напишите методисту".to_owned(),
            Self::NotStudied(left) => {
                format!("Откроется, когда изучите материалы: осталось {left}")
            }
            Self::ModulesLeft(left) => {
                format!("Откроется, когда пройдёте промежуточную аттестацию: осталось модулей {left}")
            }
            Self::NotRehearsed(needed, best) => {
                let best = best.map(|best| format!(" Лучшая пока {best}\u{a0}%")).unwrap_or_default();
                format!("Откроется после репетиции не хуже {needed}\u{a0}%.{best}")
                    .trim_end_matches('.')
                    .to_owned()
            }
            Self::Held => "Откроется, когда руководитель подпишет приказ о зачислении".to_owned(),
            Self::NotBegun(day) => format!("Обучение начнётся {}", day.shown(today)),
            Self::TooEarly(day) => {
                format!("Откроется {}: раньше не позволяет учебный график", day.shown(today))
            }
            Self::Pause(day) => format!("Следующая попытка {}", day.shown(today)),
            Self::NoAttemptsLeft => {
                "Попытки кончились. Напишите методисту: он подскажет, что дальше".to_owned()
            }
            Self::NotOpen(day) => format!("Аттестация откроется {}", day.shown(today)),
            Self::Closed(day) => {
                format!("Аттестация была открыта до {}. Напишите методисту", day.in_words())
            }
            Self::AccessEnded(day) => {
                format!("Доступ закончился {}. Напишите методисту о продлении", day.shown(today))
            }
        }
    }
}

/// The attempt's number, from 1, or why there is none. The order of the checks is the order in which a person can act.
pub fn admit(facts: &Facts) -> Result<i64, Refusal> {
    let used = i64::try_from(facts.attempts.len()).unwrap_or(i64::MAX);
    let (done, all) = facts.studied;
    // Study begins on the first day, so a programme of two days may be finished on the second.
    let earliest = facts.starts.plus(facts.days.max(1) - 1);
    let after_pause = facts.attempts.last().map(|last| last.plus(facts.pause_days));
    match () {
        () if facts.passed => Err(Refusal::AlreadyPassed),
        () if facts.expelled => Err(Refusal::Expelled),
        () if facts.held => Err(Refusal::Held),
        () if facts.today < facts.starts => Err(Refusal::NotBegun(facts.starts)),
        () if used >= facts.attempts_allowed => Err(Refusal::NoAttemptsLeft),
        () if facts.today > facts.ends => Err(Refusal::AccessEnded(facts.ends)),
        () if let (_, Some(last)) = facts.window
            && facts.today > last =>
        {
            Err(Refusal::Closed(last))
        }
        () if done < all => Err(Refusal::NotStudied(all - done)),
        () if facts.modules_left > 0 => Err(Refusal::ModulesLeft(facts.modules_left)),
        () if let Some((needed, best)) = facts.rehearsal
            && best.is_none_or(|best| best < needed) =>
        {
            Err(Refusal::NotRehearsed(needed, best))
        }
        () if facts.today < earliest => Err(Refusal::TooEarly(earliest)),
        () if let (Some(first), _) = facts.window
            && facts.today < first =>
        {
            Err(Refusal::NotOpen(first))
        }
        () => match after_pause {
            Some(day) if facts.today < day => Err(Refusal::Pause(day)),
            _ => Ok(used + 1),
        },
    }
}

/// Whether the intermediate attestation of a module may begin: as often as it takes, once its materials are studied.
pub fn admit_to_module(facts: &ModuleFacts) -> Result<(), Refusal> {
    let (done, all) = facts.studied;
    match () {
        () if facts.passed => Err(Refusal::AlreadyPassed),
        () if facts.expelled => Err(Refusal::Expelled),
        () if facts.held => Err(Refusal::Held),
        () if facts.today < facts.starts => Err(Refusal::NotBegun(facts.starts)),
        () if facts.today > facts.ends => Err(Refusal::AccessEnded(facts.ends)),
        () if done < all => Err(Refusal::NotStudied(all - done)),
        () => Ok(()),
    }
}
