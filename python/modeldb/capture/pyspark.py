"""PySpark's Python side: what the bridge in the JVM cannot see by itself.

PySpark runs pipelines, searches and one-vs-rest in Python, and users write estimators,
transformers and evaluators in it. Of such calls the bridge is told when they begin and end, over
py4j; what they call in the JVM it sees itself, inside of them. So there is one run, the bridge's,
and nothing is told twice. It is told too what the program calls its datasets.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any

from .. import spark
from ..delivery import wire
from ..record.identity import ByIdentity
from ..record.run import FAILED, FINISHED, Run
from ..record.values import class_name, failure, param_value
from . import variables
from .hooks import hook_function, hook_method, hooked, replace, safely

# As in the bridge's HookPoint.
FIT, TRANSFORM, EVALUATE, THREAD, NAME = 100, 101, 102, 103, 104
ESTIMATOR, PIPELINE, SEARCH = 1, 2, 3
# The setting by which the agent knows that nothing is to be inferred.
CALLS = "spark.modeldb.python.calls"

MAX_DEPTH = 16
NOTHING: Mapping[Any, Any] = {}
# Parameters that hold other components.
INSIDE = ("stages", "estimator", "evaluator", "estimatorParamMaps", "classifier")
INPUTS = ("featuresCol", "inputCol", "inputCols")
# Modules that are called as the problems are that their models solve.
PROBLEMS = ("regression", "clustering", "recommendation")

logger = logging.getLogger("modeldb")
_here = threading.local()
# The operation that made each model.
_models: ByIdentity[int] = ByIdentity()
_named: ByIdentity[str] = ByIdentity()
_bridges: ByIdentity[Any] = ByIdentity()


def install_gateway(module: ModuleType) -> None:
    """`pyspark.java_gateway` was imported: the JVMs that it starts have the bridge."""
    hook_function(module, "launch_gateway", _launch)
    context = sys.modules.get("pyspark.context")
    if context is not None and vars(context).get("launch_gateway") is not None:
        replace(context, "launch_gateway", module.launch_gateway)


def install(module: ModuleType) -> None:
    """`pyspark.ml.base` was imported."""
    hook_method(module.Estimator, "fit", _fit)
    hook_method(module.Transformer, "transform", _transform)


def install_evaluators(module: ModuleType) -> None:
    """`pyspark.ml.evaluation` was imported."""
    hook_method(module.Evaluator, "evaluate", _evaluate)


def install_pools(module: ModuleType) -> None:
    """A module was imported that fits on threads of its own."""
    if hasattr(module, "ThreadPool"):
        # There only: everybody else has the class.
        replace(module, "ThreadPool", hooked(module.ThreadPool, _pool))


# ---- the JVM


def _launch(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    name = "SPARK_SUBMIT_OPTS"
    before = os.environ.get(name)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        with safely(run):
            try:
                os.environ[name] = f"{spark.driver_options(run)} {before or ''}".strip()
            except spark.NoJar as error:
                logger.warning("Spark is not watched: %s", error)
    try:
        gateway = original(*args, **kwargs)
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
    with safely(run):
        if _is_pinned():
            gateway.jvm.java.lang.System.setProperty(CALLS, "told")
    return gateway


def _is_pinned() -> bool:
    """Whether all calls of one thread come from one in the JVM."""
    return os.environ.get("PYSPARK_PIN_THREAD", "true").lower() == "true"


def _bridge() -> Any:
    """The bridge's `Hook` class in the JVM of this process; none where it is not there."""
    context = sys.modules.get("pyspark.core.context") or sys.modules.get("pyspark.context")
    jvm = getattr(getattr(context, "SparkContext", None), "_jvm", None)
    if jvm is None or not _is_pinned():
        return None
    known = _bridges.get(jvm)
    if known is None:
        found = jvm.io.modeldb.spark.hook.Hook
        # A class that is not there looks like a package.
        known = found if type(found).__name__ == "JavaClass" else False
        _bridges.put(jvm, known)
    return known or None


def _safely(run: Run) -> AbstractContextManager[None]:
    """As `safely`; what goes wrong is counted in the bridge's run."""
    return safely(run, lambda: _bridge().countError())


def _enter(point: int, told: Any, dataset: Any) -> int | None:
    bridge = _bridge()
    data = getattr(dataset, "_jdf", None)
    if bridge is None or (data is None and dataset is not None):
        return None
    number: int | None = bridge.enter(point, told, data)
    return number


