"""Which model made which prediction: by the object, by what it is a part of, by its values."""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import frames
from .datasets import Dataset

if TYPE_CHECKING:
    from .run import Operation

# Predictions that are remembered.
RECENT = 512
# Rows that are compared before all are.
COMPARED = 64


@dataclass
class Prediction:
    """What a model said of a dataset."""

    result: Any
    model: Operation
    input: Dataset | None
    output: Dataset | None
    rows: int | None

    def object(self) -> Any:
        return self.result()


class Predictions:
    """The newest of one process."""

    def __init__(self) -> None:
        self._recent: deque[Prediction] = deque(maxlen=RECENT)

    def add(
        self, result: Any, model: Operation, input: Dataset | None, output: Dataset | None
    ) -> None:
        """A model said `result` of `input`."""
        try:
            reference = weakref.ref(result)
        except TypeError:
            return
        rows = frames.rows_of(result)
        self._recent.append(Prediction(reference, model, input, output, rows))

    def find(self, scored: Any) -> Prediction | None:
        """The prediction that an object is, is a part of, or has the same values as."""
        base = getattr(scored, "base", None)
        for made in reversed(self._recent):
            known = made.object()
            if known is not None and (known is scored or known is base):
                return made
        rows = frames.rows_of(scored) if hasattr(scored, "__len__") else None
        if rows is None:
            return None
        for made in reversed(self._recent):
            if made.rows == rows and _same(made.object(), scored):
                return made
        return None

    def of_same_rows(self, truth: Dataset, rows: int | None) -> Prediction | None:
        """The newest prediction of the rows whose truth this is: both come from one split, and
        are as many; or of those that it was chosen from."""
        for made in reversed(self._recent):
            if made.input is None:
                continue
            if made.rows == rows and _siblings(made.input, truth):
                return made
        for made in reversed(self._recent):
            if made.input is None:
                continue
            above = [truth, *truth.ancestors()]
            if any(_siblings(made.input, each) for each in above):
                return made
        return None


def _siblings(data: Dataset, truth: Dataset) -> bool:
    """Whether the one has the truth of the other: the same part of the same split."""
    if data is truth:
        return True
    steps = [d for d in data.derived_from if d.split]
    others = [d for d in truth.derived_from if d.split]
    return any(a.detail == b.detail and a.call and a.call == b.call for a in steps for b in others)


def _same(known: Any, scored: Any) -> bool:
    """Whether all values are the same."""
    if known is None or getattr(known, "ndim", 1) != 1:
        return False
    try:
        a = known.to_numpy() if hasattr(known, "to_numpy") else known
        b = scored.to_numpy() if hasattr(scored, "to_numpy") else scored
        # Mostly the first ones tell.
        if not all(bool(x == y) for x, y in zip(a[:COMPARED], b[:COMPARED])):
            return False
        compared = a == b
        if hasattr(compared, "all"):
            return bool(compared.all())
        return all(bool(x == y) for x, y in zip(a, b))
    except Exception:
        return False
