"""Batches that no agent has acked, in order: the spooled ones, then those in memory.

Once a batch was sent, its number and content stay until it is acked or refused. Only one batch
is ever on its way, so all behind it are unknown to any agent. Not thread safe.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from . import wire
from .spool import Spool

# What memory may hold before batches go to the spool.
MAX_MEMORY_BYTES = 8 << 20
# The agent's own limits are 10,000 events and 4 MiB.
MAX_BATCH_EVENTS = 5_000
MAX_BATCH_BYTES = 2 << 20


class Outbox:
    """See the module."""

    def __init__(self, producer: Any, spool: Spool) -> None:
        self.producer = producer
        self.spool = spool
        self.acked = 0
        self._memory: deque[Any] = deque()
        self._memory_bytes = 0
        self._filling: list[bytes] = []
        self._filling_bytes = 0
        self._next_seq = 1

    def __bool__(self) -> bool:
        return bool(self._filling or self._memory or self.spool)

    def has_room(self) -> bool:
        """Whether memory may hold more."""
        return self._memory_bytes < MAX_MEMORY_BYTES

    def add(self, event: bytes) -> None:
        """Adds an encoded event to the batch that is being filled."""
        full = len(self._filling) >= MAX_BATCH_EVENTS
        if full or self._filling_bytes + len(event) > MAX_BATCH_BYTES:
            self.seal()
        self._filling.append(event)
        self._filling_bytes += len(event)

    def seal(self) -> None:
        """What was added so far is a batch."""
        if self._filling:
            request = wire.message("PushRequest")(producer=self.producer, events=self._filling)
            self._memory.append(request)
            self._memory_bytes += self._filling_bytes
            self._filling, self._filling_bytes = [], 0

    def head(self) -> Any | None:
        """The batch to send now, numbered."""
        if self.spool:
            request = self.spool.first()
        elif self._memory:
            request = self._memory[0]
            self._number(request)
        else:
            return None
        request.acked_seq = min(self.acked, request.seq - 1)
        return request

    def ack(self, seq: int) -> None:
        """An agent has all up to this number."""
        self.acked = max(self.acked, min(seq, self._next_seq - 1))
        while self.spool and self.spool.first_seq <= self.acked:
            self.spool.remove_first()
        while self._memory and 0 < self._memory[0].seq <= self.acked:
            self._forget_first()

    def refuse(self, seq: int) -> None:
        """Takes out a batch that no agent will ever take; its number goes to the next."""
        if self.spool and self.spool.first_seq == seq:
            self.spool.refuse_first()
            self._next_seq -= 1
        elif self._memory and self._memory[0].seq == seq:
            self._forget_first()
            self._next_seq = seq

    def spool_all(self) -> int:
        """Moves to the spool what it has room for; answers how many events it had not."""
        self.seal()
        while self._memory:
            first = self._memory[0]
            was_sent = first.seq != 0
            self._number(first)
            if not self.spool.append(first):
                if not was_sent:
                    first.seq = 0
                    self._next_seq -= 1
                break
            self._forget_first()
        return sum(len(request.events) for request in self._memory)

    def _number(self, request: Any) -> None:
        if request.seq == 0:
            request.seq = self._next_seq
            self._next_seq += 1

    def _forget_first(self) -> None:
        request = self._memory.popleft()
        self._memory_bytes -= sum(map(len, request.events))
