"""Newest pictures in, one OpenCV window out: the picture of one camera, or tiles of several."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from typing import Any

# OpenCV's native code reads it when it is loaded; the headers were checked before, this is the second lock
from viewer.cameras import Cameras, Frame
from viewer.pictures import MAX_PIXELS

os.putenv("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))

import cv2
import numpy as np

from ss_camera.clock import Clock
from ss_camera.errors import SettingsError
from viewer.naming import printable

Picture = np.ndarray[Any, np.dtype[np.uint8]]

MAX_TILES = 36
TICK_MS = 20
_STAGE = (1280, 720)
"""Width and height that tiles share; one camera's picture has its own size, up to this."""
_PROBE_S = 20.0
_TEXT_HEIGHT = 26
_KEYS_THAT_END = (27, ord("q"))


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
        self._decoded: dict[str, tuple[int, Picture]] = {}
        self._cameras_shown = 0

    def run(self, stop: threading.Event) -> None:
        """Show the newest pictures until the window is closed."""
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
        cv2.resizeWindow(self._title, 640, 360)
        cv2.imshow(self._title, self._waiting())
        shown = 0
        while not stop.is_set():
            key = cv2.waitKey(TICK_MS) & 0xFF
            if key in _KEYS_THAT_END or not self._is_open():
                break
            frames = self._cameras.frames()
            newest = max((frame.number for frame in frames), default=0)
            if newest > shown:
                shown = newest
                self._draw(frames)
        cv2.destroyAllWindows()
        cv2.waitKey(1)

    def _is_open(self) -> bool:
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) > 0)
        except cv2.error:
            return False

    def _draw(self, frames: list[Frame]) -> None:
        pictures = [
            (frame, picture) for frame in frames[:MAX_TILES] if (picture := self._decode(frame)) is not None
        ]
        if not pictures:
            return
        image = pictures[0][1] if len(pictures) == 1 else tiles(pictures)
        if len(pictures) != self._cameras_shown:
            self._cameras_shown = len(pictures)
            height, width = image.shape[:2]
            scale = min(1.0, _STAGE[0] / width, _STAGE[1] / height)
            cv2.resizeWindow(self._title, max(1, int(width * scale)), max(1, int(height * scale)))
        cv2.imshow(self._title, image)

    def _decode(self, frame: Frame) -> Picture | None:
        number, picture = self._decoded.get(frame.camera, (0, None))
        if number != frame.number:
            fresh = decode(frame.data)
            picture = fresh if fresh is not None else picture  # a damaged one leaves the last good one
            if picture is not None:
                self._decoded[frame.camera] = (frame.number, picture)
        return picture

    @staticmethod
    def _waiting() -> Picture:
        image: Picture = np.zeros((360, 640, 3), np.uint8)
        _write(image, "waiting for the first picture", (150, 185))
        return image


def decode(data: bytes) -> Picture | None:
    """Pixels (rows, columns, BGR) of a JPEG, None where it is damaged."""
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else picture.astype(np.uint8, copy=False)


def tiles(pictures: list[tuple[Frame, Picture]]) -> Picture:
    """All pictures in one grid, each whole in its cell, its camera's name below."""
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    width, height = _STAGE[0] // columns, _STAGE[1] // rows
    image: Picture = np.zeros((rows * height, columns * width, 3), np.uint8)
    for index, (frame, picture) in enumerate(pictures):
        top, left = index // columns * height, index % columns * width
        _fit(picture, image[top : top + height - _TEXT_HEIGHT, left : left + width])
        # OpenCV's font knows ASCII only
        name = frame.camera.encode("ascii", "replace").decode()
        _write(image[top : top + height, left : left + width], name, (8, height - 8))
    return image


def _fit(picture: Picture, cell: Picture) -> None:
    height, width = picture.shape[:2]
    scale = min(cell.shape[1] / width, cell.shape[0] / height)
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    top, left = (cell.shape[0] - size[1]) // 2, (cell.shape[1] - size[0]) // 2
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    cell[top : top + size[1], left : left + size[0]] = small


def _write(image: Picture, text: str, at: tuple[int, int]) -> None:
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (235, 235, 235), 1, cv2.LINE_AA)
