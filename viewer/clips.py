"""Parts of clips in, the newest clips out, while they come and afterwards: in memory, or in a folder."""

from __future__ import annotations

import io
import logging
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ss_camera.clock import Clock
from ss_camera.message import Clip, ClipAssembler, ClipStatus, Part
from ss_camera.rare_log import RareLog
from viewer.archive import INCOMPLETE, Archive, clip_key
from viewer.cameras import Received
from viewer.clip_files import ClipFile, DiskFile, MemoryFile
from viewer.motions import event_key
from viewer.naming import day_and_time, printable
from viewer.saved_clips import SavedClip

MAX_BYTES = 128 * 1024 * 1024
MAX_LISTED = 100
IDLE_S = 600.0
"""A clip of which nothing came for so long is given up, and what comes later is dropped: longer than a broker
is usually away, as the camera keeps the rest meanwhile."""
ARRIVING = "arriving"

_CODEC = re.compile(r"avc1\.[0-9A-Fa-f]{6}", re.ASCII)
_logger = logging.getLogger(__name__)


@dataclass
class _Record:
    """What is known of one clip. `first_us` is the wall clock of the earliest part that came."""

    number: int
    camera: str
    event: str
    reason: str
    codec: str | None
    first: int
    first_us: int
    last_us: int
    clock: str
    preroll_s: float
    file: ClipFile
    state: str = ARRIVING
    duration_s: float | None = None
    problem: str | None = None
    missing: int = 0

    def about(self) -> dict[str, object]:
        """Ready for JSON."""
        so_far_s = max(0.0, min((self.last_us - self.first_us) / 1e6, 86_400.0))
        # one that was joined on the way gives no byte before it is over, and no player can begin with those
        playable = self.first == 0 and (self.problem is None or "not playable" not in self.problem)
        return {
            "id": self.number,
            "camera": self.camera,
            "captured_us": self.first_us,
            "clock": self.clock,
            "reason": self.reason,
            "state": self.state,
            "bytes": self.file.size,
            "duration_s": round(so_far_s if self.duration_s is None else self.duration_s, 3),
            "preroll_s": round(self.preroll_s, 3),
            "codec": self.codec,
            "playable": playable,
            "problem": printable(self.problem) if self.problem else None,
            "missing": self.missing,
        }


