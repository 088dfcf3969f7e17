"""SQLAlchemy 1.4, which much of what is installed uses. It lies beside Superset."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import wire
from conftest import PROGRAMS, QUERY, RELATIONS, Agent
from postgres_wire import MODELS, filled
from superset import BIN


def test_reflects_and_reads(new_agent: Callable[[str], Agent], messages: wire.Messages) -> None:
    agent = filled(new_agent, messages, "sqlalchemy14")
    url = f"postgresql+psycopg2://ann@{agent.addresses['postgres']}/modeldb"
    done = subprocess.run(
        [str(BIN / "python"), str(PROGRAMS / "sqlalchemy_14.py"), url],
        capture_output=True,
        timeout=QUERY,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["version"].startswith("1.4.")
    assert told["tables"] == sorted(RELATIONS)
    assert told["reflected"] == len(RELATIONS) + told["views"]
    assert told["columns"]["value"] == "DOUBLE_PRECISION"
    assert told["columns"]["recorded_at"] == "TIMESTAMP"
    assert told["comment"] == "One row per measured value."
    assert told["key"] == told["foreign"] == told["indexes"] == told["unique"] == []
    assert told["frame"] == ["object", "datetime64[ns, UTC]"]
    assert told["counted"] == MODELS
    assert told["chunks"] == [1000, 1000, 500]
