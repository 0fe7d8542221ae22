//! Files of questions: what is read from them, what is refused and in which words.
use std::{fs, path::PathBuf};

use marking::{Answer, Area, Choice, Gap, Question, Spot, Task};
use questions::formats::{BankFile, Format, ReadQuestion, Unreadable, read};

const PNG: &str = "iVBORw0KGgo=";

fn gift(text: &str) -> BankFile {
    read(Format::Gift, text.as_bytes()).expect("GIFT")
}

fn xml(questions: &str) -> BankFile {
    let file = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n{questions}\n</quiz>");
    read(Format::MoodleXml, file.as_bytes()).expect("Moodle XML")
}

/// A question of two options whose text is this XML.
fn asked(text: &str) -> BankFile {
    xml(&format!(
        "<question type=\"multichoice\"><name><text>В</text></name><questiontext format=\"html\">{text}</questiontext>\
         <answer fraction=\"100\"><text>да</text></answer><answer fraction=\"0\"><text>нет</text></answer></question>"
    ))
}

fn only(bank: &BankFile) -> &ReadQuestion {
    assert_eq!((bank.read.len(), &bank.refused), (1, &vec![]), "{bank:?}");
    &bank.read[0]
}

fn refusal(bank: &BankFile) -> &str {
    assert_eq!((bank.read.len(), bank.refused.len()), (0, 1), "{bank:?}");
    &bank.refused[0].why
}

fn options(read: &ReadQuestion) -> Vec<&str> {
    let Task::Choice { options, .. } = &read.question.task else { panic!("{read:?}") };
    options.iter().map(|option| option.text.as_str()).collect()
}

fn choice(question: &Question) -> Choice {
    let Task::Choice { choice, .. } = &question.task else { panic!("{question:?}") };
    *choice
}

fn key(question: &Question) -> Vec<usize> {
    question.key().expect("a key").chosen().to_vec()
}

/// The key as an answer shows it.
fn fields(question: &Question) -> Vec<String> {
    let Some(Answer::Fields(fields)) = question.key() else { panic!("{question:?}") };
    fields
}

mod of_gift {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_name_category_key_and_explanation() {
        let bank = gift(
            "\u{feff}// банк\r\n$CATEGORY: $course$/top/Охрана труда/Вводный и//или первичный\r\n\r\n\
             ::Вопрос 1::Кто проводит инструктаж?{\r\n\t=Работодатель#Верно.\r\n\t~Профсоюз\r\n\t####Статья 214\r\n}\r\n",
        );
        let read = only(&bank);
        assert_eq!((read.line, read.name.as_str()), (4, "Вопрос 1"));
        assert_eq!(read.category, ["Охрана труда", "Вводный и/или первичный"]);
        assert_eq!(read.question.text, "Кто проводит инструктаж?");
        assert_eq!(choice(&read.question), Choice::One);
        assert_eq!((options(read), key(&read.question)), (vec!["Работодатель", "Профсоюз"], vec![0]));
        let explanation = "<p>Статья 214</p><p>Вариант «Работодатель»: Верно.</p>";
        assert_eq!(read.question.explanation.as_deref(), Some(explanation));
    }

    #[test]
    fn weights_make_several_right_answers() {
        let cases = [
            ("~%50%а ~%50%б ~%-100%в", Choice::Several, vec![0, 1]),
            ("~%33.33333%а ~%33,33333%б ~%33.33333%в ~%-33.3%г", Choice::Several, vec![0, 1, 2]),
            ("=а =б ~в", Choice::Several, vec![0, 1]),
            ("=%50%а =%50%б ~в", Choice::Several, vec![0, 1]),
            ("~%100%а ~б", Choice::Several, vec![0]),
            ("~а =б ~%50%в", Choice::One, vec![1]),
            ("~50% =60%", Choice::One, vec![1]),
        ];
        for (answers, ticks, right) in cases {
            let bank = gift(&format!("Что?{{{answers}}}"));
            let question = &only(&bank).question;
            assert_eq!((choice(question), key(question)), (ticks, right), "{answers}");
        }
    }

    #[test]
    fn a_share_of_the_mark_that_is_lost_is_noted() {
        let bank = gift("Что?{=да ~%50%почти ~нет}");
        only(&bank);
        assert!(bank.notes[0].what.starts_with("часть балла"));
    }

    #[test]
    fn escaped_signs_are_only_letters() {
        let bank = gift(r"::Ключ\:::Знак \{\#\} и \\ здесь\nи тут?{ =\= и \~ ~a \= b#это \# не то }");
        let read = only(&bank);
        assert_eq!(read.name, "Ключ:");
        assert_eq!(read.question.text, r"Знак {#} и \ здесь<br>и тут?");
        assert_eq!(options(read), ["= и ~", "a = b"]);
        assert_eq!(read.question.explanation.as_deref(), Some("<p>Вариант «a = b»: это # не то</p>"));
    }

