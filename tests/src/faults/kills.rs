//! kill -9 under load.
use std::path::Path;
use std::time::Duration;

use kafedra::config::Config;

use super::{Scene, Sitting, Toll};
use crate::hall::Server;

/// `learners` answer through the real server, which is killed `kills` times.
pub async fn under_load(
    binary: &Path,
    config: &Config,
    learners: usize,
    kills: usize,
) -> anyhow::Result<Toll> {
    let mut scene = Scene::set(binary, config, learners, &[]).await?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running: Vec<_> = scene
        .sittings
        .drain(..)
        .map(|sitting| {
            let stopped = stopped.clone();
            tokio::spawn(Sitting::answer_until(sitting, move || *stopped.borrow()))
        })
        .collect();
    for n in 0..kills {
        // Never at the same place of the commit.
        tokio::time::sleep(Duration::from_millis(150 + 37 * (n as u64 % 7))).await;
        scene.server.kill();
        scene.server = Server::start(binary, config, &[]).await?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.send_replace(true);
    for one in running {
        scene.sittings.push(one.await??);
    }
    let mut toll = Toll { faults: kills, ..Toll::default() };
    scene.end(&mut toll).await?;
    Ok(toll)
}
