//! The organisation's own colour: whether it can be read, and the shades that the pages make of it (WCAG 2.1, 1.4.3).
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

const WHITE: Colour = Colour([255, 255, 255]);
const BLACK: Colour = Colour([0, 0, 0]);
/// Paper and cards of `tokens.css`, by day and by night.
const PAPER: Colour = Colour([0xfa, 0xf8, 0xf4]);
const NIGHT_PAPER: Colour = Colour([0x15, 0x14, 0x12]);
const NIGHT_SURFACE: Colour = Colour([0x1e, 0x1c, 0x19]);

/// What a text needs.
pub const READABLE: f64 = 4.5;
/// What a shape needs (1.4.11).
const SEEN: f64 = 3.0;

impl Colour {
    /// `#3440b0`, as browsers send it.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// How much this colour stands out from another: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Its contrast where it is weakest: to the paper, and to the white that stands on it.
    pub fn weakest(self) -> f64 {
        self.contrast(PAPER).min(self.contrast(WHITE))
    }

    /// The nearest darker shade that can be read.
    #[must_use]
    pub fn readable(self) -> Self {
        self.towards(BLACK, |shade| shade.weakest() >= READABLE)
    }

    fn luminance(self) -> f64 {
        let light = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    }

    fn mix(self, other: Self, percent: u16) -> Self {
        let part = |n: usize| {
            let sum = u16::from(self.0[n]) * (100 - percent) + u16::from(other.0[n]) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self([part(0), part(1), part(2)])
    }

    /// The first mixture with `other` that is good; `other` itself when none is.
    fn towards(self, other: Self, good: impl Fn(Self) -> bool) -> Self {
        (0..=100).map(|percent| self.mix(other, percent)).find(|shade| good(*shade)).unwrap_or(other)
    }

    /// The styles that put this colour in the place of ours, by day and by night. The version for people with low vision keeps its
    /// own: its layer stands above.
    pub fn styles(self) -> String {
        let soft = self.mix(WHITE, 90).towards(WHITE, |soft| self.contrast(soft) >= READABLE);
        let day = Self::rules(self, self, self.mix(BLACK, 22), soft);
        let soft = NIGHT_PAPER.mix(self, 18);
        let accent =
            self.towards(WHITE, |shade| shade.contrast(NIGHT_SURFACE).min(shade.contrast(soft)) >= 7.0);
        let fill = self.towards(WHITE, |shade| shade.contrast(NIGHT_SURFACE) >= SEEN);
        let fill = fill.towards(BLACK, |shade| shade.contrast(WHITE) >= READABLE);
        let hover = fill.mix(WHITE, 8).towards(BLACK, |shade| shade.contrast(WHITE) >= READABLE);
        let night = Self::rules(accent, fill, hover, soft);
        format!(
            "@layer tokens{{:root{{{day}}}\
             @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{night}}}}}\
             :root[data-theme=dark]{{{night}}}}}"
        )
    }

    fn rules(accent: Self, fill: Self, hover: Self, soft: Self) -> String {
        format!("--accent:{accent};--accent-fill:{fill};--accent-hover:{hover};--accent-soft:{soft}")
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Colour, READABLE, WHITE};

    #[test]
    fn contrast_is_that_of_the_standard() {
        let of = |text| Colour::parse(text).unwrap();
        assert!((of("#000000").contrast(WHITE) - 21.0).abs() < 1e-9);
        // Grey 119 is the first that fails on white.
        assert!(
            (of("#767676").contrast(WHITE) - 4.54).abs() < 0.01 && of("#777777").contrast(WHITE) < READABLE
        );
        assert!((of("#3440b0").weakest() - 7.9).abs() < 0.1);
        for wrong in ["", "red", "#fff", "#12345g", "#12345я", "3440b0"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_readable_colour_gives_readable_shades() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let colour = Colour([red, green, blue]).readable();
                    assert!(colour.weakest() >= READABLE, "{colour}");
                    let styles = colour.styles();
                    let shade = |name: &str, nth: usize| {
                        Colour::parse(&styles.split(name).nth(nth).unwrap()[..7]).unwrap()
                    };
                    for nth in 1..=2 {
                        let accent = shade("--accent:", nth);
                        assert!(
                            accent.contrast(shade("--accent-soft:", nth)) >= READABLE,
                            "{colour}: {styles}"
                        );
                        for fill in ["--accent-fill:", "--accent-hover:"] {
                            assert!(shade(fill, nth).contrast(WHITE) >= READABLE, "{colour}: {styles}");
                        }
                    }
                }
            }
        }
    }
}
