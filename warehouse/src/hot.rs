//! Rows that SQL shows and the tables do not have yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::{Array, StringArray, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::ids::{ProducerId, Seq};
use crate::limits::CHUNK_ROWS;
use crate::relation::Relation;
use crate::row::{Row, failed, to_batch};

/// How far each table has each producer's rows: batches up to the mark are folded.
pub(crate) type Marks = HashMap<(Relation, ProducerId), Seq>;

/// So many rows that one batch of events completed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origin {
    pub producer: ProducerId,
    pub seq: Seq,
    pub rows: usize,
}

/// Rows of one relation as Arrow, which takes far less memory than [`Row`]s, and where they come
/// from.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub rows: RecordBatch,
    /// In the order of the rows.
    pub origins: Vec<Origin>,
}

impl Chunk {
    pub(crate) fn new(relation: Relation, rows: &[Row], origins: Vec<Origin>) -> Result<Self> {
        let rows = to_batch(relation, rows)?;
        Ok(Self { rows, origins })
    }

    /// The rows of those batches of events that `takes`: runs of them, as they lie.
    pub(crate) fn rows_of(&self, takes: impl Fn(&Origin) -> bool) -> Vec<RecordBatch> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut start = 0;
        for origin in &self.origins {
            match runs.last_mut() {
                Some((from, rows)) if takes(origin) && *from + *rows == start => {
                    *rows += origin.rows;
                }
                _ if takes(origin) => runs.push((start, origin.rows)),
                _ => {}
            }
            start += origin.rows;
        }
        let slices = runs.into_iter();
        slices
            .map(|(from, rows)| self.rows.slice(from, rows))
            .collect()
    }

    /// Where its first rows come from, and the chunk of the others.
    fn split(self, count: usize) -> (Vec<Origin>, Self) {
        let rows = self.rows.slice(count, self.rows.num_rows() - count);
        let (mut before, mut origins) = (Vec::new(), Vec::new());
        let mut left = count;
        for origin in self.origins {
            let taken = origin.rows.min(left);
            left -= taken;
            let part = |rows| Origin {
                rows,
                ..origin.clone()
            };
            before.extend((taken > 0).then(|| part(taken)));
            origins.extend((taken < origin.rows).then(|| part(origin.rows - taken)));
        }
        (before, Self { rows, origins })
    }

    fn joined(&self, relation: Relation, other: &Self) -> Result<Self> {
        Ok(Self {
            rows: joined(relation, &[self.rows.clone(), other.rows.clone()])?,
            origins: [&self.origins[..], &other.origins[..]].concat(),
        })
    }
}

/// Rows of every relation.
#[derive(Debug, Default)]
pub(crate) struct HotRows {
    marks: BTreeMap<Relation, HashMap<ProducerId, Seq>>,
    tables: BTreeMap<Relation, HotTable>,
}

/// Rows of one relation.
#[derive(Debug, Default)]
struct HotTable {
    chunks: Vec<Chunk>,
    /// Newer ones, which are no chunk yet, and where they come from.
    fresh: Vec<Row>,
    origins: Vec<Origin>,
    /// All rows.
    count: usize,
}

impl HotTable {
    fn push(&mut self, producer: &ProducerId, seq: Seq, row: Row) {
        self.fresh.push(row);
        self.count += 1;
        match self.origins.last_mut() {
            Some(last) if last.seq == seq && last.producer == *producer => last.rows += 1,
            _ => self.origins.push(Origin {
                producer: producer.clone(),
                seq,
                rows: 1,
            }),
        }
    }

    /// Makes a chunk of what is none yet; small ones become one.
    fn settle(&mut self, relation: Relation) -> Result<()> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let chunk = Chunk::new(relation, &self.fresh, self.origins.clone())?;
        self.fresh = Vec::new();
        self.origins = Vec::new();
        self.chunks.push(chunk);
        // Each time twice as large, so that no row is copied often. Where it cannot be done (more
        // text than one column may have) they stay two.
        while let [.., before, last] = &self.chunks[..]
            && before.rows.num_rows() < 2 * last.rows.num_rows()
            && before.rows.num_rows() + last.rows.num_rows() <= CHUNK_ROWS
            && let Ok(joined) = before.joined(relation, last)
        {
            self.chunks.truncate(self.chunks.len() - 2);
            self.chunks.push(joined);
        }
        Ok(())
    }
}

impl HotRows {
    /// Leaves out what `marks` says is in the tables.
    pub(crate) fn new(marks: Marks) -> Self {
        let mut hot = Self::default();
        hot.adopt(marks);
        hot
    }

