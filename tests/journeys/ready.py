"""Starts `superbill` commands as processes of their own, out of one that has loaded the program already.

`python -m tests.journeys.ready` reads a command a line (JSON) and answers each with its exit status.  A command begins
as a new process of the program would, but for the second and a half that loading takes: the tests start hundreds.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import sys
import traceback
from typing import Any

import store.practice  # noqa: F401  (what most commands load)
import tui.cli
from tui import commands


def _redirect(target: str, number: int, flags: int) -> None:
    handle = os.open(target, flags, 0o600)
    os.dup2(handle, number)
    os.close(handle)


def _run(told: dict[str, Any]) -> int:
    """In the new process: streams, environment and limits as asked, then the command."""
    _redirect(os.devnull, 0, os.O_RDONLY)
    _redirect(told["out"], 1, os.O_WRONLY)
    _redirect(told["err"], 2, os.O_WRONLY)
    os.environ.clear()
    os.environ.update(told["env"])
    os.chdir(told["folder"])
    os.umask(told["umask"])
    if told["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["limit"], told["limit"]))
    sys.argv = ["superbill", *told["words"]]
    try:
        tui.cli.main()
    except SystemExit as left:
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # as the interpreter itself would
        traceback.print_exc()
        return 1
    return 0


def _answer(line: str) -> int:
    pid = os.fork()
    if pid == 0:
        status = _run(json.loads(line))
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    commands.register(tui.cli.app)
    for command in sys.stdin:
        print(_answer(command), flush=True)
