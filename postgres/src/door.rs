//! How a client comes in: encryption, version, who it is.

use std::sync::Arc;

use modeldb_sql::{CATALOG, Engine};
use modeldb_warehouse::Access;
use pgwire::messages::ProtocolVersion;
use pgwire::messages::response::{GssEncResponse, SslResponse};
use pgwire::messages::startup::{
    Authentication, BackendKeyData, NegotiateProtocolVersion, SecretKey, Startup,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::catalog::Found;
use crate::connection::Connection;
use crate::error::{Refusal, Result, Told, code};
use crate::front::Identity;
use crate::io::Io;
use crate::limits::STARTUP_LIMIT;
use crate::registry::{Registry, Ticket};
use crate::session::Session;
use crate::settings::Settings;
use crate::wire::{Input, Opening, Output};

/// Other names of the one database: of those that tools go to first.
const OTHER_DATABASES: [&str; 2] = ["postgres", "template1"];

/// What a client may do; the one place to ask it who it is. Everything, until there are
/// tokens: the server listens to this machine only. A token is a password: it would be
/// asked for here, with `Authentication::CleartextPassword` on an encrypted connection.
async fn admit(_startup: &Startup) -> Result<Access> {
    Ok(Access::everything())
}

/// Lets a client in; nothing for one that only came to cancel.
pub(crate) async fn open<R, W>(
    reader: R,
    writer: W,
    engine: &Engine,
    found: &Arc<Found>,
    registry: &Registry,
) -> Result<Option<(Connection<R, W>, Ticket)>>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (mut input, mut output) = (Input::new(reader), Output::new(writer));
    let opened = match timeout(STARTUP_LIMIT, startup(&mut input, &mut output, registry)).await {
        Ok(opened) => opened,
        Err(_) => return Ok(None),
    };
    let startup = match opened {
        Ok(Some(startup)) => startup,
        Ok(None) => return Ok(None),
        Err(refusal) => return refused(refusal, &mut output).await,
    };
    let version = negotiated(&startup);
    let ticket = registry.enter(version == ProtocolVersion::PROTOCOL3_0);
    let session = session(&startup, engine, found, &ticket).await;
    let session = match session {
        Ok(session) => session,
        Err(refusal) => return refused(refusal, &mut output).await,
    };
    input.opened(version);
    if let Some(message) = negotiation(&startup, version) {
        output.put(&message)?;
    }
    output.put(&Authentication::Ok)?;
    let key = match version {
        ProtocolVersion::PROTOCOL3_0 => {
            let key: [u8; 4] = ticket.key[..].try_into().unwrap_or_default();
            SecretKey::I32(i32::from_be_bytes(key))
        }
        _ => SecretKey::Bytes(ticket.key.clone()),
    };
    let mut io = Io::new(input, output, ticket.cancels.clone());
    let mut session = session;
    session.tell_settings(&mut io)?;
    io.put(&BackendKeyData::new(ticket.number, key))?;
    Ok(Some((Connection::new(io, session), ticket)))
}

async fn refused<W: AsyncWrite + Unpin, T>(refusal: Refusal, output: &mut Output<W>) -> Result<T> {
    if let Refusal::Told(told) | Refusal::Fatal(told) = &refusal {
        output.put(&told.response("FATAL"))?;
        output.flush().await?;
    }
    Err(refusal)
}

/// Answers whatever comes before the startup message.
async fn startup<R, W>(
    input: &mut Input<R>,
    output: &mut Output<W>,
    registry: &Registry,
) -> Result<Option<Startup>>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        match input.opening().await? {
            // Encryption would begin here.
            Opening::Tls => output.byte(SslResponse::BYTE_REFUSE).await?,
            Opening::Gss => output.byte(GssEncResponse::BYTE_REFUSE).await?,
            Opening::Cancel(request) => {
                registry.cancel(request.pid, &request.secret_key.to_bytes());
                return Ok(None);
            }
            Opening::Startup(startup) => return Ok(Some(startup)),
        }
    }
}

