"""The number of a frame in, what the sensor sees out: four coloured corners and a square that can move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
"""Of the sensor's picture in pixels; ports scale it."""
CORNER = 80
CORNERS = {  # (row, column): Y, U, V and what a person calls it
    (0, 0): ((82, 90, 240), "red"),
    (0, 1): ((145, 54, 34), "green"),
    (1, 0): ((60, 240, 110), "blue"),
    (1, 1): ((235, 128, 128), "white"),
}
_SQUARE = 96
_GRAY = 110

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class View:
    """How the camera is told to look: shares of the sensor, mirrors, degrees clockwise, exposure 0..1."""

    zoom: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    hflip: bool = False
    vflip: bool = False
    rotation: int = 0
    exposure: float = 1.0


def draw(number: int, *, moving: bool) -> list[Plane]:
    """The planes Y, U and V (half of it) of the sensor's picture."""
    luma = np.full((HEIGHT, WIDTH), _GRAY, np.uint8)
    # texture: without some, an encoder has nothing to follow
    luma[::16] = 124
    luma[:, ::16] = 96
    chroma = [np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8) for _ in range(2)]
    for (row, column), (colour, _) in CORNERS.items():
        for plane, value, size in zip(
            (luma, *chroma), colour, (CORNER, CORNER // 2, CORNER // 2), strict=True
        ):
            vertical = slice(-size, None) if row else slice(0, size)
            horizontal = slice(-size, None) if column else slice(0, size)
            plane[vertical, horizontal] = value
    left = 16 * (number % 28) if moving else 200
    square = luma[200 : 200 + _SQUARE, left : left + _SQUARE]
    square[:] = 220
    square[::8] = 30
    square[:, ::24] = 30
    return [luma, *chroma]


def look(planes: list[Plane], view: View, width: int, height: int) -> Plane:
    """The picture as I420 of shape (height * 3 // 2, width). The order is the firmware's."""
    seen = [_turned(plane, view) for plane in planes]
    if view.exposure < 1.0:
        seen[0] = (seen[0] * view.exposure).astype(np.uint8)
    if seen[0].shape != (height, width):
        seen = [_scaled(plane, side) for plane, side in zip(seen, _sides(width, height), strict=True)]
    return np.concatenate([plane.reshape(-1) for plane in seen]).reshape(height * 3 // 2, width)


def _turned(plane: Plane, view: View) -> Plane:
    x, y, width, height = view.zoom
    rows, columns = plane.shape
    top, left = round(y * rows), round(x * columns)
    plane = plane[top : top + max(2, round(height * rows)), left : left + max(2, round(width * columns))]
    if view.hflip:
        plane = plane[:, ::-1]
    if view.vflip:
        plane = plane[::-1]
    return np.rot90(plane, -view.rotation // 90)


def _sides(width: int, height: int) -> tuple[tuple[int, int], ...]:
    return (width, height), (width // 2, height // 2), (width // 2, height // 2)


def _scaled(plane: Plane, size: tuple[int, int]) -> Plane:
    width, height = size
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(plane), "gray")
    return frame.reformat(width, height, "gray").to_ndarray()


Render = Callable[[int, int], Plane]
"""Width and height of a port in, its picture out."""
