//! Views for the common questions: SQL over the relations, in files of their own.
//!
//! The first line of each file is its comment, the following ones those of columns that are
//! not the relations'. `modeldb views` prints them for other engines.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::ViewTable;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use modeldb_warehouse::Relation;

/// A view.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name in SQL.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! views {
    ($($name:literal,)+) => {
        /// All, in the order of their names.
        pub const ALL: &[View] = &[$(View {
            name: $name,
            text: include_str!(concat!("views/", $name, ".sql")),
        },)+];
    };
}

views! {
    "best_models",
    "column_usage",
    "confidence_intervals",
    "current_attributes",
    "failures",
    "feature_ranks",
    "final_metrics",
    "history",
    "leaderboard",
    "lineage",
    "model_summary",
    "project_summary",
    "run_summary",
    "search_results",
    "training_history",
}

/// The view of this name.
pub(crate) fn named(name: &str) -> Option<View> {
    ALL.iter().copied().find(|view| view.name == name)
}

impl View {
    fn header(self) -> impl Iterator<Item = &'static str> {
        let lines = self.text.lines();
        lines.map_while(|line| line.strip_prefix("-- "))
    }

    /// What its rows are.
    pub fn comment(self) -> &'static str {
        self.header().next().unwrap_or_default()
    }

    /// The query.
    pub fn query(self) -> &'static str {
        let header: usize = self.header().map(|line| "-- ".len() + line.len() + 1).sum();
        self.text.get(header..).unwrap_or_default().trim_end()
    }

    /// What a column holds: as the view says, or as a relation does that has it.
    pub fn column_comment(self, column: &str) -> Option<&'static str> {
        let own = self.header().skip(1).find_map(|line| {
            let (name, comment) = line.split_once(": ")?;
            (name == column).then_some(comment)
        });
        own.or_else(|| {
            let mut columns = Relation::ALL.into_iter().flat_map(Relation::columns);
            let found = columns.find(|known| known.name == column);
            found.map(|found| found.comment)
        })
    }

    /// As a table that a query can name; `state` knows the relations.
    pub(crate) async fn table(self, state: &SessionState) -> Result<Arc<dyn TableProvider>> {
        let plan = state.create_logical_plan(self.query()).await?;
        Ok(Arc::new(ViewTable::new(
            plan,
            Some(self.query().to_owned()),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_comments() {
        for view in ALL {
            assert!(view.comment().ends_with('.'), "{}", view.name);
            assert!(view.query().starts_with("select"), "{}", view.name);
            assert!(!view.query().contains("-- "), "{}", view.name);
        }
        let view = named("leaderboard").expect("a view");
        assert_eq!(view.column_comment("metric"), Some("The metric's name."));
        assert_eq!(
            view.column_comment("estimator"),
            Some("Class of the estimator.")
        );
    }
}
