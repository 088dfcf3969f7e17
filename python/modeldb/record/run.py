"""The run of a process: its start, its operations, its end."""

from __future__ import annotations

import getpass
import itertools
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..delivery import wire
from ..delivery.delivery import Delivery
from ..settings import Settings
from .datasets import Dataset, Datasets, seen
from .identity import ByIdentity
from .predictions import Predictions
from .samples import Samples
from .values import failure as failure_of

FINISHED, FAILED = 1, 2

Fields = dict[str, Any]


def now_us() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1_000


@dataclass(eq=False)
class Operation:
    """A call that is going on, or is over."""

    number: int
    # The call inside which it happens.
    parent: Operation | None
    # What it is called on.
    owner: Any
    # What the owner is called in its whole.
    uid: str
    # "fit", "search", "transform", "fold", "evaluate".
    kind: str = "fit"
    dataset: Dataset | None = None
    started_at: int = 0
    began: float = 0.0
    # Parts of the owner that may be fitted inside: names and objects, in order.
    parts: list[tuple[str, Any]] = field(default_factory=list)
    claimed: set[int] = field(default_factory=set)
    # Of what happens inside only what is one of these is told; None for all.
    inside: tuple[type, ...] | None = None
    # For what a search fits: configuration and fold.
    candidate: int | None = None
    fold: int | None = None
    label: str = ""
    # Of a model that is fitted in parts, how many they are so far.
    partial_fits: int = 0
    # The columns that go in; what each is known as, and the columns of sources behind it.
    inputs: list[str] = field(default_factory=list)
    features: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    # What the truth is called that it learns from.
    target: str = ""
    # Fits inside, each for one of several truths.
    labels: int = 0
    # What it learnt, until that is told.
    learning: Any = None
    # What those who handle it keep with it, until it is over.
    notes: Fields = field(default_factory=dict)

    def over(self) -> None:
        """It has ended: what it is remembered by must keep nothing of the program alive."""
        self.owner = None
        self.parts = []
        self.notes = {}

    def seconds(self) -> float:
        return time.perf_counter() - self.began


class _Here(threading.local):
    """What goes on in one thread."""

    def __init__(self) -> None:
        self.stack: list[Operation] = []
        self.muted = 0


class Muted:
    """A context in which nothing of a thread is told; it may be entered again inside."""

    def __init__(self, here: _Here) -> None:
        self._here = here

    def __enter__(self) -> None:
        self._here.muted += 1

    def __exit__(self, *_: object) -> None:
        self._here.muted -= 1


class Memory:
    """What a process knows of its objects, in whichever run it met them."""

    def __init__(self) -> None:
        self.datasets = Datasets()
        # The fit that made each estimator.
        self.models: ByIdentity[Operation] = ByIdentity()
        # Estimators that were fitted where nobody saw it.
        self.strangers: ByIdentity[bool] = ByIdentity()
        self.predictions = Predictions()
        # What chose rows: the text behind columns of booleans.
        self.predicates: ByIdentity[str] = ByIdentity()
        # What grouped tables are of, and by what.
        self.groups: ByIdentity[tuple[Any, list[Any]]] = ByIdentity()
        # Numbers of operations and datasets are the producer's.
        self.numbers = itertools.count(1)


