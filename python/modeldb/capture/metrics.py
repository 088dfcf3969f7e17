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
from ..record.datasets import Dataset, Derivation
from ..record.run import Operation, Run, now_us
from ..record.values import failure, param_value
from . import columns, samples
from .hooks import by_name, hook_function, hook_method, is_called_by, safely
from .inputs import input_dataset
from .kinds import LIBRARIES, metric_name, scorer_name
from .tables import OPAQUE, all_of
from .twins import model_of

# The arguments that hold what a model said, by name.
PREDICTIONS = (
    "y_pred",
    "y_score",
    "y_prob",
    "y_proba",
    "pred_decision",
    "labels_pred",
    "labels",
    "y2",
)
# Those that hold the truth.
TRUTHS = ("y_true", "labels_true", "X", "y1")
# What puts together several metrics, which it has others compute.
REPORTS = ("classification_report",)
# What gives several: for each class, or one of each.
SEVERAL = "precision_recall_fscore_support"
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
    if name == SEVERAL:
        return True
    return True if name.endswith("_score") or name.startswith("matthews") else None


def _around(function: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        report = run.current.notes.get("report") if run.current is not None else None
        if report is not None and function == SEVERAL:
            value = original(*args, **kwargs)
            report.append((Measured(function, original, args, kwargs), value))
            return value
        if run.is_in_library or is_called_by(*LIBRARIES):
            return original(*args, **kwargs)
        if function in REPORTS:
            return _reported(run, original, args, kwargs)
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


def _reported(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What a report has others compute is told; nothing is computed twice."""
    report = Operation(0, None, None, "", kind="evaluate")
    report.notes["report"] = []
    began, started_at = time.perf_counter(), now_us()
    with run.inside(report):
        result = original(*args, **kwargs)
    with safely(run):
        given = by_name(original, args, kwargs)
        for measured, value in report.notes["report"]:
            if measured.arguments.get("average") == "micro" and value[0] == value[1]:
                # All rows have one label, and all labels are there: the report says accuracy.
                measured = Measured("accuracy_score", original, args, kwargs)
                value = value[0]
            # What the program gave, not what was made of it on the way.
            measured.truth, measured.scored = given.get("y_true"), given.get("y_pred")
            measured.tell(run, value, started_at, began)
    return result


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
    function = scorer._score_func.__name__
    arguments = dict(getattr(scorer, "_kwargs", {}))
    dataset = input_dataset(run, data, None, "test")
    model = model_of(run, estimator)
    return {
        "operation": run.number(),
        "evaluator": {
            "class_name": f"sklearn.metrics.{function}",
            "params": [{"name": n, "value": param_value(v)} for n, v in arguments.items()],
            "columns": {
                "label": columns.label_of(truth, run.datasets.get(truth)),
                "prediction": "prediction",
            },
        },
        "dataset": run.use(dataset) if dataset is not None else 0,
        "metric": scorer_name(scorer),
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
        if self.function == SEVERAL and isinstance(value, tuple):
            names = ("precision", "recall", f"f{self.arguments.get('beta', 1):g}", "support")
            arguments = {"average": self.arguments.get("average")}
            named = [(metric_name(name, arguments), of) for name, of in zip(names, value)]
        else:
            named = [(metric_name(self.function, self.arguments), value)]
        for name, values in named:
            for suffix, number in _values(values):
                told = self._event(run, started_at, began)
                told |= {"metric": name + suffix, "value": number}
                if name == "support":
                    del told["larger_is_better"]
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
                    "label": self._label(run),
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

    def _label(self, run: Run) -> str:
        # Of clusters there is no truth.
        if "X" in self.known:
            return ""
        return columns.label_of(self.truth, run.datasets.get(self.truth))

    def _model_and_dataset(self, run: Run) -> tuple[Operation | None, Dataset | None]:
        """Of which model's prediction it is; and on which rows, the truth's where they are
        part of those that were scored."""
        truth = run.datasets.get(self.truth)
        if truth is None and frames.is_table(self.scored):
            # The table that both come from has what was scored as a column.
            truth = run.datasets.get(self.scored)
        found = run.predictions.find(self.scored, self.truth, truth)
        if found is None:
            if truth is not None and truth.input is not None and truth.made_by is None:
                # What another model said: of what.
                truth = truth.input
            return None, truth or run.datasets.of(self.scored)
        made = found.prediction
        if found.is_whole:
            samples.truth(run, made.object(), self.truth)
            if made.input is not None:
                return made.model, made.input
        output = made.output or made.input
        if truth is None or output is None or _comes_from_split(truth):
            return made.model, truth or made.input
        # Rows of what was scored, by what chose them from another table, or before it was.
        whole = made.input or output
        step = Derivation(
            output, "filter", _chosen_by(truth, {id(whole), *map(id, whole.ancestors())})
        )
        rows = frames.rows_of(self.scored)
        return made.model, run.datasets.unseen([step], output.columns, rows)


def _comes_from_split(dataset: Dataset) -> bool:
    above = [dataset, *dataset.ancestors()]
    return any(step.split for each in above for step in each.derived_from)


def _chosen_by(truth: Dataset, wholes: set[int]) -> str:
    """The predicates that chose rows since any of these datasets, as far as they can be read."""
    told: list[str] = []
    place: Dataset | None = truth
    while place is not None and place.derived_from and id(place) not in wholes:
        step = place.derived_from[0]
        if step.operation in ("filter", "limit") and step.detail == OPAQUE:
            break
        if step.operation == "filter":
            told.append(step.detail)
        elif step.operation in ("limit", "sample"):
            told.append(f"{step.operation} {step.detail}")
        place = step.parent
    return all_of(told[::-1]) if told else OPAQUE


def _values(value: Any) -> list[tuple[str, float]]:
    """The numbers that a metric gave, with what to add to its name."""
    if isinstance(value, (bool, int, float)) or getattr(value, "shape", None) == ():
        try:
            return [("", float(value))]
        except (TypeError, ValueError):
            return []
    if value is None or getattr(value, "size", MAX_VALUES + 1) > MAX_VALUES:
        return []
    if value.dtype.kind not in "fiu" or value.ndim not in (1, 2):
        return []
    if value.ndim == 1:
        return [(f"[{i}]", float(number)) for i, number in enumerate(value)]
    rows = enumerate(value)
    return [(f"[{i},{j}]", float(number)) for i, row in rows for j, number in enumerate(row)]
