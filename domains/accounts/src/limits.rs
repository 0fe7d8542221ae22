//! Limits on guessing: by account for passwords and codes, by address only for sign-in (a whole class sits behind one).
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

const MOST_KEYS: usize = 20_000;
/// In characters; a longer key shares its bucket with those that begin the same.
const LONGEST_KEY: usize = 120;

/// A bucket for each key: so many at once, then one in `each`.
pub struct Limits(DefaultKeyedRateLimiter<String>);

impl Limits {
    fn new(at_once: u32, each: Duration) -> Self {
        let burst = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(each).expect("longer than nothing").allow_burst(burst);
        Self(RateLimiter::keyed(quota))
    }

    /// Whether one more is let through.
    pub fn lets(&self, key: &str) -> bool {
        // What is full again is forgotten, so that a robot's inventions do not fill the memory.
        if self.0.len() > MOST_KEYS {
            self.0.retain_recent();
        }
        self.0.check_key(&key.chars().take(LONGEST_KEY).collect()).is_ok()
    }
}

/// Ten passwords at once for an account, then one in a minute.
pub(crate) static PASSWORDS: LazyLock<Limits> = LazyLock::new(|| Limits::new(10, Duration::from_mins(1)));
/// A company behind one address signs in at nine o'clock; a robot behind one address is slowed to ten guesses a second,
/// and each account has its own bucket besides.
pub(crate) static ADDRESSES: LazyLock<Limits> =
    LazyLock::new(|| Limits::new(600, Duration::from_millis(100)));

impl Limits {
    /// Ten codes by letter tried for one application, then one in a minute.
    pub fn codes() -> &'static Self {
        static CODES: LazyLock<Limits> = LazyLock::new(|| Limits::new(10, Duration::from_mins(1)));
        &CODES
    }

    /// Letters with a code to one address.
    pub fn letters() -> &'static Self {
        static LETTERS: LazyLock<Limits> = LazyLock::new(|| Limits::new(5, Duration::from_mins(2)));
        &LETTERS
    }

    /// Forms with copies of documents from one address: a class applies at once, a robot does not fill the disk.
    pub fn uploads() -> &'static Self {
        static UPLOADS: LazyLock<Limits> = LazyLock::new(|| Limits::new(120, Duration::from_secs(5)));
        &UPLOADS
    }

    /// Public checks of a document from one address.
    pub fn checks() -> &'static Self {
        static CHECKS: LazyLock<Limits> = LazyLock::new(|| Limits::new(30, Duration::from_secs(2)));
        &CHECKS
    }
}
