//! The wire: types and services generated from `proto/modeldb/v1/*.proto`, which
//! document each message.
//!
//! These types stay at the edge: only the agent converts them.

/// Package `modeldb.v1`.
pub mod v1 {
    #![allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
    tonic::include_proto!("modeldb.v1");
}

/// The encoded `FileDescriptorSet`, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
