//! What a search tried: its configurations, and the metric of each in each fold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::clock::Micros;
use crate::event::{CandidateParam, FitEnded};
use crate::ids::derived_id;
use crate::limits::MAX_SEARCH_FITS;
use crate::row::{CandidateRow, MetricRow, Row, TextMap};

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tried {
    /// Configuration and fold of each fit.
    fits: BTreeMap<u64, (i64, i64)>,
    /// The metric, by configuration and fold.
    values: BTreeMap<i64, BTreeMap<i64, f64>>,
    metric: Option<String>,
    larger_is_better: Option<bool>,
    /// The configuration that was fitted again.
    best: Option<i64>,
}

impl Tried {
    /// A fit of a configuration began.
    pub(super) fn fit(&mut self, operation: u64, candidate: i64, fold: Option<i64>) {
        if self.fits.len() < MAX_SEARCH_FITS {
            self.fits
                .insert(operation, (candidate, fold.unwrap_or_default()));
        }
    }

    /// The best configuration is fitted again.
    pub(super) fn best(&mut self, candidate: Option<i64>) {
        self.best = candidate;
    }

    /// Configurations get other numbers.
    pub(super) fn renumber(&mut self, number: impl Fn(i64) -> i64) {
        for (candidate, _) in self.fits.values_mut() {
            *candidate = number(*candidate);
        }
        let values = std::mem::take(&mut self.values).into_iter();
        self.values = values.map(|(old, of)| (number(old), of)).collect();
        self.best = self.best.map(number);
    }

    pub(super) fn has(&self, operation: u64) -> bool {
        self.fits.contains_key(&operation)
    }

    /// An evaluator measured one of the fits.
    pub(super) fn measured(
        &mut self,
        operation: u64,
        metric: &str,
        value: f64,
        larger_is_better: Option<bool>,
    ) {
        let Some((candidate, fold)) = self.fits.get(&operation) else {
            return;
        };
        self.values
            .entry(*candidate)
            .or_default()
            .insert(*fold, value);
        self.metric.get_or_insert_with(|| metric.to_owned());
        self.larger_is_better = self.larger_is_better.or(larger_is_better);
    }

    /// Rows of the configurations, once the search `operation` has ended, and their
    /// averages as metrics: those that the search told, else those of the folds.
    pub(super) fn rows(
        &self,
        context: &Context<'_>,
        operation: u64,
        candidates: &[TextMap],
        ended: Option<&FitEnded>,
        at: Micros,
        rows: &mut Vec<Row>,
    ) {
        let metric = ended.and_then(|ended| ended.metric.as_ref());
        let metric = metric.or(self.metric.as_ref());
        let larger_is_better = ended.and_then(|ended| ended.larger_is_better);
        let folds = self.values.values().flat_map(BTreeMap::keys).max();
        let folds = folds.map_or(0, |last| last + 1);
        for (index, params) in (0_i64..).zip(candidates) {
            let values = self.values.get(&index);
            let value = |fold| values.and_then(|values| values.get(&fold)).copied();
            let fold_values: Vec<Option<f64>> = (0..folds).map(value).collect();
            let known: Option<Vec<f64>> = fold_values.iter().copied().collect();
            let known = known.filter(|known| !known.is_empty());
            let told = ended.and_then(|ended| ended.candidate_metrics.get(index as usize));
            let mean = told.copied().or_else(|| known.as_deref().map(average));
            let std = known.filter(|known| known.len() > 1);
            rows.push(
                CandidateRow {
                    search_model_id: context.model_id(operation),
                    candidate_index: index,
                    params: params.clone(),
                    metric: metric.cloned(),
                    mean,
                    std: std.as_deref().map(deviation),
                    fold_values,
                    is_best: self.best == Some(index),
                    run_id: context.run.run_id.clone(),
                    project: context.run.project.clone(),
                }
                .into(),
            );
            let (Some(metric), Some(mean)) = (metric, mean) else {
                continue;
            };
            rows.push(
                MetricRow {
                    metric_id: derived_id("e", context.producer, &[operation, index as u64, 0, 0]),
                    run_id: context.run.run_id.clone(),
                    project: context.run.project.clone(),
                    model_id: Some(context.model_id(operation)),
                    name: metric.clone(),
                    value: mean,
                    candidate_index: Some(index),
                    larger_is_better: larger_is_better.or(self.larger_is_better),
                    source: "search".into(),
                    recorded_at: at,
                    ..MetricRow::default()
                }
                .into(),
            );
        }
    }
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of all values, as numpy's `std`, which PySpark reports.
fn deviation(values: &[f64]) -> f64 {
    let mean = average(values);
    let squares: Vec<_> = values.iter().map(|value| (value - mean).powi(2)).collect();
    average(&squares).sqrt()
}

/// What each configuration sets, by the parameter's name; by `uid.name` where several
/// components have a parameter of that name that is tried.
pub(super) fn configurations(candidates: &[Vec<CandidateParam>]) -> Vec<TextMap> {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for set in candidates.iter().flatten() {
        let owners = owners.entry(&set.param.name).or_default();
        owners.insert(&set.uid);
    }
    let key = |set: &CandidateParam| match owners[set.param.name.as_str()].len() {
        1 => set.param.name.clone(),
        _ => format!("{}.{}", set.uid, set.param.name),
    };
    let params = |candidate: &Vec<CandidateParam>| {
        let entry = |set: &CandidateParam| (key(set), set.param.value.text());
        candidate.iter().map(entry).collect()
    };
    candidates.iter().map(params).collect()
}
