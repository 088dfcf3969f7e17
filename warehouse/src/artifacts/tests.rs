use sha2::{Digest, Sha256};

use super::manifest::hex;
use super::*;

const LIMIT: u64 = 32 << 20;

fn files(contents: &[(&str, &[u8])]) -> (String, Vec<ArtifactFile>) {
    let file = |(path, content): &(&str, &[u8])| ArtifactFile {
        path: (*path).into(),
        size: content.len() as u64,
        sha256: hex(&Sha256::digest(content)),
    };
    let files: Vec<_> = contents.iter().map(file).collect();
    let text: String = files
        .iter()
        .map(|file| format!("{} {} {}\n", file.sha256, file.size, file.path))
        .collect();
    (hex(&Sha256::digest(text.as_bytes())), files)
}

struct Place {
    directory: tempfile::TempDir,
    artifacts: Artifacts,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let artifacts = open(&directory);
        Self {
            directory,
            artifacts,
        }
    }

    /// As another process would find it.
    fn reopen(&mut self) {
        self.artifacts = open(&self.directory);
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.directory.path().join(path)).ok()
    }
}

fn open(directory: &tempfile::TempDir) -> Artifacts {
    let location = directory.path().display().to_string();
    let store = Store::open(&location, true).expect("a store");
    Artifacts::new(store, directory.path().join("_staging"), LIMIT)
}

