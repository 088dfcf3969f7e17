//! The spool of a producer: the batches that no agent has taken yet, as a bridge or a client
//! left them in a file `<producer>.spool`.
//!
//! Four bytes `MDBS`, the version as a big-endian 32-bit integer, then `PushRequest` messages,
//! each behind its length as a varint, with numbers that rise by one. A writer that was killed
//! may leave a last message that is cut off: it counts as not there. Whoever writes a spool
//! holds a POSIX lock on it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use modeldb_proto::v1::PushRequest;
use modeldb_warehouse::limits::MAX_BATCH_BYTES;
use modeldb_warehouse::{Error, Result};
use prost::Message;
use rustix::fs::{FlockOperation, fcntl_lock};

const HEADER: &[u8; 8] = b"MDBS\0\0\0\x01";
/// A batch, and what is around its events.
const MAX_MESSAGE: u64 = 2 * MAX_BATCH_BYTES as u64 + (64 << 10);
/// What the batches that were refused are kept in.
const REFUSED: &str = "spool.refused";

/// See the module.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    file: File,
}

impl Spool {
    /// Opens a spool that nobody writes any more.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the file is no spool, or of another version;
    /// [`Error::Conflict`] while the program that writes it runs.
    pub fn open(path: &Path) -> Result<Self> {
        let open = File::options().read(true).write(true).open(path);
        let file = open.map_err(|cause| Error::storage(format_args!("open {path:?}"), cause))?;
        // Other errors come from file systems without locks.
        if let Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) =
            fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive)
        {
            return Err(Error::Conflict(format!(
                "the spool {path:?} is in use: the program that writes it runs, and delivers it by \
                 itself when its agent is back"
            )));
        }
        let spool = Self {
            path: path.to_owned(),
            file,
        };
        spool.reader()?;
        Ok(spool)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its batches, in order; one at a time is in memory.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] for what is no batch, but for a last one that was cut off.
    pub fn batches(&self) -> Result<impl Iterator<Item = Result<PushRequest>> + '_> {
        let mut reader = self.reader()?;
        Ok(std::iter::from_fn(move || {
            self.next(&mut reader).transpose()
        }))
    }

    /// Takes out the batch `seq`, which was refused, and closes the gap: no agent has seen those
    /// behind it. The batch is kept in a file of its own; that of the spool is replaced in one
    /// step.
    pub fn refuse(&mut self, seq: u64) -> Result<()> {
        let cannot = |cause| Error::storage(format_args!("write beside {:?}", self.path), cause);
        let next = self.path.with_extension("spool.new");
        let mut rest = BufWriter::new(File::create(&next).map_err(cannot)?);
        let refused = self.path.with_extension(REFUSED);
        let is_new = !refused.exists();
        let mut kept = File::options()
            .create(true)
            .append(true)
            .open(&refused)
            .map_err(cannot)?;
        rest.write_all(HEADER).map_err(cannot)?;
        if is_new {
            kept.write_all(HEADER).map_err(cannot)?;
        }
        for batch in self.batches()? {
            let mut batch = batch?;
            if batch.seq == seq {
                let bytes = batch.encode_length_delimited_to_vec();
                kept.write_all(&bytes).map_err(cannot)?;
                continue;
            }
            batch.seq -= u64::from(batch.seq > seq);
            let bytes = batch.encode_length_delimited_to_vec();
            rest.write_all(&bytes).map_err(cannot)?;
        }
        kept.sync_all().map_err(cannot)?;
        let file = rest
            .into_inner()
            .map_err(|error| cannot(error.into_error()))?;
        file.sync_all().map_err(cannot)?;
        std::fs::rename(&next, &self.path).map_err(cannot)?;
        *self = Self::open(&self.path)?;
        Ok(())
    }

    /// Removes the file.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path)
            .map_err(|cause| Error::storage(format_args!("remove {:?}", self.path), cause))
    }

    /// Behind the header.
    fn reader(&self) -> Result<BufReader<&File>> {
        let mut file = &self.file;
        let mut header = [0; HEADER.len()];
        let read = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.read_exact(&mut header));
        if read.is_err() || header != *HEADER {
            return Err(Error::Invalid(format!(
                "{:?} is no spool of version 1: it begins with {header:02x?}, a spool with \
                 {HEADER:02x?}",
                self.path
            )));
        }
        Ok(BufReader::new(file))
    }

    fn next(&self, reader: &mut BufReader<&File>) -> Result<Option<PushRequest>> {
        let Some(length) = length(reader) else {
            return Ok(None);
        };
        let damaged = |why: &dyn std::fmt::Display| {
            Error::Damaged(format!("the spool {:?}: {why}", self.path))
        };
        if length > MAX_MESSAGE {
            let why = format!("a batch of {length} bytes; at most {MAX_MESSAGE} are accepted");
            return Err(damaged(&why));
        }
        let mut bytes = Vec::new();
        let read = reader.by_ref().take(length).read_to_end(&mut bytes);
        read.map_err(|cause| Error::storage(format_args!("read {:?}", self.path), cause))?;
        if (bytes.len() as u64) < length {
            return Ok(None);
        }
        let batch = PushRequest::decode(bytes.as_slice());
        batch.map(Some).map_err(|error| damaged(&error))
    }
}

/// A varint; none when it is cut off, or nothing follows.
fn length(reader: &mut impl std::io::BufRead) -> Option<u64> {
    let mut bytes = Vec::new();
    for byte in reader.bytes().take(10) {
        let byte = byte.ok()?;
        bytes.push(byte);
        if byte < 0x80 {
            return prost::decode_length_delimiter(bytes.as_slice())
                .ok()
                .map(|length| length as u64);
        }
    }
    None
}
