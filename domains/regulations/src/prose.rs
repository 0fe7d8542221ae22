//! Markdown as people write it becomes cleaned HTML.
use comrak::Options;

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
