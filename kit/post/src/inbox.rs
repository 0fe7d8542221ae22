//! The way in: letters of a mailbox, read over IMAP. A letter is marked as read only once it is kept, so nothing that was sent is lost
//! when the mail or the disk misbehaves; whoever keeps it knows it again by its Message-ID.
use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use futures_util::StreamExt;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::BadAddress;

/// The largest letter that is read, in bytes: scans of a whole set take half of it.
const LARGEST: u32 = 40 * 1024 * 1024;
/// Files of one letter, and letters of one look.
const MOST_FILES: usize = 30;
const MOST_LETTERS: usize = 50;
/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mailbox: `imaps://user:password@host:993`, or `imap://…` without TLS for a server on the same machine.
#[derive(Clone)]
pub struct Inbox {
    host: String,
    port: u16,
    tls: bool,
    user: String,
    password: String,
}

/// A letter that came.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// As the sender gave it, or made of the content.
    pub message_id: String,
    /// An address, as it stands in «From».
    pub sender: String,
    pub sender_name: String,
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// An answer of a machine: a bounce, a notice of absence. Nobody answers it.
    pub automatic: bool,
    /// Names and contents, in their order.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Inbox {
    pub fn parse(url: &str) -> Result<Self, BadAddress> {
        let bad = |why: &str| BadAddress(format!("{why}; нужно imaps://пользователь:пароль@сервер:993"));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("нет схемы"))?;
        let tls = match scheme {
            "imaps" => true,
            "imap" => false,
            _ => return Err(bad("схема не imap и не imaps")),
        };
        let (who, place) = rest.rsplit_once('@').ok_or_else(|| bad("нет пользователя"))?;
        let (user, password) = who.split_once(':').ok_or_else(|| bad("нет пароля"))?;
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| bad("порт не число"))?),
            None => (place, if tls { 993 } else { 143 }),
        };
        let decoded = |text: &str| percent_decoded(text).ok_or_else(|| bad("знаки после % не читаются"));
        Ok(Self { host: host.to_owned(), port, tls, user: decoded(user)?, password: decoded(password)? })
    }

    /// Reads what was not read yet. `keep` keeps one letter for good, or says why not: then it stays unread and comes again.
    pub async fn take<K, F>(&self, keep: K) -> Result<usize, String>
    where
        K: Fn(Received) -> F,
        F: Future<Output = Result<(), String>>,
    {
        let connected = tokio::time::timeout(PATIENCE, TcpStream::connect((self.host.as_str(), self.port)));
        let stream =
            connected.await.map_err(|_| "нет ответа".to_owned())?.map_err(|error| error.to_string())?;
        if !self.tls {
            return self.read(stream, keep).await;
        }
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.host.clone()).map_err(|error| error.to_string())?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        self.read(stream.map_err(|error| error.to_string())?, keep).await
    }

    async fn read<S, K, F>(&self, stream: S, keep: K) -> Result<usize, String>
    where
        S: AsyncRead + AsyncWrite + Unpin + std::fmt::Debug + Send,
        K: Fn(Received) -> F,
        F: Future<Output = Result<(), String>>,
    {
        let said = |error: async_imap::error::Error| error.to_string();
        let mut client = Client::new(stream);
        client.read_response().await.map_err(|error| error.to_string())?.ok_or("сервер молчит")?;
        let mut session = client.login(&self.user, &self.password).await.map_err(|(error, _)| said(error))?;
        session.select("INBOX").await.map_err(said)?;
        let mut unseen: Vec<u32> = session.uid_search("UNSEEN").await.map_err(said)?.into_iter().collect();
        unseen.sort_unstable();
        let mut taken = 0;
        for uid in unseen.into_iter().take(MOST_LETTERS) {
            let size = {
                let mut sizes = session.uid_fetch(uid.to_string(), "(RFC822.SIZE)").await.map_err(said)?;
                let mut size = 0;
                while let Some(one) = sizes.next().await {
                    size = one.map_err(said)?.size.unwrap_or(size);
                }
                size
            };
            // Of a letter that is too large the head tells who wrote.
            let what = if size > LARGEST { "(BODY.PEEK[HEADER])" } else { "(BODY.PEEK[])" };
            let raw = {
                let mut bodies = session.uid_fetch(uid.to_string(), what).await.map_err(said)?;
                let mut raw = Vec::new();
                while let Some(one) = bodies.next().await {
                    let one = one.map_err(said)?;
                    if let Some(bytes) = one.body().or(one.header()) {
                        raw = bytes.to_vec();
                    }
                }
                raw
            };
            let mut letter = parsed(&raw);
            if size > LARGEST {
                letter.body = format!(
                    "Письмо больше {} МБ: файлы не взяты. Откройте его в почте.",
                    LARGEST / 1024 / 1024
                );
            }
            match keep(letter).await {
                Ok(()) => {
                    let marked =
                        session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)").await.map_err(said)?;
                    marked.for_each(|_| async {}).await;
                    taken += 1;
                }
                Err(why) => tracing::error!(uid, why, "a letter could not be kept: it stays unread"),
            }
        }
        let _ = session.logout().await;
        Ok(taken)
    }
}

