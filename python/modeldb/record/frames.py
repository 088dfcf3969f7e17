"""What data looks like, whoever made it: pandas, polars, numpy, scipy, lists."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from .identity import ByIdentity

# Columns that are named; of wider data the first ones are.
MAX_COLUMNS = 2_000
# Rows that go into a digest.
DIGEST_ROWS = 256
# Columns of a table that go into a digest.
DIGEST_COLUMNS = 128
MAX_CELL = 256
# Views of views that are followed.
MAX_VIEWS = 8
# Of a cell of a table, about.
CELL_BYTES = 8

Columns = list[tuple[str, str]]


def is_kind(data: Any, module: str, *names: str) -> bool:
    """Whether it is one of a library's classes; the library need not be there."""
    loaded = sys.modules.get(module)
    if loaded is None:
        return False
    classes = tuple(c for c in (getattr(loaded, name, None) for name in names) if c is not None)
    return isinstance(data, classes)


# What data is, as `kind` says.
KINDS = (
    ("pandas", "DataFrame"),
    ("pandas", "Series"),
    ("polars", "DataFrame"),
    ("polars", "Series"),
    ("polars", "LazyFrame"),
    ("numpy", "ndarray"),
)
PANDAS = ("pandas.DataFrame", "pandas.Series")
FRAMES = ("pandas.DataFrame", "polars.DataFrame")
SERIES = ("pandas.Series", "polars.Series")
LASTING = ("pandas", "polars", "numpy", "scipy", "builtins", "sklearn")
MAX_TYPES = 1_000
_KINDS: dict[type, str] = {}


def kind(data: Any) -> str:
    """What it is, as `pandas.DataFrame`; empty for what none of these libraries has."""
    cls = type(data)
    known = _KINDS.get(cls)
    if known is None:
        found = (f"{module}.{name}" for module, name in KINDS if is_kind(data, module, name))
        known = next(found, "")
        # Classes of the program's come and go.
        if cls.__module__.partition(".")[0] in LASTING and len(_KINDS) < MAX_TYPES:
            _KINDS[cls] = known
    return known


def is_frame(data: Any) -> bool:
    """Whether it has named columns."""
    return kind(data) in FRAMES


def is_series(data: Any) -> bool:
    """Whether it is one named column."""
    return kind(data) in SERIES


def is_table(data: Any) -> bool:
    """Whether it has columns, by name or one; polars' lazy ones, which have no rows yet, too."""
    known = kind(data)
    return known != "" and known != "numpy.ndarray"


def is_data(data: Any) -> bool:
    """Whether it is kept track of: what has a shape."""
    return hasattr(data, "shape") and hasattr(type(data), "__len__")


def index_of(data: Any) -> Any:
    """What pandas calls its rows; None for what has no names for them."""
    return data.index if kind(data) in PANDAS else None


def rows_of(data: Any) -> int | None:
    """Its number of rows."""
    if kind(data) in PANDAS:
        return len(data)
    shape = getattr(data, "shape", None)
    try:
        return int(shape[0]) if shape else len(data)
    except (TypeError, IndexError):
        return None


def bytes_of(data: Any) -> int:
    """About how many bytes it keeps."""
    size = getattr(data, "nbytes", None)
    if isinstance(size, int):
        return size
    shape: Any = getattr(data, "shape", ())
    try:
        cells = int(shape[0]) * (int(shape[1]) if len(shape) > 1 else 1)
    except (TypeError, IndexError, ValueError):
        return 0
    return cells * CELL_BYTES


def root_of(data: Any) -> Any:
    """The array whose memory it is a view of; itself where it is none."""
    for _ in range(MAX_VIEWS):
        base = getattr(data, "base", None)
        if base is None or kind(base) != "numpy.ndarray":
            break
        data = base
    return data


def held_bytes(data: Any) -> int:
    """About how many bytes are kept as long as it is: of a view those of the whole."""
    return max(bytes_of(data), bytes_of(root_of(data)))


def has_columns_of(data: Any, other: Any) -> bool:
    """Whether two have columns of the same names."""
    if kind(data) == "pandas.DataFrame" and kind(other) == "pandas.DataFrame":
        mine, theirs = data.columns, other.columns
        return mine is theirs or bool(mine.equals(theirs))
    return names_of(data) == names_of(other)


