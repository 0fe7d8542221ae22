//! The centre: how it is named in documents, where it is, who signs, how its work is set up (п. 3.2, 5.1).
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Stored, Work, values};
use web::Brand;

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

impl Centre {
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

    /// What stands on every page.
    pub fn brand(&self) -> Brand {
        Brand {
            name: self.brand.clone(),
            title: format!("{}, {}", self.short_name, self.city),
            licence: self.licence.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            lines: vec![
                format!("Лицензия {}", self.licence),
                format!("ИНН {}, ОГРН {}", self.inn, self.ogrn),
                self.address.clone(),
            ],
        }
    }
}
