//! Names of types in SQL.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr, TypePlanner};
use datafusion::logical_expr::{Expr, ExprSchemable};
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::ast::{DataType as SqlType, ExactNumberInfo, TimezoneInfo};
use postgres_types::Type;

use crate::types::{self, TYPE_KEY};

/// Plans PostgreSQL's names of types; what the engine knows itself is left to it.
#[derive(Debug)]
pub(super) struct Types;

impl TypePlanner for Types {
    fn plan_type_field(&self, kind: &SqlType) -> Result<Option<FieldRef>> {
        let plain = |kind: DataType| Ok(Some(Arc::new(Field::new("", kind, true))));
        match kind {
            // Microseconds, whatever digits are asked for.
            SqlType::Timestamp(_, zone) => {
                let has_zone = matches!(zone, TimezoneInfo::Tz | TimezoneInfo::WithTimeZone);
                plain(DataType::Timestamp(
                    TimeUnit::Microsecond,
                    has_zone.then(|| "UTC".into()),
                ))
            }
            SqlType::Time(..) => plain(DataType::Time64(TimeUnit::Nanosecond)),
            SqlType::Interval { .. } => plain(DataType::Interval(
                arrow::datatypes::IntervalUnit::MonthDayNano,
            )),
            SqlType::Character(_)
            | SqlType::CharacterVarying(_)
            | SqlType::CharVarying(_)
            | SqlType::Nvarchar(_)
            | SqlType::Uuid => plain(DataType::Utf8),
            SqlType::JSON | SqlType::JSONB => Ok(Some(json())),
            SqlType::Regclass => plain(DataType::UInt32),
            SqlType::Float(ExactNumberInfo::Precision(..=24)) => plain(DataType::Float32),
            SqlType::Float(_) => plain(DataType::Float64),
            SqlType::Custom(name, _) => {
                let name = name.to_string();
                let found = types::named(&name).ok_or_else(|| {
                    DataFusionError::Plan(format!("type \"{name}\" does not exist"))
                })?;
                if found == Type::JSON || found == Type::JSONB {
                    return Ok(Some(json()));
                }
                plain(types::to_arrow(&found).unwrap_or(match found {
                    Type::INT2_VECTOR => return plain(list(DataType::Int16)),
                    Type::OID_VECTOR => return plain(list(DataType::UInt32)),
                    Type::REGNAMESPACE | Type::REGROLE | Type::CID => DataType::UInt32,
                    _ => DataType::Utf8,
                }))
            }
            _ => Ok(None),
        }
    }
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

fn json() -> FieldRef {
    let field = Field::new("", DataType::Utf8, true);
    Arc::new(field.with_metadata([(TYPE_KEY.to_owned(), "json".to_owned())].into()))
}

/// A text that is compared is of the type of what it is compared with, as with
/// PostgreSQL: `indisprimary = 'f'`, `conkey = '{1}'`. The engine itself knows numbers
/// and times.
#[derive(Debug)]
pub(super) struct Literals;

impl ExprPlanner for Literals {
    fn plan_binary_op(
        &self,
        mut expr: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        if let Some(value) = typed(&expr.right, &expr.left, schema) {
            expr.right = value;
        } else if let Some(value) = typed(&expr.left, &expr.right, schema) {
            expr.left = value;
        }
        Ok(PlannerResult::Original(expr))
    }
}

/// `text` with the type of `other`, if that is one that the engine does not know.
fn typed(text: &Expr, other: &Expr, schema: &DFSchema) -> Option<Expr> {
    let Expr::Literal(ScalarValue::Utf8(Some(text)), _) = text else {
        return None;
    };
    let kind = match other.get_type(schema).ok()? {
        DataType::Boolean => Type::BOOL,
        kind @ DataType::List(_) => types::of_arrow(&kind),
        // The engine reads moments as nanoseconds, which go from 1677 to 2262.
        kind @ DataType::Timestamp(TimeUnit::Microsecond, _) if is_far(text) => {
            types::of_arrow(&kind)
        }
        _ => return None,
    };
    let array = crate::parameters::of_text(text, &kind).ok()?;
    let value = ScalarValue::try_from_array(&array, 0).ok()?;
    Some(Expr::Literal(value, None))
}

/// Whether a text begins with a year that is centuries away, as that of an open end is.
fn is_far(text: &str) -> bool {
    let year = text.trim().split('-').next();
    let year = year.and_then(|year| year.parse::<i32>().ok());
    year.is_some_and(|year| !(1678..=2261).contains(&year))
}
