//! Where a warehouse lies: a URL, and the object store behind it.

mod cloud;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use url::Url;

use crate::error::{Error, Result};
use crate::local_store::LocalStore;

/// A place that holds a warehouse.
#[derive(Clone, Debug)]
pub struct Store {
    url: Url,
    /// The whole object store; `objects` is the part below `url`.
    root: Arc<dyn ObjectStore>,
    objects: Arc<dyn ObjectStore>,
    local: Option<PathBuf>,
}

impl Store {
    /// Opens a location: a path, or a `file://`, `s3://`, `gs://`, `az://` or `memory://` URL.
    /// A local directory is made when `create` says so; otherwise it has to be there. A bucket
    /// or container has to be there.
    ///
    /// Each call with `memory://` gives an empty store of its own.
    pub fn open(location: &str, create: bool) -> Result<Self> {
        match location.split_once("://") {
            None => Self::open_local(Path::new(location), create),
            Some(("file", _)) => {
                let url = Url::parse(location).ok();
                let path = url.and_then(|url| url.to_file_path().ok()).ok_or_else(|| {
                    Error::Invalid(format!(
                        "warehouse {location:?} is not a file URL: file:///absolute/path is accepted"
                    ))
                })?;
                Self::open_local(&path, create)
            }
            Some(("memory", _)) => Self::from_objects(location, Arc::new(InMemory::new())),
            Some((scheme, _)) if cloud::SCHEMES.contains(&scheme) => {
                Self::from_objects(location, cloud::open(scheme, location)?)
            }
            Some((scheme, _)) => Err(Error::Invalid(format!(
                "warehouse {location:?}: unknown scheme {scheme:?}; \
                 a path, file://, s3://, gs://, az:// and memory:// are accepted"
            ))),
        }
    }

