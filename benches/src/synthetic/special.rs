//! Runs that ask much of the warehouse: deep lineage, many names, sampled rows.

use std::sync::Arc;

use modeldb_warehouse::row::{MetricRow, ParamRow, PredictionRow, SampleRow};
use modeldb_warehouse::{Error, Result, Store, samples};

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};

use super::fit::Place;
use super::names::{ESTIMATORS, TOPICS};
use super::run::Run;

/// Steps from the source to what the last model of the deep run learnt from.
pub const STEPS: usize = 1_000;
/// Models that learnt from datasets along the way.
const ALONG: usize = 10;
/// Distinct names of parameters and of metrics in the wide project, and how many each model has.
pub(super) const NAMES: usize = 10_000;
const PARAMS_EACH: usize = 100;
const METRICS_EACH: usize = 50;
/// Models in a run of the wide project.
pub(super) const WIDE_RUN: usize = 20;
/// The fewest models that have all names.
pub(super) const WIDE_MODELS: usize = NAMES / METRICS_EACH;
/// Rows of a sample.
const SAMPLED_ROWS: usize = 100;

impl Run {
    /// A chain of datasets with a branch in the middle, each half as long; models along both.
    /// Those at the two ends have the dataset in the middle for their last common ancestor.
    pub(super) fn descend(&mut self) {
        let mut middle = self.datasets.train.clone();
        for branch in 0..2 {
            let mut dataset = middle.clone();
            let first = if branch == 0 { 0 } else { STEPS / 2 };
            for step in first..STEPS {
                let operations = ["filter", "select", "withColumn", "join"];
                let detail = format!("step {step} of branch {branch}");
                dataset = self.dataset(&dataset, operations[step % 4], Some(&detail));
                if branch == 0 && step + 1 == STEPS / 2 {
                    middle.clone_from(&dataset);
                }
                if (step + 1) % (STEPS / ALONG) == 0 {
                    let estimator = &ESTIMATORS[0];
                    let model_id = self.fit(estimator, Place::top("estimator"), &dataset);
                    self.evaluate(&model_id, estimator);
                }
            }
        }
    }

    /// Models with names of their own, of `number` and those after it.
    pub(super) fn widen(&mut self, number: usize) {
        for number in number..number + WIDE_RUN {
            let train = self.datasets.train.clone();
            let model_id = self.fit(&ESTIMATORS[0], Place::top("estimator"), &train);
            let (run_id, project) = (self.row.run_id.clone(), self.row.project.clone());
            for index in 0..PARAMS_EACH {
                let value = self.random.normal();
                let row = ParamRow {
                    model_id: model_id.clone(),
                    run_id: run_id.clone(),
                    project: project.clone(),
                    name: format!("p_{:05}", (number * PARAMS_EACH + index) % NAMES),
                    value: format!("{value:?}"),
                    value_double: Some(value),
                    is_default: false,
                };
                self.push(row);
            }
            for index in 0..METRICS_EACH {
                let metric_id = self.id("e");
                let value = self.random.unit();
                let row = MetricRow {
                    metric_id,
                    run_id: run_id.clone(),
                    project: project.clone(),
                    model_id: Some(model_id.clone()),
                    name: format!("m_{:05}", (number * METRICS_EACH + index) % NAMES),
                    value,
                    larger_is_better: Some(true),
                    source: "manual".into(),
                    recorded_at: self.now,
                    ..MetricRow::default()
                };
                self.push(row);
            }
        }
    }

    /// Samples the test set, and what its models predicted for it. Answers how many.
    pub async fn sample(&mut self, store: &Store) -> Result<usize> {
        let columns = super::names::COLUMNS.iter();
        let columns = columns.filter(|(name, _)| ["age", "country", "label"].contains(name));
        let columns = columns.map(|(name, kind)| modeldb_warehouse::event::Column {
            name: (*name).into(),
            data_type: (*kind).into(),
        });
        let ids: Vec<_> = (0..SAMPLED_ROWS).map(|_| self.state()).collect();
        let labels: Vec<_> = ids
            .iter()
            .map(|_| f64::from(self.random.chance(0.3)))
            .collect();
        let ages = ids.iter().map(|_| self.random.between(18.0, 80.0).round());
        let ages: Float64Array = ages.collect::<Vec<_>>().into();
        let countries = ids
            .iter()
            .map(|_| *self.random.of(&["US", "DE", "FR", "JP"]));
        let countries: StringArray = countries.collect::<Vec<_>>().into();
        let rows = RecordBatch::try_from_iter([
            (
                samples::ROW_ID,
                Arc::new(StringArray::from(ids.clone())) as ArrayRef,
            ),
            ("age", Arc::new(ages)),
            ("country", Arc::new(countries)),
            ("label", Arc::new(Float64Array::from(labels.clone()))),
        ]);
        let rows = rows.map_err(|error| Error::Internal(format!("a sample: {error}")))?;
        let dataset_id = self.datasets.test.clone();
        let (run_id, project) = (self.row.run_id.clone(), self.row.project.clone());
        let sample_id = self.id("x");
        let row = SampleRow {
            sample_id,
            dataset_id: dataset_id.clone(),
            run_id: run_id.clone(),
            project: project.clone(),
            role: "test".into(),
            method: "lowest-hash".into(),
            uri: samples::keep(store, &rows).await?,
            row_count: SAMPLED_ROWS as i64,
            columns: columns.collect(),
            denied_columns: Vec::new(),
            sampled_at: self.now,
        };
        self.push(row);
        let tops = std::mem::take(&mut self.tops);
        for (model_id, _) in &tops {
            for (row_id, label) in ids.iter().zip(&labels) {
                let is_right = self.random.chance(self.quality);
                let probability = self.random.between(0.5, 1.0);
                let prediction = if is_right { *label } else { 1.0 - label };
                let of_one = if prediction > 0.5 {
                    probability
                } else {
                    1.0 - probability
                };
                let row = PredictionRow {
                    model_id: model_id.clone(),
                    dataset_id: dataset_id.clone(),
                    run_id: run_id.clone(),
                    project: project.clone(),
                    row_id: row_id.clone(),
                    label: Some(*label),
                    prediction: Some(prediction),
                    probability: Some(vec![1.0 - of_one, of_one]),
                };
                self.push(row);
            }
        }
        Ok(tops.len())
    }
}

/// What a project with deep lineage is called, and one with many names.
pub fn deep_name() -> String {
    format!("{}-deep-lineage", TOPICS[0])
}

/// See [`deep_name`].
pub fn wide_name() -> String {
    format!("{}-many-names", TOPICS[4])
}
