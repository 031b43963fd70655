"""The trace of a replay in, a picture out: score, sensitivity, events and vetoes over time."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ss_camera.trace import ReplayError, Trace

_WIDTH, _HEIGHT = 1280, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 24, 64, 64
_INK, _GRID, _SCORE = (40, 40, 40), (225, 225, 225), (30, 90, 170)
_EVENT, _LIMIT, _VETO = (255, 224, 178), (200, 30, 30), (140, 60, 160)
_TICKS = 8
_TITLE_CHARS = 60


def check(plot: Path) -> None:
    """Raise `ReplayError` where a picture cannot be written there, as far as that can be said before."""
    if not plot.parent.is_dir():
        raise ReplayError(f"the plot cannot be written to {plot}: there is no folder {plot.parent}")
    if plot.is_dir():
        raise ReplayError(f"the plot cannot be written to {plot}: it is a folder; expected a name in it")
    try:  # Pillow knows formats that it reads and does not write, and such as take no colours
        form = Image.registered_extensions()[plot.suffix.lower()]
        Image.new("RGB", (1, 1)).save(io.BytesIO(), form)
    except (KeyError, OSError, ValueError):
        problem = "the name ends in no format that a plot can have"
        raise ReplayError(f"the plot cannot be written to {plot}: {problem}; expected .png") from None


def save(trace: Trace, title: str, plot: Path) -> None:
    """Draw it and write it. Raises `ReplayError`."""
    try:
        draw(trace, title).save(plot)
    except (OSError, ValueError) as error:
        raise ReplayError(f"the plot cannot be written to {plot}: {error}") from None


class _Plane:
    """Seconds and blocks in, pixels out."""

    def __init__(self, seconds: float, most: int) -> None:
        self.seconds, self.most = max(seconds, 1e-6), most

    def x(self, at_s: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * at_s / self.seconds

    def y(self, blocks: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(blocks, self.most) / self.most


def draw(trace: Trace, title: str) -> Image.Image:
    """A picture of 1280x480. What is far above the sensitivity and every event is cut off."""
    shown = max([event.peak for event in trace.events] + [trace.sensitivity * 4, 4])
    plane = _Plane(trace.seconds, round(shown * 1.1))
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for event in trace.events:
        left, right = plane.x(event.start_us / 1e6), plane.x(event.last_us / 1e6)
        pen.rectangle((left, _TOP, max(right, left + 1), _HEIGHT - _BOTTOM), fill=_EVENT)
    _axes(pen, plane)
    _score(pen, plane, trace)
    limit = plane.y(trace.sensitivity)
    for left in range(_LEFT, _WIDTH - _RIGHT, 12):
        pen.line((left, limit, left + 6, limit), fill=_LIMIT, width=2)
    _legend(pen, trace, title)
    return image


def _score(pen: ImageDraw.ImageDraw, plane: _Plane, trace: Trace) -> None:
    """The most of the samples in each column of pixels, so that no peak is lost in a long video."""
    columns: dict[int, int] = {}
    for at_s, blocks, veto in zip(trace.at_s, trace.blocks, trace.vetoes, strict=True):
        column = round(plane.x(at_s))
        if veto:
            pen.line((column, _TOP, column, _TOP + 10), fill=_VETO, width=3)
        else:
            columns[column] = max(columns.get(column, 0), blocks)
    points = [(column, plane.y(blocks)) for column, blocks in sorted(columns.items())]
    if len(points) > 1:
        pen.line(points, fill=_SCORE, width=2)


def _axes(pen: ImageDraw.ImageDraw, plane: _Plane) -> None:
    font = ImageFont.load_default(15)
    floor = _HEIGHT - _BOTTOM
    for at_s in _ticks(plane.seconds):
        x = plane.x(at_s)
        pen.line((x, _TOP, x, floor + 5), fill=_GRID)
        pen.text((x, floor + 8), f"{at_s:g}", fill=_INK, font=font, anchor="ma")
    for blocks in _ticks(plane.most):
        y = plane.y(blocks)
        pen.line((_LEFT - 5, y, _WIDTH - _RIGHT, y), fill=_GRID)
        pen.text((_LEFT - 9, y), f"{blocks:g}", fill=_INK, font=font, anchor="rm")
    pen.line((_LEFT, _TOP, _LEFT, floor, _WIDTH - _RIGHT, floor), fill=_INK)
    pen.text(((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12), "seconds", fill=_INK, font=font, anchor="ms")
    pen.text((8, _TOP - 8), "blocks", fill=_INK, font=font, anchor="ls")


def _legend(pen: ImageDraw.ImageDraw, trace: Trace, title: str) -> None:
    pen.text((_LEFT, 26), title[:_TITLE_CHARS], fill=_INK, font=ImageFont.load_default(19), anchor="ls")
    font = ImageFont.load_default(15)
    right = _WIDTH - _RIGHT
    words = (
        (f"{len(trace.events)} events", _EVENT),
        ("veto: the light", _VETO),
        (f"sensitivity {trace.sensitivity}", _LIMIT),
        ("blocks that move", _SCORE),
    )
    for word, colour in words:
        right -= round(font.getlength(word))
        pen.text((right, 26), word, fill=_INK, font=font, anchor="ls")
        pen.rectangle((right - 20, 13, right - 7, 26), fill=colour)
        right -= 44


def _ticks(span: float) -> list[float]:
    """Round values from 0 to `span`, at most nine."""
    step = 10.0**-3
    while True:
        for factor in (1, 2, 5):
            if span / (step * factor) <= _TICKS:
                return [number * step * factor for number in range(int(span / (step * factor)) + 1)]
        step *= 10
