"""Hooks around fits: what is fitted, on what, inside what, and how it ended."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any

from ..record import components, frames
from ..record.run import FAILED, FINISHED, Operation, Run, now_us
from ..record.values import class_name, failure
from . import asked, columns, learnt, samples
from .calls import tell_transform
from .hooks import is_called_by, safely
from .inputs import data_and_target, input_dataset
from .kinds import (
    LIBRARIES,
    PIPELINES,
    TOOLS,
    attribute,
    fit_kind,
    is_pipeline,
    is_search,
    is_transformer_only,
    known_splitter,
    problem_type,
    score_name,
    thread_number,
)


def around_fit(method: str) -> Callable[..., Any]:
    """What goes around a method that fits."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        estimator = args[0] if args else None
        current = run.current
        if estimator is None or (current is not None and current.owner is estimator):
            return original(*args, **kwargs)
        inner = is_called_by(*TOOLS) if current is None else _is_inner_works(current, estimator)
        if inner:
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
                end(run, operation, method, None, error)
            raise
        with safely(run):
            made = result if method in ("fit_transform", "fit_predict") else None
            end(run, operation, method, made, None)
            if operation.parent is None and not operation.partial_fits:
                asked.after_fit(run, operation, estimator, args[1:], kwargs)
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
    learnt.before_it_is_gone(run, estimator)
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
        operation.notes["splitter"] = known_splitter(attribute(estimator, "cv"))
    names = operation.inputs = columns.names_of(data, operation.dataset)
    # Now: what gave them may be gone when it is told what was learnt.
    operation.features = columns.features_of(operation.dataset, names)
    label = operation.target = _label(run, target, around)
    run.samples.target_is(operation.dataset, target, label)
    used = columns.used_by(estimator, names)
    told = components.component(estimator, uid)
    excluded = run.settings.sample_exclude
    shown = (columns.without_values(f, i, excluded) for i, f in enumerate(operation.features))
    known_as = dict(zip(names, (name for name, _ in shown)))
    told["columns"] = {"inputs": [known_as.get(name, name) for name in used], "label": label}
    if not is_transformer_only(estimator):
        told["columns"] |= {"outputs": ["prediction"], "prediction": "prediction"}
    _last_stage_learns(told, label)
    started = {
        "operation": operation.number,
        "parent": parent.number if parent is not None else 0,
        "kind": fit_kind(estimator),
        "estimator": told,
        "dataset": run.use(operation.dataset) if operation.dataset is not None else 0,
        "source_columns": sorted(columns.sources(names, operation.features, used)),
        "source_columns_known": bool(names) and parent is None,
        "thread": thread_number(),
    }
    if place is not None:
        started["place"] = place
    operation.started_at = now_us()
    run.tell("fit_started", started, operation.started_at)
    samples.training_set(run, operation, data)
    operation.began = time.perf_counter()
    return operation


def end(
    run: Run, operation: Operation, method: str, made: Any, error: BaseException | None
) -> None:
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
    labels = made if method == "fit_predict" else attribute(estimator, "labels_")
    if labels is not None and frames.is_data(labels):
        run.predictions.add(labels, operation, operation.dataset, None)
    if operation.partial_fits:
        run.partial.append((weakref.ref(estimator), operation))
    elif operation.candidate is None:
        learnt.tell(run, operation, estimator)
    if made is not None and operation.dataset is not None:
        tell_transform(run, operation.parent, estimator, operation.dataset, made, "", now_us(), 0)


def _label(run: Run, target: Any, around: Operation | None) -> str:
    """What the truth is called; an array has the name that it has in the call around this one,
    where a fit for each of several follows one after the other."""
    label = columns.label_of(target, run.datasets.get(target))
    if label != "y" or around is None or not around.target or frames.is_table(target):
        return label
    of_all = around.target.split(", ")
    shape = getattr(target, "shape", ())
    if len(of_all) == 1 or len(shape) != 1:
        return around.target
    around.labels += 1
    place = (around.labels - 1) % len(of_all)
    order = attribute(around.owner, "order_")
    return of_all[place if order is None else int(order[place])]


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
        best = attribute(around.owner, "best_index_")
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
