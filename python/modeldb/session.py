"""Begins and ends the tracking of a process."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from . import state
from .settings import Settings, load

logger = logging.getLogger("modeldb")

_lock = threading.RLock()
_session: Session | None = None
_error: BaseException | None = None


class Session:
    """What delivers, and what all runs of the process share."""

    def __init__(self, settings: Settings) -> None:
        from .delivery import wire
        from .delivery.agent import AgentClient
        from .delivery.delivery import Delivery
        from .delivery.spool import Spool
        from .record.run import Memory
        from .version import VERSION

        self.producer_id = f"py-{uuid.uuid4().hex}"
        producer = wire.message("Producer")(id=self.producer_id, kind="python", version=VERSION)
        spool = Spool(settings.spool_dir, producer.id, settings.spool_max)
        self.settings = settings
        self.delivery = Delivery(AgentClient(settings.agent), producer, spool)
        self.memory = Memory()
        self.pid = os.getpid()
        # Runs that are open; and those of them that are the process's, the outermost first.
        self.runs: list[Any] = []
        self.everywhere: list[Any] = []
        # The run of `autolog` or `modeldb run`, which of them, and what it was asked to be.
        self.automatic: Any = None
        self.how = ""
        self.asked: dict[str, Any] = {}
        self.is_watching = False

    def begin(
        self,
        how: str,
        *,
        project: str = "",
        experiment: str = "",
        name: str = "",
        tags: Mapping[str, str] | None = None,
        always: bool = False,
        everywhere: bool = True,
        outermost: bool = False,
    ) -> Any:
        """A new run, inside the one that is going on. `always`: it is told even if nothing
        happens in it. `everywhere`: it is that of all threads that entered none. `outermost`:
        it is around those that are going on."""
        from .capture.columns import hidden_names
        from .record.run import Run, description

        around = None if outermost else state.current()
        outer = around
        while outer is not None and not (outer.is_started or outer.always):
            outer = outer.outer
        settings = self.settings
        # A run inside another one is of its project, unless it says otherwise.
        if around is not None and project in ("", around.project):
            project, experiment = around.project, experiment or around.experiment
        project, experiment = project or settings.project, experiment or settings.experiment

        def describe() -> dict[str, Any]:
            return description(
                project=project,
                experiment=experiment,
                name=name or settings.run_name,
                tags=tags or {},
                how=how,
                parent=outer.run_id if outer is not None else "",
            )

        run = Run(self.delivery, settings, self.memory, describe, hidden_names)
        run.always, run.outer = always, around
        run.project, run.experiment = project, experiment
        with _lock:
            self.runs.append(run)
            if everywhere:
                self.everywhere.insert(0 if outermost else len(self.everywhere), run)
                state.everywhere(self.everywhere[-1])
        return run

    def begin_automatic(self, how: str, *, always: bool = False, **asked: Any) -> Any:
        """The run around all others; one that is there already, of another project, is over."""
        asked = {name: value for name, value in asked.items() if value}
        known, before = self.automatic, self.asked
        if known is not None and not known.is_over:
            # What the command line says counts more than what the program does.
            changed = {n: v for n, v in asked.items() if n not in before or how == self.how}
            if changed.items() <= before.items():
                return known
            asked, how, always = {**before, **changed}, self.how, known.always
            # Of one in which nothing happened nothing is told.
            known.always = known.is_started
            self.end(known)
        self.how, self.asked = how, asked
        self.automatic = self.begin(how, always=always, outermost=True, **asked)
        return self.automatic

    def end(self, run: Any, error: BaseException | None = None) -> None:
        """A run is over; the one around it goes on."""
        from .capture import learnt, samples

        with _lock:
            if run not in self.runs:
                return
            self.runs.remove(run)
            if run in self.everywhere:
                self.everywhere.remove(run)
                state.everywhere(self.everywhere[-1] if self.everywhere else None)
        if run.always:
            run.start()
        if run.is_started:
            if run.by_hand is not None:
                run.by_hand.end_model()
            samples.flush(run)
            learnt.tell_partial(run)
        run.end(error)


def current(**given: Any) -> Session | None:
    """The session of this process, which begins now if it has not; none where tracking is off.

    Raises SettingError for a setting that is not accepted.
    """
    global _session
    with _lock:
        if _session is None:
            settings = load(given)
            if not settings.tracking:
                return None
            if settings.no_agent == "start" and settings.is_local:
                from . import embedded

                embedded.ensure(settings.agent)
            _session = Session(settings)
            atexit.register(_at_exit)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=_forked)
        return _session


def agent_in_use(given: str | None) -> str:
    """Where to ask: what the caller says, else where this process delivers to, else as set."""
    if given:
        return given
    return (_session.settings if _session is not None else load({})).agent


def watch(session: Session) -> None:
    """The libraries are watched from now on."""
    with _lock:
        if session.is_watching:
            return
        session.is_watching = True
    from .capture import install

    install()


def stop(error: BaseException | None = None) -> None:
    """Ends all runs, delivers what there is, and watches nothing any more."""
    global _session
    with _lock:
        session, _session = _session, None
        state.everywhere(None)
    if session is None or session.pid != os.getpid():
        return
    from .capture import uninstall

    uninstall()
    for run in list(reversed(session.runs)):
        session.end(run, error)
    session.delivery.flush(session.settings.flush_timeout)
    session.delivery.close()


def _at_exit() -> None:
    try:
        stop(_error or _uncaught())
    except Exception:
        logger.debug("at exit", exc_info=True)


def ended_with(error: BaseException | None) -> None:
    """What the program failed with. Threads and handlers of its may go on until the process
    ends, and so does its run."""
    global _error
    _error = error


def _uncaught() -> BaseException | None:
    """What Python told of the end of the program; errors in a prompt end nothing."""
    if hasattr(sys, "ps1") or "IPython" in sys.modules:
        return None
    error = getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def _forked() -> None:
    """A child has no delivery thread, and must not use its parent's connection: what happens in
    it is not tracked."""
    global _session
    _session = None
    state.everywhere(None)
    state.enter(None)
