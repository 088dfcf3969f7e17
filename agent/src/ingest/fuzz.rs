//! What decodes what producers send, open to fuzzing: nothing here may panic, whatever the bytes.

use modeldb_proto::v1::PushRequest;
use modeldb_warehouse::Micros;
use prost::Message;

use super::{SamplePolicy, convert};

/// A batch.
pub fn push(bytes: &[u8]) {
    if let Ok(request) = PushRequest::decode(bytes) {
        let _ = convert::batch(request, Micros(0), &SamplePolicy::DEFAULT);
    }
}
