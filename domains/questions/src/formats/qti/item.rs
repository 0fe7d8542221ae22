//! One item of QTI as a question: which interactions it has, and what they ask.
use marking::{Area, Choice, Credit, Gap, Span};
use roxmltree::Node;

use super::super::draft::{Draft, Passage, Variant, Wanted};
use super::super::fault::Fault;
use super::super::gift::RUBRIC;
use super::super::html::{Markup, excerpt};
use super::super::moodle_xml::Scale;
use super::super::package::beside as path_beside;
use super::super::pictures::{Attached, Content, checked};
use super::response::{Response, number, responses};
use super::tree::{attribute, child, children, html, is, name, words};
use super::{Beside, below};

/// Nodes of one item: what is done with them is done for each pair of some.
const MOST_NODES: usize = 5000;
/// Gaps of one text.
const MOST_GAPS: usize = 60;

/// What reads the texts of one item: pictures are taken from the package as they are met.
struct Reader<'a, B> {
    folder: &'a str,
    beside: &'a mut B,
}

impl<B: Beside> Reader<'_, B> {
    fn passage(&mut self, node: Node<'_, '_>) -> Passage<'static> {
        self.passage_with(node, &mut |_| None)
    }

    fn passage_with(
        &mut self,
        node: Node<'_, '_>,
        instead: &mut impl FnMut(Node<'_, '_>) -> Option<String>,
    ) -> Passage<'static> {
        let mut pictures = Vec::new();
        let text = html(node, self.folder, &mut pictures, instead);
        let mut passage = Passage::new(text, Markup::Html);
        pictures.sort();
        pictures.dedup();
        passage.files = pictures.into_iter().filter_map(|path| self.attached(path)).collect();
        passage
    }

    fn attached(&mut self, path: String) -> Option<Attached<'static>> {
        let bytes = self.beside.read(&path)?;
        Some(Attached { path, content: Content::Bytes(bytes) })
    }
}

pub fn draft<B: Beside>(root: Node<'_, '_>, folder: &str, beside: &mut B) -> Result<Draft<'static>, Fault> {
    if !is(root, "assessmentitem") {
        return Err(Fault::Kind("не задание QTI".to_owned()));
    }
    let body = child(root, "itembody").ok_or_else(|| Fault::Kind("без текста".to_owned()))?;
    if root.descendants().take(MOST_NODES + 1).count() > MOST_NODES {
        return Err(Fault::TooManyTags);
    }
    let responses = responses(root);
    let none = Response::default();
    let response = |node: Node<'_, '_>| {
        attribute(node, "responseidentifier").and_then(|id| responses.get(id)).unwrap_or(&none)
    };
    let asked: Vec<Node<'_, '_>> =
        body.descendants().filter(|one| one.is_element() && name(*one).ends_with("interaction")).collect();
    let mut reader = Reader { folder, beside };
    let typed = |node: &Node<'_, '_>| {
        matches!(name(*node).as_str(), "inlinechoiceinteraction" | "textentryinteraction")
    };
    let (wanted, text, credit) = match asked.as_slice() {
        [] => return Err(Fault::Kind("без ответа".to_owned())),
        all if all.iter().all(typed) => {
            let gaps = all.iter().map(|one| gap(*one, response(*one))).collect::<Result<Vec<_>, _>>()?;
            let text = with_gaps(&mut reader, body, all);
            let credit = if all.len() > 1 { Credit::Partial } else { Credit::Whole };
            let (wanted, text) = alone(gaps, text);
            (wanted, text, credit)
        }
        [one] => {
            let right = response(*one);
            let (wanted, inner) = block(&mut reader, *one, right)?;
            let text = around(&mut reader, body, *one, inner);
            let credit = if name(*one) == "gapmatchinteraction" { Credit::Partial } else { right.credit() };
            (wanted, text, credit)
        }
        all if all.iter().any(typed) => {
            return Err(Fault::Kind("вопрос и поля внутри текста в одном задании".to_owned()));
        }
        all => {
            let parts = all.iter().map(|one| part(&mut reader, *one, response(*one)));
            let wanted = Wanted::Case(parts.collect::<Result<_, _>>()?);
            let text = reader.passage_with(body, &mut |node| {
                all.iter().any(|one| one.id() == node.id()).then(String::new)
            });
            (wanted, text, Credit::Partial)
        }
    };
    let mut feedback = Passage::new(String::new(), Markup::Html);
    for one in children(root).filter(|one| is(*one, "modalfeedback")) {
        let said = reader.passage(one);
        if !feedback.text.contains(said.text.as_ref()) {
            feedback.text = format!("{}<p>{}</p>", feedback.text, said.text).into();
            feedback.files.extend(said.files);
        }
    }
    let mut draft = Draft::new(text, wanted, feedback);
    draft.credit = credit;
    Ok(draft)
}

