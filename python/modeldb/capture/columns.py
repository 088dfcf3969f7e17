"""Which columns a fit learns from, and which columns of sources are behind its features."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import Any

from ..record import components, frames
from ..record.datasets import Dataset
from .kinds import is_of_library

# Steps that are followed from a table to what it was made from.
MAX_ABOVE = 100
# A feature's name, and the columns behind it.
Feature = tuple[str, frozenset[str]]


def names_of(data: Any, dataset: Dataset | None) -> list[str]:
    """Names of the columns that go in."""
    own = [name for name, _ in frames.columns_of(data)]
    if dataset is not None and len(dataset.columns) == len(own):
        return dataset.column_names
    return own


def is_withheld(name: str, excluded: tuple[str, ...]) -> bool:
    """Whether no value of a column may leave the process."""
    return any(fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in excluded)


def label_of(target: Any) -> str:
    """What the truth is called."""
    if target is None:
        return ""
    columns = frames.columns_of(target)
    if frames.is_series(target) or frames.is_frame(target):
        return ", ".join(name for name, _ in columns) or "y"
    return "y"


def used_by(estimator: Any, features: list[str]) -> list[str]:
    """Those that an estimator reads: a `ColumnTransformer`, first in line, may leave some."""
    params = components.params_of(estimator)
    if "transformers" in params and params.get("remainder", "drop") == "drop":
        by_part = components.columns_of_part(params)
        parts = [item for item in params["transformers"] if isinstance(item, tuple)]
        if len(by_part) < len(parts):
            return features
        dropped = {item[0] for item in parts if isinstance(item[1], str) and item[1] == "drop"}
        wanted = {c for name, of in by_part.items() if name not in dropped for c in of}
        return [name for name in features if name in wanted]
    for _, part in components.parts_of(params)[:1]:
        return used_by(part, features)
    return features


def sources(names: list[str], features: list[Feature], used: Iterable[str]) -> set[str]:
    """The columns of sources behind those columns that are used."""
    behind = {name: columns for name, (_, columns) in zip(names, features)}
    return set().union(*(behind.get(name, {name}) for name in used))


def features_of(dataset: Dataset | None, names: list[str]) -> list[Feature]:
    """The columns of a dataset and the columns of sources behind each: through new names, and
    through the transformers that gave it, as far as they are there still."""
    if dataset is None:
        return [(name, frozenset((name,))) for name in names]
    known = _known_features(dataset, {}, MAX_ABOVE)
    return [known.get(name) or (name, frozenset((name,))) for name in names]


def _known_features(
    dataset: Dataset, met: dict[int, dict[str, Feature]], steps: int
) -> dict[str, Feature]:
    """Of the columns of a dataset those that are not their own source."""
    if dataset.order in met:
        return met[dataset.order]
    if dataset.made_by is not None:
        return _given_by_transformer(dataset)
    found = met[dataset.order] = {}
    # A column that several tables have is the first one's.
    for step in reversed(dataset.derived_from if steps else []):
        if step.parent is None:
            continue
        known = _known_features(step.parent, met, steps - 1)
        theirs = set(step.parent.column_names)
        for name in dataset.column_names:
            old = step.renamed.get(name, name)
            feature = known.get(old)
            if old != name:
                found[name] = (name, feature[1] if feature else frozenset((old,)))
            elif feature is not None:
                found[name] = feature
            elif name in theirs:
                found.pop(name, None)
    return found


def _given_by_transformer(dataset: Dataset) -> dict[str, Feature]:
    estimator = dataset.made_by()
    if estimator is None or dataset.input is None:
        return {}
    try:
        found = through(estimator, features_of(dataset.input, dataset.input.column_names))
    except Exception:
        return {}
    if len(found) != len(dataset.columns):
        return {}
    return dict(zip(dataset.column_names, found))


# ---- through transformers

MAX_FEATURES = 100_000


def through(estimator: Any, features: list[Feature]) -> list[Feature]:
    """The features that a fitted transformer gives, and the columns behind each.

    Where it is not known which goes where, all inputs are behind each output.
    """
    kinds = {cls.__name__ for cls in type(estimator).__mro__}
    if "Pipeline" in kinds:
        return pipeline(estimator, features)
    if "ColumnTransformer" in kinds:
        return _column_transformer(estimator, features)
    if "FeatureUnion" in kinds:
        return _union(estimator, features)
    names = _names_out(estimator, [name for name, _ in features])
    behind = _behind(estimator, kinds, [columns for _, columns in features])
    if names is None and behind is None:
        return []
    if behind is None or (names is not None and len(names) != len(behind)):
        everything = frozenset().union(*(columns for _, columns in features))
        return [(name, everything) for name in names or []]
    names = names or [f"{type(estimator).__name__.lower()}{i}" for i in range(len(behind))]
    return list(zip(names, behind))


def pipeline(estimator: Any, features: list[Feature], *, but_last: bool = False) -> list[Feature]:
    """Through the stages of a pipeline; `but_last`: what goes into its last one."""
    steps = estimator.steps[:-1] if but_last else estimator.steps
    for _, step in steps:
        if step is not None and not isinstance(step, str):
            features = through(step, features)
    return features


def _column_transformer(estimator: Any, features: list[Feature]) -> list[Feature]:
    known = dict(features)
    names = [name for name, _ in features]
    found: list[Feature] = []
    verbose = getattr(estimator, "verbose_feature_names_out", True)
    for name, part, columns in estimator.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        if callable(columns) or isinstance(columns, slice):
            columns = estimator._transformer_to_input_indices.get(name, [])
        if isinstance(columns, (str, int)):
            columns = [columns]
        columns = [bool_or for bool_or in columns]
        if columns and all(isinstance(c, bool) for c in columns):
            columns = [names[i] for i, wanted in enumerate(columns) if wanted]
        chosen = [c if isinstance(c, str) else names[int(c)] for c in columns]
        inside = [(c, known.get(c, frozenset((c,)))) for c in chosen]
        if not chosen:
            continue
        made = inside if isinstance(part, str) else through(part, inside)
        prefix = f"{name}__" if verbose is True else ""
        found += [(prefix + n, behind) for n, behind in made]
    return found


def _union(estimator: Any, features: list[Feature]) -> list[Feature]:
    found: list[Feature] = []
    for name, part in estimator.transformer_list:
        if isinstance(part, str) and part == "drop":
            continue
        made = features if isinstance(part, str) else through(part, features)
        found += [(f"{name}__{n}", behind) for n, behind in made]
    return found


def _names_out(estimator: Any, names: list[str]) -> list[str] | None:
    method = getattr(estimator, "get_feature_names_out", None)
    if method is None or not is_of_library(method):
        return None
    for arguments in ((names,), ()):
        try:
            given = method(*arguments)
            return [str(name) for name in given[:MAX_FEATURES]]
        except Exception:
            continue
    return None


def _behind(
    estimator: Any, kinds: set[str], columns: list[frozenset[str]]
) -> list[frozenset[str]] | None:
    """For each output the columns behind it, for the transformers of which that is known."""
    if "SelectorMixin" in kinds:
        return [c for c, kept in zip(columns, estimator.get_support()) if kept]
    if "OneHotEncoder" in kinds:
        counts = getattr(estimator, "_n_features_outs", None)
        if counts is not None:
            return [c for c, count in zip(columns, counts) for _ in range(int(count))]
    if "KBinsDiscretizer" in kinds:
        if estimator.encode == "ordinal":
            return columns
        return [c for c, count in zip(columns, estimator.n_bins_) for _ in range(int(count))]
    if "PolynomialFeatures" in kinds:
        of_powers = []
        for powers in estimator.powers_[:MAX_FEATURES]:
            used = [c for c, power in zip(columns, powers) if power]
            of_powers.append(frozenset().union(*used))
        return of_powers
    if "SimpleImputer" in kinds:
        kept = list(columns)
        statistics = getattr(estimator, "statistics_", None)
        if statistics is not None and not getattr(estimator, "keep_empty_features", False):
            kept = [c for c, s in zip(columns, statistics) if s is None or s == s]
        indicator = getattr(estimator, "indicator_", None)
        if indicator is not None:
            kept += [columns[int(i)] for i in indicator.features_]
        return kept
    if "OneToOneFeatureMixin" in kinds or "_OneToOneFeatureMixin" in kinds:
        return columns
    return None
