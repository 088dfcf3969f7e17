"""Ids as the warehouse makes them (docs/adr/0002): BLAKE3 over the producer and its number."""

from __future__ import annotations

from collections.abc import Sequence

DIGITS = 20


def derived_id(prefix: str, producer: str, place: Sequence[int]) -> str:
    """`m-` and twenty hexadecimal digits, for "m" and the number of a fit."""
    from blake3 import blake3

    hasher = blake3(prefix.encode() + b"\0" + producer.encode())
    for number in place:
        hasher.update(number.to_bytes(8, "big"))
    return f"{prefix}-{hasher.hexdigest()[:DIGITS]}"
