//! Serving the centre, real or demonstration.
use std::net::SocketAddr;

use anyhow::{Context, bail};
use post::Post;
use regulations::{Centre, instructions, setup};
use store::{Fault, Who};
use words::Clock;

use super::on_a_runtime;
use crate::app::{App, Parts, build};
use crate::config::Config;
use crate::folder::Folder;

/// How many jobs are under way at once: papers and letters, never more than the machine has cores to spare.
const WORKERS: usize = 2;

pub fn serve(config: &Config) -> anyhow::Result<()> {
    let folder = Folder::lock(&config.data)?;
    log();
    run(config, &folder, false)
}

pub fn demo(config: &Config, fill_only: bool) -> anyhow::Result<()> {
    let folder = Folder::lock(&config.data)?;
    crate::demo::fill(config, &folder)?;
    if fill_only {
        return Ok(());
    }
    let url = config.base_url();
    println!("\nДемонстрация «Меридиан»: {url}\n");
    println!("Вход: {url}/sign-in, пароль у всех {}", crate::demo::PASSWORD);
    for (login, role) in crate::demo::LOGINS {
        println!("  {login:<20} {role}");
    }
    println!();
    log();
    run(config, &folder, true)
}

fn run(config: &Config, folder: &Folder, demo: bool) -> anyhow::Result<()> {
    let store = folder.store(config, Clock::system())?;
    let files = folder.files()?;
    let post = match &config.smtp {
        None => Post::none(),
        Some(url) => {
            let from = config
                .mail_from
                .as_deref()
                .context("к smtp нужен mail_from: адрес, от которого уходят письма")?;
            Post::smtp(url, from).map_err(|bad| anyhow::anyhow!("адрес почты: {}", bad.0))?
        }
    };
    let inbox = config.imap.as_deref().map(post::Inbox::parse).transpose();
    let post = post.reading(inbox.map_err(|bad| anyhow::anyhow!("адрес ящика: {}", bad.0))?);
    let reads = post.inbox().is_some();
    let probe = std::env::var_os("KAFEDRA_PROBE").is_some();
    on_a_runtime(async {
        if !store.read(admissions::key_opens).await? {
            bail!(
                "ключ {} не от этой базы: заявления и копии им не открыть. Верните на его место ключ, с которым центр работал",
                folder.key().display()
            );
        }
        let brand = match store.read(Centre::load).await {
            Ok(centre) => {
                store.write(Who::system(), instructions::enact_missing).await?;
                centre.brand()
            }
            Err(Fault::Missing) => {
                web::Brand { name: "Новый центр".into(), ..web::Brand::default() }
            }
            Err(fault) => return Err(fault.into()),
        };
        if !demo {
            store.write(Who::system(), crate::nightly::leave_the_next).await?;
        }
        store.write(Who::system(), trainer::leave_the_next).await?;
        store.write(Who::system(), trainer::leave_marks).await?;
        if reads {
            store.write(Who::system(), admissions::watch_mail).await?;
        }
        if let Some(key) = setup::key(&store).await? {
            println!("\nЦентра здесь ещё нет. Создайте его: {}/setup/{key}\n", config.base_url());
        }
        let App { router, jobs, house, .. } = build(Parts {
            store: store.clone(),
            files,
            post,
            base_url: config.base_url(),
            demo,
            behind_proxy: config.behind_proxy,
            brand,
            probe,
        });
        jobs.work(&store, WORKERS);
        let listener = tokio::net::TcpListener::bind(&config.listen)
            .await
            .with_context(|| format!("адрес {} занят или недоступен", config.listen))?;
        tracing::info!(listen = config.listen, base_url = house.base_url, "ready");
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                asked_to_stop().await;
                // Pages that follow what happens would hold the server for ever.
                house.live.close();
            })
            .await?;
        Ok(())
    })
}

async fn asked_to_stop() {
    let terminated = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// JSON lines on standard error; `KAFEDRA_LOG` says how much.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KAFEDRA_LOG").unwrap_or_else(|_| "info".into());
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
