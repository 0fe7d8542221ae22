//! Tables and properties of the marking engine.
use marking::{
    Answer, Candidate, Choice, Clockwork, Difficulty, Flaw, Mark, Opt, Points, Question, Remaining, Score,
    Short, Threshold, TopicQuota, draw, given_at, mark,
};
use proptest::prelude::*;
use uuid::Uuid;

fn question(choice: Choice, right: &[bool]) -> Question {
    let options = right
        .iter()
        .enumerate()
        .map(|(place, &right)| Opt { text: format!("Вариант {place}"), right })
        .collect();
    Question::choice("Какой?", choice, options)
}

#[test]
fn only_the_exact_key_is_right() {
    let several = question(Choice::Several, &[true, false, true]);
    for (chosen, right) in [
        (&[0, 2][..], true),
        (&[2, 0], true),
        (&[2, 0, 2], true),
        (&[0], false),
        (&[0, 1, 2], false),
        (&[], false),
        (&[0, 2, 9], false),
    ] {
        assert_eq!(mark(&several, &Answer::Chosen(chosen.to_vec())).is_whole(), right, "{chosen:?}");
    }
}

#[test]
fn a_question_that_cannot_be_marked_is_named() {
    let fine = question(Choice::One, &[true, false]);
    assert_eq!(fine.check(), Ok(()));
    assert_eq!(Question { text: "<p>\u{a0}</p>".into(), ..fine.clone() }.check(), Err(Flaw::NoText));
    assert_eq!(Question { text: "<img src=\"picture:a\">".into(), ..fine.clone() }.check(), Ok(()));
    assert_eq!(question(Choice::One, &[true]).check(), Err(Flaw::FewOptions));
    assert_eq!(question(Choice::Several, &[false, false]).check(), Err(Flaw::NoneRight));
    assert_eq!(question(Choice::Several, &[true, true]).check(), Err(Flaw::AllRight));
    assert_eq!(question(Choice::One, &[true, true, false]).check(), Err(Flaw::SeveralRight));
    let option = |right| Opt { text: "Да".to_owned(), right };
    let same = Question::choice("Так?", Choice::One, vec![option(true), option(false)]);
    assert_eq!(same.check(), Err(Flaw::SameOptions));
}

#[test]
fn thresholds_round_against_the_learner_and_only_there() {
    for (total, percent, needed) in
        [(12, 80, 10), (20, 90, 18), (10, 80, 8), (30, 80, 24), (7, 100, 7), (3, 50, 2)]
    {
        assert_eq!(Threshold::Percent(percent).needed(total), needed, "{total} × {percent} %");
    }
    assert_eq!(Threshold::Items { items: 18 }.needed(20), 18);
    assert_eq!(Threshold::Items { items: 18 }.needed(12), 12);
    let json = |threshold| serde_json::to_string(&threshold).expect("written");
    assert_eq!(json(Threshold::Percent(80)), "80");
    assert_eq!(json(Threshold::Items { items: 18 }), "{\"items\":18}");
    let score = |hundredths, total| Score { points: Points(hundredths), total };
    assert!(score(1000, 12).passes(Threshold::Percent(80)));
    assert!(!score(999, 12).passes(Threshold::Percent(80)));
    assert!(!score(0, 0).passes(Threshold::Percent(0)));
    assert_eq!(score(900, 12).percent(), 75);
    assert_eq!(score(959, 12).percent(), 79);
    assert_eq!(
        [score(1000, 12), score(950, 12), score(905, 12)].map(|score| score.to_string()),
        ["10 из 12", "9,5 из 12", "9,05 из 12"]
    );
}

#[test]
fn time_ends_at_the_deadline_and_not_before() {
    let clock = Clockwork { started: 1_000, minutes: 1 };
    assert_eq!(clock.deadline(), 61_000);
    assert_eq!(clock.remaining(60_999), Remaining::Seconds(1));
    assert_eq!(clock.remaining(61_000), Remaining::Over);
    assert_eq!(clock.remaining(0), Remaining::Seconds(61));
}

#[test]
fn a_moved_clock_says_nothing() {
    let (token, minute) = (1_000_000, 60_000);
    for (arrived, clocks, given) in [
        (token + 10 * minute, &[(3 * minute, 10 * minute)][..], Some(token + 3 * minute)),
        // A little astray.
        (token + 10 * minute, &[(3 * minute, 10 * minute + 59_000)], Some(token + 3 * minute)),
        // The computer slept: one clock stood still, the other went on.
        (token + 10 * minute, &[(7 * minute, 10 * minute), (minute, 2 * minute)], Some(token + 7 * minute)),
        // Set forward by a day, set back, or made up.
        (token + 10 * minute, &[(1443 * minute, 1450 * minute)], None),
        (token + 10 * minute, &[(-1437 * minute, -1430 * minute)], None),
        (token + 10 * minute, &[(11 * minute, 10 * minute)], None),
        (token + 10 * minute, &[(-minute, 10 * minute)], None),
        (token + 10 * minute, &[(0, 3 * minute)], None),
        // The moved one is passed over, the other is believed.
        (
            token + 10 * minute,
            &[(1443 * minute, 1450 * minute), (3 * minute, 10 * minute)],
            Some(token + 3 * minute),
        ),
        (token - 1, &[(0, 0)], None),
        (token, &[], None),
    ] {
        assert_eq!(given_at(token, arrived, clocks), given, "{arrived} {clocks:?}");
    }
}

