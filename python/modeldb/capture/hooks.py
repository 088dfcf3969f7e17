"""Puts hooks around functions and takes them away."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

from .. import state
from ..record.run import Run

logger = logging.getLogger("modeldb")

# Told the run, what is called, and its arguments; calls it and gives back what it gives.
Around = Callable[..., Any]

# What was replaced: its holder, its name, what was there, and what is there now.
_replaced: list[tuple[Any, str, Any, Any]] = []

# Marks our own functions; has the one behind.
MARK = "__modeldb_original__"


@contextmanager
def safely(run: Run) -> Iterator[None]:
    """Nothing that goes wrong inside reaches the program, and nothing inside is watched."""
    try:
        with run.muted():
            yield
    except Exception:
        logger.debug("a hook failed", exc_info=True)
        run.delivery.lost("hook_error")


def hooked(original: Callable[..., Any], around: Around) -> Callable[..., Any]:
    """`original`, called by `around(run, original, args, kwargs)` where there is a run."""

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        run = state.run
        if run is None or run.is_muted:
            return original(*args, **kwargs)
        return around(run, original, args, kwargs)

    setattr(call, MARK, original)
    return call


def is_hooked(function: Any) -> bool:
    """Whether it is one of ours."""
    return hasattr(function, MARK)


def replace(holder: Any, name: str, new: Any) -> None:
    """Puts `new` where a class or a module has something."""
    old = vars(holder)[name]
    setattr(holder, name, new)
    _replaced.append((holder, name, old, new))


def hook_function(module: ModuleType, name: str, around: Around) -> None:
    """Hooks a function of a module, there and wherever it was imported to by now."""
    original = getattr(module, name, None)
    if not callable(original) or is_hooked(original):
        return
    call = hooked(original, around)
    replace(module, name, call)
    main = sys.modules.get("__main__")
    if main is not None and vars(main).get(name) is original:
        replace(main, name, call)


def hook_method(cls: type, name: str, around: Around) -> None:
    """Hooks a method that the class itself has; one that depends on a condition too."""
    original = vars(cls).get(name)
    if original is None or is_hooked(original) or is_hooked(getattr(original, "fn", None)):
        return
    if isinstance(original, FunctionType):
        replace(cls, name, hooked(original, around))
    elif type(original).__name__ == "_AvailableIfDescriptor":
        # Of scikit-learn: a method that is there only if the estimator inside has it.
        new = type(original)(hooked(original.fn, around), original.check, original.attribute_name)
        functools.update_wrapper(new, original.fn)
        replace(cls, name, new)


def unhook_all() -> None:
    """All is as it was, but for what somebody else has replaced since."""
    while _replaced:
        holder, name, old, new = _replaced.pop()
        if vars(holder).get(name) is new:
            setattr(holder, name, old)
