//! The table of admission, edges named.
use attestation::rule::{Facts, Refusal, admit};
use words::Day;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn ready() -> Facts {
    Facts {
        today: day("2026-11-22"),
        starts: day("2026-11-20"),
        ends: day("2027-01-19"),
        days: 2,
        studied: (8, 8),
        attempts: vec![],
        attempts_allowed: 2,
        pause_days: 1,
        passed: false,
        expelled: false,
        modules_left: 0,
        rehearsal: None,
        held: false,
        window: (None, None),
    }
}

#[test]
fn admission_by_the_package() {
    let failed_on = |text: &str| Facts { attempts: vec![day(text)], ..ready() };
    for (name, facts, expected) in [
        ("all is there", ready(), Ok(1)),
        ("the second of two days", Facts { today: day("2026-11-21"), ..ready() }, Ok(1)),
        (
            "the first of two days",
            Facts { today: day("2026-11-20"), ..ready() },
            Err(Refusal::TooEarly(day("2026-11-21"))),
        ),
        ("a programme of one day, at once", Facts { today: day("2026-11-20"), days: 1, ..ready() }, Ok(1)),
        ("one material left", Facts { studied: (7, 8), ..ready() }, Err(Refusal::NotStudied(1))),
        ("not signed yet", Facts { held: true, ..ready() }, Err(Refusal::Held)),
        (
            "a module not passed",
            Facts { modules_left: 1, today: day("2026-11-20"), ..ready() },
            Err(Refusal::ModulesLeft(1)),
        ),
        (
            "not rehearsed",
            Facts { rehearsal: Some((80, None)), ..ready() },
            Err(Refusal::NotRehearsed(80, None)),
        ),
        (
            "rehearsed badly",
            Facts { rehearsal: Some((80, Some(79))), ..ready() },
            Err(Refusal::NotRehearsed(80, Some(79))),
        ),
        ("rehearsed well", Facts { rehearsal: Some((80, Some(80))), ..ready() }, Ok(1)),
        ("failed today", failed_on("2026-11-22"), Err(Refusal::Pause(day("2026-11-23")))),
        ("failed yesterday", failed_on("2026-11-21"), Ok(2)),
        (
            "two of two used",
            Facts { attempts: vec![day("2026-11-10"), day("2026-11-12")], ..ready() },
            Err(Refusal::NoAttemptsLeft),
        ),
        ("the last day of access", Facts { today: day("2027-01-19"), ..ready() }, Ok(1)),
        (
            "access ended",
            Facts { today: day("2027-01-20"), ..ready() },
            Err(Refusal::AccessEnded(day("2027-01-19"))),
        ),
        (
            "before the package opens",
            Facts { window: (Some(day("2026-11-23")), None), ..ready() },
            Err(Refusal::NotOpen(day("2026-11-23"))),
        ),
        ("on its last day", Facts { window: (None, Some(day("2026-11-22"))), ..ready() }, Ok(1)),
        (
            "after its last day",
            Facts { window: (None, Some(day("2026-11-21"))), ..ready() },
            Err(Refusal::Closed(day("2026-11-21"))),
        ),
        ("expelled", Facts { expelled: true, ..ready() }, Err(Refusal::Expelled)),
        (
            "passed, whatever else",
            Facts { passed: true, studied: (0, 8), ..ready() },
            Err(Refusal::AlreadyPassed),
        ),
    ] {
        assert_eq!(admit(&facts), expected, "{name}");
    }
}
