"""A decoded frame in, a JPEG of the size and quality asked for out.

The one place between decoding and encoding: what a picture needs done in software is done here.
"""

from __future__ import annotations

from typing import cast

from av import VideoFrame
from av.video.reformatter import Colorspace, Interpolation

from ss_camera.sources.jpeg_encoder import Plane, open_encoder

_HD_LINES = 720
_AV_COLORSPACE_UNSPECIFIED = 2


class StillEncoder:
    """Scales where `width` and `height` (pixels) are given and differ, and encodes."""

    def __init__(self, width: int | None, height: int | None, quality: int) -> None:
        self.size = (width, height) if width and height else None
        self._encoder = open_encoder(quality)

    def wants(self, width: int, height: int) -> bool:
        """Whether a picture of this size may stay as it is."""
        return self.size in (None, (width, height))

    def encode(self, frame: VideoFrame) -> tuple[bytes, int, int]:
        """JPEG, width, height. The whole frame is scaled: nothing is cut off."""
        width, height = self.size or (frame.width, frame.height)
        gray = frame.format.name == "gray"
        scaled = frame.reformat(
            width=width,
            height=height,
            format="gray" if gray else "rgb24",
            src_colorspace=_colorspace(frame),
            # averages all pixels when it makes smaller, as bicubic does not
            interpolation=Interpolation.AREA if width < frame.width else Interpolation.BICUBIC,
        )
        pixels = cast(Plane, scaled.to_ndarray())
        data = self._encoder.gray(pixels) if gray else self._encoder.rgb(pixels)
        return data, width, height


def _colorspace(frame: VideoFrame) -> Colorspace:
    # most cameras do not say: HD is BT.709 by custom, and taking it for BT.601 turns reds to orange
    if frame.colorspace == _AV_COLORSPACE_UNSPECIFIED and frame.height >= _HD_LINES:
        return Colorspace.ITU709
    return Colorspace.DEFAULT
