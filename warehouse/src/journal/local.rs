//! A journal in a local directory: see [`super::segment`] for its files.
//!
//! One appends; anybody may read ([`read_local`]). The directory's `LOCK` is held
//! by the one that appends for as long as it lives.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::segment::{self, HEADER_BYTES, SYNCED_OFFSET};
use super::{Journal, JournalSize, Recovered};
use crate::error::{Error, Result};
use crate::ids::Lsn;
use crate::limits::SEGMENT_BYTES;

const CHECKPOINT: &str = "checkpoint";
const LOCK: &str = "LOCK";
/// How often a reader begins again because a checkpoint trimmed a file under it.
const READ_ATTEMPTS: usize = 50;

/// Takes the directory for this process until the file is dropped, or says who has it.
pub fn lock(dir: &Path, who: &str) -> Result<File> {
    fs::create_dir_all(dir).map_err(|e| {
        Error::storage(
            format_args!("create the journal directory {}", dir.display()),
            e,
        )
    })?;
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|e| {
            Error::storage(
                format_args!("write to the journal directory {}", dir.display()),
                e,
            )
        })?;
    if file.try_lock().is_err() {
        let mut holder = String::new();
        let _ = file.read_to_string(&mut holder);
        return Err(Error::Conflict(format!(
            "the journal {} is in use by {}: only one agent may write to it. \
             Stop that one, or give this one another warehouse",
            dir.display(),
            if holder.is_empty() {
                "another process"
            } else {
                holder.trim()
            },
        )));
    }
    let note = || -> std::io::Result<()> {
        file.set_len(0)?;
        file.write_all(who.as_bytes())
    };
    let mut note = note;
    note().map_err(|e| Error::storage(format_args!("write {}", path.display()), e))?;
    Ok(file)
}

/// The journal that a process appends to.
#[derive(Debug)]
pub struct LocalJournal {
    dir: PathBuf,
    /// Closed segments, oldest first, with their bytes, then the open one.
    closed: Vec<(Lsn, u64)>,
    open: Option<OpenSegment>,
    next: Lsn,
    segment_bytes: u64,
    _locks: Vec<File>,
}

#[derive(Debug)]
struct OpenSegment {
    file: File,
    first: Lsn,
    bytes: u64,
}

impl LocalJournal {
    /// Opens the journal in `dir`, whose [`lock`] is among `locks`, cuts a torn tail off, and
    /// answers what was in it.
    pub fn open(dir: &Path, locks: Vec<File>) -> Result<(Self, Recovered)> {
        let (recovered, last) = read_once(dir)?;
        let mut next = recovered.through.next();
        if let Some((lsn, _)) = recovered.entries.last() {
            next = lsn.next();
        }
        let mut journal = Self {
            dir: dir.to_owned(),
            closed: Vec::new(),
            open: None,
            next,
            segment_bytes: SEGMENT_BYTES,
            _locks: locks,
        };
        for (first, path) in segments(dir)? {
            let bytes = fs::metadata(&path)
                .map_err(|e| cannot("read", &path, e))?
                .len();
            journal.closed.push((first, bytes));
        }
        if let Some(last) = last {
            journal.closed.pop();
            match last.good_bytes {
                None => fs::remove_file(&last.path).map_err(|e| cannot("remove", &last.path, e))?,
                Some(good) => {
                    journal.open = Some(OpenSegment::reopen(&last.path, last.first, good)?)
                }
            }
        }
        sync_dir(dir)?;
        Ok((journal, recovered))
    }

