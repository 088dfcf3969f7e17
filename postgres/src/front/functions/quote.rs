//! Quoting and `format`.

use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ScalarUDF;
use datafusion::scalar::ScalarValue;

use super::{SAME, function, text, utf8};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        function("quote_ident", SAME, DataType::Utf8, |a| {
            Ok(utf8(text(a, 0).map(|t| ident(&t))))
        }),
        function("quote_literal", SAME, DataType::Utf8, |a| {
            Ok(utf8(text(a, 0).map(|t| literal(&t))))
        }),
        function("quote_nullable", SAME, DataType::Utf8, |a| {
            Ok(utf8(
                text(a, 0).map_or_else(|| "NULL".to_owned(), |text| literal(&text)),
            ))
        }),
        function("format", SAME, DataType::Utf8, format),
    ]
}

/// A name in quotes where it would mean something else without.
pub(crate) fn ident(name: &str) -> String {
    let mut chars = name.chars();
    let begins = chars
        .next()
        .is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let is_plain =
        begins && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

fn literal(text: &str) -> String {
    let quoted = format!("'{}'", text.replace('\'', "''"));
    if text.contains('\\') {
        format!("E{}", quoted.replace('\\', "\\\\"))
    } else {
        quoted
    }
}

/// `format('%s %I %L', ...)`, with `%1$s` for the first argument.
fn format(arguments: &[ScalarValue]) -> Result<ScalarValue> {
    let Some(pattern) = text(arguments, 0) else {
        return Ok(utf8(None));
    };
    let wrong = |what: &str| DataFusionError::Execution(format!("format: {what}"));
    let mut out = String::new();
    let mut next = 1;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut digits = String::new();
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        if chars.next_if_eq(&'$').is_some() {
            next = digits
                .parse()
                .map_err(|_| wrong("arguments are numbered from 1"))?;
        }
        let value = text(arguments, next);
        match chars.next() {
            Some('%') => {
                out.push('%');
                continue;
            }
            Some('s') => out.push_str(&value.unwrap_or_default()),
            Some('I') => out.push_str(&ident(&value.ok_or_else(|| wrong("a name is null"))?)),
            Some('L') => {
                out.push_str(&value.map_or_else(|| "NULL".into(), |value| literal(&value)))
            }
            _ => return Err(wrong("%s, %I, %L and %% are accepted")),
        }
        if next >= arguments.len() {
            return Err(wrong("too few arguments"));
        }
        next += 1;
    }
    Ok(utf8(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let a = |text: &str| utf8(text.to_owned());
        let made = format(&[a("%I.%s = %L %%"), a("My"), a("x"), a("it's")]).unwrap();
        assert_eq!(made, utf8("\"My\".x = 'it''s' %".to_owned()));
        assert!(format(&[a("%s")]).is_err());
    }
}
