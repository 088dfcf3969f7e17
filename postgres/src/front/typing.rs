//! Names of types in SQL.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, TimeUnit};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::planner::TypePlanner;
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
