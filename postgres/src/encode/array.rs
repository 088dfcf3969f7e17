//! Arrays: `{1,NULL,"a b"}` and their binary form.

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray};
use bytes::{BufMut, BytesMut};
use postgres_types::{Kind, Type};

use super::{Cell, binary as values, sized, text as texts};
use crate::error::Result;

fn item(kind: &Type) -> Type {
    match kind.kind() {
        Kind::Array(item) => item.clone(),
        _ => match *kind {
            Type::INT2_VECTOR => Type::INT2,
            Type::OID_VECTOR => Type::OID,
            _ => Type::TEXT,
        },
    }
}

fn is_vector(kind: &Type) -> bool {
    matches!(*kind, Type::INT2_VECTOR | Type::OID_VECTOR)
}

pub(super) fn text<'a>(array: &'a ArrayRef, kind: &Type, zone: Tz) -> Result<Cell<'a>> {
    let (item, is_vector) = (item(kind), is_vector(kind));
    let list = array.as_list::<i32>();
    // All items of all rows are in one array.
    let cell = texts::cell(list.values(), &item, zone)?;
    Ok(Box::new(move |row, out| {
        if list.is_null(row) {
            return Ok(false);
        }
        let offsets = list.value_offsets();
        let mut value = BytesMut::new();
        if !is_vector {
            out.put_u8(b'{');
        }
        let rows = offsets[row] as usize..offsets[row + 1] as usize;
        for (index, at) in rows.enumerate() {
            if index > 0 {
                out.put_u8(if is_vector { b' ' } else { b',' });
            }
            value.clear();
            if cell(at, &mut value)? {
                quoted(&value, out);
            } else {
                out.put_slice(b"NULL");
            }
        }
        if !is_vector {
            out.put_u8(b'}');
        }
        Ok(true)
    }))
}

/// An item in quotes where it would be read as something else without.
fn quoted(value: &[u8], out: &mut BytesMut) {
    let is_special = |byte: &u8| {
        matches!(byte, b'{' | b'}' | b',' | b'"' | b'\\')
            || byte.is_ascii_whitespace()
            || *byte == 0x0b
    };
    if !value.is_empty() && !value.eq_ignore_ascii_case(b"NULL") && !value.iter().any(is_special) {
        out.put_slice(value);
        return;
    }
    out.put_u8(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.put_u8(b'\\');
        }
        out.put_u8(*byte);
    }
    out.put_u8(b'"');
}

pub(super) fn binary<'a>(array: &'a ArrayRef, kind: &Type) -> Result<Cell<'a>> {
    let (item, is_vector) = (item(kind), is_vector(kind));
    let list = array.as_list::<i32>();
    let cell = values::cell(list.values(), &item)?;
    let oid = item.oid();
    Ok(Box::new(move |row, out| {
        if list.is_null(row) {
            return Ok(false);
        }
        let offsets = list.value_offsets();
        let rows = offsets[row] as usize..offsets[row + 1] as usize;
        let has_nulls = rows.clone().any(|at| list.values().is_null(at));
        out.put_i32(i32::from(!rows.is_empty()));
        out.put_i32(has_nulls.into());
        out.put_u32(oid);
        if rows.is_empty() {
            return Ok(true);
        }
        out.put_i32(rows.len() as i32);
        // Indexes begin at 1, those of vectors at 0.
        out.put_i32(i32::from(!is_vector));
        for at in rows {
            let start = out.len();
            out.put_i32(-1);
            if cell(at, out)? {
                sized(start, size_of::<i32>(), out)?;
            }
        }
        Ok(true)
    }))
}
