//! Acks from a disk of this machine for a warehouse on an object store.
//!
//! What is taken goes into a local journal first, and is acked when it is durable there; the
//! committer then writes it to the object store, where the others see it. The local journal
//! forgets what the object store has. It lies in `<directory>/<agent>`, beside a note of its
//! warehouse: what a process leaves that ends before all is written, the next agent of that warehouse
//! on this machine takes as batches of its own. Those that had arrived all the same are dropped, by
//! their numbers, as any batch that comes twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tracing::warn;

use crate::error::{Error, Result};
use crate::event::Batch;
use crate::ids::{AgentId, Lsn};
use crate::intake::Accepted;
use crate::journal::{Journal, LocalJournal, lock, replace_file};
use crate::limits::{AHEAD_SEGMENT_BYTES, MAX_GROUP_BYTES};

/// Which warehouse a journal is for.
const WAREHOUSE: &str = "warehouse";
const FORGET_INTERVAL: Duration = Duration::from_secs(1);

/// A local journal that has begun to run ahead.
#[derive(Debug)]
pub(crate) struct Started {
    /// For the intake.
    pub taken: mpsc::UnboundedSender<Accepted>,
    /// How far it is.
    pub acked: watch::Receiver<Lsn>,
    /// What is to be taken before anything else.
    pub left: Vec<LeftBehind>,
    pub task: JoinHandle<Result<()>>,
}

/// Begins a journal in `directory` for the agent of the warehouse at `url`, before the `committer`,
/// which says how much it has `written`.
pub(crate) fn start(
    directory: &Path,
    url: &str,
    agent: &AgentId,
    committer: &mpsc::UnboundedSender<Accepted>,
    written: &watch::Receiver<Lsn>,
) -> Result<Started> {
    let left = LeftBehind::find(directory, url)?;
    let dir = directory.join(agent.as_str());
    let lock = lock(&dir, &format!("the process {}", std::process::id()))?;
    replace_file(&dir, WAREHOUSE, url.as_bytes())?;
    let (journal, _) = LocalJournal::open(&dir, vec![lock])?;
    let (taken_sender, taken) = mpsc::unbounded_channel();
    let (acked_sender, acked) = watch::channel(Lsn(0));
    let ahead = Ahead {
        dir,
        journal: journal.with_segment_bytes(AHEAD_SEGMENT_BYTES),
        last: Lsn(0),
        forgotten: Lsn(0),
        taken,
        committer: committer.clone(),
        acked: acked_sender,
        written: written.clone(),
    };
    Ok(Started {
        taken: taken_sender,
        acked,
        left,
        task: tokio::spawn(ahead.run()),
    })
}

/// What goes from the intake by way of the local journal to the committer.
#[derive(Debug)]
struct Ahead {
    dir: PathBuf,
    journal: LocalJournal,
    last: Lsn,
    forgotten: Lsn,
    taken: mpsc::UnboundedReceiver<Accepted>,
    committer: mpsc::UnboundedSender<Accepted>,
    /// How far the local journal is.
    acked: watch::Sender<Lsn>,
    /// How far the object store is.
    written: watch::Receiver<Lsn>,
}

impl Ahead {
    /// Runs until nothing more is taken and the object store has everything, or until the local
    /// journal fails.
    async fn run(mut self) -> Result<()> {
        let mut forget = tokio::time::interval(FORGET_INTERVAL);
        forget.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                first = self.taken.recv() => match first {
                    Some(first) => self.commit(first).await?,
                    None => break,
                },
                _ = forget.tick() => self.forget().await?,
            }
        }
        let last = self.last;
        let mut written = self.written.clone();
        let all = written.wait_for(|written| *written >= last).await;
        all.map_err(|_| Error::Unavailable("the journal has stopped".into()))?;
        remove(&self.dir)
    }

    async fn commit(&mut self, first: Accepted) -> Result<()> {
        let mut bytes = first.encoded.len();
        let mut group = vec![first];
        while bytes < MAX_GROUP_BYTES
            && let Ok(next) = self.taken.try_recv()
        {
            bytes += next.encoded.len();
            group.push(next);
        }
        let entries = group.iter().map(|accepted| accepted.encoded.clone());
        self.last = self.journal.append(entries.collect()).await?;
        for accepted in group {
            let sent = self.committer.send(accepted);
            sent.map_err(|_| Error::Unavailable("the journal takes nothing more".into()))?;
        }
        self.acked.send_replace(self.last);
        Ok(())
    }

    async fn forget(&mut self) -> Result<()> {
        let written = *self.written.borrow();
        if written > self.forgotten && self.journal.size().bytes >= AHEAD_SEGMENT_BYTES {
            self.journal.checkpoint(written, Vec::new()).await?;
            self.forgotten = written;
        }
        Ok(())
    }
}

/// What an agent of this warehouse left that is gone.
#[derive(Debug)]
pub(crate) struct LeftBehind {
    dir: PathBuf,
    /// In the order in which they were acked.
    pub batches: Vec<Batch>,
    /// Held until all of it is somewhere else.
    _journal: LocalJournal,
}

impl LeftBehind {
    /// All of them in `directory`.
    fn find(directory: &Path, url: &str) -> Result<Vec<Self>> {
        let cannot = |cause| Error::storage(format_args!("list {}", directory.display()), cause);
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot(error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let dir = entry.map_err(cannot)?.path();
            // Others have no note, or of another warehouse.
            if fs::read(dir.join(WAREHOUSE)).is_ok_and(|note| note == url.as_bytes()) {
                found.extend(Self::open(dir)?);
            }
        }
        Ok(found)
    }

    /// None while its agent lives.
    fn open(dir: PathBuf) -> Result<Option<Self>> {
        let lock = match lock(&dir, &format!("the process {}", std::process::id())) {
            Ok(lock) => lock,
            Err(Error::Conflict(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (journal, recovered) = LocalJournal::open(&dir, vec![lock])?;
        let decode = |(lsn, bytes): (Lsn, Vec<u8>)| {
            rmp_serde::from_slice(&bytes).map_err(|error| {
                Error::Damaged(format!(
                    "entry {lsn} of the journal {}: {error}",
                    dir.display()
                ))
            })
        };
        let batches = recovered.entries.into_iter().map(decode);
        Ok(Some(Self {
            batches: batches.collect::<Result<_>>()?,
            dir,
            _journal: journal,
        }))
    }

    /// Everything is somewhere else.
    pub(crate) fn remove(self) -> Result<()> {
        warn!(
            journal = %self.dir.display(), batches = self.batches.len(),
            "an agent that ended before the object store had all left these; they are taken now"
        );
        remove(&self.dir)
    }
}

/// The note goes last: without it nobody would know what a rest is.
fn remove(dir: &Path) -> Result<()> {
    let cannot = |cause| Error::storage(format_args!("remove {}", dir.display()), cause);
    for entry in fs::read_dir(dir).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.file_name().is_some_and(|name| name != WAREHOUSE) {
            fs::remove_file(&path).map_err(cannot)?;
        }
    }
    fs::remove_dir_all(dir).map_err(cannot)
}
