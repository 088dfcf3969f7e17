"""Hooks on pandas: what was read from where, and which table was made from which, by what."""

from __future__ import annotations

import functools
import inspect
import operator
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Derivation
from ..record.run import Run
from ..tracebacks import is_ours
from .columns import behind_column, features_of
from .hooks import by_name, hook_function, hook_method, hook_property, is_called_by, safely
from .tables import (
    MAX_PREDICATE,
    OPAQUE,
    call_text,
    equals,
    made_from,
    predicate_of,
    reader,
    renamed,
    writer,
)

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
    "pop": "select",
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
# Methods of groups that give a table.
OF_GROUPS = (
    *("agg", "aggregate", "apply", "transform", "filter", "sum", "mean", "median", "min", "max"),
    *("std", "var", "count", "size", "nunique", "first", "last", "rank", "shift", "diff", "head"),
    *("tail", "cumsum", "cumcount", "ffill", "bfill", "quantile", "sample", "value_counts"),
)
# Functions that give a column from a column.
FUNCTIONS = ("cut", "qcut", "to_numeric", "to_datetime", "to_timedelta")
# Those that call functions of the program's.
CALLING_BACK = ("apply", "map", "assign", "agg", "aggregate", "transform", "filter")
# Those of which the text does not say all that they do.
UNCERTAIN = ("assign", "apply", "map")
# Between what pandas is called by and it.
OUR_FRAMES = 2
COMPARISONS = {
    operator.eq: "=",
    operator.ne: "!=",
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
}
LOGICAL = {"and_": "AND", "rand_": "AND", "or_": "OR", "ror_": "OR"}


def install(module: ModuleType) -> None:
    """`pandas` was imported."""
    for name, kind in READERS.items():
        hook_function(module, name, reader(kind))
    for name in ("concat", "merge", "get_dummies"):
        hook_function(module, name, _combined(name))
    for name in FUNCTIONS:
        hook_function(module, name, _converted(name))
    frame, series = module.DataFrame, module.Series
    bases = [
        cls for cls in {*frame.__mro__, *series.__mro__} if cls.__module__.startswith("pandas")
    ]
    for cls in bases:
        for name, step in STEPS.items():
            hook_method(cls, name, _step(name, step))
        for name, kind in WRITERS.items():
            hook_method(cls, name, writer(kind))
    for cls in bases:
        hook_method(cls, "to_numpy", _as_array)
        hook_property(cls, "values", _as_array)
    hook_method(frame, "__init__", _constructed)
    hook_method(frame, "__getitem__", _getitem)
    hook_method(series, "__getitem__", _getitem)
    hook_method(frame, "_set_item", _put)
    hook_method(frame, "insert", _inserted)
    hook_method(frame, "_arith_method", _computed)
    hook_method(series, "_arith_method", _computed)
    hook_method(series, "_cmp_method", _compared)
    hook_method(series, "_logical_method", _combined_predicates)
    hook_method(series, "isin", _is_in)
    hook_method(series, "between", _between)
    for name in ("isna", "isnull"):
        hook_method(series, name, _is_null("IS NULL"))
    for name in ("notna", "notnull"):
        hook_method(series, name, _is_null("IS NOT NULL"))
    generic = next(cls for cls in bases if cls.__name__ == "NDFrame")
    hook_method(generic, "__invert__", _inverted)
    hook_method(generic, "_inplace_method", _changed)
    hook_method(generic, "__finalize__", _finalized)
    hook_method(generic, "__array_ufunc__", _function_of_numpy)
    _watch_indexers(module)
    _watch_groups(module)


# ---- steps


