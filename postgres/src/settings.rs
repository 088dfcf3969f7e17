//! Settings of a session: what `SET` and `SHOW` are about.

mod known;

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::timezone::Tz;

use known::{ALIASES, KNOWN, Known, Takes};

use crate::error::{Result, Told, code, refuse};
use crate::limits::{OWN_SETTINGS_MAX, SETTING_MAX};

/// The version of PostgreSQL whose SQL and catalog clients may expect.
pub(crate) const SERVER_VERSION: &str = "16.6";
/// The same as a number.
pub(crate) const SERVER_VERSION_NUM: &str = "160006";
/// The setting that pins queries to a moment.
pub(crate) const AS_OF: &str = "modeldb.as_of";

/// Values of one session.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    values: BTreeMap<String, String>,
    /// What `RESET` goes back to.
    at_first: BTreeMap<String, String>,
    /// All as they were before the transaction.
    before: Option<BTreeMap<String, String>>,
    /// Those of this transaction only, as they were before.
    local: BTreeMap<String, Option<String>>,
}

impl Settings {
    /// Of the session of `user`, who asks at once for what is in `given`. What is not
    /// known of that is left out, as poolers and drivers send much.
    pub(crate) fn new<'a>(
        user: &str,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self> {
        let values = KNOWN
            .iter()
            .map(|known| (known.name.to_owned(), known.at_first.to_owned()));
        let mut values: BTreeMap<_, _> = values.collect();
        values.insert("session_authorization".into(), user.to_owned());
        values.insert(AS_OF.into(), String::new());
        let mut settings = Self {
            values,
            at_first: BTreeMap::new(),
            before: None,
            local: BTreeMap::new(),
        };
        for (name, value) in given {
            if find(name).is_some() || name == AS_OF {
                settings.set(name, Some(value), false)?;
            }
        }
        settings.at_first = settings.values.clone();
        Ok(settings)
    }

    /// The value of `name`.
    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        self.find(name).ok_or_else(|| unknown(name))
    }

    /// The same; nothing if there is no such setting.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.values.get(&canonical(name)).map(String::as_str)
    }

    /// The name as it is told, and the value.
    pub(crate) fn show(&self, name: &str) -> Result<(String, &str)> {
        let name = canonical(name);
        match self.values.get(&name) {
            Some(value) => Ok((name, value)),
            None => Err(unknown(&name)),
        }
    }

    /// All names with their values.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Sets `name`, to what it was at first if there is no value; until the transaction
    /// ends if it is `local`.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Result<()> {
        let name = canonical(name);
        let value = match value {
            Some(value) => Some(accepted(&name, value)?),
            None => self.at_first.get(&name).cloned(),
        };
        if value.is_none() && !name.contains('.') {
            return Err(unknown(&name));
        }
        let own = self.values.len() - KNOWN.len();
        if !self.values.contains_key(&name) && own >= OWN_SETTINGS_MAX {
            return Err(refuse(
                code::LIMIT,
                format!("a session has at most {OWN_SETTINGS_MAX} settings of its own"),
            ));
        }
        if local && self.before.is_none() {
            // As with PostgreSQL, this has no effect outside of a transaction.
            return Ok(());
        }
        let was = match value {
            Some(value) => self.values.insert(name.clone(), value),
            None => self.values.remove(&name),
        };
        if local {
            self.local.entry(name).or_insert(was);
        } else {
            self.local.remove(&name);
        }
        Ok(())
    }

    /// All as they were at first.
    pub(crate) fn reset_all(&mut self) {
        self.values = self.at_first.clone();
        self.local.clear();
    }

    pub(crate) fn begin(&mut self) {
        if self.before.is_none() {
            self.before = Some(self.values.clone());
        }
    }

    pub(crate) fn commit(&mut self) {
        self.before = None;
        for (name, was) in std::mem::take(&mut self.local) {
            match was {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(&name),
            };
        }
    }

    pub(crate) fn roll_back(&mut self) {
        self.local.clear();
        if let Some(before) = self.before.take() {
            self.values = before;
        }
    }

    /// What a client is told of whenever it changes.
    pub(crate) fn told(&self) -> BTreeMap<&'static str, &str> {
        let told = KNOWN.iter().filter(|known| known.is_told);
        told.filter_map(|known| Some((known.name, self.find(known.name)?)))
            .collect()
    }

    /// The zone in which moments are shown.
    pub(crate) fn zone(&self) -> Tz {
        let zone = self.find("TimeZone").and_then(zone);
        // What was accepted is a zone.
        zone.or_else(|| "+00:00".parse().ok())
            .unwrap_or_else(|| unreachable!("no UTC"))
    }

    /// How long a statement may take.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        let time = milliseconds(self.find("statement_timeout")?)?;
        (time > 0).then(|| Duration::from_millis(time))
    }
}

fn find(name: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

/// The name as PostgreSQL writes it.
fn canonical(name: &str) -> String {
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower);
    match (alias, find(name)) {
        (Some((_, name)), _) => (*name).to_owned(),
        (None, Some(known)) => known.name.to_owned(),
        (None, None) => lower,
    }
}

fn unknown(name: &str) -> crate::error::Refusal {
    refuse(
        code::NO_OBJECT,
        format!("unrecognized configuration parameter \"{name}\""),
    )
}

