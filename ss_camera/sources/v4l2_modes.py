"""A driver's modes and what is asked for in, the mode to open and what there is to say about it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ss_camera.sources.v4l2_devices import Mode

DEFAULT_SIZE = (640, 480)
"""Width and height in pixels where none is asked for."""

# by FourCC, the names FFmpeg has for them, the best first: JPEG needs no encoding by us, and fills USB
# least; what is not here FFmpeg cannot read from V4L2 (a sensor's raw Bayer data)
_FORMATS = {
    "MJPG": "mjpeg",
    "JPEG": "mjpeg",
    "YUYV": "yuyv422",
    "UYVY": "uyvy422",
    "NV12": "nv12",
    "YU12": "yuv420p",
    "422P": "yuv422p",
    "RGB3": "rgb24",
    "BGR3": "bgr24",
    "GREY": "gray",
    "H264": "h264",
}
_RANKS = {fourcc: rank for rank, fourcc in enumerate(_FORMATS)}


@dataclass(frozen=True)
class Choice:
    """What to ask of the driver: names as FFmpeg has them; None leaves it to the driver."""

    input_format: str
    width: int | None
    height: int | None
    framerate: float | None
    remarks: tuple[str, ...] = ()

    def options(self) -> dict[str, str]:
        """The same as FFmpeg's options."""
        options = {"input_format": self.input_format}
        if self.width and self.height:
            options["video_size"] = f"{self.width}x{self.height}"
        if self.framerate:
            options["framerate"] = f"{self.framerate:.6g}"
        return options


def choose(
    modes: Iterable[Mode], width: int | None, height: int | None, framerate: float | None
) -> Choice | None:
    """The mode next to what is asked for; None where nothing can be read.

    The size counts first: the very one, else the smallest that holds it, else the largest. Then a
    rate that reaches `framerate`, then the format. A size that a driver does not list makes the
    first read fail, so that none is asked for but those.
    """
    size = (width or DEFAULT_SIZE[0], height or DEFAULT_SIZE[1])
    known = [mode for mode in modes if mode.pixel_format in _FORMATS]
    if not known:
        return None
    best = min(known, key=lambda mode: _cost(mode, size, framerate))
    input_format = _FORMATS[best.pixel_format]
    chosen = _size(best, size)
    if chosen is None:
        return Choice(input_format, None, None, None)
    remarks = []
    if width and height and chosen != size:
        remarks.append(f"offers no {width}x{height}; the nearest is {chosen[0]}x{chosen[1]}")
    rate = _rate(best, framerate)
    if framerate and rate and rate < framerate * 0.99:
        at = f"{chosen[0]}x{chosen[1]}"
        remarks.append(f"gives no more than {rate:.3g} of the {framerate:.3g} frames/s asked for at {at}")
    return Choice(input_format, *chosen, rate, tuple(remarks))


def _cost(mode: Mode, size: tuple[int, int], framerate: float | None) -> tuple[float, ...]:
    """The smaller, the better; compared place by place."""
    offered = _size(mode, size)
    rank = _RANKS[mode.pixel_format]
    if offered is None:
        return 1, 0, 0, 0, rank
    asked_pixels, pixels = size[0] * size[1], offered[0] * offered[1]
    holds = offered[0] >= size[0] and offered[1] >= size[1]
    rate = _rate(mode, framerate)
    missing_rate = max(0.0, 1 - rate / framerate) if framerate and rate else 0.0
    return offered != size, not holds, abs(pixels - asked_pixels), round(missing_rate, 2), rank


def _size(mode: Mode, size: tuple[int, int]) -> tuple[int, int] | None:
    if mode.width is None or mode.height is None:
        return None
    return mode.width.nearest(size[0]), mode.height.nearest(size[1])


def _rate(mode: Mode, framerate: float | None) -> float | None:
    """The lowest rate that reaches `framerate`, else the highest; None leaves it to the driver."""
    if framerate is None or not mode.rates:
        return None
    reaching = [max(low, framerate) for low, high in mode.rates if high >= framerate * 0.99]
    return min(reaching) if reaching else max(high for _, high in mode.rates)
