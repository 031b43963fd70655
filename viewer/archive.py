"""Stills, events and clips in, files of a folder out: whole under their final name, or not under it at all.

    DIR/<camera>/<date>/<time>-<run>-<seq>.jpg
    DIR/<camera>/<date>/<time>-<clip>.mp4               .incomplete.mp4 where parts are missing
    DIR/<camera>/<date>/events.jsonl
    DIR/.arriving/                                      what is being written

Names come from what a message says of itself, so that a message which comes again has the same one. Every
method raises OSError where the disk refuses; nothing of what it could not write is left then.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from ss_camera.errors import SettingsError
from ss_camera.message import Identity
from viewer.cameras import Received
from viewer.clip_files import DiskFile
from viewer.event_lines import EventLines
from viewer.naming import day_and_time, digest, folder_name, in_calendar

ARRIVING = ".arriving"
INCOMPLETE = ".incomplete"
EVENTS = "events.jsonl"
MAX_DAYS = 4096
"""Folders of which is remembered what clips in them are incomplete."""

_DAY_US = 86_400_000_000
_BETWEEN = "~"  # stands in no name that is made here
_logger = logging.getLogger(__name__)


class Archive:
    """A folder that one viewer writes at a time. For one thread; `newest` before the others begin."""

    def __init__(self, folder: Path) -> None:
        """Raises `SettingsError` where the folder cannot be had."""
        self.folder = folder
        self._arriving = folder / ARRIVING
        self._lines = EventLines()
        self._incomplete: OrderedDict[Path, set[Path]] = OrderedDict()
        try:
            self._arriving.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._arriving / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise SettingsError(
                [f"--save {folder}: {error.strerror}; give a folder that can be written."]
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise SettingsError(
                [f"--save {folder}: another viewer saves there; give another folder."]
            ) from None
        try:
            self._recover()
        except OSError as error:
            _logger.warning(
                "what an earlier viewer left in %s stays there: %s", self._arriving, error.strerror
            )

    def close(self) -> None:
        """Let another viewer have the folder."""
        os.close(self._lock)

    def save_still(self, received: Received) -> bool:
        """Write a picture as it came; False where it is there already."""
        identity, payload = received.incoming.identity, received.payload
        taken_us = identity.captured_us if identity else received.timestamp_us
        ending = ".png" if payload.startswith(b"\x89PNG") else ".jpg"
        path = self._path(received.camera, taken_us, _still_stem(received), ending)
        if path.exists():
            return False
        file = DiskFile(self._arriving / "still")
        try:
            file.write(payload)
            _place(file, path, taken_us)
        except OSError:
            file.remove()
            raise
        return True

    def save_event(self, received: Received) -> bool:
        """Add an event to its day's lines; False where it is there already, or is no JSON for others."""
        identity, fields = received.incoming.identity, received.incoming.fields
        assert identity is not None
        try:
            line = json.dumps(fields, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
        except (ValueError, RecursionError):
            return False
        return self._lines.add(self._path(received.camera, identity.captured_us, "", EVENTS), identity, line)

    def open_clip(self, camera: str, captured_us: int, clip: str) -> DiskFile:
        """A file for a clip whose first part is here; `clip` is its `clip_key`."""
        day, time = day_and_time(captured_us)
        name = _BETWEEN.join((folder_name(camera), day, f"{time}-{clip}.mp4"))
        self._arriving.mkdir(exist_ok=True)
        return DiskFile(self._arriving / name)

    def keep_clip(
        self,
        file: DiskFile,
        camera: str,
        captured_us: int,
        clip: str,
        *,
        box: bytes,
        complete: bool,
    ) -> bool:
        """Give a clip its final name, its identity behind it; False where the same is there already."""
        path = self._path(camera, captured_us, f"-{clip}", ".mp4")
        partial = path.with_suffix(INCOMPLETE + ".mp4")
        try:
            file.seek(file.size)
            file.write(box)
            wanted = path if complete else _free(partial, file.size)
            if path.exists() or wanted is None:
                file.remove()
                file.path = path if path.exists() else partial
                return False
            _place(file, wanted, captured_us)
        except OSError:
            file.remove()
            raise
        if complete:
            self._drop_incomplete(path, captured_us, clip)
        elif path.parent in self._incomplete:
            self._incomplete[path.parent].add(wanted)
        return True

    def newest(self, count: int) -> list[Path]:
        """The newest clips of each camera's folder, `count` at most, of all cameras together."""
        found: list[Path] = []
        for camera in _folders(self.folder):
            own: list[Path] = []
            for day in sorted(_folders(camera), reverse=True):
                own += sorted(day.glob("*.mp4"), reverse=True)[: count - len(own)]
                if len(own) >= count:
                    break
            found += own
        return sorted(found, key=lambda path: (path.parent.name, path.name), reverse=True)[:count]

    def _path(self, camera: str, taken_us: int, behind: str, ending: str) -> Path:
        day, time = day_and_time(taken_us)
        folder = self.folder / folder_name(camera) / day
        folder.mkdir(parents=True, exist_ok=True)
        return folder / (ending if ending == EVENTS else f"{time}{behind}{ending}")

    def _drop_incomplete(self, path: Path, captured_us: int, clip: str) -> None:
        """Pieces of a clip that is whole now. One that was joined on the way has a later time in its name.

        Raises nothing: who hears of an error takes back the whole one, which has its name.
        """
        next_day, _ = day_and_time(captured_us + _DAY_US)
        for day in (path.parent, path.parent.with_name(next_day)):
            known = self._incomplete.get(day)
            if known is None:  # looked for once: a folder may hold a million stills
                try:
                    known = self._incomplete[day] = _pieces(day)
                except OSError:
                    continue
                if len(self._incomplete) > MAX_DAYS:
                    self._incomplete.popitem(last=False)
            for piece in [each for each in known if f"-{clip}{INCOMPLETE}" in each.name]:
                with contextlib.suppress(OSError):
                    piece.unlink()
                known.discard(piece)

    def _recover(self) -> None:
        """What a viewer was writing when it was killed: of clips what is there is kept, marked incomplete."""
        for path in sorted(self._arriving.iterdir()):
            if path.name == "lock":
                continue
            names = path.name.split(_BETWEEN)
            if len(names) == 3 and path.stat().st_size:
                target = self.folder / names[0] / names[1] / names[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                free = _free(target.with_suffix(INCOMPLETE + ".mp4"), path.stat().st_size)
                if free is not None and not target.exists():
                    path.rename(free)
                    _logger.warning("a clip was being saved when the viewer ended; what came is %s", free)
                    continue
            path.unlink()


def _place(file: DiskFile, path: Path, taken_us: int) -> None:
    shown_ns = max(0, in_calendar(taken_us)) * 1000
    os.utime(file.path, ns=(shown_ns, shown_ns))
    file.sync()
    file.move(path)


def _still_stem(received: Received) -> str:
    identity = received.incoming.identity
    if identity is None:
        return f"-{digest(received.payload.hex())}"
    return f"-{run_name(identity)}-{identity.seq}"


def run_name(identity: Identity) -> str:
    """Eight digits that stand for one run of one camera."""
    return digest(identity.camera, identity.boot)[:8]


def clip_key(identity: Identity, clip: str) -> str:
    """Sixteen digits that stand for one clip of one run: its id is unique there, and nowhere else."""
    return digest(identity.camera, identity.boot, clip)


def _free(path: Path, size: int) -> Path | None:
    """`path` or a numbered one beside it that is not there; None where one is there that holds as much."""
    for number in range(1, 1000):
        numbered = (
            path if number == 1 else path.with_name(path.name.replace(INCOMPLETE, f"{INCOMPLETE}-{number}"))
        )
        try:
            if numbered.stat().st_size >= size:
                return None
        except FileNotFoundError:
            return numbered
    return None


def _pieces(day: Path) -> set[Path]:
    # not by a glob: from Python 3.13 on that tells of no error, and nothing would count as all that is there
    try:
        with os.scandir(day) as entries:
            return {
                day / each.name for each in entries if INCOMPLETE in each.name and each.name.endswith(".mp4")
            }
    except FileNotFoundError:
        return set()


def _folders(parent: Path) -> Iterator[Path]:
    with os.scandir(parent) as entries:
        yield from (
            Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."
        )
