//! Structured logs, to standard error.

use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Starts logging as the settings say.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(settings.log_json);
    if settings.log_json {
        logs.json().flatten_event(true).init();
    } else {
        logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init();
    }
}
