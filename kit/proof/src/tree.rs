//! The tree of what a day has finished, as RFC 6962 draws it, and the statement that is signed.
use sha2::{Digest, Sha256};

use crate::chain::hex;

/// The root over the last hashes of the attempts, in the order given: 64 hexadecimal digits. Of no leaves: the hash of nothing.
pub fn root(leaves: &[String]) -> String {
    hex(&node(leaves))
}

/// A leaf is hashed after 0, a node after 1, so neither passes for the other; the left side is the largest power of two below.
fn node(leaves: &[String]) -> Vec<u8> {
    match leaves {
        [] => Sha256::digest([]).to_vec(),
        [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().to_vec(),
        leaves => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256::new()
                .chain_update([1])
                .chain_update(node(left))
                .chain_update(node(right))
                .finalize()
                .to_vec()
        }
    }
}

/// One closed day. Days are numbered without gaps and each names the root before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// From 1.
    pub number: i64,
    /// `2026-11-26`: the centre's own day of the latest attempt in it.
    pub date: String,
    /// Empty for the first.
    pub before: String,
    pub leaves: usize,
    pub root: String,
}

impl Day {
    /// The very text that is signed.
    pub fn statement(&self) -> String {
        let Self { number, date, before, leaves, root } = self;
        format!(
            "kafedra day 1\nnumber {number}\ndate {date}\nbefore {before}\nleaves {leaves}\nroot {root}\n"
        )
    }
}
