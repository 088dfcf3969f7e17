"""What programs call: tracking that is switched on, and things that are logged by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from . import session as _session
from . import state
from .record import components
from .record.datasets import Source
from .record.run import FINISHED, Operation, now_us, user_name
from .record.run import Run as _Run
from .record.values import class_name, param_value


def autolog(
    *,
    project: str | None = None,
    experiment: str | None = None,
    agent: str | None = None,
    **settings: Any,
) -> None:
    """Tracks what scikit-learn does from now on, in one run, until the process ends or `stop()`.

    Called again with another project or experiment, it ends that run and begins one there.
    `settings` are those of `modeldb.settings.Settings`. Does nothing where the environment says
    `MODELDB_TRACKING=off`. Raises SettingError for a setting that is not accepted.
    """
    session = _session.current(project=project, experiment=experiment, agent=agent, **settings)
    if session is None:
        return
    session.begin_automatic("autolog", project=project or "", experiment=experiment or "")
    _session.watch(session)


def stop() -> None:
    """Ends what is tracked, and delivers it."""
    _session.stop()


def flush(seconds: float = 10.0) -> bool:
    """Delivers what was tracked so far; answers whether the agent has all of it."""
    session = _session.current()
    return session is None or session.delivery.flush(seconds)


class Run:
    """A run by hand: `with modeldb.run(project="churn") as run: …`.

    Inside, what scikit-learn does belongs to it when `autolog` is on. Runs may be nested.
    """

    def __init__(
        self,
        name: str,
        project: str,
        experiment: str,
        tags: Mapping[str, str],
        settings: Mapping[str, Any],
    ) -> None:
        self._given: dict[str, Any] = {
            "name": name,
            "project": project,
            "experiment": experiment,
            "tags": tags,
        }
        self._settings = settings
        self._session: _session.Session | None = None
        self._run: _Run | None = None
        self._around: _Run | None = None
        self._run_id = ""
        self._model: Operation | None = None

    def __enter__(self) -> Run:
        self._session = _session.current(**self._settings)
        if self._session is not None:
            # What other threads do belongs to the runs of the main one.
            in_main = threading.current_thread() is threading.main_thread()
            self._around = state.current()
            self._run = self._session.begin("run", everywhere=in_main, **self._given)
            state.enter(self._run)
            self._run.start()
            self._run.by_hand = self
            self._run_id = self._run.run_id
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        left = isinstance(error, SystemExit) and error.code in (None, 0)
        self.end(None if left else error)

    def end(self, error: BaseException | None = None) -> None:
        """The run is over; `error` is why it failed."""
        if self._run is None or self._session is None:
            return
        self._session.end(self._run, error)
        self._run = None
        state.enter(self._around)

    def end_model(self) -> None:
        """The model by hand that the run stands for, if any, is over."""
        if self._run is not None and self._model is not None:
            ended: dict[str, Any] = {
                "operation": self._model.number,
                "duration_us": int(self._model.seconds() * 1e6),
                "outcome": FINISHED,
                "model_class": self._model.notes.get("model_class", ""),
            }
            self._run.tell("fit_ended", ended)
            self._model = None

    @property
    def run_id(self) -> str:
        """The id that the tables have; empty before it begins and where tracking is off."""
        return self._run_id

    # ---- what is logged

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Parameters, by name: of the model that this run is about. Raises TypeError for what has
        no names."""
        if not isinstance(params, Mapping):
            raise TypeError(f"log_params takes names and values, as a dict, not {params!r}")
        told = [{"name": str(name), "value": param_value(value)} for name, value in params.items()]
        if self._run is not None and told:
            model = self._about()
            self._tell("params_set", {"operation": model.number, "params": told})

    def log_param(self, name: str, value: Any) -> None:
        """One parameter."""
        self.log_params({name: value})

    def log_metrics(
        self,
        metrics: Mapping[str, float],
        step: int | None = None,
        *,
        dataset: Any = None,
        model: Any = None,
        larger_is_better: bool | None = None,
        slice: str | None = None,
    ) -> None:
        """Values, by name.

        `dataset`: what they were measured on, an object that can be a data set. `model`: an
        object that was fitted or logged, or is logged with this; without it the model that this
        run is about. `slice`: which rows. Raises TypeError for a value that is no number.
        """
        if self._run is None:
            return
        if not isinstance(metrics, Mapping):
            raise TypeError(f"log_metrics takes names and values, as a dict, not {metrics!r}")
        about = self._operation_of(model) if model is not None else self._about()
        for name, value in metrics.items():
            told: dict[str, Any] = {
                "model": about.number,
                "metric": str(name),
                "value": _number(name, value),
                "slice": slice or "",
            }
            if step is not None:
                told["step"] = int(step)
            if larger_is_better is not None:
                told["larger_is_better"] = larger_is_better
            known = self._run.datasets.of(dataset) if dataset is not None else None
            if known is not None:
                told["dataset"] = self._run.use(known)
            self._tell("measured", told)

    def log_metric(self, name: str, value: float, step: int | None = None, **about: Any) -> None:
        """One value; see `log_metrics`."""
        self.log_metrics({name: value}, step, **about)

    def log_dataset(
        self, data: Any, name: str = "", *, source: str = "", format: str = "", role: str = ""
    ) -> None:
        """A data set that this run uses; `source` is where it was read from."""
        if self._run is None:
            return
        known = self._run.datasets.get(data)
        if known is None:
            sources = [Source(source, format)] if source else []
            known = self._run.datasets.made(data, [], sources=sources)
        known.name = name or known.name
        number = self._run.use(known)
        if role:
            self._attribute("dataset", number, "role", role)

    def log_model(
        self,
        model: Any,
        name: str = "",
        *,
        params: Mapping[str, Any] | None = None,
        dataset: Any = None,
        save: str = "",
    ) -> str:
        """A model that this run made; answers its id.

        One of a library that is watched is known already. `save`: "skops", "joblib" or "pickle"
        puts a copy into the warehouse, from which `modeldb.load_model(id)` brings it back.
        """
        if self._run is None:
            return ""
        operation = self._operation_of(model, name, params, dataset)
        if save:
            from .artifacts import put

            put(self._run, operation, model, save)
        return self._model_id(operation)

    def annotate(self, text: str, *, model: Any = None, author: str = "") -> None:
        """A note about the run, or about a model."""
        if self._run is None:
            return
        target: dict[str, Any] = {"kind": "run"}
        operation = self._run.models.get(model) if model is not None else None
        if operation is not None:
            target = {"kind": "model", "number": operation.number}
        author = author or user_name()
        self._tell("annotated", {"target": target, "text": text, "author": author})

    def set_tag(self, key: str, value: Any) -> None:
        """A free key of the run."""
        if self._run is not None:
            told = {"target": {"kind": "run"}, "key": str(key), "value": param_value(value)}
            self._tell("attribute_set", told)

    # ---- inside

    def _tell(self, kind: str, fields: dict[str, Any]) -> None:
        assert self._run is not None
        self._run.delivery.wait_for_room()
        self._run.tell(kind, fields)

    def _operation_of(
        self,
        model: Any,
        name: str = "",
        params: Mapping[str, Any] | None = None,
        dataset: Any = None,
    ) -> Operation:
        """What made a model; one that nobody saw is told of."""
        assert self._run is not None
        known = self._run.models.get(model)
        return known or self._told_model(model, name, params or {}, dataset)

    def _about(self) -> Operation:
        """The model that this run is about: the last that was fitted in it, else one by hand."""
        assert self._run is not None
        if self._run.last_model is not None:
            return self._run.last_model
        if self._model is None:
            name = self._given["name"] or "model"
            self._model = self._begin(name, {"class_name": "modeldb.run", "uid": str(name)}, 0)
        return self._model

    def _begin(self, name: Any, component: dict[str, Any], dataset: int) -> Operation:
        assert self._run is not None
        operation = Operation(self._run.number(), None, None, str(name))
        operation.started_at = now_us()
        operation.began = time.perf_counter()
        started = {
            "operation": operation.number,
            "kind": 1,
            "estimator": component,
            "dataset": dataset,
        }
        self._run.tell("fit_started", started, operation.started_at)
        return operation

    def _told_model(
        self, model: Any, name: str, params: Mapping[str, Any], dataset: Any
    ) -> Operation:
        assert self._run is not None
        kind = class_name(type(model)) if model is not None else "modeldb.run"
        told: dict[str, Any] = {"class_name": kind, "uid": name or kind.rpartition(".")[2]}
        told["params"] = [
            {"name": str(key), "value": param_value(value)} for key, value in params.items()
        ]
        if components.is_estimator(model) and not params:
            told = components.component(model, told["uid"])
        known = self._run.datasets.of(dataset) if dataset is not None else None
        number = self._run.use(known) if known is not None else 0
        if self._model is not None and "model_class" not in self._model.notes:
            # What was logged so far is of this model.
            self._model.notes["model_class"] = kind
            self._tell("params_set", {"operation": self._model.number, "params": told["params"]})
            self._run.models.put(model, self._model)
            return self._model
        operation = self._begin(told["uid"], told, number)
        self._run.tell(
            "fit_ended",
            {"operation": operation.number, "outcome": FINISHED, "model_class": kind},
        )
        if model is not None:
            self._run.models.put(model, operation)
        self._run.last_model = operation
        return operation

    def _model_id(self, operation: Operation) -> str:
        from .record.ids import derived_id

        assert self._session is not None
        return derived_id("m", self._session.producer_id, [operation.number])

    def _attribute(self, kind: str, number: int, key: str, value: Any) -> None:
        assert self._run is not None
        told = {"target": {"kind": kind, "number": number}, "key": key}
        self._tell("attribute_set", {**told, "value": param_value(value)})


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"metric {name!r} is {type(value).__name__} {value!r}: a number is accepted"
        ) from None


