//! What the tests share.

pub(crate) mod fixture;
pub(crate) mod slt;
