"""Rows of the datasets that models learn from and score, and what models said of them.

A row's id is a digest of its content, and the rows with the smallest ids are kept: every model
that scores the same data keeps the same rows. All of it is done on the delivery thread.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Iterator
from typing import Any

from ..record import frames
from ..record.datasets import Dataset
from ..record.run import Operation, Run
from ..record.samples import Rows, Waiting
from . import columns
from .twins import model_of

# Of larger data, rows at equal distances are looked at, about this many.
MAX_HASHED_ROWS = 20_000
MAX_COLUMNS = 256
MAX_TEXT = 4_096
# Predictions whose truth is not known yet, and what they may keep alive together.
MAX_WAITING = 32
MAX_WAITING_BYTES = 32 << 20
# Arrays up to this size are copied as they are when the call is made.
COPIED_BYTES = 256 << 10
# Between the hashes of two columns: a prime, as FNV-1a has it.
HASH_FACTOR = 0x100000001B3
# Datasets whose sampled rows are remembered.
MAX_REMEMBERED = 64


def training_set(run: Run, operation: Operation, data: Any) -> None:
    """A fit begins: some of what it learns from is kept."""
    dataset = operation.dataset
    if dataset is None or run.settings.sample_rows == 0 or operation.candidate is not None:
        return
    if operation.parent is not None or not frames.is_data(data):
        return
    _sample(run, dataset, data, "train", run.settings.sample_rows)


def predictions(
    run: Run, estimator: Any, dataset: Dataset, data: Any, result: Any, method: str
) -> None:
    """A model scored a dataset."""
    model = model_of(run, estimator)
    if model is None or run.settings.predictions_rows == 0 or run.current is not None:
        return
    if method not in ("predict", "predict_proba"):
        return
    samples = run.samples
    classes = getattr(estimator, "classes_", None)
    made = Waiting(result, model.number, dataset, _as_it_is(data), classes)
    if method == "predict_proba":
        made.result, made.probabilities = None, result
    made.size = frames.held_bytes(data) + frames.held_bytes(result)
    target = samples.target_of(dataset, model.target)
    if target is not None:
        _tell_predictions(run, made, target)
        return
    samples.waiting[id(result)] = made
    while samples.waiting and (
        len(samples.waiting) > MAX_WAITING
        or sum(each.size for each in samples.waiting.values()) > MAX_WAITING_BYTES
    ):
        _, oldest = samples.waiting.popitem(last=False)
        _tell_predictions(run, oldest, None)


def truth(run: Run, result: Any, target: Any) -> None:
    """A metric was asked for: now the truth of a prediction is known."""
    waiting = run.samples.waiting.get(id(result))
    if waiting is None or (result is not waiting.result and result is not waiting.probabilities):
        return
    if frames.rows_of(target) != frames.rows_of(waiting.data):
        return
    del run.samples.waiting[id(result)]
    label = columns.label_of(target, run.datasets.get(target))
    run.samples.target_is(waiting.dataset, target, label)
    _tell_predictions(run, waiting, target)


def flush(run: Run) -> None:
    """Predictions whose truth nobody told."""
    while run.samples.waiting:
        _, waiting = run.samples.waiting.popitem(last=False)
        _tell_predictions(run, waiting, None)


def _sample(run: Run, dataset: Dataset, data: Any, role: str, count: int) -> None:
    if dataset.order in run.samples.sampled:
        return
    run.samples.sampled.add(dataset.order)
    number = run.use(dataset)
    shown = _without_excluded(dataset, _as_it_is(data), run.settings.sample_exclude)
    if shown is None:
        run.delivery.lost("sample_column_left_out")
        return
    names, visible = shown

    def make() -> Iterator[dict[str, Any]]:
        rows = _rows(run, dataset, visible, count)
        yield {
            "dataset": number,
            "role": role,
            "method": rows.method,
            "row_ids": rows.ids,
            "columns": list(_columns(visible, names, rows.places)),
        }

    run.tell_later("sampled", make, size=frames.bytes_of(data))


def _tell_predictions(run: Run, waiting: Waiting, target: Any) -> None:
    key = (waiting.model, waiting.dataset.order)
    if key in run.samples.told:
        return
    run.samples.told.add(key)
    count = run.settings.predictions_rows
    _sample(run, waiting.dataset, waiting.data, "test", count)
    number = run.use(waiting.dataset)
    excluded = run.settings.sample_exclude
    label = columns.label_of(target, run.datasets.get(target))
    if target is not None and columns.is_withheld(label, excluded):
        target = None
    shown = _without_excluded(waiting.dataset, waiting.data, excluded)
    if shown is None:
        return
    _, visible = shown

    def make() -> Iterator[dict[str, Any]]:
        rows = _rows(run, waiting.dataset, visible, count)
        made: dict[str, Any] = {
            "model": waiting.model,
            "dataset": number,
            "row_ids": rows.ids,
        }
        if target is not None:
            made["labels"] = _numbers(target, rows.places, waiting.classes)
        if waiting.result is not None:
            made["predictions"] = _numbers(waiting.result, rows.places, waiting.classes)
        if waiting.probabilities is not None:
            made["probabilities"] = [
                {"values": [float(p) for p in waiting.probabilities[place]]}
                for place in rows.places
            ]
            if waiting.result is None and waiting.classes is not None:
                best = [int(waiting.probabilities[place].argmax()) for place in rows.places]
                made["predictions"] = _numbers(
                    [waiting.classes[b] for b in best], range(len(best)), waiting.classes
                )
        if all(not made.get(k) for k in ("labels", "predictions", "probabilities")):
            return
        yield made

    run.tell_later("predictions_sampled", make, size=waiting.size)


def _numbers(values: Any, places: Any, classes: Any) -> list[float]:
    """Labels as numbers: what is none is its place among the classes. Empty where it is
    neither."""
    if frames.is_series(values) or frames.is_frame(values):
        values = values.to_numpy()
    if getattr(getattr(values, "dtype", None), "kind", "") == "c":
        return []
    known = None
    numbers = []
    for place in places:
        value = values[place]
        if getattr(value, "shape", ()) not in ((), (1,)):
            return []
        try:
            numbers.append(float(value))
            continue
        except (TypeError, ValueError):
            pass
        if known is None:
            if classes is None or isinstance(classes, list):
                return []
            known = {label: index for index, label in enumerate(classes)}
        numbers.append(float(known.get(value, math.nan)))
    return numbers


# ---- what of the data is looked at


def _as_it_is(data: Any) -> Any:
    """What stays as it is when the program adds columns, or gives others their place; small
    arrays also when it writes into them."""
    if frames.is_kind(data, "pandas", "DataFrame", "Series"):
        return data.copy(deep=False)
    if frames.is_kind(data, "numpy", "ndarray") and data.nbytes <= COPIED_BYTES:
        return data.copy()
    return data


def _without_excluded(
    dataset: Dataset, data: Any, excluded: tuple[str, ...]
) -> tuple[list[str], Any] | None:
    """Names, and the data without the columns whose values stay here, and without those that were
    made from them. None where nothing is left, or nobody knows which ones those are."""
    own = frames.names_of(data)
    names = dataset.column_names if len(dataset.columns) == len(own) else own
    if not excluded:
        return names, data
    features = columns.features_of(dataset, names)
    kept = [
        place
        for place, (name, (_, behind)) in enumerate(zip(names, features))
        if not any(columns.is_withheld(each, excluded) for each in (name, *behind))
    ]
    nameless = own == names and not frames.is_table(data)
    if not kept or (nameless and all(behind == {name} for name, behind in features)):
        return None
    shown = [names[place] for place in kept]
    if len(kept) == len(own):
        return shown, data
    if frames.is_kind(data, "pandas", "DataFrame"):
        return shown, data.iloc[:, kept]
    if frames.is_kind(data, "polars", "DataFrame"):
        return shown, data.select(shown)
    return shown, data[:, kept]


# ---- rows


def _rows(run: Run, dataset: Dataset, data: Any, count: int) -> Rows:
    known = run.samples.rows.get(dataset.order)
    if known is not None:
        return known.first(count)
    total = frames.rows_of(data) or 0
    step = max(1, math.ceil(total / MAX_HASHED_ROWS))
    places = list(range(0, total, step))
    hashes = _hashes(data, step)
    most = max(run.settings.sample_rows, run.settings.predictions_rows)
    kept = sorted(zip(hashes, places))[:most]
    method = "lowest-hash" if step == 1 else f"lowest-hash of every {step}th row"
    rows = Rows([place for _, place in kept], [h for h, _ in kept], method)
    run.samples.rows[dataset.order] = rows
    if len(run.samples.rows) > MAX_REMEMBERED:
        run.samples.rows.popitem(last=False)
    return rows.first(count)


def _hashes(data: Any, step: int) -> list[str]:
    pandas = sys.modules.get("pandas")
    if pandas is not None and frames.is_kind(data, "pandas", "DataFrame", "Series"):
        some = data.iloc[::step]
        try:
            return _distinct([f"{value:016x}" for value in _hashed(pandas, some)])
        except TypeError:
            rows = some.astype(str).itertuples(index=False)
            return _distinct([_digest(repr(tuple(row)).encode()) for row in rows])
    if frames.is_kind(data, "polars", "DataFrame"):
        hashed = data.gather_every(step).hash_rows()
        return _distinct([f"{value:016x}" for value in hashed.to_list()])
    if hasattr(data, "tocsr"):
        matrix = data.tocsr()[::step]
        rows = (matrix[i] for i in range(matrix.shape[0]))
        return _distinct([_digest(r.indices.tobytes() + r.data.tobytes()) for r in rows])
    array = data[::step]
    if getattr(array, "dtype", None) is not None and array.dtype.kind != "O":
        return _distinct([_digest(row.tobytes()) for row in array])
    return _distinct([_digest(repr(row).encode()) for row in array])


def _hashed(pandas: Any, table: Any) -> list[int]:
    """Of each row a hash of its values. Not by `hash_pandas_object`: that sets the filters of
    warnings aside for a moment, which are those of the program's threads too."""
    columns = [table.iloc[:, i] for i in range(table.shape[1])] if table.ndim == 2 else [table]
    hashes = [pandas.util.hash_array(_array_of(each), categorize=False) for each in columns]
    if not hashes:
        return [0] * len(table)
    mixed = hashes[0].copy()
    for each in hashes[1:]:
        mixed *= HASH_FACTOR
        mixed ^= each
    numbers: list[int] = mixed.tolist()
    return numbers


