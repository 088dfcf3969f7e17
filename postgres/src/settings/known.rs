//! The settings of PostgreSQL's that clients set or ask for.

use super::{SERVER_VERSION, SERVER_VERSION_NUM};

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
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
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) at_first: &'static str,
    pub(super) takes: Takes,
    pub(super) is_told: bool,
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
pub(super) const KNOWN: &[Known] = &[
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
pub(super) const ALIASES: [(&str, &str); 3] = [
    ("time zone", "TimeZone"),
    ("transaction isolation level", "transaction_isolation"),
    ("session authorization", "session_authorization"),
];
