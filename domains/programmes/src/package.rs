//! The package of the final attestation and of a module's: by which rules a ticket is drawn, sat and passed (п. 4.3.5, 4.3.6, 5.3.4).
use marking::{Difficulty, Threshold, TopicQuota};
use serde::{Deserialize, Serialize};
use words::Day;

use crate::content::is_off;

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
    /// What is done with answers that were given in time and came when even the grace was over.
    #[serde(default, skip_serializing_if = "Late::is_decided")]
    pub late: Late,
    /// Questions come one after another, and none is come back to.
    #[serde(default, skip_serializing_if = "is_off")]
    pub one_by_one: bool,
    /// Each question has so many seconds; they come one after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_each: Option<u32>,
    /// Attempts begin on these days only, the first and the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Day>,
    /// Written work or a defence, decided by the commission after the test is passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// The question bank; the programme's own when empty.
    #[serde(default)]
    pub bank: Option<String>,
    pub topics: Vec<Quota>,
}

words_of!(
    /// How a learner is identified before the final attestation, besides the way in.
    Identification {
        Password = "password": "По входу с паролем",
        Code = "code": "По входу и коду из письма: его просят у тех, у кого своя почта",
        Photo = "photo": "По входу и снимку с камеры: с документом его сверяет методист",
    }
);

/// So were all programmes of before the choice.
impl Default for Identification {
    fn default() -> Self {
        Self::Password
    }
}

words_of!(
    /// What a learner sees of a finished attempt.
    Show {
        Answers = "answers": "Баллы, ответы и верные ответы с пояснениями",
        Passed = "passed": "Баллы; ответы — только когда сдано",
        Score = "score": "Только баллы",
    }
);

words_of!(
    /// What is done with answers that came too late: given in time, and delivered after the grace.
    Late {
        Decide = "decide": "Решает методист по каждой попытке, с причиной",
        Never = "never": "Не засчитываются",
    }
);

#[expect(clippy::derivable_impls, reason = "the macro has no default")]
impl Default for Late {
    fn default() -> Self {
        Self::Decide
    }
}

impl Late {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_decided(&self) -> bool {
        matches!(self, Self::Decide)
    }
}

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
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Password => "по входу с паролем",
            Self::Code => "по входу и коду из письма",
            Self::Photo => "по входу и снимку с камеры, который сверяет методист",
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

    /// Whether questions come one after another without a way back; a time of its own for each wants that.
    pub const fn is_one_by_one(&self) -> bool {
        self.one_by_one || self.seconds_each.is_some()
    }

    /// Seconds for each question of somebody who has so many minutes more for the whole.
    pub fn seconds_each_with(&self, extra_minutes: u32) -> Option<u32> {
        let whole = self.minutes.max(1);
        self.seconds_each.map(|seconds| seconds.saturating_mul(whole.saturating_add(extra_minutes)) / whole)
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

/// The package of a module's intermediate attestation: questions of the module's own topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleTest {
    pub questions: usize,
    pub minutes: u32,
    pub threshold_percent: u8,
}
