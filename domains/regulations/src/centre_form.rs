//! The form of the centre's data: the same at the set-up and in the settings.
use maud::{Markup, html};
use serde::Deserialize;
use web::{Messages, parts};
use words::{Email, Inn, Ogrn, Phone, ZONES};

use crate::{Centre, Closing, Curator, Signatory, Storage};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Form {
    full_name: String,
    short_name: String,
    brand: String,
    name_locative: String,
    inn: String,
    kpp: String,
    ogrn: String,
    licence: String,
    city: String,
    address: String,
    place: String,
    phone: String,
    email: String,
    director_post: String,
    director: String,
    secretary_post: String,
    secretary: String,
    closing: String,
    scans_days: String,
    with_diploma: String,
    curator: String,
    curator_phone: String,
    curator_email: String,
    appeal_days: String,
    letter_megabytes: String,
    zone: String,
    personal_years: String,
    protocols_years: String,
    contracts_years: String,
    journal_years: String,
}

const CLOSINGS: [(&str, &str); 3] = [
    ("end_of_day", "Сами, в конце дня"),
    ("at_once", "Сразу после каждого результата"),
    ("by_hand", "Вручную, методистом"),
];

/// In force first (273-ФЗ, ст. 76, ч. 16).
const WITH_DIPLOMA: [(&str, &str); 2] =
    [("with_diploma", "Вместе с дипломом об образовании"), ("at_once", "По завершении программы")];

impl Form {
    /// What a new centre most often chooses.
    pub(crate) fn first() -> Self {
        let word = str::to_owned;
        Self {
            director_post: word("Директор"),
            secretary_post: word("Секретарь"),
            closing: word("end_of_day"),
            with_diploma: word(WITH_DIPLOMA[0].0),
            zone: word(ZONES[0].name),
            ..Self::default()
        }
    }

    pub(crate) fn of(centre: &Centre) -> Self {
        let closing = match centre.closing {
            Closing::EndOfDay => "end_of_day",
            Closing::AtOnce => "at_once",
            Closing::ByHand => "by_hand",
        };
        let centre = centre.clone();
        let full_name = centre.full_name;
        Self {
            full_name: full_name.clone(),
            short_name: centre.short_name,
            brand: centre.brand,
            // What we declined ourselves is declined anew when the name changes.
            name_locative: Some(centre.name_locative)
                .filter(|name| locative(&full_name).as_ref() != Some(name))
                .unwrap_or_default(),
            inn: centre.inn,
            kpp: centre.kpp,
            ogrn: centre.ogrn,
            licence: centre.licence,
            city: centre.city,
            address: centre.address,
            place: centre.place,
            phone: centre.phone,
            email: centre.email,
            director_post: centre.director.post,
            director: centre.director.short_name,
            secretary_post: centre.secretary.post,
            secretary: centre.secretary.short_name,
            closing: closing.to_owned(),
            scans_days: centre.scans_days.to_string(),
            with_diploma: WITH_DIPLOMA[usize::from(!centre.with_diploma)].0.to_owned(),
            curator: centre.curator.name,
            curator_phone: centre.curator.phone,
            curator_email: centre.curator.email,
            appeal_days: centre.appeal_days.to_string(),
            letter_megabytes: centre.letter_megabytes.to_string(),
            zone: centre.zone,
            personal_years: centre.storage.personal.to_string(),
            protocols_years: centre.storage.protocols.to_string(),
            contracts_years: centre.storage.contracts.to_string(),
            journal_years: centre.storage.journal.to_string(),
        }
    }

