//! Artifacts of which not all pieces are there: `<staging>/<sha256>/`, with the manifest
//! and a file for each of its files, by number. What is there after a restart is gone on
//! with; whether it is whole is told by digests in the end.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, hex};
use crate::error::{Error, Result};
use crate::limits::MAX_STAGED_ARTIFACTS;

const MANIFEST: &str = "manifest";
/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Staging(pub PathBuf);

impl Staging {
    fn directory(&self, sha256: &str) -> PathBuf {
        self.0.join(sha256)
    }

    pub(super) fn file(&self, sha256: &str, file: usize) -> PathBuf {
        self.directory(sha256).join(file.to_string())
    }

    /// The manifest of an artifact that was begun.
    pub(super) fn manifest(&self, sha256: &str, max_bytes: u64) -> Result<Option<Manifest>> {
        let path = self.directory(sha256).join(MANIFEST);
        match fs::read_to_string(&path) {
            Ok(text) => match Manifest::parse(sha256, &text, max_bytes) {
                Ok(manifest) => Ok(Some(manifest)),
                // Cut short by a crash: begun again.
                Err(_) => self.remove(sha256).map(|()| None),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &path, &error)),
        }
    }

    /// Makes room for an artifact, and begins it.
    pub(super) fn begin(&self, manifest: &Manifest, max_bytes: u64) -> Result<()> {
        self.make_room(manifest.bytes(), max_bytes)?;
        let directory = self.directory(&manifest.sha256);
        fs::create_dir_all(&directory).map_err(|error| cannot("create", &directory, &error))?;
        let path = directory.join(MANIFEST);
        fs::write(&path, manifest.text()).map_err(|error| cannot("write", &path, &error))
    }

    /// Removes the artifacts that were begun longest ago, until `wanted` bytes more are
    /// within the limits.
    fn make_room(&self, wanted: u64, max_bytes: u64) -> Result<()> {
        let mut begun = Vec::new();
        let mut bytes = wanted;
        let listing = match fs::read_dir(&self.0) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(cannot("list", &self.0, &error)),
        };
        for entry in listing {
            let path = entry
                .map_err(|error| cannot("list", &self.0, &error))?
                .path();
            let (size, touched) = size(&path).map_err(|error| cannot("list", &path, &error))?;
            bytes = bytes.saturating_add(size);
            begun.push((touched, size, path));
        }
        begun.sort();
        let mut count = begun.len();
        for (_, size, path) in begun {
            if count < MAX_STAGED_ARTIFACTS && bytes <= 2 * max_bytes {
                break;
            }
            fs::remove_dir_all(&path).map_err(|error| cannot("remove", &path, &error))?;
            count -= 1;
            bytes = bytes.saturating_sub(size);
        }
        Ok(())
    }

    /// Bytes that are there of a file.
    pub(super) fn received(&self, sha256: &str, file: usize) -> Result<u64> {
        let path = self.file(sha256, file);
        match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(cannot("read", &path, &error)),
        }
    }

    /// Adds to a file what comes after the first `received` bytes.
    pub(super) fn append(
        &self,
        sha256: &str,
        file: usize,
        received: u64,
        content: &[u8],
    ) -> Result<()> {
        let path = self.file(sha256, file);
        let write = || {
            let mut options = fs::OpenOptions::new();
            let mut file = options
                .create(true)
                .write(true)
                .truncate(false)
                .open(&path)?;
            file.seek(SeekFrom::Start(received))?;
            file.write_all(content)
        };
        write().map_err(|error| cannot("write", &path, &error))
    }

    /// The digest of what is there of a file.
    pub(super) fn digest(&self, sha256: &str, file: usize) -> Result<String> {
        let path = self.file(sha256, file);
        let read = || {
            let mut file = fs::File::open(&path)?;
            let mut digest = Sha256::new();
            let mut chunk = vec![0; CHUNK];
            loop {
                match file.read(&mut chunk)? {
                    0 => return Ok(hex(&digest.finalize())),
                    read => digest.update(&chunk[..read]),
                }
            }
        };
        read().map_err(|error| cannot("read", &path, &error))
    }

    pub(super) fn remove(&self, sha256: &str) -> Result<()> {
        let directory = self.directory(sha256);
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(cannot("remove", &directory, &error))
            }
            _ => Ok(()),
        }
    }
}

/// Bytes in a directory, and when something in it was last written.
fn size(directory: &Path) -> io::Result<(u64, SystemTime)> {
    let mut bytes = 0;
    let mut touched = fs::metadata(directory)?.modified()?;
    for entry in fs::read_dir(directory)? {
        let metadata = entry?.metadata()?;
        bytes += metadata.len();
        touched = touched.max(metadata.modified()?);
    }
    Ok((bytes, touched))
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::storage(format_args!("{what} {}", path.display()), error)
}
