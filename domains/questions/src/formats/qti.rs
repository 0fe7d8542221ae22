//! QTI 2.1, 2.2 and 3.0 (1EdTech): a package of items with its manifest, or one item alone. Of the three the names alone differ: here they are
//! taken without their prefix, hyphens and capitals. <https://www.imsglobal.org/question>
mod item;
mod response;
mod tree;

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::package::{Package, beside, folder};
use super::{BankFile, Refusal, Unreadable, encoding};
use tree::{attribute, child, children, is, name};

/// Where an item's pictures come from.
pub trait Beside {
    /// The content of a file by its path in the package.
    fn read(&mut self, path: &str) -> Option<Vec<u8>>;
}

impl Beside for Package<'_> {
    fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        Package::read(self, path)
    }
}

/// An item that has come alone has nothing beside it.
struct Alone;
impl Beside for Alone {
    fn read(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

const MANIFEST: &str = "imsmanifest.xml";
const MOST_NODES: u32 = 200_000;
/// Sections within sections.
const DEEPEST: usize = 16;

pub fn is_package(package: &Package<'_>) -> bool {
    package.names().any(|name| name == MANIFEST || name.ends_with("/imsmanifest.xml"))
}

/// Whether this XML is an item of QTI.
pub fn is_item(head: &str) -> bool {
    ["<assessmentItem", "<qti-assessment-item"].iter().any(|root| head.contains(root))
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    // Entities and what they may grow into are refused with the declaration that has them.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| format!("разметка XML нарушена: {error}"))
}

/// One item.
pub fn read_one(text: &str) -> Result<BankFile, Unreadable> {
    let document = parse(text).map_err(|why| Unreadable { line: 1, why })?;
    let mut bank = BankFile::default();
    enter(&mut bank, 1, document.root_element(), "", &[], &mut Alone);
    Ok(bank)
}

/// A package: its items in the order of the manifest, under the titles of the sections that a test gives them. The «line» of a question is its
/// place among the items.
pub fn read(mut package: Package<'_>) -> Result<BankFile, Unreadable> {
    let unreadable = |why: String| Unreadable { line: 1, why };
    let manifest = package.names().find(|name| *name == MANIFEST || name.ends_with("/imsmanifest.xml"));
    let Some(manifest) = manifest.map(str::to_owned) else {
        return Err(unreadable("в архиве нет imsmanifest.xml".to_owned()));
    };
    let text =
        text_of(&mut package, &manifest).ok_or_else(|| unreadable("манифест не читается".to_owned()))?;
    let document = parse(&text).map_err(unreadable)?;
    let home = folder(&manifest).to_owned();
    let resources: Vec<(String, String)> = document
        .descendants()
        .filter(|node| is(*node, "resource"))
        .filter_map(|node| {
            let (kind, href) = (attribute(node, "type")?, attribute(node, "href")?);
            Some((kind.to_ascii_lowercase(), beside(&home, href)?))
        })
        .collect();
    let mut sections = BTreeMap::new();
    for (_, path) in resources.iter().filter(|(kind, _)| kind.contains("imsqti_test")) {
        if let Some(text) = text_of(&mut package, path)
            && let Ok(test) = parse(&text)
        {
            sections_of(test.root_element(), folder(path), &mut Vec::new(), &mut sections);
        }
    }
    let items: Vec<&String> = resources
        .iter()
        .filter(|(kind, _)| kind.contains("imsqti_item") || kind.contains("imsqti_assessmentitem"))
        .map(|(_, path)| path)
        .collect();
    if items.is_empty() {
        return Err(unreadable("в манифесте нет заданий QTI 2.1, 2.2 или 3.0".to_owned()));
    }
    let mut bank = BankFile::default();
    for (place, path) in items.into_iter().enumerate() {
        let line = place + 1;
        let Some(text) = text_of(&mut package, path) else {
            let why = format!("файла «{path}» в архиве нет, или он слишком велик");
            bank.refused.push(Refusal { line, name: path.clone(), why });
            continue;
        };
        match parse(&text) {
            Err(why) => bank.refused.push(Refusal { line, name: path.clone(), why }),
            Ok(document) => {
                let category = sections.get(path).cloned().unwrap_or_default();
                enter(&mut bank, line, document.root_element(), folder(path), &category, &mut package);
            }
        }
    }
    Ok(bank)
}

fn text_of(package: &mut Package<'_>, path: &str) -> Option<String> {
    let bytes = package.read(path)?;
    encoding::decode(&bytes).ok()
}

fn enter(
    bank: &mut BankFile,
    line: usize,
    root: Node<'_, '_>,
    folder: &str,
    category: &[String],
    beside: &mut impl Beside,
) {
    let title =
        ["title", "label", "identifier"].iter().find_map(|name| attribute(root, name)).unwrap_or_default();
    let draft = item::draft(root, folder, beside);
    bank.enter(line, super::html::shortened(title, 200), category, draft);
}

/// The titles of the sections above each item, by its path.
fn sections_of(
    node: Node<'_, '_>,
    home: &str,
    titles: &mut Vec<String>,
    found: &mut BTreeMap<String, Vec<String>>,
) {
    if titles.len() > DEEPEST {
        return;
    }
    for child in children(node) {
        match name(child).as_str() {
            "assessmentitemref" => {
                if let Some(path) = attribute(child, "href").and_then(|href| beside(home, href)) {
                    let titles = titles.iter().filter(|title| !title.is_empty()).cloned().collect();
                    found.entry(path).or_insert(titles);
                }
            }
            "assessmentsection" => {
                titles.push(attribute(child, "title").unwrap_or_default().to_owned());
                sections_of(child, home, titles, found);
                titles.pop();
            }
            "testpart" => {
                titles.push(String::new());
                sections_of(child, home, titles, found);
                titles.pop();
            }
            _ => {}
        }
    }
}

/// The one below, for readers of items.
fn below<'a, 'b>(node: Node<'a, 'b>, wanted: &str) -> Option<Node<'a, 'b>> {
    child(node, wanted).or_else(|| node.descendants().find(|one| is(*one, wanted)))
}
