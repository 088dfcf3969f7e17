//! The rows of one fit: its model, parameters, metrics, and what it learnt.

use modeldb_warehouse::Micros;
use modeldb_warehouse::row::{
    ActionRow, ArtifactRow, FeatureRow, MetricRow, ModelRow, ParamRow, TextMap, TransformRow,
    TreeRow, WorkRow,
};

use super::names::{self, COLUMNS, Estimator, SLICES, Value};
use super::run::Run;

/// Distinct names of parameters that hardly any model has.
const RARE_NAMES: usize = 400;
const TREES: i64 = 3;
const NODES: i64 = 15;
/// Evaluated metrics that are no number.
const NAN: f64 = 0.001;

/// Where a fit stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) parent: Option<String>,
    pub(super) kind: &'static str,
    pub(super) role: &'static str,
    pub(super) stage_index: Option<i64>,
    pub(super) candidate_index: Option<i64>,
    pub(super) fold: Option<i64>,
    /// Set by the search.
    pub(super) params: TextMap,
}

impl Place {
    /// One that the program called by itself.
    pub(super) fn top(kind: &'static str) -> Self {
        Self {
            kind,
            role: "top",
            ..Self::default()
        }
    }
}

/// The uid of an estimator of this class.
pub(super) fn uid(class: &str, number: u64) -> String {
    let name = class.rsplit('.').next().unwrap_or(class);
    format!("{name}_{:012x}", number & 0xffff_ffff_ffff)
}

impl Run {
    /// Parameters for a fit of `estimator`, with those that somebody set.
    pub(super) fn choose(&mut self, estimator: &Estimator) -> (TextMap, Vec<&'static str>) {
        let (mut params, mut set) = (TextMap::new(), Vec::new());
        for (name, value) in estimator.params {
            let is_set = self.random.chance(0.4);
            let value = match value {
                Value::Text(choices) if is_set => (*self.random.of(choices)).to_owned(),
                Value::Text(choices) => choices[0].to_owned(),
                Value::Scale(low, high) => {
                    set.push(*name);
                    let (low, high) = (low.ln(), high.ln());
                    format!("{:?}", self.random.between(low, high).exp())
                }
                Value::Seed => (self.random.number() as i64).to_string(),
            };
            set.extend(is_set.then_some(*name));
            params.insert((*name).to_owned(), value);
        }
        if self.random.chance(0.1) {
            let name = format!("custom.{:03}", self.random.below(RARE_NAMES));
            params.insert(name, format!("{:?}", self.random.between(0.0, 1.0)));
        }
        (params, set)
    }

    /// Adds a fit with its parameters; answers its model's id.
    pub(super) fn fit(&mut self, estimator: &Estimator, place: Place, dataset: &str) -> String {
        let (mut params, mut set) = self.choose(estimator);
        let of_search: Vec<_> = place.params.keys().cloned().collect();
        params.extend(place.params.clone());
        set.retain(|name| !of_search.iter().any(|other| other == name));
        let model_id = self.id("m");
        let seconds = self.random.heavy(40.0) as f64 + self.random.unit();
        let started_at = self.tick(seconds);
        let has_failed = place.role == "top" && self.random.chance(0.01);
        for (name, value) in &params {
            let is_default = !set.contains(&name.as_str()) && !of_search.contains(name);
            let row = ParamRow {
                model_id: model_id.clone(),
                run_id: self.row.run_id.clone(),
                project: self.row.project.clone(),
                name: name.clone(),
                value: value.clone(),
                value_double: value.parse().ok().filter(|number: &f64| number.is_finite()),
                is_default,
            };
            self.push(row);
        }
        let state_id = self.state();
        self.act("fit", &model_id, &state_id);
        let features = names::COLUMNS[..9]
            .iter()
            .map(|(name, _)| (*name).to_owned());
        let row = ModelRow {
            model_id: model_id.clone(),
            run_id: self.row.run_id.clone(),
            project: self.row.project.clone(),
            experiment: self.row.experiment.clone(),
            parent_model_id: place.parent,
            kind: place.kind.into(),
            role: place.role.into(),
            stage_index: place.stage_index,
            candidate_index: place.candidate_index,
            fold: place.fold,
            inferred: false,
            estimator: estimator.class.into(),
            model_class: (!has_failed).then(|| format!("{}Model", estimator.class)),
            uid: uid(estimator.class, self.random.number()),
            problem_type: (!estimator.problem.is_empty()).then(|| estimator.problem.into()),
            dataset_id: Some(dataset.to_owned()),
            feature_columns: vec!["features".into()],
            label_column: Some("label".into()),
            prediction_column: Some("prediction".into()),
            source_columns: Some(features.collect()),
            params,
            state_id: state_id.clone(),
            parent_state_id: Some(self.parent_state.clone()),
            status: if has_failed { "failed" } else { "finished" }.into(),
            error: has_failed.then(|| "java.lang.OutOfMemoryError: Java heap space".into()),
            started_at,
            ended_at: Some(started_at.plus_micros((seconds * 1e6) as i64)),
            duration_ms: Some(seconds * 1e3),
        };
        self.push(row);
        if estimator.iterates && !has_failed {
            self.history(&model_id, place.role);
        }
        model_id
    }

