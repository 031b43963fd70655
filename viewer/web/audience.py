"""Newest pictures in, sent to one browser as fast as it draws them: never queued, never behind.

Per camera there is one slot, which a newer picture overwrites, and two pictures at most are on their
way: the browser acknowledges each that it has drawn or passed over. TCP alone would not do: between two
sockets' buffers lie several megabytes, seconds of pictures on a slow line.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable

from aiohttp import WSCloseCode, web

from ss_camera.clock import Clock
from viewer.cameras import Frame

MAX_ON_THE_WAY = 2
"""Pictures of one camera sent and not yet acknowledged: two fill a line of 100 ms at 20 a second."""


class Viewer:
    """One browser's WebSocket. Every method belongs to the event loop's thread."""

    def __init__(self, socket: web.WebSocketResponse, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._slots: dict[str, Frame] = {}
        self._sent: dict[str, int] = {}
        self._on_the_way: dict[int, str] = {}
        self._count: Counter[str] = Counter()
        self._wake = asyncio.Event()
        self._paused = False

    def offer(self, frame: Frame) -> None:
        """Put a picture into its camera's slot, unless it or a newer one was there before."""
        if not self._paused and self._sent.get(frame.camera, 0) < frame.number:
            self._slots[frame.camera] = frame
            self._wake.set()

    def acknowledged(self, number: int) -> None:
        """The browser is done with picture `number`; a number never sent means nothing."""
        camera = self._on_the_way.pop(number, None)
        if camera is not None:
            self._count[camera] -= 1
            self._wake.set()

    def pause(self) -> None:
        """Send no pictures: nobody looks at this page."""
        self._paused = True
        self._slots.clear()

    def resume(self) -> None:
        """Somebody looks again."""
        self._paused = False

    async def send_pictures(self) -> None:
        """Send what the slots hold, for ever; ends by cancellation or by a closed connection."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (frame := self._next()) is not None:
                self._sent[frame.camera] = frame.number
                self._on_the_way[frame.number] = frame.camera
                self._count[frame.camera] += 1
                await self._socket.send_bytes(encode(frame, self._clock))

    async def send_states(self, state: Callable[[], str], interval_s: float) -> None:
        """Send what `state` gives, now and every `interval_s` seconds, for ever.

        A task of its own for each page, so that a page whose line has stopped keeps no other waiting.
        """
        while True:
            await self._socket.send_str(state())
            await asyncio.sleep(interval_s)

    async def close(self) -> None:
        """Tell the page that the server goes away."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY)

    def _next(self) -> Frame | None:
        for camera in self._slots:  # the camera that has waited longest stands first
            if self._count[camera] < MAX_ON_THE_WAY:
                return self._slots.pop(camera)
        return None


def encode(frame: Frame, clock: Clock) -> bytes:
    """One binary message: a length in two bytes, big-endian, JSON of that length, the JPEG as it came."""
    age_s = None if frame.captured_us is None else max(0, clock.wall_us() - frame.captured_us) / 1e6
    about = {
        "camera": frame.camera,
        "number": frame.number,
        "seq": frame.seq,
        "width": frame.width,
        "height": frame.height,
        "age_s": age_s,
    }
    head = json.dumps(about, separators=(",", ":")).encode()
    return b"".join((len(head).to_bytes(2, "big"), head, frame.data))
