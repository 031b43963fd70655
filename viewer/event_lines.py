"""Events as lines of JSON in, files of lines out: each event once, each line whole."""

from __future__ import annotations

import errno
import json
import os
from array import array
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ss_camera.message import Identity
from viewer.naming import digest

MAX_LINES = 200_000
"""Lines of a file that are remembered. A camera tells of one event a second at most: 86,400 a day."""
MAX_REMEMBERED = 8_000_000
"""Lines of all files together, at eight bytes: those of ninety cameras that see motion all day. Beyond that a
file is read again whenever its turn comes."""

_FILE_COST = 64  # what a file costs beside its lines, in lines: names of cameras come from outside


class EventLines:
    """Knows what its files hold, so that an event that comes again makes no second line, after a restart too.

    The file that was asked for longest ago is forgotten first. For one thread.
    """

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self._count = 0
        self._known: OrderedDict[Path, array[int]] = OrderedDict()

    def add(self, path: Path, identity: Identity, line: bytes) -> bool:
        """Write `line` behind the others; False where the event is there already. Raises OSError."""
        key = _key(identity.camera, identity.boot, identity.seq)
        known = self._of(path)
        at = bisect_left(known, key)
        if at < len(known) and known[at] == key:
            return False
        _append(path, line)
        if len(known) < MAX_LINES:
            insort(known, key)
            self._count += 1
        return True

    def _of(self, path: Path) -> array[int]:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = array("Q", sorted(set(islice(_keys_of(path), MAX_LINES))))
            self._count += len(known) + _FILE_COST
        self._known.move_to_end(path)
        while self._count > self._most and len(self._known) > 1:
            _, forgotten = self._known.popitem(last=False)
            self._count -= len(forgotten) + _FILE_COST
        return known


def _append(path: Path, line: bytes) -> None:
    """A line is there whole or not at all; one that a crash cut is ended first."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        try:
            if os.pwrite(descriptor, line, size) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _key(camera: object, boot: object, seq: object) -> int:
    return int(digest(str(camera), str(boot), str(seq)), 16)


def _keys_of(path: Path) -> Iterator[int]:
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                fields = json.loads(line)
                yield _key(fields["camera"], fields["boot"], fields["seq"])
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # a line that a crash cut