/// The version in which the connection goes on.
fn negotiated(startup: &Startup) -> ProtocolVersion {
    match startup.protocol_number_minor {
        0 | 1 => ProtocolVersion::PROTOCOL3_0,
        _ => ProtocolVersion::PROTOCOL3_2,
    }
}

/// What a client is told that asked for more.
fn negotiation(startup: &Startup, version: ProtocolVersion) -> Option<NegotiateProtocolVersion> {
    let unknown: Vec<String> = startup
        .parameters
        .keys()
        .filter(|name| name.starts_with("_pq_."))
        .cloned()
        .collect();
    let (_, minor) = version.version_number();
    (startup.protocol_number_minor != minor || !unknown.is_empty())
        .then(|| NegotiateProtocolVersion::new(version.into(), unknown))
}

async fn session(
    startup: &Startup,
    engine: &Engine,
    found: &Arc<Found>,
    ticket: &Ticket,
) -> Result<Session> {
    let refuse = |code, text: String| Err(Told::new(code, text).into());
    if startup.protocol_number_major != 3 {
        return refuse(
            code::UNSUPPORTED,
            format!(
                "unsupported frontend protocol {}.{}: server supports 3.0 to 3.2",
                startup.protocol_number_major, startup.protocol_number_minor
            ),
        );
    }
    let given = |name: &str| startup.parameters.get(name).map(String::as_str);
    let Some(user) = given("user").filter(|user| !user.is_empty()) else {
        return refuse(
            "28000",
            "no PostgreSQL user name specified in startup packet".into(),
        );
    };
    let access = admit(startup).await?;
    let database = given("database").unwrap_or_default();
    let is_known = database.is_empty() || database == CATALOG || database == user;
    if !is_known && !OTHER_DATABASES.contains(&database) {
        let text = format!("database \"{database}\" does not exist");
        return Err(Told::new(code::NO_DATABASE, text)
            .hint(format!("There is one: {CATALOG}."))
            .into());
    }
    let options = given("options").map(options).unwrap_or_default();
    let options = options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let parameters = startup.parameters.iter();
    let parameters = parameters
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !["user", "database", "options", "replication"].contains(name));
    let settings = Settings::new(user, parameters.chain(options))?;
    let identity = Identity {
        user: user.into(),
        number: ticket.number,
    };
    Ok(Session::new(
        engine.clone(),
        access,
        settings,
        identity,
        found.clone(),
    ))
}

/// Settings as in `-c name=value --name=value`.
fn options(text: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.extend(chars.next()),
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    let settings = words.iter().filter_map(|word| {
        let word = word.trim_start_matches("--");
        let word = word.strip_prefix("-c").unwrap_or(word);
        let (name, value) = word.split_once('=')?;
        Some((name.replace('-', "_"), value.to_owned()))
    });
    settings.collect()
}

/// Tells a client that there are too many, if it asks soon.
pub(crate) async fn turn_away<R, W>(reader: R, writer: W)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (mut input, mut output) = (Input::new(reader), Output::new(writer));
    let registry = Registry::new(Arc::new(modeldb_warehouse::SystemEntropy));
    let turn_away = async {
        startup(&mut input, &mut output, &registry).await?;
        let told = Told::new(code::CONNECTIONS, "sorry, too many clients already");
        refused::<_, ()>(told.into(), &mut output).await
    };
    let _ = timeout(STARTUP_LIMIT, turn_away).await;
}

#[cfg(test)]
mod tests {
    use super::options;

    #[test]
    fn options_of_a_client() {
        let found =
            options("-c statement_timeout=5000 --search-path=a\\ b -csynchronous_commit=off");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("statement_timeout", "5000"),
                ("search_path", "a b"),
                ("synchronous_commit", "off")
            ]
        );
    }
}
