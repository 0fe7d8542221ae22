//! The machine's clock is moved under a running server.
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;

use super::{Scene, Sitting, Toll, everybody};
use crate::hall::QUESTIONS;

const HOUR: i64 = 3600;

/// An hour back, then half an hour forward in the middle of everybody's attempt; at last past every deadline, so that the
/// attempts end by themselves with what was acknowledged.
pub async fn moved(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    let (source, library, hand) =
        (config.data.join("clock.c"), config.data.join("clock.so"), config.data.join("clock"));
    fs::write(&source, include_str!("clock.c"))?;
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status()?;
    ensure!(built.success(), "cc: {built}");
    // Written in place: a file cut to nothing would take the page away under the server.
    let file = fs::File::create(&hand)?;
    let shift = |seconds: i64| file.write_all_at(&seconds.to_ne_bytes(), 0);
    shift(0)?;
    let environment = [
        ("LD_PRELOAD", library.to_str().context("a path in words")?),
        ("MOVED_CLOCK", hand.to_str().context("a path in words")?),
    ];
    let mut scene = Scene::set(binary, config, learners, &environment).await?;
    for (round, moved) in [0, -HOUR, HOUR / 2].into_iter().enumerate() {
        shift(moved)?;
        scene.sittings = everybody(std::mem::take(&mut scene.sittings), move |mut sitting| async move {
            for seat in 0..QUESTIONS {
                sitting.answer(seat, (seat + round) % 3).await?;
            }
            Ok(sitting)
        })
        .await?;
    }
    shift(3 * HOUR)?;
    let mut toll = Toll { faults: 3, ..Toll::default() };
    for sitting in &mut scene.sittings {
        let (_, late) = Sitting::step(0, 1);
        let refused = sitting.client.send(&format!("{}/answers", sitting.attempt), &late).await?;
        ensure!(refused.status == StatusCode::CONFLICT, "a late answer: {}", refused.status);
    }
    // Nobody presses «Завершить»: the job of the deadline does it.
    let began = Instant::now();
    let open = "select cast(count(*) as bigint) from attempt where finished_at is null";
    while scene.store.read(move |db| db.count(open, &[])).await? > 0 {
        ensure!(began.elapsed() < Duration::from_mins(1), "the attempts do not end by themselves");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for sitting in &scene.sittings {
        sitting.count(&scene.store, &mut toll).await?;
    }
    Ok(toll)
}
