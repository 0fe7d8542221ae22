//! A question with its key beside what was answered: for results, appeals and the bank. Never before the end of an attempt.
use marking::{Answer, Area, Correction, Gap, Mark, Question, Task};
use maud::{Markup, PreEscaped, html};
use web::parts::{self, Tone};

use crate::correction::{Asked, Corrected};
use crate::form::{picture_with, plain, spot_of, with_gaps};
use crate::formats::html::{Piece, excerpt, pieces};

/// The question, its verdict, the answer (in the question's own order) and the key. `whose` stands beside the answer: «Ваш ответ».
pub fn reviewed(asked: &Asked, answer: &Answer, whose: &str) -> Markup {
    let question = asked.right();
    html! {
        div.cluster { (verdict(asked.mark(answer))) @if answer.is_empty() { span.small.muted { "Ответа нет" } } }
        div.qtext-list.med.mt-2 { (stem(question)) }
        (compared(question, Some((answer, whose))))
        @for one in &asked.corrections { p.mt-2.small { (corrected(one)) } }
        @if let Some(explanation) = &question.explanation { div.mt-2.small.muted { (PreEscaped(explanation)) } }
    }
}

/// The question with its key alone.
pub fn with_key(question: &Question) -> Markup {
    html! {
        div.med.qtext-list { (stem(question)) }
        (compared(question, None))
    }
}

/// «Верно», «Верно отчасти: 0,5», «Неверно»
fn verdict(mark: Mark) -> Markup {
    match mark {
        mark if mark.is_whole() => parts::tag(Tone::Ok, "Верно"),
        marking::Mark::NONE => parts::tag(Tone::Bad, "Неверно"),
        mark => parts::tag(Tone::Warn, &format!("Верно отчасти: {}", marking::Score::of([mark]).points)),
    }
}

/// «27.11.2026 ключ исправлен: … Ответ по прежнему ключу тоже засчитан.»
fn corrected(Corrected { correction, reason, at, .. }: &Corrected) -> Markup {
    html! {
        strong { (at.day().dotted()) " " @match correction {
            Correction::Key(_) => "ключ исправлен",
            Correction::Everyone => "вопрос засчитан всем",
        } } ": " (reason) @if matches!(correction, Correction::Key(_)) { " Ответ по прежнему ключу тоже засчитан." }
    }
}

fn stem(question: &Question) -> Markup {
    match &question.task {
        Task::Gaps(gaps) => {
            PreEscaped(with_gaps(&question.text, gaps.len(), |place| format!("<b>({})</b>", place + 1)))
        }
        _ => PreEscaped(question.text.clone()),
    }
}

