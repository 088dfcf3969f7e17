//! What one query asks for beside its text.

use std::time::Duration;

use datafusion::arrow::datatypes::DataType;
use modeldb_warehouse::Micros;

/// Of one query; the limits of [`crate::Settings`] hold whatever is asked for here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// How long it may take: waiting for its turn, planning and computing, but not
    /// the time in which its answer waits for its reader.
    pub time_limit: Option<Duration>,
    /// The moment as of which it is answered, from what was in the tables then; now, if not given.
    /// `set modeldb.as_of = '…';` before the query itself goes before this.
    pub as_of: Option<Micros>,
    /// The types of `$1`, `$2`, ..., where they are known. Where none is given here it
    /// is what the query tells, or text.
    pub parameter_types: Vec<Option<DataType>>,
}
