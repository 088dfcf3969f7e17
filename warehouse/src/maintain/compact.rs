//! Compaction: small files of a table become large ones, with their rows in order
//! ([`order`](super::order)).
//!
//! What is written in small pieces is compacted by tiers: as soon as there are so many files of
//! one size, they are merged into one of the next. So a table has few files at any time, and each
//! row is rewritten a bounded number of times.

use std::collections::BTreeSet;

use deltalake::DeltaTable;
use deltalake::protocol::DeltaOperation;

use super::files::{DataFile, files};
use super::scan::{self, Of, Shape};
use crate::error::Result;
use crate::limits::{
    COMPACTION_TIERS, MAX_COMPACTION_BYTES, MAX_OVERLAPPING_FILES, TARGET_FILE_BYTES,
};
use crate::relation::Relation;
use crate::table::{Commit, DeltaTables, Rewrite};

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files that were read.
    pub files_before: usize,
    /// Files that they became.
    pub files_after: usize,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
}

/// Files of one tier, where there are `many` of them.
pub(super) fn tier_due(files: &[DataFile], many: usize) -> Option<Vec<DataFile>> {
    let tier = |file: &DataFile| {
        COMPACTION_TIERS
            .iter()
            .position(|up_to| file.bytes < *up_to)
    };
    (0..COMPACTION_TIERS.len()).find_map(|wanted| {
        let of_tier = files.iter().filter(|file| tier(file) == Some(wanted));
        let of_tier: Vec<_> = of_tier.cloned().collect();
        (of_tier.len() >= many).then(|| bounded(of_tier))
    })
}

/// Files that a full compaction merges next: all small ones; then large ones that have rows of
/// the same projects or runs.
pub(super) fn full_due(files: &[DataFile]) -> Option<Vec<DataFile>> {
    let small: Vec<_> = files
        .iter()
        .filter(|file| is_small(file))
        .cloned()
        .collect();
    if small.len() > 1 {
        return Some(bounded(small));
    }
    let mut ranged: Vec<_> = { files.iter() }
        .filter_map(|file| Some((file.range.clone()?, file)))
        .collect();
    ranged.sort_by(|(a, _), (b, _)| a.cmp(b));
    // From each file on, those that begin before it ends.
    (0..ranged.len()).find_map(|first| {
        let end = &ranged[first].0.1;
        let overlapping = ranged[first..].iter();
        let overlapping = overlapping.take_while(|(range, _)| range.0 < *end);
        let overlapping: Vec<_> = overlapping.map(|(_, file)| (*file).clone()).collect();
        (overlapping.len() >= MAX_OVERLAPPING_FILES).then(|| bounded(overlapping))
    })
}

fn is_small(file: &DataFile) -> bool {
    file.bytes < TARGET_FILE_BYTES / 2
}

/// As many of them as one compaction reads.
fn bounded(mut files: Vec<DataFile>) -> Vec<DataFile> {
    let mut bytes = 0;
    let fit = files.iter().take_while(|file| {
        bytes += file.bytes;
        bytes <= MAX_COMPACTION_BYTES
    });
    let fit = fit.count().max(2);
    files.truncate(fit);
    files
}

/// Merges these files of a table into few, in one commit. Answers the table with them.
pub(super) async fn compact(
    tables: &DeltaTables,
    table: &DeltaTable,
    relation: Relation,
    old: &[DataFile],
    shape: Shape,
) -> Result<(DeltaTable, Compacted)> {
    let paths: Vec<_> = old.iter().map(|file| file.path.clone()).collect();
    let rows = scan::rows(table, relation, Of::Files(&paths)).await?;
    let rows = scan::stream(scan::sorted(rows, relation)?, table, relation).await?;
    let mut adds = scan::write(table, relation, rows, shape).await?;
    for add in &mut adds {
        // The rows were in the table before.
        add.data_change = false;
    }
    let compacted = Compacted {
        files_before: old.len(),
        files_after: adds.len(),
        bytes_before: old.iter().map(|file| file.bytes).sum(),
        bytes_after: adds.iter().map(|add| add.size.max(0) as u64).sum(),
    };
    let rewrite = Rewrite {
        operation: DeltaOperation::Optimize {
            predicate: None,
            target_size: TARGET_FILE_BYTES as i64,
        },
        removes: old.iter().map(|file| file.remove.clone()).collect(),
        adds,
    };
    match tables.rewrite(table, relation, &rewrite).await {
        Commit::Committed(table) | Commit::Had(table) => Ok((*table, compacted)),
        // The files that were written are vacuumed when they have become old.
        Commit::NotCommitted(error) | Commit::Unknown(error) => Err(error),
    }
}

