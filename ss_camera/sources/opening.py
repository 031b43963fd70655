"""What is to be opened in, FFmpeg's open container out, or one sentence that says why not."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import av
from av import FFmpegError
from av.container import InputContainer

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.sources.holders import holders

_P = TypeVar("_P")

TIMEOUT_S = 10.0
"""How long an opening, and how long a frame of a live stream may take."""


@dataclass(frozen=True)
class Opening:
    """`url` as FFmpeg takes it; `name` as people may read it: without passwords.

    `paced`: a recording, to be played at its own rate; None leaves it to the stream: one of known
    length is. `loop`: a recording begins anew at its end. `lends`: packets are the driver's memory, which
    goes with the container.
    """

    url: str = field(repr=False)
    name: str
    format: str | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    paced: bool | None = None
    loop: bool = False
    lends: bool = False


def open_container(opening: Opening, clock: Clock) -> InputContainer:
    """The open container, with a video stream in it. Raises `CameraError`."""
    began_s = clock.monotonic_s()
    try:
        container = av.open(
            opening.url,
            format=opening.format,
            options=dict(opening.options),
            timeout=(TIMEOUT_S, None if opening.paced else TIMEOUT_S),
            metadata_errors="replace",  # titles in Shift JIS, and those that are damaged
        )
    except FFmpegError as error:
        # `from None`: FFmpeg's message holds the whole URL, password included
        raise explain(error, opening, clock.monotonic_s() - began_s) from None
    if not container.streams.video:
        container.close()
        raise CameraError(f"{opening.name} holds no video")
    if container.streams.video[0].codec_context is None:
        container.close()
        raise CameraError(f"{opening.name} holds video of a kind that FFmpeg cannot decode")
    return container


def next_packet(packets: Iterator[_P]) -> _P | None:
    """The next one of PyAV's `demux`; None behind the last.

    There PyAV 18 looks for streams that appeared on the way, as they do in an MPEG-TS, where it knows none,
    and raises IndexError: that is an end like any other.
    """
    try:
        return next(packets, None)
    except IndexError:
        return None


_NOT_FOUND: dict[type[FFmpegError], str] = {
    av.error.FileNotFoundError: "is not there",
    av.error.ConnectionRefusedError: "refuses the connection: is the camera on, and is the port right?",
    av.error.HTTPNotFoundError: "does not know the path of CAMERA_URL",
}
_FAILED: dict[type[FFmpegError], str] = {
    av.error.HTTPUnauthorizedError: "refuses the user and password of CAMERA_URL, or wants some",
    av.error.HTTPForbiddenError: "refuses the user and password of CAMERA_URL, or wants some",
    av.error.PermissionError: "may not be read by this user",
    av.error.InvalidDataError: "gives nothing that can be read as video",
    av.error.EOFError: "ended the stream",
}


def explain(error: FFmpegError, opening: Opening, waited_s: float) -> CameraError:
    """The error of an opening or a read that took `waited_s` seconds, as a sentence without secrets."""
    # a read that is given up comes back as anything, "Invalid data" among it: the time tells
    if waited_s >= TIMEOUT_S * 0.95 or isinstance(error, av.error.ExitError):
        return no_frame(opening)
    for sentences, kind in ((_NOT_FOUND, CameraNotFound), (_FAILED, CameraError)):
        for cause, sentence in sentences.items():
            if isinstance(error, cause):
                return kind(f"{opening.name} {sentence}")
    if error.errno == errno.EBUSY:
        users = holders(Path(opening.url).resolve())
        who = ", ".join(users) or "another program"
        return CameraError(f"{opening.name} is in use by {who}: stop that program")
    if error.errno == errno.EIO:  # also what a multipart stream gives at its end
        return CameraError(f"{opening.name} cannot be reached, or broke off")
    reason = (error.strerror or type(error).__name__).lower()
    return CameraError(f"{opening.name} cannot be reached or read: {reason}")


def no_frame(opening: Opening) -> CameraTimeout:
    """Nothing came in time."""
    return CameraTimeout(f"no frame for {TIMEOUT_S:.0f} s from {opening.name}")