/// What was answered against the key, row by row; without an answer the key alone.
pub fn compared(question: &Question, given: Option<(&Answer, &str)>) -> Markup {
    let none = Answer::default();
    let (answer, whose) = given.unwrap_or((&none, ""));
    let shown = given.is_some();
    let lines = |rows: Vec<Row>| rows_of(&rows, shown.then_some(whose));
    match &question.task {
        Task::Choice { options, .. } => {
            let options: Vec<_> =
                options.iter().map(|option| (PreEscaped(option.text.clone()), option.right)).collect();
            ticked(&options, answer.chosen(), shown.then_some(whose))
        }
        Task::TrueFalse { truth } => {
            let options = [(html! { "Верно" }, *truth), (html! { "Неверно" }, !truth)];
            ticked(&options, answer.chosen(), shown.then_some(whose))
        }
        Task::Text(wording) => {
            let key = wording.accepted.iter().map(|one| plain(one)).collect();
            lines(vec![Row::bare(plain(answer.field(0)), key, wording.holds(answer.field(0)))])
        }
        Task::Number(quantity) => lines(vec![Row::bare(
            plain(answer.field(0)),
            vec![ranges(quantity)],
            quantity.holds(answer.field(0)),
        )]),
        Task::Gaps(gaps) => lines(
            gaps.iter()
                .enumerate()
                .map(|(place, gap)| Row {
                    what: html! { "(" (place + 1) ")" },
                    given: gap_words(gap, answer.field(place)),
                    key: gap_key(gap),
                    right: gap.holds(answer.field(place)),
                })
                .collect(),
        ),
        Task::Match { rows, columns, key } => {
            let column = |place: Option<usize>| {
                PreEscaped(place.and_then(|place| columns.get(place)).cloned().unwrap_or_default())
            };
            lines(
                rows.iter()
                    .enumerate()
                    .map(|(row, text)| Row {
                        what: PreEscaped(text.clone()),
                        given: column(answer.place(row)),
                        key: vec![column(key.get(row).copied())],
                        right: answer.place(row) == key.get(row).copied(),
                    })
                    .collect(),
            )
        }
        Task::Order { items } => {
            let place =
                |place: Option<usize>| html! { @if let Some(place) = place { (place + 1) "-е место" } };
            lines(
                items
                    .iter()
                    .enumerate()
                    .map(|(item, text)| Row {
                        what: PreEscaped(text.clone()),
                        given: place(answer.place(item)),
                        key: vec![place(Some(item))],
                        right: answer.place(item) == Some(item),
                    })
                    .collect(),
            )
        }
        Task::Sort { categories, items } => {
            let category = |place: Option<usize>| {
                plain(place.and_then(|place| categories.get(place)).map_or("", String::as_str))
            };
            lines(
                items
                    .iter()
                    .enumerate()
                    .map(|(row, item)| Row {
                        what: PreEscaped(item.text.clone()),
                        given: category(answer.place(row)),
                        key: vec![category(Some(item.category))],
                        right: answer.place(row) == Some(item.category),
                    })
                    .collect(),
            )
        }
        Task::Point { picture, alt, areas } => html! {
            div.spot.mt-2 {
                (picture_with(picture, alt, &html! { @for area in areas { (outline(area)) } (spot_of(answer, "mine")) }))
                p.small.muted { "Верная область обведена" @if shown && !answer.is_empty() { ", крест — " (lower(whose)) } "." }
            }
        },
        Task::Case { parts } => html! {
            ol.mt-2.lines {
                @for (place, part) in parts.iter().enumerate() {
                    li {
                        @if shown { (verdict(marking::mark(part, answer.part(place)))) }
                        div.qtext-list.mt-1 { (stem(part)) }
                        (compared(part, given.map(|(_, whose)| (answer.part(place), whose))))
                        @if let (true, Some(explanation)) = (shown, &part.explanation) { div.small.muted.mt-1 { (PreEscaped(explanation)) } }
                    }
                }
            }
        },
        Task::Open { rubric } => html! {
            p.mt-2.small.muted { "Читает комиссия по критериям:" }
            ul { @for line in rubric { li { (line) } } }
        },
    }
}

/// One thing that was asked for.
struct Row {
    what: Markup,
    given: Markup,
    /// All that would be right, the best first.
    key: Vec<Markup>,
    right: bool,
}

impl Row {
    fn bare(given: Markup, key: Vec<Markup>, right: bool) -> Self {
        Self { what: html! {}, given, key, right }
    }
}

fn rows_of(rows: &[Row], whose: Option<&str>) -> Markup {
    html! {
        ul.mt-2 {
            @for Row { what, given, key, right } in rows {
                li.mt-1 {
                    @if !what.0.is_empty() { (what) " — " }
                    @if let Some(whose) = whose {
                        strong { (whose) @if *right { ", верно" } ": " }
                        @if given.0.is_empty() { "нет ответа" } @else { (given) }
                    }
                    @if whose.is_none() || !right {
                        @if whose.is_some() { ". " strong { "Верный ответ: " } }
                        @for (n, one) in key.iter().enumerate() { @if n > 0 { "; " } (one) }
                    }
                }
            }
        }
    }
}

/// Options: with an answer only those chosen or right, without one all of them.
fn ticked(options: &[(Markup, bool)], chosen: &[usize], whose: Option<&str>) -> Markup {
    html! {
        ul.mt-2 {
            @for (place, (words, right)) in options.iter().enumerate() {
                @let picked = chosen.contains(&place);
                @match (whose, *right, picked) {
                    (Some(whose), true, true) => { li.mt-1 { strong { (whose) ", верно: " } (words) } }
                    (Some(_), true, false) => { li.mt-1 { strong { "Верный ответ: " } (words) } }
                    (Some(whose), false, true) => { li.mt-1 { strong { (whose) ": " } (words) } }
                    (Some(_), false, false) => {}
                    (None, right, _) => { li.mt-1 { @if right { (parts::tag(Tone::Ok, "верно")) " " } (words) } }
                }
            }
        }
    }
}

fn gap_words(gap: &Gap, typed: &str) -> Markup {
    match gap {
        Gap::Choice { options, .. } => {
            plain(typed.parse().ok().and_then(|place: usize| options.get(place)).map_or("", String::as_str))
        }
        Gap::Text(_) | Gap::Number(_) => plain(typed),
    }
}

fn gap_key(gap: &Gap) -> Vec<Markup> {
    match gap {
        Gap::Choice { options, right } => vec![plain(options.get(*right).map_or("", String::as_str))],
        Gap::Text(wording) => wording.accepted.iter().map(|one| plain(one)).collect(),
        Gap::Number(quantity) => vec![ranges(quantity)],
    }
}

