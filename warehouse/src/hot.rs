//! Rows that SQL shows and the tables do not have yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::ids::{ProducerId, Seq};
use crate::relation::Relation;
use crate::row::{Row, to_batch};

/// How far each table has each producer's rows: batches up to the mark are folded.
pub(crate) type Marks = HashMap<(Relation, ProducerId), Seq>;

/// A row and the batch that completed it.
#[derive(Clone, Debug)]
pub(crate) struct HotRow {
    pub producer: ProducerId,
    pub seq: Seq,
    /// Shared with the fold that it is in.
    pub row: Arc<Row>,
}

/// Rows of every relation.
#[derive(Debug, Default)]
pub(crate) struct HotRows {
    marks: Marks,
    tables: BTreeMap<Relation, HotTable>,
}

/// Rows of one relation.
#[derive(Debug, Default)]
struct HotTable {
    rows: Vec<HotRow>,
    /// The rows as Arrow, as far as a query needed them: each batch and where it ends.
    batches: Vec<RecordBatch>,
    converted: usize,
}

impl HotRows {
    /// Leaves out what `marks` says is in the tables.
    pub(crate) fn new(marks: Marks) -> Self {
        Self {
            marks,
            tables: BTreeMap::new(),
        }
    }

    /// More marks, of a producer that came back.
    pub(crate) fn adopt(&mut self, marks: Marks) {
        self.marks.extend(marks);
    }

    /// Adds rows that the batch `seq` of `producer` completed.
    pub(crate) fn add(&mut self, producer: &ProducerId, seq: Seq, rows: Vec<Row>) {
        for row in rows {
            let relation = row.relation();
            let mark = self.marks.get(&(relation, producer.clone()));
            if mark.is_some_and(|mark| seq <= *mark) {
                continue;
            }
            let table = self.tables.entry(relation).or_default();
            table.rows.push(HotRow {
                producer: producer.clone(),
                seq,
                row: Arc::new(row),
            });
        }
    }

    /// All rows, of every relation.
    pub(crate) fn len(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }

    /// Rows of one relation.
    pub(crate) fn count(&self, relation: Relation) -> usize {
        self.tables
            .get(&relation)
            .map_or(0, |table| table.rows.len())
    }

    /// The rows there are now of one relation, to fold.
    pub(crate) fn rows(&self, relation: Relation) -> &[HotRow] {
        self.tables.get(&relation).map_or(&[], |table| &table.rows)
    }

    /// The first `count` rows of a relation are in its table now.
    pub(crate) fn folded(&mut self, relation: Relation, count: usize) {
        if let Some(table) = self.tables.get_mut(&relation) {
            for hot in table.rows.drain(..count) {
                let mark = self.marks.entry((relation, hot.producer)).or_default();
                *mark = hot.seq.max(*mark);
            }
            table.batches.clear();
            table.converted = 0;
        }
    }

    /// The rows of a relation as Arrow and, for a mutable one, the keys that they
    /// supersede; `open` adds rows of what is open now.
    pub(crate) fn batches(
        &mut self,
        relation: Relation,
        open: &[Row],
    ) -> Result<(Vec<RecordBatch>, Vec<String>)> {
        let table = self.tables.entry(relation).or_default();
        let open: Vec<&Row> = open
            .iter()
            .filter(|row| row.relation() == relation)
            .collect();
        if relation.key().is_some() {
            let rows = table.rows.iter().map(|hot| hot.row.as_ref()).chain(open);
            let newest = newest(rows);
            let batch = to_batch(relation, newest.values().copied())?;
            let replaced = newest.into_keys().map(str::to_owned).collect();
            return Ok((vec![batch], replaced));
        }
        if table.converted < table.rows.len() {
            let new = table.rows[table.converted..].iter();
            let new = new.map(|hot| hot.row.as_ref());
            table.batches.push(to_batch(relation, new)?);
            table.converted = table.rows.len();
        }
        let mut batches = table.batches.clone();
        if !open.is_empty() {
            batches.push(to_batch(relation, open)?);
        }
        Ok((batches, Vec::new()))
    }
}

/// Of rows with the same key, the last.
pub(crate) fn newest<'a>(rows: impl IntoIterator<Item = &'a Row>) -> BTreeMap<&'a str, &'a Row> {
    let keyed = |row: &'a Row| row.key().map(|key| (key, row));
    rows.into_iter().filter_map(keyed).collect()
}
