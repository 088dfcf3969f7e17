"""Brings the history of an MLflow server or store: runs, parameters, courses of metrics, tags, data
sets, nested runs, registered models. What is there already is not brought again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from .delivery import wire
from .delivery.delivery import Delivery
from .record.run import FAILED, FINISHED
from .settings import SettingError, load

# Runs that are asked for at once.
PAGE = 500
ESTIMATOR_TAGS = ("estimator_class", "mlflow.autologging.estimator")
UNFINISHED = ("RUNNING", "SCHEDULED")
# What a run's id is made of.
PREFIX = "mlflow-"


class ImportFailed(RuntimeError):
    """MLflow's store, or the agent, does not do as it should."""


def main(arguments: list[str]) -> int:
    """`modeldb import mlflow URI`; answers the exit code."""
    parser = argparse.ArgumentParser(
        prog="modeldb import mlflow", description="Brings the history of an MLflow store."
    )
    parser.add_argument("uri", help="its tracking URI: http://…, sqlite:///…, file:…, a directory")
    parser.add_argument("--agent", metavar="URL", help="where the agent is")
    parser.add_argument("--project", help="one project for all; each experiment's name otherwise")
    given = parser.parse_args(arguments)
    try:
        settings = load({"agent": given.agent})
        brought, known, open_ = bring(given.uri, settings, given.project)
    except (ImportFailed, SettingError) as error:
        sys.stderr.write(f"modeldb import: {error}\n")
        return 1
    sys.stdout.write(
        f"{brought} runs brought, {known} were there already, {open_} are still running there\n"
    )
    return 0


def bring(uri: str, settings: Any, project: str | None = None) -> tuple[int, int, int]:
    """Brings all that is new; answers how many runs were, were known, and are not over yet.

    Raises ImportFailed.
    """
    client = _client(uri)
    known = _known_runs(settings.agent)
    delivery = _delivery(settings)
    counts = [0, 0, 0]
    try:
        registered = _registered(client)
        for experiment in client.search_experiments():
            for run in _runs(client, experiment.experiment_id):
                run_id = PREFIX + run.info.run_id
                if run_id in known:
                    counts[1] += 1
                elif run.info.status in UNFINISHED:
                    counts[2] += 1
                else:
                    counts[0] += 1
                    events = list(_Events(client, run, experiment, project, registered).all())
                    delivery.offer(partial(list, events))
                    if counts[0] % PAGE == 0:
                        _flush(delivery)
        _flush(delivery)
    finally:
        delivery.close()
    return counts[0], counts[1], counts[2]


def _client(uri: str) -> Any:
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        raise ImportFailed(
            f"reading an MLflow store needs MLflow beside this Python: pip install mlflow ({error})"
        ) from None
    try:
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        client.search_experiments(max_results=1)
    except Exception as error:
        raise ImportFailed(f"{uri}: {error}") from error
    return client


def _known_runs(agent: str) -> set[str]:
    from .query import sql

    try:
        found = sql(
            f"select run_id from runs where run_id like '{PREFIX}%' and ended_at is not null",
            format="arrow",
            agent=agent,
        )
    except Exception as error:
        raise ImportFailed(f"the agent at {agent} does not answer: {error}") from error
    return set(found.column("run_id").to_pylist())


def _delivery(settings: Any) -> Delivery:
    import uuid

    from .delivery.agent import AgentClient
    from .delivery.spool import Spool
    from .version import VERSION

    producer = wire.message("Producer")(
        id=f"mlflow-import-{uuid.uuid4().hex}", kind="mlflow-import", version=VERSION
    )
    spool = Spool(settings.spool_dir, producer.id, settings.spool_max)
    return Delivery(AgentClient(settings.agent), producer, spool)


def _flush(delivery: Delivery) -> None:
    if not delivery.flush(60.0):
        raise ImportFailed("the agent did not take all; what is missing rests in the spool")
    if delivery.not_captured:
        raise ImportFailed(f"not all was taken: {delivery.not_captured}")


def _runs(client: Any, experiment_id: str) -> Iterator[Any]:
    token = None
    while True:
        page = client.search_runs(
            [experiment_id], max_results=PAGE, page_token=token, order_by=["attributes.start_time"]
        )
        yield from page
        token = page.token
        if not token:
            return


def _registered(client: Any) -> dict[str, list[tuple[Any, list[str]]]]:
    """Versions of registered models with their aliases, by the run that made them."""
    found: dict[str, list[tuple[Any, list[str]]]] = {}
    try:
        aliases: dict[tuple[str, str], list[str]] = {}
        for model in client.search_registered_models():
            for alias, number in dict(model.aliases or {}).items():
                aliases.setdefault((model.name, str(number)), []).append(alias)
        for version in client.search_model_versions():
            called = aliases.get((version.name, str(version.version)), [])
            found.setdefault(version.run_id, []).append((version, called))
    except Exception:
        # A store may have no registry.
        return found
    return found


_numbers = iter(range(1, 1 << 62))