    /// Closes segments at this size rather than at [`SEGMENT_BYTES`].
    pub fn with_segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    fn append_blocking(&mut self, group: &[Vec<u8>]) -> Result<Lsn> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.bytes >= self.segment_bytes)
            && let Some(full) = self.open.take()
        {
            // What a later reader takes for whole: every byte of it is durable.
            full.note_synced(&self.dir)?;
            full.file
                .sync_data()
                .map_err(|e| cannot("sync", &self.dir, e))?;
            self.closed.push((full.first, full.bytes));
        }
        if self.open.is_none() {
            self.open = Some(OpenSegment::create(&self.dir, self.next)?);
        }
        let Some(open) = &mut self.open else {
            return Err(Error::Internal("no open journal segment".into()));
        };
        let frame = segment::frame(self.next, group);
        open.file
            .write_all(&frame)
            .map_err(|e| cannot("append to the journal in", &self.dir, e))?;
        open.file
            .sync_data()
            .map_err(|e| cannot("sync the journal in", &self.dir, e))?;
        open.bytes += frame.len() as u64;
        open.note_synced(&self.dir)?;
        let last = Lsn(self.next.0 + group.len() as u64 - 1);
        self.next = last.next();
        Ok(last)
    }

    fn checkpoint_blocking(&mut self, through: Lsn, state: &[u8]) -> Result<()> {
        replace_file(&self.dir, CHECKPOINT, &segment::checkpoint(through, state))?;
        // A segment may go when the next one begins at or before the first entry to keep.
        while let Some(&(first, _)) = self.closed.first() {
            let next_first = self
                .closed
                .get(1)
                .map(|(first, _)| *first)
                .or(self.open.as_ref().map(|open| open.first));
            if next_first.is_none_or(|next| next > through.next()) {
                break;
            }
            let path = segment_path(&self.dir, first);
            fs::remove_file(&path).map_err(|e| cannot("remove", &path, e))?;
            self.closed.remove(0);
        }
        // The open segment goes too when nothing in it is to be kept.
        if through.next() == self.next
            && let Some(open) = self.open.take()
            && self.closed.is_empty()
        {
            let path = segment_path(&self.dir, open.first);
            fs::remove_file(&path).map_err(|e| cannot("remove", &path, e))?;
        }
        sync_dir(&self.dir)
    }
}

#[async_trait]
impl Journal for LocalJournal {
    async fn append(&mut self, group: Vec<Vec<u8>>) -> Result<Lsn> {
        tokio::task::block_in_place(|| self.append_blocking(&group))
    }

    async fn checkpoint(&mut self, through: Lsn, state: Vec<u8>) -> Result<()> {
        tokio::task::block_in_place(|| self.checkpoint_blocking(through, &state))
    }

    fn size(&self) -> JournalSize {
        let open = self.open.iter().map(|open| open.bytes);
        let closed = self.closed.iter().map(|(_, bytes)| *bytes);
        JournalSize {
            segments: self.closed.len() as u64 + u64::from(self.open.is_some()),
            bytes: closed.chain(open).sum(),
        }
    }
}

impl OpenSegment {
    fn create(dir: &Path, first: Lsn) -> Result<Self> {
        let path = segment_path(dir, first);
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&path)
            .map_err(|e| cannot("create", &path, e))?;
        file.write_all(&segment::header(first))
            .and_then(|()| file.sync_data())
            .map_err(|e| cannot("write", &path, e))?;
        sync_dir(dir)?;
        Ok(Self {
            file,
            first,
            bytes: HEADER_BYTES as u64,
        })
    }

    fn reopen(path: &Path, first: Lsn, good_bytes: u64) -> Result<Self> {
        let reopen = || -> std::io::Result<Self> {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.set_len(good_bytes)?;
            file.seek(SeekFrom::Start(good_bytes))?;
            // Before the note: a length noted as durable has to be.
            file.sync_data()?;
            file.write_all_at(&segment::synced(good_bytes), SYNCED_OFFSET)?;
            Ok(Self {
                file,
                first,
                bytes: good_bytes,
            })
        };
        reopen().map_err(|e| cannot("open", path, e))
    }

    fn note_synced(&self, dir: &Path) -> Result<()> {
        self.file
            .write_all_at(&segment::synced(self.bytes), SYNCED_OFFSET)
            .map_err(|e| cannot("append to the journal in", dir, e))
    }
}

