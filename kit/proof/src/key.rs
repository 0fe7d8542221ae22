//! The centre's key of Ed25519.
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::hash_of;

#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("{0} is not a key of 32 bytes")]
    Key(PathBuf),
    #[error("the key: {0}")]
    Disk(#[from] std::io::Error),
    #[error("no chance to make a key from")]
    Chance,
}

/// Signs; the seed lies in a file of 32 bytes that only its owner may read.
pub struct Signer(Ed25519KeyPair);

/// Checks; kept and shown as base64 of its 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public(Vec<u8>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public().id())
    }
}

impl Signer {
    /// Reads the key, or makes one. A key is never overwritten.
    pub fn load(path: &Path) -> Result<Self, Broken> {
        match std::fs::read(path) {
            Ok(seed) => Self::of(&seed).ok_or_else(|| Broken::Key(path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(error.into()),
        }
    }

    /// A new key in a file that must not be there yet; the other process that makes it at the same moment wins.
    pub fn make(path: &Path) -> Result<Self, Broken> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).map_err(|_| Broken::Chance)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Written whole under another name first: a key cut short would be no key for ever.
        let draft = path.with_extension(format!("{}.new", hash_of(&seed[..8])[..8].to_owned()));
        let mut file = options.open(&draft)?;
        file.write_all(&seed)?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        let seed = std::fs::read(path)?;
        Self::of(&seed).ok_or_else(|| Broken::Key(path.to_owned()))
    }

    fn of(seed: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }

    /// The signature of the text, base64.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()))
    }

    pub fn public(&self) -> Public {
        Public(self.0.public_key().as_ref().to_vec())
    }
}

impl Public {
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 32).map(Self)
    }

    /// By which people compare keys: the first sixteen digits of its hash, in fours.
    pub fn id(&self) -> String {
        let hash = hash_of(&self.0);
        [&hash[..4], &hash[4..8], &hash[8..12], &hash[12..16]].join("-")
    }

    pub fn holds(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.0).verify(text.as_bytes(), &signature).is_ok()
    }
}

impl std::fmt::Display for Public {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&STANDARD.encode(&self.0))
    }
}
