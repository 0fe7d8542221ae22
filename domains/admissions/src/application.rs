//! An application: what the law and the certificate want of a person, checked (domain reference 2.2).
use programmes::Kind;
use serde::{Deserialize, Serialize};
use web::Messages;
use words::{Day, Email, FullName, Inn, Phone, Sex, Snils};

/// What the browser sent, word for word.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    pub family: String,
    pub given: String,
    pub patronymic: String,
    pub sex: String,
    pub birthday: String,
    pub snils: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub passport: String,
    pub education: String,
    pub education_place: String,
    pub diploma_family: String,
    pub diploma_series: String,
    pub diploma_number: String,
    pub position: String,
    pub employer: String,
    pub employer_inn: String,
}

/// Level of education, in the words of the federal registry's list; whoever is still receiving it is admitted too (273-ФЗ,
/// ст. 76).
pub const EDUCATION: [(&str, &str); 4] = [
    ("higher", "Высшее образование"),
    ("vocational", "Среднее профессиональное образование"),
    ("higher-awaited", "Получаю высшее образование сейчас"),
    ("vocational-awaited", "Получаю среднее профессиональное образование сейчас"),
];

/// What stands after the level in the form where the diploma is still to come.
const AWAITED: &str = "-awaited";

/// A checked application. Kept as JSON with the application, so that papers of later years say what was said then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub name: FullName,
    pub sex: Sex,
    pub birthday: Day,
    /// Eleven digits.
    pub snils: String,
    /// Empty where a list did not give one.
    pub phone: String,
    /// Empty for whoever came to the office without one.
    pub email: String,
    pub address: String,
    pub passport: String,
    pub education: Option<Education>,
    pub work: Option<Workplace>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Education {
    /// `higher`, `vocational`
    pub level: String,
    /// Whether the diploma is there; else the person studies for it.
    #[serde(default = "there")]
    pub received: bool,
    /// Where the person studies for it; empty when it is there.
    #[serde(default)]
    pub place: String,
    pub family: String,
    pub series: String,
    pub number: String,
}

const fn there() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workplace {
    pub position: String,
    pub employer: String,
    pub employer_inn: String,
}

impl Form {
    /// The answers of an application, to be looked at again.
    pub(crate) fn of(application: &Application) -> Self {
        let Application { name, education, work, .. } = application.clone();
        let education = education.unwrap_or(Education {
            level: String::new(),
            received: true,
            place: String::new(),
            family: String::new(),
            series: String::new(),
            number: String::new(),
        });
        let work = work.unwrap_or(Workplace {
            position: String::new(),
            employer: String::new(),
            employer_inn: String::new(),
        });
        let own = education.family == name.family;
        Self {
            family: name.family,
            given: name.given,
            patronymic: name.patronymic.unwrap_or_default(),
            sex: application.sex.code().to_owned(),
            birthday: application.birthday.dotted(),
            snils: Snils::parse(&application.snils)
                .map_or(application.snils.clone(), |snils| snils.to_string()),
            phone: application.phone.clone(),
            email: application.email.clone(),
            address: application.address.clone(),
            passport: application.passport.clone(),
            education: if education.received { education.level } else { education.level + AWAITED },
            education_place: education.place,
            diploma_family: if own { String::new() } else { education.family },
            diploma_series: education.series,
            diploma_number: education.number,
            position: work.position,
            employer: work.employer,
            employer_inn: work.employer_inn,
        }
    }
}

impl Education {
    /// «Высшее образование, диплом серия ВСБ № 1234567», «Получает высшее образование: ВлГУ».
    pub fn in_words(&self) -> String {
        let level = EDUCATION.iter().find(|(code, _)| *code == self.level).map_or("", |(_, words)| words);
        if !self.received {
            let place = if self.place.is_empty() { String::new() } else { format!(": {}", self.place) };
            return format!("Получает {}{place}", level.to_lowercase());
        }
        let series =
            if self.series.is_empty() { String::new() } else { format!(" серия {}", self.series) };
        format!("{level}, диплом{series} № {}", self.number)
    }
}

impl Application {
    pub fn address_of_letters(&self) -> Option<&str> {
        (!self.email.is_empty()).then_some(self.email.as_str())
    }
}

/// The way an application comes (п. 3.11.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Site,
    /// Entered by a methodist: not everybody has an e-mail address.
    Office,
    /// In a list of a group: the contract names the person, so what no document wants may be absent.
    List,
}

