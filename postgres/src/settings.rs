//! Settings of a session: what `SET` and `SHOW` are about.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::timezone::Tz;

use crate::error::{Result, Told, code, refuse};
use crate::limits::{OWN_SETTINGS_MAX, SETTING_MAX};

/// The version of PostgreSQL whose SQL and catalog clients may expect.
pub(crate) const SERVER_VERSION: &str = "16.6";
/// The same as a number.
pub(crate) const SERVER_VERSION_NUM: &str = "160006";
/// The setting that pins queries to a moment.
pub(crate) const AS_OF: &str = "modeldb.as_of";

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
enum Takes {
    /// Only what it has.
    Nothing,
    /// Any text.
    Text,
    /// on or off.
    Bool,
    /// A number.
    Number,
    /// A time without a unit in milliseconds.
    Time,
    /// One of these, in any case.
    One(&'static [&'static str]),
    Zone,
    DateStyle,
    Encoding,
}

/// A setting: its name, what it is at first, what it takes, whether a client is told
/// when it changes.
struct Known {
    name: &'static str,
    at_first: &'static str,
    takes: Takes,
    is_told: bool,
}

const fn known(name: &'static str, at_first: &'static str, takes: Takes) -> Known {
    Known {
        name,
        at_first,
        takes,
        is_told: false,
    }
}

const fn told(name: &'static str, at_first: &'static str, takes: Takes) -> Known {
    Known {
        is_told: true,
        ..known(name, at_first, takes)
    }
}

/// Those of PostgreSQL's that clients set or ask for.
const KNOWN: &[Known] = &[
    known("allow_system_table_mods", "off", Takes::Nothing),
    told("application_name", "", Takes::Text),
    known("array_nulls", "on", Takes::Bool),
    known("backslash_quote", "safe_encoding", Takes::Text),
    known("block_size", "8192", Takes::Nothing),
    known("bytea_output", "hex", Takes::One(&["hex"])),
    known("check_function_bodies", "on", Takes::Bool),
    told("client_encoding", "UTF8", Takes::Encoding),
    known("client_min_messages", "notice", Takes::Text),
    known("constraint_exclusion", "partition", Takes::Text),
    known("cursor_tuple_fraction", "0.1", Takes::Text),
    told("DateStyle", "ISO, MDY", Takes::DateStyle),
    known("deadlock_timeout", "1s", Takes::Nothing),
    known("default_statistics_target", "100", Takes::Number),
    known("default_table_access_method", "heap", Takes::Text),
    known("default_tablespace", "", Takes::Text),
    known(
        "default_text_search_config",
        "pg_catalog.english",
        Takes::Text,
    ),
    known("default_transaction_deferrable", "off", Takes::Bool),
    known(
        "default_transaction_isolation",
        "read committed",
        Takes::Text,
    ),
    told("default_transaction_read_only", "on", Takes::Bool),
    known("default_with_oids", "off", Takes::Bool),
    known("effective_cache_size", "4GB", Takes::Text),
    known("enable_bitmapscan", "on", Takes::Bool),
    known("enable_hashjoin", "on", Takes::Bool),
    known("enable_indexscan", "on", Takes::Bool),
    known("enable_mergejoin", "on", Takes::Bool),
    known("enable_nestloop", "on", Takes::Bool),
    known("enable_seqscan", "on", Takes::Bool),
    known("escape_string_warning", "on", Takes::Bool),
    known("extra_float_digits", "1", Takes::Number),
    known("from_collapse_limit", "8", Takes::Number),
    known("geqo", "on", Takes::Bool),
    known("idle_in_transaction_session_timeout", "0", Takes::Time),
    known("idle_session_timeout", "0", Takes::Time),
    told("in_hot_standby", "off", Takes::Nothing),
    told("integer_datetimes", "on", Takes::Nothing),
    told("IntervalStyle", "postgres", Takes::One(&["postgres"])),
    known("is_superuser", "off", Takes::Nothing),
    known("jit", "off", Takes::Bool),
    known("join_collapse_limit", "8", Takes::Number),
    known("lc_collate", "C.UTF-8", Takes::Nothing),
    known("lc_ctype", "C.UTF-8", Takes::Nothing),
    known("lc_messages", "C.UTF-8", Takes::Text),
    known("lc_monetary", "C.UTF-8", Takes::Text),
    known("lc_numeric", "C.UTF-8", Takes::Text),
    known("lc_time", "C.UTF-8", Takes::Text),
    known("listen_addresses", "", Takes::Nothing),
    known("lock_timeout", "0", Takes::Time),
    known("log_statement", "none", Takes::Text),
    known("maintenance_work_mem", "64MB", Takes::Text),
    known("max_connections", "200", Takes::Nothing),
    known("max_identifier_length", "63", Takes::Nothing),
    known("max_index_keys", "32", Takes::Nothing),
    known("max_parallel_workers_per_gather", "2", Takes::Number),
    known("max_prepared_transactions", "0", Takes::Nothing),
    known("password_encryption", "scram-sha-256", Takes::Text),
    known("plan_cache_mode", "auto", Takes::Text),
    known("port", "7619", Takes::Nothing),
    known("quote_all_identifiers", "off", Takes::Bool),
    known("role", "none", Takes::Text),
    known("row_security", "on", Takes::Bool),
    known("search_path", "\"$user\", public", Takes::Text),
    known("seq_page_cost", "1", Takes::Text),
    known("random_page_cost", "4", Takes::Text),
    told("server_encoding", "UTF8", Takes::Nothing),
    told("server_version", SERVER_VERSION, Takes::Nothing),
    known("server_version_num", SERVER_VERSION_NUM, Takes::Nothing),
    told("session_authorization", "", Takes::Nothing),
    known("session_replication_role", "origin", Takes::Text),
    known("shared_buffers", "128MB", Takes::Nothing),
    known("ssl", "off", Takes::Nothing),
    told("standard_conforming_strings", "on", Takes::One(&["on"])),
    known("statement_timeout", "0", Takes::Time),
    known("synchronize_seqscans", "on", Takes::Bool),
    known("synchronous_commit", "on", Takes::Text),
    known("tcp_keepalives_count", "9", Takes::Number),
    known("tcp_keepalives_idle", "7200", Takes::Number),
    known("tcp_keepalives_interval", "75", Takes::Number),
    known("temp_buffers", "8MB", Takes::Text),
    told("TimeZone", "UTC", Takes::Zone),
    known("transaction_deferrable", "off", Takes::Bool),
    known("transaction_isolation", "read committed", Takes::Text),
    known("transaction_read_only", "on", Takes::Bool),
    known("transaction_timeout", "0", Takes::Time),
    known("transform_null_equals", "off", Takes::Bool),
    known("wal_level", "replica", Takes::Nothing),
    known("work_mem", "4MB", Takes::Text),
    known("xmlbinary", "base64", Takes::Text),
    known("xmloption", "content", Takes::Text),
];

/// Other names of settings.
const ALIASES: [(&str, &str); 3] = [
    ("time zone", "TimeZone"),
    ("transaction isolation level", "transaction_isolation"),
    ("session authorization", "session_authorization"),
];

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
