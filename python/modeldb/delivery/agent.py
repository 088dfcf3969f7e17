"""The agent's ingest service, called as gRPC-Web over HTTP/1.1: the standard library suffices.

The protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
"""

from __future__ import annotations

import http.client
import ssl
import struct
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlsplit

from . import wire

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 10.0
# What an answer may have: a mark, a message for people, a piece of a file.
MAX_ANSWER_BYTES = 4 << 20
TRAILERS = 0x80


class Kind(Enum):
    """What a failure means for what was sent."""

    ABSENT = "nobody listens"
    UNAVAILABLE = "send it again later"
    GAP = "a batch is missing before it"
    REFUSED = "sending it again cannot help"


# Status codes of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) after which
# the same batch would be refused again.
REFUSING = {3: Kind.REFUSED, 9: Kind.GAP, 12: Kind.REFUSED}


class AgentError(Exception):
    """A call that did not succeed."""

    def __init__(self, kind: Kind, what: str) -> None:
        super().__init__(what)
        self.kind = kind


class AgentClient:
    """Calls one agent, over one connection that is kept. Not thread safe."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._port = parts.hostname or "", parts.port or 7617
        self._secure = parts.scheme == "https"
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, request: Any, answer: str) -> Any:
        """Calls a method of the ingest service; answers the message `answer`.

        Raises AgentError.
        """
        body = request.SerializeToString()
        headers = {
            "content-type": "application/grpc-web+proto",
            "accept": "application/grpc-web+proto",
            "x-grpc-web": "1",
        }
        try:
            connection = self._connected()
            connection.request(
                "POST",
                f"/{wire.PACKAGE}.Ingest/{method}",
                body=b"\0" + struct.pack(">I", len(body)) + body,
                headers=headers,
            )
            response = connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES)
        except ConnectionRefusedError as error:
            self.close()
            raise AgentError(Kind.ABSENT, f"{self.url}: {error}") from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise AgentError(Kind.UNAVAILABLE, f"{self.url}: {error}") from None
        if response.status != 200:
            self.close()
            what = f"{self.url} answered HTTP {response.status}: is it an agent's gRPC port?"
            raise AgentError(Kind.UNAVAILABLE, what)
        message, trailers = _frames(content)
        told = {name.lower(): value for name, value in response.getheaders()} | trailers
        status = told.get("grpc-status", "0")
        code = int(status) if status.isdigit() else 2
        if code != 0:
            kind = REFUSING.get(code, Kind.UNAVAILABLE)
            raise AgentError(kind, unquote(told.get("grpc-message", f"status {code}")))
        if message is None:
            raise AgentError(Kind.UNAVAILABLE, f"{self.url}: the answer is cut off")
        return wire.message(answer).FromString(message)

    def close(self) -> None:
        """Ends the connection; the next call makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            new: http.client.HTTPConnection
            if self._secure:
                new = http.client.HTTPSConnection(
                    self._host,
                    self._port,
                    timeout=CONNECT_SECONDS,
                    context=ssl.create_default_context(),
                )
            else:
                new = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
            new.connect()
            new.sock.settimeout(ANSWER_SECONDS)
            self._connection = new
        return self._connection


def _frames(content: bytes) -> tuple[bytes | None, dict[str, str]]:
    """The message of an answer and its trailers."""
    message = None
    trailers: dict[str, str] = {}
    at = 0
    while at + 5 <= len(content):
        (length,) = struct.unpack_from(">I", content, at + 1)
        body = content[at + 5 : at + 5 + length]
        if len(body) < length:
            break
        if content[at] & TRAILERS:
            for line in body.decode("utf-8", "replace").splitlines():
                name, _, value = line.partition(":")
                trailers[name.strip().lower()] = value.strip()
        else:
            message = body
        at += 5 + length
    return message, trailers
