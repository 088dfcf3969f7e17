"""Samples: which rows the bridge takes of which datasets, what of them leaves the driver, and
that nothing runs where nothing is to be taken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import wire
from conftest import Job, Row, Submitter

ROWS = 30
SCORED = 80
SETTINGS = {
    "spark.modeldb.sample.mode": "cheap",
    "spark.modeldb.sample.timeout": "3m",
    # Whatever else the machine does.
    "spark.modeldb.sample.budget": "3m",
    "spark.modeldb.sample.exclude": "private*, income",
    "spark.modeldb.sample.rows": str(ROWS),
    "spark.modeldb.predictions.rows": str(SCORED),
    # The last samples have half of it when Spark stops; nothing needs that long.
    "spark.modeldb.flush.timeout": "3m",
}
# Of the training sets of the program, those that are cheap to read.
CHEAP = {"is_files", "is_sampled", "is_cached", "is_below_cached"}


@dataclass
class Told:
    """What a program printed, and the events of its run."""

    job: Job
    events: list[Any]

    def samples(self, role: str) -> list[Any]:
        sampled = [e.sampled for e in self.events if e.HasField("sampled")]
        return [sample for sample in sampled if sample.role == role]

    def predictions(self) -> list[Any]:
        return [e.predictions_sampled for e in self.events if e.HasField("predictions_sampled")]

    def not_captured(self) -> dict[str, int]:
        reports = [e.capture_reported for e in self.events if e.HasField("capture_reported")]
        return dict(reports[-1].not_captured) if reports else {}

    def model(self, name: str) -> Row:
        (line,) = [line for line in self.job.did("model") if line["name"] == name]
        return line

    def fit_of(self, uid: str) -> int:
        """The operation of the fit whose model has this uid."""
        started = [e.fit_started for e in self.events if e.HasField("fit_started")]
        (fit,) = [f.operation for f in started if f.estimator.uid == uid]
        return int(fit)


def told(job: Job, messages: wire.Messages) -> Told:
    (spool,) = job.succeed().spooled()
    return Told(job, wire.events(spool, messages))


@pytest.fixture(scope="module")
def told_of(
    submit: Submitter,
    nobody: str,
    messages: wire.Messages,
    tmp_path_factory: pytest.TempPathFactory,
) -> Told:
    """`programs/samples.py` with samples of what is cheap, the default on one machine."""
    sets = str(tmp_path_factory.mktemp("sets") / "files")
    arguments = ("--rows", str(SCORED), "--sets", sets, "--search")
    return told(submit("samples.py", *arguments, agent=nobody, conf=SETTINGS), messages)


def column(sample: Any, name: str) -> list[Any]:
    (found,) = [c for c in sample.columns if c.name == name]
    values = list(getattr(found, found.WhichOneof("values")).values)
    nulls = set(found.nulls)
    return [None if i in nulls else value for i, value in enumerate(values)]


def names(sample: Any) -> set[str]:
    return {column.name for column in sample.columns}


def sample_of(samples: list[Any], marker: str) -> list[Any]:
    return [sample for sample in samples if marker in names(sample)]


def test_rows_are_those_with_the_lowest_hashes(told_of: Told) -> None:
    """Once for all models, as many as are asked for, in the order that Spark itself gives."""
    for role, rows in (("train", ROWS), ("test", SCORED)):
        (sample,) = sample_of(told_of.samples(role), "vip")
        assert sample.method == "lowest-hash"
        expected = told_of.job.did(role)[0]["rows"][:rows]
        assert list(zip(sample.row_ids, column(sample, "id"), strict=True)) == [
            (row_id, number) for row_id, number in expected
        ]


def test_values_have_their_native_types(told_of: Told) -> None:
    (sample,) = sample_of(told_of.samples("test"), "vip")
    for row, number in enumerate(column(sample, "id")):
        age = None if number % 11 == 0 else 18 + (number * 37) % 60
        assert column(sample, "age")[row] == age
        assert column(sample, "country")[row] == ("US", "DE", "FR")[number % 3]
        assert column(sample, "vip")[row] == (number % 7 == 0)
        assert column(sample, "born")[row] == 7305 + number
        assert column(sample, "seen")[row] == 1_600_000_000_000_000 + number * 1_000_001
        assert float(column(sample, "amount")[row]) == number / 4
        assert list(column(sample, "tags")[row].values) == [str(number), "x"]
        assert list(column(sample, "weights")[row].values) == [number, 2]
        assert column(sample, "info")[row] == f'{{"a":{number},"b":"y"}}'
        assert column(sample, "extra")[row] == f'{{"k":{number}}}'
    types = {column.name: column.type for column in sample.columns}
    assert types["born"] == "date" and types["amount"].startswith("decimal")


def test_predictions_are_the_models_own(told_of: Told) -> None:
    """Two models on one test set: the same rows, each with what that model said."""
    check_predictions(told_of)


def check_predictions(told_of: Told) -> None:
    by_model = {p.model: p for p in told_of.predictions()}
    assert len(by_model) == 2, "each model once, however many evaluators asked"
    (sample,) = sample_of(told_of.samples("test"), "vip")
    for name in ("regression", "tree"):
        model = told_of.model(name)
        said = by_model[told_of.fit_of(model["uid"])]
        assert said.dataset == sample.dataset
        rows = zip(said.row_ids, said.labels, said.predictions, said.probabilities, strict=True)
        assert [[i, label, value, list(p.values)] for i, label, value, p in rows] == [
            [row_id, label, value, pytest.approx(p)]
            for row_id, label, value, p in model["predictions"]
        ]


def test_files_are_read_once(
    submit: Submitter, nobody: str, messages: wire.Messages, tmp_path: Path
) -> None:
    """Of the training set and of the test set; not again for the second model on that one."""
    check_files_are_read_once(submit, nobody, messages, tmp_path)


def check_files_are_read_once(
    submit: Submitter,
    nobody: str,
    messages: wire.Messages,
    directory: Path,
    *,
    by_listener: bool = False,
) -> None:
    log = directory / "log"
    log.mkdir()
    conf = SETTINGS | {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": str(log),
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
    }
    arguments = ("--rows", str(SCORED), "--files", str(directory / "files"))
    job = submit(
        "samples.py",
        *arguments,
        agent=nobody,
        hooks=not by_listener,
        listener=by_listener,
        conf=conf,
    )
    of = told(job, messages)
    check_predictions(of)
    (file,) = log.iterdir()
    events = [json.loads(line) for line in file.read_text().splitlines()]
    reads = []
    for job in events:
        group = job.get("Properties", {}).get("spark.jobGroup.id")
        if job["Event"] == "SparkListenerJobStart" and group == "modeldb-sampling":
            tasks = [e for e in events if e.get("Stage ID") in job["Stage IDs"]]
            metrics = [e["Task Metrics"] for e in tasks if e["Event"] == "SparkListenerTaskEnd"]
            reads.append(sum(m["Input Metrics"]["Records Read"] for m in metrics))
    assert [read for read in reads if read] == [600, 600]
    assert len(reads) <= 5, "a small one for each sample"


def test_which_model_is_best_for_americans(told_of: Told) -> None:
    """Asked afterwards, of rows that nobody filtered."""
    (sample,) = sample_of(told_of.samples("test"), "vip")
    country = dict(zip(sample.row_ids, column(sample, "country"), strict=True))
    accuracy = {}
    for said in told_of.predictions():
        rows = zip(said.row_ids, said.labels, said.predictions, strict=True)
        right = [label == value for row_id, label, value in rows if country[row_id] == "US"]
        accuracy[said.model] = sum(right) / len(right)
    expected = {told_of.fit_of(m["uid"]): m["americans"] for m in told_of.job.did("model")}
    assert accuracy == pytest.approx(expected)
    assert len(set(accuracy.values())) == 2, "the program is to have a best one"


def test_rows_can_be_followed_through_the_stages(told_of: Told) -> None:
    """Every column that a stage wrote, under the ids of the test set's rows."""
    (regression,) = sample_of(told_of.samples("stage"), "country_vector")
    written = {"country_index", "country_vector", "features", "rawPrediction", "probability"}
    assert names(regression) == written | {"prediction"}
    model = told_of.model("regression")
    assert list(regression.row_ids) == [row[0] for row in model["predictions"][:ROWS]]
    features = [list(vector.values) for vector in column(regression, "features")]
    assert features == model["features"][:ROWS]


