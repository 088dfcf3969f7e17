"""The ways in: the bridge attaches itself, or says why it cannot; plugin, copies, contexts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Agent, Job, Recorded, Row, Submitter, Tables, record, rows
from test_listener import check_pipeline

PLUGIN = {"spark.plugins": "io.modeldb.spark.ModelDBPlugin"}


@pytest.fixture(scope="session")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("attach")


def other_agent(submit: Submitter, directory: Path) -> Path:
    """`programs/OtherAgent.java` as a jar for -javaagent."""
    manifest = directory / "manifest"
    manifest.write_text("Premain-Class: OtherAgent\nCan-Retransform-Classes: true\n")
    jar = directory / "other.jar"
    shutil.copy(submit.classes, jar)
    subprocess.run(["jar", "--update", "--file", jar, "--manifest", manifest], check=True)
    return jar


def by_itself(
    submit: Submitter, agent: Agent, program: str, *arguments: str, **options: Any
) -> Recorded:
    """Runs a program under the listener from --jars alone."""
    return record(submit, agent, program, *arguments, listener=True, hooks=False, **options)


def runs(agent: Agent) -> list[Row]:
    return rows("select * from runs order by started_at", "--connect", agent.url)


def run_of(recorded: Recorded) -> Row:
    (run,) = recorded.tables["runs"]
    return run


def check_hooked(recorded: Recorded, attached_by: str, client: str) -> None:
    """The run is watched by hooks, and says so; nothing was missed."""
    run = run_of(recorded)
    assert (run["capture"]["mode"], run["attached_by"]) == ("agent", attached_by), run
    assert run["capture_note"] in ("", None)
    assert (run["status"], run["client"]) == ("finished", client)
    assert unseen(run) == {}


def check_fits(recorded: Recorded) -> None:
    """Each fit and evaluation of `programs/small.py`, the first one too."""
    tables, lines = recorded.tables, recorded.job.did("fit")
    fits = tables.fits_in_order()
    assert [float(fit["params"]["regParam"]) for fit in fits] == [x["penalty"] for x in lines]
    metrics = tables.evaluations()
    assert [row["value"] for row in metrics] == [line["value"] for line in lines]
    assert [row["model_id"] for row in metrics] == [fit["model_id"] for fit in fits]


def unseen(run: Row) -> dict[str, int]:
    """Calls that were not captured, and hooks that failed, by reason. A slow machine may
    have left out other things, such as the whole of a plan."""
    counts: dict[str, int] = run["capture"]["not_captured"] or {}
    return {k: n for k, n in counts.items() if k.startswith("unseen:") or k == "hook_error"}


def without_times(job: Job) -> list[str]:
    return [line for line in job.stdout().splitlines() if '"stopped"' not in line]


@pytest.fixture(scope="session")
def python_alone(submit: Submitter, agent: Agent) -> Recorded:
    return by_itself(submit, agent, "small.py")


def test_attaches_itself_to_python(submit: Submitter, python_alone: Recorded) -> None:
    """--jars and spark.extraListeners alone: hooks see each call of a PySpark program, the
    first one too, and standard output is the bare program's."""
    check_hooked(python_alone, "self", "python")
    check_fits(python_alone)
    bare = submit("small.py").succeed()
    assert without_times(python_alone.job) == without_times(bare)


def test_attaches_itself_to_java(submit: Submitter, agent: Agent) -> None:
    """The same of a Java program, whose classes were loaded before."""
    recorded = by_itself(submit, agent, "Small")
    check_hooked(recorded, "self", "jvm")
    top = check_pipeline(recorded)
    (line,) = recorded.job.did("pipeline")
    (metric,) = recorded.tables.evaluations()
    assert (metric["value"], metric["model_id"]) == (line["value"], top["model_id"])


def test_attaches_itself_in_process(submit: Submitter, agent: Agent) -> None:
    """A JVM that lets itself attach to itself needs no helper."""
    options = ["-Djdk.attach.allowAttachSelf=true"]
    check_hooked(by_itself(submit, agent, "Small", java=options), "self", "jvm")


