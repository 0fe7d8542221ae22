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
}

/// Why not, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    AlreadyPassed,
    Expelled,
    /// Materials left to study.
    NotStudied(usize),
    /// The calendar graph does not allow it before this day.
    TooEarly(Day),
    /// After a failed attempt there is a pause until this day.
    Pause(Day),
    NoAttemptsLeft,
    /// Access ended on this day.
    AccessEnded(Day),
}

impl Refusal {
    pub fn sentence(&self, today: Day) -> String {
        match self {
            Self::AlreadyPassed => "Аттестация уже сдана".to_owned(),
            Self::Expelled => "Обучение прекращено. Напишите методисту".to_owned(),
            Self::NotStudied(left) => {
                format!("Откроется, когда изучите материалы: осталось {left}")
            }
            Self::TooEarly(day) => {
                format!("Откроется {}: раньше не позволяет учебный график", day.shown(today))
            }
            Self::Pause(day) => format!("Следующая попытка {}", day.shown(today)),
            Self::NoAttemptsLeft => {
                "Попытки кончились. Напишите методисту: он подскажет, что дальше".to_owned()
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
        () if used >= facts.attempts_allowed => Err(Refusal::NoAttemptsLeft),
        () if facts.today > facts.ends => Err(Refusal::AccessEnded(facts.ends)),
        () if done < all => Err(Refusal::NotStudied(all - done)),
        () if facts.today < earliest => Err(Refusal::TooEarly(earliest)),
        () => match after_pause {
            Some(day) if facts.today < day => Err(Refusal::Pause(day)),
            _ => Ok(used + 1),
        },
    }
}
