//! Markdown as people write it becomes cleaned HTML for a page, or blocks of plain words for a paper.
use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};
use serde::Serialize;

/// A part of a text that paper can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Heading(String),
    Words(String),
    List(Vec<String>),
    /// A numbered list.
    Steps(Vec<String>),
    /// Pairs of a name and a value.
    Facts(Vec<(String, String)>),
}

/// Headings, lists, tables, emphasis, links and pictures; no scripts, styles or frames. What stands on another host is
/// kept from loading by the content policy of every page.
pub fn html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    let raw = comrak::markdown_to_html(markdown, &options);
    let clean = ammonia::Builder::default().link_rel(Some("noopener")).clean(&raw).to_string();
    // A wide table scrolls by itself, so the keyboard has to reach it.
    clean.replace("<table>", "<table tabindex=\"0\">")
}

/// The first heading's text, if the text begins with one, and the rest.
pub fn title_and_rest(markdown: &str) -> (Option<&str>, &str) {
    match markdown.trim_start().split_once('\n') {
        Some((first, rest)) if first.starts_with("# ") => (Some(first[2..].trim()), rest),
        _ => (None, markdown),
    }
}

/// The text in plain words; a table becomes its rows as lines.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    let root = parse_document(&arena, markdown, &options);
    let mut blocks = Vec::new();
    for node in root.children() {
        match &node.data.borrow().value {
            NodeValue::Heading(_) => blocks.push(Block::Heading(plain(node))),
            NodeValue::List(list) => {
                let items = node.children().map(plain).collect();
                blocks.push(if list.list_type == ListType::Ordered {
                    Block::Steps(items)
                } else {
                    Block::List(items)
                });
            }
            NodeValue::Table(_) => blocks.extend(node.children().map(plain).map(Block::Words)),
            _ => blocks.push(Block::Words(plain(node))),
        }
    }
    blocks.retain(|block| !matches!(block, Block::Words(words) if words.is_empty()));
    blocks
}

/// What a person reads in a node and below it.
fn plain<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for inner in node.descendants() {
        match &inner.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            NodeValue::TableCell | NodeValue::Paragraph if !words.is_empty() => words.push_str("; "),
            _ => {}
        }
    }
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Block, blocks};

    #[test]
    fn markdown_becomes_blocks_of_words() {
        let text = "## Цели\n\nПервая **важная**\nстрока.\n\n- одно;\n- другое\n\n1. шаг\n";
        let word = str::to_owned;
        assert_eq!(
            blocks(text),
            [
                Block::Heading(word("Цели")),
                Block::Words(word("Первая важная строка.")),
                Block::List(vec![word("одно;"), word("другое")]),
                Block::Steps(vec![word("шаг")]),
            ]
        );
    }
}
