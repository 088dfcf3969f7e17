//! An object store that fails: before it does what it is asked for, or after; and that takes
//! its time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::*;

/// Numbers from a seed; the same ones in the same order.
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Below `sides`: the next of splitmix64.
    pub fn roll(&self, sides: u64) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// See the module.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn ObjectStore>,
    dice: Dice,
    /// Of a thousand requests, so many fail before their effect, and so many after it.
    per_mille: AtomicU64,
}

/// How long a request takes at the most, in milliseconds.
const SLOWEST: u64 = 5;

impl Faulty {
    pub fn new(inner: Arc<dyn ObjectStore>, seed: u64, per_mille: u64) -> Arc<Self> {
        Arc::new(Self {
            inner,
            dice: Dice::new(seed),
            per_mille: AtomicU64::new(per_mille),
        })
    }

    /// From now on everything fails.
    pub fn go_away(&self) {
        self.per_mille.store(1000, Ordering::Relaxed);
    }

    /// From now on nothing fails.
    pub fn heal(&self) {
        self.per_mille.store(0, Ordering::Relaxed);
    }

    fn fault(&self, when: &str) -> Result<()> {
        if self.dice.roll(1000) < self.per_mille.load(Ordering::Relaxed) {
            let source = format!("made up, {when}").into();
            return Err(Error::Generic {
                store: "faulty",
                source,
            });
        }
        Ok(())
    }

    async fn before(&self) -> Result<()> {
        tokio::time::sleep(Duration::from_millis(self.dice.roll(SLOWEST))).await;
        self.fault("before")
    }

    fn after<T>(&self, result: Result<T>) -> Result<T> {
        self.fault("after").and(result)
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a faulty {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.before().await?;
        self.after(self.inner.put_opts(location, payload, options).await)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.before().await?;
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.before().await?;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        match self.fault("before") {
            Ok(()) => self.inner.delete_stream(locations),
            Err(error) => futures::stream::once(async { Err(error) }).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let listed = self.inner.list(prefix);
        match self.fault("in the middle") {
            Ok(()) => listed,
            Err(error) => listed
                .take(1)
                .chain(futures::stream::once(async { Err(error) }))
                .boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.before().await?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.before().await?;
        self.after(self.inner.copy_opts(from, to, options).await)
    }
}

/// A store that writes over what it was asked to create.
#[derive(Debug, Default)]
pub struct Careless(memory::InMemory);

impl fmt::Display for Careless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a careless {}", self.0)
    }
}

#[async_trait]
impl ObjectStore for Careless {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        mut options: PutOptions,
    ) -> Result<PutResult> {
        options.mode = PutMode::Overwrite;
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}
