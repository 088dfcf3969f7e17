//! Folds where somebody else folds too, who believes to hold the lease.

use std::sync::Mutex;

use async_trait::async_trait;
use deltalake::DeltaTable;
use futures::TryStreamExt;

use super::*;
use crate::access::Access;
use crate::clock::{Clock, Micros, SystemClock, SystemEntropy};
use crate::event::{Batch, Event, Happening, Producer, Unknown};
use crate::hot::{Chunk, Marks};
use crate::ids::{ProducerId, RunId, Seq};
use crate::journal::{Journal, ObjectJournal};
use crate::opening::{Opened, Purpose, open_shared};
use crate::reader::Reader;
use crate::relation::Relation;
use crate::store::Store;
use crate::table::DeltaTables;
use crate::warehouse::Settings;

const HOUR: Duration = Duration::from_secs(3600);

fn settings() -> Settings {
    Settings {
        location: String::new(),
        journal: None,
        fold_interval: HOUR,
        abandon_after: HOUR,
        lease_term: HOUR,
        artifacts_max_bytes: 0,
        maintenance: Default::default(),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// A batch with one event, which becomes one row of `unknown_events`.
fn batch(seq: u64) -> Batch {
    let producer = Producer {
        id: ProducerId::parse("producer-a").expect("an id"),
        kind: "test".into(),
        version: "1".into(),
    };
    let event = Event {
        run: RunId::parse("run-of-producer-a").expect("an id"),
        at: Micros(seq as i64),
        what: Happening::Unknown(Unknown {
            kind: 99,
            payload: Vec::new(),
        }),
    };
    Batch {
        producer,
        seq: Seq(seq),
        received_at: Micros(0),
        events: vec![event],
    }
}

async fn append(journal: &mut ObjectJournal, seq: u64) {
    let entry = rmp_serde::to_vec_named(&batch(seq)).expect("bytes");
    journal.append(vec![entry]).await.expect("written");
}

/// Rows of `unknown_events`, as whoever opens the warehouse sees them.
async fn seen(store: &Store) -> usize {
    let reader = Reader::at(store.clone(), clock());
    let (view, _) = reader.look(&Access::everything()).await.expect("a view");
    let mut views = view.relations.into_iter();
    let view = views.find(|view| view.relation == Relation::UnknownEvents);
    let view = view.expect("there");
    let (_, rows) = view.table.scan_table().await.expect("a scan");
    let stored: Vec<_> = rows.try_collect().await.expect("rows");
    let batches = stored.iter().chain(&view.hot);
    batches.map(|batch| batch.num_rows()).sum()
}

/// Tables into which somebody else folds just before the first fold, entries that came just then
/// included.
#[derive(Debug)]
struct Meddled {
    tables: Box<dyn TableWriter>,
    other: Mutex<Option<Other>>,
}

#[derive(Debug)]
struct Other {
    store: Store,
    journal: ObjectJournal,
    opened: Opened,
}

impl Other {
    async fn meddle(mut self) {
        append(&mut self.journal, 2).await;
        let follower = self.opened.follower.expect("one of many");
        follower.follow_now().await.expect("read");
        let plan = self.opened.ledger.plan_fold(true).expect("a plan");
        let tables = DeltaTables::read_only(self.store, None);
        for work in plan.expect("rows").work {
            let folded = tables.fold(&work.table, work.relation, &work.rows).await;
            assert!(matches!(folded, Commit::Committed(_)), "{folded:?}");
        }
    }
}

#[async_trait]
impl TableWriter for Meddled {
    async fn tables(&self) -> Result<Vec<(Relation, DeltaTable)>> {
        self.tables.tables().await
    }

    async fn marks(
        &self,
        tables: &[(Relation, DeltaTable)],
        producers: &[ProducerId],
    ) -> Result<Marks> {
        self.tables.marks(tables, producers).await
    }

    async fn fold(&self, table: &DeltaTable, relation: Relation, rows: &[Chunk]) -> Commit {
        let other = self.other.lock().expect("unlocked").take();
        if let Some(other) = other {
            other.meddle().await;
        }
        self.tables.fold(table, relation, rows).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_never_behind_the_rows_of_its_tables() {
    let store = Store::open("memory://", true).expect("a store");
    let open = async || {
        let (settings, serve) = (settings(), Purpose::Serve);
        let opened = open_shared(&settings, &store, clock(), &SystemEntropy, serve);
        opened.await.expect("open")
    };
    let mut holder = open().await;
    let other = open().await;
    let Seat::Shared {
        hold: Some(hold), ..
    } = &mut holder.seat
    else {
        panic!("the first one folds");
    };
    let agent = AgentId::parse("agent-that-takes").expect("an id");
    let mut journal = ObjectJournal::new(store.clone(), agent);
    append(&mut journal, 1).await;
    let other = Other {
        store: store.clone(),
        journal,
        opened: other,
    };
    let tables = DeltaTables::read_only(store.clone(), None);
    let tables = std::mem::replace(&mut hold.tables, Box::new(tables));
    hold.tables = Box::new(Meddled {
        tables,
        other: Mutex::new(Some(other)),
    });

    let (journal, mut requests) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Some(Request::Checkpoint { done, .. }) = requests.recv().await {
            let _ = done.send(Ok(()));
        }
    });
    let (_wishes, to_fold) = mpsc::channel(1);
    let mut materialiser = Materialiser {
        ledger: holder.ledger,
        seat: holder.seat,
        journal,
        wishes: to_fold,
        interval: HOUR,
        status: watch::channel(FoldStatus::default()).0,
    };
    assert_eq!(seen(&store).await, 1);
    materialiser.fold(true).await.expect("folded");
    assert_eq!(seen(&store).await, 2);
    assert_eq!(materialiser.ledger.unfolded_rows(), 0);
    // Nothing more to do.
    assert!(!materialiser.fold_seated(true).await.expect("looked"));
}
