//! Kinds of files that a material may be, told by the content (п. 1.3: electronic resources of every usual form).

/// How a browser shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    Pdf,
    Image,
    Audio,
    Video,
    /// Office files are taken home.
    Download,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// As it stands in headers.
    pub name: &'static str,
    pub show: Show,
    /// Of a file taken home, without the dot.
    pub ending: &'static str,
    /// «видео», for lists.
    pub russian: &'static str,
}

const fn media(name: &'static str, show: Show, ending: &'static str, russian: &'static str) -> Media {
    Media { name, show, ending, russian }
}

const ALL: [Media; 18] = [
    media("application/pdf", Show::Pdf, "pdf", "PDF"),
    media("image/png", Show::Image, "png", "картинка"),
    media("image/jpeg", Show::Image, "jpg", "картинка"),
    media("image/gif", Show::Image, "gif", "картинка"),
    media("image/webp", Show::Image, "webp", "картинка"),
    media("audio/mpeg", Show::Audio, "mp3", "звук"),
    media("audio/ogg", Show::Audio, "ogg", "звук"),
    media("audio/m4a", Show::Audio, "m4a", "звук"),
    media("audio/x-wav", Show::Audio, "wav", "звук"),
    media("video/mp4", Show::Video, "mp4", "видео"),
    media("video/webm", Show::Video, "webm", "видео"),
    media(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Show::Download,
        "docx",
        "документ Word",
    ),
    media(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Show::Download,
        "xlsx",
        "таблица Excel",
    ),
    media(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Show::Download,
        "pptx",
        "презентация",
    ),
    media("application/vnd.oasis.opendocument.text", Show::Download, "odt", "документ"),
    media("application/vnd.oasis.opendocument.spreadsheet", Show::Download, "ods", "таблица"),
    media("application/vnd.oasis.opendocument.presentation", Show::Download, "odp", "презентация"),
    media("application/msword", Show::Download, "doc", "документ Word"),
];

impl Media {
    /// By the content; none for what is not let in, whatever its name says.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let names: Vec<&'static str> = ALL.iter().map(|one| one.name).collect();
        Self::named(files::kind_among(bytes, &names)?)
    }

    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|one| one.name == name)
    }
}
