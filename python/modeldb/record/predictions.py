"""Which model made which prediction: by the object, by what it is a part of, by its values."""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import frames
from .datasets import Dataset, Derivation

if TYPE_CHECKING:
    from .run import Operation

# Predictions that are remembered.
RECENT = 512
# Rows that are compared before all are.
COMPARED = 64
# Steps that leave rows as they were, and how many of them are followed.
KEEP_ROWS = ("select", "derive")
MAX_ABOVE = 32


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
    """Whether the one has the truth of the other: columns of the same table, or the same part of
    the same split."""
    ours, theirs = _of_same_rows(data), _of_same_rows(truth)
    if not {id(each) for each in ours}.isdisjoint(id(each) for each in theirs):
        return True
    parts = {_part(step) for each in ours for step in each.derived_from if step.call}
    others = {_part(step) for each in theirs for step in each.derived_from if step.call}
    return not parts.isdisjoint(others)


def _of_same_rows(data: Dataset) -> list[Dataset]:
    """It, and what it was made from without a change of its rows."""
    found = [data]
    for _ in range(MAX_ABOVE):
        steps = found[-1].derived_from
        if len(steps) != 1 or steps[0].operation not in KEEP_ROWS or steps[0].parent is None:
            break
        if steps[0].parent.rows != data.rows:
            break
        found.append(steps[0].parent)
    return found


def _part(step: Derivation) -> tuple[int, str]:
    return step.call, step.detail


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
