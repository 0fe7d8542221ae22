//! `kafedra`: serve | demo | migrate | backup | restore | archive | verify | change-key | admin | questions.
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kafedra::commands;
use kafedra::config::{Config, Flags};

/// The system's allocator keeps what many threads have freed: 19 MiB a password hash came to 500 MB after a hundred
/// sign-ins; this one gives it back (docs/decisions/0009).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Distance learning for providers of additional professional education.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// A TOML file of settings; `kafedra.toml` is read if it is there
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the centre
    Serve,
    /// Fill an empty folder with the demonstration centre and serve it
    Demo {
        /// Fill the folder and stop
        #[arg(long)]
        fill_only: bool,
    },
    /// Bring the schema up and stop
    Migrate,
    /// Write a backup while the server works
    Backup { file: PathBuf },
    /// Restore a backup into an empty data folder
    Restore { file: PathBuf },
    /// Write an archive of results into a new folder, or a file whose name ends with .zip, while the server works
    Archive {
        folder: PathBuf,
        /// The first day, as 2026-11-26
        #[arg(long)]
        from: Option<String>,
        /// The last day; today
        #[arg(long)]
        until: Option<String>,
    },
    /// Check an archive of results, a folder or a ZIP; needs no data folder
    Verify {
        folder: PathBuf,
        /// The number of the key that the centre has named
        #[arg(long)]
        key: Option<String>,
    },
    /// Change the key that days are signed with
    ChangeKey {
        /// The key is gone: a new one that nothing vouches for
        #[arg(long)]
        lost: bool,
    },
    /// Accounts of the staff
    #[command(subcommand)]
    Admin(Admin),
    /// The question bank
    #[command(subcommand)]
    Questions(Questions),
}

#[derive(Subcommand)]
enum Admin {
    /// Make an account: the password is asked for or read from standard input
    Create {
        login: String,
        #[arg(long, default_value = "administrator")]
        role: String,
        /// Family name, given name and patronymic
        #[arg(long)]
        name: String,
    },
}

#[derive(Subcommand)]
enum Questions {
    /// Read a GIFT or Moodle XML file into a bank
    Import {
        file: PathBuf,
        /// The bank's code: a programme's own bank has the programme's code
        #[arg(long)]
        bank: String,
        /// Put every question under this topic instead of its category's first word
        #[arg(long)]
        topic: Option<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = Config::load(arguments.config.as_deref(), &arguments.flags).and_then(|config| match arguments
        .command
    {
        Command::Serve => commands::serve(&config),
        Command::Demo { fill_only } => commands::demo(&config, fill_only),
        Command::Migrate => commands::migrate(&config),
        Command::Backup { file } => commands::backup(&config, &file),
        Command::Restore { file } => commands::restore(&config, &file),
        Command::Archive { folder, from, until } => {
            commands::write_archive(&config, &folder, from.as_deref(), until.as_deref())
        }
        Command::Verify { folder, key } => commands::verify(&folder, key.as_deref()),
        Command::ChangeKey { lost } => commands::change_key(&config, lost),
        Command::Admin(Admin::Create { login, role, name }) => {
            commands::create_account(&config, &login, &role, &name)
        }
        Command::Questions(Questions::Import { file, bank, topic }) => {
            commands::import_questions(&config, &file, &bank, topic.as_deref())
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Не вышло: {error:#}");
            ExitCode::FAILURE
        }
    }
}
