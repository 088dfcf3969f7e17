"""Estimators as the wire's components: class, effective parameters, the estimators inside."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from .values import class_name, param_value

# Estimators inside estimators inside ….
MAX_DEPTH = 8
MAX_STAGES = 1_000

Component = dict[str, Any]
# The name of a part in its whole, and the part.
Part = tuple[str, Any]

_DEFAULTS: dict[type, dict[str, Any]] = {}
MAX_CLASSES = 10_000
_MISSING = object()


def is_estimator(value: Any) -> bool:
    """Whether it can be fitted, or transforms, and tells its parameters."""
    return hasattr(value, "get_params") and not isinstance(value, type)


def params_of(estimator: Any) -> dict[str, Any]:
    """Its parameters with their values; none where it does not tell them."""
    try:
        return dict(estimator.get_params(deep=False))
    except Exception:
        return {}


def defaults_of(cls: type) -> dict[str, Any]:
    """What its constructor takes where nothing is given; what that hands on by `**`, as the
    constructors above take it."""
    known = _DEFAULTS.get(cls)
    if known is None:
        known = {}
        for each in cls.__mro__:
            parameters = _parameters(vars(each).get("__init__"))
            for name, parameter in parameters.items():
                if parameter.default is not inspect.Parameter.empty:
                    known.setdefault(name, parameter.default)
            hands_on = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
            if parameters and not hands_on:
                break
        if len(_DEFAULTS) < MAX_CLASSES:
            _DEFAULTS[cls] = known
    return known


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters) if callable(function) else {}
    except (TypeError, ValueError):
        return {}


def parts_in(value: Any, name: str) -> list[Part]:
    """The estimators that a parameter holds: one, or named ones in a list."""
    if is_estimator(value):
        return [(name, value)]
    if not isinstance(value, (list, tuple)) or len(value) > MAX_STAGES:
        return []
    parts: list[Part] = []
    for item in value:
        if is_estimator(item):
            parts.append((f"{name}_{len(parts)}", item))
        elif (
            isinstance(item, tuple)
            and len(item) in (2, 3)
            and isinstance(item[0], str)
            and (is_estimator(item[1]) or isinstance(item[1], str))
        ):
            parts.append((item[0], item[1]))
    return parts if any(is_estimator(part) for _, part in parts) else []


def parts_of(params: dict[str, Any]) -> list[Part]:
    """The estimators inside, in order; what passes data through is left out."""
    parts = [part for name, value in params.items() for part in parts_in(value, name)]
    return [(name, part) for name, part in parts if not isinstance(part, str)]


def columns_of_part(params: dict[str, Any]) -> dict[str, list[str]]:
    """For something with transformers on columns (`ColumnTransformer`), the columns of each."""
    told: dict[str, list[str]] = {}
    for item in params.get("transformers") or ():
        if isinstance(item, tuple) and len(item) == 3:
            columns = [item[2]] if isinstance(item[2], str) else item[2]
            if isinstance(columns, (list, tuple)) and all(isinstance(c, str) for c in columns):
                told[item[0]] = list(columns)
    return told


def component(estimator: Any, uid: str, depth: int = MAX_DEPTH) -> Component:
    """A `Component` message, with the estimators inside as its stages."""
    params = params_of(estimator)
    told: Component = {"class_name": class_name(type(estimator)), "uid": uid}
    told["params"] = list(_params(type(estimator), params))
    if depth > 0:
        columns = columns_of_part(params)
        stages = []
        for name, part in parts_of(params)[:MAX_STAGES]:
            stage = component(part, name, depth - 1)
            if name in columns:
                stage["columns"] = {"inputs": columns[name]}
            stages.append(stage)
        told["stages"] = stages
    return told


def _params(cls: type, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    defaults = defaults_of(cls)
    for name, value in params.items():
        if parts_in(value, name):
            continue
        yield {
            "name": name,
            "value": param_value(value),
            "is_default": _same(value, defaults.get(name, _MISSING)),
        }


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    if type(value) is not type(default) or not isinstance(value, (int, float, str, tuple)):
        return False
    # NaN is the default of `missing_values`.
    return bool(value == default) or (value != value and default != default)


def parts_deep(estimator: Any) -> list[Any]:
    """All estimators inside it, at any depth."""
    found: list[Any] = []
    _collect(estimator, found, MAX_DEPTH)
    return found


def _collect(estimator: Any, found: list[Any], depth: int) -> None:
    if depth == 0 or len(found) > MAX_STAGES:
        return
    for _, part in parts_of(params_of(estimator)):
        found.append(part)
        _collect(part, found, depth - 1)
