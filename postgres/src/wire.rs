//! Bytes to messages and back.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::{Buf, BytesMut};
use pgwire::messages::cancel::CancelRequest;
use pgwire::messages::startup::{GssEncRequest, SslRequest, Startup};
use pgwire::messages::{DecodeContext, Message, PgWireFrontendMessage, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::error::{Refusal, Result, Told, code};
use crate::limits::{MESSAGE_MAX, OUTPUT_FULL, READ_AHEAD, STARTUP_MAX};

/// What a client begins with.
#[derive(Debug)]
pub(crate) enum Opening {
    Tls,
    Gss,
    Cancel(CancelRequest),
    Startup(Startup),
}

/// The client's side.
#[derive(Debug)]
pub(crate) struct Input<R> {
    socket: R,
    buffer: BytesMut,
    context: DecodeContext,
}

impl<R: AsyncRead + Unpin> Input<R> {
    pub(crate) fn new(socket: R) -> Self {
        Self {
            socket,
            buffer: BytesMut::new(),
            context: DecodeContext::default(),
        }
    }

    /// Messages of this version follow.
    pub(crate) fn opened(&mut self, version: ProtocolVersion) {
        self.context.protocol_version = version;
        self.context.awaiting_frontend_ssl = false;
        self.context.awaiting_frontend_startup = false;
    }

    /// What comes before there is a connection.
    pub(crate) async fn opening(&mut self) -> Result<Opening> {
        self.context.awaiting_frontend_ssl = false;
        self.context.awaiting_frontend_startup = true;
        let mut message = self.whole(0, STARTUP_MAX).await?;
        let context = &self.context;
        if SslRequest::is_ssl_request_packet(&message) {
            return Ok(Opening::Tls);
        }
        if GssEncRequest::is_gss_enc_request_packet(&message) {
            return Ok(Opening::Gss);
        }
        if CancelRequest::is_cancel_request_packet(&message) {
            return decode(|| CancelRequest::decode(&mut message, context)).map(Opening::Cancel);
        }
        decode(|| Startup::decode(&mut message, context)).map(Opening::Startup)
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Result<PgWireFrontendMessage> {
        let mut message = self.whole(1, MESSAGE_MAX).await?;
        let context = &self.context;
        decode(|| PgWireFrontendMessage::decode(&mut message, context))
    }

    /// Ends when the client hangs up. What it sends meanwhile is kept.
    pub(crate) async fn hung_up(&mut self) -> io::Error {
        loop {
            if self.buffer.len() >= READ_AHEAD {
                return std::future::pending().await;
            }
            if let Err(error) = self.read().await {
                return error;
            }
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// The bytes of one message, which tells its length after `before` bytes.
    async fn whole(&mut self, before: usize, max: usize) -> Result<BytesMut> {
        let head = before + size_of::<u32>();
        while self.buffer.len() < head {
            self.read().await?;
        }
        let length = (&self.buffer[before..head]).get_u32() as usize;
        if length < size_of::<u32>() || length > max {
            let text = format!("a message of {length} bytes; at most {max} are accepted");
            return Err(Refusal::Fatal(Box::new(Told::new(code::PROTOCOL, text))));
        }
        while self.buffer.len() < before + length {
            self.read().await?;
        }
        Ok(self.buffer.split_to(before + length))
    }
}

/// One whole message, whatever a client may send.
fn decode<T>(read: impl FnOnce() -> pgwire::error::PgWireResult<Option<T>>) -> Result<T> {
    let bad = |text: String| {
        let text = format!("this is no message of the protocol: {text}");
        Refusal::Fatal(Box::new(Told::new(code::PROTOCOL, text)))
    };
    // The reader takes lengths inside of a message as they are, and panics beyond its end.
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(Some(message))) => Ok(message),
        Ok(Ok(None)) | Err(_) => Err(bad("it ends too early".into())),
        Ok(Err(error)) => Err(bad(error.to_string())),
    }
}

/// The server's side. Messages are gathered, and sent together.
#[derive(Debug)]
pub(crate) struct Output<W> {
    socket: W,
    pub(crate) buffer: BytesMut,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    pub(crate) fn new(socket: W) -> Self {
        Self {
            socket,
            buffer: BytesMut::new(),
        }
    }

    /// Gathers a message.
    pub(crate) fn put(&mut self, message: &impl Message) -> Result<()> {
        let put = message.encode(&mut self.buffer);
        put.map_err(|error| Told::new(code::INTERNAL, format!("a message: {error}")).into())
    }

    /// Whether so much is gathered that it should be sent.
    pub(crate) fn is_full(&self) -> bool {
        self.buffer.len() >= OUTPUT_FULL
    }

    /// Sends what was gathered. May be given up half-way, and goes on where it was.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        while !self.buffer.is_empty() {
            let sent = self.socket.write(&self.buffer).await?;
            if sent == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.buffer.advance(sent);
        }
        if self.buffer.capacity() > 16 * OUTPUT_FULL {
            self.buffer = BytesMut::new();
        }
        self.socket.flush().await
    }

    /// Sends one byte that is no message.
    pub(crate) async fn byte(&mut self, byte: u8) -> io::Result<()> {
        self.buffer.extend_from_slice(&[byte]);
        self.flush().await
    }
}
