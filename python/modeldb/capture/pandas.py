"""Hooks on pandas: what was read from where, and which table was made from which, by what."""

from __future__ import annotations

import functools
import inspect
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.run import Run
from ..tracebacks import frame_above
from . import pandas_columns, pandas_rows
from .columns import features_of
from .hooks import by_name, hook_function, hook_method, safely
from .tables import OPAQUE, call_text, made_from, predicate_of, reader, renamed, writer

# Functions that read, by the format.
READERS = {
    "read_csv": "csv",
    "read_table": "csv",
    "read_fwf": "text",
    "read_parquet": "parquet",
    "read_feather": "feather",
    "read_orc": "orc",
    "read_json": "json",
    "read_excel": "excel",
    "read_hdf": "hdf",
    "read_pickle": "pickle",
    "read_stata": "stata",
    "read_spss": "spss",
    "read_sas": "sas",
    "read_xml": "xml",
    "read_sql": "sql",
    "read_sql_query": "sql",
    "read_sql_table": "sql",
}
WRITERS = {
    "to_csv": "csv",
    "to_parquet": "parquet",
    "to_feather": "feather",
    "to_json": "json",
    "to_excel": "excel",
    "to_pickle": "pickle",
}
# Methods that give a table from this one, and what is done to it.
STEPS = {
    "drop": "select",
    "filter": "select",
    "add_prefix": "derive",
    "add_suffix": "derive",
    "select_dtypes": "select",
    "dropna": "filter",
    "drop_duplicates": "filter",
    "query": "filter",
    "head": "limit",
    "tail": "limit",
    "nlargest": "limit",
    "nsmallest": "limit",
    "sample": "sample",
    "merge": "join",
    "join": "join",
    "assign": "derive",
    "astype": "derive",
    "rename": "derive",
    "map": "derive",
    "apply": "derive",
    "set_index": "derive",
    "reset_index": "derive",
    "sort_values": "derive",
    "sort_index": "derive",
    "copy": "derive",
    "infer_objects": "derive",
    "convert_dtypes": "derive",
    "to_frame": "derive",
    "melt": "derive",
    "pivot_table": "aggregate",
    "round": "derive",
    "squeeze": "select",
}
# Those that call functions of the program's.
CALLING_BACK = ("apply", "map", "assign")
# Those of which the text does not say all that they do.
UNCERTAIN = ("assign", "apply", "map")


def install(module: ModuleType) -> None:
    """`pandas` was imported."""
    for name, kind in READERS.items():
        hook_function(module, name, reader(kind))
    for name in ("concat", "merge", "get_dummies"):
        hook_function(module, name, _combined(name))
    above = {*module.DataFrame.__mro__, *module.Series.__mro__}
    classes = [cls for cls in above if cls.__module__.startswith("pandas")]
    for cls in classes:
        for name, step in STEPS.items():
            hook_method(cls, name, _step(name, step))
        for name, kind in WRITERS.items():
            hook_method(cls, name, writer(kind))
        hook_method(cls, "__finalize__", _finalized)
    pandas_columns.install(module, classes)
    pandas_rows.install(module, classes)


