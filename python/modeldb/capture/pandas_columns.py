"""Hooks on pandas: of which columns those are made that are computed, and put into tables."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Derivation
from ..record.run import Run
from .columns import behind_column, features_of
from .hooks import by_name, hook_function, hook_method, hook_property, is_called_by, safely
from .tables import call_text, made_from

# Functions that give a column from a column.
FUNCTIONS = ("cut", "qcut", "to_numeric", "to_datetime", "to_timedelta")


def install(module: ModuleType, classes: list[type]) -> None:
    """`pandas` was imported; `classes` are those of its tables and what they are derived from."""
    frame, series = module.DataFrame, module.Series
    for name in FUNCTIONS:
        hook_function(module, name, _converted(name))
    for cls in classes:
        hook_method(cls, "to_numpy", _as_array)
        hook_property(cls, "values", _as_array)
        hook_method(cls, "__array_ufunc__", _function_of_numpy)
    hook_method(frame, "__init__", _constructed)
    hook_method(frame, "_set_item", _put)
    hook_method(frame, "insert", _inserted)
    hook_method(frame, "_arith_method", computed)
    hook_method(series, "_arith_method", computed)


def computed(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around arithmetic."""
    with run.muted():
        result = original(*args, **kwargs)
    if not hasattr(result, "shape"):
        return result
    with safely(run):
        kind = frames.is_frame if frames.is_frame(args[0]) else frames.is_table
        parents = [each for each in args[:2] if kind(each)]
        others = [each for each in args[1:2] if not kind(each)]
        detail = call_text(args[2].__name__.strip("_"), others, {})
        made_from(run, result, parents, "derive", detail)
    return result


def _function_of_numpy(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around what numpy's functions of elements do to tables: `np.log1p(df)`."""
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        function, method, *given = args[1:]
        parents = [each for each in given if frames.is_table(each)]
        others = [each for each in given if not frames.is_table(each)]
        if method == "__call__" and frames.is_table(result):
            made_from(run, result, parents, "derive", call_text(function.__name__, others, kwargs))
    return result


def _converted(name: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            given = args[0] if args else next(iter(kwargs.values()), None)
            if frames.is_table(given) and frames.is_table(result) and result is not given:
                made_from(run, result, [given], "derive", call_text(name, args[1:], kwargs))
        return result

    return around


def _put(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around what puts a column into a table."""
    with safely(run):
        _column_put(run, args[0], args[1], args[2] if len(args) > 2 else kwargs.get("value"))
    with run.muted():
        return original(*args, **kwargs)


def _inserted(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with safely(run):
        given = by_name(original, args, kwargs)
        _column_put(run, given["self"], given["column"], given["value"])
    with run.muted():
        return original(*args, **kwargs)


def _constructed(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around what makes a table of columns: `DataFrame({"a": b, …})`."""
    data = args[1] if len(args) > 1 else kwargs.get("data")
    if type(data) is not dict:
        return original(*args, **kwargs)
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        columns = {name: run.datasets.get(of) for name, of in data.items() if frames.is_series(of)}
        known = {str(name): of for name, of in columns.items() if of is not None}
        behind_each = {name: behind_column(of) for name, of in known.items()}
        # Rather the tables that they are of.
        above = [next((s.parent for s in of.derived_from if s.parent), of) for of in known.values()]
        detail = ", ".join(known)
        steps = [Derivation(of, "derive", detail) for of in dict.fromkeys(above)]
        if steps:
            steps[0].computed = {name: behind for name, behind in behind_each.items() if behind}
            run.datasets.made(args[0], steps)
    return result


def _column_put(run: Run, table: Any, name: Any, value: Any) -> None:
    """What is behind a column that is put into a table, where that is known."""
    column = run.datasets.get(value) if frames.is_table(value) else None
    if column is None:
        return
    name, behind = str(name), behind_column(column)
    now = run.datasets.computed(table, name)
    if now is None:
        whole = run.datasets.of(table)
        if whole is not None and name in whole.column_names:
            now = features_of(whole, [name])[0][1]
    if behind and behind != (now or {name}):
        run.datasets.put(table, name, behind)


def _as_array(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """An array of a table, which has its columns without their names."""
    if is_called_by("pandas"):
        return original(*args, **kwargs)
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        names = frames.names_of(args[0])
        types = frames.columns_of(result)
        if frames.is_series(args[0]):
            types = [("", str(getattr(result, "dtype", "")))]
        columns = [(name, kind) for name, (_, kind) in zip(names, types)]
        whole = len(columns) == len(names) == len(types)
        made_from(run, result, [args[0]], "derive", "values", columns=columns if whole else None)
    return result
