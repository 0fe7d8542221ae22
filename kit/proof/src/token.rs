//! Tokens: the server's own word that it was this moment by its clock, which nobody else can say.
use ring::hmac;

use crate::chain::hex;

/// `1764155000000.9f2c…`: unix milliseconds, and HMAC-SHA256 of them and the attempt under the attempt's secret.
pub fn token(secret: &str, attempt: &str, at: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{at}.{}", hex(hmac::sign(&key, said(attempt, at).as_bytes()).as_ref()))
}

/// The moment that a token names; none: it is not ours, or of another attempt.
pub fn token_time(secret: &str, attempt: &str, token: &str) -> Option<i64> {
    let (at, mac) = token.split_once('.')?;
    let at: i64 = at.parse().ok()?;
    let mac: Vec<u8> = (0..mac.len())
        .step_by(2)
        .map(|n| mac.get(n..n + 2).and_then(|two| u8::from_str_radix(two, 16).ok()))
        .collect::<Option<_>>()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, said(attempt, at).as_bytes(), &mac).ok()?;
    Some(at)
}

fn said(attempt: &str, at: i64) -> String {
    format!("kafedra token 1\n{attempt}\n{at}\n")
}
