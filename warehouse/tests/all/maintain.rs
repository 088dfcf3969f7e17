//! Upkeep of a warehouse: beside an open one, and of one that nobody has open.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use arrow::array::StringArray;
use modeldb_warehouse::*;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn now() -> Micros {
    SystemClock.now()
}

fn ago(days: i64) -> Micros {
    now().plus_micros(-days * DAY.as_micros() as i64)
}

/// A maintenance so many days from now.
async fn maintenance(dir: &Path, days: u32) -> Maintenance {
    let clock = ManualClock::at(now());
    clock.advance(DAY * days);
    let opened = Maintenance::open(&dir.display().to_string(), clock).await;
    opened.expect("a maintenance")
}

async fn maintain(dir: &Path, days: u32, settings: &MaintenanceSettings) -> Vec<Step> {
    let mut steps = Vec::new();
    let maintenance = maintenance(dir, days).await;
    let mut tell = |step| steps.push(step);
    let done = maintenance.run(settings, false, &mut tell).await;
    done.expect("maintained");
    steps
}

/// The Parquet files in a directory, by their names.
fn parquet_files(dir: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return BTreeSet::new();
    };
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.into_string().expect("text"));
    names.filter(|name| name.ends_with(".parquet")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_keeps_its_files_few_and_its_rows_all() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = settings(dir.path());
    settings.maintenance.upkeep.compact_files = 4;
    let open = || Warehouse::open(&settings, Arc::new(SystemClock), Arc::new(SystemEntropy));
    let (warehouse, tasks) = open().await.expect("open");
    for seq in 1..=24 {
        push(&warehouse, "producer-a", seq, 3).await;
        warehouse.fold().await.expect("folded");
    }
    // Upkeep follows, until less than four files of each size are left.
    let few = async {
        while files_of(warehouse.as_ref(), Relation::Models).await > 9 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let few = tokio::time::timeout(Duration::from_secs(120), few).await;
    few.expect("files are merged");
    let reader = reader(dir.path()).await;
    for source in [warehouse.as_ref() as &dyn Source, &reader] {
        let ids = column(source, Relation::Models, "model_id").await;
        assert_eq!((ids.len(), distinct(&ids)), (24 * 4, 24 * 4));
    }
    tasks.finish(&warehouse).await.expect("closed");
    drop(warehouse);
    let checkpoints = parquet_files(&dir.path().join("models/_delta_log"));
    assert!(!checkpoints.is_empty(), "checkpoints are made");

    // The journal is given up: what is known of the producer is in the tables alone.
    std::fs::remove_dir_all(dir.path().join("_journal")).expect("removed");
    let (warehouse, tasks) = open().await.expect("open");
    push(&warehouse, "producer-a", 24, 3).await;
    let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
    assert_eq!(ids.len(), 24 * 3, "the resent batch is not taken again");
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_removes_what_nothing_needs_when_it_is_old() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let (named, unnamed) = (sample(&warehouse, "a").await, sample(&warehouse, "b").await);
    for job in 0..5 {
        let name = format!("producer-{job}");
        deliver(&warehouse, run(&name, "tests", 2, &named, now())).await;
        warehouse.fold().await.expect("folded");
    }
    let models = dir.path().join("models");
    let exists = |path: &str| dir.path().join(path).exists();
    let staged = dir.path().join("_staging/00/0");
    std::fs::create_dir_all(staged.parent().expect("a directory")).expect("made");
    std::fs::write(&staged, b"a piece").expect("written");
    std::fs::write(models.join("part-of-a-failed-write.parquet"), b"PAR1").expect("written");
    std::fs::create_dir_all(dir.path().join("artifacts/_files/11")).expect("made");
    std::fs::write(dir.path().join("artifacts/_files/11/x"), b"x").expect("written");
    std::fs::write(dir.path().join("artifacts/_files/11.manifest"), b"").expect("written");
    let before = parquet_files(&models);
    assert_eq!(before.len(), 6);

    // A dry run tells what there is to do, and changes nothing.
    let mut steps = Vec::new();
    let settings = MaintenanceSettings::default();
    let dry = maintenance(dir.path(), 8).await;
    let done = dry.run(&settings, true, &mut |step| steps.push(step)).await;
    done.expect("looked");
    let of_models = |step: &&Step| matches!(step, Step::Compaction(Relation::Models, done) if done.files_before == 5);
    assert_eq!(steps.iter().filter(of_models).count(), 1, "{steps:?}");
    assert!(
        steps.iter().any(|step| matches!(step, Step::Samples(_))),
        "{steps:?}"
    );
    assert_eq!(parquet_files(&models), before);
    assert!(exists(&unnamed));

    // Compacted; what was there before is still there for those who read it.
    let steps = maintain(dir.path(), 0, &settings).await;
    assert!(steps.iter().any(|step| of_models(&step)), "{steps:?}");
    let reader = reader(dir.path()).await;
    assert_eq!(files_of(&reader, Relation::Models).await, 1);
    assert_eq!(parquet_files(&models).len(), 7);
    assert!(exists(&unnamed) && exists("_staging/00/0") && exists("artifacts/_files/11/x"));
    let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
    assert_eq!((ids.len(), distinct(&ids)), (15, 15));

    // Once more there is nothing to do.
    let steps = maintain(dir.path(), 0, &settings).await;
    assert_eq!(steps, []);

    // Old.
    maintain(dir.path(), 8, &settings).await;
    assert_eq!(parquet_files(&models).len(), 1);
    assert!(exists(&named) && !exists(&unnamed));
    assert!(!exists("_staging/00/0") && !exists("artifacts/_files/11/x"));
    assert!(!exists("artifacts/_files/11.manifest"));
    assert_eq!(column(&reader, Relation::Models, "model_id").await, ids);
    for relation in Relation::ALL {
        count(&reader, relation).await;
    }
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn deletion_removes_rows_and_what_only_they_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let shared = sample(&warehouse, "shared").await;
    let own = sample(&warehouse, "own").await;
    deliver(&warehouse, run("producer-a", "tests", 3, &shared, now())).await;
    deliver(&warehouse, run("producer-b", "tests", 2, &shared, now())).await;
    let other = run("producer-c", "other", 2, &own, now());
    deliver(&warehouse, with_copy(other, "11")).await;
    let copy = ["artifacts/_files/11/x", "artifacts/_files/11.manifest"];
    std::fs::create_dir_all(dir.path().join("artifacts/_files/11")).expect("made");
    for path in copy {
        std::fs::write(dir.path().join(path), b"x").expect("written");
    }
    let exists = |path: &str| dir.path().join(path).exists();
    let upkeep = maintenance(dir.path(), 0).await;
    let run_of = |name: &str| Target::Run(format!("run-of-{name}"));

    // Rows that a fold would bring back.
    let early = upkeep.delete(&run_of("producer-a"), false, false).await;
    assert!(matches!(early, Err(Error::Behind(_))), "{early:?}");
    warehouse.fold().await.expect("folded");
    push(&warehouse, "producer-d", 1, 1).await;
    warehouse.fold().await.expect("folded");
    let open = upkeep.delete(&run_of("producer-d"), false, false).await;
    assert!(matches!(open, Err(Error::Behind(_))), "{open:?}");
    let nobody = upkeep
        .delete(&Target::Model("m-0".into()), false, false)
        .await;
    let nobody = nobody.expect_err("unknown").to_string();
    assert!(nobody.contains("no model m-0"), "{nobody}");

    // Tried dry, then done. The other run still names the sample.
    let reader = reader(dir.path()).await;
    let dry = upkeep
        .delete(&run_of("producer-a"), false, true)
        .await
        .expect("looked");
    assert!(dry.rows.contains(&(Relation::Predictions, 3)), "{dry:?}");
    assert_eq!(count(&reader, Relation::Predictions).await, 7);
    let done = upkeep
        .delete(&run_of("producer-a"), false, false)
        .await
        .expect("deleted");
    assert_eq!(done.rows, dry.rows);
    assert_eq!(done.samples, Gone::default());
    assert!(exists(&shared));
    for relation in Relation::ALL {
        if relation != Relation::Projects {
            let runs = column(&reader, relation, "run_id").await;
            assert!(!runs.contains(&"run-of-producer-a".into()), "{relation:?}");
        }
    }
    assert_eq!(count(&reader, Relation::Predictions).await, 4);
    let again = upkeep.delete(&run_of("producer-a"), false, false).await;
    assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");

    // A model, and nothing else of its run.
    let models = column(&reader, Relation::Predictions, "model_id").await;
    let model = models.first().expect("a model").clone();
    upkeep
        .delete(&Target::Model(model.clone()), false, false)
        .await
        .expect("deleted");
    for relation in [Relation::Models, Relation::Params, Relation::Predictions] {
        let models = column(&reader, relation, "model_id").await;
        assert!(
            !models.is_empty() && !models.contains(&model),
            "{relation:?}"
        );
    }

    // A project, with what only it named, and its data files at once.
    upkeep.publish(&mut |_| {}).await.expect("published");
    let project = Target::Project("other".into());
    let done = upkeep.delete(&project, true, false).await.expect("deleted");
    assert_eq!(done.samples.objects, 1, "{done:?}");
    assert_eq!(done.artifacts.objects, 2, "{done:?}");
    assert!(!exists(&own) && exists(&shared) && copy.iter().all(|path| !exists(path)));
    assert!(done.data_files.objects > 0, "{done:?}");
    for relation in Relation::ALL {
        let projects = column(&reader, relation, "project").await;
        assert!(!projects.contains(&"other".into()), "{relation:?}");
        if done.rows.iter().any(|(of, _)| *of == relation) {
            let files = parquet_files(&dir.path().join(relation.name())).len() as u64;
            assert_eq!(files, files_of(&reader, relation).await, "{relation:?}");
            assert!(!published(dir.path(), relation).contains(&"other".into()));
        }
    }

    // The agent that has it open goes on.
    push(&warehouse, "producer-d", 2, 1).await;
    warehouse.fold().await.expect("folded");
    let runs = column(&reader, Relation::Runs, "run_id").await;
    assert_eq!(runs, ["run-of-producer-b", "run-of-producer-d"]);
    assert_eq!(
        column(&reader, Relation::Projects, "project").await,
        ["tests"]
    );
    tasks.finish(&warehouse).await.expect("closed");
}

/// The projects of the rows in a published copy, sorted.
fn published(dir: &Path, relation: Relation) -> Vec<String> {
    let path = dir.join(format!("parquet/{}.parquet", relation.name()));
    let file = std::fs::File::open(path).expect("a copy");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    assert_eq!(reader.schema().fields(), relation.schema().fields());
    let mut projects = Vec::new();
    for batch in reader.build().expect("a reader") {
        let batch = batch.expect("rows");
        let column = batch.column_by_name("project").expect("a column");
        let column = column.as_any().downcast_ref::<StringArray>();
        let values = column.expect("text").iter().flatten();
        projects.extend(values.map(str::to_owned));
    }
    projects.sort();
    projects
}

#[tokio::test(flavor = "multi_thread")]
async fn published_copies_have_the_rows_of_their_tables() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let reader = reader(dir.path()).await;
    let settings = MaintenanceSettings {
        publish: true,
        ..MaintenanceSettings::default()
    };
    for (job, project) in ["one", "two", "one"].into_iter().enumerate() {
        let name = format!("producer-{job}");
        deliver(&warehouse, run(&name, project, 2, "samples/_rows/x", now())).await;
        warehouse.fold().await.expect("folded");
        let steps = maintain(dir.path(), 0, &settings).await;
        let copies = steps.iter().filter(|s| matches!(s, Step::Publication(_)));
        assert_eq!(copies.count(), Relation::ALL.len());
        for relation in Relation::ALL {
            let rows = column(&reader, relation, "project").await;
            assert_eq!(published(dir.path(), relation), rows, "{relation:?}");
        }
    }
    let manifest = dir.path().join("models/_symlink_format_manifest/manifest");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    let urls: Vec<_> = manifest.lines().collect();
    assert_eq!(urls.len() as u64, files_of(&reader, Relation::Models).await);
    for url in urls {
        let path = url.strip_prefix("file://").expect("a URL");
        assert!(Path::new(path).exists(), "{url}");
    }
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_is_by_kind_and_project() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let mut samples = Vec::new();
    for (name, project, days) in [
        ("producer-a", "tests", 40),
        ("producer-b", "tests", 10),
        ("producer-c", "kept", 40),
        ("producer-d", "tests", 200),
    ] {
        let uri = sample(&warehouse, name).await;
        deliver(&warehouse, run(name, project, 2, &uri, ago(days))).await;
        samples.push(uri);
    }
    push(&warehouse, "producer-e", 1, 1).await;
    warehouse.fold().await.expect("folded");
    tasks.finish(&warehouse).await.expect("closed");
    let rule = |project: Option<&str>, kind, days: Option<u32>| Rule {
        project: project.map(str::to_owned),
        kind,
        keep: days.map(|days| DAY * days),
    };
    let settings = MaintenanceSettings {
        retention: vec![
            rule(None, Retained::Samples, Some(30)),
            rule(Some("kept"), Retained::Samples, None),
            rule(None, Retained::Predictions, Some(5)),
            rule(None, Retained::Runs, Some(100)),
        ],
        ..MaintenanceSettings::default()
    };
    let steps = maintain(dir.path(), 0, &settings).await;
    let kinds: Vec<_> = { steps.iter() }
        .filter_map(|step| match step {
            Step::Retention(kind, _) => Some(*kind),
            _ => None,
        })
        .collect();
    assert_eq!(
        kinds,
        [Retained::Samples, Retained::Predictions, Retained::Runs]
    );
    let reader = reader(dir.path()).await;
    let run = |name: &str| format!("run-of-{name}");
    assert_eq!(
        column(&reader, Relation::Samples, "run_id").await,
        [run("producer-b"), run("producer-c")]
    );
    let there: Vec<_> = samples
        .iter()
        .map(|uri| dir.path().join(uri).exists())
        .collect();
    assert_eq!(there, [false, true, true, false]);
    assert_eq!(count(&reader, Relation::Predictions).await, 0);
    // The run that goes on is not ended, whatever its age.
    assert_eq!(
        column(&reader, Relation::Runs, "run_id").await,
        ["producer-a", "producer-b", "producer-c", "producer-e"].map(run)
    );
    let models = column(&reader, Relation::Models, "run_id").await;
    assert!(!models.contains(&run("producer-d")));
    assert!(models.contains(&run("producer-a")));
}
