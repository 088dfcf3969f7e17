//! Answers closed queries.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::super::ask::{Ask, Sql, Value};
use super::super::error::{Failure, Result};
use super::super::shape::{Kind, Number, Table};
use super::catalogue::{Catalogue, Catalogues};
use super::plan::{Builder, Expression};
use super::{
    Aggregate, Dimension, FILTERS_MAX, FieldRef, Filter, LIMIT, LIMIT_MAX, Measure, ModelAnswer,
    ModelQuery, OUTPUTS_MAX, Op, Output, VALUES_MAX,
};

/// Rows of a page that is looked up in two steps, at most.
const PAGE_MAX: u64 = 200;
/// Bins of a dimension, at most.
const BINS_MAX: u32 = 200;
/// Categories of a dimension that are told apart, at most.
const TOP_MAX: u32 = 1000;
/// How texts beyond those are called.
const OTHER: &str = "other";

/// The answer to `query`.
pub(in super::super) async fn answer(
    ask: &Ask,
    catalogues: &Catalogues,
    query: &ModelQuery,
) -> Result<ModelAnswer> {
    check(query)?;
    let project = query.project.as_deref();
    let mut catalogue = catalogues.of(ask, project, false).await?;
    if !knows(&catalogue, query) {
        catalogue = catalogues.of(ask, project, true).await?;
    }
    match query.columns.is_empty() {
        true => groups(ask, catalogue, query).await,
        false => rows(ask, catalogue, query).await,
    }
}

fn check(query: &ModelQuery) -> Result<()> {
    let outputs = query.columns.len() + query.dimensions.len() + query.measures.len();
    let grouped = !query.dimensions.is_empty() || !query.measures.is_empty();
    if query.columns.is_empty() != grouped {
        return Err(Failure::invalid(
            "a query has either columns, or dimensions and measures",
        ));
    }
    let values = |filter: &Filter| match &filter.op {
        Op::In(values) | Op::NotIn(values) => values.len(),
        _ => 0,
    };
    let limits = [
        ("outputs", outputs, OUTPUTS_MAX),
        (
            "values in its filters",
            query.filters.iter().map(values).sum(),
            VALUES_MAX,
        ),
        (
            "filters",
            query.filters.len() + query.having.len(),
            FILTERS_MAX,
        ),
    ];
    for (what, count, most) in limits {
        if count > most {
            return Err(Failure::invalid(format!(
                "the query has {count} {what}; at most {most} are accepted"
            )));
        }
    }
    if let Some(limit) = query.limit.filter(|limit| !(1..=LIMIT_MAX).contains(limit)) {
        return Err(Failure::invalid(format!(
            "limit is {limit}; 1 to {LIMIT_MAX} are accepted"
        )));
    }
    if let Some(sort) = query.sort.iter().find(|sort| sort.output >= outputs) {
        return Err(Failure::invalid(format!(
            "the order is by output {}; there are {outputs}, from 0",
            sort.output
        )));
    }
    Ok(())
}

/// Whether the catalogue has every parameter and metric of the query.
fn knows(catalogue: &Catalogue, query: &ModelQuery) -> bool {
    let mut fields = query.fields().filter(|field| field.contains(':'));
    fields.all(|field| catalogue.field(field).is_some())
}

/// A page of rows is looked up in two steps: which models are on it, by what filters and order
/// need; then their columns, of these models only. The query that is shown is the whole one.
async fn rows(ask: &Ask, catalogue: Arc<Catalogue>, query: &ModelQuery) -> Result<ModelAnswer> {
    let limit = query.limit.unwrap_or(LIMIT);
    let window = format!("\nlimit {} offset {}", limit + 1, query.offset);
    let (whole, outputs) = select(Builder::new(query, &catalogue), query, &window)?;
    let mut count = Builder::new(query, &catalogue);
    let is_page = limit <= PAGE_MAX && count.is_by_model();
    let from = count.tables_and_conditions()?;
    let count = count.done(format!("select count(*) as count {from}"));
    let page = async {
        if !is_page {
            return ask.batch(&whole).await;
        }
        let models: Vec<OnPage> = ask.typed(&on_page(&catalogue, query, &window)?).await?;
        let models: Vec<String> = models.into_iter().map(|model| model.model_id).collect();
        if models.is_empty() {
            let nothing = select(Builder::new(query, &catalogue), query, "\nlimit 0")?;
            return ask.batch(&nothing.0).await;
        }
        let page = Builder::new(query, &catalogue).among(&models);
        ask.batch(&select(page, query, "")?.0).await
    };
    let (batch, count) = tokio::try_join!(page, ask.typed::<Count>(&count))?;
    let count = count.first().map(|count| count.count);
    finish(batch, outputs, limit, count, &whole)
}