fn gap(node: Node<'_, '_>, response: &Response<'_>) -> Result<Gap, Fault> {
    if is(node, "textentryinteraction") {
        return response.gap();
    }
    let choices: Vec<_> = children(node).filter(|one| is(*one, "inlinechoice")).collect();
    let right = response.right();
    let right = choices
        .iter()
        .position(|one| attribute(*one, "identifier").is_some_and(|id| right.contains(&id)))
        .ok_or_else(|| Fault::NoSuchOption(right.join(", ")))?;
    let options = choices.iter().map(|one| words(*one).trim().to_owned()).collect();
    Ok(Gap::Choice { options, right })
}

/// The body with `[[1]]`, `[[2]]` … where the interactions stood.
fn with_gaps<B: Beside>(
    reader: &mut Reader<'_, B>,
    body: Node<'_, '_>,
    all: &[Node<'_, '_>],
) -> Passage<'static> {
    reader.passage_with(body, &mut |node| {
        let place = all.iter().position(|one| one.id() == node.id())?;
        Some(format!("[[{}]]", place + 1))
    })
}

/// One gap at the end of a text is a question with a short answer.
fn alone(mut gaps: Vec<Gap>, mut text: Passage<'static>) -> (Wanted<'static>, Passage<'static>) {
    let is_last = text.text.split_once("[[1]]").is_some_and(|(_, after)| excerpt(after, 10).is_empty());
    let plain = |text: &mut Passage<'static>| text.text = text.text.replace("[[1]]", "").into();
    match (gaps.pop(), gaps.is_empty() && is_last) {
        (Some(Gap::Text(wording)), true) => {
            plain(&mut text);
            let variant = |one: &String| Variant {
                text: Passage::new(one.clone(), Markup::Plain),
                weight: 100.0,
                feedback: Passage::new("", Markup::Plain),
            };
            let variants = wording.accepted.iter().map(variant).collect();
            (Wanted::Text { exact_case: wording.exact_case, variants }, text)
        }
        (Some(Gap::Number(quantity)), true) => {
            plain(&mut text);
            let figure = |span: Span| super::super::draft::Figure {
                span,
                weight: 100.0,
                feedback: Passage::new("", Markup::Plain),
            };
            (
                Wanted::Number {
                    figures: quantity.accepted.into_iter().map(figure).collect(),
                    units: Vec::new(),
                },
                text,
            )
        }
        (last, _) => {
            gaps.extend(last);
            (Wanted::Gaps(gaps), text)
        }
    }
}

/// The body, with what the interaction itself says of the task in its place.
fn around<B: Beside>(
    reader: &mut Reader<'_, B>,
    body: Node<'_, '_>,
    asked: Node<'_, '_>,
    inner: Option<Passage<'static>>,
) -> Passage<'static> {
    let inner = inner.or_else(|| child(asked, "prompt").map(|prompt| reader.passage(prompt)));
    let said = inner.as_ref().map(|inner| inner.text.to_string()).unwrap_or_default();
    let mut text = reader
        .passage_with(body, &mut |node| (node.id() == asked.id()).then(|| format!("<div>{said}</div>")));
    text.files.extend(inner.into_iter().flat_map(|inner| inner.files));
    text
}

/// One of several interactions of an item: a question about the text that stands before them all.
fn part<B: Beside>(
    reader: &mut Reader<'_, B>,
    asked: Node<'_, '_>,
    response: &Response<'_>,
) -> Result<Draft<'static>, Fault> {
    let (wanted, inner) = block(reader, asked, response)?;
    let none = || Passage::new(String::new(), Markup::Html);
    let text = inner.or_else(|| child(asked, "prompt").map(|prompt| reader.passage(prompt)));
    let mut part = Draft::new(text.unwrap_or_else(none), wanted, none());
    if response.credit() != Credit::Whole {
        part.remarks.push("часть балла за неполный ответ на один из вопросов не сохранена".to_owned());
    }
    Ok(part)
}

