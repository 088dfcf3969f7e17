//! Takes rows out of a table: the files that have some are written anew without them.

use std::collections::BTreeSet;

use deltalake::DeltaTable;
use deltalake::datafusion::prelude::{Expr, col, lit};
use deltalake::protocol::DeltaOperation;
use futures::TryStreamExt;

use super::files::files;
use super::scan::{self, FILE, Of, Shape};
use crate::error::{Error, Result};
use crate::limits::COMMIT_ATTEMPTS;
use crate::relation::Relation;
use crate::table::{Commit, DeltaTables, Rewrite};

/// Removes the rows that satisfy `which`. Answers how many, and the newest version of the table.
///
/// Rows that an agent has not folded yet are not in the table.
pub(super) async fn remove(
    tables: &DeltaTables,
    relation: Relation,
    which: &Expr,
    why: &str,
    dry_run: bool,
) -> Result<(u64, DeltaTable)> {
    let mut attempt = 1;
    loop {
        let table = tables.open(relation).await?;
        let (rows, paths) = matches(&table, relation, which).await?;
        if rows == 0 || dry_run {
            return Ok((rows, table));
        }
        let rewrite = without(&table, relation, which, &paths, why).await?;
        match tables.rewrite(&table, relation, &rewrite).await {
            Commit::Committed(table) | Commit::Had(table) => return Ok((rows, *table)),
            // A fold or a compaction took one of the files: begun again with what is there now.
            Commit::NotCommitted(Error::Conflict(_)) if attempt < COMMIT_ATTEMPTS => attempt += 1,
            Commit::NotCommitted(error) | Commit::Unknown(error) => return Err(error),
        }
    }
}

/// Rows that satisfy `which`, and the files that have some.
async fn matches(
    table: &DeltaTable,
    relation: Relation,
    which: &Expr,
) -> Result<(u64, BTreeSet<String>)> {
    let rows = scan::rows(table, relation, Of::TableByFile).await?;
    let found = rows
        .filter(which.clone())
        .and_then(|rows| rows.select(vec![col(FILE)]))
        .map_err(|error| scan::failed(relation, error))?;
    let mut batches =
        { found.execute_stream().await }.map_err(|error| scan::failed(relation, error))?;
    let (mut count, mut paths) = (0, BTreeSet::new());
    while let Some(batch) =
        { batches.try_next().await }.map_err(|error| scan::failed(relation, error))?
    {
        count += batch.num_rows() as u64;
        let mut last = String::new();
        for path in scan::texts(&batch, 0, relation)?.iter().flatten() {
            // Rows of a file come one after the other.
            if path != last {
                last = path.to_owned();
                paths.insert(last.clone());
            }
        }
    }
    Ok((count, paths))
}

async fn without(
    table: &DeltaTable,
    relation: Relation,
    which: &Expr,
    paths: &BTreeSet<String>,
    why: &str,
) -> Result<Rewrite> {
    // A path is told as a URL by a scan, and below the table's directory by the log.
    let mut old = files(table, relation)?;
    old.retain(|file| paths.iter().any(|path| path.ends_with(&file.path)));
    if old.len() != paths.len() {
        return Err(Error::Internal(format!(
            "{} of {} files of {} are known",
            old.len(),
            paths.len(),
            relation.name()
        )));
    }
    let names: Vec<_> = old.iter().map(|file| file.path.clone()).collect();
    let rows = scan::rows(table, relation, Of::Files(&names)).await?;
    // What is null neither satisfies it nor not.
    let rows = rows.filter(which.clone().is_not_true());
    let rows = rows.map_err(|error| scan::failed(relation, error))?;
    let rows = scan::stream(scan::sorted(rows, relation)?, table, relation).await?;
    let adds = scan::write(table, relation, rows, Shape::of(relation)).await?;
    Ok(Rewrite {
        operation: DeltaOperation::Delete {
            predicate: Some(why.to_owned()),
        },
        removes: { old.into_iter() }
            .map(|file| deltalake::kernel::Remove {
                data_change: true,
                ..file.remove
            })
            .collect(),
        adds: adds.into_iter().filter(has_rows).collect(),
    })
}

fn has_rows(add: &deltalake::kernel::Add) -> bool {
    !add.stats
        .as_deref()
        .unwrap_or_default()
        .contains("\"numRecords\":0,")
}

/// `column` is one of `values`.
pub(super) fn is_one_of<'a>(column: &str, values: impl IntoIterator<Item = &'a str>) -> Expr {
    let values = values.into_iter().map(lit).collect();
    col(column).in_list(values, false)
}
