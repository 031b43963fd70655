"""A Raspberry Pi's camera through picamera (or picamerax) in, stills, packets and motion vectors out."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraTimeout
from ss_camera.jpeg import NotJpeg, size
from ss_camera.media import Still
from ss_camera.properties.edits import text_at
from ss_camera.properties.legacy import legacy_plan
from ss_camera.settings.model import CameraSettings, VideoSettings
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.exif_tags import ExifTags
from ss_camera.sources.legacy_convergence import converge, longest_s
from ss_camera.sources.legacy_errors import NAME, check_rights, load_library, told
from ss_camera.sources.legacy_recording import LegacyRecording
from ss_camera.sources.legacy_still import StillOutput
from ss_camera.sources.library_thread import LibraryThread

TIMEOUT_S = 10.0
"""For a frame, of a still or of video; slow rates have some frames more."""
OPEN_S = 20.0
"""For the opening; convergence comes on top of it, and once more for each that is then held."""

_DEFAULT_SIZE = 1280, 720
_DEFAULT_FRAMERATE = 30.0
_SLOW_FRAMES = 6  # the still port changes the sensor's mode, which takes some frames
_COLOURS = ("annotate_foreground", "annotate_background")
_START_S = 10.0
_CONTINUOUS_S = 0.25
"""Between pictures that one encoder takes. It goes on to be fed, and begins with a picture that it got after
the end of the one before: https://github.com/waveform80/picamera/issues/561."""


