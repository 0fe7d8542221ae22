//! What each kind of Moodle's questions asks for.
use marking::{Area, Choice, Gap, Span, Spot, Unit};

use super::element::Element;
use super::{passage, variant};
use crate::formats::cloze;
use crate::formats::draft::{Figure, Passage, Variant, Wanted};
use crate::formats::fault::{Fault, kind};
use crate::formats::gift::RUBRIC;
use crate::formats::html::{Markup, clean, excerpt};
use crate::formats::pictures::{Attached, Content};

/// What the question asks for, its text (gaps may have been put into it), and what was lost.
type Asked<'a> = (Wanted<'a>, Passage<'a>, Vec<String>);

pub(super) fn wanted<'a>(of: &str, element: &'a Element<'_>, text: Passage<'a>) -> Result<Asked<'a>, Fault> {
    let markup = text.markup;
    let variants =
        || element.all("answer").map(|answer| variant(answer, markup)).collect::<Result<Vec<_>, _>>();
    let wanted = match of {
        "multichoice" | "multichoiceset" => {
            let several = of == "multichoiceset" || matches!(element.word("single"), "false" | "0");
            Wanted::Choice(if several { Choice::Several } else { Choice::One }, variants()?)
        }
        "truefalse" => verdict(variants()?),
        "shortanswer" => {
            let exact_case = element.word("usecase") == "1";
            Wanted::Text { exact_case, variants: variants()? }
        }
        "numerical" => Wanted::Number { figures: figures(element, markup)?, units: units(element)? },
        "matching" | "ddmatch" => {
            let pair = |one: &'a Element<'_>| {
                let (row, column) =
                    (passage(Some(one), markup)?, passage(one.child("answer"), Markup::Auto)?);
                let blank = clean(&row.text, row.markup)
                    .is_ok_and(|html| excerpt(&html, 9).is_empty() && !html.contains("<img"));
                Ok((if blank { None } else { Some(row) }, column))
            };
            Wanted::Match(element.all("subquestion").map(pair).collect::<Result<_, Fault>>()?)
        }
        "ordering" => {
            let mut items = variants()?;
            items.sort_by(|one, other| one.weight.total_cmp(&other.weight));
            Wanted::Order(items.into_iter().map(|item| item.text).collect())
        }
        "essay" => Wanted::Open(vec![RUBRIC.to_owned()]),
        "cloze" | "multianswer" => {
            let (html, gaps, lost) = cloze::read(&text.text)?;
            return Ok((Wanted::Gaps(gaps), Passage { text: html.into(), ..text }, lost));
        }
        "gapselect" | "ddwtos" => {
            let (html, gaps) = chosen_words(element, &text.text)?;
            return Ok((Wanted::Gaps(gaps), Passage { text: html.into(), ..text }, Vec::new()));
        }
        "ddmarker" => marker(element)?,
        other => return Err(kind(other)),
    };
    Ok((wanted, text, Vec::new()))
}

fn verdict(variants: Vec<Variant<'_>>) -> Wanted<'_> {
    let is_true = |variant: &Variant| variant.text.text.trim().eq_ignore_ascii_case("true");
    let truth = variants.iter().any(|variant| is_true(variant) && variant.is_full());
    let (yes, no): (Vec<_>, Vec<_>) = variants.into_iter().partition(is_true);
    Wanted::TrueFalse { truth, feedback: yes.into_iter().chain(no).map(|variant| variant.feedback).collect() }
}

fn number(text: &str) -> Result<f64, Fault> {
    let plain = text.trim().replace(',', ".");
    plain.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| Fault::Number(text.trim().to_owned()))
}

fn figures<'a>(element: &'a Element<'_>, markup: Markup) -> Result<Vec<Figure<'a>>, Fault> {
    let mut figures = Vec::new();
    for answer in element.all("answer") {
        let Variant { text, weight, feedback } = variant(answer, markup)?;
        // «*»: what is said to whoever is wrong.
        if text.text.trim() == "*" {
            continue;
        }
        let tolerance = answer.word("tolerance");
        let tolerance = if tolerance.is_empty() { 0.0 } else { number(tolerance)?.abs() };
        figures.push(Figure { span: Span { value: number(&text.text)?, tolerance }, weight, feedback });
    }
    Ok(figures)
}

/// Moodle multiplies the answer by a unit's multiplier; here a unit says how many first ones it is.
fn units(element: &Element<'_>) -> Result<Vec<Unit>, Fault> {
    let units = element.child("units").into_iter().flat_map(|units| units.all("unit"));
    units
        .map(|unit| {
            let multiplier = number(unit.word("multiplier"))?;
            Ok(Unit {
                name: unit.word("unit_name").to_owned(),
                factor: if multiplier == 0.0 { 0.0 } else { 1.0 / multiplier },
            })
        })
        .collect()
}

