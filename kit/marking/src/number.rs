//! A number with its tolerance and unit.
use serde::{Deserialize, Serialize};

/// The numbers that are right, each with its tolerance in the first unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    pub accepted: Vec<Span>,
    /// The first is what the number is counted in; without a unit typed it is meant. None: a bare number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Unit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub value: f64,
    /// How far from the value is still right, either way.
    pub tolerance: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    pub name: String,
    /// How many first units one of these is: 1000 for «кПа» after «Па».
    pub factor: f64,
}

impl Quantity {
    pub fn holds(&self, typed: &str) -> bool {
        self.read(typed).is_some_and(|number| {
            self.accepted.iter().any(|span| {
                // A tolerance of 0.1 holds 12.1 against 12 although no such fractions exist in binary.
                let slack = 1e-9 * number.abs().max(span.value.abs()).max(1e-3);
                (number - span.value).abs() <= span.tolerance + slack
            })
        })
    }

    pub fn example(&self) -> String {
        let number = self.accepted.first().map(|span| written(span.value)).unwrap_or_default();
        match self.units.first() {
            Some(unit) => format!("{number} {}", unit.name),
            None => number,
        }
    }

    /// The number typed, in the first unit: `1 250,5`, `-3e2`, `12 кПа`.
    fn read(&self, typed: &str) -> Option<f64> {
        let typed = typed.trim();
        for unit in &self.units {
            let cut = typed.len().checked_sub(unit.name.len()).filter(|at| typed.is_char_boundary(*at));
            let found = cut.map(|at| typed.split_at(at)).filter(|(_, name)| *name == unit.name);
            if let Some(number) = found.and_then(|(number, _)| parsed(number)) {
                return Some(number * unit.factor);
            }
        }
        parsed(typed)
    }
}

/// A decimal comma or point; spaces between thousands; a minus of any length.
pub(crate) fn parsed(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let text = text.replace(',', ".").replace(['−', '–', '—'], "-");
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ".+-eE".contains(c));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// With a decimal comma.
pub(crate) fn written(number: f64) -> String {
    number.to_string().replace('.', ",")
}
