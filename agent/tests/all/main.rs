//! The agent from outside, in one program: each would link the engine again.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod durability;
#[path = "../../../sql/tests/all/support/fixture.rs"]
mod fixture;
mod flight_slt;
mod fuzz;
mod ingest;
mod process;
#[path = "../../../sql/tests/all/support/slt.rs"]
mod slt;
mod support;
