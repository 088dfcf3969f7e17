//! The local object store, with a quick way to ask what is new in a table's log.
//!
//! Delta asks several times in a commit which entries come after the one that it knows. An object
//! store answers in one request; the local one of `object_store` looks at every file of the log,
//! and a commit would cost what the log is long. Here the names are read, and only files that
//! come after are looked at.

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use futures::FutureExt;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

/// The directory that is listed in the quick way.
const LOG: &str = "_delta_log";

/// See the module.
#[derive(Debug)]
pub(crate) struct LocalStore(LocalFileSystem);

impl LocalStore {
    /// The whole file system.
    pub(crate) fn new() -> Self {
        Self(LocalFileSystem::new())
    }
}

impl fmt::Display for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for LocalStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let log = prefix.filter(|prefix| prefix.filename() == Some(LOG));
        let Some((log, directory)) =
            log.and_then(|log| Some((log.clone(), self.0.path_to_filesystem(log).ok()?)))
        else {
            return self.0.list_with_offset(prefix, offset);
        };
        let offset = offset.clone();
        let listing = async move {
            let read = move || newer(&log, &directory, &offset);
            let read = tokio::task::spawn_blocking(read).await;
            read.unwrap_or_else(|panic| Err(std::io::Error::other(panic)))
        };
        let listing = listing.map(|listing| match listing {
            Ok(found) => stream::iter(found.into_iter().map(Ok)).boxed(),
            Err(error) => stream::iter([Err(object_store::Error::Generic {
                store: LOG,
                source: Box::new(error),
            })])
            .boxed(),
        });
        stream::once(listing).flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

/// The files of a log after `offset`, in order. Directories in it have no entries.
fn newer(
    log: &Path,
    directory: &std::path::Path,
    offset: &Path,
) -> std::io::Result<Vec<ObjectMeta>> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let after = offset.as_ref().strip_prefix(log.as_ref());
    let after = after.map_or("", |name| name.trim_start_matches('/'));
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // With a `#` are those that are being written.
        if name.as_str() <= after || name.contains('#') {
            continue;
        }
        let metadata = match entry.metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            metadata => metadata?,
        };
        if !metadata.is_file() {
            continue;
        }
        let modified = metadata.modified()?.duration_since(std::time::UNIX_EPOCH);
        let modified = modified.map_or(0, |since| since.as_micros() as i64);
        found.push(ObjectMeta {
            location: log.clone().join(name),
            last_modified: DateTime::from_timestamp_micros(modified).unwrap_or_default(),
            size: metadata.len(),
            e_tag: None,
            version: None,
        });
    }
    found.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    /// As the store of the library, for every offset that Delta may ask for.
    #[tokio::test]
    async fn it_lists_what_the_other_one_does() {
        let dir = tempfile::tempdir().expect("a directory");
        let table = dir.path().join("a table");
        let log = table.join(LOG);
        std::fs::create_dir_all(log.join("_sidecars")).expect("made");
        for name in [
            "00000000000000000000.json",
            "00000000000000000001.json",
            "00000000000000000001.checkpoint.parquet",
            "00000000000000000002.json",
            "_last_checkpoint",
            "00000000000000000003.json#1",
        ] {
            std::fs::write(log.join(name), name).expect("written");
        }
        let (quick, other) = (LocalStore::new(), LocalFileSystem::new());
        let log = Path::from_absolute_path(&log).expect("a path");
        for offset in [
            "",
            "0",
            "00000000000000000001",
            "00000000000000000002.json",
            "x",
        ] {
            let after = log.clone().join(offset);
            let names = |listed: Vec<ObjectMeta>| {
                let named = |meta: ObjectMeta| (meta.location, meta.size);
                let mut names: Vec<_> = listed.into_iter().map(named).collect();
                names.sort();
                names
            };
            let found = quick
                .list_with_offset(Some(&log), &after)
                .try_collect()
                .await;
            let expected = other
                .list_with_offset(Some(&log), &after)
                .try_collect()
                .await;
            let expected = names(expected.expect("listed"));
            assert_eq!(names(found.expect("listed")), expected, "after {offset:?}");
            assert_eq!(expected.is_empty(), offset == "x");
        }
        let missing = Path::from_absolute_path(table.join("none").join(LOG)).expect("a path");
        let found: Vec<_> = { quick.list_with_offset(Some(&missing), &missing) }
            .try_collect()
            .await
            .expect("listed");
        assert!(found.is_empty());
    }
}
