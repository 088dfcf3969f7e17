"""What hooks on libraries of tables share: files, and which table was made from which."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..record import frames
from ..record.datasets import Dataset, Derivation, Source
from ..record.run import Run
from .hooks import safely

MAX_DETAIL = 1_000
MAX_PREDICATE = 4_000
# Whose values are told.
TOLD = ("builtins", "numpy", "pandas", "datetime", "decimal", "uuid")
# Elements of a list that is told in an argument.
MAX_PLAIN = 50
OPAQUE = "opaque"


def uri_of(place: Any) -> str:
    """A path or an address as text; what it is, where it is neither."""
    if isinstance(place, (str, os.PathLike)):
        text = os.fspath(place)
        text = text if isinstance(text, str) else os.fsdecode(text)
        if text.startswith("file://"):
            text = text[len("file://") :].removeprefix("localhost")
        return text if "://" in text else f"file:{Path(text).absolute()}"
    name = getattr(place, "name", None)
    return uri_of(name) if isinstance(name, str) and name else f"memory:{type(place).__name__}"


def reader(kind: str) -> Callable[..., Any]:
    """Around a function that reads a table."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            if frames.is_table(result) or frames.is_data(result):
                place = args[0] if args else next(iter(kwargs.values()), None)
                # A query's text is no place, and may have secrets.
                uri = "sql" if kind == "sql" else uri_of(place)
                run.datasets.made(result, [], sources=[Source(uri, kind)])
        return result

    return around


def writer(kind: str) -> Callable[..., Any]:
    """Around a method that writes the table."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            place = args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
            dataset = run.datasets.get(args[0])
            if dataset is not None and isinstance(place, (str, os.PathLike)):
                target = {"uri": uri_of(place), "format": kind}
                number = run.use(dataset)
                run.tell("written", {"dataset": number, "target": target, "mode": "overwrite"})
        return result

    return around


def made_from(
    run: Run,
    result: Any,
    parents: Iterable[Any],
    operation: str,
    detail: str | None,
    *,
    is_certain: bool = True,
    made_of: Mapping[str, tuple[str, ...]] | None = None,
    computed: dict[str, frozenset[str]] | None = None,
    columns: frames.Columns | None = None,
) -> None:
    """`result` was made from these, which are objects or datasets.

    `detail`: what was done; None stands for the names of the columns. `is_certain`: that is all
    that was done. `made_of`: of which columns of the first parent those with new names are made;
    `computed`: of which columns of sources. `columns`: those of `result`, where it has no names
    for them itself.
    """
    if not frames.is_table(result) and not frames.is_data(result):
        return
    if columns is None:
        columns = frames.columns_of(result)
    if detail is None:
        detail = ", ".join([name for name, _ in columns])
    steps: list[Derivation] = []
    for parent in parents:
        known = parent if isinstance(parent, Dataset) else run.datasets.of(parent)
        if known is not None:
            digest = f"{operation} {detail}" if is_certain and OPAQUE not in detail else ""
            step = Derivation(known, operation, detail[:MAX_DETAIL], digest=digest)
            if not steps:
                step.made_of, step.computed = made_of or {}, computed or {}
            steps.append(step)
    if steps:
        run.datasets.made(result, steps, columns=columns)


def renamed(pairs: Iterable[tuple[Any, Any]]) -> str:
    """What columns were called, and are now."""
    return ", ".join(f"{old} -> {new}" for old, new in pairs if old != new)


def equals(names: Sequence[Any], values: Sequence[Any]) -> str:
    """The predicate of a group."""
    if len(names) != len(values) or not all(isinstance(name, str) for name in names):
        return OPAQUE
    return all_of([f"({name} = {told(value)})" for name, value in zip(names, values)])


def all_of(predicates: Sequence[str]) -> str:
    """One predicate, or all of several at once."""
    return predicates[0] if len(predicates) == 1 else f"({' AND '.join(predicates)})"


# ---- predicates as text

_SIGNS = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "IN",
}


# The same with the sides exchanged.
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def predicate_of(text: str, names: Mapping[str, Any]) -> str:
    """A condition in Python's words as masks of the same have it: `a == 1 and b < @x` is
    `((a = 1) AND (b < 2))`, where `names` say what x is; what is not understood stays as it is."""

    def value(found: re.Match[str]) -> str:
        known: Any = names.get(found.group(1))
        known = known.tolist() if hasattr(known, "tolist") else known
        return repr(known) if known is not None and is_plain(known) else found.group()

    text = re.sub(r"@([A-Za-z_]\w*)", value, text)
    try:
        return _words(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return f"({text})"


def _words(node: ast.expr) -> str:
    if isinstance(node, (ast.BoolOp, ast.BinOp)):
        sign = "AND" if isinstance(node.op, (ast.And, ast.BitAnd)) else "OR"
        if not isinstance(node.op, (ast.And, ast.BitAnd, ast.Or, ast.BitOr)):
            raise ValueError(node.op)  # noqa: TRY004
        parts = node.values if isinstance(node, ast.BoolOp) else [node.left, node.right]
        words = _words(parts[0])
        for part in parts[1:]:
            words = f"({words} {sign} {_words(part)})"
        return words
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        return f"(NOT {_words(node.operand)})"
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        words = ""
        for left, compare, right in zip(sides, node.ops, sides[1:]):
            sign = _SIGNS[type(compare)]
            if sign in _TURNED and isinstance(left, ast.Constant):
                left, sign, right = right, _TURNED[sign], left
            one = f"({_side(left)} {sign} {_side(right)})"
            if isinstance(compare, ast.NotIn):
                one = f"(NOT ({_side(left)} IN {_side(right)}))"
            words = f"({words} AND {one})" if words else one
        return words
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError


def _side(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    value = ast.literal_eval(node)
    if isinstance(value, (list, tuple)):
        return f"({','.join(str(each) for each in value)})"
    return str(value)


def told(value: Any) -> str:
    """A value that something is compared with; what a program's own classes hold is not asked."""
    module = type(value).__module__.partition(".")[0]
    return str(value) if module in TOLD else OPAQUE


def is_plain(value: Any, depth: int = 2) -> bool:
    """Whether a value's text says all of it."""
    if value is None or isinstance(value, (str, int, float, type)):
        return True
    if not isinstance(value, (list, tuple, dict)) or len(value) > MAX_PLAIN or depth == 0:
        return False
    inside = [*value, *value.values()] if isinstance(value, dict) else value
    return all(is_plain(each, depth - 1) for each in inside)


def call_text(name: str, args: Any, kwargs: Any) -> str:
    """A call with what is plain of its arguments."""
    plain = [_text(a) for a in args if is_plain(a)]
    plain += [f"{k}={_text(v)}" for k, v in kwargs.items() if is_plain(v)]
    opaque = len(plain) < len(args) + len(kwargs)
    return f"{name}({', '.join([*plain, OPAQUE] if opaque else plain)})"


def _text(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else str(value)
