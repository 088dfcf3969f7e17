"""Hooks on `sklearn.metrics`: each value that a program asks for, with the model and the data that
it is of."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import frames
from ..record.datasets import Dataset
from ..record.run import Operation, Run, now_us
from ..record.values import failure, param_value
from . import columns, samples
from .hooks import hook_function, hook_method, is_called_by, safely
from .inputs import input_dataset
from .kinds import LIBRARIES

# The arguments that hold what a model said, by name.
PREDICTIONS = ("y_pred", "y_score", "y_prob", "y_proba", "pred_decision", "labels_pred", "labels")
# Those that hold the truth.
TRUTHS = ("y_true", "labels_true", "X")
# Those that count instead of dividing, if asked to.
COUNTABLE = ("accuracy", "zero_one_loss")
# Arrays of values, one for each class or output, are told up to this size.
MAX_VALUES = 64


def install(module: ModuleType) -> None:
    """`sklearn.metrics` was imported."""
    for name in getattr(module, "__all__", ()):
        function = getattr(module, name, None)
        if not inspect.isfunction(function) or not _measures(function):
            continue
        hook_function(module, name, _around(name))
    scorers = sys.modules.get("sklearn.metrics._scorer")
    if scorers is not None:
        hook_method(scorers._BaseScorer, "__call__", _scored)


def _measures(function: Any) -> bool:
    """Whether it gives a value for a truth and a prediction."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return False
    clustering = names[:2] == ["X", "labels"]
    return clustering or (len(names) >= 2 and names[0] in TRUTHS and names[1] in PREDICTIONS)


def larger_is_better(name: str) -> bool | None:
    """scikit-learn's convention: a `_score` is to be large, an `_error`, `_loss` or `_deviance`
    small."""
    if name.startswith("d2_"):
        return True
    if name.endswith(("_error", "_loss", "_deviance")) or "_error" in name or "_loss" in name:
        return False
    if name == "davies_bouldin_score":
        return False
    return True if name.endswith("_score") or name.startswith("matthews") else None


def metric_name(function: str, arguments: dict[str, Any]) -> str:
    """As scikit-learn names scorers: `accuracy`, `f1_macro`, `mean_squared_error`."""
    name = function.removesuffix("_score")
    if name == "fbeta":
        name = f"f{arguments.get('beta', 1):g}"
    if arguments.get("normalize") is False and name in COUNTABLE:
        name = f"{name}_count"
    if arguments.get("squared") is False:
        name = f"root_{name}"
    average = arguments.get("average")
    if isinstance(average, str) and average != "binary":
        name = f"{name}_{average}"
    multi = arguments.get("multi_class")
    return f"{name}_{multi}" if multi in ("ovr", "ovo") else name


