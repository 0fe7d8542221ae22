//! The demonstration centre «Меридиан»: filled through the same code and the same pages as people use, with the clock
//! turned back, so that learners stand at every point of the way.
mod centre;
mod group;
mod people;
mod staff;
mod tale;

pub use centre::{LOGINS, PASSWORD, drafted, found, publish, publish_one};
pub use group::accept;
pub use people::{Applicant, Wants, applicant};
pub use tale::{apply, attest, keys, sit, study};

use anyhow::Context;
use indicatif::ProgressBar;
use post::Post;
use regulations::{Centre, Demonstration};
use store::{Fault, Who};
use words::{Clock, Moment};

use crate::app::{App, Parts, build};
use crate::config::Config;
use crate::folder::Folder;

/// The texts of the folder `demo`: (path below it, content).
pub const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demo.rs"));

pub fn text(path: &str) -> anyhow::Result<&'static str> {
    TEXTS
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, text)| *text)
        .with_context(|| format!("нет файла demo/{path}"))
}

/// Fills an empty folder; a demonstration that is already whole is left as it is, a real centre is refused.
pub fn fill(config: &Config, folder: &Folder) -> anyhow::Result<()> {
    let now = Clock::system().now();
    let clock = Clock::at(now.plus_days(-tale::DAYS));
    let store = folder.store(config, clock.clone())?;
    let files = folder.files()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let is_real = match store.read(Centre::load).await {
            Ok(_) => true,
            Err(Fault::Missing) => false,
            Err(fault) => return Err(fault.into()),
        };
        match store.read(Centre::demonstration).await? {
            Demonstration::Whole => return Ok(()),
            Demonstration::Half => anyhow::bail!(
                "демонстрация в {} не дописана: удалите папку и начните снова",
                config.data.display()
            ),
            Demonstration::None if is_real => anyhow::bail!(
                "в {} настоящий центр: для демонстрации нужна пустая папка",
                config.data.display()
            ),
            Demonstration::None => {
                store.write(Who::system(), |work| Centre::mark_demonstration(work, false)).await?;
            }
        }
        println!("Готовим демонстрацию: это занимает около минуты.");
        let centre = centre::found(&store).await?;
        let base_url = config.base_url();
        let parts = Parts {
            store: store.clone(),
            files: files.clone(),
            post: Post::none(),
            base_url,
            demo: true,
            behind_proxy: false,
            brand: centre.brand(),
            probe: false,
        };
        let app = build(parts);
        centre::publish(&app, &files).await?;
        play(&app, &clock, now).await?;
        Ok(store.write(Who::system(), |work| Centre::mark_demonstration(work, true)).await?)
    })
}

/// Plays all events in the order of time, doing what is due after each.
async fn play(app: &App, clock: &Clock, now: Moment) -> anyhow::Result<()> {
    let events = tale::events(now);
    let bar = ProgressBar::new(events.len() as u64);
    let mut cast = tale::Cast::default();
    for event in events {
        clock.set(event.at);
        app.house.store.write(store::Who::system(), trainer::leave_the_next).await?;
        app.jobs.drain(&app.house.store).await?;
        cast.play(app, clock, &event).await.with_context(|| format!("{:?}", event.deed))?;
        app.jobs.drain(&app.house.store).await?;
        bar.inc(1);
    }
    clock.set(now);
    app.jobs.drain(&app.house.store).await?;
    bar.finish_and_clear();
    let dead = app.house.store.dead_jobs().await?;
    anyhow::ensure!(dead.is_empty(), "задания не выполнены: {dead:?}");
    Ok(())
}
