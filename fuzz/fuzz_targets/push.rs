#![no_main]

use modeldb_agent::ingest::fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::push(bytes));