/// What an interaction of its own asks: the task, and the text within it, where it has one of its own.
fn block<B: Beside>(
    reader: &mut Reader<'_, B>,
    asked: Node<'_, '_>,
    response: &Response<'_>,
) -> Result<(Wanted<'static>, Option<Passage<'static>>), Fault> {
    let all = |wanted: &str| children(asked).filter(|one| is(*one, wanted)).collect::<Vec<_>>();
    let id = |node: Node<'_, '_>| attribute(node, "identifier").unwrap_or_default().to_owned();
    Ok(match name(asked).as_str() {
        "choiceinteraction" => {
            let right = response.right();
            let choice = if response.is_single { Choice::One } else { Choice::Several };
            let mut variants = Vec::new();
            for one in all("simplechoice") {
                variants.push(Variant {
                    weight: if right.contains(&id(one).as_str()) { 100.0 } else { 0.0 },
                    feedback: match below(one, "feedbackinline") {
                        Some(said) => reader.passage(said),
                        None => Passage::new("", Markup::Plain),
                    },
                    text: reader.passage(one),
                });
            }
            (Wanted::Choice(choice, variants), None)
        }
        "orderinteraction" => {
            let choices = all("simplechoice");
            let mut items = Vec::new();
            for wanted in response.right() {
                let one = choices.iter().find(|one| id(**one) == wanted);
                items.push(reader.passage(*one.ok_or_else(|| Fault::NoSuchOption(wanted.to_owned()))?));
            }
            if items.len() != choices.len() {
                return Err(Fault::Kind("расположить по порядку не все варианты".to_owned()));
            }
            (Wanted::Order(items), None)
        }
        "matchinteraction" => (matched(reader, &all("simplematchset"), &response.pairs())?, None),
        "gapmatchinteraction" => gap_match(reader, asked, &all("gaptext"), &response.pairs())?,
        "hotspotinteraction" | "selectpointinteraction" => (point(reader, asked, response)?, None),
        "extendedtextinteraction" | "uploadinteraction" => {
            let rubric = asked.document().descendants().filter(|one| is(*one, "rubricblock")).map(words);
            let lines = rubric.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
            let mut rubric: Vec<String> =
                lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
            if rubric.is_empty() {
                rubric.push(RUBRIC.to_owned());
            }
            (Wanted::Open(rubric), None)
        }
        other => return Err(Fault::Kind(format!("«{other}»"))),
    })
}

/// Rows of one set against columns of the other: whichever way round each row has one column.
fn matched<B: Beside>(
    reader: &mut Reader<'_, B>,
    sets: &[Node<'_, '_>],
    pairs: &[(&str, &str)],
) -> Result<Wanted<'static>, Fault> {
    let &[one, other] = sets else {
        return Err(Fault::Kind("соответствие без двух столбцов".to_owned()));
    };
    let choices = |set: Node<'_, '_>| -> Vec<(String, roxmltree::NodeId)> {
        let all = children(set).filter(|one| is(*one, "simpleassociablechoice"));
        all.map(|one| (attribute(one, "identifier").unwrap_or_default().to_owned(), one.id())).collect()
    };
    let (left, right) = (choices(one), choices(other));
    let count = |set: &[(String, roxmltree::NodeId)], of: fn(&(&str, &str)) -> String| {
        set.iter().all(|(id, _)| pairs.iter().filter(|pair| of(pair) == *id).count() == 1)
    };
    let (rows, columns, turned) = match () {
        () if count(&left, |pair| pair.0.to_owned()) => (left, right, false),
        () if count(&right, |pair| pair.1.to_owned()) => (right, left, true),
        () => return Err(Fault::Kind("соответствие, где строке подходят несколько столбцов".to_owned())),
    };
    let document = one.document();
    let mut passage = |id: roxmltree::NodeId| document.get_node(id).map(|node| reader.passage(node));
    let mut all = Vec::new();
    for (row, node) in &rows {
        let pair = pairs.iter().map(|&(a, b)| if turned { (b, a) } else { (a, b) }).find(|(a, _)| a == row);
        let column = columns.iter().find(|(id, _)| pair.is_some_and(|(_, b)| b == id));
        let (_, column) = column.ok_or_else(|| Fault::NoSuchOption(row.clone()))?;
        let column = passage(*column).ok_or_else(|| Fault::NoSuchOption(row.clone()))?;
        all.push((passage(*node), column));
    }
    let used = |id: &str| pairs.iter().any(|&(a, b)| if turned { a == id } else { b == id });
    for (_, node) in columns.iter().filter(|(id, _)| !used(id)) {
        all.extend(passage(*node).map(|column| (None, column)));
    }
    Ok(Wanted::Match(all))
}

