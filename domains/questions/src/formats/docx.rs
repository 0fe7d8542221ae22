//! A document of Word as centres write them: a table (`sheet.rs`), Aiken or GIFT typed into it, or questions one below the other
//! (`paragraphs.rs`).
use std::collections::{BTreeMap, HashMap};

use roxmltree::{Document, Node, ParsingOptions};

use super::package::{Package, beside};
use super::paragraphs::{self, Line, List, joined};
use super::sheet::{self, Cell, Layout, Rows};
use super::{BankFile, Format, Unreadable, aiken, gift};

const DOCUMENT: &str = "word/document.xml";
const MOST_NODES: u32 = 1_500_000;

pub fn is_document(package: &Package<'_>) -> bool {
    package.names().any(|name| name == DOCUMENT)
}

/// What a document holds: its paragraphs, and the rows of the table that its questions stand in, where they do.
struct Opened {
    lines: Vec<Line>,
    table: Option<Rows>,
}

fn unreadable(why: &str) -> Unreadable {
    Unreadable { line: 1, why: why.to_owned() }
}

fn open(package: &mut Package<'_>) -> Result<Opened, Unreadable> {
    let mut text_of = |path: &str| package.read(path).and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text_of(DOCUMENT).ok_or_else(|| unreadable("документ Word не открывается"))?;
    let (numbering, links) = (text_of("word/numbering.xml"), text_of("word/_rels/document.xml.rels"));
    let parse = |text| {
        let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        Document::parse_with_options(text, options)
    };
    let document = parse(&text).map_err(|_| unreadable("документ Word повреждён"))?;
    let numbering = numbering.as_deref().and_then(|text| parse(text).ok()).map(|one| formats(&one));
    let links = links.as_deref().and_then(|text| parse(text).ok()).map(|one| targets(&one));
    let source = Source { numbering: numbering.unwrap_or_default(), links: links.unwrap_or_default() };
    let lines = source.lines(document.root());
    let table = source.table(document.root())?;
    let said = |rows: &Rows| rows.iter().flatten().filter(|cell| !cell.is_empty()).count();
    let paragraphs = lines.iter().filter(|line| !(line.text.is_empty() && line.pictures.is_empty())).count();
    // A table that nothing is known of is where the questions are, if little stands outside it.
    let table = table.filter(|rows| Layout::guess(rows).is_some() || said(rows) * 2 > paragraphs);
    Ok(Opened { lines, table })
}

/// The rows of the table that the questions of a document stand in; none: they do not.
pub fn table(mut package: Package<'_>) -> Result<Option<Rows>, Unreadable> {
    Ok(open(&mut package)?.table)
}

/// Reads a document by its paragraphs, or by its table, where the words of its heads are known.
pub fn read(mut package: Package<'_>) -> Result<BankFile, Unreadable> {
    let Opened { lines, table } = open(&mut package)?;
    if let Some((rows, layout)) = table.and_then(|rows| Layout::guess(&rows).map(|layout| (rows, layout))) {
        let bank = sheet::read_by(&rows, &layout, &mut |path| package.read(path));
        if !(bank.read.is_empty() && bank.refused.is_empty()) {
            return Ok(bank);
        }
    }
    let whole: String = lines.iter().map(|line| line.text.clone() + "\n").collect();
    match Format::guess_text(&whole) {
        Some(Format::Aiken) => return Ok(aiken::read(&whole)),
        Some(Format::Gift) => return gift::read(&whole),
        _ => {}
    }
    let bank = paragraphs::read(&lines, &mut |path| package.read(path));
    if bank.read.is_empty() && bank.refused.is_empty() {
        return Err(unreadable(
            "в документе не видно вопросов: пронумеруйте их, варианты пишите под вопросом с буквы, верный отметьте «+»",
        ));
    }
    Ok(bank)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn children<'a, 'b>(node: Node<'a, 'b>, name: &'static str) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(move |one| is(*one, name))
}

/// Without its namespace.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|one| one.name() == name).map(|one| one.value())
}

fn value<'a>(node: Node<'a, '_>, name: &'static str) -> Option<&'a str> {
    attribute(children(node, name).next()?, "val")
}

/// How each list counts at each of its levels.
fn formats(numbering: &Document<'_>) -> BTreeMap<(String, String), String> {
    let mut abstracts: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for one in numbering.descendants().filter(|one| is(*one, "abstractNum")) {
        let levels = children(one, "lvl")
            .filter_map(|level| Some((attribute(level, "ilvl")?, value(level, "numFmt")?)));
        abstracts.insert(attribute(one, "abstractNumId").unwrap_or_default(), levels.take(9).collect());
    }
    let mut formats = BTreeMap::new();
    for one in numbering.descendants().filter(|one| is(*one, "num")) {
        let (Some(id), Some(of)) = (attribute(one, "numId"), value(one, "abstractNumId")) else { continue };
        for (level, format) in abstracts.get(of).into_iter().flatten() {
            formats.insert((id.to_owned(), (*level).to_owned()), (*format).to_owned());
        }
    }
    formats
}

