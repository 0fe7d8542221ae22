//! Areas of a picture, and whether a point lies in them.
use serde::{Deserialize, Serialize};

/// A point in thousandths of the picture's width and height, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub x: i32,
    pub y: i32,
}

/// A part of a picture, in the same thousandths. Its edge belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Two opposite corners.
    Rectangle(Spot, Spot),
    /// Its half axes along the width and the height: a circle on a picture that is not square has two.
    Ellipse {
        centre: Spot,
        across: i32,
        down: i32,
    },
    Polygon(Vec<Spot>),
}

impl Spot {
    /// `x` and `y` as an answer holds them.
    pub fn parse(x: &str, y: &str) -> Option<Self> {
        let one = |text: &str| text.trim().parse().ok().filter(|n| (0..=1000).contains(n));
        Some(Self { x: one(x)?, y: one(y)? })
    }

    pub fn fields(self) -> [String; 2] {
        [self.x.to_string(), self.y.to_string()]
    }
}

impl Area {
    pub fn holds(&self, spot: Spot) -> bool {
        match self {
            Self::Rectangle(one, other) => {
                let within = |a: i32, b: i32, n: i32| (a.min(b)..=a.max(b)).contains(&n);
                within(one.x, other.x, spot.x) && within(one.y, other.y, spot.y)
            }
            Self::Ellipse { centre, across, down } => {
                let square = |n: i32| i64::from(n) * i64::from(n);
                let (x, y) = (square(spot.x - centre.x), square(spot.y - centre.y));
                x * square(*down) + y * square(*across) <= square(*across) * square(*down)
            }
            Self::Polygon(corners) => holds(corners, spot),
        }
    }

    /// A point to show as the right one.
    pub fn middle(&self) -> Spot {
        match self {
            Self::Rectangle(one, other) => {
                Spot { x: i32::midpoint(one.x, other.x), y: i32::midpoint(one.y, other.y) }
            }
            Self::Ellipse { centre, .. } => *centre,
            Self::Polygon(corners) => {
                let count = i32::try_from(corners.len().max(1)).unwrap_or(1);
                let sum = |of: fn(&Spot) -> i32| corners.iter().map(of).sum::<i32>() / count;
                let middle = Spot { x: sum(|spot| spot.x), y: sum(|spot| spot.y) };
                // The middle of a bent polygon may lie beside it; a corner never does.
                if self.holds(middle) { middle } else { corners.first().copied().unwrap_or(middle) }
            }
        }
    }

    /// Whether it has an inside within the picture.
    pub fn is_sound(&self) -> bool {
        let within = |spot: &Spot| (0..=1000).contains(&spot.x) && (0..=1000).contains(&spot.y);
        match self {
            Self::Rectangle(one, other) => {
                within(one) && within(other) && one.x != other.x && one.y != other.y
            }
            Self::Ellipse { centre, across, down } => {
                let whole = 1..=1000;
                within(centre) && whole.contains(across) && whole.contains(down)
            }
            Self::Polygon(corners) => (3..=64).contains(&corners.len()) && corners.iter().all(within),
        }
    }
}

/// Even-odd rule in whole numbers; a point on an edge is inside.
fn holds(corners: &[Spot], spot: Spot) -> bool {
    let mut inside = false;
    let ends = corners.iter().zip(corners.iter().cycle().skip(1));
    for (a, b) in ends {
        let side =
            i64::from(b.x - a.x) * i64::from(spot.y - a.y) - i64::from(b.y - a.y) * i64::from(spot.x - a.x);
        let between = |a: i32, b: i32, n: i32| (a.min(b)..=a.max(b)).contains(&n);
        if side == 0 && between(a.x, b.x, spot.x) && between(a.y, b.y, spot.y) {
            return true;
        }
        // Whether a ray to the right crosses this edge.
        if (a.y > spot.y) != (b.y > spot.y) && (side > 0) == (b.y > a.y) {
            inside = !inside;
        }
    }
    inside
}