def _step(name: str, operation: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if name == "query":
            # It looks up `@variables` so many frames above: two are ours.
            kwargs = {**kwargs, "level": kwargs.get("level", 0) + OUR_FRAMES}
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
            if step == "select" and _names_in(result) == _names_in(args[0]):
                step, detail = "filter", OPAQUE
            else:
                detail = _detail(name, result, args[1:], kwargs)
            if name in ("rename", "add_prefix", "add_suffix"):
                names = list(zip(_names_in(args[0]), _names_in(result)))
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
            names, rows = _names_in(result), frames.rows_of(result)
            if method == "groupby" and rows != frames.rows_of(other):
                made_from(run, result, [other], "aggregate", "groupby", is_certain=False)
            elif names == _names_in(other) and rows != frames.rows_of(other):
                made_from(run, result, [other], "filter", OPAQUE)
            else:
                detail = _call_above(other, method) if isinstance(method, str) else ""
                certain = detail.endswith(")")
                made_from(run, result, [other], "derive", detail or "function", is_certain=certain)
    return result


def _call_above(table: Any, method: str) -> str:
    """The call of a method of pandas from which this was called, if it is that; else its name."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and is_ours(frame.f_code):
        frame = frame.f_back
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


def _computed(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
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
    if not isinstance(data, dict):
        return original(*args, **kwargs)
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        columns = {name: run.datasets.get(of) for name, of in data.items() if frames.is_series(of)}
        known = {str(name): of for name, of in columns.items() if of is not None}
        computed = {name: behind_column(of) for name, of in known.items()}
        # Rather the tables that they are of.
        above = [next((s.parent for s in of.derived_from if s.parent), of) for of in known.values()]
        detail = ", ".join(known)
        steps = [Derivation(of, "derive", detail) for of in dict.fromkeys(above)]
        if steps:
            steps[0].computed = {name: behind for name, behind in computed.items() if behind}
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
        names = _names_in(args[0])
        types = frames.columns_of(result)
        if frames.is_series(args[0]):
            types = [("", str(getattr(result, "dtype", "")))]
        columns = [(name, kind) for name, (_, kind) in zip(names, types)]
        whole = len(columns) == len(names) == len(types)
        made_from(run, result, [args[0]], "derive", "values", columns=columns if whole else None)
    return result


def _names_above() -> Mapping[str, Any]:
    """What names stand for where the program called."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return ChainMap(frame.f_locals, frame.f_globals)


def _names_in(data: Any) -> list[str]:
    return [name for name, _ in frames.columns_of(data)]


def _detail(name: str, result: Any, args: Any, kwargs: Any) -> str:
    """What a step does, as far as its arguments can be read."""
    if name in ("filter", "select_dtypes", "pop", "squeeze", "drop"):
        return ", ".join(_names_in(result))
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
        if name == "concat" and args and isinstance(args[0], Iterator):
            # Whoever looks at it first has it.
            args = (list(args[0]), *args[1:])
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
                objects = given["objs"]
                objects = list(objects.values() if isinstance(objects, Mapping) else objects)
                sideways = given.get("axis", 0) in (1, "columns")
                made_from(run, result, objects, "join" if sideways else "union", "concat")
        return result

    return around


def _dummies(data: Any, result: Any, given: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Of which columns those are that `get_dummies` has made: they begin with its name."""
    if frames.is_series(data):
        return {name: tuple(_names_in(data)) for name in _names_in(result)}
    if not frames.is_frame(data) or given.get("prefix") is not None:
        return {}
    old, separator = set(_names_in(data)), given.get("prefix_sep", "_")
    found = {}
    for name in _names_in(result):
        of = [c for c in old if name not in old and name.startswith(f"{c}{separator}")]
        if of:
            found[name] = (max(of, key=len),)
    return found


def _getitem(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if type(args[-1]) in (int, str) and not frames.is_frame(args[0]):
        # Mostly one value.
        return original(*args, **kwargs)
    if len(args) > 1 and callable(args[1]):
        # As pandas does, so that it is known what came of it.
        args = (args[0], args[1](args[0]))
    with run.muted():
        result = original(*args, **kwargs)
    if not hasattr(result, "shape") or len(args) < 2:
        return result
    with safely(run):
        _chosen(run, args[0], args[1], result)
    return result


def _chosen(run: Run, data: Any, key: Any, result: Any) -> None:
    """`result` is what `key` chooses of a table."""
    dtype = getattr(key, "dtype", None)
    if dtype is not None and dtype == bool or _all_booleans(key):
        predicate = _name_of(run, key) if frames.is_series(key) else OPAQUE
        made_from(run, result, [data], "filter", predicate)
    elif isinstance(key, slice):
        made_from(run, result, [data], "limit", _slice(key))
    else:
        known, whole = run.datasets.get(result), run.datasets.get(data)
        if known is not None and any(step.parent is whole for step in known.derived_from):
            # A column that pandas has kept.
            return
        made_from(run, result, [data], "select", None)


def _all_booleans(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and all(isinstance(k, bool) for k in key)


def _slice(key: slice) -> str:
    ends = (key.start, key.stop, key.step)
    return "rows " + ":".join("" if end is None else str(end) for end in ends)


def _watch_indexers(module: ModuleType) -> None:
    """`.loc` and `.iloc`."""
    indexing = __import__("pandas.core.indexing", fromlist=["_LocIndexer"])
    for cls in (indexing._LocIndexer, indexing._iLocIndexer, indexing._LocationIndexer):
        hook_method(cls, "__getitem__", _located)


def _located(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    asked = args[1] if isinstance(args[1], tuple) else (args[1],)
    if any(callable(each) for each in asked):
        asked = tuple(each(args[0].obj) if callable(each) else each for each in asked)
        args = (args[0], asked if isinstance(args[1], tuple) else asked[0])
    with run.muted():
        result = original(*args, **kwargs)
    if not hasattr(result, "shape"):
        return result
    with safely(run):
        data, key = args[0].obj, args[1]
        if frames.is_series(result) and frames.is_frame(data) and not isinstance(key, tuple):
            # A row.
            return result
        rows = key[0] if isinstance(key, tuple) and len(key) == 2 else key
        if result is data:
            return result
        if isinstance(rows, slice) and rows == slice(None):
            made_from(run, result, [data], "select", None)
        elif getattr(rows, "dtype", None) == bool or _all_booleans(rows):
            predicate = _name_of(run, rows) if frames.is_series(rows) else OPAQUE
            made_from(run, result, [data], "filter", predicate)
        elif isinstance(rows, slice):
            made_from(run, result, [data], "limit", _slice(rows))
        else:
            # Rows by number or label: somebody's own choice.
            made_from(run, result, [data], "filter", OPAQUE)
    return result


def _watch_groups(module: ModuleType) -> None:
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
            made_from(run, result, [table], step, detail)
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


# ---- predicates


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
    result = _computed(run, original, args, kwargs)
    with safely(run):
        series, other, compare = args[0], args[1], args[2]
        sign = COMPARISONS.get(compare)
        if sign is not None and hasattr(result, "dtype"):
            value = _name_of(run, other) if frames.is_series(other) else str(other)
            if hasattr(other, "shape") and not frames.is_series(other) and other.shape != ():
                value = OPAQUE
            _says(run, result, f"({_name_of(run, series)} {sign} {value})")
    return result


def _combined_predicates(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    result = _computed(run, original, args, kwargs)
    with safely(run):
        left = run.predicates.get(args[0])
        right = run.predicates.get(args[1])
        sign = LOGICAL.get(getattr(args[2], "__name__", ""))
        if sign is not None:
            _says(run, result, f"({left or OPAQUE} {sign} {right or OPAQUE})")
    return result


def _changed(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """`mask &= other`: nobody knows what it says now."""
    result = original(*args, **kwargs)
    with safely(run):
        if run.predicates.get(args[0]) is not None:
            _says(run, args[0], OPAQUE)
    return result


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
        told = ",".join(str(value) for value in values[:100])
        _says(run, result, f"({_name_of(run, args[0])} IN ({told}))")
    return result


def _between(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = {**dict(zip(("left", "right", "inclusive"), args[1:])), **kwargs}
        name = _name_of(run, args[0])
        signs = {"both": (">=", "<="), "left": (">=", "<"), "right": (">", "<=")}
        low, high = signs.get(given.get("inclusive", "both"), (">", "<"))
        left, right = str(given["left"]), str(given["right"])
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
