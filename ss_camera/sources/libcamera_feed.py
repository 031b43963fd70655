"""Encoded frames and luma of one camera's video in, packets and motion samples in the order of time out."""

from __future__ import annotations

import threading
from collections import deque

from ss_camera.clock import Clock
from ss_camera.media import MotionSample, Packet
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.luma import SampleTimes
from ss_camera.sources.parameter_sets import ParameterSets

_OLDEST_US = 60_000_000  # a time farther back is of another clock than the monotonic
_MOST_SAMPLES = 64  # that wait for their packets: the hardware encoder is some frames behind


class LibcameraFeed:
    """From `start_video` to `stop_video`.

    Frames and samples come on picamera2's thread, packets of the hardware encoder on one of its own. All is
    handed on by the thread that brings packets, each sample in front of the packets of its time.
    Times are of the sensor, in microseconds: libcamera's SensorTimestamp, of the clock that the kernel calls
    boot time. It is the monotonic one where the machine was never suspended.
    """

    def __init__(self, clock: Clock, on_packet: OnPacket, on_motion: OnMotion | None, turn: int = 0) -> None:
        self.clock = clock
        self._on_packet = on_packet
        self._on_motion = on_motion
        self._turn = turn
        # for all below; held while a callback runs, so that none does after `stop`
        self._lock = threading.RLock()
        self._sets = ParameterSets()
        self._samples: deque[MotionSample] = deque(maxlen=_MOST_SAMPLES)
        self._times = SampleTimes()
        self._begin_us: int | None = None
        self._last_us = -1
        self._began = False
        self._stopped = False
        self.packet_s = clock.monotonic_s()
        """When the last packet came, on the monotonic clock."""
        self.failure: str | None = None
        """Why no more packets come, as a sentence."""

    def wants_sample(self, sensor_us: int) -> bool:
        """Whether the frame of this time becomes a sample: 15 a second do."""
        with self._lock:
            wanted = self._on_motion is not None and not self._stopped
            return wanted and self._times.wants(self.pts_us(sensor_us))

    def sample(self, luma: Plane, sensor_us: int) -> None:
        """A frame's luma, with memory of its own; handed on with the next packet."""
        with self._lock:
            moment = MotionSample(self.pts_us(sensor_us), wall_us(self.clock, sensor_us), luma=luma)
            self._samples.append(moment)

    def packet(self, data: bytes, sensor_us: int, *, key: bool) -> None:
        """One access unit in Annex B form. What comes before the first keyframe is left out."""
        with self._lock:
            if self._stopped:
                return
            if key:
                data, key = self._sets.complete(data)
            self.packet_s = self.clock.monotonic_s()
            self._began = self._began or key
            pts_us = max(self.pts_us(sensor_us), self._last_us + 1)
            while self._samples and self._samples[0].pts_us <= pts_us:
                sample = self._samples.popleft()
                if self._on_motion is not None and self._began:
                    self._on_motion(sample)
            if self._began:
                self._last_us = pts_us
                self._on_packet(Packet(data, key, pts_us, wall_us(self.clock, sensor_us), self._turn))

    def fail(self, sentence: str) -> None:
        """Remember why no more packets come; the first reason stays."""
        self.failure = self.failure or sentence

    def stop(self) -> None:
        """Nothing is handed on after this has returned."""
        with self._lock:
            self._stopped = True

    def pts_us(self, sensor_us: int) -> int:
        """Microseconds since the first frame of this video."""
        if self._begin_us is None:
            self._begin_us = sensor_us
        return sensor_us - self._begin_us


def wall_us(clock: Clock, sensor_us: int | None) -> int:
    """The wall clock, microseconds since 1970, at a time of the sensor; now, where that makes no sense."""
    now_us = clock.wall_us()
    if sensor_us is None:
        return now_us
    age_us = round(clock.monotonic_s() * 1e6) - sensor_us
    return now_us - age_us if 0 <= age_us <= _OLDEST_US else now_us
