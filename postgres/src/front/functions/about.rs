//! Functions about the server, the session and what the catalog has.

use std::sync::{Arc, PoisonError};

use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ScalarUDF, Volatility};
use datafusion::scalar::ScalarValue;
use modeldb_sql::{CATALOG, SCHEMA};
use postgres_types::Type;

use super::{SAME, STABLE, function, number, text, utf8};
use crate::catalog::oids;
use crate::error::Refusal;
use crate::front::Context;
use crate::settings::SERVER_VERSION;
use crate::types;

/// What `version()` says. Drivers look for `PostgreSQL` and a number.
fn version() -> String {
    format!(
        "PostgreSQL {SERVER_VERSION} (ModelDB {}, read-only)",
        env!("CARGO_PKG_VERSION")
    )
}

/// Functions about things of which there are none: they answer null, whatever is asked.
const NULL_TEXTS: &[&str] = &[
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_functiondef",
    "pg_get_indexdef",
    "pg_get_partition_constraintdef",
    "pg_get_partkeydef",
    "pg_get_ruledef",
    "pg_get_serial_sequence",
    "pg_get_statisticsobjdef",
    "pg_get_statisticsobjdef_columns",
    "pg_get_triggerdef",
    "pg_get_viewdef",
    "pg_get_function_sqlbody",
    "pg_relation_filepath",
    "pg_tablespace_location",
    "shobj_description",
    "inet_client_addr",
    "inet_server_addr",
    "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn",
    "pg_current_wal_lsn",
    "pg_current_logfile",
    "pg_current_wal_insert_lsn",
    "pg_stat_get_backend_activity",
    "pg_describe_object",
    "pg_get_object_address",
    "pg_advisory_unlock_all",
];
const EMPTY_TEXTS: &[&str] = &[
    "pg_get_function_arguments",
    "pg_get_function_identity_arguments",
    "pg_get_function_arg_default",
];
const ZEROS: &[&str] = &[
    "pg_relation_size",
    "pg_total_relation_size",
    "pg_table_size",
    "pg_indexes_size",
    "pg_database_size",
    "pg_tablespace_size",
    "pg_stat_get_numscans",
    "pg_stat_get_live_tuples",
    "pg_stat_get_dead_tuples",
    "pg_stat_get_tuples_inserted",
    "pg_stat_get_blocks_fetched",
    "pg_my_temp_schema",
    "pg_relation_filenode",
    "pg_sequence_last_value",
    "pg_stat_get_mod_since_analyze",
];
const TRUE: &[&str] = &[
    "pg_type_is_visible",
    "pg_function_is_visible",
    "pg_operator_is_visible",
    "pg_opclass_is_visible",
    "pg_opfamily_is_visible",
    "pg_conversion_is_visible",
    "pg_collation_is_visible",
    "pg_statistics_obj_is_visible",
    "pg_ts_config_is_visible",
    "pg_ts_dict_is_visible",
    "pg_ts_parser_is_visible",
    "pg_ts_template_is_visible",
];
const FALSE: &[&str] = &[
    "pg_is_in_recovery",
    "pg_is_wal_replay_paused",
    "pg_is_other_temp_schema",
    "pg_has_role_admin",
    "pg_is_in_backup",
    "pg_relation_is_updatable",
    "pg_column_is_updatable",
    "pg_relation_is_publishable",
    "pg_index_column_has_property",
    "pg_indexam_has_property",
    "pg_index_has_property",
    "row_security_active",
];
/// What asks whether something may be done.
const PRIVILEGES: &[&str] = &[
    "has_any_column_privilege",
    "has_column_privilege",
    "has_database_privilege",
    "has_foreign_data_wrapper_privilege",
    "has_function_privilege",
    "has_language_privilege",
    "has_parameter_privilege",
    "has_schema_privilege",
    "has_sequence_privilege",
    "has_server_privilege",
    "has_table_privilege",
    "has_tablespace_privilege",
    "has_type_privilege",
    "pg_has_role",
];
/// Things that may be done here.
const GRANTED: &[&str] = &["select", "usage", "connect", "execute", "member"];

pub(super) fn all(context: &Arc<Context>) -> Vec<ScalarUDF> {
    let mut all = constants();
    all.extend(session(context));
    all.extend(names(context));
    all
}

