"""Pictures of the sensor in, what the firmware's encoders give out: JPEG, H.264, motion vectors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av import VideoFrame
from av.video.frame import PictureType
from PIL import ExifTags, Image

from ss_camera.replay import vector_grid
from tests.camera.mmal import scene

if TYPE_CHECKING:
    from tests.camera.mmal.components import Component

_DEFAULT_QUALITY = 85
_DEFAULT_INTRA_PERIOD = 60
_MICROSECOND = Fraction(1, 1_000_000)
_TAG_GROUPS = {"IFD0": None, "EXIF": ExifTags.IFD.Exif, "GPS": ExifTags.IFD.GPSInfo}
_TOOLS = {"baseline": "cabac=0:8x8dct=0", "main": "cabac=1:8x8dct=0", "high": "cabac=0:8x8dct=1"}


def chunks(data: bytes, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of `size` bytes or less, each with whether it is the last."""
    for start in range(0, max(1, len(data)), size):
        yield data[start : start + size], start + size >= len(data)


class ImageEncoder:
    """JPEG with the EXIF tags that were set; of the still port only, as the firmware does.

    One of the video port that comes behind a JPEG waits in its queue, and is the first of the next start.
    """

    def __init__(self) -> None:
        self.tags: list[bytes] = []
        self._waiting: tuple[scene.Plane, int] | None = None

    def encode(self, component: Component, picture: scene.Plane, pts: int) -> None:
        output, mmal = component.outputs[0], component.mmal
        if output.callback is None:
            return
        if not component.inputs[0].is_fed_by_still_port:
            behind, (picture, pts) = (picture, pts), self._waiting or (picture, pts)
            self._waiting = behind
        exif = Image.Exif()
        if component.inputs[0].is_fed_by_still_port:
            for tag in self.tags:
                _put(exif, tag.split(b"\x00")[0].decode("ascii"))
        self.tags = []
        data = io.BytesIO()
        pixels = VideoFrame.from_ndarray(picture, "yuv420p").to_image()
        quality = output.number(mmal.MMAL_PARAMETER_JPEG_Q_FACTOR, _DEFAULT_QUALITY)
        pixels.save(data, "JPEG", quality=quality, exif=exif)
        output.deliver(data.getvalue()[: component.faults.cut], 0, pts)


def _put(exif: Image.Exif, text: str) -> None:
    name, _, value = text.partition("=")
    group, _, tag = name.partition(".")
    numbers = ExifTags.GPS if group == "GPS" else ExifTags.Base
    number = numbers[tag] if tag in numbers.__members__ else None
    if number is None or group not in _TAG_GROUPS:
        return  # the firmware leaves out what it does not know
    place = _TAG_GROUPS[group]
    (exif if place is None else exif.get_ifd(place))[number] = value


class VideoEncoder:
    """H.264 as the port's format and parameters ask; SPS and PPS come in a buffer of their own."""

    def __init__(self) -> None:
        self.wants_key = False
        self._context: av.VideoCodecContext | None = None
        self._decoder: av.VideoCodecContext | None = None
        self._headers = b""

    def encode(self, component: Component, picture: scene.Plane, pts: int) -> None:
        output, mmal = component.outputs[0], component.mmal
        if output.callback is None:
            self._context = None
            return
        if self._context is None:
            self._open(component, picture)
        assert self._context is not None
        frame = VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts, frame.time_base = pts, _MICROSECOND
        frame.pict_type = PictureType.I if self.wants_key else PictureType.NONE
        self.wants_key = False
        for packet in self._context.encode(frame):
            if packet.is_keyframe:
                output.deliver(self._headers, mmal.MMAL_BUFFER_HEADER_FLAG_CONFIG, mmal.MMAL_TIME_UNKNOWN)
            flags = mmal.MMAL_BUFFER_HEADER_FLAG_KEYFRAME if packet.is_keyframe else 0
            output.deliver(bytes(packet), flags, pts)
            if output.flag(mmal.MMAL_PARAMETER_VIDEO_ENCODE_INLINE_VECTORS):
                vectors = self._vectors(bytes(packet))
                output.deliver(vectors, mmal.MMAL_BUFFER_HEADER_FLAG_CODECSIDEINFO, pts)

    def _open(self, component: Component, picture: scene.Plane) -> None:
        output, mmal = component.outputs[0], component.mmal
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height = picture.shape[1], picture.shape[0] * 2 // 3
        context.pix_fmt, context.time_base = "yuv420p", _MICROSECOND
        context.thread_count = 1
        rate = output.video.frame_rate
        context.framerate = Fraction(rate.num or 30, rate.den or 1)
        context.bit_rate = output.format.bitrate or 1_000_000
        gop = output.number(mmal.MMAL_PARAMETER_INTRAPERIOD, _DEFAULT_INTRA_PERIOD) or 10**6
        context.gop_size = gop
        profile, level = _profile(component)
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "profile": profile,
            "level": level,
            "forced-idr": "1",
            "x264-params": f"repeat-headers=0:annexb=1:scenecut=0:keyint={gop}:{_TOOLS[profile]}",
        }
        context.flags |= av.codec.context.Flags.global_header
        context.open()
        self._context, self._headers = context, bytes(context.extradata or b"")
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.extradata = self._headers
        self._decoder.options = {"flags2": "+export_mvs"}
        self._decoder.flags |= av.codec.context.Flags.low_delay
        self._decoder.thread_count = 1

    def _vectors(self, data: bytes) -> bytes:
        assert self._decoder is not None
        [frame] = self._decoder.decode(av.Packet(data))
        return vector_grid(frame).tobytes()


def _profile(component: Component) -> tuple[str, str]:
    """The profile and level of the port in x264's words."""
    mmal, raw = component.mmal, component.outputs[0].parameters[component.mmal.MMAL_PARAMETER_PROFILE]
    profile, level = int.from_bytes(raw[:4], "little"), int.from_bytes(raw[4:8], "little")
    profiles = {
        mmal.MMAL_VIDEO_PROFILE_H264_BASELINE: "baseline",
        mmal.MMAL_VIDEO_PROFILE_H264_MAIN: "main",
        mmal.MMAL_VIDEO_PROFILE_H264_HIGH: "high",
    }
    levels = {
        getattr(mmal, name): ".".join(name.rpartition("_")[2])
        for name in dir(mmal)
        if name.startswith("MMAL_VIDEO_LEVEL_H264_") and name[-1] != "b"
    }
    return profiles[profile], levels[level]
