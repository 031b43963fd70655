"""A moment in, where the ball of the drawn scene is then out: on its demo round, or on its script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ss_camera.settings.model import SyntheticSettings

CROSSING_S = 8.0
"""Seconds that the ball of the demo takes from side to side."""
ABSENT_S = 4.0
"""Seconds without it before each crossing: at the start a motion detector learns the scene alone."""

_DEMO_SIZE = 0.2  # of the picture's height
_LANE = 3  # of a script, in balls: each place is free for longer than it is covered, and leaves no ghost
_LANE_S = 1.5  # from end to end


@dataclass(frozen=True)
class Box:
    """Where something is in luma pixels: left and top even, and possibly outside the picture."""

    left: int
    top: int
    side: int


Way = Callable[[float], Box | None]
"""Seconds since the scene began in; the ball's place then, or None while it is away."""


def side_of(settings: SyntheticSettings, height: int) -> int:
    """The ball's height in pixels, a multiple of 4."""
    share = _DEMO_SIZE if settings.motion is None else settings.size
    return max(4, round(height * share) // 4 * 4)


def demo_way(side: int, width: int, height: int, top: int) -> Way:
    """Across the picture in bounces, over and over. Nothing is drawn above `top` where there is room."""
    low, high = height - side, min(top, height // 2)

    def way(elapsed_s: float) -> Box | None:
        phase_s = (elapsed_s - ABSENT_S) % (CROSSING_S + ABSENT_S)
        if phase_s >= CROSSING_S:
            return None
        left = round((width + side) * phase_s / CROSSING_S) - side
        bounce = abs((phase_s * 4 / CROSSING_S) % 2 - 1)  # 1 at the ends and in the middle
        return Box(left // 2 * 2, round(low + (high - low) * (1 - bounce) ** 2) // 2 * 2, side)

    return way


def scripted_way(settings: SyntheticSettings, side: int, width: int, height: int, top: int) -> Way:
    """Back and forth around `settings.place`, in the script's times and in no other."""
    middle = round(settings.place[0] * width) - side // 2
    first = max(0, min(middle - side * _LANE // 2, width - side * (_LANE + 1)))
    last = max(0, min(first + side * _LANE, width - side))
    at = max(0, min(max(round(settings.place[1] * height) - side // 2, top), height - side))

    def way(elapsed_s: float) -> Box | None:
        for start_s, duration_s in settings.motion or ():
            # a frame's time that is the script's but for a rounding error is the script's
            since_s = elapsed_s - start_s + 1e-6
            if 0 <= since_s < duration_s:
                share = 1 - abs((since_s / _LANE_S) % 2 - 1)
                return Box(round(first + (last - first) * share) // 2 * 2, at // 2 * 2, side)
        return None

    return way
