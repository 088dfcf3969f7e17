//! How the rows of a relation lie in its compacted files: those of a project together, in it
//! those of a run, in it those of a model or a dataset. So what is asked of one project or one
//! run is in a few row groups, which readers find by the files' and the groups' statistics; and
//! ids, which are random, by bloom filters.
//!
//! Inside a row group, parameters and metrics of one name lie together, and metrics of one slice:
//! what is asked of one name in all models is in a few pages of each row group, which readers find
//! by the page index.

use arrow::compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder,
};
use deltalake::parquet::schema::types::ColumnPath;

use crate::limits::{
    BLOOM_FILTER_ERRORS, PAGE_ROWS, ROW_GROUP_ROWS, SMALL_GROUP_ROWS, SMALL_PAGE_ROWS,
};
use crate::relation::{Kind, Relation, RelationColumn};

/// The columns by which rows are sorted.
pub(crate) fn columns(relation: Relation) -> &'static [&'static str] {
    match relation {
        Relation::Projects => &["project"],
        Relation::Runs => &["project", "run_id"],
        Relation::Datasets | Relation::Samples => &["project", "run_id", "dataset_id"],
        Relation::DatasetEdges => &["project", "run_id", "child_dataset_id"],
        Relation::Models | Relation::Artifacts => &["project", "run_id", "model_id"],
        Relation::Stages => &["project", "run_id", "pipeline_model_id", "stage_index"],
        Relation::Candidates => &["project", "run_id", "search_model_id", "candidate_index"],
        Relation::Transforms => &["project", "run_id", "started_at"],
        Relation::Params => &["project", "run_id", "model_id", "name"],
        Relation::Metrics => &["project", "run_id", "model_id", "name", "step"],
        Relation::Features => &["project", "run_id", "model_id", "position"],
        Relation::Trees => &["project", "run_id", "model_id", "tree", "node"],
        Relation::Predictions => &["project", "run_id", "dataset_id", "model_id", "row_id"],
        Relation::Work => &["project", "run_id", "operation_id"],
        Relation::Annotations => &["project", "target_kind", "target_id", "created_at"],
        Relation::Attributes => &["project", "target_kind", "target_id", "key"],
        Relation::Actions => &["project", "run_id", "sequence"],
        Relation::UnknownEvents => &["project", "run_id", "occurred_at"],
    }
}

/// The columns by which the rows of one row group are sorted before all others.
fn first_in_group(relation: Relation) -> &'static [&'static str] {
    match relation {
        Relation::Params => &["name"],
        Relation::Metrics => &["name", "slice"],
        _ => &[],
    }
}

/// Rows of one row group.
pub(super) fn group_rows(relation: Relation) -> usize {
    match relation {
        Relation::Params | Relation::Metrics | Relation::Predictions => ROW_GROUP_ROWS,
        _ => SMALL_GROUP_ROWS,
    }
}

/// The rows of a row group as they lie in it.
pub(super) fn grouped(rows: RecordBatch, relation: Relation) -> Result<RecordBatch, ArrowError> {
    let first = first_in_group(relation);
    if first.is_empty() {
        return Ok(rows);
    }
    let rest = columns(relation).iter();
    let rest = rest.filter(|name| !first.contains(name));
    by(&rows, first.iter().chain(rest))
}

/// `rows` in the order of a file's row groups.
pub(super) fn sorted(rows: &RecordBatch, relation: Relation) -> Result<RecordBatch, ArrowError> {
    by(rows, columns(relation).iter())
}

fn by<'a>(
    rows: &RecordBatch,
    names: impl Iterator<Item = &'a &'a str>,
) -> Result<RecordBatch, ArrowError> {
    let options = SortOptions {
        descending: false,
        nulls_first: true,
    };
    let column = |name: &&str| {
        let values = rows.column_by_name(name)?.clone();
        Some(SortColumn {
            values,
            options: Some(options),
        })
    };
    let columns: Vec<_> = names.filter_map(column).collect();
    take_record_batch(rows, &lexsort_to_indices(&columns, None)?)
}

/// Columns that are not read to find rows by: with a bound for each page, the page indexes of all
/// files would be too large to be kept in memory.
fn has_page_bounds(column: &RelationColumn) -> bool {
    let is_plain = matches!(column.kind, Kind::Text | Kind::Long | Kind::Time);
    is_plain && (!is_id(column) || ["run_id", "model_id"].contains(&column.name))
}

