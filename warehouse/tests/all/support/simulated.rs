//! Time, names and an object store for a simulation: clocks that jump, names from a seed, and a
//! witness who sees what each process asks the store for.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use modeldb_warehouse::{Clock, Entropy, Micros};
use object_store::path::Path;
use object_store::*;
use tokio::time::Instant;

use super::faulty::Dice;

/// The simulation's time, with an error of its own.
#[derive(Debug)]
pub struct SimClock {
    began: Instant,
    offset: AtomicI64,
}

impl SimClock {
    /// Behind or ahead of the others by up to a minute.
    pub fn new(began: Instant, dice: &Dice) -> Arc<Self> {
        let clock = Self {
            began,
            offset: AtomicI64::new(0),
        };
        clock.jump(dice);
        Arc::new(clock)
    }

    /// Somebody sets it.
    pub fn jump(&self, dice: &Dice) {
        let offset = dice.roll(120_000_000) as i64 - 60_000_000;
        self.offset.store(offset, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Micros {
        let since = self.began.elapsed().as_micros() as i64;
        Micros(1_700_000_000_000_000 + since + self.offset.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Names from a seed.
#[derive(Debug)]
pub struct SimEntropy(pub Arc<Dice>);

impl Entropy for SimEntropy {
    fn fresh_name(&self) -> String {
        format!(
            "{:016x}{:016x}",
            self.0.roll(u64::MAX),
            self.0.roll(u64::MAX)
        )
    }
}

/// What was asked of the store, by everybody.
#[derive(Debug, Default)]
pub struct Witness(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Who took the lease last.
    holder: Option<u64>,
    folds: u64,
    fenced: Vec<String>,
    requests: u64,
}

impl Witness {
    /// Folds that were committed, and those by somebody who could have known that the lease was
    /// not theirs any more.
    pub fn folds(&self) -> (u64, Vec<String>) {
        let seen = self.seen();
        (seen.folds, seen.fenced.clone())
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.seen().requests
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().expect("a witness")
    }
}

/// An object store, as one process asks it: what goes through here has its effect.
#[derive(Debug)]
pub struct Watched {
    pub process: u64,
    pub inner: Arc<dyn ObjectStore>,
    pub witness: Arc<Witness>,
    /// Whether it held the lease at the last two looks at it.
    held: Mutex<[bool; 2]>,
}

impl Watched {
    pub fn new(process: u64, inner: Arc<dyn ObjectStore>, witness: Arc<Witness>) -> Self {
        Self {
            process,
            inner,
            witness,
            held: Mutex::default(),
        }
    }

    fn note(&self) {
        self.witness.seen().requests += 1;
    }

    fn looked_at_the_lease(&self) {
        let holds = self.witness.seen().holder == Some(self.process);
        let mut held = self.held.lock().expect("held");
        *held = [held[1], holds];
    }

    /// A commit with marks of producers has rows that were folded. Who looked at the lease and
    /// was told that it is theirs may commit; of two looks, as the one that a renewal takes may
    /// come in between.
    fn committing(&self, path: &str, payload: &PutPayload) {
        let is_fold = path.contains("/_delta_log/")
            && path.ends_with(".json")
            && payload
                .iter()
                .any(|part| part.windows(5).any(|w| w == b"\"txn\""));
        if is_fold {
            let held = self.held.lock().expect("held").contains(&true);
            let mut seen = self.witness.seen();
            seen.folds += 1;
            if !held {
                let violation = format!("process {} committed {path}", self.process);
                seen.fenced.push(violation);
            }
        }
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for process {}", self.inner, self.process)
    }
}

#[async_trait]
impl ObjectStore for Watched {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let path = location.as_ref();
        self.note();
        self.committing(path, &payload);
        let creates = options.mode == PutMode::Create;
        let put = self.inner.put_opts(location, payload, options).await;
        if creates && path.contains("/lease/") && put.is_ok() {
            self.witness.seen().holder = Some(self.process);
        }
        put
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.note();
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.note();
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.note();
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.note();
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let path = prefix.map_or("", Path::as_ref);
        self.note();
        if path.ends_with("/lease") {
            self.looked_at_the_lease();
        }
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.note();
        self.inner.copy_opts(from, to, options).await
    }
}
