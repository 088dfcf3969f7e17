"""What estimators are, in scikit-learn's terms."""

from __future__ import annotations

import functools
import threading
from typing import Any

# Libraries whose estimators fit helpers inside that are nobody's models.
LIBRARIES = ("sklearn", "xgboost", "lightgbm", "catboost", "imblearn")
# Metrics that count instead of dividing, if asked to.
COUNTABLE = ("accuracy", "zero_one_loss")
# Where functions are that fit what they are given, or helpers, for an end of their own.
TOOLS = tuple(f"sklearn.{name}" for name in ("model_selection", "inspection", "metrics", "utils"))
PIPELINES = ("Pipeline", "ColumnTransformer", "FeatureUnion")


def is_of_library(function: Any) -> bool:
    """Whether a function or class is of one of the libraries, and no program's own."""
    return str(getattr(function, "__module__", "")).partition(".")[0] in LIBRARIES


def attribute(estimator: Any, name: str) -> Any:
    """An attribute, or None; a program's own `__getattr__` is not asked."""
    cls: Any = type(estimator)
    if _answers_itself(cls):
        held = getattr(estimator, "__dict__", {})
        return held[name] if name in held else getattr(cls, name, None)
    return getattr(estimator, name, None)


@functools.lru_cache(maxsize=1_000)
def _answers_itself(cls: Any) -> bool:
    asked = {"__getattr__", "__getattribute__"}
    return any(asked & {*vars(each)} for each in cls.__mro__[:-1] if not is_of_library(each))


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
    kind = attribute(estimator, "_estimator_type")
    if kind is None:
        tags = attribute(estimator, "__sklearn_tags__")
        try:
            kind = tags().estimator_type if tags is not None else None
        except Exception:
            kind = None
    if kind == "classifier":
        classes = attribute(estimator, "classes_")
        count = len(classes) if classes is not None and not isinstance(classes, list) else 0
        return "binary" if count == 2 else "multiclass"
    return {"regressor": "regression", "clusterer": "clustering"}.get(str(kind), "")


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


def scorer_name(scoring: Any) -> str:
    """What a scorer gives, as scikit-learn names it; one that is to be large though its metric is
    to be small begins with `neg_`."""
    if isinstance(scoring, str):
        return scoring
    function = getattr(scoring, "_score_func", None)
    if function is None:
        name = str(getattr(scoring, "__name__", ""))
    else:
        name = metric_name(str(getattr(function, "__name__", "")), getattr(scoring, "_kwargs", {}))
        name = f"neg_{name}" if getattr(scoring, "_sign", 1) < 0 else name
    return name if name.replace(".", "").isidentifier() else "score"


def score_name(estimator: Any) -> str:
    """What `score` measures, as scikit-learn names scorers."""
    scoring = attribute(estimator, "scoring")
    # Others have a parameter of that name for an end of their own.
    by_scoring = is_search(estimator) or type(estimator).__name__ == "LogisticRegressionCV"
    by_scoring = by_scoring and scoring not in ("warn", "deprecated")
    if by_scoring and (isinstance(scoring, str) or callable(scoring)):
        return scorer_name(scoring)
    refit = attribute(estimator, "refit")
    if is_search(estimator) and isinstance(refit, str):
        return refit
    inner = attribute(estimator, "best_estimator_") or attribute(estimator, "estimator")
    if is_search(estimator) and inner is not None:
        return score_name(inner)
    steps = attribute(estimator, "steps")
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
