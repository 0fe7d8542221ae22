//! What a programme consists of (п. 4.3.1-4.3.9; domain reference 4.1).
use marking::{Difficulty, Threshold, TopicQuota};
use serde::{Deserialize, Serialize};

macro_rules! words_of {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal: $russian:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// As it is stored.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            pub const fn russian(self) -> &'static str { match self { $(Self::$variant => $russian),* } }
            pub fn parse(code: &str) -> Result<Self, words::Wrong> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
                    .ok_or_else(|| words::Wrong::new(format!("нет такого значения: «{code}»")))
            }
        }
    };
}

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
const fn is_off(set: &bool) -> bool {
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

/// The package of a module's intermediate attestation: questions of the module's own topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleTest {
    pub questions: usize,
    pub minutes: u32,
    pub threshold_percent: u8,
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

/// Final attestation (п. 4.3.6) and its package (п. 5.3.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub form: String,
    pub hours: i64,
    pub procedure: String,
    pub minutes: u32,
    pub threshold_percent: u8,
    /// In place of the share: so many right answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_items: Option<usize>,
    /// A mistake in a question that is marked critical fails the whole.
    #[serde(default, skip_serializing_if = "is_off")]
    pub critical: bool,
    /// Whoever has not rehearsed to this many percent is not admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal_percent: Option<u8>,
    /// What the learner sees after the end.
    #[serde(default, skip_serializing_if = "Show::is_answers")]
    pub show: Show,
    /// From so many per cent «хорошо» and «отлично»; without them who passes gets «зачтено».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    pub attempts: i64,
    pub pause_days: i64,
    /// How one says who one is before the final attestation.
    #[serde(default, skip_serializing_if = "Identification::is_password")]
    pub identification: Identification,
    /// For so many minutes after the deadline answers given in time still come in from a device without a connection; none: ten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_minutes: Option<u32>,
    /// The whole ticket may be kept on the learner's device, so that it is answered without a connection.
    #[serde(default, skip_serializing_if = "is_off")]
    pub offline: bool,
    /// Written work or a defence, decided by the commission after the test is passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// The question bank; the programme's own when empty.
    #[serde(default)]
    pub bank: Option<String>,
    pub topics: Vec<Quota>,
}

/// How a learner is identified before the final attestation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identification {
    /// By the way in alone; so were all programmes of before the choice.
    #[default]
    Password,
    /// And by a code to the own address, for those who have one.
    Code,
}

words_of!(
    /// What a learner sees of a finished attempt.
    Show {
        Answers = "answers": "Баллы, ответы и верные ответы с пояснениями",
        Passed = "passed": "Баллы; ответы — только когда сдано",
        Score = "score": "Только баллы",
    }
);

#[expect(clippy::derivable_impls, reason = "the macro has no default")]
impl Default for Show {
    fn default() -> Self {
        Self::Answers
    }
}

impl Show {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_answers(&self) -> bool {
        matches!(self, Self::Answers)
    }
}

impl Identification {
    /// «узнаём по входу с паролем»
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Password => "по входу с паролем",
            Self::Code => "по входу и коду из письма",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_password(&self) -> bool {
        matches!(self, Self::Password)
    }
}

/// The part of final attestation that people decide, criterion by criterion (п. 4.3.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// «Практическая работа»
    pub title: String,
    pub task: String,
    /// What is looked at, one decision each.
    pub criteria: Vec<String>,
}

/// The five-point scale: per cent of right answers from which a mark is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    pub good: u8,
    pub excellent: u8,
}

impl Attestation {
    /// «не менее 80 % верных ответов», «не менее 18 верных ответов»
    pub fn threshold_in_words(&self) -> String {
        match self.threshold() {
            Threshold::Percent(percent) => format!("не менее {percent} % верных ответов"),
            Threshold::Items { items } => format!("не менее {items} верных ответов"),
        }
    }

    pub fn threshold(&self) -> Threshold {
        match self.threshold_items {
            Some(items) => Threshold::Items { items },
            None => Threshold::Percent(self.threshold_percent),
        }
    }

    /// Minutes in which answers given in time may still come in.
    pub fn grace(&self) -> u32 {
        const USUAL: u32 = 10;
        self.grace_minutes.unwrap_or(USUAL)
    }

    /// The mark as protocols and supplements write it, by the whole per cent reached.
    pub const fn mark(&self, passed: bool, percent: i64) -> &'static str {
        let Some(marks) = self.marks else {
            return if passed { "зачтено" } else { "не зачтено" };
        };
        if !passed {
            "неудовлетворительно"
        } else if percent >= marks.excellent as i64 {
            "отлично"
        } else if percent >= marks.good as i64 {
            "хорошо"
        } else {
            "удовлетворительно"
        }
    }
}

/// So many questions of a module's topic stand in a ticket; of them so many of each difficulty, the rest of any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub module: String,
    pub questions: usize,
    #[serde(default, skip_serializing_if = "is_none")]
    pub easy: usize,
    #[serde(default, skip_serializing_if = "is_none")]
    pub medium: usize,
    #[serde(default, skip_serializing_if = "is_none")]
    pub hard: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_none(number: &usize) -> bool {
    *number == 0
}

impl Quota {
    /// The row of the matrix as a ticket is drawn by it: cells of a difficulty first, then the rest.
    pub fn cells(&self) -> Vec<TopicQuota> {
        let of =
            [(Difficulty::Easy, self.easy), (Difficulty::Medium, self.medium), (Difficulty::Hard, self.hard)];
        let rest = self.questions.saturating_sub(of.iter().map(|(_, questions)| questions).sum());
        let cell = |(difficulty, questions): (Option<Difficulty>, usize)| TopicQuota {
            topic: self.module.clone(),
            difficulty,
            questions,
        };
        of.into_iter()
            .map(|(difficulty, questions)| (Some(difficulty), questions))
            .chain([(None, rest)])
            .filter(|(_, questions)| *questions > 0)
            .map(cell)
            .collect()
    }
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