class Clips:
    """The clips of all cameras. `take` and `tick` belong to one thread, what asks to any.

    Without an `archive` clips stand in memory, open and finished ones together never above `max_bytes`: the
    oldest finished one goes first. With one they are files, also after they have left the list.
    """

    def __init__(self, clock: Clock, archive: Archive | None = None, max_bytes: int = MAX_BYTES) -> None:
        self._clock = clock
        self._archive = archive
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._rare_log = RareLog(_logger, clock, 60.0, burst=20)
        # a clip that is given up for its size still fits
        self._assembler = ClipAssembler(max_bytes * 7 // 8, IDLE_S, self._make_file)
        self._records: OrderedDict[int, _Record] = OrderedDict()
        self._open: dict[str, _Record] = {}
        self._camera = ""  # of the part that is being taken
        self._number = 0
        self.version = 0
        """Changes whenever the list does."""
        self.saved = 0
        """Clips that have got their final name."""

    def take(self, received: Received) -> None:
        """Account for a clip's part. Raises OSError where it cannot be written: then its clip is given up."""
        part = received.incoming.part
        assert part is not None
        self.tick()  # first: a file that cannot be opened below shall not take other clips along
        self._camera = received.camera
        record = self._open.get(clip_key(part.identity, part.clip))
        if record is not None:
            with self._lock:
                first = record.first
                _extend(record, part)
                self.version += record.first < first
        done = self._assembler.take(part, self._clock.monotonic_s())
        self._finish(done)

    def tick(self) -> None:
        """To be called every few seconds: gives up what nothing more came of."""
        done = self._assembler.expire(self._clock.monotonic_s())
        if done:
            self._finish(done)

    def close(self) -> None:
        """Give up all that is open."""
        self._finish(self._assembler.close())

    def list_saved(self, saved: list[SavedClip]) -> None:
        """Put clips of an earlier run into the list, the oldest first; before any is taken."""
        for each in saved:
            record = _Record(
                number=self._next_number(),
                camera=each.camera,
                event=each.event,
                reason=each.reason,
                codec=each.codec,
                first=0,
                first_us=each.captured_us,
                last_us=each.captured_us,
                clock=each.clock,
                preroll_s=each.preroll_s,
                file=each.file,
                state=each.state,
                duration_s=each.duration_s,
                problem=each.problem,
            )
            self._records[record.number] = record

    def newest(self) -> list[dict[str, object]]:
        """At most `MAX_LISTED` clips, the newest first, each with the `event_key` of its event."""
        with self._lock:
            newest = sorted(
                self._records.values(), key=lambda each: (each.first_us, each.number), reverse=True
            )
            return [{**record.about(), "event": record.event} for record in newest[:MAX_LISTED]]

    def find(self, number: int) -> tuple[ClipFile, str, str] | None:
        """The file of a clip, its state, and a name for a copy of it; None where it is gone."""
        with self._lock:
            record = self._records.get(number)
            if record is None:
                return None
            safe = re.sub(r"[^A-Za-z0-9._-]", "_", record.camera)
            name = f"{safe}-{''.join(day_and_time(record.first_us)).replace('-', '')}.mp4"
            return record.file, record.state, name

    def event_of(self, number: int) -> str | None:
        """The `event_key` of a clip's event."""
        with self._lock:
            record = self._records.get(number)
            return record.event if record else None

    def _make_file(self, part: Part) -> BinaryIO:
        identity = part.identity
        if self._archive is None:
            file: MemoryFile | DiskFile = MemoryFile()
        else:
            file = self._archive.open_clip(self._camera, identity.captured_us, clip_key(identity, part.clip))
        record = _Record(
            number=self._next_number(),
            camera=self._camera,
            event=event_key(identity),
            reason=printable(identity.reason, 20),
            codec=part.codec if _CODEC.fullmatch(part.codec) else None,
            first=part.index,
            first_us=identity.captured_us,
            last_us=identity.captured_us,
            clock=printable(identity.clock, 20),
            preroll_s=max(0.0, min(part.preroll_s, 86_400.0)),
            file=file,
        )
        with self._lock:
            self._records[record.number] = record
            self._open[clip_key(identity, part.clip)] = record
            self.version += 1
        return cast(BinaryIO, file)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _finish(self, clips: list[Clip]) -> None:
        failed: OSError | None = None
        for clip in clips:
            record = self._open.pop(clip_key(clip.identity, clip.clip))
            try:
                self._settle(clip, record)
            except OSError as error:
                failed = error
                self._drop(record)
        self._make_room()
        self.version += 1
        if failed is not None:
            raise failed

    def _settle(self, clip: Clip, record: _Record) -> None:
        if clip.status is ClipStatus.REFUSED:
            self._drop(record)
            if clip.problem and clip.problem.startswith("it cannot be written"):
                raise OSError(clip.problem.partition(": ")[2])
            self._rare_log.warning("refused", f"a clip of {record.camera} was refused: {clip.problem}")
            return
        if self._archive is not None:
            self._save(clip, record)
        with self._lock:
            record.state, record.problem, record.missing = clip.status.value, clip.problem, clip.missing
            if clip.totals is not None and clip.status is ClipStatus.COMPLETE:
                record.duration_s = max(0.0, min(clip.totals.duration_s, 86_400.0))
        if clip.status is ClipStatus.INCOMPLETE:
            self._rare_log.warning("incomplete", _lacking(clip, record))

    def _save(self, clip: Clip, record: _Record) -> None:
        assert self._archive is not None
        file = cast(DiskFile, record.file)
        complete = clip.status is ClipStatus.COMPLETE
        key = clip_key(clip.identity, clip.clip)
        if self._archive.keep_clip(
            file, record.camera, record.first_us, key, box=clip.box, complete=complete
        ):
            self.saved += 1
        with self._lock:
            for other in [each for each in self._records.values() if each is not record]:
                path = other.file.path if isinstance(other.file, DiskFile) else Path()
                # listed by its file from an earlier run, or a piece of what is whole now: that file is gone
                if path == file.path or (complete and f"-{key}{INCOMPLETE}" in path.name):
                    del self._records[other.number]

    def _drop(self, record: _Record) -> None:
        with self._lock:
            self._records.pop(record.number, None)
        if isinstance(record.file, DiskFile):
            record.file.remove()

    def _make_room(self) -> None:
        """The oldest finished clips go from the list; those in memory with all that they hold."""
        with self._lock:
            finished = [record for record in self._records.values() if record.state != ARRIVING]
            held = sum(each.file.size for each in finished if isinstance(each.file, io.BytesIO))
            held += self._assembler.open_bytes
            for record in finished:
                if len(self._records) <= MAX_LISTED and held <= self._max_bytes:
                    break
                del self._records[record.number]
                held -= record.file.size if isinstance(record.file, io.BytesIO) else 0


def _extend(record: _Record, part: Part) -> None:
    captured_us = part.identity.captured_us
    record.last_us = max(record.last_us, captured_us)
    if part.index < record.first:  # a name comes from the earliest part, in whatever order they come
        record.first, record.first_us = part.index, captured_us


def _lacking(clip: Clip, record: _Record) -> str:
    day, time = day_and_time(record.first_us)
    parts = f"; {clip.missing} part{'s are' if clip.missing != 1 else ' is'} missing" if clip.missing else ""
    where = f"; what came is {record.file.path}" if isinstance(record.file, DiskFile) else ""
    return f"the clip of {record.camera} of {day} {time} is incomplete: {clip.problem}{parts}{where}"
