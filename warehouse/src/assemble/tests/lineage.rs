//! Datasets down to their files, and states that branch where the work did.

use super::*;

impl Teller {
    fn seen(&mut self, seen: DatasetSeen) {
        self.tell(Happening::DatasetSeen(seen));
    }

    fn datasets(&self) -> BTreeMap<String, DatasetRow> {
        let mut found = BTreeMap::new();
        for row in &self.rows {
            if let Row::Datasets(row) = row {
                let before = found.insert(row.dataset_id.clone(), (**row).clone());
                assert!(before.is_none(), "{} is there twice", row.dataset_id);
            }
        }
        found
    }
}

fn derived(parent: u64, operation: &str, digest: Option<&str>) -> Derivation {
    Derivation {
        parent,
        operation: operation.into(),
        detail: Some(operation.into()),
        digest: digest.map(str::to_owned),
        ..Derivation::default()
    }
}

fn file(uri: &str) -> DataSource {
    DataSource {
        uri: uri.into(),
        format: Some("csv".into()),
    }
}

/// Reads a file, filters it by way of a step inside the plan, and fits.
fn reader(uri: &str, digest: Option<&str>) -> Teller {
    let mut t = Teller::new();
    t.seen(DatasetSeen {
        dataset: 1,
        sources: vec![file(uri)],
        intermediate: true,
        ..DatasetSeen::default()
    });
    t.seen(DatasetSeen {
        dataset: 2,
        derived_from: vec![derived(1, "filter", Some("f"))],
        intermediate: true,
        ..DatasetSeen::default()
    });
    t.seen(DatasetSeen {
        dataset: 3,
        derived_from: vec![derived(2, "select", digest)],
        ..DatasetSeen::default()
    });
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 3);
    t.fitted(1);
    t
}

#[test]
fn a_dataset_leads_down_to_its_files_once() {
    let mut t = reader("file:/a.csv", Some("s"));
    t.fit(2, 0, FitKind::Estimator, classifier(0.2), 3);
    t.fitted(2);
    t.tell(Happening::RunEnded(RunEnded { failure: None }));
    let rows = t.datasets();
    assert_eq!(rows.len(), 4);
    for number in 1..=3 {
        assert_eq!(rows[&t.dataset_id(number)].source_uris, ["file:/a.csv"]);
    }
    let operations: Vec<_> = t
        .edges()
        .into_iter()
        .map(|(.., operation)| operation)
        .collect();
    assert_eq!(operations, ["select", "filter", "read"]);
}

#[test]
fn fingerprints_are_equal_for_equal_steps_and_files_only() {
    let of = |uri: &str, digest: Option<&str>| {
        let t = reader(uri, digest);
        let row = &t.datasets()[&t.dataset_id(3)];
        (row.fingerprint.clone(), row.state_id.clone())
    };
    let first = of("file:/a.csv", Some("s"));
    assert!(first.0.as_ref().expect("one").starts_with("f1:"));
    assert_eq!(of("file:/a.csv", Some("s")), first);
    assert_ne!(of("file:/b.csv", Some("s")).0, first.0);
    assert_ne!(of("file:/a.csv", Some("t")).0, first.0);
    let opaque = of("file:/a.csv", None);
    assert_eq!(opaque.0, None);
    assert_ne!(opaque.1, first.1);
}

#[test]
fn what_a_job_writes_is_what_the_next_one_reads() {
    let mut writer = reader("file:/raw.csv", Some("s"));
    writer.seen(DatasetSeen {
        dataset: 4,
        derived_from: vec![derived(3, "filter", Some("f"))],
        ..DatasetSeen::default()
    });
    writer.tell(Happening::Written(Written {
        dataset: 4,
        target: file("file:/prepared"),
        mode: Some("overwrite".into()),
    }));
    let rows = writer.datasets();
    let own = &rows[&writer.dataset_id(4)];
    assert_eq!(own.written_uris, ["file:/prepared"]);
    assert_eq!(own.source_uris, ["file:/raw.csv"]);
    let edges = writer.edges();
    let (parent, written, operation) = edges.last().expect("an edge");
    assert_eq!(
        (parent, operation.as_str()),
        (&writer.dataset_id(4), "write")
    );
    assert_eq!(rows[written].written_uris, ["file:/prepared"]);
    let reader = reader("file:/prepared", Some("s"));
    let read = reader
        .edges()
        .into_iter()
        .find(|(.., operation)| operation == "read");
    let (parent, child, _) = read.expect("an edge");
    assert_eq!((&parent, child), (written, reader.dataset_id(1)));
    assert!(reader.datasets()[written].written_uris.is_empty());
}

#[test]
fn a_transform_says_more_than_its_plan() {
    let mut t = reader("file:/a.csv", Some("s"));
    t.seen(DatasetSeen {
        dataset: 4,
        derived_from: vec![derived(3, "select", None)],
        intermediate: true,
        ..DatasetSeen::default()
    });
    t.seen(DatasetSeen {
        dataset: 5,
        derived_from: vec![derived(4, "filter", None)],
        ..DatasetSeen::default()
    });
    t.transformed(2, 0, 1, 3, 5);
    t.tell(Happening::RunEnded(RunEnded { failure: None }));
    let rows = t.datasets();
    assert!(!rows.contains_key(&t.dataset_id(4)));
    assert_eq!(rows[&t.dataset_id(5)].source_uris, ["file:/a.csv"]);
    let last = t.edges().pop().expect("an edge");
    assert_eq!(last, (t.dataset_id(3), t.dataset_id(5), "transform".into()));
}

