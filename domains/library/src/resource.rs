//! A learning resource (ЭОР) and its latest version.
use files::Hash;
use regulations::prose;
use store::{Db, Fault, Row, Stored, Work, values};
use uuid::Uuid;

use crate::Media;

#[derive(Clone, Debug)]
pub struct Resource {
    pub id: Uuid,
    pub version: Uuid,
    pub programme: Uuid,
    pub module: String,
    pub title: String,
    pub obligatory: bool,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Its cleaned HTML is loaded apart, by [`html`]: a plan lists many and shows one.
    Text,
    File {
        media: Media,
        file: Hash,
        /// Bytes.
        size: i64,
        /// Of a video: subtitles are loaded apart, by [`subtitles`].
        has_subtitles: bool,
    },
}

macro_rules! resources {
    ($rest:literal) => {
        concat!(
            "select r.id, v.id, r.module, r.title, r.obligatory, v.kind, v.file, v.size, v.media, \
                    cast(case when v.subtitles is null then 0 else 1 end as bigint), r.programme \
             from resource r join resource_version v on v.resource = r.id \
             where v.number = (select max(w.number) from resource_version w where w.resource = r.id) and ",
            $rest
        )
    };
}

fn read(row: &Row) -> Stored<Resource> {
    let body = if row.get::<String>(5)?.as_str() == "text" {
        Body::Text
    } else {
        let file = Hash::parse(&row.get::<String>(6)?).ok_or_else(|| Fault::data("a file's hash"))?;
        let media = row.get::<Option<String>>(8)?.unwrap_or_else(|| "application/pdf".to_owned());
        let media = Media::named(&media).ok_or_else(|| Fault::data("a media type"))?;
        Body::File { media, file, size: row.get(7)?, has_subtitles: row.get::<i64>(9)? == 1 }
    };
    Ok(Resource {
        id: row.get(0)?,
        version: row.get(1)?,
        module: row.get(2)?,
        title: row.get(3)?,
        obligatory: row.get(4)?,
        body,
        programme: row.get(10)?,
    })
}

impl Resource {
    /// Any resource, the withdrawn ones too: for those who write programmes.
    pub fn find(db: &mut Db, id: Uuid) -> Stored<Self> {
        db.one(resources!("r.id = ?1"), values![id], read)
    }
}

/// Every resource of a programme in its latest version, by module and place. The caller has shown that the person may
/// see the programme's materials (п. 3.11.4).
pub fn of_programme(db: &mut Db, programme: Uuid) -> Stored<Vec<Resource>> {
    db.all(
        resources!("r.programme = ?1 and r.withdrawn_at is null order by r.module, r.position, r.id"),
        values![programme],
        read,
    )
}

/// The cleaned HTML of a text.
pub fn html(db: &mut Db, version: Uuid) -> Stored<String> {
    db.one("select coalesce(html, '') from resource_version where id = ?1", values![version], |row| {
        row.get(0)
    })
}

/// The Markdown that a text was written in.
pub fn markdown(db: &mut Db, version: Uuid) -> Stored<String> {
    db.one("select coalesce(body, '') from resource_version where id = ?1", values![version], |row| {
        row.get(0)
    })
}

/// WebVTT of a video that has it.
pub fn subtitles(db: &mut Db, version: Uuid) -> Stored<String> {
    let subtitles: Option<String> =
        db.one("select subtitles from resource_version where id = ?1", values![version], |row| row.get(0))?;
    subtitles.ok_or(Fault::Missing)
}

/// What a resource brings: Markdown, or a stored file with its size in bytes.
#[derive(Clone, Debug)]
pub enum New {
    Markdown(String),
    File { media: Media, file: Hash, size: i64, subtitles: Option<String> },
}

/// Adds a resource to a module's set, after those already there.
pub fn add(
    work: &mut Work,
    programme: Uuid,
    module: &str,
    title: &str,
    obligatory: bool,
    new: &New,
) -> Stored<Uuid> {
    let (id, now) = (Uuid::now_v7(), work.now());
    let position = 1 + work.count(
        "select cast(coalesce(max(position), 0) as bigint) from resource where programme = ?1 and module = ?2",
        values![programme, module],
    )?;
    work.run(
        "insert into resource (id, programme, module, position, title, author, obligatory, created_at)
         values (?1, ?2, ?3, ?4, ?5, '', ?6, ?7)",
        values![id, programme, module, position, title, obligatory, now],
    )?;
    add_version(work, id, 1, new)?;
    work.note("resource.added", id)?;
    Ok(id)
}

/// Gives a resource another title or set and, where there is something new, its next version: who studied the one before has
/// studied it.
pub fn renew(work: &mut Work, id: Uuid, title: &str, obligatory: bool, new: Option<&New>) -> Stored<()> {
    work.run(
        "update resource set title = ?2, obligatory = ?3 where id = ?1",
        values![id, title, obligatory],
    )?;
    if let Some(new) = new {
        let number = 1 + work.count(
            "select cast(max(number) as bigint) from resource_version where resource = ?1",
            values![id],
        )?;
        add_version(work, id, number, new)?;
    }
    work.note("resource.renewed", id)
}

/// Takes a resource out of the set; what was studied stays.
pub fn withdraw(work: &mut Work, id: Uuid) -> Stored<()> {
    let now = work.now();
    work.run(
        "update resource set withdrawn_at = ?2 where id = ?1 and withdrawn_at is null",
        values![id, now],
    )?;
    work.note("resource.withdrawn", id)
}

fn add_version(work: &mut Work, resource: Uuid, number: i64, new: &New) -> Stored<()> {
    let now = work.now();
    let (kind, body, html, file, size, media, subtitles) = match new {
        New::Markdown(text) => ("text", Some(text.as_str()), Some(prose::html(text)), None, None, None, None),
        New::File { media, file, size, subtitles } => {
            ("file", None, None, Some(file.as_str()), Some(*size), Some(media.name), subtitles.as_deref())
        }
    };
    work.run(
        "insert into resource_version (id, resource, number, kind, body, html, file, size, media, subtitles, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        values![Uuid::now_v7(), resource, number, kind, body, html, file, size, media, subtitles, now],
    )?;
    Ok(())
}
