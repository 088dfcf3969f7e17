//! Where queries are planned and computed: on tasks of their own, so that whoever waits
//! can stop waiting even while something computes without a pause, and that end when
//! nobody waits any more.

use std::time::Duration;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result as PlanResult;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use futures::stream::{BoxStream, unfold};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Permit, Receiver, Sender, channel};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;

use crate::amount;
use crate::error::{Error, Result};
use crate::gate::{Gate, Slot};
use crate::interrupt::Interrupt;
use crate::time::TimeLeft;

/// Batches that are computed ahead of whoever reads them.
const AHEAD: usize = 2;

/// How long a query whose answer is not read keeps others from computing.
const SLOT_KEPT: Duration = Duration::from_millis(100);

/// Work on a task that ends, at the latest when it gives way, once this is dropped.
pub(crate) struct Task<T> {
    handle: JoinHandle<T>,
    interrupt: Interrupt,
    ended: bool,
}

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(
        runtime: &Handle,
        interrupt: Interrupt,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Self {
        Self {
            handle: runtime.spawn(work),
            interrupt,
            ended: false,
        }
    }

    /// What came of it.
    pub(crate) async fn end(&mut self) -> Result<T> {
        let end = (&mut self.handle).await;
        self.ended = true;
        end.map_err(|error| broken(&error))
    }
}

/// DataFusion 55's nested loop join runs its smaller side again where that did not fit into memory,
/// to spill it, and most plans cannot be run twice: then a task of it panics with these words.
const TOO_LARGE_FOR_A_LOOP: &str = "partition not used yet";

/// What a task that ended badly says.
fn broken(error: &JoinError) -> Error {
    let text = error.to_string();
    match text.contains(TOO_LARGE_FOR_A_LOOP) {
        true => Error::Exhausted(
            "the smaller side of a join without an equality does not fit into the memory of one query \
             (sql_query_memory): join on equal columns, or select fewer rows"
                .into(),
        ),
        false => Error::Internal(format!("the query broke off: {text}")),
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if !self.ended {
            self.interrupt.set();
            self.handle.abort();
        }
    }
}

/// A query that is ready to run.
pub(crate) struct Ready {
    pub(crate) plan: SendableRecordBatchStream,
    /// Makes of a batch, or an error, what goes out.
    pub(crate) finish: Box<dyn Fn(PlanResult<RecordBatch>) -> Result<RecordBatch> + Send>,
    pub(crate) gate: Gate,
    pub(crate) slot: Slot,
    pub(crate) time: TimeLeft,
    pub(crate) idle_limit: Duration,
    pub(crate) rows_max: Option<u64>,
}

/// The batches of `query`, computed on `runtime`.
pub(crate) fn run(
    runtime: &Handle,
    interrupt: Interrupt,
    query: Ready,
) -> BoxStream<'static, Result<RecordBatch>> {
    let (sender, batches) = channel(AHEAD);
    let time = query.time.clone();
    let task = Task::spawn(runtime, interrupt, compute(query, sender));
    let running = Some((batches, task, time));
    unfold(running, |running| async {
        let (mut batches, mut task, mut time) = running?;
        let next = next(&mut batches, &mut task, &mut time).await.transpose()?;
        let rest = next.is_ok().then_some((batches, task, time));
        Some((next, rest))
    })
    .boxed()
}

async fn next(
    batches: &mut Receiver<RecordBatch>,
    task: &mut Task<Result<()>>,
    time: &mut TimeLeft,
) -> Result<Option<RecordBatch>> {
    match time.limit(batches.recv()).await? {
        Some(batch) => Ok(Some(batch)),
        None => task.end().await?.map(|()| None),
    }
}

/// Sends all batches, until nobody takes them.
async fn compute(query: Ready, sender: Sender<RecordBatch>) -> Result<()> {
    let Ready {
        mut plan,
        finish,
        gate,
        slot,
        mut time,
        idle_limit,
        rows_max,
    } = query;
    let mut slot = Some(slot);
    let mut rows = 0;
    while let Some(batch) = time.limit(plan.next()).await? {
        let batch = finish(batch)?;
        rows += batch.num_rows() as u64;
        if let Some(max) = rows_max.filter(|max| rows > *max) {
            return Err(Error::TooLarge(format!(
                "the answer has more than {max} rows, the limit for one answer (setting \
                 sql_rows): ask for fewer, as with LIMIT {max}, or raise it"
            )));
        }
        let Some(place) = place(&sender, &mut slot, idle_limit).await? else {
            return Ok(());
        };
        place.send(batch);
        if slot.is_none() {
            slot = Some(gate.enter_again().await?);
        }
    }
    Ok(())
}

/// A place for the next batch; nothing when nobody waits for it any more. While there is
/// none the query computes nothing, and others may in its stead.
async fn place<'a>(
    sender: &'a Sender<RecordBatch>,
    slot: &mut Option<Slot>,
    idle_limit: Duration,
) -> Result<Option<Permit<'a, RecordBatch>>> {
    if let Ok(place) = timeout(SLOT_KEPT.min(idle_limit), sender.reserve()).await {
        return Ok(place.ok());
    }
    *slot = None;
    match timeout(idle_limit, sender.reserve()).await {
        Ok(place) => Ok(place.ok()),
        Err(_) => Err(Error::Cancelled(format!(
            "nobody read the answer for {}, the limit (setting sql_idle_timeout), so the query \
             was ended",
            amount::duration(idle_limit)
        ))),
    }
}
