//! Files sealed with a key that lies outside the database: copies of passports and diplomas (XChaCha20-Poly1305).
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::{Lost, write_synced};

/// Bytes of chance that stand before a sealed content, so that the same content never gives the same file.
const NONCE: usize = 24;

#[derive(Clone)]
pub(crate) struct Seal(Arc<XChaCha20Poly1305>);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// Reads the key, or makes one that only its owner may read. A key is never overwritten: what it has sealed would be lost.
    pub(crate) fn load(path: &Path) -> Result<Self, Lost> {
        let key = match std::fs::read(path) {
            Ok(key) => key,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path)?,
            Err(error) => return Err(error.into()),
        };
        if key.len() != 32 {
            return Err(Lost::Key(path.to_owned()));
        }
        Ok(Self(Arc::new(XChaCha20Poly1305::new(Key::from_slice(&key)))))
    }

    pub(crate) fn close(&self, bytes: &[u8]) -> Result<Vec<u8>, Lost> {
        let nonce = chance::<NONCE>()?;
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), bytes).map_err(|_| Lost::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open(&self, bytes: &[u8]) -> Result<Vec<u8>, Lost> {
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(Lost::Sealed)?;
        self.0.decrypt(XNonce::from_slice(nonce), sealed).map_err(|_| Lost::Sealed)
    }
}

fn make(path: &Path) -> Result<Vec<u8>, Lost> {
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

fn chance<const N: usize>() -> Result<[u8; N], Lost> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Lost::Disk(std::io::Error::other(error.to_string())))?;
    Ok(bytes)
}
