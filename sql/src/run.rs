//! Where a plan runs: on a task of its own, so that whoever waits for rows can stop
//! waiting even while an operator computes without a pause.

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use futures::stream::{BoxStream, unfold};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;

/// Batches that are computed ahead of whoever reads them.
const AHEAD: usize = 2;

/// A task that ends when nobody waits for it any more.
struct Running {
    batches: Receiver<Result<RecordBatch>>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The batches of `plan`, computed on `runtime`.
pub(crate) fn run(
    runtime: &Handle,
    mut plan: SendableRecordBatchStream,
) -> BoxStream<'static, Result<RecordBatch>> {
    let (sender, batches) = channel(AHEAD);
    let task = runtime.spawn(async move {
        while let Some(batch) = plan.next().await {
            if sender.send(batch).await.is_err() {
                break;
            }
        }
    });
    let running = Running { batches, task };
    unfold(Some(running), |running| async {
        let mut running = running?;
        if let Some(batch) = running.batches.recv().await {
            return Some((batch, Some(running)));
        }
        // The end, unless the task did not get there.
        match (&mut running.task).await {
            Ok(()) => None,
            Err(error) => {
                let error = DataFusionError::Internal(format!("the query broke off: {error}"));
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}
