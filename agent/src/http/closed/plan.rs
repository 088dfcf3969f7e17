//! From a closed query to SQL.

use std::collections::BTreeSet;

use super::super::ask::{Sql, Value};
use super::super::error::{Failure, Result};
use super::super::shape::Kind;
use super::catalogue::Catalogue;
use super::field::{Beside, Own, SEARCHED};
use super::{FieldRef, Filter, ModelQuery, Op, Scalar, Scope, Unit};

/// An expression over `models m` and what stands beside it.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub sql: String,
    pub kind: Kind,
    pub label: String,
    pub larger_is_better: Option<bool>,
}

/// Makes the parts of a query, and notes which tables they need.
pub(super) struct Builder<'a> {
    query: &'a ModelQuery,
    catalogue: &'a Catalogue,
    sql: Sql,
    project: Option<String>,
    beside: BTreeSet<Beside>,
    /// Whether models are told apart by the slice, and by the dataset, of their metrics.
    by_slice: bool,
    by_dataset: bool,
    params: Vec<(String, Kind)>,
    metrics: Vec<FieldRef>,
    /// The only models that are meant, with commas between them; then no filter is applied.
    only: Option<String>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(query: &'a ModelQuery, catalogue: &'a Catalogue) -> Self {
        let mut sql = Sql::default();
        let project = query.project.as_ref().map(|name| sql.bind(name));
        Self {
            query,
            catalogue,
            sql,
            project,
            beside: BTreeSet::new(),
            by_slice: query.fields().any(|field| field == "slice"),
            by_dataset: query.fields().any(|field| field == "metric_dataset"),
            params: Vec::new(),
            metrics: Vec::new(),
            only: None,
        }
    }

    /// The same, of these models instead of those that the filters let through.
    pub(super) fn among(mut self, models: &[String]) -> Self {
        let models: Vec<String> = models.iter().map(|model| self.bind(model)).collect();
        self.only = Some(models.join(", "));
        self
    }

    /// Whether a row stands for a model, not for one of its slices or datasets.
    pub(super) fn is_by_model(&self) -> bool {
        !self.by_slice && !self.by_dataset
    }

    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.sql.bind(value)
    }

    /// The query of this text.
    pub(super) fn done(self, text: String) -> Sql {
        Sql { text, ..self.sql }
    }

    /// What a field is.
    pub(super) fn field(&mut self, field: &FieldRef) -> Result<Expression> {
        if let Some(name) = field.field.strip_prefix("metric:") {
            return self.metric(field, name);
        }
        if field.slice.is_some() || field.dataset.is_some() {
            return Err(Failure::invalid(format!(
                "{} has a slice or a dataset, which only a metric can have",
                field.field
            )));
        }
        if let Some(own) = Own::of(&field.field) {
            self.beside.insert(own.beside);
            return Ok(Expression {
                sql: own.sql.into(),
                kind: own.kind,
                label: own.label.into(),
                larger_is_better: None,
            });
        }
        let (Some(name), Some(known)) = (
            field.field.strip_prefix("param:"),
            self.catalogue.field(&field.field),
        ) else {
            return Err(self.unknown(&field.field));
        };
        let wanted = (name.to_owned(), known.kind);
        Ok(Expression {
            sql: format!("p.p{}", place(&mut self.params, wanted)),
            kind: known.kind,
            label: name.to_owned(),
            larger_is_better: None,
        })
    }

    fn metric(&mut self, field: &FieldRef, name: &str) -> Result<Expression> {
        let known = self.catalogue.field(&field.field);
        let known = known.ok_or_else(|| self.unknown(&field.field))?;
        let larger_is_better = known.larger_is_better;
        let label = match &field.slice {
            Some(slice) => format!("{name} where {slice}"),
            None => name.to_owned(),
        };
        Ok(Expression {
            sql: format!("e.e{}", place(&mut self.metrics, field.clone())),
            kind: Kind::Number,
            label,
            larger_is_better,
        })
    }

    fn unknown(&self, id: &str) -> Failure {
        let near = self.catalogue.near(id);
        let hint = match near.is_empty() {
            true => "GET /api/v1/fields lists what there is".to_owned(),
            false => format!("did you mean {}?", near.join(", ")),
        };
        Failure::invalid(format!("there is no field {id}: {hint}"))
    }

    /// `from … where …` of everything that was asked for so far, and of the filters.
    pub(super) fn tables_and_conditions(&mut self) -> Result<String> {
        let mut conditions = Vec::new();
        if let Some(project) = &self.project {
            conditions.push(format!("m.project = {project}"));
        }
        if let Some(only) = &self.only {
            conditions.push(format!("m.model_id in ({only})"));
        } else {
            if self.query.scope == Scope::Top {
                conditions.push("m.role in ('top', 'best')".to_owned());
            }
            for filter in &self.query.filters {
                conditions.push(self.condition(filter)?);
            }
        }
        let mut text = "from models m".to_owned();
        for beside in self.beside.clone() {
            text.push_str(&self.join(beside));
        }
        text.push_str(&self.join_params());
        text.push_str(&self.join_metrics());
        if !conditions.is_empty() {
            text.push_str("\nwhere ");
            text.push_str(&conditions.join("\n  and "));
        }
        Ok(text)
    }

    fn in_project(&self, alias: &str) -> String {
        in_project(self.project.as_deref(), alias)
    }

    /// The same, of the models that are meant, which `owner` names.
    fn of(&self, alias: &str, owner: &str) -> String {
        let mut text = self.in_project(alias);
        if let Some(only) = &self.only {
            text.push_str(&format!("{owner} in ({only}) and "));
        }
        text
    }

    fn join(&self, beside: Beside) -> String {
        match beside {
            Beside::Nothing => String::new(),
            Beside::Runs => "\nleft join runs r on r.run_id = m.run_id".into(),
            Beside::Datasets => "\nleft join datasets d on d.dataset_id = m.dataset_id".into(),
            Beside::Measured => format!(
                "\nleft join (select model_id, count(distinct name) as measured from metrics \
                 {}source <> 'training' group by model_id) n on n.model_id = m.model_id",
                self.of("", "model_id")
            ),
            Beside::Stages => format!(
                "\nleft join (select model_id, array_distinct(flatten(array_agg(columns))) as columns \
                 from ({}\n  ) read group by model_id) st on st.model_id = m.model_id",
                stages_read(
                    &self.of("", "pipeline_model_id"),
                    &self.of("b.", "b.parent_model_id")
                ),
            ),
            Beside::Families => {
                // Where the last stage is a search, what its best model is.
                let last = |of: String| {
                    format!(
                        "select l.pipeline_model_id, last_value(coalesce(c.estimator, l.class) order by \
                         l.stage_index) as class from stages l left join models c \
                         on c.parent_model_id = l.model_id and c.role = 'best' \
                         {of}l.model_id is not null group by l.pipeline_model_id"
                    )
                };
                format!(
                    "\nleft join ({}) fs on fs.pipeline_model_id = m.model_id\
                     \nleft join (\
                     \n  select b.parent_model_id as model_id, coalesce(s.class, b.estimator) as class\
                     \n  from models b left join ({}) s on s.pipeline_model_id = b.model_id\
                     \n  {}b.role = 'best') fb on fb.model_id = m.model_id",
                    last(self.of("l.", "l.pipeline_model_id")),
                    last(self.in_project("l.")),
                    self.of("b.", "b.parent_model_id")
                )
            }
        }
    }

    /// Parameters of a model are its own, those of its stages, and those of a search's best
    /// model; of several with one name the last stage's.
    fn join_params(&mut self) -> String {
        if self.params.is_empty() {
            return String::new();
        }
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        let mut of_transformers = Vec::new();
        for (at, (name, kind)) in self.params.clone().into_iter().enumerate() {
            let known = self.catalogue.field(&format!("param:{name}"));
            let name = self.bind(&name);
            if known.is_some_and(|field| field.of_transformers) {
                of_transformers.push(name.clone());
            }
            let value = match kind {
                Kind::Number => "value_double",
                _ => "value",
            };
            columns.push(format!(
                "last_value(v.{value} order by v.place) filter (where v.name = {name}) as p{at}"
            ));
            names.push(name);
        }
        // Transformers learn nothing and have no fit: their parameters are with the stage.
        let transformers = of_transformers.iter().map(|name| {
            let value = format!("map_extract(params, {name})[1]");
            format!(
                "\n    union all select pipeline_model_id, stage_index, {name}, {value}, \
                 try_cast({value} as double) from stages {}model_id is null and {value} is not null",
                self.of("", "pipeline_model_id")
            )
        });
        let transformers = transformers.collect::<String>();
        let names = names.join(", ");
        format!(
            "\nleft join (\
             \n  select v.owner as model_id, {columns}\
             \n  from (\
             \n    select o.owner, o.place, p.name, p.value, p.value_double from params p join (\
             \n      select model_id, model_id as owner, 1000000 as place from models {itself}true\
             \n      union all select model_id, pipeline_model_id, stage_index from stages {stage}model_id is not null\
             \n      union all select b.model_id, b.parent_model_id, 999999 from models b {best}b.role = 'best'\
             \n      union all select s.model_id, b.parent_model_id, s.stage_index from models b\
             \n        join stages s on s.pipeline_model_id = b.model_id {best}b.role = 'best'\
             \n      union all select b.model_id, s.pipeline_model_id, s.stage_index from models b\
             \n        join stages s on s.model_id = b.parent_model_id {inner}b.role = 'best'\
             \n    ) o on o.model_id = p.model_id {of_params}p.name in ({names})\
             {transformers}\
             \n  ) v\
             \n  group by v.owner) p on p.model_id = m.model_id",
            columns = columns.join(", "),
            of_params = self.in_project("p."),
            itself = self.of("", "model_id"),
            stage = self.of("", "pipeline_model_id"),
            best = self.of("b.", "b.parent_model_id"),
            inner = self.of("b.", "s.pipeline_model_id"),
        )
    }

    fn join_metrics(&mut self) -> String {
        let is_apart = self.by_slice || self.by_dataset;
        if self.metrics.is_empty() && !is_apart {
            return String::new();
        }
        let (mut names, mut columns) = (BTreeSet::new(), Vec::new());
        for (at, field) in self.metrics.clone().into_iter().enumerate() {
            let name = self.bind(field.field.trim_start_matches("metric:"));
            let mut only = format!("name = {name}");
            match &field.slice {
                Some(slice) => only.push_str(&format!(" and slice = {}", self.bind(slice))),
                None if self.by_slice => {}
                None => only.push_str(" and slice is null"),
            }
            if let Some(dataset) = &field.dataset {
                let dataset = self.bind(dataset);
                only.push_str(&format!(
                    " and (dataset_id = {dataset} or input_dataset_id = {dataset})"
                ));
            }
            // What was measured goes before what a search or a training tells of itself, and
            // of a search the best counts.
            columns.push(format!(
                "last_value(value order by \
                 case source when 'training' then 0 when 'search' then 1 else 2 end, \
                 case when source = 'search' then \
                 case when larger_is_better = false then -value else value end end, \
                 recorded_at, step) filter (where {only}) as e{at}"
            ));
            names.insert(name);
        }
        let mut keys = vec!["model_id"];
        keys.extend(self.by_slice.then_some("slice"));
        keys.extend(self.by_dataset.then_some("dataset_id"));
        let keys = keys.join(", ");
        let columns = std::iter::once(keys.clone()).chain(columns);
        let columns = columns.collect::<Vec<_>>().join(", ");
        let named = match names.is_empty() {
            true => "model_id is not null".to_owned(),
            false => format!("name in ({})", Vec::from_iter(names).join(", ")),
        };
        // Models that were measured nowhere are on no slice and no dataset.
        let join = if is_apart { "join" } else { "left join" };
        format!(
            "\n{join} (\n  select {columns}\n  from metrics {}{named}\n  group by {keys}\
             ) e on e.model_id = m.model_id",
            self.of("", "model_id")
        )
    }

    fn condition(&mut self, filter: &Filter) -> Result<String> {
        let expression = if filter.field == "search" {
            self.beside.extend([Beside::Runs, Beside::Families]);
            Expression {
                sql: SEARCHED.into(),
                kind: Kind::Text,
                label: "search".into(),
                larger_is_better: None,
            }
        } else {
            self.field(&FieldRef::of(&filter.field, &filter.slice, &filter.dataset))?
        };
        let sql = &expression.sql;
        Ok(match &filter.op {
            Op::In(values) => self.one_of(&filter.field, &expression, values)?,
            Op::NotIn(values) => {
                let one_of = self.one_of(&filter.field, &expression, values)?;
                format!("not coalesce({one_of}, false)")
            }
            Op::Range { min, max } => {
                let mut bounds = Vec::new();
                for (bound, compare) in [(min, ">="), (max, "<=")] {
                    if let Some(bound) = bound {
                        let bound = self.value(&filter.field, &expression, bound)?;
                        bounds.push(format!("{sql} {compare} {bound}"));
                    }
                }
                match bounds.is_empty() {
                    true => {
                        let message =
                            format!("the range of {} has neither min nor max", filter.field);
                        return Err(Failure::invalid(message));
                    }
                    false => format!("({})", bounds.join(" and ")),
                }
            }
            Op::Contains(text) => {
                let text = self.bind(&text.to_lowercase());
                let of = match expression.kind {
                    Kind::Json => format!("array_to_string({sql}, ' ')"),
                    Kind::Text => sql.clone(),
                    _ => format!("cast({sql} as varchar)"),
                };
                format!("strpos(lower({of}), {text}) > 0")
            }
            Op::Missing(true) => format!("{sql} is null"),
            Op::Missing(false) => format!("{sql} is not null"),
        })
    }

    fn one_of(
        &mut self,
        field: &str,
        expression: &Expression,
        values: &[Option<Scalar>],
    ) -> Result<String> {
        if values.is_empty() {
            return Err(Failure::invalid(format!(
                "the filter on {field} has no values; at least one is needed"
            )));
        }
        let sql = &expression.sql;
        let mut given = Vec::new();
        for value in values.iter().flatten() {
            given.push(self.value(field, expression, value)?);
        }
        let mut either = Vec::new();
        if !given.is_empty() {
            either.push(match expression.kind {
                Kind::Json => {
                    let has = given
                        .iter()
                        .map(|value| format!("array_has({sql}, {value})"));
                    has.collect::<Vec<_>>().join(" or ")
                }
                _ => format!("{sql} in ({})", given.join(", ")),
            });
        }
        if values.iter().any(Option::is_none) {
            either.push(format!("{sql} is null"));
        }
        Ok(format!("({})", either.join(" or ")))
    }

    /// A value of a filter, in the kind of its field.
    fn value(&mut self, field: &str, expression: &Expression, value: &Scalar) -> Result<String> {
        Ok(match (expression.kind, value) {
            (Kind::Number, Scalar::Number(number)) => self.bind(Value::Number(*number)),
            (Kind::Integer, Scalar::Number(number)) if number.fract() == 0.0 => {
                self.bind(Value::Integer(*number as i64))
            }
            (Kind::Text | Kind::Json, Scalar::Text(text)) => self.bind(text),
            (Kind::Time, Scalar::Text(text)) if is_time(text) => {
                format!("cast({} as timestamp)", self.bind(text))
            }
            (Kind::Boolean, Scalar::Boolean(truth)) => self.bind(Value::Boolean(*truth)),
            (kind, value) => {
                let wanted = match kind {
                    Kind::Number => "a number",
                    Kind::Integer => "a whole number",
                    Kind::Boolean => "true or false",
                    Kind::Time => "a time, as RFC 3339 text",
                    Kind::Text | Kind::Json => "a text",
                };
                let value = match value {
                    Scalar::Boolean(truth) => truth.to_string(),
                    Scalar::Number(number) => number.to_string(),
                    Scalar::Text(text) => format!("the text {text:?}"),
                };
                let message = format!("the filter on {field} has {value}; it takes {wanted}");
                return Err(Failure::invalid(message));
            }
        })
    }
}

/// `where project = $1 and`, or only `where`; `project` is how the query names its value.
pub(in super::super) fn in_project(project: Option<&str>, alias: &str) -> String {
    match project {
        Some(project) => format!("where {alias}project = {project} and "),
        None => "where ".to_owned(),
    }
}

/// A query for the columns that stages read, by models: pipelines, those that have them inside, and
/// searches, of their best. What it takes of `stages` and of `models b` is after `where` and `and`.
pub(in super::super) fn stages_read(stages: &str, models: &str) -> String {
    format!(
        "\n  select pipeline_model_id as model_id, input_columns as columns from stages {stages}true\
         \n  union all select b.parent_model_id, s.input_columns from models b\
         \n    join stages s on s.pipeline_model_id = b.model_id {models}b.role in ('best', 'stage')"
    )
}

/// As Arrow reads it, and so the engine.
fn is_time(text: &str) -> bool {
    arrow::compute::kernels::cast_utils::string_to_timestamp_nanos(text).is_ok()
}

/// Where `item` is in `list`, to which it is added if it is not.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    let known = list.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl Unit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}
