//! What the declarations of an item say is right.
use std::collections::BTreeMap;

use marking::{Credit, Gap, Quantity, Span, Wording};
use roxmltree::Node;

use super::super::fault::Fault;
use super::super::html::excerpt;
use super::tree::{attribute, child, children, is, words};

/// What is right for one interaction.
#[derive(Default)]
pub struct Response<'a> {
    base: &'a str,
    pub is_single: bool,
    correct: Vec<String>,
    /// What each answer is worth.
    mapped: Vec<(&'a str, f64)>,
    exact_case: bool,
    /// Shape and coordinates of areas that are worth something.
    pub areas: Vec<(&'a str, &'a str)>,
}

impl Response<'_> {
    /// The answers that are right: those that are said to be, else those that are worth something.
    pub fn right(&self) -> Vec<&str> {
        if self.correct.is_empty() {
            self.mapped.iter().filter(|(_, worth)| *worth > 0.0).map(|(key, _)| *key).collect()
        } else {
            self.correct.iter().map(String::as_str).collect()
        }
    }

    /// `A B`
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.right().into_iter().filter_map(|pair| pair.trim().split_once(char::is_whitespace)).collect()
    }

    /// How an answer that is right in part is counted.
    pub fn credit(&self) -> Credit {
        match () {
            () if self.is_single || self.mapped.is_empty() => Credit::Whole,
            () if self.mapped.iter().any(|(_, worth)| *worth < 0.0) => Credit::Penalty,
            () => Credit::Partial,
        }
    }

    /// What may be typed.
    pub fn gap(&self) -> Result<Gap, Fault> {
        let mut accepted: Vec<&str> = self.correct.iter().map(String::as_str).collect();
        accepted.extend(self.mapped.iter().filter(|(_, worth)| *worth > 0.0).map(|(key, _)| *key));
        accepted.dedup();
        if matches!(self.base, "integer" | "float") {
            let span = |text: &str| Ok(Span { value: number(text)?, tolerance: 0.0 });
            let accepted: Vec<Span> = accepted.into_iter().map(span).collect::<Result<_, Fault>>()?;
            return Ok(Gap::Number(Quantity { accepted, units: Vec::new() }));
        }
        let accepted = accepted.into_iter().map(|one| one.trim().replace('*', "\\*")).collect();
        Ok(Gap::Text(Wording { accepted, exact_case: self.exact_case, typos: 0 }))
    }
}

/// A number as QTI writes it; a comma is forgiven.
pub fn number(text: &str) -> Result<f64, Fault> {
    let plain = text.trim().replace(',', ".");
    plain.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| Fault::Number(excerpt(text, 40)))
}

/// What an item declares, by the identifier of each interaction's response.
pub fn responses<'a>(root: Node<'a, '_>) -> BTreeMap<&'a str, Response<'a>> {
    let mut found = BTreeMap::new();
    for declaration in children(root).filter(|one| is(*one, "responsedeclaration")) {
        let entries = |list: &str, entry: &str| -> Vec<_> {
            let list = child(declaration, list).into_iter().flat_map(children);
            list.filter(|one| is(*one, entry)).collect()
        };
        let worth = |node: Node<'a, '_>| {
            attribute(node, "mappedvalue").and_then(|worth| worth.trim().parse::<f64>().ok()).unwrap_or(0.0)
        };
        let mapped = entries("mapping", "mapentry");
        let response = Response {
            base: attribute(declaration, "basetype").unwrap_or_default(),
            is_single: attribute(declaration, "cardinality").unwrap_or("single") == "single",
            correct: entries("correctresponse", "value")
                .into_iter()
                .map(|one| words(one).trim().to_owned())
                .collect(),
            exact_case: !mapped.is_empty()
                && mapped.iter().all(|one| attribute(*one, "casesensitive") == Some("true")),
            mapped: mapped.iter().filter_map(|one| Some((attribute(*one, "mapkey")?, worth(*one)))).collect(),
            areas: entries("areamapping", "areamapentry")
                .into_iter()
                .filter(|one| worth(*one) > 0.0)
                .filter_map(|one| Some((attribute(one, "shape")?, attribute(one, "coords")?)))
                .collect(),
        };
        found.insert(attribute(declaration, "identifier").unwrap_or_default(), response);
    }
    found
}
