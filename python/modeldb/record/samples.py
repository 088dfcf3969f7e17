"""Which rows of datasets were kept, and predictions whose truth is not known yet."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from .datasets import Dataset


@dataclass
class Rows:
    """Which rows of a dataset are kept."""

    places: list[int]
    ids: list[str]
    method: str

    def first(self, count: int) -> Rows:
        """So many of them."""
        return Rows(self.places[:count], self.ids[:count], self.method)


@dataclass
class Waiting:
    """A prediction whose truth may come with a metric."""

    result: Any
    model: int
    dataset: Dataset
    data: Any
    classes: Any
    probabilities: Any = None


class Samples:
    """What one run keeps."""

    def __init__(self) -> None:
        self.rows: OrderedDict[int, Rows] = OrderedDict()
        self.waiting: OrderedDict[int, Waiting] = OrderedDict()
        self.told: set[tuple[int, int]] = set()
        self.sampled: set[int] = set()
        # The truth of each dataset, where it is known.
        self.targets: dict[int, Any] = {}

    def target_is(self, dataset: Dataset | None, target: Any) -> None:
        """`target` is the truth of a dataset's rows."""
        if dataset is None or target is None:
            return
        try:
            reference = weakref.ref(target, lambda _: self.targets.pop(dataset.order, None))
        except TypeError:
            return
        self.targets[dataset.order] = reference

    def target_of(self, dataset: Dataset) -> Any:
        """The truth of a dataset's rows; None where it is not known."""
        reference = self.targets.get(dataset.order)
        return reference() if reference is not None else None
