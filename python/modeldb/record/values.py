"""Values of parameters, as the wire has them: typed, and read when the call is made, since they
may change afterwards."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

# Strings are cut at this many characters.
MAX_TEXT = 16_384
# Lists and arrays up to this size are told whole.
MAX_ELEMENTS = 256

ParamValue = dict[str, Any]

_INT64 = range(-(2**63), 2**63)


def param_value(value: Any) -> ParamValue:
    """A `ParamValue` message as a dict. Never raises, never calls the user's code but for
    `repr` of things of scikit-learn's own, such as splitters and scorers."""
    if value is None:
        return {"text": "None"}
    kind = type(value)
    if kind is bool:
        return {"boolean": value}
    if kind is int:
        return {"integer": value} if value in _INT64 else {"text": str(value)}
    if kind is float:
        return {"number": value}
    if kind is str:
        return {"text": text(value)}
    try:
        return _other(value)
    except Exception:
        return {"text": class_name(kind)}


def text(value: str) -> str:
    """As the wire has it: cut, and what is no Unicode escaped."""
    return value[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def _other(value: Any) -> ParamValue:
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if isinstance(value, numpy.bool_):
            return {"boolean": bool(value)}
        if isinstance(value, numpy.integer):
            return {"integer": int(value)}
        if isinstance(value, numpy.floating):
            return {"number": float(value)}
        if isinstance(value, numpy.ndarray):
            return _array(value)
    if isinstance(value, (str, bytes)):
        return {"text": text(str(value))}
    if isinstance(value, type):
        return {"text": class_name(value)}
    if isinstance(value, (list, tuple, set, frozenset, range, Mapping)):
        return _collection(value)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if callable(value) and isinstance(name, str):
        return {"text": f"{value.__module__}.{name}"}
    if type(value).__module__.partition(".")[0] == "sklearn" and not hasattr(value, "get_params"):
        return {"text": repr(value)[:MAX_TEXT]}
    return {"text": class_name(type(value))}


def _array(array: Any) -> ParamValue:
    if array.size <= MAX_ELEMENTS and array.dtype.kind in "biufUS":
        return {"json": json.dumps(_plain(array.tolist()))}
    return {"text": f"array of {array.dtype}, shape {tuple(array.shape)}"}


def _collection(value: Any) -> ParamValue:
    if len(value) > MAX_ELEMENTS:
        return {"text": f"{type(value).__name__} of {len(value)}"}
    return {"json": json.dumps(_plain(value))[:MAX_TEXT]}


def _plain(value: Any, depth: int = 4) -> Any:
    """As JSON can have it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if depth == 0 or (hasattr(value, "__len__") and len(value) > MAX_ELEMENTS):
        return class_name(type(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item, depth - 1) for item in value), key=str)
    if isinstance(value, (list, tuple, range)):
        return [_plain(item, depth - 1) for item in value]
    told = param_value(value)
    [(kind, plain)] = told.items()
    return json.loads(plain) if kind == "json" else plain


def class_name(cls: type) -> str:
    """The name under which users import a class: without private modules on the way."""
    known = _NAMES.get(cls)
    if known is None:
        known = f"{_public_module(cls)}.{cls.__qualname__}"
        if len(_NAMES) < MAX_NAMES:
            _NAMES[cls] = known
    return known


def _public_module(cls: type) -> str:
    parts = cls.__module__.split(".")
    private = next((i for i, part in enumerate(parts) if part.startswith("_")), None)
    if cls.__module__ == "__main__" or private is None:
        return cls.__module__
    above = ".".join(parts[:private])
    if getattr(sys.modules.get(above), cls.__qualname__, None) is cls:
        return above
    return ".".join(part for part in parts if not part.startswith("_"))


MAX_NAMES = 10_000
_NAMES: dict[type, str] = {}


def failure(error: BaseException) -> dict[str, str]:
    """A `Failure` message."""
    cls = type(error)
    name = cls.__qualname__ if cls.__module__ == "builtins" else class_name(cls)
    return {"error_class": name, "message": text(str(error))}
