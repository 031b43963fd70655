"""A name in, a lock over all processes of this checkout out: the second one finds what the first fetched."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache"


@contextlib.contextmanager
def one_process(name: str) -> Iterator[None]:
    """Held for the block; it goes with the process, however that ends."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
