"""What is known of objects, by their identity, as long as they live."""

from __future__ import annotations

import threading
import weakref
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ByIdentity(Generic[T]):
    """A map from objects, which need neither be equal to anything nor have a hash."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, T]] = {}
        # An object's end may come at any time, in this thread too.
        self._lock = threading.RLock()

    def get(self, key: Any) -> T | None:
        """What was put for this very object."""
        known = self._known.get(id(key))
        return known[1] if known is not None and known[0]() is key else None

    def items(self) -> list[tuple[Any, T]]:
        """The objects that live, those that came first first, and what was put for each."""
        known = [(reference(), value) for reference, value in list(self._known.values())]
        return [(key, value) for key, value in known if key is not None]

    def put(self, key: Any, value: T) -> Any:
        """Until the object is gone; answers a weak reference to it. None, and nothing is kept,
        for what has no such reference, as a list."""
        number = id(key)
        known = self._known

        def gone(_: Any) -> None:
            with self._lock:
                entry = known.get(number)
                if entry is not None and entry[0] is reference:
                    del known[number]

        try:
            reference = weakref.ref(key, gone)
        except TypeError:
            return None
        with self._lock:
            known[number] = (reference, value)
        return reference
