//! Figures against an independent library: the `statistics` of Python, to 1e-9.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::io::Write;
use std::process::{Command, Stdio};

use marking::statistics::{
    How, Reliability, bounds, correlation, correlation_bounds, mean, median, reliability, variance,
};
use proptest::prelude::*;

/// Counts all of it by Python's own functions: rows of shares, the same questions for all.
const PYTHON: &str = r#"
import json, statistics as s, sys
rows = json.load(sys.stdin)
totals = [sum(row) for row in rows]
columns = list(zip(*rows))
k = len(columns)
alpha = k / (k - 1) * (1 - sum(s.variance(c) for c in columns) / s.variance(totals))
error = s.fmean([s.variance(row) for row in rows]) * k
rest = [(row[0], (total - row[0]) / (k - 1)) for row, total in zip(rows, totals)]
z, n = s.NormalDist().inv_cdf(0.975), len(rows)
print(json.dumps({
    "mean": s.fmean(columns[0]), "variance": s.variance(totals), "median": s.median(totals),
    "alpha": alpha, "alpha_error": (s.variance(totals) * (1 - alpha)) ** 0.5,
    "phi": 1 - error / s.variance(totals), "phi_error": error ** 0.5,
    "correlation": s.correlation(*zip(*rest)), "z": z,
}))
"#;

fn python(rows: &[Vec<f64>]) -> serde_json::Value {
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(serde_json::to_string(rows).unwrap().as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Learners of different strength at questions of different difficulty, some marked in part; no chance of its own.
fn rows(learners: usize, questions: usize, salt: u64) -> Vec<Vec<f64>> {
    let mut seed = salt;
    let mut chance = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(seed >> 33).unwrap()) / f64::from(1u32 << 31)
    };
    (0..learners)
        .map(|_| {
            let strength = chance();
            (0..questions)
                .map(|question| {
                    match strength + chance() - f64::from(u8::try_from(question % 7).unwrap()) / 10.0 {
                        enough if enough > 0.8 => 1.0,
                        part if part > 0.6 => 1.0 / 3.0,
                        _ => 0.0,
                    }
                })
                .collect()
        })
        .collect()
}

fn near(ours: f64, theirs: &serde_json::Value) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
}

#[test]
fn figures_are_those_of_an_independent_library() {
    for (learners, questions, salt) in [(8, 3, 5), (30, 12, 1), (200, 20, 2), (1000, 40, 4)] {
        let rows = rows(learners, questions, salt);
        let theirs = python(&rows);
        let first: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        let totals: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
        near(mean(&first).unwrap(), &theirs["mean"]);
        near(variance(&totals).unwrap(), &theirs["variance"]);
        near(median(&totals).unwrap(), &theirs["median"]);
        let k = f64::from(u32::try_from(questions).unwrap());
        let rest: Vec<_> =
            rows.iter().zip(&totals).map(|(row, total)| (row[0], (total - row[0]) / (k - 1.0))).collect();
        near(correlation(&rest).unwrap(), &theirs["correlation"]);
        let same: Vec<Vec<(usize, f64)>> =
            rows.iter().map(|row| row.iter().copied().enumerate().collect()).collect();
        let alpha = reliability(&same).unwrap();
        assert_eq!(alpha.how, How::Alpha);
        near(alpha.coefficient, &theirs["alpha"]);
        near(alpha.standard_error, &theirs["alpha_error"]);
        // The same shares as if each learner's ticket had been drawn.
        let drawn: Vec<Vec<(usize, f64)>> = same
            .iter()
            .enumerate()
            .map(|(learner, row)| row.iter().map(|(place, share)| (learner * 100 + place, *share)).collect())
            .collect();
        let phi = reliability(&drawn).unwrap();
        assert_eq!(phi.how, How::Phi);
        near(phi.coefficient, &theirs["phi"]);
        near(phi.standard_error, &theirs["phi_error"]);
    }
}

#[test]
fn bounds_of_a_share_are_those_of_the_book() {
    // Wilson's interval of 8 of 10 and of 0 of 20, as tables of it print them.
    let (low, high) = bounds(0.8, 10);
    assert!((low - 0.490_16).abs() < 1e-4 && (high - 0.943_31).abs() < 1e-4, "{low} {high}");
    let (low, high) = bounds(0.0, 20);
    assert!(low.abs() < 1e-12 && (high - 0.161_13).abs() < 1e-4, "{low} {high}");
    let (low, high) = correlation_bounds(0.5, 28);
    assert!((low - 0.155_6).abs() < 1e-3 && (high - 0.736_8).abs() < 1e-3, "{low} {high}");
}

#[test]
fn of_too_little_nothing_is_said() {
    assert_eq!((mean(&[]), variance(&[1.0]), median(&[])), (None, None, None));
    assert_eq!(correlation(&[(1.0, 0.3), (1.0, 0.9)]), None, "everybody was right");
    let all_the_same = vec![vec![(1, 1.0), (2, 0.0)], vec![(1, 0.0), (2, 1.0)]];
    assert_eq!(reliability(&all_the_same), None);
    assert_eq!(reliability(&[vec![(1, 1.0)], vec![(1, 0.0)]]), None, "a ticket of one question");
    assert_eq!(reliability::<usize>(&[]), None);
}

proptest! {
    #[test]
    fn figures_stay_in_their_range(shares in prop::collection::vec((0.0..=1.0f64, 0.0..=1.0f64), 0..60), share in 0.0..=1.0f64, n in 0usize..10_000) {
        if let Some(r) = correlation(&shares) {
            prop_assert!((-1.0..=1.0).contains(&r));
            let (low, high) = correlation_bounds(r, shares.len());
            prop_assert!(low <= r + 1e-9 && r <= high + 1e-9);
        }
        let (low, high) = bounds(share, n);
        prop_assert!(0.0 <= low && high <= 1.0 && low <= share + 1e-9 && share <= high + 1e-9);
        let attempts: Vec<_> = shares.chunks_exact(4).map(|part| part.iter().enumerate().map(|(place, (share, _))| (place, *share)).collect()).collect();
        if let Some(Reliability { coefficient, standard_error, .. }) = reliability(&attempts) {
            prop_assert!(coefficient <= 1.0 + 1e-9 && standard_error >= 0.0 && standard_error.is_finite());
        }
    }
}
