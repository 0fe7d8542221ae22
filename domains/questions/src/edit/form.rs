//! What a teacher typed, and the question that it makes.
use files::Hash;
use marking::{Choice, Credit, Difficulty, Opt, Question, Task};
use web::{Messages, Upload};

use super::lines;
use crate::formats::html::{
    Markup as Written, Media, Piece, clean, escape, has_blocks, pieces, tidy, unescape,
};

/// Characters of a text, and of an option.
pub(super) const LONGEST: usize = 8000;
pub(super) const REFERENCE: usize = 300;

/// Fields of the options, and of the ticks beside them.
pub(super) const OPTIONS: [&str; 8] =
    ["option1", "option2", "option3", "option4", "option5", "option6", "option7", "option8"];
pub(super) const RIGHT: [&str; 8] =
    ["right1", "right2", "right3", "right4", "right5", "right6", "right7", "right8"];

pub(super) const CREDITS: [(&str, &str, Credit); 3] = [
    ("whole", "Целиком: всё или ничего", Credit::Whole),
    ("partial", "По частям: доля верного", Credit::Partial),
    ("penalty", "По частям, с вычетом за ошибочные", Credit::Penalty),
];

/// A stored picture, or a recording, with the words for whoever does not see or hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub hash: String,
    pub alt: String,
    pub is_sound: bool,
}

/// What a package chooses a question by, and where it comes from: no part of what is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// The module.
    pub topic: String,
    /// The topic within it, where it has one.
    pub subtopic: String,
    pub difficulty: Difficulty,
    /// A mistake in it fails the attempt, where the package says so.
    pub critical: bool,
    /// Never asked in training.
    pub exam_only: bool,
    /// Clause of an act, or a material.
    pub reference: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// As `lines::kind` names it.
    pub kind: String,
    pub about: About,
    pub text: String,
    pub options: Vec<String>,
    /// Places of the right options, from 0.
    pub right: Vec<usize>,
    pub several: bool,
    /// Of «верно — неверно».
    pub truth: bool,
    /// What the other kinds ask for, a line each.
    pub lines: String,
    pub units: String,
    pub exact_case: bool,
    pub typos: String,
    pub credit: String,
    pub explanation: String,
    pub pictures: Vec<Picture>,
    pub alt: String,
    /// Where a new one stands at first, of `list::STATES`: in use, or a draft.
    pub state: &'static str,
}

impl Typed {
    /// An empty page for a question of this kind.
    pub fn new(kind: &str) -> Self {
        let known =
            ["true_false", "open"].contains(&kind) || lines::KINDS.iter().any(|(code, ..)| *code == kind);
        let kind = if known { kind } else { "choice" };
        Self { kind: kind.to_owned(), truth: true, state: "in_use", ..Self::default() }
    }

    pub fn of(about: &About, question: &Question) -> Self {
        let (text, mut pictures) = parted(&question.text);
        let credit =
            CREDITS.iter().find(|(_, _, credit)| *credit == question.credit).map_or("", |(code, ..)| code);
        let mut typed = Self {
            kind: lines::kind(&question.task).to_owned(),
            about: about.clone(),
            text,
            lines: lines::of(&question.task),
            credit: credit.to_owned(),
            explanation: question.explanation.as_deref().map(written).unwrap_or_default(),
            ..Self::default()
        };
        match &question.task {
            Task::Choice { choice, options } => {
                typed.options = options.iter().map(|option| written(&option.text)).collect();
                typed.right = (0..options.len()).filter(|&place| options[place].right).collect();
                typed.several = *choice == Choice::Several;
            }
            Task::TrueFalse { truth } => typed.truth = *truth,
            Task::Text(wording) => {
                typed.exact_case = wording.exact_case;
                typed.typos = if wording.typos > 0 { wording.typos.to_string() } else { String::new() };
            }
            Task::Number(quantity) => typed.units = lines::units(quantity),
            Task::Point { picture, alt, .. } => {
                let hash = picture.strip_prefix("/pictures/").unwrap_or(picture);
                pictures.insert(0, Picture { hash: hash.to_owned(), alt: alt.clone(), is_sound: false });
            }
            _ => {}
        }
        typed.pictures = pictures;
        typed
    }

