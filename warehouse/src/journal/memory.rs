//! A journal that survives nothing: for warehouses in memory, which do not either. So
//! it keeps nothing but the position.

use async_trait::async_trait;

use super::{Journal, JournalSize};
use crate::error::Result;
use crate::ids::Lsn;

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    last: Lsn,
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&mut self, group: Vec<Vec<u8>>) -> Result<Lsn> {
        self.last = Lsn(self.last.0 + group.len() as u64);
        Ok(self.last)
    }

    async fn checkpoint(&mut self, _through: Lsn, _state: Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn size(&self) -> JournalSize {
        JournalSize::default()
    }
}
