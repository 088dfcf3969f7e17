//! Which table functions there are.

use std::ops::RangeInclusive;

/// A table function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "`comment` describes each")]
pub(crate) enum Function {
    Sample,
    Trace,
    Pipeline,
    Ancestry,
    CommonAncestor,
    CompareModels,
    ComparePipelines,
    SimilarModels,
    SliceMetrics,
    WorstSlices,
    ModelsWide,
}

impl Function {
    pub(crate) const ALL: [Self; 11] = [
        Self::Sample,
        Self::Trace,
        Self::Pipeline,
        Self::Ancestry,
        Self::CommonAncestor,
        Self::CompareModels,
        Self::ComparePipelines,
        Self::SimilarModels,
        Self::SliceMetrics,
        Self::WorstSlices,
        Self::ModelsWide,
    ];

    pub(crate) fn name(self) -> &'static str {
        let usage = self.usage();
        usage.split('(').next().unwrap_or(usage)
    }

    /// How it is called.
    pub(crate) fn usage(self) -> &'static str {
        match self {
            Self::Sample => "sample('dataset_id') is how it is called, with a literal",
            Self::Trace => "trace('model_id', 'row_id') is how it is called, with literals",
            Self::Pipeline => "pipeline('model_id') is how it is called, with a literal",
            Self::Ancestry => "ancestry('model_id') is how it is called, with a literal",
            Self::CommonAncestor => "common_ancestor('a', 'b') is how it is called, with literals",
            Self::CompareModels => "compare_models('a', 'b') is how it is called, with literals",
            Self::ComparePipelines => {
                "compare_pipelines('a', 'b') is how it is called, with literals"
            }
            Self::SimilarModels => {
                "similar_models('model_id', 10) is how it is called, with literals"
            }
            Self::SliceMetrics => {
                "slice_metrics('metric', 'predicate') is how it is called, perhaps with a \
                 project as a third argument, all literals"
            }
            Self::WorstSlices => {
                "worst_slices('model_id', 'metric') is how it is called, with literals"
            }
            Self::ModelsWide => "models_wide('project') is how it is called, with a literal",
        }
    }

    /// What it answers.
    pub(crate) fn comment(self) -> &'static str {
        match self {
            Self::Sample => "The sampled rows of a dataset, with its own columns.",
            Self::Trace => "One sampled row through every stage of a model.",
            Self::Pipeline => "The stages of a model, those of pipelines inside it too.",
            Self::Ancestry => {
                "Everything that a model or a dataset came from, oldest first, over all runs."
            }
            Self::CommonAncestor => "The nearest dataset that two models or datasets came from.",
            Self::CompareModels => "What is known of two models side by side, differences first.",
            Self::ComparePipelines => "Two models stage by stage, aligned.",
            Self::SimilarModels => "The models most like one, of all projects.",
            Self::SliceMetrics => {
                "A metric of every model, recomputed over the scored rows that satisfy a predicate."
            }
            Self::WorstSlices => "The slices of its scored rows on which a model is worst.",
            Self::ModelsWide => {
                "The models of a project, with a column for each parameter and each metric."
            }
        }
    }

    /// How many arguments it takes.
    pub(super) fn arguments(self) -> RangeInclusive<usize> {
        match self {
            Self::Sample | Self::Pipeline | Self::Ancestry | Self::ModelsWide => 1..=1,
            Self::Trace
            | Self::CommonAncestor
            | Self::CompareModels
            | Self::ComparePipelines
            | Self::SimilarModels
            | Self::WorstSlices => 2..=2,
            Self::SliceMetrics => 2..=3,
        }
    }
}
