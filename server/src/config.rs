//! Settings: a TOML file, then the environment (`KAFEDRA_…`), then flags; the later wins.
use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder of the database and the files.
    pub data: PathBuf,
    pub listen: String,
    /// `postgres://…`; none: SQLite in the data folder.
    pub database: Option<String>,
    /// How people reach the site; none: `http://` and the address it listens on.
    pub base_url: Option<String>,
    /// `smtp://user:password@host:587?tls=required`; none: letters stay in the outbox.
    pub smtp: Option<String>,
    /// «Меридиан <no-reply@example.ru>»
    pub mail_from: Option<String>,
    /// `imaps://user:password@host:993`; none: no mailbox is read.
    pub imap: Option<String>,
    /// A proxy stands before the server and says in `X-Forwarded-For` who asks. Only then is the header believed.
    pub behind_proxy: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "data".into(),
            listen: "127.0.0.1:8080".into(),
            database: None,
            base_url: None,
            smtp: None,
            mail_from: None,
            imap: None,
            behind_proxy: false,
        }
    }
}

/// What flags may set.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
pub struct Flags {
    /// The folder of the database and the files
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// postgres://… instead of SQLite
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// How people reach the site
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
}

impl Config {
    /// Reads all sources; a misspelt setting is an error. A file that was named but is not there is an error; `kafedra.toml` is read if it is there.
    pub fn load(file: Option<&Path>, flags: &Flags) -> anyhow::Result<Self> {
        if let Some(file) = file
            && !file.exists()
        {
            anyhow::bail!("файла настроек нет: {}", file.display());
        }
        let file = file.map_or_else(|| PathBuf::from("kafedra.toml"), Path::to_owned);
        let mut config: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            // Other variables of that prefix are not settings: the log's, those of tests.
            .merge(Env::prefixed("KAFEDRA_").only(&[
                "data",
                "listen",
                "database",
                "base_url",
                "smtp",
                "mail_from",
                "imap",
                "behind_proxy",
            ]))
            .merge(Serialized::defaults(flags))
            .extract()
            .context("настройки не читаются")?;
        config.base_url = config.base_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(config)
    }

    pub fn base_url(&self) -> String {
        self.base_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.listen.replace("0.0.0.0", "127.0.0.1")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Config, Flags};

    #[test]
    fn a_misspelt_setting_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "lisen = \"127.0.0.1:9000\"").unwrap();
        let refused = Config::load(Some(file.path()), &Flags::default()).unwrap_err();
        assert!(format!("{refused:#}").contains("lisen"), "{refused:#}");
        std::fs::write(file.path(), "listen = \"127.0.0.1:9000\"").unwrap();
        assert_eq!(Config::load(Some(file.path()), &Flags::default()).unwrap().listen, "127.0.0.1:9000");
    }
}
