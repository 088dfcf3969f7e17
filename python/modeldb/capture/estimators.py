"""Hooks on estimators: fit, transform, predict, score, of every class derived from scikit-learn's
`BaseEstimator`, whoever wrote it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from .calls import around_transform, score, staged
from .fits import around_fit
from .hooks import hook_method, replace

FITS = ("fit", "partial_fit", "fit_transform", "fit_predict", "fit_resample")
# What gives data from data, and what its columns are called.
TRANSFORMS = {
    "transform": "",
    "predict": "prediction",
    "predict_proba": "probability",
    "predict_log_proba": "log_probability",
    "decision_function": "decision",
    "score_samples": "score",
    "inverse_transform": "",
}
# What gives a prediction for each round of boosting.
STAGED = ("staged_predict", "staged_predict_proba", "staged_decision_function")


def install(module: ModuleType) -> None:
    """`sklearn.base` was imported: every estimator from now on is watched."""
    base = module.BaseEstimator
    _watch_subclasses(base, module)
    for cls in _with_subclasses(base):
        watch(cls)


def install_catboost(module: ModuleType) -> None:
    """`catboost.core` was imported: its estimators are not scikit-learn's."""
    for name in ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker"):
        cls = getattr(module, name, None)
        for each in cls.__mro__ if cls is not None else ():
            if each.__module__.startswith("catboost"):
                watch(each)


def watch(cls: type) -> None:
    """Hooks the methods that a class has itself."""
    for name in FITS:
        hook_method(cls, name, around_fit(name))
    for name, column in TRANSFORMS.items():
        hook_method(cls, name, around_transform(name, column))
    for name in STAGED:
        hook_method(cls, name, staged)
    hook_method(cls, "score", score)


def _with_subclasses(cls: type) -> list[type]:
    found: set[type] = {cls}
    queue: list[type] = [cls]
    while queue:
        subclasses: list[type] = type.__subclasses__(queue.pop())
        for sub in subclasses:
            if sub not in found:
                found.add(sub)
                queue.append(sub)
    # Mixins have methods that estimators inherit.
    return list({base for cls in found for base in cls.__mro__ if _is_ours_to_watch(base)})


def _is_ours_to_watch(cls: type) -> bool:
    return cls is not object and cls.__module__ not in ("builtins", "typing", "abc")


def _watch_subclasses(base: type, module: ModuleType) -> None:
    """Classes defined from now on are watched when they are complete.

    scikit-learn wraps methods in `__init_subclass__` (`set_output`): ours goes around that, so
    that it sees what users see.
    """
    depth = [0]

    def around(original: Any) -> Any:
        def __init_subclass__(cls: Any, /, **kwargs: Any) -> None:
            depth[0] += 1
            try:
                original.__get__(None, cls)(**kwargs)
            finally:
                depth[0] -= 1
            if depth[0] == 0:
                for each in cls.__mro__:
                    if _is_ours_to_watch(each):
                        watch(each)

        return classmethod(__init_subclass__)

    output = sys.modules.get("sklearn.utils._set_output")
    mixin = getattr(output, "_SetOutputMixin", base)
    for holder in {*base.__mro__, mixin}:
        own = vars(holder).get("__init_subclass__")
        if own is not None and holder is not object:
            replace(holder, "__init_subclass__", around(own))