def _step(name: str, operation: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if name == "query":
            # This frame is ours, too.
            kwargs = {**kwargs, "level": kwargs["level"] + 1}
        if name in CALLING_BACK:
            # What the program's functions do there is its own.
            result = original(*args, **kwargs)
        else:
            with run.muted():
                result = original(*args, **kwargs)
        if result is None:
            return result
        with safely(run):
            parents = [args[0]]
            if operation == "join":
                kwargs, args = by_name(original, args, kwargs), args[:1]
                other = kwargs.get("right", kwargs.get("other"))
                parents += other if isinstance(other, list) else [other]
            step, computed = operation, {}
            made_of: Mapping[str, tuple[str, ...]] = {}
            if step == "select" and frames.has_columns_of(result, args[0]):
                step, detail = "filter", OPAQUE
            else:
                detail = _detail(name, result, args[1:], kwargs)
            if name in ("rename", "add_prefix", "add_suffix"):
                names = list(zip(frames.names_of(args[0]), frames.names_of(result)))
                made_of = {new: (old,) for old, new in names if new != old}
                detail = renamed(names) or detail
            elif name == "assign":
                made = run.datasets.get(result)
                columns = features_of(made, list(kwargs)) if made is not None else []
                computed = {key: behind for key, (_, behind) in zip(kwargs, columns)}
            is_certain = name not in UNCERTAIN and not (name == "query" and "@" in detail)
            if name == "sample":
                is_certain = isinstance(kwargs.get("random_state"), int)
            made_from(
                run,
                result,
                parents,
                step,
                detail,
                is_certain=is_certain,
                made_of=made_of,
                computed=computed,
            )
            if name == "apply" and frames.is_frame(args[0]) and frames.is_series(result):
                # What a function of the program's makes of a row is its own.
                made = run.datasets.get(result)
                if made is not None:
                    made.behind = frozenset()
        return result

    return around


def _finalized(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around what pandas calls in the end of nearly all that gives a table from a table."""
    result = original(*args, **kwargs)
    with safely(run):
        other = args[1] if len(args) > 1 else kwargs.get("other")
        method = args[2] if len(args) > 2 else kwargs.get("method")
        if method is None and frames.is_series(result) and frames.is_frame(other):
            # A row.
            return result
        if frames.is_table(other) and other is not result:
            rows = frames.rows_of(result)
            if method == "groupby" and rows != frames.rows_of(other):
                made_from(run, result, [other], "aggregate", "groupby", is_certain=False)
            elif rows != frames.rows_of(other) and frames.has_columns_of(result, other):
                made_from(run, result, [other], "filter", OPAQUE)
            else:
                detail = _call_above(other, method) if isinstance(method, str) else ""
                certain = detail.endswith(")")
                made_from(run, result, [other], "derive", detail or "function", is_certain=certain)
    return result


def _call_above(table: Any, method: str) -> str:
    """The call of a method of pandas from which this was called, if it is that; else its name."""
    frame = frame_above()
    code = frame.f_code
    if code.co_name != method or frame.f_locals.get("self") is not table:
        return method.strip("_")
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    cls: Any = type(table)
    defaults = _defaults(cls, method)
    given = {name: frame.f_locals.get(name) for name in names}
    told = {name: v for name, v in given.items() if v is not defaults.get(name)}
    return call_text(method.strip("_"), (), told)


@functools.lru_cache(maxsize=1_000)
def _defaults(cls: Any, method: str) -> dict[str, Any]:
    parameters = inspect.signature(getattr(cls, method)).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def _names_above() -> Mapping[str, Any]:
    """What names stand for where the program called."""
    frame = frame_above()
    return ChainMap(frame.f_locals, frame.f_globals)


def _detail(name: str, result: Any, args: Any, kwargs: Any) -> str:
    """What a step does, as far as its arguments can be read."""
    if name in ("filter", "select_dtypes", "squeeze", "drop"):
        return ", ".join(frames.names_of(result))
    if name == "query":
        text = str(args[0] if args else kwargs.get("expr", OPAQUE))
        return predicate_of(text, kwargs.get("local_dict") or _names_above())
    if name == "dropna":
        subset = kwargs.get("subset")
        return " AND ".join(f"({c} IS NOT NULL)" for c in _names(subset)) or "no NULL"
    if name in ("head", "tail", "nlargest", "nsmallest"):
        return f"{name} {args[0] if args else kwargs.get('n', 5)}"
    if name in ("merge", "join"):
        on = kwargs.get("on") or kwargs.get("left_on")
        how = kwargs.get("how", "inner" if name == "merge" else "left")
        return f"{how} on {', '.join(_names(on))}" if on is not None else str(how)
    if name == "assign":
        return ", ".join(f"+{key}" for key in kwargs)
    if name == "copy":
        return "copy"
    return call_text(name, args, kwargs)


def _names(names: Any) -> list[str]:
    if names is None:
        return []
    return [str(names)] if isinstance(names, (str, int)) else [str(name) for name in names]


def _combined(name: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        taken: list[Any] = []
        if name == "concat" and args and isinstance(args[0], Iterator):
            # It gives its tables once.
            args = (_noted(args[0], taken), *args[1:])
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            given = by_name(original, args, kwargs)
            if name == "merge":
                parents = [given.get("left"), given.get("right")]
                made_from(run, result, parents, "join", _detail("merge", result, (), given))
            elif name == "get_dummies":
                data = given.get("data")
                made_of = _dummies(data, result, given)
                rest = {key: value for key, value in given.items() if key != "data"}
                detail = call_text(name, (), rest)
                made_from(run, result, [data], "derive", detail, made_of=made_of)
            else:
                objects = taken or given["objs"]
                objects = list(objects.values() if isinstance(objects, Mapping) else objects)
                sideways = given.get("axis", 0) in (1, "columns")
                made_from(run, result, objects, "join" if sideways else "union", "concat")
        return result

    return around


def _noted(tables: Iterator[Any], taken: list[Any]) -> Iterator[Any]:
    for table in tables:
        taken.append(table)
        yield table


def _dummies(data: Any, result: Any, given: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Of which columns those are that `get_dummies` has made: they begin with its name."""
    if frames.is_series(data):
        return {name: tuple(frames.names_of(data)) for name in frames.names_of(result)}
    if not frames.is_frame(data):
        return {}
    old, new = frames.names_of(data), frames.names_of(result)
    encoded = [name for name in old if name not in set(new)]
    prefix, separator = given.get("prefix"), given.get("prefix_sep", "_")
    if isinstance(prefix, str):
        prefix = [prefix] * len(encoded)
    if prefix is None or len(prefix) != len(encoded):
        prefix = encoded
    begin = [
        (f"{prefix[name] if isinstance(prefix, dict) else prefix[i]}{separator}", name)
        for i, name in enumerate(encoded)
    ]
    found = {}
    for name in new:
        of = [(start, c) for start, c in begin if name not in old and name.startswith(start)]
        longest = max((start for start, _ in of), key=len, default="")
        if of:
            found[name] = tuple(c for start, c in of if start == longest)
    return found
