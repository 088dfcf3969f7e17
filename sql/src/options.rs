//! What one query asks for beside its text.

use std::time::Duration;

/// Of one query; the limits of [`crate::Settings`] hold whatever is asked for here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// How long it may take: waiting for its turn, planning and computing, but not
    /// the time in which its answer waits for its reader.
    pub time_limit: Option<Duration>,
}
