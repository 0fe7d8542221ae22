//! Whether a programme may be submitted for approval: what is missing, by clause. Pure.
use crate::{Content, Kind};

/// The least hours that law allows for each kind on the day of the check; `None`: law sets nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Least {
    pub upskilling: Option<i64>,
    pub retraining: Option<i64>,
}

/// Something obligatory that is not there, with the clause that wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub clause: &'static str,
    pub what: String,
}

pub fn gaps(content: &Content, least: Least) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut want = |there: bool, clause, what: &str| {
        if !there {
            gaps.push(Gap { clause, what: what.to_owned() });
        }
    };
    let filled = |text: &str| !text.trim().is_empty();

    want(
        filled(&content.title) && content.title.chars().count() <= 255,
        "4.3",
        "название: от 1 до 255 знаков",
    );
    want(filled(&content.goal), "4.3.2", "цель");
    want(content.tasks.iter().any(|task| filled(task)), "4.3.2", "хотя бы одна задача");
    want(
        filled(&content.audience) && filled(&content.entry),
        "4.3.1",
        "категория слушателей и требования к ним",
    );
    want(!content.outcomes.is_empty(), "4.3.2", "планируемые результаты");
    want(
        content.kind != Kind::Retraining || filled(&content.qualification) || filled(&content.activity),
        "4.3.2",
        "квалификация или новый вид деятельности: они стоят в дипломе",
    );
    want(!content.modules.is_empty(), "4.3.3", "хотя бы один модуль");
    want(content.hours_a_day >= 1, "4.3.3", "часов в день: не меньше одного");
    want(!content.literature.is_empty(), "4.3.8", "список литературы");
    want(filled(&content.attestation.procedure), "4.3.6", "порядок итоговой аттестации");
    want(content.attestation.hours >= 1, "4.3.6", "часы итоговой аттестации");
    want(content.questions() > 0, "5.3.4", "число вопросов в билете");
    let (items, all) = (content.attestation.threshold_items, content.questions());
    want(
        items.is_none_or(|items| items <= all),
        "5.3.4",
        &format!("порог: верных ответов нужно больше, чем вопросов в билете ({all})"),
    );
    want((1..=100).contains(&content.attestation.threshold_percent), "5.3.4", "порог: от 1 до 100 %");
    want(
        content.attestation.minutes > 0 && content.attestation.attempts > 0,
        "5.3.4",
        "время и число попыток",
    );

    if let Some(written) = &content.attestation.written {
        want(
            filled(&written.task) && !written.criteria.is_empty(),
            "4.3.6",
            "задание и критерии письменной работы",
        );
    }
    for module in &content.modules {
        let topics: i64 = module.topics.iter().map(|topic| topic.hours).sum();
        let code = &module.code;
        if let Some(test) = module.test {
            want(
                test.questions > 0 && test.minutes > 0 && (1..=100).contains(&test.threshold_percent),
                "4.3.5",
                &format!("модуль {code}: вопросы, время и порог промежуточной аттестации"),
            );
        }
        want(filled(&module.content), "4.3.4", &format!("рабочая программа модуля {code}"));
        want(
            topics == module.hours(),
            "4.3.4",
            &format!("модуль {code}: по темам {topics} ч, по учебному плану {} ч", module.hours()),
        );
    }
    let sum: i64 = content.modules.iter().map(crate::Module::hours).sum::<i64>() + content.attestation.hours;
    want(
        sum == content.hours,
        "4.3.3",
        &format!("часы не сходятся: модули и аттестация {sum} ч, объём программы {} ч", content.hours),
    );
    let least = match content.kind {
        Kind::Upskilling => least.upskilling,
        Kind::Retraining => least.retraining,
        Kind::LabourProtection => None,
    };
    if let Some(least) = least {
        want(content.hours >= least, "4.3.3", &format!("объём: не меньше {least} ч для этого вида"));
    }
    gaps
}
