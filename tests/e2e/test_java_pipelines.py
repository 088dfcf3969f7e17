"""The bridge's own Java test program, whole: bare, and attached in both ways at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Agent, Job, Recorded, Submitter, record


@pytest.fixture(scope="session")
def watched(submit: Submitter, new_agent: Callable[[str], Agent]) -> Recorded:
    """`JavaPipelines` with -javaagent and the listener."""
    return record(submit, new_agent("java-pipelines"), "JavaPipelines", listener=True)


def printed(job: Job) -> dict[str, str]:
    """The metrics that the program printed, by its names of them, in its order."""
    words = [line.split() for line in job.stdout().splitlines()]
    return {word[1]: word[2] for word in words if word[0] == "metric"}


def test_output_is_that_of_the_bare_program(submit: Submitter, watched: Recorded) -> None:
    """Standard output is the same, to the last byte."""
    bare = submit("JavaPipelines").succeed()
    assert printed(bare)
    assert watched.job.stdout() == bare.stdout()


def test_metrics_are_the_printed_ones(watched: Recorded) -> None:
    """What the program evaluated itself, in its order, each with a fit at the top as model."""
    models = watched.tables.by("models", "model_id")
    metrics = watched.tables.evaluations()
    own = [row for row in metrics if models[row["model_id"]]["role"] == "top"]
    lines = {name: value for name, value in printed(watched.job).items() if ".avg." not in name}
    assert [f"{row['value']:.9f}" for row in own] == list(lines.values())
    by_name = dict(zip(lines, own, strict=True))
    assert "35" in by_name["pipeline.accuracy.young"]["slice"]
    for part in ("teacher", "hours", "30"):
        assert part in by_name["pipeline.accuracy.teachers"]["slice"]
    assert [name for name, row in by_name.items() if row["slice"] is not None] == [
        "pipeline.accuracy.young",
        "pipeline.accuracy.teachers",
    ]


def test_averages_are_those_of_the_folds(watched: Recorded) -> None:
    """The averages that the cross-validation printed are those of its folds' metrics."""
    averages = [value for name, value in printed(watched.job).items() if ".avg." in name]
    assert averages
    for candidate, average in enumerate(averages):
        folds = watched.tables.where("models", role="fold", candidate_index=candidate)
        ids = {row["model_id"] for row in folds}
        values = [row["value"] for row in watched.tables.evaluations() if row["model_id"] in ids]
        assert len(values) == len(folds) > 1
        assert f"{sum(values) / len(values):.9f}" == average


def test_failure_is_the_printed_one(watched: Recorded) -> None:
    """The one fit that the program saw fail is the one that failed."""
    (line,) = [line for line in watched.job.stdout().splitlines() if line.startswith("failed ")]
    failed = watched.tables.one("models", status="failed")
    assert line.split()[1] in failed["error"]
