//! What decodes bytes from outside, on whatever a fuzzer found before (`fuzz/corpus`), and on
//! what somebody scribbled on. The fuzzer itself needs a compiler of its own: `fuzz/`.

use std::path::Path;

use modeldb_agent::ingest;
use modeldb_warehouse::journal::fuzz;

const SCRIBBLED: u64 = 30_000;

type Decoder = (&'static str, fn(&[u8]));

/// splitmix64.
fn roll(state: &mut u64, sides: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
}

/// A few edits, as a fuzzer makes them.
fn scribble(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=roll(state, 6) {
        let at = roll(state, bytes.len());
        let length = roll(state, 16).min(bytes.len() - at);
        match roll(state, 5) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << roll(state, 8),
            1 if !bytes.is_empty() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][roll(state, 5)],
            2 => bytes.insert(at, roll(state, 256) as u8),
            3 => drop(bytes.drain(at..at + length)),
            _ => {
                let piece = bytes[at..at + length].to_vec();
                let to = roll(state, bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

#[test]
fn decoders_take_anything() {
    let targets: [Decoder; 4] = [
        ("segment", fuzz::segment),
        ("object", fuzz::object),
        ("checkpoint", fuzz::checkpoint),
        ("push", ingest::fuzz::push),
    ];
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, decode) in targets {
        let directory = corpus.join(name);
        let files = std::fs::read_dir(&directory).expect("a corpus");
        let paths = files.map(|file| file.expect("a file").path());
        let known: Vec<_> = paths
            .map(|path| std::fs::read(path).expect("bytes"))
            .collect();
        assert!(!known.is_empty(), "{name} has no corpus");
        known.iter().for_each(|bytes| decode(bytes));
        let mut state = 7;
        for _ in 0..SCRIBBLED {
            let of = roll(&mut state, known.len());
            decode(&scribble(&known[of], &mut state));
        }
    }
}
