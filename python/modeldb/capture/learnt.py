"""What a model learnt: coefficients, importances, trees, its own report of its course.

It is read on the delivery thread, from the fitted object, or before that is fitted again.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

from ..record.run import Operation, Run
from ..settings import Settings
from . import columns
from .kinds import attribute, is_of_library, is_pipeline

MAX_SLOTS_IN_EVENT = 2_000
MAX_NODES_IN_EVENT = 2_000
MAX_HISTORY = 10_000

# Values of a whole fit, by the attribute that has them, and whether larger is better.
TOTALS = {
    "oob_score_": ("oob_score", True),
    "inertia_": ("inertia", False),
    "lower_bound_": ("lower_bound", True),
    "best_score_": ("best_score", True),
    "n_iter_": ("n_iter", None),
    "best_loss_": ("best_loss", False),
    "noise_variance_": ("noise_variance", None),
}
# Courses, by the attribute that has one value for each step.
COURSES = {
    "loss_curve_": ("loss", False),
    "validation_scores_": ("validation_score", True),
    "train_score_": ("train_score", None),
    "validation_score_": ("validation_score", None),
    "scores_": ("score", None),
}


class Learning:
    """What a fit learnt: read on the delivery thread, or before the object is fitted again."""

    def __init__(self, run: Run, operation: Operation, estimator: Any) -> None:
        self._lock = threading.Lock()
        self._read: list[dict[str, Any]] | None = None
        self._run, self._operation, self._estimator = run, operation, estimator

    def read(self) -> list[dict[str, Any]]:
        """`ModelLearnt` messages."""
        with self._lock:
            if self._read is None:
                operation, estimator = self._operation, self._estimator
                with self._run.muted():
                    self._read = list(learnt(estimator, operation, self._run.settings))
                self._estimator = None
            return self._read


def tell(run: Run, operation: Operation, estimator: Any) -> None:
    """Tells what a fit learnt."""
    learning = operation.learning = Learning(run, operation, estimator)

    def make() -> Iterator[dict[str, Any]]:
        yield from learning.read()
        operation.learning = None

    if not run.tell_later("model_learnt", make):
        operation.learning = None


def before_it_is_gone(run: Run, estimator: Any) -> None:
    """An object is fitted again: what it learnt before is read now, if it was not."""
    known = run.models.get(estimator)
    if known is None:
        return
    if known.partial_fits:
        tell(run, known, estimator)
    if known.learning is not None:
        known.learning.read()


def tell_partial(run: Run) -> None:
    """Tells what the models learnt that were fitted in parts, as far as they are there still."""
    for reference, operation in run.partial:
        target = {"kind": "model", "number": operation.number}
        told = {"target": target, "key": "partial_fits"}
        run.tell("attribute_set", {**told, "value": {"integer": operation.partial_fits}})
        estimator = reference()
        if estimator is not None and run.models.get(estimator) is operation:
            tell(run, operation, estimator)
    run.partial.clear()


def learnt(estimator: Any, operation: Operation, limits: Settings) -> Iterator[dict[str, Any]]:
    """`ModelLearnt` messages."""
    final, features = predictor(estimator, operation.features)
    if limits.sample_exclude:
        features = [
            columns.without_values(f, i, limits.sample_exclude) for i, f in enumerate(features)
        ]
    slots, count = slots_of(final, features, limits.features_max)
    nodes, node_count = trees_of(final, features, limits.tree_nodes_max)
    history = list(history_of(final, whole=estimator))
    if not slots and not nodes and not history:
        return
    common = {
        "operation": operation.number,
        "slot_count": count,
        "tree_node_count": node_count,
    }
    yield {**common, "features": slots[:MAX_SLOTS_IN_EVENT], "history": history}
    for at in range(MAX_SLOTS_IN_EVENT, len(slots), MAX_SLOTS_IN_EVENT):
        yield {**common, "features": slots[at : at + MAX_SLOTS_IN_EVENT]}
    for at in range(0, len(nodes), MAX_NODES_IN_EVENT):
        yield {**common, "tree_nodes": nodes[at : at + MAX_NODES_IN_EVENT]}


def predictor(estimator: Any, features: list[columns.Feature]) -> tuple[Any, list[columns.Feature]]:
    """The part that predicts, and what goes into it."""
    for _ in range(8):
        best = attribute(estimator, "best_estimator_")
        if best is not None:
            estimator = best
            continue
        steps = attribute(estimator, "steps")
        if steps and is_pipeline(estimator):
            try:
                features = columns.pipeline(estimator, features, but_last=True)
            except Exception:
                features = []
            estimator = steps[-1][1]
            continue
        regressor = attribute(estimator, "regressor_")
        if regressor is not None:
            estimator = regressor
            continue
        break
    return estimator, features


def _floats(values: Any) -> Any:
    """As a numpy array of floats; None where that cannot be."""
    numpy = sys.modules.get("numpy")
    if numpy is None or values is None:
        return None
    if hasattr(values, "toarray"):
        values = values.toarray()
    try:
        return numpy.asarray(values, dtype=float)
    except (TypeError, ValueError):
        return None


def slots_of(
    model: Any, features: list[columns.Feature], limit: int
) -> tuple[list[dict[str, Any]], int]:
    """`Feature` messages, and how many slots there are, told or not."""
    coefficients = _floats(_quiet(model, "coef_"))
    if coefficients is None:
        coefficients = _floats(_quiet(model, "cluster_centers_"))
    importances = _importances(model)
    width = 0
    if coefficients is not None and coefficients.ndim in (1, 2):
        width = coefficients.shape[-1]
    if importances is not None and importances.ndim == 1:
        width = max(width, len(importances))
    if width == 0:
        return [], 0
    names = [name for name, _ in features] if len(features) == width else []
    rows: list[dict[str, Any]] = []
    by_class = _by_class(coefficients)
    intercepts = _floats(_quiet(model, "intercept_"))
    for class_index, of_class in by_class:
        for position in range(min(width, limit // max(1, len(by_class)))):
            row: dict[str, Any] = {
                "position": position,
                "name": names[position] if names else f"x{position}",
                "source_columns": sorted(features[position][1]) if names else [],
            }
            if of_class is not None:
                row["coefficient"] = float(of_class[position])
            if importances is not None and len(importances) == width:
                row["importance"] = float(importances[position])
            if class_index is not None:
                row["class_index"] = class_index
            rows.append(row)
        intercept = _intercept(intercepts, class_index)
        if intercept is not None:
            row = {"position": -1, "name": "intercept", "coefficient": intercept}
            if class_index is not None:
                row["class_index"] = class_index
            rows.append(row)
    return rows, width * len(by_class)


def _importances(model: Any) -> Any:
    if not any(cls.__name__ == "BaseForest" for cls in type(model).__mro__):
        return _floats(_quiet(model, "feature_importances_"))
    # The property of a forest asks joblib's threads, which set the filters of warnings.
    numpy = sys.modules["numpy"]
    trees = [tree for tree in _trees(model) if tree.node_count > 1]
    if not trees:
        return None
    mean = numpy.mean([tree.compute_feature_importances() for tree in trees], axis=0)
    return mean / mean.sum() if mean.sum() else mean


def _by_class(coefficients: Any) -> list[tuple[int | None, Any]]:
    if coefficients is None or coefficients.ndim not in (1, 2):
        return [(None, None)]
    if coefficients.ndim == 1:
        return [(None, coefficients)]
    if len(coefficients) == 1:
        return [(None, coefficients[0])]
    return list(enumerate(coefficients))


def _intercept(intercepts: Any, class_index: int | None) -> float | None:
    if intercepts is None or intercepts.size == 0:
        return None
    flat = intercepts.ravel()
    place = class_index or 0
    return float(flat[place]) if place < flat.size else None


def _quiet(model: Any, name: str) -> Any:
    """An attribute, where reading it does not fail; what a class of the program's own computes
    when it is asked is not asked for."""
    try:
        for cls in type(model).__mro__:
            if name in vars(cls):
                return getattr(model, name, None) if is_of_library(cls) else None
        return attribute(model, name)
    except Exception:
        return None


# ---- trees


def trees_of(
    model: Any, features: list[columns.Feature], limit: int
) -> tuple[list[dict[str, Any]], int]:
    """`TreeNode` messages of scikit-learn's trees, and how many nodes there are."""
    trees = list(_trees(model))
    total = sum(int(tree.node_count) for tree in trees)
    names = [name for name, _ in features]
    nodes: list[dict[str, Any]] = []
    for number, tree in enumerate(trees):
        if len(nodes) + int(tree.node_count) > limit:
            break
        nodes += _nodes(number, tree, names)
    return nodes, total


