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

const INLINE: [&str; 11] = ["audio", "b", "br", "code", "em", "i", "img", "strong", "sub", "sup", "u"];
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
        .tag_attributes([("img", ["src", "alt"].into()), ("audio", ["src", "aria-label"].into())].into())
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
    let html = CLEANER.clean(&bare(&sounds(&html))).to_string();
    let html = if html.contains("<audio") { rewritten(&html) } else { html };
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
            && !["img", "audio"].iter().any(|media| name.eq_ignore_ascii_case(media))
            && let Some(end) = tag_end(attributes)
        {
            bare = bare + name + ">";
            rest = &attributes[end + 1..];
        }
    }
    bare + rest
}

/// Endings of files that are listened to.
const SOUNDS: [&str; 5] = [".mp3", ".ogg", ".oga", ".wav", ".m4a"];

/// Recordings as they are written elsewhere (with their sources inside, or as links that Moodle shows as players), each as one `<audio>`.
fn sounds(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = [rest.find("<audio"), rest.find("<a ")].into_iter().flatten().min() {
        let (before, tag) = rest.split_at(at);
        let is_link = tag.starts_with("<a ");
        let close = if is_link { "</a>" } else { "</audio>" };
        // One that is not closed ends where it began.
        let end = tag
            .find(close)
            .map(|end| end + close.len())
            .or_else(|| Some(tag.find('>')? + 1))
            .unwrap_or(tag.len());
        let inside = &tag[..end];
        let value = |name: &str| {
            let (_, rest) = inside.split_once(&format!("{name}=\""))?;
            rest.split('"').next()
        };
        out += before;
        let address = value(if is_link { "href" } else { "src" }).unwrap_or_default();
        let plain = address.split('?').next().unwrap_or_default().to_ascii_lowercase();
        if is_link && !SOUNDS.iter().any(|ending| plain.ends_with(ending)) {
            out += "<a ";
            rest = &tag[3..];
            continue;
        }
        let words = if is_link {
            excerpt(inside, 300)
        } else {
            value("aria-label").map(unescape).unwrap_or_default()
        };
        out += &format!(
            "<audio src=\"{address}\" aria-label=\"{}\"></audio>",
            escape(&words).replace('"', "&quot;")
        );
        rest = &tag[end..];
    }
    out + rest
}

/// Cleaned HTML with each recording as it is kept.
fn rewritten(html: &str) -> String {
    pieces(html)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Media(media) => media.tag(&media.src),
        })
        .collect()
}

/// A part of cleaned HTML.
pub enum Piece<'a> {
    Words(&'a str),
    Media(Media<'a>),
}

/// A picture or a recording.
pub struct Media<'a> {
    pub is_sound: bool,
    /// Plain.
    pub src: String,
    /// For whoever does not see or hear it; still escaped.
    pub alt: &'a str,
}

impl Media<'_> {
    /// Its tag with another address, plain.
    pub fn tag(&self, src: &str) -> String {
        let (src, alt) = (escape(src).replace('"', "&quot;"), self.alt);
        if self.is_sound {
            format!("<audio src=\"{src}\" aria-label=\"{alt}\" controls preload=\"none\"></audio>")
        } else {
            format!("<img src=\"{src}\" alt=\"{alt}\">")
        }
    }
}

/// Cleaned HTML, its words apart from what is looked at and listened to.
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(at) = [rest.find("<img"), rest.find("<audio")].into_iter().flatten().min() {
        let (before, tag) = rest.split_at(at);
        pieces.push(Piece::Words(before));
        let is_sound = tag.starts_with("<audio");
        let name = if is_sound { "<audio" } else { "<img" };
        let (src, alt, mut after) = attributes(&tag[name.len()..]);
        if is_sound {
            after = after.split_once("</audio>").map_or(after, |(_, after)| after);
        }
        pieces.push(Piece::Media(Media { is_sound, src, alt }));
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// The address (plain) and the description (still escaped) of a cleaned tag, and what follows it.
fn attributes(tag: &str) -> (String, &str, &str) {
    let (mut src, mut alt, mut rest) = (String::new(), "", tag);
    loop {
        rest = rest.trim_start();
        let length =
            rest.find(|c: char| matches!(c, '=' | '>' | '/') || c.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let Some((value, after)) = after.strip_prefix("=\"").and_then(|after| after.split_once('"')) else {
            match after.strip_prefix(['/', '>']) {
                Some(after) if rest[length..].starts_with('>') => return (src, alt, after),
                // A word without a value.
                _ if length > 0 && !after.is_empty() => rest = after,
                Some(after) => rest = after,
                None => return (src, alt, ""),
            }
            continue;
        };
        match name {
            "src" => src = unescape(value),
            "alt" | "aria-label" => alt = value,
            _ => {}
        }
        rest = after;
    }
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
