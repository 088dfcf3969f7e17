//! What a journal's checkpoint carries forward: the assembler's state, and how far each
//! table had come.
//!
//! ```text
//! length of the state u64, little-endian · state · versions as MessagePack
//! ```

use std::collections::BTreeMap;

use crate::assemble::Assembler;
use crate::error::{Error, Result};

/// Versions of the tables, by name.
pub(crate) type Versions = BTreeMap<String, u64>;

pub(crate) fn encode(state: &[u8], versions: &Versions) -> Result<Vec<u8>> {
    let versions = rmp_serde::to_vec(versions)
        .map_err(|error| Error::Internal(format!("encode the checkpoint: {error}")))?;
    Ok([&(state.len() as u64).to_le_bytes(), state, &versions].concat())
}

pub(crate) fn decode(saved: &[u8]) -> Result<(Assembler, Versions)> {
    let damaged = |why: &str| Error::Damaged(format!("the journal's checkpoint: {why}"));
    let (length, rest) = saved
        .split_first_chunk::<8>()
        .ok_or_else(|| damaged("it is too short"))?;
    let length = u64::from_le_bytes(*length) as usize;
    let (state, versions) = rest
        .split_at_checked(length)
        .ok_or_else(|| damaged("its state is cut short"))?;
    let versions = rmp_serde::from_slice(versions).map_err(|error| damaged(&error.to_string()))?;
    Ok((Assembler::decode(state)?, versions))
}