def test_excluded_columns_stay_in_the_driver(told_of: Told) -> None:
    """And so do columns made from an excluded one of a source; their values are nowhere."""
    for sample in [e.sampled for e in told_of.events if e.HasField("sampled")]:
        assert not names(sample) & {"private_name", "income", "income_class"}
    for event in told_of.events:
        assert b"secret-" not in event.SerializeToString()


def test_cheap_training_sets(told_of: Told) -> None:
    """Files, what is cached, and filters of them; nothing that shuffles, calls Python, or is
    other data each time."""
    tried = {line["name"] for line in told_of.job.did("training set")}
    sampled = {name for name in tried if sample_of(told_of.samples("train"), name)}
    assert sampled == CHEAP & tried
    assert told_of.not_captured()["sample_not_cheap"] == len(tried - CHEAP)


def test_folds_are_not_sampled(told_of: Told) -> None:
    """Of a search that PySpark runs, the dataset that was searched on, and no fold of it."""
    assert len(sample_of(told_of.samples("train"), "is_searched")) == 1
    assert not sample_of(told_of.samples("test"), "is_searched")


def test_always_and_off(submit: Submitter, nobody: str, messages: wire.Messages) -> None:
    """off: not one job more than without the bridge, and the same output. always: whatever it
    costs; a time limit that is over at once leaves the results alone."""
    bare = submit("samples.py").succeed()
    off = submit("samples.py", agent=nobody, conf={"spark.modeldb.sample.mode": "off"})
    without = told(off, messages)
    assert not without.predictions() and not without.samples("train")
    assert [line for line in off.lines() if line["did"] != "model"] == [
        line for line in bare.lines() if line["did"] != "model"
    ]
    late = {"spark.modeldb.sample.mode": "always", "spark.modeldb.sample.timeout": "0ms"}
    hurried = told(submit("samples.py", agent=nobody, conf=SETTINGS | late), messages)
    assert not hurried.predictions()
    assert hurried.not_captured()["sample_timeout"] == 3
    for line, same in zip(bare.did("model"), hurried.job.did("model"), strict=True):
        assert {**line, "uid": None} == {**same, "uid": None}


