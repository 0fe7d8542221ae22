//! The copies of an application as one PDF: photos are pages, pages of PDFs stay as they are (п. 3.11.1).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Path;
use files::Files;
use maud::html;
use papers::Press;
use store::{Db, Stored};
use uuid::Uuid;
use web::{Failure, Reply};

use crate::copies::{Attached, Verdict};

/// Copies that are still kept.
pub struct Kept(Vec<Attached>);

impl Kept {
    /// Those of one application, but for what was sent back.
    pub(crate) fn of_application(db: &mut Db, application: Uuid) -> Stored<Self> {
        let all = Attached::all_of(db, application)?;
        let kept = |one: &Attached| one.file.is_some() && one.verdict != Verdict::Rejected;
        Ok(Self(all.into_iter().filter(kept).collect()))
    }

    /// Those of all applications by which a person was enrolled.
    pub fn of_person(db: &mut Db, person: Uuid) -> Stored<Self> {
        let applications: Vec<Uuid> = db.all(
            "select a.id from application a join enrolment e on e.id = a.enrolment
             where e.person = ?1 order by a.created_at, a.id",
            store::values![person],
            |row| row.get(0),
        )?;
        let mut kept = Self(Vec::new());
        for application in applications {
            kept.0.extend(Self::of_application(db, application)?.0);
        }
        Ok(kept)
    }

    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Each copy as it came, under a name of its own. Blocks.
    pub fn each(&self, files: &Files) -> Result<Vec<(String, Vec<u8>)>, files::Lost> {
        let kept = self.0.iter().enumerate().filter_map(|(n, copy)| Some((n, copy, copy.file.as_ref()?)));
        kept.map(|(n, copy, file)| {
            let name = format!("{:02} {}", n + 1, copy.name.replace(['/', '\\', '\0'], "-"));
            Ok((name, files.get_sealed(file)?))
        })
        .collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One PDF of all. `at`: its date, unix milliseconds. The error is the name of the copy that cannot be read. CPU work: call it from a
    /// blocking thread.
    pub fn bind(&self, files: &Files, title: &str, at: i64) -> Result<Vec<u8>, String> {
        let mut parts = Vec::new();
        let press = Press::new();
        for copy in &self.0 {
            let Some(file) = &copy.file else { continue };
            let bytes = files.get_sealed(file).map_err(|_| copy.name.clone())?;
            if copy.media == "application/pdf" && !papers::is_readable(&bytes) {
                return Err(copy.name.clone());
            }
            parts.push(if copy.media == photos::HEIC {
                photos::as_jpeg(&bytes).map_err(|_| copy.name.clone())?
            } else {
                bytes
            });
        }
        press.bind(&parts, title, at).map_err(|_| {
            // Which of them it was is asked only when the whole does not come out.
            let alone = |part: &Vec<u8>| press.bind(std::slice::from_ref(part), title, at).is_err();
            let place = parts.iter().position(alone).unwrap_or_default();
            self.0
                .iter()
                .filter(|copy| copy.file.is_some())
                .nth(place)
                .map_or_else(String::new, |copy| copy.name.clone())
        })
    }
}

/// All copies of an application. That somebody has taken them stays in the journal.
pub(crate) async fn send(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let kept = visit
        .write(move |work| {
            work.note("copies.taken", id)?;
            Kept::of_application(work, id)
        })
        .await?;
    if kept.is_empty() {
        return Err(Failure::missing());
    }
    let (files, at) = (visit.house.files.clone(), visit.now.0);
    let binding = tokio::task::spawn_blocking(move || kept.bind(&files, "Копии документов", at));
    match binding.await.map_err(Failure::broken)? {
        Ok(pdf) => Ok(web::download("application/pdf", "Копии документов.pdf", pdf)),
        Err(why) => {
            tracing::warn!(application = %id, why, "copies are not bound");
            let body = html! {
                main.dash #main {
                    p.crumb { a href={ "/checks/" (id) } { "Заявление" } }
                    div.dash-head { h1 { "Не собрать в один файл" } }
                    p { "Не читается «" (why) "»: файл повреждён или закрыт паролем. Откройте копии по одной и попросите прислать испорченную ещё раз." }
                }
            };
            visit.again("Не собрать в один файл", Frame::Office("/applications"), body)
        }
    }
}