def _around(function: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        current = run.current
        inner = current is not None and (current.kind != "fit" or current.inside is not None)
        if inner or is_called_by(*LIBRARIES):
            return original(*args, **kwargs)
        began, started_at = time.perf_counter(), now_us()
        try:
            with run.muted():
                value = original(*args, **kwargs)
        except Exception as error:
            with safely(run):
                measured = Measured(function, original, args, kwargs)
                measured.tell_failure(run, error, started_at, began)
            raise
        with safely(run):
            measured = Measured(function, original, args, kwargs)
            measured.tell(run, value, started_at, began)
        return value

    return around


def _scored(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """A scorer is called by hand: it has a model predict, and measures that."""
    if run.current is not None or is_called_by(*LIBRARIES) or len(args) < 3:
        return original(*args, **kwargs)
    began, started_at = time.perf_counter(), now_us()
    error: Exception | None = None
    value: Any = None
    try:
        with run.muted():
            value = original(*args, **kwargs)
    except Exception as raised:
        error = raised
        raise
    finally:
        with safely(run):
            scorer, estimator, data, *more = args
            told = _scorer_event(run, scorer, estimator, data, more[0] if more else None)
            told |= {"started_at_us": started_at}
            told |= {"duration_us": int((time.perf_counter() - began) * 1e6)}
            if error is not None:
                told["failure"] = failure(error)
            if error is not None or _values(value):
                told["value"] = _values(value)[0][1] if error is None else 0.0
                run.tell("evaluated", told)
    return value


def _scorer_event(run: Run, scorer: Any, estimator: Any, data: Any, truth: Any) -> dict[str, Any]:
    function, sign = scorer._score_func.__name__, getattr(scorer, "_sign", 1)
    arguments = dict(getattr(scorer, "_kwargs", {}))
    dataset = input_dataset(run, data, None, "test")
    model = run.models.get(estimator)
    return {
        "operation": run.number(),
        "evaluator": {
            "class_name": f"sklearn.metrics.{function}",
            "params": [{"name": n, "value": param_value(v)} for n, v in arguments.items()],
            "columns": {"label": columns.label_of(truth), "prediction": "prediction"},
        },
        "dataset": run.use(dataset) if dataset is not None else 0,
        # Scorers are to be large: they turn around what is to be small.
        "metric": ("neg_" if sign < 0 else "") + metric_name(function, arguments),
        "larger_is_better": True,
        "model": model.number if model is not None else 0,
    }


class Measured:
    """A call of a metric."""

    def __init__(self, function: str, original: Callable[..., Any], args: Any, kwargs: Any) -> None:
        names = list(inspect.signature(original).parameters)
        self.arguments = {**dict(zip(names, args)), **kwargs}
        self.function = function
        self.truth = self.arguments.get(names[0])
        self.scored = self.arguments.get(names[1])
        self.known = {names[0], names[1]}

    def tell(self, run: Run, value: Any, started_at: int, began: float) -> None:
        for suffix, number in _values(value):
            told = self._event(run, started_at, began)
            told["metric"] += suffix
            told["value"] = number
            run.tell("evaluated", told)

    def tell_failure(self, run: Run, error: BaseException, started_at: int, began: float) -> None:
        told = self._event(run, started_at, began)
        told["failure"] = failure(error)
        run.tell("evaluated", told)

    def _event(self, run: Run, started_at: int, began: float) -> dict[str, Any]:
        model, dataset = self._model_and_dataset(run)
        larger = larger_is_better(self.function)
        params = [
            {"name": name, "value": param_value(value)}
            for name, value in self.arguments.items()
            if name not in self.known and value is not None
        ]
        told: dict[str, Any] = {
            "operation": run.number(),
            "evaluator": {
                "class_name": f"sklearn.metrics.{self.function}",
                "params": params,
                "columns": {
                    "label": columns.label_of(self.truth),
                    "prediction": "prediction",
                },
            },
            "dataset": run.use(dataset) if dataset is not None else 0,
            "metric": metric_name(self.function, self.arguments),
            "started_at_us": started_at,
            "duration_us": int((time.perf_counter() - began) * 1e6),
            "model": model.number if model is not None else 0,
        }
        if larger is not None:
            told["larger_is_better"] = larger
        return told

    def _model_and_dataset(self, run: Run) -> tuple[Operation | None, Dataset | None]:
        """Of which model's prediction it is; and on which rows, the truth's where they are
        part of those that were scored."""
        made = run.predictions.find(self.scored)
        truth = run.datasets.get(self.truth)
        if made is None and truth is not None:
            made = run.predictions.of_same_rows(truth, frames.rows_of(self.scored))
        if made is None:
            return None, truth or run.datasets.of(self.scored)
        samples.truth(run, self.scored, self.truth)
        exact = run.datasets.get(self.scored) is made.output
        if exact and made.input is not None:
            return made.model, made.input
        return made.model, truth or made.input


def _values(value: Any) -> list[tuple[str, float]]:
    """The numbers that a metric gave, with what to add to its name."""
    if isinstance(value, (bool, int, float)) or getattr(value, "shape", None) == ():
        try:
            return [("", float(value))]
        except (TypeError, ValueError):
            return []
    if getattr(value, "ndim", 0) == 1 and value.dtype.kind in "fiu" and len(value) <= MAX_VALUES:
        return [(f"[{i}]", float(number)) for i, number in enumerate(value)]
    return []
