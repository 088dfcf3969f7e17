"""Hooks on numpy: what was read from where."""

from __future__ import annotations

from types import ModuleType

from .hooks import hook_function
from .tables import reader

READERS = {"load": "npy", "loadtxt": "text", "genfromtxt": "text", "fromfile": "binary"}


def install(module: ModuleType) -> None:
    """`numpy` was imported."""
    for name, kind in READERS.items():
        hook_function(module, name, reader(kind))
