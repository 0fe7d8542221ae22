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
];

const GIFT: &str = "$CATEGORY: 01 Основы\n\n::ok::Какого цвета каска сигнальщика?{\n=оранжевого\n~белого\n####По инструкции.}\n\n::bad::Сколько будет дважды два?{=четыре}\n";

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
