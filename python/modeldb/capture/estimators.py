"""Hooks on estimators: fit, transform, predict, score, of every class derived from scikit-learn's
`BaseEstimator`, whoever wrote it."""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..record import components, frames
from ..record.datasets import Dataset, Derivation
from ..record.run import FAILED, FINISHED, Operation, Run, now_us
from ..record.values import class_name, failure
from . import columns, learnt, samples, variables
from .hooks import hook_method, replace, safely

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
# Libraries whose estimators fit helpers inside that are nobody's models.
LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost", "imblearn")
PIPELINES = ("Pipeline", "ColumnTransformer", "FeatureUnion")


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
        hook_method(cls, name, _around_fit(name))
    for name, column in TRANSFORMS.items():
        hook_method(cls, name, _around_transform(name, column))
    hook_method(cls, "score", _score)


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


# ---- fit


def _around_fit(method: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        estimator = args[0] if args else None
        current = run.current
        if estimator is None or (current is not None and current.owner is estimator):
            return original(*args, **kwargs)
        if current is not None and _is_inner_works(current, estimator):
            with run.muted():
                return original(*args, **kwargs)
        if method == "partial_fit" and _goes_on(run, estimator):
            with run.muted():
                return original(*args, **kwargs)
        operation = None
        with safely(run):
            operation = begin(run, estimator, args[1:], kwargs)
            operation.partial_fits = int(method == "partial_fit")
        if operation is None:
            return original(*args, **kwargs)
        try:
            with run.inside(operation):
                result = original(*args, **kwargs)
        except BaseException as error:
            with safely(run):
                end(run, operation, None, error)
            raise
        with safely(run):
            made = result if method in ("fit_transform", "fit_predict") else None
            end(run, operation, made, None)
        return result

    return around


def _is_inner_works(current: Operation, estimator: Any) -> bool:
    if current.kind in ("transform", "evaluate"):
        return True
    return current.inside is not None and not isinstance(estimator, current.inside)


def _goes_on(run: Run, estimator: Any) -> bool:
    """Whether it was fitted in parts before: the parts make one model."""
    known = run.models.get(estimator)
    if known is None or known.partial_fits == 0:
        return False
    known.partial_fits += 1
    return True


def begin(run: Run, estimator: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Operation:
    """A fit begins."""
    data, target = data_and_target(args, kwargs)
    around = run.current
    uid, place, parent = _place(run, around, estimator)
    operation = Operation(
        number=run.number(),
        parent=parent,
        owner=estimator,
        uid=uid,
        kind="search" if is_search(estimator) else "fit",
    )
    operation.dataset = input_dataset(run, data, around, "train")
    operation.parts = components.parts_of(components.params_of(estimator))
    operation.inside = _of_interest(estimator, operation.parts)
    if around is not None and around.kind == "fold":
        operation.candidate, operation.fold = around.candidate, around.fold
    if operation.kind == "search":
        operation.label = score_name(estimator)
        operation.notes["splitter"] = known_splitter(getattr(estimator, "cv", None))
    run.samples.target_is(operation.dataset, target)
    features = columns.names_of(data, operation.dataset)
    operation.features = features
    label = columns.label_of(target)
    used = columns.used_by(estimator, features)
    told = components.component(estimator, uid)
    told["columns"] = {"inputs": used, "label": label}
    if not is_transformer_only(estimator):
        told["columns"] |= {"outputs": ["prediction"], "prediction": "prediction"}
    _last_stage_learns(told, label)
    started = {
        "operation": operation.number,
        "parent": parent.number if parent is not None else 0,
        "kind": _kind(estimator),
        "estimator": told,
        "dataset": run.use(operation.dataset) if operation.dataset is not None else 0,
        "source_columns": sorted(columns.sources(operation.dataset, used)),
        "source_columns_known": bool(features) and parent is None,
        "thread": _thread(),
    }
    if place is not None:
        started["place"] = place
    operation.started_at = now_us()
    run.tell("fit_started", started, operation.started_at)
    samples.training_set(run, operation, data)
    operation.began = time.perf_counter()
    return operation


def end(run: Run, operation: Operation, made: Any, error: BaseException | None) -> None:
    """A fit has ended; `made` is what a fit_transform or fit_predict gave."""
    duration = operation.seconds()
    estimator = operation.owner
    ended: dict[str, Any] = {
        "operation": operation.number,
        "duration_us": int(duration * 1e6),
        "outcome": FINISHED,
    }
    if error is not None:
        ended |= {"outcome": FAILED, "failure": failure(error)}
    else:
        ended["model_class"] = class_name(type(estimator))
        ended["problem_type"] = problem_type(estimator)
        run.models.put(estimator, operation)
        if operation.kind == "search":
            from . import searches

            ended |= searches.results(run, operation)
    run.tell("fit_ended", ended)
    operation.over()
    if error is not None:
        return
    if operation.parent is None:
        run.last_model = operation
    if operation.partial_fits:
        run.partial.append((weakref.ref(estimator), operation))
    elif operation.candidate is None:
        learnt.tell(run, operation, estimator)
    if made is not None and operation.dataset is not None:
        tell_transform(run, operation.parent, estimator, operation.dataset, made, "", now_us(), 0)


def _place(
    run: Run, around: Operation | None, estimator: Any
) -> tuple[str, dict[str, Any] | None, Operation | None]:
    """Its uid, where it stands, and inside what."""
    if around is None:
        return f"{type(estimator).__name__}_{run.number():012x}", None, None
    if around.kind == "fold":
        place = {"role": "fold", "candidate_index": around.candidate, "fold": around.fold}
        return around.uid, place, around.parent
    if around.kind == "search":
        place = {"role": "best"}
        best = getattr(around.owner, "best_index_", None)
        if best is not None:
            place["candidate_index"] = int(best)
        return "estimator", place, around
    index, name = _claim(around, estimator)
    if index is None:
        return name, {"role": "component"}, around
    if type(around.owner).__name__ in PIPELINES or is_pipeline(around.owner):
        return name, {"role": "stage", "stage_index": index}, around
    return name, {"role": "component"}, around


def _claim(around: Operation, estimator: Any) -> tuple[int | None, str]:
    """Which part of a whole is fitted: that very object, else the next one like it, of which it
    is a clone."""
    same = [i for i, (_, part) in enumerate(around.parts) if part is estimator]
    like = [
        i
        for i, (_, part) in enumerate(around.parts)
        if i not in around.claimed and type(part) is type(estimator)
    ]
    again = [i for i, (_, part) in enumerate(around.parts) if type(part) is type(estimator)]
    for found in (same, like, again):
        if found:
            around.claimed.add(found[0])
            return found[0], around.parts[found[0]][0]
    return None, type(estimator).__name__


def _of_interest(estimator: Any, parts: list[tuple[str, Any]]) -> tuple[type, ...] | None:
    """Which fits inside are told: in a library's own estimator those that the user gave it."""
    if type(estimator).__module__.partition(".")[0] not in LIBRARIES:
        return None
    return tuple({type(part) for _, part in parts})


def is_search(estimator: Any) -> bool:
    """Whether it tries configurations of another one."""
    return any(cls.__name__ == "BaseSearchCV" for cls in type(estimator).__mro__)


def is_pipeline(estimator: Any) -> bool:
    """Whether it is put together from stages."""
    return any(
        cls.__name__ in PIPELINES and cls.__module__.partition(".")[0] in LIBRARIES
        for cls in type(estimator).__mro__
    )


def is_transformer_only(estimator: Any) -> bool:
    """Whether it predicts nothing."""
    return not hasattr(type(estimator), "predict") and not hasattr(type(estimator), "fit_predict")


def _kind(estimator: Any) -> int:
    if is_search(estimator):
        return 3
    return 2 if is_pipeline(estimator) else 1


def _last_stage_learns(told: dict[str, Any], label: str) -> None:
    """In a pipeline, and in what a search tries, the last stage learns the label."""
    stages = told.get("stages") or []
    while stages:
        last = stages[-1]
        own = last.get("columns", {})
        last["columns"] = {"label": label, "inputs": own.get("inputs", [])}
        if not last["columns"]["inputs"]:
            last["columns"]["inputs"] = told["columns"]["inputs"] if len(stages) == 1 else []
        last["columns"] |= {"outputs": ["prediction"], "prediction": "prediction"}
        stages = last.get("stages") or []


def problem_type(estimator: Any) -> str:
    """`binary`, `multiclass`, `regression`, `clustering`, or nothing."""
    kind = getattr(estimator, "_estimator_type", None)
    if kind is None:
        tags = getattr(estimator, "__sklearn_tags__", None)
        try:
            kind = tags().estimator_type if tags is not None else None
        except Exception:
            kind = None
    if kind == "classifier":
        classes = getattr(estimator, "classes_", None)
        count = len(classes) if classes is not None and not isinstance(classes, list) else 0
        return "binary" if count == 2 else "multiclass"
    return {"regressor": "regression", "clusterer": "clustering"}.get(str(kind), "")


def _thread() -> int:
    import threading

    return threading.get_ident() & 0x7FFFFFFF


# ---- data


def data_and_target(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """What a fit learns from, and the truth."""
    data = args[0] if args else kwargs.get("X", kwargs.get("data", kwargs.get("raw_documents")))
    target = args[1] if len(args) > 1 else kwargs.get("y")
    return data, target


def input_dataset(run: Run, data: Any, around: Operation | None, role: str) -> Dataset | None:
    """The dataset that goes into a call; one that was not met is part of what the call around
    it has."""
    if data is None:
        return None
    known = run.datasets.get(data)
    if known is not None or around is None or around.dataset is None or not frames.is_data(data):
        known = known or run.datasets.of(data)
        if known is not None and around is None and not known.name and not known.numbers:
            known.name = variables.name_of(data)
        return known
    whole = around.dataset
    if around.kind == "fold":
        detail = f"fold {around.fold} {role}"
        step = Derivation(whole, "split", detail, split=True, digest=_fold_digest(around, role))
        return run.datasets.made(data, [step], columns=_columns_like(data, whole))
    names = [name for name, _ in frames.columns_of(data)]
    inside = frames.is_frame(data) and set(names) <= set(whole.column_names)
    detail = ", ".join(names) if inside else "opaque"
    return run.datasets.made(data, [Derivation(whole, "select" if inside else "derive", detail)])


def _fold_digest(around: Operation, role: str) -> str:
    splitter = around.notes.get("splitter", "")
    return f"{splitter} {role} {around.fold}" if splitter else ""


def _columns_like(data: Any, whole: Dataset) -> frames.Columns:
    own = frames.columns_of(data)
    return whole.columns if len(own) == len(whole.columns) else own


# ---- transform, predict


def _around_transform(method: str, column: str) -> Callable[..., Any]:
    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        estimator = args[0] if args else None
        current = run.current
        if estimator is None or (current is not None and not _tells_transforms(current, estimator)):
            return original(*args, **kwargs)
        operation = Operation(run.number(), current, estimator, "", kind="transform")
        operation.started_at, operation.began = now_us(), time.perf_counter()
        try:
            with run.inside(operation):
                result = original(*args, **kwargs)
        except BaseException as error:
            with safely(run):
                _transform_failed(run, operation, args[1:], kwargs, error)
            raise
        with safely(run):
            duration = int(operation.seconds() * 1e6)
            data, _ = data_and_target(args[1:], kwargs)
            dataset = input_dataset(run, data, current, "test")
            if dataset is not None:
                tell_transform(
                    run,
                    current,
                    estimator,
                    dataset,
                    result,
                    column,
                    operation.started_at,
                    duration,
                    number=operation.number,
                )
                made_by = run.models.get(estimator)
                if column and made_by is not None:
                    run.predictions.add(result, made_by, dataset, run.datasets.get(result))
                    samples.predictions(run, estimator, dataset, data, result, method)
        return result

    return around


def _tells_transforms(current: Operation, estimator: Any) -> bool:
    """Whether a transform inside a call is told: those of a pipeline's stages while it is
    fitted."""
    if current.kind != "fit" or current.owner is estimator:
        return False
    return is_pipeline(current.owner) and any(part is estimator for _, part in current.parts)


def tell_transform(
    run: Run,
    parent: Operation | None,
    estimator: Any,
    dataset: Dataset,
    result: Any,
    column: str,
    started_at: int,
    duration_us: int,
    *,
    number: int = 0,
) -> None:
    """A transform, or what came with a fit."""
    made_by = run.models.get(estimator)
    uid = made_by.uid if made_by is not None else type(estimator).__name__
    told = components.component(estimator, uid)
    outputs = [column] if column else [name for name, _ in frames.columns_of(result)]
    told["columns"] = {"inputs": dataset.column_names, "outputs": outputs}
    if column == "prediction":
        told["columns"]["prediction"] = column
    output = 0
    if result is not dataset and frames.is_data(result):
        dtype = str(getattr(result, "dtype", ""))
        made = run.datasets.get(result) if result is not None else None
        if made is None or made is not dataset:
            made = run.datasets.made(
                result, [], columns=[(column, dtype)] if column else None, name=""
            )
            made.digest = f"{run.run_id} {number or made.order}"
            if not column:
                made.made_by, made.input = weakref.ref(estimator), dataset
        output = run.use(made)
    run.tell(
        "transformed",
        {
            "operation": number or run.number(),
            "parent": parent.number if parent is not None and parent.kind != "fold" else 0,
            "transformer": told,
            "model": made_by.number if made_by is not None else 0,
            "input": run.use(dataset),
            "output": output,
            "started_at_us": started_at,
            "duration_us": duration_us,
            "thread": _thread(),
        },
    )


def _transform_failed(
    run: Run, operation: Operation, args: Any, kwargs: Any, error: BaseException
) -> None:
    data, _ = data_and_target(args, kwargs)
    dataset = input_dataset(run, data, operation.parent, "test")
    made_by = run.models.get(operation.owner)
    run.tell(
        "transformed",
        {
            "operation": operation.number,
            "parent": operation.parent.number if operation.parent is not None else 0,
            "transformer": components.component(
                operation.owner, made_by.uid if made_by is not None else ""
            ),
            "model": made_by.number if made_by is not None else 0,
            "input": run.use(dataset) if dataset is not None else 0,
            "started_at_us": operation.started_at,
            "duration_us": int(operation.seconds() * 1e6),
            "failure": failure(error),
            "thread": _thread(),
        },
    )


# ---- score


def _score(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    estimator = args[0] if args else None
    if estimator is None or run.current is not None:
        return original(*args, **kwargs)
    operation = Operation(run.number(), None, estimator, "", kind="evaluate")
    operation.started_at, operation.began = now_us(), time.perf_counter()
    error: BaseException | None = None
    value: Any = None
    try:
        with run.inside(operation):
            value = original(*args, **kwargs)
        return value
    except BaseException as raised:
        error = raised
        raise
    finally:
        with safely(run):
            data, target = data_and_target(args[1:], kwargs)
            dataset = input_dataset(run, data, None, "test")
            made_by = run.models.get(estimator)
            name = score_name(estimator)
            told: dict[str, Any] = {
                "operation": operation.number,
                "evaluator": {
                    "class_name": f"{class_name(type(estimator))}.score",
                    "columns": {
                        "label": columns.label_of(target),
                        "prediction": "prediction",
                    },
                },
                "dataset": run.use(dataset) if dataset is not None else 0,
                "metric": name,
                "started_at_us": operation.started_at,
                "duration_us": int(operation.seconds() * 1e6),
                "model": made_by.number if made_by is not None else 0,
                "larger_is_better": True,
                "thread": _thread(),
            }
            if error is not None:
                told["failure"] = failure(error)
            else:
                told["value"] = float(value)
            run.tell("evaluated", told)


def score_name(estimator: Any) -> str:
    """What `score` measures, as scikit-learn names scorers."""
    scoring = getattr(estimator, "scoring", None)
    if isinstance(scoring, str):
        return scoring
    refit = getattr(estimator, "refit", None)
    if is_search(estimator) and isinstance(refit, str):
        return refit
    inner = getattr(estimator, "best_estimator_", None) or getattr(estimator, "estimator", None)
    if is_search(estimator) and inner is not None:
        return score_name(inner)
    steps = getattr(estimator, "steps", None)
    if is_pipeline(estimator) and steps:
        return score_name(steps[-1][1])
    method = str(getattr(getattr(type(estimator), "score", None), "__qualname__", ""))
    if method.startswith(("ClassifierMixin", "MultiOutputClassifier")):
        return "accuracy"
    if method.startswith("RegressorMixin"):
        return "r2"
    kind = problem_type(estimator)
    return {"binary": "accuracy", "multiclass": "accuracy", "regression": "r2"}.get(kind, "score")


def known_splitter(cv: Any) -> str:
    """What folds depend on, where that is the same in every run; else empty."""
    if cv is None or isinstance(cv, int):
        return f"cv={cv}"
    state = getattr(cv, "random_state", None)
    if getattr(cv, "shuffle", False) and not isinstance(state, int):
        return ""
    return repr(cv) if type(cv).__module__.startswith("sklearn.") else ""
