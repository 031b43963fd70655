"""The bytes of a camera's buffer and its stream's form in, planes of a JPEG or a frame for FFmpeg out.

Rows may end with padding: a row takes `stride` bytes. Names of forms are libcamera's, which call the bytes
of a pixel from the highest to the lowest: RGB888 has blue first in memory. Layouts: V4L2's documentation of
pixel formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av import FFmpegError, VideoFrame

from ss_camera.errors import CameraError
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import Yuv420

JPEG_FORM = "MJPEG"
"""The buffer holds a JPEG: USB cameras give such."""

_LIMITED, _FULL = 1, 2  # AVCOL_RANGE
_BT709, _BT601, _BT2020 = 1, 6, 9  # AVCOL_SPC
_PLANAR = {"YUV420": (0, 1), "YVU420": (1, 0)}
_SEMI_PLANAR = {"NV12": "nv12", "NV21": "nv21"}
# FFmpeg's name, bytes a pixel
_PACKED = {
    "BGR888": ("rgb24", 3),
    "RGB888": ("bgr24", 3),
    "XBGR8888": ("rgb0", 4),
    "XRGB8888": ("bgr0", 4),
    "BGR161616": ("rgb48le", 6),
    "RGB161616": ("bgr48le", 6),
    "YUYV": ("yuyv422", 2),
    "YVYU": ("yvyu422", 2),
    "UYVY": ("uyvy422", 2),
    "VYUY": ("uyvy422", 2),  # with both colours swapped below: FFmpeg does not know it
    "R8": ("gray", 1),
}


@dataclass(frozen=True)
class StreamForm:
    """How a stream's pictures lie in its buffers: sizes in pixels, `stride` in bytes a row.

    `matrix` is 601, 709 or 2020; `full` says whether black is 0 and white 255. Both say nothing of RGB.
    """

    form: str
    width: int
    height: int
    stride: int
    matrix: int = 601
    full: bool = True

    @classmethod
    def of(cls, stream: Mapping[str, object], colour_space: object) -> StreamForm:
        """Of a stream as picamera2's camera_configuration() has it."""
        width, height = cast(tuple[int, int], stream["size"])
        matrix = {"Rec709": 709, "Rec2020": 2020}.get(_name(colour_space, "ycbcrEncoding"), 601)
        # a USB camera does not say: its JPEG is full, and its YUYV is not
        full = _name(colour_space, "range") == "Full" or stream["format"] == JPEG_FORM
        return cls(str(stream["format"]), width, height, int(str(stream["stride"])), matrix, full)

    @property
    def is_jfif(self) -> bool:
        """Whether its planes are those of a JPEG, and nothing needs to be converted."""
        return self.full and self.matrix == 601 and (self.form in _PLANAR or self.form in _SEMI_PLANAR)

    @property
    def has_luma(self) -> bool:
        """Whether the buffer begins with the whole luma."""
        return self.form in _PLANAR or self.form in _SEMI_PLANAR or self.form == "R8"


def _name(colour_space: object, part: str) -> str:
    return str(getattr(getattr(colour_space, part, None), "name", ""))


def luma_of(buffer: Plane, form: StreamForm) -> Plane:
    """The luma plane, a view of the buffer, of a form that `has_luma`."""
    return _rows(buffer, 0, form.height, form.stride)[:, : form.width]


def planes_of(buffer: Plane, form: StreamForm) -> Yuv420:
    """The planes of a form that `is_jfif`; views of the buffer where they lie apart there."""
    luma, width, height = form.stride * form.height, -(-form.width // 2), form.height // 2
    if form.form in _SEMI_PLANAR:
        pairs = _rows(buffer, luma, height, form.stride)[:, : 2 * width].reshape(height, width, 2)
        chroma = [np.ascontiguousarray(pairs[:, :, index]) for index in (0, 1)]
        u, v = chroma if form.form == "NV12" else chroma[::-1]
    else:
        stride = form.stride // 2
        places = [luma + index * stride * height for index in _PLANAR[form.form]]
        u, v = (_rows(buffer, at, height, stride)[:, :width] for at in places)
    return Yuv420(luma_of(buffer, form), u, v)


def frame_of(buffer: Plane, form: StreamForm) -> VideoFrame:
    """The picture as a frame with memory of its own. Raises `CameraError` where FFmpeg has no such form."""
    if form.form == JPEG_FORM:
        return _decoded(buffer)
    if form.form in _PLANAR:
        picture = planes_of(buffer, form)
        frame = VideoFrame(form.width, form.height, "yuv420p")
        parts = [picture.y, picture.u, picture.v]
    elif form.form in _SEMI_PLANAR:
        frame = VideoFrame(form.width, form.height, _SEMI_PLANAR[form.form])
        colours = _rows(buffer, form.stride * form.height, form.height // 2, form.stride)
        parts = [luma_of(buffer, form), colours[:, : form.width]]
    elif form.form in _PACKED:
        name, size = _PACKED[form.form]
        frame = VideoFrame(form.width, form.height, name)
        parts = [_rows(buffer, 0, form.height, form.stride)[:, : size * form.width]]
        if form.form == "VYUY":
            parts = [parts[0].reshape(form.height, -1, 4)[:, :, [2, 1, 0, 3]].reshape(form.height, -1)]
    else:
        raise CameraError(f"the camera gives pictures in the form {form.form}, of which no JPEG can be made")
    for plane, pixels in zip(frame.planes, parts, strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: pixels.shape[0], : pixels.shape[1]] = pixels
    frame.color_range = _FULL if form.full or frame.format.is_rgb else _LIMITED
    frame.colorspace = {709: _BT709, 2020: _BT2020}.get(form.matrix, _BT601)
    return frame


def _rows(buffer: Plane, at: int, height: int, stride: int) -> Plane:
    return buffer[at : at + height * stride].reshape(height, stride)


def _decoded(buffer: Plane) -> VideoFrame:
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    try:
        return decoder.decode(av.Packet(buffer.tobytes()))[-1]
    except (FFmpegError, IndexError):
        raise CameraError("the camera gave a damaged JPEG") from None
