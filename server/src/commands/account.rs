//! `admin create`: the first accounts of a centre.
use std::io::{BufRead, IsTerminal};

use accounts::person::{Person, add_account, grant, with_login};
use accounts::{Passwords, Role};
use anyhow::{Context, bail};
use store::Who;
use words::{Clock, FullName, Sex};

use super::on_a_runtime;
use crate::config::Config;
use crate::folder::Folder;

pub fn create_account(config: &Config, login: &str, role: &str, name: &str) -> anyhow::Result<()> {
    let role = Role::parse(role)
        .context("роли: head, methodist, teacher, learner, customer, administrator, auditor")?;
    let mut parts = name.split_whitespace();
    let (family, given) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let name = FullName::parse(family, given, &parts.collect::<Vec<_>>().join(" "))?;
    let password = ask_password()?;
    Passwords::check(&password, login)?;
    let store = Folder::open(&config.data)?.store(config, Clock::system())?;
    let login = login.to_owned();
    on_a_runtime(async {
        let hash = Passwords::hash(password).await.map_err(|failure| anyhow::anyhow!(failure.cause))?;
        let added = store
            .write(Who::system(), move |work| {
                if with_login(work, &login)?.is_some() {
                    return Ok(false);
                }
                let sex = name.sex().unwrap_or(Sex::Female);
                let person =
                    Person { name: name.clone(), sex, birthday: None, snils: None, phone: None, email: None };
                let person = Person::add(work, &person)?;
                add_account(work, person, &login, Some(&hash))?;
                grant(work, person, role)?;
                Ok(true)
            })
            .await?;
        if !added {
            bail!("такой логин уже есть");
        }
        println!("Готово: можно входить.");
        Ok(())
    })
}

/// Unseen at a terminal; a line of standard input for a script.
fn ask_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("Пароль: ")?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
