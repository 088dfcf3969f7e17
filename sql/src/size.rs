//! How large a query is once its `WITH` queries stand where they are named.
//!
//! Ten of them that each name the one before twice are a thousand tables, thirty are a
//! billion: that is seen before anything is planned.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectName, Query, Visit, Visitor};

use crate::error::{Error, Result};

/// Tables of one query, at most, each counted as often as it is read.
pub const TABLES_MAX: u64 = 1000;

/// Refuses what would read more than [`TABLES_MAX`] tables.
pub(crate) fn check(statement: &Statement) -> Result<()> {
    let statement = match statement {
        Statement::Statement(statement) => statement,
        Statement::Explain(explain) => return check(&explain.statement),
        _ => return Ok(()),
    };
    let mut counter = Counter::default();
    match statement.visit(&mut counter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::TooLarge(format!(
            "the query reads more than {TABLES_MAX} tables, the limit for one query, when each \
             WITH query counts as often as it is named"
        ))),
    }
}

#[derive(Default)]
struct Counter {
    /// Tables of the queries around the place, the innermost last.
    open: Vec<u64>,
    /// What the queries of a `WITH` are called, by their place in memory.
    names: HashMap<*const Query, String>,
    /// Tables of each.
    known: HashMap<String, u64>,
}

impl Counter {
    fn add(&mut self, tables: u64) -> ControlFlow<()> {
        let Some(open) = self.open.last_mut() else {
            return ControlFlow::Continue(());
        };
        *open = open.saturating_add(tables);
        if *open > TABLES_MAX {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Visitor for Counter {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = table.alias.name.value.to_lowercase();
            self.names.insert(&raw const *table.query, name);
        }
        self.open.push(0);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = self.open.pop().unwrap_or(0);
        match self.names.remove(&(&raw const *query)) {
            Some(name) => {
                self.known.insert(name, tables);
                ControlFlow::Continue(())
            }
            None => self.add(tables),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = relation.to_string().to_lowercase();
        let tables = self.known.get(name.trim_matches('"')).copied();
        self.add(tables.unwrap_or(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;
    use crate::statement::parse;

    fn doubled(times: usize) -> String {
        let mut query = "with t0 as (select * from models)".to_owned();
        for time in 1..=times {
            query += &format!(
                ", T{time} as (select a.model_id from t{} a, \"t{}\" b)",
                time - 1,
                time - 1
            );
        }
        query
            + &format!(" select * from t{times} where model_id in (select model_id from t{times})")
    }

    #[test]
    fn what_a_name_stands_for_counts() {
        for (query, fits) in [
            ("select 1".to_owned(), true),
            (doubled(5), true),
            (doubled(8), true),
            (doubled(9), false),
            (doubled(60), false),
            (format!("explain {}", doubled(30)), false),
            (
                "with recursive n as (select 1 as i union all select i + 1 from n) select * from n"
                    .to_owned(),
                true,
            ),
        ] {
            assert_eq!(
                check(&parse(&GenericDialect {}, &query).unwrap()).is_ok(),
                fits,
                "{query}"
            );
        }
    }
}
