//! Stored files, named by their content's SHA-256, in a local folder. A file is written whole, synced and renamed, or
//! it is not there: a row that names a hash always finds its bytes.
use std::fmt;
use std::path::{Path, PathBuf};

use seal::{Broken, Seal};
use sha2::{Digest, Sha256};

/// The name of a stored file: SHA-256 of its content, 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(String);

impl Hash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(words::hex(&Sha256::digest(bytes)))
    }

    /// Only what [`Hash::of`] could have given: nothing else becomes a path.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("no file {0}")]
    Missing(Hash),
    #[error("file {0} is not what it was: its content no longer gives its hash")]
    Changed(Hash),
    #[error(transparent)]
    Seal(#[from] Broken),
    #[error("files: {0}")]
    Disk(#[from] std::io::Error),
}

/// The folder of files. Cheap to clone; every call blocks for the disk, so the async ones go to a blocking thread.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    seal: Seal,
}

impl Files {
    /// Opens the folder, making it if it is not there; the key of sealed files lies beside it, as `files.key`.
    pub fn open(folder: &Path) -> Result<Self, Lost> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), seal: Seal::load(&folder.with_extension("key"))? })
    }

    /// Stores `bytes`; storing the same twice is storing it once. Durable when it returns.
    pub fn put(&self, bytes: &[u8]) -> Result<Hash, Lost> {
        let hash = Hash::of(bytes);
        let path = self.path(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let folder = path.parent().expect("two levels below the folder");
        std::fs::create_dir_all(folder)?;
        let draft = folder.join(format!(".{}", uuid::Uuid::new_v4()));
        write_synced(&draft, bytes).and_then(|()| std::fs::rename(&draft, &path)).inspect_err(|_| {
            let _ = std::fs::remove_file(&draft);
        })?;
        std::fs::File::open(folder)?.sync_all()?;
        Ok(hash)
    }

    /// The content, proven to be what was stored.
    pub fn get(&self, hash: &Hash) -> Result<Vec<u8>, Lost> {
        let bytes = std::fs::read(self.path(hash)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Lost::Missing(hash.clone()),
            _ => Lost::Disk(error),
        })?;
        if Hash::of(&bytes) == *hash { Ok(bytes) } else { Err(Lost::Changed(hash.clone())) }
    }

    pub async fn store(&self, bytes: Vec<u8>) -> Result<Hash, Lost> {
        let files = self.clone();
        joined(tokio::task::spawn_blocking(move || files.put(&bytes)).await)
    }

    pub async fn load(&self, hash: Hash) -> Result<Vec<u8>, Lost> {
        let files = self.clone();
        joined(tokio::task::spawn_blocking(move || files.get(&hash)).await)
    }

    /// Stores `bytes` so that they can be read only with this folder's key. The same bytes give another file each time, so a
    /// sealed file belongs to one row and may be removed with it.
    pub async fn store_sealed(&self, bytes: Vec<u8>) -> Result<Hash, Lost> {
        let files = self.clone();
        joined(tokio::task::spawn_blocking(move || files.put(&files.seal.close(&bytes)?)).await)
    }

    /// The key by which this folder's files are sealed: it seals columns too.
    pub fn seal(&self) -> Seal {
        self.seal.clone()
    }

    /// The content of a sealed file. Blocks.
    pub fn get_sealed(&self, hash: &Hash) -> Result<Vec<u8>, Lost> {
        Ok(self.seal.open(&self.get(hash)?)?)
    }

    /// The content of a sealed file.
    pub async fn load_sealed(&self, hash: Hash) -> Result<Vec<u8>, Lost> {
        let files = self.clone();
        joined(tokio::task::spawn_blocking(move || files.get_sealed(&hash)).await)
    }

    /// Removes a sealed file; one that is gone already is removed.
    pub async fn remove_sealed(&self, hash: Hash) -> Result<(), Lost> {
        match tokio::fs::remove_file(self.path(&hash)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Where an open file lies, for whoever sends a part of it: a film is not read whole for each of its minutes.
    pub fn place(&self, hash: &Hash) -> PathBuf {
        self.path(hash)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `ab/cd/abcd…`: no folder grows beyond what file systems like.
    fn path(&self, hash: &Hash) -> PathBuf {
        let name = hash.as_str();
        self.folder.join(&name[..2]).join(&name[2..4]).join(name)
    }
}

fn joined<T>(done: Result<Result<T, Lost>, tokio::task::JoinError>) -> Result<T, Lost> {
    done.map_err(|error| Lost::Disk(std::io::Error::other(error)))?
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The media type that the content itself shows, whatever its name says; None for what is not let in.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    kind_among(bytes, &["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"])
}

/// Bytes written in base64; none when the text is something else.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    (!text.is_empty()).then(|| base64::engine::general_purpose::STANDARD.decode(text).ok()).flatten()
}

/// The same among the kinds that the caller lets in.
pub fn kind_among(bytes: &[u8], let_in: &[&'static str]) -> Option<&'static str> {
    let found = infer::get(bytes)?.mime_type();
    let_in.iter().copied().find(|kind| *kind == found)
}