@pytest.fixture(scope="module")
def numbers(submit: Submitter) -> Job:
    """`programs/numbered.py` without the bridge."""
    return submit("numbered.py", "--pause", "0").succeed()


def test_numbers_are_the_users(
    submit: Submitter, nobody: str, messages: wire.Messages, numbers: Job
) -> None:
    """What samples make in Spark has numbers of its own: RDDs and columns of the user's have the
    ones that they have without us, and what depends on them is the same to the last digit."""
    areas = [line["area"] for line in numbers.did("model")]
    assert len(set(areas)) == 3
    of = told(submit("numbered.py", agent=nobody, conf=SETTINGS), messages)
    job = of.job
    assert len(of.predictions()) == 6 and of.samples("train"), "there were samples in between"
    assert job.lines() == numbers.lines()


def test_what_is_let_go_of_is_not_computed(
    submit: Submitter, nobody: str, messages: wire.Messages
) -> None:
    """Cached data is read as it is stored, or not at all: no function of the user's is called
    for a sample, and nothing is stored again."""
    job = submit("let_go.py", agent=nobody, conf=SETTINGS)
    of = told(job, messages)
    rows = job.did("kept")[0]["calls"] // 13
    assert job.did("table") == [{"did": "table", "calls": rows, "stored": 0}] * 8
    assert job.did("rdd") == [{"did": "rdd", "calls": 0}] * 4
    assert rows == 4000
    assert len(of.samples("train")[-1].row_ids) == ROWS, "what is kept is sampled"


def test_functions_of_rows_of_the_driver_are_not_disturbed(
    submit: Submitter, nobody: str, messages: wire.Messages
) -> None:
    """Planning a sample evaluates nothing: the user's thread may be at the same function."""
    bare = submit("local_rows.py").succeed()
    job = submit("local_rows.py", agent=nobody, conf=SETTINGS)
    of = told(job, messages)
    assert job.lines() == bare.lines()
    assert len({line["of"] for line in job.did("digest")}) == 1
    assert of.samples("train")


def test_a_part_of_what_is_large(
    submit: Submitter, nobody: str, messages: wire.Messages, tmp_path: Path
) -> None:
    """Of 24 MB in four partitions two are read, the same for all models."""
    conf = SETTINGS | {"spark.sql.files.maxPartitionBytes": "7m"}
    arguments = (str(tmp_path / "file"), "1", "3")
    of = told(submit("large.py", *arguments, agent=nobody, conf=conf), messages)
    for role, count in (("train", ROWS), ("test", SCORED)):
        (line,) = of.job.did(role)
        assert line["of"] == 4
        (sample,) = of.samples(role)
        assert sample.method == "lowest-hash of 2 in 4 partitions"
        assert list(sample.row_ids) == line["ids"][:count]
    one, other = of.predictions()
    assert list(one.row_ids) == list(other.row_ids) == of.job.did("test")[0]["ids"][:SCORED]
    # A job of the program's may begin while it is read: then it is read later.
    assert of.not_captured().keys() <= {"sample_rows_cut", "sample_gave_way"}


