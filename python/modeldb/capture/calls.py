"""Hooks around what estimators do beside fitting: transforms, predictions, scores."""

from __future__ import annotations

import inspect
import time
import weakref
from collections.abc import Callable
from typing import Any

from ..record import components, frames
from ..record.datasets import Dataset
from ..record.run import Operation, Run, now_us
from ..record.values import class_name, failure
from . import columns, samples
from .hooks import is_called_by, safely
from .inputs import data_and_target, input_dataset
from .kinds import LIBRARIES, is_pipeline, score_name, thread_number
from .twins import model_of


def around_transform(method: str, column: str) -> Callable[..., Any]:
    """What goes around a method that gives data from data."""

    def around(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        estimator = args[0] if args else None
        current = run.current
        told = _tells_transforms(current, estimator)
        if estimator is None or not told:
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
                made_by = model_of(run, estimator)
                if column and made_by is not None:
                    output = run.datasets.get(result)
                    run.predictions.add(result, made_by, dataset, output, data=data)
                    samples.predictions(run, estimator, dataset, data, result, method)
        return result

    return around


def staged(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """A generator of predictions: those are known as the model's."""
    stages = original(*args, **kwargs)
    if not args or run.current is not None or not inspect.isgenerator(stages):
        return stages
    return _known_stages(run, args, kwargs, stages)


def _known_stages(run: Run, args: Any, kwargs: Any, stages: Any) -> Any:
    model, dataset, data = None, None, None
    with safely(run):
        model = model_of(run, args[0])
        data, _ = data_and_target(args[1:], kwargs)
        dataset = input_dataset(run, data, None, "test")
    for predicted in stages:
        if model is not None:
            with safely(run):
                run.predictions.add(predicted, model, dataset, None, data=data)
        yield predicted


def _tells_transforms(current: Operation | None, estimator: Any) -> bool:
    """Whether a transform is told: what the program calls itself and, inside a call, those of a
    pipeline's stages while it is fitted."""
    if current is None:
        return not is_called_by(*LIBRARIES)
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
    made_by = model_of(run, estimator)
    uid = made_by.uid if made_by is not None else type(estimator).__name__
    told = components.component(estimator, uid)
    hidden = run.hidden(dataset)
    inputs = [hidden.get(name, name) for name in dataset.column_names]
    told["columns"] = {"inputs": inputs, "outputs": [column] if column else []}
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
            made.input = dataset
            if not column:
                made.made_by = weakref.ref(estimator)
                names, hidden = made.column_names, run.hidden(made)
                told["columns"]["outputs"] = [hidden.get(name, name) for name in names]
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
            "thread": thread_number(),
        },
    )


def _transform_failed(
    run: Run, operation: Operation, args: Any, kwargs: Any, error: BaseException
) -> None:
    data, _ = data_and_target(args, kwargs)
    dataset = input_dataset(run, data, operation.parent, "test")
    made_by = model_of(run, operation.owner)
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
            "thread": thread_number(),
        },
    )


def score(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Around `score`."""
    estimator = args[0] if args else None
    if estimator is None or run.current is not None or is_called_by(*LIBRARIES):
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
            made_by = model_of(run, estimator)
            name = score_name(estimator)
            told: dict[str, Any] = {
                "operation": operation.number,
                "evaluator": {
                    "class_name": f"{class_name(type(estimator))}.score",
                    "columns": {
                        "label": columns.label_of(target, run.datasets.get(target)),
                        "prediction": "prediction",
                    },
                },
                "dataset": run.use(dataset) if dataset is not None else 0,
                "metric": name,
                "started_at_us": operation.started_at,
                "duration_us": int(operation.seconds() * 1e6),
                "model": made_by.number if made_by is not None else 0,
                "larger_is_better": True,
                "thread": thread_number(),
            }
            if error is not None:
                told["failure"] = failure(error)
            else:
                told["value"] = float(value)
            run.tell("evaluated", told)
