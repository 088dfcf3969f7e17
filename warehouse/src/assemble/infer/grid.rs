//! The configurations of a search whose grid nobody told: the fits on the first training set,
//! in the order in which they began; what differs among them is what the grid sets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

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
    pub(super) fn is_empty(&self) -> bool {
        self.configurations.iter().all(|c| c.stages.is_empty())
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

fn signature(stages: &[Component]) -> Vec<String> {
    stages.iter().map(canonical).collect()
}