#[test]
fn the_same_data_under_another_number_is_one_dataset() {
    let mut t = reader("file:/a.csv", Some("s"));
    t.seen(DatasetSeen {
        dataset: 7,
        same_as: 3,
        derived_from: vec![derived(2, "select", None)],
        ..DatasetSeen::default()
    });
    t.fit(2, 0, FitKind::Estimator, classifier(0.2), 7);
    t.fitted(2);
    assert_eq!(t.models()[1].dataset_id, Some(t.dataset_id(3)));
    assert_eq!(t.datasets().len(), 4);
}

#[test]
fn history_branches_where_the_work_does() {
    let mut t = reader("file:/a.csv", Some("s"));
    // Two pipelines: the same first stage, another second one.
    for (base, reg) in [(10, 0.1), (20, 0.5)] {
        let scaler = || component("Scaler", "sc", &[]);
        let mut pipeline = component("Pipeline", "pipe", &[]);
        pipeline.stages = vec![scaler(), classifier(reg)];
        t.fit(base, 0, FitKind::Pipeline, pipeline, 3);
        t.fit(base + 1, base, FitKind::Estimator, scaler(), 3);
        t.fitted(base + 1);
        t.dataset(base, &["features"], &[(3, "select")]);
        t.transformed(base + 2, base, base + 1, 3, base);
        t.fit(base + 3, base, FitKind::Estimator, classifier(reg), base);
        t.fitted(base + 3);
        t.fitted(base);
    }
    let models = t.models();
    let state = |operation| {
        let id = t.model_id(operation);
        let model = models.iter().find(|model| model.model_id == id);
        let model = model.expect("a model");
        (model.parent_state_id.clone(), model.state_id.clone())
    };
    assert_eq!(state(11), state(21), "the same after stage 1");
    assert_eq!(
        state(13).0,
        state(23).0,
        "the second stages begin in one state"
    );
    assert_ne!(state(13).1, state(23).1, "and lead to two");
    assert_ne!(state(10).1, state(20).1);
}

#[test]
fn what_was_saved_is_known_when_it_is_loaded_in_a_later_run() {
    let mut t = reader("file:/a.csv", Some("s"));
    let saved = |uri: &str, uid: &str| Saved {
        operation: 5,
        model: 1,
        component: component("LRModel", uid, &[]),
        uri: uri.into(),
        bytes: 7,
        ..Saved::default()
    };
    t.tell(Happening::Saved(Box::new(saved("file:/models/a", "lr"))));
    t.tell(Happening::RunEnded(RunEnded { failure: None }));
    let artifact = t.rows.iter().find_map(|row| match row {
        Row::Artifacts(artifact) => Some(artifact),
        _ => None,
    });
    let artifact = artifact.expect("a row");
    assert_eq!(artifact.model_id, Some(t.model_id(1)));
    assert_eq!(artifact.bytes, Some(7));
    t.run = RunId::parse("run-00002").expect("an id");
    t.dataset(40, &["features"], &[]);
    for (operation, uri, uid) in [
        (50, "file:///models/a/", "lr"),
        (51, "file:/models/b", "lr"),
    ] {
        t.tell(Happening::Loaded(Box::new(Loaded {
            operation,
            component: component("LRModel", uid, &[]),
            uri: uri.into(),
            ..Loaded::default()
        })));
        t.transformed(operation + 10, 0, operation, 40, operation);
    }
    let loaded: Vec<_> = t
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Transforms(transform) => Some(transform.model_id.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(loaded, [Some(t.model_id(1)), None]);
}

#[test]
fn a_failure_closes_all_that_it_passes() {
    let mut t = Teller::new();
    let mut search = component("CrossValidator", "cv", &[("numFolds", "2")]);
    let mut pipeline = component("Pipeline", "pipe", &[]);
    pipeline.stages = vec![classifier(0.0)];
    search.stages = vec![pipeline.clone()];
    t.dataset(1, &["features"], &[]);
    t.dataset(2, &["features"], &[(1, "split")]);
    let candidates = vec![reg_param(0.1), reg_param(0.5)];
    t.start(1, 0, FitKind::Search, search, 1, candidates);
    t.fit(2, 1, FitKind::Pipeline, pipeline, 2);
    t.fit(3, 2, FitKind::Estimator, classifier(0.1), 2);
    for operation in [3, 2, 1] {
        t.tell(Happening::FitEnded(FitEnded {
            operation,
            failure: Some(Failure {
                class: "Error".into(),
                message: "no".into(),
            }),
            ..FitEnded::default()
        }));
    }
    let closed: Vec<_> = t
        .models()
        .into_iter()
        .map(|m| (m.status, m.error))
        .collect();
    let failed = ("failed".to_owned(), Some("Error: no".to_owned()));
    assert_eq!(closed, [failed.clone(), failed.clone(), failed]);
    assert!(
        t.assembler
            .open_rows(|_| false)
            .iter()
            .all(|row| matches!(row, Row::Datasets(_)))
    );
}
