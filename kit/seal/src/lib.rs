//! Files and columns sealed with a key that lies outside the database: copies of passports, what an applicant wrote
//! (XChaCha20-Poly1305).
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("sealed with another key, or damaged")]
    Sealed,
    #[error("{0} is not a key of 32 bytes")]
    Key(PathBuf),
    #[error("the key: {0}")]
    Disk(#[from] std::io::Error),
}

/// Stands before a sealed text, so that a plain one of an earlier version is told from it.
const MARK: &str = "sealed:";

/// Bytes of chance that stand before a sealed content, so that the same content never gives the same file.
const NONCE: usize = 24;

#[derive(Clone)]
pub struct Seal(Arc<XChaCha20Poly1305>);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// Reads the key, or makes one that only its owner may read. A key is never overwritten: what it has sealed would be lost.
    pub fn load(path: &Path) -> Result<Self, Broken> {
        let key = match std::fs::read(path) {
            Ok(key) => key,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path)?,
            Err(error) => return Err(error.into()),
        };
        if key.len() != 32 {
            return Err(Broken::Key(path.to_owned()));
        }
        Ok(Self(Arc::new(XChaCha20Poly1305::new(Key::from_slice(&key)))))
    }

    pub fn close(&self, bytes: &[u8]) -> Result<Vec<u8>, Broken> {
        let nonce = chance::<NONCE>()?;
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), bytes).map_err(|_| Broken::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open(&self, bytes: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(Broken::Sealed)?;
        self.0.decrypt(XNonce::from_slice(nonce), sealed).map_err(|_| Broken::Sealed)
    }
}

impl Seal {
    /// A text for a column.
    pub fn close_text(&self, text: &str) -> Result<String, Broken> {
        Ok(format!("{MARK}{}", STANDARD_NO_PAD.encode(self.close(text.as_bytes())?)))
    }

    /// The text of a column; one that was never sealed is given as it is.
    pub fn open_text(&self, text: &str) -> Result<String, Broken> {
        let Some(sealed) = text.strip_prefix(MARK) else { return Ok(text.to_owned()) };
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| Broken::Sealed)?;
        String::from_utf8(self.open(&bytes)?).map_err(|_| Broken::Sealed)
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make(path: &Path) -> Result<Vec<u8>, Broken> {
    use std::os::unix::fs::PermissionsExt;
    let key = chance::<32>()?;
    let draft = path.with_extension(uuid::Uuid::new_v4().to_string());
    write_synced(&draft, &key)?;
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o600))?;
    // Two processes that begin at once agree on one key: whoever comes second reads the first's.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(key.to_vec()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(std::fs::read(path)?),
        Err(error) => Err(error.into()),
    }
}

fn chance<const N: usize>() -> Result<[u8; N], Broken> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Broken::Disk(std::io::Error::other(error.to_string())))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::Seal;

    #[test]
    fn a_text_opens_with_its_own_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (
            Seal::load(&folder.path().join("a.key")).unwrap(),
            Seal::load(&folder.path().join("b.key")).unwrap(),
        );
        let sealed = own.close_text("17 18 123456").unwrap();
        assert!(!sealed.contains("123456") && sealed != own.close_text("17 18 123456").unwrap());
        assert_eq!(own.open_text(&sealed).unwrap(), "17 18 123456");
        assert_eq!(own.open_text("plain of an earlier version").unwrap(), "plain of an earlier version");
        assert!(other.open_text(&sealed).is_err());
        assert!(own.open_text("sealed:%%%").is_err() && own.open_text("sealed:AAAA").is_err());
        let again = Seal::load(&folder.path().join("a.key")).unwrap();
        assert_eq!(again.open_text(&sealed).unwrap(), "17 18 123456");
    }
}
