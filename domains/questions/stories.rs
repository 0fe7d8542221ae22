//! Stories of taking question files in.
use std::path::PathBuf;
use std::rc::Rc;

use axum::http::StatusCode;
use questions::{Imported, import};
use stage::Stage;
use store::Who;

stage::stories![
    a_file_is_taken_with_its_pictures_and_what_is_refused_is_named,
    the_same_file_twice_is_taken_once,
    an_unreadable_file_leaves_nothing,
    a_half_done_import_is_not_drawn_from,
    the_shared_banks_are_taken_whole,
    a_question_is_written_and_changed_in_the_browser,
    topics_within_a_module_are_a_tree,
    a_draft_is_asked_when_it_is_put_in_use,
    questions_for_no_module_are_named_before_they_are_taken,
    many_questions_are_moved_by_one_act,
    questions_are_found_in_any_form_and_with_a_slip,
    two_who_change_one_question_do_not_undo_each_other,
    an_attempt_keeps_the_question_as_it_was_asked,
    a_trial_is_marked_and_kept_nowhere,
    what_the_bank_lacks_is_said_beside_the_numbers,
    columns_of_a_table_are_named_in_the_browser,
    a_recording_is_asked_and_goes_from_bank_to_bank,
    tickets_are_printed_and_their_keys_apart,
];

const GIFT: &str = "$CATEGORY: 01 Основы\n\n::ok::Какого цвета каска сигнальщика?{\n=оранжевого\n~белого\n####По инструкции.}\n\n::bad::Сколько будет дважды два?{~три ~пять}\n";

async fn taken(
    stage: &Stage,
    bank: &str,
    file: &str,
    bytes: Vec<u8>,
) -> Result<Imported, questions::Refused> {
    let house = &stage.app.house;
    import(&house.store, &house.files, Who::system(), (bank, bank), None, (file, bytes), |_, _| {}).await
}

async fn a_file_is_taken_with_its_pictures_and_what_is_refused_is_named(stage: Rc<Stage>) {
    let imported = taken(&stage, "small", "small.gift", GIFT.as_bytes().to_vec()).await.unwrap();
    assert_eq!((imported.taken, imported.refused.len()), (1, 1));
    assert_eq!((imported.refused[0].line, imported.refused[0].name.as_str()), (8, "bad"));
    assert_eq!(imported.topics.get("01"), Some(&1));
    let page = stage.staff("teacher").await.get("/questions/small").await.unwrap().ok().unwrap();
    assert!(page.text().contains("Какого цвета каска"));
    // A picture by its address: only to who is signed in, and only what is a picture.
    let pdf = stage.app.house.files.store(b"%PDF-1.7 scan".to_vec()).await.unwrap();
    let png = stage.app.house.files.store(b"\x89PNG\r\n\x1a\n0000".to_vec()).await.unwrap();
    let teacher = stage.staff("teacher").await;
    assert_eq!(teacher.get(&format!("/pictures/{png}")).await.unwrap().status, StatusCode::OK);
    assert_eq!(teacher.get(&format!("/pictures/{pdf}")).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(teacher.get("/pictures/..%2F..%2Fkafedra.db").await.unwrap().status, StatusCode::NOT_FOUND);
    assert!(stage.guest().get(&format!("/pictures/{png}")).await.unwrap().address.starts_with("/sign-in"));
}

async fn the_same_file_twice_is_taken_once(stage: Rc<Stage>) {
    taken(&stage, "small", "small.gift", GIFT.as_bytes().to_vec()).await.unwrap();
    let again = taken(&stage, "small", "small.gift", GIFT.as_bytes().to_vec()).await.unwrap();
    assert_eq!((again.taken, again.known), (0, 1));
}

async fn an_unreadable_file_leaves_nothing(stage: Rc<Stage>) {
    let before = stage.count("select cast(count(*) as bigint) from question").await;
    for bytes in [b"PK\x03\x04 a spreadsheet".to_vec(), b"<quiz><question".to_vec(), vec![0xff; 1000]] {
        if let Ok(imported) = taken(&stage, "broken", "broken.xml", bytes).await {
            assert_eq!(imported.taken, 0);
        }
    }
    assert_eq!(stage.count("select cast(count(*) as bigint) from question").await, before);
}

async fn a_half_done_import_is_not_drawn_from(stage: Rc<Stage>) {
    taken(&stage, "half", "half.gift", GIFT.as_bytes().to_vec()).await.unwrap();
    let pool = |stage: Rc<Stage>| async move {
        stage.store().read(|db| questions::pool(db, "half")).await.unwrap().len()
    };
    assert_eq!(pool(Rc::clone(&stage)).await, 1);
    stage.write(|work| work.run("update question_import set published_at = null", &[])).await;
    assert_eq!(pool(Rc::clone(&stage)).await, 0);
    // Taken again, the file is whole: what was left behind is adopted, not counted as known.
    let again = taken(&stage, "half", "half.gift", GIFT.as_bytes().to_vec()).await.unwrap();
    assert_eq!((again.taken, again.known, pool(stage).await), (1, 0, 1));
}

async fn the_shared_banks_are_taken_whole(stage: Rc<Stage>) {
    let banks = PathBuf::from("../../shared/data/banks");
    if !banks.exists() {
        println!("{}: не найдено, пропущено", banks.display());
        return;
    }
    for (file, expected, pictures) in
        [("rtn_a1.gift", 211, 0), ("rtn_b211.gift", 160, 0), ("pdd_A_B.moodle.xml", 800, 548)]
    {
        let bytes = std::fs::read(banks.join(file)).unwrap();
        let imported = taken(&stage, file, file, bytes).await.unwrap();
        assert_eq!(
            (imported.taken + imported.known, imported.with_pictures, imported.refused.len()),
            (expected, pictures, 0),
            "{file}"
        );
        println!("{file}: {} taken, {} the same word for word", imported.taken, imported.known);
    }
}

const WRITTEN: [(&str, &str); 8] = [
    ("topic", "01"),
    ("text", "Что делают при пожаре?\n<script>alert(1)</script>"),
    ("choice", "one"),
    ("option1", "Звонят 112"),
    ("right1", "yes"),
    ("option2", "Ждут < 5 минут"),
    ("explanation", "П. 4 правил"),
    ("alt", ""),
];

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = WRITTEN.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.copied().chain(changes.iter().copied()).collect()
}