    #[test]
    fn a_gap_is_shown_where_text_goes_on_after_the_answers() {
        let bank = gift("Инструктаж проводит {=работодатель ~сосед} до начала работы.");
        assert_eq!(only(&bank).question.text, "Инструктаж проводит _____ до начала работы.");
    }

    #[test]
    fn true_and_false_are_a_kind_of_their_own() {
        let bank =
            gift("Каска обязательна.{FALSE#Подумайте ещё.#Так и есть.####П. 5}\n\nДа.{T}\n\nНет.{ false }");
        let keys: Vec<_> = bank.read.iter().map(|read| key(&read.question)).collect();
        assert_eq!(keys, [[1], [0], [1]]);
        assert_eq!(bank.read[0].question.task, Task::TrueFalse { truth: false });
        assert_eq!(
            bank.read[0].question.explanation.as_deref(),
            Some("<p>П. 5</p><p>Вариант «Верно»: Подумайте ещё.</p><p>Вариант «Неверно»: Так и есть.</p>")
        );
    }

    #[test]
    fn each_markup_is_read_in_its_own_way() {
        let cases = [
            ("[html]<p>Если <b>a</b> &lt\\; b?</p>", "Если <b>a</b> &lt; b?"),
            ("[plain]Тег <b>?", "Тег &lt;b&gt;?"),
            ("[markdown]Это **важно** ли?", "Это <strong>важно</strong> ли?"),
            ("[moodle]Одна\nдве", "Одна<br>две"),
            ("[правда]Что?", "[правда]Что?"),
            ("Если a < b, то a<c?", "Если a &lt; b, то a&lt;c?"),
            ("Это <i>курсив</i>?\nДа?", "Это <i>курсив</i>?<br>Да?"),
            ("Сколько 2**3 ** 4**?", "Сколько 2**3 ** 4**?"),
        ];
        for (text, html) in cases {
            let bank = gift(&format!("{}{{=да ~нет}}", text.replace("\\;", ";")));
            assert_eq!(only(&bank).question.text, html);
        }
    }

    #[test]
    fn a_text_without_answers_is_refused_by_name() {
        let bank = gift("Просто текст.\n\nВ?{}");
        assert!(bank.refused[0].why.contains("описание"), "{bank:?}");
        assert_eq!(bank.read.len(), 1);
    }

    #[test]
    fn words_numbers_pairs_and_essays_are_read() {
        let bank = gift(
            "Столица?{=Москва =%50%Питер#почти =Moscow*}\n\nГод?{#1991:1}\n\nСколько?{#=12,5:0 =%50%13:1#близко}\n\n\
             Сколько ещё?{#10..12.5}\n\nПары.{=а -> 1 =б\\=в -> 2 = -> 3}\n\nРасскажите.{}\n\nЧто?{=одно}\n",
        );
        assert_eq!(bank.refused, []);
        let tasks: Vec<_> = bank.read.iter().map(|read| &read.question.task).collect();
        let Task::Text(wording) = tasks[0] else { panic!("{:?}", tasks[0]) };
        assert_eq!(wording.accepted, ["Москва", "Moscow*"]);
        assert!(bank.notes[0].what.starts_with("часть балла"));
        assert!(bank.read[0].question.explanation.as_ref().is_some_and(|html| html.contains("почти")));
        let spans = |task: &Task| {
            let Task::Number(quantity) = task else { panic!("{task:?}") };
            quantity.accepted.iter().map(|span| (span.value, span.tolerance)).collect::<Vec<_>>()
        };
        assert_eq!(spans(tasks[1]), [(1991.0, 1.0)]);
        assert_eq!(spans(tasks[2]), [(12.5, 0.0)]);
        assert_eq!(spans(tasks[3]), [(11.25, 1.25)]);
        let Task::Match { rows, columns, key } = tasks[4] else { panic!("{:?}", tasks[4]) };
        assert_eq!(
            (rows, columns, key),
            (&vec!["а".into(), "б=в".into()], &vec!["1".into(), "2".into(), "3".into()], &vec![0, 1])
        );
        assert!(matches!(tasks[5], Task::Open { .. }));
        assert!(matches!(tasks[6], Task::Text(_)));
        assert!(refusal(&gift("Год?{#много}")).contains("«много» не число"));
    }

    #[test]
    fn a_flawed_question_is_refused_and_goes_by_its_first_words() {
        let bank = gift("Какой <b>цвет</b>\nу каски?{~белый ~синий}");
        assert_eq!(refusal(&bank), "нет верного ответа");
        assert_eq!(bank.refused[0].name, "Какой цвет у каски?");
    }

