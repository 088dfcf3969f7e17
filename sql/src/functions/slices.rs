//! `slice_metrics('metric', 'predicate')`: a metric of every model, recomputed over the scored
//! rows that satisfy a predicate on the columns of the dataset; with a project as a third
//! argument, of its models only. Datasets that lack a column of the predicate have no rows.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::logical_expr::ident;
use datafusion::sql::sqlparser::ast::{Expr, visit_expressions};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

use super::lookup::{Line, Lookup, quoted};
use super::made::Made;
use super::{Found, Missing, sample, scored};
use crate::distinct;
use crate::error::Result;
use crate::measure::Measure;

/// Datasets with scored rows that one call looks at, at most.
const DATASETS_MAX: usize = 2_000;

struct Value {
    model_id: Option<String>,
    dataset_id: String,
    run_id: Option<String>,
    project: Option<String>,
    value: Option<f64>,
    rows: Option<i64>,
}

pub(super) async fn rows(
    lookup: &Lookup<'_>,
    metric: &str,
    predicate: &str,
    project: Option<&str>,
) -> Result<Found> {
    let Some(measure) = Measure::named(metric) else {
        return Ok(Err(unknown(metric)));
    };
    let meant = distinct::in_parentheses(predicate);
    if asks(&meant) {
        let message = "a predicate names columns of the dataset; it has no queries inside";
        return Ok(Err(Missing::plain(message)));
    }
    let of = project.map_or_else(String::new, |project| {
        format!("where project = {} ", quoted(project))
    });
    let query = format!(
        "select dataset_id, min(run_id), min(project) from predictions {of}\
         group by dataset_id order by dataset_id limit {}",
        DATASETS_MAX + 1
    );
    let datasets = lookup.ask(&query).await?;
    if datasets.len() > DATASETS_MAX {
        return Ok(Err(Missing::plain(format!(
            "more than {DATASETS_MAX} datasets have scored rows: name a project, as in \
             slice_metrics('metric', 'predicate', 'project')"
        ))));
    }
    let mut values = Vec::new();
    let mut lacking = BTreeSet::new();
    let mut asked = false;
    for line in &datasets {
        match of_dataset(lookup, measure, &meant, line).await? {
            Ok(found) => {
                asked = true;
                values.extend(found);
            }
            Err(why) => {
                lacking.insert(why);
            }
        }
    }
    // A predicate that fits no dataset at all is a mistake.
    if let (false, Some(why)) = (asked, lacking.pop_first()) {
        return Ok(Err(Missing::plain(why)));
    }
    Made::of(&values)
        .text("model_id", |value| value.model_id.as_deref())
        .text("dataset_id", |value| Some(&value.dataset_id))
        .text("metric", |_| Some(measure.name()))
        .text("predicate", |_| Some(predicate))
        .double("value", |value| value.value)
        .long("rows", |value| value.rows)
        .boolean("larger_is_better", |_| Some(measure.larger_is_better()))
        .text("run_id", |value| value.run_id.as_deref())
        .text("project", |value| value.project.as_deref())
        .batch()
        .map(Ok)
}

/// A value for each model that scored rows of a dataset; or why the predicate does not fit it.
async fn of_dataset(
    lookup: &Lookup<'_>,
    measure: Measure,
    predicate: &str,
    line: &Line,
) -> Result<Result<Vec<Value>, String>> {
    let dataset = line.text(0).unwrap_or_default();
    let sample = match sample::rows(lookup, &dataset).await? {
        Ok(sample) => sample,
        Err(missing) => return Ok(Err(missing.message)),
    };
    let only = match measure.is_of_numbers() {
        true => "coalesce(problem_type, '') not in ('binary', 'multiclass')",
        false => "coalesce(problem_type, '') <> 'regression'",
    };
    let models = format!(
        "model_id in (select model_id from models where run_id = {} and {only})",
        quoted(&line.text(1).unwrap_or_default())
    );
    let frame = scored::frame(lookup, &dataset, &models, sample).await?;
    let filter = match frame.parse_sql_expr(predicate) {
        Ok(filter) => filter,
        Err(error) => return Ok(Err(lookup.blame_in(predicate, &error).to_string())),
    };
    let measured = frame.filter(filter).and_then(|frame| {
        let values = scored::measured(measure)?;
        frame.aggregate(vec![ident(scored::MODEL)], values.to_vec())
    });
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => return Ok(Err(lookup.blame_in(predicate, &error).to_string())),
    };
    let found = lookup.collect(measured).await;
    let found = found.map_err(|error| lookup.blame(&error))?;
    let value = |found: Line| Value {
        model_id: found.text(0),
        dataset_id: dataset.clone(),
        run_id: line.text(1),
        project: line.text(2),
        value: found.double(1),
        rows: found.long(2),
    };
    Ok(Ok(Line::of(found).map(value).collect()))
}

/// Whether there is a query in it. What cannot be parsed is told later.
fn asks(predicate: &str) -> bool {
    let parser = Parser::new(&GenericDialect {}).try_with_sql(predicate);
    let Ok(parsed) = parser.and_then(|mut parser| parser.parse_expr()) else {
        return false;
    };
    let is_query = visit_expressions(&parsed, |part| match part {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    is_query.is_break()
}

/// What there is instead.
pub(super) fn unknown(metric: &str) -> Missing {
    let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
    Missing {
        message: format!("no metric {metric} can be computed from scored rows"),
        hint: Some(format!("accepted: {}", names.join(", "))),
    }
}
