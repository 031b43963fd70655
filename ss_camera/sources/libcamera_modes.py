"""A sensor's modes and how much of the scene each sees in, the mode that sees all of it out.

picamera2 takes the mode whose size is next to the picture's, and small modes are often cuts: 640x480 of a
Camera Module 2 is the middle 39 % of its width (https://github.com/raspberrypi/picamera2/issues/558).
picamera's firmware takes the whole view where the rate allows, and so does this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Size = tuple[int, int]

_WHOLE = 0.95  # of the view's width; some full modes leave out a few columns
_RATE_TOLERANCE = 1.02
_MOST_PX = 4_000_000  # the sensor's own buffers are of the memory that is short on small boards


@dataclass(frozen=True)
class View:
    """What the configured mode sees. `seen` and `whole`, the sensor's, are in its pixels."""

    seen: Size
    whole: Size
    shortest_us: float
    """Of its frames, in microseconds."""

    def share(self, picture: Size) -> float:
        """Of the width that a picture of this shape could have, 0 to 1."""
        return fitted(self.seen, picture)[0] / max(1.0, fitted(self.whole, picture)[0])


def see_all(
    view: Callable[[], View],
    configure: Callable[[Size | None], None],
    modes: Iterable[Size],
    picture: Size,
    frame_us: float,
) -> None:
    """Have the smallest mode that sees all and is no smaller than the picture, where frames can be so short.

    `configure` takes a mode's size, or None for the one that was configured before, which stays where no
    other is better. Raises what `configure` raises.
    """
    if view().share(picture) >= _WHOLE:
        return
    for mode in _candidates(modes, picture):
        configure(mode)
        now = view()
        if now.share(picture) >= _WHOLE and now.shortest_us <= frame_us * _RATE_TOLERANCE:
            return
    configure(None)


def _candidates(modes: Iterable[Size], picture: Size) -> list[Size]:
    """From the smallest; of the sizes that need not be enlarged."""
    possible = {
        mode for mode in modes if mode[0] * mode[1] <= _MOST_PX and fitted(mode, picture)[0] >= picture[0] - 1
    }
    return sorted(possible, key=lambda mode: mode[0] * mode[1])


def fitted(area: Size, picture: Size) -> tuple[float, float]:
    """The largest part of the area in the picture's shape."""
    factor = min(area[0] / picture[0], area[1] / picture[1])
    return factor * picture[0], factor * picture[1]
