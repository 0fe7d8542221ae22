//! Pages that follow what happens: a word that something has changed reaches whoever looks at it, within this process. Other machines of a
//! network are heard by reading anew every few seconds, which every listener does besides.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use uuid::Uuid;

/// Words that a slow listener may fall behind; whoever has missed some reads anew.
const WORDS: usize = 1024;

#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    words: broadcast::Sender<Uuid>,
    present: Mutex<HashMap<Uuid, usize>>,
    closed: watch::Sender<bool>,
}

/// What a listener has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something that it asked for has changed.
    Word,
    /// Nothing for as long as it would wait.
    Quiet,
    /// The server stops.
    Closed,
}

pub struct Listener {
    words: broadcast::Receiver<Uuid>,
    closed: watch::Receiver<bool>,
}

/// Somebody is here for as long as this is kept.
pub struct Presence {
    live: Live,
    what: Uuid,
}

impl Default for Live {
    fn default() -> Self {
        let (words, closed) = (broadcast::Sender::new(WORDS), watch::Sender::new(false));
        Self(Arc::new(Inner { words, present: Mutex::default(), closed }))
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

impl Live {
    /// This has changed. Told once it is kept: `work.after`.
    pub fn tell(&self, what: Uuid) {
        // Nobody listening is no fault.
        let _ = self.0.words.send(what);
    }

    pub fn listen(&self) -> Listener {
        Listener { words: self.0.words.subscribe(), closed: self.0.closed.subscribe() }
    }

    /// Somebody opens this; whoever listens hears of it, and of the leaving.
    pub fn enter(&self, what: Uuid) -> Presence {
        *self.present().entry(what).or_default() += 1;
        self.tell(what);
        Presence { live: self.clone(), what }
    }

    pub fn is_present(&self, what: Uuid) -> bool {
        self.present().contains_key(&what)
    }

    /// Ends all that listen: the server stops.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }

    fn present(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, usize>> {
        self.0.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        {
            let mut present = self.live.present();
            if let Some(count) = present.get_mut(&self.what) {
                *count -= 1;
                if *count == 0 {
                    present.remove(&self.what);
                }
            }
        }
        self.live.tell(self.what);
    }
}

impl Listener {
    /// Waits for a word about what `is_mine`, at most so long.
    pub async fn hear(&mut self, most: Duration, is_mine: impl Fn(Uuid) -> bool) -> Heard {
        let wait = async {
            loop {
                match self.words.recv().await {
                    Ok(what) if is_mine(what) => return Heard::Word,
                    Ok(_) => {}
                    // What was missed may have been mine.
                    Err(broadcast::error::RecvError::Lagged(_)) => return Heard::Word,
                    Err(broadcast::error::RecvError::Closed) => return Heard::Closed,
                }
            }
        };
        tokio::select! {
            heard = tokio::time::timeout(most, wait) => heard.unwrap_or(Heard::Quiet),
            _ = self.closed.wait_for(|closed| *closed) => Heard::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::{Heard, Live};

    #[tokio::test]
    async fn a_word_reaches_whoever_looks_and_nobody_else() {
        let (live, one, other) = (Live::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        let (mut mine, short) = (live.listen(), Duration::from_millis(50));
        live.tell(other);
        assert_eq!(mine.hear(short, |what| what == one).await, Heard::Quiet);
        live.tell(one);
        assert_eq!(mine.hear(short, |what| what == one).await, Heard::Word);
        for _ in 0..5000 {
            live.tell(other);
        }
        assert_eq!(
            mine.hear(short, |what| what == one).await,
            Heard::Word,
            "what was missed may have been mine"
        );
        live.close();
        assert_eq!(live.listen().hear(short, |_| false).await, Heard::Closed);
    }

    #[test]
    fn somebody_is_here_until_the_last_page_is_closed() {
        let (live, attempt) = (Live::default(), Uuid::from_u128(1));
        let first = live.enter(attempt);
        let second = live.enter(attempt);
        drop(first);
        assert!(live.is_present(attempt));
        drop(second);
        assert!(!live.is_present(attempt));
    }
}
