"""A video file in, its motion out: a score line for each second, the events, on demand JSON and a plot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ss_camera.events import EventStep, MotionEvents, Phase
from ss_camera.media import MotionSample
from ss_camera.motion import Detector, Motion
from ss_camera.output import say
from ss_camera.settings.model import MotionSettings
from ss_camera.sources.luma import LumaScaler, SampleTimes
from ss_camera.sources.opening import next_packet
from ss_camera.trace import ReplayError, Trace

_MACROBLOCK_PX = 16
_BAR_CHARS = 40
_LONGEST_GAP_S = 60
VECTOR_DTYPE = np.dtype([("x", "i1"), ("y", "i1"), ("sad", "<u2")])
"""picamera's, as in `MotionSample`."""


def run(
    path: Path,
    settings: MotionSettings,
    quiet_s: float,
    *,
    vectors: bool = False,
    as_json: bool = False,
    plot: Path | None = None,
) -> None:
    """Replay `path` and print what moves. Raises `ReplayError`.

    `quiet_s` of stillness end an event (`CLIP_POSTROLL`). `vectors` judges by the motion vectors in an H.264
    file in place of luma. The line of `as_json` comes last:
    `{"seconds":.., "events":[{"start_s":..,"end_s":..,"peak":..}]}`, where an event ends with its last moving
    sample.
    """
    if plot is not None:  # told before the video is replayed, which may take long
        from ss_camera import replay_plot  # Pillow, only where it is asked for

        replay_plot.check(plot)
    trace = replay(path, settings, quiet_s, vectors=vectors, say=say)
    if plot is not None:
        replay_plot.save(trace, path.name, plot)
    if as_json:
        say(closing_line(trace))


def replay(
    path: Path, settings: MotionSettings, quiet_s: float, *, vectors: bool, say: Callable[[str], None]
) -> Trace:
    """Feed the frames of `path` that a camera would judge (of vectors all) to a detector; `say` gets lines.

    Raises `ReplayError`.
    """
    trace = Trace(settings.sensitivity)
    detector: Detector | None = None
    size = 0, 0
    events = MotionEvents(round(quiet_s * 1e6))
    second = _Second(settings.sensitivity, say)
    times, scaler = SampleTimes(), LumaScaler()
    last_us = -1
    for frame, pts_us in _timed(path, say, vectors=vectors):
        if pts_us <= last_us:  # a damaged file's time may stand
            continue
        trace.seconds = (pts_us + (pts_us - last_us if last_us >= 0 else 0)) / 1e6
        last_us = pts_us
        if not vectors and not times.wants(pts_us):
            continue
        # as for a camera that changes its picture
        if detector is None or (frame.width, frame.height) != size:
            size = frame.width, frame.height
            detector = _detector(path, settings, size)
        motion = detector.feed(_sample(frame, pts_us, None if vectors else scaler))
        second.add(pts_us, motion)
        trace.at_s.append(pts_us / 1e6)
        trace.blocks.append(motion.blocks)
        trace.vetoes.append(motion.veto)
        _tell(events.feed(pts_us, motion), trace, say)
    if detector is None:
        raise ReplayError(f"{path} has no frame of video that can be decoded")
    second.close()
    _tell(events.finish(), trace, say)
    say(f"{len(trace.events)} events in {trace.seconds:.1f} s")
    return trace


def _detector(path: Path, settings: MotionSettings, size: tuple[int, int]) -> Detector:
    try:
        return Detector(settings, *size)
    except ValueError as error:
        raise ReplayError(f"motion cannot be judged in {path}: {error}; expected 16x16 or more") from None


def closing_line(trace: Trace) -> str:
    """The JSON object that other programs read."""
    events = [
        {
            "start_s": round(event.start_us / 1e6, 3),
            "end_s": round(event.last_us / 1e6, 3),
            "peak": event.peak,
        }
        for event in trace.events
    ]
    return json.dumps({"seconds": round(trace.seconds, 3), "events": events})


def _tell(steps: list[EventStep], trace: Trace, say: Callable[[str], None]) -> None:
    for step in steps:
        start_s, end_s = step.start_us / 1e6, step.last_us / 1e6
        if step.phase is Phase.START:
            say(f"event starts at {start_s:.2f} s with {step.peak} blocks")
        else:
            trace.events.append(step)
            say(f"event from {start_s:.2f} s to {end_s:.2f} s, peak {step.peak} blocks")


