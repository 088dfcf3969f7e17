//! The rows of a run: datasets, then fits of estimators, pipelines and searches on them.

use std::collections::BTreeMap;

use modeldb_warehouse::event::Column;
use modeldb_warehouse::row::{
    CandidateRow, Capture, DatasetEdgeRow, DatasetRow, Row, RunRow, StageRow, TextMap,
};
use modeldb_warehouse::{Micros, ProducerId, Relation, derived_id};

use super::fit::{Place, uid};
use super::names::{COLUMNS, ESTIMATORS, Estimator, PEOPLE, PREPARERS};
use super::random::Random;

/// The first moment, and the time over which runs are spread: two years.
const BEGIN: i64 = 1_704_067_200_000_000;
const SPAN: f64 = 2.0 * 365.0 * 86_400e6;
const CANDIDATES: i64 = 4;
const FOLDS: i64 = 3;

/// Rows by relation.
pub type Rows = BTreeMap<Relation, Vec<Row>>;

/// The datasets that every program begins with.
#[derive(Clone, Debug, Default)]
pub(super) struct Datasets {
    pub(super) train: String,
    pub(super) test: String,
}

/// A run while its rows are made.
#[derive(Debug)]
pub struct Run {
    pub(super) row: RunRow,
    pub(super) random: Random,
    pub(super) rows: Rows,
    pub(super) datasets: Datasets,
    /// Fits so far.
    pub(super) models: usize,
    /// The models that the program fitted itself, with their estimators and scored datasets.
    pub(super) tops: Vec<(String, String)>,
    pub(super) sequence: i64,
    pub(super) now: Micros,
    /// How good models are here, and how large errors.
    pub(super) quality: f64,
    pub(super) scale: f64,
    pub(super) parent_state: String,
    producer: ProducerId,
    ids: u64,
}

impl Run {
    /// A run of a project. Its rows depend on nothing else.
    pub(super) fn new(project: &str, run_id: String, mut random: Random) -> Self {
        let producer = ProducerId::from(run_id.clone());
        let started_at = Micros(BEGIN + (SPAN * random.unit()) as i64);
        let user = *random.of(&PEOPLE);
        let row = RunRow {
            name: format!("{project} {}", &run_id[2..8]),
            run_id,
            project: project.to_owned(),
            experiment: format!("experiment {}", random.below(4)),
            status: "finished".into(),
            user: Some(user.into()),
            host: Some(format!("driver-{:02}", random.below(40))),
            application_id: Some(format!("application_{}", random.number() % 1_000_000_000)),
            framework: Some("spark".into()),
            framework_version: Some(random.of(&["3.5.7", "4.0.1", "4.1.0"]).to_string()),
            code_version: Some(format!("{:040x}", u128::from(random.number()))),
            settings: TextMap::from([
                ("spark.executor.memory".into(), "8g".into()),
                ("spark.sql.shuffle.partitions".into(), "200".into()),
            ]),
            capture: Capture {
                mode: Some("agent".into()),
                ..Capture::default()
            },
            tags: TextMap::from([("team".into(), user.into())]),
            started_at,
            producer: producer.to_string(),
            attached_by: Some("listener".into()),
            client: Some("python".into()),
            ..RunRow::default()
        };
        let mut run = Self {
            row,
            rows: Rows::new(),
            datasets: Datasets::default(),
            models: 0,
            tops: Vec::new(),
            sequence: 0,
            now: started_at,
            quality: (0.8 + 0.1 * random.normal()).clamp(0.3, 0.98),
            scale: random.between(0.5, 30.0),
            parent_state: String::new(),
            random,
            producer,
            ids: 0,
        };
        run.parent_state = run.state();
        let read = run.dataset("", "read", None);
        let kept = run.dataset(&read, "filter", Some("label is not null"));
        run.datasets.train = run.dataset(&kept, "split", Some("0.8, seed 7: 0"));
        run.datasets.test = run.dataset(&kept, "split", Some("0.8, seed 7: 1"));
        run
    }

