//! Upkeep of tables, without an agent.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use deltalake::DeltaTable;
use deltalake::datafusion::physical_plan::metrics::{MetricValue, MetricsSet};
use deltalake::datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use deltalake::datafusion::prelude::{SessionConfig, SessionContext, col, lit};

use super::compact::{compact, compact_due, full_due, tier_due};
use super::files::files;
use super::log;
use super::scan::{self, Of, Shape};
use crate::clock::{Clock, Micros, SystemClock};
use crate::error::Error;
use crate::format::Mark;
use crate::hot::{Chunk, Origin};
use crate::ids::{ProducerId, Seq};
use crate::relation::Relation;
use crate::row::{ParamRow, Row};
use crate::store::Store;
use crate::table::{Commit, DeltaTables, TableWriter};

const PARAMS: Relation = Relation::Params;

async fn tables() -> DeltaTables {
    let store = Store::open("memory://", true).expect("a store");
    let mark = Mark::begin(&store).await.expect("a mark");
    DeltaTables::create_missing(&store, &mark)
        .await
        .expect("tables");
    DeltaTables::read_only(store, None)
}

fn producer() -> ProducerId {
    ProducerId::parse("producer-a").expect("an id")
}

/// Parameters of a model of each of 20 projects, as batch `seq` completed them.
fn params(seq: u64) -> Vec<Chunk> {
    let row = |project: u64| ParamRow {
        project: format!("project-{project:02}"),
        run_id: format!("run-{project:02}-{}", seq % 3),
        model_id: format!("m-{project:02}-{seq:04}"),
        name: "maxIter".into(),
        value: seq.to_string(),
        ..ParamRow::default()
    };
    let rows: Vec<Row> = (0..20).map(row).map(Row::from).collect();
    let origin = Origin {
        producer: producer(),
        seq: Seq(seq),
        rows: rows.len(),
    };
    vec![Chunk::new(PARAMS, &rows, vec![origin]).expect("rows")]
}

async fn fold(tables: &DeltaTables, table: &DeltaTable, seq: u64) -> DeltaTable {
    match tables.fold(table, PARAMS, &params(seq)).await {
        Commit::Committed(table) | Commit::Had(table) => *table,
        other => panic!("{other:?}"),
    }
}

async fn folded(tables: &DeltaTables, seqs: std::ops::RangeInclusive<u64>) -> DeltaTable {
    let mut table = tables.open(PARAMS).await.expect("a table");
    for seq in seqs {
        table = fold(tables, &table, seq).await;
    }
    table
}

/// The models in a table, sorted.
async fn models(table: &DeltaTable) -> Vec<String> {
    let rows = scan::rows(table, PARAMS, Of::Table).await.expect("rows");
    let rows = rows.sort(vec![col("model_id").sort(true, true)]);
    let batches = rows.expect("sorted").collect().await.expect("rows");
    let all = concat_batches(&batches[0].schema(), &batches).expect("one batch");
    texts(&all, "model_id")
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).expect("a column");
    let column = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).expect("text");
    let column = column.as_any().downcast_ref::<arrow::array::StringArray>();
    let values = column.expect("text").iter();
    values.map(|v| v.unwrap_or_default().to_owned()).collect()
}

