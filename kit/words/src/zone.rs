//! The centre's time zone: each day and hour shown, counted and ordered is the centre's own.
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::tz::{self, TimeZone};

/// A zone of Russia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// As in the database of time zones: `Asia/Omsk`.
    pub name: &'static str,
    /// «омск»: what «омское» and «омскому» begin with.
    stem: &'static str,
    /// Hours before Greenwich, where there is no database of time zones.
    hours: i8,
}

const fn zone(name: &'static str, stem: &'static str, hours: i8) -> Zone {
    Zone { name, stem, hours }
}

/// All zones of Russia; the first is what a centre has that chose none.
pub const ZONES: [Zone; 11] = [
    zone("Europe/Moscow", "московск", 3),
    zone("Europe/Kaliningrad", "калининградск", 2),
    zone("Europe/Samara", "самарск", 4),
    zone("Asia/Yekaterinburg", "екатеринбургск", 5),
    zone("Asia/Omsk", "омск", 6),
    zone("Asia/Krasnoyarsk", "красноярск", 7),
    zone("Asia/Irkutsk", "иркутск", 8),
    zone("Asia/Yakutsk", "якутск", 9),
    zone("Asia/Vladivostok", "владивостокск", 10),
    zone("Asia/Magadan", "магаданск", 11),
    zone("Asia/Kamchatka", "камчатск", 12),
];

/// The place in [`ZONES`] of the process's one centre.
static OURS: AtomicUsize = AtomicUsize::new(0);

impl Zone {
    /// The zone of the centre.
    pub fn ours() -> Self {
        ZONES[OURS.load(Ordering::Relaxed)]
    }

    /// The zone of that name; the first for a name of no zone.
    pub fn named(name: &str) -> Self {
        ZONES.into_iter().find(|zone| zone.name == name).unwrap_or(ZONES[0])
    }

    /// Makes it the zone of the centre, for every page and job of this process from now on.
    pub fn keep(self) {
        let place = ZONES.iter().position(|zone| *zone == self).unwrap_or_default();
        OURS.store(place, Ordering::Relaxed);
    }

    /// «московское»
    pub fn neuter(self) -> String {
        format!("{}ое", self.stem)
    }

    /// «по московскому времени»
    pub fn by(self) -> String {
        format!("по {}ому времени", self.stem)
    }

    /// «московское, UTC+3»
    pub fn shown(self) -> String {
        format!("{}, UTC+{}", self.neuter(), self.hours)
    }

    pub(crate) fn rules(self) -> TimeZone {
        TimeZone::get(self.name).unwrap_or_else(|_| TimeZone::fixed(tz::offset(self.hours)))
    }
}

#[cfg(test)]
mod tests {
    use super::{ZONES, Zone};
    use crate::Moment;

    #[test]
    fn a_centre_lives_by_its_own_zone() {
        // 22 November 2026, 22:30 in Greenwich.
        let late = Moment(1_795_386_600_000);
        assert_eq!((late.day().dotted().as_str(), late.time().as_str()), ("23.11.2026", "01:30"));
        Zone::named("Asia/Kamchatka").keep();
        assert_eq!((late.day().dotted().as_str(), late.time().as_str()), ("23.11.2026", "10:30"));
        assert_eq!(Moment::midnight(late.day()).time(), "00:00");
        assert_eq!(Zone::ours().by(), "по камчатскому времени");
        Zone::named("Europe/Kaliningrad").keep();
        assert_eq!((late.day().dotted().as_str(), late.time().as_str()), ("23.11.2026", "00:30"));
        for zone in ZONES {
            assert_eq!(
                zone.rules()
                    .to_offset(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(490_000)),
                jiff::tz::offset(zone.hours),
                "{}",
                zone.name
            );
        }
        ZONES[0].keep();
    }
}