/// Paths of what the document links to, by id.
fn targets(links: &Document<'_>) -> BTreeMap<String, String> {
    let link = |one: Node<'_, '_>| {
        Some((attribute(one, "Id")?.to_owned(), beside("word", attribute(one, "Target")?)?))
    };
    links.descendants().filter(|one| is(*one, "Relationship")).filter_map(link).collect()
}

/// What a document refers to.
struct Source {
    numbering: BTreeMap<(String, String), String>,
    links: BTreeMap<String, String>,
}

impl Source {
    /// The paragraphs below a node, each with what is its own: a text box stands in a paragraph and has paragraphs of its own.
    fn lines(&self, node: Node<'_, '_>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut places: HashMap<roxmltree::NodeId, usize> = HashMap::new();
        for one in node.descendants().filter(Node::is_element) {
            if is(one, "p") {
                places.insert(one.id(), lines.len());
                lines.push(Line { list: self.list(one), ..Line::default() });
                continue;
            }
            if !is(one, "r") && !is(one, "blip") {
                continue;
            }
            // What old programs are shown instead stands here a second time.
            let mut paragraph = None;
            let mut above = one.ancestors().skip(1).take(DEEPEST);
            let repeated = above.any(|above| {
                if paragraph.is_none() && is(above, "p") {
                    paragraph = places.get(&above.id()).copied();
                }
                is(above, "Fallback")
            });
            let Some(line) = paragraph.filter(|_| !repeated).and_then(|place| lines.get_mut(place)) else {
                continue;
            };
            if is(one, "r") {
                line.say(one);
            } else {
                line.pictures.extend(attribute(one, "embed").and_then(|id| self.links.get(id)).cloned());
            }
        }
        for line in &mut lines {
            line.text = line.text.trim().to_owned();
        }
        lines
    }

    fn list(&self, paragraph: Node<'_, '_>) -> Option<List> {
        let list = children(paragraph, "pPr").flat_map(|one| children(one, "numPr")).next()?;
        let (id, level) = (value(list, "numId")?, value(list, "ilvl").unwrap_or("0"));
        let format = self.numbering.get(&(id.to_owned(), level.to_owned())).map_or("decimal", String::as_str);
        Some(if level == "0" && format.starts_with("decimal") { List::Numbers } else { List::Others })
    }

    /// The rows of all tables that have room for a question and two options, one below the other: a table for each topic is one list of questions.
    fn table(&self, root: Node<'_, '_>) -> Result<Option<Rows>, Unreadable> {
        let mut all = Rows::new();
        let mut end = 0;
        for table in root.descendants().filter(|one| is(*one, "tbl")) {
            // What stands within another table belongs to its cell.
            if table.range().start < end {
                continue;
            }
            end = table.range().end;
            let rows: Rows =
                children(table, "tr").take(MOST_ROWS + 1 - all.len()).map(|row| self.row(row)).collect();
            if rows.iter().any(|row| row.len() > 2) {
                all.extend(rows);
            }
            if all.len() > MOST_ROWS {
                return Err(unreadable("в таблицах документа больше 10 000 строк"));
            }
        }
        Ok(Some(all).filter(|rows| rows.len() > 1))
    }

    /// One that spans several columns is followed by empty ones.
    fn row(&self, row: Node<'_, '_>) -> Vec<Cell> {
        let mut cells = Vec::new();
        for cell in children(row, "tc").take(WIDEST) {
            let span = children(cell, "tcPr").find_map(|one| value(one, "gridSpan"));
            let span = span.and_then(|span| span.parse().ok()).unwrap_or(1);
            let place = cells.len();
            if place >= WIDEST {
                break;
            }
            cells.resize(place + usize::clamp(span, 1, WIDEST - place), Cell::default());
            cells[place] = joined(self.lines(cell));
        }
        cells
    }
}

/// Columns and rows of tables.
const WIDEST: usize = 63;
const MOST_ROWS: usize = 10_000;

impl Line {
    /// Adds what a run says.
    fn say(&mut self, run: Node<'_, '_>) {
        let before = self.text.len();
        for part in run.children().filter(Node::is_element) {
            match part.tag_name().name() {
                "t" => self.text += part.text().unwrap_or_default(),
                "tab" => self.text.push(' '),
                "br" | "cr" => self.text.push('\n'),
                "noBreakHyphen" => self.text.push('-'),
                _ => {}
            }
        }
        let said = !self.text[before..].trim().is_empty();
        self.stands_out |= said && children(run, "rPr").any(stands_out);
    }
}

/// Elements between a run and its paragraph, and around that.
const DEEPEST: usize = 40;

fn stands_out(format: Node<'_, '_>) -> bool {
    let off = |one: Node<'_, '_>| matches!(attribute(one, "val"), Some("0" | "false" | "none"));
    format.children().filter(Node::is_element).any(|one| match one.tag_name().name() {
        "b" | "u" | "highlight" => !off(one),
        "color" => !matches!(attribute(one, "val"), None | Some("auto" | "000000")),
        "shd" => !matches!(attribute(one, "fill"), None | Some("auto" | "FFFFFF")),
        _ => false,
    })
}
