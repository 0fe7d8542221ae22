//! `backup` and `restore`.
use std::path::Path;

use crate::config::Config;

pub fn backup(_config: &Config, _file: &Path) -> anyhow::Result<()> {
    anyhow::bail!("резервная копия в этой сборке не готова")
}

pub fn restore(_config: &Config, _file: &Path) -> anyhow::Result<()> {
    anyhow::bail!("восстановление в этой сборке не готово")
}
