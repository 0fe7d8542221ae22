//! A document in Typst markup with its data, made into a tagged PDF; knows nothing of certificates.
mod bind;
mod desk;
mod press;
mod qr;

pub use bind::is_readable;
pub use press::{Paper, Press, Unprintable};
pub use qr::qr;
