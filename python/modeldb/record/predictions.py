"""Which model made which prediction: by the object, by what it is a part of, by its values, by
what was made of them."""

from __future__ import annotations

import functools
import math
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import frames
from .datasets import Dataset, Derivation

if TYPE_CHECKING:
    from .run import Operation

# Predictions that are remembered, and what their values may keep alive together.
RECENT = 512
KEPT_BYTES = 16 << 20
# Values that are compared before all are.
COMPARED = 64
# Values that are looked at before all are, at equal distances.
SOME = 256
# Of the newest predictions so many are tried as what something was made of.
TRIED = 16
FUNCTIONS = ("exp", "expm1", "square", "sqrt")
# In how many other orders labels could lie that are taken for those of a prediction.
MIN_ORDERS = 50
# Numbers that are taken for those of a prediction on another scale.
MIN_NUMBERS = 4
# Columns of probabilities that are looked at, and different labels.
MAX_COLUMNS = 16
MAX_LABELS = 64
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
    # What the rows are called, where their table says that.
    index: Any = None
    # The values, as long as there is room.
    kept: Any = None
    size: int = 0

    def object(self) -> Any:
        """Its values, if they are there still."""
        return self.kept if self.kept is not None else self.result()

    def keep(self, result: Any) -> None:
        """Keeps the values, and nothing that they are only a part of."""
        values = result if frames.bytes_of(result) <= KEPT_BYTES else None
        values = _array(values)
        if values is not None:
            self.kept = values if values.base is None else values.copy()
            self.size = int(self.kept.nbytes) + int(getattr(self.index, "nbytes", 0))


@dataclass
class Found:
    """A prediction, and whether all of its rows were measured."""

    prediction: Prediction
    is_whole: bool