fn constants() -> Vec<ScalarUDF> {
    let boolean = |value: bool| move |_: &[ScalarValue]| Ok(ScalarValue::Boolean(Some(value)));
    let mut all = vec![
        function("version", SAME, DataType::Utf8, |_| Ok(utf8(version()))),
        function("current_database", SAME, DataType::Utf8, |_| {
            Ok(utf8(CATALOG.to_owned()))
        }),
        function("current_schema", SAME, DataType::Utf8, |_| {
            Ok(utf8(SCHEMA.to_owned()))
        }),
        function("getdatabaseencoding", SAME, DataType::Utf8, |_| {
            Ok(utf8("UTF8".to_owned()))
        }),
        function("pg_client_encoding", SAME, DataType::Utf8, |_| {
            Ok(utf8("UTF8".to_owned()))
        }),
        function("pg_encoding_to_char", SAME, DataType::Utf8, |a| {
            Ok(utf8(
                if number(a, 0) == Some(6) {
                    "UTF8"
                } else {
                    "SQL_ASCII"
                }
                .to_owned(),
            ))
        }),
        function("pg_char_to_encoding", SAME, DataType::Int32, |_| {
            Ok(ScalarValue::Int32(Some(6)))
        }),
        function("pg_encoding_max_length", SAME, DataType::Int32, |_| {
            Ok(ScalarValue::Int32(Some(4)))
        }),
        function("txid_current", STABLE, DataType::Int64, |_| {
            Ok(ScalarValue::Int64(Some(1)))
        }),
        function("age", SAME, DataType::Int32, |_| {
            Ok(ScalarValue::Int32(Some(0)))
        }),
        function("inet_server_port", SAME, DataType::Int32, |_| {
            Ok(ScalarValue::Int32(None))
        }),
        function("inet_client_port", SAME, DataType::Int32, |_| {
            Ok(ScalarValue::Int32(None))
        }),
        function("pg_size_pretty", SAME, DataType::Utf8, |a| {
            Ok(utf8(number(a, 0).map(pretty)))
        }),
        function("format_type", SAME, DataType::Utf8, |a| {
            Ok(utf8(format_type(a)))
        }),
        function("pg_typeof", SAME, DataType::Utf8, |a| {
            let kind = a.first().map(|value| types::of_arrow(&value.data_type()));
            Ok(utf8(kind.map(|kind| types::formatted(&kind, -1))))
        }),
        function("pg_get_function_result", SAME, DataType::Utf8, |_| {
            Ok(utf8("text".to_owned()))
        }),
        function("oidvectortypes", SAME, DataType::Utf8, |a| {
            Ok(utf8(type_names(a)?))
        }),
        function("array_upper", SAME, DataType::Int32, |a| {
            Ok(bound(a, false))
        }),
        function("array_lower", SAME, DataType::Int32, |a| Ok(bound(a, true))),
        function("pg_subscripts", SAME, list(DataType::Int32), |a| {
            Ok(subscripts(a))
        }),
        function("pg_blocking_pids", SAME, list(DataType::Int32), |_| {
            Ok(ScalarValue::List(ScalarValue::new_list_nullable(
                &[],
                &DataType::Int32,
            )))
        }),
        function("parse_ident", SAME, list(DataType::Utf8), |a| {
            let parts = text(a, 0).unwrap_or_default();
            let parts: Vec<ScalarValue> = parts
                .split('.')
                .map(|part| utf8(crate::front::unquoted(part)))
                .collect();
            Ok(ScalarValue::List(ScalarValue::new_list_nullable(
                &parts,
                &DataType::Utf8,
            )))
        }),
        function("pg_conf_load_time", STABLE, moment(), |_| Ok(started())),
        function("pg_postmaster_start_time", STABLE, moment(), |_| {
            Ok(started())
        }),
        function("pg_like_pattern", SAME, DataType::Utf8, |a| {
            Ok(utf8(like_pattern(a)))
        }),
    ];
    for name in NULL_TEXTS {
        all.push(function(name, SAME, DataType::Utf8, |_| Ok(utf8(None))));
    }
    for name in EMPTY_TEXTS {
        all.push(function(name, SAME, DataType::Utf8, |_| {
            Ok(utf8(String::new()))
        }));
    }
    for name in ZEROS {
        all.push(function(name, SAME, DataType::Int64, |_| {
            Ok(ScalarValue::Int64(Some(0)))
        }));
    }
    for name in TRUE {
        all.push(function(name, SAME, DataType::Boolean, boolean(true)));
    }
    for name in FALSE {
        all.push(function(name, SAME, DataType::Boolean, boolean(false)));
    }
    for name in PRIVILEGES {
        all.push(function(name, SAME, DataType::Boolean, |a| {
            Ok(privilege(a))
        }));
    }
    all
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Nobody here knows when the server began.
fn started() -> ScalarValue {
    ScalarValue::TimestampMicrosecond(None, Some("UTC".into()))
}

/// `10 kB`, as PostgreSQL rounds: to the next unit from ten of them on.
fn pretty(bytes: i64) -> String {
    let mut size = bytes;
    let mut unit = "bytes";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if size.unsigned_abs() < 10 * 1024 {
            break;
        }
        // Half away from zero.
        size = (size + size.signum() * 512) / 1024;
        unit = next;
    }
    format!("{size} {unit}")
}

