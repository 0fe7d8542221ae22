//! What the staff of the demonstration do beside the learners' tale.
use anyhow::Context;

use super::centre::PASSWORD;
use crate::app::App;
use crate::guest::Guest;

/// The commission accepts the written work that waits longest, by all of its criteria.
pub async fn accept_work(app: &App) -> anyhow::Result<()> {
    let teacher = Guest::new(&app.router);
    teacher.sign_in("teacher", PASSWORD).await?;
    let work = teacher.get("/works").await?.ok()?.link("/works/").context("no work waits")?;
    let page = teacher.get(&work).await?.ok()?;
    let met: Vec<_> =
        (0..page.body.matches("name=\"met\"").count()).map(|place| ("met", place.to_string())).collect();
    teacher.post(&work, &met).await?.ok()?;
    Ok(())
}

/// The methodist switches the account of blanks on and takes in ten, from this number.
pub async fn take_blanks(app: &App, first: &str) -> anyhow::Result<()> {
    let methodist = Guest::new(&app.router);
    methodist.sign_in("methodist", PASSWORD).await?;
    methodist.post("/blanks/switch", &[("on", "yes")]).await?.ok()?;
    let batch = [("kind", "certificate"), ("series", "ПК"), ("first", first), ("amount", "10")];
    methodist.post("/blanks", &batch).await?.ok()?;
    Ok(())
}
