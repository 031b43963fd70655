"""Packets and decisions about motion in, the parts of clips out: when a clip begins, goes on and ends.

Times are the video's own (`pts_us`). A clip begins and ends where a keyframe begins, so that the next one
takes up with the next frame: between two clips of one event, and of two events close together, nothing
is missing and nothing comes twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from ss_camera.assembler import MAX_PARTS
from ss_camera.clip_writer import ClipHead, ClipWriter
from ss_camera.h264 import NotH264, VideoFormat, video_format
from ss_camera.media import ClipPart, Packet, Reason
from ss_camera.preroll import PreRoll
from ss_camera.settings.model import ClipSettings

LAG_US = 2_000_000
"""A decision may come so much later than its packet; a clip does not end before what it shows is judged."""
KEY_WAIT_US = 10_000_000
"""A clip that is over waits so long for a keyframe, then ends before any frame."""
FULL_PARTS = MAX_PARTS // 2
"""A clip of so many parts ends at the next keyframe, long before a reader takes no more of it."""


@dataclass(frozen=True)
class OpenEvent:
    """A motion, or a command, that is being recorded.

    `trigger_us` is the video's time when it began, `captured_us` the wall clock then. It ends at the first
    keyframe at or after `until_us`. Up to `active_us` something moved, or was asked for.
    """

    id: str
    reason: Reason
    trigger_us: int
    captured_us: int
    until_us: int
    active_us: int


class Clips:
    """The state machine. `room` is what `parts.room` gives; `may_start` says of a wall clock in microseconds
    whether motion is recorded then (commands always are); `new_id` draws the id of an event. A clip of
    `full_parts` ends as one of `CLIP_MAX` does."""

    def __init__(
        self,
        settings: ClipSettings,
        room: int,
        may_start: Callable[[int], bool] = lambda captured_us: True,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        full_parts: int = FULL_PARTS,
    ) -> None:
        self.event: OpenEvent | None = None
        """What is being recorded now."""
        self.gop_s = 0.0
        """Seconds between the last two keyframes, or since the last one where that is longer. Every cut waits
        for one: above 10 a user should know."""
        ring_bytes = min(settings.memory_bytes, settings.burst_bytes or settings.memory_bytes)
        self.ring = PreRoll(settings.preroll_s, ring_bytes)
        self._preroll_us = round(settings.preroll_s * 1e6)
        # the frame that moves is always in, even if its decision comes before it
        self._postroll_us = max(1, round(settings.postroll_s * 1e6))
        self._max_us = round(settings.max_s * 1e6)
        self._max_bytes = settings.memory_bytes if settings.whole else None
        self._room = None if settings.whole else room
        self._may_start = may_start
        self._new_id = new_id
        self._full_parts = full_parts
        self._writer: ClipWriter | None = None
        self._clips = 0  # of the open event
        self._video: VideoFormat | None = None
        self._newest: Packet | None = None
        self._key_us: int | None = None
        self._judged_us: int | None = None
        self._moving_us: int | None = None  # the newest decision's time, where it was motion
        self._asked_s: float | None = None  # a command that came before the first packet

    def packet(self, packet: Packet) -> list[ClipPart]:
        """Take the next packet; give the parts that are ready. A video that begins anew ends the clip."""
        parts = self.stop() if self._newest and packet.pts_us < self._newest.pts_us else []
        before_us = self._newest.pts_us if self._newest else packet.pts_us
        self._newest = packet
        if packet.key:
            self.gop_s = 0.0 if self._key_us is None else (packet.pts_us - self._key_us) / 1e6
            self._key_us = packet.pts_us
        elif self._key_us is not None:
            self.gop_s = max(self.gop_s, (packet.pts_us - self._key_us) / 1e6)
        if self._asked_s is not None:
            parts += self.manual(self._asked_s)
        if self._is_over(packet, before_us):
            parts += self._close(packet.pts_us, "quiet")
        if self.event is None:
            self.ring.add(packet, self._judged(packet.pts_us))
            return parts
        return parts + self._record(packet)

    def motion(self, pts_us: int, captured_us: int, *, moving: bool) -> list[ClipPart]:
        """Take a decision about the frame at `pts_us`; a first movement gives the seconds before it."""
        self._judged_us = pts_us
        self._moving_us = pts_us if moving else None
        if not moving:
            return self._close(None, "quiet") if self._is_stale(pts_us) else []
        until_us = pts_us + self._postroll_us
        if self.event is None and not self._may_start(captured_us):
            return []
        return self._trigger(Reason.MOTION, pts_us, captured_us, until_us, pts_us)

    def manual(self, duration_s: float) -> list[ClipPart]:
        """Record from now (and the pre-roll before) for `duration_s`, or go on for as long at least."""
        newest = self._newest
        self._asked_s = duration_s if newest is None else None
        if newest is None:
            return []
        until_us = newest.pts_us + round(duration_s * 1e6)
        return self._trigger(Reason.MANUAL, newest.pts_us, newest.captured_us, until_us, until_us)

    def stop(self) -> list[ClipPart]:
        """The video ended or failed: the rest of the open clip. Packets may begin anew after it."""
        parts = self._close(None, "stop")
        self.ring.clear()
        self._newest = self._key_us = self._judged_us = self._moving_us = self._video = None
        return parts

    def _trigger(
        self, reason: Reason, pts_us: int, captured_us: int, until_us: int, active_us: int
    ) -> list[ClipPart]:
        event = self.event
        if event is not None:
            longer_us, active_us = max(event.until_us, until_us), max(event.active_us, active_us)
            self.event = replace(event, until_us=longer_us, active_us=active_us)
            return []
        self.event = OpenEvent(self._new_id(), reason, pts_us, captured_us, until_us, active_us)
        self._clips = 0
        parts = []
        for packet in self.ring.take(pts_us - self._preroll_us):
            parts += self._record(packet)
        return parts

    def _record(self, packet: Packet) -> list[ClipPart]:
        """Put `packet` into the event's clip, or into its next one where a clip ends before it."""
        parts: list[ClipPart] = []
        if packet.key:
            self._video = _format(packet) or self._video
            if self._writer and (why := self._reason_to_cut(self._writer, packet)):
                parts += self._finish(packet.pts_us, why)
        elif self._writer and self._fills_memory(self._writer, packet):
            parts += self._finish(packet.pts_us, "max")
        if self._writer is None:
            if not packet.key or self._video is None:
                return parts  # no clip can begin with it
            parts += self._begin(packet, self._video)
        assert self._writer is not None
        return parts + self._writer.add(packet)

    def _reason_to_cut(self, writer: ClipWriter, packet: Packet) -> str | None:
        if self._video != writer.video:
            return "format"
        too_long = packet.pts_us - writer.first_us >= self._max_us or writer.parts >= self._full_parts
        return "max" if too_long or self._is_too_large(writer) else None

    def _is_too_large(self, writer: ClipWriter) -> bool:
        return self._max_bytes is not None and writer.bytes >= self._max_bytes

    def _fills_memory(self, writer: ClipWriter, packet: Packet) -> bool:
        """Whether a whole clip must end here, though no keyframe comes: the frames up to one are lost."""
        waits_us = packet.pts_us - (self._key_us or 0)
        return waits_us >= KEY_WAIT_US and self._is_too_large(writer)

    def _begin(self, packet: Packet, video: VideoFormat) -> list[ClipPart]:
        assert self.event is not None
        event = self.event
        self._clips += 1
        preroll_s = max(0, event.trigger_us - packet.pts_us) / 1e6
        head = ClipHead(event.id, f"{event.id}.{self._clips}", event.reason, preroll_s)
        self._writer = ClipWriter(head, video, packet, self._room)
        return self._writer.begin()

    def _finish(self, end_us: int | None, why: str) -> list[ClipPart]:
        parts = self._writer.finish(end_us, why) if self._writer else []
        self._writer = None
        return parts

    def _close(self, end_us: int | None, why: str) -> list[ClipPart]:
        parts = self._finish(end_us, why)
        self.event = None
        return parts

    def _is_over(self, packet: Packet, before_us: int) -> bool:
        """Whether the event ends before this packet; `before_us` is the time of the packet before it."""
        if self.event is None or packet.pts_us < self.event.until_us:
            return False
        if self._judged(packet.pts_us) < min(self.event.until_us, before_us):
            return False
        # a post-roll shorter than the time between two decisions must not cut a motion that goes on
        if self._moving_us is not None and packet.pts_us - self._moving_us < LAG_US:
            return False
        late_us = packet.pts_us - self.event.until_us
        return packet.key or self._writer is None or late_us >= KEY_WAIT_US

    def _is_stale(self, pts_us: int) -> bool:
        """Whether the event is over and no packet comes that could end it."""
        if self.event is None:
            return False
        wait_us = KEY_WAIT_US + LAG_US if self._writer else 0
        return pts_us >= self.event.until_us + wait_us

    def _judged(self, newest_us: int) -> int:
        """Up to when motion is decided; decisions that stay away are not waited for."""
        return (
            newest_us if self._judged_us is None else min(newest_us, max(self._judged_us, newest_us - LAG_US))
        )


def _format(packet: Packet) -> VideoFormat | None:
    try:
        return video_format(packet.data)
    except NotH264:
        return None