class Run:
    """See the module. Its methods may be called from any thread.

    It begins with the first thing that is told of it.
    """

    def __init__(
        self,
        delivery: Delivery,
        settings: Settings,
        memory: Memory,
        describe: Callable[[], Fields],
        hidden_names: Callable[[Dataset, tuple[str, ...]], dict[str, str]],
    ) -> None:
        self.delivery = delivery
        self.settings = settings
        self.run_id = f"r-{uuid.uuid4().hex}"
        self.datasets = memory.datasets
        self.models = memory.models
        self.strangers = memory.strangers
        self.predictions = memory.predictions
        self.predicates = memory.predicates
        self.groups = memory.groups
        self.samples = Samples()
        self.last_model: Operation | None = None
        # Models that are fitted in parts: what they learnt is told in the end.
        self.partial: list[tuple[Any, Operation]] = []
        self.is_started = False
        self.always = False
        self.project = self.experiment = ""
        # The run inside which it began.
        self.outer: Run | None = None
        self.is_over = False
        self._began_us = now_us()
        # What programs call, of this run.
        self.by_hand: Any = None
        self._describe = describe
        self._hidden_names = hidden_names
        self._numbers = memory.numbers
        self._lock = threading.RLock()
        self._here = _Here()
        self._muted = Muted(self._here)

    def described(self) -> Fields:
        """What it would say of itself now: a `RunStarted` message, and its script."""
        return self._describe()

    # ---- events

    def start(self) -> None:
        """Tells that it begins, once."""
        with self._lock:
            if self.is_started:
                return
            described = self.described()
            script = str(described.pop("script", ""))

            def make() -> Iterator[Fields]:
                yield {**described, "code_version": code_version(script)}

            self._offer("run_started", make, self._began_us, 0)
            # Not before: what others tell comes after it.
            self.is_started = True

    def tell(self, kind: str, fields: Fields, at: int | None = None) -> None:
        """Something happened; the message is made later, on the delivery thread."""
        self.tell_later(kind, lambda: iter((fields,)), at)

    def tell_later(
        self,
        kind: str,
        make: Callable[[], Iterator[Fields]],
        at: int | None = None,
        size: int = 0,
    ) -> bool:
        """Something is found out later, on the delivery thread; until then `size` bytes, about,
        are kept for it. Answers whether there was room."""
        if not self.is_started:
            self.start()
        return self._offer(kind, make, at or now_us(), size)

    def _offer(
        self, kind: str, make: Callable[[], Iterator[Fields]], moment: int, size: int
    ) -> bool:
        run_id = self.run_id

        def build() -> Iterator[Any]:
            for fields in make():
                yield wire.message("Event")(run_id=run_id, occurred_at_us=moment, **{kind: fields})

        return self.delivery.offer(build, size)

    def use(self, dataset: Dataset) -> int:
        """Its number in this run; it is told, after those that it was made from."""
        known = dataset.numbers.get(self.run_id)
        if known is not None:
            return known
        run_id = self.run_id
        # Nobody has a number of what is not told yet.
        with self._lock:
            waiting = [dataset, *(a for a in dataset.ancestors() if run_id not in a.numbers)]
            for each in sorted(waiting, key=lambda d: d.order):
                if run_id not in each.numbers:
                    number = self.number()
                    self.tell("dataset_seen", seen(each, run_id, number, self.hidden(each)))
                    each.numbers[run_id] = number
            return dataset.numbers[run_id]

    def end(self, error: BaseException | None = None) -> None:
        """The run is over; of one in which nothing happened nothing is told."""
        if self.is_over:
            return
        if not self.is_started:
            self.is_over = True
            return

        def counted() -> Iterator[Fields]:
            # Not before what was told has been written down.
            if self.delivery.not_captured:
                yield {"not_captured": dict(self.delivery.not_captured)}

        self.tell_later("capture_reported", counted)
        ended: Fields = {"outcome": FAILED if error is not None else FINISHED}
        if error is not None:
            ended["failure"] = failure_of(error)
        self.tell("run_ended", ended)
        self.is_over = True

    def hidden(self, dataset: Dataset) -> dict[str, str]:
        """Names of its columns that stay here, and what is told instead."""
        return self._hidden_names(dataset, self.settings.sample_exclude)

    # ---- operations

    def number(self) -> int:
        """A number for a new operation or dataset."""
        return next(self._numbers)

    @property
    def stack(self) -> list[Operation]:
        """The calls that are going on in this thread, the outermost first."""
        return self._here.stack

    @property
    def current(self) -> Operation | None:
        """The innermost of them."""
        stack = self._here.stack
        return stack[-1] if stack else None

    @property
    def is_in_library(self) -> bool:
        """Whether the innermost of them is the work of a library's own estimator."""
        current = self.current
        return current is not None and (current.kind != "fit" or current.inside is not None)

    @contextmanager
    def inside(self, operation: Operation) -> Iterator[None]:
        """What happens meanwhile in this thread happens inside it."""
        stack = self.stack
        stack.append(operation)
        try:
            yield
        finally:
            stack.pop()

    @property
    def is_muted(self) -> bool:
        """Whether what happens in this thread is of no interest: it is our own doing, or an
        estimator's inner works."""
        return self._here.muted > 0

    def muted(self) -> Muted:
        """What happens meanwhile in this thread is not told."""
        return self._muted


