//! Printed papers bound into one file, each page as it was.
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
#for part in data.parts { for n in range(part.pages) { page(image(part.name, page: n + 1, alt: part.name)) } }
"#;

impl Press {
    /// Binds PDFs in their order. `at`: the date of creation, unix milliseconds. CPU work, as [`Press::print`].
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
            let pdf = Pdf::new(Arc::new(paper.clone()))
                .map_err(|why| Unprintable(format!("part {n} is not a PDF: {why:?}")))?;
            let name = format!("part-{n}.pdf");
            parts.push(json!({ "name": name, "pages": pdf.pages().len() }));
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
