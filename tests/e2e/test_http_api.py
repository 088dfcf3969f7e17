"""The HTTP API as programs meet it: who may ask, what is refused, edits, live changes, files."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

import wire
from conftest import Agent, rows
from producers import FITS, Producer

# Everything that text may do to who shows it, and more of it than fits anywhere.
HOSTILE = (
    'O\'Hara "x" </script><img src=x onerror=alert(1)> & $1 ${7*7} \\ / .. %2f ? # '
    "\U0001f980 \u202eتحليل\u202c \n " + "long " * 1900
)


class Api:
    """Requests to one agent."""

    def __init__(self, agent: Agent) -> None:
        self.base = f"http://{agent.addresses['http']}"

    def open(
        self, path: str, body: Any = None, method: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer."""
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            named.setdefault("content-type", "application/json")
        request = urllib.request.Request(self.base + path, data, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def get(self, path: str) -> Any:
        status, _, body = self.open(f"/api/v1{path}")
        assert status == 200, body
        return json.loads(body)

    def send(self, path: str, body: Any, method: str = "POST") -> Any:
        status, _, answer = self.open(f"/api/v1{path}", body, method)
        assert status in (200, 204), answer
        return json.loads(answer) if answer else None

    def refused(
        self, path: str, body: Any = None, method: str | None = None, **headers: str
    ) -> str:
        """What it says why it does not do that."""
        status, _, answer = self.open(f"/api/v1{path}", body, method, **headers)
        assert 400 <= status < 500, (status, answer)
        return str(json.loads(answer)["error"]["message"])


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent]) -> Agent:
    return new_agent("http")


@pytest.fixture(scope="module")
def producer(agent: Agent, messages: wire.Messages) -> Iterator[Producer]:
    """Has delivered a batch of project `tests`."""
    producer = Producer("http-api", messages)
    producer.push(agent)
    yield producer


@pytest.fixture(scope="module")
def api(agent: Agent, producer: Producer) -> Api:
    assert producer.models == FITS
    return Api(agent)