/// `[[3]]` is answered by the third word; any word of its group may be put there.
fn chosen_words(element: &Element<'_>, text: &str) -> Result<(String, Vec<Gap>), Fault> {
    let words: Vec<(String, &str)> = element
        .children
        .iter()
        .filter(|child| child.is("selectoption") || child.is("dragbox"))
        .map(|child| (child.word("text").to_owned(), child.word("group")))
        .collect();
    let mut parts = text.split("[[");
    let (mut html, mut gaps) = (parts.next().unwrap_or_default().to_owned(), Vec::new());
    for part in parts {
        let (number, after) = part.split_once("]]").ok_or_else(|| Fault::NoGap(excerpt(part, 10)))?;
        let place = number.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let (right, group) =
            place.and_then(|place| words.get(place)).ok_or_else(|| Fault::NoGap(excerpt(number, 10)))?;
        let mut options: Vec<String> = Vec::new();
        for (word, _) in words.iter().filter(|(_, of)| of == group) {
            let word = excerpt(&clean(word, Markup::Auto)?, 500);
            if !options.contains(&word) {
                options.push(word);
            }
        }
        let right = excerpt(&clean(right, Markup::Auto)?, 500);
        let right = options.iter().position(|option| *option == right).unwrap_or(usize::MAX);
        gaps.push(Gap::Choice { options, right });
        html += &format!("[[{}]]{after}", gaps.len());
    }
    Ok((html, gaps))
}

/// One marker on a picture; its areas are given in pixels.
fn marker<'a>(element: &'a Element<'_>) -> Result<Wanted<'a>, Fault> {
    let markers = element.all("drag").count();
    if markers != 1 {
        return Err(Fault::Markers(markers));
    }
    let file = element.child("file").ok_or_else(|| Fault::NoPicture(String::new()))?;
    let name = file.attribute("name").unwrap_or_default();
    let picture = Attached { path: name, content: Content::Base64(&file.text) };
    let bytes = picture.content.picture(&picture.path)?;
    let (width, height) = photos::size(&bytes, 20_000).ok_or(Fault::NoSize)?;
    let scale = Scale { width: f64::from(width), height: f64::from(height) };
    let areas = element.all("drop").map(|drop| scale.area(drop.word("shape"), drop.word("coords")));
    let alt = element.child("drag").map_or("", |drag| drag.word("text"));
    Ok(Wanted::Point { picture, alt: excerpt(alt, 300), areas: areas.collect::<Result<_, _>>()? })
}

/// From pixels of a picture to thousandths of its sides.
pub struct Scale {
    pub width: f64,
    pub height: f64,
}

impl Scale {
    /// `circle` `x,y;r`, `rectangle` `x,y;w,h`, `polygon` `x,y;x,y;…`
    fn area(&self, shape: &str, coords: &str) -> Result<Area, Fault> {
        let wrong = || Fault::BadArea(excerpt(coords, 60));
        let numbers: Vec<f64> =
            coords.split([',', ';']).map(number).collect::<Result<_, _>>().map_err(|_| wrong())?;
        match (shape, numbers.as_slice()) {
            ("circle", &[x, y, r]) => Ok(self.circle(x, y, r)),
            ("rectangle", &[x, y, w, h]) => Ok(Area::Rectangle(self.spot(x, y), self.spot(x + w, y + h))),
            ("polygon", numbers) if numbers.len() >= 6 && numbers.len() % 2 == 0 => {
                Ok(Area::Polygon(numbers.chunks_exact(2).map(|pair| self.spot(pair[0], pair[1])).collect()))
            }
            _ => Err(wrong()),
        }
    }

    pub fn circle(&self, x: f64, y: f64, r: f64) -> Area {
        self.ellipse(x, y, r, r)
    }

    /// By its half axes.
    pub fn ellipse(&self, x: f64, y: f64, across: f64, down: f64) -> Area {
        let side = |length: f64, of: f64| thousandths(length / of).max(1);
        Area::Ellipse {
            centre: self.spot(x, y),
            across: side(across, self.width),
            down: side(down, self.height),
        }
    }

    /// Within the picture, whatever the file says.
    pub fn spot(&self, x: f64, y: f64) -> Spot {
        Spot { x: thousandths(x / self.width), y: thousandths(y / self.height) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a thousand")]
fn thousandths(share: f64) -> i32 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as i32
}
