"""A stream's packets and decoded frames in, the video's packets and motion samples out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from av import VideoFrame
from av.packet import Packet as StreamPacket
from av.video.stream import VideoStream

from ss_camera.media import MotionSample, Packet
from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.sources.annex_b import AnnexB
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.frames import FrameEditor
from ss_camera.sources.h264_encoder import H264Encoder
from ss_camera.sources.luma import LumaScaler, SampleTimes
from ss_camera.sources.moments import Moment
from ss_camera.sources.orientation import turn_of_packets

_logger = logging.getLogger(__name__)


class VideoFeed:
    """From `start_video` to `stop_video`, on the reader's thread.

    With `passing` the stream's own H.264 is passed on; without, or once its pictures turn out to be in
    another order than their times, frames are encoded by what `make_encoder` gives. Into those go the
    `edits`, of pictures of `size` before they are turned; what is passed on is turned by the player.
    """

    def __init__(
        self,
        passing: AnnexB | None,
        make_encoder: Callable[[], H264Encoder],
        on_packet: OnPacket,
        on_motion: OnMotion | None,
        edits: Edits = UNEDITED,
        size: tuple[int, int] | None = None,
    ) -> None:
        self._passing = passing
        self._make_encoder = make_encoder
        self._encoder = None if passing else make_encoder()
        self._on_packet = on_packet
        self._on_motion = on_motion
        self._samples = SampleTimes()
        self._scaler = LumaScaler(edits)
        self._editor = FrameEditor.of_video(edits, size)
        self._turn = turn_of_packets(edits)
        self._from_us: int | None = None
        self._last_us = -1

    @property
    def needs_frames(self) -> bool:
        """Whether anything is made of decoded frames."""
        return self._encoder is not None or self._on_motion is not None

    def request_key(self) -> None:
        """Make the next encoded frame a keyframe; without effect on a stream that is passed on."""
        if self._encoder is not None:
            self._encoder.request_key()

    def packet(self, packet: StreamPacket[VideoStream], moment: Moment) -> None:
        """Take the stream's next packet."""
        if self._passing is None:
            self._from_us = moment.pts_us if self._from_us is None else self._from_us
            return
        data, key = self._passing.convert(packet)
        if self._from_us is None:
            if not key:
                return
            self._from_us = moment.pts_us
        if moment.pts_us < self._last_us:
            self._stop_passing()
            return
        # one time for two pictures is no other order: a badly joined file has that, or one with coarse times
        self._last_us = max(moment.pts_us, self._last_us + 1)
        self._on_packet(Packet(data, key, self._last_us, moment.wall_us, self._turn))

    def frame(self, frame: VideoFrame, moment: Moment) -> None:
        """Take the stream's next picture, in the order in which they are shown."""
        if self._from_us is None or moment.pts_us < self._from_us:
            return
        if self._encoder is not None:
            edited = self._editor.frame(frame, moment.wall_us) if self._editor else frame
            for packet in self._encoder.encode(edited, moment.pts_us, moment.wall_us):
                self._on_packet(packet)
        if self._on_motion is not None and self._samples.wants(moment.pts_us):
            luma = self._scaler.luma(frame)
            self._on_motion(MotionSample(moment.pts_us, moment.wall_us, luma=luma))

    def _stop_passing(self) -> None:
        _logger.warning("the camera's H.264 has B-frames; its video is encoded anew from here on")
        self._passing = None
        self._encoder = self._make_encoder()
        self._from_us = self._last_us + 1
