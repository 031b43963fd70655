"""A folder in, a server of a test on loopback out: each a context manager that stops its own process."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.free_port import free_port
from ss_camera import child
from tests.parts import program

ROOT = Path(__file__).resolve().parent.parent
READY_DEADLINE_S = 20.0
STOP_DEADLINE_S = 10.0
MAX_SECONDS = 3600
"""No server of a test outlives this, whatever happens to the test."""


@contextlib.contextmanager
def mock_cluster(seconds: float = MAX_SECONDS) -> Iterator[str]:
    """librdkafka's mock cluster in a process of its own; yields its address."""
    command = [sys.executable, "-m", "ss_camera.mock_broker", "--seconds", str(seconds)]
    with _process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], READY_DEADLINE_S)
        assert ready, "the mock cluster did not print its address"
        yield str(json.loads(process.stdout.readline())["broker"])


@contextlib.contextmanager
def mosquitto(folder: Path, port: int | None = None) -> Iterator[tuple[str, int]]:
    """Debian's mosquitto without passwords; yields host and port. Its log is `folder`/mosquitto.log."""
    port = port or free_port()
    configuration = folder / "mosquitto.conf"
    configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    command = [str(program("mosquitto")), "-c", str(configuration)]
    with (folder / "mosquitto.log").open("wb") as log, _process(command, stdout=log) as process:
        wait_for_port(port, process)
        yield "127.0.0.1", port


@contextlib.contextmanager
def moto(folder: Path) -> Iterator[str]:
    """An S3 server in memory; yields its URL. Buckets are for the test to make; any key is accepted."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (folder / "moto.log").open("wb") as log, _process(command, stdout=log) as process:
        wait_for_port(port, process)
        yield f"http://127.0.0.1:{port}"


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something takes connections on 127.0.0.1; fails when `process` ends or the deadline passes."""
    deadline_s, pause = time.monotonic() + READY_DEADLINE_S, threading.Event()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
            return
        except OSError:
            assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
            assert time.monotonic() < deadline_s, f"{process.args!r} takes no connection on port {port}"
            pause.wait(0.02)


@contextlib.contextmanager
def _process(
    command: list[str], stdin: int = subprocess.DEVNULL, stdout: object = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A child for the length of the block, in the checkout; then SIGTERM, and SIGKILL if it must be."""
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,  # type: ignore[call-overload]  # a file or a constant
        stderr=subprocess.DEVNULL if stdout == subprocess.PIPE else subprocess.STDOUT,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        child.end(process, STOP_DEADLINE_S)
