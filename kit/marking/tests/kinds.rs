//! Each kind of question: what is right, what is right in part, what is no answer at all.
use marking::{
    Answer, Area, Choice, Credit, Flaw, Gap, Item, Mark, Opt, Quantity, Question, Score, Span, Spot, Task,
    Threshold, Unit, Wording, mark,
};
use proptest::prelude::*;

fn question(task: Task) -> Question {
    let text =
        if matches!(task, Task::Gaps(_)) { "Каска [[1]], пояс [[2]]." } else { "Вопрос" };
    Question { text: text.to_owned(), task, credit: Credit::Whole, explanation: None }
}

fn fields(fields: &[&str]) -> Answer {
    Answer::Fields(fields.iter().map(|field| (*field).to_owned()).collect())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn wording(accepted: &[&str], typos: u8) -> Wording {
    Wording { accepted: texts(accepted), exact_case: false, typos }
}

fn quantity(value: f64, tolerance: f64) -> Quantity {
    Quantity { accepted: vec![Span { value, tolerance }], units: Vec::new() }
}

/// One of each kind that the program marks.
fn each() -> Vec<Question> {
    let options =
        [true, false, true].map(|right| Opt { text: format!("{right}-{}", u8::from(right)), right });
    let options =
        options.into_iter().enumerate().map(|(n, o)| Opt { text: format!("{}{n}", o.text), ..o }).collect();
    let choice = Task::Choice { choice: Choice::Several, options };
    let item = |text: &str, category| Item { text: text.to_owned(), category };
    let spot = |x, y| Spot { x, y };
    vec![
        question(choice),
        question(Task::TrueFalse { truth: false }),
        question(Task::Text(wording(&["огнетушитель", "ОП-*"], 2))),
        question(Task::Number(quantity(12.0, 0.1))),
        question(Task::Gaps(vec![
            Gap::Choice { options: texts(&["да", "нет"]), right: 1 },
            Gap::Text(wording(&["пять"], 0)),
        ])),
        question(Task::Match {
            rows: texts(&["А", "Б"]), columns: texts(&["1", "2", "3"]), key: vec![2, 0]
        }),
        question(Task::Order { items: texts(&["первое", "второе", "третье"]) }),
        question(Task::Sort {
            categories: texts(&["огонь", "вода"]),
            items: vec![item("спичка", 0), item("лёд", 1)],
        }),
        question(Task::Point {
            picture: "/pictures/1".to_owned(),
            alt: "щит".to_owned(),
            areas: vec![Area::Rectangle(spot(100, 100), spot(300, 200))],
        }),
        question(Task::Case {
            parts: vec![
                question(Task::TrueFalse { truth: true }),
                question(Task::Number(quantity(3.0, 0.0))),
            ],
        }),
    ]
}

#[test]
fn the_key_of_each_kind_is_right_and_nothing_is_not() {
    for question in each() {
        assert_eq!(question.check(), Ok(()), "{question:?}");
        let key = question.key().expect("a key");
        assert_eq!(mark(&question, &key), Mark::WHOLE, "{question:?}");
        for none in [Answer::default(), fields(&[]), fields(&["", ""]), Answer::Parts(vec![])] {
            assert!(none.is_empty());
            assert_eq!(mark(&question, &none), Mark::NONE, "{question:?} {none:?}");
        }
    }
}

#[test]
fn answers_are_kept_as_short_json_and_old_questions_are_read() {
    for (answer, json) in [
        (Answer::Chosen(vec![0, 2]), "[0,2]"),
        (fields(&["каска", ""]), r#"["каска",""]"#),
        (Answer::Parts(vec![Answer::Chosen(vec![0]), fields(&["12"])]), r#"[[0],["12"]]"#),
        (Answer::default(), "[]"),
    ] {
        assert_eq!(serde_json::to_string(&answer).unwrap(), json);
        assert_eq!(serde_json::from_str::<Answer>(json).unwrap(), answer);
    }
    assert!(serde_json::from_str::<Answer>("[[[0]]]").is_err(), "a case holds no cases");
    let old = r#"{"text":"Так?","choice":"several","options":[{"text":"да","right":true},{"text":"нет","right":false}],"explanation":null}"#;
    let read: Question = serde_json::from_str(old).unwrap();
    assert_eq!(read.key(), Some(Answer::Chosen(vec![0])));
    for question in each() {
        let again: Question = serde_json::from_str(&serde_json::to_string(&question).unwrap()).unwrap();
        assert_eq!(again, question);
    }
}

#[test]
fn several_options_are_worth_what_the_rule_says() {
    let options = [true, true, false, false].map(|right| Opt { text: String::new(), right });
    let options: Vec<_> =
        options.into_iter().enumerate().map(|(n, o)| Opt { text: n.to_string(), ..o }).collect();
    let mut question = Question::choice("Какие?", Choice::Several, options);
    let mut worth = |credit, chosen: &[usize]| {
        question.credit = credit;
        let mark = mark(&question, &Answer::Chosen(chosen.to_vec()));
        Score::of([mark]).points.0
    };
    for (chosen, whole, partial, penalty) in [
        (&[0, 1][..], 100, 100, 100),
        (&[0], 0, 50, 50),
        (&[0, 2], 0, 0, 0),
        (&[0, 1, 2], 0, 0, 50),
        (&[0, 1, 2, 3], 0, 0, 0),
        (&[2], 0, 0, 0),
        (&[], 0, 0, 0),
        (&[0, 1, 9], 0, 0, 50),
    ] {
        assert_eq!(worth(Credit::Whole, chosen), whole, "{chosen:?}");
        assert_eq!(worth(Credit::Partial, chosen), partial, "{chosen:?}");
        assert_eq!(worth(Credit::Penalty, chosen), penalty, "{chosen:?}");
    }
}

#[test]
fn what_is_not_drawn_stands_in_an_order_that_tells_nothing() {
    let gap = |options: &[&str], right| Gap::Choice { options: texts(options), right };
    let gaps = question(Task::Gaps(vec![gap(&["яд", "вода", "масло"], 0), gap(&["а", "б"], 1)])).laid_out();
    assert_eq!(gaps.task, Task::Gaps(vec![gap(&["вода", "масло", "яд"], 2), gap(&["а", "б"], 1)]));
    let opt = |text: &str, right| Opt { text: text.to_owned(), right };
    let choice = Question::choice("?", Choice::One, vec![opt("я", true), opt("а", false)]);
    let pairs =
        question(Task::Match { rows: texts(&["1", "2"]), columns: texts(&["я", "а"]), key: vec![0, 1] });
    let case = question(Task::Case { parts: vec![choice, pairs] });
    let laid_out = case.clone().laid_out();
    assert_ne!(laid_out, case);
    let key = laid_out.key().unwrap();
    assert_eq!(key, Answer::Parts(vec![Answer::Chosen(vec![1]), fields(&["1", "0"])]));
    assert!(mark(&laid_out, &key).is_whole());
}

#[test]
fn thirds_add_up_to_a_whole() {
    let mut order = question(Task::Order { items: texts(&["а", "б", "в"]) });
    order.credit = Credit::Partial;
    let third = mark(&order, &fields(&["0", "2", "1"]));
    assert_eq!(Score::of([third; 3]).points.0, 100);
    assert!(Score::of([third; 3].into_iter().chain([Mark::NONE; 2])).passes(Threshold::Percent(20)));
    assert_eq!(Score::of([third]).points.to_string(), "0,33");
}

#[test]
fn a_short_text_forgives_what_its_rule_forgives() {
    let plain = wording(&["Огнетушитель"], 0);
    for right in ["огнетушитель", "  ОГНЕТУШИТЕЛЬ. ", "Огнетушитель"] {
        assert!(plain.holds(right), "{right}");
    }
    for wrong in ["огнетушителя", "огне тушитель", "", ".", "огнетушитил"]
    {
        assert!(!plain.holds(wrong), "{wrong}");
    }
    let lenient = wording(&["огнетушитель"], 2);
    assert!(lenient.holds("огнетушытел"), "two slips of twelve letters");
    assert!(lenient.holds("огнетушиетль"), "letters exchanged are one slip");
    assert!(!lenient.holds("агнетушытел"), "three are too many");
    assert!(!wording(&["да"], 2).holds("на"), "a short word has no slips to forgive");
    assert!(!wording(&["приказ 782н"], 2).holds("приказ 781н"), "a number is a number");
    assert!(wording(&["елка"], 0).holds("Ёлка"));
    let case = Wording { exact_case: true, ..wording(&["МЧС"], 0) };
    assert!(case.holds("МЧС") && !case.holds("мчс"));
}

#[test]
fn stars_stand_for_any_letters() {
    let is = |wording: &str, typed: &str| self::wording(&[wording], 0).holds(typed);
    assert!(is("ОП-*", "оп-4") && is("ОП-*", "ОП-") && !is("ОП-*", "ОУ-4"));
    assert!(is("*правил*пожар*", "Постановление о правилах противопожарного режима"));
    assert!(!is("а*а", "а"), "both ends have to be there");
    assert!(is(r"5 \* 5", "5 * 5") && !is(r"5 \* 5", "5 и 5"));
    assert!(is("*", "что угодно"));
    assert!(is(r"C:\", r"c:\"), "a stroke at the end is a stroke");
    assert_eq!(question(Task::Text(self::wording(&["*."], 0))).check(), Err(Flaw::AnythingRight));
    assert_eq!(question(Task::Text(self::wording(&["*"], 0))).check(), Err(Flaw::AnythingRight));
}

#[test]
fn a_number_is_read_as_people_write_it() {
    let units =
        vec![Unit { name: "Па".to_owned(), factor: 1.0 }, Unit { name: "кПа".to_owned(), factor: 1000.0 }];
    let pressure = Quantity { accepted: vec![Span { value: 1250.0, tolerance: 0.5 }], units };
    for right in ["1250", "1 250", "1\u{a0}250,5", "1249.5 Па", "1,25 кПа", "1,25кПа", "1.25e3", "+1250"]
    {
        assert!(pressure.holds(right), "{right}");
    }
    for wrong in ["", "1250 МПа", "1,25", "много", "inf", "NaN", "1251", "12 50 0", "1250 кПа", "--1250"]
    {
        assert!(!pressure.holds(wrong), "{wrong}");
    }
    assert!(quantity(12.0, 0.1).holds("12,1") && quantity(12.0, 0.1).holds("11,9"));
    assert!(!quantity(12.0, 0.1).holds("12,1001"));
    assert!(quantity(-3.0, 0.0).holds("−3"));
    assert!(quantity(0.3, 0.0).holds("0,3") && !quantity(0.0, 0.0).holds("0,000001"));
}

#[test]
fn a_point_is_in_its_area_or_it_is_not() {
    let spot = |x, y| Spot { x, y };
    let circle = Area::Ellipse { centre: spot(500, 500), across: 100, down: 50 };
    assert!(circle.holds(spot(600, 500)) && circle.holds(spot(500, 450)) && !circle.holds(spot(599, 549)));
    // A bent one: the hollow is outside.
    let bent = Area::Polygon(vec![spot(0, 0), spot(100, 0), spot(100, 100), spot(50, 10), spot(0, 100)]);
    assert!(bent.holds(spot(50, 5)) && bent.holds(spot(0, 50)) && bent.holds(spot(95, 90)));
    assert!(!bent.holds(spot(50, 50)) && !bent.holds(spot(101, 0)));
    assert!(bent.holds(bent.middle()) && bent.is_sound());
    assert!(!Area::Rectangle(spot(10, 10), spot(10, 20)).is_sound());
    for outside in [["1001", "0"], ["-1", "5"], ["", "5"], ["5,5", "5"]] {
        assert_eq!(Spot::parse(outside[0], outside[1]), None);
    }
}

#[test]
fn flaws_are_named() {
    let gaps = |text: &str, count: usize| Question {
        text: text.to_owned(),
        ..question(Task::Gaps(vec![Gap::Text(wording(&["да"], 0)); count]))
    };
    assert_eq!(gaps("[[1]] и [[2]]", 2).check(), Ok(()));
    for (text, count) in [("без пропуска", 1), ("[[1]]", 2), ("[[2]] [[1]]", 2), ("[[1]] [[1]]", 1)]
    {
        assert_eq!(gaps(text, count).check(), Err(Flaw::GapsAstray), "{text}");
    }
    let case =
        question(Task::Case { parts: vec![question(Task::Open { rubric: texts(&["полно"]) }); 2] });
    assert_eq!(case.check(), Err(Flaw::NestedPart));
    assert_eq!(question(Task::Open { rubric: texts(&[" "]) }).check(), Err(Flaw::NoRubric));
    assert!(!question(Task::Open { rubric: texts(&["полно"]) }).is_marked());
    let order = Question { credit: Credit::Penalty, ..question(Task::Order { items: texts(&["а", "б"]) }) };
    assert_eq!(order.check(), Err(Flaw::PenaltyAstray));
    assert_eq!(question(Task::Order { items: vec!["а".to_owned(); 65] }).check(), Err(Flaw::TooMany));
    assert_eq!(question(Task::Number(quantity(f64::NAN, 0.0))).check(), Err(Flaw::NoNumber));
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let leaf = prop_oneof![
        prop::collection::vec(0usize..9, 0..9).prop_map(Answer::Chosen),
        prop::collection::vec("[0-9]|[а-яё*]{0,6}|-?[0-9,. ]{0,8}|огнетушител.?", 0..6)
            .prop_map(Answer::Fields),
    ];
    prop_oneof![leaf.clone(), prop::collection::vec(leaf, 0..4).prop_map(Answer::Parts)]
}

proptest! {
    #[test]
    fn any_answer_to_any_kind_has_a_mark(kind in 0usize..10, credit in 0usize..3, answer in any_answer()) {
        let mut question = each().swap_remove(kind);
        question.credit = [Credit::Whole, Credit::Partial, Credit::Penalty][credit];
        let marked = mark(&question, &answer);
        prop_assert!(marked <= Mark::WHOLE);
        prop_assert_eq!(marked, mark(&question, &answer));
        if answer.is_empty() { prop_assert_eq!(marked, Mark::NONE); }
        // What the strict rule gives the lenient ones give too.
        question.credit = Credit::Whole;
        if mark(&question, &answer).is_whole() { prop_assert!(marked.is_whole()); }
        let json = serde_json::to_string(&answer).unwrap();
        let again = serde_json::from_str::<Answer>(&json).unwrap();
        prop_assert_eq!(mark(&question, &again), mark(&question, &answer));
    }

    #[test]
    fn the_shown_order_changes_no_mark(kind in 0usize..10, seed: u64) {
        let question = each().swap_remove(kind);
        let mut order: Vec<usize> = (0..question.shuffled()).collect();
        let mut seed = seed;
        for last in (1..order.len()).rev() {
            order.swap(last, usize::try_from(seed % (last as u64 + 1)).unwrap());
            seed = seed.rotate_left(7).wrapping_mul(31);
        }
        let key = question.key().unwrap();
        let shown = key.shown(&question, &order);
        prop_assert_eq!(shown.own(&question, &order), key);
        prop_assert_eq!(mark(&question, &shown.own(&question, &order)), Mark::WHOLE);
    }

    #[test]
    fn nothing_typed_makes_a_wording_panic(accepted in "[а-я*\\\\]{0,12}", typed in "\\PC{0,40}", typos in 0u8..9) {
        let wording = Wording { accepted: vec![accepted], exact_case: false, typos };
        wording.holds(&typed);
        let units = vec![Unit { name: "м²".to_owned(), factor: 1.0 }];
        Quantity { accepted: vec![Span { value: 1.0, tolerance: 0.0 }], units }.holds(&typed);
    }
}
