//! What marks of many attempts tell of questions and packages (classical test theory). Shares of points, from 0 to 1, are what is counted;
//! where there is too little to say anything, nothing is said.

/// So many answers at least, or a figure is an accident.
pub const ENOUGH: usize = 20;
/// Of the normal distribution, for bounds of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Mean; none of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / count(values.len()))
}

/// Sample variance (n − 1); none of fewer than two.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some(squares / count(values.len() - 1))
}

/// The middle one of the values, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[half]),
        _ => Some(f64::midpoint(sorted[half - 1], sorted[half])),
    }
}

/// Pearson's correlation; none where one of the two never changes.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (mean_x, mean_y) = (mean(&xs)?, mean(&ys)?);
    let (mut together, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        together += x * y;
        of_x += x * x;
        of_y += y * y;
    }
    let spread = (of_x * of_y).sqrt();
    // Rounding leaves a trace where nothing changes.
    (spread > 1e-12).then(|| (together / spread).clamp(-1.0, 1.0))
}

/// Between which values the true share lies with 95 % (Wilson): `share` was seen in `n` answers.
pub fn bounds(share: f64, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (count(n), Z * Z);
    let middle = (share + z / (2.0 * n)) / (1.0 + z / n);
    let half = Z / (1.0 + z / n) * (share * (1.0 - share) / n + z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The same of a correlation (Fisher).
pub fn correlation_bounds(r: f64, n: usize) -> (f64, f64) {
    if n < 4 || r.abs() >= 1.0 {
        return if n < 4 { (-1.0, 1.0) } else { (r, r) };
    }
    let half = Z / count(n - 3).sqrt();
    ((r.atanh() - half).tanh(), (r.atanh() + half).tanh())
}

/// How far results of a package repeat themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    pub how: How,
    /// From 0 (chance) to 1; below 0 where there is less than chance.
    pub coefficient: f64,
    /// Of one learner's result, in questions.
    pub standard_error: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Cronbach's: everybody answered the same questions.
    Alpha,
    /// Of random tickets, each learner's questions drawn anew: Φ of the nested design, which for questions that are right or wrong is KR-21
    /// counted learner by learner.
    Phi,
}

/// Of tickets with the same number of questions: `attempts` are shares of points by question's id. None: fewer than two attempts, a ticket of
/// one question, or all results the same.
pub fn reliability<K: Ord + Copy>(attempts: &[Vec<(K, f64)>]) -> Option<Reliability> {
    let seats = attempts.first()?.len();
    if attempts.len() < 2 || seats < 2 || attempts.iter().any(|attempt| attempt.len() != seats) {
        return None;
    }
    let sorted: Vec<Vec<(K, f64)>> = attempts
        .iter()
        .map(|attempt| {
            let mut attempt = attempt.clone();
            attempt.sort_by_key(|(question, _)| *question);
            attempt
        })
        .collect();
    let same =
        |one: &Vec<(K, f64)>| one.iter().map(|(question, _)| *question).eq(sorted[0].iter().map(|(q, _)| *q));
    let totals: Vec<f64> =
        sorted.iter().map(|attempt| attempt.iter().map(|(_, share)| share).sum()).collect();
    let (of_totals, k) = (variance(&totals)?, count(seats));
    if of_totals < 1e-12 {
        return None;
    }
    if sorted.iter().all(same) {
        let of_items: f64 = (0..seats)
            .filter_map(|seat| variance(&sorted.iter().map(|attempt| attempt[seat].1).collect::<Vec<_>>()))
            .sum();
        let alpha = k / (k - 1.0) * (1.0 - of_items / of_totals);
        let error = (of_totals * (1.0 - alpha).max(0.0)).sqrt();
        return Some(Reliability { how: How::Alpha, coefficient: alpha, standard_error: error });
    }
    // The error of a total is what its own questions vary by.
    let errors: Vec<f64> = sorted
        .iter()
        .filter_map(|attempt| variance(&attempt.iter().map(|(_, share)| *share).collect::<Vec<_>>()))
        .map(|variance| variance * k)
        .collect();
    let error = mean(&errors)?;
    Some(Reliability { how: How::Phi, coefficient: 1.0 - error / of_totals, standard_error: error.sqrt() })
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52")]
const fn count(n: usize) -> f64 {
    n as f64
}
