//! The order in which entries of several journals are applied.
//!
//! Each journal has a producer's batches in their order. A producer that went from one agent
//! to another has some in each; the one it went to has seen those of the one before, so they are
//! there to be read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::event::Batch;
use crate::ids::{Lsn, ProducerId, Seq};

/// An entry of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub lsn: Lsn,
    pub batch: Arc<Batch>,
}

/// Entries in an order in which each producer's batches go up.
#[derive(Debug)]
pub(super) struct Ordered {
    pub entries: Vec<Entry>,
    /// A batch was found, and not the one before it. That one may have been written while the
    /// journals were read one after the other; or it is lost.
    pub has_gaps: bool,
}

/// Puts entries in order; `known` tells the last batch that was applied of a producer.
pub(super) fn order(entries: Vec<Entry>, known: impl Fn(&ProducerId) -> Seq) -> Ordered {
    let mut by_producer: HashMap<ProducerId, Vec<usize>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let producer = entry.batch.producer.id.clone();
        by_producer.entry(producer).or_default().push(index);
    }
    // Where an entry goes: to the place, among those of its producer, that its number gives it.
    let mut places: Vec<usize> = (0..entries.len()).collect();
    let mut has_gaps = false;
    for (producer, indices) in &by_producer {
        let mut sorted = indices.clone();
        sorted.sort_by_key(|index| entries[*index].batch.seq);
        let mut last = known(producer);
        for (place, index) in indices.iter().zip(&sorted) {
            places[*place] = *index;
            let seq = entries[*index].batch.seq;
            has_gaps |= seq.0 > last.0 + 1;
            last = last.max(seq);
        }
    }
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let entries = places
        .into_iter()
        .filter_map(|index| entries[index].take())
        .collect();
    Ordered { entries, has_gaps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Micros;
    use crate::event::Producer;

    fn entry(lsn: u64, producer: &str, seq: u64) -> Entry {
        Entry {
            lsn: Lsn(lsn),
            batch: Arc::new(Batch {
                producer: Producer {
                    id: ProducerId::parse(producer).expect("an id"),
                    kind: "test".into(),
                    version: "1".into(),
                },
                seq: Seq(seq),
                received_at: Micros(0),
                events: Vec::new(),
            }),
        }
    }

    fn numbers(ordered: &Ordered, producer: &str) -> Vec<u64> {
        let of = ordered.entries.iter().map(|entry| &entry.batch);
        let of = of.filter(|batch| batch.producer.id.as_str() == producer);
        of.map(|batch| batch.seq.0).collect()
    }

    #[test]
    fn each_producer_goes_up() {
        let entries = vec![
            entry(1, "producer-a", 4),
            entry(2, "producer-b", 1),
            entry(1, "producer-a", 2),
            entry(2, "producer-a", 3),
            entry(3, "producer-a", 4),
        ];
        let ordered = order(entries, |producer| {
            Seq(u64::from(producer.as_str() == "producer-a"))
        });
        assert_eq!(ordered.entries.len(), 5);
        assert_eq!(numbers(&ordered, "producer-a"), [2, 3, 4, 4]);
        assert_eq!(numbers(&ordered, "producer-b"), [1]);
        assert!(!ordered.has_gaps);
    }

    #[test]
    fn a_gap_is_told() {
        let ordered = order(vec![entry(1, "producer-a", 3)], |_| Seq(1));
        assert!(ordered.has_gaps);
    }
}
