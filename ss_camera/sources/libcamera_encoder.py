"""picamera2's frames in, H.264 for a feed out: by the chip's encoder where there is one, else by libx264.

Both are encoders of picamera2, which calls them with each frame on its own thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ss_camera.errors import CameraError
from ss_camera.settings.model import VideoSettings
from ss_camera.sources.frames import FrameEditor
from ss_camera.sources.h264_encoder import H264Encoder
from ss_camera.sources.libcamera_feed import LibcameraFeed, wall_us
from ss_camera.sources.libcamera_library import Libcamera
from ss_camera.sources.libcamera_picture import StreamForm, frame_of

_NAMES, _DEV = Path("/sys/class/video4linux"), Path("/dev")
_DEVICE, _DRIVER = "video11", "bcm2835-codec"
_HIGHEST_LEVEL = 4.2


def has_hardware(names: Path = _NAMES, dev: Path = _DEV) -> bool:
    """Whether the chip's H.264 encoder is there, as on a Pi 0 to 4.

    The device's number alone says nothing: a PC with some capture cards has a /dev/video11 too. The name
    alone says nothing in a container, which sees all names and the devices that it was given.
    """
    try:
        return (dev / _DEVICE).exists() and (names / _DEVICE / "name").read_text().startswith(_DRIVER)
    except OSError:
        return False


def hardware_encoder(library: Libcamera, feed: LibcameraFeed, video: VideoSettings, framerate: float) -> Any:
    """picamera2's H264Encoder, which puts SPS and PPS in front of each keyframe.

    It chooses the level by size, rate and bitrate; the one that was asked for is taken where it chooses none.
    """
    from picamera2.encoders.h264_encoder import H264Encoder as Hardware
    from picamera2.encoders.v4l2_encoder import V4L2Encoder

    class Level(V4L2Encoder):  # type: ignore[misc]  # picamera2 has no types
        """Stands between the two, where the controls are complete and not yet set."""

        def _start(self) -> None:
            import videodev2

            control = videodev2.V4L2_CID_MPEG_VIDEO_H264_LEVEL
            if control not in (number for number, _ in self._controls):
                name = f"V4L2_MPEG_VIDEO_H264_LEVEL_{level_name(video.level)}"
                self._controls += [(control, getattr(videodev2, name))]
            super()._start()

    class Leveled(Hardware, Level):  # type: ignore[misc]
        pass

    encoder = Leveled(
        bitrate=video.bitrate,
        repeat=True,
        iperiod=max(1, round(video.gop_s * framerate)),
        framerate=framerate,
        profile=video.profile,
    )
    encoder.output = output_for(library, feed, encoder)
    return encoder


def level_name(level: str) -> str:
    """A level as V4L2's names have it, `4_0` for `4`; no higher than 4.2, the most of that encoder."""
    if level == "1b":
        return "1B"
    return f"{min(float(level), _HIGHEST_LEVEL):.1f}".replace(".", "_")


def software_encoder(
    library: Libcamera, feed: LibcameraFeed, h264: H264Encoder, form: StreamForm, editor: FrameEditor | None
) -> Any:
    """An encoder of picamera2 on our own use of libx264, which all other cameras have too.

    picamera2's LibavH264Encoder is not used: it knows no level and no bound for one frame's size, its
    `force_key_frame` is a TypeError with PyAV 18 and 19, and main and high profile take it twice the time.
    """
    from picamera2 import MappedArray
    from picamera2.encoders import Encoder

    class Software(Encoder):  # type: ignore[misc]  # picamera2 has no types
        """Packets are out before `_encode` returns, so no frame is held for them."""

        def _start(self) -> None:
            pass

        def _encode(self, stream: str, request: Any) -> None:
            try:
                self._give(stream, request)
            except CameraError as error:
                feed.fail(str(error))
            except Exception as error:  # noqa: BLE001 - picamera2's thread would end, and its frames with it
                feed.fail(f"encoding the video failed: {type(error).__name__}: {error}")

        def _give(self, stream: str, request: Any) -> None:
            since_us = self._timestamp(request)
            captured_us = wall_us(feed.clock, self.firsttimestamp + since_us)
            with MappedArray(request, stream, reshape=False) as mapped:
                frame = frame_of(mapped.array, form)
            if editor is not None:
                frame = editor.frame(frame, captured_us)
            for packet in h264.encode(frame, since_us, captured_us):
                self.outputframe(packet.data, packet.key, packet.pts_us)

        def force_key_frame(self) -> None:
            h264.request_key()

    encoder = Software()
    encoder.output = output_for(library, feed, encoder)
    return encoder


def output_for(library: Libcamera, feed: LibcameraFeed, encoder: Any) -> Any:
    """An output of picamera2 that hands what `encoder` gives to the feed. It must only enqueue: the camera
    waits for it."""
    from picamera2.outputs import Output

    class FeedOutput(Output):  # type: ignore[misc]  # picamera2 has no types
        def outputframe(
            self,
            frame: Any,
            keyframe: bool = True,
            timestamp: int | None = None,
            packet: Any = None,
            audio: bool = False,
        ) -> None:
            """`timestamp` counts microseconds from the encoder's first frame."""
            try:
                feed.packet(bytes(frame), encoder.firsttimestamp + (timestamp or 0), key=keyframe)
            except Exception as error:  # noqa: BLE001 - the outermost edge of picamera2's thread, see above
                feed.fail(f"the video's packets failed: {type(error).__name__}: {error}")

    return FeedOutput()
