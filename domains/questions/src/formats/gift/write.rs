//! Writing GIFT: the kinds that it holds without loss, which are those that may be asked about a text (`Task::Case`).
use marking::{Choice, Credit, Question, Task};

use super::super::html::{self, Markup};

/// Whether nothing of a question without pictures would be lost.
pub fn can_hold(question: &Question) -> bool {
    question.credit == Credit::Whole
        && match &question.task {
            Task::Choice { .. } | Task::TrueFalse { .. } | Task::Match { .. } | Task::Open { .. } => true,
            Task::Text(wording) => !wording.exact_case && wording.typos == 0,
            Task::Number(quantity) => quantity.units.is_empty(),
            _ => false,
        }
}

/// One question with its name: `::name::text{…}`.
pub fn question(name: &str, question: &Question) -> String {
    let name = if name.is_empty() { String::new() } else { format!("::{}::", escaped(name)) };
    let explanation =
        question.explanation.as_deref().map(|html| format!("\n####{}", text(html))).unwrap_or_default();
    format!("{name}{}{{{}{explanation}}}\n", text(&question.text), answers(&question.task))
}

fn answers(task: &Task) -> String {
    match task {
        Task::Choice { choice: Choice::One, options } => {
            options
                .iter()
                .map(|option| format!("\n{}{}", if option.right { '=' } else { '~' }, text(&option.text)))
                .collect::<String>()
                + "\n"
        }
        Task::Choice { options, .. } => {
            let right = options.iter().filter(|option| option.right).count().max(1);
            // Moodle's own rounding of thirds: five digits.
            let share = format!("{:.5}", 100.0 / f64::from(u32::try_from(right).unwrap_or(1)));
            let share = share.trim_end_matches('0').trim_end_matches('.');
            options
                .iter()
                .map(|option| {
                    format!("\n~%{}%{}", if option.right { share } else { "-100" }, text(&option.text))
                })
                .collect::<String>()
                + "\n"
        }
        Task::TrueFalse { truth } => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Task::Text(wording) => wording.accepted.iter().map(|one| format!("={} ", escaped(one))).collect(),
        Task::Number(quantity) => {
            let spans = quantity.accepted.iter().map(|span| format!("={}:{} ", span.value, span.tolerance));
            format!("#{}", spans.collect::<String>())
        }
        Task::Match { rows, columns, key } => {
            let column = |place: usize| columns.get(place).map(|column| text(column)).unwrap_or_default();
            let pairs =
                rows.iter().zip(key).map(|(row, &place)| format!("\n={} -> {}", text(row), column(place)));
            let spare = (0..columns.len())
                .filter(|place| !key.contains(place))
                .map(|place| format!("\n= -> {}", column(place)));
            pairs.chain(spare).collect::<String>() + "\n"
        }
        _ => String::new(),
    }
}

/// A text of the bank: its words where they read back the same, else the HTML itself.
fn text(html: &str) -> String {
    let words = html::unescape(&html.replace("<br>", "\n"));
    // `[` may begin a mark of the markup, an arrow parts a row from its column.
    let same = !words.contains('[')
        && !words.contains("->")
        && html::clean(&words, Markup::Auto).is_ok_and(|again| html::tidy(&again) == html);
    if same { escaped(&words) } else { format!("[html]{}", escaped(html)) }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '~' | '=' | '#' | '{' | '}' | ':' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            // An arrow parts a row from its column.
            '>' if escaped.ends_with('-') => escaped.push_str("\\>"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
