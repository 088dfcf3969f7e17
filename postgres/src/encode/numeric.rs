//! Numbers of any size: digits in groups of four, as `numeric_send` and `numeric_recv`
//! in PostgreSQL's `numeric.c` have them.

use bytes::{Buf, BufMut, BytesMut};

/// Digits of a group.
const GROUP: usize = 4;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;

/// Appends what `text` says: a sign, digits, a point, digits.
pub(super) fn write(text: &str, out: &mut BytesMut) {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (NEGATIVE, text),
        None => (0, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('0');
    let lead = (GROUP - whole.len() % GROUP) % GROUP;
    let tail = (GROUP - fraction.len() % GROUP) % GROUP;
    let digits: Vec<u8> = std::iter::repeat_n(b'0', lead)
        .chain(whole.bytes())
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', tail))
        .collect();
    let mut groups: Vec<i16> = digits
        .chunks(GROUP)
        .map(|group| {
            group
                .iter()
                .fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))
        })
        .collect();
    let mut weight = (whole.len() + lead) as i16 / GROUP as i16 - 1;
    while groups.last() == Some(&0) {
        groups.pop();
    }
    let zeros = groups.iter().take_while(|group| **group == 0).count();
    groups.drain(..zeros);
    weight -= zeros as i16;
    if groups.is_empty() {
        weight = 0;
    }
    out.put_i16(groups.len() as i16);
    out.put_i16(weight);
    out.put_u16(if groups.is_empty() { 0 } else { sign });
    out.put_u16(fraction.len() as u16);
    groups.into_iter().for_each(|group| out.put_i16(group));
}

/// What `bytes` say, as text; nothing if they are no number.
pub(crate) fn read(mut bytes: &[u8]) -> Option<String> {
    if bytes.len() < 8 {
        return None;
    }
    let count = usize::try_from(bytes.get_i16()).ok()?;
    let weight = i32::from(bytes.get_i16());
    let sign = bytes.get_u16();
    let scale = usize::from(bytes.get_u16());
    if sign == NAN {
        return Some("NaN".into());
    }
    if bytes.len() != count * 2 {
        return None;
    }
    let groups: Vec<i16> = (0..count).map(|_| bytes.get_i16()).collect();
    let group = |at: i32| {
        usize::try_from(at)
            .ok()
            .and_then(|at| groups.get(at))
            .copied()
    };
    let mut whole = String::new();
    for at in 0..=weight {
        whole.push_str(&format!("{:04}", group(at).unwrap_or(0)));
    }
    let mut fraction = String::new();
    let mut at = weight + 1;
    while fraction.len() < scale {
        fraction.push_str(&format!("{:04}", group(at).unwrap_or(0)));
        at += 1;
    }
    fraction.truncate(scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if sign == NEGATIVE { "-" } else { "" };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in [
            "0",
            "1",
            "-1",
            "12.50",
            "0.0001",
            "10000",
            "123456789.987654321",
            "-0.10",
            "9999",
            "100000000",
            "0.00",
        ] {
            let mut bytes = BytesMut::new();
            write(text, &mut bytes);
            assert_eq!(read(&bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn as_postgres_sends_it() {
        let mut bytes = BytesMut::new();
        write("12.5", &mut bytes);
        assert_eq!(bytes[..], [0, 2, 0, 0, 0, 0, 0, 1, 0, 12, 0x13, 0x88]);
        assert_eq!(read(&[0; 7]), None);
        assert_eq!(read(&[0, 9, 0, 0, 0, 0, 0, 0]), None);
    }
}
