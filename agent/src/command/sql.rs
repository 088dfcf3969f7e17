//! stub
use clap::Args;
/// stub
#[derive(Debug, Args)]
pub struct SqlArgs {}
