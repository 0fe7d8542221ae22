//! The cleaned HTML of a question as what a paper is set from: words with their looks, lines, pictures, tables.
use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use crate::formats::html::{Piece, escape, pieces, unescape};

/// Pictures that a paper shows: the name in the paper, by the address in the texts.
#[derive(Default)]
pub(crate) struct Pictures(BTreeMap<String, String>);

impl Pictures {
    /// The name under which the paper finds it. Names repeat from paper to paper: the press keeps each for ever.
    pub(crate) fn name(&mut self, address: &str) -> String {
        let next = self.0.len() + 1;
        self.0.entry(address.to_owned()).or_insert_with(|| format!("picture-{next}")).clone()
    }

    /// Addresses with their names.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(address, name)| (address.as_str(), name.as_str()))
    }
}

/// What the text shows, a node after another: `{"text", "looks"}`, `{"line": true}`, `{"picture"}`, `{"block": […]}`, `{"rows": [[[…]]]}`.
pub(crate) fn nodes(html: &str, pictures: &mut Pictures) -> Vec<Value> {
    let xml = format!("<x>{}</x>", closed(html));
    match Document::parse(&xml) {
        Ok(document) => within(document.root_element(), &mut Vec::new(), pictures),
        // The words at least.
        Err(_) => vec![json!({ "text": unescape(html), "looks": [] })],
    }
}

/// Elements within elements.
const DEEPEST: usize = 24;

/// As XML: void elements closed, spaces that it has no word for as themselves, recordings by their words.
fn closed(html: &str) -> String {
    let html = html.replace("&nbsp;", "\u{a0}").replace("<br>", "<br/>");
    let piece = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Media(media) if media.is_sound => format!("<i>[запись: {}]</i>", media.alt),
        Piece::Media(media) => format!("<img src=\"{}\"/>", escape(&media.src)),
    };
    pieces(&html).into_iter().map(piece).collect()
}

fn within(node: Node<'_, '_>, looks: &mut Vec<&'static str>, pictures: &mut Pictures) -> Vec<Value> {
    let mut all = Vec::new();
    // No text is nested so; what is, is its words.
    if node.ancestors().take(DEEPEST + 1).count() > DEEPEST {
        let words: String = node.descendants().filter(Node::is_text).filter_map(|one| one.text()).collect();
        return vec![json!({ "text": words, "looks": [] })];
    }
    for one in node.children() {
        if let Some(text) = one.text().filter(|_| one.is_text()) {
            all.push(json!({ "text": text, "looks": looks }));
            continue;
        }
        let look = match one.tag_name().name() {
            "b" | "strong" | "th" => "bold",
            "i" | "em" => "italic",
            "u" => "under",
            "sub" => "sub",
            "sup" => "sup",
            "br" => {
                all.push(json!({ "line": true }));
                continue;
            }
            "img" => {
                if let Some(address) = one.attribute("src") {
                    all.push(json!({ "picture": pictures.name(address) }));
                }
                continue;
            }
            "table" => {
                // Rows of a table within it are its own.
                let own = |row: &Node<'_, '_>| {
                    row.ancestors()
                        .skip(1)
                        .find(|above| above.has_tag_name("table"))
                        .is_some_and(|table| table.id() == one.id())
                };
                let rows = one.descendants().filter(|row| row.has_tag_name("tr") && own(row));
                let cells = |row: Node<'_, '_>, pictures: &mut Pictures| -> Vec<Vec<Value>> {
                    let cells = row.children().filter(Node::is_element).collect::<Vec<_>>();
                    cells.into_iter().map(|cell| within(cell, &mut Vec::new(), pictures)).collect()
                };
                let rows: Vec<_> = rows.map(|row| cells(row, pictures)).collect();
                all.push(json!({ "rows": rows }));
                continue;
            }
            "math" => {
                all.push(json!({ "text": formula(one), "looks": looks }));
                continue;
            }
            "p" | "div" | "li" | "ul" | "ol" | "pre" => {
                let mut block = within(one, looks, pictures);
                if one.has_tag_name("li") {
                    block.insert(0, json!({ "text": "— ", "looks": [] }));
                }
                all.push(json!({ "block": block }));
                continue;
            }
            _ => {
                all.extend(within(one, looks, pictures));
                continue;
            }
        };
        looks.push(look);
        all.extend(within(one, looks, pictures));
        looks.pop();
    }
    all
}

/// A formula in one line: `(a + b)/c`, `x^2`, `√(x)`.
fn formula(node: Node<'_, '_>) -> String {
    let parts: Vec<String> = node
        .children()
        .filter_map(|one| {
            let text = one.text().filter(|_| one.is_text()).map(|text| text.trim().to_owned());
            text.or_else(|| one.is_element().then(|| formula(one)))
        })
        .filter(|part| !part.is_empty())
        .collect();
    let part = |place: usize| {
        let part = parts.get(place).map_or("", String::as_str);
        if part.chars().count() > 1 { format!("({part})") } else { part.to_owned() }
    };
    match node.tag_name().name() {
        "mfrac" => format!("{}/{}", part(0), part(1)),
        "msup" | "mover" => format!("{}^{}", part(0), part(1)),
        "msub" | "munder" => format!("{}_{}", part(0), part(1)),
        "msubsup" | "munderover" => format!("{}_{}^{}", part(0), part(1), part(2)),
        "msqrt" => format!("√({})", parts.join(" ")),
        "mroot" => format!("{}√{}", part(1), part(0)),
        "mrow" | "math" | "mstyle" => parts.join(" "),
        _ => parts.concat(),
    }
}
