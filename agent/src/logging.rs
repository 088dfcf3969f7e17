//! Structured logs, to standard error.

use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Starts logging as the settings say.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::new(filter(&settings.log));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(settings.log_json);
    if settings.log_json {
        logs.json().flatten_event(true).init();
    } else {
        logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .init();
    }
}

/// A bare level is that of our own crates: others report what goes wrong.
fn filter(log: &str) -> String {
    match log.parse::<tracing::Level>() {
        Ok(level) => format!(
            "warn,modeldb={level},modeldb_agent={level},modeldb_sql={level},modeldb_warehouse={level}"
        ),
        Err(_) => log.to_owned(),
    }
}