    pub fn sent(upload: &Upload, kind: &str, before: &[Picture]) -> Self {
        let text = |field: &str| upload.text(field).replace("\r\n", "\n").trim().to_owned();
        Self {
            about: About {
                topic: text("topic"),
                subtopic: levels(&text("subtopic")),
                difficulty: Difficulty::parse(upload.text("difficulty")).unwrap_or_default(),
                critical: upload.text("critical") == "yes",
                exam_only: upload.text("exam_only") == "yes",
                reference: text("reference"),
            },
            text: text("text"),
            options: OPTIONS.iter().map(|field| text(field)).collect(),
            right: (0..OPTIONS.len()).filter(|n| upload.text(RIGHT[*n]) == "yes").collect(),
            several: upload.text("choice") == "several",
            truth: upload.text("truth") != "no",
            lines: text("lines"),
            units: text("units"),
            exact_case: upload.text("exact_case") == "yes",
            typos: text("typos"),
            credit: text("credit"),
            explanation: text("explanation"),
            pictures: before
                .iter()
                .filter(|one| upload.text(&format!("drop-{}", one.hash)) != "yes")
                .map(|one| {
                    let alt = text(&format!("alt-{}", one.hash));
                    Picture { alt: if alt.is_empty() { one.alt.clone() } else { alt }, ..one.clone() }
                })
                .collect(),
            alt: text("alt"),
            state: if upload.text("state") == "draft" { "draft" } else { "in_use" },
            ..Self::new(kind)
        }
    }

    /// The question, or what is wrong with it.
    pub fn check(&self, added: Option<&Picture>, said: &mut Messages) -> Option<(About, Question)> {
        let about = self.about(said);
        let mut pictures: Vec<&Picture> = self.pictures.iter().chain(added).collect();
        // The picture of a point is the last one brought; the others stay in the text.
        let last = pictures.iter().rposition(|one| !one.is_sound).filter(|_| self.kind == "point");
        let pointed = last.map(|place| pictures.remove(place));
        let mut text = cleaned("text", "Вопрос", &self.text, said)?;
        for Picture { hash, alt, is_sound } in pictures {
            let media = Media { is_sound: *is_sound, src: String::new(), alt: &quoted(alt) };
            text += &format!("<p>{}</p>", media.tag(&format!("/pictures/{hash}")));
        }
        let task = self.task(pointed, said)?;
        let explanation = if self.explanation.is_empty() {
            None
        } else {
            cleaned("explanation", "Пояснение", &self.explanation, said)
        };
        let credit = CREDITS
            .iter()
            .find(|(code, ..)| *code == self.credit)
            .map_or(Credit::Whole, |(_, _, credit)| *credit);
        let question = Question { text, task, credit, explanation }.laid_out();
        if let Err(flaw) = question.check() {
            said.say("text", format!("Вопрос: {flaw}"));
        }
        about.filter(|_| said.is_empty()).map(|about| (about, question))
    }

    fn about(&self, said: &mut Messages) -> Option<About> {
        let topic = said.text("topic", &self.about.topic, "Модуль", 40);
        if self.about.subtopic.chars().count() > REFERENCE {
            said.say("subtopic", format!("Тема модуля: не больше {REFERENCE} знаков"));
        }
        if self.about.reference.chars().count() > REFERENCE {
            said.say("reference", format!("Откуда это: не больше {REFERENCE} знаков"));
        }
        Some(About { topic: topic?, ..self.about.clone() })
    }

    fn task(&self, pointed: Option<&Picture>, said: &mut Messages) -> Option<Task> {
        match self.kind.as_str() {
            "choice" => self.choice(said),
            "true_false" => Some(Task::TrueFalse { truth: self.truth }),
            kind => {
                if self.lines.chars().count() > LONGEST {
                    said.say("lines", format!("Не больше {LONGEST} знаков"));
                    return None;
                }
                let picture = pointed.map(|one| (format!("/pictures/{}", one.hash), one.alt.clone()));
                match lines::read(kind, &self.lines, &self.units, picture) {
                    Ok(Task::Text(wording)) => {
                        let Some(typos) = self.typos() else {
                            said.say("typos", "Опечаток: целое число от 0 до 3");
                            return None;
                        };
                        Some(Task::Text(marking::Wording { exact_case: self.exact_case, typos, ..wording }))
                    }
                    Ok(task) => Some(task),
                    Err(why) => {
                        said.say("lines", why);
                        None
                    }
                }
            }
        }
    }

    fn typos(&self) -> Option<u8> {
        if self.typos.is_empty() { Some(0) } else { self.typos.parse().ok().filter(|typos| *typos <= 3) }
    }

