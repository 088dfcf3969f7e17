"""What a program calls its objects."""

from __future__ import annotations

import sys
from typing import Any

# Frames up to the program's own, and variables that are looked at.
MAX_FRAMES = 30
MAX_VARIABLES = 2_000
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
    variables = frame.f_locals
    if len(variables) > MAX_VARIABLES:
        return []
    return [(name, value) for name, value in variables.items() if not name.startswith("_")]
