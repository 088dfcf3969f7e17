//! Sessions, as Flight has them since 17: options that a client sets once.
//!
//! There is one catalog and one schema, and nothing is kept: setting them to what they
//! are succeeds, anything else is refused by name. The messages are those of
//! `Flight.proto`; `arrow-flight` has no types for them.

use std::collections::HashMap;

use modeldb_sql::{CATALOG, SCHEMA};
use prost::{Enumeration, Message};

/// The value of an option.
#[derive(Clone, PartialEq, Message)]
struct OptionValue {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct SetRequest {
    #[prost(map = "string, message", tag = "1")]
    options: HashMap<String, OptionValue>,
}

#[derive(Clone, PartialEq, Message)]
struct SetResult {
    #[prost(map = "string, message", tag = "1")]
    errors: HashMap<String, SetError>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct SetError {
    #[prost(enumeration = "Refusal", tag = "1")]
    value: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
enum Refusal {
    Unspecified = 0,
    InvalidName = 1,
    InvalidValue = 2,
}

#[derive(Clone, PartialEq, Message)]
struct GetResult {
    #[prost(map = "string, message", tag = "1")]
    options: HashMap<String, OptionValue>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct CloseResult {
    #[prost(enumeration = "CloseStatus", tag = "1")]
    status: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
enum CloseStatus {
    Unspecified = 0,
    Closed = 1,
}

const OPTIONS: [(&str, &str); 2] = [("catalog", CATALOG), ("schema", SCHEMA)];

/// The answer to an action of the name `kind`, if that is one about sessions.
pub(super) fn answer(kind: &str, body: &[u8]) -> Option<Result<Vec<u8>, prost::DecodeError>> {
    match kind {
        "SetSessionOptions" => Some(set(body).map(|result| result.encode_to_vec())),
        "GetSessionOptions" => Some(Ok(get().encode_to_vec())),
        "CloseSession" => {
            let status = CloseStatus::Closed as i32;
            Some(Ok(CloseResult { status }.encode_to_vec()))
        }
        _ => None,
    }
}

fn set(body: &[u8]) -> Result<SetResult, prost::DecodeError> {
    let options = SetRequest::decode(body)?.options.into_iter();
    let errors = options.filter_map(|(name, value)| {
        let known = OPTIONS.iter().find(|(known, _)| *known == name);
        let refusal = match known {
            Some((_, only)) if value.text.as_deref() == Some(*only) => return None,
            Some(_) => Refusal::InvalidValue,
            None => Refusal::InvalidName,
        };
        let value = refusal as i32;
        Some((name, SetError { value }))
    });
    let errors = errors.collect();
    Ok(SetResult { errors })
}

fn get() -> GetResult {
    let options = OPTIONS.map(|(name, value)| {
        let text = Some(value.to_owned());
        (name.to_owned(), OptionValue { text })
    });
    GetResult {
        options: options.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_what_there_is() {
        let set = |name: &str, value: &str| {
            let text = Some(value.to_owned());
            let options = HashMap::from([(name.to_owned(), OptionValue { text })]);
            let request = SetRequest { options }.encode_to_vec();
            let result = answer("SetSessionOptions", &request).unwrap().unwrap();
            let errors = SetResult::decode(result.as_slice()).unwrap().errors;
            errors.get(name).map(|error| error.value)
        };
        assert_eq!(set("catalog", "modeldb"), None);
        assert_eq!(set("schema", "other"), Some(Refusal::InvalidValue as i32));
        assert_eq!(set("role", "admin"), Some(Refusal::InvalidName as i32));
        assert!(answer("SetSessionOptions", b"\xff").unwrap().is_err());
        let options = answer("GetSessionOptions", b"").unwrap().unwrap();
        let options = GetResult::decode(options.as_slice()).unwrap().options;
        assert_eq!(options["schema"].text.as_deref(), Some("public"));
        assert!(answer("CloseSession", b"").unwrap().is_ok());
        assert!(answer("Other", b"").is_none());
    }
}
