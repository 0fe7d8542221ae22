//! What the server stands on, handed to every handler.
use std::ops::Deref;
use std::sync::{Arc, RwLock};

use files::{Files, Hash};
use live::Live;
use store::Store;
use words::Zone;

use crate::Colour;

/// The house: data, files, and how it is reached. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Inner>);

pub struct Setup {
    pub store: Store,
    pub files: Files,
    /// `https://study.example.ru`, no slash at the end: for letters and QR codes.
    pub base_url: String,
    /// A demonstration says so on each page and shows how to sign in.
    pub demo: bool,
    /// A proxy stands before the server and says in `X-Forwarded-For` who asks.
    pub behind_proxy: bool,
    pub brand: Brand,
}

pub struct Inner {
    pub store: Store,
    pub files: Files,
    /// Who looks at what just now.
    pub live: Live,
    pub base_url: String,
    pub demo: bool,
    pub behind_proxy: bool,
    brand: RwLock<Arc<Brand>>,
}

/// The centre's name and what the law wants in the footer; read on every page, so kept in memory.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// «Меридиан»
    pub name: String,
    /// «Учебный центр „Меридиан“, Владимир»
    pub title: String,
    pub licence: String,
    pub phone: String,
    pub email: String,
    /// Whom learners ask: a name, or nothing, and how to reach it.
    pub curator: String,
    pub curator_phone: String,
    pub curator_email: String,
    /// The organisation's own colour; none: ours.
    pub accent: Option<Colour>,
    /// The organisation's sign, in the place of ours.
    pub logo: Option<Hash>,
    pub zone: Option<Zone>,
    /// ИНН, ОГРН, address: one line each.
    pub lines: Vec<String>,
}

impl Brand {
    /// From now on the process lives by the centre's time.
    fn keep_time(&self) {
        if let Some(zone) = self.zone {
            zone.keep();
        }
    }
}

impl House {
    pub fn new(setup: Setup) -> Self {
        let Setup { store, files, base_url, demo, behind_proxy, brand } = setup;
        brand.keep_time();
        Self(Arc::new(Inner {
            store,
            files,
            live: Live::default(),
            base_url,
            demo,
            behind_proxy,
            brand: RwLock::new(Arc::new(brand)),
        }))
    }

    /// Cookies are `Secure` and carry `__Host-` wherever the address is HTTPS.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    pub fn brand(&self) -> Arc<Brand> {
        Arc::clone(&self.brand.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub fn rename(&self, brand: Brand) {
        brand.keep_time();
        *self.brand.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(brand);
    }
}

impl Deref for House {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
