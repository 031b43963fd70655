"""Parts of clips in, in any order and more than once; whole clips out, or what is left of them and why.

A clip is written while it comes: only parts that arrive too early are kept beside it.
"""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO

from ss_camera.identity import Identity
from ss_camera.media import ClipTotals
from ss_camera.parts import Part
from ss_camera.playable import playable_problem

MAX_OPEN_BYTES = 64 * 1024 * 1024
IDLE_S = 60.0
MAX_PARTS = 100_000
"""Parts of one clip; at one part each half second 14 hours."""

_PART_COST = 1024  # Python's own for each part, so that many tiny ones are bounded too
_CLIP_COST = 4096
_TEXT_COST = 5  # a character takes up to 4 bytes, and the JSON itself is kept
_REMEMBERED = 4096  # finished clips whose late and repeated parts are known as such


class ClipStatus(StrEnum):
    COMPLETE = "complete"  # every part, and the SHA-256 is right
    INCOMPLETE = "incomplete"  # parts are missing; what came is in the file, in order
    REFUSED = "refused"  # what came contradicts itself; there is no file


@dataclass(frozen=True)
class Clip:
    """A clip that is done with. `identity` is of the first of its parts that arrived.

    `file` stands at its beginning and holds the MP4: without the `uuid` boxes. `problem` is a sentence
    that says why the clip is not complete or not playable. `box` is the last part's `uuid` box; written
    behind the file it keeps the clip's identity with it. `missing` counts known missing parts.
    """

    status: ClipStatus
    identity: Identity
    clip: str
    codec: str
    preroll_s: float
    file: BinaryIO | None = None
    problem: str | None = None
    totals: ClipTotals | None = None
    box: bytes = b""
    missing: int = 0

    def read(self) -> bytes:
        """The MP4 as bytes; empty where the clip was refused."""
        if self.file is None:
            return b""
        self.file.seek(0)
        return self.file.read()


class ClipAssembler:
    """Puts clips together. For one thread; the time in seconds is an argument.

    Memory: parts that wait, and the files where `make_file` gives `io.BytesIO`, are together never above
    `max_bytes`; above it the clip that was fed longest ago is given up. So is one that got nothing for
    `idle_s`. Where `make_file` opens a file on disk a clip takes no memory while its parts come in order.
    """

    def __init__(
        self,
        max_bytes: int = MAX_OPEN_BYTES,
        idle_s: float = IDLE_S,
        make_file: Callable[[Part], BinaryIO] = lambda _: io.BytesIO(),
    ) -> None:
        self._max_bytes = max_bytes
        self._idle_s = idle_s
        self._make_file = make_file
        self._open: OrderedDict[bytes, _OpenClip] = OrderedDict()
        self._finished: OrderedDict[bytes, None] = OrderedDict()
        self._bytes = 0
        self.repeated = 0
        """Parts that came again, or after their clip was done with."""

    @property
    def open_bytes(self) -> int:
        """Memory held for open clips, each part and clip counted with a fixed amount more."""
        return self._bytes

    def take(self, part: Part, now_s: float) -> list[Clip]:
        """Add a part; the clips that are done with now. Raises only what `make_file` and its files raise."""
        clips = self.expire(now_s)
        key = _key(part)
        if key in self._finished:
            self.repeated += 1
            return clips
        clip = self._open.get(key)
        if clip is None:
            clip = self._open[key] = _OpenClip(part, self._make_file(part), now_s)
            self._bytes += clip.held
        held = clip.held
        if clip.add(part):
            clip.fed_s = now_s
            self._open.move_to_end(key)
        else:
            self.repeated += 1
        self._bytes += clip.held - held
        if clip.problem or clip.is_whole:
            clips.append(self._close(key))
        while self._bytes > self._max_bytes:
            clips.append(
                self._close(next(iter(self._open)), f"more than {self._max_bytes} bytes of open clips")
            )
        return clips

    def expire(self, now_s: float) -> list[Clip]:
        """Give up the clips that got no part for `idle_s`; call it when no part comes, too."""
        clips = []
        while self._open:
            key, clip = next(iter(self._open.items()))
            if now_s - clip.fed_s < self._idle_s:
                break
            clips.append(self._close(key, f"no part came for {self._idle_s:g} s"))
        return clips

    def close(self) -> list[Clip]:
        """Give up all that is open."""
        return [self._close(key, "the reader stopped") for key in list(self._open)]

    def _close(self, key: bytes, given_up: str | None = None) -> Clip:
        clip = self._open.pop(key)
        self._bytes -= clip.held
        self._finished[key] = None
        if len(self._finished) > _REMEMBERED:
            self._finished.popitem(last=False)
        return clip.close(given_up)


