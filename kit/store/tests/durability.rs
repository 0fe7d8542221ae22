//! kill -9 proves nothing about a power cut: here the log's fsync is seen between each request and its answer.
use std::process::Command;

#[test]
fn every_acknowledgement_follows_an_fsync_of_the_log() {
    let folder = tempfile::TempDir::new().expect("folder");
    let trace = folder.path().join("trace");
    let program = {
        let mut path = std::env::current_exe().expect("path");
        path.pop();
        path.pop();
        path.join("examples/durable")
    };
    let ran = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o"])
        .arg(&trace)
        .arg(&program)
        .arg(folder.path().join("durable.db"))
        .status()
        .expect("strace is not installed: apt-get install strace");
    assert!(ran.success());
    let trace = std::fs::read_to_string(&trace).expect("trace");
    let (mut acknowledged, mut synced) = (0, false);
    for line in trace.lines() {
        if line.contains("sync(") && line.contains("durable.db-wal") {
            synced = true;
        } else if line.contains("\"acknowledged\\n\"") {
            assert!(synced, "acknowledgement {acknowledged} came before the log was on disk");
            (acknowledged, synced) = (acknowledged + 1, false);
        }
    }
    assert_eq!(acknowledged, 10, "{trace}");
}
