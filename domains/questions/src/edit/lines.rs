//! How a teacher writes what a question asks for: one line for each thing. Pure, and the way back is the same.
use marking::{Area, Gap, Item, Quantity, Question, Span, Spot, Task, Unit, Wording};

use super::form::{clean_line, written};
use crate::formats::gift;

/// Kinds that are written in lines, with what the page calls the lines and how it explains them. Options have fields of their own.
pub(super) const KINDS: [(&str, &str, &str); 8] = [
    ("text", "Верные ответы", "Каждый с новой строки, первый — лучший. Звёздочка — любые буквы: «ОП-*»"),
    ("number", "Верное число", "С допуском через ±: «12 ± 0,5». Несколько верных — каждое с новой строки"),
    (
        "gaps",
        "Пропуски",
        "В тексте вопроса стоят [[1]], [[2]]…, здесь — по строке на каждый. Слово: «каска | шлем», «!МЧС» — заглавные важны. Список: «синяя | +красная», плюс у верного. Число: «# 12 ± 0,5»",
    ),
    (
        "match",
        "Пары",
        "По строке на пару: «Огнетушитель ОП = порошок». Лишняя пара начинается со знака =: «= вода»",
    ),
    ("order", "Порядок", "По строке на шаг, сверху вниз — в верном порядке"),
    ("sort", "По группам", "По строке на каждое: «Бензин = горючее»"),
    (
        "point",
        "Верная область",
        "Обведите на картинке или напишите: «прямоугольник 100 200 300 400» — два угла; «овал 500 500 80 60» — середина и полуоси; «контур 10 10 90 10 50 80» — углы. Числа — тысячные доли ширины и высоты от левого верхнего угла",
    ),
    (
        "case",
        "Вопросы к тексту",
        "В формате GIFT, между вопросами — пустая строка: «Сколько дверей? {=две ~одна}»",
    ),
];

/// The kind as addresses and forms name it.
pub(crate) const fn kind(task: &Task) -> &'static str {
    match task {
        Task::Choice { .. } => "choice",
        Task::TrueFalse { .. } => "true_false",
        Task::Text(_) => "text",
        Task::Number(_) => "number",
        Task::Gaps(_) => "gaps",
        Task::Match { .. } => "match",
        Task::Order { .. } => "order",
        Task::Sort { .. } => "sort",
        Task::Point { .. } => "point",
        Task::Case { .. } => "case",
        Task::Open { .. } => "open",
    }
}

/// The lines of a task; empty for one that has none.
pub(super) fn of(task: &Task) -> String {
    match task {
        Task::Choice { .. } | Task::TrueFalse { .. } => String::new(),
        Task::Text(wording) => wording.accepted.join("\n"),
        Task::Number(quantity) => spans(quantity).join("\n"),
        Task::Gaps(gaps) => gaps.iter().map(gap).collect::<Vec<_>>().join("\n"),
        Task::Match { rows, columns, key } => {
            let column = |place: usize| columns.get(place).map(|column| written(column)).unwrap_or_default();
            let pairs =
                rows.iter().zip(key).map(|(row, &place)| format!("{} = {}", written(row), column(place)));
            let spare = (0..columns.len())
                .filter(|place| !key.contains(place))
                .map(|place| format!("= {}", column(place)));
            pairs.chain(spare).collect::<Vec<_>>().join("\n")
        }
        Task::Order { items } => items.iter().map(|item| written(item)).collect::<Vec<_>>().join("\n"),
        Task::Sort { categories, items } => {
            let category = |item: &Item| categories.get(item.category).cloned().unwrap_or_default();
            items
                .iter()
                .map(|item| format!("{} = {}", written(&item.text), category(item)))
                .collect::<Vec<_>>()
                .join("\n")
        }
        Task::Point { areas, .. } => areas.iter().map(area).collect::<Vec<_>>().join("\n"),
        Task::Case { parts } => gift::write_parts(parts),
        Task::Open { rubric } => rubric.join("\n"),
    }
}

/// `12 ± 0,5`
pub(crate) fn spans(quantity: &Quantity) -> Vec<String> {
    let number = |n: f64| n.to_string().replace('.', ",");
    let one = |span: &Span| {
        let tolerance =
            if span.tolerance > 0.0 { format!(" ± {}", number(span.tolerance)) } else { String::new() };
        number(span.value) + &tolerance
    };
    quantity.accepted.iter().map(one).collect()
}

/// `кПа; Па = 0,001`
pub(super) fn units(quantity: &Quantity) -> String {
    let one = |(place, unit): (usize, &Unit)| match place {
        0 => unit.name.clone(),
        _ => format!("{} = {}", unit.name, unit.factor.to_string().replace('.', ",")),
    };
    quantity.units.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}

