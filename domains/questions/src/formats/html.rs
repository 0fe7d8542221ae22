//! Texts of questions as a small, safe HTML without attributes, links or scripts.
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::fault::Fault;

/// How a text is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    Html,
    Plain,
    Markdown,
    /// Moodle's own: plain text in which tags are allowed.
    Auto,
}

impl Markup {
    /// Moodle's word for it, in GIFT or in XML.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "html" => Some(Self::Html),
            "plain" | "plain_text" => Some(Self::Plain),
            "markdown" => Some(Self::Markdown),
            "moodle" | "moodle_auto_format" => Some(Self::Auto),
            _ => None,
        }
    }
}

const INLINE: [&str; 10] = ["b", "br", "code", "em", "i", "img", "strong", "sub", "sup", "u"];
const BLOCKS: [&str; 13] =
    ["div", "li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"];
/// Blocks that lose their meaning but must still part their text from the next.
const PARTED: [&str; 13] =
    ["article", "blockquote", "center", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "section"];
/// Formulas: presentation MathML, without attributes.
const MATHS: [&str; 22] = [
    "math",
    "mfenced",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mphantom",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];
const MOST_TAGS: usize = 2000;

/// Pictures keep whatever address they have: who shows them decides.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(INLINE.into_iter().chain(BLOCKS).chain(PARTED).chain(MATHS).collect())
        .generic_attributes([].into())
        .tag_attributes([("img", ["src", "alt"].into())].into())
        .url_schemes(["data", "http", "https"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

/// Safe HTML of a text, its pictures not yet settled.
pub fn clean(text: &str, markup: Markup) -> Result<String, Fault> {
    let html = match markup {
        Markup::Html => text.to_owned(),
        Markup::Auto if !is_tagged(text) => emphasised(&laid_out(text)),
        Markup::Auto if has_blocks(text) || text.contains("<br") => text.to_owned(),
        Markup::Auto => text.trim().replace('\n', "<br>"),
        Markup::Plain => laid_out(text),
        Markup::Markdown => emphasised(&laid_out(text)),
    };
    if html.matches('<').count() > MOST_TAGS {
        return Err(Fault::TooManyTags);
    }
    let html = CLEANER.clean(&bare(&html)).to_string();
    Ok(PARTED.iter().fold(html, |html, tag| {
        html.replace(&format!("<{tag}>"), "<div>").replace(&format!("</{tag}>"), "</div>")
    }))
}

/// Tags without attributes, except pictures. `<b id=1><b id=2>…<p>…<p>…` makes a parser repeat each `<b>` in each `<p>`;
/// of equal tags it repeats only three.
fn bare(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        bare = bare + before + "<";
        rest = tag;
        let length = tag.find(|c: char| matches!(c, '>' | '/') || c.is_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(length);
        if name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !name.eq_ignore_ascii_case("img")
            && let Some(end) = tag_end(attributes)
        {
            bare = bare + name + ">";
            rest = &attributes[end + 1..];
        }
    }
    bare + rest
}

/// Where `>` ends a tag, and is not a part of a quoted value.
fn tag_end(attributes: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (place, letter) in attributes.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(place),
            (None, '"' | '\'') if before == '=' => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        if !letter.is_whitespace() {
            before = letter;
        }
    }
    None
}

/// Without empty ends, and without a paragraph around it when there is only one.
pub fn tidy(html: &str) -> &str {
    const NOISE: [&str; 6] = ["&nbsp;", "<br>", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<div></div>"];
    let mut tidy = html;
    loop {
        let length = tidy.len();
        tidy = NOISE
            .iter()
            .fold(tidy.trim(), |html, noise| html.trim_start_matches(noise).trim_end_matches(noise));
        tidy = unwrapped(unwrapped(tidy, "<p>", "</p>"), "<div>", "</div>");
        if tidy.len() == length {
            return tidy;
        }
    }
}

fn unwrapped<'a>(html: &'a str, open: &str, close: &str) -> &'a str {
    match html.strip_prefix(open).and_then(|inner| inner.strip_suffix(close)) {
        Some(inner) if !inner.contains(open) => inner,
        _ => html,
    }
}

/// Ready to stand beside other paragraphs.
pub fn paragraph(html: &str) -> String {
    if has_blocks(html) { html.to_owned() } else { format!("<p>{html}</p>") }
}

/// Whether it is more than a line or a few of text.
pub fn has_blocks(html: &str) -> bool {
    tags(html).any(|tag| BLOCKS.contains(&tag.as_str()) || PARTED.contains(&tag.as_str()))
}

/// The words of cleaned HTML alone, on one line and not many of them.
pub fn excerpt(html: &str, most: usize) -> String {
    let mut pieces = html.split('<');
    let mut words = pieces.next().unwrap_or_default().to_owned();
    for (tag, text) in pieces.filter_map(|piece| piece.split_once('>')) {
        if tag == "br" || !INLINE.contains(&tag.trim_start_matches('/')) {
            words.push(' ');
        }
        words.push_str(text);
    }
    shortened(&unescape(&words), most)
}

/// On one line and not longer than `most` letters.
pub fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Names of the known tags in a text, opening and closing.
fn tags(text: &str) -> impl Iterator<Item = String> {
    text.split('<').skip(1).filter_map(|after| {
        let inner = after.split_once('>')?.0.trim_start_matches('/');
        let name = inner.split(|c: char| c == '/' || c.is_whitespace()).next()?.to_ascii_lowercase();
        let known = |names: &[&str]| names.contains(&name.as_str());
        (known(&INLINE) || known(&BLOCKS) || known(&PARTED) || known(&["a", "font", "s", "span"]))
            .then_some(name)
    })
}

fn is_tagged(text: &str) -> bool {
    const ENTITIES: [&str; 6] = ["&lt;", "&gt;", "&amp;", "&nbsp;", "&quot;", "&#"];
    tags(text).next().is_some() || ENTITIES.iter().any(|entity| text.contains(entity))
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Plain text as HTML: an empty line parts paragraphs, a line break stays a line break.
fn laid_out(text: &str) -> String {
    let text = escape(text);
    let lines: Vec<_> = text.trim().lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    format!("<p>{}</p>", paragraphs.map(|lines| lines.join("<br>")).collect::<Vec<_>>().join("</p><p>"))
}

/// `**important**` in bold, where the stars stand at the edges of words.
fn emphasised(html: &str) -> String {
    let mut bold = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("**") {
        bold.push_str(before);
        let outside = !before.ends_with(char::is_alphanumeric);
        match after.split_once("**") {
            Some((inner, after))
                if outside
                    && !inner.is_empty()
                    && inner == inner.trim()
                    && !inner.contains("</p>")
                    && !after.starts_with(char::is_alphanumeric) =>
            {
                bold = bold + "<strong>" + inner + "</strong>";
                rest = after;
            }
            _ => {
                bold.push_str("**");
                rest = after;
            }
        }
    }
    bold + rest
}

/// The value of an attribute, or words, of cleaned HTML.
pub fn unescape(html: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    named.iter().fold(html.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}