def _trees(model: Any) -> Iterator[Any]:
    tree = _quiet(model, "tree_")
    if tree is not None and hasattr(tree, "children_left"):
        yield tree
        return
    estimators = _quiet(model, "estimators_")
    if estimators is None:
        return
    flat = estimators.ravel() if hasattr(estimators, "ravel") else estimators
    for each in flat:
        tree = _quiet(each, "tree_")
        if tree is None or not hasattr(tree, "children_left"):
            return
        yield tree


def _nodes(number: int, tree: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    left, right = tree.children_left.tolist(), tree.children_right.tolist()
    feature, threshold = tree.feature.tolist(), tree.threshold.tolist()
    impurity, count = tree.impurity.tolist(), tree.weighted_n_node_samples.tolist()
    values = tree.value
    parents: dict[int, tuple[int, str]] = {}
    for node in range(len(left)):
        leaf = left[node] == -1
        if not leaf:
            parents[left[node]] = (node, "left")
            parents[right[node]] = (node, "right")
        parent, side = parents.get(node, (-1, ""))
        first = values[node][0]
        row: dict[str, Any] = {
            "tree": number,
            "node": node,
            "parent": parent,
            "side": side,
            "feature": -1 if leaf else feature[node],
            "impurity": impurity[node],
            "count": count[node],
            "prediction": float(first.argmax() if len(first) > 1 else first[0]),
            "tree_weight": 1.0,
        }
        if not leaf:
            row["threshold"] = threshold[node]
            if feature[node] < len(names):
                row["feature_name"] = names[feature[node]]
            row["gain"] = impurity[node] * count[node] - sum(
                impurity[child] * count[child] for child in (left[node], right[node])
            )
        yield row


# ---- course


def history_of(model: Any, whole: Any) -> Iterator[dict[str, Any]]:
    """`HistoryPoint` messages."""
    for key, (name, larger) in TOTALS.items():
        value = _floats(_quiet(model, key))
        if value is None and model is not whole:
            value = _floats(_quiet(whole, key))
        if value is not None and value.size == 1:
            yield _point(name, float(value.ravel()[0]), larger)
    for key, (name, larger) in COURSES.items():
        course = _floats(_quiet(model, key))
        # What chooses features has a score of each, which is no course.
        if course is None or course.ndim != 1 or hasattr(type(model), "get_support"):
            continue
        for step, value in enumerate(course[:MAX_HISTORY]):
            yield {**_point(name, float(value), larger), "step": step}
    for data, metrics in _evaluations(model).items():
        for metric, values in metrics.items():
            for step, value in enumerate(list(values)[:MAX_HISTORY]):
                yield {**_point(f"{data}-{metric}", float(value), None), "step": step}


def _point(name: str, value: float, larger: bool | None) -> dict[str, Any]:
    point: dict[str, Any] = {"metric": name, "value": value}
    if larger is not None:
        point["larger_is_better"] = larger
    return point


def _evaluations(model: Any) -> dict[str, dict[str, Any]]:
    """Curves over iterations, as XGBoost, LightGBM and CatBoost have them."""
    library = type(model).__module__.partition(".")[0]
    try:
        if library == "xgboost":
            return dict(model.evals_result())
        if library == "lightgbm":
            return dict(model.evals_result_)
        if library == "catboost":
            return dict(model.get_evals_result())
    except Exception:
        pass
    return {}
