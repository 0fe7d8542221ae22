//! Clients that go away in the middle: half a head, half a body, a whole request whose answer nobody waits for.
use std::path::Path;

use kafedra::config::Config;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Scene, Sitting, Toll, everybody};
use crate::hall::QUESTIONS;

/// Each step is first cut somewhere, then sent again with the same key, as a page does that came back.
pub async fn cut_in_the_middle(binary: &Path, config: &Config, learners: usize) -> anyhow::Result<Toll> {
    let mut scene = Scene::set(binary, config, learners, &[]).await?;
    let cuts = 3 * QUESTIONS;
    scene.sittings = everybody(std::mem::take(&mut scene.sittings), |mut sitting| async move {
        for n in 0..cuts {
            let (seat, choice) = (n % QUESTIONS, n / QUESTIONS);
            let (key, step) = Sitting::step(seat, choice);
            let request = sitting.client.text_of(&format!("{}/answers", sitting.attempt), &step);
            // From the first byte to the whole request; every other time without saying goodbye.
            let sent = 1 + (n * 97) % (request.len() * 5 / 4);
            send_part(sitting.client.address(), &request, sent.min(request.len()), n % 2 == 0).await?;
            sitting.send(key, &step, seat, choice).await?;
        }
        Ok(sitting)
    })
    .await?;
    let mut toll = Toll { faults: cuts * learners, ..Toll::default() };
    scene.end(&mut toll).await?;
    Ok(toll)
}

pub(super) async fn send_part(
    address: &str,
    request: &[u8],
    sent: usize,
    abruptly: bool,
) -> anyhow::Result<()> {
    let mut wire = TcpStream::connect(address).await?;
    if abruptly {
        wire.set_zero_linger()?;
    }
    wire.write_all(&request[..sent]).await?;
    Ok(())
}
