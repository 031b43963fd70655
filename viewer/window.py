"""Newest pictures in, one OpenCV window out: the picture of one camera, or tiles of several."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from typing import Any

from viewer.cameras import Cameras, Frame
from viewer.pictures import MAX_PIXELS

# both are read by native code when it is loaded: a second lock behind the check of headers, and no
# warnings that OpenCV's Qt has no fonts of its own (it draws no text here)
os.putenv("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))
os.putenv("QT_LOGGING_RULES", "default.warning=false")

import cv2
import numpy as np

from ss_camera.clock import Clock
from ss_camera.errors import SettingsError
from viewer.naming import printable

Picture = np.ndarray[Any, np.dtype[np.uint8]]

Size = tuple[int, int]
"""Width and height in pixels."""

MAX_TILES = 36
TICK_MS = 20
_STAGE = (1280, 720)
"""Width and height that tiles share; one camera's picture has its own size, up to this."""
_PROBE_S = 20.0
_TEXT_HEIGHT = 26
_OLD_S = 5.0
_KEYS_THAT_END = (27, ord("q"))
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}
_PLAIN = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL


def check_display() -> None:
    """Raise `SettingsError` where no window can be opened.

    OpenCV's Qt ends the whole process with SIGABRT where it finds no display, so a child tries first.
    """
    if sys.platform != "linux":
        return
    probe = "import cv2; cv2.namedWindow('VideoViewer', cv2.WINDOW_NORMAL)"
    try:
        command = [sys.executable, "-c", probe]
        tried = subprocess.run(command, capture_output=True, timeout=_PROBE_S, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return  # a slow machine: let the window itself try
    if tried.returncode:
        headless = b"not implemented" in tried.stderr
        why = "opencv-python-headless is installed" if headless else "there is no display"
        raise SettingsError([f"No window can be opened: {why}; use --web for a page in the browser."])


class Window:
    """Belongs to the main thread. Ends when it is closed, by Esc or q, or when `stop` is set."""

    def __init__(self, title: str, cameras: Cameras, clock: Clock) -> None:
        self._title = printable(title)
        self._cameras = cameras
        self._clock = clock
        # as large as it is drawn: 36 cameras at 4K would take 967 MB
        self._decoded: dict[str, tuple[int, Size, Picture]] = {}
        self._cameras_shown = 0

    def run(self, stop: threading.Event) -> None:
        """Show the newest pictures until the window is closed."""
        cv2.namedWindow(self._title, _PLAIN)
        cv2.resizeWindow(self._title, 640, 360)
        cv2.imshow(self._title, self._waiting())
        shown, drawn_s = 0, float("-inf")
        while not stop.is_set():
            key = cv2.waitKey(TICK_MS) & 0xFF
            if key in _KEYS_THAT_END or not self._is_open():
                break
            frames, now_s = self._cameras.frames(), self._clock.monotonic_s()
            newest = max((frame.number for frame in frames), default=0)
            # with no picture once a second all the same: the tiles say how old theirs are
            if newest > shown or (frames and now_s - drawn_s >= 1.0):
                shown, drawn_s = newest, now_s
                self._draw(frames, now_s)
        cv2.destroyAllWindows()
        cv2.waitKey(1)

    def _is_open(self) -> bool:
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) > 0)
        except cv2.error:
            return False

    def _draw(self, frames: list[Frame], now_s: float) -> None:
        shown = frames[:MAX_TILES]
        space = space_of_each(len(shown))
        self._decoded = {
            frame.camera: self._decoded[frame.camera] for frame in shown if frame.camera in self._decoded
        }
        pictures = [
            (frame, picture) for frame in shown if (picture := self._decode(frame, space)) is not None
        ]
        if not pictures:
            return
        image = pictures[0][1] if len(pictures) == 1 else tiles(pictures, now_s)
        if len(pictures) != self._cameras_shown:
            self._cameras_shown = len(pictures)
            height, width = image.shape[:2]
            scale = min(1.0, _STAGE[0] / width, _STAGE[1] / height)
            cv2.resizeWindow(self._title, max(1, int(width * scale)), max(1, int(height * scale)))
        cv2.imshow(self._title, image)

    def _decode(self, frame: Frame, space: Size) -> Picture | None:
        number, drawn, picture = self._decoded.get(frame.camera, (0, space, None))
        if (number, drawn) != (frame.number, space):
            fresh = decode(frame, space)
            picture = fresh if fresh is not None else picture  # a damaged one leaves the last good one
            if picture is not None:
                self._decoded[frame.camera] = (frame.number, space, picture)
        return picture

    @staticmethod
    def _waiting() -> Picture:
        image: Picture = np.zeros((360, 640, 3), np.uint8)
        _write(image, "waiting for the first picture", (150, 185))
        return image


