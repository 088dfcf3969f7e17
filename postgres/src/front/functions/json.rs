//! JSON: looking into maps, structs and texts of JSON, and making it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use serde_json::Value;

use super::{SAME, function, utf8};
use crate::encode::json::write;
use crate::error::Refusal;

pub(super) fn all() -> Vec<ScalarUDF> {
    let get = |name, is_text, is_path| {
        let signature = Signature::any(2, Volatility::Immutable);
        ScalarUDF::from(Get {
            name,
            is_text,
            is_path,
            signature,
        })
    };
    vec![
        get("json_get", false, false),
        get("json_get_text", true, false),
        get("json_get_path", false, true),
        get("json_get_path_text", true, true),
        function("json_build_object", SAME, DataType::Utf8, |a| {
            object(a).map(utf8)
        }),
        function("jsonb_build_object", SAME, DataType::Utf8, |a| {
            object(a).map(utf8)
        }),
        function("json_build_array", SAME, DataType::Utf8, |a| {
            array(a).map(utf8)
        }),
        function("jsonb_build_array", SAME, DataType::Utf8, |a| {
            array(a).map(utf8)
        }),
        function("to_json", SAME, DataType::Utf8, |a| {
            a.first().map(json).transpose().map(utf8)
        }),
        function("to_jsonb", SAME, DataType::Utf8, |a| {
            a.first().map(json).transpose().map(utf8)
        }),
        function("row_to_json", SAME, DataType::Utf8, |a| {
            a.first().map(json).transpose().map(utf8)
        }),
        function("array_to_json", SAME, DataType::Utf8, |a| {
            a.first().map(json).transpose().map(utf8)
        }),
    ]
}

fn json(value: &ScalarValue) -> Result<String> {
    at(&value.to_array()?, 0)
}

fn at(array: &ArrayRef, row: usize) -> Result<String> {
    let mut out = String::new();
    match write(array, row, &mut out) {
        Ok(()) => Ok(out),
        Err(Refusal::Told(told)) => Err(DataFusionError::Execution(told.message)),
        Err(_) => Err(DataFusionError::Execution("no JSON".into())),
    }
}

fn object(arguments: &[ScalarValue]) -> Result<String> {
    if arguments.len() % 2 == 1 {
        let text = "json_build_object: there must be a value for each key";
        return Err(DataFusionError::Execution(text.into()));
    }
    let pairs = arguments.chunks(2).map(|pair| {
        let key = super::text(pair, 0);
        let key = key.ok_or_else(|| DataFusionError::Execution("a key is null".into()))?;
        let key = Value::String(key);
        Ok(format!("{key} : {}", json(&pair[1])?))
    });
    Ok(format!(
        "{{{}}}",
        pairs.collect::<Result<Vec<_>>>()?.join(", ")
    ))
}

fn array(arguments: &[ScalarValue]) -> Result<String> {
    let items = arguments.iter().map(json).collect::<Result<Vec<_>>>()?;
    Ok(format!("[{}]", items.join(", ")))
}

/// `->`, `->>`, `#>` and `#>>`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Get {
    name: &'static str,
    is_text: bool,
    is_path: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Get {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [values, keys] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("two arguments are wanted".into()));
        };
        let rows = values.len();
        let mut out = StringBuilder::with_capacity(rows, 0);
        for row in 0..rows {
            if values.is_null(row) || keys.is_null(row) {
                out.append_null();
                continue;
            }
            let key = ScalarValue::try_from_array(keys, row)?;
            out.append_option(self.get(values, row, &key)?);
        }
        let found: ArrayRef = Arc::new(out.finish());
        if is_one {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &found, 0,
            )?));
        }
        Ok(ColumnarValue::Array(found))
    }
}

impl Get {
    fn get(&self, values: &ArrayRef, row: usize, key: &ScalarValue) -> Result<Option<String>> {
        // A key of a map, the case that is asked of many rows.
        if let (DataType::Map(..), false) = (values.data_type(), self.is_path)
            && let Some(key) = super::text(std::slice::from_ref(key), 0)
        {
            let entries = values.as_map().value(row);
            let names = entries.column(0);
            let Some(names) = names.as_string_opt::<i32>() else {
                return Ok(None);
            };
            let Some(index) = names.iter().position(|name| name == Some(key.as_str())) else {
                return Ok(None);
            };
            let found = entries.column(1);
            return match (self.is_text, found.as_string_opt::<i32>()) {
                _ if found.is_null(index) && self.is_text => Ok(None),
                (true, Some(texts)) => Ok(Some(texts.value(index).to_owned())),
                _ => at(found, index).map(Some),
            };
        }
        let json = match values.as_string_opt::<i32>() {
            Some(texts) => texts.value(row).to_owned(),
            None => at(values, row)?,
        };
        let json: Value = serde_json::from_str(&json).map_err(|error| {
            DataFusionError::Execution(format!("invalid input syntax for type json: {error}"))
        })?;
        let keys = match key {
            ScalarValue::List(list) if self.is_path => {
                let items = list.value(0);
                let items =
                    (0..items.len()).map(|index| ScalarValue::try_from_array(&items, index));
                items.collect::<Result<Vec<_>>>()?
            }
            key if self.is_path => {
                let path = super::text(std::slice::from_ref(key), 0).unwrap_or_default();
                let path = crate::parameters::items(&path).unwrap_or_default();
                path.into_iter().map(utf8).collect()
            }
            key => vec![key.clone()],
        };
        let mut found = Some(&json);
        for key in &keys {
            let name = super::text(std::slice::from_ref(key), 0).unwrap_or_default();
            found = match found {
                Some(Value::Object(fields)) => fields.get(&name),
                Some(Value::Array(items)) => index(items, &name),
                _ => None,
            };
        }
        Ok(match found {
            None => None,
            Some(Value::Null) if self.is_text => None,
            Some(Value::String(text)) if self.is_text => Some(text.clone()),
            Some(value) => Some(value.to_string()),
        })
    }
}

/// The item at an index, counted from the end if it is negative.
fn index<'a>(items: &'a [Value], index: &str) -> Option<&'a Value> {
    let index: i64 = index.parse().ok()?;
    let length = i64::try_from(items.len()).ok()?;
    let index = if index < 0 { index + length } else { index };
    items.get(usize::try_from(index).ok()?)
}