async fn a_question_is_written_and_changed_in_the_browser(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    for (changes, sentence) in [
        (&[("text", " ")][..], "нет текста вопроса"),
        (&[("option2", "")], "меньше двух вариантов"),
        (&[("right1", "")], "нет верного ответа"),
        (&[("right2", "yes")], "верны все варианты"),
        (&[("option2", "Звонят 112")], "два одинаковых варианта"),
        (&[("topic", "")], "Модуль: заполните"),
        (&[("option5", ""), ("right5", "yes")], "Вариант 5: отмечен верным, а текста нет"),
    ] {
        let again = teacher.upload("/questions/labour-16/new", &with(changes), ("", b"")).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(again.text().contains(sentence), "{sentence}: {}", again.text());
    }
    let no_words = teacher
        .upload("/questions/labour-16/new", &with(&[]), ("a.png", b"\x89PNG\r\n\x1a\n0000"))
        .await
        .unwrap();
    assert!(no_words.text().contains("Что там: напишите словами"), "{}", no_words.text());
    assert!(no_words.text().contains("Файл: выберите его ещё раз"), "{}", no_words.text());
    let seen = with(&[("alt", "Схема \"выхода\"")]);
    for _ in 0..2 {
        let saved = teacher
            .upload("/questions/labour-16/new", &seen, ("a.png", b"\x89PNG\r\n\x1a\n0000"))
            .await
            .unwrap();
        assert!(
            saved.status == StatusCode::OK || saved.text().contains("такой уже есть в банке"),
            "{}",
            saved.text()
        );
    }
    let list = teacher.get("/questions/labour-16?q=пожаре").await.unwrap().ok().unwrap();
    assert!(list.text().contains("1 вопрос") && !list.body.contains("<script>"), "{}", list.text());
    let address = list.link("/questions/labour-16/0").unwrap();
    let page = teacher.get(&address).await.unwrap().ok().unwrap();
    assert!(
        page.body.contains("Ждут &lt; 5 минут") && page.body.contains("alt=\"Схема &quot;выхода&quot;\""),
        "{}",
        page.body
    );
    let form = with(&[
        ("seen", "1"),
        ("text", "Что делают при пожаре сначала?"),
        ("option3", "Бегут"),
        ("choice", "several"),
        ("right2", "yes"),
    ]);
    teacher.upload(&address, &form, ("", b"")).await.unwrap().ok().unwrap();
    let page = teacher.get(&address).await.unwrap().ok().unwrap().text();
    assert!(page.contains("Редакция 2") && page.contains("сначала"), "{page}");
    teacher.post(&format!("{address}/withdrawal"), &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!(teacher.get(&address).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(
        teacher.get(&address.replace("labour-16", "other")).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(stage.count("select cast(count(*) as bigint) from question_version v join question q on q.id = v.question where q.state = 'withdrawn'").await, 2);
    let auditor = stage.staff("auditor").await;
    assert_eq!(auditor.get("/questions/labour-16/new").await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn topics_within_a_module_are_a_tree(stage: Rc<Stage>) {
    let file = "$CATEGORY: 01 Основы/Знаки/Запрещающие\n\nЧто значит красный круг?{=нельзя ~можно}\n\n$CATEGORY: 01 Основы/Знаки\n\nЧто значит синий круг?{=надо ~можно}\n";
    let took = taken(&stage, "labour-16", "круги.gift", file.as_bytes().to_vec()).await.unwrap();
    assert_eq!((took.taken, took.topics.get("01")), (2, Some(&2)));
    let teacher = stage.staff("teacher").await;
    let found = async |place: &str| {
        let page = teacher.get(&format!("/questions/labour-16?topic={place}")).await.unwrap().ok().unwrap();
        let words = page.text();
        ["красный круг", "синий круг"].map(|circle| words.contains(circle))
    };
    assert_eq!(found("01/%D0%97%D0%BD%D0%B0%D0%BA%D0%B8").await, [true, true]);
    assert_eq!(found("01/%D0%97%D0%BD%D0%B0%D0%BA%D0%B8%20/%20%D0%97%D0%B0%D0%BF%D1%80%D0%B5%D1%89%D0%B0%D1%8E%D1%89%D0%B8%D0%B5").await, [true, false]);
    assert_eq!(found("02").await, [false, false]);
    // A draw takes them as their module's; a file brings them back where they lay.
    let pool = stage.store().read(|db| ::questions::pool(db, "labour-16")).await.unwrap();
    assert!(pool.iter().all(|one| one.candidate.topic.len() == 2));
    for (format, written) in [
        ("gift", "$CATEGORY: 01/Знаки/Запрещающие"),
        ("xml", "top/01/Знаки/Запрещающие<"),
        ("jsonl", "\"subtopic\":\"Знаки / Запрещающие\""),
    ] {
        let file = teacher
            .get(&format!("/questions/labour-16/export/file?format={format}"))
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert!(file.body.contains(written), "{format}: {}", file.body);
        stage.write(|work| work.run("update question set state = 'withdrawn', subtopic = ''", &[])).await;
        let name: &'static str = match format {
            "gift" => "q.gift",
            "xml" => "q.xml",
            _ => "q.jsonl",
        };
        taken(&stage, "labour-16", name, file.body.into_bytes()).await.unwrap();
        assert_eq!(found("01/%D0%97%D0%BD%D0%B0%D0%BA%D0%B8").await, [true, true], "{format}");
    }
    // Moved by one act, and written in the form.
    let list = teacher.get("/questions/labour-16?q=%D0%BA%D1%80%D1%83%D0%B3").await.unwrap().ok().unwrap();
    let ids: Vec<&str> = list
        .body
        .split("name=\"chosen\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let act = [("chosen", ids[0]), ("chosen", ids[1]), ("act", "topic:02/Цвета")];
    teacher.post("/questions/labour-16/acts", &act).await.unwrap().ok().unwrap();
    assert_eq!(found("02").await, [true, true]);
    let page = teacher.get(&format!("/questions/labour-16/{}", ids[0])).await.unwrap().ok().unwrap();
    assert!(page.body.contains("value=\"Цвета\""), "{}", page.body);
}

async fn a_draft_is_asked_when_it_is_put_in_use(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let pool = async || stage.store().read(|db| ::questions::pool(db, "labour-16")).await.unwrap().len();
    let before = pool().await;
    let form = with(&[("state", "draft"), ("alt", "План")]);
    let page = teacher
        .upload("/questions/labour-16/new", &form, ("a.png", b"\x89PNG\r\n\x1a\n0000"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert!(page.text().contains("Черновики Ни в билетах, ни в тренировках его нет"), "{}", page.text());
    assert!(
        page.address.starts_with("/questions/labour-16/0") && page.body.contains("value=\"План\""),
        "{}",
        page.body
    );
    assert_eq!(pool().await, before);
    // Its words for whoever does not see the picture are put right.
    let hash = page.body.split("name=\"alt-").nth(1).unwrap().split('"').next().unwrap();
    let field = format!("alt-{hash}");
    let mut changed = with(&[("seen", "1")]);
    changed.push((&field, "План этажа"));
    teacher.upload(&page.address, &changed, ("", b"")).await.unwrap().ok().unwrap();
    assert!(teacher.get(&page.address).await.unwrap().body.contains("alt=\"План этажа\""));
    let id = page.address.rsplit('/').next().unwrap();
    let act = [("chosen", id), ("act", "state:in_use")];
    teacher.post("/questions/labour-16/acts", &act).await.unwrap().ok().unwrap();
    assert_eq!(pool().await, before + 1);
    assert!(!teacher.get(&page.address).await.unwrap().text().contains("Пустить в работу"));
}

async fn questions_for_no_module_are_named_before_they_are_taken(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let file = "$CATEGORY: 99 Чужое\n\nКакого цвета каска?{=белая ~синяя}\n\n$CATEGORY: 01 Своё\n\nКакого цвета жилет?{=жёлтый ~синий}\n";
    let looked = async |topic: &str, name: &str, bytes: &str| {
        let fields = [("bank", "labour-16"), ("topic", topic)];
        teacher
            .upload("/questions/import", &fields, (name, bytes.as_bytes()))
            .await
            .unwrap()
            .ok()
            .unwrap()
            .text()
    };
    let page = looked("", "каски.gift", file).await;
    assert!(
        page.contains("Такого модуля в программе нет: 99.") && page.contains("Модуль 01 1 вопрос"),
        "{page}"
    );
    let page = looked("02", "каски.gift", file).await;
    assert!(page.contains("Модуль 02 2 вопроса") && !page.contains("Такого модуля"), "{page}");
    // Plain text typed as in Word.
    let page = looked("01", "билет.txt", "1. Какого цвета каска?\nа) белая\nб) синяя\nОтвет: а\n").await;
    assert!(page.contains("Прочитано: 1 вопрос"), "{page}");
}

async fn many_questions_are_moved_by_one_act(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let ids = |page: &kafedra::guest::Page| -> Vec<String> {
        let values = page.body.split("name=\"chosen\" value=\"").skip(1);
        values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let list = teacher.get("/questions/labour-16?topic=01").await.unwrap().ok().unwrap();
    let all = ids(&list);
    assert!(all.len() > 3, "{}", list.body);
    let act = async |chosen: &[String], act: &str, back: &str| {
        let mut form: Vec<(&str, &str)> = chosen.iter().map(|id| ("chosen", id.as_str())).collect();
        form.extend([("act", act), ("back", back)]);
        teacher.post("/questions/labour-16/acts", &form).await.unwrap().ok().unwrap()
    };
    let page = act(&all[..2], "difficulty:hard", "?q=&topic=01&state=").await;
    assert_eq!(page.address, "/questions/labour-16?q=&topic=01&state=");
    assert_eq!(page.text().matches("· сложный").count(), 2, "{}", page.text());
    act(&all[..1], "exam_only:yes", "").await;
    act(&all[..1], "critical:yes", "").await;
    let page = act(&all[..1], "topic:02", "?topic=02").await;
    assert!(page.text().contains("сложный · только аттестация · критический"), "{}", page.text());
    // Out of use and back; in use nothing stands twice.
    act(&all[1..3], "state:withdrawn", "").await;
    let gone = teacher.get("/questions/labour-16?state=withdrawn").await.unwrap().ok().unwrap();
    assert_eq!(ids(&gone).len(), 2);
    let pool = async || stage.store().read(|db| ::questions::pool(db, "labour-16")).await.unwrap().len();
    let before = pool().await;
    act(&all[1..3], "state:in_use", "").await;
    assert_eq!(pool().await, before + 2);
    act(&all[1..3], "state:draft", "").await;
    assert_eq!(pool().await, before);
    // What is no act, no question of this bank, nobody's: nothing changes.
    let noted = stage.noted("question.moved").await;
    for (chosen, what) in
        [(&all[..1], "state"), (&all[..1], ""), (&all[..1], "topic:"), (&all[..0], "critical:yes")]
    {
        act(chosen, what, "https://elsewhere.example").await;
    }
    act(&[uuid::Uuid::nil().to_string()], "critical:yes", "").await;
    assert_eq!(stage.noted("question.moved").await, noted);
    let auditor = stage.staff("auditor").await;
    let refused = auditor.post("/questions/labour-16/acts", &[("act", "critical:yes")]).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

async fn questions_are_found_in_any_form_and_with_a_slip(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    teacher.upload("/questions/labour-16/new", &with(&[]), ("", b"")).await.unwrap().ok().unwrap();
    for (typed, found, says) in [
        ("пожары", "Что делают при пожаре", ""),
        ("ЗВОНЯТ 112", "Что делают при пожаре", ""),
        ("пажар", "Что делают при пожаре", "Вот похожие"),
        ("11", "Таких вопросов нет", ""),
        ("клавесин", "Таких вопросов нет", ""),
    ] {
        let typed: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page =
            teacher.get(&format!("/questions/labour-16?q={typed}")).await.unwrap().ok().unwrap().text();
        assert!(page.contains(found) && page.contains(says), "{typed}: {page}");
    }
}

async fn two_who_change_one_question_do_not_undo_each_other(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    teacher.upload("/questions/labour-16/new", &with(&[]), ("", b"")).await.unwrap().ok().unwrap();
    let address =
        teacher.get("/questions/labour-16?q=пожаре").await.unwrap().link("/questions/labour-16/0").unwrap();
    let first = with(&[("seen", "1"), ("text", "Первая правка")]);
    teacher.upload(&address, &first, ("", b"")).await.unwrap().ok().unwrap();
    let late = teacher
        .upload(&address, &with(&[("seen", "1"), ("text", "Вторая правка")]), ("", b""))
        .await
        .unwrap();
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        late.text().contains("изменил кто-то другой") && late.text().contains("Вторая правка"),
        "{}",
        late.text()
    );
}

async fn an_attempt_keeps_the_question_as_it_was_asked(stage: Rc<Stage>) {
    let vera = stage.vera_ready().await;
    let attempt = stage.begin(&vera).await;
    let asked = vera.get(&format!("{attempt}/questions/1")).await.unwrap().ok().unwrap().text();
    let teacher = stage.staff("teacher").await;
    let list = teacher.get("/questions/labour-16").await.unwrap().ok().unwrap();
    let addresses: Vec<String> = list
        .body
        .split('"')
        .filter(|part| part.starts_with("/questions/labour-16/0"))
        .map(str::to_owned)
        .collect();
    for address in addresses {
        let form = with(&[("seen", "1"), ("text", Box::leak(format!("Новое {address}").into_boxed_str()))]);
        teacher.upload(&address, &form, ("", b"")).await.unwrap().ok().unwrap();
    }
    assert_eq!(vera.get(&format!("{attempt}/questions/1")).await.unwrap().text(), asked);
    stage.minutes(60);
}

async fn a_trial_is_marked_and_kept_nowhere(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let bank = teacher.get("/questions/labour-16").await.unwrap().ok().unwrap();
    let address = bank.body.split('"').find(|part| part.ends_with("/trial")).unwrap().to_owned();
    let page = teacher.get(&address).await.unwrap().ok().unwrap();
    let seed =
        page.body.split("name=\"seed\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let none = teacher.post(&address, &[("seed", seed.as_str())]).await.unwrap().ok().unwrap();
    assert!(none.text().contains("Не сдано, 0 из 12"), "{}", none.text());
    let hostile = [
        ("seed", seed.as_str()),
        ("seat0-option", "99"),
        ("seat999-option", "0"),
        ("seatx-option", "1"),
        ("seat0-f0", "1"),
    ];
    assert!(teacher.post(&address, &hostile).await.unwrap().text().contains("0 из 12"));
    assert_eq!(teacher.post(&address, &[("seed", "x")]).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(stage.count("select cast(count(*) as bigint) from attempt").await, 0);
    stage.rewrite(r#""module":"01","questions":"#, r#""module":"01","questions":9"#).await;
    let short = teacher.get(&address).await.unwrap().ok().unwrap();
    assert!(short.text().contains("Билет не составить"), "{}", short.text());
    assert!(teacher.get("/questions/labour-16").await.unwrap().text().contains("вопросов не хватает, тем 1"));
}

async fn what_the_bank_lacks_is_said_beside_the_numbers(stage: Rc<Stage>) {
    let methodist = stage.staff("methodist").await;
    let bank = methodist.get("/questions/labour-16").await.unwrap().ok().unwrap();
    let trial = bank.body.split('"').find(|part| part.ends_with("/trial")).unwrap();
    let address = trial.trim_end_matches("/trial").to_owned();
    let version = methodist.get(&address).await.unwrap().ok().unwrap();
    assert!(version.body.contains(&format!("data-beside><a href=\"{address}/supply\"")), "{}", version.body);
    let whole = async || methodist.get(&format!("{address}/supply")).await.unwrap().ok().unwrap().text();
    let of = async |topic: &str| {
        let page = methodist.get(&format!("{address}/supply?topic={topic}")).await.unwrap().ok().unwrap();
        assert!(page.body.contains("id=\"beside\""), "{}", page.body);
        page.text()
    };
    assert!(whole().await.contains("Вопросов меньше, чем на пять билетов"), "{}", whole().await);
    stage.rewrite(r#""module":"01","questions":"#, r#""module":"01","questions":9"#).await;
    assert!(whole().await.contains("вопросов не хватает, тем 1"), "{}", whole().await);
    let first = of("01").await;
    assert!(first.contains("В банке по этому модулю") && first.contains("вопросов не хватает."), "{first}");
    assert!(!of("02").await.contains("не хватает"), "{}", of("02").await);
    assert!(of("%3Ci%3E").await.contains("по этому модулю 0 вопросов"));
    // A whole ticket on the device and questions for attestations only.
    stage
        .write(|work| work.run("update question set exam_only = ?1 where topic = '01'", store::values![true]))
        .await;
    assert!(!whole().await.contains("остаётся на устройстве"));
    stage.rewrite(r#""threshold_percent":80"#, r#""threshold_percent":80,"offline":true"#).await;
    assert!(whole().await.contains("Весь билет остаётся на устройстве"), "{}", whole().await);
    let vera = stage.vera().await;
    assert_eq!(vera.get(&format!("{address}/supply")).await.unwrap().status, StatusCode::NOT_FOUND);
}

/// A table whose heads say nothing to a program.
fn strange_table() -> Vec<u8> {
    let columns = ["А", "Б", "В", "Г", "Д"].map(|title| sheets::Column::new(title, 20));
    let rows = [
        ["п. 1", "Кто проводит инструктаж?", "Профсоюз", "Работодатель", "2"],
        ["п. 2", "Чем тушат проводку?", "Порошком", "Водой", "1"],
    ];
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
    sheets::write("Вопросы", &columns, &rows).unwrap()
}

async fn columns_of_a_table_are_named_in_the_browser(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let before = stage.count(QUESTIONS).await;
    let page = teacher
        .upload(
            "/questions/import",
            &[("bank", "labour-16"), ("topic", "01")],
            ("вопросы.xlsx", &strange_table()),
        )
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert!(
        page.text().contains("Прочитано: 0 вопросов") && page.text().contains("Чем тушат проводку?"),
        "{}",
        page.text()
    );
    let hidden = |body: &str, name: &str| -> String {
        body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let file = hidden(&page.body, "file");
    let named = |columns: &[&str]| -> Vec<(String, String)> {
        let mut form: Vec<(String, String)> = [
            ("bank", "labour-16"),
            ("topic", "01"),
            ("file", &file),
            ("name", "вопросы.xlsx"),
            ("head", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        form.extend(columns.iter().map(|column| ("columns".to_owned(), (*column).to_owned())));
        form
    };
    let short = teacher.post("/questions/import/columns", &named(&["", "text", "", "", ""])).await.unwrap();
    assert!(
        short.status == StatusCode::UNPROCESSABLE_ENTITY && short.text().contains("хотя бы один «Вопрос»"),
        "{}",
        short.text()
    );
    let columns = ["explanation", "text", "option", "option", "key"];
    let read = teacher.post("/questions/import/columns", &named(&columns)).await.unwrap().ok().unwrap();
    assert!(
        read.text().contains("Прочитано: 2 вопроса") && read.text().contains("Работодатель"),
        "{}",
        read.text()
    );
    assert_eq!(stage.count(QUESTIONS).await, before);
    // The button carries the columns: what was shown is what is taken.
    let carried: Vec<String> = read
        .body
        .split("/questions/import/confirmation")
        .nth(1)
        .unwrap()
        .split("name=\"columns\" value=\"")
        .skip(1)
        .take(5)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(carried, columns);
    let taken = teacher.post("/questions/import/confirmation", &named(&columns)).await.unwrap().ok().unwrap();
    assert!(taken.text().contains("Взято: 2 вопроса"), "{}", taken.text());
    assert_eq!(stage.count(QUESTIONS).await, before + 2);
    let foreign = teacher
        .post("/questions/import/columns", &[("bank", "labour-16"), ("file", "../../etc")])
        .await
        .unwrap();
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

const QUESTIONS: &str = "select cast(count(*) as bigint) from question where state = 'in_use'";

/// A recording of no length: what a program sees of an MP3.
const SOUND: &[u8] = b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00silence";

async fn a_recording_is_asked_and_goes_from_bank_to_bank(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let form = with(&[("alt", "Прерывистый гудок"), ("text", "Что означает сигнал?")]);
    let wrong =
        teacher.upload("/questions/labour-16/new", &form, ("звук.mp3", b"no sound at all")).await.unwrap();
    assert!(wrong.text().contains("«звук.mp3» не рисунок"), "{}", wrong.text());
    teacher.upload("/questions/labour-16/new", &form, ("звук.mp3", SOUND)).await.unwrap().ok().unwrap();
    let list = teacher.get("/questions/labour-16?q=сигнал").await.unwrap().ok().unwrap();
    let player = list.body.split("<audio").nth(1).expect("a player");
    assert!(player.contains("aria-label=\"Прерывистый гудок\"") && player.contains("controls"), "{player}");
    let address = player.split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let heard = teacher.part(&address, "bytes=0-2").await.unwrap();
    assert_eq!((heard.status, heard.bytes.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"ID3"[..]));
    assert!(stage.guest().get(&address).await.unwrap().address.starts_with("/sign-in"));
    // Changed, it keeps its recording; out and in again it is the same.
    let page = teacher.get(&list.link("/questions/labour-16/0").unwrap()).await.unwrap().ok().unwrap();
    assert!(page.body.contains("Убрать запись"), "{}", page.body);
    for format in ["jsonl", "xml"] {
        let file = teacher.get(&format!("/questions/labour-16/export/file?format={format}")).await.unwrap();
        let imported = taken(&stage, "other", &format!("банк.{format}"), file.bytes).await.unwrap();
        assert!(imported.taken > 0 || format == "xml", "{imported:?}");
        let list = teacher.get("/questions/other?q=сигнал").await.unwrap().ok().unwrap();
        assert!(
            list.body.contains("<audio") && list.body.contains("Прерывистый гудок"),
            "{format}: {}",
            list.text()
        );
    }
}

async fn tickets_are_printed_and_their_keys_apart(stage: Rc<Stage>) {
    let teacher = stage.staff("teacher").await;
    let page = teacher.get("/questions/labour-16/export").await.unwrap().ok().unwrap();
    let links: Vec<String> = page
        .body
        .split('"')
        .filter(|part| part.contains("/export/paper?"))
        .map(|part| part.replace("&amp;", "&"))
        .collect();
    let five =
        links.iter().find(|link| link.contains("part=questions") && link.contains("tickets=5")).unwrap();
    let (questions, again) =
        (teacher.get(five).await.unwrap().ok().unwrap(), teacher.get(five).await.unwrap());
    assert!(questions.bytes.starts_with(b"%PDF") && questions.bytes == again.bytes);
    let keys = teacher.get(&five.replace("part=questions", "part=keys")).await.unwrap().ok().unwrap();
    assert!(keys.bytes.starts_with(b"%PDF") && keys.bytes != questions.bytes);
    let whole =
        links.iter().find(|link| link.contains("part=questions") && !link.contains("version=")).unwrap();
    assert!(teacher.get(whole).await.unwrap().ok().unwrap().bytes.starts_with(b"%PDF"));
    for stranger in [stage.vera().await, stage.guest()] {
        let page = stranger.get(five).await.unwrap();
        assert!(page.status == StatusCode::NOT_FOUND || page.address.starts_with("/sign-in"));
    }
}
