//! Names of QTI in all their versions, and texts with what stands in them.
use roxmltree::Node;

use super::super::html::escape;
use super::super::package;

/// `choiceinteraction` of `choiceInteraction` and of `qti-choice-interaction`.
pub fn name(node: Node<'_, '_>) -> String {
    plain(node.tag_name().name())
}

fn plain(name: &str) -> String {
    name.strip_prefix("qti-").unwrap_or(name).replace('-', "").to_ascii_lowercase()
}

pub fn is(node: Node<'_, '_>, wanted: &str) -> bool {
    node.is_element() && name(node) == wanted
}

/// By its plain name: `maxchoices`.
pub fn attribute<'a>(node: Node<'a, '_>, wanted: &str) -> Option<&'a str> {
    node.attributes().find(|one| plain(one.name()) == wanted).map(|one| one.value())
}

pub fn children<'a, 'b>(node: Node<'a, 'b>) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(Node::is_element)
}

pub fn child<'a, 'b>(node: Node<'a, 'b>, wanted: &str) -> Option<Node<'a, 'b>> {
    children(node).find(|one| is(*one, wanted))
}

/// All words within, as they stand.
pub fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|one| one.text()).collect()
}

/// The content of a node as HTML. What `instead` answers for stands in the place of an element; the pictures that are met are named in
/// `pictures` by their paths in the package.
pub fn html(
    node: Node<'_, '_>,
    folder: &str,
    pictures: &mut Vec<String>,
    instead: &mut impl FnMut(Node<'_, '_>) -> Option<String>,
) -> String {
    let mut out = String::new();
    write(node, folder, pictures, instead, 0, &mut out);
    out
}

const DEEPEST: usize = 64;

fn write(
    node: Node<'_, '_>,
    folder: &str,
    pictures: &mut Vec<String>,
    instead: &mut impl FnMut(Node<'_, '_>) -> Option<String>,
    depth: usize,
    out: &mut String,
) {
    for one in node.children() {
        if let Some(text) = one.text().filter(|_| one.is_text()) {
            *out += &escape(text);
            continue;
        }
        if !one.is_element() || depth > DEEPEST {
            continue;
        }
        if let Some(other) = instead(one) {
            *out += &other;
            continue;
        }
        let kind = name(one);
        match kind.as_str() {
            // Said elsewhere, or to whoever marks.
            "feedbackinline" | "feedbackblock" | "modalfeedback" | "rubricblock" | "stylesheet"
            | "templateinline" | "templateblock" => {}
            "img" | "object" => {
                let source = if kind == "img" { attribute(one, "src") } else { attribute(one, "data") };
                let alt = attribute(one, "alt").map_or_else(|| words(one), str::to_owned);
                *out += &picture(source.unwrap_or_default(), &alt, folder, pictures);
            }
            // A body's own wrappers are nothing for a text.
            "prompt" | "div" => {
                *out += "<div>";
                write(one, folder, pictures, instead, depth + 1, out);
                *out += "</div>";
            }
            "br" | "hr" => *out += "<br>",
            kind => {
                *out += &format!("<{kind}>");
                write(one, folder, pictures, instead, depth + 1, out);
                *out += &format!("</{kind}>");
            }
        }
    }
}

/// A picture of the package is named as lying beside the text; another keeps its address, and is said to be dropped.
fn picture(source: &str, alt: &str, folder: &str, pictures: &mut Vec<String>) -> String {
    let outside = source.contains("://") || source.starts_with("data:");
    let source = match package::beside(folder, source).filter(|_| !outside) {
        Some(path) => {
            let address = format!("@@PLUGINFILE@@/{path}");
            pictures.push(path);
            address
        }
        None => source.to_owned(),
    };
    format!("<img src=\"{}\" alt=\"{}\">", escape(&source), escape(alt.trim()))
}
