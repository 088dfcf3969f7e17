//! Parameters whose types the asker knows.
//!
//! The planner takes types of parameters from a `PREPARE` only, and only those of all:
//! where some are not known, it is first asked what it would make of the others.

use std::ops::ControlFlow;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{LogicalPlan, Statement as Planned};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    ArrayElemTypeDef, CastKind, DataType as SqlType, ExactNumberInfo, Expr, Ident, LimitClause,
    Query, Statement as Sql, TimezoneInfo, Value, VisitMut, VisitorMut,
};

/// Parameters of one query, at most: as many as the Postgres protocol can number.
const PARAMETERS_MAX: usize = u16::MAX as usize;

/// The plan of `statement`, with `given` types for its parameters.
pub(crate) async fn plan(
    state: &SessionState,
    mut statement: Statement,
    given: &[Option<DataType>],
) -> Result<LogicalPlan> {
    let found = Placeholders::of(&mut statement);
    if found.highest == 0 {
        return state.statement_to_plan(statement).await;
    }
    if found.highest > PARAMETERS_MAX {
        return Err(DataFusionError::Plan(format!(
            "there is no parameter ${}: a query has at most {PARAMETERS_MAX}",
            found.highest
        )));
    }
    let mut types: Vec<Option<SqlType>> = (0..found.highest)
        .map(|index| given.get(index)?.as_ref().and_then(sql_type))
        .collect();
    for (number, kind) in found.written {
        types[number - 1].get_or_insert(kind);
    }
    if types.iter().any(Option::is_none) {
        let told = told(state, statement.clone(), &types).await?;
        for (index, kind) in types.iter_mut().enumerate() {
            let told = told.get(index).cloned().flatten();
            kind.get_or_insert_with(|| {
                let kind = told.as_ref().and_then(sql_type).unwrap_or(SqlType::Text);
                match found.lists.contains(&(index + 1)) {
                    true => SqlType::Array(ArrayElemTypeDef::SquareBracket(Box::new(kind), None)),
                    false => kind,
                }
            });
        }
    }
    let Statement::Statement(sql) = statement else {
        return state.statement_to_plan(statement).await;
    };
    let prepare = Sql::Prepare {
        name: Ident::new("parameters"),
        data_types: types.into_iter().flatten().collect(),
        statement: sql,
    };
    let plan = state.statement_to_plan(Statement::Statement(Box::new(prepare)));
    match plan.await? {
        LogicalPlan::Statement(Planned::Prepare(prepare)) => Ok(prepare.input.as_ref().clone()),
        plan => Ok(plan),
    }
}

/// How many parameters `statement` has: the highest number.
pub(crate) fn count(statement: &mut Statement) -> usize {
    Placeholders::of(statement).highest
}

/// What the query tells of the types that are not known. A query that makes no sense
/// without them tells nothing, and makes sense or not when all are text.
async fn told(
    state: &SessionState,
    mut statement: Statement,
    types: &[Option<SqlType>],
) -> Result<Vec<Option<DataType>>> {
    if let Statement::Statement(sql) = &mut statement {
        let _ = VisitMut::visit(sql.as_mut(), &mut Known(types));
    }
    let Ok(plan) = state.statement_to_plan(statement).await else {
        return Ok(Vec::new());
    };
    // Whether an error is one is found out by whoever plans with all types.
    let told = plan.get_parameter_types().unwrap_or_default();
    let numbers = 1..=types.len();
    Ok(numbers
        .map(|number| told.get(&format!("${number}")).cloned().flatten())
        .collect())
}

fn number(name: &str) -> Option<usize> {
    let number = name.strip_prefix('$')?.parse().ok()?;
    (number > 0).then_some(number)
}

/// Where parameters are.
#[derive(Default)]
struct Placeholders {
    /// The highest number.
    highest: usize,
    /// Those whose types are written there: casts, and numbers of rows.
    written: Vec<(usize, SqlType)>,
    /// Those of which something is any or all.
    lists: Vec<usize>,
}

/// The number of a parameter.
fn placeholder(expression: &Expr) -> Option<usize> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => number(name),
            _ => None,
        },
        Expr::Nested(inner) => placeholder(inner),
        _ => None,
    }
}