/// Files of a table that may be compacted. Of a relation whose rows change, the small ones only.
pub(super) fn candidates(table: &DeltaTable, relation: Relation) -> Result<Vec<DataFile>> {
    let mut found = files(table, relation)?;
    if relation.key().is_some() {
        found.retain(|file| file.bytes < Shape::of(relation).file_bytes / 2);
    }
    Ok(found)
}

/// Compacts what is due of a table; as [`tier_due`] has it, or all.
pub(super) async fn compact_due(
    tables: &DeltaTables,
    mut table: DeltaTable,
    relation: Relation,
    due: impl Fn(&[DataFile]) -> Option<Vec<DataFile>>,
) -> Result<(DeltaTable, Compacted)> {
    let mut done = Compacted::default();
    // What others add meanwhile is left for the next time: they may add faster than this merges.
    let first = candidates(&table, relation)?.into_iter();
    let first: BTreeSet<_> = first.map(|file| file.path).collect();
    while let Some(old) = due(&candidates(&table, relation)?) {
        if !old.iter().any(|file| first.contains(&file.path)) {
            break;
        }
        let shape = Shape::of(relation);
        let (newer, step) = compact(tables, &table, relation, &old, shape).await?;
        table = newer;
        done += step;
        if step.files_after >= step.files_before && old.iter().all(is_small) {
            break;
        }
    }
    Ok((table, done))
}

impl std::ops::AddAssign for Compacted {
    fn add_assign(&mut self, other: Self) {
        self.files_before += other.files_before;
        self.files_after += other.files_after;
        self.bytes_before += other.bytes_before;
        self.bytes_after += other.bytes_after;
    }
}

#[cfg(test)]
mod tests {
    use deltalake::kernel::Remove;

    use super::*;

    fn file(name: usize, bytes: u64, projects: (&str, &str)) -> DataFile {
        let place = |project: &str| (project.to_owned(), String::new());
        DataFile {
            path: name.to_string(),
            bytes,
            range: Some((place(projects.0), place(projects.1))),
            remove: Remove::default(),
        }
    }

    fn names(files: Option<Vec<DataFile>>) -> Vec<String> {
        let files = files.unwrap_or_default();
        files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn files_of_one_size_are_merged() {
        let small = |name| file(name, 1_000, ("a", "b"));
        let mut files: Vec<_> = (0..3).map(small).collect();
        files.push(file(3, COMPACTION_TIERS[0], ("a", "b")));
        assert!(tier_due(&files, 4).is_none());
        files.push(small(4));
        assert_eq!(names(tier_due(&files, 4)), ["0", "1", "2", "4"]);
        let large: Vec<_> = (0..9)
            .map(|name| file(name, TARGET_FILE_BYTES / 2, ("a", "b")))
            .collect();
        assert!(tier_due(&large, 4).is_none());
    }

    #[test]
    fn one_compaction_reads_so_many_bytes() {
        let files: Vec<_> = (0..100)
            .map(|name| file(name, TARGET_FILE_BYTES / 2 - 1, ("a", "b")))
            .collect();
        let due = tier_due(&files, 2).expect("due");
        let bytes: u64 = due.iter().map(|file| file.bytes).sum();
        assert!(
            bytes <= MAX_COMPACTION_BYTES && due.len() > 16,
            "{}",
            due.len()
        );
    }

    #[test]
    fn large_files_are_merged_where_they_overlap() {
        let large = |name, projects| file(name, TARGET_FILE_BYTES, projects);
        let apart = [
            large(0, ("a", "b")),
            large(1, ("b", "c")),
            large(2, ("c", "d")),
            large(3, ("d", "e")),
            large(4, ("e", "f")),
        ];
        assert!(full_due(&apart).is_none());
        let mut crowded = apart.to_vec();
        crowded.extend((5..8).map(|name| large(name, ("b", "bb"))));
        assert_eq!(names(full_due(&crowded)), ["5", "6", "7", "1"]);
        crowded.push(file(8, 1, ("a", "z")));
        crowded.push(file(9, 1, ("a", "z")));
        assert_eq!(names(full_due(&crowded)), ["8", "9"]);
    }
}
