//! Settings of the program: defaults < `modeldb.toml` < `MODELDB_*` < flags.
//!
//! Whatever the source, a value is text that goes through [`Settings::set`], so that a
//! bad one is refused in the same words everywhere. Flags and the environment are
//! handed in by `main`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use modeldb_warehouse::limits::MAX_VACUUM_AFTER;
use modeldb_warehouse::{MaintenanceSettings, Retained, Rule};

use crate::ingest::SamplePolicy;

/// A setting: its name, what it is by default, what it accepts, what it means.
///
/// The name is the key in `modeldb.toml`; the flag is `--name` with hyphens, the
/// variable `MODELDB_NAME`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Its default, as people write it.
    pub default: &'static str,
    /// What values are accepted.
    pub accepted: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

const ADDRESS: &str = "an address as host:port";
const DURATION: &str = "a duration such as 500ms, 5s, 10m, 2h or 7d";
const OFF_OR_DURATION: &str = "off, or a duration such as 500ms, 10m or 1d";
const BYTES: &str = "a number of bytes, or with k, m or g";
const COUNT: &str = "a number from 1";
const RETENTION: &str = "none, or rules separated by commas (in the file also a list) of the form \
     KIND=DURATION or PROJECT/KIND=DURATION; kinds are samples, predictions, artifacts and runs, a \
     duration is one such as 12h or 90d, or forever";
const PATTERNS: &str =
    "none, or patterns separated by commas (in the file also a list), with * and ?";

const NAMES: &str = "none, or names of hosts separated by commas (in the file also a list)";

