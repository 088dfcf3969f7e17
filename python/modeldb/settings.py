"""Settings: what the caller says, else the environment, else defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

DEFAULT_AGENT = "http://127.0.0.1:7617"
NO_AGENT = ("spool", "start")
# What copies of models may be.
FORMATS = ("skops", "joblib", "pickle")
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
OFF = ("off", "0", "false", "no")
ON = ("on", "1", "true", "yes", "")


@dataclass(frozen=True)
class Settings:
    """Each is an environment variable too: `MODELDB_` and its name in capitals."""

    # Where the agent is: `http://host:port`.
    agent: str = DEFAULT_AGENT
    # Whether anything is tracked at all.
    tracking: bool = True
    # What to do where no agent answers on this machine: `spool`, or `start` one.
    no_agent: str = "spool"
    project: str = ""
    experiment: str = ""
    run_name: str = ""
    # Rows kept of each dataset that a model is fitted on or scores; 0 for none.
    sample_rows: int = 100
    # Scored rows kept for each model and dataset; 0 for none.
    predictions_rows: int = 1_000
    # Patterns of columns (`fnmatch`) of which no value leaves the process.
    sample_exclude: tuple[str, ...] = ()
    # Names of features told for each model, and nodes of trees.
    features_max: int = 10_000
    tree_nodes_max: int = 5_000
    # After each fit that stands by itself: a copy of the model, as `skops`, `joblib` or `pickle`;
    # metrics of the rows that it learnt from.
    save_models: str = "off"
    training_metrics: bool = False
    # How long the end of the program may wait for delivery, in seconds.
    flush_timeout: float = 2.0
    spool_dir: Path | None = None
    spool_max: int = 256 << 20

    @property
    def is_local(self) -> bool:
        """Whether the agent is on this machine."""
        host = self.agent.partition("://")[2].partition("/")[0].rpartition(":")[0]
        return host in ("127.0.0.1", "localhost", "[::1]")


class SettingError(ValueError):
    """A setting that is not accepted."""


def load(given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; `given` are the caller's, of which None means not given.

    Raises SettingError, which names the setting, the value and what is accepted.
    """
    known = {field.name: field for field in fields(Settings)}
    values: dict[str, Any] = {}
    for name, field in known.items():
        text = environment.get(f"MODELDB_{name.upper()}")
        if text is not None:
            values[name] = _parsed(f"MODELDB_{name.upper()}", text, field.type)
    for name, value in given.items():
        if name not in known:
            raise SettingError(f"{name} is no setting; accepted are {', '.join(sorted(known))}")
        if value is not None:
            kind = known[name].type
            values[name] = _parsed(name, value, kind) if isinstance(value, str) else value
    settings = Settings(**values)
    parts = urlsplit(settings.agent)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(parts):
        raise SettingError(
            f"agent = {settings.agent!r} is no address: http://host:port and https://host:port are"
        )
    if settings.no_agent not in NO_AGENT:
        raise SettingError(
            f"no_agent = {settings.no_agent!r} is not accepted: {' and '.join(NO_AGENT)} are"
        )
    if settings.save_models not in ("", "off", *FORMATS):
        raise SettingError(
            f"save_models = {settings.save_models!r} is not accepted: off, {', '.join(FORMATS)} are"
        )
    if "sample_rows" not in values and not settings.is_local:
        # What leaves this machine is a decision of its user.
        settings = Settings(**{"predictions_rows": 0, **values, "sample_rows": 0})
    return settings


def _has_port(parts: SplitResult) -> bool:
    """Whether its port, if it has one, is a number that a port can have."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _parsed(name: str, text: str, kind: Any) -> Any:
    kind = str(kind)
    try:
        if kind == "bool":
            if text.lower() in OFF:
                return False
            if text.lower() in ON:
                return True
            raise ValueError
        if kind == "int":
            unit = UNITS.get(text[-1:].lower(), 1)
            number = int(text[:-1] if unit > 1 else text) * unit
            if number < 0:
                raise ValueError
            return number
        if kind == "float":
            seconds = float(text.removesuffix("s"))
            if seconds < 0:
                raise ValueError
            return seconds
    except ValueError:
        accepted = {
            "bool": "on and off are",
            "int": "a whole number is, also with k, m or g behind it",
            "float": "a number of seconds is, e.g. 2s",
        }[kind]
        raise SettingError(f"{name} = {text!r} is not accepted: {accepted}") from None
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind.startswith("Path"):
        return Path(text).expanduser() if text else None
    return text
