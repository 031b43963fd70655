"""A frame's number in, its time out, and the other way round: for a camera that is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-6  # a time that is a frame's begin but for a rounding error belongs to that frame


@dataclass(frozen=True)
class FrameTimes:
    """Frame n is shown from n / framerate seconds after `opened_s` on the monotonic clock."""

    opened_s: float
    framerate: float

    def due_s(self, frame: int) -> float:
        """When it is shown, on the monotonic clock."""
        return self.opened_s + frame / self.framerate

    def newest(self, now_s: float) -> int:
        """The frame that is shown at this moment."""
        return math.floor((now_s - self.opened_s) * self.framerate + _ROUNDING)

    def next(self, now_s: float) -> int:
        """The first frame that begins at this moment or later."""
        return math.ceil((now_s - self.opened_s) * self.framerate - _ROUNDING)

    def pts_us(self, frame: int) -> int:
        """Microseconds since the camera was opened: the seconds of a script."""
        return round(frame / self.framerate * 1e6)