/// Every setting.
pub const KEYS: &[Key] = &[
    Key {
        name: "warehouse",
        default: "~/.modeldb/warehouse",
        accepted: "a path, or a file://, s3://, gs://, az:// or memory:// URL",
        meaning: "where the tables lie",
    },
    Key {
        name: "grpc",
        default: "127.0.0.1:7617",
        accepted: ADDRESS,
        meaning: "gRPC and gRPC-Web: ingest, Flight SQL, health, reflection",
    },
    Key {
        name: "http",
        default: "127.0.0.1:7618",
        accepted: ADDRESS,
        meaning: "HTTP: the page, /api/v1, /healthz, /readyz, /metrics",
    },
    Key {
        name: "http_hosts",
        default: "none",
        accepted: NAMES,
        meaning: "names by which browsers may reach the page, beside addresses and localhost",
    },
    Key {
        name: "postgres",
        default: "127.0.0.1:7619",
        accepted: ADDRESS,
        meaning: "Postgres wire: SQL for psql, drivers and tools of PostgreSQL",
    },
    Key {
        name: "ack",
        default: "local for a local warehouse, object for one on an object store",
        accepted: "local or object; a local warehouse has only local",
        meaning: "what an ack promises: that the batch is on this machine's disk, or in the store",
    },
    Key {
        name: "journal",
        default: "<warehouse>/_journal, or ~/.modeldb/journal for ack = local on an object store",
        accepted: "a path",
        meaning: "directory of the journal on this machine's disk",
    },
    Key {
        name: "fold_interval",
        default: "5s",
        accepted: DURATION,
        meaning: "how often rows are folded into the tables, for outside readers",
    },
    Key {
        name: "abandon_after",
        default: "10m",
        accepted: DURATION,
        meaning: "silence of a producer after which what it left open shows as abandoned",
    },
    Key {
        name: "lease_term",
        default: "20s",
        accepted: DURATION,
        meaning: "silence of the agent that folds after which another takes over",
    },
    Key {
        name: "samples",
        default: "accept",
        accepted: "accept or deny",
        meaning: "whether sampled rows and predictions are taken, whatever is sent",
    },
    Key {
        name: "samples_deny_columns",
        default: "none",
        accepted: PATTERNS,
        meaning: "columns of samples that are dropped before anything is written",
    },
    Key {
        name: "samples_max_rows",
        default: "10000",
        accepted: COUNT,
        meaning: "rows taken of one sample: those with the smallest ids",
    },
    Key {
        name: "artifacts_max_bytes",
        default: "4g",
        accepted: BYTES,
        meaning: "how large a saved model may be that is copied into the warehouse",
    },
    Key {
        name: "compact_files",
        default: "16",
        accepted: "a number from 2",
        meaning: "small files of a table that an agent merges into one",
    },
    Key {
        name: "log_retention",
        default: "15m",
        accepted: DURATION,
        meaning: "how long log entries of tables are kept before their last checkpoint",
    },
    Key {
        name: "vacuum_after",
        default: "7d",
        accepted: "a duration such as 12h or 2d, up to 7d",
        meaning: "how long files stay that nothing refers to any more",
    },
    Key {
        name: "retention",
        default: "none",
        accepted: RETENTION,
        meaning: "how long what is kept; none is for ever",
    },
    Key {
        name: "maintain_every",
        default: "1d",
        accepted: OFF_OR_DURATION,
        meaning: "how often an agent does what `modeldb maintain` does",
    },
    Key {
        name: "maintain_publish",
        default: "false",
        accepted: "true or false",
        meaning: "whether tables are published after each maintenance",
    },
    Key {
        name: "sql_memory",
        default: "1g",
        accepted: BYTES,
        meaning: "memory of all queries together",
    },
    Key {
        name: "sql_query_memory",
        default: "512m",
        accepted: BYTES,
        meaning: "memory of one query; sorts, aggregations and nested loops spill beyond it",
    },
    Key {
        name: "sql_spill",
        default: "16g",
        accepted: BYTES,
        meaning: "what all queries together may have spilled to disk at one time",
    },
    Key {
        name: "sql_spill_dir",
        default: "the system's directory for temporary files",
        accepted: "a path",
        meaning: "where queries spill",
    },
    Key {
        name: "sql_timeout",
        default: "10m",
        accepted: OFF_OR_DURATION,
        meaning: "how long one query may take, the time in which its answer is not read left aside",
    },
    Key {
        name: "sql_idle_timeout",
        default: "5m",
        accepted: DURATION,
        meaning: "how long an answer waits for its reader before its query is ended",
    },
    Key {
        name: "sql_rows",
        default: "off",
        accepted: "off, or a number from 1",
        meaning: "rows that one answer may have",
    },
    Key {
        name: "sql_concurrency",
        default: "4 for each core",
        accepted: COUNT,
        meaning: "queries that are planned and computed at one time",
    },
    Key {
        name: "sql_queue",
        default: "1000",
        accepted: "a number from 0",
        meaning: "queries that may wait for their turn",
    },
    Key {
        name: "sql_queue_timeout",
        default: "1m",
        accepted: DURATION,
        meaning: "how long a query waits for its turn",
    },
    Key {
        name: "insecure",
        default: "false",
        accepted: "true or false",
        meaning: "allow listeners on other than loopback addresses, without TLS and tokens",
    },
    Key {
        name: "log",
        default: "info",
        accepted: "a tracing filter such as info or warn,modeldb_warehouse=debug",
        meaning: "what is logged, to standard error",
    },
    Key {
        name: "log_format",
        default: "text",
        accepted: "text or json",
        meaning: "how it is logged",
    },
];

/// Prefix of environment variables.
pub const ENVIRONMENT_PREFIX: &str = "MODELDB_";
/// Variables with the prefix that are for the Python client (docs/python.md).
const FOREIGN_VARIABLES: [&str; 18] = [
    "MODELDB_AGENT",
    "MODELDB_EXPERIMENT",
    "MODELDB_FEATURES_MAX",
    "MODELDB_FLUSH_TIMEOUT",
    "MODELDB_NO_AGENT",
    "MODELDB_PREDICTIONS_ROWS",
    "MODELDB_PROGRAM",
    "MODELDB_PROJECT",
    "MODELDB_RUN_NAME",
    "MODELDB_SAMPLE_EXCLUDE",
    "MODELDB_SAMPLE_ROWS",
    "MODELDB_SAVE_MODELS",
    "MODELDB_SPARK_JAR",
    "MODELDB_SPOOL_DIR",
    "MODELDB_SPOOL_MAX",
    "MODELDB_TRACKING",
    "MODELDB_TRAINING_METRICS",
    "MODELDB_TREE_NODES_MAX",
];
/// The file that is read when no other is named and it is there.
const DEFAULT_FILE: &str = "modeldb.toml";