#[derive(Deserialize)]
struct OnPage {
    model_id: String,
}

/// Which models are on the page.
fn on_page(catalogue: &Catalogue, query: &ModelQuery, window: &str) -> Result<Sql> {
    let mut builder = Builder::new(query, catalogue);
    let mut sorted = BTreeMap::new();
    for sort in &query.sort {
        sorted.insert(sort.output, builder.field(&query.columns[sort.output])?);
    }
    let order = row_order(query, |at| &sorted[&at]);
    let from = builder.tables_and_conditions()?;
    Ok(builder.done(format!(
        "select m.model_id\n{from}\norder by {order}{window}"
    )))
}

/// A row for each model, with the columns of the query.
fn select(
    mut builder: Builder<'_>,
    query: &ModelQuery,
    window: &str,
) -> Result<(Sql, Vec<Output>)> {
    let mut outputs = Vec::new();
    let mut expressions = Vec::new();
    for field in &query.columns {
        let expression = builder.field(field)?;
        outputs.push(output(&expression, Some(field.clone()), None));
        expressions.push(expression);
    }
    let columns = expressions.iter().enumerate();
    let columns: Vec<_> = columns
        .map(|(at, expression)| format!("{} as c{at}", expression.sql))
        .collect();
    let columns = columns.join(", ");
    let order = row_order(query, |at| &expressions[at]);
    let from = builder.tables_and_conditions()?;
    let text = format!("select {columns}\n{from}\norder by {order}{window}");
    Ok((builder.done(text), outputs))
}

/// The newest first, where nothing else is asked for; always the same.
fn row_order<'a>(query: &ModelQuery, output: impl Fn(usize) -> &'a Expression) -> String {
    let mut order = order(query, output);
    order.extend(["m.started_at desc".to_owned(), "m.model_id".to_owned()]);
    order.join(", ")
}

async fn groups(ask: &Ask, catalogue: Arc<Catalogue>, query: &ModelQuery) -> Result<ModelAnswer> {
    let mut outputs = Vec::new();
    let mut builder = Builder::new(query, &catalogue);
    let mut dimensions = Vec::new();
    for dimension in &query.dimensions {
        let mut expression = builder.field(&dimension.field_ref())?;
        if expression.kind == Kind::Json {
            return Err(Failure::invalid(format!(
                "models are not grouped by {}, which has several values",
                dimension.field
            )));
        }
        let cut = cut(ask, &catalogue, query, dimension, &expression).await?;
        let width = apply(&mut builder, dimension, &mut expression, cut)?;
        let mut output = output(&expression, Some(dimension.field_ref()), None);
        output.bin_width = width;
        outputs.push(output);
        dimensions.push(expression);
    }
    let mut measures = Vec::new();
    for measure in &query.measures {
        let (expression, field) = aggregate(&mut builder, measure)?;
        outputs.push(output(&expression, field, Some(measure.aggregate)));
        measures.push(expression);
    }
    let mut having = Vec::new();
    for condition in &query.having {
        let measure = measures.get(condition.measure).ok_or_else(|| {
            Failure::invalid(format!(
                "having is about measure {}; there are {}, from 0",
                condition.measure,
                measures.len()
            ))
        })?;
        for (bound, compare) in [(condition.min, ">="), (condition.max, "<=")] {
            if let Some(bound) = bound {
                let bound = builder.bind(Value::Number(bound));
                having.push(format!("{} {compare} {bound}", measure.sql));
            }
        }
    }
    let all = || dimensions.iter().chain(&measures);
    let columns: Vec<_> = { all().enumerate() }
        .map(|(at, expression)| format!("{} as c{at}", expression.sql))
        .collect();
    let by: Vec<_> = (1..=dimensions.len()).map(|at| at.to_string()).collect();
    let mut order = order(query, |at| {
        dimensions
            .get(at)
            .unwrap_or_else(|| &measures[at - dimensions.len()])
    });
    order.extend(by.iter().map(|at| format!("{at} nulls last")));
    let mut text = format!(
        "select {}\n{}",
        columns.join(", "),
        builder.tables_and_conditions()?
    );
    for (clause, parts, between) in [
        ("group by", &by, ", "),
        ("having", &having, " and "),
        ("order by", &order, ", "),
    ] {
        if !parts.is_empty() {
            text.push_str(&format!("\n{clause} {}", parts.join(between)));
        }
    }
    let limit = query.limit.unwrap_or(LIMIT);
    text.push_str(&format!("\nlimit {} offset {}", limit + 1, query.offset));
    let sql = builder.done(text);
    let batch = ask.batch(&sql).await?;
    finish(batch, outputs, limit, None, &sql)
}

