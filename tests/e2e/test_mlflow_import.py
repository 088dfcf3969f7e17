"""`modeldb import mlflow`: the history of a real MLflow store, once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import tracking
from conftest import ROOT, Agent, own_environment
from tracking import PACKAGE, PROGRAM_SECONDS, PYTHON_PROGRAMS

MLFLOW = ROOT / "build/mlflow/bin/python"


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("mlflow")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that MLflow itself wrote."""
    assert MLFLOW.exists(), "run scripts/mlflow"
    directory = tmp_path_factory.mktemp("store")
    uri = f"sqlite:///{directory}/mlflow.db"
    run(directory, str(PYTHON_PROGRAMS / "mlflow_history.py"), uri)
    return uri


def run(directory: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    variables = own_environment(directory) | {
        "PYTHONPATH": str(PACKAGE),
        "GIT_PYTHON_REFRESH": "quiet",
    }
    done = subprocess.run(
        [str(MLFLOW), *arguments],
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
        cwd=directory,
        env=variables,
    )
    assert done.returncode == code, done.stderr[-3000:]
    return done


def bring(directory: Path, agent: Agent, store: str) -> str:
    return run(directory, "-m", "modeldb", "import", "mlflow", store, "--agent", agent.url).stdout


def test_a_history_is_brought_once(agent: Agent, store: str, tmp_path: Path) -> None:
    said = bring(tmp_path, agent, store)
    assert said == "4 runs brought, 0 were there already, 1 are still running there\n"
    again = bring(tmp_path, agent, store)
    assert again == "0 runs brought, 4 were there already, 1 are still running there\n"
    runs = {row["name"]: row for row in tracking.ask(agent, "select * from runs")}
    assert {name: row["status"] for name, row in runs.items()} == {
        "outer": "finished",
        "inner": "finished",
        "broken": "failed",
        "automatic": "finished",
    }
    assert runs["inner"]["parent_run_id"] == runs["outer"]["run_id"]
    assert (runs["outer"]["project"], runs["automatic"]["project"]) == ("churn", "flowers")
    assert runs["outer"]["tags"] == {"team": "blue"}
    models = {row["run_id"]: row for row in tracking.ask(agent, "select * from models")}
    outer = models[runs["outer"]["run_id"]]
    assert outer["params"] == {
        "rate": "0.1",
        "layers": "3",
        "optimiser": "adam",
        "fast": "true",
    }
    metrics = tracking.ask(
        agent,
        f"select name, step, value from metrics where model_id = '{outer['model_id']}' order by 1, 2",
    )
    assert metrics == [
        {"name": "auc", "step": None, "value": 0.9},
        *({"name": "loss", "step": step, "value": 1.0 / (step + 1)} for step in range(5)),
    ]
    [dataset] = tracking.ask(
        agent, f"select * from datasets where dataset_id = '{outer['dataset_id']}'"
    )
    assert (dataset["name"], dataset["row_count"]) == ("numbers", 3)
    assert [column["name"] for column in dataset["columns"]] == ["x", "y"]
    automatic = models[runs["automatic"]["run_id"]]
    assert automatic["estimator"].endswith("LogisticRegression")
    assert automatic["params"]["C"] == "0.5"
    [registered] = tracking.ask(agent, "select * from attributes where key = 'registered.iris'")
    assert (registered["value"], registered["target_id"]) == (
        "version 1 champion",
        automatic["model_id"],
    )
    [note] = tracking.ask(agent, "select text from annotations")
    assert note["text"] == "the first one"


def test_what_is_wrong_is_said(agent: Agent, nobody: str, store: str, tmp_path: Path) -> None:
    for uri, address, said in (
        ("nonsense://here", agent.url, "nonsense://here"),
        (store, nobody, "does not answer"),
    ):
        command = ["-m", "modeldb", "import", "mlflow", uri, "--agent", address]
        done = run(tmp_path, *command, code=1)
        assert said in done.stderr.splitlines()[-1]
