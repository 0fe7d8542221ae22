//! A QR code as SVG, for papers that lead back to the site.
use fast_qr::convert::{Builder, Shape, svg::SvgBuilder};
use fast_qr::qr::QRBuilder;

/// The code of `text`, or nothing if it is too long for one.
pub fn qr(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    Some(SvgBuilder::default().shape(Shape::Square).margin(0).to_str(&code))
}
