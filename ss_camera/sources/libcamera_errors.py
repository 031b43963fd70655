"""What picamera2 and libcamera raise in, errors of ours out: one sentence each that says what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path

from ss_camera.errors import CameraError, CameraNotFound, CameraTimeout
from ss_camera.sources.device_rights import May, denied, told_of
from ss_camera.sources.holders import holders

_MEDIA = "media*"
_BUSY, _MEMORY = ("busy",), ("cannot allocate memory", "failed to allocate")
_DEV = Path("/dev")


@contextmanager
def told(name: str, doing: str, *, dev: Path = _DEV) -> Iterator[None]:
    """Whatever the libraries raise inside becomes a `CameraError`; `doing` stands in its sentence.

    They raise what they like: RuntimeError for most, the causes of which say more, OSError from the kernel,
    KeyError and AttributeError where a camera lacks what picamera2 takes for given.
    """
    try:
        yield
    except CameraError:
        raise
    except (TimeoutError, CancelledError):
        raise CameraTimeout(f"{name} hangs: {doing} gave nothing in time; is its cable in?") from None
    except Exception as error:  # noqa: BLE001 - see above: any of it ends this opening, with its sentence
        raise _explain(name, doing, error, dev) from None


def no_camera(dev: Path = _DEV, may: May = os.access) -> CameraNotFound:
    """Why libcamera finds none: it passes over what this user may not open."""
    if sentence := denied(sorted(dev.glob(_MEDIA)), may):
        return CameraNotFound(f"libcamera found no camera: {sentence}")
    return CameraNotFound(
        "libcamera found no camera: see that the cable is in at both ends, that camera_auto_detect=1 is "
        "in /boot/firmware/config.txt, and that `rpicam-hello --list-cameras` lists it"
    )


def _explain(name: str, doing: str, error: Exception, dev: Path) -> CameraError:
    causes = list(_causes(error))
    said = " ".join(str(cause).lower() for cause in causes)
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if errno.EBUSY in numbers or any(words in said for words in _BUSY):
        return CameraError(f"{name} is in use by {_users(dev)}")
    if errno.ENOMEM in numbers or any(words in said for words in _MEMORY):
        return CameraError(
            f"there is too little contiguous memory (CMA) for the buffers of {name}: set "
            "PICAMERA2_BUFFER_COUNT=2, take a smaller PICAMERA_RESOLUTION, or give it more by "
            "dtoverlay=vc4-kms-v3d,cma-512 (cma-128 on a board of 512 MB) in /boot/firmware/config.txt and a "
            "restart of the machine"
        )
    refused = next((one for one in causes if isinstance(one, PermissionError) and one.filename), None)
    if refused is not None:
        return CameraError(f"{name} cannot be used: {told_of(refused.filename)}")
    if numbers & {errno.ENODEV, errno.ENXIO, errno.ENOENT}:
        return CameraError(f"{name} is not there any more: is its cable in?")
    last = str(causes[-1]).rstrip(".") or type(causes[-1]).__name__
    return CameraError(f"{name} failed at {doing}: {last}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, to the first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _users(dev: Path) -> str:
    # libcamera locks the media device of a camera that is open, and opens it for no longer
    names = [each for device in sorted(dev.glob(_MEDIA)) for each in holders(device)]
    if names:
        return f"{', '.join(dict.fromkeys(names))}: stop that program"
    return (
        "another program, or by an earlier opening of this one that hangs: `sudo fuser -v /dev/media*` names "
        "the program to stop; if it is ss-camera itself, restart it"
    )