fn finish(
    batch: arrow::array::RecordBatch,
    outputs: Vec<Output>,
    limit: u64,
    total: Option<i64>,
    sql: &Sql,
) -> Result<ModelAnswer> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let truncated = batch.num_rows() > most;
    let batch = batch.slice(0, batch.num_rows().min(most));
    Ok(ModelAnswer {
        table: Table::of(&batch)?,
        outputs,
        total: total.and_then(|count| u64::try_from(count).ok()),
        truncated,
        sql: sql.shown(),
    })
}

fn output(
    expression: &Expression,
    field: Option<FieldRef>,
    aggregate: Option<Aggregate>,
) -> Output {
    Output {
        label: expression.label.clone(),
        field,
        aggregate,
        kind: expression.kind,
        bin_width: None,
        larger_is_better: expression.larger_is_better,
    }
}

/// NaN is no value: it comes last, as null does.
fn order<'a>(query: &ModelQuery, output: impl Fn(usize) -> &'a Expression) -> Vec<String> {
    let by = query.sort.iter().map(|sort| {
        let expression = output(sort.output);
        let sql = match expression.kind {
            Kind::Number => format!("nullif({0}, cast('NaN' as double))", expression.sql),
            _ => expression.sql.clone(),
        };
        let direction = if sort.descending { "desc" } else { "asc" };
        format!("{sql} {direction} nulls last")
    });
    by.collect()
}

#[derive(Deserialize)]
struct Count {
    count: i64,
}

/// How values of a dimension are put together.
enum Cut {
    None,
    Bins { width: f64 },
    Top(Vec<String>),
}

#[derive(Deserialize)]
struct Ends {
    min: Option<Number>,
    max: Option<Number>,
}

#[derive(Deserialize)]
struct Category {
    value: Option<String>,
}

/// Looks up where bins begin, or which texts are the commonest.
async fn cut(
    ask: &Ask,
    catalogue: &Catalogue,
    query: &ModelQuery,
    dimension: &Dimension,
    expression: &Expression,
) -> Result<Cut> {
    let is_number = matches!(expression.kind, Kind::Number | Kind::Integer);
    let mut builder = Builder::new(query, catalogue);
    if let Some(bins) = dimension.bins {
        if !is_number || !(1..=BINS_MAX).contains(&bins) {
            return Err(Failure::invalid(format!(
                "{} has {bins} bins; numbers have 1 to {BINS_MAX}",
                dimension.field
            )));
        }
        let of = builder.field(&dimension.field_ref())?.sql;
        let from = builder.tables_and_conditions()?;
        let finite = format!("case when abs({of}) < 1e300 then {of} end");
        let text = format!(
            "select cast(min({finite}) as double) as min, cast(max({finite}) as double) as max {from}"
        );
        let ends: Vec<Ends> = ask.typed(&builder.done(text)).await?;
        let ends = ends
            .first()
            .and_then(|ends| Some((ends.min?.0, ends.max?.0)));
        let span = ends.map_or(0.0, |(min, max)| max - min);
        return Ok(match span > 0.0 {
            true => Cut::Bins {
                width: nice(span / f64::from(bins)),
            },
            false => Cut::None,
        });
    }
    let Some(top) = dimension.top else {
        return Ok(Cut::None);
    };
    if expression.kind != Kind::Text || !(1..=TOP_MAX).contains(&top) {
        return Err(Failure::invalid(format!(
            "{} has top {top}; texts have 1 to {TOP_MAX}",
            dimension.field
        )));
    }
    let of = builder.field(&dimension.field_ref())?.sql;
    let from = builder.tables_and_conditions()?;
    let text = format!(
        "select {of} as value {from} group by 1 order by count(*) desc, 1 limit {}",
        top + 2
    );
    let commonest: Vec<Category> = ask.typed(&builder.done(text)).await?;
    let mut commonest: Vec<String> = commonest
        .into_iter()
        .filter_map(|category| category.value)
        .collect();
    let most = top as usize;
    Ok(match commonest.len() > most {
        true => {
            commonest.truncate(most);
            Cut::Top(commonest)
        }
        false => Cut::None,
    })
}

