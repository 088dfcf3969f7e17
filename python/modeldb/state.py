"""The runs that are going on: the process's, and those that a thread or a task entered itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record.run import Run

_here: ContextVar[Run | None] = ContextVar("modeldb_run", default=None)
# Of threads that have entered none.
_of_process: Run | None = None


def current() -> Run | None:
    """The run that what happens now and here belongs to, if any."""
    run = _here.get()
    return _of_process if run is None or run.is_over else run


def enter(run: Run | None) -> None:
    """From now on it is this thread's, or task's; with none it has the process's."""
    _here.set(run)


def everywhere(run: Run | None) -> None:
    """From now on it is the process's."""
    global _of_process
    _of_process = run


@contextmanager
def entered(run: Run) -> Iterator[None]:
    """Meanwhile it is this thread's."""
    before = _here.get()
    _here.set(run)
    try:
        yield
    finally:
        _here.set(before)
