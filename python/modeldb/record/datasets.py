"""Datasets by the identity of their objects: what each was made from, told when it is used.

An object is known by its `id` as long as it lives; a weak reference says when it does not.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import frames
from .identity import ByIdentity

# Ancestors that are followed.
MAX_STEPS = 1_000
# Steps one after the other that are remembered; of more, only what they began with.
MAX_DEPTH = 500
# Lists have no identity that could be watched: so many are known by their digest.
MAX_DIGESTS = 256


@dataclass
class Derivation:
    """A step from a parent, or none where it is not known."""

    parent: Dataset | None
    operation: str
    detail: str = ""
    # Whether rows were drawn at random, as train and test sets are.
    split: bool = False
    # Digest of all that the step does; empty where some of it is not known.
    digest: str = ""
    # The call of a split, so that what it gave can be told to belong together.
    call: int = 0
    # What columns with other names are made of: columns of the parent.
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Of columns that were computed, the columns of sources behind them.
    computed: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Source:
    """Where data was read from."""

    uri: str
    format: str


@dataclass(eq=False)
class Dataset:
    """See the module."""

    # Its place among all that were met.
    order: int
    columns: frames.Columns
    rows: int | None = None
    derived_from: list[Derivation] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    name: str = ""
    digest: str = ""
    # What gave it, of what: the transformer (a weak reference) and its input.
    made_by: Any = None
    input: Dataset | None = None
    # What its rows are called, as long as somebody has that: a weak reference.
    index: Any = None
    # Its number in each run that was told of it.
    numbers: dict[str, int] = field(default_factory=dict)
    # Its object, for a digest when it is told first.
    object: Any = None
    # The most steps one after the other that lead to it.
    depth: int = 0
    # Once it was found out: of columns that are not their own source a feature's name and the
    # columns behind it; of one without a name the columns behind it.
    features: dict[str, tuple[str, frozenset[str]]] | None = None
    behind: frozenset[str] | None = None

    @functools.cached_property
    def column_names(self) -> list[str]:
        """The names of its columns, in order."""
        return [name for name, _ in self.columns]

    @functools.cached_property
    def has(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(self.column_names)

    def ancestors(self) -> Iterable[Dataset]:
        """What it was made from, each once, the nearest first."""
        seen = {id(self)}
        queue = [self]
        for _ in range(MAX_STEPS):
            if not queue:
                return
            for derivation in queue.pop(0).derived_from:
                parent = derivation.parent
                if parent is not None and id(parent) not in seen:
                    seen.add(id(parent))
                    yield parent
                    queue.append(parent)


@dataclass
class _Entry:
    dataset: Dataset
    signature: Any
    # Columns that were put into the table since, and the columns of sources behind them.
    computed: dict[str, frozenset[str]] = field(default_factory=dict)


class Datasets:
    """The datasets of one process."""

    def __init__(self) -> None:
        self._orders = itertools.count(1)
        self._known: ByIdentity[_Entry] = ByIdentity()
        self._by_digest: OrderedDict[str, Dataset] = OrderedDict()

    def get(self, data: Any) -> Dataset | None:
        """The dataset that an object is, if it was met."""
        entry = self._known.get(data)
        if entry is None:
            return None
        if entry.computed or entry.signature != frames.signature(data):
            return self._changed(data, entry)
        return entry.dataset

    def knows(self, data: Any) -> bool:
        """Whether an object was met, whatever it has become since."""
        return self._known.get(data) is not None

    def column(self, data: Any, name: str) -> Derivation | None:
        """The step from a table to one of its columns; the table need not be looked at anew for
        that, which takes long where columns are put into it one by one. None where it is not
        known."""
        entry = self._known.get(data)
        if entry is None:
            return None
        step = Derivation(entry.dataset, "select", name, digest=f"select {name}")
        if name in entry.computed:
            step.computed, step.digest = {name: entry.computed[name]}, ""
            return step
        return step if name in entry.dataset.has else None

    def put(self, data: Any, name: str, behind: frozenset[str]) -> None:
        """A column is put into a table that was met: one that is computed from columns of sources."""
        entry = self._known.get(data)
        if entry is not None:
            entry.computed[name] = behind

    def part(self, data: Any) -> Dataset | None:
        """The dataset that an object is or is a view of, if that was met."""
        return self.get(data) or self._view(data)

    def of(self, data: Any) -> Dataset | None:
        """The dataset that an object is; one that was not met is new. None for what is no
        data."""
        if data is None:
            return None
        known = self.part(data)
        if known is not None:
            return known
        if not frames.is_data(data):
            return self._by_content(data)
        return self.made(data, [])

    def made(
        self,
        data: Any,
        derived_from: list[Derivation],
        *,
        sources: list[Source] | None = None,
        name: str = "",
        columns: frames.Columns | None = None,
    ) -> Dataset:
        """A new object, and what it was made from."""
        depth = 1 + max((d.parent.depth for d in derived_from if d.parent is not None), default=-1)
        if depth > MAX_DEPTH:
            derived_from, depth = _without_steps(derived_from), 1
        dataset = Dataset(
            order=next(self._orders),
            columns=frames.columns_of(data) if columns is None else columns,
            rows=frames.rows_of(data),
            derived_from=derived_from,
            sources=sources or [],
            name=name,
            depth=depth,
        )
        self._remember(data, dataset)
        return dataset

    def unseen(
        self, derived_from: list[Derivation], columns: frames.Columns, rows: int | None = None
    ) -> Dataset:
        """Data that is known to have been there, as an object that nobody saw."""
        return Dataset(next(self._orders), columns, rows=rows, derived_from=derived_from)

    def _remember(self, data: Any, dataset: Dataset) -> None:
        dataset.object = self._known.put(data, _Entry(dataset, frames.signature(data)))
        index = frames.index_of(data)
        dataset.index = weakref.ref(index) if index is not None else None

    def _changed(self, data: Any, entry: _Entry) -> Dataset:
        """A table to which columns were added, say: a new dataset in the same object."""
        before = entry.dataset
        old, new = before.column_names, frames.names_of(data)
        if old == new and before.rows == frames.rows_of(data) and not entry.computed:
            entry.signature = frames.signature(data)
            return before
        added = [name for name in new if name not in before.has]
        left = set(new)
        gone = [name for name in old if name not in left]
        anew = [name for name in entry.computed if name in before.has]
        told = [*(f"+{name}" for name in added), *(f"-{name}" for name in gone), *anew]
        step = Derivation(before, "derive", ", ".join(told), computed=entry.computed)
        return self.made(data, [step], name=before.name)

    def _view(self, data: Any) -> Dataset | None:
        """A part of an array that is known."""
        base = getattr(data, "base", None)
        for _ in range(8):
            if base is None or not frames.is_kind(base, "numpy", "ndarray"):
                return None
            parent = self.get(base)
            if parent is not None:
                step, columns = _part_of(parent, base, data)
                return self.made(data, [step], columns=columns)
            base = base.base
        return None

    def _by_content(self, data: Any) -> Dataset | None:
        try:
            size = len(data)
        except TypeError:
            return None
        if isinstance(data, (str, bytes, dict)) or size == 0:
            return None
        digest = frames.digest(data)
        known = self._by_digest.get(digest) if digest else None
        if known is None:
            known = Dataset(next(self._orders), [], rows=size, digest=digest)
            self._by_digest[digest] = known
            if len(self._by_digest) > MAX_DIGESTS:
                self._by_digest.popitem(last=False)
        return known


def _part_of(parent: Dataset, base: Any, data: Any) -> tuple[Derivation, frames.Columns | None]:
    """Which rows and columns of an array a view of it has."""
    opaque = Derivation(parent, "derive", "opaque")
    if base.shape == data.shape:
        return opaque, parent.columns
    if base.ndim != 2 or data.ndim not in (1, 2) or min(base.strides) <= 0 or data.size == 0:
        return opaque, None
    offset = data.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    # Rows lie one after the other, or columns.
    if base.strides[0] >= base.strides[1]:
        row, rest = divmod(offset, base.strides[0])
        column, rest = divmod(rest, base.strides[1])
    else:
        column, rest = divmod(offset, base.strides[1])
        row, rest = divmod(rest, base.strides[0])
    step, more = divmod(data.strides[0], base.strides[0])
    if rest or more or step < 1 or (data.ndim == 2 and data.strides[1] != base.strides[1]):
        return opaque, None
    wide = data.shape[1] if data.ndim == 2 else 1
    columns = parent.columns[column : column + wide]
    if row == 0 and step == 1 and data.shape[0] == base.shape[0]:
        return Derivation(parent, "select", ", ".join(name for name, _ in columns)), columns
    by = f":{step}" if step > 1 else ""
    rows = f"rows {row}:{row + step * (data.shape[0] - 1) + 1}{by}"
    return Derivation(parent, "limit", rows), columns


def _without_steps(steps: list[Derivation]) -> list[Derivation]:
    """From what all of it began with."""
    above = [a for step in steps if step.parent is not None for a in step.parent.ancestors()]
    roots = {id(each): each for each in above if not each.derived_from}
    return [Derivation(root, "derive", f"more than {MAX_DEPTH} steps") for root in roots.values()]


def _shown(detail: str, hidden: Mapping[str, str]) -> str:
    for name, shown in hidden.items():
        detail = detail.replace(name, shown)
    return detail


def seen(dataset: Dataset, run_id: str, number: int, hidden: Mapping[str, str]) -> dict[str, Any]:
    """A `DatasetSeen` message; all that it was made from has numbers in the run. `hidden`: names
    of columns that stay here, and what is told instead."""
    data = dataset.object() if dataset.object is not None else None
    dataset.object = None
    if not dataset.derived_from and not dataset.sources and not dataset.digest:
        dataset.digest = frames.digest(data) if data is not None else ""
    told: dict[str, Any] = {
        "dataset": number,
        "columns": [{"name": hidden.get(n, n), "type": kind} for n, kind in dataset.columns],
        "derived_from": [
            {
                "parent": step.parent.numbers.get(run_id, 0) if step.parent is not None else 0,
                "operation": step.operation,
                "detail": _shown(step.detail, hidden),
                "split": step.split,
                "digest": step.digest,
            }
            for step in dataset.derived_from
        ],
        "sources": [{"uri": source.uri, "format": source.format} for source in dataset.sources],
        "name": dataset.name,
        "digest": dataset.digest,
    }
    if dataset.rows is not None:
        told["row_count"] = dataset.rows
    return told