fn piece(sha256: &str, files: &[ArtifactFile], file: usize, offset: u64, content: &[u8]) -> Piece {
    Piece {
        sha256: sha256.into(),
        files: files.to_vec(),
        file,
        offset,
        content: content.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_become_an_artifact() {
    let mut place = Place::new();
    let large = vec![7; (WHOLE + 5) as usize];
    let contents: [(&str, &[u8]); 3] = [
        ("data/.part-0.crc", b""),
        ("data/part-0", &large),
        ("metadata/_SUCCESS", b"abcdef"),
    ];
    let (sha256, files) = files(&contents);
    for (number, part) in large.chunks(MAX_ARTIFACT_PIECE).enumerate() {
        let offset = (number * MAX_ARTIFACT_PIECE) as u64;
        let told = if number == 0 { &files[..] } else { &[] };
        // Twice, and the process ends in between.
        for _ in 0..2 {
            let put = place.artifacts.put(piece(&sha256, told, 1, offset, part));
            let received = put.await.expect("taken");
            assert_eq!(received.bytes, offset + part.len() as u64);
            assert!(!received.complete);
        }
        if number % 3 == 0 {
            place.reopen();
        }
    }
    let gap = place.artifacts.put(piece(&sha256, &[], 2, 3, b"def")).await;
    assert!(matches!(gap, Err(Error::OutOfOrder(_))), "{gap:?}");
    let half = place.artifacts.put(piece(&sha256, &[], 2, 0, b"abc")).await;
    assert!(!half.expect("taken").complete);
    // It overlaps with what is there.
    let last = place
        .artifacts
        .put(piece(&sha256, &[], 2, 2, b"cdef"))
        .await;
    assert!(last.expect("taken").complete);
    for (path, content) in contents {
        let found = place.read(&format!("artifacts/_files/{sha256}/{path}"));
        assert_eq!(found.as_deref(), Some(content), "{path}");
    }
    assert!(
        !place
            .directory
            .path()
            .join("_staging")
            .join(&sha256)
            .exists()
    );
    let again = place.artifacts.put(piece(&sha256, &files, 0, 0, b"")).await;
    assert!(again.expect("there").complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_on_the_way_is_told_and_begun_again() {
    let place = Place::new();
    let (sha256, files) = files(&[("a", b"abc")]);
    let unknown = place.artifacts.put(piece(&sha256, &[], 0, 0, b"abc")).await;
    assert!(matches!(unknown, Err(Error::OutOfOrder(_))), "{unknown:?}");
    let changed = place
        .artifacts
        .put(piece(&sha256, &files, 0, 0, b"abd"))
        .await;
    assert!(matches!(changed, Err(Error::Damaged(_))), "{changed:?}");
    assert_eq!(place.read(&format!("artifacts/_files/{sha256}/a")), None);
    let good = place
        .artifacts
        .put(piece(&sha256, &files, 0, 0, b"abc"))
        .await;
    assert!(good.expect("taken").complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused() {
    let place = Place::new();
    let refused = async |piece: Piece, what: &str| match place.artifacts.put(piece).await {
        Err(Error::Invalid(message)) => assert!(message.contains(what), "{message}"),
        other => panic!("{what}: {other:?}"),
    };
    for path in ["../a", "/a", "a/../../b", "a//b", "", "a\\b", "a\nb", "./a"] {
        let (sha256, files) = files(&[(path, b"x")]);
        refused(piece(&sha256, &files, 0, 0, b"x"), "are accepted").await;
    }
    let (sha256, of_two) = files(&[("a", b"x"), ("a", b"x")]);
    refused(piece(&sha256, &of_two, 0, 0, b"x"), "twice").await;
    let (sha256, nested) = files(&[("a", b"x"), ("a/b", b"x")]);
    refused(
        piece(&sha256, &nested, 0, 0, b"x"),
        "a file and a directory",
    )
    .await;
    let (sha256, good) = files(&[("a", b"x")]);
    refused(piece("abc", &good, 0, 0, b"x"), "no SHA-256").await;
    refused(piece(&"0".repeat(64), &good, 0, 0, b"x"), &sha256).await;
    refused(piece(&sha256, &good, 1, 0, b"x"), "file 1 of 1").await;
    refused(piece(&sha256, &good, 0, 0, b"xy"), "ends at 2").await;
    let long = vec![0; MAX_ARTIFACT_PIECE + 1];
    refused(piece(&sha256, &good, 0, 0, &long), "a piece of").await;
    let (sha256, mut huge) = files(&[("b", b"x")]);
    huge[0].size = LIMIT + 1;
    refused(piece(&sha256, &huge, 0, 0, b"x"), "artifacts_max_bytes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_finished_makes_room() {
    let place = Place::new();
    for number in 0..2 * MAX_STAGED_ARTIFACTS {
        let content = format!("number {number}");
        let (sha256, files) = files(&[("a", content.as_bytes())]);
        let put = place.artifacts.put(piece(&sha256, &files, 0, 0, b"num"));
        assert!(!put.await.expect("taken").complete);
    }
    let staged = std::fs::read_dir(place.directory.path().join("_staging")).expect("there");
    assert_eq!(staged.count(), MAX_STAGED_ARTIFACTS);
}

#[tokio::test]
async fn what_was_put_is_read_back_in_pieces() {
    let place = Place::new();
    let large = vec![7; MAX_ARTIFACT_PIECE + 10];
    let (sha256, files) = files(&[("a/empty", b""), ("b", &large)]);
    let missing = place.artifacts.get(&sha256, 0, 0).await.expect_err("none");
    assert!(missing.to_string().contains("no artifact"), "{missing}");
    let (first, rest) = large.split_at(MAX_ARTIFACT_PIECE);
    for (offset, content) in [(0, first), (first.len() as u64, rest)] {
        let sent = piece(&sha256, &files, 1, offset, content);
        place.artifacts.put(sent).await.expect("taken");
    }
    let (listed, nothing) = place.artifacts.get(&sha256, 0, 0).await.expect("a file");
    assert_eq!((listed, nothing.len()), (files, 0));
    let mut read = Vec::new();
    while read.len() < large.len() {
        let (_, content) =
            { place.artifacts.get(&sha256, 1, read.len() as u64).await }.expect("a piece");
        assert!(content.len() <= MAX_ARTIFACT_PIECE);
        read.extend(content);
    }
    assert_eq!(read, large);
    for (file, offset) in [(2, 0), (1, large.len() as u64 + 1)] {
        let refused = place.artifacts.get(&sha256, file, offset).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}
