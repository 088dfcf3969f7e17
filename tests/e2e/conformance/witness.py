"""An independent account of what a PySpark program calls, taken in Python, call by call.

It wraps `_fit`, `_transform` and `_evaluate` of every class of pyspark.ml that defines them,
the readers, the writers and `Model.evaluate`, and knows nothing of the bridge. What the
bridge captured in the JVM has to agree with it.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pyspark.ml
import pyspark.ml.classification
import pyspark.ml.clustering
import pyspark.ml.evaluation
import pyspark.ml.feature
import pyspark.ml.fpm
import pyspark.ml.pipeline
import pyspark.ml.recommendation
import pyspark.ml.regression
import pyspark.ml.tuning
import pyspark.ml.util
from pyspark.sql.readwriter import DataFrameWriter

Call = dict[str, Any]

_calls: list[Call] = []
_numbers = itertools.count(1)
_open = threading.local()
# Searches and OneVsRest call from threads of a pool: there the call that is open on the
# program's own thread is the parent.
_main_stack: list[int] = []


def _stack() -> list[int]:
    if threading.current_thread() is threading.main_thread():
        return _main_stack
    if not hasattr(_open, "stack"):
        _open.stack = []
    stack: list[int] = _open.stack
    return stack


def _wrap(owner: type, method: str, did: str) -> None:
    original: Callable[..., Any] = owner.__dict__[method]

    @functools.wraps(original)
    def wrapper(self: Any, *arguments: Any, **named: Any) -> Any:
        stack = _stack()
        enclosing = stack or _main_stack
        call: Call = {
            "call": next(_numbers),
            "parent": enclosing[-1] if enclosing else 0,
            "did": did,
            "class": type(self).__name__.lstrip("_"),
            "uid": getattr(self, "uid", None),
            "python": "_java_obj" not in vars(self) or vars(self)["_java_obj"] is None,
        }
        _calls.append(call)
        stack.append(call["call"])
        try:
            result = original(self, *arguments, **named)
        except BaseException as error:
            call["error"] = type(error).__name__
            raise
        finally:
            stack.pop()
        if did == "evaluate" and isinstance(result, float):
            call["value"] = result
        return result

    setattr(owner, method, wrapper)


def _classes() -> list[type]:
    modules = [
        pyspark.ml.base,
        pyspark.ml.classification,
        pyspark.ml.clustering,
        pyspark.ml.evaluation,
        pyspark.ml.feature,
        pyspark.ml.fpm,
        pyspark.ml.pipeline,
        pyspark.ml.recommendation,
        pyspark.ml.regression,
        pyspark.ml.tuning,
        pyspark.ml.util,
        pyspark.ml.wrapper,
    ]
    found: dict[type, None] = {}
    for module in modules:
        for thing in vars(module).values():
            if isinstance(thing, type) and thing.__module__.startswith("pyspark.ml."):
                found[thing] = None
    return list(found)


def install() -> None:
    """Wraps the methods."""
    for owner in _classes():
        for method, did in (
            ("_fit", "fit"),
            ("_transform", "transform"),
            ("_evaluate", "evaluate"),
            ("assignClusters", "assignClusters"),
            ("findFrequentSequentialPatterns", "findFrequentSequentialPatterns"),
            ("approxSimilarityJoin", "approxSimilarityJoin"),
            ("approxNearestNeighbors", "approxNearestNeighbors"),
        ):
            if callable(owner.__dict__.get(method)):
                _wrap(owner, method, did)
        is_evaluator = issubclass(owner, pyspark.ml.evaluation.Evaluator)
        if callable(owner.__dict__.get("evaluate")) and not is_evaluator:
            _wrap(owner, "evaluate", "summary")
        name = owner.__name__
        if name.endswith("Writer") and "save" in owner.__dict__:
            _wrap(owner, "save", "save")
        if name.endswith("Reader") and "load" in owner.__dict__:
            _wrap(owner, "load", "load")
    for method in ("parquet", "csv", "json", "orc", "text", "save", "saveAsTable", "insertInto"):
        _wrap(DataFrameWriter, method, "write")


def take() -> list[Call]:
    """What was called since the last time, in the order in which the calls began."""
    global _calls, _numbers
    taken, _calls = _calls, []
    _numbers = itertools.count(1)
    return taken
