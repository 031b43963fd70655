"""A decoded frame in, a JPEG of the size and quality asked for out.

The one place between decoding and encoding: what a picture needs done in software is done here.
"""

from __future__ import annotations

from typing import cast

from av import VideoFrame

from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.sources.frames import FrameEditor, colorspace_of, frame_of, is_bt709, scaling_of
from ss_camera.sources.jpeg_encoder import Plane, open_encoder


class StillEncoder:
    """Scales where `width` and `height` (pixels) are given and differ, edits, and encodes.

    `width` and `height` are those of the picture before it is turned: at 90 degrees, 640x480 gives a still
    of 480x640.
    """

    def __init__(self, width: int | None, height: int | None, quality: int, edits: Edits = UNEDITED) -> None:
        self.size = (width, height) if width and height else None
        self._encoder = open_encoder(quality)
        self._edits = edits
        self._editor = FrameEditor(edits, self.size) if edits else None

    def wants(self, width: int, height: int) -> bool:
        """Whether a picture of this size may stay as it is."""
        return self._editor is None and self.fits(width, height)

    def fits(self, width: int, height: int) -> bool:
        """Whether a picture of this size is as large as asked for."""
        return self.size in (None, (width, height))

    def encode(self, frame: VideoFrame, wall_us: int) -> tuple[bytes, int, int]:
        """JPEG, width, height. The whole frame is scaled: nothing is cut off but by `Edits.zoom`.

        `wall_us` is the picture's wall clock in microseconds since 1970, which an annotation shows.
        """
        if self._editor is not None:
            return self._edited(self._editor, frame, wall_us)
        width, height = self.size or (frame.width, frame.height)
        gray = frame.format.name == "gray"
        scaled = frame.reformat(
            width=width,
            height=height,
            format="gray" if gray else "rgb24",
            src_colorspace=colorspace_of(frame),
            interpolation=scaling_of(frame, (width, height)),
        )
        pixels = cast(Plane, scaled.to_ndarray())
        data = self._encoder.gray(pixels) if gray else self._encoder.rgb(pixels)
        return data, width, height

    def _edited(self, editor: FrameEditor, frame: VideoFrame, wall_us: int) -> tuple[bytes, int, int]:
        picture = editor.planes(frame, wall_us)
        if is_bt709(frame) and frame.format.name != "gray":
            edited = frame_of(picture, picture.size, bt709=True).reformat(format="rgb24")
            return self._encoder.rgb(cast(Plane, edited.to_ndarray())), *picture.size
        if frame.format.name == "gray" and self._edits.colour is None:
            return self._encoder.gray(picture.y), *picture.size
        return self._encoder.yuv420(picture.y, picture.u, picture.v), *picture.size
