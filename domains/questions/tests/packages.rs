//! Packages of questions: QTI in its versions, documents of Word.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use std::io::Write as _;

use marking::{Answer, Area, Choice, Credit, Gap, Spot, Task};
use questions::formats::sheet::{Column, Layout};
use questions::formats::{BankFile, Format, ReadQuestion, read, read_table, table};

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn reading(name: &str, bytes: &[u8]) -> BankFile {
    read(Format::guess(name, bytes), bytes).unwrap()
}

fn only(bank: &BankFile) -> &ReadQuestion {
    assert_eq!((bank.read.len(), &bank.refused), (1, &vec![]), "{bank:?}");
    &bank.read[0]
}

fn fields(read: &ReadQuestion) -> Vec<String> {
    let Some(Answer::Fields(fields)) = read.question.key() else { panic!("{read:?}") };
    fields
}

/// A red square of four by four pixels.
fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d4948445200000004000000040802000000269309290000001049444154789c63f8cfc000470cc47100ae930ff1d05f239e0000000049454e44ae426082";
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

mod of_qti {
    use super::*;

    /// An item of 2.1: its declarations and its body.
    fn item(declarations: &str, body: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<assessmentItem xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p1\" \
             identifier=\"q1\" title=\"Вопрос\" adaptive=\"false\" timeDependent=\"false\">{declarations}<itemBody>{body}</itemBody></assessmentItem>"
        )
    }

    fn declared(cardinality: &str, base: &str, correct: &[&str]) -> String {
        let values: String = correct.iter().map(|one| format!("<value>{one}</value>")).collect();
        format!(
            "<responseDeclaration identifier=\"R\" cardinality=\"{cardinality}\" baseType=\"{base}\"><correctResponse>{values}</correctResponse></responseDeclaration>"
        )
    }

    fn alone(declarations: &str, body: &str) -> BankFile {
        reading("q.xml", item(declarations, body).as_bytes())
    }

    #[test]
    fn a_choice_of_each_version_is_the_same_question() {
        let second = item(
            &declared("single", "identifier", &["B"]),
            "<p>Кто проводит <b>инструктаж</b>?</p><choiceInteraction responseIdentifier=\"R\" maxChoices=\"1\" shuffle=\"true\"><prompt>Выберите</prompt>\
             <simpleChoice identifier=\"A\">Профсоюз</simpleChoice><simpleChoice identifier=\"B\">Работодатель<feedbackInline outcomeIdentifier=\"F\" identifier=\"B\" showHide=\"show\">Статья 214</feedbackInline></simpleChoice></choiceInteraction>",
        );
        let third = "<qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" identifier=\"q1\" title=\"Вопрос\">\
             <qti-response-declaration identifier=\"R\" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>\
             <qti-item-body><p>Кто проводит <b>инструктаж</b>?</p><qti-choice-interaction response-identifier=\"R\" max-choices=\"1\"><qti-prompt>Выберите</qti-prompt>\
             <qti-simple-choice identifier=\"A\">Профсоюз</qti-simple-choice><qti-simple-choice identifier=\"B\">Работодатель<qti-feedback-inline outcome-identifier=\"F\" identifier=\"B\">Статья 214</qti-feedback-inline></qti-simple-choice></qti-choice-interaction></qti-item-body></qti-assessment-item>";
        let (two, three) = (reading("a.xml", second.as_bytes()), reading("b.xml", third.as_bytes()));
        let question = &only(&two).question;
        assert_eq!(question, &only(&three).question);
        assert_eq!(only(&two).name, "Вопрос");
        assert!(
            question.text.contains("Кто проводит <b>инструктаж</b>?") && question.text.contains("Выберите")
        );
        let Task::Choice { choice: Choice::One, options } = &question.task else { panic!("{question:?}") };
        assert_eq!(
            options.iter().map(|one| (one.text.as_str(), one.right)).collect::<Vec<_>>(),
            [("Профсоюз", false), ("Работодатель", true)]
        );
        assert_eq!(question.explanation.as_deref(), Some("<p>Вариант «Работодатель»: Статья 214</p>"));
    }

    #[test]
    fn several_answers_are_counted_as_the_mapping_says() {
        let choices = "<choiceInteraction responseIdentifier=\"R\" maxChoices=\"0\"><prompt>Что нужно?</prompt>\
             <simpleChoice identifier=\"A\">каска</simpleChoice><simpleChoice identifier=\"B\">перчатки</simpleChoice><simpleChoice identifier=\"C\">галстук</simpleChoice></choiceInteraction>";
        let mapping = |wrong: &str| {
            format!(
                "<responseDeclaration identifier=\"R\" cardinality=\"multiple\" baseType=\"identifier\"><mapping defaultValue=\"0\">\
                 <mapEntry mapKey=\"A\" mappedValue=\"1\"/><mapEntry mapKey=\"B\" mappedValue=\"1\"/><mapEntry mapKey=\"C\" mappedValue=\"{wrong}\"/></mapping></responseDeclaration>"
            )
        };
        for (declarations, credit) in [
            (declared("multiple", "identifier", &["A", "B"]), Credit::Whole),
            (mapping("0"), Credit::Partial),
            (mapping("-1"), Credit::Penalty),
        ] {
            let bank = alone(&declarations, choices);
            let question = &only(&bank).question;
            assert_eq!((question.key().unwrap().chosen(), question.credit), (&[0, 1][..], credit));
        }
    }

    #[test]
    fn what_is_typed_and_chosen_within_a_text_are_gaps() {
        let declarations = declared("single", "string", &["огнетушитель"])
            + &declared("single", "float", &["1,5"]).replace("\"R\"", "\"N\"")
            + &declared("single", "identifier", &["y"]).replace("\"R\"", "\"C\"");
        let body = "<p>Берут <textEntryInteraction responseIdentifier=\"R\"/> на высоте <textEntryInteraction responseIdentifier=\"N\"/> м, \
             <inlineChoiceInteraction responseIdentifier=\"C\"><inlineChoice identifier=\"x\">не снимая</inlineChoice><inlineChoice identifier=\"y\">сняв</inlineChoice></inlineChoiceInteraction> пломбу.</p>";
        let bank = alone(&declarations, body);
        let question = &only(&bank).question;
        assert!(question.text.contains("Берут [[1]] на высоте [[2]] м, [[3]] пломбу."), "{}", question.text);
        assert_eq!(
            (fields(only(&bank)), question.credit),
            (vec!["огнетушитель".to_owned(), "1,5".to_owned(), "1".to_owned()], Credit::Partial)
        );
        // One at the end is a short answer; variants that are worth nothing are none, and case matters where it is said to.
        let mapped = "<responseDeclaration identifier=\"R\" cardinality=\"single\" baseType=\"string\"><correctResponse><value>СИЗ</value></correctResponse>\
             <mapping><mapEntry mapKey=\"СИЗ\" mappedValue=\"1\" caseSensitive=\"true\"/><mapEntry mapKey=\"спецодежда\" mappedValue=\"0\" caseSensitive=\"true\"/></mapping></responseDeclaration>";
        let bank = alone(mapped, "<p>Каска — это</p><p><textEntryInteraction responseIdentifier=\"R\"/></p>");
        let Task::Text(wording) = &only(&bank).question.task else { panic!("{bank:?}") };
        assert_eq!((wording.accepted.as_slice(), wording.exact_case), (&["СИЗ".to_owned()][..], true));
        let bank = alone(
            &declared("single", "integer", &["42"]),
            "<p>Сколько? <textEntryInteraction responseIdentifier=\"R\"/></p>",
        );
        let Task::Number(quantity) = &only(&bank).question.task else { panic!("{bank:?}") };
        assert!(quantity.holds("42") && !quantity.holds("43"));
    }

    #[test]
    fn pairs_orders_and_words_for_gaps_are_read() {
        let set = |prefix: &str, all: &[&str]| -> String {
            let choice = |(n, text): (usize, &&str)| {
                format!(
                    "<simpleAssociableChoice identifier=\"{prefix}{n}\" matchMax=\"1\">{text}</simpleAssociableChoice>"
                )
            };
            format!(
                "<simpleMatchSet>{}</simpleMatchSet>",
                all.iter().enumerate().map(choice).collect::<String>()
            )
        };
        let body = format!(
            "<matchInteraction responseIdentifier=\"R\"><prompt>Соотнесите</prompt>{}{}</matchInteraction>",
            set("a", &["пенный", "порошковый"]),
            set("b", &["A", "E", "K"])
        );
        let bank = alone(&declared("multiple", "directedPair", &["a0 b0", "a1 b1"]), &body);
        let Task::Match { rows, columns, key } = &only(&bank).question.task else { panic!("{bank:?}") };
        assert_eq!((rows.len(), columns.len(), key.as_slice()), (2, 3, &[0, 1][..]));
        // The other way round: each column of the first set has several rows of the second.
        let bank = alone(&declared("multiple", "directedPair", &["a0 b0", "a0 b1", "a1 b2"]), &body);
        let Task::Match { rows, key, .. } = &only(&bank).question.task else { panic!("{bank:?}") };
        assert_eq!((rows.len(), key.as_slice()), (3, &[0, 0, 1][..]));
        let both = alone(&declared("multiple", "directedPair", &["a0 b0", "a0 b1", "a1 b0"]), &body);
        assert!(both.refused[0].why.contains("несколько столбцов"), "{both:?}");

        let body = "<orderInteraction responseIdentifier=\"R\"><prompt>По порядку</prompt><simpleChoice identifier=\"x\">вызвать</simpleChoice><simpleChoice identifier=\"y\">осмотреть</simpleChoice></orderInteraction>";
        let bank = alone(&declared("ordered", "identifier", &["y", "x"]), body);
        let Task::Order { items } = &only(&bank).question.task else { panic!("{bank:?}") };
        assert_eq!(items, &["осмотреть", "вызвать"]);

        let body = "<gapMatchInteraction responseIdentifier=\"R\"><gapText identifier=\"w1\" matchMax=\"1\">каску</gapText><gapText identifier=\"w2\" matchMax=\"1\">пояс</gapText>\
             <p>Надевают <gap identifier=\"g1\"/>, потом <gap identifier=\"g2\"/>.</p></gapMatchInteraction>";
        let bank = alone(&declared("multiple", "directedPair", &["w2 g1", "w1 g2"]), body);
        let question = &only(&bank).question;
        let Task::Gaps(gaps) = &question.task else { panic!("{bank:?}") };
        let chosen = |gap: &Gap| match gap {
            Gap::Choice { options, right } => options[*right].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(gaps.iter().map(chosen).collect::<Vec<_>>(), ["пояс", "каску"]);
        assert!(question.text.contains("Надевают [[1]], потом [[2]]."), "{}", question.text);
    }

    fn manifest(resources: &[(&str, &str)]) -> String {
        let one = |(n, (kind, href)): (usize, &(&str, &str))| {
            format!(
                "<resource identifier=\"r{n}\" type=\"{kind}\" href=\"{href}\"><file href=\"{href}\"/></resource>"
            )
        };
        let all: String = resources.iter().enumerate().map(one).collect();
        format!(
            "<manifest xmlns=\"http://www.imsglobal.org/xsd/imscp_v1p1\"><resources>{all}</resources></manifest>"
        )
    }

    const ITEM: &str = "imsqti_item_xmlv2p1";

    #[test]
    fn a_package_gives_its_pictures_and_sections() {
        let shown = item(
            &declared("single", "identifier", &["A"]),
            "<p>Что на знаке? <img src=\"../images/знак.png\" alt=\"Красный квадрат\"/> <img src=\"http://site/a.png\" alt=\"\"/></p><choiceInteraction responseIdentifier=\"R\" maxChoices=\"1\">\
             <simpleChoice identifier=\"A\"><img src=\"../images/знак.png\" alt=\"\"/></simpleChoice><simpleChoice identifier=\"B\">круг</simpleChoice></choiceInteraction>",
        );
        let spot = item(
            &declared("single", "identifier", &["H2"]),
            "<hotspotInteraction responseIdentifier=\"R\" maxChoices=\"1\"><prompt>Где кнопка?</prompt><object data=\"../images/знак.png\" type=\"image/png\" width=\"4\" height=\"4\">Пульт</object>\
             <hotspotChoice identifier=\"H1\" shape=\"circle\" coords=\"1,1,1\"/><hotspotChoice identifier=\"H2\" shape=\"rect\" coords=\"2,0,4,2\"/></hotspotInteraction>",
        );
        let broken = "<assessmentItem identifier=\"x\"><itemBody>";
        let test = "<assessmentTest xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p1\" identifier=\"t\" title=\"Т\"><testPart identifier=\"p\"><assessmentSection identifier=\"s\" title=\"01 Знаки\" visible=\"true\">\
             <assessmentItemRef identifier=\"i\" href=\"items/1.xml\"/></assessmentSection></testPart></assessmentTest>";
        let resources = [
            ("imsqti_test_xmlv2p1", "test.xml"),
            (ITEM, "items/1.xml"),
            (ITEM, "items/2.xml"),
            (ITEM, "items/3.xml"),
            (ITEM, "items/нет.xml"),
        ];
        let picture = png();
        let package = zipped(&[
            ("imsmanifest.xml", manifest(&resources).as_bytes()),
            ("test.xml", test.as_bytes()),
            ("items/1.xml", shown.as_bytes()),
            ("items/2.xml", spot.as_bytes()),
            ("items/3.xml", broken.as_bytes()),
            ("images/знак.png", &picture),
        ]);
        let bank = reading("пакет.zip", &package);
        assert_eq!((bank.read.len(), bank.refused.len()), (2, 2), "{bank:?}");
        assert_eq!((bank.refused[0].line, bank.refused[1].line), (3, 4));
        assert!(bank.notes.iter().any(|note| note.what.contains("site/a.png")), "{:?}", bank.notes);
        let one = &bank.read[0];
        assert_eq!((one.category.as_slice(), one.pictures.len()), (&["01 Знаки".to_owned()][..], 1));
        assert!(
            one.question.text.contains("<img src=\"picture:знак.png\" alt=\"Красный квадрат\">"),
            "{}",
            one.question.text
        );
        let Task::Point { picture, alt, areas } = &bank.read[1].question.task else { panic!("{bank:?}") };
        assert_eq!((picture.as_str(), alt.as_str()), ("picture:знак.png", "Пульт"));
        assert_eq!(areas, &[Area::Rectangle(Spot { x: 500, y: 0 }, Spot { x: 1000, y: 500 })]);
    }

    #[test]
    fn several_questions_of_one_item_are_a_case() {
        let choice = |of: &str, prompt: &str| {
            format!(
                "<choiceInteraction responseIdentifier=\"{of}\"><prompt>{prompt}</prompt><simpleChoice identifier=\"A\">Мастер</simpleChoice><simpleChoice identifier=\"B\">Сварщик</simpleChoice><simpleChoice identifier=\"C\">Повар</simpleChoice></choiceInteraction>"
            )
        };
        let declarations = declared("single", "identifier", &["A"])
            + &declared("multiple", "identifier", &["A", "B"]).replace("\"R\"", "\"S\"");
        let body = format!(
            "<p>Бригада вышла на линию.</p>{}<p>Начался дождь.</p>{}",
            choice("R", "Кто главный?"),
            choice("S", "Кто уходит?")
        );
        let bank = alone(&declarations, &body);
        let question = &only(&bank).question;
        assert!(
            question.text.contains("Бригада вышла") && question.text.contains("Начался дождь"),
            "{}",
            question.text
        );
        assert!(!question.text.contains("Кто главный"), "{}", question.text);
        // Options of a part are laid out by their words.
        let Task::Case { parts } = &question.task else { panic!("{bank:?}") };
        assert_eq!((parts[0].text.as_str(), parts[1].text.as_str()), ("Кто главный?", "Кто уходит?"));
        assert_eq!(
            (parts[0].key().unwrap().chosen(), parts[1].key().unwrap().chosen()),
            (&[0][..], &[0, 2][..])
        );
        assert_eq!(question.credit, Credit::Partial);
        // A question that says nothing of itself cannot stand beside another.
        let bare = body.replace("<prompt>Кто уходит?</prompt>", "");
        assert_eq!(alone(&declarations, &bare).refused.len(), 1);
    }

    #[test]
    fn what_cannot_be_a_question_is_refused_in_words() {
        let essay = "<extendedTextInteraction responseIdentifier=\"R\"/>";
        let two = format!("<p>Опишите.</p>{essay}{essay}");
        let mixed = format!("<p>Итог <textEntryInteraction responseIdentifier=\"R\"/></p>{essay}");
        for (declarations, body, why) in [
            (String::new(), "<p>Только текст</p>", "без ответа"),
            (String::new(), two.as_str(), "к тексту можно задать вопросы"),
            (declared("single", "string", &["а"]), mixed.as_str(), "поля внутри текста"),
            (String::new(), "<drawingInteraction responseIdentifier=\"R\"/>", "drawinginteraction"),
            (
                declared("single", "identifier", &["Z"]),
                "<p>а <inlineChoiceInteraction responseIdentifier=\"R\"><inlineChoice identifier=\"x\">х</inlineChoice></inlineChoiceInteraction> б</p>",
                "«Z»",
            ),
            (
                declared("single", "float", &["много"]),
                "<p>? <textEntryInteraction responseIdentifier=\"R\"/></p>",
                "«много» не число",
            ),
        ] {
            let bank = alone(&declarations, body);
            assert!(bank.refused.len() == 1 && bank.refused[0].why.contains(why), "{why}: {bank:?}");
        }
        let bank = alone(
            "",
            &format!(
                "<p>Опишите порядок</p><rubricBlock view=\"scorer\">Назван срок\nНазван документ</rubricBlock>{essay}"
            ),
        );
        let Task::Open { rubric } = &only(&bank).question.task else { panic!("{bank:?}") };
        assert_eq!(rubric, &["Назван срок", "Назван документ"]);
        // A declaration of entities, which may grow into anything, is refused with its item.
        let bomb = "<!DOCTYPE assessmentItem [<!ENTITY a \"aaaa\">]><assessmentItem identifier=\"x\"><itemBody>&a;</itemBody></assessmentItem>";
        assert!(read(Format::Qti, bomb.as_bytes()).is_err());
        assert!(read(Format::Qti, &zipped(&[("imsmanifest.xml", b"<manifest/>")])).is_err());
    }
}

