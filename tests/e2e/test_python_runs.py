"""Runs of Python programs that do several things at once, and what they log themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Agent, Tables
from programs.python import threads
from tracking import PROGRAM_SECONDS, Tracked, start

Row = dict[str, Any]
