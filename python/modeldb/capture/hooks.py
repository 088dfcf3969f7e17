"""Puts hooks around functions and takes them away."""

from __future__ import annotations

import functools
import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from .. import state
from ..record.run import Run
from ..tracebacks import OUR_FILE, OUR_NAME

logger = logging.getLogger("modeldb")

# Told the run, what is called, and its arguments; calls it and gives back what it gives.
Around = Callable[..., Any]

# What was replaced: its holder, its name, what was there, and what is there now.
_replaced: list[tuple[Any, str, Any, Any]] = []

# Marks our own functions; has the one behind.
MARK = "__modeldb_original__"

# What functions of modules were and are, by the identity of what they were.
_renamed: dict[int, tuple[Any, Any]] = {}

# Whoever warns says how many frames up the culprit is, and does not know of ours: Python leaves
# out frames of some files; tables' libraries count those of their own directory.
COUNT_THEIR_OWN = ("pandas", "polars")
# What looks up names `level` frames above, ours among them.
COUNT_FRAMES = ("query",)


class safely:
    """A context: nothing that goes wrong inside reaches the program, and nothing inside is
    watched. `count` counts what went wrong, where that is not this run's."""

    def __init__(self, run: Run, count: Callable[[], Any] | None = None) -> None:
        self._run, self._count = run, count

    def __enter__(self) -> None:
        self._run.muted().__enter__()

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        self._run.muted().__exit__()
        if not isinstance(error, Exception):
            return False
        logger.debug("a hook failed", exc_info=error)
        if self._count is None:
            self._run.delivery.lost("hook_error")
            return True
        with safely(self._run):
            self._count()
        return True


def hooked(original: Callable[..., Any], around: Around) -> Callable[..., Any]:
    """`original`, called by `around(run, original, args, kwargs)` where there is a run; what is
    done to tables inside a library's own estimator is of no interest."""
    file = _file_for(original)
    counts_frames = getattr(original, "__name__", "") in COUNT_FRAMES
    of_tables = file != OUR_FILE
    if isinstance(around, FunctionType):
        around = _in_file(around, file)

    def call(*args: Any, **kwargs: Any) -> Any:
        if counts_frames:
            kwargs["level"] = kwargs.get("level", 0) + 1
        run = state.current()
        if run is None or run.is_muted or (of_tables and run.is_in_library):
            return original(*args, **kwargs)
        return around(run, original, args, kwargs)

    call = functools.wraps(original)(_in_file(call, file))
    setattr(call, MARK, original)
    return call


def _file_for(original: Any) -> str:
    code = getattr(original, "__code__", None)
    library = str(getattr(original, "__module__", "")).partition(".")[0]
    if code is None or library not in COUNT_THEIR_OWN:
        return OUR_FILE
    return os.path.join(os.path.dirname(code.co_filename), OUR_NAME)


@functools.lru_cache(maxsize=10_000)
def _code_in_file(code: CodeType, file: str) -> CodeType:
    return code.replace(co_filename=file)


def _in_file(function: Any, file: str) -> Any:
    """A function whose frames are of another file."""
    code = _code_in_file(function.__code__, file)
    copy = FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def is_called_by(*packages: str) -> bool:
    """Whether what is hooked was called by code of one of these packages, or modules."""
    frame = sys._getframe(1)
    name = ""
    while True:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith("modeldb.") or frame.f_back is None:
            break
        frame = frame.f_back
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def by_name(function: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments of a call by their names."""
    return dict(inspect.signature(function).bind_partial(*args, **kwargs).arguments)


def is_hooked(function: Any) -> bool:
    """Whether it is one of ours."""
    return hasattr(function, MARK)


def replace(holder: Any, name: str, new: Any) -> None:
    """Puts `new` where a class or a module has something."""
    old = vars(holder)[name]
    setattr(holder, name, new)
    _replaced.append((holder, name, old, new))


def hook_function(module: ModuleType, name: str, around: Around) -> None:
    """Hooks a function of a module, there and where it is defined: its pickle is a reference to
    there."""
    original = getattr(module, name, None)
    if not isinstance(original, (FunctionType, BuiltinFunctionType)) or is_hooked(original):
        return
    call = hooked(original, around)
    _renamed[id(original)] = (original, call)
    replace(module, name, call)
    holder = sys.modules.get(original.__module__)
    if holder is not None and vars(holder).get(name) is original:
        replace(holder, name, call)


def replace_by_name(libraries: Iterable[str]) -> None:
    """Modules of the program that have imported functions by name before they were hooked get
    the hooked ones; what `libraries` have inside stays."""
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in (*libraries, "modeldb"):
            continue
        for name, value in list(getattr(module, "__dict__", {}).items()):
            original, call = _renamed.get(id(value), (None, None))
            if original is not None and original is value:
                replace(module, name, call)


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


def hook_property(cls: type, name: str, around: Around) -> None:
    """Hooks the reading of a property that the class itself has."""
    original = vars(cls).get(name)
    if isinstance(original, property) and original.fget and not is_hooked(original.fget):
        read = hooked(original.fget, around)
        replace(cls, name, property(read, original.fset, original.fdel, original.__doc__))


def as_it_was(holder: Any, name: str, value: Any) -> Any:
    """What `value`, which a class has under a name, was before it was hooked."""
    if is_hooked(value) or is_hooked(getattr(value, "fn", None)):
        for place, known, old, new in reversed(_replaced):
            if place is holder and known == name and new is value:
                return old
    return value


def unhook_all() -> None:
    """All is as it was, but for what somebody else has replaced since."""
    _renamed.clear()
    while _replaced:
        holder, name, old, new = _replaced.pop()
        if vars(holder).get(name) is new:
            setattr(holder, name, old)