/// The value as it is kept, or why `name` does not take it.
fn accepted(name: &str, value: &str) -> Result<String> {
    let wrong = |accepted: &str| {
        let text = format!("invalid value for parameter \"{name}\": \"{value}\"");
        Err(Told::new(code::BAD_SETTING, text)
            .hint(format!("Accepted: {accepted}."))
            .into())
    };
    if value.len() > SETTING_MAX {
        return wrong(&format!("at most {SETTING_MAX} bytes"));
    }
    if name == AS_OF {
        let pin = modeldb_sql::Pin::of_text(value);
        return match pin {
            Ok(_) => Ok(value.to_owned()),
            Err(error) => Err(refuse(code::BAD_SETTING, error.to_string())),
        };
    }
    let Some(known) = find(name) else {
        // Programs keep notes of their own under names with a dot; the engine's settings
        // are nobody's.
        return match name.split_once('.') {
            Some((prefix, _)) if prefix != "datafusion" => Ok(value.to_owned()),
            _ => Err(unknown(name)),
        };
    };
    let lower = value.to_lowercase();
    match known.takes {
        Takes::Nothing if value == known.at_first => Ok(value.to_owned()),
        Takes::Nothing => Err(refuse(
            code::FIXED_SETTING,
            format!("parameter \"{name}\" cannot be changed"),
        )),
        Takes::Text => Ok(value.to_owned()),
        Takes::Bool => match lower.as_str() {
            "on" | "true" | "yes" | "1" | "t" | "y" => Ok("on".into()),
            "off" | "false" | "no" | "0" | "f" | "n" => Ok("off".into()),
            _ => wrong("on, off"),
        },
        Takes::Number => match value.trim().parse::<f64>() {
            Ok(_) => Ok(value.trim().to_owned()),
            Err(_) => wrong("a number"),
        },
        Takes::Time => match milliseconds(value) {
            Some(0) => Ok("0".into()),
            Some(_) if value.chars().all(|c| c.is_ascii_digit()) => Ok(format!("{value}ms")),
            Some(_) => Ok(value.to_owned()),
            None => wrong("milliseconds, or a number with a unit: us, ms, s, min, h, d"),
        },
        Takes::One(values) if values.contains(&lower.as_str()) => Ok(lower),
        Takes::One(values) => wrong(&values.join(", ")),
        Takes::Zone => match lower.as_str() {
            "default" | "local" => Ok("UTC".into()),
            _ if zone(value).is_some() => Ok(value.to_owned()),
            _ => wrong("a name such as UTC or Europe/Berlin, or an offset such as +02:00"),
        },
        Takes::DateStyle => {
            let mut order = "MDY";
            for part in lower.split([',', ' ']).filter(|part| !part.is_empty()) {
                match part {
                    "iso" => {}
                    "mdy" | "us" | "noneuro" | "noneuropean" => order = "MDY",
                    "dmy" | "euro" | "european" => order = "DMY",
                    "ymd" => order = "YMD",
                    _ => return wrong("ISO, and the order MDY, DMY or YMD"),
                }
            }
            Ok(format!("ISO, {order}"))
        }
        Takes::Encoding => match lower.trim_matches('\'').replace(['-', '_'], "").as_str() {
            "utf8" | "unicode" => Ok("UTF8".into()),
            "sqlascii" => Ok("SQL_ASCII".into()),
            _ => wrong("UTF8"),
        },
    }
}

/// The zone of that name.
fn zone(name: &str) -> Option<Tz> {
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    match name.to_uppercase().as_str() {
        "UTC" | "GMT" | "Z" | "ZULU" | "UCT" => "+00:00".parse().ok(),
        _ => {
            let hours: i32 = name
                .trim_start_matches("UTC")
                .trim_start_matches("GMT")
                .parse()
                .ok()?;
            (-15..=15)
                .contains(&hours)
                .then(|| format!("{hours:+03}:00").parse().ok())?
        }
    }
}

/// A time in milliseconds.
fn milliseconds(value: &str) -> Option<u64> {
    let value = value.trim();
    let end = value
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let number: f64 = number.parse().ok()?;
    let unit = match unit.trim() {
        "" | "ms" => 1.0,
        "us" => 0.001,
        "s" => 1000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    Some((number * unit).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::new("ann", [("TimeZone", "Europe/Berlin"), ("what", "ever")]).unwrap()
    }

    #[test]
    fn values() {
        let mut settings = settings();
        assert_eq!(settings.get("timezone").unwrap(), "Europe/Berlin");
        settings
            .set("statement_timeout", Some("1500"), false)
            .unwrap();
        assert_eq!(
            settings.statement_timeout(),
            Some(Duration::from_millis(1500))
        );
        settings
            .set("statement_timeout", Some("2min"), false)
            .unwrap();
        assert_eq!(settings.statement_timeout(), Some(Duration::from_secs(120)));
        settings.set("my.note", Some("x"), false).unwrap();
        assert_eq!(settings.get("MY.note").unwrap(), "x");
        settings.set("datestyle", Some("iso, dmy"), false).unwrap();
        assert_eq!(settings.get("DateStyle").unwrap(), "ISO, DMY");
        for (name, value) in [
            ("datafusion.execution.batch_size", "17"),
            ("nonsense", "1"),
            ("server_version", "9"),
            ("TimeZone", "Mars/Olympus"),
            ("client_encoding", "latin1"),
            ("standard_conforming_strings", "off"),
            ("statement_timeout", "soon"),
        ] {
            assert!(settings.set(name, Some(value), false).is_err(), "{name}");
        }
        settings.reset_all();
        assert_eq!(settings.get("TimeZone").unwrap(), "Europe/Berlin");
    }

    #[test]
    fn transactions() {
        let mut settings = settings();
        settings
            .set("application_name", Some("nobody"), true)
            .unwrap();
        settings.begin();
        settings.set("application_name", Some("a"), false).unwrap();
        settings.roll_back();
        assert_eq!(settings.get("application_name").unwrap(), "");
        settings.begin();
        settings.set("application_name", Some("b"), true).unwrap();
        assert_eq!(settings.get("application_name").unwrap(), "b");
        settings.commit();
        assert_eq!(settings.get("application_name").unwrap(), "");
    }
}
