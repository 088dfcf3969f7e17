use std::collections::BTreeMap;

use super::*;
use crate::event::*;
use crate::row::*;

mod lineage;
mod python;

/// Tells a story to an assembler, one event a batch, and keeps the rows.
struct Teller {
    assembler: Assembler,
    producer: Producer,
    run: RunId,
    seq: u64,
    at: i64,
    rows: Vec<Row>,
}

impl Teller {
    fn new() -> Self {
        Self::of_client(None)
    }

    /// Of a run whose calls come from there.
    fn of_client(client: Option<&str>) -> Self {
        let mut teller = Self {
            assembler: Assembler::default(),
            producer: Producer {
                id: ProducerId::parse("producer-1").expect("an id"),
                kind: "test".into(),
                version: "1".into(),
            },
            run: RunId::parse("run-00001").expect("an id"),
            seq: 0,
            at: 1_000,
            rows: Vec::new(),
        };
        teller.tell(Happening::RunStarted(Box::new(RunStarted {
            project: "flights".into(),
            experiment: "default".into(),
            name: "first".into(),
            user: Some("ada".into()),
            client: client.map(str::to_owned),
            ..RunStarted::default()
        })));
        teller
    }

    fn tell(&mut self, what: Happening) {
        self.seq += 1;
        self.at += 10;
        let event = Event {
            run: self.run.clone(),
            at: Micros(self.at),
            what,
        };
        let batch = Batch {
            producer: self.producer.clone(),
            seq: Seq(self.seq),
            received_at: Micros(self.at),
            events: vec![event],
        };
        // Whatever happens, a restart from the checkpoint goes on the same way.
        let mut restarted =
            Assembler::decode(&self.assembler.encode().expect("bytes")).expect("a state");
        let rows = self.assembler.apply(&batch);
        assert_eq!(restarted.apply(&batch), rows);
        assert!(
            self.assembler.apply(&batch).is_empty(),
            "a resent batch gives nothing"
        );
        self.rows.extend(rows);
    }

    fn dataset(&mut self, dataset: u64, columns: &[&str], derived_from: &[(u64, &str)]) {
        let column = |name: &&str| Column {
            name: (*name).into(),
            data_type: "double".into(),
        };
        let derivation = |(parent, operation): &(u64, &str)| Derivation {
            parent: *parent,
            operation: (*operation).into(),
            detail: Some(format!("{operation}#12")),
            split: *operation == "split",
            ..Derivation::default()
        };
        self.tell(Happening::DatasetSeen(DatasetSeen {
            dataset,
            columns: columns.iter().map(column).collect(),
            derived_from: derived_from.iter().map(derivation).collect(),
            ..DatasetSeen::default()
        }));
    }

    fn fit(
        &mut self,
        operation: u64,
        parent: u64,
        kind: FitKind,
        estimator: Component,
        dataset: u64,
    ) {
        self.start(operation, parent, kind, estimator, dataset, Vec::new());
    }

    fn start(
        &mut self,
        operation: u64,
        parent: u64,
        kind: FitKind,
        estimator: Component,
        dataset: u64,
        candidates: Vec<Vec<CandidateParam>>,
    ) {
        self.tell(Happening::FitStarted(Box::new(FitStarted {
            operation,
            parent,
            kind,
            estimator,
            dataset,
            candidates,
            thread: 0,
            source_columns: None,
        })));
    }

    fn fitted(&mut self, operation: u64) {
        self.tell(Happening::FitEnded(FitEnded {
            operation,
            duration_us: 1_500,
            failure: None,
            model_class: Some("Model".into()),
            problem_type: Some("binary".into()),
            ..FitEnded::default()
        }));
    }

    fn transformed(&mut self, operation: u64, parent: u64, model: u64, input: u64, output: u64) {
        self.tell(Happening::Transformed(Box::new(Transformed {
            operation,
            parent,
            transformer: component("Model", "lr", &[]),
            model,
            input,
            output,
            started_at: Micros(self.at),
            duration_us: 10,
            ..Transformed::default()
        })));
    }

    fn evaluated(&mut self, operation: u64, parent: u64, dataset: u64, value: f64) {
        self.tell(Happening::Evaluated(Box::new(Evaluated {
            operation,
            parent,
            evaluator: component(
                "Evaluator",
                "ev",
                &[("predictionCol", "prediction"), ("labelCol", "late")],
            ),
            dataset,
            metric: "f1".into(),
            value,
            larger_is_better: Some(true),
            started_at: Micros(self.at),
            duration_us: 10,
            ..Evaluated::default()
        })));
    }

    fn models(&self) -> Vec<ModelRow> {
        let models = self.rows.iter().filter_map(|row| match row {
            Row::Models(model) => Some((**model).clone()),
            _ => None,
        });
        models.collect()
    }

    fn metrics(&self) -> Vec<MetricRow> {
        let metrics = self.rows.iter().filter_map(|row| match row {
            Row::Metrics(metric) => Some((**metric).clone()),
            _ => None,
        });
        metrics.collect()
    }

    fn edges(&self) -> Vec<(String, String, String)> {
        let edges = self.rows.iter().filter_map(|row| match row {
            Row::DatasetEdges(edge) => Some((
                edge.parent_dataset_id.clone(),
                edge.child_dataset_id.clone(),
                edge.operation.clone(),
            )),
            _ => None,
        });
        edges.collect()
    }

    fn model_id(&self, operation: u64) -> String {
        derived_id("m", &self.producer.id, &[operation])
    }

    fn dataset_id(&self, dataset: u64) -> String {
        derived_id("d", &self.producer.id, &[dataset])
    }
}

fn component(class: &str, uid: &str, params: &[(&str, &str)]) -> Component {
    let param = |(name, value): &(&str, &str)| Param {
        name: (*name).into(),
        value: Value::Text((*value).into()),
        is_default: false,
    };
    Component {
        class: class.into(),
        uid: uid.into(),
        params: params.iter().map(param).collect(),
        stages: Vec::new(),
    }
}

fn classifier(reg: f64) -> Component {
    let mut lr = component(
        "LR",
        "lr",
        &[
            ("featuresCol", "features"),
            ("labelCol", "late"),
            ("predictionCol", "prediction"),
        ],
    );
    lr.params.push(Param {
        name: "regParam".into(),
        value: Value::Number(reg),
        is_default: false,
    });
    lr
}

fn reg_param(value: f64) -> Vec<CandidateParam> {
    let param = Param {
        name: "regParam".into(),
        value: Value::Number(value),
        is_default: false,
    };
    vec![CandidateParam {
        uid: "lr".into(),
        param,
    }]
}

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
    assert_eq!(kept, Some((99, HexBytes(vec![1, 2, 3]))));
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
