//! What a journal's checkpoint carries forward: the assembler's state, and how far each
//! table had come.
//!
//! ```text
//! length of the state u64, little-endian · state · versions as MessagePack
//! ```

use std::collections::BTreeMap;

use deltalake::DeltaTable;

use crate::assemble::Assembler;
use crate::error::{Error, Result};
use crate::relation::Relation;

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

/// Refuses tables that are older than they are known to have been.
pub(crate) fn check_versions(known: &Versions, tables: &[(Relation, DeltaTable)]) -> Result<()> {
    for (relation, table) in tables {
        let committed = known.get(relation.name()).copied().unwrap_or(0);
        let version = table.version().unwrap_or(0);
        if version < committed {
            return Err(Error::Damaged(format!(
                "the table {name} at {url} is at version {version}, and was at {committed}: \
                 its log has lost entries. Restore {name}/_delta_log from a copy",
                name = relation.name(),
                url = table.table_url(),
            )));
        }
    }
    Ok(())
}