def test_a_test_set_that_changes(
    submit: Submitter, nobody: str, messages: wire.Messages, tmp_path: Path
) -> None:
    """A stage writes a column anew under its name, and then somebody the file: no value is told
    as another's. The rows need more than one message."""
    conf = SETTINGS | {"spark.modeldb.predictions.rows": "2500"}
    of = told(submit("changed.py", str(tmp_path / "place"), agent=nobody, conf=conf), messages)
    plain, larger, after = of.predictions()
    ages: dict[str, list[int]] = {}
    for sample in of.samples("test"):
        if "age" in names(sample):
            for row_id, age in zip(sample.row_ids, column(sample, "age"), strict=True):
                ages.setdefault(row_id, []).append(age)
    told_rows = [row_id for sample in of.samples("test") for row_id in sample.row_ids]
    assert len(told_rows) == len(set(told_rows)), "each once"
    for said in (plain, larger, after):
        assert len(said.row_ids) == 2500
        assert set(said.row_ids) <= set(told_rows), "more than fit into one message"
    assert {ages[row_id][0] // 100 for row_id in plain.row_ids} == {1}
    assert not set(larger.row_ids) & set(ages), "nobody has the ages from before the stage"
    assert {ages[row_id][0] // 100 for row_id in after.row_ids} == {9}, "the file of now"
    scored = {said.model: sample for said, sample in zip(of.predictions(), of.samples("stage"))}
    assert column(scored[larger.model], "age")[0] >= 100_000
    assert "sample_rows_cut" not in of.not_captured()


WIDE_HEAP = "512m"


@pytest.fixture(scope="module", params=["parquet", "orc"])
def wide_table(
    request: pytest.FixtureRequest, submit: Submitter, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, ...]:
    """Arguments for `programs/wide_column.py`."""
    arguments = (str(tmp_path_factory.mktemp("wide") / "table"), "--layout", request.param)
    submit("wide_column.py", *arguments, "--write").succeed()
    return arguments


def test_wide_columns_are_not_read(
    submit: Submitter, nobody: str, messages: wire.Messages, wide_table: tuple[str, ...]
) -> None:
    """A batch of rows of a column that the program never reads is larger than its heap: the
    program ends as it does by itself, and its rows are sampled without that column."""
    bare = submit("wide_column.py", *wide_table, memory=WIDE_HEAP)
    code = bare.end()
    job = submit("wide_column.py", *wide_table, agent=nobody, memory=WIDE_HEAP, conf=SETTINGS)
    assert (job.end(), job.lines()) == (code, bare.lines())
    assert code == 0
    of = told(job, messages)
    (train,), (test,) = of.samples("train"), of.samples("test")
    assert {"id", "a", "b", "label"} <= names(train) == names(test)
    assert "body" not in names(train)
    assert ("words" in names(train)) == ("parquet" in wide_table), "the footer says how wide"
    assert set(train.row_ids) <= set(test.row_ids), "a row has the same id in both"
    assert of.not_captured()["sample_column_left_out"] >= 2
    assert "sample_failed" not in of.not_captured()


def test_a_wide_column_that_a_stage_drops(
    submit: Submitter, nobody: str, messages: wire.Messages, wide_table: tuple[str, ...]
) -> None:
    """What is kept of the base dataset has all of its columns: with such a one nothing is."""
    program = ("wide_column.py", *wide_table, "--drop")
    bare = submit(*program, memory=WIDE_HEAP)
    code = bare.end()
    job = submit(*program, agent=nobody, memory=WIDE_HEAP, conf=SETTINGS)
    assert (job.end(), job.lines()) == (code, bare.lines())
    assert code == 0
    of = told(job, messages)
    (test,) = of.samples("test")
    assert {"id", "a", "b", "label"} == names(test)
    assert "sample_failed" not in of.not_captured()


def test_samples_give_way(
    submit: Submitter, nobody: str, messages: wire.Messages, tmp_path: Path
) -> None:
    """A job of the user's does not wait for a sample that takes minutes: that one is cancelled."""
    conf = SETTINGS | {"spark.modeldb.sample.timeout": "60m", "spark.modeldb.flush.timeout": "1s"}
    job = submit("next_job.py", str(tmp_path / "ids"), agent=nobody, conf=conf)
    of = told(job, messages)
    assert job.did("count") == [{"did": "count", "rows": 10}]
    assert job.did("others") == [{"did": "others", "status": ["FAILED"]}]
    assert of.not_captured()["sample_gave_way"] >= 1
    assert not of.samples("train")
