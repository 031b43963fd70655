"""Row `copies`: how often each byte of a frame is copied in the process, on its way from camera to socket."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import children
from bench.brokers import Broker
from bench.case import Case
from bench.figures import Figure
from bench.frames import SIZES

SIZE = "900KB"
_FRAMES = {"seed": 4, "seed+crc32c": 10, "ours": 40, "plugin": 40, "bare": 40, "program": 40}
_SOURCE = Path(__file__).with_name("copies.c")
# -O3 makes it wide; without the rest the compiler calls memcpy for its loop
_COMPILE = ["cc", "-O3", "-fno-builtin", "-fno-tree-loop-distribute-patterns", "-shared", "-fPIC"]


def copies(broker: Broker) -> list[Figure]:
    """Bytes that go through memcpy and memmove, by a frame's size: the camera's own copy is one, what the
    kernel copies is not in it."""
    figures = []
    with _counter() as counter:
        for way, frames in _FRAMES.items():
            with broker.topic(f"bench-copies-{way.replace('+', '-')}") as topic:
                case = Case(way, broker.address, topic, SIZES[SIZE], frames, warm_up=max(2, frames // 4))
                run = children.run("bench.publishing:measure", preload=counter, **case.__dict__)
            value = run["copied_bytes"] / frames / SIZES[SIZE]
            figures.append(Figure("copies", f"{SIZE} {way}: bytes copied a byte", broker.name, value, "x"))
    return figures


@contextlib.contextmanager
def _counter() -> Iterator[Path]:
    """The library that counts, compiled. Raises `CaseFailed` where no C compiler is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copies.so"
        try:
            subprocess.run(  # noqa: S603 - our own source
                [*_COMPILE, "-o", str(path), str(_SOURCE)], check=True, capture_output=True, text=True
            )
        except FileNotFoundError:
            raise children.CaseFailed("counting copies needs a C compiler, cc: install gcc") from None
        except subprocess.CalledProcessError as error:
            raise children.CaseFailed(f"{_SOURCE.name} does not compile: {error.stderr.strip()}") from None
        yield path
