"""Searches and cross-validation: configurations, folds, scores, the best.

In this process each fold is seen as it is fitted (`_fit_and_score`). In workers nothing is
watched; what they did is read off the search's own results.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import components, frames
from ..record.datasets import Dataset, Derivation
from ..record.run import FAILED, FINISHED, Operation, Run, now_us
from ..record.values import class_name, failure, param_value
from . import columns
from .hooks import by_name, hook_function, hooked, replace, safely
from .inputs import data_and_target, fold_digest, input_dataset
from .kinds import fit_kind, known_splitter, score_name, scorer_name

# Functions that fit and score an estimator on folds, by the name of what they give.
CROSS = (
    "cross_validate",
    "cross_val_score",
    "cross_val_predict",
    "learning_curve",
    "validation_curve",
    "permutation_test_score",
)
# How many sizes a learning curve has unless it is told.
TRAIN_SIZES = (0.1, 0.325, 0.55, 0.775, 1.0)
MAX_CANDIDATES = 100_000


def install(module: ModuleType) -> None:
    """`sklearn.model_selection` was imported."""
    import sys

    validation = sys.modules["sklearn.model_selection._validation"]
    search = sys.modules["sklearn.model_selection._search"]
    for name in ("_fit_and_score", "_fit_and_predict"):
        original = getattr(validation, name, None)
        if original is None:
            continue
        call = hooked(original, _fold)
        replace(validation, name, call)
        if vars(search).get(name) is original:
            replace(search, name, call)
    displays = sys.modules.get("sklearn.model_selection._plot")
    for name in CROSS:
        original = getattr(module, name)
        hook_function(module, name, _cross(name))
        if displays is not None and vars(displays).get(name) is original:
            replace(displays, name, getattr(module, name))


# ---- a fold


def _fold(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Fits one configuration on one fold, and scores or predicts the rest."""
    around = run.current
    if around is None or around.kind != "search":
        return original(*args, **kwargs)
    fold = None
    with safely(run):
        fold = _begin_fold(run, around, by_name(original, args, kwargs))
    if fold is None:
        return original(*args, **kwargs)
    with run.inside(fold):
        result = original(*args, **kwargs)
    with safely(run):
        _tell_scores(run, fold, result)
    return result


def _begin_fold(run: Run, search: Operation, given: dict[str, Any]) -> Operation:
    estimator = given["estimator"]
    # Several threads may be at it.
    count = next(search.notes.setdefault("folds_seen", itertools.count()))
    split, candidate = given.get("split_progress"), given.get("candidate_progress")
    if split and candidate:
        # A halving search begins anew with each round.
        if next(iter(split)) == 0 and next(iter(candidate)) == 0:
            search.notes["base"] = search.notes.get("next_base", 0)
            search.notes["next_base"] = search.notes["base"] + candidate[1]
        number, place = split[0], search.notes.get("base", 0) + candidate[0]
    else:
        # All configurations on one fold, then on the next.
        number, place = divmod(count, len(search.notes["tried"]))
    fold = Operation(0, search, estimator, "estimator", kind="fold")
    # Its owner fits inside it.
    fold.owner = None
    fold.inside = (type(estimator),)
    fold.dataset = search.dataset
    fold.fold, fold.candidate = int(number), int(place)
    fold.target = search.target
    fold.notes["splitter"] = search.notes.get("splitter", "")
    fold.notes["estimator"] = estimator
    fold.notes["test_rows"] = frames.rows_of(given.get("test"))
    return fold


def _tell_scores(run: Run, fold: Operation, result: Any) -> None:
    """The values that the scorers gave, as metrics of the fold's model."""
    search = fold.parent
    estimator = fold.notes["estimator"]
    made_by = run.models.get(estimator)
    if search is None or made_by is None or not isinstance(result, dict):
        return
    duration = int(float(result.get("score_time") or 0) * 1e6)
    test = _test_set(run, search, fold.fold, fold.notes["test_rows"])
    sides = (("test_scores", "", test), ("train_scores", "train_", made_by.dataset))
    for side, prefix, dataset in sides:
        scores = result.get(side)
        for name, value in (scores if isinstance(scores, dict) else {"score": scores}).items():
            metric = prefix + (search.label if name == "score" else name)
            if value is not None:
                _tell_score(run, search, made_by.number, dataset, metric, float(value), duration)


