"""A camera that has just been opened in, one whose exposure and white balance have converged out.

The first frames of a sensor are too dark and of wrong colours; picamera's manual lets people sleep 2 s.
"""

from __future__ import annotations

import threading
from typing import Any

from ss_camera.clock import Clock

CONVERGE_S = 2.0
"""How long it may take, at rates of some frames a second; slower ones have a few frames."""

_LONGEST_S = 10.0
_SAME = 0.03  # a difference that nobody sees
_ALIKE_IN_A_ROW = 3
_POLL_S = 0.05
_FEW_FRAMES = 3


def longest_s(framerate: float) -> float:
    """The longest that `converge` takes at so many frames a second."""
    return max(CONVERGE_S, min(_LONGEST_S, _FEW_FRAMES / framerate))


def converge(device: Any, framerate: float, clock: Clock, stop: threading.Event) -> bool:
    """Wait until exposure, gains and white balance stand, or `longest_s`. Returns whether they do.

    `device` is a `PiCamera`; `framerate` is in frames a second. Ends early when `stop` is set.
    """
    poll_s = max(_POLL_S, min(1 / framerate, _LONGEST_S))
    deadline_s = clock.monotonic_s() + longest_s(framerate)
    before, alike = None, 0
    while clock.monotonic_s() < deadline_s and not clock.wait(stop, poll_s):
        now = _exposure(device)
        alike = alike + 1 if before is not None and now is not None and _is_same(before, now) else 0
        before = now
        if alike >= _ALIKE_IN_A_ROW:
            return True
    return False


def _exposure(device: Any) -> tuple[float, ...] | None:
    """Light that is gathered and gains of red and blue; None before the first frame."""
    try:
        exposure_us = float(device.exposure_speed)
        light = exposure_us * float(device.analog_gain) * float(device.digital_gain)
        return (light, *(float(gain) for gain in device.awb_gains)) if exposure_us else None
    except ZeroDivisionError:  # picamera divides by what the firmware has not filled in yet
        return None


def _is_same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))
