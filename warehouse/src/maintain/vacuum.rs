//! Removes files that nothing refers to any more, when they have been so for a while: data files
//! that no version of a table has, left-overs of writes that failed, sampled rows and saved
//! models that no row names, pieces of models that never became whole.
//!
//! The grace is for readers that are still at an older version, and for what is written but not
//! committed or journalled yet. What the tables do not have yet is asked of the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use deltalake::DeltaTable;
use deltalake::operations::vacuum::{Clock as DeltaClock, VacuumMode};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::log::delete;
use super::named::Named;
use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::relation::Relation;
use crate::store::Store;

/// What is named by its digest, and where.
pub(super) const SAMPLES: &str = "samples/_rows";
pub(super) const ARTIFACTS: &str = "artifacts/_files";
const STAGING: &str = "_staging";

/// Objects that went, or would go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// How many.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl std::ops::AddAssign for Gone {
    fn add_assign(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

/// The clock, as Delta's vacuum wants it.
#[derive(Debug)]
struct At(Micros);

impl DeltaClock for At {
    fn current_timestamp_millis(&self) -> i64 {
        self.0.0 / 1_000
    }
}

/// Which data files of a table go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Those that no version younger than this refers to, and left-overs as old.
    Older(Duration),
    /// All that the newest version does not have but an older one has.
    AllRemoved,
}

/// Removes data files of a table, but for those that are `needed`.
pub(super) async fn data_files(
    store: &Store,
    table: &DeltaTable,
    relation: Relation,
    now: Micros,
    mode: Mode,
    needed: &BTreeSet<String>,
    dry_run: bool,
) -> Result<Gone> {
    let (grace, mode, now) = match mode {
        Mode::Older(grace) => (grace, VacuumMode::Full, now),
        // However fast the clock of whoever removed them.
        Mode::AllRemoved => (Duration::ZERO, VacuumMode::Lite, Micros(i64::MAX)),
    };
    let cannot = |error: &dyn std::fmt::Display| {
        Error::storage(format_args!("vacuum the table {}", relation.name()), error)
    };
    let grace = TimeDelta::from_std(grace).unwrap_or(TimeDelta::MAX);
    // The library says which; its own removal would add two versions to the log.
    let found = { table.clone().vacuum() }
        .with_mode(mode)
        .with_clock(Arc::new(At(now)))
        .with_retention_period(grace)
        .with_enforce_retention_duration(false)
        .with_dry_run(true)
        .await;
    let (_, found) = found.map_err(|error| cannot(&error))?;
    let mut gone = Gone::default();
    let mut paths = Vec::new();
    for path in found.files_deleted {
        if needed.contains(&path) {
            continue;
        }
        let path = Path::parse(format!("{}/{path}", relation.name()));
        let path = path.map_err(|error| cannot(&error))?;
        // One that another vacuum took is no news.
        let Some(bytes) = size(store, &path).await? else {
            continue;
        };
        gone += Gone { objects: 1, bytes };
        paths.push(path);
    }
    if !dry_run {
        delete(store, paths).await?;
    }
    Ok(gone)
}

async fn size(store: &Store, path: &Path) -> Result<Option<u64>> {
    match store.objects().head(path).await {
        Ok(meta) => Ok(Some(meta.size)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(Error::storage(format_args!("look at {path}"), error)),
    }
}

/// Removes sampled rows that no row names and that are older than `grace`.
pub(super) async fn samples(
    store: &Store,
    named: &Named,
    now: Micros,
    grace: Duration,
    dry_run: bool,
) -> Result<Gone> {
    let mut gone = Gone::default();
    for object in list(store, SAMPLES).await? {
        if !named.samples.contains(object.location.as_ref()) {
            gone += take(store, vec![object], now, grace, dry_run).await?;
        }
    }
    Ok(gone)
}

/// Removes saved models that no row names, and pieces of some, when they are older than `grace`.
pub(super) async fn artifacts(
    store: &Store,
    named: &Named,
    now: Micros,
    grace: Duration,
    dry_run: bool,
) -> Result<Gone> {
    let mut gone = Gone::default();
    for (directory, of_rows) in [(ARTIFACTS, true), (STAGING, false)] {
        for (digest, objects) in by_digest(list(store, directory).await?, directory) {
            if of_rows && named.artifacts.contains(&digest) {
                continue;
            }
            gone += take(store, objects, now, grace, dry_run).await?;
        }
    }
    Ok(gone)
}

/// Objects of each artifact, the manifest first: without it the others are none.
fn by_digest(objects: Vec<ObjectMeta>, directory: &str) -> BTreeMap<String, Vec<ObjectMeta>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for object in objects {
        let below = object.location.as_ref().strip_prefix(directory);
        let first = below.and_then(|below| below.trim_start_matches('/').split('/').next());
        let Some(first) = first else { continue };
        let digest = first.strip_suffix(".manifest").unwrap_or(first);
        all.entry(digest.to_owned()).or_default().push(object);
    }
    for objects in all.values_mut() {
        objects.sort_by_key(|object| !object.location.as_ref().ends_with(".manifest"));
    }
    all
}

/// Removes what belongs together, when all of it is older than `grace`; in order.
async fn take(
    store: &Store,
    objects: Vec<ObjectMeta>,
    now: Micros,
    grace: Duration,
    dry_run: bool,
) -> Result<Gone> {
    let age = |object: &ObjectMeta| now.since(Micros(object.last_modified.timestamp_micros()));
    if objects.iter().any(|object| age(object) <= grace) {
        return Ok(Gone::default());
    }
    let mut gone = Gone::default();
    for object in objects {
        if !dry_run {
            // Whoever sends it again meanwhile writes it again.
            let is_as_it_was = match store.objects().head(&object.location).await {
                Ok(meta) => meta.last_modified == object.last_modified,
                Err(object_store::Error::NotFound { .. }) => continue,
                Err(error) => {
                    let path = object.location;
                    return Err(Error::storage(format_args!("look at {path}"), error));
                }
            };
            if !is_as_it_was {
                break;
            }
            delete(store, vec![object.location]).await?;
        }
        gone += Gone {
            objects: 1,
            bytes: object.size,
        };
    }
    Ok(gone)
}

/// Everything below a directory.
pub(super) async fn list(store: &Store, directory: &str) -> Result<Vec<ObjectMeta>> {
    let listing = store.objects().list(Some(&directory.into()));
    listing
        .try_collect()
        .await
        .map_err(|error| Error::storage(format_args!("list {directory} of {}", store.url()), error))
}

/// Removes everything below these places at once, whatever its age.
pub(super) async fn at_once(store: &Store, places: &[String]) -> Result<Gone> {
    let mut gone = Gone::default();
    for place in places {
        let mut objects = list(store, place).await?;
        if let Some(bytes) = size(store, &place.as_str().into()).await? {
            gone += Gone { objects: 1, bytes };
            delete(store, vec![place.as_str().into()]).await?;
        }
        objects.retain(|object| object.location.as_ref() != place);
        for object in &objects {
            gone += Gone {
                objects: 1,
                bytes: object.size,
            };
        }
        let paths = objects.into_iter().map(|object| object.location).collect();
        delete(store, paths).await?;
    }
    Ok(gone)
}