@contextmanager
def _inside(number: int | None) -> Iterator[None]:
    outer = getattr(_here, "number", None)
    _here.number = number if number is not None else outer
    try:
        yield
    finally:
        _here.number = outer


def _told(
    run: Run,
    point: int,
    dataset: Any,
    begins: Callable[[], Any],
    call: Callable[[], Any],
    ended: Callable[[Any], Any],
    failed: Callable[[dict[str, str]], Any],
) -> Any:
    """Calls, and tells the bridge of it. What `begins`, `ended` and `failed` answer is sent."""
    number = None
    with _safely(run):
        number = _enter(point, begins(), dataset)
    try:
        with _inside(number):
            result = call()
    except BaseException as error:
        if number is not None:
            with _safely(run):
                _bridge().exit(number, failed(failure(error)))
        raise
    if number is not None:
        with _safely(run):
            answer = ended(result)
            if point == FIT:
                _models.put(result, number)
            _bridge().exit(number, answer)
    return result


def _pool(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Threads begin inside the call that makes them."""
    number = getattr(_here, "number", None)
    if number is None or "initializer" in kwargs or len(args) > 1:
        return original(*args, **kwargs)

    def begin() -> None:
        with _safely(run):
            _here.number = number
            _enter(THREAD, number, None)

    return original(*args, **kwargs, initializer=begin)


# ---- calls


def _fit(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    estimator = args[0] if args else None
    with _safely(run):
        _name_datasets(run)
    dataset = args[1] if len(args) > 1 else kwargs.get("dataset")
    given = args[2] if len(args) > 2 else kwargs.get("params")
    # Of several sets of parameters each is a call of its own.
    if estimator is None or isinstance(given, (list, tuple)) or _is_java(estimator):
        return original(*args, **kwargs)
    return _told(
        run,
        FIT,
        dataset,
        lambda: _bytes("FitStarted", _started(estimator, given or {})),
        lambda: original(*args, **kwargs),
        lambda model: _bytes("FitEnded", _ended(estimator, model)),
        lambda said: _bytes("FitEnded", {"outcome": FAILED, "failure": said}),
    )


def _transform(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    transformer = args[0] if args else None
    with _safely(run):
        _name_datasets(run)
    if transformer is None or _is_java(transformer):
        return original(*args, **kwargs)
    dataset = args[1] if len(args) > 1 else kwargs.get("dataset")
    return _told(
        run,
        TRANSFORM,
        dataset,
        lambda: _bytes(
            "Transformed",
            {
                "transformer": _component(transformer, deep=False),
                "model": _models.get(transformer) or 0,
            },
        ),
        lambda: original(*args, **kwargs),
        lambda result: getattr(result, "_jdf", None),
        lambda said: _bytes("Transformed", {"failure": said}),
    )


def _evaluate(run: Run, original: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    evaluator = args[0] if args else None
    with _safely(run):
        _name_datasets(run)
    if evaluator is None or _is_java(evaluator):
        return original(*args, **kwargs)
    dataset = args[1] if len(args) > 1 else kwargs.get("dataset")
    return _told(
        run,
        EVALUATE,
        dataset,
        lambda: _bytes("Evaluated", {"evaluator": _component(evaluator, deep=False)}),
        lambda: original(*args, **kwargs),
        lambda value: _bytes("Evaluated", {**_measure(evaluator), "value": float(value)}),
        lambda said: _bytes("Evaluated", {**_measure(evaluator), "failure": said}),
    )


def _bytes(name: str, fields: dict[str, Any]) -> Any:
    return wire.message(name)(**fields).SerializeToString()


def _is_java(component: Any) -> bool:
    """Whether it does its work in the JVM, where it is seen."""
    wrapper = sys.modules.get("pyspark.ml.wrapper")
    return wrapper is not None and isinstance(component, wrapper.JavaParams)


# ---- what is told


def _started(estimator: Any, given: Mapping[Any, Any]) -> dict[str, Any]:
    component = _component(estimator, given)
    kind = ESTIMATOR
    told: dict[str, Any] = {"estimator": component}
    if hasattr(estimator, "getEstimatorParamMaps"):
        kind = SEARCH
        told["candidates"] = [_candidate(each) for each in estimator.getEstimatorParamMaps()]
    elif hasattr(estimator, "getStages"):
        kind = PIPELINE
    else:
        component["columns"] = _columns(estimator, given)
    return {**told, "kind": kind}


def _ended(estimator: Any, model: Any) -> dict[str, Any]:
    told = {
        "outcome": FINISHED,
        "model_class": _class_of(model),
        "problem_type": _problem(model, 0),
    }
    averages = getattr(model, "avgMetrics", None) or getattr(model, "validationMetrics", None)
    if averages is not None and hasattr(estimator, "getEvaluator"):
        told |= {"candidate_metrics": [float(value) for value in averages]}
        told |= _measure(estimator.getEvaluator())
    return told


def _measure(evaluator: Any) -> dict[str, Any]:
    name = getattr(evaluator, "getMetricName", None)
    metric = str(name()) if callable(name) else type(evaluator).__name__
    return {"metric": metric, "larger_is_better": bool(evaluator.isLargerBetter())}


def _component(
    params: Any, given: Mapping[Any, Any] = NOTHING, depth: int = 0, *, deep: bool = True
) -> dict[str, Any]:
    """A `Component` message: what the bridge tells of the same in the JVM. `given` are the values
    that a call has for parameters of it and of its stages."""
    told = []
    for param in params.params:
        if param.name in INSIDE or not (param in given or params.isDefined(param)):
            continue
        value = given[param] if param in given else params.getOrDefault(param)
        is_default = param not in given and not params.isSet(param)
        told.append({"name": param.name, "value": param_value(value), "is_default": is_default})
    component = {"class_name": _class_of(params), "uid": params.uid, "params": told}
    if deep and depth < MAX_DEPTH:
        stages = _stages(params)
        component["stages"] = [_component(stage, given, depth + 1) for stage in stages]
    return component


def _stages(params: Any) -> list[Any]:
    """A pipeline's stages, or what a search tries."""
    if hasattr(params, "getStages"):
        return list(params.getStages())
    if hasattr(params, "getEstimatorParamMaps"):
        return [params.getEstimator()]
    return []


def _candidate(values: Any) -> dict[str, Any]:
    return {
        "params": [
            {"uid": param.parent, "param": {"name": param.name, "value": param_value(value)}}
            for param, value in values.items()
        ]
    }


def _class_of(params: Any) -> str:
    """PySpark's own classes have the names that they have in the JVM."""
    cls = type(params)
    if cls.__module__.startswith("pyspark.ml."):
        module = cls.__module__.replace("pyspark.ml.", "org.apache.spark.ml.", 1)
        module = module.replace("org.apache.spark.ml.pipeline", "org.apache.spark.ml")
        return f"{module}.{cls.__qualname__}"
    return class_name(cls)


def _columns(estimator: Any, given: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns that an estimator reads and writes, by the usual names of parameters."""

    def value(name: str) -> Any:
        if not estimator.hasParam(name):
            return None
        param = estimator.getParam(name)
        if param in given:
            return given[param]
        return estimator.getOrDefault(param) if estimator.isDefined(param) else None

    inputs: list[str] = []
    for name in INPUTS:
        column = value(name)
        inputs += [column] if isinstance(column, str) else list(column or [])
    prediction = value("predictionCol")
    columns = {"inputs": inputs, "label": value("labelCol") or ""}
    if prediction:
        columns |= {"outputs": [prediction], "prediction": prediction}
    return columns


def _problem(model: Any, depth: int) -> str:
    if depth > MAX_DEPTH or model is None:
        return ""
    stages = getattr(model, "stages", None)
    if isinstance(stages, list):
        return next((p for stage in reversed(stages) if (p := _problem(stage, depth + 1))), "")
    best = getattr(model, "bestModel", None)
    if best is not None:
        return _problem(best, depth + 1)
    kind = type(model).__module__.rpartition(".")[2]
    if kind == "classification":
        models = getattr(model, "models", None)
        classes = len(models) if models is not None else getattr(model, "numClasses", 0)
        return "binary" if classes == 2 else "multiclass"
    return kind if kind in PROBLEMS else ""


def _name_datasets(run: Run) -> None:
    """Tells what the program calls its datasets, each once."""
    frame = sys.modules.get("pyspark.sql.dataframe")
    if frame is None or getattr(_here, "number", None) is not None or _bridge() is None:
        return
    for name, value in variables.all_here():
        if isinstance(value, frame.DataFrame) and _named.get(value) is None:
            _named.put(value, name)
            _enter(NAME, name, value)