def decode(frame: Frame, space: Size) -> Picture | None:
    """Pixels (rows, columns, BGR) of a picture, shrunk to `space` where it is larger; None where damaged."""
    # the decoder may turn it by its EXIF orientation: the larger of both scales loses nothing
    sizes = ((frame.width, frame.height), (frame.height, frame.width))
    scale = max(min(space[0] / max(1, width), space[1] / max(1, height)) for width, height in sizes)
    reduced = next((flag for divisor, flag in _REDUCED.items() if 1 / divisor >= scale), cv2.IMREAD_COLOR)
    try:
        picture = cv2.imdecode(np.frombuffer(frame.data, np.uint8), reduced)
    except cv2.error:
        return None
    return None if picture is None else _shrunk(picture.astype(np.uint8, copy=False), space)


def _shrunk(picture: Picture, space: Size) -> Picture:
    height, width = picture.shape[:2]
    scale = min(space[0] / width, space[1] / height)
    if scale >= 1:
        return picture
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def space_of_each(count: int) -> Size:
    """Room for the picture of each of `count` cameras; that of a single one keeps its own size."""
    if count <= 1:
        return (MAX_PIXELS, MAX_PIXELS)
    _, width, height = _grid(count)
    return (width - 4, height - _TEXT_HEIGHT)


def _grid(count: int) -> tuple[int, int, int]:
    """Columns, and the width and height of a cell."""
    columns = math.ceil(math.sqrt(count))
    return columns, _STAGE[0] // columns, _STAGE[1] // math.ceil(count / columns)


def tiles(pictures: list[tuple[Frame, Picture]], now_s: float) -> Picture:
    """One grid of all pictures, each whole in its cell, with its camera's name; an old one with its age."""
    columns, width, height = _grid(len(pictures))
    rows = math.ceil(len(pictures) / columns)
    image: Picture = np.zeros((rows * height, columns * width, 3), np.uint8)
    for index, (frame, picture) in enumerate(pictures):
        top, left = index // columns * height, index % columns * width
        cell = image[top : top + height, left : left + width]
        indent = _fit(picture, cell[: height - _TEXT_HEIGHT, 2 : width - 2])
        since_s = now_s - frame.received_s
        age = f"   {since_s:.0f} s ago" if since_s >= _OLD_S else ""
        # OpenCV's font knows ASCII only
        _write(cell, (frame.camera + age).encode("ascii", "replace").decode(), (indent + 4, height - 8))
    return image


def _fit(picture: Picture, cell: Picture) -> int:
    """Put `picture` into the middle of `cell`, whole; return how far from its left edge it begins."""
    height, width = picture.shape[:2]
    scale = min(cell.shape[1] / width, cell.shape[0] / height)
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    top, left = int(cell.shape[0] - size[1]) // 2, int(cell.shape[1] - size[0]) // 2
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    cell[top : top + size[1], left : left + size[0]] = small
    return left


def _write(image: Picture, text: str, at: tuple[int, int]) -> None:
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (235, 235, 235), 1, cv2.LINE_AA)
