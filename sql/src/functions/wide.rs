//! `models_wide('project')`: a row for each model of a project, with a column for each
//! parameter (`"param.maxIter"`) and each metric (`"metric.rmse"`, the last value that was
//! measured on no slice). However many there are, a query costs what it names.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::Missing;
use super::lookup::{Lookup, list, quoted};
use crate::error::Result;

/// Parameters and metrics of a project, at most.
const COLUMNS_MAX: usize = 50_000;
/// What every model has.
const OWN: [&str; 10] = [
    "model_id",
    "run_id",
    "experiment",
    "kind",
    "role",
    "estimator",
    "problem_type",
    "status",
    "started_at",
    "duration_ms",
];
const PARAM: &str = "param.";
const METRIC: &str = "metric.";

pub(super) async fn table(
    lookup: &Lookup<'_>,
    project: &str,
) -> Result<Result<Arc<dyn TableProvider>, Missing>> {
    let id = quoted(project);
    let query = format!(
        "select 'param', name, count(value_double) = count(*) from params where project = {id} \
         group by name \
         union all select 'metric', name, true from metrics where project = {id} group by name \
         order by 1 desc, 2 limit {}",
        COLUMNS_MAX + 1
    );
    let names = lookup.ask(&query).await?;
    if names.len() > COLUMNS_MAX {
        return Ok(Err(Missing::plain(format!(
            "the project {project} has more than {COLUMNS_MAX} parameters and metrics: query params \
             and metrics"
        ))));
    }
    if names.is_empty() {
        let query = format!("select project from projects where project = {id}");
        if lookup.ask(&query).await?.is_empty() {
            let message = format!("there is no project {project}");
            let names = "select project from projects";
            return Ok(Err(lookup.missing(message, project, names).await?));
        }
    }
    let mut fields: Vec<Field> = OWN.into_iter().map(own).collect();
    for line in names {
        let prefix = match line.text(0).as_deref() {
            Some("param") => PARAM,
            _ => METRIC,
        };
        let kind = match line.boolean(2) {
            Some(true) => DataType::Float64,
            _ => DataType::Utf8,
        };
        let name = format!("{prefix}{}", line.text(1).unwrap_or_default());
        fields.push(Field::new(name, kind, true));
    }
    Ok(Ok(Arc::new(Wide {
        project: project.to_owned(),
        schema: Arc::new(Schema::new(fields)),
    })))
}

fn own(name: &str) -> Field {
    let kind = match name {
        "started_at" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "duration_ms" => DataType::Float64,
        _ => DataType::Utf8,
    };
    Field::new(name, kind, true)
}

#[derive(Debug)]
struct Wide {
    project: String,
    schema: SchemaRef,
}

impl Wide {
    /// The query for the columns at `wanted`.
    fn query(&self, wanted: &[usize]) -> String {
        let project = quoted(&self.project);
        let mut columns = Vec::new();
        let mut params = Pivot::default();
        let mut metrics = Pivot::default();
        for &index in wanted {
            let field = self.schema.field(index);
            let (pivot, value, name) = match field.name() {
                name if index < OWN.len() => {
                    columns.push(format!("m.{name}"));
                    continue;
                }
                name if name.starts_with(PARAM) => {
                    let numeric = *field.data_type() == DataType::Float64;
                    let value = if numeric {
                        "max(value_double)"
                    } else {
                        "max(value)"
                    };
                    (&mut params, value, &name[PARAM.len()..])
                }
                name => {
                    let value = "last_value(value order by recorded_at, step)";
                    (&mut metrics, value, &name[METRIC.len()..])
                }
            };
            let alias = format!("\"{}\"", field.name().replace('"', "\"\""));
            let named = quoted(name);
            pivot
                .values
                .push(format!("{value} filter (where name = {named}) as {alias}"));
            pivot.names.push(name.to_owned());
            columns.push(alias);
        }
        let joins = [
            params.join("p", "params", &project, ""),
            metrics.join("e", "metrics", &project, "and slice is null "),
        ];
        format!(
            "select {} from (select * from models where project = {project}) m {}",
            if columns.is_empty() {
                "m.model_id".to_owned()
            } else {
                columns.join(", ")
            },
            joins.concat()
        )
    }
}

/// Names of a relation that become columns.
#[derive(Default)]
struct Pivot {
    names: Vec<String>,
    values: Vec<String>,
}

impl Pivot {
    fn join(&self, alias: &str, relation: &str, project: &str, only: &str) -> String {
        if self.names.is_empty() {
            return String::new();
        }
        format!(
            "left join (select model_id, {} from {relation} where project = {project} {only}\
             and name in ({}) group by model_id) {alias} on {alias}.model_id = m.model_id ",
            self.values.join(", "),
            list(&self.names)
        )
    }
}

#[async_trait]
impl TableProvider for Wide {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let state = session.as_any().downcast_ref::<SessionState>();
        let state = state.ok_or_else(|| {
            DataFusionError::Internal("models_wide is planned in a session of its own".into())
        })?;
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let mut query = self.query(wanted);
        if let Some(limit) = limit {
            query.push_str(&format!(" limit {limit}"));
        }
        let plan = state.create_logical_plan(&query).await?;
        let plan = state.create_physical_plan(&plan).await?;
        if wanted.is_empty() {
            use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
            let none: Vec<ProjectionExpr> = Vec::new();
            return Ok(Arc::new(ProjectionExec::try_new(none, plan)?));
        }
        Ok(plan)
    }
}
