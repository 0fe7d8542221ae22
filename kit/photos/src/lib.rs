//! Photos as telephones take them: HEIC, which only few browsers show, made into JPEG.
use std::sync::Mutex;

use heifer::Options;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageDecoder as _};

/// How a HEIC photo is called by its content.
pub const HEIC: &str = "image/heif";
/// The largest photo, in pixels: four times that of a good telephone.
const LARGEST: u64 = 50_000_000;
/// Letters of a passport stay sharp.
const QUALITY: u8 = 88;

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("HEIC: {0}")]
    Heic(#[from] heifer::Error),
    #[error("JPEG: {0}")]
    Jpeg(#[from] image::ImageError),
    #[error("more pixels than any camera has")]
    Large,
}

/// One photo at a time: twelve megapixels take a second of work and a hundred and fifty megabytes.
static TABLE: Mutex<()> = Mutex::new(());

/// The photo as JPEG, turned as it was held. CPU work: call it from a blocking thread.
pub fn as_jpeg(heic: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let _alone = TABLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let photo = heifer::decode_with_options(heic, &Options { max_threads: 1, max_pixels: LARGEST })?;
    let pixels: Vec<u8> =
        photo.to_rgba8().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(
        &pixels,
        photo.width,
        photo.height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}

/// The longer side of a portrait, in pixels: a face fills a screen with it.
const PORTRAIT: u32 = 1280;

/// A photo of a person as a JPEG of modest size, turned as it was held, with nothing of where and when it was taken. `media` is what the
/// content itself shows. CPU work: call it from a blocking thread.
pub fn portrait(photo: &[u8], media: &str) -> Result<Vec<u8>, Unreadable> {
    let jpeg;
    let photo = if media == HEIC {
        jpeg = as_jpeg(photo)?;
        &jpeg
    } else {
        photo
    };
    let _alone = TABLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reader = image::ImageReader::new(std::io::Cursor::new(photo))
        .with_guessed_format()
        .map_err(image::ImageError::IoError)?;
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(10_000), Some(10_000));
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    if decoder.total_bytes() > LARGEST * 4 {
        return Err(Unreadable::Large);
    }
    let turned = decoder.orientation()?;
    let mut drawn = image::DynamicImage::from_decoder(decoder)?;
    drawn.apply_orientation(turned);
    if drawn.width().max(drawn.height()) > PORTRAIT {
        drawn = drawn.thumbnail(PORTRAIT, PORTRAIT);
    }
    let mut small = Vec::new();
    JpegEncoder::new_with_quality(&mut small, QUALITY).encode_image(&drawn.to_rgb8())?;
    Ok(small)
}

/// Width and height of a whole PNG or JPEG, in pixels; none for what cannot be drawn or is larger than `most` on a side. CPU work:
/// call it from a blocking thread.
pub fn size(picture: &[u8], most: u32) -> Option<(u32, u32)> {
    let mut reader = image::ImageReader::new(std::io::Cursor::new(picture)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(most), Some(most));
    reader.limits(limits);
    let drawn = reader.decode().ok()?;
    Some((drawn.width(), drawn.height()))
}
