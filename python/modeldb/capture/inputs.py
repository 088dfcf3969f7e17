"""The data that goes into a call."""

from __future__ import annotations

from typing import Any

from ..record import frames
from ..record.datasets import Dataset, Derivation
from ..record.run import Operation, Run
from . import variables


def data_and_target(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """What a fit learns from, and the truth."""
    data = args[0] if args else kwargs.get("X", kwargs.get("data", kwargs.get("raw_documents")))
    target = args[1] if len(args) > 1 else kwargs.get("y")
    return data, target


def input_dataset(run: Run, data: Any, around: Operation | None, role: str) -> Dataset | None:
    """The dataset that goes into a call; one that was not met is part of what the call around
    it has."""
    if data is None:
        return None
    known = run.datasets.get(data)
    if known is not None or around is None or around.dataset is None or not frames.is_data(data):
        known = known or run.datasets.of(data)
        if known is not None and around is None and not known.name and not known.numbers:
            known.name = variables.name_of(data)
        return known
    whole = around.dataset
    if around.kind == "fold":
        detail = f"fold {around.fold} {role}"
        digest = fold_digest(around, role, around.fold)
        step = Derivation(whole, "split", detail, split=True, digest=digest)
        return run.datasets.made(data, [step], columns=_columns_like(data, whole))
    names = frames.names_of(data)
    inside = frames.is_frame(data) and set(names) <= set(whole.column_names)
    detail = ", ".join(names) if inside else "opaque"
    return run.datasets.made(data, [Derivation(whole, "select" if inside else "derive", detail)])


def fold_digest(around: Operation, role: str, fold: int | None) -> str:
    """What one side of a fold is, where its splitter gives the same in every run; else empty."""
    splitter = around.notes.get("splitter", "")
    return f"{splitter} {role} {fold}" if splitter else ""


def _columns_like(data: Any, whole: Dataset) -> frames.Columns:
    own = frames.columns_of(data)
    return whole.columns if len(own) == len(whole.columns) else own
