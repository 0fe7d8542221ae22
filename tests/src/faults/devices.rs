//! One learner at two devices with two tabs each, all answering at once.
use std::path::Path;

use kafedra::config::Config;
use kafedra::demo::PASSWORD;
use uuid::Uuid;

use super::{Scene, Sitting, Toll, everybody};
use crate::client::Client;
use crate::hall::QUESTIONS;

/// Everything that any of the four was told is kept; what is chosen last, at whichever device, counts.
pub async fn two_with_two_tabs(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    let mut scene = Scene::set(binary, config, learners, &[]).await?;
    scene.sittings = everybody(std::mem::take(&mut scene.sittings), at_four_tabs).await?;
    let mut toll = Toll { faults: 4 * learners, ..Toll::default() };
    scene.end(&mut toll).await?;
    Ok(toll)
}

async fn at_four_tabs(own: Sitting) -> anyhow::Result<Sitting> {
    let mut other_device = Client::new(own.client.address());
    other_device.sign_in(&own.login, PASSWORD).await?;
    let others = [own.client.tab(), other_device.tab(), other_device].map(|client| own.beside(client));
    let mut tabs = vec![own];
    tabs.extend(others);
    let mut tabs = everybody(tabs, |mut tab| async move {
        let by_chance = usize::from(Uuid::new_v4().as_bytes()[0]);
        for n in 0..2 * QUESTIONS {
            tab.answer(n % QUESTIONS, (n + by_chance) % 3).await?;
        }
        Ok(tab)
    })
    .await?;
    // Now one after another, each seat last at another tab.
    for seat in 0..QUESTIONS {
        tabs[(seat + 1) % 4].answer(seat, (seat + 1) % 3).await?;
        tabs[seat % 4].answer(seat, seat % 3).await?;
    }
    let mut own = tabs.remove(0);
    for tab in tabs {
        own.keys.extend(tab.keys);
        own.repeated += tab.repeated;
    }
    own.chosen = (0..QUESTIONS).map(|seat| (seat, seat % 3)).collect();
    Ok(own)
}
