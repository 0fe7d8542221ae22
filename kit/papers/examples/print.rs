//! Prints a template of the documents domain with one of its samples, to be looked at while writing it:
//! `cargo run -p papers --example print -- domains/documents/templates/NAME.typ SAMPLE.json OUT.pdf`
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use papers::{Paper, Press};

fn main() -> Result<(), Box<dyn Error>> {
    let [template, sample, out] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "template, sample, out")?;
    let common = fs::read(Path::new(&template).with_file_name("common.typ"))?;
    let data = serde_json::from_str(&fs::read_to_string(sample)?)?;
    let qr = papers::qr("https://meridian.example/v/7Q2K-41MD").unwrap_or_default();
    let files: &[(&str, &[u8])] = &[("common.typ", &common), ("qr.svg", qr.as_bytes())];
    let source = fs::read_to_string(&template)?;
    let pdf =
        Press::new().print(&Paper { template: &source, data: &data, files, title: &template, at: 0 })?;
    fs::write(out, pdf)?;
    Ok(())
}
