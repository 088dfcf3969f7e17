"""scikit-learn, tracked without a change to the program: what is captured, and that nothing is in
the way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import tracking
from conftest import JAR, PROGRAM, PYTHON, QUERY, ROOT, Agent, rows, wait_until
from tracking import PROGRAM_SECONDS, Tracked, start, track

Row = dict[str, Any]

FOREST = "sklearn.ensemble.RandomForestClassifier"
ONLINE = "sklearn.linear_model.SGDClassifier"


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("python")


@pytest.fixture(scope="module")
def people(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`people.py`, tracked."""
    directory = tmp_path_factory.mktemp("people")
    return track(directory, agent, "people", "people.py", str(directory))


def only(rows: list[Row], **wanted: Any) -> Row:
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows have {wanted}: {found}"
    return found[0]


@pytest.fixture(scope="module")
def gallery(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`gallery.py`, tracked."""
    return track(tmp_path_factory.mktemp("gallery"), agent, "gallery", "gallery.py")


# ---- nothing is in the way


@pytest.mark.parametrize("program", ["every_estimator.py", "in_the_way.py"])
def test_results_are_the_same_to_the_bit(agent: Agent, tmp_path: Path, program: str) -> None:
    bare = start(tmp_path / "bare", program).succeed(PROGRAM_SECONDS)
    tracked = track(tmp_path / "tracked", agent, program, program)
    assert tracked.job.stdout() == bare.stdout()
    assert tracked.job.stderr() == bare.stderr()


def test_every_estimator_is_captured(agent: Agent, tmp_path: Path) -> None:
    """Whatever can be fitted here was, and its row says how it ended."""
    tracked = track(tmp_path, agent, "every one", "every_estimator.py")
    expected = {
        name: "failed" if isinstance(of[0], str) else "finished"
        for name, of in tracked.told.items()
        if not str(of[0]).startswith("cannot be made")
    }
    assert sum(status == "finished" for status in expected.values()) > 195
    top = tracked.tables.where("models", role="top")
    told = {row["estimator"].rpartition(".")[2]: row["status"] for row in top}
    assert {name: told.get(name) for name in expected} == expected


def test_exit_codes_and_errors(agent: Agent, tmp_path: Path) -> None:
    """As Python itself: the traceback begins in the script."""
    for name, text, code, status in (
        ("raises", "def f():\n    raise ValueError('on purpose')\nf()\n", 1, "failed"),
        ("exits", "import sys\nsys.exit(3)\n", 3, "failed"),
        ("says", "import sys\nsys.exit('a word')\n", 1, "failed"),
        ("ends", "import sys\nsys.exit(0)\n", 0, "finished"),
    ):
        script = tmp_path / f"{name}.py"
        script.write_text(text)
        bare = start(tmp_path / f"bare {name}", str(script))
        options = ["--project", name, "--name", "a run", "--tag", "k=v=w"]
        tracked = start(tmp_path / name, str(script), agent=agent.url, options=options)
        assert (bare.end(PROGRAM_SECONDS), tracked.end(PROGRAM_SECONDS)) == (code, code)
        assert tracked.stderr() == bare.stderr()
        query = f"select status, name, tags, error from runs where project = '{name}'"
        [run] = tracking.ask(agent, query)
        assert (run["status"], run["name"], run["tags"]) == (status, "a run", {"k": "v=w"})
        assert ("on purpose" in str(run["error"])) == (name == "raises")


def test_bad_settings_are_named(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('ran')\n")
    for environment, said in (
        ({"MODELDB_SAMPLE_ROWS": "many"}, "MODELDB_SAMPLE_ROWS = 'many' is not accepted"),
        ({"MODELDB_AGENT": "nowhere"}, "'nowhere' is no address"),
    ):
        job = start(tmp_path, str(script), options=["--project", "p"], **environment)
        assert job.end(PROGRAM_SECONDS) == 2
        assert said in job.stderr()
        assert job.stdout() == ""


def test_it_can_be_switched_off(agent: Agent, tmp_path: Path) -> None:
    options = ["--project", "off"]
    job = start(
        tmp_path,
        "people.py",
        str(tmp_path),
        agent=agent.url,
        options=options,
        MODELDB_TRACKING="off",
    )
    assert job.end(PROGRAM_SECONDS) == 0
    assert tracking.ask(agent, "select run_id from runs where project = 'off'") == []


# ---- what is captured


def test_a_pipeline_stage_by_stage(people: Tracked) -> None:
    tables = people.tables
    pipeline = only(tables.where("models", role="top", kind="pipeline"))
    assert pipeline["estimator"] == "sklearn.pipeline.Pipeline"
    assert (pipeline["problem_type"], pipeline["label_column"]) == ("binary", "buys")
    # What the transformer drops was not learnt from.
    assert pipeline["source_columns"] == ["age", "country", "income"]
    stages = {
        row["stage_index"]: row
        for row in tables.where("stages", pipeline_model_id=pipeline["model_id"])
    }
    assert [stages[i]["uid"] for i in sorted(stages)] == ["prepare", "classify"]
    classify = only(tables["models"], model_id=stages[1]["model_id"])
    assert (classify["role"], classify["params"]["C"]) == ("stage", "0.5")
    inner = tables.where("stages", pipeline_model_id=stages[0]["model_id"])
    assert [
        (s["uid"], s["input_columns"]) for s in sorted(inner, key=lambda s: s["stage_index"])
    ] == [
        ("numbers", ["age", "income"]),
        ("country", ["country"]),
    ]
    params = people.of_models("params")[classify["model_id"]]
    assert only(params, name="C")["is_default"] is False
    assert only(params, name="max_iter")["is_default"] is True


def test_features_go_back_to_source_columns(people: Tracked) -> None:
    pipeline = only(people.tables.where("models", role="top", kind="pipeline"))
    features = sorted(
        people.of_models("features")[pipeline["model_id"]], key=lambda f: f["position"]
    )
    intercept, *slots = features
    assert intercept["name"] == "intercept"
    assert [(f["name"], f["source_columns"]) for f in slots] == [
        ("numbers__age", ["age"]),
        ("numbers__income", ["income"]),
        ("country__country_DE", ["country"]),
        ("country__country_FR", ["country"]),
        ("country__country_US", ["country"]),
    ]
    assert [f["coefficient"] for f in slots] == people.told["coefficients"]


def test_metrics_have_model_dataset_and_slice(people: Tracked) -> None:
    pipeline = only(people.tables.where("models", role="top", kind="pipeline"))
    metrics = [
        row
        for row in people.of_models("metrics")[pipeline["model_id"]]
        if row["source"] == "evaluator"
    ]
    told = people.told
    whole = {row["name"]: row["value"] for row in metrics if row["slice"] is None}
    assert whole == {name: told[name] for name in ("accuracy", "f1_macro", "roc_auc")}
    sliced = [row for row in metrics if row["slice"] is not None]
    assert {row["slice"] for row in sliced} == {"(country = US)"}
    assert sorted(row["value"] for row in sliced) == sorted(
        [told["score of Americans"], told["accuracy of Americans"]]
    )
    datasets = people.tables.by("datasets", "dataset_id")
    assert all(row["dataset_id"] in datasets for row in metrics)
    assert {row["label_column"] for row in metrics} == {"buys"}


def test_a_search_with_its_folds(people: Tracked) -> None:
    tables, told = people.tables, people.told["search"]
    search = only(tables.where("models", estimator="sklearn.model_selection.GridSearchCV"))
    candidates = sorted(
        tables.where("candidates", search_model_id=search["model_id"]),
        key=lambda row: row["candidate_index"],
    )
    assert [row["fold_values"] for row in candidates] == told["folds"]
    assert [row["is_best"] for row in candidates].index(True) == told["best"]
    assert {row["metric"] for row in candidates} == {"f1"}
    assert candidates[3]["params"] == {"classify__C": "1.0", "classify__fit_intercept": "false"}
    inside = tables.where("models", parent_model_id=search["model_id"])
    folds = [row for row in inside if row["role"] == "fold"]
    assert Counter((row["candidate_index"], row["fold"]) for row in folds) == Counter(
        (candidate, fold) for candidate in range(4) for fold in range(3)
    )
    best = only(inside, role="best")
    assert best["candidate_index"] == told["best"]
    metrics = people.of_models("metrics")
    for row in folds:
        value = only(metrics[row["model_id"]], source="evaluator")
        assert value["value"] == told["folds"][row["candidate_index"]][row["fold"]]
    assert told["test"] in [row["value"] for row in metrics[search["model_id"]]]


def test_cross_validation_and_folds_by_hand(people: Tracked) -> None:
    tables = people.tables
    cross = only(tables.where("models", estimator="sklearn.model_selection.cross_val_score"))
    [tried] = tables.where("candidates", search_model_id=cross["model_id"])
    assert (tried["metric"], tried["fold_values"]) == ("accuracy", people.told["cross"])
    forests = [row for row in tables.where("models", role="top") if row["estimator"] == FOREST]
    assert len(forests) == 2
    metrics = people.of_models("metrics")
    values = [only(metrics[row["model_id"]], source="evaluator")["value"] for row in forests]
    assert sorted(values) == sorted(people.told["by hand"])
    trees = people.of_models("trees")
    assert all(len({node["tree"] for node in trees[row["model_id"]]}) == 3 for row in forests)


def test_each_fit_of_one_object_is_a_model(people: Tracked) -> None:
    again = [
        row
        for row in people.tables.where("models", role="top", status="finished")
        if row["estimator"] == "sklearn.linear_model.LogisticRegression"
    ]
    assert sorted(row["params"]["C"] for row in again) == ["0.1", "10.0"]
    failed = only(people.tables.where("models", status="failed"))
    assert failed["error"].startswith("ValueError: Input X contains NaN")


def test_parts_make_one_model(people: Tracked) -> None:
    online = only(people.tables["models"], estimator=ONLINE)
    [slot] = [f for f in people.of_models("features")[online["model_id"]] if f["position"] == 0]
    assert [slot["coefficient"]] == people.told["online"]
    [parts] = people.tables.where("attributes", target_id=online["model_id"])
    assert (parts["key"], parts["value"]) == ("partial_fits", "4")


def test_lineage_to_the_file(people: Tracked) -> None:
    tables = people.tables
    pipeline = only(tables.where("models", role="top", kind="pipeline"))
    trained = only(tables["datasets"], dataset_id=pipeline["dataset_id"])
    assert trained["name"] == "X_train"
    assert [uri.rpartition("/")[2] for uri in trained["source_uris"]] == ["people.csv"]
    assert trained["fingerprint"]
    edges = {row["child_dataset_id"]: row for row in tables["dataset_edges"]}
    steps, place = [], trained["dataset_id"]
    while place in edges:
        steps.append((edges[place]["operation"], edges[place]["detail"]))
        place = edges[place]["parent_dataset_id"]
    # The program wrote the file itself: it goes on beyond.
    assert steps[:5] == [
        ("split", "train_test_split(test_size=0.25, random_state=0) train"),
        ("select", "age, income, country, unused"),
        ("filter", "(age >= 21)"),
        ("read", "csv"),
        ("write", "csv overwrite"),
    ]


def test_sampled_rows_and_what_was_said_of_them(people: Tracked) -> None:
    tables = people.tables
    pipeline = only(tables.where("models", role="top", kind="pipeline"))
    said = people.of_models("predictions")[pipeline["model_id"]]
    agree = [row["label"] == row["prediction"] for row in said]
    assert sum(agree) / len(agree) == people.told["accuracy"]
    assert {row["role"] for row in tables["samples"]} == {"train", "test"}


def test_the_same_program_again(agent: Agent, people: Tracked, tmp_path: Path) -> None:
    """The same work on the same file gives the same states and fingerprints."""
    trained = only(people.tables["datasets"], name="X_train")
    directory = Path(trained["source_uris"][0].removeprefix("file:")).parent
    again = track(tmp_path, agent, "people again", "people.py", str(directory))

    def states(of: Tracked) -> Counter[str]:
        models = of.tables.where("models", role="top", status="finished")
        # What is fitted on rows that the program chose by number has a state of its own.
        known = [row for row in models if row["estimator"] not in (FOREST, ONLINE)]
        assert len(known) == 5
        return Counter(row["state_id"] for row in known)

    def prints(of: Tracked) -> set[str]:
        return {row["fingerprint"] for row in of.tables["datasets"] if row["name"] == "X_train"}

    assert states(again) == states(people)
    assert prints(again) == prints(people)


def test_boosters_have_curves(agent: Agent, tmp_path: Path) -> None:
    boosted = track(tmp_path, agent, "boosted", "boosted.py")
    metrics = boosted.of_models("metrics")
    for library, curve in (
        ("xgboost", "validation_0-logloss"),
        ("lightgbm", "valid_0-binary_logloss"),
        ("catboost", "validation-Logloss"),
    ):
        model = only([m for m in boosted.tables["models"] if m["estimator"].startswith(library)])
        of = metrics[model["model_id"]]
        steps = [row["step"] for row in of if row["name"] == curve]
        assert sorted(steps) == list(range(7)), library
        assert only(of, source="evaluator")["value"] == boosted.told[library]


# ---- by hand


def test_by_hand(agent: Agent, tmp_path: Path) -> None:
    job = start(tmp_path, "by_hand.py", agent=agent.url).succeed(PROGRAM_SECONDS)
    told = json.loads(job.stdout())
    assert told["metrics"] == [
        ["loss", 1.0],
        ["loss", 0.5],
        ["loss", 1 / 3],
        ["auc", 0.9],
        ["error", 2.5],
    ]
    assert told["one"] == [1]
    runs = {
        r["name"]: r for r in tracking.ask(agent, "select * from runs where project = 'by hand'")
    }
    assert runs["inner"]["parent_run_id"] == runs["outer"]["run_id"]
    assert {name: run["status"] for name, run in runs.items()} == {
        "outer": "finished",
        "inner": "finished",
        "broken": "failed",
    }
    assert runs["outer"]["tags"] == {"team": "blue"}
    [model] = tracking.ask(agent, f"select * from models where model_id = '{told['model']}'")
    assert model["params"] == {"rate": "0.1", "layers": "[64, 32]", "optimiser": "adam"}
    query = f"select * from metrics where model_id = '{told['model']}'"
    error = only(tracking.ask(agent, query), name="error")
    assert (error["source"], error["slice"]) == ("manual", "(x > 1)")
    [dataset] = tracking.ask(
        agent, f"select * from datasets where dataset_id = '{error['dataset_id']}'"
    )
    assert (dataset["name"], dataset["row_count"]) == ("numbers", 3)
    assert dataset["source_uris"] == ["file:/data/numbers.csv"]
    [note] = tracking.ask(agent, "select * from annotations where project = 'by hand'")
    assert (note["author"], note["text"], note["target_id"]) == (
        "ada",
        "looks good",
        runs["inner"]["run_id"],
    )


# ---- an agent that is not there, a program that is not


def test_without_an_agent_it_is_spooled(agent: Agent, nobody: str, tmp_path: Path) -> None:
    bare = start(tmp_path / "bare", "boosted.py").succeed(PROGRAM_SECONDS)
    job = start(tmp_path / "tracked", "boosted.py", agent=nobody, options=["--project", "spooled"])
    job.succeed(PROGRAM_SECONDS)
    assert job.stdout() == bare.stdout()
    assert "modeldb ingest" in job.stderr()
    [spool] = job.spooled()
    assert spool.stat().st_mode & 0o777 == 0o600
    assert spool.parent.stat().st_mode & 0o777 == 0o700
    ingest(agent, spool)
    query = "select status, count(*) as n from models where project = 'spooled' group by 1"
    assert tracking.ask(agent, query) == [{"status": "finished", "n": 3}]
    assert not spool.exists()


def ingest(agent: Agent, spool: Path) -> None:
    command = [str(PROGRAM), "ingest", "--connect", agent.url, str(spool)]
    done = subprocess.run(command, capture_output=True, timeout=QUERY, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_an_agent_that_comes_back(new_agent: Callable[[str], Agent], tmp_path: Path) -> None:
    """What was told while it was away is there when it is back, once."""
    agent = new_agent("away")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from sklearn.datasets import make_classification\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "X, y = make_classification(random_state=0)\n"
        "for _ in range(3):\n"
        "    LogisticRegression().fit(X, y)\n"
        '    print(\'{"did": "fit"}\', flush=True)\n'
        "    open(sys.argv[1]).read()\n"  # waits for us
    )
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    job = start(
        tmp_path / "job", str(script), str(pipe), agent=agent.url, options=["--project", "p"]
    )

    def go_on() -> None:
        pipe.write_text("")

    job.wait_for("fit", 1)
    agent.kill()
    go_on()
    job.wait_for("fit", 2)
    go_on()
    job.wait_for("fit", 3)
    agent.start()
    go_on()
    job.succeed(PROGRAM_SECONDS)
    assert not job.spooled()
    query = "select status, count(*) as n from models group by 1"
    assert tracking.ask(agent, query) == [{"status": "finished", "n": 3}]


def test_killed_in_the_middle(agent: Agent, tmp_path: Path) -> None:
    """What it did is there; what it was doing counts as running, then as abandoned."""
    options = ["--project", "killed"]
    job = start(tmp_path, "until_killed.py", agent=agent.url, options=options)
    wait_until(lambda: "fitted" in job.stdout(), "fits", PROGRAM_SECONDS)

    def finished() -> list[Row]:
        query = (
            "select role, status, count(*) as n from models where project = 'killed' group by 1, 2"
        )
        return tracking.ask(agent, query)

    def all_there() -> bool:
        return {"role": "top", "status": "finished", "n": 3} in finished()

    wait_until(all_there, "three models", PROGRAM_SECONDS)
    job.process.send_signal(signal.SIGKILL)
    job.process.wait()
    counts = {(row["role"], row["status"]): row["n"] for row in finished()}
    assert counts[("fold", "finished")] == 2
    assert counts[("top", "running")] == 1


# ---- saved models, pictures, notebooks


def test_saved_models_come_back(agent: Agent, tmp_path: Path) -> None:
    job = start(tmp_path, "saved_models.py", agent=agent.url).succeed(PROGRAM_SECONDS)
    told = json.loads(job.stdout())
    assert [told[of] for of in ("skops", "joblib", "pickle", "large")] == [True] * 4
    assert "types that skops does not know" in told["untrusted"]
    assert "has no copy of the model 'm-nothing'" in told["unknown"]
    assert "one of skops, joblib, pickle is" in told["format"]
    assert "cannot be saved with pickle" in told["lambda"]
    query = (
        f"select format, bytes, sha256 from artifacts where model_id = '{told['id']}' order by 1"
    )
    saved = tracking.ask(agent, query)
    assert [row["format"] for row in saved] == ["joblib", "pickle", "skops"]
    assert all(row["bytes"] > 0 and row["sha256"] for row in saved)
    assert "LogisticRegression" in told["pipeline"]
    assert "max_iter" in told["compared"]
    assert told["id"] in told["picture"]


def test_the_census_notebook(agent: Agent, tmp_path: Path) -> None:
    """The paper's questions from Python alone: `demo/census.ipynb`, executed."""
    notebook: Any = nbformat.read(ROOT / "demo/census.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    environment = {
        "PYTHONPATH": str(tracking.PACKAGE),
        "MODELDB_AGENT": agent.url,
        "MODELDB_SPOOL_DIR": str(tmp_path / "spool"),
        "ADULT_CSV": str(ROOT / "tests/data/adult.csv"),
        "IPYTHONDIR": str(tmp_path),
    }
    client = nbclient.NotebookClient(
        notebook, timeout=PROGRAM_SECONDS, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | environment)
    shown = [
        output.get("data", {})
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    wrong, best, compared, pipeline = [data["text/plain"] for data in shown if data]
    assert len(wrong.splitlines()) == 2, "one model used the wrong column"
    assert len(best.splitlines()) == 4
    assert "United-States" in best
    assert "accuracy" in compared
    assert "OneHotEncoder" in pipeline
    program = subprocess.run(
        [str(PYTHON), "demo/census.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert program.stdout == (ROOT / "demo/census.ipynb").read_text(), "make it anew"


def test_an_agent_is_started_where_none_is(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    job = start(
        tmp_path,
        "boosted.py",
        agent=f"http://127.0.0.1:{port}",
        options=["--project", "started"],
        MODELDB_NO_AGENT="start",
        MODELDB_PROGRAM=str(PROGRAM),
        MODELDB_HTTP="127.0.0.1:0",
        MODELDB_POSTGRES="127.0.0.1:0",
    )
    try:
        job.succeed(PROGRAM_SECONDS)
        assert not job.spooled()
        query = "select count(*) as n from models where project = 'started'"
        place = ["--connect", f"http://127.0.0.1:{port}"]
        assert rows(query, *place) == [{"n": 3}]
        assert (tmp_path / ".modeldb/warehouse/models/_delta_log").exists()
    finally:
        subprocess.run(["pkill", "-f", f"serve --grpc 127.0.0.1:{port}"], check=False)


def test_a_session_of_spark_gets_the_bridge(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import json, modeldb\n"
        "from pyspark.sql import SparkSession\n"
        "builder = SparkSession.builder.config('spark.jars', 'a.jar')\n"
        "modeldb.spark.configure(builder, project='p', sample_mode='off')\n"
        "print(json.dumps(builder._options))\n"
    )
    told = json.loads(start(tmp_path, str(script)).succeed(PROGRAM_SECONDS).stdout())
    assert told["spark.jars"] == f"a.jar,{JAR}"
    assert told["spark.extraListeners"] == "io.modeldb.spark.ModelDBListener"
    assert (told["spark.modeldb.project"], told["spark.modeldb.sample.mode"]) == ("p", "off")


def test_folds_are_the_same_whoever_fits_them(agent: Agent, tmp_path: Path) -> None:
    """In this process, where they are seen, or in workers, of which the results tell."""
    found = []
    for workers in ("1", "2"):
        project = f"{workers} workers"
        tables = track(tmp_path / workers, agent, project, "folds.py", workers).tables
        datasets = tables.by("datasets", "dataset_id")
        folds = {
            row["model_id"]: (row["fold"], row["candidate_index"])
            for row in tables.where("models", role="fold")
        }
        trained = {
            (folds[row["model_id"]], datasets[row["dataset_id"]]["fingerprint"])
            for row in tables.where("models", role="fold")
        }
        measured = {
            (folds[row["model_id"]], datasets[row["dataset_id"]]["fingerprint"], row["value"])
            for row in tables.evaluations()
            if row["model_id"] in folds
        }
        assert len(folds) == len(trained) == len(measured) == 4
        found.append((trained, measured))
    assert found[0] == found[1]


# ---- habits


@pytest.fixture(scope="module")
def habits(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`habits.py`, tracked."""
    return track(tmp_path_factory.mktemp("habits"), agent, "habits", "habits.py")


def scores_of(tracked: Tracked, model: Row) -> list[Row]:
    return tracked.tables.where("metrics", model_id=model["model_id"], source="evaluator")


def test_only_what_is_known_of_a_mask_is_told(habits: Tracked) -> None:
    """What was computed from a column is not the column, and a mask that changed is another."""
    [model] = [
        row
        for row in habits.tables.where("models", role="top")
        if row["estimator"].endswith(".LogisticRegression") and row["params"]["C"] == "1.0"
    ]
    found = Counter((row["slice"], row["value"]) for row in scores_of(habits, model))
    masks = habits.told["masks"]
    assert found == Counter(
        [
            ("(a > 0.5)", masks["a column"]),
            ("(opaque > 1.2)", masks["computed"]),
            ("opaque", masks["changed"]),
            ("(b < 0.6)", masks["queried"]),
        ]
    )


def test_what_a_function_trains_for_pandas_is_told(habits: Tracked) -> None:
    searches = [
        row for row in habits.tables["models"] if row["estimator"].endswith(".cross_val_score")
    ]
    means = {row["mean"] for row in habits.tables["candidates"]}
    assert len(searches) == 3
    assert sorted(means) == pytest.approx(sorted(habits.told["applied"]), rel=1e-12)


def test_each_of_many_models_has_its_own_metric(habits: Tracked) -> None:
    """Measured long after they predicted. Equal predictions may be either's."""
    trees = habits.tables.where("models", estimator="sklearn.tree.DecisionTreeClassifier")
    assert len(trees) == len(habits.told["trees"])
    found = [row["value"] for tree in trees for row in scores_of(habits, tree)]
    assert sorted(found) == sorted(habits.told["trees"])


def test_a_score_is_what_it_measures(habits: Tracked) -> None:
    """Not what a parameter of the estimator's is called."""
    [model] = [r for r in habits.tables["models"] if "HistGradientBoosting" in r["estimator"]]
    [score] = scores_of(habits, model)
    assert (score["name"], score["value"]) == ("accuracy", habits.told["boosted"])


def test_truths_of_two_targets_are_not_mixed(habits: Tracked) -> None:
    """Each model's scored rows have its own."""
    lines = {
        row["model_id"]: row["label_column"]
        for row in habits.tables["models"]
        if row["estimator"].endswith(".LinearRegression")
    }
    assert sorted(lines.values()) == ["far", "near"]
    labels: dict[str, list[float]] = {}
    for row in habits.tables["predictions"]:
        if row["model_id"] in lines and row["label"] is not None:
            labels.setdefault(lines[row["model_id"]], []).append(row["label"])
    assert max(labels["near"]) < 1_000 <= min(labels["far"])


def test_what_outlives_the_script_is_told(habits: Tracked) -> None:
    """A thread that goes on, and a handler of its end."""
    found = {
        row["params"]["C"]
        for row in habits.tables["models"]
        if row["estimator"].endswith(".LogisticRegression")
    }
    assert found == {"1.0", "2.0", "3.0"}


# ---- polars


@pytest.fixture(scope="module")
def polars_tables(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """`polars_tables.py`, tracked."""
    directory = tmp_path_factory.mktemp("polars")
    return track(directory, agent, "polars", "polars_tables.py", str(directory))


def steps_to(tracked: Tracked, dataset: str) -> list[tuple[str, str | None]]:
    """The steps from the source to a dataset, along the parents that were made from something."""
    steps: list[tuple[str, str | None]] = []
    edges = tracked.tables["dataset_edges"]
    made = {edge["child_dataset_id"] for edge in edges}
    while above := [edge for edge in edges if edge["child_dataset_id"] == dataset]:
        above.sort(key=lambda edge: edge["parent_dataset_id"] not in made)
        steps.append((above[0]["operation"], above[0]["detail"]))
        dataset = above[0]["parent_dataset_id"]
    return steps[::-1]


def test_tables_of_polars_have_lineage(polars_tables: Tracked) -> None:
    """Steps with columns and predicates, down to the file."""
    [model] = polars_tables.tables["models"]
    assert model["feature_columns"] == ["age", "hours"]
    assert steps_to(polars_tables, model["dataset_id"]) == [
        ("read", "csv"),
        ("filter", "((age > 25) AND (country IN (US,DE,it's)))"),
        ("join", "left on country"),
        ("derive", "age"),
        ("derive", "+daily"),
        ("select", "age, hours, country, rich, large, daily"),
        ("split", "train_test_split(random_state=0) train"),
        ("select", "age, hours"),
    ]


def test_parts_of_tables_of_polars_are_slices(polars_tables: Tracked) -> None:
    """Those of lazy tables too; what was read on its own is no part of the test set."""
    [model] = polars_tables.tables["models"]
    metrics = polars_tables.tables.where("metrics", model_id=model["model_id"], source="evaluator")
    assert {row["slice"]: row["value"] for row in metrics} == {
        "(NOT (country = DE))": polars_tables.told["other"],
        "(country = US)": polars_tables.told["american"],
        None: polars_tables.told["old"],
    }


# ---- scripts as in scikit-learn's gallery


def test_each_call_is_one_model(gallery: Tracked) -> None:
    """What the program fitted, and what the functions that it called did; none of their helpers."""
    tops = Counter(
        row["estimator"].rpartition(".")[2] for row in gallery.tables.where("models", role="top")
    )
    assert tops == {
        "cross_val_predict": 1,
        "learning_curve": 1,
        "validation_curve": 1,
        "permutation_test_score": 1,
        "HalvingGridSearchCV": 1,
        "Pipeline": 2,
        "GradientBoostingRegressor": 1,
        "RFECV": 1,
        "TransformedTargetRegressor": 1,
        "KMeans": 1,
        "DBSCAN": 1,
        "Centred": 3,
        "StackingClassifier": 1,
    }


def searched(tracked: Tracked, estimator: str) -> tuple[Row, list[Row]]:
    """A search, and its configurations in order."""
    found = [r for r in tracked.tables["models"] if r["estimator"].endswith(f".{estimator}")]
    [search] = [row for row in found if row["role"] == "top"]
    tried = tracked.tables.where("candidates", search_model_id=search["model_id"])
    return search, sorted(tried, key=lambda row: row["candidate_index"])


@pytest.mark.parametrize("function", ["learning_curve", "validation_curve"])
def test_curves_are_searches(gallery: Tracked, function: str) -> None:
    """Each size, or value, is a configuration, and each fold of it a model."""
    search, tried = searched(gallery, function)
    scores = gallery.told[function]
    assert [row["fold_values"] for row in tried] == scores
    name = "train_size" if function == "learning_curve" else "logisticregression__C"
    assert [list(row["params"]) for row in tried] == [[name]] * len(scores)
    folds = gallery.tables.where("models", parent_model_id=search["model_id"])
    places = {(row["candidate_index"], row["fold"]): row["model_id"] for row in folds}
    assert len(places) == len(folds) == 2 * len(scores)
    told = {
        place: [m["value"] for m in gallery.tables.where("metrics", model_id=model)]
        for place, model in places.items()
    }
    for (candidate, fold), values in told.items():
        assert scores[candidate][fold] in values


def test_a_halving_search_has_rounds(gallery: Tracked) -> None:
    """Each configuration in each round that it reached is a candidate of its own."""
    search, tried = searched(gallery, "HalvingGridSearchCV")
    said = gallery.told["halving"]
    assert [row["mean"] for row in tried] == pytest.approx(said["means"], rel=1e-12)
    assert [row["is_best"] for row in tried].index(True) == said["best"]
    folds = gallery.tables.where("models", parent_model_id=search["model_id"], role="fold")
    places = Counter((row["candidate_index"], row["fold"]) for row in folds)
    assert places == {(index, fold): 1 for index in range(len(said["rounds"])) for fold in (0, 1)}


def test_only_what_the_program_measures_is_a_metric(gallery: Tracked) -> None:
    """By scorers, by functions and by `score`, each of its model."""
    told, names = gallery.told, {r["model_id"]: r["estimator"] for r in gallery.tables["models"]}
    found = sorted(
        (names[row["model_id"]].rpartition(".")[2], row["name"], row["value"])
        for row in gallery.tables.evaluations()
        if gallery.tables.one("models", model_id=row["model_id"])["role"] == "top"
    )
    assert found == sorted(
        [
            ("cross_val_predict", "accuracy", told["cross_val_predict"]),
            ("Pipeline", "f1", told["f1"]),
            ("Pipeline", "neg_zero_one_loss", told["wrong"]),
            *(("GradientBoostingRegressor", "mean_squared_error", v) for v in told["staged"]),
            ("KMeans", "silhouette", told["silhouette"]),
            ("DBSCAN", "adjusted_rand", told["rand"]),
            *(("Centred", "accuracy", value) for value in told["folds"]),
            ("StackingClassifier", "accuracy", told["stacked"]),
            ("Pipeline", "accuracy", told["texts"]),
        ]
    )


def test_an_estimator_of_the_users_own_has_its_parts(gallery: Tracked) -> None:
    """What it fits inside is its component."""
    own = gallery.tables.where("models", estimator="__main__.Centred", role="top")
    for model in own:
        [inside] = gallery.tables.where("models", parent_model_id=model["model_id"])
        assert (inside["estimator"], inside["role"]) == (
            "sklearn.naive_bayes.GaussianNB",
            "component",
        )
