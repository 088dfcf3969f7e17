//! Who is connected, so that another connection can cancel what one runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use modeldb_warehouse::Entropy;
use tokio::sync::watch;

/// Bytes of a key for clients that know short ones only.
const SHORT_KEY: usize = 4;

/// A client's number and key, and who counts requests to cancel.
#[derive(Debug)]
struct Entry {
    key: Bytes,
    cancels: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Entries {
    last: i32,
    entries: HashMap<i32, Entry>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    entries: Arc<Mutex<Entries>>,
    entropy: Arc<dyn Entropy>,
}

impl Registry {
    pub(crate) fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entries: Arc::default(),
            entropy,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client that is let in, until what is answered is dropped.
    pub(crate) fn enter(&self, is_short: bool) -> Ticket {
        let name = self.entropy.fresh_name();
        let mut key: Vec<u8> = name.bytes().filter(|byte| *byte != b'-').collect();
        if is_short {
            // Four letters of a name are few: all of them make four bytes.
            let mixed = key.iter().fold(0u32, |sum, byte| {
                sum.wrapping_mul(16_777_619) ^ u32::from(*byte)
            });
            key = mixed.to_be_bytes()[..SHORT_KEY].to_vec();
        }
        let key = Bytes::from(key);
        let (sender, cancels) = watch::channel(0);
        let mut entries = self.lock();
        let number = loop {
            entries.last = entries.last.checked_add(1).unwrap_or(1).max(1);
            if !entries.entries.contains_key(&entries.last) {
                break entries.last;
            }
        };
        let entry = Entry {
            key: key.clone(),
            cancels: sender,
        };
        entries.entries.insert(number, entry);
        Ticket {
            number,
            key,
            cancels,
            registry: self.clone(),
        }
    }

    /// Cancels what client `number` runs, if `key` is its own.
    pub(crate) fn cancel(&self, number: i32, key: &Bytes) {
        if let Some(entry) = self.lock().entries.get(&number)
            && entry.key == *key
        {
            entry.cancels.send_modify(|count| *count += 1);
        }
    }
}

/// A client's place in the registry.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) number: i32,
    pub(crate) key: Bytes,
    pub(crate) cancels: watch::Receiver<u64>,
    registry: Registry,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.registry.lock().entries.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use modeldb_warehouse::SystemEntropy;

    #[test]
    fn only_with_the_key() {
        let registry = Registry::new(Arc::new(SystemEntropy));
        let ticket = registry.enter(true);
        assert_eq!(ticket.key.len(), SHORT_KEY);
        registry.cancel(ticket.number, &Bytes::from_static(b"no"));
        assert!(!ticket.cancels.has_changed().unwrap());
        registry.cancel(ticket.number, &ticket.key);
        assert!(ticket.cancels.has_changed().unwrap());
        drop(ticket);
        assert!(registry.lock().entries.is_empty());
    }
}