/// `%40` in a user's name or password.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What can be read of a letter; of one that is no letter, its words.
pub(crate) fn parsed(raw: &[u8]) -> Received {
    let own_id = || files::Hash::of(raw).to_string();
    let Some(message) = MessageParser::default().parse(raw) else {
        return Received {
            message_id: own_id(),
            body: String::from_utf8_lossy(raw).into_owned(),
            ..Received::default()
        };
    };
    let text = |value: Option<&HeaderValue>| match value {
        Some(HeaderValue::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let from = message.from().and_then(|from| from.first());
    let sender = from.and_then(|from| from.address()).unwrap_or_default().to_owned();
    let submitted = text(message.header("Auto-Submitted")).unwrap_or_default();
    let precedence = text(message.header("Precedence")).unwrap_or_default();
    let lower = sender.to_lowercase();
    let automatic = (!submitted.is_empty() && submitted != "no")
        || ["bulk", "junk", "list", "auto_reply"].contains(&precedence.as_str())
        || ["mailer-daemon@", "postmaster@", "no-reply@", "noreply@"]
            .iter()
            .any(|word| lower.starts_with(word));
    let body: Vec<_> =
        (0..4).filter_map(|n| message.body_text(n)).map(|text| text.trim().to_owned()).collect();
    let files = message
        .attachments()
        .take(MOST_FILES)
        .enumerate()
        .map(|(n, part)| {
            let name = part.attachment_name().map_or_else(|| format!("файл-{}", n + 1), str::to_owned);
            (name, part.contents().to_vec())
        })
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect();
    Received {
        message_id: message.message_id().map_or_else(own_id, str::to_owned),
        sender_name: from.and_then(|from| from.name()).unwrap_or_default().to_owned(),
        sender,
        subject: message.subject().unwrap_or_default().to_owned(),
        body: body.join("\n\n"),
        automatic,
        files,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Inbox, parsed};

    #[test]
    fn a_mailbox_is_named_by_its_address() {
        let inbox = Inbox::parse("imaps://info%40centre.ru:p%3Aw@mail.centre.ru").unwrap();
        assert_eq!(
            (inbox.user.as_str(), inbox.password.as_str(), inbox.port),
            ("info@centre.ru", "p:w", 993)
        );
        for wrong in ["mail.centre.ru", "pop3://a:b@c", "imaps://a@c", "imaps://a:b@c:x", "imaps://a%4:b@c"] {
            assert!(Inbox::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_letter_is_read_with_its_files_and_nothing_breaks_it() {
        let raw = "From: =?utf-8?B?0JLQtdGA0LAg0KHQvtC60L7Qu9C+0LLQsA==?= <vera@example.ru>\r\nSubject: =?utf-8?B?0JfQsNGP0LLQu9C10L3QuNC1?=\r\n\
            Message-ID: <1@example.ru>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу принять\r\n\
            --x\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Disposition: attachment; filename=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n--x--\r\n";
        let letter = parsed(raw.as_bytes());
        assert_eq!(
            (letter.sender.as_str(), letter.sender_name.as_str()),
            ("vera@example.ru", "Вера Соколова")
        );
        assert_eq!((letter.subject.as_str(), letter.body.as_str()), ("Заявление", "Прошу принять"));
        assert_eq!(letter.files, [("scan.pdf".to_owned(), b"%PDF-1.7".to_vec())]);
        assert!(!letter.automatic);
        let bounce =
            parsed(b"From: MAILER-DAEMON@example.ru\r\nAuto-Submitted: auto-replied\r\n\r\nno such user\r\n");
        assert!(bounce.automatic);
        let long = vec![b'a'; 100_000];
        for broken in [&b""[..], b"\xff\xfe\x00", b"From: \r\n\r\n", &long] {
            assert!(!parsed(broken).message_id.is_empty());
        }
    }
}
