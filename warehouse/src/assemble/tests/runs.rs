//! What a run leaves open, and what nobody knows.

use super::*;

#[test]
fn failures_and_what_a_run_leaves_open() {
    let mut t = Teller::new();
    t.dataset(1, &["features", "late"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    t.tell(Happening::FitEnded(FitEnded {
        operation: 1,
        duration_us: 5,
        failure: Some(Failure {
            class: "java.lang.RuntimeException".into(),
            message: "no such column".into(),
        }),
        ..FitEnded::default()
    }));
    t.fit(2, 0, FitKind::Estimator, classifier(0.1), 1);
    let silent = t.assembler.open_rows(|_| true);
    let statuses: Vec<_> = silent
        .iter()
        .filter_map(|row| match row {
            Row::Runs(run) => Some(run.status.clone()),
            Row::Models(model) => Some(model.status.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(statuses, ["abandoned", "abandoned"]);
    t.tell(Happening::CaptureReported(BTreeMap::from([(
        "queue_full".into(),
        3,
    )])));
    t.tell(Happening::RunEnded(RunEnded { failure: None }));
    let models = t.models();
    assert_eq!(models[0].status, "failed");
    assert_eq!(
        models[0].error.as_deref(),
        Some("java.lang.RuntimeException: no such column")
    );
    assert_eq!(models[1].status, "abandoned");
    let mut runs = t.rows.iter().filter_map(|row| match row {
        Row::Runs(run) => Some(run),
        _ => None,
    });
    let last = runs.next_back().expect("a run");
    assert_eq!(last.status, "finished");
    assert_eq!(last.capture.not_captured["queue_full"], 3);
    assert!(t.assembler.open_rows(|_| false).is_empty());
}

#[test]
fn a_kind_that_is_not_known_is_kept_and_a_run_without_start_is_not_lost() {
    let mut t = Teller::new();
    t.run = RunId::parse("run-never-started").expect("an id");
    t.tell(Happening::Unknown(Unknown {
        kind: 99,
        payload: vec![1, 2, 3],
    }));
    let kept = t.rows.iter().find_map(|row| match row {
        Row::UnknownEvents(event) => Some((event.kind, event.payload.clone())),
        _ => None,
    });
    assert_eq!(kept, Some((99, Bytes(vec![1, 2, 3]))));
    // It gets no row of its own: the table may have the real one.
    let runs = |t: &Teller| {
        let runs = t
            .rows
            .iter()
            .filter(|row| matches!(row, Row::Runs(run) if run.run_id == "run-never-started"));
        runs.count()
    };
    assert_eq!(runs(&t), 0);
    t.dataset(1, &["x"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    let started = RunStarted {
        project: "late".into(),
        ..RunStarted::default()
    };
    t.tell(Happening::RunStarted(Box::new(started.clone())));
    assert_eq!(runs(&t), 1);
    // A second start, of whoever, changes nothing and closes nothing.
    t.producer.id = ProducerId::parse("producer-2").expect("an id");
    t.seq = 0;
    t.tell(Happening::RunStarted(Box::new(RunStarted {
        project: "other".into(),
        ..started
    })));
    t.producer.id = ProducerId::parse("producer-1").expect("an id");
    t.seq = 10;
    t.fitted(1);
    assert_eq!(t.models()[0].project, "late");
}

#[test]
fn further_rows_of_a_dataset_are_a_further_sample() {
    let mut t = Teller::new();
    t.dataset(1, &["age"], &[]);
    for (role, uri) in [
        ("test", "one"),
        ("test", "two"),
        ("test", "one"),
        ("train", "one"),
    ] {
        t.tell(Happening::Sampled(Box::new(Sampled {
            dataset: 1,
            role: role.into(),
            uri: uri.into(),
            ..Sampled::default()
        })));
    }
    let samples = t.rows.iter().filter_map(|row| match row {
        Row::Samples(sample) => Some((sample.role.as_str(), sample.uri.as_str())),
        _ => None,
    });
    let samples: Vec<_> = samples.collect();
    assert_eq!(
        samples,
        [("test", "one"), ("test", "two"), ("train", "one")]
    );
}

#[test]
fn what_came_first_of_runs_that_are_silent_is_forgotten_first() {
    let mut t = Teller::new();
    let silent = t.run.clone();
    for number in 1..=4 {
        t.dataset(number, &["features", "late"], &[]);
        t.fit(10 + number, 0, FitKind::Estimator, classifier(0.1), number);
        t.fitted(10 + number);
    }
    t.dataset(5, &["features"], &[]);
    t.run = RunId::parse("run-00002").expect("an id");
    t.dataset(6, &["features", "late"], &[]);
    t.fit(16, 0, FitKind::Estimator, classifier(0.1), 6);
    t.fitted(16);
    let remembered = |t: &Teller, run: &RunId| t.assembler.runs[run].remembered();
    assert_eq!((remembered(&t, &silent), remembered(&t, &t.run)), (9, 2));

    t.assembler.remember_less(100);
    assert_eq!(remembered(&t, &silent), 9);
    t.assembler.remember_less(10);
    assert_eq!((remembered(&t, &silent), remembered(&t, &t.run)), (7, 2));
    // One has no row yet: it stays, whatever is asked for. So does the run that is heard now.
    t.assembler.kept = 0;
    t.assembler.remember_less(0);
    assert_eq!((remembered(&t, &silent), remembered(&t, &t.run)), (1, 2));

    // What comes late is told, with less about it.
    t.run = silent;
    t.transformed(20, 0, 11, 1, 7);
    t.evaluated(21, 0, 7, 0.5);
    let metrics = t.metrics();
    assert_eq!(metrics.last().map(|metric| metric.value), Some(0.5));
    let rows = t.rows.len();
    t.fit(30, 0, FitKind::Estimator, classifier(0.1), 5);
    t.fitted(30);
    let told = t.rows[rows..].iter();
    let datasets = told.filter(|row| matches!(row, Row::Datasets(_)));
    assert_eq!(datasets.count(), 1, "the row that waited");
}
