"""An open PiCamera in, its H.264 as packets and its motion vectors as samples out."""

from __future__ import annotations

from typing import Any

from ss_camera.clock import Clock
from ss_camera.settings.h264_levels import Load, lowest
from ss_camera.settings.model import VideoSettings
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.legacy_packets import Gate, PacketOutput, VideoTimes
from ss_camera.sources.legacy_vectors import VectorOutput

_LARGEST = 1920, 1080
"""What the encoder of all boards up to the Pi 4 can do; a larger picture is made smaller for the video."""
_DEFAULT_FRAMERATE = 30.0


class LegacyRecording:
    """One video. `start`, `look` and `stop` are called on the library's thread.

    The encoder turns the video as it does stills: the sensor's picture is turned in front of both.
    """

    def __init__(
        self,
        device: Any,
        port: int,
        video: VideoSettings,
        clock: Clock,
        on_packet: OnPacket,
        on_motion: OnMotion | None,
    ) -> None:
        self._device = device
        self._port = port
        self._video = video
        self.gate = Gate()
        self.times = VideoTimes(clock)
        self.wants_key = False
        self.size = (0, 0)
        """Width and height of the packets' pictures in pixels."""
        self._on_motion = on_motion
        self._output = PacketOutput(self._frame, self.times, self.gate, on_packet)

    def start(self) -> None:
        """Begin; the first frame is a keyframe. Raises picamera's errors."""
        own = tuple(self._device.resolution)
        self.size = fitted(*own)
        video, framerate = self._video, self._framerate()
        vectors = None
        if self._on_motion is not None:
            vectors = VectorOutput(*self.size, lambda: self._output.last, self.gate, self._on_motion)
        self._device.start_recording(
            self._output,
            "h264",
            resize=None if self.size == own else self.size,
            splitter_port=self._port,
            bitrate=video.bitrate,
            profile=video.profile,
            level=self._level(own, framerate),
            intra_period=max(1, round(video.gop_s * framerate)),
            # in front of each keyframe: a clip may begin at any of them
            inline_headers=True,
            # players of MP4 go by its own times; a rate in the SPS would be wrong while exposure is long
            sps_timing=False,
            motion_output=vectors,
        )

    def look(self) -> None:
        """Raise what the firmware or the encoder has told; ask for the keyframe that is wanted."""
        _ = self._device.resolution  # raises what the firmware has told
        self._device.wait_recording(0, splitter_port=self._port)
        if self.wants_key:
            self.wants_key = False
            self._device.request_key_frame(splitter_port=self._port)

    def stop(self) -> None:
        """End. Raises picamera's errors."""
        self._device.stop_recording(splitter_port=self._port)

    def _frame(self) -> Any:
        # as picamera's own PiCameraCircularIO: the public `frame` walks over what a still changes meanwhile
        return self._device._encoders[self._port].frame

    def _level(self, own: tuple[int, int], framerate: float) -> str:
        """As the settings say for the camera's picture; of a video made smaller, what that needs."""
        if self.size == own:
            return self._video.level
        load = Load(*self.size, framerate, self._video.bitrate, self._video.profile)
        return lowest(load, VideoSettings.level) or self._video.level

    def _framerate(self) -> float:
        """Of a range, the highest: the GOP is then longer in time, and never shorter."""
        return float(self._device.framerate) or float(self._device.framerate_range[1]) or _DEFAULT_FRAMERATE


def fitted(width: int, height: int) -> tuple[int, int]:
    """The video's size for pictures of this size: in their shape, and within what the encoder can do."""
    longest, shortest = _LARGEST
    factor = min(1.0, longest / max(width, height), shortest / min(width, height))
    return round(width * factor / 2) * 2, round(height * factor / 2) * 2