impl Placeholders {
    fn of(statement: &mut Statement) -> Self {
        let mut found = Self::default();
        match statement {
            Statement::Statement(sql) => {
                let _ = VisitMut::visit(sql.as_mut(), &mut found);
            }
            Statement::Explain(explain) => return Self::of(&mut explain.statement),
            _ => {}
        }
        found
    }

    fn counts(&mut self, expression: Option<&Expr>) {
        let number = expression.and_then(placeholder);
        self.written
            .extend(number.map(|number| (number, SqlType::BigInt(None))));
    }
}

impl VisitorMut for Placeholders {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                self.counts(limit.as_ref());
                self.counts(offset.as_ref().map(|offset| &offset.value));
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                self.counts(Some(limit));
                self.counts(Some(offset));
            }
            None => {}
        }
        self.counts(
            query
                .fetch
                .as_ref()
                .and_then(|fetch| fetch.quantity.as_ref()),
        );
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Cast {
                expr, data_type, ..
            } => {
                let number = placeholder(expr);
                self.written
                    .extend(number.map(|number| (number, data_type.clone())));
            }
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => {
                self.lists.extend(placeholder(right));
            }
            _ => {}
        }
        self.highest = self
            .highest
            .max(placeholder(expression).unwrap_or_default());
        ControlFlow::Continue(())
    }
}

/// Gives those parameters their types that are known.
struct Known<'a>(&'a [Option<SqlType>]);

impl VisitorMut for Known<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        // What is any of a list is of the type of its items.
        if let Expr::AnyOp {
            left,
            compare_op,
            right,
            ..
        }
        | Expr::AllOp {
            left,
            compare_op,
            right,
        } = expression
            && placeholder(right).is_some_and(|number| self.0.get(number - 1) == Some(&None))
        {
            *expression = Expr::BinaryOp {
                left: left.clone(),
                op: compare_op.clone(),
                right: right.clone(),
            };
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let Expr::Value(value) = &*expression else {
            return ControlFlow::Continue(());
        };
        let Value::Placeholder(name) = &value.value else {
            return ControlFlow::Continue(());
        };
        let kind = number(name).and_then(|number| self.0.get(number - 1)?.clone());
        if let Some(data_type) = kind {
            let null = Value::Null.with_span(value.span);
            *expression = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(Expr::Value(null)),
                data_type,
                array: false,
                format: None,
            };
        }
        ControlFlow::Continue(())
    }
}

/// The name of a type in SQL; nothing for one that has none.
fn sql_type(kind: &DataType) -> Option<SqlType> {
    Some(match kind {
        DataType::Boolean => SqlType::Boolean,
        DataType::Int8 | DataType::Int16 => SqlType::SmallInt(None),
        DataType::Int32 => SqlType::Int(None),
        DataType::Int64 => SqlType::BigInt(None),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => SqlType::IntUnsigned(None),
        DataType::UInt64 => SqlType::BigIntUnsigned(None),
        DataType::Float16 | DataType::Float32 => SqlType::Real,
        DataType::Float64 => SqlType::DoublePrecision,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => SqlType::Text,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => SqlType::Bytea,
        DataType::Date32 | DataType::Date64 => SqlType::Date,
        DataType::Time32(_) | DataType::Time64(_) => SqlType::Time(None, TimezoneInfo::None),
        DataType::Timestamp(unit, zone) => {
            let digits = match unit {
                TimeUnit::Second => 0,
                TimeUnit::Millisecond => 3,
                TimeUnit::Microsecond => 6,
                TimeUnit::Nanosecond => 9,
            };
            let zone = match zone {
                Some(_) => TimezoneInfo::WithTimeZone,
                None => TimezoneInfo::None,
            };
            SqlType::Timestamp(Some(digits), zone)
        }
        DataType::Interval(_) | DataType::Duration(_) => SqlType::Interval {
            fields: None,
            precision: None,
        },
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => SqlType::Numeric(
            ExactNumberInfo::PrecisionAndScale(u64::from(*precision), i64::from(*scale)),
        ),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            let item = Box::new(sql_type(item.data_type())?);
            SqlType::Array(ArrayElemTypeDef::SquareBracket(item, None))
        }
        DataType::Dictionary(_, value) => sql_type(value)?,
        _ => return None,
    })
}
