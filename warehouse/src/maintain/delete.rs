//! Deletion of a project, a run or a model: its rows in every table, and what they named that
//! nothing else names.
//!
//! The row that tells of it goes last, so that a deletion that was cut off can be done again. Rows
//! go by commits of their own: the files that had them stay for readers of older versions until
//! they are vacuumed, or go at once where that is asked for.

use std::collections::BTreeSet;

use deltalake::datafusion::prelude::{Expr, col, lit};
use futures::TryStreamExt;

use super::maintenance::Maintenance;
use super::named::{self, Named};
use super::publish;
use super::remove::{is_one_of, remove};
use super::scan::{self, Of, texts};
use super::vacuum::{self, ARTIFACTS, Gone, Mode};
use crate::access::Access;
use crate::error::{Error, Result};
use crate::relation::Relation;
use crate::table::DeltaTables;

/// What is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A project with all its runs.
    Project(String),
    /// A run with all that happened in it.
    Run(String),
    /// A model, with those that were fitted inside it.
    Model(String),
}

/// What a deletion removed, or would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Rows of each relation that had some.
    pub rows: Vec<(Relation, u64)>,
    /// Files of samples.
    pub samples: Gone,
    /// Files of saved models.
    pub artifacts: Gone,
    /// Data files that went at once.
    pub data_files: Gone,
    /// Copies that were published anew without the rows.
    pub published: Vec<Relation>,
}

impl Deleted {
    /// Both together.
    pub(super) fn add(&mut self, other: Self) {
        for (relation, count) in other.rows {
            match self.rows.iter_mut().find(|(known, _)| *known == relation) {
                Some((_, rows)) => *rows += count,
                None => self.rows.push((relation, count)),
            }
        }
        self.samples += other.samples;
        self.artifacts += other.artifacts;
        self.data_files += other.data_files;
        self.published.extend(other.published);
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, id) = match self {
            Self::Project(id) => ("project", id),
            Self::Run(id) => ("run", id),
            Self::Model(id) => ("model", id),
        };
        write!(f, "{kind} {id}")
    }
}

impl Maintenance {
    /// Deletes. With `purge` the data files that had the rows go at once, and with them all older
    /// versions of these tables; otherwise they are vacuumed later.
    ///
    /// [`Error::Invalid`] where there is nothing of that name; [`Error::Behind`] while rows of it
    /// are in the journal only, as of a run that goes on.
    pub async fn delete(&self, target: &Target, purge: bool, dry_run: bool) -> Result<Deleted> {
        if !dry_run {
            self.settle().await?;
        }
        self.refuse_unfolded(target).await?;
        let rows = match target {
            Target::Project(id) => Rows::Projects(id.clone()),
            Target::Run(id) => Rows::Runs(vec![id.clone()]),
            Target::Model(id) => Rows::Models(models_below(&self.tables, id).await?),
        };
        let mut deleted = self
            .delete_rows(&rows, &target.to_string(), dry_run)
            .await?;
        if deleted.rows.is_empty() {
            return Err(Error::Invalid(format!(
                "there is no {target} in {}",
                self.store().url()
            )));
        }
        if !dry_run {
            for (relation, _) in deleted.rows.clone() {
                let table = self.tables.open(relation).await?;
                if purge {
                    let mode = Mode::AllRemoved;
                    deleted.data_files += self.vacuum(&table, relation, mode, false).await?;
                }
                if self.store().get(&publish::path(relation)).await?.is_some() {
                    publish::publish(self.store(), &table, relation).await?;
                    deleted.published.push(relation);
                }
            }
        }
        Ok(deleted)
    }

    /// A fold would bring them back.
    async fn refuse_unfolded(&self, target: &Target) -> Result<()> {
        let (view, _) = self.reader.look(&Access::everything()).await?;
        let rows = match target {
            Target::Project(id) => Rows::Projects(id.clone()),
            Target::Run(id) => Rows::Runs(vec![id.clone()]),
            Target::Model(id) => Rows::Models([id.clone()].into()),
        };
        for relation in Relation::ALL {
            let (Some(which), Some(view)) = (rows.of(relation), named::of(&view, relation)) else {
                continue;
            };
            let found = named::hot(view)?.filter(which);
            let found = found.map_err(|error| scan::failed(relation, error))?;
            let found = found.count().await;
            let found = found.map_err(|error| scan::failed(relation, error))?;
            if found > 0 {
                return Err(Error::Behind(format!(
                    "{target} is not complete: {found} rows of {} are not in its table yet. \
                     Delete it when its run has ended and was folded",
                    relation.name()
                )));
            }
        }
        Ok(())
    }

