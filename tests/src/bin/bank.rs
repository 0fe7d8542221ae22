//! `make bench`: a bank of ten thousand questions, each with a picture of its own, is brought in, and its pages are looked at. `bank postgres`
//! plays it on one engine; `KAFEDRA_QUESTIONS` is how many questions there are.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on says so by stopping")]
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use questions::import;
use stage::{Engine, Stage};
use store::Who;

/// Of a question's picture, in bytes: a scheme of a textbook.
const PICTURE: usize = 16 << 10;
/// How often a page is looked at; the middle of them is said.
const LOOKS: usize = 9;

fn main() {
    let asked = std::env::args().nth(1);
    for (name, engine) in [("sqlite", Engine::Sqlite), ("postgres", Engine::Postgres)] {
        if asked.as_ref().is_none_or(|asked| asked == name) {
            println!("\n{name}");
            stage::tell(engine, play);
        }
    }
}

async fn play(stage: Rc<Stage>) {
    let questions =
        std::env::var("KAFEDRA_QUESTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let file = file(questions);
    let megabytes = file.len() >> 20;
    let (store, files) = (&stage.app.house.store, &stage.app.house.files);
    let started = Instant::now();
    let taken =
        import(store, files, Who::system(), ("large", "Большой банк"), None, ("bank.jsonl", file), |_, _| ())
            .await;
    let taken = taken.unwrap();
    println!(
        "{} questions with pictures, {megabytes} MB, taken in {:.1} s",
        taken.taken,
        started.elapsed().as_secs_f64()
    );
    assert_eq!((taken.taken, taken.refused.len()), (questions, 0));
    let teacher = stage.staff("teacher").await;
    for (what, address) in [
        ("the list", "/questions/large"),
        ("a topic", "/questions/large?topic=07"),
        ("words in another form", "/questions/large?q=инструктажей%20работникам"),
        ("a slip", "/questions/large?q=огнетушытель"),
        ("words that are nowhere", "/questions/large?q=абракадабра"),
        ("the banks", "/questions"),
    ] {
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..LOOKS {
            let started = Instant::now();
            teacher.get(address).await.unwrap().ok().unwrap();
            times.push(started.elapsed());
        }
        times.sort_unstable();
        println!("{what}: {:.0} ms, at most {:.0} ms", millis(times[LOOKS / 2]), millis(times[LOOKS - 1]));
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A bank as another «Кафедра» writes it.
fn file(questions: usize) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "инструктаж",
        "работник",
        "огнетушитель",
        "каска",
        "высота",
        "допуск",
        "наряд",
        "комиссия",
        "журнал",
        "стажировка",
        "риск",
        "эвакуация",
        "сигнал",
        "ограждение",
        "напряжение",
        "заземление",
        "баллон",
        "давление",
        "клапан",
        "люлька",
        "строп",
        "кран",
        "цех",
        "смена",
    ];
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance
    };
    let mut file = String::new();
    for n in 0..questions {
        let mut word = || WORDS[usize::try_from(next() % 24).unwrap()];
        let text = format!("Вопрос {n}. Что делает {}, когда {} и {} у {}?", word(), word(), word(), word());
        let options: Vec<String> = (0..4)
            .map(|place| {
                format!(
                    "{{\"text\":\"Вариант {place}: {} {} {n}\",\"right\":{}}}",
                    word(),
                    word(),
                    place == 0
                )
            })
            .collect();
        let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
        while picture.len() < PICTURE {
            picture.extend(next().to_le_bytes());
        }
        let _ = writeln!(
            file,
            "{{\"kafedra\":1,\"name\":\"{n}\",\"topic\":\"{:02}\",\"question\":{{\"text\":\"{text}<img src=\\\"picture:a.png\\\" alt=\\\"Схема\\\">\",\
             \"task\":{{\"choice\":{{\"choice\":\"one\",\"options\":[{}]}}}},\"explanation\":\"Пункт {n}\"}},\"pictures\":{{\"a.png\":\"{}\"}}}}",
            1 + n % 12,
            options.join(","),
            STANDARD.encode(&picture)
        );
    }
    file.into_bytes()
}
