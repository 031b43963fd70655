"""Decoded frames of any form in, the planes of a JPEG or frames with the edits in them out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from av import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from ss_camera.properties.edits import Edits
from ss_camera.sources.editor import PictureEditor
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.planes import Yuv420, colourless

FULL_RANGE = 2
"""AVCOL_RANGE_JPEG"""

_HD_LINES = 720
_BT709, _UNSPECIFIED = 1, 2  # AVCOL_SPC_
_MATRICES = {_BT709: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M}


class FrameEditor:
    """Edits of every frame of one stream, on one thread. `size`: width and height before a frame is turned,
    where it is not the frame's own."""

    def __init__(self, edits: Edits, size: tuple[int, int] | None) -> None:
        self._edits = edits
        self._picture = PictureEditor(edits)
        self._size = self._picture.size or size
        self._reformatter = VideoReformatter()  # kept: it keeps the tables of FFmpeg's scaler

    @classmethod
    def of_video(cls, edits: Edits, size: tuple[int, int] | None) -> FrameEditor | None:
        """For frames that are encoded as video, which `resize` does not concern; None with nothing to do."""
        edits = replace(edits, resize=None)
        return cls(edits, size) if edits else None

    def planes(self, frame: VideoFrame, wall_us: int) -> Yuv420:
        """The edited picture, in BT.709 where `is_bt709` says so of the frame.

        `wall_us` is its wall clock, in microseconds since 1970.
        """
        size = self._size or (frame.width, frame.height)
        # what is cut out is scaled afterwards, and not twice
        taken = size if self._edits.zoom is None else (frame.width, frame.height)
        return self._picture.edit(self._planes_of(frame, taken), wall_us, size)

    def frame(self, frame: VideoFrame, wall_us: int) -> VideoFrame:
        """The same as a frame, for an encoder of video."""
        picture = self.planes(frame, wall_us)
        width, height = picture.size
        return frame_of(picture, (width // 2 * 2, height // 2 * 2), bt709=is_bt709(frame))

    def _planes_of(self, frame: VideoFrame, size: tuple[int, int]) -> Yuv420:
        interpolation = scaling_of(frame, size)
        if frame.format.name == "gray":
            gray = self._reformatter.reformat(frame, *size, "gray", interpolation=interpolation, threads=1)
            return colourless(_pixels(gray.planes[0]))
        full = self._reformatter.reformat(
            frame,
            *size,
            "yuvj420p",
            src_colorspace=colorspace_of(frame),
            # from one matrix to the other FFmpeg takes 5 ms for 1080p; the edits can do without
            dst_colorspace=Colorspace.ITU709 if is_bt709(frame) else Colorspace.ITU601,
            dst_color_range=ColorRange.JPEG,
            interpolation=interpolation,
            threads=1,
        )
        return Yuv420(*map(_pixels, full.planes))


def frame_of(picture: Yuv420, size: tuple[int, int], *, bt709: bool = False) -> VideoFrame:
    """The planes as FFmpeg takes them, the left top part of this width and height."""
    frame = VideoFrame(*size, "yuvj420p")
    frame.color_range = FULL_RANGE
    if bt709:
        frame.colorspace = _BT709
    for plane, pixels in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: plane.height, : plane.width] = pixels[: plane.height, : plane.width]
    return frame


def colorspace_of(frame: VideoFrame) -> Colorspace:
    """The matrix of the frame's colours."""
    # most cameras do not say: HD is BT.709 by custom, and taking it for BT.601 turns reds to orange
    if frame.colorspace == _UNSPECIFIED and frame.height >= _HD_LINES:
        return Colorspace.ITU709
    # named by us: where FFmpeg is to take the frame's own, it fails on those that its scaler does not know
    return _MATRICES.get(frame.colorspace, Colorspace.ITU601)


def is_bt709(frame: VideoFrame) -> bool:
    """Whether that matrix is BT.709."""
    return colorspace_of(frame) == Colorspace.ITU709


def scaling_of(frame: VideoFrame, size: tuple[int, int]) -> Interpolation:
    """How to make a picture of this width and height of the frame."""
    # averages all pixels when it makes smaller, as bicubic does not
    return Interpolation.AREA if size[0] < frame.width else Interpolation.BICUBIC


def _pixels(plane: VideoPlane) -> Plane:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
