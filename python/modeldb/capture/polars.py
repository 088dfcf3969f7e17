"""Hooks on polars: what was read from where, and which table was made from which, by what.

Lazy tables are datasets too: what is collected was made from them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.run import Run
from .hooks import by_name, hook_function, hook_method, safely
from .tables import (
    MAX_PREDICATE,
    OPAQUE,
    all_of,
    call_text,
    equals,
    made_from,
    reader,
    renamed,
    writer,
)

READERS = {
    f"{verb}_{name}": kind
    for verb in ("read", "scan")
    for name, kind in {
        "csv": "csv",
        "parquet": "parquet",
        "ipc": "feather",
        "json": "json",
        "ndjson": "json",
        "excel": "excel",
        "delta": "delta",
        "avro": "avro",
    }.items()
} | {"read_database": "sql", "read_database_uri": "sql"}
WRITERS = {f"write_{kind}": kind for kind in ("csv", "parquet", "json", "ndjson", "excel", "avro")}
# Methods that give a table from this one, and what is done to it.
STEPS = {
    "filter": "filter",
    "remove": "filter",
    "drop_nulls": "filter",
    "drop_nans": "filter",
    "unique": "filter",
    "select": "select",
    "drop": "select",
    "get_column": "select",
    "to_series": "select",
    "__getitem__": "select",
    "with_columns": "derive",
    "with_row_index": "derive",
    "rename": "derive",
    "cast": "derive",
    "fill_null": "derive",
    "fill_nan": "derive",
    "sort": "derive",
    "clone": "derive",
    "explode": "derive",
    "unpivot": "derive",
    "to_dummies": "derive",
    "to_numpy": "derive",
    "to_pandas": "derive",
    "lazy": "derive",
    "collect": "derive",
    "head": "limit",
    "limit": "limit",
    "tail": "limit",
    "slice": "limit",
    "sample": "sample",
    "sql": "filter",
    "pivot": "aggregate",
    "join": "join",
    "join_asof": "join",
    "hstack": "join",
    "vstack": "union",
}
# Methods of groups that give a table.
OF_GROUPS = (
    *("agg", "sum", "mean", "median", "min", "max", "len", "count", "first", "last", "n_unique"),
    *("quantile", "head", "tail", "all"),
)
SELECTS = ("select", "drop", "get_column", "to_series")
# Of the text of an expression: a string; what is a number; a name in brackets of its own.
STRING = re.compile(r'"((?:[^"\\\\]|\\\\.)*)"')
NUMBER = re.compile(r"\bdyn \w+: ([^(),]*)")
COLUMN = re.compile(r"col\((#\d+#)\)")
ALONE = re.compile(r"\(([\w.#:+-]+)\)")
SIGNS = {"==": "=", "&": "AND", "|": "OR"}
METHODS = {
    "is_null": "({0} IS NULL)",
    "is_not_null": "({0} IS NOT NULL)",
    "is_in": "({0} IN ({1}))",
    "not": "(NOT {0})",
}
# Calls in a predicate that are put into words.
MAX_METHODS = 100


def install(module: ModuleType) -> None:
    """`polars` was imported."""
    for name, kind in READERS.items():
        hook_function(module, name, reader(kind))
    hook_function(module, "concat", _concat)
    hook_function(module, "from_pandas", _converted)
    for cls in (module.DataFrame, module.LazyFrame, module.Series):
        for name, step in STEPS.items():
            hook_method(cls, name, _step(name, step))
    for name, kind in WRITERS.items():
        hook_method(module.DataFrame, name, writer(kind))
    groups = __import__("polars.dataframe.group_by", fromlist=["GroupBy"]).GroupBy
    lazy = __import__("polars.lazyframe.group_by", fromlist=["LazyGroupBy"]).LazyGroupBy
    for name in OF_GROUPS:
        hook_method(groups, name, _of_groups(name))
        hook_method(lazy, name, _of_groups(name))
    hook_method(module.DataFrame, "partition_by", _parted)
    hook_method(module.DataFrame, "group_by", _grouped)
    hook_method(module.LazyFrame, "group_by", _grouped)
    hook_method(groups, "__iter__", _each_group)


def _step(name: str, operation: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        if result is args[0] or not (frames.is_table(result) or frames.is_data(result)):
            return result
        with safely(run):
            parents = [args[0]]
            if operation in ("join", "union") and len(args) > 1:
                parents += args[1] if isinstance(args[1], list) else [args[1]]
            step, detail = operation, _detail(name, result, args[0], args[1:], kwargs)
            if name == "__getitem__" and _rows_are_chosen(args[0], result):
                step, detail = "filter", OPAQUE
            made_of = _made_of(name, args[1:], kwargs)
            columns = None
            if frames.kind(result) == "polars.LazyFrame":
                columns = _columns_of_lazy(run, name, args, kwargs, made_of)
            made_from(run, result, parents, step, detail, made_of=made_of, columns=columns)
        return result

    return around


def _columns_of_lazy(
    run: Run, name: str, args: Any, kwargs: Any, made_of: dict[str, tuple[str, ...]]
) -> frames.Columns:
    """The columns of a lazy table, which does not say what it has, as far as they are known."""
    whole = run.datasets.of(args[0])
    before = whole.columns if whole is not None else []
    asked = [e for a in args[1:] for e in (a if isinstance(a, (list, tuple)) else [a])]
    if name == "select":
        strings = [each for each in asked if isinstance(each, str)]
        names = [*strings, *made_of]
        return [(each, "") for each in names] if len(names) == len(asked) + len(kwargs) else []
    if name == "drop":
        return [(column, kind) for column, kind in before if column not in asked]
    if name == "rename":
        new = {old: name for name, (old,) in made_of.items()}
        return [(new.get(column, column), kind) for column, kind in before]
    if STEPS[name] in ("filter", "limit", "sample") or name in ("lazy", "sort", "clone", "cast"):
        return before
    if name != "with_columns" or not before:
        return []
    names = [column for column, _ in before]
    return [*before, *((each, "") for each in (*made_of, *kwargs) if each not in names)]


def _rows_are_chosen(table: Any, result: Any) -> bool:
    return frames.is_data(result) and frames.rows_of(result) != frames.rows_of(table)


def _grouped(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = [each for a in args[1:] for each in (a if isinstance(a, (list, tuple)) else [a])]
        given += list(kwargs.get("by", ())) if isinstance(kwargs.get("by"), list) else []
        named = set(kwargs) - {"by", "maintain_order"}
        keys = [None] if named else [_key(each) for each in given]
        run.groups.put(result, (args[0], keys))
    return result


def _key(key: Any) -> Any:
    if frames.is_kind(key, "polars", "Expr") and key.meta.is_column():
        return key.meta.output_name()
    return key


def _of_groups(name: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            table, keys = run.groups.get(args[0]) or (None, [])
            by = ", ".join(key if isinstance(key, str) else OPAQUE for key in keys)
            made_of = _made_of("select", args[1:], kwargs)
            detail = f"{call_text(name, args[1:], kwargs)} by {by}"
            made_from(run, result, [table], "aggregate", detail, made_of=made_of)
        return result

    return around


def _each_group(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        groups = original(*args, **kwargs)
    return _Groups(run, args[0], groups)


class _Groups:
    """The parts of a table, each with its key."""

    def __init__(self, run: Run, grouped: Any, groups: Any) -> None:
        self._run, self._groups = run, iter(groups)
        known: tuple[Any, list[Any]] = run.groups.get(grouped) or (None, [])
        self._table, self._keys = known

    def __iter__(self) -> _Groups:
        return self

    def __next__(self) -> Any:
        with self._run.muted():
            key, part = next(self._groups)
        with safely(self._run):
            values = list(key) if isinstance(key, tuple) else [key]
            predicate = equals(self._keys, values)
            made_from(self._run, part, [self._table], "filter", predicate)
        return key, part


def _made_of(name: str, args: Any, kwargs: Any) -> dict[str, tuple[str, ...]]:
    """Of which columns those with new names are made."""
    if name == "rename":
        mapping = args[0] if args else kwargs.get("mapping")
        given = mapping if isinstance(mapping, dict) else {}
        return {str(new): (str(old),) for old, new in given.items()}
    if name not in ("with_columns", "select"):
        return {}
    named = [(e.meta.output_name(raise_if_undetermined=False), e) for e in _expressions(args)]
    named += [(n, e) for n, e in kwargs.items() if frames.is_kind(e, "polars", "Expr")]
    roots = {str(n): tuple(e.meta.root_names()) for n, e in named if n is not None}
    return {n: columns for n, columns in roots.items() if columns}


def _expressions(args: Any) -> list[Any]:
    given = [e for a in args for e in (a if isinstance(a, (list, tuple)) else [a])]
    return [e for e in given if frames.is_kind(e, "polars", "Expr")]


def _converted(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = args[0] if args else kwargs.get("data")
        made_from(run, result, [given], "derive", "from_pandas")
    return result


def _parted(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        given = by_name(original, args, kwargs)
        by = given["by"] if isinstance(given["by"], (list, tuple)) else [given["by"]]
        parts = result.items() if isinstance(result, dict) else ((None, part) for part in result)
        keys = [*by, *given.get("more_by", ())]
        for key, part in parts:
            predicate = equals(keys, key) if isinstance(key, tuple) else OPAQUE
            made_from(run, part, [args[0]], "filter", predicate)
    return result


def _concat(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        items = list(args[0] if args else kwargs.get("items", ()))
        sideways = str(kwargs.get("how", "vertical")).startswith("horizontal")
        made_from(run, result, items, "join" if sideways else "union", "concat")
    return result


def _detail(name: str, result: Any, table: Any, args: Any, kwargs: Any) -> str:
    """What a step does, as far as its arguments can be read."""
    if name == "filter":
        told = [_predicate(each) for each in args]
        told += [f"({key} = {value})" for key, value in kwargs.items()]
        return all_of(told)
    if name in SELECTS or name == "__getitem__":
        names = [column for column, _ in frames.columns_of(result)]
        # A lazy table does not say what it has.
        asked = [e for a in args for e in (a if isinstance(a, (list, tuple)) else [a])]
        if not names and all(isinstance(each, str) for each in asked):
            names = [f"-{each}" for each in asked] if name == "drop" else asked
        return ", ".join(names) or OPAQUE
    if name == "with_columns":
        before = {column for column, _ in frames.columns_of(table)}
        given = sum(len(a) if isinstance(a, (list, tuple)) else 1 for a in args) + len(kwargs)
        exprs = _expressions(args)
        names = [*(e.meta.output_name(raise_if_undetermined=False) for e in exprs), *kwargs]
        told = [str(n) if n in before else f"+{n}" for n in names if n is not None]
        return ", ".join(told if len(told) == given else [*told, OPAQUE])
    if name in ("join", "join_asof"):
        on = kwargs.get("on", args[1] if len(args) > 1 else kwargs.get("left_on"))
        keys = [on] if isinstance(on, str) else on if isinstance(on, (list, tuple)) else []
        how = kwargs.get("how", "inner")
        return f"{how} on {', '.join(map(str, keys))}" if keys else str(how)
    if name in ("collect", "lazy", "clone"):
        return name
    if name == "rename":
        return renamed((old, new) for new, (old,) in _made_of(name, args, kwargs).items()) or OPAQUE
    return call_text(name, args, kwargs)


def _predicate(expression: Any) -> str:
    """An expression as SQL would have it: `[(col("a")) > (dyn int: 3)]` is `(a > 3)`."""
    if not frames.is_kind(expression, "polars", "Expr"):
        return OPAQUE
    return _in_words(str(expression))


@functools.lru_cache(maxsize=1_000)
def _in_words(text: str) -> str:
    strings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        strings.append(found.group(1))
        return f"#{len(strings) - 1}#"

    text = STRING.sub(keep, text).replace("[", "(").replace("]", ")")
    text = ALONE.sub(r"\1", NUMBER.sub(r"\1", COLUMN.sub(r"\1", text)))
    text = " ".join(SIGNS.get(word, word) for word in _unwrapped(text).split(" "))
    for method, words in METHODS.items():
        text = _as_words(text, method, words)
    text = _unwrapped(text)
    text = re.sub(r"#(\d+)#", lambda found: strings[int(found.group(1))], text)
    return text[:MAX_PREDICATE]


def _unwrapped(text: str) -> str:
    """Without brackets around brackets."""
    opened: list[int] = []
    pairs = {}
    for place, letter in enumerate(text):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            pairs[opened.pop()] = place
    needless = {place for place, end in pairs.items() if pairs.get(place + 1) == end - 1}
    needless |= {pairs[place] for place in needless}
    return "".join(letter for place, letter in enumerate(text) if place not in needless)


def _as_words(text: str, method: str, words: str) -> str:
    """`(a > 3).not()` as `(NOT (a > 3))`: what a method is called on, with words for it."""
    for _ in range(MAX_METHODS):
        place = text.find(f".{method}(")
        if place < 0:
            break
        start = _operand(text, place)
        end = _end(text, place + len(method) + 1)
        given = text[place + len(method) + 2 : end].replace(", ", ",")
        told = words.format(text[start:place], given)
        text = text[:start] + told + text[end + 1 :]
    return text


def _operand(text: str, end: int) -> int:
    """Where what ends there begins: something in brackets, or a word."""
    place = end - 1
    if text[place] == ")":
        depth = 0
        for place in range(end - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(text[place], 0)
            if depth == 0:
                break
        return place
    while place > 0 and (text[place - 1].isalnum() or text[place - 1] in "_#."):
        place -= 1
    return place


def _end(text: str, start: int) -> int:
    """The bracket that closes the one there."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)
