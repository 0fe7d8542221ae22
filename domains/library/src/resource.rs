//! A learning resource (ЭОР) and its latest version.
use files::Hash;
use regulations::prose;
use store::{Db, Fault, Stored, Work, values};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Resource {
    pub id: Uuid,
    pub version: Uuid,
    pub module: String,
    pub title: String,
    pub obligatory: bool,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Its cleaned HTML is loaded apart, by [`html`]: a plan lists many and shows one.
    Text,
    Pdf {
        file: Hash,
        size: i64,
    },
}

/// Every resource of a programme in its latest version, by module and place. The caller has shown that the person may
/// see the programme's materials (п. 3.11.4).
pub fn of_programme(db: &mut Db, programme: Uuid) -> Stored<Vec<Resource>> {
    db.all(
        "select r.id, v.id, r.module, r.title, r.obligatory, v.kind, v.file, v.size
         from resource r join resource_version v on v.resource = r.id
         where r.programme = ?1
           and v.number = (select max(w.number) from resource_version w where w.resource = r.id)
         order by r.module, r.position, r.id",
        values![programme],
        |row| {
            let body = if row.get::<String>(5)?.as_str() == "text" {
                Body::Text
            } else {
                let file = Hash::parse(&row.get::<String>(6)?).ok_or_else(|| Fault::data("a file's hash"))?;
                Body::Pdf { file, size: row.get(7)? }
            };
            Ok(Resource {
                id: row.get(0)?,
                version: row.get(1)?,
                module: row.get(2)?,
                title: row.get(3)?,
                obligatory: row.get(4)?,
                body,
            })
        },
    )
}

/// The cleaned HTML of a text.
pub fn html(db: &mut Db, version: Uuid) -> Stored<String> {
    db.one("select coalesce(html, '') from resource_version where id = ?1", values![version], |row| {
        row.get(0)
    })
}

/// What a new resource brings: Markdown, or a stored PDF with its size in bytes.
#[derive(Clone, Debug)]
pub enum New {
    Markdown(String),
    Pdf { file: Hash, size: i64 },
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
    let (kind, body, html, file, size) = match new {
        New::Markdown(text) => ("text", Some(text.as_str()), Some(prose::html(text)), None, None),
        New::Pdf { file, size } => ("pdf", None, None, Some(file.as_str()), Some(*size)),
    };
    work.run(
        "insert into resource_version (id, resource, number, kind, body, html, file, size, created_at)
         values (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![Uuid::now_v7(), id, kind, body, html, file, size, now],
    )?;
    work.note("resource.added", id)?;
    Ok(id)
}
