"""What watches the libraries: hooks around their functions, put there when they are imported.

A hook calls what it replaced, with the same arguments, and gives back the same object. What we
do besides runs inside `safely`: it never raises, and what goes wrong is counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType

from .. import tracebacks
from . import hooks, imports
from .kinds import LIBRARIES

# Libraries of tables, which have names for their own functions too.
TABLES = ("pandas", "polars")

logger = logging.getLogger("modeldb")


def install() -> None:
    """Watches what is imported, and what was."""
    from . import (
        estimators,
        metrics,
        numpy,
        pandas,
        parallel,
        pickles,
        polars,
        pyspark,
        searches,
        splits,
    )

    for module, hook in (
        ("numpy", numpy.install),
        ("pandas", pandas.install),
        ("polars", polars.install),
        ("joblib.parallel", parallel.install),
        ("sklearn.base", estimators.install),
        ("catboost.core", estimators.install_catboost),
        ("sklearn.model_selection", searches.install),
        ("sklearn.model_selection", splits.install),
        ("sklearn.datasets", splits.install_datasets),
        ("sklearn.metrics", metrics.install),
        ("pyspark.java_gateway", pyspark.install_gateway),
        ("pyspark.ml.base", pyspark.install),
        ("pyspark.ml.evaluation", pyspark.install_evaluators),
        ("pyspark.ml.tuning", pyspark.install_pools),
        ("pyspark.ml.classification", pyspark.install_pools),
    ):
        imports.when_imported(module, _quiet(hook))
    for module in pickles.MODULES:
        imports.when_imported(module, _quiet(pickles.install))
    hooks.replace_by_name((*LIBRARIES, *TABLES))
    tracebacks.install(hooks.replace)


def uninstall() -> None:
    """All is as it was."""
    imports.forget_all()
    hooks.unhook_all()


def _quiet(hook: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """A library that is not as we know it is watched as far as it is, and works."""

    def install_quietly(module: ModuleType) -> None:
        try:
            hook(module)
        except Exception:
            logger.warning("%s cannot be watched", module.__name__, exc_info=True)

    return install_quietly
