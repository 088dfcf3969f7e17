"""What chose rows: the text behind columns of booleans, by identity, as long as they live."""

from __future__ import annotations

import weakref
from typing import Any

MAX_TEXT = 4_000


class Predicates:
    """See the module."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, str]] = {}

    def get(self, mask: Any) -> str | None:
        """The predicate of a column of booleans."""
        known = self._known.get(id(mask))
        return known[1] if known is not None and known[0]() is mask else None

    def put(self, mask: Any, text: str) -> None:
        """`mask` says where `text` is so."""
        key = id(mask)
        known = self._known

        def gone(_: Any) -> None:
            entry = known.get(key)
            if entry is not None and entry[0] is reference:
                del known[key]

        try:
            reference = weakref.ref(mask, gone)
        except TypeError:
            return
        known[key] = (reference, text[:MAX_TEXT])
