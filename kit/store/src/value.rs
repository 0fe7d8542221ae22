//! What both engines hold: the values that go into a statement and come out of a column.
use postgres::types::{IsNull, ToSql, Type};
use uuid::Uuid;
use words::{Day, Moment};

/// A value that both engines hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
}

macro_rules! becomes {
    ($($from:ty => $kind:ident),* $(,)?) => {
        $(impl From<$from> for Value { fn from(value: $from) -> Self { Self::$kind(value.into()) } })*
    };
}
becomes!(i64 => Int, u32 => Int, f64 => Real, bool => Bool, &str => Text, String => Text, &String => Text, Vec<u8> => Bytes, Uuid => Uuid);

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}
impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Int(moment.0)
    }
}
impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Text(day.to_string())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a column can become: i64, f64, bool, String, bytes, Uuid, and an Option of each.
pub trait Column: rusqlite::types::FromSql + for<'a> postgres::types::FromSql<'a> {}
impl<T: rusqlite::types::FromSql + for<'a> postgres::types::FromSql<'a>> Column for T {}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(rusqlite::types::Null.into()),
            Self::Int(value) => rusqlite::ToSql::to_sql(value),
            Self::Real(value) => rusqlite::ToSql::to_sql(value),
            Self::Bool(value) => rusqlite::ToSql::to_sql(value),
            Self::Text(value) if value.contains('\0') => Ok(value.replace('\0', "").into()),
            Self::Text(value) => rusqlite::ToSql::to_sql(value),
            Self::Bytes(value) => rusqlite::ToSql::to_sql(value),
            Self::Uuid(value) => rusqlite::ToSql::to_sql(value),
        }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql_checked(kind, out),
            Self::Real(value) => value.to_sql_checked(kind, out),
            Self::Bool(value) => value.to_sql_checked(kind, out),
            // PostgreSQL's text cannot hold a zero character; SQLite's can. Both get the same: none.
            Self::Text(value) if value.contains('\0') => value.replace('\0', "").to_sql_checked(kind, out),
            Self::Text(value) => value.to_sql_checked(kind, out),
            Self::Bytes(value) => value.to_sql_checked(kind, out),
            Self::Uuid(value) => value.to_sql_checked(kind, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    postgres::types::to_sql_checked!();
}
