"""kill -9 of the agent in the middle of a job, and no agent at all: every event once, none
twice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from conftest import PROGRAM, RELATIONS, Agent, Job, Submitter, Tables

FITS = 12
KEYS = {
    "runs": "run_id",
    "datasets": "dataset_id",
    "models": "model_id",
    "transforms": "transform_id",
    "metrics": "metric_id",
    "actions": "action_id",
}


@pytest.fixture(scope="session")
def crashed(
    submit: Submitter, new_agent: Callable[[str], Agent], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Job, Agent, Tables]:
    """A job whose agent was killed twice while fits went on, and came back on the same
    warehouse and ports: the job, the agent, and what its tables say in the end."""
    agent = new_agent("crashed")
    gate = tmp_path_factory.mktemp("gate") / "go"
    job = submit(
        "small.py",
        "--fits",
        str(FITS),
        "--wait-before",
        str(FITS),
        "--wait-for",
        str(gate),
        agent=agent.url,
    )
    for count in (2, 7):
        job.wait_for("fit", count)
        agent.kill()
        # It is away for some fits.
        job.wait_for("fit", count + 3)
        agent.start()
    job.wait_for("waiting")
    gate.touch()
    job.succeed()
    return job, agent, Tables.read("--connect", agent.url)


def test_every_call_is_there_once(crashed: tuple[Job, Agent, Tables]) -> None:
    """Fits, transforms, evaluations and actions are as many as the program made, with the
    values that it printed, in its order."""
    job, _, tables = crashed
    fits = job.did("fit")
    assert len(fits) == FITS
    penalties = [float(model["params"]["regParam"]) for model in tables.fits_in_order()]
    assert penalties == [fit["penalty"] for fit in fits]
    assert {model["status"] for model in tables["models"]} == {"finished"}
    assert [row["value"] for row in tables.evaluations()] == [fit["value"] for fit in fits]
    # The assembler's transform, and one for each fit.
    assert len(tables["transforms"]) == 1 + FITS
    sequence = sorted(row["sequence"] for row in tables["actions"])
    assert sequence == list(range(1, 1 + 3 * FITS + 1))


def test_ids_are_distinct(crashed: tuple[Job, Agent, Tables]) -> None:
    """No row is there twice, in any relation."""
    _, _, tables = crashed
    for relation, key in KEYS.items():
        assert tables.by(relation, key), relation
    for relation in RELATIONS:
        seen = [repr(sorted(row.items())) for row in tables[relation]]
        assert len(seen) == len(set(seen)), relation


def test_each_evaluation_has_its_model(crashed: tuple[Job, Agent, Tables]) -> None:
    """Links hold across the deaths of the agent: what came before one is known after it."""
    job, _, tables = crashed
    models = tables.by("models", "model_id")
    by_value = {
        row["value"]: float(models[row["model_id"]]["params"]["regParam"])
        for row in tables.evaluations()
    }
    assert by_value == {fit["value"]: fit["penalty"] for fit in job.did("fit")}
    assert {row["dataset_id"] for row in tables["models"]} == {
        row["output_dataset_id"] for row in tables["transforms"] if row["model_id"] is None
    }


def test_nothing_is_lost_or_left(crashed: tuple[Job, Agent, Tables]) -> None:
    """The run ended well, nothing was dropped, the spool is gone, and one run is there."""
    job, _, tables = crashed
    (run,) = tables["runs"]
    assert run["status"] == "finished"
    assert not any((run["capture"]["not_captured"] or {}).values()), run["capture"]
    assert job.spooled() == []


def test_a_kill_after_the_end_changes_nothing(crashed: tuple[Job, Agent, Tables]) -> None:
    """Killed once more and started again, the agent answers the same, row for row."""
    _, agent, tables = crashed
    agent.kill()
    agent.start()
    again = Tables.read("--connect", agent.url)
    for relation in RELATIONS:
        before = sorted(repr(sorted(row.items())) for row in tables[relation])
        after = sorted(repr(sorted(row.items())) for row in again[relation])
        assert after == before, relation


def test_what_was_spooled_is_delivered_later(
    submit: Submitter, nobody: str, new_agent: Callable[[str], Agent]
) -> None:
    """Nobody was there when the job ran: any agent takes what it left, and takes it once."""
    job = submit("small.py", "--fits", str(FITS), agent=nobody).succeed()
    (spool,) = job.spooled()
    agent = new_agent("later")
    ingest = [str(PROGRAM), "ingest", "--connect", agent.url]
    subprocess.run([*ingest, "--keep", str(spool)], check=True)
    subprocess.run([*ingest, str(spool.parent)], check=True)
    assert not job.spooled()
    tables = Tables.read("--connect", agent.url)
    assert [row["value"] for row in tables.evaluations()] == [
        fit["value"] for fit in job.did("fit")
    ]
    assert [run["status"] for run in tables["runs"]] == ["finished"]
