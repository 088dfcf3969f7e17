//! How a warehouse is opened: what the pieces begin with, by where it lies.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::clock::{Clock, Entropy};
use crate::error::{Error, Result};
use crate::format::Mark;
use crate::hot::HotRows;
use crate::ids::{AgentId, Lsn, ProducerId, Seq};
use crate::journal::{Journal, LocalJournal, ObjectJournal, Recovered, lock, place, replace_file};
use crate::lease::Lease;
use crate::ledger::Ledger;
use crate::limits::{MAKE_LIMIT, MAKE_POLL};
use crate::materialiser::Seat;
use crate::reader::Replay;
use crate::shared::{Candidate, Follower};
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};
use crate::warehouse::{JOURNAL_DIR, Settings};

const AGENT_FILE: &str = "agent.json";

/// What an open warehouse begins with.
#[derive(Debug)]
pub(crate) struct Opened {
    pub agent: AgentId,
    pub ledger: Arc<Ledger>,
    pub journal: Box<dyn Journal>,
    /// The last batch of each producer that is in the journal.
    pub producers: Vec<(ProducerId, Seq)>,
    /// The journal's last entry.
    pub last: Lsn,
    pub seat: Seat,
    /// Keeps up with the other agents, where there may be some.
    pub follower: Option<Arc<Follower>>,
}

/// What a warehouse is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To take events and answer queries, and to fold when the lease is free.
    Serve,
    /// To change what is in the tables: the lease is taken from whoever has it.
    Maintain,
}

/// A local directory: this is the only agent.
pub(crate) async fn open_local(
    settings: &Settings,
    store: &Store,
    root: &Path,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Opened> {
    let found = Mark::read(store).await?;
    let is_new = found.is_none();
    let mut mark = match found {
        Some(mark) => mark,
        None => Mark::begin(store).await?,
    };
    let (agent, journal, recovered) = open_journal(settings, root, is_new, entropy)?;
    DeltaTables::create_missing(store, &mark).await?;
    mark.ready(store).await?;
    let lease = Lease::take(store, &agent, clock.now()).await?;
    let tables = DeltaTables::leased(store.clone(), lease);
    tables.add_missing_columns().await?;
    let opened = tables.tables().await?;

    let replay = Replay::decode(recovered)?;
    replay.check_versions(&opened)?;
    let marks = tables.marks(&opened, &replay.producers()).await?;
    let (assembler, hot, last) = replay.apply(HotRows::new(marks));
    let producers = assembler.producers().iter();
    let producers = producers.map(|(id, state)| (id.clone(), state.seq));
    let producers = producers.collect();
    info!(
        warehouse = %store.url(), agent = %agent, through = last.0,
        unfolded_rows = hot.len(), journal_bytes = journal.size().bytes, "warehouse open"
    );
    let now = clock.now();
    let abandon_after = settings.abandon_after;
    let ledger = Ledger::new(
        agent.clone(),
        assembler,
        hot,
        opened,
        last,
        now,
        abandon_after,
    );
    Ok(Opened {
        seat: Seat::Sole {
            agent: agent.clone(),
            tables: Box::new(tables),
        },
        agent,
        ledger: Arc::new(ledger),
        journal: Box::new(journal),
        producers,
        last,
        follower: None,
    })
}

/// An object store: this is one of many agents, and a new one.
pub(crate) async fn open_shared(
    settings: &Settings,
    store: &Store,
    clock: Arc<dyn Clock>,
    entropy: &dyn Entropy,
    purpose: Purpose,
) -> Result<Opened> {
    store.check_creates(&entropy.fresh_name()).await?;
    Mark::read_or_begin(store).await?;
    let agent = AgentId::from(entropy.fresh_name());
    let ledger = Ledger::of_many(agent.clone(), clock.now(), settings.abandon_after);
    let ledger = Arc::new(ledger);
    let follower = Arc::new(Follower::new(
        store.clone(),
        agent.clone(),
        clock.clone(),
        ledger.clone(),
        DeltaTables::read_only(store.clone(), None),
    ));
    let mut candidate = Candidate::new(
        store.clone(),
        agent.clone(),
        clock,
        ledger.clone(),
        follower.clone(),
        settings.lease_term,
    );
    // Before its journal has anything.
    candidate.show(None).await?;
    let deadline = Instant::now() + MAKE_LIMIT;
    let hold = loop {
        let hold = match purpose {
            Purpose::Serve => candidate.look().await?,
            Purpose::Maintain => Some(candidate.take().await?),
        };
        let mark = Mark::read_or_begin(store).await?;
        if hold.is_some() || mark.is_ready() {
            break hold;
        }
        if Instant::now() > deadline {
            return Err(Error::Unavailable(format!(
                "another agent has been making the warehouse {} for {} seconds: see what it logs",
                store.url(),
                MAKE_LIMIT.as_secs()
            )));
        }
        tokio::time::sleep(MAKE_POLL).await;
    };
    info!(warehouse = %store.url(), agent = %agent, folds = hold.is_some(), "warehouse open");
    Ok(Opened {
        journal: Box::new(ObjectJournal::new(store.clone(), agent.clone())),
        agent,
        ledger,
        producers: Vec::new(),
        last: Lsn(0),
        seat: Seat::Shared {
            candidate: Box::new(candidate),
            hold: hold.map(Box::new),
        },
        follower: Some(follower),
    })
}

#[derive(Serialize, Deserialize)]
struct AgentFile {
    agent_id: AgentId,
}

/// Opens the journal, under a lock on it; and on the warehouse, where the journal lies elsewhere.
fn open_journal(
    settings: &Settings,
    root: &Path,
    is_new: bool,
    entropy: &dyn Entropy,
) -> Result<(AgentId, LocalJournal, Recovered)> {
    let who = format!("the process {}", std::process::id());
    let inside = root.join(JOURNAL_DIR);
    let dir = settings.journal.clone().unwrap_or_else(|| inside.clone());
    let mut locks = vec![lock(&dir, &who)?];
    if std::fs::canonicalize(&inside).ok() != std::fs::canonicalize(&dir).ok() {
        locks.push(lock(&inside, &who)?);
    }
    place::move_to(&inside, &dir)?;
    if !is_new && !dir.join(AGENT_FILE).exists() {
        warn!(
            journal = %dir.display(),
            "the journal is new and the warehouse is not: what another journal held and did not \
             fold into the tables is not here"
        );
    }
    let agent = agent_id(&dir, entropy)?;
    let (journal, recovered) = LocalJournal::open(&dir, locks)?;
    Ok((agent, journal, recovered))
}

/// The agent that owns the journal: the same one after a restart.
fn agent_id(dir: &std::path::Path, entropy: &dyn Entropy) -> Result<AgentId> {
    let path = dir.join(AGENT_FILE);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let file: AgentFile = serde_json::from_slice(&bytes).map_err(|error| {
                Error::Damaged(format!(
                    "{}: {error}. Restore it from a copy",
                    path.display()
                ))
            })?;
            Ok(file.agent_id)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let agent_id = AgentId::from(entropy.fresh_name());
            let file = AgentFile { agent_id };
            let bytes = serde_json::to_vec(&file)
                .map_err(|error| Error::Internal(format!("encode {AGENT_FILE}: {error}")))?;
            replace_file(dir, AGENT_FILE, &bytes)?;
            Ok(file.agent_id)
        }
        Err(error) => Err(Error::storage(
            format_args!("read {}", path.display()),
            error,
        )),
    }
}
