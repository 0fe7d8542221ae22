//! What can go wrong below a page.

/// In kinds that a rule or a page can act upon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no such row, or it is not for this person: the two look the same from outside.
    #[error("no such row for this person")]
    Missing,
    /// A constraint said no; its name or columns.
    #[error("constraint: {0}")]
    Constraint(String),
    /// Another unit got in the way; running again may succeed.
    #[error("another unit got in the way")]
    Again,
    /// Too much is waiting.
    #[error("too much is waiting")]
    Busy,
    /// The disk is full or may not be written.
    #[error("the disk is full or may not be written")]
    Full,
    /// The connection broke while the unit was being kept: it may be kept or not. A replay with the same form key tells.
    #[error("the connection broke while keeping; the outcome is unknown")]
    Unknown,
    #[error("a unit of work panicked")]
    Panic,
    /// What is stored does not read as what it should be.
    #[error("stored data: {0}")]
    Data(String),
    #[error("sql: {0}")]
    Sql(String),
}

pub type Stored<T> = Result<T, Fault>;

impl Fault {
    /// Stored JSON that does not read.
    pub fn data(error: impl std::fmt::Display) -> Self {
        Self::Data(error.to_string())
    }
}

pub(crate) fn of_sqlite(error: rusqlite::Error) -> Fault {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::ConstraintViolation) => Fault::Constraint(error.to_string()),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => Fault::Again,
        Some(Code::DiskFull | Code::ReadOnly | Code::SystemIoFailure | Code::CannotOpen) => Fault::Full,
        _ => Fault::Sql(error.to_string()),
    }
}

pub(crate) fn of_postgres(error: postgres::Error) -> Fault {
    use postgres::error::SqlState as State;
    let Some(refusal) = error.as_db_error() else {
        return if error.is_closed() { Fault::Busy } else { Fault::Sql(causes(&error)) };
    };
    match refusal.code() {
        code if *code == State::T_R_SERIALIZATION_FAILURE || *code == State::T_R_DEADLOCK_DETECTED => {
            Fault::Again
        }
        code if *code == State::LOCK_NOT_AVAILABLE => Fault::Again,
        code if *code == State::DISK_FULL => Fault::Full,
        code if code.code().starts_with("23") => {
            Fault::Constraint(refusal.constraint().unwrap_or_default().to_owned())
        }
        _ => Fault::Sql(refusal.to_string()),
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