fn is_id(column: &RelationColumn) -> bool {
    column.kind == Kind::Text && column.name.ends_with("_id")
}

/// Whether hardly two rows have the same value: a dictionary would be read and used once.
fn is_distinct(relation: Relation, column: &RelationColumn) -> bool {
    let own = match relation {
        Relation::Models => "model_id",
        Relation::Datasets => "dataset_id",
        Relation::Transforms => "transform_id",
        Relation::Metrics => "metric_id",
        Relation::Artifacts => "artifact_id",
        Relation::Work => "operation_id",
        Relation::Actions => "action_id",
        Relation::DatasetEdges => "child_dataset_id",
        _ => "",
    };
    let is_digest = matches!(
        column.name,
        "state_id" | "uid" | "output_dataset_id" | "subject_id"
    );
    column.name == own || is_digest || matches!(column.kind, Kind::Time | Kind::Double)
}

/// How a compacted file is written.
pub(crate) fn properties(relation: Relation, group_rows: usize) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("modeldb {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(match first_in_group(relation) {
            [] => SMALL_PAGE_ROWS,
            _ => PAGE_ROWS,
        })
        .set_write_batch_size(SMALL_PAGE_ROWS);
    for column in relation.columns() {
        let path = ColumnPath::from(column.name);
        if is_id(column) {
            // As large as its distinct ids need, up to one in each row.
            properties = properties
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_fpp(path.clone(), BLOOM_FILTER_ERRORS);
        }
        if column.name == "model_id" {
            // What most questions look for or join by. Ids do not get much smaller anyway, and
            // this is several times as fast to read.
            properties = properties.set_column_compression(path.clone(), Compression::SNAPPY);
        }
        if is_distinct(relation, column) {
            properties = properties.set_column_dictionary_enabled(path.clone(), false);
        }
        if !has_page_bounds(column) {
            properties = properties.set_column_statistics_enabled(path, EnabledStatistics::Chunk);
        }
    }
    without_bounds_of_floats(properties, relation).build()
}

/// How a file is written that is compacted later.
pub(crate) fn plain_properties(relation: Relation) -> WriterProperties {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    without_bounds_of_floats(properties, relation).build()
}

/// Bounds in Parquet leave out NaN, which is greater than all in SQL: who skips by them misses it.
fn without_bounds_of_floats(
    properties: WriterPropertiesBuilder,
    relation: Relation,
) -> WriterPropertiesBuilder {
    let floats = relation.columns().iter();
    let floats = floats.filter(|column| column.kind == Kind::Double);
    floats.fold(properties, |properties, column| {
        let path = ColumnPath::from(column.name);
        properties.set_column_statistics_enabled(path, EnabledStatistics::None)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, StringArray};

    use super::*;

    #[test]
    fn a_group_has_names_together_and_in_them_runs() {
        let column = |values: [&'static str; 4]| Arc::new(StringArray::from_iter_values(values));
        let rows = RecordBatch::try_from_iter([
            ("project", column(["p", "p", "p", "p"]) as ArrayRef),
            ("run_id", column(["r1", "r1", "r2", "r2"])),
            ("model_id", column(["m2", "m2", "m1", "m1"])),
            ("name", column(["b", "a", "b", "a"])),
        ])
        .expect("rows");
        let of = |rows: &RecordBatch, name: &str| {
            let column = rows.column_by_name(name).expect("a column");
            column
                .as_string::<i32>()
                .iter()
                .flatten()
                .collect::<String>()
        };
        let sorted = sorted(&rows, Relation::Params).expect("sorted");
        assert_eq!(of(&sorted, "run_id"), "r1r1r2r2");
        assert_eq!(of(&sorted, "name"), "abab");
        let grouped = grouped(sorted.clone(), Relation::Params).expect("sorted");
        assert_eq!(of(&grouped, "name"), "aabb");
        assert_eq!(of(&grouped, "run_id"), "r1r2r1r2");
        let same = super::grouped(sorted.clone(), Relation::Models).expect("as they were");
        assert_eq!(same, sorted);
    }

    #[test]
    fn rows_are_sorted_by_columns_that_there_are() {
        for relation in Relation::ALL {
            for name in columns(relation) {
                let found = relation
                    .columns()
                    .iter()
                    .find(|column| column.name == *name);
                assert!(found.is_some(), "{relation:?} has no {name}");
            }
            assert_eq!(columns(relation)[0], "project");
        }
    }
}
