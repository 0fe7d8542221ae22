//! What a form about a material brings: a text or a file, its title and set; the same for a new one and for the next version.
use maud::{Markup, html};
use web::{Failure, House, Messages, Upload, parts};

use crate::{Media, New};

/// Characters of a text.
const LONGEST: usize = 200_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    pub module: String,
    pub title: String,
    pub text: String,
    pub subtitles: String,
    pub additional: bool,
}

/// The content of the form, once it is checked.
pub(crate) enum Brought {
    Text(String),
    File(Media, Vec<u8>),
}

impl Typed {
    pub(crate) fn of(upload: &Upload) -> Self {
        Self {
            module: upload.text("module").to_owned(),
            title: upload.text("title").to_owned(),
            text: upload.text("text").replace("\r\n", "\n"),
            subtitles: upload.text("subtitles").replace("\r\n", "\n"),
            additional: upload.text("set") == "additional",
        }
    }

    /// The title, and what was brought; nothing brought is for the caller to judge.
    pub(crate) fn check(
        &self,
        file: Option<(String, Vec<u8>)>,
        said: &mut Messages,
    ) -> (Option<String>, Option<Brought>) {
        let title = said.text("title", &self.title, "Название", 255);
        let subtitles = self.subtitles.trim();
        if !subtitles.is_empty() && !subtitles.starts_with("WEBVTT") {
            said.say("subtitles", "Субтитры: текст в формате WebVTT, первая строка «WEBVTT»");
        }
        if file.is_some() && !self.text.trim().is_empty() {
            said.say("text", "Текст: выберите одно, файл или текст. Второе добавьте отдельным материалом");
            return (title, None);
        }
        let brought = match file {
            Some((name, bytes)) => {
                let media = Media::of(&bytes);
                if media.is_none() {
                    said.say(
                        "file",
                        format!("Файл: «{name}» такого вида не открыть. Подойдут PDF, картинки, звук, видео MP4 и WebM, документы Office"),
                    );
                }
                media.map(|media| Brought::File(media, bytes))
            }
            None if self.text.trim().is_empty() => None,
            None => said.text("text", &self.text, "Текст", LONGEST).map(Brought::Text),
        };
        (title, brought)
    }

    /// Stores the file, if there is one.
    pub(crate) async fn keep(&self, house: &House, brought: Brought) -> Result<New, Failure> {
        Ok(match brought {
            Brought::Text(text) => New::Markdown(text),
            Brought::File(media, bytes) => {
                let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
                let subtitles =
                    Some(self.subtitles.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
                let file = house.files.store(bytes).await.map_err(Failure::broken)?;
                New::File { media, file, size, subtitles }
            }
        })
    }

    pub(crate) fn fields(&self, said: &Messages) -> Markup {
        let set = if self.additional { "additional" } else { "obligatory" };
        let sets = [("obligatory", "Обязательный"), ("additional", "Дополнительный")];
        html! {
            (parts::field("title", "Название", &self.title).longest(255).told(said))
            (parts::choices("set", "Комплект", &sets, set, said))
            (parts::file("file", "Файл", ".pdf,.png,.jpg,.jpeg,.gif,.webp,.mp3,.ogg,.m4a,.wav,.mp4,.webm,.docx,.xlsx,.pptx,.odt,.ods,.odp,.doc", "До 64 МБ: PDF, картинка, звук, видео или документ. Или напишите текст ниже", said))
            (parts::area("text", "Текст", &self.text, 12).longest(LONGEST).optional().told(said)
                .tip("Разметка Markdown: «## Заголовок», «- пункт списка», таблицы"))
            (parts::area("subtitles", "Субтитры к видео", &self.subtitles, 3).longest(LONGEST).optional().told(said).tip("WebVTT: помогают тем, кто не слышит или смотрит без звука"))
        }
    }
}