    /// The centre, or what is wrong beside the fields.
    pub(crate) fn check(&self) -> Result<Centre, Messages> {
        let mut said = Messages::none();
        let full_name = said.text("full_name", &self.full_name, "Полное название", 300);
        let short_name = said.text("short_name", &self.short_name, "Краткое название", 120);
        let brand = said.text("brand", &self.brand, "Название для шапки", 24);
        let name_locative = match locative(&self.full_name) {
            Some(ready) if self.name_locative.trim().is_empty() => Some(ready),
            _ => said.text("name_locative", &self.name_locative, "Название в предложном падеже", 300),
        };
        let inn = said.take("inn", Inn::parse(&self.inn));
        let kpp: String = self.kpp.split_whitespace().collect();
        if inn.as_ref().is_some_and(|inn| inn.digits().len() == 10) && !is_kpp(&kpp) {
            said.say("kpp", "КПП: 9 цифр, проверьте знаки");
        }
        let ogrn = said.take("ogrn", Ogrn::parse(&self.ogrn));
        let licence = said.text("licence", &self.licence, "Лицензия", 120);
        let city = said.text("city", &self.city, "Город", 80);
        let address = said.text("address", &self.address, "Адрес", 250);
        let place = if self.place.trim().is_empty() {
            address.clone()
        } else {
            said.text("place", &self.place, "Место осуществления деятельности", 250)
        };
        // As it was typed: where the code of a city ends only its people know.
        let phone = said.take("phone", Phone::parse(&self.phone)).map(|_| self.phone.trim().to_owned());
        let email = said.take("email", Email::parse(&self.email));
        let director =
            signatory(&mut said, ("director_post", &self.director_post), ("director", &self.director));
        let secretary =
            signatory(&mut said, ("secretary_post", &self.secretary_post), ("secretary", &self.secretary));
        let closing = match self.closing.as_str() {
            "end_of_day" => Some(Closing::EndOfDay),
            "at_once" => Some(Closing::AtOnce),
            "by_hand" => Some(Closing::ByHand),
            _ => {
                said.say("closing", "Когда закрывать протоколы: выберите");
                None
            }
        };
        let with_diploma = WITH_DIPLOMA.iter().position(|(code, _)| *code == self.with_diploma);
        if with_diploma.is_none() {
            said.say("with_diploma", "Тем, кто ещё учится: выберите, когда выдавать документ");
        }
        let with_diploma = with_diploma.map(|place| place == 0);
        let curator = self.curator(&mut said);
        let appeal_days = number(&mut said, "appeal_days", "Апелляция", &self.appeal_days, 3, 0..=30);
        let letter_megabytes =
            number(&mut said, "letter_megabytes", "Материалы в письме", &self.letter_megabytes, 10, 1..=25);
        let scans_days =
            number(&mut said, "scans_days", "Хранить копии паспортов", &self.scans_days, 30, 1..=3650);
        let storage = self.storage(&mut said);
        let zone = ZONES.iter().find(|zone| zone.name == self.zone);
        if zone.is_none() {
            said.say("zone", "Время центра: выберите");
        }
        let whole = || {
            Some(Centre {
                full_name: full_name?,
                short_name: short_name?,
                brand: brand?,
                name_locative: name_locative?,
                inn: inn?.digits().to_owned(),
                kpp,
                ogrn: ogrn?.digits().to_owned(),
                licence: licence?,
                city: city?,
                address: address?,
                place: place?,
                phone: phone?,
                email: email?.as_str().to_owned(),
                director: director?,
                secretary: secretary?,
                closing: closing?,
                scans_days: scans_days?,
                acting: None,
                curator: curator?,
                appeal_days: appeal_days?,
                letter_megabytes: letter_megabytes?,
                zone: zone?.name.to_owned(),
                storage: storage?,
                accent: String::new(),
                logo: String::new(),
                blanks: false,
                with_diploma: with_diploma?,
            })
        };
        if said.is_empty() { whole().ok_or(said) } else { Err(said) }
    }

    fn curator(&self, said: &mut Messages) -> Option<Curator> {
        let phone = match self.curator_phone.trim() {
            "" => Some(String::new()),
            text => said.take("curator_phone", Phone::parse(text)).map(|_| text.to_owned()),
        };
        let email = match self.curator_email.trim() {
            "" => Some(String::new()),
            text => said.take("curator_email", Email::parse(text)).map(|email| email.as_str().to_owned()),
        };
        Some(Curator { name: self.curator.trim().chars().take(80).collect(), phone: phone?, email: email? })
    }

