"""Hooks on pandas: which rows were chosen, by what; groups; masks and what they say."""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Derivation
from ..record.run import Run
from .hooks import by_name, hook_method, safely
from .pandas_columns import computed
from .tables import MAX_PREDICATE, OPAQUE, call_text, equals, made_from, told

# Methods of groups that give a table.
OF_GROUPS = (
    *("agg", "aggregate", "apply", "transform", "filter", "sum", "mean", "median", "min", "max"),
    *("std", "var", "count", "size", "nunique", "first", "last", "rank", "shift", "diff", "head"),
    *("tail", "cumsum", "cumcount", "ffill", "bfill", "quantile", "sample", "value_counts"),
)
# Between a method of pandas and what it is called by inside pandas.
MAX_FRAMES = 8
# Those that call functions of the program's.
CALLING_BACK = ("agg", "aggregate", "apply", "transform", "filter")
COMPARISONS = {
    operator.eq: "=",
    operator.ne: "!=",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
}
LOGICAL = {"and_": "AND", "rand_": "AND", "or_": "OR", "ror_": "OR"}


def install(module: ModuleType, classes: list[type]) -> None:
    """`pandas` was imported; `classes` are those of its tables and what they are derived from."""
    frame, series = module.DataFrame, module.Series
    hook_method(frame, "__getitem__", _getitem)
    hook_method(series, "__getitem__", _getitem)
    hook_method(series, "_cmp_method", _compared)
    hook_method(series, "_logical_method", _combined_predicates)
    hook_method(series, "isin", _is_in)
    hook_method(series, "between", _between)
    for name in ("isna", "isnull"):
        hook_method(series, name, _is_null("IS NULL"))
    for name in ("notna", "notnull"):
        hook_method(series, name, _is_null("IS NOT NULL"))
    for cls in classes:
        hook_method(cls, "__invert__", _inverted)
    _watch_indexers()
    _watch_groups()


