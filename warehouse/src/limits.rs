//! Every limit of the warehouse, by name.

use std::time::Duration;

/// Events in one batch.
pub const MAX_BATCH_EVENTS: usize = 10_000;
/// Bytes of the encoded events of one batch.
pub const MAX_BATCH_BYTES: usize = 4 << 20;
/// Bytes of batches taken and not yet durable; more wait outside.
pub const MAX_UNDURABLE_BYTES: usize = 64 << 20;
/// Bytes that one group commit writes at the most (and always one batch).
pub const MAX_GROUP_BYTES: usize = 8 << 20;
/// Bytes after which a journal segment is closed and the next one opened.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// Bytes of a segment of a local journal that runs ahead of an object store.
pub const AHEAD_SEGMENT_BYTES: u64 = 8 << 20;
/// For how long a producer waits for batches that another agent acked and nobody sees.
pub const LATE_LIMIT: Duration = Duration::from_secs(60);
/// Rows that SQL shows and the tables do not have; beyond it batches are turned away
/// until the materialiser caught up.
pub const MAX_UNFOLDED_ROWS: usize = 400_000;
/// Rows of one relation that wait and are made one Arrow batch.
pub const CHUNK_ROWS: usize = 4096;
/// Rows that make the materialiser fold without waiting for its interval.
pub const EAGER_FOLD_ROWS: usize = 100_000;
/// How long an agent that folds without a pause goes on without a checkpoint, for which its whole
/// state is encoded.
pub const CHECKPOINT_PAUSE: Duration = Duration::from_secs(3);
/// Rows in one Parquet file that a fold writes.
pub const MAX_FILE_ROWS: usize = 1_000_000;
/// Datasets of one producer in one run whose lineage is remembered; the oldest go first.
pub const MAX_KNOWN_DATASETS: usize = 10_000;
/// Operations of one producer in one run whose states are remembered; the oldest go first.
pub const MAX_KNOWN_OPERATIONS: usize = 20_000;
/// Datasets and models that are remembered of all runs together, some kilobyte each; beyond it
/// runs forget what came first: those that have ended, then those of which nothing came for longest.
pub const MAX_REMEMBERED: usize = 100_000;
/// Ended runs that are remembered for events that come late; the oldest go first.
pub const MAX_ENDED_RUNS: usize = 1_000;
/// Producers whose marks are remembered; those not heard for longest go first.
pub const MAX_PRODUCERS: usize = 100_000;
/// Steps that the search for the model behind a scored dataset takes.
pub const MAX_LINEAGE_STEPS: usize = 1_000;
/// Bytes of one frame that a journal reader accepts.
pub const MAX_FRAME_BYTES: usize = 256 << 20;
/// Files and tables that a run touched and that are remembered, so that each gets one row; the
/// oldest go first.
pub const MAX_KNOWN_FILES: usize = 10_000;
/// URIs of files and tables that the row of a dataset names.
pub const MAX_SOURCE_URIS: usize = 1_000;
/// Places where something was saved that are remembered, for loads of later runs; the oldest go
/// first.
pub const MAX_KNOWN_ARTIFACTS: usize = 10_000;
/// Pipelines and searches of one producer in one run whose stages are remembered; the oldest go
/// first.
pub const MAX_KNOWN_PIPELINES: usize = 1_000;
/// Datasets that one model was measured on as a whole that are remembered.
pub const MAX_MEASURED_ON: usize = 16;
/// Fits of one search whose metrics are gathered for `candidates`.
pub const MAX_SEARCH_FITS: usize = 20_000;
/// Calls of one chain, on one thread, whose rows wait until it is known whether they are a pipeline.
pub const MAX_CHAIN_CALLS: usize = 256;
/// Chains of calls that wait at the same time.
pub const MAX_CHAINS: usize = 64;
/// Searches of PySpark that are put together at the same time.
pub const MAX_INFERRED_SEARCHES: usize = 64;
/// Configurations of a search of PySpark that are told apart.
pub const MAX_CANDIDATES: usize = 1_000;
/// Bytes of one sample's file that is read.
pub const MAX_SAMPLE_BYTES: u64 = 64 << 20;
/// Bytes of one piece of an artifact.
pub const MAX_ARTIFACT_PIECE: usize = 1 << 20;
/// Files of one artifact.
pub const MAX_ARTIFACT_FILES: usize = 10_000;
/// Bytes of the path of a file of an artifact.
pub const MAX_ARTIFACT_PATH: usize = 1_024;
/// Artifacts of which pieces are missing; those that got none for longest go first. Together
/// they may have twice the bytes of the largest artifact that is accepted.
pub const MAX_STAGED_ARTIFACTS: usize = 8;
/// Runs that a status shows as going on, and as ended: the newest.
pub const MAX_SHOWN_RUNS: usize = 20;
/// How often a request to an object store is sent again that failed for a reason that may pass.
pub const MAX_REQUEST_RETRIES: usize = 10;
/// How long that may go on, all attempts together.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// Objects that are read at the same time.
pub const MAX_PARALLEL_READS: usize = 16;
/// Tables of one agent that are folded into at the same time.
pub const MAX_PARALLEL_FOLDS: usize = 4;
/// Reads that folds may outrun before giving up.
pub const MAX_OUTRUN_READS: usize = 50;
/// Looks at a local warehouse that folds may outrun before it is read as of the last one.
pub const MAX_OUTRUN_LOOKS: usize = 3;
/// How old what other agents wrote may be when a query is answered.
pub const FOLLOW_INTERVAL: Duration = Duration::from_secs(1);
/// How often an agent shows that it lives.
pub const PRESENCE_INTERVAL: Duration = Duration::from_secs(30);
/// Signs that a holder of the lease gives in its term.
pub const BEATS_IN_TERM: u32 = 4;
/// How long an agent waits for another that makes the tables.
pub const MAKE_LIMIT: Duration = Duration::from_secs(120);
/// How often it looks whether they are there.
pub const MAKE_POLL: Duration = Duration::from_millis(200);
/// Signs of life that an agent may fail to give before its journal is sealed: after an hour.
pub const SILENT_LOOKS: u32 = 120;
/// Attempts at one commit, when others commit to the same table in between.
pub const COMMIT_ATTEMPTS: usize = 8;
/// Bytes that a data file is compacted up to; a larger one is left alone.
pub const TARGET_FILE_BYTES: u64 = 64 << 20;
/// Bytes that a data file of a relation whose rows change is compacted up to.
pub const SMALL_FILE_BYTES: u64 = 4 << 20;
/// Bytes up to which files are of one size, and compacted with each other only. Rewriting
/// a row at most once for each, and once for good, compaction costs a bounded multiple of what
/// is written.
pub const COMPACTION_TIERS: [u64; 3] = [128 << 10, 2 << 20, TARGET_FILE_BYTES / 2];
/// Bytes of the files that one compaction reads at the most.
pub const MAX_COMPACTION_BYTES: u64 = 1 << 30;
/// Bytes of rows that a compaction sorts in memory; it sorts the rest on disk.
pub const COMPACTION_MEMORY: usize = 96 << 20;
/// Rows of one row group of a compacted file, where each model has many.
pub const ROW_GROUP_ROWS: usize = 128 << 10;
/// Rows of one row group where each model has few: whoever looks for one reads the ids of a group.
pub const SMALL_GROUP_ROWS: usize = 32 << 10;
/// Rows of one page of a compacted file, where rows of one name are read together: what readers
/// skip by the page index.
pub const PAGE_ROWS: usize = 4 << 10;
/// Rows of one page where rows are read one by one.
pub const SMALL_PAGE_ROWS: usize = 1 << 10;
/// The part of ids that are not in a row group of which its bloom filter says that they may be.
pub const BLOOM_FILTER_ERRORS: f64 = 0.01;
/// Large files with rows of the same project or run from which on a full compaction sorts
/// them anew.
pub const MAX_OVERLAPPING_FILES: usize = 4;
/// Versions of a table between two checkpoints.
pub const CHECKPOINT_VERSIONS: u64 = 20;
/// Versions of a table between two cleanings of its log, which list all of it.
pub const LOG_CLEAN_VERSIONS: u64 = 100;
/// Versions of a table whose log entries are kept, however old they are.
pub const MIN_LOG_VERSIONS: u64 = 200;
/// Runs that are removed at a time when they are older than what is kept.
pub const MAX_EXPIRED_RUNS: usize = 500;
/// How often an agent looks at tables that it does not fold into, and whether maintenance is due.
pub const UPKEEP_POLL: Duration = Duration::from_secs(60);
/// How long files stay at the most that nothing refers to any more: readers and writers of Delta
/// remember no longer which files were removed.
pub const MAX_VACUUM_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);
/// Producers whose marks in one table are remembered; beyond it they are asked for again.
pub const MAX_CACHED_MARKS: usize = 10_000;
/// Entries of a table's log that are read to bring marks up to date; more are left to Delta.
pub const MAX_LOG_READS: u64 = 64;