fn paths(table: &DeltaTable) -> Vec<String> {
    let files = files(table, PARAMS).expect("files");
    files.into_iter().map(|file| file.path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_keeps_rows_marks_and_what_is_folded_meanwhile() {
    let tables = tables().await;
    let table = folded(&tables, 1..=8).await;
    let before = models(&table).await;
    assert_eq!(
        (files(&table, PARAMS).expect("files").len(), before.len()),
        (8, 160)
    );
    let due = |files: &[_]| tier_due(files, 9);
    let (_, done) = compact_due(&tables, table.clone(), PARAMS, due)
        .await
        .expect("done");
    assert_eq!(done.files_before, 0, "there are not enough files");

    // Compacted from a version that is not the newest any more.
    let old = files(&table, PARAMS).expect("files");
    fold(&tables, &table, 9).await;
    let compacted = compact(&tables, &table, PARAMS, &old, Shape::of(PARAMS)).await;
    let (compacted, done) = compacted.expect("compacted");
    assert_eq!((done.files_before, done.files_after), (8, 1));
    assert_eq!(files(&compacted, PARAMS).expect("files").len(), 2);
    let rows = models(&compacted).await;
    assert_eq!(rows.len(), 180);
    assert!(before.iter().all(|model| rows.contains(model)));

    // And folded from a version that is not the newest any more; what the table has, by its
    // marks, is left out.
    let again = fold(&tables, &table, 9).await;
    assert_eq!(again.version(), compacted.version());
    let later = fold(&tables, &table, 10).await;
    assert_eq!(models(&later).await.len(), 200);

    // Two that compact the same files: one of them gives way, and nothing is there twice.
    let twice = compact(&tables, &table, PARAMS, &old, Shape::of(PARAMS)).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    let newest = tables.open(PARAMS).await.expect("a table");
    assert_eq!(models(&newest).await, models(&later).await);
}

/// Two that both fold, as after a lease changed hands: neither adds what the other has.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_one_folded_is_known() {
    let tables = tables().await;
    let other = DeltaTables::read_only(tables.store().clone(), None);
    let mut table = folded(&tables, 1..=2).await;
    folded(&other, 2..=4).await;
    // The one knows the producer's mark as of its own fold, and is at an older version.
    table = fold(&tables, &table, 3).await;
    assert_eq!(models(&table).await.len(), 80);
    fold(&tables, &table, 5).await;
    folded(&other, 3..=6).await;
    // Entries that are gone: the mark is asked for anew.
    let store = tables.store();
    let newest = tables.open(PARAMS).await.expect("a table");
    log::checkpoint(store, &newest, PARAMS)
        .await
        .expect("a checkpoint");
    let version = newest.version().expect("a version");
    let log = format!("{}/_delta_log", PARAMS.name());
    let entries = (0..version).map(|v| format!("{log}/{v:020}.json").into());
    log::delete(store, entries.collect())
        .await
        .expect("deleted");
    let newest = fold(&tables, &newest, 6).await;
    assert_eq!(models(&newest).await.len(), 120);
}

/// Row groups and rows that a query for one value reads, of all in the table.
async fn read(table: &DeltaTable, column: &str, value: &str) -> (usize, usize, usize) {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    table
        .update_datafusion_session(&context.state())
        .expect("a session");
    let provider = table.table_provider().build().await.expect("a provider");
    let rows = context.read_table(Arc::new(provider)).expect("rows");
    let rows = rows.filter(col(column).eq(lit(value))).expect("a filter");
    let plan = rows.create_physical_plan().await.expect("a plan");
    let batches = collect(plan.clone(), context.task_ctx())
        .await
        .expect("rows");
    let found = batches.iter().map(RecordBatch::num_rows).sum();
    (files_of(&plan), groups_of(&plan), found)
}

fn files_of(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let text = displayable(plan.as_ref()).indent(true).to_string();
    text.matches(".parquet").count()
}

/// Row groups that neither statistics nor bloom filters ruled out.
fn groups_of(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let mut groups = 0;
    for metric in plan.metrics().iter().flat_map(MetricsSet::iter) {
        if let MetricValue::PruningMetrics {
            name,
            pruning_metrics,
        } = metric.value()
            && name == "row_groups_pruned_bloom_filter"
        {
            groups += pruning_metrics.matched();
        }
    }
    groups + plan.children().into_iter().map(groups_of).sum::<usize>()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_for_one_project_or_model_touches_little() {
    let tables = tables().await;
    let table = folded(&tables, 1..=40).await;
    let (files_before, _, rows) = read(&table, "project", "project-07").await;
    assert_eq!(
        (files_before, rows),
        (40, 40),
        "every file has every project"
    );

    // A file for each 100 rows.
    let old = files(&table, PARAMS).expect("files");
    let shape = Shape {
        file_bytes: 1,
        group_rows: 100,
    };
    let compacted = compact(&tables, &table, PARAMS, &old, shape).await;
    let (table, done) = compacted.expect("compacted");
    assert_eq!(done.files_after, 8);
    let (files_read, _, rows) = read(&table, "project", "project-07").await;
    assert_eq!((files_read, rows), (2, 40));

    // All in one file: a row group for each 100 rows.
    let old = files(&table, PARAMS).expect("files");
    let shape = Shape {
        file_bytes: 1 << 20,
        group_rows: 100,
    };
    let compacted = compact(&tables, &table, PARAMS, &old, shape).await;
    let (table, done) = compacted.expect("compacted");
    assert_eq!(done.files_after, 1);
    let (_, groups, rows) = read(&table, "project", "project-07").await;
    assert_eq!((groups, rows), (2, 40));
    // An id says nothing of where it is; the filters know.
    let (_, groups, rows) = read(&table, "model_id", "m-07-0013").await;
    assert_eq!((groups, rows), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleaned_log_opens_at_the_same_version_with_the_same_marks() {
    let tables = tables().await;
    let store = tables.store();
    let old = files(&folded(&tables, 1..=5).await, PARAMS).expect("files");
    let table = tables.open(PARAMS).await.expect("a table");
    let compacted = compact(&tables, &table, PARAMS, &old, Shape::of(PARAMS)).await;
    let (mut table, _) = compacted.expect("compacted");
    log::checkpoint(store, &table, PARAMS)
        .await
        .expect("a checkpoint");
    let checkpoint = table.version();
    assert_eq!(
        log::last_checkpoint(store, PARAMS).await.expect("read"),
        checkpoint
    );
    for seq in 6..=8 {
        table = fold(&tables, &table, seq).await;
    }
    let later = SystemClock.now().plus_micros(10_000_000);
    let hour = std::time::Duration::from_secs(3600);
    let clean = |now: Micros, keep, dry| log::clean(store, PARAMS, now, keep, dry);
    assert_eq!(
        clean(later, hour, false).await.expect("cleaned"),
        0,
        "all is young"
    );
    let second = std::time::Duration::from_secs(1);
    assert_eq!(
        clean(later, second, false).await.expect("cleaned"),
        0,
        "the newest are kept, however old"
    );
    assert_eq!(
        models(&tables.open(PARAMS).await.expect("a table"))
            .await
            .len(),
        160
    );

    // What a fold of long ago had is known from the checkpoint alone.
    let log = format!("{}/_delta_log", PARAMS.name());
    let entries = (0..checkpoint.expect("a version")).map(|v| format!("{log}/{v:020}.json").into());
    log::delete(store, entries.collect())
        .await
        .expect("deleted");
    let opened = tables.open(PARAMS).await.expect("a table");
    assert_eq!(opened.version(), table.version());
    let marks = tables
        .marks(&[(PARAMS, opened.clone())], &[producer()])
        .await
        .expect("marks");
    assert_eq!(marks.get(&(PARAMS, producer())), Some(&Seq(8)));
    assert_eq!(models(&opened).await.len(), 160);
    let (full, _) = compact_due(&tables, opened, PARAMS, full_due)
        .await
        .expect("compacted");
    assert_eq!((paths(&full).len(), models(&full).await.len()), (1, 160));
}