def _tell_score(
    run: Run,
    search: Operation,
    model: int,
    test: Dataset | None,
    metric: str,
    value: float,
    duration_us: int = 0,
) -> None:
    """The value of a fold's model on the rest; NaN where it could not be had."""
    if math.isnan(value):
        return
    run.tell(
        "evaluated",
        {
            "operation": run.number(),
            "parent": search.number,
            "evaluator": {
                "class_name": f"sklearn.metrics.{metric}",
                "columns": {"label": search.target, "prediction": "prediction"},
            },
            "dataset": run.use(test) if test is not None else 0,
            "metric": metric,
            "value": value,
            "larger_is_better": True,
            "started_at_us": now_us(),
            "duration_us": duration_us,
            "model": model,
        },
    )


def _test_set(
    run: Run, search: Operation, fold: int | None, rows: int | None = None
) -> Dataset | None:
    """The rows of a fold that were left out of the fit: told once for all configurations."""
    splitter = search.notes.get("splitter", "")
    digest = f"{splitter} fold {fold} test" if splitter else ""
    return _part(run, search, fold, "test", digest, rows)


def _part(
    run: Run,
    search: Operation,
    fold: int | None,
    side: str,
    digest: str = "",
    rows: int | None = None,
) -> Dataset | None:
    """One side of a fold, whose rows nobody saw."""
    if search.dataset is None or fold is None:
        return None
    known: dict[tuple[int, int, str], Dataset] = search.notes.setdefault("parts", {})
    # Each round of a halving search has rows of its own.
    key = search.notes.get("base", 0), fold, side
    if key not in known:
        step = Derivation(search.dataset, "split", f"fold {fold} {side}", True, digest)
        known[key] = run.datasets.unseen([step], search.dataset.columns, rows)
    return known[key]


# ---- the results of a search


def results(run: Run, search: Operation) -> dict[str, Any]:
    """What a search found, for its `FitEnded`; tells the folds that workers fitted."""
    estimator = search.owner
    cv_results = getattr(estimator, "cv_results_", None)
    if not cv_results or "params" not in cv_results:
        return {}
    tried = list(cv_results["params"])[:MAX_CANDIDATES]
    told: dict[str, Any] = {
        "candidates": [
            {"params": _candidate(params)} for params in _with_rounds(cv_results, tried)
        ],
        "search_metrics": _search_metrics(estimator, cv_results, len(tried), "test"),
    }
    best = getattr(estimator, "best_index_", None)
    if best is not None:
        told["best_candidate"] = int(best)
    if told["search_metrics"]:
        first = told["search_metrics"][0]
        told |= {"metric": first["metric"], "larger_is_better": True}
        if not search.notes.get("folds_seen"):
            trained = _search_metrics(estimator, cv_results, len(tried), "train")
            metrics = told["search_metrics"], trained
            _tell_unseen_folds(run, search, tried, metrics, cv_results)
    return told


def _search_metrics(
    estimator: Any, cv_results: dict[str, Any], count: int, side: str
) -> list[dict[str, Any]]:
    """`SearchMetric` messages of one side of the folds, the one that chose first."""
    refit = getattr(estimator, "refit", True)
    start = f"mean_{side}_"
    names = [key[len(start) :] for key in cv_results if key.startswith(start)]
    names.sort(key=lambda name: name != refit)
    told = []
    for name in names:
        splits = sorted(
            (int(key[5 : key.index("_")]), key)
            for key in cv_results
            if key.startswith("split") and key.endswith(f"_{side}_{name}")
        )
        told.append(
            {
                "metric": score_name(estimator) if name == "score" else name,
                "larger_is_better": True,
                "fold_values": [
                    {"values": [float(cv_results[key][i]) for _, key in splits]}
                    for i in range(count)
                ],
            }
        )
    return told


