//! `IN (…)` whose statement is kept.
//!
//! The `eq_any` of diesel on a list is prepared again at each use, since its text changes with the
//! number of values: on the path of every request (who may see this patient?) this cost more than the
//! query itself. Here the list is filled up to a power of two with its last value: a few texts serve all
//! lengths, and the statement of each is prepared once a connection.

use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    serialize::ToSql,
    sql_types::{Bool, HasSqlType, SingleValue},
};

/// See [`parmi`].
#[derive(Debug, Clone)]
pub struct Parmi<C, V> {
    colonne: C,
    valeurs: Vec<V>,
}

/// True when the column holds one of the values; never for an empty list.
pub fn parmi<C, V: Clone>(colonne: C, mut valeurs: Vec<V>) -> Parmi<C, V> {
    if let Some(derniere) = valeurs.last().cloned() {
        valeurs.resize(valeurs.len().next_power_of_two(), derniere);
    }
    Parmi { colonne, valeurs }
}

impl<C: Expression, V> Expression for Parmi<C, V> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<Source>, V, Source> AppearsOnTable<Source> for Parmi<C, V> {}

impl<C: SelectableExpression<Source>, V, Source> SelectableExpression<Source> for Parmi<C, V> {}

impl<C: ValidGrouping<Groupe>, V, Groupe> ValidGrouping<Groupe> for Parmi<C, V> {
    type IsAggregate = C::IsAggregate;
}

impl<C, V> QueryId for Parmi<C, V> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V, B> QueryFragment<B> for Parmi<C, V>
where
    C: Expression + QueryFragment<B>,
    C::SqlType: SingleValue,
    B: Backend + HasSqlType<C::SqlType>,
    V: ToSql<C::SqlType, B>,
{
    fn walk_ast<'b>(&'b self, mut sql: AstPass<'_, 'b, B>) -> QueryResult<()> {
        let Some((premiere, suivantes)) = self.valeurs.split_first() else {
            sql.push_sql("1 = 0");
            return Ok(());
        };
        self.colonne.walk_ast(sql.reborrow())?;
        sql.push_sql(" IN (");
        sql.push_bind_param::<C::SqlType, V>(premiere)?;
        for valeur in suivantes {
            sql.push_sql(", ");
            sql.push_bind_param::<C::SqlType, V>(valeur)?;
        }
        sql.push_sql(")");
        Ok(())
    }
}
