//! What proves a result years later, on a machine that has neither the database nor the system: chains of hashed steps, a Merkle tree
//! of what a day has finished, signatures of Ed25519 (RFC 8032). Formats are plain texts, told in docs/proof.ru.md.
mod chain;
mod key;
mod token;
mod tree;

pub use chain::{Step, hash_of};
pub use key::{Broken, Public, Signer};
pub use token::{token, token_time};
pub use tree::{Day, root};