    #[test]
    fn a_broken_question_never_swallows_the_next() {
        let whole = "::Б::Что?{=да ~нет}";
        let broken = [
            ("::А::Что?{=да\n~нет\n\n", "нет закрывающей"),
            ("::А::Что?{=да\n~нет\n", "нет закрывающей"),
            ("Что?{=да\n~нет\n\nКак?{~раз =два}\n\n", "нет закрывающей"),
            ("Что?{=да ~нет}\nКак?{~раз =два}\n\n", "два блока"),
            ("Что?{ответы: =да ~нет}\n\n", "лишний текст «ответы:»"),
            ("::А::Что?\n", "описание"),
        ];
        for (text, why) in broken {
            let bank = gift(&format!("{text}{whole}"));
            assert!(bank.refused[0].why.contains(why), "{bank:?}");
            assert_eq!(bank.refused.len(), 1);
            assert_eq!(bank.read.last().map(|read| read.name.as_str()), Some("Б"));
        }
    }

    #[test]
    fn questions_are_parted_even_without_an_empty_line() {
        let bank = gift(
            "::А::Что?{=да ~нет}\n::Б::Что?{=да ~нет}\n// в\n$CATEGORY: Раздел\nЧто?{=да\n\n// г\n~нет\n\n}",
        );
        let lines: Vec<_> = bank.read.iter().map(|read| (read.line, read.category.len())).collect();
        assert_eq!(lines, [(1, 0), (2, 0), (5, 1)]);
        assert_eq!(bank.refused, []);
    }