    fn history(&mut self, model_id: &str, role: &str) {
        let steps = if role == "top" { 25 } else { 8 };
        let steps = self.random.heavy(f64::from(steps)).min(200);
        let (start, decay) = (
            self.random.between(0.5, 0.9),
            self.random.between(0.02, 0.3),
        );
        for step in 0..steps {
            let value = start * (0.3 + 0.7 * (-decay * step as f64).exp());
            self.metric(model_id, None, ("objectiveHistory", false), value, |row| {
                row.step = Some(step as i64);
                row.larger_is_better = None;
                row.source = "training".into();
                row.evaluator = None;
            });
        }
    }

    /// Adds a metric, changed by `but`.
    pub(super) fn metric(
        &mut self,
        model_id: &str,
        dataset: Option<&str>,
        (name, larger_is_better): (&str, bool),
        value: f64,
        but: impl FnOnce(&mut MetricRow),
    ) {
        let mut row = MetricRow {
            metric_id: self.id("e"),
            run_id: self.row.run_id.clone(),
            project: self.row.project.clone(),
            model_id: Some(model_id.to_owned()),
            dataset_id: dataset.map(str::to_owned),
            input_dataset_id: dataset.map(|_| self.datasets.test.clone()),
            name: name.to_owned(),
            value,
            step: None,
            candidate_index: None,
            larger_is_better: Some(larger_is_better),
            slice: None,
            label_column: Some("label".into()),
            prediction_column: Some("prediction".into()),
            source: "evaluator".into(),
            evaluator: Some("org.apache.spark.ml.evaluation.Evaluator".into()),
            recorded_at: self.now,
        };
        but(&mut row);
        self.push(row);
    }

    /// Scores the test set with a model and evaluates it, as a whole and in slices. Answers the
    /// scored dataset.
    pub(super) fn evaluate(&mut self, model_id: &str, estimator: &Estimator) -> String {
        let test = self.datasets.test.clone();
        let scored = self.dataset(&test, "transform", None);
        let transform_id = self.id("t");
        let (run_id, project) = (self.row.run_id.clone(), self.row.project.clone());
        let row = TransformRow {
            transform_id: transform_id.clone(),
            run_id: run_id.clone(),
            project: project.clone(),
            model_id: Some(model_id.to_owned()),
            transformer: format!("{}Model", estimator.class),
            uid: uid(estimator.class, self.random.number()),
            input_dataset_id: Some(test),
            output_dataset_id: Some(scored.clone()),
            input_columns: vec!["features".into()],
            output_columns: vec!["prediction".into()],
            status: "finished".into(),
            started_at: self.now,
            duration_ms: self.random.between(10.0, 200.0),
            ..TransformRow::default()
        };
        self.push(row);
        let state_id = self.state();
        self.act("transform", &transform_id, &state_id);
        let slices: &[&str] = if self.random.chance(0.3) {
            &SLICES[..3]
        } else {
            &[]
        };
        let slices = slices.iter().map(|slice| Some((*slice).to_owned()));
        for slice in [None].into_iter().chain(slices) {
            for metric in names::metrics(estimator.problem) {
                let mut value = self.quality + 0.05 * self.random.normal();
                value = match metric.1 {
                    true => value.clamp(0.0, 1.0),
                    false => (1.2 - value).max(0.0) * self.scale,
                };
                if self.random.chance(NAN) {
                    value = f64::NAN;
                }
                let slice = slice.clone();
                self.metric(model_id, Some(&scored), *metric, value, |row| {
                    row.slice = slice
                });
            }
            let state_id = self.state();
            self.act("evaluate", &scored, &state_id);
        }
        let row = WorkRow {
            operation_id: model_id.to_owned(),
            run_id,
            project,
            jobs: 5 + self.random.below(40) as i64,
            stages: 10 + self.random.below(80) as i64,
            tasks: 100 + self.random.below(9_000) as i64,
            failed_tasks: 0,
            executor_ms: self.random.heavy(60_000.0) as i64,
            bytes_read: self.random.heavy(5e8) as i64,
            bytes_written: 0,
            shuffle_bytes: self.random.heavy(1e7) as i64,
        };
        self.push(row);
        scored
    }

