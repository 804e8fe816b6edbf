//! Three portable SQL types, and how our own types travel through them.
//!
//! | SQL type      | PostgreSQL    | SQLite                                   | Rust           |
//! |---------------|---------------|------------------------------------------|----------------|
//! | [`DbUuid`]    | `uuid`        | text, 36 characters                      | the typed ids, `Uuid` through [`Id`] |
//! | [`DbInstant`] | `timestamptz` | text, RFC 3339 in UTC with microseconds  | [`At`]         |
//! | [`DbJson`]    | `jsonb`       | text checked by `json_valid`             | [`Json`]       |
//!
//! The SQLite forms have a fixed width, so that they sort as text like the values they stand for.

use super::conn::MultiBackend;
use crate::kernel::{Instant, ids};
use chrono::{DateTime, SecondsFormat, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{self, HasSqlType, SqlType, Text},
    sqlite::Sqlite,
};
use serde_json::Value;
use uuid::Uuid;

/// SQL type of identifiers.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Text"))]
pub struct DbUuid;

/// SQL type of moments.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Text"))]
pub struct DbInstant;

/// SQL type of documents.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
pub struct DbJson;

impl sql_types::SqlOrd for DbUuid {}
impl sql_types::SqlOrd for DbInstant {}

/// A moment in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbInstant)]
pub struct At(pub Instant);

/// A document in a row.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbJson)]
pub struct Json(pub Value);

/// An identifier in a row whose entity is not known by its type (the perimeter of a right, say).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbUuid)]
pub struct Id(pub Uuid);

impl From<Instant> for At {
    fn from(instant: Instant) -> Self {
        Self(instant)
    }
}

impl From<At> for Instant {
    fn from(at: At) -> Self {
        at.0
    }
}

impl From<Uuid> for Id {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

/// Forwards a Rust type to whichever database is open.
macro_rules! sur_les_deux {
    ($sql:ident, $rust:ty) => {
        impl FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(valeur: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                valeur.from_sql::<$rust, $sql>()
            }
        }

        impl ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
    };
}

macro_rules! metadonnees {
    ($($sql:ident),+) => { $(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(recherche: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(recherche)
            }
        }
    )+ };
}

metadonnees!(DbUuid, DbInstant, DbJson);
sur_les_deux!(DbInstant, At);
sur_les_deux!(DbJson, Json);
sur_les_deux!(DbUuid, Id);

impl ToSql<DbUuid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<DbUuid, Pg> for Id {
    fn from_sql(valeur: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(valeur.as_bytes())?))
    }
}

impl ToSql<DbUuid, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<DbUuid, Sqlite> for Id {
    fn from_sql(valeur: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<String as FromSql<Text, Sqlite>>::from_sql(valeur)?.parse()?))
    }
}

impl ToSql<DbInstant, Pg> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <DateTime<Utc> as ToSql<sql_types::Timestamptz, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<DbInstant, Pg> for At {
    fn from_sql(valeur: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<sql_types::Timestamptz, Pg>>::from_sql(valeur).map(Self)
    }
}

impl ToSql<DbInstant, Sqlite> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_rfc3339_opts(SecondsFormat::Micros, true));
        Ok(IsNull::No)
    }
}

impl FromSql<DbInstant, Sqlite> for At {
    fn from_sql(valeur: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let texte = <String as FromSql<Text, Sqlite>>::from_sql(valeur)?;
        Ok(Self(DateTime::parse_from_rfc3339(&texte)?.with_timezone(&Utc)))
    }
}

impl ToSql<DbJson, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        use std::io::Write;
        out.write_all(&[JSONB_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl FromSql<DbJson, Pg> for Json {
    fn from_sql(valeur: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        match valeur.as_bytes().split_first() {
            Some((&JSONB_VERSION, document)) => Ok(Self(serde_json::from_slice(document)?)),
            _ => Err("jsonb d'une version inconnue".into()),
        }
    }
}

/// First byte of the binary form of `jsonb`.
const JSONB_VERSION: u8 = 1;

impl ToSql<DbJson, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl FromSql<DbJson, Sqlite> for Json {
    fn from_sql(valeur: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&<String as FromSql<Text, Sqlite>>::from_sql(valeur)?)?))
    }
}

/// Lets a type that knows nothing of diesel stand in queries for a SQL type.
#[macro_export]
macro_rules! expression_sql {
    ($sql:ty, $rust:ty) => {
        $crate::expression_sql!(@un $sql, $rust, $rust);
        $crate::expression_sql!(@un $sql, $rust, &'__e $rust);

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Nullable<$sql>, DB> for $rust
        where DB: diesel::backend::Backend, Self: diesel::serialize::ToSql<$sql, DB> {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<$sql, DB>::to_sql(self, out)
            }
        }

        impl<DB> diesel::deserialize::Queryable<$sql, DB> for $rust
        where DB: diesel::backend::Backend, Self: diesel::deserialize::FromSql<$sql, DB> {
            type Row = Self;
            fn build(valeur: Self) -> diesel::deserialize::Result<Self> { Ok(valeur) }
        }
    };
    (@un $sql:ty, $rust:ty, $forme:ty) => {
        impl<'__e> diesel::expression::AsExpression<$sql> for $forme {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression { diesel::internal::derives::as_expression::Bound::new(self) }
        }

        impl<'__e> diesel::expression::AsExpression<diesel::sql_types::Nullable<$sql>> for $forme {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression { diesel::internal::derives::as_expression::Bound::new(self) }
        }
    };
}

/// Lets closed lists declared by `enum_texte!` stand in queries as text.
#[macro_export]
macro_rules! enum_sql {
    ($($rust:ty),+ $(,)?) => { $(
        $crate::expression_sql!(diesel::sql_types::Text, $rust);

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $rust
        where DB: diesel::backend::Backend, str: diesel::serialize::ToSql<diesel::sql_types::Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $rust
        where DB: diesel::backend::Backend, String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB> {
            fn from_sql(valeur: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(valeur)?.parse::<$rust>()?)
            }
        }
    )+ };
}

macro_rules! identifiants_sql {
    ($($id:ident),+) => { $(
        crate::expression_sql!(DbUuid, ids::$id);
        sur_les_deux!(DbUuid, ids::$id);

        impl ToSql<DbUuid, Pg> for ids::$id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                use std::io::Write;
                out.write_all(self.uuid().as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl ToSql<DbUuid, Sqlite> for ids::$id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.to_string());
                Ok(IsNull::No)
            }
        }

        impl FromSql<DbUuid, Pg> for ids::$id {
            fn from_sql(valeur: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
                <Id as FromSql<DbUuid, Pg>>::from_sql(valeur).map(|id| Self::new(id.0))
            }
        }

        impl FromSql<DbUuid, Sqlite> for ids::$id {
            fn from_sql(valeur: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                <Id as FromSql<DbUuid, Sqlite>>::from_sql(valeur).map(|id| Self::new(id.0))
            }
        }
    )+ };
}

pour_chaque_identifiant!(identifiants_sql);
