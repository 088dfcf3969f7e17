"""Hooks on pandas: of which columns those are made that are computed, and put into tables."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Derivation
from ..record.run import Run
from ..tracebacks import frame_above
from .columns import behind_column, features_of
from .hooks import by_name, hook_function, hook_method, hook_property, is_called_by, safely
from .tables import call_text, made_from, renamed

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
    hook_method(frame, "pop", _popped)
    hook_method(next(c for c in classes if c.__name__ == "NDFrame"), "_set_axis", _named)
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


def _popped(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    whole = None
    with safely(run):
        whole = run.datasets.of(args[0])
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        made_from(run, result, [whole], "select", None)
    return result


def _named(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around `df.columns = …`."""
    if not frames.is_frame(args[0]) or not _is_set_by_program():
        return original(*args, **kwargs)
    whole, old = None, []
    with safely(run):
        whole, old = run.datasets.of(args[0]), frames.names_of(args[0])
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        names = list(zip(old, frames.names_of(args[0])))
        made_of = {new: (before,) for before, new in names if new != before}
        if made_of:
            made_from(run, args[0], [whole], "derive", renamed(names), made_of=made_of)
    return result


def _is_set_by_program() -> bool:
    """Whether it is an attribute that code outside of pandas sets."""
    frame = frame_above()
    if frame.f_code.co_name != "__setattr__" or frame.f_back is None:
        return False
    return not str(frame.f_back.f_globals.get("__name__", "")).startswith("pandas.")


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
    column = run.datasets.part(value) if hasattr(value, "shape") else None
    name = str(name)
    # Of what nobody knows where it is from, it is its own source.
    behind = behind_column(column) if column is not None else frozenset()
    behind = behind or frozenset((name,))
    if not run.datasets.knows(table):
        run.datasets.of(table)
    step = run.datasets.column(table, name)
    # Whether that is what it has been.
    if step is None or behind != (step.computed.get(name) or _behind(step, name)):
        run.datasets.put(table, name, behind)


def _behind(step: Derivation, name: str) -> frozenset[str]:
    """What is behind a column of the table that a step comes from."""
    if step.parent is None:
        return frozenset()
    return features_of(step.parent, [name])[0][1]


def _as_array(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """An array of a table, which has its columns without their names."""
    if is_called_by("pandas"):
        return original(*args, **kwargs)
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        columns = frames.columns_of(args[0])
        if not frames.is_series(args[0]):
            types = frames.columns_of(result)
            whole = len(columns) == len(types)
            columns = [(n, kind) for (n, _), (_, kind) in zip(columns, types)] if whole else types
        made_from(run, result, [args[0]], "derive", "values", columns=columns)
    return result
