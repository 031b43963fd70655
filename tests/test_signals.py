"""Signals to a program: none ends it that is a command, whenever and however often it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import ROOT, Program, drawn

LISTENER = """
import signal, sys, threading
from ss_camera.signals import answer, hold_back

hold_back(signal.SIGUSR1)
called = threading.Semaphore(0)
print("held", flush=True)
sys.stdin.readline()
threading.Thread(target=answer, args=(signal.SIGUSR1, called.release), daemon=True).start()
print(called.acquire(timeout=20), flush=True)
sys.stdin.readline()
print(called.acquire(timeout=20), flush=True)
"""

STOPPED = """
import os, signal
from ss_camera.signals import stop_on_signals

stop = stop_on_signals()
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
print(stop.wait(20))
"""

BETWEEN = """
import collections, os, signal
from ss_camera.signals import stop_on_signals

class Waiters(collections.deque):
    def append(self, waiter):
        os.kill(os.getpid(), signal.SIGTERM)
        super().append(waiter)

stop = stop_on_signals()
stop._cond._waiters = Waiters()
print(stop.wait())
"""


INTERRUPTED = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nos._exit(7)\n"
STARTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.Handlers(int(sys.argv[1])))
os.execv(sys.executable, [sys.executable, sys.argv[2]])
"""


@pytest.mark.parametrize("program", ["ss-camera.py", "viewer/VideoViewer.py"])
@pytest.mark.parametrize(
    ("handler", "code"), [(signal.SIG_DFL, -signal.SIGINT), (signal.SIG_IGN, 7)], ids=["usual", "ignored"]
)
def test_ctrl_c_while_modules_are_imported_is_no_traceback(
    tmp_path: Path, program: str, handler: signal.Handlers, code: int
) -> None:
    """On a small machine that takes seconds. Where a shell has it ignored, it stays so."""
    (tmp_path / "argparse.py").write_text(INTERRUPTED)
    ended = subprocess.run(
        [sys.executable, "-c", STARTED, str(int(handler)), str(ROOT / program)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (code, "")


COMMANDED = """
import os, signal, sys
os.kill(os.getpid(), signal.SIGUSR1)
sys.path.remove(os.path.dirname(__file__))
del sys.modules["argparse"]
import argparse
"""


def test_a_command_while_modules_are_imported_makes_a_clip(tmp_path: Path) -> None:
    """It waits until there is a camera."""
    (tmp_path / "argparse.py").write_text(COMMANDED)
    settings = drawn("127.0.0.1:9", "t", MOTION="on", PYTHONPATH=str(tmp_path))
    with Program.camera(tmp_path, settings) as camera:
        camera.wait_for("manual start")


def test_a_stop_may_come_in_the_middle_of_waiting_for_it() -> None:
    """The lock that `wait` holds for an instant is held here on purpose: the program hung there for ever."""
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "True\n")


def test_a_stop_may_come_just_before_the_wait_for_it() -> None:
    """Nobody waits yet whom it could wake; the viewer with `--save` waited for ever."""
    ended = subprocess.run(
        [sys.executable, "-c", BETWEEN], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "True\n")


def test_a_burst_of_commands_is_one_at_least_and_ends_nothing() -> None:
    """Nor is one lost that comes before the program listens."""
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        child.send_signal(signal.SIGUSR1)
        child.stdin.write("listen\n")
        child.stdin.flush()
        assert child.stdout.readline() == "True\n"
        for _ in range(20_000):
            child.send_signal(signal.SIGUSR1)
        out, _ = child.communicate("end\n", timeout=30)
        assert out == "True\n"
    assert child.returncode == 0
