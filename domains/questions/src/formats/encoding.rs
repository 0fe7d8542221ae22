//! From bytes to text: UTF-8, UTF-16 with a byte order mark, or windows-1251.
use super::Unreadable;

/// Letters of windows-1251 from 0x80 to 0xBF; А…я follow in the order of Unicode. 0x98 means nothing.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

const NOT_TEXT: &str = "это не текст: в файле есть нулевые байты";

/// The text with `\n` for every line break and no other control characters but the tab.
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8(bytes).or_else(|fault| windows1251(bytes).ok_or(fault))?,
    };
    if let Some(nul) = text.find('\0') {
        return Err(unreadable(&text.as_bytes()[..nul], NOT_TEXT));
    }
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<String, Unreadable> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let why = if bytes.contains(&0) {
            NOT_TEXT
        } else {
            "испорчена кодировка; сохраните файл в UTF-8"
        };
        unreadable(&bytes[..error.valid_up_to()], why)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| unreadable(&[], "испорчена кодировка UTF-16; сохраните файл в UTF-8"))
}

/// Only for a file that never was UTF-8: its first letter beyond ASCII already breaks the rules of UTF-8.
fn windows1251(bytes: &[u8]) -> Option<String> {
    let first = bytes.iter().position(|byte| !byte.is_ascii())?;
    let whole_letter = bytes[first..].utf8_chunks().next().is_some_and(|chunk| !chunk.valid().is_empty());
    if whole_letter || bytes.contains(&0x98) || bytes.contains(&0) {
        return None;
    }
    let upper: Vec<char> = UPPER.chars().chain('А'..='я').collect();
    Some(
        bytes
            .iter()
            .map(|&byte| upper.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(byte.into()))
            .collect(),
    )
}

fn unreadable(before: &[u8], why: &str) -> Unreadable {
    Unreadable { line: 1 + line_breaks(before), why: why.to_owned() }
}

pub fn line_breaks(text: &[u8]) -> usize {
    text.split(|&byte| byte == b'\n').count() - 1
}
