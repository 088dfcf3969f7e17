"""One driver in which all goes wrong that can: each step gives what it gives without a bridge.

`programs/Harm.java` runs in 512 MB. What is looked at here beside its output is what the bridge
takes, and what it says of what it did not capture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from conftest import Agent, Job, Row, Submitter, Tables

TINY_FITS = 10_000

# Issue 3: what the bridge may hold in the driver's heap after so many fits.
MAX_HEAP = 32 << 20

# What differs from run to run.
MEASURED = ("heap", "stopped")

# The limit of a flush, and what Spark needs on a busy machine.
STOP = 2.0 + 3.0


@dataclass
class Harmed:
    """A run of the program under the bridge."""

    job: Job
    tables: Tables

    @property
    def run(self) -> Row:
        (run,) = self.tables["runs"]
        return run

    @property
    def missed(self) -> dict[str, int]:
        return dict(self.run["capture"]["not_captured"])


def harm(submit: Submitter, **options: object) -> Job:
    return submit("Harm", str(TINY_FITS), memory="512m", **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bare(submit: Submitter) -> Job:
    return harm(submit).succeed()


@pytest.fixture(scope="module", params=["off", "cheap"])
def harmed(
    submit: Submitter, new_agent: Callable[[str], Agent], request: pytest.FixtureRequest
) -> Harmed:
    """Watched, without and with samples."""
    agent = new_agent(f"harm-{request.param}")
    conf = {"spark.modeldb.sample.mode": request.param}
    job = harm(submit, agent=agent.url, conf=conf).succeed()
    return Harmed(job, Tables.read("--connect", agent.url, relations=("runs", "models", "metrics")))


def printed(job: Job, *left_out: str) -> list[Row]:
    return [line for line in job.lines() if line["did"] not in (*MEASURED, *left_out)]


def test_bare_program_is_worth_comparing(bare: Job) -> None:
    """Every step is there, and what has to fail did."""
    names = [line["name"] for line in bare.did("threw")]
    assert len(names) == 14 and bare.did("returned") == []
    assert all(line["frames"] for line in bare.did("threw"))
    assert len(bare.did("hostile")) == 15
    assert bare.did("plan")[0]["nodes"] > 5000
    assert bare.did("wide")[0]["slots"] == 1 << 20
    assert bare.did("interrupted") == [{"did": "interrupted", "kept": True}]
    assert len(bare.did("failing hooks")) == 2


def test_everything_is_as_it_was(harmed: Harmed, bare: Job) -> None:
    """Results, exceptions (class, message, the program's own frames), interrupts: whatever the
    components throw at who looks at them, and though the hooks themselves fail in the end."""
    assert printed(harmed.job, "jobs") == printed(bare, "jobs")
    (stopped,) = harmed.job.did("stopped")
    assert stopped["seconds"] < STOP


def test_no_job_is_added(harmed: Harmed, bare: Job) -> None:
    """Without samples the application has as many Spark jobs as without the bridge."""
    if harmed.run["settings"]["spark.modeldb.sample.mode"] == "off":
        assert harmed.job.did("jobs") == bare.did("jobs")


def test_heap(harmed: Harmed, bare: Job) -> None:
    """After 10,000 fits the bridge's own objects, and all that is in the heap beyond that of the
    bare program, stay below the limit."""
    (watched,), (alone,) = harmed.job.did("heap"), bare.did("heap")
    assert alone["watching"] == 0 < watched["watching"] < MAX_HEAP
    assert watched["used"] - alone["used"] < MAX_HEAP


def test_tiny_fits_are_told_or_counted(harmed: Harmed) -> None:
    """Each of the fits is there, or it is counted that there was no room for it."""
    tiny = [m for m in harmed.tables["models"] if m["estimator"] == "HarmComponents$Tiny"]
    finished = sum(model["status"] == "finished" for model in tiny)
    # The interrupting one and that of the large plan are tiny too.
    assert finished + harmed.missed.get("queue_full", 0) >= TINY_FITS + 2
    assert finished <= TINY_FITS + 2


def test_hostile_components_are_told(harmed: Harmed) -> None:
    """What throws when it is looked at is recorded without what could not be read."""
    hostile = harmed.tables.where("models", estimator="HarmComponents$Hostile")
    assert [model["status"] for model in hostile] == ["finished"] * 15
    assert harmed.missed["component_not_read"] > 0


def test_failures_are_told(harmed: Harmed) -> None:
    """The failed fits have their errors, that which cannot be read too."""
    failed = [m for m in harmed.tables["models"] if m["status"] == "failed"]
    errors = {model["error"] for model in failed if model["error"]}
    for error in (
        "java.lang.Exception: checked",
        "java.lang.AssertionError: an error",
        "java.lang.NoSuchMethodError: linkage",
        "java.lang.OutOfMemoryError: not really",
        "java.lang.ThreadDeath: ",
        "Harm$Strange: ",
    ):
        assert error in errors


def test_what_was_too_large_is_counted(harmed: Harmed) -> None:
    """A plan of 5,000 nodes is not walked to its end, and the run says so."""
    assert harmed.missed["plan_too_large"] >= 1
