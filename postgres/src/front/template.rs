//! Templates of `to_char` and `to_timestamp`; table 9.27 of PostgreSQL's documentation.

use arrow::datatypes::DataType;
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use datafusion::scalar::ScalarValue;

/// Fields of a template, the longer before those that they begin with.
const FIELDS: [&str; 34] = [
    "YYYY", "IYYY", "YYY", "YY", "Y", "MONTH", "MON", "MM", "MI", "MS", "DDD", "DD", "DAY", "DY",
    "D", "HH24", "HH12", "HH", "SSSSS", "SSSS", "SS", "US", "FF3", "FF6", "AM", "PM", "Q", "WW",
    "IW", "ID", "TZH", "TZ", "OF", "J",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// Letters of the longest name of a month or day, to which others are padded.
const NAME_WIDTH: usize = 9;

#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// Its name, as it is written in the template, and whether it is not padded.
    Field(&'static str, String, bool),
    Text(String),
}

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template(Vec<Part>);

impl Template {
    pub(crate) fn new(template: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = template;
        let mut is_short = false;
        while let Some(first) = rest.chars().next() {
            if let Some(quoted) = rest.strip_prefix('"') {
                let (text, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                parts.push(Part::Text(text.to_owned()));
                rest = after;
                continue;
            }
            if let Some(after) = rest.strip_prefix("FM") {
                (is_short, rest) = (true, after);
                continue;
            }
            let begins = |field: &&str| {
                rest.get(..field.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(field))
            };
            if let Some(field) = FIELDS.iter().find(|field| begins(field)) {
                let written = rest[..field.len()].to_owned();
                rest = &rest[field.len()..];
                parts.push(Part::Field(field, written, is_short));
                is_short = false;
                continue;
            }
            rest = &rest[first.len_utf8()..];
            match parts.last_mut() {
                Some(Part::Text(text)) => text.push(first),
                _ => parts.push(Part::Text(first.into())),
            }
        }
        Self(parts)
    }

    /// `time` by the template.
    pub(crate) fn write(&self, time: NaiveDateTime) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(field, written, is_short) => {
                    let value = value(field, time);
                    let is_name = ["MONTH", "DAY"].contains(field);
                    match value {
                        Value::Number(number, _) if *is_short => out.push_str(&number.to_string()),
                        Value::Number(number, width) => out.push_str(&format!("{number:0width$}")),
                        Value::Name(name) => {
                            let name = cased(&name, written);
                            let width = if is_name && !is_short { NAME_WIDTH } else { 0 };
                            out.push_str(&format!("{name:width$}"));
                        }
                    }
                }
            }
        }
        out
    }

    /// The time that `text` means by the template.
    pub(crate) fn read(&self, text: &str) -> Result<NaiveDateTime, String> {
        let mut read = Read::default();
        let mut rest = text.trim_start();
        for part in &self.0 {
            match part {
                // Whatever separates fields is as good as what the template has.
                Part::Text(text) => {
                    for expected in text.chars() {
                        let Some(found) = rest.chars().next() else {
                            break;
                        };
                        let is_letter = expected.is_alphanumeric();
                        if found == expected || (is_letter == found.is_alphanumeric()) {
                            rest = &rest[found.len_utf8()..];
                        }
                    }
                }
                Part::Field(field, _, _) => rest = read.field(field, rest.trim_start())?,
            }
        }
        read.time()
            .ok_or_else(|| format!("date/time field value out of range: \"{text}\""))
    }
}

/// A field's value.
enum Value {
    /// With so many digits.
    Number(i64, usize),
    Name(String),
}

fn value(field: &str, time: NaiveDateTime) -> Value {
    let number = |value: u32, width| Value::Number(value.into(), width);
    let year = i64::from(time.year());
    let hour12 = (time.hour() + 11) % 12 + 1;
    let micros = time.nanosecond() / 1000;
    match field {
        "YYYY" => Value::Number(year, 4),
        "YYY" => Value::Number(year.rem_euclid(1000), 3),
        "YY" => Value::Number(year.rem_euclid(100), 2),
        "Y" => Value::Number(year.rem_euclid(10), 1),
        "IYYY" => Value::Number(time.iso_week().year().into(), 4),
        "MONTH" => Value::Name(MONTHS[time.month0() as usize].into()),
        "MON" => Value::Name(MONTHS[time.month0() as usize][..3].into()),
        "MM" => number(time.month(), 2),
        "MI" => number(time.minute(), 2),
        "DDD" => number(time.ordinal(), 3),
        "DD" => number(time.day(), 2),
        "DAY" => Value::Name(DAYS[time.weekday().num_days_from_sunday() as usize].into()),
        "DY" => Value::Name(DAYS[time.weekday().num_days_from_sunday() as usize][..3].into()),
        "D" => number(time.weekday().number_from_sunday(), 1),
        "ID" => number(time.weekday().number_from_monday(), 1),
        "HH24" => number(time.hour(), 2),
        "HH12" | "HH" => number(hour12, 2),
        "SSSSS" | "SSSS" => number(time.num_seconds_from_midnight(), 1),
        "SS" => number(time.second(), 2),
        "MS" | "FF3" => number(micros / 1000, 3),
        "US" | "FF6" => number(micros, 6),
        "AM" | "PM" => Value::Name(if time.hour() < 12 { "AM" } else { "PM" }.into()),
        "Q" => number(time.month0() / 3 + 1, 1),
        "WW" => number(time.ordinal0() / 7 + 1, 2),
        "IW" => number(time.iso_week().week(), 2),
        "TZH" | "OF" => Value::Name("+00".into()),
        "TZ" => Value::Name("UTC".into()),
        "J" => Value::Number(i64::from(time.num_days_from_ce()) + 1_721_425, 1),
        _ => Value::Name(String::new()),
    }
}