/// What the program runs with.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "KEYS has the meaning of each")]
pub struct Settings {
    pub warehouse: String,
    pub grpc: SocketAddr,
    pub http: SocketAddr,
    pub http_hosts: Vec<String>,
    pub postgres: SocketAddr,
    pub journal: Option<PathBuf>,
    pub fold_interval: Duration,
    pub abandon_after: Duration,
    pub lease_term: Duration,
    pub ack: Option<Ack>,
    pub samples: SamplePolicy,
    pub artifacts_max_bytes: u64,
    pub maintenance: MaintenanceSettings,
    pub sql: modeldb_sql::Settings,
    pub insecure: bool,
    pub log: String,
    pub log_json: bool,
}

/// What an ack promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// The journal is on this machine's disk.
    Local,
    /// The journal is in the warehouse's object store.
    Object,
}

impl Ack {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Object => "object",
        }
    }
}

/// A setting that is refused.
#[derive(Debug, thiserror::Error)]
pub enum BadSetting {
    /// There is no such setting.
    #[error("{origin}: unknown setting {name:?}; known are {known}", known = known())]
    Unknown {
        /// Where it stands.
        origin: String,
        /// Its name.
        name: String,
    },
    /// Its value is not accepted.
    #[error("{origin}: setting {name} = {value:?} is not accepted: {accepted} is")]
    Value {
        /// Where it stands.
        origin: String,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// What would be.
        accepted: String,
    },
    /// The file cannot be read or is not TOML.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

fn known() -> String {
    let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    names.join(", ")
}

impl Settings {
    /// The defaults of a user whose home directory this is.
    pub fn defaults(home: &Path) -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            warehouse: home.join(".modeldb/warehouse").display().to_string(),
            grpc: loopback(7617),
            http: loopback(7618),
            http_hosts: Vec::new(),
            postgres: loopback(7619),
            journal: None,
            fold_interval: Duration::from_secs(5),
            abandon_after: Duration::from_secs(600),
            lease_term: Duration::from_secs(20),
            ack: None,
            samples: SamplePolicy::DEFAULT,
            artifacts_max_bytes: 4 << 30,
            maintenance: MaintenanceSettings::default(),
            sql: modeldb_sql::Settings::default(),
            insecure: false,
            log: "info".into(),
            log_json: false,
        }
    }

    /// Puts the layers over each other. `file` is the one that `--config` names;
    /// `flags` are the ones given, by name.
    pub fn load(
        home: &Path,
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, BadSetting> {
        let mut settings = Self::defaults(home);
        let default_file = Path::new(DEFAULT_FILE);
        let file = file.or_else(|| default_file.exists().then_some(default_file));
        if let Some(file) = file {
            settings.set_from_file(file)?;
        }
        for (variable, value) in environment {
            if let Some(name) = variable.strip_prefix(ENVIRONMENT_PREFIX)
                && !FOREIGN_VARIABLES.contains(&variable.as_str())
            {
                settings.set(
                    &name.to_lowercase(),
                    &value,
                    &format!("environment {variable}"),
                )?;
            }
        }
        for (name, value) in flags {
            let flag = format!("--{}", name.replace('_', "-"));
            settings.set(name, &value, &flag)?;
        }
        // As a shell would: in the file and the environment there is none.
        if let Some(below) = settings.warehouse.strip_prefix("~/") {
            settings.warehouse = home.join(below).display().to_string();
        }
        settings.check_journal(home)?;
        Ok(settings)
    }

    /// Where the journal is follows from where the warehouse is.
    fn check_journal(&mut self, home: &Path) -> Result<(), BadSetting> {
        let scheme = self.warehouse.split_once("://").map(|(scheme, _)| scheme);
        let is_local = scheme.is_none_or(|scheme| scheme == "file");
        let refused = |place: &str, name: &str, value: &str, accepted: &str| BadSetting::Value {
            origin: format!("the warehouse {} is {place}", self.warehouse),
            name: name.into(),
            value: value.into(),
            accepted: accepted.into(),
        };
        match (is_local, self.ack, &self.journal) {
            (true, Some(Ack::Object), _) => {
                let place = "on a disk of this machine";
                Err(refused(place, "ack", Ack::Object.name(), Ack::Local.name()))
            }
            (false, None | Some(Ack::Object), Some(journal)) => {
                let journal = journal.display().to_string();
                let accepted = "none without --ack local (the journal lies in the warehouse)";
                Err(refused("on an object store", "journal", &journal, accepted))
            }
            (false, Some(Ack::Local), None) => {
                self.journal = Some(home.join(".modeldb/journal"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn set_from_file(&mut self, path: &Path) -> Result<(), BadSetting> {
        let origin = path.display().to_string();
        let bad = |why: String| BadSetting::File {
            path: origin.clone(),
            why,
        };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| bad(error.to_string()))?;
        for (name, value) in table {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Array(texts) => {
                    let texts = texts.iter().map(toml::Value::as_str);
                    let texts: Option<Vec<&str>> = texts.collect();
                    match texts {
                        Some(texts) => texts.join(","),
                        None => return Err(bad(format!("setting {name}: texts are accepted"))),
                    }
                }
                toml::Value::Boolean(_) | toml::Value::Integer(_) => value.to_string(),
                other => {
                    return Err(bad(format!("setting {name} = {other}: text is accepted")));
                }
            };
            self.set(&name, &value, &origin)?;
        }
        Ok(())
    }

    /// Sets one; `origin` says where the value stands.
    pub fn set(&mut self, name: &str, value: &str, origin: &str) -> Result<(), BadSetting> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            return Err(BadSetting::Unknown {
                origin: origin.into(),
                name: name.into(),
            });
        };
        let done = match name {
            "warehouse" => non_empty(value).map(|v| self.warehouse = v.into()),
            "grpc" => address(value).map(|v| self.grpc = v),
            "http" => address(value).map(|v| self.http = v),
            "http_hosts" => patterns(value).map(|v| self.http_hosts = v),
            "postgres" => address(value).map(|v| self.postgres = v),
            "ack" => {
                let known = [Ack::Local, Ack::Object];
                let known = known.into_iter().find(|ack| ack.name() == value);
                known.map(|ack| self.ack = Some(ack))
            }
            "journal" => non_empty(value).map(|v| self.journal = Some(v.into())),
            "fold_interval" => duration(value).map(|v| self.fold_interval = v),
            "abandon_after" => duration(value).map(|v| self.abandon_after = v),
            "lease_term" => duration(value).map(|v| self.lease_term = v),
            "samples" => {
                self.samples.accept = value == "accept";
                matches!(value, "accept" | "deny").then_some(())
            }
            "samples_deny_columns" => patterns(value).map(|v| self.samples.deny_columns = v),
            "samples_max_rows" => count(value).map(|v| self.samples.max_rows = v),
            "artifacts_max_bytes" => bytes(value).map(|v| self.artifacts_max_bytes = v),
            "compact_files" => {
                let files = value.parse().ok().filter(|files| *files > 1);
                files.map(|v| self.maintenance.upkeep.compact_files = v)
            }
            "log_retention" => duration(value).map(|v| self.maintenance.upkeep.log_retention = v),
            "vacuum_after" => {
                let after = duration(value).filter(|after| *after <= MAX_VACUUM_AFTER);
                after.map(|v| self.maintenance.vacuum_after = v)
            }
            "retention" => retention(value).map(|v| self.maintenance.retention = v),
            "maintain_every" => off_or(value, duration).map(|v| self.maintenance.every = v),
            "maintain_publish" => value.parse().ok().map(|v| self.maintenance.publish = v),
            "sql_memory" => memory(value).map(|v| self.sql.memory = v),
            "sql_query_memory" => memory(value).map(|v| self.sql.query_memory = v),
            "sql_spill" => bytes(value).map(|v| self.sql.spill = v),
            "sql_spill_dir" => non_empty(value).map(|v| self.sql.spill_directory = Some(v.into())),
            "sql_timeout" => off_or(value, duration).map(|v| self.sql.time_limit = v),
            "sql_idle_timeout" => duration(value).map(|v| self.sql.idle_limit = v),
            "sql_rows" => off_or(value, count).map(|v| self.sql.rows = v.map(|rows| rows as u64)),
            "sql_concurrency" => count(value).map(|v| self.sql.concurrency = Some(v)),
            "sql_queue" => value.parse().ok().map(|v| self.sql.queue = v),
            "sql_queue_timeout" => duration(value).map(|v| self.sql.queue_limit = v),
            "insecure" => value.parse().ok().map(|v| self.insecure = v),
            "log" => {
                let filter = tracing_subscriber::EnvFilter::builder().parse(value);
                filter.ok().map(|_| self.log = value.into())
            }
            "log_format" => {
                self.log_json = value == "json";
                matches!(value, "text" | "json").then_some(())
            }
            _ => None,
        };
        done.ok_or_else(|| BadSetting::Value {
            origin: origin.into(),
            name: name.into(),
            value: value.into(),
            accepted: key.accepted.into(),
        })
    }

    /// How the warehouse is to be opened.
    pub fn warehouse(&self) -> modeldb_warehouse::Settings {
        modeldb_warehouse::Settings {
            location: self.warehouse.clone(),
            journal: self.journal.clone(),
            fold_interval: self.fold_interval,
            abandon_after: self.abandon_after,
            lease_term: self.lease_term,
            artifacts_max_bytes: self.artifacts_max_bytes,
            maintenance: self.maintenance.clone(),
        }
    }
}

fn non_empty(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

fn address(value: &str) -> Option<SocketAddr> {
    let value = value.replace("localhost:", "127.0.0.1:");
    value.parse().ok()
}

/// Patterns, separated by commas.
fn patterns(value: &str) -> Option<Vec<String>> {
    if matches!(value, "none" | "") {
        return Some(Vec::new());
    }
    let patterns = value.split(',').map(|pattern| pattern.trim().to_owned());
    let patterns: Vec<_> = patterns.collect();
    patterns
        .iter()
        .all(|pattern| !pattern.is_empty())
        .then_some(patterns)
}

/// Rules of retention, separated by commas.
fn retention(value: &str) -> Option<Vec<Rule>> {
    if matches!(value, "none" | "") {
        return Some(Vec::new());
    }
    let rule = |text: &str| {
        let (what, keep) = text.trim().rsplit_once('=')?;
        let (project, kind) = match what.rsplit_once('/') {
            Some((project, kind)) => (Some(project), kind),
            None => (None, what),
        };
        let keep = match keep {
            "forever" => None,
            keep => Some(duration(keep)?),
        };
        Some(Rule {
            project: project.map(str::to_owned),
            kind: { Retained::ALL.into_iter() }.find(|known| known.name() == kind)?,
            keep,
        })
    };
    let rules: Vec<_> = value.split(',').map(rule).collect::<Option<_>>()?;
    let twice = |(index, rule): (usize, &Rule)| {
        rules[..index]
            .iter()
            .any(|other| other.kind == rule.kind && other.project == rule.project)
    };
    (!rules.iter().enumerate().any(twice)).then_some(rules)
}

/// A number from 1.
fn count(value: &str) -> Option<usize> {
    value.parse().ok().filter(|count| *count > 0)
}

/// Nothing for `off`.
fn off_or<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match value {
        "off" => Some(None),
        value => read(value).map(Some),
    }
}

/// Bytes that fit into memory.
fn memory(value: &str) -> Option<usize> {
    bytes(value)?.try_into().ok().filter(|bytes| *bytes > 0)
}

fn bytes(value: &str) -> Option<u64> {
    let value = value.to_lowercase();
    let (number, unit) = match value.strip_suffix(['k', 'm', 'g']) {
        Some(number) => (number, value.as_bytes().last()),
        None => (value.as_str(), None),
    };
    let shift = match unit {
        Some(b'k') => 10,
        Some(b'm') => 20,
        Some(b'g') => 30,
        _ => 0,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

fn duration(value: &str) -> Option<Duration> {
    let digits = value.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = value.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        "d" => Duration::from_secs(number.checked_mul(24 * 3600)?),
        _ => return None,
    };
    (!duration.is_zero()).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(
        file: Option<&str>,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, String> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("some.toml");
        if let Some(text) = file {
            std::fs::write(&path, text).expect("written");
        }
        let environment = environment.iter().map(|(n, v)| ((*n).into(), (*v).into()));
        let flags = flags.iter().map(|(n, v)| (*n, (*v).into()));
        Settings::load(
            Path::new("/home/ada"),
            file.map(|_| path.as_path()),
            environment,
            flags,
        )
        .map_err(|error| error.to_string())
    }

    #[test]
    fn later_layers_win() {
        let file = "grpc = \"127.0.0.1:1\"\nhttp = \"127.0.0.1:1\"\nfold_interval = \"1s\"";
        let environment = [
            ("MODELDB_GRPC", "127.0.0.1:2"),
            ("MODELDB_HTTP", "127.0.0.1:2"),
            ("MODELDB_AGENT", "x"),
            ("MODELDB_PROJECT", "x"),
            ("OTHER", "y"),
        ];
        let settings =
            load(Some(file), &environment, &[("grpc", "localhost:3")]).expect("settings");
        assert_eq!(settings.grpc.port(), 3);
        assert_eq!(settings.http.port(), 2);
        assert_eq!(settings.fold_interval, Duration::from_secs(1));
        assert_eq!(settings.warehouse, "/home/ada/.modeldb/warehouse");
        let settings = load(Some("warehouse = \"~/w\""), &[], &[]).expect("settings");
        assert_eq!(settings.warehouse, "/home/ada/w");
    }

    #[test]
    fn bad_ones_are_named() {
        let bad = |result: Result<Settings, String>, parts: &[&str]| {
            let message = result.expect_err("refused");
            for part in parts {
                assert!(message.contains(part), "{message:?} lacks {part:?}");
            }
        };
        bad(
            load(Some("port = 1"), &[], &[]),
            &["some.toml", "\"port\"", "warehouse"],
        );
        bad(load(Some("grpc ="), &[], &[]), &["some.toml", "line 1"]);
        bad(
            load(None, &[("MODELDB_GRPC", "nowhere")], &[]),
            &["MODELDB_GRPC", "\"nowhere\"", "host:port"],
        );
        bad(
            load(None, &[("MODELDB_WAREHOSE", "x")], &[]),
            &["MODELDB_WAREHOSE", "\"warehose\""],
        );
        bad(
            load(None, &[], &[("fold_interval", "5")]),
            &["--fold-interval", "\"5\"", "500ms"],
        );
        bad(
            load(None, &[], &[("ack", "both")]),
            &["--ack", "\"both\"", "local or object"],
        );
        bad(
            load(None, &[], &[("ack", "object")]),
            &["ack", "on a disk", "local"],
        );
        let bucket = ("warehouse", "s3://bucket/models");
        bad(
            load(
                None,
                &[],
                &[bucket, ("ack", "object"), ("journal", "/tmp/j")],
            ),
            &["s3://bucket/models", "journal", "--ack local"],
        );
        bad(
            load(None, &[], &[bucket, ("journal", "/tmp/j")]),
            &["journal", "/tmp/j", "lies in the warehouse"],
        );
        bad(load(None, &[], &[("log", "a=b=c")]), &["--log"]);
        bad(
            load(Some("samples_deny_columns = [1]"), &[], &[]),
            &["samples_deny_columns", "texts"],
        );
        for (name, value) in [
            ("samples", "perhaps"),
            ("samples_deny_columns", "a,,b"),
            ("samples_max_rows", "0"),
            ("artifacts_max_bytes", "much"),
            ("compact_files", "1"),
            ("vacuum_after", "8d"),
            ("retention", "models=1d"),
            ("retention", "samples=1d,samples=2d"),
            ("retention", "a/samples"),
            ("maintain_every", "never"),
            ("sql_memory", "0"),
            ("sql_timeout", "0s"),
            ("sql_rows", "0"),
            ("sql_concurrency", "many"),
            ("artifacts_max_bytes", "99999999999g"),
        ] {
            bad(load(None, &[], &[(name, value)]), &[name, value]);
        }
    }

    #[test]
    fn the_journal_follows_from_where_an_ack_comes() {
        let bucket = ("warehouse", "s3://bucket/models");
        let journal = |flags: &[(&'static str, &str)]| {
            let settings = load(None, &[], flags).expect("settings");
            settings.warehouse().journal
        };
        assert_eq!(journal(&[bucket]), None);
        assert_eq!(journal(&[bucket, ("ack", "object")]), None);
        let default = journal(&[bucket, ("ack", "local")]).expect("a journal");
        assert!(default.ends_with(".modeldb/journal"), "{default:?}");
        let given = journal(&[bucket, ("ack", "local"), ("journal", "/tmp/j")]);
        assert_eq!(given, Some("/tmp/j".into()));
        assert_eq!(journal(&[("ack", "local")]), None);
    }

    #[test]
    fn what_is_taken_of_samples() {
        let file = r#"
            samples = "deny"
            samples_deny_columns = ["*ssn*", "name"]
            samples_max_rows = 7
        "#;
        let environment = [("MODELDB_ARTIFACTS_MAX_BYTES", "3k")];
        let settings = load(Some(file), &environment, &[]).expect("settings");
        assert!(!settings.samples.accept);
        assert_eq!(settings.samples.deny_columns, ["*ssn*", "name"]);
        assert_eq!(settings.samples.max_rows, 7);
        assert_eq!(settings.artifacts_max_bytes, 3 << 10);
        let none = load(Some(file), &[], &[("samples_deny_columns", "none")]).expect("settings");
        assert!(none.samples.deny_columns.is_empty());
    }

    #[test]
    fn how_long_what_is_kept() {
        let file = r#"
            retention = ["samples=30d", "team/churn/samples=forever", "runs=2h"]
            maintain_every = "off"
        "#;
        let settings = load(Some(file), &[], &[]).expect("settings");
        assert_eq!(settings.maintenance.every, None);
        let rules: Vec<_> = { settings.maintenance.retention.iter() }
            .map(|rule| (rule.project.as_deref(), rule.kind.name(), rule.keep))
            .collect();
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
        assert_eq!(
            rules,
            [
                (None, "samples", hours(720)),
                (Some("team/churn"), "samples", None),
                (None, "runs", hours(2)),
            ]
        );
    }

    #[test]
    fn what_queries_may_use() {
        let file = "sql_rows = 1000\nsql_timeout = \"30s\"\nsql_spill_dir = \"/spill\"";
        let environment = [("MODELDB_SQL_QUERY_MEMORY", "64m")];
        let flags = [("sql_concurrency", "3"), ("sql_timeout", "off")];
        let sql = load(Some(file), &environment, &flags)
            .expect("settings")
            .sql;
        assert_eq!(sql.rows, Some(1000));
        assert_eq!(sql.time_limit, None);
        assert_eq!(sql.spill_directory, Some("/spill".into()));
        assert_eq!(sql.query_memory, 64 << 20);
        assert_eq!(sql.concurrency, Some(3));
    }

    #[test]
    fn defaults_are_as_documented() {
        let mut settings = Settings::defaults(Path::new("/home/ada"));
        let before = settings.clone();
        for key in KEYS {
            if !key.default.contains(['<', ' ', '~']) {
                settings
                    .set(key.name, key.default, "a test")
                    .expect(key.name);
            }
        }
        assert_eq!(settings, before);
    }

    #[test]
    fn the_docs_list_every_setting() {
        let mut table =
            String::from("| setting | default | accepted | meaning |\n|---|---|---|---|\n");
        for key in KEYS {
            table += &format!(
                "| `{}` | `{}` | {} | {} |\n",
                key.name, key.default, key.accepted, key.meaning
            );
        }
        let docs = include_str!("../../docs/settings.md");
        assert!(
            docs.contains(&table),
            "docs/settings.md should contain:\n{table}"
        );
    }
}
