"""What is done after a fit only where a setting asks for it, as it costs the program time: a copy
of the model, and metrics of the rows that it learnt from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from .. import artifacts
from ..record.run import Operation, Run, now_us
from .columns import label_of
from .inputs import data_and_target
from .kinds import metric_name, problem_type

logger = logging.getLogger("modeldb")

CLASSIFIED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accuracy_score", {}),
    ("precision_score", {"average": "weighted", "zero_division": 0}),
    ("recall_score", {"average": "weighted", "zero_division": 0}),
    ("f1_score", {"average": "weighted", "zero_division": 0}),
)
REGRESSED = ("mean_squared_error", "mean_absolute_error", "r2_score")


def after_fit(run: Run, operation: Operation, estimator: Any, args: Any, kwargs: Any) -> None:
    """A fit that stands by itself has ended well; what the program called it with."""
    if run.settings.save_models not in ("", "off"):
        try:
            artifacts.put_later(run, operation, estimator, run.settings.save_models)
        except artifacts.ArtifactError:
            logger.debug("a model is not saved", exc_info=True)
            run.delivery.lost("model_not_saved")
    data, target = data_and_target(args, kwargs)
    if run.settings.training_metrics and target is not None and hasattr(estimator, "predict"):
        for name, value in _of_training(estimator, data, target):
            told = {
                "operation": run.number(),
                "evaluator": {
                    "class_name": "modeldb.training_metrics",
                    "columns": {
                        "label": label_of(target, run.datasets.get(target)),
                        "prediction": "prediction",
                    },
                },
                "dataset": run.use(operation.dataset) if operation.dataset is not None else 0,
                "metric": f"train_{name}",
                "value": value,
                "larger_is_better": not name.endswith(("error", "loss")),
                "started_at_us": now_us(),
                "model": operation.number,
            }
            run.tell("evaluated", told)


def _of_training(estimator: Any, data: Any, target: Any) -> Iterator[tuple[str, float]]:
    from sklearn import metrics

    kind = problem_type(estimator)
    if kind not in ("binary", "multiclass", "regression"):
        return
    predicted = estimator.predict(data)
    if kind == "regression":
        for function in REGRESSED:
            yield (
                metric_name(function, {}),
                float(getattr(metrics, function)(target, predicted)),
            )
        squared = metrics.mean_squared_error(target, predicted)
        yield "root_mean_squared_error", float(squared) ** 0.5
        return
    for function, options in CLASSIFIED:
        value = getattr(metrics, function)(target, predicted, **options)
        yield metric_name(function, options), float(value)
    if hasattr(estimator, "predict_proba"):
        said = estimator.predict_proba(data)
        yield "log_loss", float(metrics.log_loss(target, said, labels=estimator.classes_))
        if kind == "binary":
            yield "roc_auc", float(metrics.roc_auc_score(target, said[:, 1]))
        else:
            value = metrics.roc_auc_score(target, said, multi_class="ovr", average="weighted")
            yield "roc_auc_weighted_ovr", float(value)
