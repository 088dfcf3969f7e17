"""Hooks on `sklearn.model_selection.train_test_split` and on `sklearn.datasets`."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Derivation, Source
from ..record.run import Run
from ..record.values import param_value
from .hooks import hook_function, safely

_calls = itertools.count(1)


def install(module: ModuleType) -> None:
    """`sklearn.model_selection` was imported."""
    hook_function(module, "train_test_split", _split)


def install_datasets(module: ModuleType) -> None:
    """`sklearn.datasets` was imported."""
    for name in getattr(module, "__all__", ()):
        if name.startswith(("load_", "fetch_", "make_")):
            hook_function(module, name, _dataset(name))


def _split(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with run.muted():
        result = original(*args, **kwargs)
    with safely(run):
        call = next(_calls)
        settings = {
            name: value
            for name, value in kwargs.items()
            if name in ("test_size", "train_size", "random_state", "shuffle") and value is not None
        }
        if kwargs.get("stratify") is not None:
            settings["stratify"] = "y"
        told = ", ".join(f"{name}={_shown(value)}" for name, value in settings.items())
        fixed = isinstance(kwargs.get("random_state"), int) or kwargs.get("shuffle") is False
        for place, data in enumerate(args):
            whole = run.datasets.of(data)
            if whole is None:
                continue
            for side, name in ((0, "train"), (1, "test")):
                part = result[2 * place + side]
                detail = f"train_test_split({told}) {name}"
                step = Derivation(
                    whole, "split", detail, split=True, digest=detail if fixed else "", call=call
                )
                if frames.is_data(part):
                    run.datasets.made(part, [step], columns=whole.columns)
    return result


def _shown(value: Any) -> str:
    [text] = param_value(value).values()
    return str(text)


def _dataset(name: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with run.muted():
            result = original(*args, **kwargs)
        with safely(run):
            arguments = inspect.signature(original).bind(*args, **kwargs)
            told = ", ".join(f"{k}={_shown(v)}" for k, v in arguments.arguments.items())
            seeded = isinstance(arguments.arguments.get("random_state"), int)
            # What is made up anew each time comes from nowhere.
            is_random = name.startswith("make_") and not seeded
            source = Source(f"sklearn.datasets:{name}({told})", "sklearn")
            parts = result if isinstance(result, tuple) else _parts(result)
            for part in parts:
                if not frames.is_data(part):
                    continue
                names = getattr(result, "feature_names", None)
                columns = None
                if names is not None and getattr(part, "ndim", 0) == 2:
                    own = frames.columns_of(part)
                    if len(own) == len(names):
                        columns = [(str(n), kind) for n, (_, kind) in zip(names, own)]
                run.datasets.made(
                    part,
                    [],
                    sources=[] if is_random else [source],
                    name=name.partition("_")[2],
                    columns=columns,
                )
        return result

    return around


def _parts(result: Any) -> list[Any]:
    """What a `Bunch` has."""
    return [getattr(result, key, None) for key in ("data", "target", "frame")]