mod of_word {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>";

    fn document(body: &str) -> Vec<u8> {
        zipped(&[("word/document.xml", format!("{HEAD}{body}</w:body></w:document>").as_bytes())])
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
    }

    fn bold(text: &str) -> String {
        format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>")
    }

    fn listed(text: &str, list: u8, more: &str) -> String {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r>{more}<w:t>{text}</w:t></w:r></w:p>"
        )
    }

    fn keys(bank: &BankFile) -> Vec<(String, Vec<String>)> {
        let right = |one: &ReadQuestion| {
            let Task::Choice { options, .. } = &one.question.task else { panic!("{one:?}") };
            (
                one.question.text.clone(),
                options.iter().filter(|one| one.right).map(|one| one.text.clone()).collect(),
            )
        };
        bank.read.iter().map(right).collect()
    }

    #[test]
    fn numbered_questions_are_read_however_the_right_one_is_marked() {
        let body = [
            p("Билет первый"),
            p("1. Кто проводит"),
            p("инструктаж?"),
            p("а) Профсоюз"),
            p("б) Работодатель"),
            p("Ответ: б"),
            p("Пояснение: статья 214"),
            p(""),
            p("2. Чем тушат?"),
            p("1) Водой"),
            p("+2) Порошком"),
            p("3) Ничем"),
            p(""),
            p("Вопрос 3. Сколько раз?"),
            p("- Один"),
            bold("- Два"),
            p("- Три"),
            bold("4. Что верно?"),
            p("*А. Первое"),
            p("*Б. Второе"),
            p("В. Третье"),
            p("5. Без ключа"),
            p("а) да"),
            p("б) нет"),
        ];
        let bank = reading("билеты.docx", &document(&body.concat()));
        let own = |text: &str| text.to_owned();
        assert_eq!(
            keys(&bank),
            [
                (own("Кто проводит<br>инструктаж?"), vec![own("Работодатель")]),
                (own("Чем тушат?"), vec![own("Порошком")]),
                (own("Сколько раз?"), vec![own("Два")]),
                (own("Что верно?"), vec![own("Первое"), own("Второе")]),
            ],
            "{bank:?}"
        );
        assert_eq!(bank.read[0].question.explanation.as_deref(), Some("статья 214"));
        assert_eq!((bank.refused.len(), bank.refused[0].name.as_str()), (1, "Без ключа"));
        assert_eq!(bank.read[0].line, 2);
    }

    #[test]
    fn lists_of_word_itself_and_pictures_are_read() {
        let numbering = "<w:numbering xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
             <w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>\
             <w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"russianLower\"/></w:lvl></w:abstractNum>\
             <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>";
        let links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId9\" Type=\"image\" Target=\"media/image1.png\"/></Relationships>";
        let body = listed("Что на рисунке?", 1, "")
            + "<w:p><w:r><w:drawing><a:blip r:embed=\"rId9\"/></w:drawing></w:r></w:p>"
            + &listed("Знак", 2, "<w:rPr><w:highlight w:val=\"yellow\"/></w:rPr>")
            + &listed("Каска", 2, "");
        let picture = png();
        let file = zipped(&[
            ("word/document.xml", format!("{HEAD}{body}</w:body></w:document>").as_bytes()),
            ("word/numbering.xml", numbering.as_bytes()),
            ("word/_rels/document.xml.rels", links.as_bytes()),
            ("word/media/image1.png", &picture),
        ]);
        let bank = reading("рисунок.docx", &file);
        let one = only(&bank);
        assert_eq!(keys(&bank)[0].1, ["Знак"]);
        assert_eq!((one.pictures.len(), one.pictures[0].bytes.as_slice()), (1, picture.as_slice()));
        assert!(one.question.text.contains("picture:image1.png"), "{}", one.question.text);
    }

    /// Rows of cells, each the XML of its paragraphs.
    fn rows(rows: &[&[String]]) -> String {
        let cell = |cell: &String| format!("<w:tc>{cell}</w:tc>");
        let row = |row: &&[String]| format!("<w:tr>{}</w:tr>", row.iter().map(cell).collect::<String>());
        format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
    }

    #[test]
    fn columns_of_a_table_of_word_are_named_and_its_pictures_taken() {
        let links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId9\" Type=\"image\" Target=\"media/image1.png\"/></Relationships>";
        let picture = "<w:p><w:r><w:drawing><a:blip r:embed=\"rId9\"/></w:drawing></w:r></w:p>";
        let heads = ["№", "О чём", "Да", "Нет"].map(bold);
        let topic = format!("<w:tcPr><w:gridSpan w:val=\"4\"/></w:tcPr>{}", p("Знаки"));
        let first = [p("1."), p("Что на рисунке?") + picture, bold("Знак"), p("Каска")];
        let second = [p("2."), p("Кто проводит?"), p("Профсоюз"), bold("Работодатель")];
        // A table for each topic, with the same heads; signatures below are another table.
        let body = p("Вопросы к зачёту")
            + &rows(&[&heads, &[topic], &first])
            + &p("Ещё")
            + &rows(&[&heads, &second])
            + &rows(&[&[p("Составил"), p("Мастер"), p("Подпись")]]);
        let file = zipped(&[
            ("word/document.xml", format!("{HEAD}{body}</w:body></w:document>").as_bytes()),
            ("word/_rels/document.xml.rels", links.as_bytes()),
            ("word/media/image1.png", &png()),
        ]);
        let found = table(Format::Document, &file).unwrap().unwrap();
        assert_eq!((found.len(), Layout::guess(&found)), (6, None));
        let unknown = Layout::unknown(&found);
        assert_eq!((unknown.head, unknown.columns.len(), unknown.is_whole()), (0, 4, false));
        let option = Some(Column::Option);
        let layout =
            Layout { head: 0, columns: vec![Some(Column::Name), Some(Column::Text), option, option] };
        let bank = read_table(Format::Document, &file, &found, &layout).unwrap();
        let own = |text: &str| text.to_owned();
        assert_eq!(
            bank.read.iter().map(|one| one.question.key().unwrap().chosen().to_vec()).collect::<Vec<_>>(),
            [[0], [1]]
        );
        assert_eq!(keys(&bank)[1], (own("Кто проводит?"), vec![own("Работодатель")]));
        assert_eq!((bank.read[0].pictures.len(), bank.read[0].pictures[0].bytes.len()), (1, png().len()));
        // The row of the topic is no question, nor are the signatures: both are named. Heads that stand there again are neither.
        let refused: Vec<&str> = bank.refused.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(refused, ["Знаки", "Составил"]);
        // Paragraphs that are more than a table beside them are read as they are.
        let many: String =
            (1..8).map(|n| p(&format!("{n}. Что верно?")) + &p("+а) это") + &p("б) то")).collect();
        assert_eq!(table(Format::Document, &document(&(many + &rows(&[&heads, &second])))).unwrap(), None);
    }

    #[test]
    fn options_keep_their_numbers_and_a_picture_is_no_key() {
        let row = |cells: [&str; 5]| cells.map(p);
        let heads = row(["Вопрос", "Вариант 1", "Вариант 2", "Вариант 3", "Правильный ответ"]);
        let table = rows(&[
            &heads,
            &row(["Кто проводит?", "Профсоюз", "", "Работодатель", "3"]),
            &row(["Кто пишет?", "Мастер", "", "Сварщик", "2"]),
            &row(["Кто выдаёт задание?", "Ответственный", "", "Повар", "1"]),
            // Another table of the same document may have its columns in another order.
            &row(["Вариант 1", "Вариант 2", "Правильный ответ", "Вопрос", "Тема"]),
            &row(["Водой", "Порошком", "б", "Чем тушат?", "01"]),
        ]);
        let bank = reading("т.docx", &document(&table));
        let own = |text: &str| text.to_owned();
        assert_eq!(
            keys(&bank),
            [
                (own("Кто проводит?"), vec![own("Работодатель")]),
                (own("Кто выдаёт задание?"), vec![own("Ответственный")]),
                (own("Чем тушат?"), vec![own("Порошком")]),
            ]
        );
        assert_eq!((bank.refused.len(), bank.refused[0].name.as_str()), (1, "Кто пишет?"));
        // Nothing says which picture is right.
        let links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId9\" Type=\"image\" Target=\"media/image1.png\"/></Relationships>";
        let picture = "<w:p><w:r><w:drawing><a:blip r:embed=\"rId9\"/></w:drawing></w:r></w:p>";
        let body = p("1. Какой знак?") + &p("а)") + picture + &p("б) Никакой");
        let bare = rows(&[&heads[..3], &[p("Какой знак?"), picture.to_owned(), p("Никакой")]]);
        for body in [body, bare] {
            let file = zipped(&[
                ("word/document.xml", format!("{HEAD}{body}</w:body></w:document>").as_bytes()),
                ("word/_rels/document.xml.rels", links.as_bytes()),
                ("word/media/image1.png", &png()),
            ]);
            let bank = reading("з.docx", &file);
            assert!(bank.read.is_empty() && bank.refused.len() == 1, "{bank:?}");
        }
    }

    #[test]
    fn a_table_and_typed_formats_are_read_as_themselves() {
        let row = |cells: &[&str]| -> String {
            let cells: String = cells.iter().map(|cell| format!("<w:tc>{}</w:tc>", p(cell))).collect();
            format!("<w:tr>{cells}</w:tr>")
        };
        let table = format!(
            "<w:tbl>{}{}</w:tbl>",
            row(&["Вопрос", "Вариант 1", "Вариант 2", "Правильный ответ"]),
            row(&["Кто проводит?", "Профсоюз", "Работодатель", "2"])
        );
        assert_eq!(keys(&reading("т.docx", &document(&table)))[0].1, ["Работодатель"]);
        let aiken = [p("Кто проводит?"), p("A. Профсоюз"), p("B. Работодатель"), p("ANSWER: B")].concat();
        assert_eq!(keys(&reading("а.docx", &document(&aiken)))[0].1, ["Работодатель"]);
        let gift = [p("Кто проводит?{"), p("=Работодатель"), p("~Профсоюз"), p("}")].concat();
        assert_eq!(keys(&reading("г.docx", &document(&gift)))[0].1, ["Работодатель"]);
        assert!(
            read(Format::Document, &document(&p("Просто текст")))
                .unwrap_err()
                .to_string()
                .contains("не видно вопросов")
        );
        assert!(read(Format::Document, b"PK\x03\x04 broken").is_err());
    }
}