fn format_type(arguments: &[ScalarValue]) -> Option<String> {
    let oid = u32::try_from(number(arguments, 0)?).ok()?;
    let modifier = number(arguments, 1).and_then(|value| i32::try_from(value).ok());
    Some(match Type::from_oid(oid) {
        Some(kind) => types::formatted(&kind, modifier.unwrap_or(-1)),
        None if oid == 0 => "-".into(),
        None => "???".into(),
    })
}

/// The names of a list of types.
fn type_names(arguments: &[ScalarValue]) -> Result<Option<String>> {
    let Some(ScalarValue::List(list)) = arguments.first() else {
        return Ok(None);
    };
    let mut names = Vec::new();
    for index in 0..list.value(0).len() {
        let oid = ScalarValue::try_from_array(&list.value(0), index)?;
        names.extend(format_type(&[oid]));
    }
    Ok(Some(names.join(", ")))
}

fn length(arguments: &[ScalarValue]) -> Option<usize> {
    use arrow::array::Array;
    match arguments.first()? {
        ScalarValue::List(list) if !list.is_null(0) => Some(list.value(0).len()),
        _ => None,
    }
}

/// The first or last index of a list; null for an empty one.
fn bound(arguments: &[ScalarValue], is_lower: bool) -> ScalarValue {
    let is_first = number(arguments, 1).unwrap_or(1) == 1;
    let length = length(arguments).filter(|length| is_first && *length > 0);
    let last = length.and_then(|length| i32::try_from(length).ok());
    ScalarValue::Int32(last.map(|last| if is_lower { 1 } else { last }))
}

/// All indexes of a list.
fn subscripts(arguments: &[ScalarValue]) -> ScalarValue {
    let last = length(arguments)
        .and_then(|length| i32::try_from(length).ok())
        .unwrap_or(0);
    let indexes: Vec<ScalarValue> = (1..=last)
        .map(|index| ScalarValue::Int32(Some(index)))
        .collect();
    ScalarValue::List(ScalarValue::new_list_nullable(&indexes, &DataType::Int32))
}

