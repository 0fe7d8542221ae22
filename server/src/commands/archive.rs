//! `archive`, `verify`, `change-key`: what proves results, on a medium of its own (п. 3.5).
use std::path::Path;

use anyhow::{Context, bail};
use documents::archive::{self, Period};
use proof::Signer;
use store::Who;
use words::{Clock, Day, count};

use super::on_a_runtime;
use crate::config::Config;
use crate::folder::Folder;

/// Days of the archive when none are named: since the beginning.
const BEGINNING: &str = "2000-01-01";

/// Writes an archive of results, beside a server that may be running.
pub fn write_archive(
    config: &Config,
    to: &Path,
    from: Option<&str>,
    until: Option<&str>,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let day = |text: Option<&str>, otherwise: String| -> anyhow::Result<Day> {
        let text = text.map_or(otherwise, str::to_owned);
        Day::parse(&text).map_err(|_| anyhow::anyhow!("день «{text}» пишется так: 2026-11-26"))
    };
    let folder = Folder::open(&config.data)?;
    let (store, files) = (folder.store(config, clock.clone())?, folder.files()?);
    let period =
        Period { from: day(from, BEGINNING.to_owned())?, until: day(until, clock.now().day().to_string())? };
    let is_first = on_a_runtime(async { Ok(store.read(trainer::keys).await?.is_empty()) })?;
    let signer = trainer::signer(&trainer::key_file(&files), is_first).map_err(anyhow::Error::msg)?;
    let is_zip = to.extension().is_some_and(|ending| ending == "zip");
    if is_zip && to.exists() {
        bail!("файл {} уже есть", to.display());
    }
    let written = if is_zip {
        on_a_runtime(archive::write_packed(&store, &files, &signer, to, period))?
    } else {
        on_a_runtime(archive::write(&store, &files, &signer, to, period))?
    };
    println!(
        "Архив готов: {}, {}, {}. Ключ центра: {}.",
        counted(written.attempts, ["попытка", "попытки", "попыток"]),
        counted(written.papers, ["протокол", "протокола", "протоколов"]),
        counted(written.days, ["закрытый день", "закрытых дня", "закрытых дней"]),
        signer.public().id()
    );
    Ok(())
}

/// Checks an archive; needs neither a data folder nor a database. `key` is the number of the key that the centre has named.
pub fn verify(folder: &Path, key: Option<&str>) -> anyhow::Result<()> {
    let checked = archive::check(folder).context("архив не сходится")?;
    if key.is_some_and(|key| key != checked.key) {
        bail!("архив подписан другим ключом: {}", checked.key);
    }
    println!("Архив цел. {}, составлен {}.", checked.centre, checked.made);
    println!(
        "{}, {}, из них закрыто с подписанным днём {}; {}.",
        counted(checked.files, ["файл", "файла", "файлов"]),
        counted(checked.attempts, ["попытка", "попытки", "попыток"]),
        checked.sealed,
        counted(checked.days, ["день", "дня", "дней"])
    );
    if checked.unchained > 0 {
        println!("Без цепочки отпечатков (начаты до неё): {}.", checked.unchained);
    }
    for (key, days) in &checked.strange {
        println!("Дней, закрытых ключом {key}, за который нынешний не ручается: {days}. Сверьте и его.");
    }
    println!("Ключ: {}. Сравните его с тем, что назвал центр.", checked.key);
    Ok(())
}

/// Makes a new key, signed by the old one, which is then gone; `lost`: the old one is gone already, and nothing vouches for the new.
pub fn change_key(config: &Config, lost: bool) -> anyhow::Result<()> {
    let folder = Folder::lock(&config.data).context("остановите сервер: ключ меняют без него")?;
    let (store, files) = (folder.store(config, Clock::system())?, folder.files()?);
    let path = trainer::key_file(&files);
    if lost {
        anyhow::ensure!(!path.exists(), "ключ {} на месте: смените его без --lost", path.display());
        let new = Signer::load(&path).context("новый ключ не создаётся")?;
        println!(
            "Новый ключ центра: {}. Прежний его не подписал: назовите номер тем, кто сверяет архивы.",
            new.public().id()
        );
        return Ok(());
    }
    anyhow::ensure!(path.exists(), "ключа {} нет: верните его из копии или добавьте --lost", path.display());
    let old = Signer::load(&path).context("ключ центра не читается")?;
    let next = path.with_extension("key.next");
    let new = Signer::load(&next).context("новый ключ не создаётся")?;
    let id = new.public().id();
    on_a_runtime(async {
        Ok(store.write(Who::system(), move |work| trainer::change_key(work, &old, &new)).await?)
    })?;
    std::fs::rename(&next, &path).context("новый ключ не становится на место прежнего")?;
    println!("Новый ключ центра: {id}. Прежний подписал его и удалён.");
    Ok(())
}

fn counted(number: usize, forms: [&str; 3]) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX), forms)
}
