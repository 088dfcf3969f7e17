//! Both sides of a connection, and what may break off the work for it.

use std::future::Future;
use std::time::Duration;

use pgwire::messages::Message;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::error::{Refusal, Result, code, refuse};
use crate::wire::{Input, Output};

/// A connection's sockets.
#[derive(Debug)]
pub(crate) struct Io<R, W> {
    pub(crate) input: Input<R>,
    pub(crate) output: Output<W>,
    /// Counts requests to cancel.
    cancels: watch::Receiver<u64>,
    deadline: Option<Instant>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Io<R, W> {
    pub(crate) fn new(input: Input<R>, output: Output<W>, cancels: watch::Receiver<u64>) -> Self {
        Self {
            input,
            output,
            cancels,
            deadline: None,
        }
    }

    /// A statement begins: what was to be cancelled is over, and it has so much time.
    pub(crate) fn begin(&mut self, limit: Option<Duration>) {
        self.cancels.mark_unchanged();
        self.deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    }

    /// Gathers a message.
    pub(crate) fn put(&mut self, message: &impl Message) -> Result<()> {
        self.output.put(message)
    }

    /// What `work` comes to, unless it is cancelled, takes too long, or nobody is there
    /// any more.
    pub(crate) async fn until<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Self {
            input,
            cancels,
            deadline,
            ..
        } = self;
        watched(input, cancels, *deadline, work).await
    }

    /// Sends what was gathered, with the same limits.
    pub(crate) async fn send(&mut self) -> Result<()> {
        let Self {
            input,
            output,
            cancels,
            deadline,
        } = self;
        let work = async { output.flush().await.map_err(Refusal::from) };
        watched(input, cancels, *deadline, work).await
    }

    /// Sends it however long that takes.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        self.output.flush().await.map_err(Refusal::from)
    }
}

async fn watched<R: AsyncRead + Unpin, T>(
    input: &mut Input<R>,
    cancels: &mut watch::Receiver<u64>,
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let late = async {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        Ok(()) = cancels.changed() => {
            Err(refuse(code::CANCELLED, "canceling statement due to user request"))
        }
        () = late => Err(refuse(code::CANCELLED, "canceling statement due to statement timeout")),
        done = work => done,
        error = input.hung_up() => Err(Refusal::Gone(error)),
    }
}