def _getitem(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    is_value = type(args[-1]) in (int, str) and not frames.is_frame(args[0])
    if is_value or len(args) < 2:
        return original(*args, **kwargs)
    given = _Given(args[1])
    with _quiet(run, [given]):
        result = original(args[0], given.asked, *args[2:], **kwargs)
    if not hasattr(result, "shape"):
        return result
    with safely(run):
        step = None
        if type(given.key) is str and frames.is_series(result):
            step = run.datasets.column(args[0], given.key)
        if step is not None:
            _is_column(run, step, result)
        else:
            _chosen(run, args[0], given.key, result)
    return result


def _is_column(run: Run, step: Derivation, result: Any) -> None:
    known = run.datasets.get(result)
    kept = known is not None and any(d.parent is step.parent for d in known.derived_from)
    # pandas keeps a column that was asked for; what is computed may be another one now.
    if not kept or step.computed:
        run.datasets.made(result, [step])


def _quiet(run: Run, several: list[_Given]) -> AbstractContextManager[None]:
    """What pandas does besides is of no interest, but for what it has functions do."""
    return nullcontext() if any(each.is_function for each in several) else run.muted()


class _Given:
    """What chooses rows: a function that pandas is to call says what it gave."""

    def __init__(self, key: Any) -> None:
        self.key = self.asked = key
        self.is_function = callable(key)
        if self.is_function:
            self.asked = functools.partial(self._ask, key)

    def _ask(self, key: Any, table: Any) -> Any:
        self.key = key(table)
        return self.key


def _chosen(run: Run, data: Any, key: Any, result: Any) -> None:
    """`result` is what `key` chooses of a table."""
    if not _are_rows(run, data, key, result):
        made_from(run, result, [data], "select", None)


def _are_rows(run: Run, data: Any, rows: Any, result: Any) -> bool:
    """Tells which rows of a table `result` has, where a mask or a slice says that."""
    dtype = getattr(rows, "dtype", None)
    if dtype is not None and dtype == bool or _all_booleans(rows):
        predicate = _name_of(run, rows) if frames.is_series(rows) else OPAQUE
        made_from(run, result, [data], "filter", predicate)
    elif isinstance(rows, slice):
        made_from(run, result, [data], "limit", _slice(rows))
    else:
        return False
    return True


def _all_booleans(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and all(isinstance(k, bool) for k in key)


def _slice(key: slice) -> str:
    ends = (key.start, key.stop, key.step)
    return "rows " + ":".join("" if end is None else str(end) for end in ends)


def _watch_indexers() -> None:
    """`.loc` and `.iloc`."""
    indexing = __import__("pandas.core.indexing", fromlist=["_LocIndexer"])
    for cls in (indexing._LocIndexer, indexing._iLocIndexer, indexing._LocationIndexer):
        hook_method(cls, "__getitem__", _located)


def _located(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if isinstance(args[1], tuple):
        several = [_Given(each) for each in args[1]]
        asked = tuple(each.asked for each in several)
    else:
        several = [_Given(args[1])]
        asked = several[0].asked
    with _quiet(run, several):
        result = original(args[0], asked, *args[2:], **kwargs)
    if not hasattr(result, "shape"):
        return result
    with safely(run):
        data = args[0].obj
        keys = tuple(each.key for each in several)
        key = keys if isinstance(args[1], tuple) else keys[0]
        if frames.is_series(result) and frames.is_frame(data) and not isinstance(key, tuple):
            # A row.
            return result
        rows = key[0] if isinstance(key, tuple) and len(key) == 2 else key
        if result is data:
            return result
        if isinstance(rows, slice) and rows == slice(None):
            made_from(run, result, [data], "select", None)
        elif not _are_rows(run, data, rows, result):
            # Rows by number or label: somebody's own choice.
            made_from(run, result, [data], "filter", OPAQUE)
    return result


# ---- groups


def _watch_groups() -> None:
    """What `groupby` gives, group by group and together."""
    generic = __import__("pandas.core.groupby.generic", fromlist=["DataFrameGroupBy"])
    of_frames, of_series = generic.DataFrameGroupBy, generic.SeriesGroupBy
    for cls in dict.fromkeys((*of_frames.__mro__, *of_series.__mro__)):
        hook_method(cls, "__iter__", _each_group)
        hook_method(cls, "get_group", _group)
        for name in OF_GROUPS if cls.__module__.startswith("pandas") else ():
            hook_method(cls, name, _of_groups(name))


def _of_groups(name: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if name in CALLING_BACK:
            result = original(*args, **kwargs)
        else:
            with run.muted():
                result = original(*args, **kwargs)
        with safely(run):
            table = args[0].obj
            like = frames.rows_of(result) == frames.rows_of(table)
            keys = ", ".join(str(k) if isinstance(k, str) else OPAQUE for k in _keys(args[0]))
            detail = f"{call_text(name, args[1:], kwargs)} by {keys}"
            step = "derive" if like else "aggregate"
            named = {k: (str(of[0]),) for k, of in kwargs.items() if isinstance(of, tuple) and of}
            several = [c for c in getattr(result, "columns", ()) if isinstance(c, tuple)]
            made_of = named | {str(column): (str(column[0]),) for column in several}
            made_from(run, result, [table], step, detail, made_of=made_of)
        return result

    return around


def _each_group(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return _known_groups(run, args[0], original(*args, **kwargs))


def _known_groups(run: Run, grouped: Any, groups: Any) -> Any:
    groups = iter(groups)
    while True:
        with run.muted():
            key, part = next(groups, (None, None))
        if part is None:
            return
        with safely(run):
            _is_group(run, grouped, key, part)
        yield key, part


def _group(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = by_name(original, args, kwargs)
        _is_group(run, args[0], given["name"], result)
    return result


def _keys(grouped: Any) -> list[Any]:
    return list(grouped.keys) if isinstance(grouped.keys, (list, tuple)) else [grouped.keys]


def _is_group(run: Run, grouped: Any, key: Any, part: Any) -> None:
    predicate = equals(_keys(grouped), list(key) if isinstance(key, tuple) else [key])
    made_from(run, part, [grouped.obj], "filter", predicate)


# ---- masks


def _says(run: Run, mask: Any, text: str) -> None:
    """`mask` says where `text` is so."""
    run.predicates.put(mask, text[:MAX_PREDICATE])


def _name_of(run: Run, series: Any) -> str:
    """What a predicate is about: a column, or what was said of one. Not what was computed from a
    column, which goes by its name too."""
    known = run.predicates.get(series)
    if known is not None:
        return known
    dataset = run.datasets.get(series)
    if series.name is None or dataset is None:
        return OPAQUE
    for step in dataset.derived_from:
        if step.operation in ("derive", "aggregate") and step.detail != "copy":
            return OPAQUE
    return str(series.name)


def _compared(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    result = computed(run, original, args, kwargs)
    with safely(run):
        series, other, compare = args[0], args[1], args[2]
        sign = COMPARISONS.get(compare)
        if sign is not None and hasattr(result, "dtype"):
            value = _name_of(run, other) if frames.is_series(other) else told(other)
            if hasattr(other, "shape") and not frames.is_series(other) and other.shape != ():
                value = OPAQUE
            _says(run, result, f"({_name_of(run, series)} {sign} {value})")
    return result


def _combined_predicates(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    result = computed(run, original, args, kwargs)
    with safely(run):
        left = run.predicates.get(args[0])
        right = run.predicates.get(args[1])
        sign = LOGICAL.get(getattr(args[2], "__name__", ""))
        if sign is not None:
            _says(run, result, f"({left or OPAQUE} {sign} {right or OPAQUE})")
        if left is not None and _is_in_place():
            _says(run, args[0], OPAQUE)
    return result


def _is_in_place() -> bool:
    """Whether it is `mask &= other`, after which nobody knows what `mask` says. (That method of
    pandas counts who holds the mask, and cannot be hooked.)"""
    frame: Any = sys._getframe(1)
    for _ in range(MAX_FRAMES):
        if frame is None:
            break
        if frame.f_code.co_name == "_inplace_method":
            return True
        frame = frame.f_back
    return False


def _inverted(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    result = original(*args, **kwargs)
    with safely(run):
        known = run.predicates.get(args[0])
        if known is not None:
            _says(run, result, f"(NOT {known})")
    return result


def _is_in(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    result = original(*args, **kwargs)
    with safely(run):
        values = list(args[1] if len(args) > 1 else kwargs.get("values", ()))
        among = ",".join(told(value) for value in values[:100])
        _says(run, result, f"({_name_of(run, args[0])} IN ({among}))")
    return result


def _between(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = {**dict(zip(("left", "right", "inclusive"), args[1:])), **kwargs}
        name = _name_of(run, args[0])
        signs = {"both": (">=", "<="), "left": (">=", "<"), "right": (">", "<=")}
        low, high = signs.get(given.get("inclusive", "both"), (">", "<"))
        left, right = told(given["left"]), told(given["right"])
        _says(run, result, f"(({name} {low} {left}) AND ({name} {high} {right}))")
    return result


def _is_null(text: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            _says(run, result, f"({_name_of(run, args[0])} {text})")
        return result

    return around
