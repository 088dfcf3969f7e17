//! Dates, times and intervals, in ISO form as `DateStyle = ISO` and
//! `IntervalStyle = postgres` have it.

use std::fmt::{self, Write};

use arrow::array::timezone::Tz;
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeDelta, TimeZone, Timelike};

/// Days from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
pub(crate) const DAYS_BEFORE: i32 = 10_957;
/// The same in microseconds.
pub(crate) const MICROS_BEFORE: i64 = DAYS_BEFORE as i64 * 86_400 * SECOND;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// A date as days from 1970.
pub(super) fn date(out: &mut impl Write, days: i32) -> fmt::Result {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    match epoch.checked_add_signed(TimeDelta::days(days.into())) {
        Some(date) => {
            let era = day(out, date)?;
            out.write_str(era)
        }
        None => out.write_str(if days < 0 { "-infinity" } else { "infinity" }),
    }
}

/// Writes year, month and day; answers what comes last.
fn day(out: &mut impl Write, date: NaiveDate) -> Result<&'static str, fmt::Error> {
    // There is no year 0: before 1 comes 1 BC.
    let (year, era) = match date.year() {
        year if year > 0 => (year, ""),
        year => (1 - year, " BC"),
    };
    write!(out, "{year:04}-{:02}-{:02}", date.month(), date.day())?;
    Ok(era)
}

/// A time of the day in microseconds.
pub(super) fn clock(out: &mut impl Write, micros: i64) -> fmt::Result {
    let seconds = micros / SECOND;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write!(out, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
    fraction(out, micros % SECOND)
}

/// The digits after the point, without zeros at their end.
fn fraction(out: &mut impl Write, micros: i64) -> fmt::Result {
    if micros == 0 {
        return Ok(());
    }
    let digits = format!("{micros:06}");
    write!(out, ".{}", digits.trim_end_matches('0'))
}

/// A time without a zone, as microseconds from 1970.
pub(super) fn timestamp(out: &mut impl Write, micros: i64) -> fmt::Result {
    let Some(time) = DateTime::from_timestamp_micros(micros) else {
        return out.write_str(infinity(micros));
    };
    let era = day(out, time.date_naive())?;
    out.write_char(' ')?;
    clock(out, micros.rem_euclid(86_400 * SECOND))?;
    out.write_str(era)
}

/// A moment, as microseconds from 1970, in the time of `zone`.
pub(super) fn timestamp_in(out: &mut impl Write, micros: i64, zone: Tz) -> fmt::Result {
    let Some(time) = DateTime::from_timestamp_micros(micros) else {
        return out.write_str(infinity(micros));
    };
    let offset = zone.offset_from_utc_datetime(&time.naive_utc()).fix();
    let Some(local) = time.naive_utc().checked_add_offset(offset) else {
        return out.write_str(infinity(micros));
    };
    let era = day(out, local.date())?;
    let seconds = i64::from(local.time().num_seconds_from_midnight());
    out.write_char(' ')?;
    clock(out, seconds * SECOND + micros.rem_euclid(SECOND))?;
    let offset = offset.local_minus_utc();
    let sign = if offset < 0 { '-' } else { '+' };
    let offset = offset.abs();
    write!(out, "{sign}{:02}", offset / 3600)?;
    if offset % 3600 != 0 {
        write!(out, ":{:02}", offset / 60 % 60)?;
    }
    if offset % 60 != 0 {
        write!(out, ":{:02}", offset % 60)?;
    }
    out.write_str(era)
}

/// What is beyond the calendar.
fn infinity(micros: i64) -> &'static str {
    if micros < 0 { "-infinity" } else { "infinity" }
}

/// An interval: months, days and microseconds are apart.
pub(super) fn interval(out: &mut impl Write, months: i32, days: i32, micros: i64) -> fmt::Result {
    let mut first = true;
    let mut part = |out: &mut dyn Write, count: i64, one: &str, many: &str| {
        if count == 0 {
            return Ok(());
        }
        let space = if first { "" } else { " " };
        first = false;
        write!(
            out,
            "{space}{count} {}",
            if count == 1 { one } else { many }
        )
    };
    part(out, (months / 12).into(), "year", "years")?;
    part(out, (months % 12).into(), "mon", "mons")?;
    part(out, days.into(), "day", "days")?;
    if micros != 0 || first {
        if !first {
            out.write_char(' ')?;
        }
        if micros < 0 {
            out.write_char('-')?;
        }
        let micros = micros.unsigned_abs();
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        clock(out, micros)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl Fn(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn times() {
        assert_eq!(shown(|out| timestamp(out, 0)), "1970-01-01 00:00:00");
        assert_eq!(
            shown(|out| timestamp(out, -1)),
            "1969-12-31 23:59:59.999999"
        );
        assert_eq!(
            shown(|out| timestamp(out, 1_500_000)),
            "1970-01-01 00:00:01.5"
        );
        let utc: Tz = "UTC".parse().unwrap();
        assert_eq!(
            shown(|out| timestamp_in(out, 0, utc)),
            "1970-01-01 00:00:00+00"
        );
        let zone: Tz = "Asia/Kolkata".parse().unwrap();
        assert_eq!(
            shown(|out| timestamp_in(out, 0, zone)),
            "1970-01-01 05:30:00+05:30"
        );
        let zone: Tz = "America/New_York".parse().unwrap();
        assert_eq!(
            shown(|out| timestamp_in(out, 1_777_802_400_000_000, zone)),
            "2026-05-03 06:00:00-04"
        );
        assert_eq!(shown(|out| date(out, -719_163)), "0001-12-31 BC");
    }

    #[test]
    fn intervals() {
        assert_eq!(shown(|out| interval(out, 0, 0, 0)), "00:00:00");
        assert_eq!(
            shown(|out| interval(out, 14, 3, 14_706_789_000)),
            "1 year 2 mons 3 days 04:05:06.789"
        );
        assert_eq!(
            shown(|out| interval(out, 0, -1, -1_000_000)),
            "-1 days -00:00:01"
        );
    }
}
