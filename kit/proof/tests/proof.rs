//! A changed step, leaf or letter is seen; what was proven once is proven by the same numbers for ever.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use proof::{Day, Public, Signer, Step, hash_of, root, token, token_time};
use proptest::prelude::*;

const STEP: Step<'_> = Step {
    attempt: "0196f0f0-0000-7000-8000-000000000001",
    n: 3,
    key: "0196f0f0-0000-4000-8000-000000000002",
    kind: "answer",
    seat: Some(4),
    at: 1_764_155_000_000,
    content: Some("[0,2]"),
};

#[test]
fn numbers_are_frozen() {
    // Attempts of earlier years are checked with these: `printf '%s' … | sha256sum` gives the same.
    assert_eq!(hash_of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let text = "abc\n0196f0f0-0000-7000-8000-000000000001\n3\n0196f0f0-0000-4000-8000-000000000002\nanswer\n4\n1764155000000\n[0,2]";
    assert_eq!(STEP.hash("abc"), hash_of(text.as_bytes()));
    let leaves = ["a", "b", "c"].map(str::to_owned);
    // RFC 6962: ((a b) c).
    assert_eq!(root(&leaves[..1]), hash_of(b"\0a"));
    assert_eq!(root(&leaves), by_hand(&leaves));
}

/// The same tree drawn by hand.
fn by_hand(leaves: &[String; 3]) -> String {
    let bytes = |hex: String| {
        (0..32).map(|n| u8::from_str_radix(&hex[n * 2..n * 2 + 2], 16).unwrap()).collect::<Vec<_>>()
    };
    let leaf = |text: &str| bytes(hash_of(format!("\0{text}").as_bytes()));
    let node = |left: Vec<u8>, right: Vec<u8>| bytes(hash_of(&[vec![1], left, right].concat()));
    let root = node(node(leaf(&leaves[0]), leaf(&leaves[1])), leaf(&leaves[2]));
    root.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn each_part_of_a_step_is_covered() {
    let one = STEP.hash("");
    for other in [
        Step { n: 4, ..STEP },
        Step { key: "x", ..STEP },
        Step { kind: "flag", ..STEP },
        Step { seat: None, ..STEP },
        Step { at: 1, ..STEP },
        Step { content: Some("[0,3]"), ..STEP },
        Step { content: None, ..STEP },
        Step { attempt: "x", ..STEP },
    ] {
        assert_ne!(other.hash(""), one, "{other:?}");
    }
    assert_ne!(STEP.hash("0"), one);
}

#[test]
fn a_key_is_made_once_and_signs_for_ever() {
    let folder = tempfile();
    let path = folder.join("proof.key");
    let signer = Signer::load(&path).unwrap();
    let day =
        Day { number: 1, date: "2026-11-26".to_owned(), before: String::new(), leaves: 0, root: root(&[]) };
    let signature = signer.sign(&day.statement());
    let public = Public::parse(&signer.public().to_string()).unwrap();
    assert!(public.holds(&day.statement(), &signature));
    assert!(!public.holds(&Day { number: 2, ..day.clone() }.statement(), &signature));
    assert!(!public.holds(&day.statement(), "AAAA") && !public.holds(&day.statement(), "не base64"));
    let again = Signer::load(&path).unwrap();
    assert_eq!((again.sign("x"), again.public()), (signer.sign("x"), public));
    assert!(Signer::make(&path).unwrap().public() == again.public(), "a key is never overwritten");
    std::fs::write(&path, b"short").unwrap();
    assert!(Signer::load(&path).is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("kafedra-proof-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_token_is_only_the_servers() {
    let ours = token("secret", "attempt", 1_764_155_000_000);
    assert_eq!(token_time("secret", "attempt", &ours), Some(1_764_155_000_000));
    assert_eq!(token_time("other", "attempt", &ours), None);
    assert_eq!(token_time("secret", "other", &ours), None);
    for forged in [
        ours.replacen('1', "2", 1),
        ours[..ours.len() - 1].to_owned(),
        ours.to_uppercase() + "0",
        "1.".to_owned(),
        "я.яя".to_owned(),
        String::new(),
    ] {
        assert_eq!(token_time("secret", "attempt", &forged), None, "{forged}");
    }
}

proptest! {
    #[test]
    fn a_changed_leaf_changes_the_root(leaves in prop::collection::vec("[0-9a-f]{8}", 1..40), at in 0usize..40, more in "[0-9a-f]{8}") {
        let one = root(&leaves);
        let mut other = leaves.clone();
        let at = at % leaves.len();
        other[at] = format!("{}x", other[at]);
        prop_assert_ne!(root(&other), one.clone());
        let mut longer = leaves.clone();
        longer.push(more);
        prop_assert_ne!(root(&longer), one.clone());
        if leaves.len() > 1 && leaves[0] != leaves[1] {
            let mut swapped = leaves.clone();
            swapped.swap(0, 1);
            prop_assert_ne!(root(&swapped), one);
        }
    }
}
