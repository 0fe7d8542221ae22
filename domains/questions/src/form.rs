//! A question as whoever answers it sees it: the fields it asks for, and the answer read back from them. Plain HTML that works by mouse,
//! finger, keyboard and screen reader; `web/islands/task.ts` only makes it quicker.
use std::fmt::Write;

use marking::{Answer, Choice, Credit, Gap, Quantity, Question, Task};
use maud::{Markup, PreEscaped, html};

use crate::formats::html::{escape, excerpt};

/// A question to be answered.
pub struct Asked<'a> {
    pub question: &'a Question,
    /// Places of options, columns or items in the order shown, as the ticket's seat keeps it.
    pub order: &'a [usize],
    /// In the places shown.
    pub answer: &'a Answer,
    /// Before the names of its fields, where a form holds several questions.
    pub prefix: &'a str,
    /// Of options: the answer was given (training), so what is right stands beside it and nothing can be changed any more.
    pub closed: bool,
}

/// Letters of a column or an item whose words do not fit into a list.
pub(crate) const LETTERS: [char; 26] = [
    'А', 'Б', 'В', 'Г', 'Д', 'Е', 'Ж', 'И', 'К', 'Л', 'М', 'Н', 'П', 'Р', 'С', 'Т', 'У', 'Ф', 'Х', 'Ц', 'Ч',
    'Ш', 'Щ', 'Э', 'Ю', 'Я',
];

/// «Выберите один ответ»
pub fn hint(question: &Question) -> String {
    let what = match &question.task {
        Task::Choice { choice: Choice::One, .. } => "Выберите один ответ",
        Task::Choice { .. } => "Выберите все верные ответы",
        Task::TrueFalse { .. } => "Верно это или нет?",
        Task::Text(_) => "Впишите ответ",
        Task::Number(_) => "Впишите число",
        Task::Gaps(_) => "Впишите или выберите слова",
        Task::Match { .. } => "Подберите пару к каждой строке",
        Task::Order { .. } => "Расставьте по порядку",
        Task::Sort { .. } => "Отнесите каждую строку к её группе",
        Task::Point { .. } => "Укажите место на картинке",
        Task::Case { .. } => "Прочитайте и ответьте на все вопросы",
        Task::Open { .. } => "Напишите развёрнутый ответ",
    };
    let worth = match question.credit {
        Credit::Whole => "",
        Credit::Partial if matches!(question.task, Task::Choice { .. }) => {
            ". Часть верных — часть балла, с ошибочным балла нет"
        }
        Credit::Partial => ". Часть верных — часть балла",
        Credit::Penalty => ". Ошибочные уменьшают балл",
    };
    format!("{what}{worth}")
}

/// The question's own text; a text with gaps stands among the fields, so here is what is to be done with it.
pub fn heading(question: &Question) -> Markup {
    match &question.task {
        Task::Gaps(_) => html! { "Заполните пропуски" },
        _ => PreEscaped(question.text.clone()),
    }
}

