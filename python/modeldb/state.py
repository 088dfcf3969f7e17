"""The run that this process tracks, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record.run import Run

run: Run | None = None
