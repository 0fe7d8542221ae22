//! A learner's own copy of a material: whose it is stands at the foot of each page (п. 3.11.4).
use std::sync::LazyLock;

use files::{Files, Hash};
use library::{Body, Media, Resource, Show};
use papers::{Paper, Press};
use regulations::prose;
use serde_json::json;
use tokio::sync::Semaphore;
use words::{Day, FullName};

/// A larger PDF is given as it is: stamping it would keep the others waiting. Bytes.
const LARGEST: i64 = 20 * 1024 * 1024;
/// Stamping is heavy on the processor: no more at once than there are cores.
static STAMPS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)));

/// Whose copy it is, and from which day.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub name: FullName,
    pub day: Day,
    /// Of the centre, for the foot of a page.
    pub centre: String,
}

impl Owner {
    fn words(&self) -> String {
        format!("{}, {}. Для личного пользования. {}", self.name, self.day.dotted(), self.centre)
    }
}

/// A file with the name that its reader sees.
pub(crate) struct PersonalCopy {
    pub name: String,
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

/// `markdown` is that of a text. A text becomes a PDF; what has no pages stays as it is.
pub(crate) async fn personal_copy(
    files: &Files,
    resource: &Resource,
    markdown: String,
    owner: &Owner,
) -> anyhow::Result<PersonalCopy> {
    let title = resource.title.clone();
    match &resource.body {
        Body::Text => {
            let owner = owner.clone();
            let name = format!("{title}.pdf");
            let bytes = blocking(move || printed(&title, &markdown, &owner)).await?;
            Ok(PersonalCopy { name, media: "application/pdf", bytes })
        }
        Body::File { media, file, size, .. } => {
            let bytes = of_file(files, *media, file.clone(), *size, &title, owner).await?;
            Ok(PersonalCopy { name: format!("{title}.{}", media.ending), media: media.name, bytes })
        }
    }
}

/// A stored file; a PDF bears the learner's name. One that cannot be stamped (encrypted, broken) is given as it is, and the log says so.
pub(crate) async fn of_file(
    files: &Files,
    media: Media,
    file: Hash,
    size: i64,
    title: &str,
    owner: &Owner,
) -> anyhow::Result<Vec<u8>> {
    let bytes = files.load(file.clone()).await?;
    if media.show != Show::Pdf || size > LARGEST {
        return Ok(bytes);
    }
    let (words, title, at) = (owner.words(), title.to_owned(), words::Moment::midnight(owner.day).0);
    let original = bytes.clone();
    match blocking(move || Ok(Press::new().stamp(bytes, &words, &title, at)?)).await {
        Ok(stamped) => Ok(stamped),
        Err(why) => {
            tracing::warn!(%file, %why, "a material could not be stamped");
            Ok(original)
        }
    }
}

async fn blocking(
    work: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static,
) -> anyhow::Result<Vec<u8>> {
    let _one = STAMPS.acquire().await?;
    tokio::task::spawn_blocking(work).await?
}

fn printed(title: &str, markdown: &str, owner: &Owner) -> anyhow::Result<Vec<u8>> {
    let (heading, rest) = prose::title_and_rest(markdown);
    let data =
        json!({ "title": heading.unwrap_or(title), "blocks": prose::blocks(rest), "owner": owner.words() });
    let at = words::Moment::midnight(owner.day).0;
    let template = include_str!("../templates/material.typ");
    Ok(Press::new().print(&Paper { template, data: &data, files: &[], title, at })?)
}
