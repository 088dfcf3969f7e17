//! `COPY ... TO STDOUT`: rows as lines of text, as CSV, or in PostgreSQL's binary form.

use bytes::{BufMut, BytesMut};

use crate::encode::{Cell, Column, fields};
use crate::error::{Result, code, refuse};

/// The beginning of a binary copy: its mark, no flags, no extension.
const BINARY_HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// The form of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CopyFormat {
    #[default]
    Text,
    Csv,
    Binary,
}

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyOptions {
    pub(crate) format: CopyFormat,
    pub(crate) header: bool,
    pub(crate) delimiter: Option<u8>,
    pub(crate) null: Option<String>,
    pub(crate) quote: u8,
    pub(crate) escape: Option<u8>,
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self {
            format: CopyFormat::Text,
            header: false,
            delimiter: None,
            null: None,
            quote: b'"',
            escape: None,
        }
    }
}

impl CopyOptions {
    /// The same, or what about it makes no sense.
    pub(crate) fn checked(self) -> Result<Self> {
        let is_plain = self.format == CopyFormat::Binary;
        if is_plain && (self.header || self.delimiter.is_some() || self.null.is_some()) {
            let text = "COPY in binary has neither HEADER nor DELIMITER nor NULL";
            return Err(refuse(code::SYNTAX, text));
        }
        if self.delimiter == Some(self.quote) && self.format == CopyFormat::Csv {
            return Err(refuse(
                code::SYNTAX,
                "COPY delimiter and quote must be different",
            ));
        }
        Ok(self)
    }

    /// The format of values: 1 is binary.
    pub(crate) fn code(&self) -> i16 {
        i16::from(self.format == CopyFormat::Binary)
    }

    fn delimiter(&self) -> u8 {
        self.delimiter.unwrap_or(match self.format {
            CopyFormat::Csv => b',',
            _ => b'\t',
        })
    }

    /// What comes before all rows.
    pub(crate) fn head(&self, columns: &[Column], out: &mut BytesMut) {
        if self.header {
            data(out, |out| {
                for (index, column) in columns.iter().enumerate() {
                    self.value(index, Some(column.name.as_bytes()), out);
                }
                out.put_u8(b'\n');
            });
        }
    }

    /// What comes after all rows; with no rows, also what comes before them.
    pub(crate) fn tail(&self, is_first: bool, out: &mut BytesMut) {
        if self.format == CopyFormat::Binary {
            data(out, |out| {
                out.put_slice(if is_first { BINARY_HEAD } else { &[] });
                out.put_i16(-1);
            });
        }
    }

    /// A row. The first one has the beginning of a binary copy in the same message, as
    /// clients expect it.
    pub(crate) fn row(
        &self,
        is_first: bool,
        row: usize,
        cells: &[Cell<'_>],
        out: &mut BytesMut,
    ) -> Result<()> {
        let mut line = BytesMut::new();
        if self.format == CopyFormat::Binary {
            line.put_slice(if is_first { BINARY_HEAD } else { &[] });
            line.put_i16(i16::try_from(cells.len()).unwrap_or(i16::MAX));
            fields(row, cells, &mut line)?;
        } else {
            let mut value = BytesMut::new();
            for (index, cell) in cells.iter().enumerate() {
                value.clear();
                let is_there = cell(row, &mut value)?;
                self.value(index, is_there.then_some(&value[..]), &mut line);
            }
            line.put_u8(b'\n');
        }
        data(out, |out| out.put_slice(&line));
        Ok(())
    }

    fn value(&self, index: usize, value: Option<&[u8]>, out: &mut BytesMut) {
        if index > 0 {
            out.put_u8(self.delimiter());
        }
        match (value, self.format) {
            (None, CopyFormat::Csv) => out.put_slice(self.null.as_deref().unwrap_or("").as_bytes()),
            (None, _) => out.put_slice(self.null.as_deref().unwrap_or("\\N").as_bytes()),
            (Some(value), CopyFormat::Csv) => self.quoted(value, out),
            (Some(value), _) => self.escaped(value, out),
        }
    }

    /// A value of CSV, in quotes where it needs them.
    fn quoted(&self, value: &[u8], out: &mut BytesMut) {
        let null = self.null.as_deref().unwrap_or("").as_bytes();
        let is_special = |byte: &u8| [self.delimiter(), self.quote, b'\n', b'\r'].contains(byte);
        if value != null && value != b"\\." && !value.iter().any(is_special) {
            return out.put_slice(value);
        }
        let escape = self.escape.unwrap_or(self.quote);
        out.put_u8(self.quote);
        for byte in value {
            if *byte == self.quote || *byte == escape {
                out.put_u8(escape);
            }
            out.put_u8(*byte);
        }
        out.put_u8(self.quote);
    }

    /// A value of a line, with backslashes before what would end it.
    fn escaped(&self, value: &[u8], out: &mut BytesMut) {
        for byte in value {
            let letter = match byte {
                8 => b'b',
                9 => b't',
                10 => b'n',
                11 => b'v',
                12 => b'f',
                13 => b'r',
                b'\\' => b'\\',
                byte if *byte == self.delimiter() => *byte,
                byte => {
                    out.put_u8(*byte);
                    continue;
                }
            };
            out.put_slice(&[b'\\', letter]);
        }
    }
}

/// A message with data.
fn data(out: &mut BytesMut, write: impl FnOnce(&mut BytesMut)) {
    out.put_u8(b'd');
    let start = out.len();
    out.put_i32(0);
    write(out);
    let length = i32::try_from(out.len() - start).unwrap_or(i32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(options: &CopyOptions, values: &[Option<&str>]) -> String {
        let mut out = BytesMut::new();
        for (index, value) in values.iter().enumerate() {
            options.value(index, value.map(str::as_bytes), &mut out);
        }
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn lines() {
        let values = [Some("a\tb\\"), None, Some(""), Some("x\ny")];
        assert_eq!(
            written(&CopyOptions::default(), &values),
            "a\\tb\\\\\t\\N\t\tx\\ny"
        );
        let csv = CopyOptions {
            format: CopyFormat::Csv,
            ..CopyOptions::default()
        };
        let values = [Some("a,b"), None, Some(""), Some("say \"x\"")];
        assert_eq!(written(&csv, &values), "\"a,b\",,\"\",\"say \"\"x\"\"\"");
    }
}
