//! `make fuzz`: readers of question files against files that somebody has spoilt: no panic, no hang, no more than 512 MB. `fuzz gift` tries one
//! format; `KAFEDRA_MINUTES` for how long each, ten unless it is said. What broke a reader is left in the folder for temporary files.
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kafedra::demo;
use questions::formats::{Format, read};
use uuid::Uuid;

const FORMATS: [(&str, Format); 7] = [
    ("gift", Format::Gift),
    ("xml", Format::MoodleXml),
    ("aiken", Format::Aiken),
    ("jsonl", Format::JsonLines),
    ("xlsx", Format::Sheet),
    ("qti", Format::Qti),
    ("docx", Format::Document),
];
/// The largest file that is tried, in bytes.
const LARGEST: usize = 256 << 10;
const PATIENCE: Duration = Duration::from_secs(10);
const MOST_MEGABYTES: u64 = 512;

fn main() -> anyhow::Result<()> {
    let Some(format) = std::env::args().nth(1) else {
        // Each in a process of its own, so that memory is its own.
        for (name, _) in FORMATS {
            let done = std::process::Command::new(std::env::current_exe()?).arg(name).status()?;
            ensure!(done.success(), "{name}: {done}");
        }
        return Ok(());
    };
    let (name, format) = FORMATS.into_iter().find(|(name, _)| *name == format).context("no such format")?;
    let minutes = std::env::var("KAFEDRA_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    std::panic::set_hook(Box::new(|_| ()));
    let seeds = seeds(name)?;
    let (mut chance, mut tried, mut questions, mut slowest) = (Chance::new(), 0u64, 0usize, Duration::ZERO);
    let began = Instant::now();
    watch(name, began);
    while began.elapsed() < Duration::from_secs(60 * minutes) {
        let spoilt = packed(name, spoil(&seeds, &mut chance))?;
        STARTED.store(millis(began), Ordering::Relaxed);
        let started = Instant::now();
        let done = catch_unwind(|| read(format, &spoilt).map_or(0, |file| file.read.len()));
        STARTED.store(0, Ordering::Relaxed);
        slowest = slowest.max(started.elapsed());
        tried += 1;
        match done {
            Ok(read) => questions += read,
            Err(_) => anyhow::bail!("{name} panics: {}", left(name, &spoilt)?),
        }
        if started.elapsed() > PATIENCE {
            anyhow::bail!("{name} takes {:?}: {}", started.elapsed(), left(name, &spoilt)?);
        }
    }
    let most = peak();
    println!(
        "{name:<6} {tried} files in {minutes} min, {questions} questions read, the slowest {slowest:?}, {most} MB at most"
    );
    ensure!(most <= MOST_MEGABYTES, "{name} wants {most} MB");
    Ok(())
}

/// When the file that is being read was begun, in milliseconds from the beginning; 0: none is.
static STARTED: AtomicU64 = AtomicU64::new(0);

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
}

/// A reader that never comes back is named by another thread.
fn watch(name: &'static str, began: Instant) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let started = STARTED.load(Ordering::Relaxed);
            if started > 0 && millis(began).saturating_sub(started) > 60_000 {
                eprintln!("{name} hangs");
                std::process::exit(1);
            }
        }
    });
}

fn left(name: &str, spoilt: &[u8]) -> anyhow::Result<String> {
    let path = std::env::temp_dir().join(format!("kafedra-fuzz-{name}-{}", Uuid::new_v4()));
    std::fs::write(&path, spoilt)?;
    Ok(path.display().to_string())
}

