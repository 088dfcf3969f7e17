//! The closed query: how the page asks about models, and anybody may.
//!
//! It is data, not text. A field is a key into the [`catalogue`], aliases are made here,
//! every value is bound, and an operation or a key that is not known is refused by name. So
//! nothing that a client sends becomes SQL, and what is answered can be shown as SQL.

mod catalogue;
mod field;
mod plan;
mod run;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shape::{Kind, Table};
pub(super) use catalogue::{Catalogues, FieldInfo};
pub(super) use plan::{in_project, stages_read};
pub(super) use run::answer;

/// Columns, dimensions and measures of one query, at most.
const OUTPUTS_MAX: usize = 100;
/// Filters of one query, at most.
const FILTERS_MAX: usize = 50;
/// Values of all filters, at most.
const VALUES_MAX: usize = 1000;
/// Rows of one answer, at most.
const LIMIT_MAX: u64 = 10_000;
/// Rows of an answer where nobody says how many.
const LIMIT: u64 = 100;

/// A question about models.
///
/// With `columns` it answers a row for each model; with `dimensions` or `measures` a row for
/// each group.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelQuery {
    /// Models of this project; of all if it is not given.
    pub project: Option<String>,
    pub scope: Scope,
    pub columns: Vec<FieldRef>,
    pub dimensions: Vec<Dimension>,
    pub measures: Vec<Measure>,
    /// All have to hold.
    pub filters: Vec<Filter>,
    /// Of groups: all have to hold.
    pub having: Vec<Having>,
    pub sort: Vec<Sort>,
    /// 100 if it is not given, 10,000 at most.
    pub limit: Option<u64>,
    pub offset: u64,
}

/// Which models are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// Those that were asked for, and the best of searches.
    #[default]
    Top,
    /// Those inside pipelines and searches too.
    All,
}

/// A field of models.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldRef {
    /// An id of `GET /api/v1/fields`: `estimator`, `param:maxIter`, `metric:rmse`.
    pub field: String,
    /// Of a metric: on these rows; on all of them if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// Of a metric: measured on this dataset; the newest value if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
}

/// What models are grouped by.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Dimension {
    /// As in a column.
    pub field: String,
    /// As in a column.
    #[serde(default)]
    pub slice: Option<String>,
    /// As in a column.
    #[serde(default)]
    pub dataset: Option<String>,
    /// Of numbers: about so many bins of one width, which is 1, 2 or 5 times a power of ten.
    #[serde(default)]
    pub bins: Option<u32>,
    /// Of times: by this unit.
    #[serde(default)]
    pub truncate: Option<Unit>,
    /// Of texts: so many of the commonest; the others together are `other`.
    #[serde(default)]
    pub top: Option<u32>,
}

impl FieldRef {
    fn of(field: &str, slice: &Option<String>, dataset: &Option<String>) -> Self {
        Self {
            field: field.to_owned(),
            slice: slice.clone(),
            dataset: dataset.clone(),
        }
    }
}

impl Dimension {
    fn field_ref(&self) -> FieldRef {
        FieldRef::of(&self.field, &self.slice, &self.dataset)
    }
}

impl ModelQuery {
    /// The ids of all fields that it names.
    fn fields(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().map(|column| &column.field);
        let dimensions = self.dimensions.iter().map(|dimension| &dimension.field);
        let measures = self
            .measures
            .iter()
            .filter_map(|measure| measure.field.as_ref());
        let filters = self.filters.iter().map(|filter| &filter.field);
        let all = columns.chain(dimensions).chain(measures).chain(filters);
        all.map(String::as_str)
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// What is computed of each group.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub aggregate: Aggregate,
    /// Of what; not needed to count models.
    #[serde(default)]
    pub field: Option<String>,
    /// As in a field.
    #[serde(default)]
    pub slice: Option<String>,
    /// As in a field.
    #[serde(default)]
    pub dataset: Option<String>,
}

/// How values of a group become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub(super) enum Aggregate {
    /// Models; with a field those that have a value.
    Count,
    Distinct,
    Mean,
    Median,
    Min,
    Max,
    /// The largest, or the smallest of metrics whose smaller values are better.
    Best,
    /// The opposite.
    Worst,
    Stddev,
    /// The first quartile.
    Q1,
    /// The third quartile.
    Q3,
    Sum,
}

/// A condition on models.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// A field, or `search`: ids, classes, runs and experiments together.
    pub field: String,
    /// As in a field.
    #[serde(default)]
    pub slice: Option<String>,
    /// As in a field.
    #[serde(default)]
    pub dataset: Option<String>,
    pub op: Op,
}

/// What is asked of a field's value.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Op {
    /// It is one of these; null stands for none. A list has one of them.
    In(Vec<Option<Scalar>>),
    /// It is none of these.
    NotIn(Vec<Option<Scalar>>),
    /// It lies between these, both included. Times are RFC 3339.
    Range {
        #[serde(default)]
        min: Option<Scalar>,
        #[serde(default)]
        max: Option<Scalar>,
    },
    /// It has this text in it, in whatever case.
    Contains(String),
    /// There is none (`true`), or there is one.
    Missing(bool),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(missing_docs)]
pub(super) enum Scalar {
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// A condition on groups: a measure lies between these, both included.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Having {
    /// The place of the measure among the measures, from 0.
    pub measure: usize,
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
}

/// An order; rows without a value come last.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sort {
    /// The place of a column among all of the answer, from 0.
    pub output: usize,
    #[serde(default)]
    pub descending: bool,
}

/// The answer to a [`ModelQuery`].
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ModelAnswer {
    #[serde(flatten)]
    pub table: Table,
    /// What each column of the table is.
    pub outputs: Vec<Output>,
    /// Models that satisfy the filters; of groups, null.
    pub total: Option<u64>,
    /// Whether there are more rows than the limit let through.
    pub truncated: bool,
    /// The query, as it can be typed into any SQL client of the agent.
    pub sql: String,
}

/// What a column of an answer is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Output {
    /// What people call it.
    pub label: String,
    pub field: Option<FieldRef>,
    pub aggregate: Option<Aggregate>,
    pub kind: Kind,
    /// Of numbers in bins: how wide a bin is. A value is its lower end.
    pub bin_width: Option<f64>,
    /// Of a metric: whether larger is better.
    pub larger_is_better: Option<bool>,
}
