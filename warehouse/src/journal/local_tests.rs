use super::*;

async fn open(dir: &Path) -> (LocalJournal, Recovered) {
    let lock = lock(dir, "a test").expect("the lock");
    LocalJournal::open(dir, vec![lock]).expect("the journal")
}

fn entry(n: u8) -> Vec<u8> {
    vec![n; 100]
}

fn only_segment(dir: &Path) -> PathBuf {
    let mut files = segments(dir).expect("a listing");
    assert_eq!(files.len(), 1);
    files.remove(0).1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_appended_comes_back() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (mut journal, recovered) = open(dir.path()).await;
        assert_eq!(recovered, Recovered::default());
        assert_eq!(
            journal.append(vec![entry(1), entry(2)]).await.expect("ok"),
            Lsn(2)
        );
        assert_eq!(journal.append(vec![entry(3)]).await.expect("ok"), Lsn(3));
    }
    let (mut journal, recovered) = open(dir.path()).await;
    let expected: Vec<_> = (1..=3).map(|n| (Lsn(n as u64), entry(n))).collect();
    assert_eq!(recovered.entries, expected);
    assert_eq!(journal.append(vec![entry(4)]).await.expect("ok"), Lsn(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_forgets_and_positions_go_on() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (journal, _) = open(dir.path()).await;
        let mut journal = journal.with_segment_bytes(300);
        for n in 1..=10 {
            journal.append(vec![entry(n)]).await.expect("ok");
        }
        assert!(journal.size().segments > 2);
        journal
            .checkpoint(Lsn(7), b"state".to_vec())
            .await
            .expect("ok");
    }
    let (mut journal, recovered) = open(dir.path()).await;
    assert_eq!(recovered.through, Lsn(7));
    assert_eq!(recovered.state.as_deref(), Some(b"state".as_slice()));
    let lsns: Vec<_> = recovered.entries.iter().map(|(lsn, _)| lsn.0).collect();
    assert_eq!(lsns, [8, 9, 10]);
    journal
        .checkpoint(Lsn(10), b"later".to_vec())
        .await
        .expect("ok");
    assert_eq!(journal.size(), JournalSize::default());
    assert_eq!(journal.append(vec![entry(11)]).await.expect("ok"), Lsn(11));
    drop(journal);
    let (_, recovered) = open(dir.path()).await;
    assert_eq!(recovered.entries, [(Lsn(11), entry(11))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_tail_is_cut_at_every_byte() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (mut journal, _) = open(dir.path()).await;
        journal.append(vec![entry(1)]).await.expect("ok");
    }
    let path = only_segment(dir.path());
    let whole = fs::read(&path).expect("bytes");
    let torn = segment::frame(Lsn(2), &[entry(2)]);
    for cut in 0..torn.len() {
        let mut bytes = whole.clone();
        bytes.extend_from_slice(&torn[..cut]);
        fs::write(&path, &bytes).expect("written");
        let (mut journal, recovered) = open(dir.path()).await;
        assert_eq!(recovered.entries, [(Lsn(1), entry(1))], "cut at {cut}");
        assert_eq!(journal.append(vec![entry(9)]).await.expect("ok"), Lsn(2));
        drop(journal);
        let (_, recovered) = open(dir.path()).await;
        assert_eq!(recovered.entries.len(), 2, "cut at {cut}");
    }
    // Pages may reach the disk out of order: a hole before good bytes is a torn tail too.
    let mut bytes = whole.clone();
    bytes.extend_from_slice(&[0; 60]);
    bytes.extend_from_slice(&torn[60..]);
    fs::write(&path, &bytes).expect("written");
    assert_eq!(open(dir.path()).await.1.entries.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_before_the_durable_end_is_refused_with_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (mut journal, _) = open(dir.path()).await;
        journal.append(vec![entry(1)]).await.expect("ok");
        journal.append(vec![entry(2)]).await.expect("ok");
    }
    let path = only_segment(dir.path());
    let whole = fs::read(&path).expect("bytes");
    // Any flipped bit, the last acked frame included, and any cut.
    for offset in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[offset] ^= 0x10;
        fs::write(&path, &bytes).expect("written");
        let refused = LocalJournal::open(
            dir.path(),
            vec![lock(dir.path(), "a test").expect("the lock")],
        );
        let message = refused
            .expect_err(&format!("a flipped bit at {offset}"))
            .to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
    for length in HEADER_BYTES..whole.len() {
        fs::write(&path, &whole[..length]).expect("written");
        let refused = LocalJournal::open(
            dir.path(),
            vec![lock(dir.path(), "a test").expect("the lock")],
        );
        let message = refused.expect_err(&format!("cut at {length}")).to_string();
        assert!(message.contains(&format!("at byte {length}")), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (mut journal, _) = open(dir.path()).await;
        journal.append(vec![entry(1)]).await.expect("ok");
    }
    let path = only_segment(dir.path());
    let mut bytes = fs::read(&path).expect("bytes");
    bytes[8] = 9;
    let crc = crc32c::crc32c(&bytes[..20]).to_le_bytes();
    bytes[20..24].copy_from_slice(&crc);
    fs::write(&path, &bytes).expect("written");
    let refused = LocalJournal::open(
        dir.path(),
        vec![lock(dir.path(), "a test").expect("the lock")],
    );
    assert!(matches!(refused, Err(Error::TooNew(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_writer_and_many_readers() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut journal, _) = open(dir.path()).await;
    let refused = lock(dir.path(), "another")
        .expect_err("it is in use")
        .to_string();
    assert!(refused.contains("in use by a test"), "{refused}");
    journal.append(vec![entry(1)]).await.expect("ok");
    assert_eq!(read_local(dir.path()).expect("readable").entries.len(), 1);
    assert_eq!(
        read_local(&dir.path().join("none")).expect("empty"),
        Recovered::default()
    );
}
