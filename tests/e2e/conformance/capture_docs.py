"""docs/capture.md: API by API what is captured, out of the golden files.

.venv/bin/python tests/e2e/conformance/capture_docs.py    writes it; a test looks that it is true
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import examples
from conftest import ROOT

PAGE = ROOT / "docs/capture.md"

MODULES = (
    "pipeline",
    "tuning",
    "classification",
    "regression",
    "clustering",
    "recommendation",
    "fpm",
    "feature",
    "evaluation",
)


HEAD = """\
# What is captured, API by API

Spark's own 71 ML examples run untouched, watched by the bridge, and what the tables then say is held
against one golden file each (`tests/e2e/conformance/goldens`), which was read and corrected against
the program's text. This page is written from them by `tests/e2e/conformance/capture_docs.py`; a test
fails when it is not true any more.

A class that no example uses has a dash. It is captured all the same, since what is hooked is a shape
of method (`fit(Dataset)`, `transform(Dataset)`, `evaluate(Dataset)`, …), not a list of classes.

PySpark runs `Pipeline`, `CrossValidator`, `TrainValidationSplit` and `OneVsRest` in Python, so that
the JVM sees only their parts. `inferred` says that the whole was put together again from its parts.

"""

OTHERS = """\

## Other calls

| call | what is captured |
|---|---|
| `PowerIterationClustering.assignClusters`, `PrefixSpan.findFrequentSequentialPatterns` | a row of \
`transforms`, from the dataset to the result |
| `model.approxSimilarityJoin`, `model.approxNearestNeighbors` | the transforms inside, two and one |
| `model.evaluate(dataset)`, getters of summaries | `metrics` with source `summary`, one for each value \
that the program asked for |
| `fit(dataset, paramMap)`, `fit(dataset, [paramMaps])`, `transform(dataset, paramMap)` | one row for each, \
with the parameters in force |
| `model.write().save`, `model.save`, `Class.load`, `Pipeline.save` | `artifacts`; what is loaded is known as \
the model that was saved |
| `dataset.write.parquet(…)` and the like | `datasets.written_uris` |
| `ChiSquareTest.test`, `Correlation.corr`, `KolmogorovSmirnovTest.test`, `Summarizer` | nothing: they fit \
and score nothing |
| `ALSModel.recommendFor…`, `FPGrowthModel.freqItemsets`, `.associationRules`, `LDAModel.logLikelihood`, \
`.logPerplexity`, `.describeTopics` | nothing but their Spark jobs |
| `pyspark.mllib`, `org.apache.spark.mllib` (RDDs) | nothing |
| estimators and transformers written in Python | the calls that they make of spark.ml |
"""


def goldens() -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(path.read_text()) for path in sorted(examples.GOLDENS.glob("*.json"))
    }


def classes() -> dict[str, dict[str, list[str]]]:
    """Of each module its estimators, transformers and evaluators."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in MODULES:
        module = importlib.import_module(f"pyspark.ml.{name}")
        kinds: dict[str, list[str]] = defaultdict(list)
        for each in getattr(module, "__all__", ["Pipeline"]):
            thing = getattr(module, each)
            ancestors = [c.__name__ for c in inspect.getmro(thing)]
            if "Model" in ancestors or inspect.isabstract(thing):
                continue
            for kind in ("Estimator", "Evaluator", "Transformer"):
                if kind in ancestors:
                    kinds[kind].append(each)
                    break
        found[name] = kinds
    return found