    #[test]
    fn a_picture_of_another_site_is_dropped_and_an_absent_one_refused() {
        let bank = gift(r#"[html]Что?<img src\="https\://example.ru/1.png">{=да ~нет}"#);
        assert_eq!(only(&bank).question.text, "Что?");
        assert!(bank.notes[0].what.contains("https://example.ru/1.png"));
        assert!(
            refusal(&gift(r#"[html]Что?<img src\="@@PLUGINFILE@@/1.png">{=да ~нет}"#))
                .contains("«1.png» в файле нет")
        );
    }

    #[test]
    fn a_file_without_answers_is_not_gift() {
        for text in ["", "// пусто", "Что это?\nA) да\nB) нет\nANSWER: A\n"] {
            assert_eq!(read(Format::Gift, text.as_bytes()).expect_err("not GIFT").line, 1);
        }
    }
}

mod of_moodle_xml {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_category_key_and_explanation() {
        let bank = xml(
            "<question type=\"category\"><category><text>$course$/top/ОТ/Билет 1</text></category></question>\n\
             <question type=\"multichoice\"><name><text> Вопрос\n1 </text></name>\
             <questiontext format=\"html\"><text><![CDATA[<p class=\"x\">Что <a href=\"http://a.ru\">это</a>?<br></p>]]></text></questiontext>\
             <generalfeedback><text>&lt;p&gt;Пункт 5&lt;/p&gt;&lt;p&gt;Пункт 6&lt;/p&gt;</text></generalfeedback><single>false</single>\
             <answer fraction=\"50\"><text><![CDATA[<p>&nbsp;да&nbsp;</p>]]></text><feedback><text>так</text></feedback></answer>\
             <answer fraction=\"50\"><text>ага</text></answer><answer fraction=\"-100\"><text>нет</text></answer></question>",
        );
        let read = only(&bank);
        assert_eq!((read.line, read.name.as_str()), (4, "Вопрос 1"));
        assert_eq!(read.category, ["ОТ", "Билет 1"]);
        assert_eq!(read.question.text, "Что это?");
        assert_eq!((choice(&read.question), key(&read.question)), (Choice::Several, vec![0, 1]));
        assert_eq!(options(read), ["да", "ага", "нет"]);
        let explanation = "<p>Пункт 5</p><p>Пункт 6</p><p>Вариант «да»: так</p>";
        assert_eq!(read.question.explanation.as_deref(), Some(explanation));
    }

    #[test]
    fn one_right_answer_is_still_several_where_several_may_be_chosen() {
        for (single, ticks) in [("true", Choice::One), ("1", Choice::One), ("false", Choice::Several)] {
            let bank =
                asked(&format!("<text>Что?</text></questiontext><single>{single}</single><questiontext>"));
            assert_eq!(choice(&only(&bank).question), ticks);
        }
    }

    #[test]
    fn true_and_false_are_a_kind_of_their_own() {
        let bank = xml(
            "<question type=\"truefalse\"><name><text>В</text></name><questiontext><text>Каска нужна.</text></questiontext>\
             <answer fraction=\"0\"><text>true</text><feedback><text>Нет</text></feedback></answer>\
             <answer fraction=\"100\"><text>false</text></answer></question>",
        );
        let read = only(&bank);
        assert_eq!(read.question.task, Task::TrueFalse { truth: false });
        assert_eq!(read.question.explanation.as_deref(), Some("<p>Вариант «Верно»: Нет</p>"));
    }

    #[test]
    fn pictures_come_with_the_question_under_names_of_their_own() {
        let other = "R0lGODlh"; // GIF89a
        let img = |name: &str| {
            format!("<text>&lt;img src=\"@@PLUGINFILE@@/{name}\" alt='\"a\"' width=5&gt;</text>")
        };
        let file = |name: &str, data: &str| {
            format!("<file name=\"{name}\" path=\"/\" encoding=\"base64\">{data}\n</file>")
        };
        let bank = xml(&format!(
            "<question type=\"multichoice\"><name><text>В</text></name>\
             <questiontext format=\"html\">{}{}</questiontext>\
             <answer fraction=\"100\">{}{}</answer><answer fraction=\"0\">{}{}</answer></question>",
            img("%D1%85%20%221%22.png?forcedownload=1"),
            file("х &quot;1&quot;.png", PNG),
            img("х &amp;quot;1&amp;quot;.png"),
            file("х &quot;1&quot;.png", other),
            "<text><![CDATA[<img src=\"data:image/png;base64,iVBORw0KGgo=\"> то же, но иначе]]></text>",
            file("звук.mp3", "SUQz"),
        ));
        let read = only(&bank);
        let names: Vec<_> = read.pictures.iter().map(|picture| picture.name.as_str()).collect();
        assert_eq!(names, ["х__1_.png", "2-х__1_.png"]);
        assert_eq!(read.question.text, "<img src=\"picture:х__1_.png\" alt=\"&quot;a&quot;\">");
        assert_eq!(options(read)[0], "<img src=\"picture:2-х__1_.png\" alt=\"&quot;a&quot;\">");
        assert_eq!(options(read)[1], "<img src=\"picture:х__1_.png\" alt=\"\"> то же, но иначе");
        assert!(bank.notes[0].what.contains("звук.mp3"));
    }

    #[test]
    fn a_bad_picture_refuses_its_question() {
        let shown = "<text><![CDATA[<img src=\"@@PLUGINFILE@@/a\">]]></text>";
        let heavy = "A".repeat(7_000_000);
        let cases = [
            ("", "«a» в файле нет"),
            ("<file name=\"a\">PHN2Zz48L3N2Zz4=</file>", "не рисунок (PNG"),
            ("<file name=\"a\">кот</file>", "не base64"),
            (&format!("<file name=\"a\">{heavy}</file>"), "больше 5 МиБ"),
        ];
        for (file, why) in cases {
            assert!(refusal(&asked(&format!("{shown}{file}"))).contains(why), "{why}");
        }
    }

    #[test]
    fn other_kinds_and_hidden_questions_are_refused_by_name() {
        for (kind, russian) in
            [("ddimageortext", "на рисунок"), ("calculated", "вычисляемый"), ("stack", "«stack»")]
        {
            let bank = xml(&format!("<question type=\"{kind}\"><name><text>В</text></name></question>"));
            assert!(refusal(&bank).contains(russian));
        }
        let hidden = asked("<text>Что?</text></questiontext><hidden>1</hidden><questiontext>");
        assert!(refusal(&hidden).contains("скрыт"));
        assert_eq!(refusal(&asked("<text> </text>")), "нет текста вопроса");
    }

    /// A question of this kind, with the rest of its XML.
    fn of_kind(kind: &str, text: &str, rest: &str) -> BankFile {
        xml(&format!(
            "<question type=\"{kind}\"><name><text>В</text></name><questiontext format=\"html\"><text><![CDATA[{text}]]></text></questiontext>{rest}</question>"
        ))
    }

    #[test]
    fn words_and_numbers_are_read_with_units() {
        let bank = of_kind(
            "shortanswer",
            "Кто?",
            "<usecase>1</usecase><answer fraction=\"100\"><text>МЧС</text></answer><answer fraction=\"0\"><text>*</text></answer>",
        );
        let Task::Text(wording) = &only(&bank).question.task else { panic!("{bank:?}") };
        assert!(wording.holds("МЧС") && !wording.holds("мчс") && !wording.holds("кто угодно"));
        let bank = of_kind(
            "numerical",
            "Сколько?",
            "<answer fraction=\"100\"><text>5500</text><tolerance>5</tolerance></answer><answer fraction=\"0\"><text>*</text></answer>\
             <units><unit><multiplier>1</multiplier><unit_name>Вт</unit_name></unit><unit><multiplier>0.001</multiplier><unit_name>кВт</unit_name></unit></units>",
        );
        let Task::Number(quantity) = &only(&bank).question.task else { panic!("{bank:?}") };
        assert!(quantity.holds("5,5 кВт") && quantity.holds("5504") && !quantity.holds("5,5"));
    }

    #[test]
    fn pairs_and_orders_are_read() {
        let pair = |row: &str, column: &str| {
            format!(
                "<subquestion format=\"html\"><text>{row}</text><answer><text>{column}</text></answer></subquestion>"
            )
        };
        let bank = of_kind(
            "matching",
            "Пары",
            &(pair("А", "1") + &pair("Б", "2") + &pair("", "3") + &pair("В", "1")),
        );
        assert_eq!(fields(&only(&bank).question), ["0", "1", "0"]);
        let item = |place: usize, text: &str| {
            format!("<answer fraction=\"{place}.0000000\" format=\"html\"><text>{text}</text></answer>")
        };
        let bank = of_kind("ordering", "Порядок", &(item(2, "два") + &item(1, "раз") + &item(3, "три")));
        assert_eq!(
            only(&bank).question.task,
            Task::Order { items: ["раз", "два", "три"].map(str::to_owned).to_vec() }
        );
    }

    #[test]
    fn gaps_are_read_from_a_text() {
        let bank = of_kind(
            "cloze",
            "<p>Каска {1:MULTICHOICE:~белая#нет~=оранжевая}, глубина {2:NUMERICAL:=1,5:0.1}, зовут {:SA:=сторож~%50%друг~мастер\\}а}; {не пропуск}.</p>",
            "",
        );
        let question = &only(&bank).question;
        assert_eq!(question.text, "Каска [[1]], глубина [[2]], зовут [[3]]; {не пропуск}.");
        assert_eq!(fields(question), ["1", "1,5", "сторож"]);
        assert_eq!(bank.notes.len(), 2);
        let words = |kind: &str| {
            ["да", "нет", "три", "да"]
                .iter()
                .zip([1, 1, 2, 2])
                .map(|(word, group)| format!("<{kind}><text>{word}</text><group>{group}</group></{kind}>"))
                .collect::<String>()
        };
        for kind in ["selectoption", "dragbox"] {
            let of = if kind == "dragbox" { "ddwtos" } else { "gapselect" };
            let bank = of_kind(of, "Так [[2]], там [[3]], тут [[1]].", &words(kind));
            let Task::Gaps(gaps) = &only(&bank).question.task else { panic!("{bank:?}") };
            assert_eq!(gaps[1], Gap::Choice { options: vec!["да".to_owned(), "три".to_owned()], right: 1 });
            assert_eq!(
                (only(&bank).question.text.as_str(), fields(&only(&bank).question)),
                ("Так [[1]], там [[2]], тут [[3]].", vec!["1".to_owned(), "1".to_owned(), "0".to_owned()])
            );
        }
        assert!(refusal(&of_kind("gapselect", "Так [[9]].", &words("selectoption"))).contains("[[9]]"));
        assert!(refusal(&of_kind("cloze", "Так {1:MR:=да~=нет}.", "")).contains("верных несколько"));
    }

    #[test]
    fn a_marker_on_a_picture_becomes_a_place() {
        // Two pixels by one.
        const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGNwaDgARAAJhwMBFKhZ+wAAAABJRU5ErkJggg==";
        let drop =
            "<drop><no>1</no><shape>rectangle</shape><coords>1,0;1,1</coords><choice>1</choice></drop>";
        let one = "<drag><no>1</no><text>Щит</text></drag>";
        let file = format!("<file name=\"план.png\" encoding=\"base64\">{PICTURE}</file>");
        let bank = of_kind("ddmarker", "Где щит?", &format!("{file}{one}{drop}"));
        if let [read] = bank.read.as_slice() {
            let Task::Point { picture, alt, areas } = &read.question.task else { panic!("{bank:?}") };
            assert_eq!((picture.as_str(), alt.as_str()), ("picture:план.png", "Щит"));
            assert_eq!(areas, &[Area::Rectangle(Spot { x: 500, y: 0 }, Spot { x: 1000, y: 1000 })]);
        } else {
            panic!("{bank:?}");
        }
        assert!(
            refusal(&of_kind("ddmarker", "Где?", &format!("{file}{one}{one}{drop}"))).contains("ставят 2")
        );
        assert!(refusal(&of_kind("ddmarker", "Где?", &format!("{one}{drop}"))).contains("в файле нет"));
    }

    #[test]
    fn formulas_pass_and_nothing_else_with_them() {
        let bank = asked(
            "<text><![CDATA[<p>Сколько <math onclick=\"x()\"><mfrac><mi>a</mi><mn>2</mn></mfrac><script>1</script></math>?</p>]]></text>",
        );
        assert_eq!(only(&bank).question.text, "Сколько <math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>?");
    }

    #[test]
    fn a_broken_file_keeps_what_came_before() {
        let whole = "<question type=\"truefalse\"><name><text>А</text></name><questiontext><text>Так?</text></questiontext>\n\
             <answer fraction=\"100\"><text>true</text></answer><answer fraction=\"0\"><text>false</text></answer></question>\n";
        let broken = [
            ("<question type=\"essay\"><name></question></quiz>", "<name> закрыт тегом </question>"),
            ("<question type=\"essay\"><name><text><![CDATA[об", "обрывается"),
            ("<question type=\"essay\"><name><te", "обрывается"),
            ("<question type=\"essay\"><name>", "обрывается"),
            (&format!("<question>{}", "<a>".repeat(100_000)), "слишком глубоко"),
            (&format!("<question>{}</question>", "<a/>".repeat(100_000)), "слишком много тегов"),
        ];
        for (rest, why) in broken {
            let file = format!("<quiz>\n{whole}{rest}");
            let bank = read(Format::MoodleXml, file.as_bytes()).expect("one question");
            assert_eq!((bank.read.len(), bank.refused.len()), (1, 1));
            assert_eq!(bank.refused[0].line, 4);
            assert!(bank.refused[0].why.contains(why), "{:?}", bank.refused);
            assert!(read(Format::MoodleXml, format!("<quiz>{rest}").as_bytes()).is_err());
        }
    }

    #[test]
    fn what_is_not_a_quiz_is_unreadable() {
        for text in ["", "Что?{=да ~нет}", "<html><quiz></quiz></html>"] {
            let Unreadable { line, why } = read(Format::MoodleXml, text.as_bytes()).expect_err("not a quiz");
            assert_eq!((line, why.contains("не Moodle XML")), (1, true));
        }
    }

    #[test]
    fn entities_are_never_expanded() {
        let file = "<!DOCTYPE quiz [<!ENTITY a \"ха\"><!ENTITY b \"&a;&a;\">]>\n<quiz>\
             <question type=\"essay\"><name><text>&b;</text></name></question></quiz>";
        let bank = read(Format::MoodleXml, file.as_bytes()).expect("a quiz");
        assert!(refusal(&bank).contains("«&b;»"));
        assert_eq!(only(&asked("<text>R&amp;D &#8212; A & B?</text>")).question.text, "R&amp;D — A &amp; B?");
    }

    #[test]
    fn nothing_dangerous_passes() {
        let bank = asked(
            "<text><![CDATA[<p onclick=x>Что?</p><script>alert(1)</script><iframe src=x></iframe><svg onload=x>\
             <img src=javascript:x onerror=x><img src=picture:x><h2>А</h2><o:p>Б</o:p>]]></text>",
        );
        assert_eq!(only(&bank).question.text, "<p>Что?</p><div>А</div>Б");
        let quoted = asked("<text><![CDATA[<P title='a>b' lang=\"'\"><B\nid=1>Что</B>?<br/>< 5 <b]]></text>");
        assert_eq!(only(&quoted).question.text, "<b>Что</b>?<br>&lt; 5");
        let bomb: String =
            (0..500).map(|id| format!("<b id={id}>")).chain((0..500).map(|_| "x<p>".into())).collect();
        assert!(only(&asked(&format!("<text><![CDATA[<p>{bomb}]]></text>"))).question.text.len() < 20_000);
        let deep = format!("<text><![CDATA[{}]]></text>", "<b><p>".repeat(100_000));
        assert!(refusal(&asked(&deep)).contains("слишком много тегов"));
        let unescaped = asked("<text>Что <b>это</b>?</text>");
        assert!(refusal(&unescaped).contains("CDATA"));
    }
}

mod of_bytes {
    use super::*;

    const TEXT: &str = "Ещё «ёж»?{=да ~нет}";

    fn letters(bytes: &[u8]) -> Result<String, Unreadable> {
        read(Format::Gift, bytes).map(|bank| only(&bank).question.text.clone())
    }

    #[test]
    fn three_encodings_are_understood() {
        let utf16 = |order: fn(u16) -> [u8; 2]| {
            "\u{feff}".encode_utf16().chain(TEXT.encode_utf16()).flat_map(order).collect::<Vec<_>>()
        };
        let cp1251 = b"\xc5\xf9\xb8 \xab\xb8\xe6\xbb?{=\xe4\xe0 ~\xed\xe5\xf2}";
        for bytes in [TEXT.as_bytes(), &utf16(u16::to_le_bytes), &utf16(u16::to_be_bytes), cp1251] {
            assert_eq!(letters(bytes).as_deref(), Ok("Ещё «ёж»?"));
        }
    }

    #[test]
    fn old_moodle_xml_may_be_in_windows_1251() {
        let file = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<quiz><question type=\"truefalse\">\
            <questiontext><text>\xcd\xe5\xf2?</text></questiontext><answer fraction=\"100\"><text>true</text></answer>\
            <answer fraction=\"0\"><text>false</text></answer></question></quiz>";
        assert_eq!(only(&read(Format::MoodleXml, file).expect("a quiz")).question.text, "Нет?");
    }

    #[test]
    fn what_is_not_text_is_unreadable_by_line() {
        for bytes in [&b"a{=b ~c}\n\0"[..], b"\xd0\x90\n\xff{=b ~c}"] {
            assert_eq!(letters(bytes).expect_err("not text").line, 2);
        }
        assert!(letters(b"\xff\xfe\x00\xd8").is_err());
    }

    #[test]
    fn the_format_is_guessed() {
        let utf16: Vec<_> = "\u{feff}<?xml ".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Format::guess("банк.xml", b""), Format::MoodleXml);
        assert_eq!(Format::guess("банк.txt", b"\xef\xbb\xbf <?xml version"), Format::MoodleXml);
        assert_eq!(Format::guess("банк", &utf16), Format::MoodleXml);
        assert_eq!(Format::guess("банк.gift", "<p>Что?</p>{=a ~b}".as_bytes()), Format::Gift);
    }
}

/// Real banks lie beside the checkout, not in it.
mod of_others {
    use super::*;

    fn found(path: &str) -> Option<PathBuf> {
        let beside = "../../../shared/data".into();
        let path = std::env::var_os("SHARED_DATA").map_or(beside, PathBuf::from).join(path);
        let found = path.exists();
        if !found {
            println!("{}: не найдено, пропущено", path.display());
        }
        found.then_some(path)
    }

    fn bank(path: &str) -> Option<BankFile> {
        let path = found(path)?;
        let bytes = fs::read(&path).expect("a file");
        let format = Format::guess(&path.to_string_lossy(), &bytes);
        Some(read(format, &bytes).expect("a bank"))
    }

    #[test]
    fn banks_of_industrial_safety_are_read_whole() {
        for (path, count) in [("banks/rtn_a1.gift", 211), ("banks/rtn_b211.gift", 160)] {
            let Some(bank) = bank(path) else { return };
            assert_eq!((bank.read.len(), bank.refused), (count, vec![]), "{path}");
            assert_eq!(bank.notes, []);
            assert!(bank.read.iter().all(|read| read.category.len() == 1 && !read.name.is_empty()));
        }
    }

    #[test]
    fn the_same_bank_is_the_same_in_both_formats() {
        let (Some(gift), Some(xml)) = (bank("banks/rtn_a1.gift"), bank("banks/rtn_a1.moodle.xml")) else {
            return;
        };
        assert_eq!((xml.read.len(), xml.refused), (211, vec![]));
        for (gift, xml) in gift.read.iter().zip(&xml.read) {
            assert_eq!((&gift.name, gift.question.key()), (&xml.name, xml.question.key()));
            assert_eq!((&gift.question.text, options(gift)), (&xml.question.text, options(xml)));
        }
    }

    #[test]
    fn traffic_rules_come_with_their_pictures() {
        let Some(bank) = bank("banks/pdd_A_B.moodle.xml") else { return };
        let pictured = bank.read.iter().filter(|read| read.pictures.len() == 1).count();
        assert_eq!((bank.read.len(), pictured, bank.refused, bank.notes), (800, 548, vec![], vec![]));
        for read in &bank.read {
            let shown = read.question.text.matches("<img src=\"picture:").count();
            assert_eq!((shown, choice(&read.question)), (read.pictures.len(), Choice::One));
            assert!(read.question.explanation.is_some());
        }
    }

    #[test]
    fn fixtures_of_moodle_are_read_or_refused() {
        let Some(folder) = found("moodle") else { return };
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let bytes = fs::read(&path).expect("a file");
            let counts = read(Format::guess(&name, &bytes), &bytes).map(|bank| {
                assert!(bank.read.iter().all(|read| read.question.check().is_ok()));
                (bank.read.len(), bank.refused.len())
            });
            let expected = match name.as_str() {
                "examples.txt" => Some((43, 0)),
                "export_category.xml" | "multichoice.xml" | "nested_categories.xml" => Some((1, 0)),
                "questions_in_category.gift.txt" => Some((4, 0)),
                "truefalse.xml" | "questions.aiken.txt" => Some((2, 0)),
                "aiken_errors.txt" => Some((3, 3)),
                _ => None,
            };
            assert_eq!(counts.ok(), expected, "{name}");
        }
    }
}

mod of_tables {
    use super::*;

