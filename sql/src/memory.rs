//! The memory of one query, within that of all.
//!
//! DataFusion's pools divide one limit among operators. A query has such a pool of
//! its own, so that it cannot take what others need, and what it takes also counts
//! towards a total.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{
    FairSpillPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation,
};

use crate::amount;

/// What all queries hold.
#[derive(Debug)]
pub(crate) struct Total {
    limit: usize,
    used: AtomicUsize,
}

impl Total {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
        }
    }

    fn try_grow(&self, additional: usize) -> Result<()> {
        let more = |used: usize| {
            used.checked_add(additional)
                .filter(|used| *used <= self.limit)
        };
        let order = Ordering::Relaxed;
        let grown = self.used.fetch_update(order, order, more);
        grown.map(drop).map_err(|_| {
            exhausted(format!(
                "the queries that run need more than {} of memory, the limit for all together \
                 (setting sql_memory)",
                amount::bytes(self.limit as u64)
            ))
        })
    }
}

/// What one query holds.
#[derive(Debug)]
pub(crate) struct QueryPool {
    own: FairSpillPool,
    limit: usize,
    total: Arc<Total>,
}

impl QueryPool {
    pub(crate) fn new(limit: usize, total: Arc<Total>) -> Self {
        Self {
            own: FairSpillPool::new(limit),
            limit,
            total,
        }
    }
}

impl fmt::Display for QueryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "query ({})", amount::bytes(self.limit as u64))
    }
}

impl MemoryPool for QueryPool {
    fn name(&self) -> &str {
        "query"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.own.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.own.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.own.grow(reservation, additional);
        self.total.used.fetch_add(additional, Ordering::Relaxed);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.own.shrink(reservation, shrink);
        self.total.used.fetch_sub(shrink, Ordering::Relaxed);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        self.own.try_grow(reservation, additional).map_err(|_| {
            exhausted(format!(
                "the query needs more than {} of memory, the limit for one query (setting \
                 sql_query_memory)",
                amount::bytes(self.limit as u64)
            ))
        })?;
        self.total
            .try_grow(additional)
            .inspect_err(|_| self.own.shrink(reservation, additional))
    }

    fn reserved(&self) -> usize {
        self.own.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.limit)
    }
}

fn exhausted(limit: String) -> DataFusionError {
    DataFusionError::ResourcesExhausted(format!(
        "{limit}: ask for fewer columns or rows, or raise it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_its_own_limit_and_a_part_of_the_total() {
        let total = Arc::new(Total::new(150));
        let pool = || Arc::new(QueryPool::new(100, total.clone())) as Arc<dyn MemoryPool>;
        let (one, other) = (pool(), pool());
        let held = MemoryConsumer::new("held").register(&one);
        held.try_grow(90).unwrap();
        let text = held.try_grow(20).unwrap_err().to_string();
        assert!(
            text.contains("100 of memory") && text.contains("sql_query_memory"),
            "{text}"
        );

        let second = MemoryConsumer::new("second").register(&other);
        let text = second.try_grow(80).unwrap_err().to_string();
        assert!(
            text.contains("150 of memory") && text.contains("setting sql_memory"),
            "{text}"
        );
        assert_eq!(other.reserved(), 0);
        drop(held);
        second.try_grow(80).unwrap();
        assert_eq!(total.used.load(Ordering::Relaxed), 80);
    }
}