class PicameraSource:
    """A `Source`. Works wherever `import picamera` does.

    All calls of the library are made on one thread. The library gives up a picture after `TIMEOUT_S` by
    itself, and then can be closed; should the firmware hang in a call, the thread is left behind.
    `Still.captured_us` is the wall time at which the JPEG began to arrive: the library tells no better.
    """

    still_s = TIMEOUT_S

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        self._settings = camera
        self._clock = clock
        self._say = say
        self._stop = threading.Event()
        self._library = load_library()
        check_rights()
        self._device: Any = None
        self._plan = legacy_plan(camera, self._library.__name__)
        self._pictures: Iterator[object] | None = None
        self._taken_s = -_CONTINUOUS_S
        self._output = StillOutput(clock)
        self._text = ""
        self._shown_text = ""
        self._tags = ExifTags({})
        self._recording: LegacyRecording | None = None
        self._framerate = _lowest_rate(self._plan.constructor)
        self.warnings = self._plan.warnings
        self.description = NAME
        self._thread = LibraryThread(NAME, clock)
        try:
            self._thread.call(self._open, OPEN_S + 3 * longest_s(self._framerate), "opening it")
        except CameraError:
            self.close()
            raise

    def still(self) -> Still:
        data, captured_us = self._thread.call(self._capture, self._still_wait_s + 1.0, "taking a picture")
        try:
            width, height = size(data)
        except NotJpeg:  # the flow counts it as damaged
            width = height = 0
        return self._tags.written_into(Still(data, width, height, captured_us))

    @property
    def video_size(self) -> tuple[int, int]:
        return self._recording.size if self._recording is not None else (0, 0)

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        self.stop_video()
        video = self._settings.video or VideoSettings()
        # stills take port 0 of the splitter unless a user gave them another
        port = 2 if self._plan.capture.get("splitter_port") == 1 else 1
        recording = LegacyRecording(self._device, port, video, self._clock, on_packet, on_motion)
        try:
            self._thread.call(lambda: self._start_recording(recording), _START_S, "starting the video")
        except CameraError:
            recording.gate.shut()
            raise
        self._recording = recording
        width, height = recording.size
        vectors = ", with motion vectors" if on_motion is not None else ""
        self._say(
            f"{NAME}: video of {width}x{height}, H.264 of its own at {video.bitrate / 1e6:g} Mbit/s{vectors}"
        )

    def check(self) -> None:
        self._thread.raise_failure()
        if self._recording is not None:
            if self._clock.monotonic_s() - self._recording.times.arrived_s > self._still_wait_s:
                raise CameraTimeout(f"{NAME} hangs: no frame of its video for {self._still_wait_s:.0f} s")
            self._thread.post(self._look)

    def request_key(self) -> None:
        if self._recording is not None:
            self._recording.wants_key = True
            self._thread.post(self._look)

    def stop_video(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.gate.shut()
            self._thread.call(lambda: self._stop_recording(recording), _START_S, "stopping the video")

    def close(self) -> None:
        self._stop.set()
        if self._recording is not None:
            self._recording.gate.shut()
        self._thread.close(self._release)

    @property
    def _still_wait_s(self) -> float:
        return self.still_s + _SLOW_FRAMES / self._framerate

    def _open(self) -> None:
        """On the library's thread, as all below."""
        options: dict[str, Any] = dict(self._plan.constructor)
        options.setdefault("resolution", self._default_size())
        with told(self._library, f"opening it with {_shown(options)}"):
            self._device = _camera_class(self._library, self._still_wait_s)(**options)
        for name, value in self._plan.assignments:
            self._assign(name, value)
        self._tag(self._plan.exif_tags)
        self._converge()
        with told(self._library, "opening it"):
            width, height = self._device.resolution
            rate = f"{float(self._device.framerate):.3g}" if "framerate_range" not in options else "varying"
        self.description = f"{NAME} {self._device.revision}: {width}x{height} at {rate} frames/s"

    def _default_size(self) -> tuple[int, int]:
        """picamera would take that of a display, and the shape of one that is not there."""
        width, height = _DEFAULT_SIZE
        return (
            (height, width) if dict(self._plan.assignments).get("rotation") in (90, 270) else (width, height)
        )

    def _assign(self, name: str, value: object) -> None:
        """What the firmware or the library refuses is a warning: the rest of the settings still counts."""
        if name in _COLOURS and value is not None:
            value = self._library.Color(value)
        if name == "annotate_text":
            self._text = str(value)
            value = self._shown_text = self._text_now()
        holds_colours = (name, value) == ("awb_mode", "off") and "awb_gains" not in dict(
            self._plan.assignments
        )
        if holds_colours or (name, value) == (
            "exposure_mode",
            "off",
        ):  # it holds what there is at that moment
            self._converge()
        try:
            gains = self._device.awb_gains if holds_colours else None
            setattr(self._device, name, value)
            if gains is not None:  # else those that were set last count, and at first none were
                self._device.awb_gains = gains
        except (self._library.PiCameraError, RuntimeError, ZeroDivisionError) as error:
            variable = f"PICAMERA_{name.upper()}"
            given = self._settings.properties.get(variable)
            place = f" ({given.origin.place})" if given is not None else ""
            self.warnings += (f"{variable}{place} is refused by the camera and has no effect: {error}",)

    def _tag(self, tags: Mapping[str, str]) -> None:
        """The firmware writes tags for the still port's own pictures only, and picamera in ASCII only."""
        as_it_is = not self._plan.capture.get("use_video_port") and self._plan.capture.get("resize") is None
        if as_it_is and all(text.isascii() for text in tags.values()):
            self._device.exif_tags.update(tags)
        else:
            self._tags = ExifTags(tags, self._settings.properties)
            self.warnings += self._tags.warnings

    def _annotate(self) -> None:
        """The firmware draws what it is told; a text with a time in it is told anew as time goes on."""
        if self._text and (text := self._text_now()) != self._shown_text:
            self._device.annotate_text = self._shown_text = text

    def _text_now(self) -> str:
        return text_at(self._text, datetime.fromtimestamp(self._clock.wall_us() / 1e6).astimezone())

    def _converge(self) -> None:
        with told(self._library, "reading its exposure"):
            converge(self._device, self._framerate, self._clock, self._stop)

    def _capture(self) -> tuple[bytes, int]:
        self._thread.raise_failure()  # the library tells a failure once, and `check` may have heard it
        with told(self._library, "taking a picture"):
            _ = self._device.resolution  # raises what the firmware has told meanwhile
            self._annotate()
            at_once = self._clock.monotonic_s() - self._taken_s < _CONTINUOUS_S
            if not at_once:
                self._end_pictures()
            if self._pictures is None:
                # one encoder for pictures at once: making it anew for each takes longer than a frame
                self._pictures = self._device.capture_continuous(self._output, "jpeg", **self._plan.capture)
            try:
                next(self._pictures)
            except self._library.PiCameraRuntimeError:
                _ = self._device.resolution  # tells more than that no picture came
                raise
            if not at_once:
                self._end_pictures()  # nor does an idle encoder hold frames back that video waits for
        self._taken_s = self._clock.monotonic_s()
        return self._output.take()

    def _end_pictures(self) -> None:
        pictures, self._pictures = self._pictures, None
        if pictures is not None:
            pictures.close()  # type: ignore[attr-defined]  # it is a generator

    def _start_recording(self, recording: LegacyRecording) -> None:
        with told(self._library, "video (CLIP_BITRATE, CLIP_PROFILE, CLIP_LEVEL, PICAMERA_FRAMERATE)"):
            recording.start()

    def _stop_recording(self, recording: LegacyRecording) -> None:
        with told(self._library, "stopping the video"):
            recording.stop()

    def _look(self) -> None:
        if (recording := self._recording) is not None:
            with told(self._library, "video"):
                recording.look()
                self._annotate()

    def _release(self) -> None:
        if self._device is None:
            return
        with told(self._library, "closing it"):
            try:
                self._end_pictures()
            finally:
                self._device.close()


def _lowest_rate(options: Mapping[str, Any]) -> float:
    """Frames a second, at the least."""
    lowest, _ = options.get("framerate_range", (_DEFAULT_FRAMERATE, None))
    return float(options.get("framerate", lowest))


@functools.cache  # a class is never collected for certain, and a camera may be opened often
def _camera_class(library: Any, timeout_s: float) -> Any:
    """The library's class, which gives a picture up after `timeout_s` where its own waits for 60."""
    return type("Camera", (library.PiCamera,), {"CAPTURE_TIMEOUT": timeout_s})


def _shown(options: dict[str, Any]) -> str:
    """By the names of the settings."""
    names = {"camera_num": "CAMERA_NUM"}
    return ", ".join(
        f"{names.get(name, f'PICAMERA_{name.upper()}')} {value}" for name, value in options.items()
    )