/// A pattern of LIKE with another escape character than the engine's.
fn like_pattern(arguments: &[ScalarValue]) -> Option<String> {
    let (pattern, escape) = (text(arguments, 0)?, text(arguments, 1)?);
    let escape = escape.chars().next();
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if Some(c) == escape {
            out.push('\\');
            out.extend(chars.next());
        } else if c == '\\' {
            out.push_str("\\\\");
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// The last argument says what for: `SELECT, UPDATE` is granted if one of them is.
fn privilege(arguments: &[ScalarValue]) -> ScalarValue {
    if arguments.iter().any(ScalarValue::is_null) {
        return ScalarValue::Boolean(None);
    }
    let asked = text(arguments, arguments.len().saturating_sub(1)).unwrap_or_default();
    let is_granted = asked
        .split(',')
        .any(|word| GRANTED.contains(&word.trim().to_lowercase().as_str()));
    ScalarValue::Boolean(Some(is_granted))
}

/// What differs from session to session.
fn session(context: &Arc<Context>) -> Vec<ScalarUDF> {
    let user = context.identity.user.clone();
    let pid = context.identity.number;
    let (one, other) = (context.clone(), context.clone());
    let owner = user.clone();
    let user_functions = ["current_user", "session_user", "user", "current_role"];
    let users = user_functions.map(|name| {
        let user = user.clone();
        function(name, STABLE, DataType::Utf8, move |_| {
            Ok(utf8(user.to_string()))
        })
    });
    let mut all = vec![
        function("pg_backend_pid", STABLE, DataType::Int32, move |_| {
            Ok(ScalarValue::Int32(Some(pid)))
        }),
        function("pg_get_userbyid", STABLE, DataType::Utf8, move |a| {
            let is_known = number(a, 0) == Some(oids::USER.into());
            let unknown = || format!("unknown (OID={})", number(a, 0).unwrap_or(0));
            Ok(utf8(if is_known {
                owner.to_string()
            } else {
                unknown()
            }))
        }),
        function("current_setting", STABLE, DataType::Utf8, move |a| {
            let Some(name) = text(a, 0) else {
                return Ok(utf8(None));
            };
            let settings = one.settings.lock().unwrap_or_else(PoisonError::into_inner);
            match settings.find(&name) {
                Some(value) => Ok(utf8(value.to_owned())),
                None if matches!(a.get(1), Some(ScalarValue::Boolean(Some(true)))) => {
                    Ok(utf8(None))
                }
                None => {
                    let text = format!("unrecognized configuration parameter \"{name}\"");
                    Err(DataFusionError::Execution(text))
                }
            }
        }),
        function(
            "set_config",
            Volatility::Volatile,
            DataType::Utf8,
            move |a| {
                let (Some(name), Some(value)) = (text(a, 0), text(a, 1)) else {
                    return Ok(utf8(None));
                };
                let is_local = matches!(a.get(2), Some(ScalarValue::Boolean(Some(true))));
                let mut settings = other
                    .settings
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                match settings.set(&name, Some(&value), is_local) {
                    Ok(()) => Ok(utf8(settings.find(&name).unwrap_or(&value).to_owned())),
                    Err(Refusal::Told(told)) => Err(DataFusionError::Execution(told.message)),
                    Err(_) => Err(DataFusionError::Execution(format!("cannot set {name}"))),
                }
            },
        ),
    ];
    all.extend(users);
    all
}

/// Names to numbers and back.
fn names(context: &Arc<Context>) -> Vec<ScalarUDF> {
    let with = |name, returns, body: fn(&Context, &[ScalarValue]) -> Result<ScalarValue>| {
        let context = context.clone();
        function(name, STABLE, returns, move |a| body(&context, a))
    };
    vec![
        with("to_regclass", DataType::UInt32, |context, a| {
            Ok(ScalarValue::UInt32(
                text(a, 0).and_then(|name| context.table_named(&name)),
            ))
        }),
        with("to_regtype", DataType::UInt32, |_, a| {
            let kind = text(a, 0).and_then(|name| types::named(&name));
            Ok(ScalarValue::UInt32(kind.map(|kind| kind.oid())))
        }),
        with("to_regnamespace", DataType::UInt32, |_, a| {
            let oid = text(a, 0).and_then(|name| oids::of_namespace(name.trim_matches('"')));
            Ok(ScalarValue::UInt32(oid))
        }),
        with("to_regproc", DataType::UInt32, |_, a| {
            Ok(ScalarValue::UInt32(
                text(a, 0).map(|name| oids::of_function(&name)),
            ))
        }),
        with("to_regrole", DataType::UInt32, |context, a| {
            let is_user = text(a, 0).as_deref() == Some(context.identity.user.as_ref());
            Ok(ScalarValue::UInt32(is_user.then_some(oids::USER)))
        }),
        // The number that a cast to regclass and the like means.
        with("pg_reg", DataType::UInt32, super::super::reg::number_of),
        // The name that a number of regclass and the like is shown as.
        with("pg_reg_name", DataType::Utf8, super::super::reg::name_of),
        with("pg_table_is_visible", DataType::Boolean, |context, a| {
            let oid = number(a, 0).and_then(|oid| u32::try_from(oid).ok());
            let table = oid.and_then(|oid| context.table(oid));
            Ok(ScalarValue::Boolean(
                table.map(|(schema, _)| schema != "information_schema"),
            ))
        }),
        with("obj_description", DataType::Utf8, |context, a| {
            let is_class = text(a, 1).is_none_or(|class| class == "pg_class");
            let oid = number(a, 0)
                .and_then(|oid| u32::try_from(oid).ok())
                .filter(|_| is_class);
            Ok(utf8(oid.and_then(|oid| context.comment(oid, 0))))
        }),
        with("col_description", DataType::Utf8, |context, a| {
            let oid = number(a, 0).and_then(|oid| u32::try_from(oid).ok());
            let column = number(a, 1).and_then(|column| usize::try_from(column).ok());
            let both = oid.zip(column.filter(|column| *column > 0));
            Ok(utf8(
                both.and_then(|(oid, column)| context.comment(oid, column)),
            ))
        }),
        with("current_schemas", list(DataType::Utf8), |_, a| {
            let with_implicit = matches!(a.first(), Some(ScalarValue::Boolean(Some(true))));
            let names: &[&str] = if with_implicit {
                &["pg_catalog", SCHEMA]
            } else {
                &[SCHEMA]
            };
            let names: Vec<ScalarValue> =
                names.iter().map(|name| utf8((*name).to_owned())).collect();
            Ok(ScalarValue::List(ScalarValue::new_list_nullable(
                &names,
                &DataType::Utf8,
            )))
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(pretty(0), "0 bytes");
        assert_eq!(pretty(10_239), "10239 bytes");
        assert_eq!(pretty(10_240), "10 kB");
        assert_eq!(pretty(1 << 30), "1024 MB");
    }

    #[test]
    fn patterns() {
        let pattern = |pattern: &str, escape: &str| {
            like_pattern(&[utf8(pattern.to_owned()), utf8(escape.to_owned())]).unwrap()
        };
        assert_eq!(pattern("a/_b\\", "/"), "a\\_b\\\\");
        assert_eq!(pattern("a\\b", ""), "a\\\\b");
    }
}
