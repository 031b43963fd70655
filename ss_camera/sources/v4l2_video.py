"""CAMERA=v4l2: a USB camera, or anything else behind /dev/video*, in, a source out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.device_rights import May, denied, told_of
from ss_camera.sources.opening import Opening
from ss_camera.sources.v4l2_devices import Device, modes_of, nodes, query
from ss_camera.sources.v4l2_modes import choose
from ss_camera.sources.video_source import VideoSource


class V4l2Source(VideoSource):
    """The device of CAMERA_URL (`/dev/video2`, `/dev/v4l/by-id/..`), else camera CAMERA_NUM, counted from 0.

    CAMERA_NUM counts cameras and not nodes: a USB camera has two nodes, one of them without pictures.
    """

    def __init__(self, camera: CameraSettings, clock: Clock, say: Callable[[str], None]) -> None:
        device = _named(camera.url) if camera.url else numbered(camera.num, cameras(say))
        try:
            choice = choose(modes_of(device.path), camera.width, camera.height, camera.framerate)
        except OSError as error:
            raise _failure(device.path, error) from error
        name = f"{device.path} ({device.card})"
        if choice is None:
            raise CameraNotFound(f"{name} gives no pictures in a form that can be read")
        for remark in choice.remarks:
            say(f"{name} {remark}")
        opening = Opening(device.path, name, format="v4l2", options=choice.options(), paced=False, lends=True)
        super().__init__(opening, camera, clock, say)


def _named(path: str) -> Device:
    try:
        device = query(path)
    except OSError as error:
        raise _failure(path, error) from error
    reason = device.unusable()
    if reason is not None:
        raise CameraNotFound(f"{path} {reason}: give CAMERA_URL another /dev/video*")
    return device


def numbered(number: int, found: list[Device], folder: Path = Path("/dev"), may: May = os.access) -> Device:
    """The camera of this number among those that were found. Raises `CameraError`.

    One that may not be opened is among the nodes of `folder` only, and cannot be counted.
    """
    if number >= len(found) and (sentence := denied(map(Path, nodes(folder)), may)):
        raise CameraError(sentence)
    if not found:
        raise CameraNotFound("no /dev/video* is a camera: plug in a USB camera")
    if number >= len(found):
        there = ", ".join(f"{at}: {device.path} ({device.card})" for at, device in enumerate(found))
        raise CameraNotFound(f"CAMERA_NUM={number} is not there; the cameras are {there}")
    return found[number]


def cameras(say: Callable[[str], None]) -> list[Device]:
    """All nodes that capture, in the order of their numbers; what is passed over is said."""
    found = []
    for path in nodes():
        try:
            device = query(path)
        except OSError as error:
            say(f"{path} cannot be asked what it is: {error.strerror}")
            continue
        reason = device.unusable()
        if reason is None:
            found.append(device)
        else:
            say(f"{path} {reason}")
    return found


def _failure(path: str, error: OSError) -> CameraError:
    if isinstance(error, FileNotFoundError):
        return CameraNotFound(f"{path} is not there: is the camera plugged in?")
    if isinstance(error, PermissionError):
        return CameraError(told_of(path))
    return CameraError(f"{path} cannot be asked what it can do: {error.strerror}")
