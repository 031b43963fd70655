"""picamera's image effects with their parameters in, curves and orders of channels for software out.

Meanings and defaults of parameters are those of picamera 1.13's manual (`image_effect_params`).
"""

from __future__ import annotations

from collections.abc import Sequence

EFFECTS = ("negative", "solarize", "posterise", "colorswap", "blur")
"""What `Edits.effect` may ask of software, `none` apart."""

_POSTERISE_STEPS = 4


def curve(effect: str, params: Sequence[float] = ()) -> bytes | None:
    """256 bytes: what becomes of each level of each channel; None where the effect is no curve."""
    if effect == "negative":
        return bytes(range(255, -1, -1))
    if effect == "solarize":
        return _solarized(params)
    if effect == "posterise":
        return _posterised(params)
    return None


def channels(params: Sequence[float] = ()) -> tuple[int, int, int]:
    """Which of red, green and blue (0, 1, 2) each channel is taken from by `colorswap`: BGR, or BRG for 1."""
    return (2, 0, 1) if params and params[0] else (2, 1, 0)


def blur_radius(params: Sequence[float] = ()) -> int:
    """Pixels to each side that `blur` averages: 1 or 2."""
    return max(1, min(2, int(params[0]))) if params else 1


def _solarized(params: Sequence[float]) -> bytes:
    numbers = [max(0, min(255, int(number))) for number in params[-4:]] if len(params) >= 4 else []
    x0, y0, y1, y2 = numbers or (128, 128, 128, 0)
    rising = [round(y0 * level / x0) for level in range(x0)]
    span = max(1, 255 - x0)
    return bytes(rising + [round(y1 + (y2 - y1) * (level - x0) / span) for level in range(x0, 256)])


def _posterised(params: Sequence[float]) -> bytes:
    steps = max(2, min(31, int(params[0]))) if params else _POSTERISE_STEPS
    return bytes(round((level * steps // 256) * 255 / (steps - 1)) for level in range(256))
