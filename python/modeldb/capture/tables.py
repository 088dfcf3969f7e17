"""What hooks on libraries of tables share: files, and which table was made from which."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..record import frames
from ..record.datasets import Derivation, Source
from ..record.run import Run
from .hooks import safely

MAX_DETAIL = 1_000
MAX_PREDICATE = 4_000
OPAQUE = "opaque"


def uri_of(place: Any) -> str:
    """A path or an address as text; what it is, where it is neither."""
    if isinstance(place, (str, os.PathLike)):
        text = os.fspath(place)
        text = text if isinstance(text, str) else os.fsdecode(text)
        return text if "://" in text else f"file:{Path(text).absolute()}"
    name = getattr(place, "name", None)
    return uri_of(name) if isinstance(name, str) and name else f"memory:{type(place).__name__}"


def reader(kind: str) -> Callable[..., Any]:
    """Around a function that reads a table."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            if frames.is_table(result):
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
    detail: str,
    *,
    is_certain: bool = True,
    made_of: dict[str, tuple[str, ...]] | None = None,
    computed: dict[str, frozenset[str]] | None = None,
    columns: frames.Columns | None = None,
) -> None:
    """`result` was made from these, if any of them is known or will be of interest. `is_certain`:
    `detail` says all that was done. `made_of`: of which columns of the first of them those with
    new names are made; `computed`: of which columns of sources. `columns`: those of `result`, which has no names for
    them."""
    if not frames.is_data(result) and not frames.is_table(result):
        return
    steps = []
    for parent in parents:
        known = run.datasets.of(parent)
        if known is not None:
            digest = f"{operation} {detail}" if is_certain and OPAQUE not in detail else ""
            step = Derivation(known, operation, detail[:MAX_DETAIL], digest=digest)
            if not steps:
                step.made_of, step.computed = made_of or {}, computed or {}
            steps.append(step)
    if steps:
        run.datasets.made(result, steps, columns=columns)


def call_text(name: str, args: Any, kwargs: Any) -> str:
    """A call with what is plain of its arguments."""
    plain = (str, int, float, bool)
    told = [str(a) for a in args if isinstance(a, plain)]
    told += [f"{k}={v}" for k, v in kwargs.items() if isinstance(v, plain)]
    opaque = len(told) < len(args) + len(kwargs)
    return f"{name}({', '.join([*told, OPAQUE] if opaque else told)})"
