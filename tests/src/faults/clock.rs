//! The machine's clock is moved under a running server.
use anyhow::{Context, ensure};
use axum::http::StatusCode;
use kafedra::config::Config;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use super::{Scene, Sitting, Toll, everybody};
use crate::hall::QUESTIONS;

const HOUR: i64 = 3600;

/// The clock of a server that is started with `environment`; nobody else's.
pub struct Hand {
    file: fs::File,
    library: String,
    position: String,
}

impl Hand {
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let path =
            |name: &str| folder.join(name).into_os_string().into_string().ok().context("a path in words");
        let (source, library, position) = (path("clock.c")?, path("clock.so")?, path("clock")?);
        fs::write(&source, include_str!("clock.c"))?;
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o", &library, &source]).status()?;
        ensure!(built.success(), "cc: {built}");
        // Written in place: a file cut to nothing would take the page away under the server.
        let hand = Self { file: fs::File::create(&position)?, library, position };
        hand.shift(0)?;
        Ok(hand)
    }

    /// So many seconds from the machine's own time.
    pub fn shift(&self, seconds: i64) -> anyhow::Result<()> {
        Ok(self.file.write_all_at(&seconds.to_ne_bytes(), 0)?)
    }

    pub fn environment(&self) -> [(&str, &str); 2] {
        [("LD_PRELOAD", &self.library), ("MOVED_CLOCK", &self.position)]
    }
}

/// An hour back, then half an hour forward in the middle of everybody's attempt; at last past every deadline, so that the
/// attempts end by themselves with what was acknowledged.
pub async fn moved(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    let hand = Hand::new(&config.data)?;
    let mut scene = Scene::set(binary, config, learners, &hand.environment()).await?;
    for (round, moved) in [0, -HOUR, HOUR / 2].into_iter().enumerate() {
        hand.shift(moved)?;
        scene.sittings = everybody(std::mem::take(&mut scene.sittings), move |mut sitting| async move {
            for seat in 0..QUESTIONS {
                sitting.answer(seat, (seat + round) % 3).await?;
            }
            Ok(sitting)
        })
        .await?;
    }
    hand.shift(3 * HOUR)?;
    let mut toll = Toll { faults: 3, ..Toll::default() };
    for sitting in &mut scene.sittings {
        let (_, late) = Sitting::step(0, 1);
        let refused = sitting.client.send(&format!("{}/answers", sitting.attempt), &late).await?;
        ensure!(refused.status == StatusCode::CONFLICT, "a late answer: {}", refused.status);
    }
    scene.ended_by_themselves(&mut toll).await?;
    Ok(toll)
}