class _Events:
    """The events of one run."""

    def __init__(
        self,
        client: Any,
        run: Any,
        experiment: Any,
        project: str | None,
        registered: dict[str, list[tuple[Any, list[str]]]],
    ) -> None:
        self.client, self.run = client, run
        self.project = project or experiment.name
        self.run_id = PREFIX + run.info.run_id
        self.tags = dict(run.data.tags)
        self.versions = registered.get(run.info.run_id, [])
        self.model = next(_numbers)
        self.began = int(run.info.start_time or 0) * 1_000
        self.ended = int(run.info.end_time or run.info.start_time or 0) * 1_000

    def all(self) -> Iterator[Any]:
        yield self._event("run_started", self._started(), self.began)
        datasets = list(self._datasets())
        for number, seen in datasets:
            yield self._event("dataset_seen", {**seen, "dataset": number}, self.began)
        yield self._event("fit_started", self._fit(datasets), self.began)
        failed = self.run.info.status != "FINISHED"
        failure = {"error_class": "mlflow", "message": f"the run {self.run.info.status.lower()}"}
        ended: dict[str, Any] = {
            "operation": self.model,
            "duration_us": max(0, self.ended - self.began),
            "outcome": FAILED if failed else FINISHED,
            "model_class": self._class(),
        }
        if failed:
            ended["failure"] = failure
        yield self._event("fit_ended", ended, self.ended)
        for name in self.run.data.metrics:
            yield from self._course(name)
        yield from self._said()
        over: dict[str, Any] = {"outcome": FAILED if failed else FINISHED}
        if failed:
            over["failure"] = failure
        yield self._event("run_ended", over, self.ended)

    def _event(self, kind: str, fields: dict[str, Any], at: int) -> Any:
        return wire.message("Event")(run_id=self.run_id, occurred_at_us=at, **{kind: fields})

    def _started(self) -> dict[str, Any]:
        parent = self.tags.get("mlflow.parentRunId")
        shown = {k: v for k, v in self.tags.items() if not k.startswith("mlflow.")}
        return {
            "project": self.project,
            "name": self.run.info.run_name or self.run.info.run_id,
            "parent_run_id": PREFIX + parent if parent else "",
            "user": self.tags.get("mlflow.user", ""),
            "framework": "mlflow",
            "code_version": self.tags.get("mlflow.source.git.commit", ""),
            "command": self.tags.get("mlflow.source.name", ""),
            "tags": shown,
            "capture_mode": "import",
            "attached_by": "mlflow",
            "application_id": self.run.info.run_id,
        }

    def _class(self) -> str:
        for tag in ESTIMATOR_TAGS:
            if self.tags.get(tag):
                return str(self.tags[tag])
        try:
            [*_, last] = json.loads(self.tags.get("mlflow.log-model.history", "[]"))
            flavors = [f for f in last.get("flavors", {}) if f != "python_function"]
            return f"mlflow.{flavors[0]}" if flavors else "mlflow.run"
        except (ValueError, IndexError):
            return "mlflow.run"

    def _fit(self, datasets: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
        params = [
            {"name": name, "value": _value(text)} for name, text in self.run.data.params.items()
        ]
        name = self._class().rpartition(".")[2]
        return {
            "operation": self.model,
            "kind": 1,
            "estimator": {"class_name": self._class(), "uid": name, "params": params},
            "dataset": datasets[0][0] if datasets else 0,
        }

    def _datasets(self) -> Iterator[tuple[int, dict[str, Any]]]:
        inputs = getattr(self.run, "inputs", None)
        for given in getattr(inputs, "dataset_inputs", None) or []:
            data = given.dataset
            seen: dict[str, Any] = {"name": data.name, "digest": data.digest}
            source = _json(data.source)
            uri = source.get("uri") or source.get("path") or source.get("url")
            if uri:
                seen["sources"] = [{"uri": str(uri), "format": data.source_type}]
            schema = _json(data.schema).get("mlflow_colspec", [])
            seen["columns"] = [
                {"name": str(c.get("name", "")), "type": str(c.get("type", ""))} for c in schema
            ]
            rows = _json(data.profile).get("num_rows")
            if isinstance(rows, int):
                seen["row_count"] = rows
            yield next(_numbers), seen

    def _course(self, name: str) -> Iterator[Any]:
        history = self.client.get_metric_history(self.run.info.run_id, name)
        for point in history:
            measured: dict[str, Any] = {"model": self.model, "metric": name, "value": point.value}
            if len(history) > 1 or point.step:
                measured["step"] = point.step
            yield self._event("measured", measured, max(0, int(point.timestamp)) * 1_000)

    def _said(self) -> Iterator[Any]:
        target = {"kind": "model", "number": self.model}
        for version, aliases in self.versions:
            key = f"registered.{version.name}"
            stage = getattr(version, "current_stage", None)
            stage = stage if stage not in (None, "None") else ""
            text = " ".join(
                part for part in (f"version {version.version}", stage, *aliases) if part
            )
            told = {"target": target, "key": key, "value": {"text": text}}
            yield self._event("attribute_set", told, self.ended)
        note = self.tags.get("mlflow.note.content")
        if note:
            author = self.tags.get("mlflow.user", "")
            told = {"target": {"kind": "run"}, "text": note, "author": author}
            yield self._event("annotated", told, self.ended)
        uri = self.run.info.artifact_uri
        if uri and "mlflow.log-model.history" in self.tags:
            saved = {
                "operation": next(_numbers),
                "model": self.model,
                "component": {"class_name": self._class()},
                "uri": uri,
                "format": "mlflow",
                "started_at_us": self.ended,
            }
            yield self._event("saved", saved, self.ended)


def _json(text: str | None) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _value(text: str) -> dict[str, Any]:
    """A parameter, which MLflow has as text: a number where it reads as one."""
    try:
        return {"integer": int(text)} if -(2**63) <= int(text) < 2**63 else {"text": text}
    except ValueError:
        pass
    try:
        return {"number": float(text)}
    except ValueError:
        pass
    if text in ("True", "False"):
        return {"boolean": text == "True"}
    return {"text": text}
