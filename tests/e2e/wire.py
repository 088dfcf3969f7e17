"""What a bridge told, read from where it lays down what no agent takes: its spool."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpc_tools import protoc

PROTO = Path(__file__).resolve().parents[2] / "proto"
HEADER = b"MDBS\x00\x00\x00\x01"


@dataclass
class Messages:
    """The classes that are read here."""

    push: Any
    pushed: Any
    event: Any


def messages(directory: Path) -> Messages:
    """Classes of the `.proto` files, made in this directory."""
    sources = sorted(str(path) for path in (PROTO / "modeldb/v1").glob("*.proto"))
    done = protoc.main(["protoc", f"-I{PROTO}", f"--python_out={directory}", *sources])
    assert done == 0, "protoc failed"
    sys.path.insert(0, str(directory))
    try:
        return Messages(
            importlib.import_module("modeldb.v1.ingest_pb2").PushRequest,
            importlib.import_module("modeldb.v1.ingest_pb2").PushResponse,
            importlib.import_module("modeldb.v1.event_pb2").Event,
        )
    finally:
        sys.path.remove(str(directory))


def delimited(content: bytes) -> Iterator[bytes]:
    """The messages of a spool: each behind its length, a varint."""
    at = len(HEADER)
    while at < len(content):
        length = shift = 0
        while True:
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield content[at : at + length]
        at += length


def events(spool: Path, messages: Messages) -> list[Any]:
    """All events of a spool, in order."""
    content = spool.read_bytes()
    assert content.startswith(HEADER)
    pushes = [messages.push.FromString(message) for message in delimited(content)]
    return [messages.event.FromString(event) for push in pushes for event in push.events]
