//! The log of a table: checkpoints, and entries that nobody needs any more.
//!
//! A table is opened from its last checkpoint and the entries after it. Entries before a
//! checkpoint are for readers that are opening the table at this moment, and for those that ask
//! for an older version; they are kept for a while, and the newest [`MIN_LOG_VERSIONS`] always.
//! The log is cleaned because on some stores (the local one) a commit lists all of it.

use std::time::Duration;

use deltalake::DeltaTable;
use deltalake::checkpoints::create_checkpoint;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;

use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::limits::MIN_LOG_VERSIONS;
use crate::relation::Relation;
use crate::store::Store;

const LAST_CHECKPOINT: &str = "_last_checkpoint";

/// The version of the last checkpoint; none where there is none, or where the hint is not
/// readable.
pub(super) async fn last_checkpoint(store: &Store, relation: Relation) -> Result<Option<u64>> {
    let hint = store.get(&path(relation, LAST_CHECKPOINT)).await?;
    let hint = hint.and_then(|hint| serde_json::from_slice::<serde_json::Value>(&hint).ok());
    Ok(hint.and_then(|hint| hint.get("version")?.as_u64()))
}

/// Makes a checkpoint of the version that `table` is at.
pub(super) async fn checkpoint(
    store: &Store,
    table: &DeltaTable,
    relation: Relation,
) -> Result<()> {
    let cannot = |error: &dyn std::fmt::Display| {
        Error::storage(
            format_args!("make a checkpoint of the table {}", relation.name()),
            error,
        )
    };
    let version = table.version().unwrap_or_default();
    let made = create_checkpoint(table, None).await;
    made.map_err(|error| cannot(&error))?;
    store.sync(&[
        &path(relation, &format!("{version:020}.checkpoint.parquet")),
        &path(relation, LAST_CHECKPOINT),
    ])
}

/// Removes entries that are older than `keep` and before a checkpoint from which all younger ones
/// can be read. Answers how many.
pub(super) async fn clean(
    store: &Store,
    relation: Relation,
    now: Micros,
    keep: Duration,
    dry_run: bool,
) -> Result<usize> {
    let directory = Path::from(path(relation, ""));
    let listing = store.objects().list(Some(&directory));
    let entries: Vec<_> = listing.try_collect().await.map_err(|error| {
        Error::storage(format_args!("list {directory} of {}", store.url()), error)
    })?;
    let entry = |file: object_store::ObjectMeta| {
        let (version, kind) = file.location.filename()?.split_once('.')?;
        Some(Entry {
            version: version.parse().ok()?,
            is_checkpoint: kind.starts_with("checkpoint."),
            is_old: now.since(Micros(file.last_modified.timestamp_micros())) > keep,
            location: file.location,
        })
    };
    let mut entries: Vec<_> = entries.into_iter().filter_map(entry).collect();
    let first = first_needed(&entries);
    entries.retain(|entry| entry.version < first);
    // Older ones first: what is cut off leaves no gap.
    entries.sort_by_key(|entry| entry.version);
    let gone: Vec<_> = entries.into_iter().map(|entry| entry.location).collect();
    let count = gone.len();
    if !dry_run {
        delete(store, gone).await?;
    }
    Ok(count)
}

/// A file of the log.
#[derive(Clone, Debug)]
struct Entry {
    version: u64,
    is_checkpoint: bool,
    is_old: bool,
    location: Path,
}

/// The last checkpoint from which all versions can be read that are kept; 0 where there is none.
fn first_needed(entries: &[Entry]) -> u64 {
    let versions = || entries.iter().map(|entry| entry.version);
    let newest = versions().max().unwrap_or(0);
    let young = entries.iter().filter(|entry| !entry.is_old);
    let young = young.map(|entry| entry.version).min().unwrap_or(newest);
    let kept = young.min(newest.saturating_sub(MIN_LOG_VERSIONS));
    let checkpoints = entries.iter().filter(|entry| entry.is_checkpoint);
    let checkpoints = checkpoints.map(|entry| entry.version);
    checkpoints
        .filter(|version| *version <= kept)
        .max()
        .unwrap_or(0)
}

/// Deletes objects, those that are gone already included.
pub(super) async fn delete(store: &Store, paths: Vec<Path>) -> Result<()> {
    let paths = futures::stream::iter(paths.into_iter().map(Ok)).boxed();
    let mut deleted = store.objects().delete_stream(paths);
    while let Some(deleted) = deleted.next().await {
        match deleted {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => {
                return Err(Error::storage(
                    format_args!("delete objects of {}", store.url()),
                    error,
                ));
            }
        }
    }
    Ok(())
}

fn path(relation: Relation, name: &str) -> String {
    format!("{}/_delta_log/{name}", relation.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn young_versions_and_the_newest_stay_readable() {
        let log = |newest: u64, old_up_to: u64| -> Vec<Entry> {
            let file = |version: u64, is_checkpoint: bool| Entry {
                version,
                is_checkpoint,
                is_old: version <= old_up_to,
                location: Path::from(version.to_string()),
            };
            let checkpoints = (0..=newest).filter(|v| v % 100 == 50);
            let checkpoints = checkpoints.map(|version| file(version, true));
            (0..=newest)
                .map(|v| file(v, false))
                .chain(checkpoints)
                .collect()
        };
        assert_eq!(first_needed(&[]), 0);
        assert_eq!(first_needed(&log(40, 40)), 0);
        // All old: the newest are kept, from a checkpoint on.
        assert_eq!(first_needed(&log(2_000, 2_000)), 1_750);
        assert_eq!(first_needed(&log(2_050, 2_050)), 1_850);
        // Young ones, however many.
        assert_eq!(first_needed(&log(2_000, 300)), 250);
        assert_eq!(first_needed(&log(2_000, 0)), 0);
    }
}
