"""The metadata of frames in, whether exposure, white balance and focus have settled out.

A sensor starts with exposure and gains of its own, and libcamera takes some ten frames to find better ones:
a still of the first frame may be black or green. What a camera does not tell is taken as settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

LIMIT_S = 4.0
"""No longer than this is waited: a scene may flicker for ever."""

# numbers of libcamera's AeState, AwbState (draft) and AfState
_SEARCHING = 1
_SCANNING = 1
_STEADY_SHARE = 0.01  # of a gain, from frame to frame

Gains = tuple[float, float]


class Convergence:
    """Takes frames in their order, from the camera's start. Names are libcamera's."""

    def __init__(self) -> None:
        self._gains: Gains | None = None

    def has_settled(self, metadata: Mapping[str, object]) -> bool:
        """Whether this frame's picture is as the camera means it."""
        steady = self._is_balanced(metadata)
        return _is_exposed(metadata) and steady and _number(metadata.get("AfState", 0)) != _SCANNING

    def _is_balanced(self, metadata: Mapping[str, object]) -> bool:
        """A Pi's camera does not say whether it is done, so its gains must be those of the frame before.

        AwbLocked says whether white balance was turned off, and no more.
        """
        before, self._gains = self._gains, cast(Gains | None, metadata.get("ColourGains"))
        if _number(metadata.get("AwbState", 0)) == _SEARCHING:
            return False
        if self._gains is None:
            return True
        return before is not None and all(
            abs(now - then) <= _STEADY_SHARE * max(abs(then), abs(now))
            for now, then in zip(self._gains, before, strict=True)
        )


def _is_exposed(metadata: Mapping[str, object]) -> bool:
    """Before libcamera 0.5 there was AeLocked, since then AeState; a fixed exposure is `Idle`."""
    if "AeState" in metadata:
        return _number(metadata["AeState"]) != _SEARCHING
    return bool(metadata.get("AeLocked", True))


def _number(state: object) -> int:
    """Some bindings give enumerations a type of their own, whose value is the number."""
    value = getattr(state, "value", state)
    return value if isinstance(value, int) else 0
