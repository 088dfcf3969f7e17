"""What estimators are, in scikit-learn's terms."""

from __future__ import annotations

import threading
from typing import Any

# Libraries whose estimators fit helpers inside that are nobody's models.
LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost", "imblearn")
# Where functions are that fit what they are given, or helpers, for an end of their own.
TOOLS = tuple(f"sklearn.{name}" for name in ("model_selection", "inspection", "metrics", "utils"))
PIPELINES = ("Pipeline", "ColumnTransformer", "FeatureUnion")


def is_of_library(function: Any) -> bool:
    """Whether a function or class is of one of the libraries, and no program's own."""
    return str(getattr(function, "__module__", "")).partition(".")[0] in LIBRARIES


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


def fit_kind(estimator: Any) -> int:
    """The wire's `FitKind`."""
    if is_search(estimator):
        return 3
    return 2 if is_pipeline(estimator) else 1


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


def score_name(estimator: Any) -> str:
    """What `score` measures, as scikit-learn names scorers."""
    scoring = getattr(estimator, "scoring", None)
    # Others have a parameter of that name for an end of their own.
    by_scoring = is_search(estimator) or type(estimator).__name__ == "LogisticRegressionCV"
    if by_scoring and isinstance(scoring, str):
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


def thread_number() -> int:
    """This thread, as the wire has it."""
    return threading.get_ident() & 0x7FFFFFFF