/// Megabytes that the process has held at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Whole files of the format, from the demonstration and written for this.
fn seeds(name: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<quiz><question type="category"><category><text>01 Тема</text></category></question>
<question type="multichoice"><name><text>а</text></name><questiontext format="html"><text><![CDATA[<p>Что <b>верно</b>? <img src="@@PLUGINFILE@@/a.png" alt="А"></p>]]></text><file name="a.png" path="/" encoding="base64">iVBORw0KGgo=</file></questiontext><single>false</single><answer fraction="50"><text>да</text></answer><answer fraction="50"><text>и это</text></answer><answer fraction="-50"><text>нет</text></answer></question>
<question type="truefalse"><name><text>б</text></name><questiontext><text>Так?</text></questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
<question type="shortanswer"><name><text>в</text></name><questiontext><text>Что?</text></questiontext><answer fraction="100"><text>кас*</text></answer></question>
<question type="numerical"><name><text>г</text></name><questiontext><text>Сколько?</text></questiontext><answer fraction="100"><text>12.5</text><tolerance>0.5</tolerance></answer><units><unit><multiplier>1</multiplier><unit_name>м</unit_name></unit></units></question>
<question type="matching"><name><text>д</text></name><questiontext><text>Пары</text></questiontext><subquestion><text>А</text><answer><text>1</text></answer></subquestion><subquestion><text>Б</text><answer><text>2</text></answer></subquestion></question>
<question type="cloze"><name><text>е</text></name><questiontext><text>Носят {1:SHORTANSWER:=каску~%50%шлем} и {2:MULTICHOICE:=пояс~ничего}, {1:NUMERICAL:=12:0.1} раз.</text></questiontext></question>
<question type="ordering"><name><text>ж</text></name><questiontext><text>По порядку</text></questiontext><answer fraction="1"><text>раз</text></answer><answer fraction="2"><text>два</text></answer></question></quiz>"#;
    const GIFT: &str = "$CATEGORY: 01 Тема\n\n::А::[html]Что <b>верно</b>? {=да#так ~нет ~%50%почти}\n\n::Б::Сколько? {#12:0.5 =%50%13:1}\n\nПары {=А -> 1 =Б -> 2}\n\nТак? {T#да#нет}\n\nНосят {=каску =шлем} всегда.\n\nЭссе {}\n";
    const AIKEN: &str =
        "Что верно?\nA. да\nB. нет\nC) может быть\nANSWER: A\n\nА это?\nA. нет\nB. да\nANSWER: B\n";
    const JSONL: &str = "{\"kafedra\":1,\"name\":\"а\",\"topic\":\"01\",\"question\":{\"text\":\"Что?\",\"task\":{\"choice\":{\"choice\":\"one\",\"options\":[{\"text\":\"да\",\"right\":true},{\"text\":\"нет\",\"right\":false}]}},\"explanation\":null},\"pictures\":{}}\n{\"id\":\"б\",\"topic\":[\"01\"],\"text\":\"Что?\",\"options\":[\"да\",\"нет\"],\"correct\":[0]}\n";
    const QTI: &str = r#"<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q" title="а"><responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>A</value><value>B</value></correctResponse><mapping><mapEntry mapKey="A" mappedValue="1"/></mapping></responseDeclaration><itemBody><p>Что <b>верно</b>? <img src="a.png" alt="А"/></p><choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>Выберите</prompt><simpleChoice identifier="A">да<feedbackInline identifier="A">так</feedbackInline></simpleChoice><simpleChoice identifier="B">и это</simpleChoice><simpleChoice identifier="C">нет</simpleChoice></choiceInteraction></itemBody><modalFeedback identifier="F">статья</modalFeedback></assessmentItem>"#;
    const GAPS: &str = r#"<qti-assessment-item identifier="q" title="б"><qti-response-declaration identifier="R" cardinality="single" base-type="float"><qti-correct-response><qti-value>1.5</qti-value></qti-correct-response></qti-response-declaration><qti-response-declaration identifier="M" cardinality="multiple" base-type="directedPair"><qti-correct-response><qti-value>w1 g1</qti-value></qti-correct-response></qti-response-declaration><qti-item-body><qti-gap-match-interaction response-identifier="M"><qti-gap-text identifier="w1">каску</qti-gap-text><p>Носят <qti-gap identifier="g1"/> всегда</p></qti-gap-match-interaction><p><qti-text-entry-interaction response-identifier="R"/></p></qti-item-body></qti-assessment-item>"#;
    const WORD: &str = r#"<w:document xmlns:w="w" xmlns:a="a" xmlns:r="r"><w:body><w:p><w:r><w:t>1. Что верно?</w:t></w:r></w:p><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>а) да</w:t></w:r></w:p><w:p><w:r><w:t>б) нет</w:t></w:r></w:p><w:p><w:r><w:t>Ответ: а</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Что?</w:t><w:drawing><a:blip r:embed="rId1"/></w:drawing></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Вопрос</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Вариант 1</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"#;
    let table = || {
        let rows = [["Что верно?", "да", "нет", "А"], ["А это?", "нет", "да", "2"]];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        let columns = ["Вопрос", "Вариант 1", "Вариант 2", "Правильный ответ"]
            .map(|title| sheets::Column::new(title, 20));
        sheets::write("Вопросы", &columns, &rows)
    };
    Ok(match name {
        "qti" => vec![QTI.into(), GAPS.into()],
        "docx" => vec![WORD.into()],
        "gift" => vec![GIFT.into(), demo::text("programmes/labour-16/questions.gift")?.into()],
        "xml" => vec![XML.into()],
        "aiken" => vec![AIKEN.into()],
        "jsonl" => vec![JSONL.into()],
        _ => vec![table()?],
    })
}

/// What is spoilt stands within a package, where the format is one: a spoilt ZIP opens too seldom to tell of anything behind it.
fn packed(name: &str, spoilt: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    const MANIFEST: &str =
        r#"<manifest><resources><resource type="imsqti_item_xmlv2p1" href="a.xml"/></resources></manifest>"#;
    let files: &[(&str, &[u8])] = match name {
        "qti" => {
            &[("imsmanifest.xml", MANIFEST.as_bytes()), ("a.xml", &spoilt), ("a.png", b"\x89PNG\r\n\x1a\n")]
        }
        "docx" => &[("word/document.xml", &spoilt)],
        _ => return Ok(spoilt),
    };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())?;
        std::io::Write::write_all(&mut zip, bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Chance of the fuzzer's own: xorshift, from the system's.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        Self(Uuid::new_v4().as_u64_pair().0 | 1)
    }

    /// Below `n`; 0 of nothing.
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (n.max(1) as u64)).unwrap_or(0)
    }
}

/// What makes readers stumble.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"\\",
    b"=",
    b"~",
    b"->",
    b"%",
    b"#",
    b"\"",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"99999999999999999999",
    b"-1",
    b"NaN",
    b"1e308",
    b"&#x10FFFF;",
    b"\n\n",
    b"[[1]]",
];

/// A seed with a few things done to it: bytes turned, parts cut, doubled, moved, pieces put in, and now and then one part many times.
fn spoil(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(12) {
        let at = chance.below(bytes.len());
        let end = (at + chance.below(64)).min(bytes.len());
        match chance.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let times = if chance.below(40) == 0 { 2000 } else { 1 };
                bytes.splice(at..at, part.repeat(times));
            }
            3 => {
                let part: Vec<u8> = bytes.drain(at..end).collect();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, part);
            }
            4 => {
                let times = if chance.below(40) == 0 { 5000 } else { 1 + chance.below(3) };
                bytes.splice(at..at, PIECES[chance.below(PIECES.len())].repeat(times));
            }
            5 => bytes.truncate(at),
            _ => bytes.insert(at, u8::try_from(chance.below(256)).unwrap_or(0)),
        }
        bytes.truncate(LARGEST);
    }
    bytes
}
