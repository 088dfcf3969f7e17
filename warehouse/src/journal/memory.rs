//! A journal that survives nothing: for warehouses in memory, which do not either.

use async_trait::async_trait;

use super::{Journal, JournalSize, Recovered};
use crate::error::Result;
use crate::ids::Lsn;

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    last: Lsn,
    held: Recovered,
}

impl MemoryJournal {
    /// What a restart would begin with.
    pub fn recovered(&self) -> &Recovered {
        &self.held
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&mut self, group: Vec<Vec<u8>>) -> Result<Lsn> {
        for entry in group {
            self.last = self.last.next();
            self.held.entries.push((self.last, entry));
        }
        Ok(self.last)
    }

    async fn checkpoint(&mut self, through: Lsn, state: Vec<u8>) -> Result<()> {
        self.held.entries.retain(|(lsn, _)| *lsn > through);
        self.held.through = through;
        self.held.state = Some(state);
        Ok(())
    }

    fn size(&self) -> JournalSize {
        JournalSize {
            segments: 1,
            bytes: self.held.entries.iter().map(|(_, e)| e.len() as u64).sum(),
        }
    }
}