#[test]
fn a_topic_with_too_few_questions_is_named() {
    let pool = [candidate(0, "01", 3)];
    let short = |difficulty| Short { topic: "01".into(), difficulty, needed: 2, found: 1 };
    assert_eq!(draw(&[TopicQuota::any("01", 2)], &pool, 1), Err(short(None)));
    let medium = Some(Difficulty::Medium);
    let quota = TopicQuota { difficulty: medium, ..TopicQuota::any("01", 2) };
    assert_eq!(draw(&[quota], &pool, 1), Err(short(medium)));
    assert_eq!(short(medium).to_string(), "тема «01», средний: нужно 2, в банке 1");
}

#[test]
fn a_cell_of_the_matrix_takes_its_own_and_the_rest_takes_any() {
    let mut pool: Vec<_> = (0..6).map(|n| candidate(n, "01", 2)).collect();
    for hard in &mut pool[..2] {
        hard.difficulty = Difficulty::Hard;
    }
    pool[3].critical = true;
    let hard = TopicQuota { difficulty: Some(Difficulty::Hard), ..TopicQuota::any("01", 2) };
    for seed in 0..50 {
        let ticket = draw(&[hard.clone(), TopicQuota::any("01", 4)], &pool, seed).expect("enough");
        let mut ids: Vec<_> = ticket.seats.iter().map(|seat| seat.question.as_u128()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [0, 1, 2, 3, 4, 5]);
        for seat in &ticket.seats {
            assert_eq!(seat.critical, seat.question.as_u128() == 3);
        }
    }
}

fn candidate(id: u128, topic: &str, parts: usize) -> Candidate {
    let (id, topic) = (Uuid::from_u128(id), topic.to_owned());
    Candidate { id, topic, difficulty: Difficulty::default(), parts, critical: false }
}

#[test]
fn a_recorded_seed_gives_the_same_ticket_for_ever() {
    let pool: Vec<_> = (0u128..10).map(|n| candidate(n, "01", 4)).collect();
    let ticket = draw(&[TopicQuota::any("01", 3)], &pool, 20_261_122).expect("drawn");
    let drawn: Vec<_> =
        ticket.seats.iter().map(|seat| (seat.question.as_u128(), seat.order.clone())).collect();
    // Frozen: attempts of earlier years are replayed with these numbers.
    assert_eq!(drawn, FROZEN.map(|(id, order)| (id, order.to_vec())));
}
const FROZEN: [(u128, [usize; 4]); 3] = [(1, [1, 0, 2, 3]), (5, [0, 3, 1, 2]), (4, [2, 3, 0, 1])];

proptest! {
    #[test]
    fn no_clock_gives_an_answer_out_of_its_time(token in 0i64..1 << 45, arrived in 0i64..1 << 45, clocks in prop::collection::vec((any::<i32>(), any::<i32>()), 0..3)) {
        let clocks: Vec<_> = clocks.into_iter().map(|(given, sent)| (i64::from(given), i64::from(sent))).collect();
        if let Some(given) = given_at(token, arrived, &clocks) {
            prop_assert!((token..=arrived).contains(&given));
        }
    }

    #[test]
    fn a_ticket_holds_each_quota_without_repeats(seed: u64, sizes in prop::collection::vec((0usize..6, 6usize..12), 1..6)) {
        let mut pool = Vec::new();
        let mut quotas = Vec::new();
        for (topic, (questions, size)) in sizes.iter().enumerate() {
            quotas.push(TopicQuota::any(topic.to_string(), *questions));
            pool.extend((0..*size).map(|n| candidate((topic * 100 + n) as u128, &topic.to_string(), 2 + n % 4)));
        }
        let ticket = draw(&quotas, &pool, seed).expect("enough");
        prop_assert_eq!(&ticket, &draw(&quotas, &{ let mut p = pool.clone(); p.reverse(); p }, seed).expect("enough"));
        let mut ids: Vec<_> = ticket.seats.iter().map(|seat| seat.question).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), sizes.iter().map(|(questions, _)| questions).sum::<usize>());
        for quota in &quotas {
            prop_assert_eq!(ticket.seats.iter().filter(|seat| seat.topic == quota.topic).count(), quota.questions);
        }
        for seat in &ticket.seats {
            let mut order = seat.order.clone();
            order.sort_unstable();
            prop_assert_eq!(order, (0..seat.order.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_answer_is_marked_and_only_the_key_is_right(right in prop::collection::vec(any::<bool>(), 2..7), chosen in prop::collection::vec(0usize..9, 0..9)) {
        let question = question(Choice::Several, &right);
        let mut set = chosen.clone();
        set.sort_unstable();
        set.dedup();
        let key = question.key().expect("a choice has one");
        let right = !set.is_empty() && Answer::Chosen(set) == key;
        prop_assert_eq!(mark(&question, &Answer::Chosen(chosen)) == Mark::WHOLE, right);
    }
}