    fn choice(&self, said: &mut Messages) -> Option<Task> {
        for place in self.right.iter().filter(|place| self.options.get(**place).is_none_or(String::is_empty))
        {
            said.say(OPTIONS[*place], format!("Вариант {}: отмечен верным, а текста нет", place + 1));
        }
        let mut options = Vec::new();
        for (place, option) in self.options.iter().enumerate().filter(|(_, option)| !option.is_empty()) {
            let right = self.right.contains(&place);
            options
                .push(Opt { text: cleaned(OPTIONS[place.min(7)], "Вариант", option, said)?, right });
        }
        let choice = if self.several { Choice::Several } else { Choice::One };
        Some(Task::Choice { choice, options })
    }
}

/// «Знаки/Запрещающие» and «Знаки / Запрещающие» are the same.
fn levels(subtopic: &str) -> String {
    let levels: Vec<&str> =
        subtopic.split(['/', '\n']).map(str::trim).filter(|level| !level.is_empty()).collect();
    levels.join(crate::bank::LEVEL)
}

fn cleaned(field: &'static str, label: &str, text: &str, said: &mut Messages) -> Option<String> {
    if text.chars().count() > LONGEST {
        said.say(field, format!("{label}: не больше {LONGEST} знаков"));
    }
    let Ok(html) = clean(text, Written::Auto) else {
        said.say(field, format!("{label}: слишком много разметки"));
        return None;
    };
    Some(tidy(&without_pictures(&html)).to_owned())
}

/// One line as cleaned HTML; none: too much markup. Pictures already in the bank stay in it.
pub(super) fn clean_line(text: &str) -> Option<String> {
    clean(text, Written::Auto).ok().map(|html| tidy(&html).to_owned())
}

/// As a person edits it: words where it is only words, the markup itself where there is more.
pub(super) fn written(html: &str) -> String {
    if has_blocks(html) || ["<b>", "<strong>", "<su", "<img", "<audio"].iter().any(|tag| html.contains(tag)) {
        html.to_owned()
    } else {
        unescape(&html.replace("<br>", "\n"))
    }
}

/// The text without its stored pictures, and these.
pub(super) fn parted(html: &str) -> (String, Vec<Picture>) {
    let kept = |piece| match piece {
        Piece::Media(media) => {
            let hash = Hash::parse(media.src.strip_prefix("/pictures/")?)?;
            Some(Picture { hash: hash.to_string(), alt: unescape(media.alt), is_sound: media.is_sound })
        }
        Piece::Words(_) => None,
    };
    let pictures = pieces(html).into_iter().filter_map(kept).collect();
    (written(tidy(&without_pictures(html).replace("<p></p>", ""))), pictures)
}

fn without_pictures(html: &str) -> String {
    let words = |piece| match piece {
        Piece::Words(words) => words,
        Piece::Media(_) => "",
    };
    pieces(html).into_iter().map(words).collect()
}