    /// More marks, of a producer that came back.
    pub(crate) fn adopt(&mut self, marks: Marks) {
        for ((relation, producer), seq) in marks {
            self.marks
                .entry(relation)
                .or_default()
                .insert(producer, seq);
        }
    }

    /// Adds rows that the batch `seq` of `producer` completed.
    pub(crate) fn add(&mut self, producer: &ProducerId, seq: Seq, rows: Vec<Row>) {
        for row in rows {
            let relation = row.relation();
            let marks = self.marks.get(&relation);
            let mark = marks.and_then(|marks| marks.get(producer));
            if mark.is_some_and(|mark| seq <= *mark) {
                continue;
            }
            let table = self.tables.entry(relation).or_default();
            table.push(producer, seq, row);
            if table.fresh.len().is_multiple_of(CHUNK_ROWS) {
                // A failure is told to the next that needs them.
                let _ = table.settle(relation);
            }
        }
    }

    /// All rows, of every relation.
    pub(crate) fn len(&self) -> usize {
        self.tables.values().map(|table| table.count).sum()
    }

    /// Rows of one relation.
    pub(crate) fn count(&self, relation: Relation) -> usize {
        self.tables.get(&relation).map_or(0, |table| table.count)
    }

    /// The rows there are now of one relation, to fold.
    pub(crate) fn chunks(&mut self, relation: Relation) -> Result<Vec<Chunk>> {
        let table = self.tables.entry(relation).or_default();
        table.settle(relation)?;
        Ok(table.chunks.clone())
    }

    /// The first `count` rows of a relation are in its table now.
    pub(crate) fn folded(&mut self, relation: Relation, count: usize) {
        let Some(table) = self.tables.get_mut(&relation) else {
            return;
        };
        let mut left = count;
        let mut kept = Vec::new();
        let marks = self.marks.entry(relation).or_default();
        for chunk in table.chunks.drain(..) {
            let first = chunk.rows.num_rows().min(left);
            left -= first;
            table.count -= first;
            let (folded, rest) = chunk.split(first);
            for origin in folded {
                let mark = marks.entry(origin.producer).or_default();
                *mark = origin.seq.max(*mark);
            }
            kept.extend((rest.rows.num_rows() > 0).then_some(rest));
        }
        table.chunks = kept;
    }

    /// The rows of a relation as Arrow and, for a mutable one, the keys that they
    /// supersede; `open` adds rows of what is open now.
    pub(crate) fn batches(
        &mut self,
        relation: Relation,
        open: &[Row],
    ) -> Result<(Vec<RecordBatch>, BTreeSet<String>)> {
        let table = self.tables.entry(relation).or_default();
        table.settle(relation)?;
        let mut batches: Vec<_> = table
            .chunks
            .iter()
            .map(|chunk| chunk.rows.clone())
            .collect();
        let open = open.iter().filter(|row| row.relation() == relation);
        let mut open = open.peekable();
        if open.peek().is_some() {
            batches.push(to_batch(relation, open)?);
        }
        match relation.key() {
            None => Ok((batches, BTreeSet::new())),
            Some(key) => {
                let (newest, replaced) = newest(relation, key, &batches)?;
                Ok((vec![newest], replaced))
            }
        }
    }
}

/// Of rows with the same key the last, and all keys.
pub(crate) fn newest(
    relation: Relation,
    key: &str,
    batches: &[RecordBatch],
) -> Result<(RecordBatch, BTreeSet<String>)> {
    let rows = joined(relation, batches)?;
    let keys = rows.column_by_name(key);
    let keys = keys.and_then(|column| column.as_any().downcast_ref::<StringArray>());
    let keys = keys.ok_or_else(|| failed(relation, format_args!("no text in {key}")))?;
    let mut last = BTreeMap::new();
    for (row, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            last.insert(key, row as u64);
        }
    }
    let chosen = UInt64Array::from_iter_values(last.values().copied());
    let newest = take_record_batch(&rows, &chosen);
    let newest = newest.map_err(|error| failed(relation, error))?;
    Ok((newest, last.into_keys().map(str::to_owned).collect()))
}