/// `12 ± 0,1 кПа`
fn ranges(quantity: &marking::Quantity) -> Markup {
    let unit = quantity.units.first().map(|unit| format!(" {}", unit.name)).unwrap_or_default();
    let comma = |number: f64| number.to_string().replace('.', ",");
    html! {
        @for (n, span) in quantity.accepted.iter().enumerate() {
            @if n > 0 { " или " }
            (comma(span.value)) @if span.tolerance > 0.0 { " ± " (comma(span.tolerance)) } (unit)
        }
    }
}

fn outline(area: &Area) -> Markup {
    html! {
        @match area {
            Area::Rectangle(one, other) => { rect.area x=(one.x.min(other.x)) y=(one.y.min(other.y)) width=((one.x - other.x).abs()) height=((one.y - other.y).abs()) {} }
            Area::Ellipse { centre, across, down } => { ellipse.area cx=(centre.x) cy=(centre.y) rx=(across) ry=(down) {} }
            Area::Polygon(corners) => { polygon.area points=(corners.iter().map(|spot| format!("{},{}", spot.x, spot.y)).collect::<Vec<_>>().join(" ")) {} }
        }
    }
}

fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// The text of a question as plain words, for papers.
pub fn text_in_words(question: &Question) -> String {
    match &question.task {
        Task::Gaps(gaps) => {
            plain_words(&with_gaps(&question.text, gaps.len(), |place| format!("({})", place + 1)))
        }
        _ => plain_words(&question.text),
    }
}

/// An answer (in the question's own order) as plain words, for papers: «Бензин — пена; Бумага — вода».
pub fn in_words(question: &Question, answer: &Answer) -> String {
    let rows =
        |count: usize, row: &dyn Fn(usize) -> String| (0..count).map(row).collect::<Vec<_>>().join("; ");
    let chosen = |name: &dyn Fn(usize) -> Option<String>| {
        answer.chosen().iter().filter_map(|&place| name(place)).collect::<Vec<_>>().join("; ")
    };
    let pair = |what: &str, given: Option<String>| {
        format!("{} — {}", plain_words(what), given.unwrap_or_else(|| "нет".to_owned()))
    };
    match &question.task {
        Task::Choice { options, .. } => {
            chosen(&|place| options.get(place).map(|option| plain_words(&option.text)))
        }
        Task::TrueFalse { .. } => {
            chosen(&|place| ["Верно", "Неверно"].get(place).map(|&word| word.to_owned()))
        }
        Task::Text(_) | Task::Number(_) | Task::Open { .. } => answer.field(0).to_owned(),
        Task::Gaps(gaps) => rows(gaps.len(), &|place| {
            let typed = answer.field(place);
            let typed = match &gaps[place] {
                Gap::Choice { options, .. } => typed
                    .parse()
                    .ok()
                    .and_then(|place: usize| options.get(place))
                    .map_or("нет", String::as_str),
                Gap::Text(_) | Gap::Number(_) => typed,
            };
            format!("({}) {typed}", place + 1)
        }),
        Task::Match { rows: texts, columns, .. } => rows(texts.len(), &|row| {
            pair(
                &texts[row],
                answer.place(row).and_then(|place| columns.get(place)).map(|column| plain_words(column)),
            )
        }),
        Task::Order { items } => {
            let mut order: Vec<_> = (0..items.len()).collect();
            order.sort_by_key(|&item| answer.place(item).unwrap_or(usize::MAX));
            rows(items.len(), &|place| {
                let item = order[place];
                let stands =
                    answer.place(item).map_or_else(|| "–".to_owned(), |place| (place + 1).to_string());
                format!("{stands}. {}", plain_words(&items[item]))
            })
        }
        Task::Sort { categories, items } => rows(items.len(), &|row| {
            pair(&items[row].text, answer.place(row).and_then(|place| categories.get(place)).cloned())
        }),
        Task::Point { .. } => format!("точка {}, {} из 1000", answer.field(0), answer.field(1)),
        Task::Case { parts } => rows(parts.len(), &|place| {
            format!("{}) {}", place + 1, in_words(&parts[place], answer.part(place)))
        }),
    }
}

/// What stands in cleaned HTML, with the words of its pictures.
pub(crate) fn plain_words(html: &str) -> String {
    let plain: String = pieces(html)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Media(media) => {
                let what = if media.is_sound { "запись" } else { "рисунок" };
                if media.alt.is_empty() {
                    format!(" [{what}] ")
                } else {
                    format!(" [{what}: {}] ", media.alt)
                }
            }
        })
        .collect();
    excerpt(&plain, 2000)
}