class _OpenClip:
    """One clip while its parts come: what is in order is in the file, the rest waits."""

    def __init__(self, first: Part, file: BinaryIO, now_s: float) -> None:
        self.fed_s = now_s
        self.problem: str | None = None
        """Why the clip is refused."""
        self.held = _CLIP_COST + 2 * _TEXT_COST * len(first.box)
        self._first = replace(first, video=b"")
        self._file = file
        self._in_memory = isinstance(file, io.BytesIO)
        self._early: dict[int, Part] = {}
        self._next = 0
        self._highest = 0
        self._size = 0
        self._slice_start: int | None = None  # where in the file a fragment begins whose slices still come
        self._sha256 = hashlib.sha256()
        self._totals: ClipTotals | None = None
        self._box = first.box
        self._unplayable: str | None = None

    @property
    def is_whole(self) -> bool:
        return self._totals is not None and self._next == self._totals.parts

    def add(self, part: Part) -> bool:
        """Take a part, or set `problem`; return False for one that came before."""
        if part.index < self._next or part.index in self._early:
            return False
        self._highest = max(self._highest, part.index)
        self.problem = self._contradiction(part)
        if self.problem:
            return True
        if part.totals is not None:
            self._totals, self._box = part.totals, part.box
        self._early[part.index] = part
        self.held += _cost(part)
        try:
            while self._next in self._early:
                self._write(self._early[self._next])
        except OSError as error:
            self.problem = f"it cannot be written: {error.strerror}"
        if self.is_whole:
            self.problem = self._wrong_sum()
        return True

    def _contradiction(self, part: Part) -> str | None:
        totals = part.totals or self._totals
        if self._highest >= MAX_PARTS or (totals is not None and totals.parts > MAX_PARTS):
            return f"a clip of more than {MAX_PARTS} parts"
        if totals is None:
            return None
        if part.totals is not None and self._totals is not None:
            return "two parts both say that they are the last"
        if self._highest >= totals.parts:
            return f"part {self._highest} of a clip of {totals.parts} parts"
        if part.totals is not None and part.index != totals.parts - 1:
            return f"part {part.index} says that it is the last of {totals.parts}"
        return None

    def _wrong_sum(self) -> str | None:
        totals = self._totals
        if totals is None or (totals.bytes, totals.sha256) == (self._size, self._sha256.hexdigest()):
            return None
        if totals.bytes != self._size:
            return f"{self._size} bytes of video, and its last part says {totals.bytes}"
        return "its SHA-256 is not what its last part says"

    def _write(self, part: Part) -> None:
        """The next part in order goes into the file."""
        if part.index == 0:
            self._unplayable = playable_problem(part.video, part.codec)
        if part.slice is None or part.slice[0] == part.slice[1] - 1:
            slice_start = None
        else:
            slice_start = self._size if part.slice[0] == 0 else self._slice_start
        self._file.write(part.video)
        self._slice_start = slice_start
        self._sha256.update(part.video)
        self._size += len(part.video)
        self.held -= _cost(part) - (len(part.video) if self._in_memory else 0)
        del self._early[part.index]
        self._next += 1

    def close(self, given_up: str | None) -> Clip:
        """The clip as it is handed out; `given_up` is why nobody waits for the rest."""
        problem, status = self.problem, ClipStatus.COMPLETE
        if given_up and not problem:
            status = ClipStatus.INCOMPLETE
            problem = self._append_rest()
        file: BinaryIO | None = self._file
        if problem:
            status, file = ClipStatus.REFUSED, None
            self._file.close()
        else:
            self._file.seek(0)
        unplayable = "not playable: its first part is missing" if self._next == 0 else self._unplayable
        return Clip(
            status,
            self._first.identity,
            self._first.clip,
            self._first.codec,
            self._first.preroll_s,
            file,
            problem or "; ".join(filter(None, (given_up, unplayable))) or None,
            self._totals,
            self._box,
            self._missing() if status is ClipStatus.INCOMPLETE else 0,
        )

    def _missing(self) -> int:
        end = self._totals.parts if self._totals else self._highest + 1
        return end - self._next - len(self._early)

    def _append_rest(self) -> str | None:
        """Put what lies behind a gap into the file, but no fragment of which a slice is missing."""
        try:
            if self._slice_start is not None:
                self._file.seek(self._slice_start)
                self._file.truncate()
            for part in _of_whole_fragments(self._early):
                self._file.write(part.video)
        except OSError as error:
            return f"it cannot be written: {error.strerror}"
        return None


def _cost(part: Part) -> int:
    return _PART_COST + len(part.video) + _TEXT_COST * len(part.box)


def _of_whole_fragments(parts: dict[int, Part]) -> Iterator[Part]:
    for index, part in sorted(parts.items()):
        if part.slice is None:
            yield part
        elif part.slice[0] == 0:
            count = part.slice[1]
            group = [parts.get(at) for at in range(index, index + min(count, len(parts)))]
            whole = [p for at, p in enumerate(group) if p is not None and p.slice == (at, count)]
            if len(whole) == count:
                yield from whole


def _key(part: Part) -> bytes:
    """Two runs of a camera may use one clip id, so the boot belongs to it."""
    digest = hashlib.blake2b(digest_size=16)
    for text in (part.identity.camera, part.identity.boot, part.clip):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
