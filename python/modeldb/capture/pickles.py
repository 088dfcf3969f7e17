"""A hook on cloudpickle: classes of the program go to other processes as they were without us.

Those have neither hooks nor, on other machines, our package.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .hooks import as_it_was, replace

# cloudpickle itself, and the copies that joblib and PySpark bring.
MODULES = tuple(
    f"{package}cloudpickle.cloudpickle" for package in ("", "joblib.externals.", "pyspark.")
)


def install(module: ModuleType) -> None:
    """One of them was imported."""
    original = module._extract_class_dict

    def _extract_class_dict(cls: Any) -> dict[str, Any]:
        own: dict[str, Any] = original(cls)
        return {name: as_it_was(cls, name, value) for name, value in own.items()}

    replace(module, "_extract_class_dict", _extract_class_dict)
