"""What a program calls its objects."""

from __future__ import annotations

import inspect
import sys
from types import CodeType
from typing import Any

# Frames up to the program's own, and variables that are looked at.
MAX_FRAMES = 30
MAX_VARIABLES = 2_000
# What reads or writes the variables of a function as a whole.
READERS = frozenset(("locals", "vars", "dir", "exec", "eval", "_getframe", "currentframe"))
# Whose frames are nobody's program.
OTHERS = ("modeldb", "sklearn", "pandas", "joblib", "polars", "numpy", "pyspark", "py4j")


def name_of(value: Any) -> str:
    """The variable of the calling program that holds an object; empty where none does."""
    return next((name for name, known in all_here() if known is value), "")


def all_here() -> list[tuple[str, Any]]:
    """The variables where the program called, private ones apart."""
    frame = sys._getframe(1)
    for _ in range(MAX_FRAMES):
        if frame.f_globals.get("__name__", "").partition(".")[0] not in OTHERS:
            break
        if frame.f_back is None:
            return []
        frame = frame.f_back
    if not _may_be_read(frame.f_code):
        return []
    variables = frame.f_locals
    found = [(name, value) for name, value in variables.items() if not name.startswith("_")]
    if _is_copy(frame.f_code):
        # Python keeps it with the frame, and objects would live as long.
        variables.clear()
    return found if len(found) <= MAX_VARIABLES else []


def _is_copy(code: CodeType) -> bool:
    """Whether what Python gives as the variables of a frame is a copy of a function's."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED) and sys.version_info < (3, 13)


def _may_be_read(code: CodeType) -> bool:
    """Not where a function looks at that copy itself, nor under a tracer, which writes it back."""
    is_looked_at = not READERS.isdisjoint(code.co_names) or sys.gettrace() is not None
    return not (_is_copy(code) and is_looked_at)
