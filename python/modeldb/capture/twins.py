"""Copies of fitted estimators: what was pickled and loaded again, or copied, is the model that it
is a copy of."""

from __future__ import annotations

import sys
from typing import Any

from ..record import components
from ..record.run import Operation, Run

# Of the models of one class the newest are looked at.
MAX_MODELS = 50
MAX_DEPTH = 6
MAX_VALUES = 1_000
# Of larger arrays the beginnings are compared.
MAX_ARRAY = 100_000


def model_of(run: Run, estimator: Any) -> Operation | None:
    """The fit that made an estimator, or the one that it is a copy of."""
    known = run.models.get(estimator)
    if known is not None or run.strangers.get(estimator):
        return known
    if not components.is_estimator(estimator):
        return None
    alike = [(o, m) for o, m in run.models.items() if type(o) is type(estimator)]
    made: Operation
    for original, made in reversed(alike[-MAX_MODELS:]):
        if _is_fitted(original) and _same(original, estimator, MAX_DEPTH):
            run.models.put(estimator, made)
            return made
    if _is_fitted(estimator):
        run.strangers.put(estimator, True)
    return None


def _is_fitted(estimator: Any) -> bool:
    held = getattr(estimator, "__dict__", {})
    return any(name.endswith("_") and not name.startswith("_") for name in held) or any(
        _is_fitted(part) for part in components.parts_deep(estimator)
    )


def _same(a: Any, b: Any, depth: int) -> bool:
    """Whether two objects hold the same values, as far as that can be seen."""
    if a is b:
        return True
    if type(a) is not type(b) or depth == 0:
        return type(a) is type(b)
    if isinstance(a, (str, bytes, int, float, complex)):
        return bool(a == b) or (a != a and b != b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and _all_same(zip(a, b), depth)
    if isinstance(a, dict):
        return a.keys() == b.keys() and _all_same(((a[k], b[k]) for k in a), depth)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(a, numpy.ndarray):
        return _same_array(numpy, a, b)
    held, others = getattr(a, "__dict__", None), getattr(b, "__dict__", None)
    if not components.is_estimator(a) or held is None or others is None:
        return True
    return held.keys() == others.keys() and _all_same(((held[k], others[k]) for k in held), depth)


def _all_same(pairs: Any, depth: int) -> bool:
    for count, (a, b) in enumerate(pairs):
        if count > MAX_VALUES:
            return True
        if not _same(a, b, depth - 1):
            return False
    return True


def _same_array(numpy: Any, a: Any, b: Any) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind == "O":
        return _all_same(zip(a.ravel()[:MAX_VALUES], b.ravel()[:MAX_VALUES]), MAX_DEPTH)
    floats = a.dtype.kind in "fc"
    first, second = a.ravel()[:MAX_ARRAY], b.ravel()[:MAX_ARRAY]
    return bool(numpy.array_equal(first, second, equal_nan=floats))
