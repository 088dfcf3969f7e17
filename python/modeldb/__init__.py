"""ModelDB: tracks every machine-learning model that is trained.

    import modeldb
    modeldb.autolog(project="churn")

tracks what scikit-learn does from then on. `python -m modeldb run script.py` does so without
a change to the script.
"""

from __future__ import annotations

from typing import Any

from .version import VERSION

# Where each name of the interface is: modules are loaded when they are used.
_PLACES = {
    "autolog": "api",
    "run": "api",
    "active_run": "api",
    "flush": "api",
    "stop": "api",
    "log_param": "api",
    "log_params": "api",
    "log_metric": "api",
    "log_metrics": "api",
    "log_dataset": "api",
    "log_model": "api",
    "annotate": "api",
    "set_tag": "api",
    "sql": "query",
    "show": "pictures",
    "show_pipeline": "pictures",
    "compare": "pictures",
    "load_model": "artifacts",
}

__version__ = VERSION
__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "spark":
        return import_module(".spark", __name__)
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{place}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
