//! Fits: by themselves, in pipelines and searches, and what they learnt and cost.

use super::*;

#[test]
fn a_direct_fit_is_one_model_with_its_columns_and_parameters() {
    let mut t = Teller::new();
    t.dataset(1, &["features", "late"], &[]);
    t.fit(1, 0, FitKind::Estimator, classifier(0.1), 1);
    let open = t.assembler.open_rows(|_| false);
    let Some(Row::Models(running)) = open.first() else {
        panic!("{open:?}")
    };
    assert_eq!(running.status, "running");
    t.fitted(1);
    assert!(t.assembler.open_rows(|_| false).is_empty());
    let models = t.models();
    assert_eq!(models.len(), 1);
    let model = &models[0];
    assert_eq!(
        (model.role.as_str(), model.kind.as_str()),
        ("top", "estimator")
    );
    assert_eq!(model.status, "finished");
    assert_eq!(model.feature_columns, ["features"]);
    assert_eq!(model.label_column.as_deref(), Some("late"));
    assert_eq!(model.params["regParam"], "0.1");
    assert_eq!(model.duration_ms, Some(1.5));
    assert_eq!(model.dataset_id, Some(t.dataset_id(1)));
    let reg = t.rows.iter().find_map(|row| match row {
        Row::Params(param) if param.name == "regParam" => param.value_double,
        _ => None,
    });
    assert_eq!(reg, Some(0.1));
}

#[test]
fn a_second_fit_of_the_same_object_is_a_second_model_in_the_same_state() {
    let mut t = Teller::new();
    t.dataset(1, &["features", "late"], &[]);
    for operation in [1, 2, 3] {
        let reg = if operation == 3 { 0.5 } else { 0.1 };
        t.fit(operation, 0, FitKind::Estimator, classifier(reg), 1);
        t.fitted(operation);
    }
    let models = t.models();
    assert_eq!(models.len(), 3);
    assert_ne!(models[0].model_id, models[1].model_id);
    assert_eq!(models[0].state_id, models[1].state_id);
    assert_ne!(models[0].state_id, models[2].state_id);
}

#[test]
fn stages_stand_under_their_pipeline_and_its_metric_is_the_pipelines() {
    let mut t = Teller::new();
    let mut pipeline = component("Pipeline", "pipe", &[]);
    pipeline.stages = vec![
        component(
            "Indexer",
            "ix",
            &[("inputCol", "carrier"), ("outputCol", "carrier_ix")],
        ),
        component(
            "Assembler",
            "va",
            &[("inputCols", "x"), ("outputCol", "features")],
        ),
        classifier(0.1),
    ];
    t.dataset(1, &["carrier", "late"], &[]);
    t.fit(1, 0, FitKind::Pipeline, pipeline, 1);
    t.fit(2, 1, FitKind::Estimator, component("Indexer", "ix", &[]), 1);
    t.fitted(2);
    t.dataset(2, &["carrier", "late", "carrier_ix"], &[(1, "select")]);
    t.transformed(3, 1, 2, 1, 2);
    t.fit(4, 1, FitKind::Estimator, classifier(0.1), 2);
    t.fitted(4);
    t.fitted(1);
    // Scoring: two stages inside the pipeline's transform, which gives the last one's output.
    t.dataset(10, &["carrier", "late"], &[]);
    t.dataset(11, &["carrier", "late", "carrier_ix"], &[(10, "select")]);
    t.transformed(21, 20, 2, 10, 11);
    t.dataset(
        12,
        &["carrier", "late", "carrier_ix", "prediction"],
        &[(11, "select")],
    );
    t.transformed(22, 20, 4, 11, 12);
    t.transformed(20, 0, 1, 10, 12);
    t.evaluated(30, 0, 12, 0.75);

    let models = t.models();
    let place = |m: &ModelRow| (m.role.clone(), m.stage_index, m.parent_model_id.clone());
    assert_eq!(
        place(&models[0]),
        ("stage".into(), Some(0), Some(t.model_id(1)))
    );
    assert_eq!(
        place(&models[1]),
        ("stage".into(), Some(2), Some(t.model_id(1)))
    );
    assert_eq!(place(&models[2]), ("top".into(), None, None));
    assert_eq!(models[2].feature_columns, ["features"]);
    assert_eq!(models[2].label_column.as_deref(), Some("late"));
    let stages: Vec<_> = t
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Stages(stage) => {
                Some((stage.stage_index, stage.uid.clone(), stage.model_id.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        stages,
        [
            (0, "ix".into(), Some(t.model_id(2))),
            (1, "va".into(), None),
            (2, "lr".into(), Some(t.model_id(4))),
        ]
    );
    let metric = &t.metrics()[0];
    assert_eq!(
        metric.model_id,
        Some(t.model_id(1)),
        "the pipeline, not its last stage"
    );
    assert_eq!(metric.input_dataset_id, Some(t.dataset_id(10)));
    // One edge for each step; the pipeline's own transform adds no shortcut.
    let edge = |parent, child| {
        (
            t.dataset_id(parent),
            t.dataset_id(child),
            "transform".to_owned(),
        )
    };
    assert_eq!(t.edges(), [edge(1, 2), edge(10, 11), edge(11, 12)]);
    let indices: Vec<_> = t
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Transforms(transform) => Some((
                transform.stage_index,
                transform.parent_transform_id.is_some(),
            )),
            _ => None,
        })
        .collect();
    // Every transformer of the teller's has the classifier's uid: stage 2 of the pipeline.
    assert_eq!(
        indices,
        [
            (Some(2), false),
            (Some(0), true),
            (Some(1), true),
            (None, false)
        ]
    );
}

