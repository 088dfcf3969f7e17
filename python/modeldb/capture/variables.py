"""What a program calls its objects."""

from __future__ import annotations

import sys
from typing import Any

# Frames up to the program's own, and variables that are looked at.
MAX_FRAMES = 30
MAX_VARIABLES = 2_000
# Whose frames are nobody's program.
OTHERS = ("modeldb", "sklearn", "pandas", "joblib", "polars", "numpy")


def name_of(value: Any) -> str:
    """The variable of the calling program that holds an object; empty where none does."""
    frame = sys._getframe(1)
    for _ in range(MAX_FRAMES):
        if frame.f_globals.get("__name__", "").partition(".")[0] not in OTHERS:
            break
        if frame.f_back is None:
            return ""
        frame = frame.f_back
    variables = frame.f_locals
    if len(variables) > MAX_VARIABLES:
        return ""
    for name, known in list(variables.items()):
        if known is value and not name.startswith("_"):
            return name
    return ""
