//! What a producer tells where another leaves it to be inferred: places of fits, columns, what a
//! search measured, values by hand.

use super::*;

fn integer(name: &str, value: i64) -> Param {
    Param {
        name: name.into(),
        value: Value::Integer(value),
        is_default: false,
    }
}

fn forest() -> Component {
    Component {
        columns: Some(Columns {
            inputs: vec!["age".into()],
            outputs: vec!["prediction".into()],
            label: Some("buys".into()),
            prediction: Some("prediction".into()),
        }),
        ..component("sklearn.ensemble.RandomForestClassifier", "estimator", &[])
    }
}

fn started(operation: u64, parent: u64, kind: FitKind, place: Option<FitPlace>) -> Happening {
    Happening::FitStarted(Box::new(FitStarted {
        operation,
        parent,
        kind,
        estimator: forest(),
        dataset: 1,
        candidates: Vec::new(),
        thread: 0,
        source_columns: None,
        place,
    }))
}

fn place(role: &str, candidate: i64, fold: Option<i64>) -> Option<FitPlace> {
    Some(FitPlace {
        role: role.into(),
        stage_index: None,
        candidate_index: Some(candidate),
        fold,
    })
}

#[test]
fn a_search_by_several_metrics() {
    let mut t = Teller::new();
    t.dataset(1, &["age"], &[]);
    t.tell(started(1, 0, FitKind::Search, None));
    for (operation, candidate, fold) in [(2, 0, 0), (3, 0, 1), (4, 1, 0), (5, 1, 1)] {
        let place = place("fold", candidate, Some(fold));
        t.tell(started(operation, 1, FitKind::Estimator, place));
        t.fitted(operation);
    }
    // The best is fitted on the very dataset of the search, and is told to be the second.
    t.tell(started(6, 1, FitKind::Estimator, place("best", 1, None)));
    t.fitted(6);
    let measured = |metric: &str, folds: &[[f64; 2]]| SearchMetric {
        metric: metric.into(),
        larger_is_better: Some(true),
        fold_values: folds.iter().map(|of| of.to_vec()).collect(),
    };
    let candidate = |depth| {
        vec![CandidateParam {
            uid: "estimator".into(),
            param: integer("max_depth", depth),
        }]
    };
    t.tell(Happening::FitEnded(FitEnded {
        operation: 1,
        duration_us: 9,
        metric: Some("f1".into()),
        search_metrics: vec![
            measured("f1", &[[0.5, 0.7], [0.8, f64::NAN]]),
            measured("accuracy", &[[0.6, 0.8], [0.9, 0.7]]),
        ],
        candidates: vec![candidate(2), candidate(4)],
        best_candidate: Some(1),
        ..FitEnded::default()
    }));
    let models = t.models();
    let places: Vec<_> = models
        .iter()
        .map(|m| (m.role.as_str(), m.candidate_index, m.fold))
        .collect();
    let expected = [
        ("fold", Some(0), Some(0)),
        ("fold", Some(0), Some(1)),
        ("fold", Some(1), Some(0)),
        ("fold", Some(1), Some(1)),
        ("best", Some(1), None),
        ("top", None, None),
    ];
    assert_eq!(places, expected);
    assert_eq!(models[0].feature_columns, ["age"]);
    assert_eq!(models[0].label_column.as_deref(), Some("buys"));
    assert_eq!(models[0].prediction_column.as_deref(), Some("prediction"));
    let candidates: Vec<_> = { t.rows.iter() }
        .filter_map(|row| match row {
            Row::Candidates(row) => Some(row),
            _ => None,
        })
        .collect();
    assert_eq!(candidates.len(), 2);
    assert_eq!(candidates[0].metric.as_deref(), Some("f1"));
    assert_eq!(candidates[0].fold_values, [Some(0.5), Some(0.7)]);
    assert_eq!(candidates[0].mean, Some(0.6));
    // A fold failed: there is no average.
    assert_eq!(candidates[1].fold_values, [Some(0.8), None]);
    assert_eq!((candidates[1].mean, candidates[1].is_best), (None, true));
    assert_eq!(candidates[1].params["max_depth"], "4");
    let metrics = t.metrics();
    let averages: Vec<_> = { metrics.iter() }
        .map(|row| (row.name.as_str(), row.candidate_index, row.source.as_str()))
        .collect();
    let expected = [
        ("f1", Some(0), "search"),
        ("accuracy", Some(0), "search"),
        ("accuracy", Some(1), "search"),
    ];
    assert_eq!(averages, expected);
    let ids: std::collections::BTreeSet<_> = metrics.iter().map(|row| &row.metric_id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn parameters_and_values_by_hand() {
    let mut t = Teller::new();
    t.dataset(1, &["age"], &[]);
    t.tell(started(1, 0, FitKind::Estimator, None));
    let set = |operation, value| {
        Happening::ParamsSet(ParamsSet {
            operation,
            params: vec![integer("depth", value)],
        })
    };
    t.tell(set(1, 2));
    t.tell(set(1, 3));
    t.fitted(1);
    t.tell(set(1, 4));
    let value = |model, slice: Option<&str>, step| {
        Happening::Measured(Box::new(Measured {
            model,
            dataset: 1,
            metric: "loss".into(),
            value: 0.5,
            step,
            larger_is_better: Some(false),
            source: None,
            slice: slice.map(str::to_owned),
        }))
    };
    t.tell(value(1, Some("(age > 1)"), None));
    t.tell(value(0, None, Some(7)));
    let model = t.models()[0].clone();
    assert_eq!(model.params["depth"], "3");
    let params: Vec<_> = { t.rows.iter() }
        .filter_map(|row| match row {
            Row::Params(row) => Some((row.model_id.clone(), row.value.clone())),
            _ => None,
        })
        .collect();
    // What was set while it was fitted is one; what came later is added.
    let of = |value: &str| (model.model_id.clone(), value.to_owned());
    assert_eq!(params, [of("3"), of("4")]);
    let metrics = t.metrics();
    assert_eq!(metrics[0].model_id.as_ref(), Some(&model.model_id));
    assert_eq!(metrics[0].slice.as_deref(), Some("(age > 1)"));
    assert_eq!(
        (metrics[1].model_id.as_ref(), metrics[1].step),
        (None, Some(7))
    );
    assert!(metrics.iter().all(|row| row.source == "manual"));
}