#[test]
fn folds_and_the_best_stand_under_their_search() {
    let mut t = Teller::new();
    let mut search = component("CrossValidator", "cv", &[("numFolds", "2")]);
    search.stages = vec![classifier(0.0)];
    t.dataset(1, &["features", "late"], &[]);
    t.start(
        1,
        0,
        FitKind::Search,
        search,
        1,
        vec![reg_param(0.1), reg_param(0.5)],
    );
    let mut operation = 1;
    for fold in 0..2 {
        let (training, validation) = (2 + 2 * fold, 3 + 2 * fold);
        t.dataset(training, &["features", "late"], &[]);
        t.dataset(validation, &["features", "late"], &[]);
        for reg in [0.5, 0.1] {
            operation += 1;
            t.fit(operation, 1, FitKind::Estimator, classifier(reg), training);
            t.fitted(operation);
            let scored = 100 + operation;
            t.dataset(
                scored,
                &["features", "late", "prediction"],
                &[(validation, "select")],
            );
            t.transformed(1000 + operation, 1, operation, validation, scored);
            t.evaluated(2000 + operation, 1, scored, reg);
        }
    }
    operation += 1;
    t.fit(operation, 1, FitKind::Estimator, classifier(0.5), 1);
    t.fitted(operation);
    t.fitted(1);
    let place = |m: &ModelRow| (m.role.clone(), m.fold, m.candidate_index);
    let places: Vec<_> = t.models().iter().map(place).collect();
    assert_eq!(
        places,
        [
            ("fold".into(), Some(0), Some(1)),
            ("fold".into(), Some(0), Some(0)),
            ("fold".into(), Some(1), Some(1)),
            ("fold".into(), Some(1), Some(0)),
            ("best".into(), None, Some(1)),
            ("top".into(), None, None),
        ]
    );
    let of = |source: &'static str| {
        let metrics = t.metrics().into_iter();
        metrics.filter(move |m| m.source == source)
    };
    let measured: Vec<_> = of("evaluator").map(|m| m.model_id).collect();
    let fits: Vec<_> = (2..6)
        .map(|operation| Some(t.model_id(operation)))
        .collect();
    assert_eq!(measured, fits);
    // The teller's metric is the penalty itself: the same in each fold.
    let averages: Vec<_> = of("search")
        .map(|m| (m.model_id, m.candidate_index, m.value))
        .collect();
    let search = Some(t.model_id(1));
    assert_eq!(
        averages,
        [(search.clone(), Some(0), 0.1), (search, Some(1), 0.5)]
    );
    let candidates: Vec<_> = t
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Candidates(row) => Some((
                row.params["regParam"].clone(),
                row.mean,
                row.std,
                row.fold_values.clone(),
                row.is_best,
            )),
            _ => None,
        })
        .collect();
    let tried = |reg: f64, best| {
        let folds = vec![Some(reg), Some(reg)];
        (reg.to_string(), Some(reg), Some(0.0), folds, best)
    };
    assert_eq!(candidates, [tried(0.1, false), tried(0.5, true)]);
}

