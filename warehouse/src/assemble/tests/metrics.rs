//! Metrics: whose they are, and on which rows.

use super::*;

#[test]
fn a_metric_finds_its_model_through_filters_and_later_transforms() {
    let mut t = Teller::new();
    t.dataset(1, &["features", "late"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    t.fitted(1);
    t.dataset(2, &["features", "late"], &[]);
    t.dataset(3, &["features", "late", "prediction"], &[(2, "select")]);
    t.transformed(2, 0, 1, 2, 3);
    t.dataset(4, &["features", "late", "prediction"], &[(3, "filter")]);
    t.evaluated(3, 0, 4, 0.5);
    // A fitted model that wrote another column stands between.
    t.fit(4, 0, FitKind::Estimator, component("Scaler", "sc", &[]), 3);
    t.fitted(4);
    t.dataset(
        5,
        &["features", "late", "prediction", "scaled"],
        &[(4, "select")],
    );
    t.transformed(5, 0, 4, 4, 5);
    t.evaluated(6, 0, 5, 0.5);
    // Nothing scored this one.
    t.evaluated(7, 0, 2, 0.5);
    let models: Vec<_> = t.metrics().into_iter().map(|m| m.model_id).collect();
    assert_eq!(models, [Some(t.model_id(1)), Some(t.model_id(1)), None]);
    assert!(
        t.edges()
            .contains(&(t.dataset_id(3), t.dataset_id(4), "filter".into()))
    );
}

#[test]
fn a_slice_is_what_lies_between_the_split_and_the_rows() {
    let mut t = Teller::new();
    let mut slices = Vec::new();
    // Before the split a filter, then the split, and on it filters before and after scoring.
    t.dataset(1, &["late"], &[]);
    t.dataset(2, &["late"], &[(1, "filter")]);
    t.dataset(3, &["late"], &[(2, "split")]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 3);
    t.fitted(1);
    t.dataset(4, &["late"], &[(3, "filter")]);
    for (number, from, after) in [
        (10, 3, None),
        (20, 4, None),
        (30, 4, Some("filter")),
        (40, 2, None),
    ] {
        t.dataset(number, &["late", "prediction"], &[(from, "select")]);
        t.transformed(number, 0, 1, from, number);
        t.dataset(
            number + 1,
            &["late", "prediction"],
            &[(number, after.unwrap_or("select"))],
        );
        t.evaluated(number + 1, 0, number + 1, 0.5);
        slices.push(t.metrics().last().expect("a metric").slice.clone());
    }
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        slices,
        [None, text("filter"), text("(filter AND filter)"), None]
    );
}

/// Dataset 2, which the model of fit 1 gave.
fn scored() -> Teller {
    let mut t = Teller::new();
    t.dataset(1, &["late"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    t.fitted(1);
    t.dataset(2, &["late", "prediction"], &[(1, "select")]);
    t.transformed(2, 0, 1, 1, 2);
    t
}

#[test]
fn a_part_of_the_scored_rows_is_a_slice() {
    let mut t = scored();
    let mut slices = Vec::new();
    for (number, part) in [(3, "limit"), (4, "sample"), (5, "sort")] {
        t.dataset(number, &["late", "prediction"], &[(2, part)]);
        t.evaluated(number, 0, number, 0.5);
        slices.push(t.metrics().last().expect("a metric").slice.clone());
    }
    assert!(slices[0].as_ref().is_some_and(|s| s.starts_with("limit")));
    assert!(slices[1].as_ref().is_some_and(|s| s.starts_with("sample")));
    assert_eq!(slices[2], None);
    // Of no known model, too.
    t.dataset(6, &["late", "prediction"], &[]);
    t.dataset(7, &["late", "prediction"], &[(6, "filter")]);
    t.evaluated(7, 0, 7, 0.5);
    let metric = t.metrics().last().cloned().expect("a metric");
    assert_eq!(
        (metric.model_id, metric.slice),
        (None, Some("filter".into()))
    );
}

#[test]
fn predictions_that_were_written_and_read_again_are_the_models() {
    let mut t = scored();
    let target = DataSource {
        uri: "file:/scored".into(),
        ..DataSource::default()
    };
    t.tell(Happening::Written(Written {
        dataset: 2,
        target: target.clone(),
        mode: None,
    }));
    t.tell(Happening::DatasetSeen(DatasetSeen {
        dataset: 3,
        sources: vec![target],
        ..DatasetSeen::default()
    }));
    t.dataset(4, &["late", "prediction"], &[(3, "filter")]);
    t.evaluated(4, 0, 4, 0.5);
    let metric = t.metrics().last().cloned().expect("a metric");
    assert_eq!(metric.model_id, Some(t.model_id(1)));
    assert_eq!(metric.slice, Some("filter".into()));
}
