"""A program of ours as a user starts it: a child process whose lines can be awaited."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from ss_camera.settings import foreign_environment

ROOT = Path(__file__).parent.parent
DRAWN = {
    "CAMERA": "synthetic",
    "CAMERA_ID": "cam",
    "PICAMERA_RESOLUTION": "QVGA",
    "PICAMERA_FRAMERATE": "10",
}
"""A camera that every machine has: small pictures, ten a second."""


def drawn(broker: str, topic: str, **more: str) -> dict[str, str]:
    """The settings of that camera with a broker; `more` go before."""
    return {**DRAWN, "SS_BROKERS": broker, "SS_TOPIC": topic, **more}


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ours, and `settings`."""
    return {**foreign_environment(), "PYTHONUNBUFFERED": "1", **settings}


def wait_until(holds: Callable[[], bool], what: str, deadline_s: float = 30.0) -> None:
    """Ask `holds` until it is true; fail with `what` after `deadline_s` seconds."""
    end_s = time.monotonic() + deadline_s
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end_s, f"waited {deadline_s} s in vain for {what}"
        pause.wait(0.02)


class Program:
    """`with Program([...], cwd=folder, settings={...}) as program:`; killed at the end if it still runs."""

    def __init__(self, command: list[str], *, cwd: Path, settings: Mapping[str, str] | None = None) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._child = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def camera(cls, folder: Path, settings: Mapping[str, str], *arguments: str) -> Program:
        """`./ss-camera.py`, started in `folder`, which has no `.env` unless the test wrote one."""
        return cls([sys.executable, str(ROOT / "ss-camera.py"), *arguments], cwd=folder, settings=settings)

    @classmethod
    def viewer(cls, folder: Path, settings: Mapping[str, str], *arguments: str) -> Program:
        """`viewer/VideoViewer.py`, started in `folder`."""
        return cls(
            [sys.executable, str(ROOT / "viewer/VideoViewer.py"), *arguments], cwd=folder, settings=settings
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        self._reader.join(5.0)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def text(self) -> str:
        """All that it printed so far."""
        with self._changed:
            return "\n".join(self.lines)

    def wait_for(self, words: str, deadline_s: float = 30.0) -> str:
        """The first line with `words`; fails with all lines after `deadline_s` or at the program's end."""
        end_s = time.monotonic() + deadline_s
        with self._changed:
            while True:
                for line in self.lines:
                    if words in line:
                        return line
                assert time.monotonic() < end_s, f"{words!r} did not come in {deadline_s} s:\n" + "\n".join(
                    self.lines
                )
                assert self._reader.is_alive(), f"it ended without {words!r}:\n" + "\n".join(self.lines)
                self._changed.wait(0.1)

    def counts(self) -> dict[str, int]:
        """What a camera says at its end: `captured`, `delivered`, ..; waits for it."""
        said = self.wait_for("stopped: ").split("stopped: ")[1]
        pairs = (each.rpartition(" ") for each in said.split(", "))
        return {name: int(count) for name, _, count in pairs}

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Send a signal; see `ended`."""
        self._child.send_signal(number)

    def ended(self, deadline_s: float = 30.0) -> int:
        """Wait for its end; the exit code."""
        code = self._child.wait(deadline_s)
        self._reader.join(5.0)
        return code

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