/// The fields alone, for a form or a fieldset around them.
pub fn fields(asked: &Asked) -> Markup {
    let Asked { question, order, answer, prefix, .. } = *asked;
    let field = |place: usize| Field { name: format!("{prefix}f{place}"), typed: answer.field(place) };
    html! {
        @match &question.task {
            Task::Choice { choice, options } => {
                @let kind = if *choice == Choice::One { "radio" } else { "checkbox" };
                @for (shown, &own) in order.iter().enumerate() {
                    @if let Some(option) = options.get(own) {
                        (tick(asked, kind, shown, &PreEscaped(option.text.clone()), option.right))
                    }
                }
            }
            Task::TrueFalse { truth } => {
                @for (place, words) in ["Верно", "Неверно"].into_iter().enumerate() {
                    (tick(asked, "radio", place, &html! { (words) }, place == usize::from(!truth)))
                }
            }
            Task::Text(_) => { (field(0).input("Ответ", false)) }
            Task::Number(quantity) => { (field(0).input(&unit_label(quantity), true)) }
            Task::Gaps(gaps) => { div.gaps { (PreEscaped(with_gaps(&question.text, gaps.len(), |place| field(place).gap(&gaps[place], place).into_string()))) } }
            Task::Match { rows, columns, .. } => {
                @let columns: Vec<_> = order.iter().filter_map(|&own| columns.get(own)).map(String::as_str).collect();
                (legend_of(&columns))
                ul.pairs { @for (row, text) in rows.iter().enumerate() { li { (field(row).select(text, &columns)) } } }
            }
            Task::Order { items } => {
                @let places: Vec<String> = (1..=items.len()).map(|place| format!("{place}-е место")).collect();
                @let places: Vec<&str> = places.iter().map(String::as_str).collect();
                ol.pairs.order data-order { @for (shown, &own) in order.iter().enumerate() { @if let Some(item) = items.get(own) { li { (field(shown).select(item, &places)) } } } }
            }
            Task::Sort { categories, items } => {
                @let categories: Vec<&str> = categories.iter().map(String::as_str).collect();
                ul.pairs { @for (shown, &own) in order.iter().enumerate() { @if let Some(item) = items.get(own) { li { (field(shown).select(&item.text, &categories)) } } } }
            }
            Task::Point { picture, alt, .. } => {
                div.spot data-spot {
                    (picture_with(picture, alt, &spot_of(answer, "mine")))
                    div.pair {
                        (field(0).coordinate("Слева направо, от 0 до 1000"))
                        (field(1).coordinate("Сверху вниз, от 0 до 1000"))
                    }
                }
            }
            Task::Case { parts } => {
                @for (place, part) in parts.iter().enumerate() {
                    @let inner = format!("{prefix}p{place}-");
                    @let order: Vec<usize> = (0..part.shuffled()).collect();
                    fieldset.part {
                        legend { span.label.blk { "Вопрос " (place + 1) " из " (parts.len()) } (heading(part)) }
                        p.hint { (hint(part)) }
                        (fields(&Asked { question: part, order: &order, answer: answer.part(place), prefix: &inner, closed: false }))
                    }
                }
            }
            Task::Open { .. } => { div.entry { textarea name={ (prefix) "f0" } rows="8" aria-label="Ответ" { (answer.field(0)) } } }
        }
    }
}

/// What a form that showed these fields has sent.
pub fn answer(question: &Question, sent: &[(String, String)], prefix: &str) -> Answer {
    let of = |name: &str| {
        let name = format!("{prefix}{name}");
        sent.iter().filter(move |(sent, _)| *sent == name).map(|(_, value)| value.as_str())
    };
    match &question.task {
        Task::Choice { .. } | Task::TrueFalse { .. } => {
            Answer::Chosen(of("option").filter_map(|place| place.parse().ok()).collect())
        }
        Task::Case { parts } => Answer::Parts(
            parts.iter().enumerate().map(|(n, part)| answer(part, sent, &format!("{prefix}p{n}-"))).collect(),
        ),
        task => {
            let count = match task {
                Task::Gaps(gaps) => gaps.len(),
                Task::Match { rows, .. } => rows.len(),
                Task::Order { items } => items.len(),
                Task::Sort { items, .. } => items.len(),
                Task::Point { .. } => 2,
                _ => 1,
            };
            let field =
                |place: usize| of(&format!("f{place}")).next_back().unwrap_or_default().trim().to_owned();
            Answer::Fields((0..count).map(field).collect())
        }
    }
}

/// What a browser sends for this answer, as it is shown: the way back from `answer`.
pub fn sent(answer: &Answer, prefix: &str) -> Vec<(String, String)> {
    match answer {
        Answer::Chosen(places) => {
            places.iter().map(|place| (format!("{prefix}option"), place.to_string())).collect()
        }
        Answer::Fields(fields) => {
            fields.iter().enumerate().map(|(n, field)| (format!("{prefix}f{n}"), field.clone())).collect()
        }
        Answer::Parts(parts) => {
            parts.iter().enumerate().flat_map(|(n, part)| sent(part, &format!("{prefix}p{n}-"))).collect()
        }
    }
}

/// An option with its tick; in training, once answered, with what is right.
fn tick(asked: &Asked, kind: &str, shown: usize, words: &Markup, right: bool) -> Markup {
    let picked = asked.answer.chosen().contains(&shown);
    let (key, missed) = (asked.closed && right, asked.closed && picked && !right);
    html! {
        label class={ "opt" @if key { " key" } @if missed { " missed" } } {
            input type=(kind) name={ (asked.prefix) "option" } value=(shown) checked[picked] disabled[asked.closed];
            span {
                (words)
                @if key { " " (web::parts::tag(web::parts::Tone::Ok, "верный ответ")) } @else if missed { " " (web::parts::tag(web::parts::Tone::Bad, "ваш ответ")) }
            }
            @if !asked.closed { kbd.kbd aria-hidden="true" { (shown + 1) } }
        }
    }
}

/// One field by its name, with what stands in it.
struct Field<'a> {
    name: String,
    typed: &'a str,
}

