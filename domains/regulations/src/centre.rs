//! The centre: how it is named in documents, where it is, who signs, how its work is set up (п. 3.2, 5.1).
use files::Hash;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use web::{Brand, Colour};
use words::{Day, ZONES, Zone};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    /// «Автономная некоммерческая организация … „Учебный центр …“»
    pub full_name: String,
    /// «АНО ДПО „…“»
    pub short_name: String,
    /// One word for the header.
    pub brand: String,
    /// «в …», for certificates: «прошла повышение квалификации в …»
    pub name_locative: String,
    pub inn: String,
    pub kpp: String,
    pub ogrn: String,
    pub licence: String,
    pub city: String,
    pub address: String,
    /// Where education takes place in law's eyes: the centre's own place (п. 3.2).
    pub place: String,
    pub phone: String,
    pub email: String,
    pub director: Signatory,
    pub secretary: Signatory,
    pub closing: Closing,
    /// After so many days an accepted copy of a passport is removed.
    #[serde(default = "a_month")]
    pub scans_days: i64,
    /// Who signs instead of the head for a time.
    #[serde(default)]
    pub acting: Option<Acting>,
    /// Whom learners ask, from any of their pages; empty: the centre itself.
    #[serde(default)]
    pub curator: Curator,
    /// For so many days after a result a learner may appeal.
    #[serde(default = "three_days")]
    pub appeal_days: i64,
    /// A set of materials is attached to a letter up to so many megabytes; a larger one goes as personal links.
    #[serde(default = "ten_megabytes")]
    pub letter_megabytes: i64,
    /// A name of the database of time zones.
    #[serde(default = "moscow")]
    pub zone: String,
    #[serde(default)]
    pub storage: Storage,
    /// The organisation's own colour, `#1f6b4f`; empty: ours.
    #[serde(default)]
    pub accent: String,
    /// The hash of the organisation's sign; empty: ours.
    #[serde(default)]
    pub logo: String,
    /// Whether documents are printed on blanks, each of which is accounted for.
    #[serde(default)]
    pub blanks: bool,
    /// Whoever studies for a diploma meanwhile gets the document of a programme together with it (273-ФЗ, ст. 76).
    #[serde(default = "yes")]
    pub with_diploma: bool,
}

/// «Анна Лаптева», with the way to reach her.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Curator {
    pub name: String,
    pub phone: String,
    pub email: String,
}

/// The head's duties given to an official by order for a period (п. 5.1, 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    pub signatory: Signatory,
    /// «№ 7-К от 01.11.2026»
    pub order: String,
    pub since: Day,
    pub until: Day,
}

/// For how many years papers are kept; they are destroyed only by act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Personal files, orders, the register.
    pub personal: i64,
    /// Protocols and sheets of attestation.
    pub protocols: i64,
    pub contracts: i64,
    /// The journal of access to personal data.
    pub journal: i64,
}

impl Default for Storage {
    fn default() -> Self {
        Self { personal: 75, protocols: 10, contracts: 5, journal: 3 }
    }
}

const fn yes() -> bool {
    true
}

fn moscow() -> String {
    ZONES[0].name.to_owned()
}

const fn a_month() -> i64 {
    30
}

const fn three_days() -> i64 {
    3
}

const fn ten_megabytes() -> i64 {
    10
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// «Директор»
    pub post: String,
    /// «Е. И. Воронцов»
    pub short_name: String,
}

/// When a protocol is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// By a scheduled job at the end of the day.
    EndOfDay,
    /// In the moment of the result.
    AtOnce,
    ByHand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demonstration {
    None,
    /// Its filling was cut short.
    Half,
    Whole,
}

/// The first, unless nothing was written there.
fn or(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { first.to_owned() }
}

impl Centre {
    /// Who signs on this day: the head, or whoever acts for the head.
    pub fn head_on(&self, day: Day) -> &Signatory {
        match &self.acting {
            Some(acting) if acting.since <= day && day <= acting.until => &acting.signatory,
            _ => &self.director,
        }
    }

    pub fn load(db: &mut Db) -> Stored<Self> {
        db.one("select data from centre where id = 'centre'", &[], |row| row.json(0))
    }

    pub fn save(&self, work: &mut Work) -> Stored<()> {
        let (data, now) = (serde_json::to_string(self).map_err(Fault::data)?, work.now());
        work.run(
            "insert into centre (id, data, changed_at) values ('centre', ?1, ?2)
             on conflict (id) do update set data = excluded.data, changed_at = excluded.changed_at",
            values![data, now],
        )?;
        work.note("centre.changed", uuid::Uuid::nil())
    }

    /// Whether this centre is a demonstration: none, one that is being filled, or one that is whole. A real centre is never
    /// served as one: a demonstration shows its letters to everybody.
    pub fn demonstration(db: &mut Db) -> Stored<Demonstration> {
        let mark =
            db.maybe("select data from centre where id = 'demonstration'", &[], |row| row.get::<String>(0))?;
        Ok(match mark.as_deref() {
            None => Demonstration::None,
            Some("whole") => Demonstration::Whole,
            Some(_) => Demonstration::Half,
        })
    }

    pub fn mark_demonstration(work: &mut Work, whole: bool) -> Stored<()> {
        let (mark, now) = (if whole { "whole" } else { "half" }, work.now());
        work.run(
            "insert into centre (id, data, changed_at) values ('demonstration', ?1, ?2)
             on conflict (id) do update set data = excluded.data, changed_at = excluded.changed_at",
            values![mark, now],
        )?;
        Ok(())
    }

    /// What stands on every page.
    pub fn brand(&self) -> Brand {
        Brand {
            name: self.brand.clone(),
            title: format!("{}, {}", self.short_name, self.city),
            licence: self.licence.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            curator: self.curator.name.clone(),
            curator_phone: or(&self.curator.phone, &self.phone),
            curator_email: or(&self.curator.email, &self.email),
            accent: Colour::parse(&self.accent),
            logo: Hash::parse(&self.logo),
            zone: Some(Zone::named(&self.zone)),
            lines: vec![
                format!("Лицензия {}", self.licence),
                format!("ИНН {}, ОГРН {}", self.inn, self.ogrn),
                self.address.clone(),
            ],
        }
    }
}
