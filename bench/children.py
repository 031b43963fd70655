"""A case in, a fresh Python process that runs it, its figures or its complaint out."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ss_camera import child

ROOT = Path(__file__).resolve().parent.parent
_STOP_S = 12.0
_SETTINGS = (
    "CAMERA",
    "PICAMERA",
    "SS_",
    "SSCFG_",
    "SCHEDULE",
    "KAFKA_CLIENT",
    "QUEUE_",
    "LOG_",
    "SYNTHETIC_",
)


class CaseFailed(Exception):
    """A case gave no figures; the message has the last line that it said."""


def run(
    call: str, timeout_s: float = 120.0, preload: Path | None = None, **arguments: object
) -> dict[str, float]:
    """The figures of `module:function(**arguments)`; `preload` is a library to load. Raises `CaseFailed`."""
    environment = {**os.environ, "LD_PRELOAD": str(preload)} if preload else None
    with tempfile.TemporaryFile("w+") as said:
        with _started(case(call, **arguments), said, ROOT, environment) as process:
            try:
                out, _ = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                raise CaseFailed(f"{call} {arguments}: no figures after {timeout_s:.0f} s") from None
        if process.returncode != 0 or not out:
            raise CaseFailed(f"{call} {arguments}: {_last_line(said)}")
    figures: dict[str, float] = json.loads(out.splitlines()[-1])
    return figures


def case(call: str, **arguments: object) -> list[str]:
    """The command of one case."""
    return [sys.executable, "-m", "bench.child", json.dumps({"call": call, **arguments})]


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that lives as long as the block; what it logs is told where it ends before that."""
    with tempfile.TemporaryFile("w+") as said, _started(command, said, ROOT, None) as process:
        yield process
        _tell_early_end(process, said)


@contextlib.contextmanager
def camera(settings: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`./ss-camera.py` as a user starts it, with these settings and no others."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as said:
        (Path(folder) / ".env").touch()  # else the one beside the script is read
        command = [sys.executable, str(ROOT / "ss-camera.py")]
        with _started(command, said, Path(folder), {**rest, **settings}) as process:
            yield process
            _tell_early_end(process, said)


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The JSON object that a process prints when it is ready."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise CaseFailed(f"{process.args!r} ended before it was ready")
    answer: dict[str, Any] = json.loads(line)
    return answer


@contextlib.contextmanager
def _started(
    command: list[str], said: IO[str], folder: Path, environment: Mapping[str, str] | None
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
    )
    try:
        yield process
    finally:
        child.end(process, _STOP_S)


def _tell_early_end(process: subprocess.Popen[str], said: IO[str]) -> None:
    if process.poll() not in (None, 0):
        raise CaseFailed(f"{process.args!r} ended with {process.returncode}: {_last_line(said)}")


def _last_line(said: IO[str]) -> str:
    said.seek(0)
    lines = said.read().strip().splitlines()
    return lines[-1] if lines else "it said nothing"
