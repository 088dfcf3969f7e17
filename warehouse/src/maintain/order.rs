//! How the rows of a relation lie in its compacted files: those of a project together, in it
//! those of a run, in it those of a model or a dataset. So what is asked of one project or one
//! run is in a few row groups, which readers find by the files' and the groups' statistics; and
//! ids, which are random, by bloom filters.

use arrow::compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::parquet::schema::types::ColumnPath;

use crate::limits::BLOOM_FILTER_IDS;
use crate::relation::{Kind, Relation};

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

/// `rows` in that order.
pub(super) fn sorted(rows: &RecordBatch, relation: Relation) -> Result<RecordBatch, ArrowError> {
    let options = SortOptions {
        descending: false,
        nulls_first: true,
    };
    let by = columns(relation).iter();
    let by = by.filter_map(|name| rows.column_by_name(name));
    let by: Vec<_> = by
        .map(|values| SortColumn {
            values: values.clone(),
            options: Some(options),
        })
        .collect();
    take_record_batch(rows, &lexsort_to_indices(&by, None)?)
}

/// How a compacted file is written.
pub(crate) fn properties(relation: Relation, group_rows: usize) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("modeldb {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(group_rows));
    let ids = { relation.columns().iter() }
        .filter(|column| column.kind == Kind::Text && column.name.ends_with("_id"));
    for id in ids {
        let path = ColumnPath::from(id.name);
        properties = properties
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_max_ndv(path, BLOOM_FILTER_IDS);
    }
    properties.build()
}

#[cfg(test)]
mod tests {
    use super::*;

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
