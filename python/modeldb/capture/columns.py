"""Which columns a fit learns from, and which columns of sources are behind its features."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
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
    own = frames.names_of(data)
    if dataset is not None and len(dataset.columns) == len(own):
        return dataset.column_names
    return own


def is_withheld(name: str, excluded: tuple[str, ...]) -> bool:
    """Whether no value of a column may leave the process."""
    return any(fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in excluded)


def hidden_names(dataset: Dataset, excluded: tuple[str, ...]) -> dict[str, str]:
    """Names of columns that an encoder made of values that stay here, and what is told instead."""
    if not excluded:
        return {}
    names = dataset.column_names
    shown = (without_values(f, i, excluded) for i, f in enumerate(features_of(dataset, names)))
    return {name: new for name, (new, _) in zip(names, shown) if new != name}


def without_values(feature: Feature, place: int, excluded: tuple[str, ...]) -> Feature:
    """An encoded slot is named after a value of its column, which may have to stay here."""
    name, behind = feature
    is_plain = {name} == behind
    if is_plain or not any(is_withheld(column, excluded) for column in behind):
        return feature
    return f"{', '.join(sorted(behind))}[{place}]", behind


def label_of(target: Any, dataset: Dataset | None) -> str:
    """What the truth is called, which is this dataset, if it was met."""
    if target is None:
        return ""
    columns = frames.columns_of(target)
    if not frames.is_series(target) and not frames.is_frame(target):
        # An array of a table's columns has their names.
        known = dataset.columns if dataset is not None else []
        columns = [] if known == columns else known
    return ", ".join(name for name, _ in columns) or "y"


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
    known = _known_features(dataset, MAX_ABOVE)
    return [known.get(name) or (name, frozenset((name,))) for name in names]


def behind_column(dataset: Dataset, steps: int = MAX_ABOVE) -> frozenset[str]:
    """The columns of sources behind a dataset of one column, which may have no name."""
    if dataset.behind is not None:
        return dataset.behind
    parents = [step.parent for step in dataset.derived_from if step.parent is not None]
    if dataset.input is not None and (not dataset.columns or dataset.made_by is None):
        # What a model or a transformer made of all that it was given.
        parents = [dataset.input]
    elif dataset.columns:
        names = dataset.column_names
        return frozenset().union(*(columns for _, columns in features_of(dataset, names)))
    found = (behind_column(parent, steps - 1) for parent in parents if steps)
    dataset.behind = frozenset().union(*found)
    return dataset.behind


def _known_features(dataset: Dataset, steps: int) -> dict[str, Feature]:
    """Of the columns of a dataset those that are not their own source."""
    if dataset.made_by is not None:
        return _given_by_transformer(dataset)
    if dataset.features is not None:
        return dataset.features
    found = dataset.features = {}
    own = dataset.column_names
    above = set()
    known_steps = [(step, step.parent) for step in dataset.derived_from if steps]
    parents = [(step, parent) for step, parent in known_steps if parent is not None]
    # A column that several tables have is the first one's.
    for step, parent in reversed(parents):
        known = _known_features(parent, steps - 1)
        theirs = set(parent.column_names)
        above |= theirs.union(step.computed, step.made_of)
        for name in own:
            if name in step.computed:
                found[name] = (name, step.computed[name])
            elif name in step.made_of:
                behind = (known[c][1] if c in known else (c,) for c in step.made_of[name])
                found[name] = (name, frozenset().union(*behind))
            elif name in known:
                found[name] = known[name]
            elif name in theirs:
                found.pop(name, None)
    if len(own) == 1 and parents and own[0] not in above:
        # A column with a name of its own: it is made of all that it comes from.
        above_it = (behind_column(parent, steps - 1) for _, parent in parents)
        found[own[0]] = (own[0], frozenset().union(*above_it))
    return found


def _given_by_transformer(dataset: Dataset) -> dict[str, Feature]:
    estimator = dataset.made_by()
    if estimator is None or dataset.input is None:
        return {}
    try:
        known = features_of(dataset.input, dataset.input.column_names)
        found = through(estimator, known, dataset.column_names)
    except Exception:
        return {}
    if len(found) != len(dataset.columns):
        return {}
    return dict(zip(dataset.column_names, found))


# ---- through transformers

MAX_FEATURES = 100_000


def through(
    estimator: Any, features: list[Feature], names_out: Sequence[str] = ()
) -> list[Feature]:
    """The features that a fitted transformer gives, and the columns behind each.

    Where it is not known which goes where, all inputs are behind each output. Where it does not
    say what those are, they are `names_out`: one that goes by the name of an input is that.
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
    everything = frozenset().union(*(columns for _, columns in features))
    if names is None and behind is None:
        known = {name: (name, behind) for name, behind in features}
        return [known.get(name, (name, everything)) for name in names_out]
    if behind is None or (names is not None and len(names) != len(behind)):
        return [(name, everything) for name in names or []]
    names = names or [f"{type(estimator).__name__.lower()}{i}" for i in range(len(behind))]
    return list(zip(names, behind))


def pipeline(estimator: Any, features: list[Feature], *, but_last: bool = False) -> list[Feature]:
    """Through the stages of a pipeline; `but_last`: what goes into its last one."""
    steps = [step for _, step in estimator.steps]
    for step, after in zip(steps, [*steps[1:], None]):
        if but_last and after is None:
            break
        if step is not None and not isinstance(step, str):
            features = through(step, features, _names_in(after))
    return features


def _names_in(estimator: Any) -> list[str]:
    """What goes into a fitted estimator."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None:
        return [str(name) for name in names]
    width = getattr(estimator, "n_features_in_", None)
    return [f"x{i}" for i in range(min(int(width or 0), MAX_FEATURES))]


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
        columns = columns.tolist() if hasattr(columns, "tolist") else list(columns)
        if columns and all(isinstance(c, bool) for c in columns):
            columns = [names[i] for i, wanted in enumerate(columns) if wanted]
        chosen = [c if isinstance(c, str) else names[int(c)] for c in columns]
        inside = [(c, known.get(c, frozenset((c,)))) for c in chosen]
        if not chosen:
            continue
        given = getattr(estimator, "output_indices_", {}).get(name)
        width = given.stop - given.start if given is not None else 0
        names_out = [f"x{i}" for i in range(width)]
        made = inside if isinstance(part, str) else through(part, inside, names_out)
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
    if "FunctionTransformer" in kinds:
        as_it_is = estimator.func is None or estimator.feature_names_out == "one-to-one"
        return columns if as_it_is else None
    return None
