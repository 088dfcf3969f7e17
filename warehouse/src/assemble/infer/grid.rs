//! The configurations of a search whose grid nobody told: the fits on the first training set,
//! in the order in which they began; what differs among them is what the grid sets.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::chain::PIPELINE;
use crate::assemble::state::canonical;
use crate::event::{CandidateParam, Component};
use crate::limits::MAX_CANDIDATES;

/// See the module.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Grid {
    configurations: Vec<Configuration>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Configuration {
    /// Of a pipeline its stages, else the estimator; empty until it was fitted.
    stages: Vec<Component>,
    /// Folds in which it was fitted.
    folds: BTreeSet<i64>,
}

impl Grid {
    /// Whether a configuration was begun and not fitted yet.
    pub(super) fn is_open(&self) -> bool {
        self.configurations.iter().any(|c| c.stages.is_empty())
    }

    /// Whether a configuration begins with these stages: true where they are the very objects.
    pub(super) fn begins_with(&self, stages: &[&Component]) -> Option<bool> {
        let known = self.configurations.iter();
        known.filter_map(|c| begins_with(&c.stages, stages)).max()
    }

    /// Numbers the configurations by what they set, however they arrived: answers the new
    /// number of each.
    pub(super) fn sort(&mut self) -> Vec<i64> {
        let candidates = self.candidates();
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|a, b| by_values(&candidates[*a], &candidates[*b]));
        let mut numbers = vec![0; order.len()];
        let mut sorted = Vec::new();
        for (number, place) in (0_i64..).zip(order) {
            numbers[place] = number;
            sorted.push(std::mem::take(&mut self.configurations[place]));
        }
        self.configurations = sorted;
        numbers
    }

    /// A fit begins on the first training set: the next configuration is its.
    pub(super) fn reserve(&mut self) -> Option<i64> {
        if self.configurations.len() >= MAX_CANDIDATES {
            return None;
        }
        self.configurations.push(Configuration::default());
        Some(self.configurations.len() as i64 - 1)
    }

    /// The configuration of a fit in `fold`; `reserved` is what it took at its beginning.
    pub(super) fn fitted(
        &mut self,
        fold: i64,
        reserved: Option<i64>,
        stages: Vec<Component>,
    ) -> Option<i64> {
        let index = match reserved {
            Some(reserved) => reserved as usize,
            None => {
                let free = |c: &Configuration| !c.folds.contains(&fold);
                let signature = signature(&stages);
                let mut known = self.configurations.iter();
                let same = |c: &Configuration| self::signature(&c.stages) == signature;
                match known.position(|c| free(c) && same(c)) {
                    Some(index) => index,
                    None => self.reserve()? as usize,
                }
            }
        };
        let configuration = self.configurations.get_mut(index)?;
        configuration.folds.insert(fold);
        if configuration.stages.is_empty() {
            configuration.stages = stages;
        }
        Some(index as i64)
    }

    /// The configuration that has these stages, or these as its first ones where the fit
    /// failed.
    pub(super) fn index_of(&self, stages: &[Component], failed: bool) -> Option<i64> {
        let wanted = signature(stages);
        let has = |c: &Configuration| {
            let known = signature(&c.stages);
            known == wanted || (failed && !wanted.is_empty() && known.starts_with(&wanted))
        };
        let index = self.configurations.iter().position(has)?;
        Some(index as i64)
    }

    /// The stages of a configuration; of the first one where none is named.
    pub(super) fn stages(&self, index: Option<i64>) -> &[Component] {
        let index = index.unwrap_or_default() as usize;
        let configuration = self.configurations.get(index);
        configuration.map_or(&[], |c| &c.stages)
    }

    /// What each configuration sets: the parameters that differ among them.
    pub(super) fn candidates(&self) -> Vec<Vec<CandidateParam>> {
        let mut values: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
        for configuration in &self.configurations {
            for (stage, component) in configuration.stages.iter().enumerate() {
                for param in &component.params {
                    let values = values.entry((stage, &param.name)).or_default();
                    values.insert(param.value.text());
                }
            }
        }
        let differs = |stage: usize, name: &str| {
            let values = values.get(&(stage, name));
            values.is_some_and(|values| values.len() > 1)
        };
        let set = |configuration: &Configuration| {
            let stages = configuration.stages.iter().enumerate();
            let params = stages.flat_map(|(stage, component)| {
                let params = component.params.iter();
                let params = params.filter(move |param| differs(stage, &param.name));
                params.map(|param| CandidateParam {
                    uid: component.uid.clone(),
                    param: param.clone(),
                })
            });
            params.collect()
        };
        self.configurations.iter().map(set).collect()
    }
}

/// Whether these are the first stages: true where they are the very objects. A pipeline that
/// is a stage stands for its own.
pub(super) fn begins_with(known: &[Component], stages: &[&Component]) -> Option<bool> {
    let known = single(known.iter());
    let stages = single(stages.iter().copied());
    let same = |(a, b): (&&Component, &&Component)| canonical(a) == canonical(b);
    let begins = stages.len() <= known.len() && stages.iter().zip(&known).all(same);
    begins.then(|| stages.iter().zip(&known).all(|(a, b)| a.uid == b.uid))
}

fn single<'a>(stages: impl Iterator<Item = &'a Component>) -> Vec<&'a Component> {
    let leaves = |stage: &'a Component| match stage.class.as_str() {
        PIPELINE => single(stage.stages.iter()),
        _ => vec![stage],
    };
    stages.flat_map(leaves).collect()
}

/// Numbers as numbers, all else as text.
fn by_values(a: &[CandidateParam], b: &[CandidateParam]) -> Ordering {
    let value = |a: &CandidateParam, b: &CandidateParam| {
        let (a, b) = (&a.param.value, &b.param.value);
        match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.text().cmp(&b.text()),
        }
    };
    let name = |set: &CandidateParam| set.param.name.clone();
    let named = a.iter().map(name).cmp(b.iter().map(name));
    let mut values = a.iter().zip(b).map(|(a, b)| value(a, b));
    named.then_with(|| values.find(|o| o.is_ne()).unwrap_or(Ordering::Equal))
}

fn signature(stages: &[Component]) -> Vec<String> {
    stages.iter().map(canonical).collect()
}
