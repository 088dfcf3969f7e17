"""Hooks on joblib: what its threads do happens inside the call that asked for it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .. import state
from .hooks import replace


def install(module: ModuleType) -> None:
    """`joblib.parallel` was imported."""
    batch = module.BatchedCalls
    begin, call = batch.__init__, batch.__call__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        run = state.run
        # Not pickled: another process knows nothing of it.
        self._modeldb = (run, run.current, run.is_muted) if run is not None else None

    def __call__(self: Any) -> Any:
        run, around, is_muted = getattr(self, "_modeldb", None) or (None, None, False)
        if run is None or run.stack or run.is_muted:
            return call(self)
        if is_muted:
            with run.muted():
                return call(self)
        if around is None:
            return call(self)
        with run.inside(around):
            return call(self)

    for name, new in (("__init__", __init__), ("__call__", __call__)):
        replace(batch, name, new)
