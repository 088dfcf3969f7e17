//! What decodes bytes from a disk or an object store, open to fuzzing: nothing here may panic,
//! whatever the bytes, and what is taken has to be what was written.
//!
//! Built with `--cfg fuzzing`, checksums are taken as right: a fuzzer finds none.

use super::{object, segment};
use crate::event::Batch;
use crate::ids::Lsn;

/// A segment of a local journal, closed and as the one that is being written.
pub fn segment(bytes: &[u8]) {
    let closed = segment::parse("fuzz", bytes, false);
    let open = segment::parse("fuzz", bytes, true);
    let Ok(Some(open)) = open else {
        assert!(!matches!(closed, Ok(Some(_))), "torn is not damaged");
        return;
    };
    assert!(open.good_bytes <= bytes.len() as u64);
    for (index, (lsn, entry)) in open.entries.iter().enumerate() {
        assert_eq!(Some(lsn.0), open.first.0.checked_add(index as u64));
        batch(entry);
    }
    if let Ok(Some(closed)) = closed {
        assert_eq!(closed.entries, open.entries);
        assert_eq!(closed.good_bytes, bytes.len() as u64);
    }
}

/// An object of a shared journal.
pub fn object(bytes: &[u8]) {
    if let Ok(entries) = object::decode("fuzz", Lsn(1), bytes) {
        let again = object::encode(Lsn(1), &entries);
        let again = object::decode("fuzz", Lsn(1), &again);
        assert_eq!(again.ok().as_ref(), Some(&entries));
        entries.iter().for_each(|entry| batch(entry));
    }
}

/// A checkpoint of a local journal.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok((_, state)) = segment::parse_checkpoint("fuzz", bytes) {
        let _ = crate::saved::decode(&state);
    }
}

/// One entry of any journal.
fn batch(entry: &[u8]) {
    let _ = rmp_serde::from_slice::<Batch>(entry);
}
