//! The rosette of a programme: the same sign in the catalogue, in the cabinet and on the document, drawn from its code.
use std::f64::consts::TAU;
use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

/// A small stream of numbers in [0, 1) from a text: the same everywhere and for ever.
struct Stream(u32);

impl Stream {
    fn of(seed: &str) -> Self {
        Self(seed.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619)))
    }

    fn next(&mut self, from: f64, to: f64) -> f64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 15)).wrapping_mul(2_246_822_507);
        hash = (hash ^ (hash >> 13)).wrapping_mul(3_266_489_909);
        hash ^= hash >> 16;
        self.0 = hash;
        from + f64::from(hash % 1000) / 1000.0 * (to - from)
    }
}

/// The class that gives the rosette its colour.
pub fn colour(seed: &str) -> &'static str {
    const CLASSES: [&str; 5] = ["g-ink", "g-pine", "g-ochre", "g-brick", "g-plum"];

    CLASSES[Stream::of(seed).0 as usize % CLASSES.len()]
}

/// The rosette in a square tile.
pub fn tile(seed: &str) -> Markup {
    html! { div class={ "tile " (colour(seed)) } { (rosette(seed, Fine::Small)) } }
}

/// How many contours a rosette has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fine {
    Small,
    /// Two crossing layers, for a large picture.
    Large,
}

/// One petal contour, repeated under a turn and a shrink: 3-9 petals.
pub fn rosette(seed: &str, fine: Fine) -> Markup {
    let mut stream = Stream::of(seed);
    let petals = stream.next(3.0, 9.0).round();
    let depth = stream.next(0.16, 0.34);
    let turn = stream.next(0.35, 1.0) * 360.0 / petals;
    let twist = if stream.next(0.0, 1.0) > 0.5 { turn } else { -turn };
    let copies = if fine == Fine::Large { 20.0 } else { stream.next(11.0, 16.0).round() };
    let shrink = 1.0 - stream.next(0.25, 0.45);
    let id = format!("g{:08x}{}", Stream::of(seed).0, copies);

    let mut svg = format!(r#"<path id="{id}" d="{}"/>"#, contour(petals, depth));
    let layers: &[f64] = if fine == Fine::Large { &[1.0, -1.0] } else { &[1.0] };
    for side in layers {
        let mut copy = 1.0;
        while copy < copies {
            let (angle, scale) = (side * twist * copy / copies, 1.0 - shrink * copy / copies);
            let _ = write!(svg, r##"<use href="#{id}" transform="rotate({angle:.1})scale({scale:.3})"/>"##);
            copy += 1.0;
        }
    }
    html! { svg.guil viewBox="-50 -50 100 100" aria-hidden="true" { (PreEscaped(svg)) } }
}

/// A closed curve through eight points a petal (Catmull-Rom as cubic Béziers), radius 48.
fn contour(petals: f64, depth: f64) -> String {
    let steps = petals * 8.0;
    let at = |step: f64| {
        let angle = step / steps * TAU;
        let radius = 48.0 * (1.0 - depth + depth * (petals * angle).cos());
        (radius * angle.cos(), radius * angle.sin())
    };
    let start = at(0.0);
    let mut path = format!("M{:.1} {:.1}", start.0, start.1);
    let mut step = 1.0;
    while step <= steps {
        let (before, from, to, after) = (at(step - 2.0), at(step - 1.0), at(step), at(step + 1.0));
        let _ = write!(
            path,
            "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
            to.0,
            to.1
        );
        step += 1.0;
    }
    path.replace(".0 ", " ").replace(" -", "-")
}
