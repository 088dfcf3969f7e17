//! How long what is kept: rules for all projects and for single ones, by kind.

use std::collections::BTreeSet;
use std::time::Duration;

use deltalake::datafusion::common::ScalarValue;
use deltalake::datafusion::prelude::{Expr, col, lit};
use futures::TryStreamExt;

use super::delete::{Deleted, Rows};
use super::maintenance::Maintenance;
use super::named::Named;
use super::remove::{is_one_of, remove};
use super::scan::{self, Of, texts};
use crate::clock::Micros;
use crate::error::Result;
use crate::limits::MAX_EXPIRED_RUNS;
use crate::relation::Relation;

/// What a rule is about. In the order in which they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retained {
    /// Sampled rows, by when they were taken.
    Samples,
    /// Scored rows, by when their run ended.
    Predictions,
    /// Saved models that were copied, by when they were saved.
    Artifacts,
    /// Runs with everything in them, by when they ended.
    Runs,
}

impl Retained {
    /// All, in order.
    pub const ALL: [Self; 4] = [
        Self::Samples,
        Self::Predictions,
        Self::Artifacts,
        Self::Runs,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Predictions => "predictions",
            Self::Artifacts => "artifacts",
            Self::Runs => "runs",
        }
    }
}

/// How long one kind is kept, in one project or wherever no other rule is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The project; none for all that have no rule of their own.
    pub project: Option<String>,
    /// What.
    pub kind: Retained,
    /// How long; none for ever.
    pub keep: Option<Duration>,
}

impl Maintenance {
    /// Removes what is older than the rules allow. Answers what of each kind that has rules.
    pub(super) async fn retain(
        &self,
        rules: &[Rule],
        kind: Retained,
        dry_run: bool,
    ) -> Result<Option<Deleted>> {
        let rules: Vec<_> = rules.iter().filter(|rule| rule.kind == kind).collect();
        let now = self.clock.now();
        let expired = |column: &str| expired(&rules, column, now);
        let deleted = match kind {
            Retained::Samples => {
                let Some(which) = expired("sampled_at") else {
                    return Ok(None);
                };
                self.retain_rows(Relation::Samples, which, dry_run).await?
            }
            Retained::Artifacts => {
                let Some(which) = expired("saved_at") else {
                    return Ok(None);
                };
                let which = which.and(col("sha256").is_not_null());
                self.retain_rows(Relation::Artifacts, which, dry_run)
                    .await?
            }
            Retained::Predictions => {
                let Some(which) = expired("ended_at") else {
                    return Ok(None);
                };
                let runs = self.texts(Relation::Runs, which, "run_id").await?;
                let all = lit(true);
                let with = self.texts(Relation::Predictions, all, "run_id").await?;
                let runs: Vec<_> = runs.intersection(&with).map(String::as_str).collect();
                let mut deleted = Deleted::default();
                for runs in runs.chunks(MAX_EXPIRED_RUNS) {
                    let which = is_one_of("run_id", runs.iter().copied());
                    let some = self
                        .retain_rows(Relation::Predictions, which, dry_run)
                        .await?;
                    deleted.add(some);
                }
                deleted
            }
            Retained::Runs => {
                let Some(which) = expired("ended_at") else {
                    return Ok(None);
                };
                let runs = self.texts(Relation::Runs, which, "run_id").await?;
                let runs: Vec<_> = runs.into_iter().collect();
                let mut deleted = Deleted::default();
                for runs in runs.chunks(MAX_EXPIRED_RUNS) {
                    let rows = Rows::Runs(runs.to_vec());
                    deleted.add(self.delete_rows(&rows, "retention", dry_run).await?);
                }
                deleted
            }
        };
        Ok(Some(deleted))
    }

    /// Removes rows of one relation, and what only they named.
    async fn retain_rows(&self, relation: Relation, which: Expr, dry_run: bool) -> Result<Deleted> {
        let mine = Named::read_of(&self.reader, relation, &which).await?;
        let (rows, _) = remove(&self.tables, relation, &which, "retention", dry_run).await?;
        let mut deleted = Deleted::default();
        if rows > 0 {
            deleted.rows.push((relation, rows));
        }
        if rows > 0 && !dry_run {
            self.settle().await?;
            (deleted.samples, deleted.artifacts) = self.delete_named(mine).await?;
        }
        Ok(deleted)
    }

    /// Distinct values of a column of text.
    async fn texts(
        &self,
        relation: Relation,
        which: Expr,
        column: &str,
    ) -> Result<BTreeSet<String>> {
        let table = self.tables.open(relation).await?;
        let rows = scan::rows(&table, relation, Of::Table).await?;
        let rows = rows
            .filter(which)
            .and_then(|rows| rows.select(vec![col(column)]))
            .and_then(|rows| rows.distinct())
            .map_err(|error| scan::failed(relation, error))?;
        let rows = rows.execute_stream().await;
        let mut rows = rows.map_err(|error| scan::failed(relation, error))?;
        let mut values = BTreeSet::new();
        while let Some(batch) =
            { rows.try_next().await }.map_err(|error| scan::failed(relation, error))?
        {
            let found = texts(&batch, 0, relation)?;
            values.extend(found.iter().flatten().map(str::to_owned));
        }
        Ok(values)
    }
}

/// Whether `column` is a time before what the rules keep; none where they keep everything.
fn expired(rules: &[&Rule], column: &str, now: Micros) -> Option<Expr> {
    let before = |keep: Duration| {
        let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
        let time =
            ScalarValue::TimestampMicrosecond(Some(now.0.saturating_sub(keep)), Some("UTC".into()));
        col(column).lt(lit(time))
    };
    let own = |rule: &&Rule| Some((rule.project.clone()?, rule.keep));
    let own: Vec<_> = rules.iter().filter_map(own).collect();
    let mut parts: Vec<_> = { own.iter() }
        .filter_map(|(project, keep)| Some(col("project").eq(lit(project)).and(before((*keep)?))))
        .collect();
    let general = rules.iter().find(|rule| rule.project.is_none());
    if let Some(keep) = general.and_then(|rule| rule.keep) {
        let named = is_one_of("project", own.iter().map(|(project, _)| project.as_str()));
        parts.push(before(keep).and(named.is_not_true()));
    }
    parts.into_iter().reduce(Expr::or)
}