/// Reads the journal in `dir`, which another process may be appending to: a tail
/// that is just being written is left out. A missing directory is an empty journal.
pub fn read_local(dir: &Path) -> Result<Recovered> {
    let mut attempt = 1;
    loop {
        // A checkpoint that came in between may have taken segments away under us.
        let read = read_once(dir).and_then(|(recovered, _)| {
            let (through, _) = read_checkpoint(dir)?;
            Ok((through == recovered.through).then_some(recovered))
        });
        match read {
            Ok(Some(recovered)) => return Ok(recovered),
            Ok(None) | Err(_) if attempt < READ_ATTEMPTS => attempt += 1,
            Ok(None) => {
                return Err(Error::Unavailable(format!(
                    "the journal {} changed {READ_ATTEMPTS} times while it was being read",
                    dir.display()
                )));
            }
            Err(error) => return Err(error),
        }
    }
}

/// What the journal in `dir` needs not remember any more, as the tables have it.
pub fn folded_through(dir: &Path) -> Result<Lsn> {
    Ok(read_checkpoint(dir)?.0)
}

fn read_checkpoint(dir: &Path) -> Result<(Lsn, Option<Vec<u8>>)> {
    let path = dir.join(CHECKPOINT);
    match fs::read(&path) {
        Ok(bytes) => {
            let (through, state) = segment::parse_checkpoint(&path.display().to_string(), &bytes)?;
            Ok((through, Some(state)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((Lsn(0), None)),
        Err(error) => Err(cannot("read", &path, error)),
    }
}

/// The segment that was being written.
struct LastSegment {
    path: PathBuf,
    first: Lsn,
    /// None when not even its header was written.
    good_bytes: Option<u64>,
}

fn read_once(dir: &Path) -> Result<(Recovered, Option<LastSegment>)> {
    let (through, state) = read_checkpoint(dir)?;
    let mut recovered = Recovered {
        through,
        state,
        entries: Vec::new(),
    };
    let files = segments(dir)?;
    let count = files.len();
    let mut last = None;
    for (index, (first, path)) in files.into_iter().enumerate() {
        let is_last = index + 1 == count;
        let name = path.display().to_string();
        let bytes = fs::read(&path).map_err(|e| cannot("read", &path, e))?;
        let parsed = segment::parse(&name, &bytes, is_last)?;
        if is_last {
            last = Some(LastSegment {
                path,
                first,
                good_bytes: parsed.as_ref().map(|segment| segment.good_bytes),
            });
        }
        let Some(segment) = parsed else { continue };
        let expected = recovered
            .entries
            .last()
            .map_or(recovered.through, |(lsn, _)| *lsn);
        if segment.first != first || segment.first > expected.next() {
            return Err(Error::Damaged(format!(
                "journal segment {name} begins at entry {}, but the last one before it is {expected}: \
                 a segment is missing. Restore it from a copy",
                segment.first,
            )));
        }
        recovered.entries.extend(
            segment
                .entries
                .into_iter()
                .filter(|(lsn, _)| *lsn > expected),
        );
    }
    Ok((recovered, last))
}

fn segments(dir: &Path) -> Result<Vec<(Lsn, PathBuf)>> {
    let mut found = Vec::new();
    let listing = match fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(cannot("list", dir, error)),
    };
    for file in listing {
        let path = file.map_err(|e| cannot("list", dir, e))?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            let first = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse().ok());
            let Some(first) = first else {
                return Err(Error::Damaged(format!(
                    "{} is not named as a journal segment is (20 digits): move it away",
                    path.display()
                )));
            };
            found.push((Lsn(first), path));
        }
    }
    found.sort();
    Ok(found)
}

fn segment_path(dir: &Path, first: Lsn) -> PathBuf {
    dir.join(format!("{:020}.seg", first.0))
}

/// Writes `name` in `dir` so that a crash leaves the old bytes or the new ones.
pub(crate) fn replace_file(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = dir.join(name);
    let temporary = dir.join(format!("{name}.tmp"));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)
    };
    write().map_err(|e| cannot("write", &path, e))?;
    sync_dir(dir)
}

pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|e| cannot("sync", dir, e))
}

fn cannot(what: &str, path: &Path, cause: std::io::Error) -> Error {
    Error::storage(format_args!("{what} {}", path.display()), cause)
}

#[cfg(test)]
#[path = "local_tests.rs"]
mod tests;
