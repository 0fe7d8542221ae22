//! What a programme consists of (п. 4.3.1-4.3.9; domain reference 4.1).
use marking::TopicQuota;
use serde::{Deserialize, Serialize};

use crate::package::{Attestation, ModuleTest, Quota};

words_of!(
    /// What a programme is in law's eyes; the document follows from it.
    Kind {
        Upskilling = "upskilling": "Повышение квалификации",
        Retraining = "retraining": "Профессиональная переподготовка",
        LabourProtection = "labour_protection": "Охрана труда",
    }
);
words_of!(
    /// The form of study: a field apart from the technology.
    StudyForm {
        FullTime = "full_time": "Очная",
        PartTime = "part_time": "Очно-заочная",
        Extramural = "extramural": "Заочная",
    }
);
words_of!(
    /// Whether e-learning and distance technologies are used (п. 4.3.10).
    Distance {
        None = "none": "Без электронного обучения",
        ELearning = "e_learning": "С применением электронного обучения",
        Distance = "distance": "С применением дистанционных образовательных технологий",
        Both = "both": "С применением электронного обучения и дистанционных образовательных технологий",
        Exclusively = "exclusively": "Исключительно электронное обучение и дистанционные образовательные технологии",
    }
);
words_of!(
    /// п. 4.6.1-4.6.3
    Technology {
        Case = "case": "Электронно-кейсовая",
        Program = "program": "Электронно-программная",
        Mixed = "mixed": "Смешанная",
    }
);

words_of!(
    /// What an applicant attaches a copy of (п. 3.11.1).
    Copy {
        Passport = "passport": "Паспорт: разворот с фотографией и страница с регистрацией",
        Education = "education": "Документ об образовании",
        Study = "study": "Справка с места учёбы",
        Snils = "snils": "СНИЛС",
        NameChange = "name_change": "Документ о смене фамилии: в дипломе она другая",
        Scan = "scan": "Скан, присланный письмом",
    }
);

impl Distance {
    /// «с применением …», for orders; nothing where neither is used.
    pub const fn in_orders(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::ELearning => Some("с применением электронного обучения"),
            Self::Distance => Some("с применением дистанционных образовательных технологий"),
            Self::Both => {
                Some("с применением электронного обучения и дистанционных образовательных технологий")
            }
            Self::Exclusively => Some(
                "с применением исключительно электронного обучения и дистанционных образовательных технологий",
            ),
        }
    }
}

impl Kind {
    /// What a learner gets in hand.
    pub const fn document(self) -> &'static str {
        match self {
            Self::Upskilling => "Удостоверение о повышении квалификации",
            Self::Retraining => "Диплом о профессиональной переподготовке",
            Self::LabourProtection => "Протокол проверки знания требований охраны труда",
        }
    }

    /// «дополнительная профессиональная программа …», for orders and protocols.
    pub const fn in_orders(self) -> &'static str {
        match self {
            Self::Upskilling => "дополнительная профессиональная программа повышения квалификации",
            Self::Retraining => "дополнительная профессиональная программа профессиональной переподготовки",
            Self::LabourProtection => "программа обучения требованиям охраны труда",
        }
    }
}

/// The whole of a programme. Hours are academic hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub code: String,
    pub title: String,
    pub kind: Kind,
    pub hours: i64,
    pub study_form: StudyForm,
    pub distance: Distance,
    pub technology: Technology,
    pub hours_a_day: i64,
    #[serde(default)]
    pub price_roubles: Option<i64>,
    pub summary: String,
    pub relevance: String,
    pub goal: String,
    pub tasks: Vec<String>,
    pub audience: String,
    pub entry: String,
    pub outcomes: Vec<String>,
    pub conditions: String,
    pub standards: Vec<String>,
    /// What retraining leads to: a qualification that the commission confirms, a new field of work, or both.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub qualification: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub activity: String,
    /// Nobody is enrolled on the site before a payment is marked.
    #[serde(default, skip_serializing_if = "is_off")]
    pub pay_first: bool,
    /// Access opens only when the head has signed the order of enrolment.
    #[serde(default, skip_serializing_if = "is_off")]
    pub sign_first: bool,
    /// Copies without which nobody is enrolled on the site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<Copy>,
    pub modules: Vec<Module>,
    /// The greatest number that a module's code has had, removed ones too: materials and questions hang on codes, so none
    /// is given twice. 0 until the editor has given one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub last_module: u32,
    pub attestation: Attestation,
    pub literature: Vec<Literature>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(crate) const fn is_off(set: &bool) -> bool {
    !*set
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    pub code: String,
    pub title: String,
    pub lecture: i64,
    pub practice: i64,
    pub self_study: i64,
    pub control: i64,
    pub goal: String,
    pub topics: Vec<Topic>,
    pub content: String,
    /// Intermediate attestation (п. 4.3.5): where there is one, the final attestation waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<ModuleTest>,
}

impl Module {
    pub fn hours(&self) -> i64 {
        self.lecture + self.practice + self.self_study + self.control
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    pub title: String,
    pub hours: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Literature {
    pub kind: String,
    pub citation: String,
}

impl Content {
    pub fn bank(&self) -> &str {
        self.attestation.bank.as_deref().unwrap_or(&self.code)
    }

    /// The matrix of the final ticket.
    pub fn quotas(&self) -> Vec<TopicQuota> {
        self.attestation.topics.iter().flat_map(Quota::cells).collect()
    }

    pub fn questions(&self) -> usize {
        self.attestation.topics.iter().map(|quota| quota.questions).sum()
    }

    pub fn module(&self, code: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.code == code)
    }

    /// The calendar graph (п. 4.3.3): the first and the last study day of each module, from 1, and those of the final
    /// attestation. Hours go one after another, so many a day.
    pub fn calendar(&self) -> Vec<(i64, i64)> {
        let a_day = self.hours_a_day.max(1);
        let mut spent = 0;
        let hours = self.modules.iter().map(Module::hours).chain([self.attestation.hours]);
        hours
            .map(|hours| {
                let first = spent / a_day + 1;
                spent += hours;
                (first, ((spent + a_day - 1) / a_day).max(first))
            })
            .collect()
    }

    /// Days of study by the calendar graph: so many hours a day, rounded up.
    pub fn days(&self) -> i64 {
        (self.hours + self.hours_a_day - 1) / self.hours_a_day.max(1)
    }

    pub fn hours_in_words(&self) -> String {
        words::count(self.hours, ["час", "часа", "часов"])
    }
}
