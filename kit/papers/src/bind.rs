//! Printed papers bound into one file, each page as it was.
use std::sync::Arc;

use hayro_syntax::Pdf;
use serde_json::json;

use crate::press::{Paper, Press, Unprintable};

/// Every page keeps its own size.
const BINDING: &str = r#"
#let data = json("data.json")
#set page(width: auto, height: auto, margin: 0pt)
#for part in data.parts { for n in range(part.pages) { page(image(part.name, page: n + 1, alt: part.name)) } }
"#;

impl Press {
    /// Binds PDFs in their order. `at`: the date of creation, unix milliseconds. CPU work, as [`Press::print`].
    pub fn bind(self, papers: &[Vec<u8>], title: &str, at: i64) -> Result<Vec<u8>, Unprintable> {
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
        self.print(&Paper { template: BINDING, data: &json!({ "parts": parts }), files: &files, title, at })
    }
}
