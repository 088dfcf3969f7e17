//! A journal of objects, one for each group commit: `_journal/<agent>/<first lsn>.jnl`, which
//! nobody overwrites.
//!
//! ```text
//! magic "MDBJOBJ\0" (8) · format version u32 · frame as in a segment
//! ```
//!
//! An object without entries is a *seal*: it stands where the next group of an agent would go
//! that is taken for dead, so that this one cannot go on should it live.

use std::time::Duration;

use async_trait::async_trait;
use tracing::error;

use super::segment::{self, FORMAT};
use super::{Journal, JournalSize};
use crate::error::{Error, Result};
use crate::ids::{AgentId, Lsn};
use crate::store::Store;

/// Where the journals of all agents are.
pub(crate) const JOURNALS: &str = "_journal";
const SUFFIX: &str = ".jnl";
const MAGIC: &[u8; 8] = b"MDBJOBJ\0";
const HEADER_BYTES: usize = 12;

/// How long to wait after a write that failed, the first time and at the most.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The journal that this agent appends to. It begins empty: another start is another agent.
#[derive(Debug)]
pub(crate) struct ObjectJournal {
    store: Store,
    agent: AgentId,
    next: Lsn,
    /// What was written and is not forgotten: where each object ends, and its bytes.
    written: Vec<(Lsn, u64)>,
}

impl ObjectJournal {
    pub(crate) fn new(store: Store, agent: AgentId) -> Self {
        Self {
            store,
            agent,
            next: Lsn(1),
            written: Vec::new(),
        }
    }
}

#[async_trait]
impl Journal for ObjectJournal {
    /// Tries as long as the store refuses: nothing was acked, and what is under way is bounded.
    async fn append(&mut self, group: Vec<Vec<u8>>) -> Result<Lsn> {
        let path = path(&self.agent, self.next);
        let bytes = encode(self.next, &group);
        let mut pause = FIRST_PAUSE;
        loop {
            match put_once(&self.store, &path, &bytes).await {
                Ok(true) => break,
                Ok(false) => {
                    return Err(Error::Conflict(format!(
                        "{path} of {} is not ours: this agent was silent for so long that its \
                         journal was closed. Start it again",
                        self.store.url()
                    )));
                }
                Err(failure) => {
                    error!(error = %failure, "the journal waits for the object store");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        let last = Lsn(self.next.0 + group.len() as u64 - 1);
        self.written.push((last, bytes.len() as u64));
        self.next = last.next();
        Ok(last)
    }

    /// Objects are deleted by who folded them.
    async fn checkpoint(&mut self, through: Lsn, _state: Vec<u8>) -> Result<()> {
        self.written.retain(|(last, _)| *last > through);
        Ok(())
    }

    fn size(&self) -> JournalSize {
        JournalSize {
            segments: self.written.len() as u64,
            bytes: self.written.iter().map(|(_, bytes)| bytes).sum(),
        }
    }
}

/// Creates an object; answers whether it is there as given. A request that was sent twice may
/// find its own first success.
pub(crate) async fn put_once(store: &Store, path: &str, bytes: &[u8]) -> Result<bool> {
    if store.create(path, bytes.to_vec()).await? {
        return Ok(true);
    }
    Ok(store.get(path).await?.as_deref() == Some(bytes))
}

/// The object of `agent` whose first entry is `first`.
pub(crate) fn path(agent: &AgentId, first: Lsn) -> String {
    format!("{JOURNALS}/{agent}/{:020}{SUFFIX}", first.0)
}

/// What [`path`] was made of; none for what is no journal object.
pub(crate) fn parse_path(path: &str) -> Option<(AgentId, Lsn)> {
    let (agent, name) = path
        .strip_prefix(JOURNALS)?
        .strip_prefix('/')?
        .split_once('/')?;
    let first = name.strip_suffix(SUFFIX)?.parse().ok()?;
    Some((AgentId::parse(agent).ok()?, Lsn(first)))
}

/// The bytes of an object; of a seal where there are no entries.
pub(crate) fn encode(first: Lsn, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::from(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&segment::frame(first, entries));
    bytes
}

/// The entries of an object.
pub(crate) fn decode(path: &str, first: Lsn, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let damaged = |what: &str| {
        Error::Damaged(format!(
            "journal object {path} is damaged: {what}. Restore it from a copy"
        ))
    };
    let Some((header, frame)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err(damaged("its header is cut short"));
    };
    if &header[..8] != MAGIC {
        return Err(damaged("it does not begin as a journal object does"));
    }
    let mut version = [0; 4];
    version.copy_from_slice(&header[8..]);
    let version = u32::from_le_bytes(version);
    if version > FORMAT {
        return Err(Error::TooNew(format!(
            "journal object {path} has format version {version}; this program reads up to \
             {FORMAT}: use the newer version of modeldb that wrote it"
        )));
    }
    let (length, entries) = segment::parse_frame(frame, first).map_err(damaged)?;
    if length != frame.len() {
        return Err(damaged("something follows its frame"));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent() -> AgentId {
        AgentId::parse("agent-one").expect("an id")
    }

    #[tokio::test]
    async fn groups_become_objects() {
        let store = Store::open("memory://", true).expect("a store");
        let mut journal = ObjectJournal::new(store.clone(), agent());
        let group = vec![vec![1; 10], vec![2; 20]];
        assert_eq!(journal.append(group.clone()).await.expect("ok"), Lsn(2));
        assert_eq!(journal.append(vec![vec![3]]).await.expect("ok"), Lsn(3));
        assert_eq!(journal.size().segments, 2);
        let path = path(&agent(), Lsn(1));
        assert_eq!(parse_path(&path), Some((agent(), Lsn(1))));
        let bytes = store.get(&path).await.expect("read").expect("there");
        assert_eq!(decode(&path, Lsn(1), &bytes).expect("entries"), group);
        journal.checkpoint(Lsn(2), Vec::new()).await.expect("ok");
        assert_eq!(journal.size().segments, 1);
        for cut in 0..bytes.len() {
            let cut = decode(&path, Lsn(1), &bytes[..cut]);
            assert!(matches!(cut, Err(Error::Damaged(_))));
        }
    }

    #[tokio::test]
    async fn a_sealed_journal_takes_nothing() {
        let store = Store::open("memory://", true).expect("a store");
        let mut journal = ObjectJournal::new(store.clone(), agent());
        journal.append(vec![vec![1]]).await.expect("ok");
        let seal = encode(Lsn(2), &[]);
        let path = path(&agent(), Lsn(2));
        assert!(put_once(&store, &path, &seal).await.expect("sealed"));
        let refused = journal.append(vec![vec![2]]).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert!(decode(&path, Lsn(2), &seal).expect("a seal").is_empty());
    }
}
