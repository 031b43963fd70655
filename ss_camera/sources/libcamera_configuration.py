"""The camera settings and a plan in, picamera2's configuration and libcamera's controls out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ss_camera.properties.advertised import Advertised
from ss_camera.properties.enumerations import short_names
from ss_camera.properties.libcamera import LibcameraPlan
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.libcamera_modes import Size, fitted
from ss_camera.sources.luma import WIDTH

MAIN, LORES = "main", "lores"

_DEFAULT_SIZE = 640, 480
_FORM = "YUV420"  # the planes of a JPEG and of H.264: nothing is converted, and 1.5 bytes a pixel
_FULL_RANGE = "Sycc"
_SECOND_US = 1_000_000
DEFAULT_FRAMERATE = 30.0
_LARGE_PX = 8_000_000
# of the encoder in the chip of a Pi 0 to 4: level 4, and no side above 1920
_HARDWARE_SIDE, _HARDWARE_PX = 1920, 1920 * 1088
# and what picamera2 knows to tell it of; of another form it raises "Unrecognised format" at each start
_HARDWARE_FORMS = ("RGB888", "BGR888", "XBGR8888", "XRGB8888", "YUV420", "NV12")
# of the highest level that our settings know: what is larger no player takes, nor has a Pi 5 the time for it
_LEVEL_SIDE, _LEVEL_PX = 4096, 4096 * 2304
_ENCODED_PX = 1920 * 1080  # a frame has whole macroblocks, so it stays below what the chip takes


@dataclass(frozen=True)
class Streams:
    """Sizes are width and height in pixels. `encoded` is the stream that becomes video."""

    main: tuple[int, int]
    lores: tuple[int, int] | None
    encoded: str
    buffer_count: int


def choose_streams(camera: CameraSettings, plan: LibcameraPlan, *, hardware: bool) -> Streams:
    """The main stream is that of stills; a small one beside it, for motion, where there is video.

    Where the main one is too large for the encoder, or of a form that it does not take, the other is what is
    encoded.
    """
    width, height = main = _size(camera)
    if camera.video is None:
        return Streams(main, None, MAIN, plan.buffer_count or (2 if width * height >= _LARGE_PX else 4))
    buffers = plan.buffer_count or (3 if width * height >= _LARGE_PX else 6)
    side, most = (_HARDWARE_SIDE, _HARDWARE_PX) if hardware else (_LEVEL_SIDE, _LEVEL_PX)
    is_taken = not hardware or (plan.main_format or _FORM) in _HARDWARE_FORMS
    if max(main) > side or width * height > most or not is_taken:
        share = min(1.0, _HARDWARE_SIDE / max(main), (_ENCODED_PX / (width * height)) ** 0.5)
        return Streams(main, (_even(width * share), _even(height * share)), LORES, buffers)
    small = min(WIDTH, width)
    return Streams(main, (_even(small), _even(height * small / width)), MAIN, buffers)


def configure(
    device: Any,
    bindings: Any,
    plan: LibcameraPlan,
    streams: Streams,
    *,
    hardware: bool,
    mode: Size | None = None,
) -> None:
    """Have picamera2 take the streams, and of the sensor's modes the one of this size. Raises what it raises.

    No raw stream: nobody reads it, and its buffers are the largest. No queue: picamera2 would keep the last
    frame for whoever asks next, and that frame may be old.
    """
    name = plan.colour_space or (None if hardware and streams.lores else _FULL_RANGE)
    lores = None if streams.lores is None else {"size": streams.lores, "format": _FORM}
    device.configure(
        device.create_video_configuration(
            main={"size": streams.main, "format": plan.main_format or _FORM},
            lores=lores,
            raw=None,
            transform=bindings.Transform(hflip=plan.hflip, vflip=plan.vflip),
            # for video in hardware the library's own: what the encoder says of full range is not known
            colour_space=None if name is None else getattr(bindings.ColorSpace, name)(),
            buffer_count=streams.buffer_count,
            queue=False,
            display=None,
            encode=None,
            sensor={} if mode is None else {"output_size": mode},
        )
    )


def has_flips(configuration: Mapping[str, Any], plan: LibcameraPlan) -> bool:
    """Whether the camera does what was asked of it: not every one can mirror."""
    transform = configuration["transform"]
    return (bool(transform.hflip), bool(transform.vflip)) == (plan.hflip, plan.vflip)


def controls_for(
    plan: LibcameraPlan, camera: CameraSettings, advertised: Advertised, bindings: Any, stream_count: int
) -> dict[str, object]:
    """What `set_controls` takes: the plan's, and what is best where it says nothing."""
    controls = {name: bound(name, value, bindings) for name, value in plan.controls.items()}
    if "FrameDurationLimits" in advertised:
        controls["FrameDurationLimits"] = _limits(controls, camera, advertised)
    if "AfMode" in advertised and "AfMode" not in controls:
        controls["AfMode"] = bound("AfMode", "Continuous", bindings)
    crop = controls.pop("ScalerCrop", None) or _crop(plan.zoom, advertised, _size(camera))
    if crop is not None:
        # a Pi 5 has one for each stream, which go before the one for all
        many = "ScalerCrops" in advertised
        controls["ScalerCrops" if many else "ScalerCrop"] = [crop] * stream_count if many else crop
    return controls


