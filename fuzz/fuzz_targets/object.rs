#![no_main]

use modeldb_warehouse::journal::fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::object(bytes));
