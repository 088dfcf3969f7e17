"""The queries of the cookbook, asked of Spark over the same Delta tables on a cluster of two
workers, are answered as we answer them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from conftest import BUILT_SPARK, PROGRAM, PROGRAMS, QUERY, QUICK, ROOT, own_environment
from test_outside_readers import DELTA_JARS, SPARK_READS
from test_readers import plain

# `cargo test` leaves the cookbook's warehouse here, with what we answer.
COOKBOOK = ROOT / "target/tmp/cookbook"
SPARK = BUILT_SPARK / "4.0.5"

# What only we have.
OURS = (
    *("ancestry", "common_ancestor", "compare_models", "compare_pipelines", "pipeline"),
    *("similar_models", "slice_metrics", "worst_slices", "models_wide", "sample", "trace"),
    *("iterations_until", "normal_quantile", "accuracy"),
)
# Spark has it from 4.1 on.
RECURSIVE = "with recursive"


def asks_ours(query: str) -> bool:
    calls = re.search(rf"\b({'|'.join(OURS)})\(", query)
    return calls is not None or RECURSIVE in query


def values(table: pa.Table) -> list[str]:
    """Rows by place: engines call columns without a name differently."""
    columns: list[list[Any]] = [column.to_pylist() for column in table.columns]
    return sorted(json.dumps(plain(list(row))) for row in zip(*columns, strict=True))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert COOKBOOK.exists(), "no cookbook in target/tmp: run cargo test"
    to = tmp_path_factory.mktemp("cookbook")
    command = [str(PROGRAM), "views", "--dialect", "spark", "--warehouse", str(COOKBOOK)]
    done = subprocess.run(command, capture_output=True, timeout=QUERY, check=True)
    (to / "views.sql").write_bytes(done.stdout)
    jars = ",".join(str(ROOT / "target/drivers" / jar) for jar in DELTA_JARS)
    arguments = [to / "views.sql", COOKBOOK / "answers", to]
    submit = [SPARK / "bin/spark-submit", "--jars", jars, PROGRAMS / "cookbook.py", *arguments]
    done = subprocess.run(
        [str(part) for part in submit],
        capture_output=True,
        timeout=SPARK_READS,
        check=False,
        cwd=to,
        env=own_environment(to)
        | {
            "SPARK_HOME": str(SPARK),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "localhost",
            "SPARK_SUBMIT_OPTS": QUICK,
        },
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    return to


def test_answers_are_ours(answers: Path) -> None:
    wrong = []
    asked = 0
    for query in sorted((COOKBOOK / "answers").glob("*.sql")):
        text = query.read_text()
        refused = answers / f"{query.stem}.txt"
        if refused.exists():
            if not asks_ours(text):
                wrong.append(f"{text}: {refused.read_text()[:400]}")
            continue
        asked += 1
        ours = values(pyarrow.parquet.read_table(query.with_suffix(".parquet")))
        theirs = values(pyarrow.parquet.read_table(answers / f"{query.stem}.parquet"))
        if ours != theirs:
            wrong.append(f"{text}: {theirs}, and not {ours}")
    assert not wrong, "\n\n".join(wrong)
    assert asked >= 25
