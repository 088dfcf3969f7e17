"""The batches of one producer that no agent took yet, in a file `<producer>.spool`.

Format: four bytes `MDBS`, the version as a big-endian 32-bit integer (1), then PushRequest
messages, each behind its length as a varint, with numbers that rise by one. The file is locked
(POSIX) while its program runs. A writer that was killed may leave a last message that is cut
off: it counts as not there. Only its user can read it.
"""

from __future__ import annotations

import getpass
import os
import tempfile
from collections import deque
from pathlib import Path
from typing import Any

from . import wire

try:
    import fcntl
except ImportError:  # Windows has no POSIX locks
    fcntl = None  # type: ignore[assignment]

HEADER = b"MDBS\x00\x00\x00\x01"


def default_directory() -> Path:
    """Where spools rest unless the user says otherwise."""
    return Path(tempfile.gettempdir()) / "modeldb-spool"


class Spool:
    """See the module. Not thread safe."""

    def __init__(self, directory: Path | None, producer: str, max_bytes: int) -> None:
        self._wanted = directory
        self._name = f"{producer}.spool"
        self._max_bytes = max_bytes
        self._waiting: deque[tuple[int, int, int]] = deque()  # seq, offset, length
        self._file: Any = None
        self._allowance = 0
        self.path: Path | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def first(self) -> Any:
        """The batch that waits for longest."""
        return self._read(self._waiting[0])

    @property
    def first_seq(self) -> int:
        """Its number."""
        return self._waiting[0][0]

    def append(self, request: Any) -> bool:
        """Adds a batch behind all others; false where the limit does not allow it."""
        self._open()
        message = request.SerializeToString()
        record = _varint(len(message)) + message
        at = self._file.seek(0, os.SEEK_END)
        if at + len(record) > self._allowance:
            return False
        try:
            self._file.write(record)
            self._file.flush()
        except OSError:
            self._file.truncate(at)
            raise
        offset = at + len(record) - len(message)
        self._waiting.append((request.seq, offset, len(message)))
        return True

    def remove_first(self) -> None:
        """Forgets the first batch; the file goes with the last."""
        self._waiting.popleft()
        if not self._waiting:
            self.close()
            if self.path is not None:
                self.path.unlink(missing_ok=True)

    def refuse_first(self) -> None:
        """Takes out the first batch and closes the gap: no agent has seen those behind it.

        The file is replaced in one step.
        """
        kept = [self._read(entry) for entry in list(self._waiting)[1:]]
        if not kept or self.path is None:
            self.remove_first()
            return
        new = self.path.with_suffix(".spool.new")
        entries: deque[tuple[int, int, int]] = deque()
        with open(new, "wb", opener=_private) as file:
            file.write(HEADER)
            for request in kept:
                request.seq -= 1
                message = request.SerializeToString()
                file.write(_varint(len(message)))
                entries.append((request.seq, file.tell(), len(message)))
                file.write(message)
        self.close()
        os.replace(new, self.path)
        self._file = _locked(self.path)
        self._waiting = entries

    def close(self) -> None:
        """Lets others deliver what is in it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        if self._file is not None:
            return
        directory = self._directory()
        self.path = directory / self._name
        others = sum(other.stat().st_size for other in directory.glob("*.spool"))
        self._allowance = self._max_bytes - others
        with open(self.path, "xb", opener=_private) as file:
            file.write(HEADER)
        self._file = _locked(self.path)

    def _directory(self) -> Path:
        if self._wanted is not None:
            return _prepared(self._wanted)
        default = default_directory()
        try:
            return _prepared(default)
        except OSError:
            # One under a shared temporary directory may belong to somebody else.
            return _prepared(default.with_name(f"{default.name}-{getpass.getuser()}"))

    def _read(self, entry: tuple[int, int, int]) -> Any:
        _, offset, length = entry
        self._file.seek(offset)
        return wire.message("PushRequest").FromString(self._file.read(length))


def _prepared(directory: Path) -> Path:
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid"):
        if directory.stat().st_uid != os.getuid():
            raise PermissionError(f"{directory} belongs to another user")
        if directory.stat().st_mode & 0o777 != 0o700:
            directory.chmod(0o700)
    return directory


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _locked(path: Path) -> Any:
    file = open(path, "r+b")  # noqa: SIM115 (it stays open)
    if fcntl is not None:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # a file system without locks
    return file


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
