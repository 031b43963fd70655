"""THE FLOW of video, beside that of stills in `pipeline.py`, into outboxes of its own.

    source ─┬─ motion samples ─> motion ─┐           ┌─ parts ──> message ─> outbox of clips
            └─ packets ─> pre-roll ──────┴─> clips ──┴─ events ─> message ─> outbox of events

One thread runs this file. What comes from the source's own thread waits in the inbox.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Many

from ss_camera.clips import Clips
from ss_camera.counters import Counters
from ss_camera.event_teller import START, EventTeller, with_thumbnail
from ss_camera.h264 import NotH264, video_format
from ss_camera.inbox import RecordNow, VideoInbox, VideoItem
from ss_camera.media import ClipPart, Event, Family, MotionSample, Packet, PartKind
from ss_camera.message import Sequence
from ss_camera.motion import Detector
from ss_camera.outbox import Outbox
from ss_camera.settings.model import MotionSettings

LONG_GOP_S = 10.0
"""Seconds between keyframes above which a user is told what that does to clips."""

_TICK_S = 2.0
_logger = logging.getLogger(__name__)

Thumbnail = Callable[[MotionSample], bytes]
"""A sample's luma in, a small JPEG of it out."""


class Recording:
    """Motion, clips and events of one camera, over all of its openings."""

    def __init__(
        self,
        motion: MotionSettings,
        clips: Clips,
        sequence: Sequence,
        outboxes: Mapping[Family, Outbox],
        counters: Counters,
        thumbnail: Thumbnail,
    ) -> None:
        self._motion = motion
        self._clips = clips
        self._sequence = sequence
        self._part_outbox, self._event_outbox = outboxes[Family.CLIP], outboxes[Family.EVENT]
        self._counters = counters
        self._thumbnail = thumbnail
        self._teller = EventTeller()
        self._detector: Detector | None = None
        self._size: tuple[int, int] | None = None
        self._newest: Packet | None = None
        self._warned: set[str] = set()

    def run(self, inbox: VideoInbox) -> None:
        """Take from `inbox` until it is closed and empty; the clip that is open then ends."""
        while not inbox.is_done():
            item = inbox.take(_TICK_S)
            if item is not None:
                self.take(item)
        self.end()

    def take(self, item: VideoItem) -> None:
        """One item of a source's video, in its order."""
        if isinstance(item, Packet):
            self.packet(item)
        elif isinstance(item, MotionSample):
            self.sample(item)
        elif isinstance(item, RecordNow):
            self.record(item.seconds)
        else:
            self.end()

    def packet(self, packet: Packet) -> None:
        """packet ─> pre-roll or clip ─> message ─> outbox."""
        self._newest = packet
        if packet.key:
            self._watch(packet)
        parts = self._clips.packet(packet)
        self._publish(parts, self._tell(packet, parts))

    def sample(self, sample: MotionSample) -> None:
        """sample ─> motion ─> clips ─> message ─> outbox."""
        if self._detector is None:
            return
        motion = self._detector.feed(sample)
        parts = self._clips.motion(sample.pts_us, sample.captured_us, moving=motion.moving)
        self._publish(parts, self._tell(sample, parts, motion.blocks))

    def record(self, seconds: float) -> None:
        """command ─> clips ─> message ─> outbox; a camera that is still to be opened is waited for."""
        parts = self._clips.manual(seconds)
        if self._newest is not None:
            self._publish(parts, self._tell(self._newest, parts))

    def end(self) -> None:
        """The video ended or broke: what is open is closed; what comes next begins anew."""
        parts = self._clips.stop()
        if self._newest is not None:
            self._publish(parts, self._tell(self._newest, parts))
        self._newest = self._detector = self._size = None

    def _watch(self, packet: Packet) -> None:
        """Motion is counted in macroblocks of the video, so its size must be known first."""
        try:
            video = video_format(packet.data)
            if video is not None and (video.width, video.height) != self._size:
                self._detector = Detector(self._motion, video.width, video.height)
                self._size = video.width, video.height
        except (NotH264, ValueError) as error:  # ValueError: smaller than one macroblock
            self._warn_once("video", f"the camera's video cannot be used: {error}")

    def _look_at(self, parts: Many[ClipPart]) -> None:
        """Say once what a user should know of this camera's video."""
        gop_s = self._clips.gop_s
        if gop_s > LONG_GOP_S:
            self._warn_once(
                "gop",
                f"the camera sends a keyframe each {gop_s:.1f} s or more: clips begin and end with one, so "
                "they begin up to so much earlier and end so much later, and the pre-roll takes more memory; "
                "set a shorter keyframe interval (GOP) in the camera",
            )
        if self._clips.ring.overflows:
            self._warn_once(
                "memory",
                "the seconds before the motion do not fit into CLIP_MEMORY, or into three quarters of "
                "QUEUE_BYTES, and are cut short; raise both, or lower CLIP_PREROLL or the camera's bit rate",
            )
        if any(part.kind == PartKind.SLICE for part in parts):
            self._warn_once(
                "slice",
                "the camera has frames larger than CLIP_PART_BYTES: they go in slices, which only readers "
                "that know ss-camera put together; raise CLIP_PART_BYTES, or lower the camera's bit rate",
            )

    def _warn_once(self, key: str, text: str) -> None:
        if key not in self._warned:
            _logger.warning("%s", text)
        self._warned.add(key)

    def _tell(self, now: Packet | MotionSample, parts: Many[ClipPart], blocks: int = 0) -> list[Event]:
        events = self._teller.after(now.pts_us, now.captured_us, self._clips.event, parts, blocks)
        if isinstance(now, MotionSample) and now.luma is not None:
            events = [
                with_thumbnail(each, self._thumbnail(now)) if each.kind == START else each for each in events
            ]
        return events

    def _publish(self, parts: Many[ClipPart], events: Many[Event]) -> None:
        """Events first: a start is worth most at once. Each takes its number in this order."""
        for event in events:
            self._counters.add("events")
            if event.kind != "motion-update":
                # "motion start", "manual end": what the event is for, whatever its kind is called
                _logger.info("%s %s, event %s", event.reason, event.kind.split("-")[-1], event.event)
            self._event_outbox.put(self._sequence.event(event))
        for part in parts:
            self._counters.add("clip parts")
            self._part_outbox.put(self._sequence.part(part))
        self._look_at(parts)