    fn storage(&self, said: &mut Messages) -> Option<Storage> {
        let usual = Storage::default();
        let mut years = |field, label, text: &str, usual| number(said, field, label, text, usual, 1..=100);
        let personal = years("personal_years", "Личные дела", &self.personal_years, usual.personal);
        let protocols = years("protocols_years", "Протоколы", &self.protocols_years, usual.protocols);
        let contracts = years("contracts_years", "Договоры", &self.contracts_years, usual.contracts);
        let journal = years("journal_years", "Журнал", &self.journal_years, usual.journal);
        Some(Storage { personal: personal?, protocols: protocols?, contracts: contracts?, journal: journal? })
    }

    pub(crate) fn fields(&self, said: &Messages) -> Markup {
        let field = |name, label, value| parts::field(name, label, value).told(said);
        let years = |name, label, value| field(name, label, value).optional().digits().longest(3);
        let zones = ZONES.map(|zone| (zone.name, zone.shown()));
        let zones: Vec<_> = zones.iter().map(|(name, shown)| (*name, shown.as_str())).collect();
        html! {
            h2 { "Название" }
            (field("full_name", "Полное название", &self.full_name).longest(300).tip("Как в уставе: с ним печатаются приказы и документы"))
            (field("name_locative", "Оно же в предложном падеже", &self.name_locative).optional().longest(300)
                .tip("Где учились? «Автономной некоммерческой организации…», без предлога. Оставьте пустым, если название начинается с обычной формы: просклоняем сами"))
            div.pair {
                (field("short_name", "Краткое название", &self.short_name).longest(120).tip("АНО ДПО «Меридиан»"))
                (field("brand", "Для шапки сайта", &self.brand).longest(24).tip("Одно-два слова: Меридиан"))
            }
            h2 { "Реквизиты" }
            div.pair {
                (field("inn", "ИНН", &self.inn).digits())
                (field("kpp", "КПП", &self.kpp).optional().longest(9).tip("У предпринимателя его нет"))
            }
            (field("ogrn", "ОГРН", &self.ogrn).digits())
            (field("licence", "Лицензия", &self.licence).longest(120).tip("№ Л035-01234-33/00000000 от 14 марта 2024 г."))
            h2 { "Адрес и связь" }
            (field("city", "Город", &self.city).longest(80).tip("Как в документах: г. Владимир"))
            (field("address", "Адрес с индексом", &self.address).longest(250))
            (field("place", "Место осуществления деятельности", &self.place).optional().longest(250)
                .tip("По закону это место нахождения центра, где бы ни был слушатель. Пусто — тот же адрес"))
            div.pair {
                (field("phone", "Телефон", &self.phone).kind("tel"))
                (field("email", "Почта", &self.email).kind("email"))
            }
            (parts::select("zone", "Время центра", &zones, &self.zone, said))
            h2 { "Кто подписывает" }
            div.pair {
                (field("director_post", "Должность руководителя", &self.director_post).longest(120).tip("Директор"))
                (field("director", "Инициалы и фамилия", &self.director).longest(80).tip("Е. И. Воронцов"))
            }
            div.pair {
                (field("secretary_post", "Должность секретаря", &self.secretary_post).longest(120).tip("Секретарь"))
                (field("secretary", "Инициалы и фамилия", &self.secretary).longest(80).tip("А. С. Лаптева"))
            }
            (parts::choices("closing", "Протоколы аттестации закрывать", &CLOSINGS, &self.closing, said))
            (parts::choices("with_diploma", "Тем, кто ещё учится в вузе или колледже, выдавать удостоверение или диплом", &WITH_DIPLOMA, &self.with_diploma, said))
            h2 { "Кого спрашивать слушателям" }
            (field("curator", "Куратор", &self.curator).optional().longest(80).tip("Имя и фамилия. Виден на каждой странице слушателя; без него — телефон и почта центра"))
            div.pair {
                (field("curator_phone", "Телефон куратора", &self.curator_phone).optional().kind("tel"))
                (field("curator_email", "Почта куратора", &self.curator_email).optional().kind("email"))
            }
            h2 { "Сроки" }
            (field("appeal_days", "Апелляцию принимать, дней после результата", &self.appeal_days).optional().digits().longest(2).tip("Обычно 3"))
            (field("letter_megabytes", "Вкладывать материалы в письмо до, МБ", &self.letter_megabytes).optional().digits().longest(2).tip("Обычно 10. Больший комплект уйдёт личными ссылками"))
            (field("scans_days", "Копию паспорта и снимок удалять через, дней после проверки", &self.scans_days).optional().digits().longest(4).tip("Обычно 30. Останется отметка «сверено, копия не хранится»"))
            h2 { "Сколько лет хранить" }
            p.small.muted { "Сроки стоят в описи личного дела. Уничтожают бумаги только по акту, сама программа их не удаляет." }
            div.pair {
                (years("personal_years", "Личные дела, приказы, книга регистрации", &self.personal_years).tip("Обычно 75"))
                (years("protocols_years", "Протоколы аттестации", &self.protocols_years).tip("Обычно 10"))
            }
            div.pair {
                (years("contracts_years", "Договоры", &self.contracts_years).tip("Обычно 5"))
                (years("journal_years", "Журнал обращений к данным", &self.journal_years).tip("Обычно 3"))
            }
        }
    }
}