def _with_rounds(cv_results: dict[str, Any], tried: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each round of a halving search gave its configurations besides."""
    rounds = {key: cv_results[key] for key in ("iter", "n_resources") if key in cv_results}
    told = []
    for place, params in enumerate(tried):
        more: dict[str, Any] = {key: int(of[place]) for key, of in rounds.items()}
        told.append({**params, **more})
    return told


def _candidate(params: dict[str, Any]) -> list[dict[str, Any]]:
    """`CandidateParam` messages."""
    told = []
    for name, value in params.items():
        value = (
            {"text": class_name(type(value))}
            if components.is_estimator(value)
            else param_value(value)
        )
        told.append({"uid": "estimator", "param": {"name": name, "value": value}})
    return told


def _tell_unseen_folds(
    run: Run,
    search: Operation,
    tried: list[dict[str, Any]],
    metrics: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    cv_results: dict[str, Any],
) -> None:
    """The folds that were fitted where nobody watched."""
    from sklearn.base import clone

    base = search.owner.estimator
    seconds = cv_results.get("mean_fit_time")
    for place, params in enumerate(tried):
        try:
            configured = clone(base).set_params(**clone(params, safe=False))
        except Exception:
            configured = base
        _tell_unseen_candidate(run, search, place, configured, metrics, seconds)


def _tell_unseen_candidate(
    run: Run,
    search: Operation,
    place: int,
    configured: Any,
    metrics: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    seconds: Any,
) -> None:
    """`metrics`: of the sides that were left out, and of those that were learnt from."""
    tested, trained = metrics
    told = components.component(configured, "estimator")
    told["columns"] = _columns_of(configured, search)
    folds = len(tested[0]["fold_values"][place]["values"])
    duration = int(float(seconds[place]) * 1e6) if seconds is not None else 0
    for fold in range(folds):
        test = _test_set(run, search, fold)
        train = _part(run, search, fold, "train", fold_digest(search, "train", fold))
        number = run.number()
        run.tell(
            "fit_started",
            {
                "operation": number,
                "parent": search.number,
                "kind": fit_kind(configured),
                "estimator": told,
                "dataset": run.use(train) if train is not None else 0,
                "place": {"role": "fold", "candidate_index": place, "fold": fold},
            },
            search.started_at,
        )
        values = {m["metric"]: m["fold_values"][place]["values"][fold] for m in tested}
        for metric, value in values.items():
            _tell_score(run, search, number, test, metric, value)
        for told_of in trained:
            value = told_of["fold_values"][place]["values"][fold]
            _tell_score(run, search, number, train, f"train_{told_of['metric']}", value)
        failed = all(math.isnan(value) for value in values.values())
        ended: dict[str, Any] = {
            "operation": number,
            "duration_us": duration,
            "outcome": FAILED if failed else FINISHED,
            "model_class": told["class_name"],
        }
        if failed:
            ended["failure"] = {"error_class": "unknown", "message": "it gave no score"}
        run.tell("fit_ended", ended)


# ---- cross-validation by a function


def _cross(name: str) -> Callable[..., Any]:
    """A function that fits an estimator on folds is a search that tries one configuration."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if run.current is not None and run.current.kind in ("search", "fold"):
            return original(*args, **kwargs)
        search = None
        with safely(run):
            search = _begin_cross(run, name, args, kwargs)
        if search is None:
            return original(*args, **kwargs)
        try:
            with run.inside(search):
                result = original(*args, **kwargs)
        except BaseException as error:
            with safely(run):
                _end_cross(run, search, None, error)
            raise
        with safely(run):
            _end_cross(run, search, result, None)
        return result

    return around


def _begin_cross(run: Run, name: str, args: Any, kwargs: Any) -> Operation:
    estimator = args[0] if args else kwargs["estimator"]
    data, target = data_and_target(args[1:], kwargs)
    around = run.current
    search = Operation(run.number(), around, estimator, name, kind="search")
    # The estimator is fitted inside it, on folds.
    search.owner = None
    search.inside = (type(estimator),)
    search.dataset = input_dataset(run, data, around, "train")
    search.target = columns.label_of(target, run.datasets.get(target))
    run.samples.target_is(search.dataset, target, search.target)
    names = search.inputs = columns.names_of(data, search.dataset)
    search.features = columns.features_of(search.dataset, names)
    scoring = kwargs.get("scoring")
    named = isinstance(scoring, str) or callable(scoring)
    search.label = scorer_name(scoring) if named else score_name(estimator)
    search.notes |= {"estimator": estimator, "name": name, "tried": _tried(name, kwargs)}
    if name == "permutation_test_score":
        # What it fits is on labels of no meaning.
        search.inside = ()
    cv = kwargs.get("cv")
    search.notes["splitter"] = known_splitter(cv)
    searched = components.component(estimator, "estimator")
    searched["columns"] = _columns_of(estimator, search)
    params = [
        {"name": key, "value": param_value(kwargs[key])}
        for key in ("cv", "scoring", "n_jobs", "method")
        if kwargs.get(key) is not None
    ]
    search.started_at = now_us()
    run.tell(
        "fit_started",
        {
            "operation": search.number,
            "parent": around.number if around is not None else 0,
            "kind": 3,
            "estimator": {
                "class_name": f"sklearn.model_selection.{name}",
                "uid": f"{name}_{search.number:012x}",
                "params": params,
                "stages": [searched],
                "columns": _columns_of(estimator, search),
            },
            "dataset": run.use(search.dataset) if search.dataset is not None else 0,
            "candidates": search.notes["tried"],
            "source_columns": sorted(columns.sources(names, search.features, names)),
            "source_columns_known": bool(names),
        },
        search.started_at,
    )
    search.began = time.perf_counter()
    return search


def _columns_of(estimator: Any, search: Operation) -> dict[str, Any]:
    """`ComponentColumns` of what a search fits."""
    return {
        "inputs": columns.used_by(estimator, search.inputs),
        "label": search.target,
        "outputs": ["prediction"],
        "prediction": "prediction",
    }


def _tried(name: str, kwargs: Any) -> list[dict[str, Any]]:
    """The configurations that such a function tries: `Candidate` messages."""
    if name == "validation_curve":
        param = kwargs["param_name"]
        tried = [{param: value} for value in kwargs["param_range"]]
    elif name == "learning_curve":
        tried = [{"train_size": size} for size in kwargs.get("train_sizes", TRAIN_SIZES)]
    else:
        tried = [{}]
    return [{"params": _candidate(params)} for params in tried]


def _end_cross(run: Run, search: Operation, result: Any, error: BaseException | None) -> None:
    ended: dict[str, Any] = {
        "operation": search.number,
        "duration_us": int(search.seconds() * 1e6),
        "outcome": FINISHED if error is None else FAILED,
    }
    if error is not None:
        ended["failure"] = failure(error)
    else:
        metrics = _cross_metrics(search, result, "test_")
        ended |= {"search_metrics": metrics, "candidates": search.notes["tried"]}
        if metrics and search.inside and not search.notes.get("folds_seen"):
            estimator = search.notes["estimator"]
            trained = _cross_metrics(search, result, "train_") if isinstance(result, dict) else []
            times = result.get("fit_time") if isinstance(result, dict) else None
            mean = [float(times.mean())] if times is not None else None
            for place in range(len(search.notes["tried"])):
                of_sides = metrics, trained
                _tell_unseen_candidate(run, search, place, estimator, of_sides, mean)
        if search.notes["name"] == "cross_val_predict":
            run.predictions.add(result, search, search.dataset, None)
    run.tell("fit_ended", ended)
    search.over()


def _cross_metrics(search: Operation, result: Any, side: str) -> list[dict[str, Any]]:
    name = search.notes["name"]
    if name in ("learning_curve", "validation_curve"):
        # Scores of the training sides come before, and times may come behind.
        scores = result[2 if name == "learning_curve" else 1]
        values = [{"values": [float(value) for value in of_one]} for of_one in scores]
        return [{"metric": search.label, "larger_is_better": True, "fold_values": values}]
    if name == "permutation_test_score":
        scores = {"score": [result[0]]}
    elif name == "cross_val_score":
        scores = {"score": result}
    elif isinstance(result, dict):
        scores = {k[len(side) :]: value for k, value in result.items() if k.startswith(side)}
    else:
        return []
    told = []
    for name, values in scores.items():
        metric = search.label if name == "score" else name
        numbers = [float(value) for value in values]
        told.append(
            {
                "metric": metric,
                "larger_is_better": True,
                "fold_values": [{"values": numbers}],
            }
        )
    return told
