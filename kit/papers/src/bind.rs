//! Papers and photos bound into one file, each page as it was.
use std::sync::Arc;

use hayro_syntax::Pdf;
use serde_json::json;

use crate::press::{Paper, Press, Unprintable};

/// Every page keeps its own size.
const BINDING: &str = r#"
#let data = json("data.json")
#set page(width: auto, height: auto, margin: 0pt, foreground: if data.stamp != none {
  place(bottom + center, dy: -2.5mm, box(fill: white.transparentize(20%), inset: (x: 1.5mm, y: 0.6mm), text(7pt, luma(70), font: "Libertinus Serif", data.stamp)))
})
#let photo(name) = context {
  let size = measure(image(name))
  page(width: 210mm, height: 297mm, margin: 8mm, flipped: size.width > size.height,
    align(center + horizon, image(name, width: 100%, height: 100%, fit: "contain", alt: "Фотография документа")))
}
#for part in data.parts { if part.pages == 0 { photo(part.name) } else { for n in range(part.pages) { page(image(part.name, page: n + 1, alt: part.name)) } } }
"#;

/// Whether these bytes are a PDF with at least a page. CPU work, as [`Press::print`].
pub fn is_readable(pdf: &[u8]) -> bool {
    Pdf::new(Arc::new(pdf.to_vec())).is_ok_and(|pdf| !pdf.pages().is_empty())
}

impl Press {
    /// Binds PDFs and photos (JPEG, PNG) in their order; a photo is a page of its own. `at`: the date of creation, unix milliseconds. CPU work, as [`Press::print`].
    pub fn bind(self, papers: &[Vec<u8>], title: &str, at: i64) -> Result<Vec<u8>, Unprintable> {
        self.bound(papers, None, title, at)
    }

    /// One PDF with `words` at the foot of each page: whose copy it is.
    pub fn stamp(self, paper: Vec<u8>, words: &str, title: &str, at: i64) -> Result<Vec<u8>, Unprintable> {
        self.bound(&[paper], Some(words), title, at)
    }

    fn bound(
        self,
        papers: &[Vec<u8>],
        stamp: Option<&str>,
        title: &str,
        at: i64,
    ) -> Result<Vec<u8>, Unprintable> {
        let mut parts = Vec::new();
        let mut names = Vec::new();
        for (n, paper) in papers.iter().enumerate() {
            let (name, pages) = match paper.as_slice() {
                [0xff, 0xd8, ..] => (format!("part-{n}.jpg"), 0),
                [0x89, b'P', b'N', b'G', ..] => (format!("part-{n}.png"), 0),
                _ => {
                    let pdf = Pdf::new(Arc::new(paper.clone()))
                        .map_err(|why| Unprintable(format!("part {n} is not a PDF: {why:?}")))?;
                    (format!("part-{n}.pdf"), pdf.pages().len())
                }
            };
            parts.push(json!({ "name": name, "pages": pages }));
            names.push(name);
        }
        let files: Vec<_> =
            names.iter().zip(papers).map(|(name, paper)| (name.as_str(), paper.as_slice())).collect();
        self.print(&Paper {
            template: BINDING,
            data: &json!({ "parts": parts, "stamp": stamp }),
            files: &files,
            title,
            at,
        })
    }
}