class Predictions:
    """The newest of one process."""

    def __init__(self) -> None:
        self._recent: deque[Prediction] = deque(maxlen=RECENT)
        self._lock = threading.Lock()

    def _newest(self) -> list[Prediction]:
        """Those that are remembered, the newest first."""
        with self._lock:
            return list(reversed(self._recent))

    def add(
        self,
        result: Any,
        model: Operation,
        input: Dataset | None,
        output: Dataset | None,
        *,
        data: Any = None,
    ) -> None:
        """A model said `result` of `input`, whose object is `data`."""
        try:
            reference = weakref.ref(result)
        except TypeError:
            return
        made = Prediction(reference, model, input, output, frames.rows_of(result))
        made.index = frames.index_of(data)
        if made.index is None and input is not None:
            above = (each.index() for each in _of_same_rows(input) if each.index is not None)
            made.index = next((index for index in above if index is not None), None)
        made.keep(result)
        with self._lock:
            self._recent.append(made)
        kept = 0
        for each in self._newest():
            kept += each.size if each.kept is not None else 0
            if kept > KEPT_BYTES:
                each.kept = each.index = None

    def find(self, scored: Any, truth: Any, truth_dataset: Dataset | None) -> Found | None:
        """The prediction that an object is, is a part of, has the same values as, or was made of;
        `truth` says of which rows."""
        rows = frames.rows_of(scored) if hasattr(scored, "__len__") else None
        if rows is None:
            return None
        both = [(g, self._by_memory(g) if g is not None else None) for g in (scored, truth)]
        known = [
            Found(made, made.rows == frames.rows_of(g)) for g, made in both if made is not None
        ]
        if known:
            # The arguments may stand the other way round; how far two models agree is neither's.
            return known[0] if len(known) == 1 else None
        values = _array(scored)
        if values is None or len(values) == 0:
            return None
        like = [made for made in self._newest() if made.rows == rows]
        for made in like:
            if any(_equal(column, values) for column in _columns(made.object(), values.ndim)):
                return Found(made, True)
        index = frames.index_of(truth if frames.index_of(truth) is not None else scored)
        parts = list(self._parts(index, rows))
        for made, said in parts:
            if any(_equal(column, values) for column in _columns(said, values.ndim)):
                return Found(made, False)
        if values.ndim == 1 and not _is_constant(values):
            whole = [made for made in like[:TRIED] if _is_made_of(values, made.object())]
            if whole:
                return _if_sure(whole, is_whole=True)
            of_parts = [made for made, said in parts if _is_made_of(values, said)]
            if of_parts:
                return _if_sure(of_parts, is_whole=False)
        if truth_dataset is None:
            return None
        return self._of_rows_above(values, truth_dataset, index is not None)

    def _by_memory(self, scored: Any) -> Prediction | None:
        root, part_of = frames.root_of(scored), None
        size = getattr(root, "size", None)
        for made in self._newest():
            known = made.result()
            if known is scored:
                return made
            # One that is itself a part, as of the table that was scored, tells nothing of the rest.
            of_all = part_of is None and known is not None and getattr(known, "size", -1) == size
            if of_all and frames.root_of(known) is root:
                part_of = made
        return part_of

    def _parts(self, index: Any, rows: int) -> Iterator[tuple[Prediction, Any]]:
        """Of the newest predictions of tables that have all these rows, what was said of those."""
        if index is None or len(index) != rows:
            return
        found: dict[int, Any] = {}
        tried = 0
        for made in self._newest():
            known = _array(made.object()) if made.index is not None else None
            if known is None or rows >= len(known) or len(made.index) != len(known):
                continue
            if tried == TRIED or not made.index.is_unique:
                return
            tried += 1
            if id(made.index) not in found:
                found[id(made.index)] = made.index.get_indexer(index)
            places = found[id(made.index)]
            if (places >= 0).all():
                yield made, known[places]

    def _of_rows_above(self, values: Any, truth: Dataset, by_index: bool) -> Found | None:
        """The prediction of those rows that the truth was chosen from, where each of many values
        is one that it gave, and no other model did; `by_index`: those with an index were tried by
        that."""
        numpy = sys.modules["numpy"]
        if len(numpy.unique(values)) < max(MIN_NUMBERS, len(values) // 2):
            # Labels are those of any model.
            return None
        above = [truth, *truth.ancestors()]
        found: list[Prediction] = []
        for made in self._newest()[:TRIED]:
            known = made.object()
            if made.input is None or known is None or (made.rows or 0) <= len(values):
                continue
            if by_index and made.index is not None:
                continue
            inside = any(numpy.isin(values, c).all() for c in _columns(known, values.ndim))
            if inside and any(_siblings(made.input, each) for each in above):
                found.append(made)
        return _if_sure(found, is_whole=False)


def _if_sure(found: list[Prediction], *, is_whole: bool) -> Found | None:
    """The newest of those that it may be, if all are of one model: a wrong one is worse than
    none."""
    is_one = len({id(made.model) for made in found}) == 1
    return Found(found[0], is_whole) if is_one else None


# ---- values


def _array(data: Any) -> Any:
    """As a numpy array of one or two dimensions; None where that cannot be."""
    numpy = sys.modules.get("numpy")
    if numpy is None or data is None or hasattr(data, "tocsr"):
        return None
    try:
        array = data.to_numpy() if hasattr(data, "to_numpy") else numpy.asarray(data)
    except Exception:
        return None
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return array if array.ndim in (1, 2) else None


def _columns(known: Any, dimensions: int) -> Iterator[Any]:
    """What of a prediction can be compared with an array of so many dimensions."""
    array = _array(known)
    if array is None:
        return
    if array.ndim == dimensions:
        yield array
    elif dimensions == 1:
        for place in range(min(array.shape[1], MAX_COLUMNS)):
            yield array[:, place]


def _equal(known: Any, values: Any) -> bool:
    """Whether all values are the same."""
    numpy = sys.modules["numpy"]
    if known.shape != values.shape:
        return False
    # Mostly the first ones tell.
    first = known[:COMPARED] == values[:COMPARED]
    return bool(numpy.all(first)) and bool(numpy.all(known == values))


def _is_made_of(values: Any, known: Any) -> bool:
    """Whether values tell no more than a prediction does: a threshold, labels by other names, the
    label of the highest probability; the same numbers rounded, cut off, or on another scale."""
    numpy = sys.modules["numpy"]
    array = _array(known)
    if array is None or len(values) < 2 or len(values) != len(array):
        return False
    columns = list(_columns(known, 1))
    if array.ndim == 2:
        columns.append(numpy.argmax(array, axis=1))
    some = slice(None, None, len(values) // SOME + 1)
    try:
        # Mostly some of them tell.
        likely = [c for c in columns if _follows(values[some], c[some], may_be_constant=True)]
        return any(_follows(values, each) for each in likely)
    except (TypeError, ValueError):
        return False


def _is_constant(values: Any) -> bool:
    return bool((values == values[0]).all())


def _follows(values: Any, known: Any, *, may_be_constant: bool = False) -> bool:
    if may_be_constant and _is_constant(values):
        return True
    return _are_labels_of(values, known) or _is_scaled(values, known)


def _are_labels_of(values: Any, known: Any) -> bool:
    """Whether, in the order of `known`, each of a few labels has a stretch of its own."""
    numpy = sys.modules["numpy"]
    labels, codes = numpy.unique(values, return_inverse=True)
    if not 2 <= len(labels) <= min(MAX_LABELS, max(2, len(values) // 2)):
        return False
    if not _is_no_chance([int((codes == code).sum()) for code in range(len(labels))]):
        return False
    of_each = [known[codes == code] for code in range(len(labels))]
    ends = sorted((each.min(), each.max()) for each in of_each)
    return all(below[1] < above[0] for below, above in zip(ends, ends[1:]))


def _is_no_chance(counts: list[int]) -> bool:
    """Whether labels, so many of each, could lie in many other orders."""
    orders = math.lgamma(sum(counts) + 1) - sum(math.lgamma(count + 1) for count in counts)
    return orders - math.lgamma(len(counts) + 1) > math.log(MIN_ORDERS)


def _is_scaled(values: Any, known: Any) -> bool:
    """Whether numbers are those of a prediction on another scale."""
    numpy = sys.modules["numpy"]
    if values.dtype.kind not in "fiu" or known.dtype.kind not in "fiu":
        return False
    low, high = known.argmin(), known.argmax()
    if len(values) < MIN_NUMBERS or values.min() == values.max() or known[low] == known[high]:
        return False
    with numpy.errstate(all="ignore"):
        rise = float(values[high]) - float(values[low])
        slope = rise / (float(known[high]) - float(known[low]))
        scales: tuple[Callable[[], Any], ...] = (
            lambda: values[low] + slope * (known - known[low]),
            lambda: known.clip(values.min(), values.max()),
            *(functools.partial(numpy.round, known, places) for places in range(4)),
            *(functools.partial(getattr(numpy, name), known) for name in FUNCTIONS),
            lambda: numpy.power(10.0, known),
        )
        return any(numpy.allclose(values, scale(), rtol=1e-6, atol=0) for scale in scales)


# ---- rows


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
        given = found[-1].input
        if not steps and given is not None and given.rows == data.rows:
            found.append(given)
            continue
        if len(steps) != 1 or steps[0].operation not in KEEP_ROWS or steps[0].parent is None:
            break
        if steps[0].parent.rows != data.rows:
            break
        found.append(steps[0].parent)
    return found


def _part(step: Derivation) -> tuple[int, str]:
    return step.call, step.detail
