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
    # About how much it keeps alive.
    size: int = 0


class Samples:
    """What one run keeps."""

    def __init__(self) -> None:
        self.rows: OrderedDict[int, Rows] = OrderedDict()
        self.waiting: OrderedDict[int, Waiting] = OrderedDict()
        self.told: set[tuple[int, int]] = set()
        self.sampled: set[int] = set()
        # The truths of each dataset, by what they are called.
        self.targets: dict[tuple[int, str], Any] = {}

    def target_is(self, dataset: Dataset | None, target: Any, label: str) -> None:
        """`target` is the truth of a dataset's rows, as far as `label` goes."""
        if dataset is None or target is None:
            return
        key = dataset.order, label
        try:
            reference = weakref.ref(target, lambda _: self.targets.pop(key, None))
        except TypeError:
            return
        self.targets[key] = reference

    def target_of(self, dataset: Dataset, label: str) -> Any:
        """The truth of a dataset's rows that goes by this name; None where it is not known."""
        reference = self.targets.get((dataset.order, label))
        return reference() if reference is not None else None
