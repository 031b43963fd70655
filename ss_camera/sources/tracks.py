"""A stream's packets in, the still asked for out: decoded when one is asked for and not before.

A `Track` has two sides: the reader's thread puts packets in, the caller's thread takes stills.
Memory is bounded by the track, whatever the stream does. `keep_s`: how far, in seconds, the caller
may be behind and still find every picture.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

from av import FFmpegError, VideoCodecContext, VideoFrame
from av.codec.context import Flags
from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera import jpeg
from ss_camera.media import Still
from ss_camera.sources.huffman_tables import with_huffman_tables
from ss_camera.sources.moments import Moment
from ss_camera.sources.picture import StillEncoder

OnFrame = Callable[[VideoFrame, Moment], None]

MAX_FRAMES_BYTES = 64 * 1024 * 1024
"""Decoded pictures that wait for a still take no more than this: two thirds of a second of 1080p30."""
MAX_HELD_BYTES = 16 * 1024 * 1024
"""Packets that wait for a still take no more than this: eight seconds at 16 Mbit/s."""
_MAX_TURNS = 17
"""A decoder holds back 16 pictures at most: an older moment's picture was lost."""


class Track(Protocol):
    """What is kept of a stream."""

    def put(self, packet: Packet[VideoStream], moment: Moment) -> None:
        """Take the stream's next packet, from the reader's thread."""
        ...

    def end(self) -> None:
        """The stream has ended, or begins anew."""
        ...

    def after(self, asked_s: float) -> tuple[Still, float] | None:
        """The first still due at `asked_s` or later and when it is due (monotonic), or None so far."""
        ...

    def watch(self, on_frame: OnFrame | None) -> None:
        """Decode every picture from now on, and show each to `on_frame` within `put`; None ends that."""
        ...

    def held(self) -> int:
        """How many packets and frames are kept now."""
        ...


class JpegTrack:
    """Motion JPEG: the newest frame is kept, and passed on as it is where that is what is asked for."""

    def __init__(self, codec: VideoCodecContext, encoder: StillEncoder, keep_s: float = 0.0) -> None:
        codec.thread_count = 1
        self._codec = codec
        self._encoder = encoder
        self._keep_s = keep_s
        self._lock = threading.Lock()  # for _kept and _size
        self._decoding = threading.Lock()  # for _codec
        self._kept: deque[tuple[Packet[VideoStream], Moment]] = deque()
        self._size = 0
        self._on_frame: OnFrame | None = None

    def put(self, packet: Packet[VideoStream], moment: Moment) -> None:
        with self._lock:
            while self._kept and (
                self._kept[0][1].due_s <= moment.due_s - self._keep_s or self._size > MAX_HELD_BYTES
            ):
                self._size -= self._kept.popleft()[0].size
            self._kept.append((packet, moment))
            self._size += packet.size
        if self._on_frame is not None:
            try:
                frame = self._decode(packet)
            except (FFmpegError, IndexError):
                return  # a damaged frame: the still that comes of it is counted
            self._on_frame(frame, moment)

    def end(self) -> None:
        pass

    def watch(self, on_frame: OnFrame | None) -> None:
        self._on_frame = on_frame

    def after(self, asked_s: float) -> tuple[Still, float] | None:
        with self._lock:
            while self._kept:
                packet, moment = self._kept.popleft()
                self._size -= packet.size
                if moment.due_s >= asked_s:
                    break
            else:
                return None
        return self._still(packet, moment), moment.due_s

    def held(self) -> int:
        return len(self._kept)

    def _still(self, packet: Packet[VideoStream], moment: Moment) -> Still:
        data = with_huffman_tables(bytes(packet))
        try:
            width, height = jpeg.size(data)
            if self._encoder.wants(width, height) or not jpeg.is_whole(data):
                return Still(data, width, height, moment.wall_us)
            frame = self._decode(packet)
        except (jpeg.NotJpeg, FFmpegError, IndexError):
            # a damaged frame is handed on: the flow counts it, drops it, and opens anew after many
            return Still(data, 0, 0, moment.wall_us)
        return Still(*self._encoder.encode(frame, moment.wall_us), moment.wall_us)

    def _decode(self, packet: Packet[VideoStream]) -> VideoFrame:
        with self._decoding:
            return self._codec.decode(packet)[-1]


@dataclass
class _Undecoded:
    """Packets from a keyframe on, or, without `restart`, from where the decoder stands; None is an end."""

    packets: deque[Packet[VideoStream] | None] = field(default_factory=deque)
    restart: bool = False
    size: int = 0
    begin_s: float = math.inf


