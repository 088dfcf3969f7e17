//! Batches small enough for every client.

use arrow::array::{Array, RecordBatch};

/// Bytes of a message with rows: clients refuse larger ones than 4 MiB (gRPC's default)
/// or 16 MiB (ADBC's). A single row that is larger goes out as it is.
const MESSAGE_MAX: usize = 2 << 20;

/// `batch`, cut where it is too large.
pub(super) fn cut(batch: RecordBatch) -> Vec<RecordBatch> {
    let mut small = Vec::new();
    let mut rest = vec![batch];
    while let Some(batch) = rest.pop() {
        let rows = batch.num_rows();
        if rows > 1 && size(&batch) > MESSAGE_MAX {
            let half = rows / 2;
            rest.push(batch.slice(half, rows - half));
            rest.push(batch.slice(0, half));
        } else {
            small.push(batch);
        }
    }
    small
}

/// Bytes of the rows of `batch`, not of what they are slices of.
fn size(batch: &RecordBatch) -> usize {
    let sizes = batch.columns().iter().map(|column| {
        let data = column.to_data();
        // Where it cannot be told: all of it.
        { data.get_slice_memory_size() }.unwrap_or_else(|_| data.get_array_memory_size())
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::StringArray;
    use arrow::compute::concat_batches;

    use super::*;

    fn texts(lengths: &[usize]) -> RecordBatch {
        let texts = lengths.iter().map(|length| "x".repeat(*length));
        let texts = Arc::new(StringArray::from_iter_values(texts)) as _;
        RecordBatch::try_from_iter([("text", texts)]).unwrap()
    }

    #[test]
    fn no_message_is_too_large_but_for_one_row() {
        let mut lengths = vec![10; 100];
        lengths.extend([3 << 20, 1 << 20, 1 << 20, 10]);
        lengths.extend([1000; 5000]);
        let batch = texts(&lengths);
        let parts = cut(batch.clone());
        for part in &parts {
            assert!(size(part) <= MESSAGE_MAX || part.num_rows() == 1);
        }
        assert!(parts.len() < 20, "{}", parts.len());
        assert_eq!(concat_batches(&batch.schema(), &parts).unwrap(), batch);
        // A slice is as large as its own rows.
        assert_eq!(cut(batch.slice(0, 50)).len(), 1);
        assert_eq!(cut(batch.slice(0, 0)).len(), 1);
    }
}