/// Words that are put into the gaps of a text: each gap is chosen among all of them.
fn gap_match<B: Beside>(
    reader: &mut Reader<'_, B>,
    asked: Node<'_, '_>,
    texts: &[Node<'_, '_>],
    pairs: &[(&str, &str)],
) -> Result<(Wanted<'static>, Option<Passage<'static>>), Fault> {
    let gaps: Vec<_> = asked.descendants().filter(|one| is(*one, "gap")).collect();
    if gaps.len() > MOST_GAPS {
        return Err(Fault::TooManyTags);
    }
    let options: Vec<String> = texts.iter().map(|one| words(*one).trim().to_owned()).collect();
    let mut all = Vec::new();
    for gap in &gaps {
        let id = attribute(*gap, "identifier").unwrap_or_default();
        let put = pairs.iter().find(|(_, gap)| *gap == id).map(|(word, _)| *word);
        let right = texts.iter().position(|one| attribute(*one, "identifier") == put && put.is_some());
        let right = right.ok_or_else(|| Fault::NoSuchOption(id.to_owned()))?;
        all.push(Gap::Choice { options: options.clone(), right });
    }
    let text = reader.passage_with(asked, &mut |node| {
        if texts.iter().any(|one| one.id() == node.id()) {
            return Some(String::new());
        }
        let place = gaps.iter().position(|one| one.id() == node.id())?;
        Some(format!("[[{}]]", place + 1))
    });
    Ok((Wanted::Gaps(all), Some(text)))
}

/// A point on a picture: within a right hotspot, or an area that is worth something.
fn point<B: Beside>(
    reader: &mut Reader<'_, B>,
    asked: Node<'_, '_>,
    response: &Response<'_>,
) -> Result<Wanted<'static>, Fault> {
    let shown = asked.descendants().find(|one| is(*one, "object") || is(*one, "img"));
    let source =
        shown.and_then(|one| attribute(one, "data").or_else(|| attribute(one, "src"))).unwrap_or_default();
    let missing = || Fault::NoPicture(excerpt(source, 60));
    let path = path_beside(reader.folder, source).ok_or_else(missing)?;
    let picture = reader.attached(path.clone()).ok_or_else(missing)?;
    let Content::Bytes(bytes) = &picture.content else { return Err(missing()) };
    let (width, height) = photos::size(&checked(&path, bytes.clone())?, 20_000).ok_or(Fault::NoSize)?;
    let scale = Scale { width: f64::from(width), height: f64::from(height) };
    let right = response.right();
    let mut areas = Vec::new();
    if is(asked, "hotspotinteraction") {
        if right.len() > 1 && !response.is_single {
            return Err(Fault::Kind("несколько точек на одном рисунке".to_owned()));
        }
        for one in children(asked).filter(|one| is(*one, "hotspotchoice")) {
            if attribute(one, "identifier").is_some_and(|id| right.contains(&id)) {
                let (shape, coords) = (attribute(one, "shape"), attribute(one, "coords"));
                areas.push(area(&scale, shape.unwrap_or_default(), coords.unwrap_or_default())?);
            }
        }
    } else {
        for (shape, coords) in &response.areas {
            areas.push(area(&scale, shape, coords)?);
        }
    }
    let alt =
        shown.map(|one| attribute(one, "alt").map_or_else(|| words(one), str::to_owned)).unwrap_or_default();
    Ok(Wanted::Point { picture, alt: excerpt(&alt, 300), areas })
}

/// `rect` `x,y,x,y`, `circle` `x,y,r`, `ellipse` `x,y,rx,ry`, `poly` `x,y,x,y,…`, in pixels.
fn area(scale: &Scale, shape: &str, coords: &str) -> Result<Area, Fault> {
    let wrong = || Fault::BadArea(excerpt(coords, 60));
    let numbers: Vec<f64> = coords.split(',').map(number).collect::<Result<_, _>>().map_err(|_| wrong())?;
    match (shape, numbers.as_slice()) {
        ("rect", &[x, y, right, bottom]) => Ok(Area::Rectangle(scale.spot(x, y), scale.spot(right, bottom))),
        ("circle", &[x, y, r]) => Ok(scale.ellipse(x, y, r, r)),
        ("ellipse", &[x, y, across, down]) => Ok(scale.ellipse(x, y, across, down)),
        ("poly", numbers) if numbers.len() >= 6 && numbers.len() % 2 == 0 => {
            Ok(Area::Polygon(numbers.chunks_exact(2).map(|pair| scale.spot(pair[0], pair[1])).collect()))
        }
        _ => Err(wrong()),
    }
}
