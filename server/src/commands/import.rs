//! `questions import`: a file of another system into a bank, beside a server that may be running.
use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use questions::Imported;
use store::Who;
use words::{Clock, count};

use super::on_a_runtime;
use crate::config::Config;
use crate::folder::Folder;

/// How many refusals and notes are shown; the rest is counted.
const SHOWN: usize = 40;

pub fn import_questions(config: &Config, file: &Path, bank: &str, topic: Option<&str>) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("файл {} не читается", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = Folder::open(&config.data)?;
    let (store, files) = (folder.store(config, Clock::system())?, folder.files()?);
    let imported = on_a_runtime(async {
        let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:30} {pos} из {len}")?);
        let imported = questions::import(
            &store,
            &files,
            Who::system(),
            (bank, bank),
            topic,
            (&name, bytes),
            |done, total| {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            },
        )
        .await?;
        bar.finish_and_clear();
        Ok(imported)
    })?;
    report(&imported);
    Ok(())
}

fn report(imported: &Imported) {
    let questions = |n: usize| count(i64::try_from(n).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]);
    println!("Взято: {}. С рисунками в файле: {}.", questions(imported.taken), imported.with_pictures);
    if imported.known > 0 {
        println!("Уже были в банке: {}.", imported.known);
    }
    for (topic, n) in &imported.topics {
        println!("  тема {topic}: {}", questions(*n));
    }
    if !imported.refused.is_empty() {
        println!("Не взято: {}.", imported.refused.len());
        for refusal in imported.refused.iter().take(SHOWN) {
            println!("  строка {}, «{}»: {}", refusal.line, refusal.name, refusal.why);
        }
    }
    if !imported.notes.is_empty() {
        println!("Изменено при чтении: {}.", imported.notes.len());
        for note in imported.notes.iter().take(SHOWN) {
            println!("  строка {}, «{}»: {}", note.line, note.name, note.what);
        }
    }
}
