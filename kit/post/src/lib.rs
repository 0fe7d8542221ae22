//! Letters: written inside a unit of work, sent by SMTP as jobs; without a mail server they stand in a visible outbox.
//! Sent at least once, with a Message-ID of their own, so that a mail client shows a repeated one once.
mod inbox;

pub use inbox::{Inbox, Received};

use files::{Files, Hash};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use store::{Db, Failed, Fault, Job, Jobs, Store, Stored, Who, Work, values};
use uuid::Uuid;
use words::Moment;

/// What a letter says; plain text, in the tone of the interface.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Holds a code or a password: the outbox does not show the text.
    pub secret: bool,
}

#[derive(Serialize, Deserialize)]
struct Send {
    letter: Uuid,
}
impl Job for Send {
    const KIND: &'static str = "letter.send";
}

/// Puts the letter into the outbox and leaves the job that sends it.
pub fn write(work: &mut Work, letter: &Letter) -> Stored<Uuid> {
    let (id, now) = (Uuid::now_v7(), work.now());
    work.run(
        "insert into letter (id, recipient, subject, body, secret, state, written_at)
         values (?1, ?2, ?3, ?4, ?5, 'waiting', ?6)",
        values![id, &letter.to, &letter.subject, &letter.body, letter.secret, now],
    )?;
    work.later(&Send { letter: id })?;
    Ok(id)
}

/// A stored file that goes with a letter.
#[derive(Clone, Debug)]
pub struct LetterFile {
    /// As the reader sees it.
    pub name: String,
    pub media: String,
    pub file: Hash,
}

/// The same with files.
pub fn write_with(work: &mut Work, letter: &Letter, files: &[LetterFile]) -> Stored<Uuid> {
    let id = write(work, letter)?;
    for (place, one) in (0i64..).zip(files) {
        work.run(
            "insert into letter_file (letter, place, name, media, file) values (?1, ?2, ?3, ?4, ?5)",
            values![id, place, &one.name, &one.media, one.file.as_str()],
        )?;
    }
    Ok(id)
}

/// What became of a letter: its state (waiting, sent, kept) and when it was sent.
pub fn fate(db: &mut Db, letter: Uuid) -> Stored<(String, Option<Moment>)> {
    db.one("select state, sent_at from letter where id = ?1", values![letter], |row| {
        Ok((row.get(0)?, row.get::<Option<i64>>(1)?.map(Moment)))
    })
}

/// A letter as the outbox shows it.
#[derive(Clone, Debug)]
pub struct Written {
    pub id: Uuid,
    pub letter: Letter,
    pub state: String,
    pub at: Moment,
}

/// The latest letters, newest first.
pub fn outbox(db: &mut Db, most: i64) -> Stored<Vec<Written>> {
    db.all(
        "select id, recipient, subject, body, secret, state, written_at from letter order by written_at desc, id desc limit ?1",
        values![most],
        |row| {
            Ok(Written {
                id: row.get(0)?,
                letter: Letter { to: row.get(1)?, subject: row.get(2)?, body: row.get(3)?, secret: row.get(4)? },
                state: row.get(5)?,
                at: Moment(row.get(6)?),
            })
        },
    )
}

/// The ways out and in: a mail server with the address that letters come from, or none; a mailbox, or none.
#[derive(Clone)]
pub struct Post {
    out: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    inbox: Option<Inbox>,
}

/// Why a mail server's address cannot be used.
#[derive(Debug)]
pub struct BadAddress(pub String);

impl Post {
    pub fn none() -> Self {
        Self { out: None, inbox: None }
    }

    /// The same with a mailbox that is read.
    #[must_use]
    pub fn reading(self, inbox: Option<Inbox>) -> Self {
        Self { inbox, ..self }
    }

    pub fn inbox(&self) -> Option<Inbox> {
        self.inbox.clone()
    }

    /// `smtp://user:password@host:587?tls=required`, and «Меридиан <no-reply@example.ru>».
    pub fn smtp(url: &str, from: &str) -> Result<Self, BadAddress> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| BadAddress(error.to_string()))?;
        let from = from.parse().map_err(|error| BadAddress(format!("{from}: {error}")))?;
        let transport = transport.timeout(Some(std::time::Duration::from_secs(20))).build();
        Ok(Self { out: Some((transport, from)), inbox: None })
    }
}

pub fn jobs(jobs: &mut Jobs, store: &Store, files: &Files, post: Post) {
    let (store, files) = (store.clone(), files.clone());
    jobs.on(move |job: Send| {
        let (store, files, post) = (store.clone(), files.clone(), post.clone());
        async move { send(&store, &files, &post, job.letter).await }
    });
}

async fn send(store: &Store, files: &Files, post: &Post, id: Uuid) -> Result<(), Failed> {
    let (letter, state, with) = store
        .read(move |db| {
            let (letter, state) = db.one(
                "select recipient, subject, body, secret, state from letter where id = ?1",
                values![id],
                |row| {
                    Ok((
                        Letter {
                            to: row.get(0)?,
                            subject: row.get(1)?,
                            body: row.get(2)?,
                            secret: row.get(3)?,
                        },
                        row.get::<String>(4)?,
                    ))
                },
            )?;
            Ok((letter, state, files_of(db, id)?))
        })
        .await?;
    if state == "sent" {
        return Ok(());
    }
    let state = match &post.out {
        None => "kept",
        Some((transport, from)) => {
            let mut parts = Vec::new();
            for one in with {
                let bytes = files.load(one.file).await.map_err(|error| Failed::Retry(error.to_string()))?;
                parts.push((one.name, one.media, bytes));
            }
            let message =
                message(&letter, parts, from, id).map_err(|error| Failed::Never(error.to_string()))?;
            transport.send(message).await.map_err(|error| {
                if error.is_permanent() {
                    Failed::Never(error.to_string())
                } else {
                    Failed::Retry(error.to_string())
                }
            })?;
            "sent"
        }
    };
    let marked = move |work: &mut Work| {
        let now = work.now();
        work.run("update letter set state = ?2, sent_at = ?3 where id = ?1", values![id, state, now])
            .map(|_| ())
    };
    store.write(Who::system(), marked).await.map_err(|fault: Fault| Failed::Retry(fault.to_string()))
}

fn files_of(db: &mut Db, letter: Uuid) -> Stored<Vec<LetterFile>> {
    db.all(
        "select name, media, file from letter_file where letter = ?1 order by place",
        values![letter],
        |row| {
            let file = Hash::parse(&row.get::<String>(2)?).ok_or_else(|| Fault::data("a file's hash"))?;
            Ok(LetterFile { name: row.get(0)?, media: row.get(1)?, file })
        },
    )
}

/// `parts` are the files: name, media type, content.
fn message(
    letter: &Letter,
    parts: Vec<(String, String, Vec<u8>)>,
    from: &Mailbox,
    id: Uuid,
) -> Result<Message, Box<dyn std::error::Error>> {
    let to: Mailbox = letter.to.parse()?;
    let host = from.email.domain();
    let message = Message::builder()
        .from(from.clone())
        .to(to)
        .message_id(Some(format!("<{}@{host}>", id.simple())))
        .subject(&letter.subject);
    if parts.is_empty() {
        return Ok(message.header(ContentType::TEXT_PLAIN).body(letter.body.clone())?);
    }
    let mut whole = MultiPart::mixed().singlepart(SinglePart::plain(letter.body.clone()));
    for (name, media, bytes) in parts {
        whole = whole.singlepart(Attachment::new(name).body(bytes, ContentType::parse(&media)?));
    }
    Ok(message.multipart(whole)?)
}
