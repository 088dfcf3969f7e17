"""Messages of the protocol, made from the descriptors of the `.proto` files.

`wire.binpb` has those descriptors (`scripts/wire` makes it). Classes made at run time work with
any protobuf from 4.21 on; generated code would tie users to one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

DESCRIPTORS = Path(__file__).with_name("wire.binpb")
PACKAGE = "modeldb.v1"


@cache
def _pool() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool

    # A pool of our own: another version of us in the same process must not collide.
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes())
    for file in files.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


@cache
def message(name: str) -> Any:
    """The class of a message, by its name in the package, e.g. "PushRequest"."""
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{PACKAGE}.{name}"))
