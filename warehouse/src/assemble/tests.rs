use std::collections::BTreeMap;

use super::*;
use crate::event::*;
use crate::row::*;

mod fits;
mod lineage;
mod metrics;
mod python;
mod runs;
mod said;
mod told;

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
            place: None,
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
        columns: None,
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
