//! What an artifact consists of.

use std::collections::BTreeSet;
use std::fmt::Write;

use object_store::path::Path;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::limits::{MAX_ARTIFACT_FILES, MAX_ARTIFACT_PATH};

/// A file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactFile {
    /// Relative, with `/` between its parts.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The files of an artifact, in order, and the digest of the text that lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub sha256: String,
    pub files: Vec<ArtifactFile>,
}

impl Manifest {
    /// Refuses files that are not what `sha256` is the digest of, too many or too large
    /// ones, and paths that could lead elsewhere.
    pub(super) fn new(sha256: &str, files: Vec<ArtifactFile>, max_bytes: u64) -> Result<Self> {
        check_digest(sha256)?;
        let refused = |why: String| Error::Invalid(format!("artifact {sha256}: {why}"));
        let invalid = |why| Err(refused(why));
        if files.len() > MAX_ARTIFACT_FILES {
            return invalid(format!(
                "it has {} files; up to {MAX_ARTIFACT_FILES} are accepted",
                files.len()
            ));
        }
        let mut bytes = 0_u64;
        let mut places = BTreeSet::new();
        for file in &files {
            check_path(&file.path).map_err(|why| refused(format!("{:?}: {why}", file.path)))?;
            check_digest(&file.sha256)?;
            if !places.insert(file.path.as_str()) {
                return invalid(format!("{:?} is there twice", file.path));
            }
            bytes = bytes.saturating_add(file.size);
        }
        for file in &files {
            let above = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
            if let Some(above) = { above }.find(|above| places.contains(above)) {
                return invalid(format!("{above:?} is a file and a directory"));
            }
        }
        if bytes > max_bytes {
            return invalid(format!(
                "it has {bytes} bytes; the setting artifacts_max_bytes accepts {max_bytes}"
            ));
        }
        let manifest = Self {
            sha256: sha256.to_owned(),
            files,
        };
        let digest = hex(&Sha256::digest(manifest.text().as_bytes()));
        if digest != sha256 {
            return invalid(format!(
                "its files, as lines of digest, size and path in the order of their paths, \
                 have the digest {digest}"
            ));
        }
        Ok(manifest)
    }

    /// A line for each file.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            let _ = writeln!(text, "{} {} {}", file.sha256, file.size, file.path);
        }
        text
    }

    /// From [`Manifest::text`].
    pub(super) fn parse(sha256: &str, text: &str, max_bytes: u64) -> Result<Self> {
        let file = |line: &str| {
            let (sha256, rest) = line.split_once(' ')?;
            let (size, path) = rest.split_once(' ')?;
            Some(ArtifactFile {
                path: path.to_owned(),
                size: size.parse().ok()?,
                sha256: sha256.to_owned(),
            })
        };
        let files = text.lines().map(file).collect::<Option<Vec<_>>>();
        let files =
            files.ok_or_else(|| Error::Damaged(format!("the manifest of artifact {sha256}")))?;
        Self::new(sha256, files, max_bytes)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// Of a SHA-256, in lower case.
pub(super) fn check_digest(text: &str) -> Result<()> {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() == 64 && text.bytes().all(is_hex) {
        Ok(())
    } else {
        let text: String = text.chars().take(80).collect();
        Err(Error::Invalid(format!(
            "{text:?} is no SHA-256: 64 digits of 0-9 and a-f are accepted"
        )))
    }
}

fn check_path(path: &str) -> std::result::Result<(), String> {
    if path.is_empty() || path.len() > MAX_ARTIFACT_PATH {
        return Err(format!(
            "paths of 1 to {MAX_ARTIFACT_PATH} bytes are accepted"
        ));
    }
    let bad = |part: &str| matches!(part, "" | "." | "..");
    if path.split('/').any(bad) || path.contains('\\') || path.chars().any(char::is_control) {
        return Err(
            "relative paths are accepted, without empty parts, . and .., backslashes and \
             control characters"
                .into(),
        );
    }
    Path::parse(path)
        .map(drop)
        .map_err(|error| error.to_string())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