fn gap(gap: &Gap) -> String {
    match gap {
        Gap::Text(wording) => {
            format!("{}{}", if wording.exact_case { "!" } else { "" }, wording.accepted.join(" | "))
        }
        Gap::Number(quantity) => format!("# {}", spans(quantity).join(" | ")),
        Gap::Choice { options, right } => {
            let option = |(place, text): (usize, &String)| {
                if place == *right { format!("+{text}") } else { text.clone() }
            };
            options.iter().enumerate().map(option).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn area(area: &Area) -> String {
    let spots =
        |spots: &[Spot]| spots.iter().map(|spot| format!(" {} {}", spot.x, spot.y)).collect::<String>();
    match area {
        Area::Rectangle(one, other) => format!("прямоугольник{}", spots(&[*one, *other])),
        Area::Ellipse { centre, across, down } => format!("овал {} {} {across} {down}", centre.x, centre.y),
        Area::Polygon(corners) => format!("контур{}", spots(corners)),
    }
}

/// The task that these lines describe, or what is wrong with them, in a sentence. `picture` is the one a point is shown on.
pub(super) fn read(
    kind: &str,
    text: &str,
    units: &str,
    picture: Option<(String, String)>,
) -> Result<Task, String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let cleaned = |line: &str| clean_line(line).ok_or_else(|| format!("слишком много разметки: «{line}»"));
    Ok(match kind {
        "text" => Task::Text(Wording { accepted: owned(&lines), ..Wording::default() }),
        "number" => Task::Number(Quantity {
            accepted: lines.iter().map(|line| span(line)).collect::<Result<_, _>>()?,
            units: units_of(units)?,
        }),
        "gaps" => Task::Gaps(lines.iter().map(|line| gap_of(line)).collect::<Result<_, _>>()?),
        "match" => {
            let (mut rows, mut columns, mut key) = (Vec::new(), Vec::<String>::new(), Vec::new());
            for line in lines {
                let (row, column) = halves(line)?;
                let column = cleaned(column)?;
                let known = columns.iter().position(|known| *known == column);
                let place = known.unwrap_or_else(|| {
                    columns.push(column);
                    columns.len() - 1
                });
                if !row.is_empty() {
                    rows.push(cleaned(row)?);
                    key.push(place);
                }
            }
            Task::Match { rows, columns, key }
        }
        "order" => Task::Order { items: lines.into_iter().map(cleaned).collect::<Result<_, _>>()? },
        "sort" => {
            let (mut categories, mut items) = (Vec::<String>::new(), Vec::new());
            for line in lines {
                let (text, of) = halves(line)?;
                let category = categories.iter().position(|known| known == of).unwrap_or_else(|| {
                    categories.push(of.to_owned());
                    categories.len() - 1
                });
                items.push(Item { text: cleaned(text)?, category });
            }
            Task::Sort { categories, items }
        }
        "point" => {
            let (picture, alt) = picture.unwrap_or_default();
            Task::Point {
                picture,
                alt,
                areas: lines.iter().map(|line| area_of(line)).collect::<Result<_, _>>()?,
            }
        }
        "case" => Task::Case { parts: parts(text)? },
        _ => Task::Open { rubric: owned(&lines) },
    })
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// `слева = справа`, by the last sign, so that the left side may have its own.
fn halves(line: &str) -> Result<(&str, &str), String> {
    let (left, right) = match line.strip_prefix('=') {
        Some(right) => ("", right),
        None if line.ends_with(" =") => (line, ""),
        None => [" = ", " — ", " – ", " - "]
            .iter()
            .find_map(|sign| line.rsplit_once(sign))
            .ok_or_else(|| format!("в строке «{line}» нет знака « = » с пробелами"))?,
    };
    match right.trim() {
        "" => Err(format!("в строке «{line}» пусто после знака «=»")),
        right => Ok((left.trim(), right)),
    }
}

fn number(text: &str) -> Result<f64, String> {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace()).collect::<String>().replace(',', ".").replace('−', "-");
    plain.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| format!("«{}» — не число", text.trim()))
}

fn span(line: &str) -> Result<Span, String> {
    let line = line.replace("+/-", "±").replace("+-", "±");
    let (value, tolerance) = line.split_once('±').unwrap_or((&line, "0"));
    Ok(Span { value: number(value)?, tolerance: number(tolerance)? })
}

fn units_of(text: &str) -> Result<Vec<Unit>, String> {
    let one = |text: &str| {
        let (name, factor) =
            text.split_once('=').map_or((text, Ok(1.0)), |(name, factor)| (name, number(factor)));
        Ok(Unit { name: name.trim().to_owned(), factor: factor? })
    };
    text.split(';').map(str::trim).filter(|text| !text.is_empty()).map(one).collect()
}

fn gap_of(line: &str) -> Result<Gap, String> {
    if let Some(numbers) = line.strip_prefix('#') {
        let accepted = numbers.split('|').map(span).collect::<Result<_, _>>()?;
        return Ok(Gap::Number(Quantity { accepted, units: Vec::new() }));
    }
    let (exact_case, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let words: Vec<&str> = line.split('|').map(str::trim).collect();
    let right: Vec<usize> = (0..words.len()).filter(|&place| words[place].starts_with('+')).collect();
    match right.as_slice() {
        [] => Ok(Gap::Text(Wording { accepted: owned(&words), exact_case, typos: 0 })),
        [right] => Ok(Gap::Choice {
            options: words.iter().map(|word| word.trim_start_matches('+').trim().to_owned()).collect(),
            right: *right,
        }),
        _ => Err(format!("в строке «{line}» верный с плюсом может быть один")),
    }
}

fn area_of(line: &str) -> Result<Area, String> {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default().to_lowercase();
    let numbers: Vec<i32> = words
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| format!("в строке «{line}» нужны целые числа"))?;
    let spots: Vec<Spot> = numbers.chunks_exact(2).map(|pair| Spot { x: pair[0], y: pair[1] }).collect();
    match (name.as_str(), numbers.as_slice()) {
        ("прямоугольник", [_, _, _, _]) => Ok(Area::Rectangle(spots[0], spots[1])),
        ("овал", &[_, _, across, down]) => Ok(Area::Ellipse { centre: spots[0], across, down }),
        ("контур", numbers) if numbers.len() % 2 == 0 => Ok(Area::Polygon(spots)),
        _ => Err(format!("строку «{line}» не понять: «прямоугольник», «овал» или «контур» и числа")),
    }
}

fn parts(text: &str) -> Result<Vec<Question>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let read = gift::read(text).map_err(|error| error.why)?;
    if let Some(refused) = read.refused.first() {
        return Err(format!("строка {}: {}", refused.line, refused.why));
    }
    Ok(read.read.into_iter().map(|one| one.question).collect())
}
