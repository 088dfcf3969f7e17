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
        [None, text("filter"), text("filter AND filter"), None]
    );
}
