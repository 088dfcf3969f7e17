//! The relations and views for other engines over the same files, in their own SQL.

use std::fmt::{Display, Write};

use modeldb_warehouse::Relation;

use crate::views::{ALL, View};

/// An engine's SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Spark SQL with `delta-spark`.
    Spark,
    /// DuckDB, with its `delta` extension where it reads Delta tables.
    DuckDb,
    /// Trino with its Delta Lake connector.
    Trino,
}

/// What the relations are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// The Delta tables.
    Delta,
    /// The copies that `modeldb publish` writes.
    Parquet,
}

/// What is said otherwise than in DataFusion's SQL.
type Phrases = [(&'static str, &'static str)];

const SPARK: &Phrases = &[
    (
        "map(array_agg(name order by name), array_agg(value order by name))",
        "map_from_entries(array_sort(collect_list(struct(name, value))))",
    ),
    ("unnest(", "explode("),
    (
        "(extract(epoch from r.ended_at) - extract(epoch from r.started_at)) * 1000",
        "(unix_micros(r.ended_at) - unix_micros(r.started_at)) / 1000",
    ),
    ("cast(null as varchar)", "cast(null as string)"),
    ("\"user\"", "`user`"),
];

const DUCKDB: &Phrases = &[("cardinality(", "len("), ("array_sort(", "list_sort(")];

const TRINO: &Phrases = &[
    (
        "map(array_agg(name order by name), array_agg(value order by name))",
        "map_agg(name, value)",
    ),
    (
        "select unnest(source_columns) as column_name, model_id, estimator, kind, role, status, \
         dataset_id,\n         run_id, project, started_at\n  from models",
        "select u.column_name, model_id, estimator, kind, role, status, dataset_id, run_id, project, \
         started_at\n  from models cross join unnest(source_columns) as u (column_name)",
    ),
    (
        "unnest(parent_state_ids) as parent_state_id, occurred_at\n  from actions\n  union",
        "u.parent_state_id, occurred_at\n  from actions cross join unnest(parent_state_ids) as u \
         (parent_state_id)\n  union",
    ),
    ("isnan(", "is_nan("),
    (
        "extract(epoch from r.ended_at) - extract(epoch from r.started_at)",
        "to_unixtime(r.ended_at) - to_unixtime(r.started_at)",
    ),
];

/// Functions of ours that an engine can be taught, and their meaning there.
const SPARK_FUNCTIONS: &[&str] = &[
    "number(value string) returns double return try_cast(trim(value) as double)",
    "map_number(entries map<string, string>, name string) returns double \
     return try_cast(trim(entries[name]) as double)",
    "directed(value double, larger_is_better boolean) returns double return \
     case when isnan(value) then null when larger_is_better = false then -value else value end",
];

const DUCKDB_FUNCTIONS: &[&str] = &[
    "number(value) as try_cast(trim(value) as double)",
    "map_number(entries, name) as try_cast(trim(entries[name]) as double)",
    "directed(value, larger_is_better) as \
     case when isnan(value) then null when larger_is_better = false then -value else value end",
];

impl Dialect {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "spark" => Some(Self::Spark),
            "duckdb" => Some(Self::DuckDb),
            "trino" => Some(Self::Trino),
            _ => None,
        }
    }

    /// Statements that make every relation of the warehouse at `url`, every view, and functions
    /// where the engine has some of its users' own, known. Those of Trino are for the schema of
    /// the session.
    pub fn statements(self, url: &str, tables: Tables) -> String {
        let mut all = String::new();
        for relation in Relation::ALL {
            let _ = writeln!(all, "{};\n", self.relation(url, relation, tables));
        }
        for view in ordered() {
            let name = view.name;
            let comment = view.comment();
            let query = self.query(view);
            // A view that stays cannot name relations that do not.
            let kind = match self {
                Self::Spark => "temporary view",
                Self::DuckDb | Self::Trino => "view",
            };
            let _ = writeln!(
                all,
                "-- {comment}\ncreate or replace {kind} {name} as\n{query};\n"
            );
        }
        let (create, functions) = match self {
            // Spark 4 and later.
            Self::Spark => ("create or replace temporary function", SPARK_FUNCTIONS),
            Self::DuckDb => ("create or replace macro", DUCKDB_FUNCTIONS),
            Self::Trino => ("", [].as_slice()),
        };
        for function in functions {
            let _ = writeln!(all, "{create} {function};\n");
        }
        all
    }

    /// The query of a view.
    pub fn query(self, view: View) -> String {
        let phrases = match self {
            Self::Spark => SPARK,
            Self::DuckDb => DUCKDB,
            Self::Trino => TRINO,
        };
        let mut query = view.query().to_owned();
        for (ours, theirs) in phrases {
            query = query.replace(ours, theirs);
        }
        query
    }

    fn relation(self, url: &str, relation: Relation, tables: Tables) -> impl Display {
        let name = relation.name();
        let url = url.trim_end_matches('/').replace('\'', "''");
        let parquet = format!("{url}/parquet/{name}.parquet");
        match (self, tables) {
            (Self::Spark, Tables::Delta) => {
                format!(
                    "create or replace temporary view {name} as select * from delta.`{url}/{name}`"
                )
            }
            (Self::Spark, Tables::Parquet) => {
                format!(
                    "create or replace temporary view {name} as select * from parquet.`{parquet}`"
                )
            }
            (Self::DuckDb, Tables::Delta) => {
                format!("create or replace view {name} as select * from delta_scan('{url}/{name}')")
            }
            (Self::DuckDb, Tables::Parquet) => {
                format!("create or replace view {name} as select * from read_parquet('{parquet}')")
            }
            (Self::Trino, _) => format!(
                "call delta.system.register_table(schema_name => current_schema, table_name => '{name}', \
                 table_location => '{url}/{name}')"
            ),
        }
    }
}

/// The views, each after those that it names.
fn ordered() -> Vec<View> {
    let names = |view: &View, other: &View| {
        let mut words = view
            .query()
            .split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word == other.name)
    };
    let mut waiting: Vec<View> = ALL.to_vec();
    let mut ordered: Vec<View> = Vec::new();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<View>, Vec<View>) = waiting.iter().partition(|view| {
            let mut others = waiting.iter().filter(|other| other.name != view.name);
            !others.any(|other| names(view, other))
        });
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_come_after_what_they_name() {
        let names: Vec<_> = ordered().into_iter().map(|view| view.name).collect();
        let place = |name| names.iter().position(|known| *known == name);
        assert!(place("final_metrics") < place("leaderboard"));
        assert!(place("leaderboard") < place("best_models"));
        assert_eq!(names.len(), ALL.len());
    }

    /// A phrase that no view has any more would be a view that is not translated.
    #[test]
    fn every_phrase_is_said() {
        for phrases in [SPARK, DUCKDB, TRINO] {
            for (ours, _) in phrases {
                let mut views = ALL.iter();
                assert!(views.any(|view| view.query().contains(ours)), "{ours}");
            }
        }
    }
}
