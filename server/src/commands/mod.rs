//! What the command line does. Each failure is one clear sentence and a non-zero status.
mod account;
mod archive;
pub(crate) mod backup;
mod import;
mod serve;

pub use account::create_account;
pub use archive::{change_key, verify, write_archive};
pub use backup::{backup, restore};
pub use import::import_questions;
pub use serve::{demo, serve};

use std::future::Future;

use words::Clock;

use crate::config::Config;
use crate::folder::Folder;

pub fn migrate(config: &Config) -> anyhow::Result<()> {
    let folder = Folder::lock(&config.data)?;
    folder.store(config, Clock::system())?;
    println!("Схема готова.");
    Ok(())
}

/// Runs `work` on a runtime that is gone when it returns.
fn on_a_runtime<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}