/// A name as the template writes the field: `MON`, `Mon` or `mon`.
fn cased(name: &str, written: &str) -> String {
    let mut letters = written.chars();
    let (first, second) = (letters.next(), letters.next());
    match (
        first.is_some_and(char::is_uppercase),
        second.is_some_and(char::is_uppercase),
    ) {
        (true, true) => name.to_uppercase(),
        (true, false) => name.to_owned(),
        _ => name.to_lowercase(),
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Read {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    is_afternoon: Option<bool>,
    seconds_of_day: Option<u32>,
    offset: i64,
}

impl Read {
    /// Takes a field from the beginning of `text`; answers the rest.
    fn field<'a>(&mut self, field: &str, text: &'a str) -> Result<&'a str, String> {
        let digits = |most: usize| -> Result<(u32, usize, &'a str), String> {
            let end = text
                .bytes()
                .take(most)
                .take_while(u8::is_ascii_digit)
                .count();
            let number = text[..end].parse();
            let number = number.map_err(|_| format!("invalid value \"{text}\" for \"{field}\""))?;
            Ok((number, end, &text[end..]))
        };
        let name = |names: &[&str]| -> Result<(u32, &'a str), String> {
            let begins = |name: &str| {
                text.get(..name.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(name))
            };
            for (index, name) in names.iter().enumerate() {
                for length in [name.len(), 3] {
                    if begins(&name[..length]) {
                        return Ok((index as u32 + 1, &text[length..]));
                    }
                }
            }
            Err(format!("invalid value \"{text}\" for \"{field}\""))
        };
        match field {
            "YYYY" | "IYYY" => {
                let (year, _, rest) = digits(4)?;
                self.year = i32::try_from(year).ok();
                Ok(rest)
            }
            "YY" => {
                let (year, _, rest) = digits(2)?;
                self.year = i32::try_from(if year < 70 { 2000 + year } else { 1900 + year }).ok();
                Ok(rest)
            }
            "MONTH" | "MON" => {
                let (month, rest) = name(&MONTHS)?;
                self.month = Some(month);
                Ok(rest)
            }
            "DAY" | "DY" => name(&DAYS).map(|(_, rest)| rest),
            "AM" | "PM" => {
                self.is_afternoon = Some(text.to_uppercase().starts_with('P'));
                Ok(text.get(2..).unwrap_or_default())
            }
            "TZ" | "TZH" | "OF" => {
                let end = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
                let (zone, rest) = text.split_at(end);
                let hours = zone.trim_end_matches(":00").parse().unwrap_or(0i64);
                self.offset = hours * 3600;
                Ok(rest)
            }
            "MS" | "US" | "FF3" | "FF6" => {
                let (number, length, rest) = digits(6)?;
                self.micros = number * 10u32.pow(6 - u32::try_from(length).unwrap_or(6));
                Ok(rest)
            }
            _ => {
                let most = match field {
                    "DDD" => 3,
                    "SSSSS" | "SSSS" => 5,
                    "D" | "ID" | "Q" => 1,
                    _ => 2,
                };
                let (number, _, rest) = digits(most)?;
                match field {
                    "MM" => self.month = Some(number),
                    "DD" => self.day = Some(number),
                    "DDD" => self.day_of_year = Some(number),
                    "HH24" | "HH12" | "HH" => self.hour = number,
                    "MI" => self.minute = number,
                    "SS" => self.second = number,
                    "SSSSS" | "SSSS" => self.seconds_of_day = Some(number),
                    _ => {}
                }
                Ok(rest)
            }
        }
    }

    fn time(&self) -> Option<NaiveDateTime> {
        let year = self.year.unwrap_or(1);
        let date = match self.day_of_year {
            Some(day) => NaiveDate::from_yo_opt(year, day)?,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let hour = match self.is_afternoon {
            Some(true) => self.hour % 12 + 12,
            Some(false) => self.hour % 12,
            None => self.hour,
        };
        // 24:00 is the beginning of the day after.
        let (hour, days) = if hour == 24 { (0, 1) } else { (hour, 0) };
        let time = match self.seconds_of_day {
            Some(seconds) => {
                NaiveTime::from_num_seconds_from_midnight_opt(seconds, self.micros * 1000)?
            }
            None => NaiveTime::from_hms_micro_opt(hour, self.minute, self.second, self.micros)?,
        };
        date.and_time(time)
            .checked_add_signed(Duration::days(days) - Duration::seconds(self.offset))
    }
}

/// Places of a template of digits, at most.
const DIGITS_MAX: usize = 1000;

/// `value` by a template of digits: `9`, `0`, `.`, `D`, `,`, `G`, `FM`.
pub(crate) fn number(value: &ScalarValue, template: &str) -> Result<String, String> {
    let (template, is_short) = match template.strip_prefix("FM") {
        Some(template) => (template, true),
        None => (template, false),
    };
    if let Some(wrong) = template.chars().find(|c| !"90.D,G".contains(*c)) {
        return Err(format!(
            "to_char of numbers accepts 9, 0, . D, , G and FM; found {wrong}"
        ));
    }
    if template.len() > DIGITS_MAX {
        return Err(format!("to_char of numbers accepts {DIGITS_MAX} places"));
    }
    let value = match value.cast_to(&DataType::Float64) {
        Ok(ScalarValue::Float64(Some(value))) => value,
        _ => return Err("no number".into()),
    };
    let (whole, fraction) = template
        .split_once(['.', 'D'])
        .map_or((template, None), |(w, f)| (w, Some(f)));
    let digits = format!("{:.*}", fraction.map_or(0, str::len), value.abs());
    let (found_whole, found_fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let places = whole.chars().filter(|c| "90".contains(*c)).count();
    let found_whole = found_whole.trim_start_matches('0');
    if found_whole.len() > places {
        return Ok(template
            .chars()
            .map(|c| if "90".contains(c) { '#' } else { c })
            .collect());
    }
    let padded = format!("{found_whole:>places$}");
    let mut padded = padded.chars();
    let (mut out, mut is_begun) = (String::new(), false);
    for place in whole.chars() {
        if matches!(place, ',' | 'G') {
            out.push(if is_begun { ',' } else { ' ' });
            continue;
        }
        let digit = padded.next().unwrap_or(' ');
        is_begun |= digit != ' ' || place == '0';
        out.push(if is_begun && digit == ' ' { '0' } else { digit });
    }
    if let Some(fraction) = fraction {
        let kept = fraction.chars().zip(found_fraction.chars());
        let mut kept: String = kept.map(|(_, digit)| digit).collect();
        if is_short {
            let least = fraction.rfind('0').map_or(0, |last| last + 1);
            while kept.len() > least && kept.ends_with('0') {
                kept.pop();
            }
        }
        out.push('.');
        out.push_str(&kept);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let plain = out.trim_start();
    let signed = format!("{sign}{plain}");
    Ok(if is_short {
        signed
    } else {
        format!("{signed:>width$}", width = out.chars().count() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time() -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(2026, 5, 3).unwrap();
        date.and_hms_micro_opt(14, 7, 9, 120_000).unwrap()
    }

    #[test]
    fn there_and_back() {
        for (template, text) in [
            ("YYYY-MM-DD HH24:MI:SS.US", "2026-05-03 14:07:09.120000"),
            ("YYYY-MM-DD\"T\"HH24:MI:SS.MS", "2026-05-03T14:07:09.120"),
            (
                "DD Mon YYYY HH12:MI:SS.US AM",
                "03 May 2026 02:07:09.120000 PM",
            ),
        ] {
            assert_eq!(Template::new(template).write(time()), text);
            assert_eq!(
                Template::new(template).read(text).unwrap(),
                time(),
                "{template}"
            );
        }
        assert_eq!(
            Template::new("FMMonth FMDD, Day|").write(time()),
            "May 3, Sunday   |"
        );
        assert_eq!(Template::new("Q IYYY-IW").write(time()), "2 2026-18");
        assert!(Template::new("YYYY-MM-DD").read("2026-13-01").is_err());
        assert!(Template::new("YYYY-MM-DD").read("soon").is_err());
    }

    #[test]
    fn numbers() {
        let shown =
            |value: f64, template| number(&ScalarValue::Float64(Some(value)), template).unwrap();
        assert_eq!(shown(1234.5, "FM9,999.00"), "1,234.50");
        assert_eq!(shown(-0.5, "FM0.99"), "-0.5");
        assert_eq!(shown(12.0, "999"), "  12");
        assert_eq!(shown(1234.0, "99"), "##");
    }
}