class _Second:
    """Sums up the samples of each second of the video as one line."""

    def __init__(self, sensitivity: int, say: Callable[[str], None]) -> None:
        self._sensitivity = sensitivity
        self._say = say
        self._number = 0
        self._most = 0
        self._words: set[str] = set()

    def add(self, pts_us: int, motion: Motion) -> None:
        second = pts_us // 1_000_000
        if second > self._number + _LONGEST_GAP_S:  # a damaged time, or hours left out: no line for each
            self.close()
            self._say(f"no picture from {self._number} s to {second} s")
            self._number = second
        while second > self._number:
            self.close()
        self._most = max(self._most, motion.blocks)
        for word in ("moving", "veto", "settling"):
            if getattr(motion, word):
                self._words.add(word)

    def close(self) -> None:
        # twice the sensitivity fills half of the bar, whatever the unit of the user's scene
        bar = "#" * min(_BAR_CHARS, round(self._most * _BAR_CHARS / 4 / max(1, self._sensitivity)))
        words = " ".join(sorted(self._words))
        self._say(f"{self._number:6d} s {self._most:6d} blocks  {bar:{_BAR_CHARS}}  {words}".rstrip())
        self._number += 1
        self._most = 0
        self._words.clear()


def _sample(frame: VideoFrame, pts_us: int, scaler: LumaScaler | None) -> MotionSample:
    """Of luma, or without a scaler of the file's vectors."""
    if scaler is None:
        return MotionSample(pts_us, 0, vectors=vector_grid(frame))
    return MotionSample(pts_us, 0, luma=scaler.luma(frame))


def _timed(path: Path, say: Callable[[str], None], *, vectors: bool) -> Iterator[tuple[VideoFrame, int]]:
    """Each frame with its time in microseconds from the first one on."""
    try:
        # `file:` so that a name with a colon, as times of day have, is a name and no protocol
        with av.open(f"file:{path}", metadata_errors="replace") as container:
            if not container.streams.video:
                raise ReplayError(f"{path} holds no video")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise ReplayError(f"{path} holds video of a kind that FFmpeg cannot decode")
            if vectors:
                if stream.codec_context.name != "h264":
                    raise ReplayError(f"{path} is {stream.codec_context.name}: motion vectors need H.264")
                stream.codec_context.options = {"flags2": "+export_mvs"}
            else:
                stream.thread_type = "AUTO"
            frame_s = 1 / float(stream.average_rate or 25)
            start_s = last_s = None
            for number, frame in enumerate(_frames(container, stream, say)):
                at_s = number * frame_s if frame.time is None else frame.time
                start_s = at_s if start_s is None else start_s
                if last_s is not None and at_s < last_s:  # a badly joined file: played on, as by the camera
                    start_s += at_s - last_s - frame_s
                last_s = at_s
                yield frame, round((at_s - start_s) * 1e6)
    except FileNotFoundError:
        raise ReplayError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise ReplayError(f"{path} is a folder; expected a video file") from None
    except (av.FFmpegError, OSError) as error:
        raise ReplayError(f"{path} cannot be read as a video: {error.strerror or error}") from None


def _frames(
    container: InputContainer, stream: VideoStream, say: Callable[[str], None]
) -> Iterator[VideoFrame]:
    """What can be decoded; how many packets could not is said behind it."""
    damaged = 0
    packets = container.demux(stream)
    while (packet := next_packet(packets)) is not None:
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            damaged += 1
    if damaged:
        say(f"{damaged} damaged packets were left out")


def vector_grid(frame: VideoFrame) -> NDArray[np.void]:
    """The decoder's vectors as picamera gives an encoder's: one entry a macroblock and a column more.

    In quarters of a pixel, cut to a signed byte; of a macroblock in parts the longest. A keyframe has none.
    """
    shape = -(-frame.height // _MACROBLOCK_PX), -(-frame.width // _MACROBLOCK_PX) + 1
    grid = np.zeros(shape, VECTOR_DTYPE)
    side = frame.side_data.get("MOTION_VECTORS")
    if side is None:
        return grid
    found = side.to_ndarray()
    x, y = (
        found[name].astype(np.int32) * 4 // np.maximum(found["motion_scale"], 1)
        for name in ("motion_x", "motion_y")
    )
    longest_last = np.argsort(x * x + y * y, kind="stable")
    row = np.clip(found["dst_y"] // _MACROBLOCK_PX, 0, shape[0] - 1)[longest_last]
    column = np.clip(found["dst_x"] // _MACROBLOCK_PX, 0, shape[1] - 2)[longest_last]
    grid["x"][row, column] = np.clip(x, -128, 127)[longest_last]
    grid["y"][row, column] = np.clip(y, -128, 127)[longest_last]
    return grid
