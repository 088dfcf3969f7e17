//! The files of a local journal, byte by byte. All numbers are little-endian.
//!
//! ```text
//! segment      <first lsn, 20 digits>.seg
//!   header     magic "MDBJRNL\0" (8) · format version u32 · first lsn u64 · crc32c u32 of those
//!              · synced length u64 · crc32c u32 of it                              = 36 bytes
//!   frame…     one per group commit, one write each:
//!              magic "FRM1" (4) · payload length u32 · first lsn u64 · entries u32
//!              · crc32c u32 of length, lsn, entries and payload                   = 24 bytes
//!              payload: for each entry its length u32 and its bytes
//!
//! checkpoint   magic "MDBCKPT\0" (8) · format version u32 · lsn u64 · length u64
//!              · crc32c u32 of version, lsn, length and state · state
//! ```
//!
//! *Synced length* is how much of the segment was durable when it was last noted:
//! after each `fdatasync`, with a plain write that the next one carries to the disk.
//! It tells a torn tail from damage. A crash can tear only what was being written,
//! which lies beyond it and was never acked: that is cut off. Anything wrong before
//! it, or in any segment but the last, is damage: reading stops with the file and
//! the offset.

use crate::error::{Error, Result};
use crate::ids::Lsn;
use crate::limits::MAX_FRAME_BYTES;

/// Version of both files; a reader refuses a higher one.
pub(super) const FORMAT: u32 = 1;
pub(super) const HEADER_BYTES: usize = 36;
const SEGMENT_MAGIC: &[u8; 8] = b"MDBJRNL\0";
const CHECKPOINT_MAGIC: &[u8; 8] = b"MDBCKPT\0";
const FRAME_MAGIC: &[u8; 4] = b"FRM1";
const FRAME_HEADER_BYTES: usize = 24;
/// Where the synced length stands in the header.
pub(super) const SYNCED_OFFSET: u64 = 24;

pub(super) fn header(first: Lsn) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(SEGMENT_MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&first.0.to_le_bytes());
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    bytes.extend_from_slice(&synced(HEADER_BYTES as u64));
    bytes
}

/// The synced length as it stands at [`SYNCED_OFFSET`].
pub(super) fn synced(length: u64) -> [u8; 12] {
    let length = length.to_le_bytes();
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&length);
    bytes[8..].copy_from_slice(&crc32c::crc32c(&length).to_le_bytes());
    bytes
}