    #[test]
    fn aiken_is_read_and_its_faults_are_named() {
        let text = "Кто отвечает?\nA) Работодатель\nB. Сосед\nANSWER: A\n\nБез ответа\nA) да\nB) нет\n\nВерных два\nA) раз\nB) два\nC) три\nanswer: A, C\n\nНет такого\nA) да\nB) нет\nANSWER: D\n";
        let bank = read(Format::guess("t.txt", text.as_bytes()), text.as_bytes()).unwrap();
        let keys: Vec<_> = bank.read.iter().map(|read| (read.line, key(&read.question))).collect();
        assert_eq!(keys, [(1, vec![0]), (10, vec![0, 2])]);
        let why: Vec<_> = bank.refused.iter().map(|one| (one.line, one.why.clone())).collect();
        assert!(why[0].0 == 6 && why[0].1.contains("ANSWER") && why[1].1.contains("«D»"), "{why:?}");
    }

    #[test]
    fn lines_of_json_are_read_ours_and_others() {
        let other = r#"{"id":"a-1","topic":["01"],"text":"Что?","options":["да","нет","не знаю"],"correct":[0,2],"explanation":"П. 1","image":"a.png"}"#;
        let bank = read(Format::guess("t.jsonl", other.as_bytes()), other.as_bytes()).unwrap();
        let read_one = only(&bank);
        assert_eq!(
            (read_one.name.as_str(), key(&read_one.question), read_one.category.as_slice()),
            ("a-1", vec![0, 2], &["01".to_owned()][..])
        );
        assert!(bank.notes[0].what.contains("рисунок отброшен"));
        let ours = r#"{"kafedra":1,"name":"В","topic":"02","question":{"text":"Что <script>x</script>здесь? <img src=\"picture:a\" alt=\"щит\">","task":{"order":{"items":["<b>раз</b>","два"]}},"explanation":null},"pictures":{"a":"iVBORw0KGgo="}}"#;
        let bank = read(Format::JsonLines, ours.as_bytes()).unwrap();
        let read_one = only(&bank);
        assert_eq!(read_one.question.text, "Что здесь? <img src=\"picture:a\" alt=\"щит\">");
        assert_eq!(read_one.pictures.len(), 1);
        for (from, to, why) in [
            ("picture:a", "picture:b", "рисунка"),
            ("iVBORw0KGgo=", "PHN2Zz4=", "не рисунок"),
            ("\"два\"", "\"<b>раз</b>\"", "одинаковых"),
        ] {
            let bank = read(Format::JsonLines, ours.replacen(from, to, 1).as_bytes()).unwrap();
            assert!(refusal(&bank).contains(why), "{bank:?}");
        }
        assert!(read(Format::JsonLines, b"{\"x\":1}").is_err());
    }

