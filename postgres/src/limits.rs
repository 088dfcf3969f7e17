//! What one client, and all together, may ask for at most.

use std::time::Duration;

/// Connections at one time.
pub const CONNECTIONS_MAX: usize = 200;
/// Bytes of one message from a client: a query with its parameters.
pub const MESSAGE_MAX: usize = 16 << 20;
/// Bytes of the first message, which names user and database.
pub const STARTUP_MAX: usize = 10_000;
/// How long a client may take until it is let in.
pub const STARTUP_LIMIT: Duration = Duration::from_secs(30);
/// Prepared statements of one connection.
pub const STATEMENTS_MAX: usize = 1000;
/// Portals and cursors of one connection.
pub const PORTALS_MAX: usize = 1000;
/// Statements in one simple query.
pub const BATCH_MAX: usize = 1000;
/// Bytes of answers that are gathered before they are sent.
pub(crate) const OUTPUT_FULL: usize = 64 << 10;
/// Bytes that are read ahead of what is being answered, to see whether the client is
/// still there.
pub(crate) const READ_AHEAD: usize = 1 << 20;
/// Characters of an error's text.
pub(crate) const ERROR_TEXT_MAX: usize = 4000;
/// Settings of a session that are none of PostgreSQL's.
pub(crate) const OWN_SETTINGS_MAX: usize = 100;
/// Bytes of a setting's value.
pub(crate) const SETTING_MAX: usize = 4000;
/// How long connections may go on after the server was told to stop.
pub const STOP_LIMIT: Duration = Duration::from_secs(2);
