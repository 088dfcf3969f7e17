"""Runs somebody's script as if Python itself ran it, tracked."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path
from types import CodeType
from typing import Any

from . import session, tracebacks
from .settings import SettingError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m modeldb run", description="Runs a script and tracks it."
    )
    parser.add_argument("--project", help="where its models belong; the script's name otherwise")
    parser.add_argument("--experiment")
    parser.add_argument("--name", help="what the run is called")
    parser.add_argument("--tag", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--agent", metavar="URL", help="where the agent is")
    parser.add_argument("-m", dest="module", metavar="MODULE", help="a module instead of a script")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="script.py [arguments]")
    return parser


def launch(arguments: list[str]) -> int:
    """Runs what the arguments say; answers the exit code that Python would have."""
    parser = _parser()
    # What is behind -m MODULE is the module's.
    own, rest = _split(arguments)
    given = parser.parse_args(own)
    rest = given.rest + rest
    if given.module is None and not rest:
        parser.error("a script, or -m MODULE, is needed")
    tags = {}
    for tag in given.tag:
        key, equals, value = tag.partition("=")
        if not equals or not key:
            parser.error(f"--tag {tag!r} is not accepted: KEY=VALUE is")
        tags[key] = value
    if given.module is not None:
        sys.argv = [given.module, *rest]
    else:
        if not Path(rest[0]).exists():
            sys.stderr.write(f"modeldb run: there is no file {rest[0]!r}\n")
            return 2
        sys.argv = rest
        sys.path[0] = str(Path(rest[0]).resolve().parent)
    try:
        tracked = session.current(
            project=given.project, experiment=given.experiment, agent=given.agent
        )
    except SettingError as error:
        sys.stderr.write(f"modeldb run: {error}\n")
        return 2
    if tracked is not None:
        tracked.begin_automatic(
            "run",
            always=True,
            project=given.project or "",
            experiment=given.experiment or "",
            name=given.name or "",
            tags=tags,
        )
        session.watch(tracked)
    return _run(given.module)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "-m" in arguments:
        at = arguments.index("-m")
        if not any(a.endswith(".py") for a in arguments[:at]):
            return arguments[: at + 2], arguments[at + 2 :]
    return arguments, []


def _run(module: str | None) -> int:
    error: BaseException | None = None
    try:
        if module is not None:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            _run_script(sys.argv[0])
        return 0
    except SystemExit as ended:
        error = ended if ended.code not in (None, 0) else None
        raise
    except BaseException as raised:
        error = raised
        # Python itself shows it, and ends as it does.
        sys.excepthook = tracebacks.shown_by(sys.excepthook, _is_entry)
        raise
    finally:
        session.ended_with(error)


def _run_script(path: str) -> None:
    """As `runpy.run_path`, in the very module `__main__`: what the script defines can be pickled,
    and is there when it has ended."""
    import __main__

    path = os.path.abspath(path)
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    own: dict[str, Any] = vars(__main__)
    for name in [name for name in own if name not in ("__builtins__", "__name__", "__loader__")]:
        del own[name]
    own |= {"__file__": path, "__doc__": None, "__package__": None, "__spec__": None}
    own |= {"__cached__": None, "__annotations__": {}}
    exec(code, own)


# Where Python begins when it runs this package.
ENTRY = str(Path(__file__).with_name("__main__.py"))


def _is_entry(code: CodeType) -> bool:
    file = code.co_filename
    return file in (__file__, ENTRY, runpy.__file__) or file.startswith("<frozen runpy")
