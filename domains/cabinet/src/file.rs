//! The personal file (domain reference 2.3): one ZIP of a learner's papers with an inventory and the hash of each.
use std::io::{Cursor, Write};

use accounts::Visit;
use axum::extract::Path;
use files::{Files, Hash};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Day;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::card::Card;

pub(crate) async fn send(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    let today = visit.today();
    let card = visit.read(move |db| Card::of(db, person)).await?;
    visit.write(move |work| work.note("personal-file.taken", person)).await?;
    let files = visit.house.files.clone();
    let packing = tokio::task::spawn_blocking(move || pack(&files, &card, today));
    let bytes = packing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(web::download("application/zip", "lichnoe-delo.zip", bytes))
}

/// Packs the printed papers in the order in which they were made. Blocks.
fn pack(files: &Files, card: &Card, today: Day) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    let mut inventory = format!(
        "Личное дело: {}\nСобрано {}\n\nОпись (номер, документ, дата, SHA-256 файла):\n",
        card.person.name,
        today.in_words()
    );
    let printed =
        card.papers.iter().rev().filter_map(|paper| Some((paper, Hash::parse(paper.hash.as_deref()?)?)));
    for (n, (paper, hash)) in printed.enumerate() {
        let number = if paper.number.is_empty() { String::new() } else { format!(" № {}", paper.number) };
        let name = format!("{:02} {}{}.pdf", n + 1, paper.title, number.replace(['/', '\\'], "-"));
        zip.start_file(&name, plain)?;
        zip.write_all(&files.get(&hash)?)?;
        let ended = if paper.ended { ", не действует" } else { "" };
        inventory += &format!(
            "{:02}. {}{number}, {}{ended}\n    {hash}\n",
            n + 1,
            paper.title,
            paper.at.day().dotted()
        );
    }
    zip.start_file("00 Опись.txt", plain)?;
    zip.write_all(inventory.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}