class Shown:
    """What the golden files show of each class."""

    def __init__(self) -> None:
        self.facts: dict[str, set[str]] = defaultdict(set)
        self.examples: dict[str, set[str]] = defaultdict(set)
        for name, golden in goldens().items():
            self._read(name, golden)

    def _note(self, of: str, example: str, fact: str) -> None:
        self.facts[of].add(fact)
        self.examples[of].add(example)

    def _read(self, name: str, golden: dict[str, Any]) -> None:
        for model in golden.get("models", []):
            estimator = word(model["model"])
            self._note(estimator, name, "inferred" if model.get("inferred") else "fit")
            if model.get("problem"):
                self._note(estimator, name, "problem type")
            if model.get("sources"):
                self._note(estimator, name, "source columns")
        made = {m["model"]: word(m["model"]) for m in golden.get("models", [])}
        for transform in golden.get("transforms", []):
            model = transform.get("model")
            self._note(
                made.get(model, word(transform["transform"]))
                if model
                else word(transform["transform"]),
                name,
                "transform",
            )
        for slots in golden.get("features", []):
            for column in ("coefficients", "importances", "std_errors", "intercepts"):
                if slots.get(column):
                    self._note(made[slots["model"]], name, column.replace("_", " "))
            self._note(made[slots["model"]], name, "feature slots")
        for tree in golden.get("trees", []):
            self._note(made[tree["model"]], name, "trees")
        for each in golden.get("candidates", []):
            self._note(made[each["of"]], name, "configurations, averages, best")
        for metric in golden.get("metrics", []):
            if metric.get("model") in made:
                of = made[metric["model"]]
                if metric.get("steps"):
                    self._note(of, name, f"history of {metric['metric']}")
                elif metric["source"] in ("summary", "training"):
                    self._note(of, name, f"{metric['source']} values")
        for evaluator, count in golden["calls"].get("evaluate", {}).items():
            if count:
                self._note(evaluator, name, "value, direction, model, dataset, slice")

    def row(self, of: str) -> str:
        facts = ", ".join(sorted(self.facts[of], key=_order)) or "–"
        used = sorted(self.examples[of])
        told = ", ".join(f"`{each.removesuffix('_example')}`" for each in used[:3])
        more = f" and {len(used) - 3} more" if len(used) > 3 else ""
        return f"| `{of}` | {facts} | {told + more or '–'} |"


ORDER = (
    "fit",
    "inferred",
    "problem type",
    "source columns",
    "feature slots",
    "coefficients",
    "intercepts",
    "std errors",
    "importances",
    "trees",
    "transform",
)


def _order(fact: str) -> tuple[int, str]:
    return (ORDER.index(fact) if fact in ORDER else len(ORDER), fact)


def word(name: str) -> str:
    """`LogisticRegression 2` is one of LogisticRegression."""
    return name.rpartition(" ")[0]


def counted(calls: examples.Counts, did: str) -> int:
    return sum(calls.get(did, {}).values())


def by_example() -> Iterable[str]:
    """Calls as the witness counted them, beside rows."""
    yield "\n## Example by example\n"
    yield (
        "Calls that the program made, as an independent witness in Python counted them, and the rows"
        "\nthat the tables have for them (with what Spark called inside, where there is more).\n"
    )
    yield "| example | fits | transforms | evaluations | models | transforms | metrics |"
    yield "|---|---|---|---|---|---|---|"
    for name, golden in goldens().items():
        calls = golden["calls"]
        metrics = [m for m in golden.get("metrics", []) if m["source"] == "evaluator"]
        yield (
            f"| `{name}` | {counted(calls, 'fit')} | {counted(calls, 'transform')} "
            f"| {counted(calls, 'evaluate')} | {len(golden.get('models', []))} "
            f"| {len(golden.get('transforms', []))} | {len(metrics)} |"
        )


def text() -> str:
    """The page."""
    shown = Shown()
    lines = []
    titles = {"Estimator": "estimators", "Transformer": "transformers", "Evaluator": "evaluators"}
    for module, kinds in classes().items():
        for kind, names in kinds.items():
            lines += [f"\n## `ml.{module}`: {titles[kind]}\n"]
            lines += ["| class | captured | examples |", "|---|---|---|"]
            lines += [shown.row(each) for each in names]
    return HEAD + "\n".join(lines).lstrip("\n") + "\n" + OTHERS + "\n".join(by_example()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text())