impl Field<'_> {
    fn input(&self, label: &str, is_number: bool) -> Markup {
        html! {
            div.entry {
                label for=(self.name) { (label) }
                input.short[is_number] id=(self.name) name=(self.name) value=(self.typed) maxlength="500" autocomplete="off" autocapitalize="off"
                    spellcheck="false" inputmode=[is_number.then_some("decimal")];
            }
        }
    }

    fn coordinate(&self, label: &str) -> Markup {
        html! {
            div.entry {
                label for=(self.name) { (label) }
                input.short id=(self.name) name=(self.name) value=(self.typed) type="number" min="0" max="1000" step="1" autocomplete="off";
            }
        }
    }

    /// A row with its list of columns.
    fn select(&self, row: &str, columns: &[&str]) -> Markup {
        let lettered = need_letters(columns);
        html! {
            div.what id={ (self.name) "-row" } { (PreEscaped(row)) }
            select id=(self.name) name=(self.name) aria-labelledby={ (self.name) "-row" } {
                option value="" { "Выберите" }
                @for (place, column) in columns.iter().enumerate() {
                    option value=(place) selected[self.typed == place.to_string()] {
                        @if lettered { (letter(place)) " " (excerpt(column, 40)) } @else { (excerpt(column, 120)) }
                    }
                }
            }
        }
    }

    fn gap(&self, gap: &Gap, place: usize) -> Markup {
        let label = format!("Пропуск {}", place + 1);
        html! {
            @match gap {
                Gap::Choice { options, .. } => {
                    select.gap name=(self.name) aria-label=(label) {
                        option value="" { "…" }
                        @for (place, option) in options.iter().enumerate() { option value=(place) selected[self.typed == place.to_string()] { (option) } }
                    }
                }
                Gap::Text(_) | Gap::Number(_) => {
                    @let number = matches!(gap, Gap::Number(_));
                    input.gap name=(self.name) value=(self.typed) aria-label=(label) maxlength="500" autocomplete="off" autocapitalize="off" spellcheck="false" inputmode=[number.then_some("decimal")];
                }
            }
        }
    }
}

fn unit_label(quantity: &Quantity) -> String {
    match quantity.units.as_slice() {
        [] => "Число".to_owned(),
        [unit] => format!("Число, {}", unit.name),
        units => {
            let names: Vec<_> = units.iter().map(|unit| unit.name.as_str()).collect();
            format!("Число и единица: {}", names.join(", "))
        }
    }
}

/// A list shows words only: what has pictures, or is long, stands above it under letters.
fn need_letters(columns: &[&str]) -> bool {
    columns.iter().any(|column| {
        column.contains("<img")
            || column.contains("<audio")
            || column.contains("<math")
            || excerpt(column, 200).chars().count() > 60
    })
}

fn letter(place: usize) -> String {
    LETTERS.get(place).map_or_else(|| (place + 1).to_string(), char::to_string) + "."
}

fn legend_of(columns: &[&str]) -> Markup {
    html! {
        @if need_letters(columns) {
            ul.letters { @for (place, column) in columns.iter().enumerate() { li { b { (letter(place)) } div { (PreEscaped(column)) } } } }
        }
    }
}

/// The picture under a drawing in thousandths of its sides.
pub(crate) fn picture_with(picture: &str, alt: &str, drawn: &Markup) -> Markup {
    html! {
        div.over {
            img src=(picture) alt=(alt);
            svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true" { (drawn) }
        }
    }
}

/// A cross where the answer points; empty without one.
pub(crate) fn spot_of(answer: &Answer, class: &str) -> Markup {
    let spot = marking::Spot::parse(answer.field(0), answer.field(1));
    html! {
        g class={ "cross " (class) } {
            @if let Some(spot) = spot {
                path d={ "M" (spot.x) " " (spot.y - 40) "v80M" (spot.x - 40) " " (spot.y) "h80" } {}
            }
        }
    }
}

/// The text with something in place of each `[[n]]`; what is no gap stays as it is.
pub(crate) fn with_gaps(text: &str, count: usize, stand_in: impl Fn(usize) -> String) -> String {
    let mut parts = text.split("[[");
    let mut html = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let gap =
            part.split_once("]]").and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest)));
        match gap {
            Some((number, rest)) if (1..=count).contains(&number) => {
                html.push_str(&stand_in(number - 1));
                html.push_str(rest);
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(html, "[[{part}");
            }
        }
    }
    html
}

/// Plain words as they may stand in HTML.
pub(crate) fn plain(text: &str) -> Markup {
    PreEscaped(escape(text))
}