    /// A fresh id.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        derived_id(prefix, &self.producer, &[self.ids])
    }

    /// The digest of a state.
    pub(super) fn state(&mut self) -> String {
        format!("{:016x}{:016x}", self.random.number(), self.random.number())
    }

    /// Keeps a row.
    pub(super) fn push(&mut self, row: impl Into<Row>) {
        let row = row.into();
        if row.relation() == Relation::Models {
            self.models += 1;
        }
        self.rows.entry(row.relation()).or_default().push(row);
    }

    /// Adds a dataset that was made from `parent`, or read where there is none.
    pub(super) fn dataset(
        &mut self,
        parent: &str,
        operation: &str,
        detail: Option<&str>,
    ) -> String {
        let dataset_id = self.id("d");
        let (run_id, project) = (self.row.run_id.clone(), self.row.project.clone());
        let source = format!("s3a://lake/{project}/events");
        let column = |(name, kind): &(&str, &str)| Column {
            name: (*name).into(),
            data_type: (*kind).into(),
        };
        let row = DatasetRow {
            dataset_id: dataset_id.clone(),
            run_id: run_id.clone(),
            project: project.clone(),
            source_uris: vec![source.clone()],
            columns: COLUMNS.iter().map(column).collect(),
            row_count: self
                .random
                .chance(0.1)
                .then(|| self.random.heavy(1e6) as i64),
            fingerprint: Some(self.state()),
            state_id: self.state(),
            created_at: self.now,
            ..DatasetRow::default()
        };
        self.push(row);
        let row = DatasetEdgeRow {
            run_id,
            project,
            parent_dataset_id: match parent {
                "" => format!("f-{source}"),
                parent => parent.to_owned(),
            },
            child_dataset_id: dataset_id.clone(),
            operation: operation.into(),
            detail: detail.map(str::to_owned),
            ..DatasetEdgeRow::default()
        };
        self.push(row);
        dataset_id
    }

    /// Fits until there are as many models.
    pub(super) fn fill(&mut self, models: usize) {
        while self.models < models {
            let estimator = &ESTIMATORS[self.random.below(ESTIMATORS.len())];
            let left = models - self.models;
            let kind = self.random.unit();
            let model_id = if kind < 0.15 && left >= (CANDIDATES * FOLDS) as usize {
                self.search(estimator)
            } else if kind < 0.4 && left >= 3 {
                self.pipeline(estimator)
            } else {
                let train = self.datasets.train.clone();
                self.fit(estimator, Place::top("estimator"), &train)
            };
            let scored = self.evaluate(&model_id, estimator);
            self.learn(&model_id, estimator);
            self.tops.push((model_id, scored));
        }
    }

    fn pipeline(&mut self, estimator: &Estimator) -> String {
        let train = self.datasets.train.clone();
        let top = self.fit(estimator, Place::top("pipeline"), &train);
        let first = self.random.below(PREPARERS.len());
        let stages = [
            &PREPARERS[first],
            &PREPARERS[(first + 1) % PREPARERS.len()],
            estimator,
        ];
        for (index, stage) in stages.into_iter().enumerate() {
            let place = Place {
                parent: Some(top.clone()),
                kind: "estimator",
                role: "stage",
                stage_index: Some(index as i64),
                ..Place::default()
            };
            let model_id = self.fit(stage, place, &train);
            let row = StageRow {
                pipeline_model_id: top.clone(),
                stage_index: index as i64,
                model_id: Some(model_id),
                class: stage.class.into(),
                uid: uid(stage.class, self.random.number()),
                input_columns: vec!["country".into()],
                output_columns: vec!["indexed".into()],
                run_id: self.row.run_id.clone(),
                project: self.row.project.clone(),
                ..StageRow::default()
            };
            self.push(row);
        }
        top
    }

    fn search(&mut self, estimator: &Estimator) -> String {
        let train = self.datasets.train.clone();
        let top = self.fit(estimator, Place::top("search"), &train);
        let folds: Vec<_> = (0..FOLDS)
            .map(|fold| self.dataset(&train, "split", Some(&format!("fold {fold}"))))
            .collect();
        let metric = super::names::metrics(estimator.problem)[0];
        let mut best = (0, f64::MIN, TextMap::new());
        for candidate in 0..CANDIDATES {
            let (params, _) = self.choose(estimator);
            let tried = ["regParam", "maxIter", "maxDepth", "numTrees", "k", "rank"];
            let params: TextMap = { params.into_iter() }
                .filter(|(name, _)| tried.contains(&name.as_str()))
                .collect();
            let mut values = Vec::new();
            for (fold, dataset) in folds.iter().enumerate() {
                let place = Place {
                    parent: Some(top.clone()),
                    kind: "estimator",
                    role: "fold",
                    candidate_index: Some(candidate),
                    fold: Some(fold as i64),
                    params: params.clone(),
                    ..Place::default()
                };
                let model_id = self.fit(estimator, place, dataset);
                let value = self.quality + 0.05 * self.random.normal();
                self.metric(&model_id, Some(dataset), metric, value, |_| {});
                values.push(value);
            }
            let mean = values.iter().sum::<f64>() / FOLDS as f64;
            if mean > best.1 {
                best = (candidate, mean, params.clone());
            }
            let row = CandidateRow {
                search_model_id: top.clone(),
                candidate_index: candidate,
                params,
                metric: Some(metric.0.into()),
                mean: Some(mean),
                std: Some(0.05),
                fold_values: values.into_iter().map(Some).collect(),
                is_best: false,
                run_id: self.row.run_id.clone(),
                project: self.row.project.clone(),
            };
            self.push(row);
        }
        for row in self.rows.entry(Relation::Candidates).or_default() {
            if let Row::Candidates(row) = row {
                row.is_best |= row.search_model_id == top && row.candidate_index == best.0;
            }
        }
        let place = Place {
            parent: Some(top.clone()),
            kind: "estimator",
            role: "best",
            candidate_index: Some(best.0),
            params: best.2,
            ..Place::default()
        };
        self.fit(estimator, place, &train);
        top
    }

    /// Its rows, its own among them.
    pub fn end(mut self) -> Rows {
        self.row.ended_at = Some(self.now);
        let row = self.row.clone();
        self.push(row);
        self.rows
    }
}
