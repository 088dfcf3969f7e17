//! Saved models whose bytes came in pieces: `artifacts/_files/<sha256>/<path>`, with the
//! manifest beside them, `artifacts/_files/<sha256>.manifest`, written last: where it is, the
//! artifact is whole and durable. The same artifact twice is one. (For the `_` see
//! [`samples`](crate::samples).)
//!
//! One piece is taken at a time. Putting a whole artifact away is a task of its own, which
//! goes on when whoever sent the last piece has gone; the piece sent again waits for it.

mod manifest;
mod staging;

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStoreExt, WriteMultipart};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

pub use manifest::ArtifactFile;

use crate::error::{Error, Result};
use crate::limits::{MAX_ARTIFACT_PIECE, MAX_STAGED_ARTIFACTS};
use crate::store::Store;
use manifest::{Manifest, check_digest};
use staging::Staging;

const DIRECTORY: &str = "artifacts/_files/";
/// Files up to this size go into the store in one request; larger ones in parts.
const WHOLE: u64 = 8 << 20;
/// Parts of a file that are on their way at once.
const PARTS_UNDER_WAY: usize = 2;

/// A piece of one file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The artifact: SHA-256 of its manifest.
    pub sha256: String,
    /// All of its files, where the sender tells them.
    pub files: Vec<ArtifactFile>,
    /// The file, by its place in them.
    pub file: usize,
    /// Where the piece begins in it.
    pub offset: u64,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// What is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Whether the whole artifact is in the warehouse.
    pub complete: bool,
    /// What is there of the file.
    pub bytes: u64,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Artifacts {
    store: Store,
    staging: Staging,
    max_bytes: u64,
    begun: Arc<Mutex<HashMap<String, Begun>>>,
}

/// An artifact of which pieces are missing.
#[derive(Clone, Debug)]
struct Begun {
    manifest: Arc<Manifest>,
    /// Files that are not whole.
    missing: BTreeSet<usize>,
}

impl Artifacts {
    /// In `store`, of up to `max_bytes` each; pieces wait in the directory `staging`.
    pub(crate) fn new(store: Store, staging: PathBuf, max_bytes: u64) -> Self {
        Self {
            store,
            staging: Staging(staging),
            max_bytes,
            begun: Arc::default(),
        }
    }

    /// Takes a piece. One that was taken before changes nothing; one that leaves a gap, or
    /// belongs to an artifact of which nothing is known, is [`Error::OutOfOrder`].
    pub(crate) async fn put(&self, piece: Piece) -> Result<Received> {
        check_digest(&piece.sha256)?;
        if piece.content.len() > MAX_ARTIFACT_PIECE {
            return Err(Error::Invalid(format!(
                "a piece of {} bytes; up to {MAX_ARTIFACT_PIECE} are accepted",
                piece.content.len()
            )));
        }
        let artifacts = self.clone();
        let task = tokio::spawn(async move {
            let mut begun = artifacts.begun.clone().lock_owned().await;
            artifacts.take(&mut begun, piece).await
        });
        let panicked = |error| Error::Internal(format!("take a piece of an artifact: {error}"));
        task.await.map_err(panicked)?
    }

    /// The files of a whole artifact, and the piece of one of them that begins at `offset`.
    pub(crate) async fn get(
        &self,
        sha256: &str,
        file: usize,
        offset: u64,
    ) -> Result<(Vec<ArtifactFile>, Vec<u8>)> {
        check_digest(sha256)?;
        let missing = || Error::Invalid(format!("there is no artifact {sha256} in the warehouse"));
        let text = self.store.get(&done(sha256)).await?.ok_or_else(missing)?;
        let manifest = Manifest::parse(sha256, &String::from_utf8_lossy(&text), u64::MAX)?;
        let Some(of) = manifest.files.get(file) else {
            return Err(Error::Invalid(format!(
                "artifact {sha256}: file {file} of {}",
                manifest.files.len()
            )));
        };
        if offset > of.size {
            return Err(Error::Invalid(format!(
                "artifact {sha256}: a piece of {:?} begins at {offset}; the file has {} bytes",
                of.path, of.size
            )));
        }
        let end = of.size.min(offset + MAX_ARTIFACT_PIECE as u64);
        if end == offset {
            return Ok((manifest.files, Vec::new()));
        }
        let path = format!("{DIRECTORY}{sha256}/{}", of.path);
        let place = Path::parse(&path).map_err(|e| Error::Internal(format!("{path}: {e}")))?;
        let read = self.store.objects().get_range(&place, offset..end).await;
        let content = read.map_err(|error| Error::storage(format_args!("read {path}"), error))?;
        Ok((manifest.files, content.to_vec()))
    }

    async fn take(&self, all: &mut HashMap<String, Begun>, piece: Piece) -> Result<Received> {
        let sha256 = piece.sha256.clone();
        if let Some(manifest) = self.store.get(&done(&sha256)).await? {
            // No vacuum takes it before the row is there that will name it.
            self.store.put(&done(&sha256), manifest).await?;
            return Ok(Received {
                complete: true,
                bytes: piece.offset + piece.content.len() as u64,
            });
        }
        let known = all.remove(&sha256);
        let artifacts = self.clone();
        let taken = spawn_blocking(move || artifacts.keep(known, piece)).await;
        let (bytes, begun) =
            taken.map_err(|error| Error::Internal(format!("keep a piece: {error}")))??;
        if !begun.missing.is_empty() {
            if all.len() >= MAX_STAGED_ARTIFACTS {
                // What is on disk is read again when it is needed.
                all.clear();
            }
            all.insert(sha256, begun);
            return Ok(Received {
                complete: false,
                bytes,
            });
        }
        self.put_away(begun.manifest).await?;
        Ok(Received {
            complete: true,
            bytes,
        })
    }