fn quoted(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use marking::{
        Area, Choice, Credit, Gap, Item, Opt, Quantity, Question, Span, Spot, Task, Unit, Wording,
    };

    use super::{About, Typed};

    fn again(question: &Question) -> Question {
        let typed = Typed::of(&About { topic: "01".to_owned(), ..About::default() }, question);
        let mut said = web::Messages::none();
        let (_, again) = typed.check(None, &mut said).unwrap_or_else(|| panic!("{said:?} {typed:?}"));
        again
    }

    #[test]
    fn what_nobody_changed_stays_as_it_was() {
        let hash = "a".repeat(64);
        let option = |text: &str, right| Opt { text: text.to_owned(), right };
        for text in [
            "Сколько будет 2 &lt; 3?".to_owned(),
            "<p>Первый</p><p>Второй</p>".to_owned(),
            format!(
                "Что на схеме?<p><img src=\"/pictures/{hash}\" alt=\"Схема «А» &amp; &quot;Б&quot;\"></p>"
            ),
        ] {
            let options = vec![option("H<sub>2</sub>O", true), option("да &amp; нет", false)];
            let question = Question {
                explanation: Some("П. 4 правил".to_owned()),
                ..Question::choice(text, Choice::One, options)
            };
            assert_eq!(again(&question), question);
        }
    }

    #[test]
    fn each_kind_is_written_in_lines_and_read_back() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let wording = |accepted: &[&str]| Wording { accepted: texts(accepted), ..Wording::default() };
        let span = |value, tolerance| Span { value, tolerance };
        let number = |spans: &[Span]| Quantity { accepted: spans.to_vec(), units: Vec::new() };
        let unit = |name: &str, factor| Unit { name: name.to_owned(), factor };
        let item = |text: &str, category| Item { text: text.to_owned(), category };
        let spot = |x, y| Spot { x, y };
        let question = |text: &str, task| Question {
            text: text.to_owned(),
            task,
            credit: Credit::Whole,
            explanation: None,
        };
        let option = |text: &str, right| Opt { text: text.to_owned(), right };
        for question in [
            question("Так?", Task::TrueFalse { truth: false }),
            question(
                "Что?",
                Task::Text(Wording { exact_case: true, typos: 2, ..wording(&["каска", "ОП-*"]) }),
            ),
            question(
                "Сколько?",
                Task::Number(Quantity {
                    accepted: vec![span(-12.5, 0.25), span(3.0, 0.0)],
                    units: vec![unit("Па", 1.0), unit("кПа", 1000.0)],
                }),
            ),
            question(
                "[[1]], [[2]], [[3]]",
                Task::Gaps(vec![
                    Gap::Text(Wording { exact_case: true, ..wording(&["раз", "один"]) }),
                    Gap::Choice { options: texts(&["два", "три"]), right: 1 },
                    Gap::Number(number(&[span(4.0, 0.5)])),
                ]),
            ),
            question(
                "Пары",
                Task::Match {
                    rows: texts(&["2 + 2 = 4", "&lt;знак&gt;", "ещё"]),
                    columns: texts(&["верно", "H<sub>2</sub>O", "лишнее"]),
                    key: vec![0, 1, 0],
                },
            ),
            question("Порядок", Task::Order { items: texts(&["раз", "два", "три"]) }),
            question(
                "Группы",
                Task::Sort {
                    categories: texts(&["горит", "не горит"]),
                    items: vec![item("бумага", 0), item("песок", 1)],
                },
            ),
            question(
                "Где?",
                Task::Point {
                    picture: format!("/pictures/{}", "b".repeat(64)),
                    alt: "План".to_owned(),
                    areas: vec![
                        Area::Rectangle(spot(1, 2), spot(3, 4)),
                        Area::Ellipse { centre: spot(500, 500), across: 10, down: 20 },
                        Area::Polygon(vec![spot(0, 0), spot(9, 0), spot(5, 9)]),
                    ],
                },
            ),
            question(
                "Авария",
                Task::Case {
                    parts: vec![
                        Question::choice(
                            "Что {сначала} = важно?",
                            Choice::One,
                            vec![option("звонок ~ 112", true), option("ждать", false)],
                        ),
                        Question::choice(
                            "Кого позвать?",
                            Choice::Several,
                            vec![option("пожарных", true), option("врачей", true), option("никого", false)],
                        ),
                        question("Опасно?", Task::TrueFalse { truth: true }),
                        question("Чем тушить?", Task::Text(wording(&["песок -> вода", "ОП-*"]))),
                        question("Сколько метров?", Task::Number(number(&[span(12.0, 0.5)]))),
                        question(
                            "Пары",
                            Task::Match {
                                rows: texts(&["А", "Б"]),
                                columns: texts(&["1", "2"]),
                                key: vec![0, 1],
                            },
                        ),
                    ],
                },
            ),
            question("Опишите", Task::Open { rubric: texts(&["полно", "верно"]) }),
        ] {
            let question = question.laid_out();
            assert_eq!(again(&question), question);
        }
    }

    #[test]
    fn lines_that_cannot_be_read_are_named() {
        for (kind, lines, sentence) in [
            ("number", "много", "не число"),
            ("match", "А 1", "нет знака « = »"),
            ("match", "А = ", "пусто после"),
            ("gaps", "+да | +нет", "может быть один"),
            ("point", "квадрат 1 2 3 4", "не понять"),
            ("point", "овал 1 2", "не понять"),
            ("case", "Что? {", "нет закрывающей"),
            ("sort", "А", "нет знака"),
        ] {
            let typed = Typed {
                about: About { topic: "01".to_owned(), ..About::default() },
                text: "[[1]]".to_owned(),
                lines: lines.to_owned(),
                ..Typed::new(kind)
            };
            let mut said = web::Messages::none();
            assert!(typed.check(None, &mut said).is_none(), "{kind} {lines}");
            assert!(format!("{said:?}").contains(sentence), "{kind} {lines}: {said:?}");
        }
    }
}
