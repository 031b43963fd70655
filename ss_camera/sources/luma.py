"""Decoded frames in, small luma planes for the motion detector out, not more often than it needs.

They lie as the stills do: zoomed, mirrored and turned. So a mask drawn over a still is right for them, and
their thumbnails stand upright. Their tones stay the camera's, and no text that changes is drawn into them.
"""

from __future__ import annotations

from typing import cast

from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.sources.jpeg_encoder import Plane
from ss_camera.sources.orientation import Orientation
from ss_camera.sources.planes import cut

WIDTH = 320
"""Of a sample, in pixels; about, where a whole divisor of the picture's width is taken."""
SAMPLES_S = 15.0
"""Samples a second at most: a walker crosses a block of 16 pixels in no less time."""

_INTERVAL_US = 1e6 / SAMPLES_S
_JITTER_US = 2000  # two frames of 30/s are 66,666 us, and a camera's times are not that exact


def step_of(width: int) -> int:
    """Of so many pixels in a row one is taken, where no better scaler is wanted."""
    return max(1, round(width / WIDTH))


class SampleTimes:
    """Says of each frame whether it becomes a sample."""

    def __init__(self) -> None:
        self._last_us: int | None = None

    def wants(self, pts_us: int) -> bool:
        """Whether the frame at `pts_us` (microseconds, increasing) is one."""
        if self._last_us is not None and 0 <= pts_us - self._last_us < _INTERVAL_US - _JITTER_US:
            return False
        self._last_us = pts_us
        return True


class LumaScaler:
    """Frames of any size and form as uint8 planes of shape (height, width), 320 wide or smaller before they
    are turned."""

    def __init__(self, edits: Edits = UNEDITED) -> None:
        self._zoom = edits.zoom
        self._orientation = Orientation.of(edits)
        self._reformatter = VideoReformatter()  # kept: it keeps the tables of FFmpeg's scaler

    def luma(self, frame: VideoFrame) -> Plane:
        """The frame in gray, with memory of its own."""
        width = min(WIDTH if self._zoom is None else round(WIDTH / max(self._zoom[2], 0.01)), frame.width)
        height = max(8, round(frame.height * width / frame.width / 2) * 2)
        gray = self._reformatter.reformat(
            frame, width, height, "gray", interpolation=Interpolation.AREA, threads=1
        )
        return lying_as_stills(cast(Plane, gray.to_ndarray()), self._zoom, self._orientation)


def lying_as_stills(
    luma: Plane, zoom: tuple[float, float, float, float] | None, orientation: Orientation
) -> Plane:
    """The part of a sample that stills show, turned as they are."""
    if zoom is not None:
        luma = cut(luma, zoom)
    return orientation.plane(luma) if orientation else luma