pub(super) fn frame(first: Lsn, entries: &[Vec<u8>]) -> Vec<u8> {
    let length: usize = entries.iter().map(|entry| 4 + entry.len()).sum();
    let mut bytes = Vec::with_capacity(FRAME_HEADER_BYTES + length);
    bytes.extend_from_slice(FRAME_MAGIC);
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    bytes.extend_from_slice(&first.0.to_le_bytes());
    bytes.extend_from_slice(&(entries.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    for entry in entries {
        bytes.extend_from_slice(&(entry.len() as u32).to_le_bytes());
        bytes.extend_from_slice(entry);
    }
    let crc = frame_crc(&bytes);
    bytes[20..24].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn frame_crc(frame: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&frame[4..20]), &frame[FRAME_HEADER_BYTES..])
}

/// Whether a checksum is the one that was noted; any is for a fuzzer, which could not get past it.
fn is_sum(sum: u32, noted: u32) -> bool {
    cfg!(fuzzing) || sum == noted
}

/// What a segment holds.
#[derive(Debug)]
pub(super) struct Segment {
    pub first: Lsn,
    pub entries: Vec<(Lsn, Vec<u8>)>,
    /// Where the good part ends; what follows was torn by a crash.
    pub good_bytes: u64,
}

/// Reads a segment. `file` names it in messages; `last` says whether it is the one
/// that was being written, the only one whose tail may be torn.
pub(super) fn parse(file: &str, bytes: &[u8], last: bool) -> Result<Option<Segment>> {
    let damaged = |offset: usize, what: &str| {
        Error::Damaged(format!(
            "journal segment {file} is damaged at byte {offset}: {what}. \
             Restore the file from a copy; or, to give up what was acked and not yet folded into \
             the tables, move the journal directory away and start again"
        ))
    };
    if bytes.len() < HEADER_BYTES {
        // A crash while the segment was being created: nothing in it was acked.
        return if last {
            Ok(None)
        } else {
            Err(damaged(0, "its header is cut short"))
        };
    }
    if &bytes[..8] != SEGMENT_MAGIC {
        return Err(damaged(0, "it does not begin as a segment does"));
    }
    if !is_sum(crc32c::crc32c(&bytes[..20]), u32_at(bytes, 20)) {
        return Err(damaged(0, "the checksum of its header is wrong"));
    }
    let version = u32_at(bytes, 8);
    if version > FORMAT {
        return Err(Error::TooNew(format!(
            "journal segment {file} has format version {version}; this program reads up to {FORMAT}: \
             use the newer version of modeldb that wrote it"
        )));
    }
    let first = Lsn(u64_at(bytes, 12));
    let synced = u64_at(bytes, SYNCED_OFFSET as usize) as usize;
    if !is_sum(crc32c::crc32c(&bytes[24..32]), u32_at(bytes, 32)) {
        return Err(damaged(24, "the checksum of its synced length is wrong"));
    }
    if synced > bytes.len() {
        return Err(damaged(
            bytes.len(),
            &format!("it ends here, but {synced} bytes of it were durable"),
        ));
    }
    let mut segment = Segment {
        first,
        entries: Vec::new(),
        good_bytes: HEADER_BYTES as u64,
    };
    let mut offset = HEADER_BYTES;
    let mut next = first;
    while offset < bytes.len() {
        match parse_frame(&bytes[offset..], next) {
            Ok((length, entries)) => {
                for entry in entries {
                    segment.entries.push((next, entry));
                    next = next.next();
                }
                offset += length;
                segment.good_bytes = offset as u64;
            }
            Err(_) if last && offset >= synced => break,
            Err(what) => return Err(damaged(offset, what)),
        }
    }
    Ok(Some(segment))
}

pub(super) fn parse_frame(
    bytes: &[u8],
    expected: Lsn,
) -> Result<(usize, Vec<Vec<u8>>), &'static str> {
    if bytes.len() < FRAME_HEADER_BYTES {
        return Err("the header of a frame is cut short");
    }
    if &bytes[..4] != FRAME_MAGIC {
        return Err("no frame begins here");
    }
    let length = u32_at(bytes, 4) as usize;
    if length > MAX_FRAME_BYTES {
        return Err("the length of a frame is over the limit");
    }
    let Some(frame) = bytes.get(..FRAME_HEADER_BYTES + length) else {
        return Err("a frame is cut short");
    };
    if !is_sum(frame_crc(frame), u32_at(frame, 20)) {
        return Err("the checksum of a frame is wrong");
    }
    if u64_at(frame, 8) != expected.0 {
        return Err("a frame is out of order");
    }
    let mut entries = Vec::new();
    let mut rest = &frame[FRAME_HEADER_BYTES..];
    for _ in 0..u32_at(frame, 16) {
        let entry = rest
            .split_at_checked(4)
            .and_then(|(length, after)| after.split_at_checked(u32_at(length, 0) as usize));
        let Some((entry, after)) = entry else {
            return Err("an entry is longer than its frame");
        };
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok((frame.len(), entries))
}

pub(crate) fn checkpoint(through: Lsn, state: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 + state.len());
    bytes.extend_from_slice(CHECKPOINT_MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&through.0.to_le_bytes());
    bytes.extend_from_slice(&(state.len() as u64).to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[8..28]), state);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(state);
    bytes
}

pub(crate) fn parse_checkpoint(file: &str, bytes: &[u8]) -> Result<(Lsn, Vec<u8>)> {
    let damaged = |what: &str| {
        Error::Damaged(format!(
            "journal checkpoint {file} is damaged: {what}. Restore the file from a copy"
        ))
    };
    if bytes.len() < 32 || &bytes[..8] != CHECKPOINT_MAGIC {
        return Err(damaged("it does not begin as a checkpoint does"));
    }
    let version = u32_at(bytes, 8);
    if version > FORMAT {
        return Err(Error::TooNew(format!(
            "journal checkpoint {file} has format version {version}; this program reads up to {FORMAT}: \
             use the newer version of modeldb that wrote it"
        )));
    }
    let state = &bytes[32..];
    if u64_at(bytes, 20) != state.len() as u64 {
        return Err(damaged("its length is wrong"));
    }
    let sum = crc32c::crc32c_append(crc32c::crc32c(&bytes[8..28]), state);
    if !is_sum(sum, u32_at(bytes, 28)) {
        return Err(damaged("its checksum is wrong"));
    }
    Ok((Lsn(u64_at(bytes, 12)), state.to_vec()))
}

fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[offset..offset + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[offset..offset + 8]);
    u64::from_le_bytes(number)
}