/// A whole number within bounds; what is usual where nothing was written.
fn number(
    said: &mut Messages,
    field: &'static str,
    label: &str,
    text: &str,
    usual: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let number = match text.trim() {
        "" => Some(usual),
        text => text.parse().ok().filter(|number| bounds.contains(number)),
    };
    if number.is_none() {
        said.say(field, format!("{label}: от {} до {}", bounds.start(), bounds.end()));
    }
    number
}

fn signatory(
    said: &mut Messages,
    (post_field, post): (&'static str, &str),
    (name_field, name): (&'static str, &str),
) -> Option<Signatory> {
    let post = said.text(post_field, post, "Должность", 120);
    let name = said.text(name_field, name, "Инициалы и фамилия", 80);
    Some(Signatory { post: post?, short_name: name? })
}

/// Four digits of the tax office, two of the reason (digits or capitals), three of the row.
fn is_kpp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 9
        && bytes.iter().enumerate().all(|(place, byte)| {
            byte.is_ascii_digit() || (place == 4 || place == 5) && byte.is_ascii_uppercase()
        })
}

/// The usual forms of organisation in the prepositional case; what follows them in a name is not declined.
const FORMS: [(&str, &str); 9] = [
    ("автономная некоммерческая организация", "Автономной некоммерческой организации"),
    ("частное образовательное учреждение", "Частном образовательном учреждении"),
    ("частное учреждение", "Частном учреждении"),
    ("негосударственное образовательное учреждение", "Негосударственном образовательном учреждении"),
    ("общество с ограниченной ответственностью", "Обществе с ограниченной ответственностью"),
    ("акционерное общество", "Акционерном обществе"),
    ("государственное бюджетное учреждение", "Государственном бюджетном учреждении"),
    ("учебный центр", "Учебном центре"),
    ("учебно-методический центр", "Учебно-методическом центре"),
];

/// «Автономная некоммерческая организация „…“» → «Автономной некоммерческой организации „…“».
fn locative(full_name: &str) -> Option<String> {
    let name = full_name.trim();
    let lower = name.to_lowercase();
    let (form, declined) = FORMS.iter().find(|(form, _)| lower.starts_with(form))?;
    let rest: String = name.chars().skip(form.chars().count()).collect();
    Some(format!("{declined}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::locative;

    #[test]
    fn a_usual_form_of_organisation_is_declined_and_the_rest_is_kept() {
        let centre =
            "Автономная некоммерческая организация дополнительного профессионального образования «Вектор»";
        assert_eq!(
            locative(centre).as_deref(),
            Some(
                "Автономной некоммерческой организации дополнительного профессионального образования «Вектор»"
            )
        );
        assert_eq!(locative("Вектор"), None);
    }
}
