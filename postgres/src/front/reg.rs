//! `regclass`, `regtype` and the like: numbers that are shown as names.

use datafusion::error::{DataFusionError, Result};
use datafusion::scalar::ScalarValue;
use postgres_types::Type;

use super::Context;
use super::functions::{number, text, utf8};
use crate::catalog::{function_named, oids};
use crate::types;

/// Types whose values are such numbers.
pub(crate) const KINDS: [&str; 9] = [
    "regclass",
    "regtype",
    "regproc",
    "regprocedure",
    "regnamespace",
    "regrole",
    "regoper",
    "regoperator",
    "regcollation",
];

/// The number of what is called so: the second argument names the kind.
pub(super) fn number_of(context: &Context, arguments: &[ScalarValue]) -> Result<ScalarValue> {
    let kind = text(arguments, 1).unwrap_or_default();
    let Some(value) = arguments.first().filter(|value| !value.is_null()) else {
        return Ok(ScalarValue::UInt32(None));
    };
    let Ok(name) = as_name(value) else {
        let oid = number(arguments, 0).and_then(|oid| u32::try_from(oid).ok());
        return Ok(ScalarValue::UInt32(oid));
    };
    if let Ok(oid) = name.parse() {
        return Ok(ScalarValue::UInt32(Some(oid)));
    }
    let oid = match kind.as_str() {
        "regclass" => context.table_named(&name),
        "regtype" => types::named(&name).map(|kind| kind.oid()),
        "regnamespace" => oids::of_namespace(name.trim_matches('"')),
        "regrole" => (*name == *context.identity.user).then_some(oids::USER),
        "regproc" | "regprocedure" if name == "-" => Some(0),
        "regproc" | "regprocedure" => {
            let plain = name.rsplit('.').next().unwrap_or(&name);
            Some(oids::of_function(plain.split('(').next().unwrap_or(plain)))
        }
        _ => Some(0),
    };
    let what = match kind.as_str() {
        "regclass" => "relation",
        "regtype" => "type",
        "regnamespace" => "schema",
        _ => "role",
    };
    match oid {
        Some(oid) => Ok(ScalarValue::UInt32(Some(oid))),
        None => Err(DataFusionError::Execution(format!(
            "{what} \"{name}\" does not exist"
        ))),
    }
}

/// The text of a value that is text.
fn as_name(value: &ScalarValue) -> Result<String, ()> {
    match value {
        ScalarValue::Utf8(Some(name))
        | ScalarValue::Utf8View(Some(name))
        | ScalarValue::LargeUtf8(Some(name)) => Ok(name.clone()),
        _ => Err(()),
    }
}

/// The name of what has this number.
pub(super) fn name_of(context: &Context, arguments: &[ScalarValue]) -> Result<ScalarValue> {
    let ScalarValue::UInt32(Some(oid)) = number_of(context, arguments)? else {
        return Ok(utf8(None));
    };
    let kind = text(arguments, 1).unwrap_or_default();
    let name = match kind.as_str() {
        "regclass" => context.table(oid).map(|(schema, name)| match schema {
            "information_schema" => format!("information_schema.{name}"),
            _ => name,
        }),
        "regtype" => Type::from_oid(oid).map(|kind| types::formatted(&kind, -1)),
        "regnamespace" => {
            let mut all = oids::NAMESPACES.iter();
            all.find(|(_, known)| *known == oid)
                .map(|(name, _)| (*name).to_owned())
        }
        "regproc" | "regprocedure" => function_named(oid).map(str::to_owned),
        "regrole" => (oid == oids::USER).then(|| context.identity.user.to_string()),
        _ => None,
    };
    Ok(utf8(name.or_else(|| {
        Some(if oid == 0 {
            "-".into()
        } else {
            oid.to_string()
        })
    })))
}