fn joined(relation: Relation, batches: &[RecordBatch]) -> Result<RecordBatch> {
    let joined = concat_batches(&relation.schema(), batches);
    joined.map_err(|error| failed(relation, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::{ParamRow, ProjectRow};

    const PARAMS: Relation = Relation::Params;

    fn producer(name: &str) -> ProducerId {
        ProducerId::parse(&format!("producer-{name}")).expect("an id")
    }

    fn params(values: std::ops::Range<usize>) -> Vec<Row> {
        let row = |value: usize| ParamRow {
            value: value.to_string(),
            ..ParamRow::default()
        };
        values.map(row).map(Row::from).collect()
    }

    fn values(batches: &[RecordBatch]) -> Vec<usize> {
        let values = batches.iter().flat_map(|batch| {
            let column = batch.column_by_name("value").expect("a column");
            let column = column.as_any().downcast_ref::<StringArray>();
            let values = column.expect("text").iter().flatten();
            values
                .map(|value| value.parse().expect("a number"))
                .collect::<Vec<_>>()
        });
        values.collect()
    }

    fn seen(hot: &mut HotRows) -> Vec<usize> {
        values(&hot.batches(PARAMS, &[]).expect("batches").0)
    }

    #[test]
    fn what_is_folded_goes_and_what_came_meanwhile_stays() {
        let mut hot = HotRows::default();
        let (a, b) = (producer("a"), producer("b"));
        hot.add(&a, Seq(1), params(0..3));
        hot.add(&b, Seq(1), params(3..5));
        let planned = hot.chunks(PARAMS).expect("chunks");
        let count = planned.iter().map(|chunk| chunk.rows.num_rows()).sum();
        assert_eq!(count, 5);
        hot.add(&a, Seq(2), params(5..9));
        // A query makes one chunk of what is planned and what came since.
        assert_eq!(seen(&mut hot), (0..9).collect::<Vec<_>>());
        assert_eq!(hot.chunks(PARAMS).expect("chunks").len(), 1);
        hot.folded(PARAMS, count);
        assert_eq!(seen(&mut hot), [5, 6, 7, 8]);
        assert_eq!((hot.count(PARAMS), hot.len()), (4, 4));
        let left = &hot.chunks(PARAMS).expect("chunks")[0].origins;
        let origin = Origin {
            producer: a.clone(),
            seq: Seq(2),
            rows: 4,
        };
        assert_eq!(*left, [origin]);
        // The mark is where the fold ended.
        hot.add(&b, Seq(1), params(20..30));
        hot.add(&a, Seq(1), params(20..30));
        assert_eq!(hot.count(PARAMS), 4);
        hot.add(&b, Seq(2), params(9..10));
        assert_eq!(seen(&mut hot), [5, 6, 7, 8, 9]);
        hot.folded(PARAMS, 5);
        assert_eq!(hot.len(), 0);
    }

    #[test]
    fn chunks_are_few_and_of_bounded_size() {
        let mut hot = HotRows::default();
        for value in 0..3 * CHUNK_ROWS {
            hot.add(&producer("a"), Seq(value as u64), params(value..value + 1));
            if value % 10 == 0 {
                hot.chunks(PARAMS).expect("chunks");
            }
        }
        assert_eq!(seen(&mut hot), (0..3 * CHUNK_ROWS).collect::<Vec<_>>());
        let chunks = hot.chunks(PARAMS).expect("chunks");
        assert!(chunks.len() < 40, "{}", chunks.len());
        for chunk in chunks {
            let rows = chunk.rows.num_rows();
            assert!(rows <= CHUNK_ROWS, "{rows}");
            assert_eq!(chunk.origins.iter().map(|o| o.rows).sum::<usize>(), rows);
        }
    }

    #[test]
    fn rows_of_some_batches_are_taken_in_runs() {
        let mut hot = HotRows::default();
        for seq in 0..6 {
            let values = 2 * seq..2 * seq + 2;
            hot.add(&producer("a"), Seq(seq as u64), params(values));
        }
        let chunks = hot.chunks(PARAMS).expect("chunks");
        let taken = chunks[0].rows_of(|origin| ![0, 3].contains(&origin.seq.0));
        assert_eq!(taken.len(), 2);
        assert_eq!(values(&taken), [2, 3, 4, 5, 8, 9, 10, 11]);
        assert!(chunks[0].rows_of(|_| false).is_empty());
    }

    #[test]
    fn of_rows_with_one_key_the_last_is_shown() {
        let mut hot = HotRows::default();
        let project = |name: &str, owner: &str| {
            Row::from(ProjectRow {
                project: name.into(),
                owner: Some(owner.into()),
                ..ProjectRow::default()
            })
        };
        let rows = vec![project("b", "1"), project("a", "2"), project("b", "3")];
        hot.add(&producer("a"), Seq(1), rows);
        let open = [project("a", "4")];
        let (batches, replaced) = hot.batches(Relation::Projects, &open).expect("batches");
        assert_eq!(replaced.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        let owners = batches[0].column_by_name("owner").expect("a column");
        let owners = owners.as_any().downcast_ref::<StringArray>().expect("text");
        assert_eq!(owners.iter().flatten().collect::<Vec<_>>(), ["4", "3"]);
    }
}