def bound(control: str, value: object, bindings: Any) -> object:
    """A word of an enumeration as the number that the installed bindings have for it; others as they are."""
    enumeration = enumerations(bindings).get(control)
    if not isinstance(value, str) or enumeration is None:
        return value
    members = enumeration.__members__
    return int(members[short_names(members)[value]].value)


def enumerations(bindings: Any) -> dict[str, Any]:
    """Every enumeration of the installed bindings, by the name of its control."""
    found: dict[str, Any] = {}
    for group in (bindings.controls, *_more(bindings.controls)):
        found.update(
            {name.removesuffix("Enum"): getattr(group, name) for name in dir(group) if name.endswith("Enum")}
        )
    return found


def _more(controls: Any) -> list[Any]:
    return [getattr(controls, name) for name in ("draft", "rpi") if hasattr(controls, name)]


def _limits(
    controls: Mapping[str, object], camera: CameraSettings, advertised: Advertised
) -> tuple[int, int]:
    """Shortest and longest time of a frame in microseconds.

    Without video nobody sees the rate: then frames may be shorter than asked for, so that exposure settles
    soon where one still a minute is asked for, and longer where it is dark.
    """
    given, exposure = controls.get("FrameDurationLimits"), controls.get("ExposureTime")
    usual = round(_SECOND_US / DEFAULT_FRAMERATE)
    shortest, longest = given if isinstance(given, tuple) else (usual, usual)
    chosen = any("FRAME_DURATION" in name or "FRAMERATE_RANGE" in name for name in camera.properties)
    if camera.video is None and not chosen:
        longest = max(longest if given else _SECOND_US // 10, exposure if isinstance(exposure, int) else 0)
        shortest = min(shortest, usual)
    low, high, _ = advertised["FrameDurationLimits"]
    if isinstance(low, int) and isinstance(high, int) and low <= high:
        shortest, longest = (min(max(each, low), high) for each in (shortest, longest))
    return int(shortest), int(longest)


def _size(camera: CameraSettings) -> Size:
    return camera.width or _DEFAULT_SIZE[0], camera.height or _DEFAULT_SIZE[1]


def _crop(
    zoom: tuple[float, float, float, float] | None, advertised: Advertised, picture: Size
) -> tuple[int, int, int, int] | None:
    """ScalerCrop, in pixels of the sensor: a share of what the whole picture shows of it.

    That is the largest part of the sensor's mode in the picture's shape; of another shape libcamera would
    stretch it.
    """
    most = advertised.get("ScalerCrop", (None, None, None))[1]
    if zoom is None or not isinstance(most, tuple):
        return None
    left, top, width, height = most
    part = fitted((width, height), picture)
    left, top = left + (width - part[0]) / 2, top + (height - part[1]) / 2
    width, height = part
    x, y, w, h = zoom
    return (
        round(left + x * width),
        round(top + y * height),
        max(1, round(w * width)),
        max(1, round(h * height)),
    )


def _even(pixels: float) -> int:
    return max(2, int(pixels) // 2 * 2)
