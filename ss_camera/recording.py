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
from ss_camera.inbox import VideoInbox, VideoItem
from ss_camera.media import ClipPart, Event, Family, MotionSample, Packet
from ss_camera.message import Sequence
from ss_camera.motion import Detector
from ss_camera.outbox import Outbox
from ss_camera.settings.model import MotionSettings

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
        self._newest: Packet | None = None

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
        else:
            self.end()

    def packet(self, packet: Packet) -> None:
        """packet ─> pre-roll or clip ─> message ─> outbox."""
        self._newest = packet
        if packet.key and self._detector is None:
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

    def end(self) -> None:
        """The video ended or broke: what is open is closed; what comes next begins anew."""
        parts = self._clips.stop()
        if self._newest is not None:
            self._publish(parts, self._tell(self._newest, parts))
        self._newest = self._detector = None

    def _watch(self, packet: Packet) -> None:
        """Motion is counted in macroblocks of the video, so its size must be known first."""
        try:
            video = video_format(packet.data)
        except NotH264 as error:
            _logger.warning("the camera's video cannot be used: %s", error)
            return
        if video is not None:
            self._detector = Detector(self._motion, video.width, video.height)

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
                _logger.info("%s, event %s", event.kind.replace("-", " "), event.event)
            self._event_outbox.put(self._sequence.event(event))
        for part in parts:
            self._counters.add("clip parts")
            self._part_outbox.put(self._sequence.part(part))
