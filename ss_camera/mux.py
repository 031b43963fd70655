"""The packets of one clip in, pieces of a fragmented MP4 out, each small enough for one message.

No frame is decoded or encoded. A frame lasts until the next one begins, so each waits for its
successor: one frame of delay, and exact times at every rate.
"""

from __future__ import annotations

from dataclasses import dataclass

from ss_camera.h264 import VideoFormat
from ss_camera.media import Packet
from ss_camera.mp4 import (
    FRAGMENT_BYTES,
    FRAME_BYTES,
    MAX_DURATION_US,
    Frame,
    box,
    fragment,
    frame_data,
    init_segment,
)

PIECE_SPAN_US = 500_000
"""A piece is given out once its frames last this long, however small it is."""
SMALLEST_ROOM = 4096
ONLY_FRAME_US = 40_000
"""How long the frame of a clip of one frame lasts where no other frame tells."""

_BOX_HEAD = 8


@dataclass(frozen=True)
class Piece:
    """Bytes of the clip's MP4, in order.

    Whole boxes, or where `slice` is (index, count) a `free` box whose content is the index-th of
    `count` slices of one fragment: a frame that is larger than a message. `captured_us` is the wall
    clock of its first frame.
    """

    data: bytes
    captured_us: int
    slice: tuple[int, int] | None = None

    @property
    def video(self) -> bytes:
        """The bytes that belong to the MP4: of a slice without its `free` box."""
        return self.data if self.slice is None else self.data[_BOX_HEAD:]


class Mux:
    """One clip, from its first packet, a keyframe.

    `room` bounds the bytes of a piece; None makes it unbounded. `frames`, `duration_us` say what was
    given out so far. Raises ValueError where `room` is smaller than `SMALLEST_ROOM`.
    """

    def __init__(self, video: VideoFormat, first: Packet, room: int | None = None) -> None:
        if room is not None and room < SMALLEST_ROOM:
            raise ValueError(f"room for {room} bytes of video in a part, expected at least {SMALLEST_ROOM}")
        self.frames = 0
        self.duration_us = 0
        self._video = video
        self._first = first
        self._room = room
        self._fragments = 0
        self._held: Packet | None = None  # waits for its duration
        self._frames: list[Frame] = []
        self._captured_us = 0
        self._start_us = 0
        self._size = FRAGMENT_BYTES
        self._span_us = 0

    def init(self) -> Piece:
        """The first piece: `ftyp moov`."""
        return Piece(init_segment(self._video, self._first.turn), self._first.captured_us)

    def add(self, packet: Packet) -> list[Piece]:
        """The pieces that are full now. `packet` is not older than the one before."""
        held, self._held = self._held, packet
        return [] if held is None else self._put(held, packet.pts_us - held.pts_us)

    def finish(self, end_us: int | None = None) -> list[Piece]:
        """The rest: at least one piece once a packet was added. `end_us` is when the last frame ends; it is
        taken to last as long as the one before where that is not known."""
        if self._held is None:
            return []
        known = self._frames[-1].duration_us if self._frames else self._before_us()
        duration_us = known if end_us is None else end_us - self._held.pts_us
        held, self._held = self._held, None
        return self._put(held, duration_us, last=True)

    def _before_us(self) -> int:
        return self.duration_us // self.frames if self.frames else ONLY_FRAME_US

    def _put(self, packet: Packet, duration_us: int, *, last: bool = False) -> list[Piece]:
        frame = Frame(frame_data(packet.data), packet.key, min(max(0, duration_us), MAX_DURATION_US))
        size = len(frame.data) + FRAME_BYTES
        pieces = self._flush() if self._room is not None and self._size + size > self._room else []
        if not self._frames:
            self._captured_us = packet.captured_us
            self._start_us = packet.pts_us - self._first.pts_us
        self._frames.append(frame)
        self._size += size
        self._span_us += frame.duration_us
        if last or self._span_us >= PIECE_SPAN_US or (self._room is not None and self._size > self._room):
            pieces += self._flush()
        return pieces

    def _flush(self) -> list[Piece]:
        if not self._frames:
            return []
        self._fragments += 1
        data = fragment(self._fragments, self._start_us, self._frames)
        self.frames += len(self._frames)
        self.duration_us = self._start_us + self._span_us
        self._frames, self._size, self._span_us = [], FRAGMENT_BYTES, 0
        if self._room is None or len(data) <= self._room:
            return [Piece(data, self._captured_us)]
        # only a frame that is alone in its fragment can be this large
        step = self._room - _BOX_HEAD
        slices = [data[at : at + step] for at in range(0, len(data), step)]
        return [
            Piece(box(b"free", part), self._captured_us, (index, len(slices)))
            for index, part in enumerate(slices)
        ]
