//! The pictures of one question: found beside its texts or inside them, checked, named.
use std::collections::btree_map::{BTreeMap, Entry};

use base64::{Engine, alphabet, engine};

use super::html::{self, Media, Piece, pieces};
use super::{Picture, fault::Fault};

/// A file that lies beside a text, not yet decoded.
pub struct Attached<'a> {
    /// Its path in the text, without a leading slash.
    pub path: String,
    pub content: Content<'a>,
}

/// As the file holds it.
pub enum Content<'a> {
    Base64(&'a str),
    Bytes(Vec<u8>),
}

impl Content<'_> {
    /// A picture, or why it is none.
    pub fn picture(&self, path: &str) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Base64(text) => decoded(path, text),
            Self::Bytes(bytes) => checked(path, bytes.clone()),
        }
    }
}

#[derive(Default)]
pub struct Pictures {
    pub kept: Vec<Picture>,
    /// What was left out, in words for a teacher.
    pub dropped: Vec<String>,
}

const HEAVIEST: usize = 5 << 20;
/// Of a recording.
const HEAVIEST_SOUND: usize = 10 << 20;
const BESIDE: &str = "@@PLUGINFILE@@/";

const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new().with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
);

impl Pictures {
    /// Cleaned HTML in which each picture is shown as `picture:NAME`; one from another site is dropped.
    pub fn settle(&mut self, html: &str, files: &[Attached<'_>]) -> Result<String, Fault> {
        let mut settled = String::with_capacity(html.len());
        let mut shown: BTreeMap<&str, String> = BTreeMap::new();
        for piece in pieces(html) {
            let media = match piece {
                Piece::Words(words) => {
                    settled.push_str(words);
                    continue;
                }
                Piece::Media(media) => media,
            };
            let src = media.src.as_str();
            let name = if let Some(wanted) = src.strip_prefix(BESIDE) {
                let file = beside(files, wanted).ok_or_else(|| Fault::NoPicture(percent_decoded(wanted)))?;
                match shown.entry(&file.path) {
                    Entry::Occupied(shown) => shown.into_mut().clone(),
                    Entry::Vacant(new) => new.insert(self.keep(&file.path, &file.content)?).clone(),
                }
            } else if let Some(data) = src.strip_prefix("data:") {
                let name = format!("рисунок-{}", self.kept.len() + 1);
                match data.split_once(";base64,") {
                    Some((_, base64)) => self.keep(&name, &Content::Base64(base64))?,
                    None => return Err(Fault::NotAPicture(name)),
                }
            } else {
                let what = if media.is_sound { "запись" } else { "рисунок" };
                let src = html::shortened(src, 100);
                self.dropped.push(format!("{what} «{src}» отброшен: в файл не вложено"));
                continue;
            };
            // What it is the bytes say.
            let is_sound = self.kept.iter().any(|kept| kept.name == name && is_sound(&kept.bytes));
            settled += &Media { is_sound, ..media }.tag(&format!("picture:{name}"));
        }
        for file in files.iter().filter(|file| !shown.contains_key(file.path.as_str())) {
            self.dropped.push(format!("файл «{}» отброшен: текст не показывает его как рисунок", file.path));
        }
        Ok(settled)
    }

    /// A picture that stands by itself, as `picture:NAME`.
    pub fn alone(&mut self, file: &Attached<'_>) -> Result<String, Fault> {
        Ok(format!("picture:{}", self.keep(&file.path, &file.content)?))
    }

    /// The name under which the picture is kept: the same bytes are kept once.
    fn keep(&mut self, path: &str, content: &Content) -> Result<String, Fault> {
        let bytes = content.picture(path)?;
        if let Some(same) = self.kept.iter().find(|picture| picture.bytes == bytes) {
            return Ok(same.name.clone());
        }
        let plain: String = path
            .rsplit('/')
            .next()
            .unwrap_or(path)
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '.' || c == '-' { c } else { '_' })
            .collect();
        let mut name = plain.clone();
        for number in 2.. {
            if self.kept.iter().all(|picture| picture.name != name) {
                break;
            }
            name = format!("{number}-{plain}");
        }
        self.kept.push(Picture { name: name.clone(), bytes });
        Ok(name)
    }
}

fn beside<'a, 'b>(files: &'a [Attached<'b>], wanted: &str) -> Option<&'a Attached<'b>> {
    let bare = wanted.split('?').next().unwrap_or(wanted);
    let decoded = percent_decoded(bare);
    files.iter().find(|file| [wanted, bare, decoded.as_str()].contains(&file.path.as_str()))
}

pub fn decoded(path: &str, base64: &str) -> Result<Vec<u8>, Fault> {
    let letters = || base64.bytes().filter(|byte| !byte.is_ascii_whitespace());
    if letters().count() / 4 * 3 > HEAVIEST_SOUND + 2 {
        return Err(Fault::HeavyPicture(path.to_owned()));
    }
    let bytes =
        BASE64.decode(letters().collect::<Vec<_>>()).map_err(|_| Fault::NotBase64(path.to_owned()))?;
    checked(path, bytes)
}

/// Whether it is a recording that browsers play: MP3, Ogg, WAV or M4A.
pub fn is_sound(bytes: &[u8]) -> bool {
    sound_kind(bytes).is_some()
}

/// Its media type; none: it is no recording.
pub fn sound_kind(bytes: &[u8]) -> Option<&'static str> {
    // An MP3 without a tag begins with a frame: MPEG-1 or MPEG-2, layer III.
    let is_frame = matches!(bytes, [0xff, 0xfa | 0xfb | 0xf2 | 0xf3, ..]);
    if is_frame { Some("audio/mpeg") } else { files::kind_among(bytes, &SOUNDS) }
}

/// As their content shows itself.
const SOUNDS: [&str; 4] = ["audio/mpeg", "audio/ogg", "audio/x-wav", "audio/m4a"];

/// A picture of a kind that browsers show, or a recording that they play, of modest size.
pub fn checked(path: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if is_sound(&bytes) {
        return if bytes.len() > HEAVIEST_SOUND {
            Err(Fault::HeavyPicture(path.to_owned()))
        } else {
            Ok(bytes)
        };
    }
    match bytes.as_slice() {
        heavy if heavy.len() > HEAVIEST => Err(Fault::HeavyPicture(path.to_owned())),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..]
        | [0xff, 0xd8, 0xff, ..]
        | [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..]
        | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(bytes),
        _ => Err(Fault::NotAPicture(path.to_owned())),
    }
}

/// `%D1%85.png` as `х.png`; what is not so written stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|hex| first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