    /// Keeps a piece in the staging area.
    fn keep(&self, known: Option<Begun>, piece: Piece) -> Result<(u64, Begun)> {
        let sha256 = &piece.sha256;
        let mut begun = self.begin(known, sha256, piece.files)?;
        let Some(file) = begun.manifest.files.get(piece.file) else {
            return Err(Error::Invalid(format!(
                "artifact {sha256}: file {} of {}",
                piece.file,
                begun.manifest.files.len()
            )));
        };
        let end = piece.offset.saturating_add(piece.content.len() as u64);
        if end > file.size {
            return Err(Error::Invalid(format!(
                "artifact {sha256}: a piece of {:?} ends at {end}; the file has {} bytes",
                file.path, file.size
            )));
        }
        let mut received = self.staging.received(sha256, piece.file)?;
        if piece.offset > received {
            return Err(Error::OutOfOrder(format!(
                "artifact {sha256}: {received} bytes are there of {:?}, and the piece begins at {}: \
                 send from there, with the list of files",
                file.path, piece.offset
            )));
        }
        if end > received || file.size == 0 {
            let new = &piece.content[(received - piece.offset) as usize..];
            self.staging.append(sha256, piece.file, received, new)?;
            received = end;
        }
        if received == file.size {
            begun.missing.remove(&piece.file);
        }
        Ok((received, begun))
    }

    /// What is known of an artifact: in memory, in the staging area, or by its files.
    fn begin(&self, known: Option<Begun>, sha256: &str, files: Vec<ArtifactFile>) -> Result<Begun> {
        if let Some(known) = known
            && self
                .staging
                .file(sha256, 0)
                .parent()
                .is_some_and(std::path::Path::exists)
        {
            return Ok(known);
        }
        let manifest = match self.staging.manifest(sha256, self.max_bytes)? {
            Some(manifest) => manifest,
            None if files.is_empty() => {
                return Err(Error::OutOfOrder(format!(
                    "nothing is known of the artifact {sha256}: send the list of its files, and \
                     the first of them from its beginning"
                )));
            }
            None => {
                let manifest = Manifest::new(sha256, files, self.max_bytes)?;
                self.staging.begin(&manifest, self.max_bytes)?;
                manifest
            }
        };
        let mut missing = BTreeSet::new();
        for (index, file) in manifest.files.iter().enumerate() {
            match file.size {
                // Nothing has to come of an empty file.
                0 => self.staging.append(sha256, index, 0, &[])?,
                size if self.staging.received(sha256, index)? < size => {
                    missing.insert(index);
                }
                _ => {}
            }
        }
        Ok(Begun {
            manifest: Arc::new(manifest),
            missing,
        })
    }

    /// Checks all files against their digests, and puts them into the warehouse.
    async fn put_away(&self, manifest: Arc<Manifest>) -> Result<()> {
        let (artifacts, checked) = (self.clone(), manifest.clone());
        let check = spawn_blocking(move || artifacts.check(&checked)).await;
        check.map_err(|error| Error::Internal(format!("check an artifact: {error}")))??;
        let sha256 = &manifest.sha256;
        let mut paths = Vec::with_capacity(manifest.files.len());
        for (index, file) in manifest.files.iter().enumerate() {
            let path = format!("{DIRECTORY}{sha256}/{}", file.path);
            self.copy(index, sha256, file.size, &path).await?;
            paths.push(path);
        }
        let (store, written) = (self.store.clone(), manifest.text().into_bytes());
        let synced = spawn_blocking(move || {
            let paths: Vec<_> = paths.iter().map(String::as_str).collect();
            store.sync(&paths)
        });
        let panicked = |error| Error::Internal(format!("sync an artifact: {error}"));
        synced.await.map_err(panicked)??;
        self.store.put(&done(sha256), written).await?;
        self.staging.remove(sha256)
    }

    fn check(&self, manifest: &Manifest) -> Result<()> {
        for (index, file) in manifest.files.iter().enumerate() {
            let digest = self.staging.digest(&manifest.sha256, index)?;
            if digest != file.sha256 {
                self.staging.remove(&manifest.sha256)?;
                return Err(Error::Damaged(format!(
                    "artifact {}: what came of {:?} has the digest {digest}, not {}: it changed on \
                     the way or while it was read. Send it again from the beginning",
                    manifest.sha256, file.path, file.sha256
                )));
            }
        }
        Ok(())
    }

    async fn copy(&self, file: usize, sha256: &str, size: u64, path: &str) -> Result<()> {
        let staged = self.staging.file(sha256, file);
        let place = Path::parse(path).map_err(|e| Error::Internal(format!("{path}: {e}")))?;
        let objects = self.store.objects();
        let write = async {
            if size <= WHOLE {
                let bytes = std::fs::read(&staged).map_err(generic)?;
                return objects.put(&place, bytes.into()).await.map(drop);
            }
            let mut writer = WriteMultipart::new(objects.put_multipart(&place).await?);
            let mut source = std::fs::File::open(&staged).map_err(generic)?;
            let mut chunk = vec![0; MAX_ARTIFACT_PIECE];
            loop {
                let read = source.read(&mut chunk).map_err(generic)?;
                if read == 0 {
                    return writer.finish().await.map(drop);
                }
                writer.wait_for_capacity(PARTS_UNDER_WAY).await?;
                writer.write(&chunk[..read]);
            }
        };
        write
            .await
            .map_err(|error| Error::storage(format_args!("write {path}"), error))
    }
}

fn generic(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "staging",
        source: Box::new(error),
    }
}

/// Where it is, the artifact is whole.
fn done(sha256: &str) -> String {
    format!("{DIRECTORY}{sha256}.manifest")
}

#[cfg(test)]
mod tests;