def run(
    name: str = "",
    *,
    project: str = "",
    experiment: str = "",
    tags: Mapping[str, str] | None = None,
    **settings: Any,
) -> Run:
    """A run by hand; see `Run`."""
    return Run(name, project, experiment, tags or {}, settings)


class NoRun(RuntimeError):
    """Something was logged outside of any run."""


def active_run() -> Run:
    """The run by hand that is going on, or the one that `autolog` began.

    Raises NoRun where there is none.
    """
    going_on = state.current()
    if going_on is None:
        if _session.current() is None:
            return Run("", "", "", {}, {})  # tracking is off
        raise NoRun("there is no run: use `with modeldb.run():`, or modeldb.autolog() before")
    if going_on.by_hand is None:
        by_hand = Run("", "", "", {}, {})
        by_hand._session = _session.current()
        by_hand._run, by_hand._run_id = going_on, going_on.run_id
        going_on.by_hand = by_hand
    return going_on.by_hand  # type: ignore[no-any-return]


def log_param(name: str, value: Any) -> None:
    """See `Run.log_param`, of the run that is going on."""
    active_run().log_param(name, value)


def log_params(params: Mapping[str, Any]) -> None:
    """See `Run.log_params`, of the run that is going on."""
    active_run().log_params(params)


def log_metric(name: str, value: float, step: int | None = None, **about: Any) -> None:
    """See `Run.log_metric`, of the run that is going on."""
    active_run().log_metric(name, value, step, **about)


def log_metrics(metrics: Mapping[str, float], step: int | None = None, **about: Any) -> None:
    """See `Run.log_metrics`, of the run that is going on."""
    active_run().log_metrics(metrics, step, **about)


def log_dataset(data: Any, name: str = "", **about: Any) -> None:
    """See `Run.log_dataset`, of the run that is going on."""
    active_run().log_dataset(data, name, **about)


def log_model(model: Any, name: str = "", **about: Any) -> str:
    """See `Run.log_model`, of the run that is going on."""
    return active_run().log_model(model, name, **about)


def annotate(text: str, **about: Any) -> None:
    """See `Run.annotate`, of the run that is going on."""
    active_run().annotate(text, **about)


def set_tag(key: str, value: Any) -> None:
    """See `Run.set_tag`, of the run that is going on."""
    active_run().set_tag(key, value)
