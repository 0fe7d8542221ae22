//! How tests read a PDF: by poppler's tools.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::process::Command;

fn poppler(tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool)
        .args(arguments)
        .output()
        .unwrap_or_else(|why| panic!("{tool} (package poppler-utils) is needed by this test: {why}"));
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The words of a document in the order of its content.
pub fn text(pdf: &Path) -> String {
    poppler("pdftotext", &["-raw", pdf.to_str().unwrap(), "-"])
}

#[allow(dead_code, reason = "each test file reads what it needs")]
pub fn pages(pdf: &Path) -> usize {
    let about = poppler("pdfinfo", &[pdf.to_str().unwrap()]);
    let count = about.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap();
    count.trim().parse().unwrap()
}

/// Millimetres from the edges of the paper to the words nearest to them, left and right.
#[allow(dead_code, reason = "each test file reads what it needs")]
pub fn edges(pdf: &Path) -> (f64, f64) {
    let boxes = poppler("pdftotext", &["-bbox", pdf.to_str().unwrap(), "-"]);
    let all = |name: &str| -> Vec<f64> {
        let name = format!("{name}=\"");
        boxes
            .match_indices(&name)
            .map(|(at, _)| {
                let rest = &boxes[at + name.len()..];
                rest[..rest.find('"').unwrap()].parse().unwrap()
            })
            .collect()
    };
    let width = all("page width")[0];
    let left = all("xMin").into_iter().fold(width, f64::min);
    let right = width - all("xMax").into_iter().fold(0.0, f64::max);
    (left / 72.0 * 25.4, right / 72.0 * 25.4)
}

/// Whether the text holds the words, however the lines are broken.
#[allow(dead_code, reason = "each test file reads what it needs")]
pub fn says(text: &str, words: &str) -> bool {
    let bare = |text: &str| {
        text.chars().filter(|c| !c.is_whitespace() && !"-\u{ad}‐".contains(*c)).collect::<String>()
    };
    bare(text).contains(&bare(words))
}
