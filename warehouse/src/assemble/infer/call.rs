//! A fit or a transform at the top, and what tells it again.

use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::event::{Component, Failure, FitStarted, Transformed};
use crate::row::{ModelRow, Row, TransformRow};

/// A fit or a transform at the top.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub operation: u64,
    pub fit: bool,
    pub component: Component,
    /// For a transform, the fit of its model.
    pub model: u64,
    pub input: u64,
    /// For a transform, what it gave.
    pub output: u64,
    pub started_at: Micros,
    pub ended_at: Micros,
    pub ended: bool,
    pub failure: Option<Failure>,
    pub problem_type: Option<String>,
    /// Its row, which waits for its place.
    pub held: Option<Held>,
    /// For what was put together, the stages: of a search, those of its best.
    #[serde(alias = "search")]
    pub whole: Option<Vec<Key>>,
}

/// A row that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Held {
    Model(Box<ModelRow>),
    Transform(Box<TransformRow>),
}

impl From<Held> for Row {
    fn from(held: Held) -> Self {
        match held {
            Held::Model(row) => Self::Models(row),
            Held::Transform(row) => Self::Transforms(row),
        }
    }
}

/// What tells a stage again when it transforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Key {
    /// The model of this fit.
    Model(u64),
    /// The transformer with this uid.
    Uid(String),
}

impl Call {
    pub(super) fn fit(started: &FitStarted, at: Micros) -> Self {
        Self {
            operation: started.operation,
            fit: true,
            component: started.estimator.clone(),
            model: 0,
            input: started.dataset,
            output: 0,
            started_at: at,
            ended_at: at,
            ended: false,
            failure: None,
            problem_type: None,
            held: None,
            whole: None,
        }
    }

    pub(super) fn transform(transformed: &Transformed) -> Self {
        let started_at = transformed.started_at;
        Self {
            operation: transformed.operation,
            fit: false,
            component: transformed.transformer.clone(),
            model: transformed.model,
            input: transformed.input,
            output: transformed.output,
            started_at,
            ended_at: started_at.plus_micros(transformed.duration_us),
            ended: true,
            failure: transformed.failure.clone(),
            problem_type: None,
            held: None,
            whole: None,
        }
    }

    /// A search or a pipeline that was fitted, as a stage.
    pub(super) fn whole(
        operation: u64,
        component: Component,
        dataset: u64,
        row: Box<ModelRow>,
        stages: Vec<Key>,
    ) -> Self {
        Self {
            operation,
            fit: true,
            component,
            model: 0,
            input: dataset,
            output: 0,
            started_at: row.started_at,
            ended_at: row.ended_at.unwrap_or(row.started_at),
            ended: true,
            failure: None,
            problem_type: row.problem_type.clone(),
            held: Some(Held::Model(row)),
            whole: Some(stages),
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole.is_some()
    }

    /// Whether it gave this dataset or this model.
    pub(super) fn gave(&self, dataset: u64, model: u64) -> bool {
        (dataset != 0 && self.output == dataset)
            || (model != 0 && self.fit && self.operation == model)
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        match (&self.whole, self.fit, self.model) {
            (Some(stages), ..) => stages.clone(),
            (None, true, _) => vec![Key::Model(self.operation)],
            (None, false, 0) => vec![Key::Uid(self.component.uid.clone())],
            (None, false, model) => vec![Key::Model(model)],
        }
    }
}