def test_program_that_throws(submit: Submitter, agent: Agent) -> None:
    """What the program throws is told too, though it was called before the hooks came."""
    run = run_of(by_itself(submit, agent, "Small", "throw", code=1))
    assert run["status"] == "failed"
    assert run["error"] == "java.lang.IllegalStateException: this program fails"


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("-XX:+DisableAttachMechanism", "DisableAttachMechanism"),
        ("-XX:-EnableDynamicAgentLoading", "EnableDynamicAgentLoading"),
        ("-Xrs", "-Xrs"),
        ("--limit-modules=java.se,jdk.unsupported,jdk.management,jdk.security.auth", "jdk.attach"),
    ],
)
def test_jvm_that_cannot_attach(submit: Submitter, agent: Agent, option: str, reason: str) -> None:
    """MLEvents are used, the run says why, and what was not seen is counted by name."""
    recorded = by_itself(submit, agent, "Small", java=[option])
    run = run_of(recorded)
    assert (run["capture"]["mode"], run["attached_by"]) == ("events", "listener")
    assert reason in run["capture_note"]
    check_pipeline(recorded)
    assert unseen(run) == {"unseen:MulticlassClassificationEvaluator.evaluate": 1}
    (line,) = recorded.job.stdout().splitlines()
    assert line.startswith('{"did":"pipeline"')


def test_no_java_program(
    submit: Submitter, agent: Agent, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A Java runtime of its own, as containers have it, without attach module."""
    runtime = tmp_path_factory.mktemp("jlink") / "runtime"
    modules = "java.se,jdk.unsupported,jdk.management,jdk.security.auth,jdk.incubator.vector"
    jlink = ["jlink", "--add-modules", modules, "--output", str(runtime)]
    subprocess.run(jlink, check=True)
    recorded = by_itself(submit, agent, "small.py", environment={"JAVA_HOME": str(runtime)})
    run = run_of(recorded)
    assert run["capture"]["mode"] == "events"
    assert "jdk.attach" in run["capture_note"]
    # Stages tell where they come from, not which call it was: one may be counted as two.
    calls = unseen(run)
    assert calls.keys() == {"unseen:LinearRegression.fit", "unseen:RegressionEvaluator.evaluate"}
    assert all(count >= 3 for count in calls.values())


def test_plugin(submit: Submitter, agent: Agent) -> None:
    """spark.plugins does what the listener does."""
    recorded = record(
        submit, agent, "small.py", hooks=False, conf=PLUGIN | {"spark.jars": str(submit.bridge)}
    )
    check_hooked(recorded, "self", "python")
    check_fits(recorded)


def test_all_ways_at_once(submit: Submitter, agent: Agent) -> None:
    """-javaagent twice, listener twice and plugin: one run, each call once."""
    twice = "io.modeldb.spark.ModelDBListener,io.modeldb.spark.ModelDBListener"
    recorded = record(
        submit,
        agent,
        "small.py",
        listener=True,
        java=[f"-javaagent:{submit.bridge}"],
        conf=PLUGIN | {"spark.extraListeners": twice},
    )
    check_hooked(recorded, "javaagent", "python")
    check_fits(recorded)


def test_user_classes_first(submit: Submitter, agent: Agent) -> None:
    """spark.driver.userClassPathFirst: two copies of the bridge, of which one counts."""
    first = {"spark.driver.userClassPathFirst": "true"}
    check_fits(by_itself(submit, agent, "small.py", conf=first))
    check_pipeline(by_itself(submit, agent, "Small", conf=first))
    both = record(submit, agent, "Small", listener=True, conf=first)
    check_hooked(both, "javaagent", "jvm")
    check_pipeline(both)


def test_another_agent(submit: Submitter, agent: Agent, tmp_path: Path) -> None:
    """Another agent advises the same classes; both see every call."""
    other = other_agent(submit, tmp_path)
    for options in ({"listener": True, "hooks": False}, {}):
        recorded = record(submit, agent, "Small", java=[f"-javaagent:{other}"], **options)
        check_pipeline(recorded)
        assert unseen(run_of(recorded)) == {}
        assert "other agent: Pipeline.fit" in recorded.job.stderr()


def test_contexts_in_turn(submit: Submitter, agent: Agent) -> None:
    """Two SparkContexts one after the other are two runs with a fit each; two sessions of
    one are one run."""
    before = len(runs(agent))
    job = submit("contexts.py", agent=agent.url, listener=True, hooks=False).succeed()
    new = runs(agent)[before:]
    assert [row["project"] for row in new] == ["first context", "second context"]
    assert [row["attached_by"] for row in new] == ["self", "self"]
    assert [row["status"] for row in new] == ["finished", "finished"]
    models = Tables.read("--connect", agent.url, relations=["models"])
    fits = [models.where("models", run_id=row["run_id"], kind="estimator") for row in new]
    counts = [len(of_run) for of_run in fits]
    assert counts == [line["fits"] for line in job.did("context")] == [1, 2]


def test_local_cluster(submit: Submitter, agent: Agent) -> None:
    """Executors in JVMs of their own, which have nothing to do with it."""
    recorded = by_itself(submit, agent, "small.py", master="local-cluster[2,1,1024]", conf=PLUGIN)
    check_hooked(recorded, "self", "python")
    check_fits(recorded)