class CodedTrack:
    """Video whose frames build on each other (H.264 and its like), and raw frames.

    Kept are the packets since the last keyframe that the decoder has not seen. A still decodes
    them up to the picture it needs, so that no packet is decoded twice: asked for often, it costs
    what decoding the stream costs; asked for seldom, one GOP a still and nothing between.
    A GOP longer than `max_bytes` is decoded by the reader as it grows. While every picture is watched
    the reader decodes, and stills are made of what it has decoded.
    """

    def __init__(
        self,
        codec: VideoCodecContext,
        encoder: StillEncoder,
        keep_s: float = 0.0,
        max_bytes: int = MAX_HELD_BYTES,
    ) -> None:
        codec.flags |= Flags.copy_opaque  # a frame brings the moment of its packet along, in any order
        codec.thread_count = 1  # frame threads would hold back as many pictures as there are threads
        self._codec = codec
        self._encoder = encoder
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        self._synced = False
        self._arrived = _Undecoded()
        self._lock = threading.Lock()  # for _arrived: held for an instant
        self._taken: deque[Packet[VideoStream] | None] = deque()
        self._frames: deque[tuple[VideoFrame, Moment]] = deque()
        self._turns: deque[Moment] = deque(maxlen=_MAX_TURNS)  # of pictures that come in turn
        self._last_due_s = -math.inf
        self._decoding = threading.Lock()  # for _codec and all from _taken to here: held while decoding
        self._on_frame: OnFrame | None = None

    def put(self, packet: Packet[VideoStream], moment: Moment) -> None:
        packet.opaque = moment
        with self._lock:
            self._synced = self._synced or packet.is_keyframe
            if not self._synced:
                return  # nothing before the first keyframe can be decoded
            if packet.is_keyframe and self._arrived.begin_s <= moment.due_s - self._keep_s:
                self._arrived = _Undecoded(restart=True)
            if not self._arrived.packets:
                self._arrived.begin_s = moment.due_s
            self._arrived.packets.append(packet)
            self._arrived.size += packet.size
            full = self._arrived.size > self._max_bytes
        if self._on_frame is not None:
            self._show_all(self._on_frame)
        elif full:
            with self._decoding:
                self._decode_until(math.inf)

    def end(self) -> None:
        with self._lock:
            self._arrived.packets.append(None)
        if self._on_frame is not None:
            self._show_all(self._on_frame)

    def watch(self, on_frame: OnFrame | None) -> None:
        with self._decoding:
            self._on_frame = on_frame

    def after(self, asked_s: float) -> tuple[Still, float] | None:
        with self._decoding:
            found = self._decode_until(asked_s)
        if found is None:
            return None
        frame, moment = found
        return Still(*self._encoder.encode(frame, moment.wall_us), moment.wall_us), moment.due_s

    def held(self) -> int:
        with self._lock, self._decoding:
            return len(self._arrived.packets) + len(self._taken) + len(self._frames)

    def _decode_until(self, asked_s: float) -> tuple[VideoFrame, Moment] | None:
        """The first picture due at `asked_s` or later; the older ones on the way are let go."""
        while True:
            while self._frames:
                found = self._frames.popleft()
                if found[1].due_s >= asked_s:
                    return found
            # watched pictures are decoded by the reader alone: each is shown once, in order
            if self._on_frame is not None or (not self._taken and not self._take()):
                return None
            self._frames.extend(self._decode(self._taken.popleft()))

    def _show_all(self, on_frame: OnFrame) -> None:
        """Decode what there is; keep of it what a still may ask for."""
        while True:
            with self._decoding:
                if not self._taken and not self._take():
                    return
                frames = self._decode(self._taken.popleft())
                self._frames.extend(frames)
                self._let_go()
            for frame, moment in frames:
                on_frame(frame, moment)

    def _let_go(self) -> None:
        """The newest picture stays, and before it what the caller may be behind."""
        if not self._frames:
            return
        newest, moment = self._frames[-1]
        most = max(1, MAX_FRAMES_BYTES // (newest.width * newest.height * 3 // 2))
        from_s = moment.due_s - self._keep_s
        while len(self._frames) > most or (len(self._frames) > 1 and self._frames[0][1].due_s <= from_s):
            self._frames.popleft()

    def _take(self) -> bool:
        with self._lock:
            if not self._arrived.packets:
                return False
            batch, self._arrived = self._arrived, _Undecoded()
        if batch.restart:
            self._flush()
        self._taken.extend(batch.packets)
        return True

    def _decode(self, packet: Packet[VideoStream] | None) -> list[tuple[VideoFrame, Moment]]:
        try:
            frames = self._codec.decode(packet)
        except FFmpegError:
            return []  # a damaged packet: the decoder goes on at the next keyframe at the latest
        if packet is not None and (moment := cast(Moment, packet.opaque)).in_turn:
            self._turns.append(moment)
        timed = [(frame, self._moment(frame)) for frame in frames]
        if packet is None:
            self._flush()  # after an end the decoder takes nothing without this
        return [(frame, self._later(moment)) for frame, moment in timed if not frame.is_corrupt]

    def _moment(self, frame: VideoFrame) -> Moment:
        own = cast(Moment, frame.opaque)
        if not own.in_turn or not self._turns:
            return own
        if frame.key_frame and own in self._turns:
            while self._turns[0] != own:  # what was decoded before a keyframe is shown before it, or lost
                self._turns.popleft()
        return self._turns.popleft()

    def _later(self, moment: Moment) -> Moment:
        """After the last picture's: one shown after it, at a time not later, would count as seen."""
        if moment.due_s <= self._last_due_s:
            moment = replace(moment, due_s=math.nextafter(self._last_due_s, math.inf))
        self._last_due_s = moment.due_s
        return moment

    def _flush(self) -> None:
        self._codec.flush_buffers()
        self._turns.clear()
