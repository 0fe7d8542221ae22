//! Passwords: Argon2id (19 MiB, two passes), hashed off the async threads, as many at once as there are cores.
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use web::Failure;
use words::Wrong;

/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 8;

pub struct Passwords;

fn room() -> Arc<Semaphore> {
    use std::sync::LazyLock;
    static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
        Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)))
    });
    Arc::clone(&ROOM)
}

impl Passwords {
    /// A password that may be kept: 8-200 characters, not one character repeated.
    pub fn check(password: &str) -> Result<(), Wrong> {
        let length = password.chars().count();
        let first = password.chars().next();
        if length < MIN_PASSWORD {
            return Err(Wrong::new(format!("Пароль: не меньше {MIN_PASSWORD} знаков, введено {length}")));
        }
        if length > 200 || password.chars().all(|c| Some(c) == first) {
            return Err(Wrong::new("Пароль: слишком простой, добавьте другие знаки"));
        }
        Ok(())
    }

    /// The hash in PHC form.
    pub async fn hash(password: String) -> Result<String, Failure> {
        on_a_thread(move || {
            let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Failure::broken)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` gives `hash`. With no hash the same work is done, so that time does not tell which logins exist.
    pub async fn fits(password: String, hash: Option<String>) -> Result<bool, Failure> {
        on_a_thread(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&hash).map_err(Failure::broken)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }
}

/// A hash that nobody's password gives.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

async fn on_a_thread<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let _place = room().acquire_owned().await.map_err(Failure::broken)?;
    tokio::task::spawn_blocking(run).await.map_err(Failure::broken)?
}