#[test]
fn what_a_fit_learnt_is_told_in_parts() {
    let mut teller = Teller::new();
    teller.dataset(1, &["x"], &[]);
    teller.fit(1, 0, FitKind::Estimator, component("Lr", "lr", &[]), 1);
    teller.fitted(1);
    let feature = |position| Feature {
        position,
        name: Some(format!("x{position}")),
        source_columns: vec!["x".into()],
        coefficient: Some(0.5),
        ..Feature::default()
    };
    for part in [vec![feature(-1), feature(0)], vec![feature(1)]] {
        teller.tell(Happening::ModelLearnt(Box::new(ModelLearnt {
            operation: 1,
            features: part,
            slot_count: 5,
            ..ModelLearnt::default()
        })));
    }
    let point = |step, value| HistoryPoint {
        metric: "objective".into(),
        step,
        value,
        larger_is_better: Some(false),
    };
    teller.tell(Happening::ModelLearnt(Box::new(ModelLearnt {
        operation: 1,
        tree_nodes: vec![TreeNode {
            feature: Some(3),
            categories: vec![1.0, 2.0],
            ..TreeNode::default()
        }],
        tree_node_count: 9,
        history: vec![point(Some(0), 0.7), point(Some(1), 0.5), point(None, 2.0)],
        ..ModelLearnt::default()
    })));
    let model_id = derived_id("m", &teller.producer.id, &[1]);
    let mut positions = Vec::new();
    let mut history = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for row in &teller.rows {
        match row {
            Row::Features(row) => {
                assert_eq!((&row.model_id, row.slot_count), (&model_id, 5));
                assert_eq!(row.project, "flights");
                positions.push(row.position);
            }
            Row::Trees(row) => {
                assert_eq!((&row.model_id, row.node_count), (&model_id, 9));
                assert_eq!(row.categories, Some(vec![1.0, 2.0]));
            }
            Row::Metrics(row) => {
                assert_eq!(row.model_id.as_ref(), Some(&model_id));
                assert_eq!(row.source, "training");
                assert_eq!(
                    row.dataset_id,
                    Some(derived_id("d", &teller.producer.id, &[1]))
                );
                ids.insert(row.metric_id.clone());
                history.push((row.step, row.value));
            }
            _ => {}
        }
    }
    assert_eq!(positions, [-1, 0, 1]);
    assert_eq!(history, [(Some(0), 0.7), (Some(1), 0.5), (None, 2.0)]);
    assert_eq!(ids.len(), 3);
}

#[test]
fn work_belongs_to_the_row_that_its_operation_made() {
    let mut teller = Teller::new();
    let work = |operation, jobs| {
        Happening::WorkDone(WorkDone {
            operation,
            jobs,
            ..WorkDone::default()
        })
    };
    teller.dataset(1, &["x"], &[]);
    teller.fit(1, 0, FitKind::Estimator, component("Lr", "lr", &[]), 1);
    // Before the fit's end, after it, of a fit that stays open, and of nothing known.
    teller.tell(work(1, 1));
    teller.fitted(1);
    teller.transformed(2, 0, 1, 1, 2);
    teller.tell(work(2, 2));
    teller.fit(3, 0, FitKind::Estimator, component("Lr", "lr", &[]), 1);
    teller.tell(work(3, 3));
    teller.tell(work(4, 4));
    teller.tell(Happening::RunEnded(RunEnded { failure: None }));
    let id = |prefix, operation| derived_id(prefix, &teller.producer.id, &[operation]);
    let found = teller.rows.iter().filter_map(|row| match row {
        Row::Work(row) => Some((row.operation_id.clone(), row.jobs)),
        _ => None,
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (id("m", 1), 1),
            (id("t", 2), 2),
            (id("m", 3), 3),
            (id("o", 4), 4)
        ]
    );
}
