"""The packets of one clip in, its parts out, numbered, the last one with the totals."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ss_camera.h264 import VideoFormat
from ss_camera.media import ClipPart, ClipTotals, Packet, PartKind, Reason
from ss_camera.mux import Mux, Piece


@dataclass(frozen=True)
class ClipHead:
    """What all parts of a clip say alike; see `ClipPart`."""

    event: str
    clip: str
    reason: Reason
    preroll_s: float


class ClipWriter:
    """One clip. `room` bounds the bytes of a part's data; None puts the clip into one part at its end."""

    def __init__(self, head: ClipHead, video: VideoFormat, first: Packet, room: int | None) -> None:
        self.video = video
        self.first_us = first.pts_us
        self.bytes = 0
        """Bytes of MP4 so far."""
        self.parts = 0
        """How many were given out."""
        self._head = head
        self._first = first
        self._mux = Mux(video, first, room)
        self._whole: list[bytes] | None = [] if room is None else None
        self._sha256 = hashlib.sha256()

    def begin(self) -> list[ClipPart]:
        """The first part, which a player needs before all others."""
        return self._parts([self._mux.init()])

    def add(self, packet: Packet) -> list[ClipPart]:
        """The parts that are full now."""
        return self._parts(self._mux.add(packet))

    def finish(self, end_us: int | None, why: str) -> list[ClipPart]:
        """The rest of the clip. `end_us` is when its last frame ends, or None where that is not known; `why`
        is `end` of `ClipTotals`."""
        pieces = self._mux.finish(end_us)
        if self._whole is not None:
            self._parts(pieces)
            data = b"".join(self._whole)
            return [self._part(Piece(data, self._first.captured_us), PartKind.WHOLE, self._totals(1, why))]
        parts = self._parts(pieces[:-1])
        return parts + self._parts(pieces[-1:], why)

    def _parts(self, pieces: list[Piece], why: str | None = None) -> list[ClipPart]:
        parts = []
        for piece in pieces:
            self._sha256.update(piece.video)
            self.bytes += len(piece.video)
            if self._whole is not None:
                self._whole.append(piece.data)
                continue
            kind = PartKind.SLICE if piece.slice else PartKind.MEDIA if self.parts else PartKind.INIT
            totals = self._totals(self.parts + 1, why) if why else None
            parts.append(self._part(piece, kind, totals))
        return parts

    def _part(self, piece: Piece, kind: PartKind, totals: ClipTotals | None) -> ClipPart:
        head = self._head
        part = ClipPart(
            head.event,
            head.clip,
            self.parts,
            kind,
            self.video.codec,
            head.preroll_s,
            head.reason,
            piece.captured_us,
            piece.data,
            piece.slice,
            totals,
        )
        self.parts += 1
        return part

    def _totals(self, parts: int, why: str) -> ClipTotals:
        seconds = self._mux.duration_us / 1e6
        return ClipTotals(parts, self.bytes, self._sha256.hexdigest(), self._mux.frames, seconds, why)
