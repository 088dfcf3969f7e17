//! Listeners: bound before anything else, so that a port in use costs nothing.

use std::net::SocketAddr;

use modeldb_warehouse::{Error, Result};
use tokio::net::TcpListener;

/// Binds `address` for `what`; `setting` is the one to change when that fails.
///
/// Without TLS and tokens only loopback addresses are accepted, unless `insecure`.
pub async fn bind(
    what: &str,
    setting: &str,
    address: SocketAddr,
    insecure: bool,
) -> Result<TcpListener> {
    if !address.ip().is_loopback() && !insecure {
        return Err(Error::Invalid(format!(
            "{what} would listen on {address}, which is not a loopback address, without TLS and \
             without tokens: anybody who reaches it could read and write. Use a loopback address \
             (--{setting} 127.0.0.1:{}), or say --insecure",
            address.port()
        )));
    }
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!(": another program, perhaps another agent, has it; give another with --{setting} HOST:PORT")
            }
            _ => String::new(),
        };
        Error::Storage(format!("{what} cannot listen on {address}: {error}{hint}"))
    })
}