def _array_of(column: Any) -> Any:
    """numpy's array, or one of pandas' own where it is no numpy array inside."""
    plain = type(column.array).__name__ in ("NumpyExtensionArray", "PandasArray")
    return column.to_numpy() if plain else column.array


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _distinct(hashes: list[str]) -> list[str]:
    """Equal rows get different ids, in the order in which they lie."""
    seen: dict[str, int] = {}
    told = []
    for value in hashes:
        number = seen.get(value, 0)
        seen[value] = number + 1
        told.append(f"{value}-{number}" if number else value)
    return told


def _columns(data: Any, names: list[str], places: list[int]) -> Iterator[dict[str, Any]]:
    """`SampleColumn` messages."""
    if frames.is_kind(data, "pandas", "DataFrame"):
        some = data.iloc[places]
        series = [(str(name), some.iloc[:, i]) for i, name in enumerate(some.columns)]
        named = [(name, column.to_numpy()) for name, column in series[:MAX_COLUMNS]]
    elif frames.is_kind(data, "polars", "DataFrame"):
        some = data[places]
        named = [(name, some[name].to_numpy()) for name in some.columns[:MAX_COLUMNS]]
    else:
        if frames.is_kind(data, "pandas", "Series"):
            array = data.iloc[places].to_numpy()
        elif frames.is_kind(data, "polars", "Series"):
            array = data[places].to_numpy()
        else:
            array = data.tocsr()[places].toarray() if hasattr(data, "tocsr") else data[places]
        if array.ndim == 1:
            array = array.reshape(-1, 1)
        if array.ndim != 2:
            array = array.reshape(len(array), -1)
        width = min(array.shape[1], MAX_COLUMNS)
        named = [
            (names[i] if len(names) == array.shape[1] else f"x{i}", array[:, i])
            for i in range(width)
        ]
    for name, values in named:
        yield _column(name, values)


def _column(name: str, values: Any) -> dict[str, Any]:
    kind = values.dtype.kind
    if kind == "b":
        booleans = [bool(value) for value in values]
        return {"name": name, "type": "boolean", "booleans": {"values": booleans}}
    if kind in "iu":
        integers = [int(value) for value in values]
        if all(-(2**63) <= value < 2**63 for value in integers):
            return {"name": name, "type": "bigint", "integers": {"values": integers}}
    if kind == "f":
        doubles = [float(value) for value in values]
        return {"name": name, "type": "double", "doubles": {"values": doubles}}
    if kind == "M":
        moments = values.astype("datetime64[us]")
        nulls = [i for i, value in enumerate(moments) if value != value]
        integers = [0 if v != v else int(v.astype("int64")) for v in moments]
        return {
            "name": name,
            "type": "timestamp",
            "integers": {"values": integers},
            "nulls": nulls,
        }
    nulls = [i for i, value in enumerate(values) if value is None or value != value]
    missing = set(nulls)
    texts = ["" if i in missing else str(v)[:MAX_TEXT] for i, v in enumerate(values)]
    return {"name": name, "type": "string", "texts": {"values": texts}, "nulls": nulls}
