//! Passwords: Argon2id (19 MiB, two passes), hashed off the async threads, as many at once as there are cores.
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Fault, values};
use tokio::sync::Semaphore;
use web::{Failure, Messages, Posted, Reply, parts, see_other};
use words::Wrong;

use crate::frame::Frame;
use crate::person::set_password;
use crate::{Visit, limits, session, sign_in};

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
    /// A password that may be kept: 8-200 characters, not one character repeated, not the login.
    pub fn check(password: &str, login: &str) -> Result<(), Wrong> {
        let length = password.chars().count();
        let first = password.chars().next();
        if length < MIN_PASSWORD {
            return Err(Wrong::new(format!("Пароль: не меньше {MIN_PASSWORD} знаков, введено {length}")));
        }
        if length > 200 || password.chars().all(|c| Some(c) == first) {
            return Err(Wrong::new("Пароль: слишком простой, добавьте другие знаки"));
        }
        if words::folded(password) == words::folded(login) {
            return Err(Wrong::new("Пароль: не тот же, что логин, выберите другой"));
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

/// Letters and digits that nobody mistakes for one another: 32, so that each is five random bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password to be given to a person once: twelve characters in three groups, 60 random bits.
pub fn once() -> String {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).expect("the system gives random bytes, or nothing here is safe");
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

#[derive(Clone, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    current: String,
    new: String,
}

/// `GET /password`: choosing another password.
pub(crate) async fn show(visit: Visit) -> Reply {
    visit.page("Пароль", Frame::Own("/sessions"), page(&visit, &Messages::none()))
}

/// Changes the own password; the other devices are signed out.
pub(crate) async fn change(visit: Visit, Posted { form, key, .. }: Posted<Form>) -> Reply {
    let actor = visit.actor.clone().ok_or_else(Failure::missing)?;
    let (person, this) = (actor.person, actor.session);
    let refuse = |field, sentence: String| {
        visit.again("Пароль", Frame::Own("/sessions"), page(&visit, &Messages::one(field, sentence)))
    };
    if !limits::PASSWORDS.lets(&person.to_string()) {
        return refuse("current", "Слишком много попыток. Подождите минуту и попробуйте ещё раз".into());
    }
    let (kept, login): (Option<String>, String) = visit
        .read(move |db| {
            db.one("select password_hash, login from account where person = ?1", values![person], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        })
        .await?;
    if !Passwords::fits(form.current.clone(), kept.clone()).await? {
        return refuse("current", "Нынешний пароль: не подходит. Проверьте раскладку и Caps Lock".into());
    }
    if let Err(wrong) = Passwords::check(&form.new, &login) {
        return refuse("new", wrong.0);
    }
    if form.new == form.current {
        return refuse("new", "Новый пароль: выберите другой, не тот же самый".into());
    }
    let hash = Passwords::hash(form.new).await?;
    visit
        .write(move |work| {
            work.once(key, |work| {
                // A reset by the staff may have come while this one was being hashed: then it stands.
                let still = work.count(
                    "select cast(count(*) as bigint) from account a join session s on s.person = a.person
                     where a.person = ?1 and a.password_hash = ?2 and s.id = ?3 and s.closed_at is null",
                    values![person, kept.as_deref(), this],
                )?;
                if still == 0 {
                    return Err(Fault::Missing);
                }
                set_password(work, person, &hash, false)?;
                session::close_all(work, person, Some(this))
            })
        })
        .await?;
    Ok(see_other(sign_in::home(&actor.roles)))
}

fn page(visit: &Visit, said: &Messages) -> Markup {
    let once = visit.actor.as_ref().is_some_and(|actor| actor.password_once);
    html! {
        main.wrap #main {
            div.narrow.stack {
                h1 { @if once { "Выберите свой пароль" } @else { "Пароль" } }
                @if once { p { "Вам выдали одноразовый пароль. Дальше будет только ваш." } }
                (parts::form("/password", "form", &html! {
                    (parts::field("current", if once { "Выданный пароль" } else { "Нынешний пароль" }, "").kind("password").autocomplete("current-password").told(said))
                    (parts::field("new", "Новый пароль", "").kind("password").autocomplete("new-password").told(said).tip("Не меньше 8 знаков"))
                    div { (parts::submit("Сохранить")) }
                }))
            }
        }
    }
}
