//! SQL over fixtures, in one program: each would link the engine again.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod cookbook;
mod formats;
mod older;
mod slt;
mod support;
