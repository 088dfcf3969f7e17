//! The time that a query has.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::amount;
use crate::error::{Error, Result};

/// What is left of a query's time. It goes by only while somebody waits for the query.
#[derive(Clone, Debug)]
pub(crate) struct TimeLeft {
    left: Option<Duration>,
    /// What the asker is told when nothing is left.
    over: String,
}

impl TimeLeft {
    /// Of a query that asks for `own`, where every query has `every`.
    pub(crate) fn new(own: Option<Duration>, every: Option<Duration>) -> Self {
        let (left, over) = match (own, every) {
            (Some(own), every) if every.is_none_or(|every| own <= every) => {
                let over = format!(
                    "the query took longer than {}, the limit that came with it",
                    amount::duration(own)
                );
                (Some(own), over)
            }
            (_, Some(every)) => {
                let over = format!(
                    "the query took longer than {}, the limit for every query (setting \
                     sql_timeout): ask for less, or raise it",
                    amount::duration(every)
                );
                (Some(every), over)
            }
            (_, None) => (None, String::new()),
        };
        Self { left, over }
    }

    /// What comes out of `work`, unless the time ends before.
    pub(crate) async fn limit<F: Future>(&mut self, work: F) -> Result<F::Output> {
        let Some(left) = self.left else {
            return Ok(work.await);
        };
        let begun = Instant::now();
        let done = timeout(left, work).await;
        self.left = Some(left.saturating_sub(begun.elapsed()));
        done.map_err(|_| Error::TimedOut(self.over.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_shorter_limit_holds() {
        let (short, long) = (Duration::from_millis(10), Duration::from_secs(3600));
        let told = async |own, every| {
            let work = std::future::pending::<()>();
            let mut time = TimeLeft::new(own, every);
            time.limit(work).await.unwrap_err().to_string()
        };
        assert!(
            told(Some(short), Some(long))
                .await
                .contains("10ms, the limit that came")
        );
        assert!(
            told(Some(long), Some(short))
                .await
                .contains("10ms, the limit for every")
        );
        assert!(told(None, Some(short)).await.contains("sql_timeout"));
        assert!(TimeLeft::new(None, None).limit(async { 1 }).await.is_ok());
    }

    #[tokio::test]
    async fn it_adds_up() {
        let mut time = TimeLeft::new(Some(Duration::from_millis(200)), None);
        let nap = || tokio::time::sleep(Duration::from_millis(120));
        assert!(time.limit(nap()).await.is_ok());
        // Nobody waits for the query meanwhile.
        nap().await;
        assert!(time.limit(async {}).await.is_ok());
        assert!(time.limit(nap()).await.is_err());
    }
}
