//! A disk that is full, a folder that may not be written. As root on Linux: each is a small file system of its own.
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kafedra::config::Config;

use super::{Scene, Toll, everybody};
use crate::hall::{QUESTIONS, close_protocol, unprinted};

/// A file system in memory, gone with this value.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn new(at: &'a Path, options: &str) -> anyhow::Result<Self> {
        run("mount", &["-t", "tmpfs", "-o", options, "tmpfs", path(at)?])?;
        Ok(Self(at))
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = path(self.0).and_then(|at| run("umount", &["--lazy", at]));
    }
}

fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path in words")
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let done = Command::new(program).args(arguments).status()?;
    ensure!(done.success(), "{program} {arguments:?}: {done}");
    Ok(())
}

/// Everybody answers; the disk fills up, stays full for two seconds, and has room again.
pub async fn full(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    let _disk = Mount::new(&config.data, "size=96m")?;
    // Each refused answer is a line of the log, and there are thousands.
    let mut scene = Scene::set(binary, config, learners, &[("KAFEDRA_LOG", "off")]).await?;
    let until = Instant::now() + Duration::from_secs(6);
    let ballast = config.data.join("ballast");
    let answering = everybody(std::mem::take(&mut scene.sittings), |sitting| {
        sitting.answer_until(move || Instant::now() > until)
    });
    let filling = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_secs(2));
        let mut file = std::fs::File::create(&ballast)?;
        while file.write_all(&[0; 4096]).is_ok() {}
        std::thread::sleep(Duration::from_secs(2));
        std::fs::remove_file(&ballast)
    });
    let (sittings, filled) = tokio::join!(answering, filling);
    scene.sittings = sittings?;
    filled??;
    let mut toll = Toll { faults: 1, ..Toll::default() };
    scene.end(&mut toll).await?;
    ensure!(toll.repeated > 0, "the disk was never full");
    Ok(toll)
}

/// The server says at its start that the folder may not be written. Later only the folder of files may not: answers and
/// marks go on, and the papers of a closed protocol are printed when it may again.
pub async fn not_writable(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    {
        let _disk = Mount::new(&config.data, "ro")?;
        let refused = Command::new(binary).arg("serve").arg("--data").arg(&config.data).output()?;
        let said = String::from_utf8_lossy(&refused.stderr);
        ensure!(!refused.status.success() && said.contains("не открывается на запись"), "it says: {said}");
    }
    let scene = Scene::set(binary, config, learners, &[]).await?;
    let (store, address) = (scene.store.clone(), scene.server.address.clone());
    let files = config.data.join("files");
    let locked = Mount::new(&files, "ro")?;
    let mut toll = Toll { faults: 2, ..Toll::default() };
    // The server lives on while its papers wait.
    let _server = {
        let Scene { store, server, sittings } = scene;
        let sittings = everybody(sittings, |mut sitting| async move {
            for seat in 0..QUESTIONS {
                sitting.answer(seat, seat % 3).await?;
            }
            Ok(sitting)
        })
        .await?;
        for sitting in sittings {
            sitting.end(&store, &mut toll).await?;
        }
        server
    };
    close_protocol(&store, &address).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(
        unprinted(&store).await? > 0 && store.dead_jobs().await?.is_empty(),
        "nothing waits for the folder"
    );
    drop(locked);
    let began = Instant::now();
    while unprinted(&store).await? > 0 {
        ensure!(began.elapsed() < Duration::from_mins(1), "the papers do not come");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(toll)
}