def test_pages_of_other_origins_are_kept_out(api: Api) -> None:
    """Each as a browser would send it for a page that somebody else wrote."""
    own = api.base.removeprefix("http://")
    for headers in (
        {"host": "rebound.example:7618"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://localhost:{own.split(':')[1]}"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"},
    ):
        for path in ("/projects", "/events", "/sql"):
            assert "ask this agent" in api.refused(path, **headers) or "not known" in api.refused(
                path, **headers
            )
    form = {"content_type": "text/plain"}
    assert "content-type" in api.refused("/sql", {"query": "select 1"}, **form).lower()
    status, headers, _ = api.open("/", origin=api.base)
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_health_is_told_to_anybody(api: Api) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert api.open(path, host="prometheus.example")[0] == 200


def test_what_is_wrong_is_named(api: Api) -> None:
    assert "m-none" in api.refused("/models/m-none")
    assert "no id" in api.refused("/models/a'b")
    assert "2 to 10" in api.refused("/compare?models=m-1")
    assert "offste" in api.refused("/runs?offste=1")
    assert "there is no project" in api.refused(
        "/projects", {"project": "none", "owner": "me"}, method="PATCH"
    )
    assert "nope" in api.refused("/models", {"columns": [{"field": "nope"}]})
    status, _, answer = api.open("/api/v1/sql", {"query": "select\n  nope from models"})
    error = json.loads(answer)["error"]
    assert (status, error["kind"]) == (400, "invalid")
    assert (error["place"]["line"], error["place"]["column"]) == (2, 3)
    assert api.open("/api/v1/none")[0] == 404


def test_a_project_is_edited_in_place(api: Api, agent: Agent) -> None:
    edit = {
        "project": "tests",
        "description": HOSTILE,
        "owner": "Ada",
        "tags": {"team": "a", "b": "c"},
    }
    project = api.send("/projects", edit, "PATCH")
    assert (project["description"], project["owner"]) == (HOSTILE, "Ada")
    project = api.send("/projects", {"project": "tests", "tags": {"b": None}}, "PATCH")
    assert project["tags"] == {"team": "a"}
    assert api.send("/projects", {"project": "tests", "archived": True}, "PATCH")["archived"]
    place = ("--connect", agent.url)
    (row,) = rows(
        "select description, owner, archived from projects where project = 'tests'", *place
    )
    assert row == {"description": HOSTILE, "owner": "Ada", "archived": True}
    # As durable as all else.
    agent.kill()
    agent.start()
    (project,) = api.get("/projects?project=tests")
    assert (project["description"], project["archived"]) == (HOSTILE, True)
    assert not api.send("/projects", {"project": "tests", "archived": False}, "PATCH")["archived"]


def test_notes_and_keys_are_said_about_things(api: Api) -> None:
    asked = {"columns": [{"field": "model_id"}], "limit": 1}
    ((model,),) = api.send("/models", asked)["rows"]
    about = {"target_kind": "model", "target_id": model}
    api.send("/notes", {**about, "text": HOSTILE, "author": "Grace"})
    api.send("/attributes", {**about, "key": "card.reviewed", "value": True}, "PUT")
    detail = api.get(f"/models/{model}")
    (note,) = detail["notes"]
    assert (note["text"], note["author"]) == (HOSTILE, "Grace")
    api.send("/notes", {**about, "text": "mine"})
    # Not the user of the run, who trained the model and wrote nothing.
    assert [note["author"] for note in api.get(f"/models/{model}")["notes"]].count(None) == 1
    (attribute,) = detail["attributes"]
    assert (attribute["key"], attribute["value"]) == ("card.reviewed", "true")
    assert "there is no model" in api.refused("/notes", {**about, "target_id": "m-no", "text": "x"})
    assert "1 to" in api.refused("/notes", {**about, "text": " "})


def test_changes_are_told_as_they_happen(api: Api, agent: Agent, producer: Producer) -> None:
    with urllib.request.urlopen(f"{api.base}/api/v1/events", timeout=30) as events:
        assert events.headers["content-type"].startswith("text/event-stream")

        def changed() -> int:
            while True:
                line = events.readline().decode()
                if line.startswith("data:"):
                    return int(json.loads(line.removeprefix("data:"))["version"])

        first = changed()
        producer.push(agent)
        assert changed() > first


def test_answers_of_sql_come_as_tables_and_files(api: Api) -> None:
    query = (
        "select range as n, 'a,\"b' as t, 0.1 / 0 as inf from generate_series(1, 2500) as r(range)"
    )
    answer = api.send("/sql", {"query": query, "limit": 2000})
    assert answer["truncated"] and len(answer["rows"]) == 2000
    assert answer["rows"][0] == [1, 'a,"b', "Infinity"]
    assert [column["kind"] for column in answer["columns"]] == ["integer", "text", "number"]
    read: dict[str, Callable[[bytes], int]] = {
        "csv": lambda body: body.decode().count("\n") - 1,
        "json_lines": lambda body: body.decode().count("\n"),
        "parquet": lambda body: int(parquet.read_table(io.BytesIO(body)).num_rows),
    }
    for form, count in read.items():
        status, headers, body = api.open("/api/v1/sql", {"query": query, "form": form})
        assert (status, count(body)) == (200, 2500)
        assert "attachment" in headers["content-disposition"]
    for write in ("delete from models", "create table x as select 1", "select 1; select 2"):
        api.refused("/sql", {"query": write})


def test_answers_of_sql_have_an_end(api: Api) -> None:
    """Rows that no browser would bear are cut off and told; a file has them all."""
    wide = "select repeat('x', 30000) as x from generate_series(1, 9000)"
    status, _, body = api.open("/api/v1/sql", {"query": wide, "limit": 10_000})
    answer = json.loads(body)
    assert (status, answer["truncated"]) == (200, True)
    assert 1 < len(answer["rows"]) < 9000
    assert len(body) < 20 << 20
    # What fails before there is anything to send says why.
    fails = {"query": "select 1 / (value - 5) as x from generate_series(1, 10)", "form": "csv"}
    assert "zero" in api.refused("/sql", fails)


def test_a_file_that_nobody_waits_for_is_not_computed(api: Api, agent: Agent) -> None:
    long = "generate_series(1, 300000)"
    query = f"select count(*) from {long} a join {long} b on a.value <> b.value"
    body = json.dumps({"query": query, "form": "csv"}).encode()
    json_type = {"content-type": "application/json"}
    request = urllib.request.Request(f"{api.base}/api/v1/sql", body, json_type)
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(request, timeout=3)

    assert agent.process is not None
    stat = Path(f"/proc/{agent.process.pid}/stat")

    def worked() -> int:
        """Hundredths of a second that the agent computed in the last one."""
        before, after = 0, 0
        for _ in range(2):
            before, after = after, sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
            time.sleep(1)
        return after - before

    until = time.monotonic() + 60
    while worked() > 30:
        assert time.monotonic() < until, "the query runs on"


def test_a_stop_ends_streams_of_events(api: Api, agent: Agent) -> None:
    with urllib.request.urlopen(f"{api.base}/api/v1/events", timeout=30) as events:
        events.readline()
        began = time.monotonic()
        agent.stop()
        assert time.monotonic() - began < 4, "the agent waited for a page that stays open"
    agent.start()