    /// Removes rows from every table, and then what only they named.
    pub(super) async fn delete_rows(
        &self,
        rows: &Rows,
        why: &str,
        dry_run: bool,
    ) -> Result<Deleted> {
        let mut deleted = Deleted::default();
        let mut mine = Named::default();
        for relation in [Relation::Samples, Relation::Artifacts] {
            if let Some(which) = rows.of(relation) {
                let named = Named::read_of(&self.reader, relation, &which).await?;
                mine.samples.extend(named.samples);
                mine.artifacts.extend(named.artifacts);
            }
        }
        for relation in Relation::ALL.into_iter().rev() {
            let Some(which) = rows.of(relation) else {
                continue;
            };
            let (count, _) = remove(&self.tables, relation, &which, why, dry_run).await?;
            if count > 0 {
                deleted.rows.push((relation, count));
            }
        }
        deleted.rows.reverse();
        if dry_run || deleted.rows.is_empty() {
            return Ok(deleted);
        }
        self.settle().await?;
        let (samples, artifacts) = self.delete_named(mine).await?;
        (deleted.samples, deleted.artifacts) = (samples, artifacts);
        Ok(deleted)
    }

    /// Removes what no row names any more.
    pub(super) async fn delete_named(&self, mine: Named) -> Result<(Gone, Gone)> {
        if mine == Named::default() {
            return Ok(Default::default());
        }
        let still = Named::read(&self.reader).await?;
        let samples = mine.samples.difference(&still.samples).cloned();
        let samples: Vec<_> = samples.collect();
        let artifacts = mine.artifacts.difference(&still.artifacts);
        // The manifest first: without it there is no artifact.
        let artifacts = artifacts.flat_map(|digest| {
            [
                format!("{ARTIFACTS}/{digest}.manifest"),
                format!("{ARTIFACTS}/{digest}"),
            ]
        });
        let artifacts: Vec<_> = artifacts.collect();
        Ok((
            vacuum::at_once(self.store(), &samples).await?,
            vacuum::at_once(self.store(), &artifacts).await?,
        ))
    }
}

/// Rows by what they belong to.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    Projects(String),
    Runs(Vec<String>),
    Models(BTreeSet<String>),
}

impl Rows {
    /// Those of a relation; none where it has none.
    fn of(&self, relation: Relation) -> Option<Expr> {
        match self {
            Self::Projects(project) => Some(col("project").eq(lit(project))),
            Self::Runs(_) if relation == Relation::Projects => None,
            Self::Runs(runs) => {
                let is = |column| is_one_of(column, runs.iter().map(String::as_str));
                // What was said about a run later lies in another one, or in none.
                Some(match relation {
                    Relation::Annotations | Relation::Attributes => {
                        is("run_id").or(is("target_id"))
                    }
                    _ => is("run_id"),
                })
            }
            Self::Models(models) => {
                let is = |column| is_one_of(column, models.iter().map(String::as_str));
                match relation {
                    Relation::Models
                    | Relation::Transforms
                    | Relation::Params
                    | Relation::Metrics
                    | Relation::Features
                    | Relation::Trees
                    | Relation::Predictions
                    | Relation::Artifacts => Some(is("model_id")),
                    Relation::Stages => Some(is("pipeline_model_id").or(is("model_id"))),
                    Relation::Candidates => Some(is("search_model_id")),
                    Relation::Work => Some(is("operation_id")),
                    Relation::Annotations | Relation::Attributes => Some(is("target_id")),
                    Relation::Actions => Some(is("subject_id")),
                    Relation::Projects
                    | Relation::Runs
                    | Relation::Datasets
                    | Relation::DatasetEdges
                    | Relation::Samples
                    | Relation::UnknownEvents => None,
                }
            }
        }
    }
}

/// A model and all that were fitted inside it.
async fn models_below(tables: &DeltaTables, model: &str) -> Result<BTreeSet<String>> {
    let relation = Relation::Models;
    let table = tables.open(relation).await?;
    let mut all = BTreeSet::from([model.to_owned()]);
    let mut newest = all.clone();
    while !newest.is_empty() {
        let rows = scan::rows(&table, relation, Of::Table).await?;
        let inside = is_one_of("parent_model_id", newest.iter().map(String::as_str));
        let found = rows
            .filter(inside)
            .and_then(|rows| rows.select(vec![col("model_id")]))
            .map_err(|error| scan::failed(relation, error))?;
        let found = found.execute_stream().await;
        let found = found.map_err(|error| scan::failed(relation, error))?;
        let batches: Vec<_> =
            { found.try_collect().await }.map_err(|error| scan::failed(relation, error))?;
        newest.clear();
        for batch in &batches {
            let ids = texts(batch, 0, relation)?;
            let ids = ids.iter().flatten().filter(|id| !all.contains(*id));
            newest.extend(ids.map(str::to_owned));
        }
        all.extend(newest.iter().cloned());
    }
    Ok(all)
}