def columns_of(data: Any) -> Columns:
    """Names and types of its columns."""
    known = kind(data)
    if known == "pandas.DataFrame":
        return _columns_of_frame(data)
    if known == "polars.DataFrame":
        schema = list(data.schema.items())[:MAX_COLUMNS]
        return [(name, _type_name(kind)) for name, kind in schema]
    if known in SERIES:
        name = data.name
        return [(str(name), _type_name(data.dtype))] if name is not None and name != "" else []
    dtype = getattr(data, "dtype", None)
    text = type(data).__name__ if dtype is None else _type_name(dtype)
    shape: Any = getattr(data, "shape", ())
    if len(shape) == 2:
        return [(f"x{i}", text) for i in range(min(shape[1], MAX_COLUMNS))]
    return []


def names_of(data: Any) -> list[str]:
    """Names of its columns."""
    return [name for name, _ in columns_of(data)]


def _columns_of_frame(data: Any) -> Columns:
    # What leaves the columns as they are shares their index.
    index, dtypes = data.columns, _dtypes(data)
    known = _COLUMNS.get(index)
    if known is not None and known[0] == dtypes:
        return known[1]
    names = map(str, index[:MAX_COLUMNS].tolist())
    kinds = {dtype: _type_name(dtype) for dtype in set(dtypes)}
    columns = list(zip(names, map(kinds.__getitem__, dtypes)))
    _COLUMNS.put(index, (dtypes, columns))
    return columns


# The columns that tables with an index of columns have.
_COLUMNS: ByIdentity[tuple[list[Any], Columns]] = ByIdentity()


def _dtypes(data: Any) -> list[Any]:
    # `DataFrame.dtypes` makes a Series, and that resets Python's registry of warnings.
    blocks: Any = getattr(data, "_mgr", None)
    dtypes = blocks.get_dtypes() if hasattr(blocks, "get_dtypes") else data.dtypes
    return list(dtypes[:MAX_COLUMNS])


def _type_name(dtype: Any) -> str:
    # Names of types take long to make, and there are few but for those with parameters.
    cls = type(dtype)
    if cls.__module__ != "numpy.dtypes":
        return str(dtype)
    known = _TYPE_NAMES.get(dtype)
    if known is None:
        known = str(dtype)
        if len(_TYPE_NAMES) < MAX_TYPE_NAMES:
            _TYPE_NAMES[dtype] = known
    return known


MAX_TYPE_NAMES = 1_000
_TYPE_NAMES: dict[Any, str] = {}


def signature(data: Any) -> Any:
    """What shows that a table was changed in place."""
    known = kind(data)
    if known == "pandas.DataFrame":
        return len(data), id(data.columns)
    if known == "pandas.Series":
        return len(data)
    return getattr(data, "shape", None)


def digest(data: Any) -> str:
    """A digest of its size, its types and some of its rows: the same data has the same one, in
    every run. At most `DIGEST_ROWS` rows are read."""
    hasher = hashlib.blake2b(digest_size=16)

    def add(*parts: Any) -> None:
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode("utf-8", "replace")
            hasher.update(len(raw).to_bytes(8, "little"))
            hasher.update(raw)

    try:
        _digest(data, add)
    except Exception:
        return ""
    return hasher.hexdigest()


def _digest(data: Any, add: Any) -> None:
    add(type(data).__name__, getattr(data, "shape", None) or len(data))
    step = max(1, (rows_of(data) or 1) // DIGEST_ROWS)
    if is_kind(data, "pandas", "DataFrame", "Series"):
        some = data.iloc[::step]
        if is_kind(data, "pandas", "DataFrame"):
            for place in range(min(some.shape[1], DIGEST_COLUMNS)):
                column = some.iloc[:, place]
                add(column.name, column.dtype)
                _values(column.to_numpy(), add)
        else:
            add(some.name, some.dtype)
            _values(some.to_numpy(), add)
    elif is_kind(data, "polars", "DataFrame"):
        add(data.schema)
        add(data.gather_every(step).write_ipc(None).getvalue())
    elif is_kind(data, "numpy", "ndarray"):
        add(data.dtype)
        _values(data[::step] if data.ndim else data, add)
    elif hasattr(data, "tocsr"):
        rows = data.tocsr()[::step]
        add(data.dtype, rows.indices.tobytes(), rows.data.tobytes())
    else:
        for row in list(data)[::step]:
            add(str(row)[:MAX_CELL])


def _values(values: Any, add: Any) -> None:
    if getattr(values, "dtype", None) is None or values.dtype.kind == "O":
        for value in values:
            add(str(value)[:MAX_CELL])
    else:
        add(values.tobytes())
