//! Which files of a mutable relation's table have rows of which keys, so that a commit that
//! replaces some rewrites those files only.
//!
//! Files never change, so each is read once: its column of keys, of which a digest is kept. Keys
//! with the same digest only cost a file that is rewritten as it was.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use deltalake::DeltaTable;
use deltalake::datafusion::prelude::col;
use futures::TryStreamExt;
use tokio::sync::Mutex;

use super::delta::snapshot;
use super::scan::{self, FILE, Of};
use crate::error::Result;
use crate::relation::Relation;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct KnownKeys(Mutex<BTreeMap<Relation, Known>>);

/// Digests of the keys of each file, sorted: eight bytes a row.
type Known = BTreeMap<String, Vec<u64>>;

impl KnownKeys {
    /// The files of a table, at its version, that have rows of some of `wanted`.
    pub(super) async fn files(
        &self,
        table: &DeltaTable,
        relation: Relation,
        key: &str,
        wanted: impl Iterator<Item = &str>,
    ) -> Result<Vec<String>> {
        let mut all = self.0.lock().await;
        let known = all.entry(relation).or_default();
        let files = snapshot(table, relation)?.log_data();
        let mut of_table: BTreeMap<_, _> = files
            .iter()
            .map(|file| {
                let path = file.path().into_owned();
                let digests = known.remove(&path);
                (path, digests)
            })
            .collect();
        let new: Vec<_> = { of_table.iter() }
            .filter(|(_, digests)| digests.is_none())
            .map(|(path, _)| path.clone())
            .collect();
        let mut read = read(table, relation, key, &new).await?;
        for path in new {
            let digests = read.remove(&path).unwrap_or_default();
            of_table.insert(path, Some(digests));
        }
        *known = of_table
            .into_iter()
            .map(|(path, digests)| (path, digests.unwrap_or_default()))
            .collect();
        let mut wanted: Vec<_> = wanted.map(digest).collect();
        wanted.sort_unstable();
        let has = |digests: &[u64]| {
            // The fewer are looked for among the more.
            let (few, many) = match digests.len() < wanted.len() {
                true => (digests, wanted.as_slice()),
                false => (wanted.as_slice(), digests),
            };
            few.iter().any(|digest| many.binary_search(digest).is_ok())
        };
        let found = known.iter().filter(|(_, digests)| has(digests));
        Ok(found.map(|(path, _)| path.clone()).collect())
    }
}

/// The digests of these files.
async fn read(
    table: &DeltaTable,
    relation: Relation,
    key: &str,
    files: &[String],
) -> Result<Known> {
    let mut known = Known::new();
    if files.is_empty() {
        return Ok(known);
    }
    let failed = |error| scan::failed(relation, error);
    // A path is told as a URL by a scan, and below the table's directory by the log.
    let by_name: BTreeMap<_, _> = files.iter().map(|path| (name(path), path)).collect();
    let rows = scan::rows(table, relation, Of::FilesByName(files)).await?;
    let rows = rows.select(vec![col(FILE), col(key)]).map_err(failed)?;
    let mut batches = rows.execute_stream().await.map_err(failed)?;
    while let Some(batch) = batches.try_next().await.map_err(failed)? {
        let paths = scan::texts(&batch, 0, relation)?;
        let keys = scan::texts(&batch, 1, relation)?;
        for (path, key) in paths.iter().zip(&keys) {
            let file = path.and_then(|path| by_name.get(name(path)));
            if let (Some(file), Some(key)) = (file, key) {
                known.entry((*file).clone()).or_default().push(digest(key));
            }
        }
    }
    known
        .values_mut()
        .for_each(|digests| digests.sort_unstable());
    Ok(known)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn digest(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
