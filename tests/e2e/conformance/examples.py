"""Spark's own ML examples: where they are, and what running them all gives."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canonical import short
from conftest import Agent, Job, Row, Submitter, Tables, rows

HERE = Path(__file__).resolve().parent
GOLDENS = HERE / "goldens"
RUNNER = HERE / "runner.py"

# How many there are in Spark 4.3; all are run.
COUNT = 71

# A dozen that use what the others do, for another version of Spark.
DOZEN = (
    "als_example",
    "decision_tree_classification_example",
    "estimator_transformer_param_example",
    "generalized_linear_regression_example",
    "interaction_example",
    "kmeans_example",
    "logistic_regression_summary_example",
    "normalizer_example",
    "one_vs_rest_example",
    "rformula_example",
    "tf_idf_example",
    "train_validation_split",
)

CONF = {
    "spark.log.level": "WARN",
    # One partition for each of their small datasets: quicker, and with two a fold of
    # `cross_validator`'s twelve rows has one label only, on which the program fails.
    "spark.default.parallelism": "1",
}


def home(example: Path) -> Path:
    """The distribution that an example is of."""
    return example.parents[5]


def programs(home: Path) -> list[Path]:
    """The examples of a distribution."""
    found = (home / "examples/src/main/python/ml").glob("*.py")
    return sorted(path for path in found if path.name != "__init__.py")


@dataclass
class Ran:
    """The examples have run."""

    job: Job
    results: dict[str, Row]
    calls: dict[str, list[Row]]
    # By example, where an agent watched.
    tables: dict[str, Tables]


def run(
    submit: Submitter,
    examples: Sequence[Path],
    agent: Agent | None = None,
    witness: bool = False,
) -> Ran:
    """Runs examples in one driver, and asks for what was captured of each."""
    before = set() if agent is None else _run_ids(agent)
    job = submit(
        str(RUNNER),
        ".",
        *(["--witness"] if witness else []),
        *map(str, examples),
        agent=agent.url if agent else None,
        conf=CONF,
        links={"data": home(examples[0]) / "data"},
        is_long=True,
    ).succeed(LONGEST)
    directory = job.out.parent
    results = {r["program"]: r for r in _lines(directory / "results.jsonl")}
    calls = {path.stem: _lines(path) for path in directory.glob("*.calls")}
    tables: dict[str, Tables] = {}
    if agent is not None:
        every = Tables.read("--connect", agent.url)
        new = sorted(
            (r for r in every["runs"] if r["run_id"] not in before), key=lambda r: r["started_at"]
        )
        assert len(new) == len(examples), f"{len(new)} runs of {len(examples)} examples"
        for example, each in zip(examples, new, strict=True):
            tables[example.stem] = every.of_run(each["run_id"])
    return Ran(job, results, calls, tables)


# No run of all examples takes as long, unless it hangs.
LONGEST = 1800.0


def _run_ids(agent: Agent) -> set[str]:
    return {row["run_id"] for row in rows("select run_id from runs", "--connect", agent.url)}


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


# ---- calls, as the witness and as the tables count them


Counts = dict[str, dict[str, int]]


def witnessed(calls: Iterable[Row]) -> Counts:
    """How often the program called what, by kind of call and class."""
    counts: dict[str, Counter[str]] = {}
    for call in calls:
        counts.setdefault(call["did"], Counter())[call["class"]] += 1
    return {did: dict(sorted(by_class.items())) for did, by_class in sorted(counts.items())}


def captured(tables: Tables) -> Counts:
    """The same of the tables: what the program itself called, not what Spark did inside."""
    models = tables.by("models", "model_id")
    transforms = tables.by("transforms", "transform_id")

    def own(row: Row, every: dict[str, Row], parent: str) -> bool:
        """Whether all calls around it are put together from what PySpark called."""
        if row[parent] is None:
            # Inside the fit of a JVM pipeline it has a place and nothing above it.
            return "transformer" not in row or row["stage_index"] is None or row["inferred"]
        above = every[row[parent]]
        return bool(above["inferred"]) and own(above, every, parent)

    def count(rows: Iterable[Row], column: str) -> dict[str, int]:
        return dict(sorted(Counter(str(short(row[column])) for row in rows).items()))

    counts = {
        "evaluate": count(tables.where("metrics", source="evaluator"), "evaluator"),
        "fit": count(
            (m for m in models.values() if own(m, models, "parent_model_id")), "estimator"
        ),
        "transform": count(
            (t for t in transforms.values() if own(t, transforms, "parent_transform_id")),
            "transformer",
        ),
        "write": Counter("DataFrameWriter" for _ in tables.where("actions", kind="write")),
    }
    return {did: by_class for did, by_class in counts.items() if by_class}


# What the JVM calls on a program's behalf inside methods that are no fit, transform or
# evaluation: so many transforms of its own model.
TRANSFORMS_INSIDE = {
    "approxSimilarityJoin": 2,
    "approxNearestNeighbors": 1,
    # These are transforms by other names.
    "assignClusters": 1,
    "findFrequentSequentialPatterns": 1,
}


# In Python their transform is that of their best model, and nothing else reaches the JVM.
WRAPPERS = ("CrossValidatorModel", "TrainValidationSplitModel")


def expected(calls: Counts) -> Counts:
    """The rows that there have to be for the witness's calls."""
    transforms = Counter(calls.get("transform", {}))
    for wrapper in WRAPPERS:
        transforms.pop(wrapper, None)
    for method, times in TRANSFORMS_INSIDE.items():
        for of, count in calls.get(method, {}).items():
            transforms[of] += times * count
    counts = {
        "evaluate": calls.get("evaluate", {}),
        "fit": calls.get("fit", {}),
        "transform": dict(sorted(transforms.items())),
        "write": calls.get("write", {}),
    }
    return {did: by_class for did, by_class in counts.items() if by_class}


# Columns of a golden file whose values depend on random splits and on a version's arithmetic.
SEED = re.compile(r"(seed |\brand\()-?\d+L?")
VALUES = {"value", "last", "steps", "nodes", "mean", "std", "folds", "rows"}


def without_values(form: Any) -> Any:
    """What a program's text alone determines, whatever the seeds and the version of Spark."""
    if isinstance(form, dict):
        return {k: "*" if k in VALUES else without_values(v) for k, v in form.items()}
    if isinstance(form, list):
        return [without_values(each) for each in form]
    return SEED.sub(r"\1*", form) if isinstance(form, str) else form


def submitted(submit: Submitter, program: Path, agent: Agent) -> Ran:
    """Runs one example as users do."""
    job = submit(
        str(program),
        agent=agent.url,
        conf=CONF,
        links={"data": home(program) / "data"},
    ).succeed()
    return Ran(job, {}, {}, {program.stem: Tables.read("--connect", agent.url)})
