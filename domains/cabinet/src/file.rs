//! The personal file (domain reference 2.3): one ZIP of a learner's papers with an inventory and the hash of each.
use std::io::{Cursor, Write};

use accounts::{Right, Visit};
use admissions::Kept;
use axum::extract::Path;
use files::{Files, Hash};
use regulations::{Centre, Storage};
use uuid::Uuid;
use web::{Failure, Reply};
use words::Moment;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::card::{Card, Study};

pub(crate) async fn send(visit: Visit, Path(person): Path<Uuid>) -> Reply {
    // Whoever may not open an application sees no passports here either.
    let copies = visit.may(Right::SeeApplications);
    take(&visit, person, copies).await
}

async fn take(visit: &Visit, person: Uuid, with_copies: bool) -> Reply {
    let now = visit.now;
    let (card, copies, storage) = visit
        .read(move |db| {
            let copies = if with_copies { Kept::of_person(db, person)? } else { Kept::none() };
            Ok((Card::of(db, person)?, copies, Centre::load(db)?.storage))
        })
        .await?;
    visit.write(move |work| work.note("personal-file.taken", person)).await?;
    let files = visit.house.files.clone();
    let packing = tokio::task::spawn_blocking(move || pack(&files, &card, &copies, storage, now));
    let bytes = packing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(web::download("application/zip", "lichnoe-delo.zip", bytes))
}

/// A learner's own data at the own request (the law on personal data, art. 14): what is known, and the papers.
pub(crate) async fn own(visit: Visit) -> Reply {
    let person = visit.person()?;
    take(&visit, person, true).await
}

/// Packs the printed papers in the order in which they were made. Blocks.
fn pack(files: &Files, card: &Card, copies: &Kept, storage: Storage, now: Moment) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    let mut inventory = format!(
        "Личное дело: {}\nСобрано {}\nХранить: личное дело и приказы {}, протоколы {}, договоры {}\n\n\
         Опись (номер, документ, дата, SHA-256 файла):\n",
        card.person.name,
        now.day().in_words(),
        years(storage.personal),
        years(storage.protocols),
        years(storage.contracts)
    );
    let printed = card.papers.iter().rev().filter_map(|paper| Some((paper, paper.content(files)?)));
    for (n, (paper, content)) in printed.enumerate() {
        let number = if paper.number.is_empty() { String::new() } else { format!(" № {}", paper.number) };
        let name = format!("{:02} {}{}.pdf", n + 1, paper.title, number.replace(['/', '\\'], "-"));
        zip.start_file(&name, plain)?;
        zip.write_all(&content?)?;
        if let Some(signature) = card.signatures.get(&paper.id) {
            zip.start_file(format!("{name}.sig"), plain)?;
            zip.write_all(&files.get(signature)?)?;
        }
        let hash = paper.hash.as_deref().unwrap_or_default();
        let ended = if paper.ended { ", не действует" } else { "" };
        inventory += &format!(
            "{:02}. {}{number}, {}{ended}\n    {hash}\n",
            n + 1,
            paper.title,
            paper.at.day().dotted()
        );
    }
    if !copies.is_empty() {
        match copies.bind(files, "Копии документов", now.0) {
            Ok(pdf) => {
                zip.start_file("Копии документов.pdf", plain)?;
                inventory += &format!("    Копии документов\n    {}\n", Hash::of(&pdf));
                zip.write_all(&pdf)?;
            }
            // What cannot be bound is still theirs: each copy as it came.
            Err(why) => {
                tracing::warn!(why, "copies are not bound");
                inventory +=
                    "    Копии документов в одном файле не собрать, они лежат по одной в папке «Копии»\n";
                for (name, bytes) in copies.each(files)? {
                    zip.start_file(format!("Копии/{name}"), plain)?;
                    zip.write_all(&bytes)?;
                }
            }
        }
    }
    zip.start_file("00 Сведения.txt", plain)?;
    zip.write_all(known(card).as_bytes())?;
    zip.start_file("00 Опись.txt", plain)?;
    zip.write_all(inventory.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

fn years(count: i64) -> String {
    words::count(count, ["год", "года", "лет"])
}

/// What the centre knows of the person, in words.
fn known(card: &Card) -> String {
    let person = &card.person;
    let mut lines = vec![format!("Фамилия, имя, отчество: {}", person.name)];
    lines.extend(person.birthday.map(|day| format!("Дата рождения: {}", day.in_words())));
    lines.extend(person.snils.as_ref().map(|snils| format!("СНИЛС: {snils}")));
    lines.extend(person.phone.as_ref().map(|phone| format!("Телефон: {phone}")));
    lines.extend(person.email.as_ref().map(|email| format!("Почта: {}", email.as_str())));
    lines.extend(
        card.former.iter().map(|(name, until)| format!("Прежнее имя: {name}, до {}", until.dotted())),
    );
    for Study { plan, results, .. } in &card.studies {
        let (done, all) = plan.progress();
        lines.push(format!(
            "Обучение: {}, с {}, доступ до {}, материалов изучено {done} из {all}",
            plan.version.content.title,
            plan.enrolment.starts.dotted(),
            plan.enrolment.ends.dotted()
        ));
        for line in results {
            lines.push(format!("  {}: {}, {}", line.verdict(), line.score, line.at.day().dotted()));
        }
    }
    for one in &card.credentials {
        lines.push(format!("Документ: {} № {}, {}", one.title(), one.number, one.issued.dotted()));
    }
    lines.join("\n") + "\n"
}
