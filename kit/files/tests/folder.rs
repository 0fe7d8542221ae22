//! What the folder of files promises.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use files::{Files, Hash, Lost, kind};

#[test]
fn a_file_comes_back_and_is_stored_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let files = Files::open(folder.path()).unwrap();
    let hash = files.put("Ведомость".as_bytes()).unwrap();
    assert_eq!(files.put("Ведомость".as_bytes()).unwrap(), hash);
    assert_eq!(files.get(&hash).unwrap(), "Ведомость".as_bytes());
}

#[test]
fn a_changed_or_absent_file_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let files = Files::open(folder.path()).unwrap();
    let hash = files.put(b"protocol").unwrap();
    let path = folder.path().join(&hash.as_str()[..2]).join(&hash.as_str()[2..4]).join(hash.as_str());
    std::fs::write(path, b"Protocol").unwrap();
    assert!(matches!(files.get(&hash), Err(Lost::Changed(_))));
    assert!(matches!(files.get(&Hash::of(b"never stored")), Err(Lost::Missing(_))));
}

#[test]
fn only_a_hash_becomes_a_path() {
    assert!(Hash::parse(Hash::of(b"").as_str()).is_some());
    for hostile in ["", "../../etc/passwd", &"A".repeat(64), &"g".repeat(64), &"0".repeat(63)] {
        assert!(Hash::parse(hostile).is_none(), "{hostile}");
    }
}

#[test]
fn content_tells_its_kind_and_not_its_name() {
    assert_eq!(kind(b"%PDF-1.7\n"), Some("application/pdf"));
    assert_eq!(kind(b"\x89PNG\r\n\x1a\n0000"), Some("image/png"));
    assert_eq!(kind(b"MZ\x90\0executable"), None);
    assert_eq!(kind(b"<svg onload=alert(1)>"), None);
}
