//! Days of the centre's calendar and moments of the server's clock.
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{Wrong, Zone};

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A calendar day, kept and compared as `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// `2026-11-22`, as browsers send it, or `22.11.2026`, as people write it.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let iso = match text.split('.').collect::<Vec<_>>()[..] {
            [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
            _ => text.to_owned(),
        };
        iso.parse().map(Self).map_err(|_| {
            let numbers = iso.len() == 10 && iso.chars().all(|c| c.is_ascii_digit() || c == '-');
            Wrong::new(if numbers {
                "Дата: такого дня в календаре нет"
            } else {
                "Дата: день, месяц и год, например 05.03.1984"
            })
        })
    }

    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    pub fn year(self) -> i16 {
        self.0.year()
    }

    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.days()))
    }

    /// Days from this day to `later`; negative when it was earlier.
    pub fn until(self, later: Self) -> i64 {
        self.0.until(later.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Whole years from this day to `later`.
    pub fn years_until(self, later: Self) -> i16 {
        let had = (later.0.month(), later.0.day()) >= (self.0.month(), self.0.day());
        later.0.year() - self.0.year() - i16::from(!had)
    }

    /// «22 ноября 2026 г.» of documents.
    pub fn in_words(self) -> String {
        format!("{}\u{a0}г.", self.in_full())
    }

    /// «22 ноября 2026»
    pub fn in_full(self) -> String {
        format!("{}\u{a0}{} {}", self.0.day(), self.month(), self.0.year())
    }

    /// «22 ноября», with the year when it is not this year.
    pub fn shown(self, today: Self) -> String {
        if self.year() == today.year() {
            format!("{}\u{a0}{}", self.0.day(), self.month())
        } else {
            self.in_full()
        }
    }

    /// `22.11.2026`
    pub fn dotted(self) -> String {
        format!("{:02}.{:02}.{}", self.0.day(), self.0.month(), self.0.year())
    }

    pub fn day(self) -> i8 {
        self.0.day()
    }

    fn month(self) -> &'static str {
        MONTHS[usize::from(self.0.month().unsigned_abs()) - 1]
    }

    /// First three letters of the month.
    pub fn month_short(self) -> String {
        self.month().chars().take(3).collect()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}
impl TryFrom<String> for Day {
    type Error = Wrong;
    fn try_from(text: String) -> Result<Self, Wrong> {
        Self::parse(&text)
    }
}

/// A moment of the server's clock: unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub i64);

impl Moment {
    /// The day in the centre's time zone.
    pub fn day(self) -> Day {
        Day(self.zoned().date())
    }

    /// «14:07» in the centre's time zone.
    pub fn time(self) -> String {
        self.zoned().strftime("%H:%M").to_string()
    }

    /// «сегодня» as the time, «вчера», else the day.
    pub fn shown(self, now: Self) -> String {
        match self.day().until(now.day()) {
            0 => self.time(),
            1 => format!("вчера, {}", self.time()),
            _ => format!("{}, {}", self.day().shown(now.day()), self.time()),
        }
    }

    /// The midnight with which `day` begins in the centre's time zone.
    pub fn midnight(day: Day) -> Self {
        day.0.to_zoned(Zone::ours().rules()).map_or(Self(0), |zoned| Self(zoned.timestamp().as_millisecond()))
    }

    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * 60_000)
    }

    pub fn plus_days(self, days: i64) -> Self {
        self.plus_minutes(days * 24 * 60)
    }

    /// `2026-11-22T14:07:00+03:00`, for `<time datetime>`.
    pub fn iso(self) -> String {
        self.zoned().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// `20261122T110700Z`, as calendars want it (RFC 5545, 3.3.5).
    pub fn utc_stamp(self) -> String {
        let at = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn zoned(self) -> jiff::Zoned {
        let at = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(Zone::ours().rules())
    }
}

/// Where time comes from: the system, or a hand that tests and the demonstration turn.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Self {
        Self(None)
    }

    pub fn at(moment: Moment) -> Self {
        Self(Some(Arc::new(AtomicI64::new(moment.0))))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    pub fn now(&self) -> Moment {
        Moment(
            self.0
                .as_ref()
                .map_or_else(|| Timestamp::now().as_millisecond(), |hand| hand.load(Ordering::SeqCst)),
        )
    }

    /// Turns the hand; the system's clock cannot be turned.
    pub fn set(&self, moment: Moment) {
        if let Some(hand) = &self.0 {
            hand.store(moment.0, Ordering::SeqCst);
        }
    }
}