    /// What some models tell of themselves.
    pub(super) fn learn(&mut self, model_id: &str, estimator: &Estimator) {
        let (run_id, project) = (self.row.run_id.clone(), self.row.project.clone());
        if self.random.chance(0.3) {
            for (position, (name, _)) in COLUMNS[..9].iter().enumerate() {
                let coefficient = self.random.normal();
                let row = FeatureRow {
                    model_id: model_id.to_owned(),
                    run_id: run_id.clone(),
                    project: project.clone(),
                    position: position as i64,
                    name: Some((*name).to_owned()),
                    source_columns: vec![(*name).to_owned()],
                    importance: estimator.has_trees.then(|| coefficient.abs() / 7.0),
                    coefficient: (!estimator.has_trees).then_some(coefficient),
                    slot_count: 9,
                    ..FeatureRow::default()
                };
                self.push(row);
            }
        }
        if estimator.has_trees && self.random.chance(0.03) {
            for (tree, node) in (0..TREES).flat_map(|tree| (0..NODES).map(move |n| (tree, n))) {
                let splits = node < NODES / 2;
                let prediction = self.random.unit();
                let row = TreeRow {
                    model_id: model_id.to_owned(),
                    run_id: run_id.clone(),
                    project: project.clone(),
                    tree,
                    node,
                    parent: (node > 0).then(|| (node - 1) / 2),
                    side: (node > 0).then(|| if node % 2 == 1 { "left" } else { "right" }.into()),
                    feature: splits.then_some(node % 9),
                    feature_name: splits.then(|| COLUMNS[(node % 9) as usize].0.into()),
                    threshold: splits.then_some(10.0 * prediction),
                    prediction,
                    tree_weight: 1.0,
                    node_count: TREES * NODES,
                    ..TreeRow::default()
                };
                self.push(row);
            }
        }
        if self.random.chance(0.2) {
            let artifact_id = self.id("s");
            let row = ArtifactRow {
                artifact_id: artifact_id.clone(),
                model_id: Some(model_id.to_owned()),
                run_id,
                class: format!("{}Model", estimator.class),
                uid: uid(estimator.class, self.random.number()),
                uri: format!("s3a://models/{project}/{model_id}"),
                format: Some("spark-ml".into()),
                status: "finished".into(),
                project,
                saved_at: self.now,
                ..ArtifactRow::default()
            };
            self.push(row);
            let state_id = self.state();
            self.act("save", &artifact_id, &state_id);
        }
    }

    /// Adds an action, which leads to `state_id`.
    pub(super) fn act(&mut self, kind: &str, subject: &str, state_id: &str) {
        self.sequence += 1;
        let row = ActionRow {
            action_id: self.id("a"),
            run_id: self.row.run_id.clone(),
            project: self.row.project.clone(),
            sequence: self.sequence,
            kind: kind.into(),
            subject_id: subject.to_owned(),
            status: "finished".into(),
            state_id: state_id.to_owned(),
            parent_state_ids: vec![self.parent_state.clone()],
            occurred_at: self.now,
        };
        self.push(row);
    }

    /// Time goes on.
    fn tick(&mut self, seconds: f64) -> Micros {
        let before = self.now;
        self.now = before.plus_micros((seconds * 1e6) as i64);
        before
    }
}
