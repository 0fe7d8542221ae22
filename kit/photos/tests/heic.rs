//! A photo of a telephone can be seen; what is no photo is refused without harm.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use photos::as_jpeg;

/// 240 × 160, drawn for this test: blue above, paper below, a number in between.
const SCAN: &[u8] = include_bytes!("scan.heic");

#[test]
fn a_photo_becomes_jpeg_with_its_colours() {
    let jpeg = as_jpeg(SCAN).unwrap();
    let photo = image::load_from_memory(&jpeg).unwrap().to_rgb8();
    assert_eq!(photo.dimensions(), (240, 160));
    let near = |x, y, colour: [i16; 3]| {
        let seen = photo.get_pixel(x, y).0.map(i16::from);
        seen.iter().zip(colour).all(|(one, other)| (one - other).abs() < 12)
    };
    assert!(near(5, 2, [0x34, 0x40, 0xb0]), "{:?}", photo.get_pixel(5, 2));
    assert!(near(5, 157, [0xfa, 0xf8, 0xf4]), "{:?}", photo.get_pixel(5, 157));
}

#[test]
fn what_is_no_photo_is_refused() {
    assert!(as_jpeg(b"").is_err() && as_jpeg(b"ftypheic").is_err());
    for cut in (0..SCAN.len() / 2).step_by(7) {
        assert!(as_jpeg(&SCAN[..cut]).is_err(), "{cut}");
    }
    // A changed byte gives another picture or an error, and never stops the process.
    for place in 0..SCAN.len() {
        let mut damaged = SCAN.to_vec();
        damaged[place] ^= 0x55;
        let _ = as_jpeg(&damaged);
    }
}

#[test]
fn a_picture_is_measured_only_whole_and_not_too_large() {
    let scan = include_bytes!("scan.jpg");
    assert_eq!(photos::size(scan, 1000), Some((240, 160)));
    assert_eq!(photos::size(scan, 200), None);
    assert_eq!(photos::size(&scan[..100], 1000), None);
    assert_eq!(photos::size(b"<svg/>", 1000), None);
}
