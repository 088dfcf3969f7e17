"""Tracebacks as they are without us: whoever shows one, our frames are not in it."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any, Optional

ExceptHook = Callable[[type[BaseException], BaseException, Optional[TracebackType]], Any]

# What our hooks' frames say that they are of: Python's `warnings` leave out files with these two
# words.
OUR_FILE = "<modeldb, for warnings as importlib._bootstrap>"
# The same for libraries that count the frames of their own directory.
OUR_NAME = "<modeldb>"
CAPTURE = os.path.join(os.path.dirname(__file__), "capture") + os.sep
# Exceptions that led to exceptions that are looked at.
MAX_CHAIN = 100
# What walks a traceback in Python's own module, by its versions.
WALKS = ("walk_tb", "_walk_tb_with_full_positions")


def is_ours(code: CodeType) -> bool:
    """Whether a frame is one of a hook."""
    file = code.co_filename
    return file == OUR_FILE or file.endswith(OUR_NAME) or file.startswith(CAPTURE)


def frame_above() -> FrameType:
    """The frame that called the hook in which this is called."""
    frame = sys._getframe(1)
    while frame.f_back is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return frame


def install(replace: Callable[[Any, str, Any], None]) -> None:
    """From now on none shows them; `replace` puts something where a module has something."""
    for name in WALKS:
        if hasattr(traceback, name):
            replace(traceback, name, _walk(getattr(traceback, name)))
    replace(threading, "excepthook", _shown_in_thread(threading.excepthook))


def _walk(original: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def walk(tb: TracebackType | None) -> Iterator[Any]:
        for found in original(tb):
            if not is_ours(found[0].f_code):
                yield found

    return walk


def shown_by(show: ExceptHook, is_entry: Callable[[CodeType], bool]) -> ExceptHook:
    """Shows what an error has without our frames, and without those at its beginning that are an
    entry's."""

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, BaseException) or error.__traceback__ is not traceback:
            show(kind, error, traceback)
            return
        while traceback is not None and is_entry(traceback.tb_frame.f_code):
            traceback = traceback.tb_next
        error.__traceback__ = traceback
        _clean(error)
        show(kind, error, error.__traceback__)

    return hook


def _shown_in_thread(show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def hook(args: Any) -> None:
        if isinstance(args.exc_value, BaseException):
            _clean(args.exc_value)
            args = type(args)(
                (args.exc_type, args.exc_value, args.exc_value.__traceback__, args.thread)
            )
        show(args)

    return hook


def _clean(error: BaseException) -> None:
    waiting: list[BaseException | None] = [error]
    met: set[int] = set()
    while waiting and len(met) < MAX_CHAIN:
        one = waiting.pop()
        if one is None or id(one) in met:
            continue
        met.add(id(one))
        one.__traceback__ = _without_ours(one.__traceback__)
        waiting += [one.__cause__, one.__context__]


def _without_ours(first: TracebackType | None) -> TracebackType | None:
    while first is not None and is_ours(first.tb_frame.f_code):
        first = first.tb_next
    place = first
    while place is not None and place.tb_next is not None:
        if is_ours(place.tb_next.tb_frame.f_code):
            place.tb_next = place.tb_next.tb_next
        else:
            place = place.tb_next
    return first
