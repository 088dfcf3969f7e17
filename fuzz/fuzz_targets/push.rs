#![no_main]

use modeldb_agent::ingest::{SamplePolicy, convert};
use modeldb_proto::v1::PushRequest;
use modeldb_warehouse::Micros;
use prost::Message;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = PushRequest::decode(bytes) {
        let _ = convert::batch(request, Micros(0), &SamplePolicy::DEFAULT);
    }
});