    #[test]
    fn a_table_is_known_by_its_heads() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows = vec![
            row(&["Банк центра"]),
            row(&[
                "№ вопроса",
                "Тема",
                "Текст вопроса",
                "Вариант ответа 1",
                "Вариант ответа 2",
                "Вариант ответа 3",
                "Правильный ответ",
                "Нормативный документ, пункт",
            ]),
            row(&["1", "01", "Кто?", "он", "она", "оно", "Вариант 2", "П. 5"]),
            row(&["2", "01", "Что?", "то", "[!] это", "", "", ""]),
            row(&["3", "02", "Где?", "тут", "там", "нигде", "А, В", ""]),
            row(&["4", "02", "Как?", "так", "этак", "", "этак", ""]),
            row(&["5", "02", "Спор?", "[!] да", "нет", "", "2", ""]),
            row(&["6", "02", "Мимо?", "да", "нет", "", "7", ""]),
        ];
        let columns: Vec<_> = ["Ещё строка"; 8].map(|title| sheets::Column::new(title, 10)).to_vec();
        let bytes = sheets::write("Вопросы", &columns, &rows).unwrap();
        let bank = read(Format::guess("t.xlsx", &bytes), &bytes).unwrap();
        let keys: Vec<_> = bank.read.iter().map(|read| (read.name.clone(), key(&read.question))).collect();
        assert_eq!(
            keys,
            [
                ("1".to_owned(), vec![1]),
                ("2".to_owned(), vec![1]),
                ("3".to_owned(), vec![0, 2]),
                ("4".to_owned(), vec![1])
            ]
        );
        assert_eq!(bank.read[0].question.explanation.as_deref(), Some("П. 5"));
        assert!(
            bank.refused[0].why.contains("по-разному") && bank.refused[1].why.contains("«7»"),
            "{:?}",
            bank.refused
        );
    }
}