/// The smallest of 1, 2 and 5 times powers of ten that is no smaller than `width`.
fn nice(width: f64) -> f64 {
    let power = 10f64.powf(width.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0];
    let fits = |times: &&f64| **times * power >= width * (1.0 - 1e-9);
    times.iter().find(fits).copied().unwrap_or(10.0) * power
}

fn apply(
    builder: &mut Builder<'_>,
    dimension: &Dimension,
    expression: &mut Expression,
    cut: Cut,
) -> Result<Option<f64>> {
    if let Some(unit) = dimension.truncate {
        if expression.kind != Kind::Time {
            return Err(Failure::invalid(format!(
                "{} is truncated to a {}, and is no time",
                dimension.field,
                unit.name()
            )));
        }
        expression.sql = format!("date_trunc('{}', {})", unit.name(), expression.sql);
    }
    match cut {
        Cut::None => Ok(None),
        Cut::Bins { width } => {
            let step = builder.bind(Value::Number(width));
            expression.sql = format!("round(floor({} / {step}) * {step}, 12)", expression.sql);
            expression.kind = Kind::Number;
            Ok(Some(width))
        }
        Cut::Top(commonest) => {
            let of = expression.sql.clone();
            let names: Vec<_> = commonest.iter().map(|name| builder.bind(name)).collect();
            expression.sql = format!(
                "case when {of} is null or {of} in ({}) then {of} else '{OTHER}' end",
                names.join(", ")
            );
            Ok(None)
        }
    }
}

fn aggregate(
    builder: &mut Builder<'_>,
    measure: &Measure,
) -> Result<(Expression, Option<FieldRef>)> {
    let Some(field) = &measure.field else {
        return match measure.aggregate {
            Aggregate::Count => Ok((
                Expression {
                    sql: "count(distinct m.model_id)".into(),
                    kind: Kind::Integer,
                    label: "models".into(),
                    larger_is_better: None,
                },
                None,
            )),
            other => Err(Failure::invalid(format!(
                "{} is of a field, and none is given",
                other.name()
            ))),
        };
    };
    let field = FieldRef::of(field, &measure.slice, &measure.dataset);
    let of = builder.field(&field)?;
    let counts = matches!(measure.aggregate, Aggregate::Count | Aggregate::Distinct);
    if !counts && !matches!(of.kind, Kind::Number | Kind::Integer) {
        return Err(Failure::invalid(format!(
            "{} is of numbers, which {} is not; count and distinct are of anything",
            measure.aggregate.name(),
            field.field
        )));
    }
    let x = match of.kind {
        // What is no number has no mean.
        Kind::Number => format!("nullif({}, cast('NaN' as double))", of.sql),
        _ => of.sql.clone(),
    };
    let smaller = of.larger_is_better == Some(false);
    let sql = match measure.aggregate {
        Aggregate::Count => format!("count({x})"),
        Aggregate::Distinct => format!("count(distinct {x})"),
        Aggregate::Mean => format!("avg({x})"),
        Aggregate::Median => format!("median(cast({x} as double))"),
        Aggregate::Min => format!("min({x})"),
        Aggregate::Max => format!("max({x})"),
        Aggregate::Best if smaller => format!("min({x})"),
        Aggregate::Best => format!("max({x})"),
        Aggregate::Worst if smaller => format!("max({x})"),
        Aggregate::Worst => format!("min({x})"),
        Aggregate::Stddev => format!("stddev({x})"),
        Aggregate::Q1 => {
            format!("percentile_cont(0.25) within group (order by cast({x} as double))")
        }
        Aggregate::Q3 => {
            format!("percentile_cont(0.75) within group (order by cast({x} as double))")
        }
        Aggregate::Sum => format!("sum({x})"),
    };
    let expression = Expression {
        sql,
        kind: if counts { Kind::Integer } else { Kind::Number },
        label: format!("{} {}", measure.aggregate.name(), of.label),
        larger_is_better: of.larger_is_better,
    };
    Ok((expression, Some(field)))
}

impl Aggregate {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Distinct => "distinct",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
            Self::Best => "best",
            Self::Worst => "worst",
            Self::Stddev => "stddev",
            Self::Q1 => "q1",
            Self::Q3 => "q3",
            Self::Sum => "sum",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nice;

    #[test]
    fn bins_have_nice_widths() {
        for (width, expected) in [
            (0.13, 0.2),
            (1.0, 1.0),
            (3.0, 5.0),
            (0.0071, 0.01),
            (70.0, 100.0),
        ] {
            assert!((nice(width) - expected).abs() < 1e-9 * expected, "{width}");
        }
    }
}