mod of_hostile_files {
    use super::*;

    #[test]
    fn what_is_nested_without_end_ends() {
        // Sections within sections, as many as a file may have nodes.
        let deep = 60_000;
        let test = format!(
            "<assessmentTest>{}{}</assessmentTest>",
            "<assessmentSection title=\"a\">".repeat(deep),
            "</assessmentSection>".repeat(deep)
        );
        let manifest = "<manifest><resources><resource type=\"imsqti_test_xmlv2p1\" href=\"t.xml\"/><resource type=\"imsqti_item_xmlv2p1\" href=\"a.xml\"/></resources></manifest>";
        let bank = reading(
            "п.zip",
            &zipped(&[
                ("imsmanifest.xml", manifest.as_bytes()),
                ("t.xml", test.as_bytes()),
                ("a.xml", b"<assessmentItem/>"),
            ]),
        );
        assert_eq!(bank.refused.len(), 1);
        // Cells that span what no table has, and rows without end.
        let wide = "<w:tc><w:tcPr><w:gridSpan w:val=\"63\"/></w:tcPr></w:tc>".repeat(20_000);
        let file = |body: &str| {
            let document = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
            zipped(&[("word/document.xml", document.as_bytes())])
        };
        let found =
            table(Format::Document, &file(&format!("<w:tbl><w:tr>{wide}</w:tr><w:tr>{wide}</w:tr></w:tbl>")));
        assert!(found.unwrap().is_none_or(|rows| rows.iter().all(|row| row.len() <= 63)));
        let long = "<w:tr><w:tc/><w:tc/><w:tc/></w:tr>".repeat(10_001);
        assert!(
            table(Format::Document, &file(&format!("<w:tbl>{long}</w:tbl>")))
                .unwrap_err()
                .why
                .contains("10 000 строк")
        );
        let deep = 8_000;
        let nested =
            format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(deep), "</w:tc></w:tr></w:tbl>".repeat(deep));
        let _ = table(Format::Document, &file(&nested));
        // Paragraphs within paragraphs say their own words once.
        let body = format!(
            "<w:p><w:r><w:t>1. {}</w:t></w:r>{}",
            "а".repeat(1000),
            "<w:p><w:r><w:t>б</w:t></w:r>".repeat(5000)
        ) + &"</w:p>".repeat(5001);
        let document = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
        let bank = reading("п.docx", &zipped(&[("word/document.xml", document.as_bytes())]));
        assert_eq!((bank.read.len(), bank.refused.len()), (0, 1));
    }

    #[test]
    fn gaps_by_the_thousand_are_refused() {
        let gaps = "<gap identifier=\"g\"/>".repeat(3000);
        let words = "<gapText identifier=\"w\">слово</gapText>".repeat(1900);
        let item = format!(
            "<assessmentItem><itemBody><gapMatchInteraction responseIdentifier=\"R\">{words}<p>{gaps}</p></gapMatchInteraction></itemBody></assessmentItem>"
        );
        let bank = reading("q.xml", item.as_bytes());
        assert!(bank.refused[0].why.contains("слишком много тегов"), "{bank:?}");
    }

    #[test]
    fn recordings_that_are_not_closed_take_nothing_with_them() {
        for text in [
            "до <audio src=\"a.mp3\"> после",
            "до <a href=\"a.mp3\"> после",
            "до <audio",
            "<a ",
            "<audio src=\"",
            "до <audio src=a.mp3 после",
        ] {
            let gift = format!("::в::[html]{} {{=да ~нет}}", text.replace('=', "\\="));
            let bank = read(Format::Gift, gift.as_bytes()).unwrap();
            let kept = bank.read.first().map(|one| one.question.text.clone()).unwrap_or_default();
            assert!(
                !text.contains("> после") || kept.contains("до") && kept.contains("после"),
                "{text}: {bank:?}"
            );
            assert!(!kept.contains("<audio"), "{kept}");
        }
    }

    #[test]
    fn a_script_in_a_recording_is_no_script() {
        let text = "<audio src=\"javascript:alert(1)\" onerror=\"alert(1)\" aria-label=\"x&quot; onplay=&quot;alert(1)\"></audio><audio src=\"data:text/html;base64,PHNjcmlwdD4=\"></audio><a href=\"x.mp3\" onclick=\"alert(1)\">\"><script>alert(1)</script></a>слова";
        let gift = format!("::в::[html]{} {{=да ~нет}}", text.replace('=', "\\=").replace(':', "\\:"));
        let bank = read(Format::Gift, gift.as_bytes()).unwrap();
        let kept = bank.read.first().map(|one| one.question.text.clone()).unwrap_or_default();
        assert!(
            !kept.contains("<script")
                && !kept.contains("onplay=\"")
                && !kept.contains("javascript")
                && !kept.contains("onerror=\""),
            "{kept}"
        );
    }
}
