"""A camera of libcamera through picamera2 in, stills, packets and motion samples out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraTimeout
from ss_camera.media import Still
from ss_camera.properties.clips import stills_only
from ss_camera.settings.model import CameraSettings, VideoSettings
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.exif_tags import ExifTags
from ss_camera.sources.frames import FrameEditor
from ss_camera.sources.h264_encoder import H264Encoder, encoded_size
from ss_camera.sources.jpeg_encoder import Plane, open_encoder
from ss_camera.sources.libcamera_configuration import DEFAULT_FRAMERATE, LORES, MAIN
from ss_camera.sources.libcamera_device import LibcameraDevice
from ss_camera.sources.libcamera_encoder import hardware_encoder, software_encoder
from ss_camera.sources.libcamera_feed import LibcameraFeed, wall_us
from ss_camera.sources.libcamera_library import load_libcamera
from ss_camera.sources.libcamera_picture import StreamForm, frame_of, luma_of, planes_of
from ss_camera.sources.library_thread import LibraryThread
from ss_camera.sources.luma import WIDTH, LumaScaler, lying_as_stills
from ss_camera.sources.orientation import Orientation, beyond_a_turn, turn_of_packets
from ss_camera.sources.picture import StillEncoder

TIMEOUT_S = 10.0
"""For a frame, of a still or of video; slow rates have some frames more."""
OPEN_S = 60.0
"""For the opening: importing picamera2 alone takes a Pi Zero more than ten seconds."""

_VIDEO_S = 5.0
_SLOW_FRAMES = 4  # the pipeline holds some


class Picamera2Source:
    """A `Source`. Its stills are of the main stream, whether video runs or not: the mode never changes.

    A still is the first picture that arrives after the call, and `Still.captured_us` is the time at which its
    first row was read out. All calls of the library are made on one thread; should the library hang, nobody
    waits for it longer than is said here, and the thread is left behind.
    """

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        self._camera = camera
        self._clock = clock
        self._say = say
        self._device: LibcameraDevice | None = None
        self._feed: LibcameraFeed | None = None
        self._encoder: Any = None
        self.warnings: tuple[str, ...] = ()
        self._thread = LibraryThread(f"camera {camera.num} (picamera2)", clock)
        try:
            self._thread.call(self._open, OPEN_S, "opening it")
        except CameraError:
            self.close()
            raise

    def still(self) -> Still:
        return self._tags.written_into(
            self._thread.call(self._still, self._patience_s + 1.0, "taking a picture")
        )

    @property
    def video_size(self) -> tuple[int, int]:
        form = self._opened.form(self._opened.streams.encoded)
        size = encoded_size(form.width, form.height)
        return size if self._opened.hardware else self._orientation.size(*size)

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        self.stop_video()
        device, video = self._opened, self._camera.video or VideoSettings()
        turn = turn_of_packets(self._edits) if device.hardware else 0
        feed = self._feed = LibcameraFeed(self._clock, on_packet, on_motion, turn)
        self._encoder = self._make_encoder(device, feed, video)
        width, height = self.video_size
        how = "by the chip's encoder" if device.hardware else "by libx264"
        rate = f"{video.bitrate / 1e6:g} Mbit/s"
        self._say(f"{device.name}: video of {width}x{height}, encoded {how} at {rate}")
        device.on_frame = self._sampler(device, feed) if on_motion is not None else None
        encoder = self._encoder
        self._thread.call(lambda: device.start_encoder(encoder), _VIDEO_S, "starting the video")

    def check(self) -> None:
        if (feed := self._feed) is None:
            return
        if feed.failure is not None:
            raise CameraError(feed.failure)
        last_s = min(self._opened.frame_s, feed.packet_s)
        if self._clock.monotonic_s() - last_s > self._patience_s:
            what = "frame" if last_s == self._opened.frame_s else "packet of its video"
            raise CameraTimeout(
                f"{self._opened.name} hangs: no {what} for {self._patience_s:.0f} s; is its cable in?"
            )

    def request_key(self) -> None:
        if self._encoder is not None:
            self._encoder.force_key_frame()

    def stop_video(self) -> None:
        feed, encoder = self._feed, self._encoder
        self._feed = self._encoder = None
        if feed is not None:
            feed.stop()
            device = self._opened
            device.on_frame = None
            self._thread.call(lambda: device.stop_encoder(encoder), _VIDEO_S, "stopping the video")

    def close(self) -> None:
        if self._feed is not None:
            self._feed.stop()
        self._thread.close(self._release)

    @property
    def _opened(self) -> LibcameraDevice:
        if self._device is None:
            raise CameraError(f"camera {self._camera.num} (picamera2) is not open")
        return self._device

    @property
    def _patience_s(self) -> float:
        longest_us = self._opened.frame_us[1] if self._opened.frame_us else 0
        return TIMEOUT_S + _SLOW_FRAMES * longest_us / 1e6

    @property
    def _framerate(self) -> float:
        limits = self._opened.frame_us
        return 1e6 / limits[1] if limits else self._camera.framerate or DEFAULT_FRAMERATE

    def _open(self) -> None:
        """On the library's thread."""
        library = load_libcamera()
        device = LibcameraDevice(library, self._camera, self._clock)
        self._device = device
        plan, form = device.plan, device.form(MAIN)
        self._edits = plan.edits
        self._orientation = Orientation.of(plan.edits)
        asked = device.streams.main
        self._stills = StillEncoder(*asked, self._camera.quality, plan.edits)
        self._jpeg = open_encoder(self._camera.quality)
        self._tags = ExifTags(plan.exif_tags, self._camera.properties)
        self.warnings = (*plan.warnings, *self._tags.warnings)
        if device.hardware and self._camera.video is not None:
            self.warnings += stills_only(self._camera, beyond_a_turn(plan.edits))
        if not self._stills.fits(form.width, form.height):
            given = f"{device.name} gives {form.width}x{form.height}"
            self._say(f"{given}, scaled to the {asked[0]}x{asked[1]} asked for")
        rate = f"{self._framerate:.3g}"
        self.description = f"picamera2, {device.name}: {form.width}x{form.height} at {rate} frames/s"

    def _still(self) -> Still:
        """On the library's thread."""
        device, taken = self._opened, list[Still]()
        form = device.form(MAIN)

        def take(buffer: Plane, sensor_us: int | None) -> None:
            captured_us = wall_us(self._clock, sensor_us)
            taken.append(Still(*self._encoded(buffer, form, captured_us), captured_us))

        device.picture(self._patience_s, take)
        return taken[0]

    def _encoded(self, buffer: Plane, form: StreamForm, captured_us: int) -> tuple[bytes, int, int]:
        if form.is_jfif and self._stills.wants(form.width, form.height):
            picture = planes_of(buffer, form)
            return self._jpeg.yuv420(picture.y, picture.u, picture.v), form.width, form.height
        return self._stills.encode(frame_of(buffer, form), captured_us)

    def _make_encoder(self, device: LibcameraDevice, feed: LibcameraFeed, video: VideoSettings) -> Any:
        if device.hardware:
            return hardware_encoder(device.library, feed, video, self._framerate)
        form = device.form(device.streams.encoded)
        h264 = H264Encoder(*self.video_size, self._framerate, video)
        editor = FrameEditor.of_video(self._edits, None)
        return software_encoder(device.library, feed, h264, form, editor)

    def _sampler(self, device: LibcameraDevice, feed: LibcameraFeed) -> Callable[[Any, int], None]:
        """Takes a sample of each frame that becomes one, on picamera2's thread."""
        stream = LORES if device.has_lores else MAIN
        form, scaler = device.form(stream), LumaScaler(self._edits)
        mapped_array = device.library.picamera2.MappedArray

        def sample(request: Any, sensor_us: int) -> None:
            if not feed.wants_sample(sensor_us):
                return
            with mapped_array(request, stream, reshape=False) as mapped:
                if form.has_luma and form.width <= WIDTH:
                    luma = lying_as_stills(
                        luma_of(mapped.array, form).copy(), self._edits.zoom, self._orientation
                    )
                else:
                    gray = replace(form, form="R8") if form.has_luma else form
                    luma = scaler.luma(frame_of(mapped.array, gray))
            feed.sample(luma, sensor_us)

        def sample_or_fail(request: Any, sensor_us: int) -> None:
            try:
                sample(request, sensor_us)
            except Exception as error:  # noqa: BLE001 - picamera2's thread would end, and its frames with it
                feed.fail(f"the samples for motion failed: {type(error).__name__}: {error}")

        return sample_or_fail

    def _release(self) -> None:
        """On the library's thread, as the last of all: it has come to its end, or to a time-out, before."""
        if self._device is None:
            return
        try:
            if self._encoder is not None:
                self._device.stop_encoder(self._encoder)
        finally:  # an encoder that did not start does not stop either
            self._device.close()
