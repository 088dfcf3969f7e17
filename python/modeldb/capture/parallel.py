"""Hooks on joblib: what its threads do happens inside the call that asked for it."""

from __future__ import annotations

import functools
import threading
from types import ModuleType
from typing import Any

from .. import state
from .hooks import replace

# What is remembered of the call that asked for work: its run, operation, and whether it is muted.
_NONE = (None, None, False)


def install(module: ModuleType) -> None:
    """`joblib.parallel` was imported."""
    parallel, batch = module.Parallel, module.BatchedCalls
    ask, dispatch = parallel.__call__, parallel.dispatch_one_batch
    begin, call = batch.__init__, batch.__call__
    # Batches are put together in threads of joblib's, too.
    putting_together = threading.local()

    def parallel_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        run = state.current()
        self._modeldb = (run, run.current, run.is_muted) if run is not None else _NONE
        return ask(self, *args, **kwargs)

    def dispatch_one_batch(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = getattr(putting_together, "of", _NONE)
        putting_together.of = getattr(self, "_modeldb", _NONE)
        try:
            return dispatch(self, *args, **kwargs)
        finally:
            putting_together.of = before

    def batch_init(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        # Not pickled: another process knows nothing of it.
        self._modeldb = getattr(putting_together, "of", _NONE)

    def batch_call(self: Any) -> Any:
        run, around, is_muted = getattr(self, "_modeldb", _NONE)
        if run is None or run.stack or run.is_muted:
            return call(self)
        with state.entered(run):
            if is_muted:
                with run.muted():
                    return call(self)
            if around is None:
                return call(self)
            with run.inside(around):
                return call(self)

    for holder, name, new in (
        (parallel, "__call__", parallel_call),
        (parallel, "dispatch_one_batch", dispatch_one_batch),
        (batch, "__init__", batch_init),
        (batch, "__call__", batch_call),
    ):
        replace(holder, name, functools.wraps(vars(holder)[name])(new))
