"""Copies of fitted estimators: what was pickled and loaded again, or copied, is the model that it
is a copy of."""

from __future__ import annotations

import sys
from typing import Any

from ..record import components
from ..record.run import Operation, Run
from .kinds import LIBRARIES

# Of the models of one class the newest are looked at.
MAX_MODELS = 50
# How deep and how far two are compared before they are taken for different ones.
MAX_DEPTH = 16
MAX_VALUES = 100_000
MAX_ARRAY_BYTES = 64 << 20
# Whose objects are asked for what they would be pickled as.
LIBRARIES_THAT_TELL = (*LIBRARIES, "numpy", "scipy", "pandas")


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
    """Whether two objects hold the same values; not where that cannot be seen."""
    if a is b:
        return True
    if type(a) is not type(b) or depth == 0:
        return False
    if isinstance(a, (str, bytes, int, float, complex)):
        return bool(a == b) or (a != a and b != b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and _all_same(zip(a, b), depth)
    if isinstance(a, dict):
        return a.keys() == b.keys() and _all_same(((a[k], b[k]) for k in a), depth)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(a, (numpy.ndarray, numpy.generic)):
        return _same_array(a, b, depth)
    return _same(_state(a), _state(b), depth - 1)


def _state(value: Any) -> Any:
    """What an object would be pickled as, where its library says that; what it holds; else
    itself, which is no other's."""
    library = type(value).__module__.partition(".")[0]
    own: Any = getattr(type(value), "__getstate__", None)
    tells = own is not None and own is not getattr(object, "__getstate__", None)
    if tells and library in LIBRARIES_THAT_TELL and not components.is_estimator(value):
        return own(value)
    return getattr(value, "__dict__", (id(value),))


def _all_same(pairs: Any, depth: int) -> bool:
    for count, (a, b) in enumerate(pairs):
        if count > MAX_VALUES or not _same(a, b, depth - 1):
            return False
    return True


def _same_array(a: Any, b: Any, depth: int) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype or a.nbytes > MAX_ARRAY_BYTES:
        return False
    if a.dtype.hasobject:
        return _all_same(zip(a.ravel(), b.ravel()), depth)
    names = a.dtype.names
    if names:
        # What lies between the fields is nobody's.
        return all(_same_array(a[name], b[name], depth) for name in names)
    return bool(a.tobytes() == b.tobytes())
