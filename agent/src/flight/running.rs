//! The queries whose answers this agent is sending, so that they can be cancelled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::watch;

/// By the id in their tickets. One ticket may be redeemed more than once.
#[derive(Debug, Default)]
pub(super) struct Running(Mutex<HashMap<String, Weak<watch::Sender<bool>>>>);

/// A query that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    running: Arc<Running>,
    id: String,
    cancel: Arc<watch::Sender<bool>>,
}

impl Running {
    /// From now on the query with `id` runs.
    pub(super) fn begin(self: &Arc<Self>, id: String) -> Entry {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = running.get(&id).and_then(Weak::upgrade);
        let cancel = known.unwrap_or_default();
        running.insert(id.clone(), Arc::downgrade(&cancel));
        Entry {
            running: self.clone(),
            id,
            cancel,
        }
    }

    /// Ends the query with `id`; whether it ran here.
    pub(super) fn cancel(&self, id: &str) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cancel = running.get(id).and_then(Weak::upgrade);
        cancel.is_some_and(|cancel| !cancel.send_replace(true))
    }
}

impl Entry {
    /// Ends when somebody cancels the query.
    pub(super) async fn cancelled(&self) {
        let mut cancelled = self.cancel.subscribe();
        // The sender lives as long as this.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let running = &self.running.0;
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&self.cancel) == 1 {
            running.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_runs_is_cancelled() {
        let running = Arc::new(Running::default());
        assert!(!running.cancel("a"));
        let (first, again) = (running.begin("a".into()), running.begin("a".into()));
        let other = running.begin("b".into());
        assert!(running.cancel("a"));
        first.cancelled().await;
        again.cancelled().await;
        assert!(!*other.cancel.borrow());
        drop(first);
        assert_eq!(running.0.lock().unwrap().len(), 2);
        drop((again, other));
        assert!(running.0.lock().unwrap().is_empty());
        assert!(!running.cancel("a"));
    }
}