impl Form {
    /// The trustworthy application, or what to correct. Qualification documents want education; labour protection wants
    /// the workplace.
    pub fn check(&self, kind: Kind, way: Way, today: Day) -> Result<Application, Messages> {
        let mut said = Messages::none();
        let family = said.take("family", FullName::part("Фамилия", &self.family));
        let given = said.take("given", FullName::part("Имя", &self.given));
        let patronymic = match self.patronymic.trim() {
            "" => Some(None),
            text => said.take("patronymic", FullName::part("Отчество", text)).map(Some),
        };
        let sex = match (&family, &given, &patronymic) {
            // A list tells sex by the patronymic.
            (Some(family), Some(given), Some(patronymic)) if way == Way::List && self.sex.is_empty() => {
                let name =
                    FullName { family: family.clone(), given: given.clone(), patronymic: patronymic.clone() };
                let sex = name.sex();
                if sex.is_none() {
                    said.say("sex", "Пол: по имени не понять, укажите");
                }
                sex
            }
            _ => said.take("sex", Sex::parse(&self.sex)),
        };
        let birthday = said.take("birthday", Day::parse(&self.birthday));
        if let Some(day) = birthday {
            let age = day.years_until(today);
            if !(14..=110).contains(&age) {
                said.say("birthday", "Дата рождения: проверьте год");
            }
        }
        let snils = said.take("snils", Snils::parse(&self.snils));
        let phone = if way == Way::List && self.phone.trim().is_empty() {
            Some(String::new())
        } else {
            said.take("phone", Phone::parse(&self.phone)).map(|phone| phone.as_str().to_owned())
        };
        let email = if way != Way::Site && self.email.trim().is_empty() {
            Some(String::new())
        } else {
            said.take("email", Email::parse(&self.email)).map(|email| email.as_str().to_owned())
        };
        let mut wanted = |field, text: &str, label| {
            if way == Way::List && text.trim().is_empty() {
                Some(String::new())
            } else {
                said.text(field, text, label, 250)
            }
        };
        let address = wanted("address", &self.address, "Адрес регистрации");
        let passport = wanted("passport", &self.passport, "Паспорт");
        // Documents of other states differ; a number has digits in all of them.
        if passport.as_ref().is_some_and(|text| !text.is_empty() && digits_in(text) < 4) {
            said.say("passport", "Паспорт: серия и номер, например 17 18 123456");
        }
        let education = match kind {
            Kind::LabourProtection => Some(None),
            Kind::Upskilling | Kind::Retraining => self.education_of(&mut said, way).map(Some),
        };
        let work = match kind {
            Kind::LabourProtection => self.workplace(&mut said).map(Some),
            Kind::Upskilling | Kind::Retraining => Some(None),
        };
        let whole = (|| {
            Some(Application {
                name: FullName { family: family?, given: given?, patronymic: patronymic? },
                sex: sex?,
                birthday: birthday?,
                snils: snils?.digits().to_owned(),
                phone: phone?,
                email: email?,
                address: address?,
                passport: passport?,
                education: education?,
                work: work?,
            })
        })();
        match whole {
            Some(application) if said.is_empty() => Ok(application),
            _ => Err(said),
        }
    }

    /// What is told of a diploma, alone.
    pub(crate) fn education(&self) -> Result<Education, Messages> {
        let mut said = Messages::none();
        self.education_of(&mut said, Way::Office).filter(|_| said.is_empty()).ok_or(said)
    }

    fn education_of(&self, said: &mut Messages, way: Way) -> Option<Education> {
        let chosen = EDUCATION.iter().find(|(code, _)| *code == self.education).map(|(code, _)| *code);
        if chosen.is_none() {
            said.say("education", "Образование: выберите");
        }
        if let Some(level) = chosen.and_then(|code| code.strip_suffix(AWAITED)) {
            let place = match self.education_place.trim() {
                "" if way == Way::List => Some(String::new()),
                text => said.text("education_place", text, "Где учитесь", 250),
            };
            return Some(Education {
                level: level.to_owned(),
                received: false,
                place: place?,
                family: FullName::part("Фамилия", &self.family).ok()?,
                series: String::new(),
                number: String::new(),
            });
        }
        let family = match self.diploma_family.trim() {
            "" => said.take("family", FullName::part("Фамилия", &self.family)),
            text => said.take("diploma_family", FullName::part("Фамилия в дипломе", text)),
        };
        if self.education_place.trim().chars().count() > 250 {
            said.say("education_place", "Где учитесь: не больше 250 знаков");
        }
        if self.diploma_series.trim().chars().count() > 40 {
            said.say("diploma_series", "Серия диплома: не больше 40 знаков");
        }
        let number = said.text("diploma_number", &self.diploma_number, "Номер диплома", 40);
        if number.as_ref().is_some_and(|text| digits_in(text) < 2) {
            said.say("diploma_number", "Номер диплома: в нём должны быть цифры");
        }
        Some(Education {
            level: chosen?.to_owned(),
            received: true,
            place: String::new(),
            family: family?,
            series: self.diploma_series.trim().to_owned(),
            number: number?,
        })
    }

    fn workplace(&self, said: &mut Messages) -> Option<Workplace> {
        let position = said.text("position", &self.position, "Должность", 200);
        let employer = said.text("employer", &self.employer, "Организация", 250);
        let inn = said.take("employer_inn", Inn::parse(&self.employer_inn));
        Some(Workplace { position: position?, employer: employer?, employer_inn: inn?.digits().to_owned() })
    }
}

fn digits_in(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}
