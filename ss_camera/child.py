"""A child process in, its end out: asked by SIGTERM, made by SIGKILL."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

# PR_SET_PDEATHSIG and SIGTERM; not everywhere is there such a call
_TIE = """
import ctypes, os, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)
prctl and prctl(1, 15)
os.execv(sys.argv[1], sys.argv[1:])
"""


def tied(command: list[str]) -> list[str]:
    """`command` as one whose process gets SIGTERM once the thread that started it ends, killed or not.

    What prctl(2) sets outlives execve(2). `command` begins with a path.
    """
    return [sys.executable, "-c", _TIE, *command]


def end(child: subprocess.Popen[Any], timeout_s: float) -> bool:
    """End `child` and close its pipes. Whether it ended within `timeout_s` of SIGTERM, or before."""
    child.terminate()
    try:
        child.wait(timeout_s)
        in_time = True
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        in_time = False
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
    return in_time


def how_it_ended(child: subprocess.Popen[Any]) -> str | None:
    """`by signal 9` or `with exit code 1`; None while it runs."""
    code = child.poll()
    if code is None:
        return None
    return f"by signal {-code}" if code < 0 else f"with exit code {code}"
