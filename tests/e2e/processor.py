"""What a process takes of the machine."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

# Within which a process has to come to rest; a second is what is wanted, on a machine that
# does nothing else.
PATIENCE = 10.0
# Over which it is looked at, and what it may use meanwhile: an agent folds and answers.
LOOK = 0.5
IDLE = 0.1


@dataclass
class Processor:
    pid: int

    def used(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rests(self) -> float:
        """Waits until it computes nothing; answers for how long it went on."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            seen = self.used()
            time.sleep(LOOK)
            if self.used() - seen <= IDLE * LOOK:
                return time.monotonic() - begun - LOOK
        pytest.fail(f"the process still computes after {PATIENCE:.0f} s")

    def works(self) -> None:
        """Waits until it computes something."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            seen = self.used()
            time.sleep(LOOK)
            if self.used() - seen > 2 * IDLE * LOOK:
                return
        pytest.fail("the process computes nothing")

    def peak(self) -> int:
        """Bytes of memory that it had at most."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
        pytest.fail("the process is gone")