    /// The part of `root`, a whole bucket, that lies below the path of `url`.
    pub fn from_objects(url: &str, root: Arc<dyn ObjectStore>) -> Result<Self> {
        let mut url = parse(url)?;
        if url.path().contains('%') {
            // As with local paths, below.
            return Err(Error::Invalid(format!(
                "warehouse {url}: a path with a percent sign, or a character that needs one, is \
                 not supported"
            )));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::Invalid(format!(
                "warehouse {url}: a URL without ? and # is accepted"
            )));
        }
        let prefix = url.path().trim_matches('/').to_owned();
        url.set_path(&match prefix.as_str() {
            "" => "/".to_owned(),
            prefix => format!("/{prefix}/"),
        });
        let objects: Arc<dyn ObjectStore> = match prefix.as_str() {
            "" => root.clone(),
            prefix => Arc::new(PrefixStore::new(root.clone(), prefix)),
        };
        Ok(Self {
            url,
            root,
            objects,
            local: None,
        })
    }

    fn open_local(path: &Path, create: bool) -> Result<Self> {
        if path.to_string_lossy().contains('%') {
            // Delta's libraries decode percent signs of URLs once too often.
            return Err(Error::Invalid(format!(
                "warehouse {}: a path with a percent sign is not supported",
                path.display()
            )));
        }
        if create {
            std::fs::create_dir_all(path).map_err(|error| {
                Error::storage(
                    format_args!("create the warehouse {}", path.display()),
                    error,
                )
            })?;
        }
        let path = path.canonicalize().map_err(|error| {
            Error::Storage(format!(
                "no warehouse at {}: {error}. `modeldb serve --warehouse {}` makes one",
                path.display(),
                path.display()
            ))
        })?;
        let url = Url::from_directory_path(&path).map_err(|()| {
            Error::Invalid(format!("{} is not a path to a directory", path.display()))
        })?;
        let objects = LocalFileSystem::new_with_prefix(&path)
            .map_err(|error| Error::storage(format_args!("open {}", path.display()), error))?;
        Ok(Self {
            url,
            root: Arc::new(LocalStore::new()),
            objects: Arc::new(objects),
            local: Some(path),
        })
    }

    /// Its URL, with a slash at the end.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its directory, where it is a local one.
    pub fn local(&self) -> Option<&Path> {
        self.local.as_deref()
    }

    /// Its objects, by paths below the URL.
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// The object store that URLs like this one's are paths in, and the URL of a
    /// directory here, as Delta wants them.
    pub(crate) fn delta(&self, directory: &str) -> Result<(Arc<dyn ObjectStore>, Url)> {
        Ok((
            self.root.clone(),
            parse(&format!("{}{directory}/", self.url))?,
        ))
    }

    /// Reads an object; none when there is no such object.
    pub(crate) async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let read = async { self.objects.get(&path.into()).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::storage(
                format_args!("read {path} of {}", self.url),
                error,
            )),
        }
    }

    /// The paths of all objects below a directory.
    pub(crate) async fn list(&self, directory: &str) -> Result<Vec<String>> {
        let paths = self.objects.list(Some(&directory.into()));
        let paths = paths.map_ok(|object| object.location.to_string());
        paths.try_collect().await.map_err(|error| {
            Error::storage(format_args!("list {directory}/ of {}", self.url), error)
        })
    }

    /// Deletes objects; one that is not there is no failure.
    pub(crate) async fn delete(&self, paths: Vec<String>) -> Result<()> {
        let paths = paths.into_iter().map(|path| Ok(path.into()));
        let mut deleted = self
            .objects
            .delete_stream(futures::stream::iter(paths).boxed());
        while let Some(one) = deleted.next().await {
            match one {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => {
                    return Err(Error::storage(
                        format_args!("delete from {}", self.url),
                        error,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Writes an object that must not exist yet; answers whether it was written.
    pub(crate) async fn create(&self, path: &str, bytes: Vec<u8>) -> Result<bool> {
        let payload = PutPayload::from(bytes);
        match self
            .objects
            .put_opts(&path.into(), payload, PutMode::Create.into())
            .await
        {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(Error::storage(
                format_args!("write {path} of {}", self.url),
                error,
            )),
        }
    }

    /// Writes an object, whatever was there.
    pub(crate) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let payload = PutPayload::from(bytes);
        let put = self.objects.put(&path.into(), payload).await;
        put.map_err(|error| Error::storage(format_args!("write {path} of {}", self.url), error))?;
        self.sync(&[path])
    }

    /// Refuses a store that overwrites what it was asked to create: everything that keeps agents
    /// apart depends on it. `name` is one that nobody made before.
    pub(crate) async fn check_creates(&self, name: &str) -> Result<()> {
        let path = format!("_checks/{name}");
        let first = self.create(&path, b"first".to_vec()).await?;
        let second = self.create(&path, b"second".to_vec()).await?;
        self.delete(vec![path]).await?;
        if first && !second {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "warehouse {}: this object store does not heed conditions of writes (If-None-Match: * \
             of S3, or what Azure and Google have for it): no warehouse can lie there",
            self.url
        )))
    }

    /// Makes files of a local store, and the directories they lie in, durable: its
    /// object store only renames.
    pub(crate) fn sync(&self, paths: &[&str]) -> Result<()> {
        let Some(root) = &self.local else {
            return Ok(());
        };
        let mut directories = std::collections::BTreeSet::new();
        for path in paths {
            let file = root.join(path);
            std::fs::File::open(&file)
                .and_then(|file| file.sync_all())
                .map_err(|error| Error::storage(format_args!("sync {}", file.display()), error))?;
            let mut directory = file.parent();
            while let Some(parent) = directory.filter(|parent| parent.starts_with(root)) {
                directories.insert(parent.to_owned());
                directory = parent.parent();
            }
        }
        directories
            .iter()
            .try_for_each(|dir| crate::journal::sync_dir(dir))
    }
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| Error::Invalid(format!("{url:?} is not a URL: {error}")))
}
