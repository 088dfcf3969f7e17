//! Names of columns.

/// What stands between a name and what tells it from others of the same name.
pub(crate) const MARK: char = '\u{1}';

/// The name that a client sees.
pub(crate) fn shown(name: &str) -> &str {
    name.split(MARK).next().unwrap_or(name)
}
