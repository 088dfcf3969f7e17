"""The thread that brings events to the agent.

Whoever offers an event never waits. While the agent is away events rest in memory up to a limit,
then in the spool up to another, then the queue fills and drops, counted by reason.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from . import wire
from .agent import AgentClient, AgentError, Kind
from .outbox import Outbox
from .spool import Spool

logger = logging.getLogger("modeldb")

# How long events are collected before they are sent.
LINGER_SECONDS = 0.1
# A sign of life, so that what is open does not count as abandoned.
IDLE_SYNC_SECONDS = 10.0
BACKOFF_SECONDS = (0.2, 10.0)
# What may wait to be encoded.
MAX_QUEUE_EVENTS = 20_000
MAX_QUEUE_BYTES = 64 << 20
MAX_EVENT_BYTES = 2 << 20
# How long a program waits for room in the queue.
ROOM_SECONDS = 2.0
# What a flush keeps of its time for spooling.
SPOOLING_SECONDS = 0.25

# Encodes what happened; called once, on the delivery thread.
Build = Callable[[], Iterable[Any]]


class Delivery:
    """See the module."""

    def __init__(self, client: AgentClient, producer: Any, spool: Spool) -> None:
        self._client = client
        self.producer = producer
        self._outbox = Outbox(producer, spool)
        self._queue: deque[tuple[Build, int]] = deque()
        self._queue_bytes = 0
        self._arrived = threading.Event()
        # Guards the outbox; held neither while an event is built nor during a call.
        self._outbox_lock = threading.Lock()
        # One thread builds, so that events stay in order.
        self._building = threading.Lock()
        # Guards numbers; a handler of signals may come back to us in the same thread.
        self._counting = threading.RLock()
        self._no_room = False
        # From then on no samples are made, which take long.
        self._hurry_at = math.inf
        self._idle = threading.Condition(self._outbox_lock)
        self._thread: threading.Thread | None = None
        self._flushing = 0
        self._connected = False
        self._after_gap = False
        self._absent = False
        self._failures = 0
        self._retry_at = 0.0
        self._last_contact = 0.0
        self._told_unavailable = False
        self.not_captured: dict[str, int] = {}

    def offer(self, build: Build, size: int = 0) -> bool:
        """Hands over what happened; `size` is about how many bytes it keeps alive: what is larger
        than the queue may be has to come alone."""
        with self._counting:
            full = len(self._queue) >= MAX_QUEUE_EVENTS
            if size and self._queue_bytes:
                full = full or self._queue_bytes + size > MAX_QUEUE_BYTES
            if full:
                self.lost("queue_full")
                return False
            self._queue.append((build, size))
            self._queue_bytes += size
            if self._thread is None:
                self._start()
        if not self._arrived.is_set():
            self._arrived.set()
        return True

    def lost(self, reason: str, count: int = 1) -> None:
        """Counts what was not captured or not delivered."""
        with self._counting:
            self.not_captured[reason] = self.not_captured.get(reason, 0) + count

    def wait_for_room(self) -> None:
        """For what a program says itself, in a loop perhaps: waits while the queue is full, but
        not again and again where it stays so."""
        deadline = time.monotonic() + ROOM_SECONDS
        while len(self._queue) >= MAX_QUEUE_EVENTS and not self._no_room:
            time.sleep(0.001)
            self._no_room = time.monotonic() > deadline or not self._alive()
        if self._no_room and len(self._queue) < MAX_QUEUE_EVENTS:
            self._no_room = False

    def flush(self, seconds: float) -> bool:
        """Delivers all that was offered so far, or spools it when the time is nearly over or
        nobody listens. Answers whether the agent has acked everything."""
        deadline = time.monotonic() + seconds
        give_up = deadline - min(SPOOLING_SECONDS, seconds / 2)
        with self._outbox_lock:
            self._flushing += 1
            self._hurry_at = give_up
            self._absent = False
            self._retry_at = 0.0
        try:
            self._arrived.set()
            with self._idle:
                while self._pending() and not self._absent:
                    left = give_up - time.monotonic()
                    if left <= 0 or not self._alive():
                        break
                    self._idle.wait(min(left, 0.05))
                delivered = not self._pending()
            if not delivered:
                self._fill(deadline)
                with self._outbox_lock:
                    self._spool_all()
                if self._outbox.spool.path is not None:
                    logger.warning(
                        "what was tracked rests in %s: `modeldb ingest` delivers it",
                        self._outbox.spool.path,
                    )
                if self._queue or self._building.locked():
                    logger.warning("the end came before all that was tracked was written down")
        finally:
            with self._outbox_lock:
                self._flushing -= 1
                self._hurry_at = math.inf
        return delivered

    def close(self) -> None:
        """Frees the connection and the spool; nothing is delivered from now on."""
        with self._outbox_lock:
            self._outbox.spool.close()
            self._client.close()

    # ---- the thread

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="modeldb-delivery", daemon=True)
        self._thread.start()

    def _alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while True:
            try:
                self._step()
            except Exception:
                logger.debug("delivery", exc_info=True)
                self.lost("delivery_error")
                time.sleep(LINGER_SECONDS)

    def _step(self) -> None:
        self._arrived.wait(self._seconds_to_wait())
        if self._arrived.is_set() and not self._flushing:
            time.sleep(LINGER_SECONDS)
        self._arrived.clear()
        self._fill()
        with self._idle:
            head = self._outbox.head()
            if not self._pending():
                self._idle.notify_all()
        now = time.monotonic()
        if head is None and now - self._last_contact < IDLE_SYNC_SECONDS:
            return
        if now < self._retry_at:
            return
        self._call(head)
        if self._outbox or self._queue:
            self._arrived.set()

    def _seconds_to_wait(self) -> float:
        now = time.monotonic()
        if self._outbox:
            return max(0.0, self._retry_at - now)
        return max(0.0, max(self._last_contact + IDLE_SYNC_SECONDS, self._retry_at) - now)

    def _fill(self, deadline: float | None = None) -> None:
        """From the queue into batches, as far as there is room. `deadline`: until when to wait for
        who is at it."""
        left = -1.0 if deadline is None else max(0.0, deadline - time.monotonic())
        if not self._building.acquire(timeout=left):
            return
        try:
            while self._queue:
                with self._outbox_lock:
                    if not self._outbox.has_room() and not self._spool_all():
                        break
                self._build_next()
            with self._outbox_lock:
                self._outbox.seal()
        finally:
            self._building.release()

    def _build_next(self) -> None:
        with self._counting:
            build, size = self._queue.popleft()
            self._queue_bytes -= size
        if size and time.monotonic() >= self._hurry_at:
            self.lost("sample_cut_off")
            return
        try:
            for event in build():
                encoded = event.SerializeToString()
                if len(encoded) > MAX_EVENT_BYTES:
                    self.lost("event_too_large")
                    continue
                with self._outbox_lock:
                    self._outbox.add(encoded)
        except Exception:
            logger.debug("an event was not built", exc_info=True)
            self.lost("event_not_built")

    def _spool_all(self) -> bool:
        try:
            left = self._outbox.spool_all()
        except OSError as error:
            logger.warning("nothing can be spooled: %s", error)
            return False
        if left:
            logger.warning("the spool is full: %d events are kept in memory only", left)
        return left == 0

    def _pending(self) -> bool:
        return bool(self._queue or self._building.locked() or self._outbox)

    def _call(self, head: Any | None) -> None:
        try:
            if not self._connected or head is None:
                sync = wire.message("SyncRequest")(
                    producer=self._outbox.producer, acked_seq=self._outbox.acked
                )
                self._acked(self._client.call("Sync", sync, "SyncResponse").acked_seq)
                self._connected = True
                if head is None:
                    self._recovered()
                return  # what is first in line may have changed
            answer = self._client.call("Push", head, "PushResponse")
            self._acked(answer.acked_seq)
            if answer.lost_to:
                logger.error(
                    "the agent lost batches %d to %d that it had acked",
                    answer.lost_from,
                    answer.lost_to,
                )
            self._recovered()
        except AgentError as error:
            self._failed(head, error)

    def _acked(self, seq: int) -> None:
        self._last_contact = time.monotonic()
        with self._idle:
            self._outbox.ack(seq)
            if not self._pending():
                self._idle.notify_all()

    def _recovered(self) -> None:
        self._after_gap = False
        self._failures = 0
        if self._told_unavailable:
            logger.info("the agent answers again")
            self._told_unavailable = False

    def _failed(self, head: Any | None, error: AgentError) -> None:
        if error.kind is Kind.REFUSED and self._connected and head is not None:
            logger.warning("the agent refused %d events: %s", len(head.events), error)
            self.lost("refused", len(head.events))
            with self._idle:
                self._outbox.refuse(head.seq)
                self._idle.notify_all()
            return
        self._connected = False
        if error.kind is Kind.GAP and not self._after_gap:
            self._after_gap = True
            return  # Sync at once, and only then wait
        if not self._told_unavailable:
            logger.warning("no agent (%s); what is tracked is kept", error)
            self._told_unavailable = True
        least, most = BACKOFF_SECONDS
        pause = min(most, least * 2**self._failures) * random.SystemRandom().uniform(0.5, 1.0)
        self._failures = min(self._failures + 1, 16)
        self._retry_at = time.monotonic() + pause
        if error.kind is Kind.ABSENT:
            with self._idle:
                self._absent = True
                self._idle.notify_all()
