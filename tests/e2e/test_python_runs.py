"""Runs of Python programs that do several things at once, and what they log themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Agent, Tables
from tracking import PROGRAM_SECONDS, Tracked, ask, start

Row = dict[str, Any]
PROJECT = "threads"


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("python-runs")


@pytest.fixture(scope="module")
def threads(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`threads.py`, which tracks itself."""
    job = start(tmp_path_factory.mktemp("threads"), "threads.py", agent=agent.url)
    job.succeed(PROGRAM_SECONDS)
    return Tracked(job, Tables.read("--connect", agent.url).of_project(PROJECT))


def runs(threads: Tracked, prefix: str) -> list[Row]:
    found = [run for run in threads.tables["runs"] if run["name"].startswith(prefix)]
    return sorted(found, key=lambda run: str(run["name"]))


def automatic(threads: Tracked, experiment: str) -> Row:
    """The run of an `autolog`."""
    return threads.tables.one("runs", attached_by="autolog", experiment=experiment)


def test_nothing_was_lost(threads: Tracked) -> None:
    told = [run["capture"]["not_captured"] for run in threads.tables["runs"]]
    assert told == [{}] * len(told)


def test_each_thread_has_its_run(threads: Tracked) -> None:
    """Pipelines that four threads fit at the same time, each stage of each."""
    found = runs(threads, "thread ")
    assert len(found) == threads.told["threads"]
    for run in found:
        of_run = threads.tables.of_run(run["run_id"])
        roles = Counter(row["role"] for row in of_run["models"])
        assert roles == {"top": threads.told["pipelines"], "stage": 2 * threads.told["pipelines"]}
        [value] = of_run.where("metrics", name="of")
        assert value["value"] == int(run["name"][-1])
        assert run["status"] == "finished"


def test_each_task_has_its_run(threads: Tracked) -> None:
    """Tasks of asyncio take turns in one thread."""
    found = runs(threads, "task ")
    assert len(found) == 3
    for run in found:
        values = threads.tables.where("metrics", run_id=run["run_id"], name="of")
        assert [row["value"] for row in values] == [int(run["name"][-1])] * 3


def test_folds_that_threads_fit(threads: Tracked) -> None:
    """All of them, with the folds and configurations that they are of."""
    run = automatic(threads, "searches")
    of_run = threads.tables.of_run(run["run_id"])
    folds = of_run.where("models", role="fold")
    searched = Counter(row["estimator"].rpartition(".")[2] for row in folds)
    assert searched == {"LogisticRegression": 20, "Ridge": 5}
    grid = [row for row in folds if row["estimator"].endswith("LogisticRegression")]
    assert len({(row["candidate_index"], row["fold"]) for row in grid}) == 20


def test_what_an_object_learnt_before_it_was_fitted_again(threads: Tracked) -> None:
    """A second `autolog` of another experiment is another run; of each fit there are the
    coefficients that it had, however soon the next one came."""
    run = automatic(threads, "refits")
    of_run = threads.tables.of_run(run["run_id"])
    fits = [row for row in of_run.fits_in_order() if row["params"]["alpha"] != "99.0"]
    first = {row["model_id"]: row["coefficient"] for row in of_run.where("features", position=0)}
    assert [first[fit["model_id"]] for fit in fits] == threads.told["coefficients"]


def test_steps_without_end(threads: Tracked) -> None:
    """A table that was copied thousands of times comes from the first, in fewer steps."""
    [fit] = [m for m in threads.tables["models"] if m["params"].get("alpha") == "99.0"]
    above = {e["child_dataset_id"]: e for e in threads.tables["dataset_edges"]}
    dataset, steps = fit["dataset_id"], []
    while dataset in above:
        steps.append(above[dataset]["detail"])
        dataset = above[dataset]["parent_dataset_id"]
    assert 100 < len(steps) < 1_000
    assert "more than 500 steps" in steps


def test_what_is_logged_in_a_loop(threads: Tracked, agent: Agent) -> None:
    """As fast as a program can: every value is there. A metric of an object that nobody has seen
    makes it a model."""
    run_id = threads.told["logged"]
    query = f"select name, count(*) as n from metrics where run_id = '{run_id}' group by name"
    counts = {row["name"]: row["n"] for row in ask(agent, query)}
    assert counts == {"loss": threads.told["values"], "quality": 1}
    [quality] = threads.tables.where("metrics", run_id=run_id, name="quality")
    assert quality["model_id"] == threads.told["mine"]


def test_what_cannot_be_logged_is_named(threads: Tracked) -> None:
    assert threads.told["wrong"] == "metric 'loss' is str 'low': a number is accepted"