# ---- what a run says of itself

SECRET_WORDS = (
    r"secret|passw|pwd|token|credential|access[._-]?key|account[._-]?key|api[._-]?key"
    r"|private[._-]?key|storage[._-]?key|encryption[._-]?key|passphrase|bearer|authorization"
    r"|[._-]sas[._-]|signature"
)
HIDDEN = "*********(redacted)"
_SECRET = re.compile(SECRET_WORDS, re.IGNORECASE)
_USER_INFO = re.compile(r"(://)[^/\s@]*:[^/\s@]*@")
_ASSIGNMENT = re.compile(
    rf"([\w.-]*(?:{SECRET_WORDS}|\bsig\b|\bpw\b)[\w.-]*\s*[=:]\s*)[^\s&;,]+", re.IGNORECASE
)
# How long git may take.
GIT_SECONDS = 1.0


def redacted(arguments: list[str]) -> str:
    """A command line as it may be told. Errs on the side of hiding too much."""
    told = []
    hide_next = False
    for argument in arguments:
        option = argument.startswith("-")
        name, equals, _ = argument.partition("=")
        if hide_next and not option:
            told.append(HIDDEN)
            hide_next = False
            continue
        hide_next = option and not equals and bool(_SECRET.search(argument))
        if equals and _SECRET.search(name):
            told.append(f"{name}={HIDDEN}")
        else:
            text = _USER_INFO.sub(rf"\1{HIDDEN}@", argument)
            told.append(_ASSIGNMENT.sub(rf"\1{HIDDEN}", text))
    return " ".join(told)


def code_version(script: str) -> str:
    """The commit of the script's repository, with `+` when it has changes; empty if none."""
    directory = Path(script).resolve().parent if script else Path.cwd()
    if not any((above / ".git").exists() for above in [directory, *directory.parents]):
        return ""
    # By its path: looking it up sets the filters of warnings, which all threads share.
    program = shutil.which("git")
    if program is None:
        return ""
    git = [program, "-C", str(directory)]
    try:
        commit = _output([*git, "rev-parse", "HEAD"])
        changed = _output([*git, "status", "--porcelain", "--untracked-files=no"])
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+" if commit and changed else "")


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=True)
    return done.stdout.strip()


def description(
    *, project: str, experiment: str, name: str, tags: Mapping[str, str], how: str, parent: str
) -> Fields:
    """A `RunStarted` message, and its script."""
    script = sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c", "-m") else ""
    script_name = Path(script).stem if script else "python"
    framework, version = _framework()
    return {
        "project": project or script_name,
        "experiment": experiment,
        "name": name or script_name,
        "parent_run_id": parent,
        "user": user_name(),
        "host": socket.gethostname(),
        "application_id": f"python-{os.getpid()}",
        "framework": framework,
        "framework_version": version,
        "command": redacted(sys.argv),
        "tags": {str(key): str(value) for key, value in tags.items()},
        "capture_mode": "python",
        "attached_by": how,
        "script": script,
    }


def user_name() -> str:
    """Who runs this; empty where the machine has no name for it."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""


def _framework() -> tuple[str, str]:
    sklearn = sys.modules.get("sklearn")
    if sklearn is not None:
        return "scikit-learn", str(getattr(sklearn, "__version__", ""))
    return "python", platform.python_version()
