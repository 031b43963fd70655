"""The settings of clips in, one `ClipSettings` and one `VideoSettings` out; what cannot be is refused."""

from __future__ import annotations

from dataclasses import replace

from ss_camera.media import Family
from ss_camera.settings import h264_levels
from ss_camera.settings.clip_settings import LEVELS, SMALLEST_PART
from ss_camera.settings.declare import clash, missing
from ss_camera.settings.h264_levels import Excess, Load
from ss_camera.settings.model import (
    MAX_REQUEST_BYTES,
    PART_BYTES,
    CameraSettings,
    ClipSettings,
    PublishSettings,
    RecordingWindow,
    Route,
    VideoSettings,
    largest_frame,
)
from ss_camera.settings.values import Values

_SCALED = ("picamera", "picamera2")
"""Cameras that make their video smaller where the picture is too large for any level."""
_ROLLS = ("CLIP_PREROLL", "CLIP_POSTROLL")
_AROUND = 4096
"""Room in a message for SINETStream's framing, encryption, the key and the headers."""
_BURST_SHARE = 3
"""Quarters of the queue that the seconds before the motion may fill at once: what waits is not all theirs."""
_MIB = 1024 * 1024


def video_settings(values: Values, camera: CameraSettings, problems: list[str]) -> VideoSettings:
    """Build it; a level that the picture, its rate or the bit rate passes is appended."""
    default = VideoSettings()
    bitrate = values.get("CLIP_BITRATE", int) or default.bitrate
    profile = values.get("CLIP_PROFILE", str) or default.profile
    load = Load(camera.width, camera.height, camera.framerate, bitrate, profile)
    level = values.get("CLIP_LEVEL", str)
    lowest = h264_levels.lowest(load, level or default.level)
    if level is not None and level != lowest:
        passed = h264_levels.excess(level, load)
        assert passed is not None
        wrong = f"{level} takes at most {passed.most} {passed.unit}, and {_cause(values, load, passed)}"
        less = {
            "size": "a smaller picture",
            "rate": "fewer frames a second",
            "bitrate": "a lower CLIP_BITRATE",
        }
        expected = (f"{lowest} or higher, or " if lowest in LEVELS else "") + less[passed.what]
        problems.append(clash(values.raw("CLIP_LEVEL"), wrong, expected))
    elif lowest is None and camera.kind not in _SCALED:
        wrong = "no level of H.264 takes such a picture at such a rate"
        problems.append(missing("CLIP_LEVEL", wrong, "a smaller picture, rate or CLIP_BITRATE"))
    gop_s = values.get("CLIP_GOP", float) or default.gop_s
    return VideoSettings(bitrate, profile, lowest or default.level, gop_s)


def _cause(values: Values, load: Load, passed: Excess) -> str:
    if passed.what == "bitrate":
        name = "CLIP_BITRATE" if "CLIP_BITRATE" in values else "the default CLIP_BITRATE"
        return f"{name} is {passed.has} with profile {load.profile}"
    size = f"{load.width}x{load.height}"
    return f"{size} has {passed.has}" + (
        f" at {load.framerate:g} frames a second" if passed.what == "rate" else ""
    )


def clip_settings(
    values: Values,
    video: VideoSettings,
    publish: PublishSettings,
    problems: list[str],
    warnings: list[str],
) -> tuple[ClipSettings, PublishSettings]:
    """Build it, and the queue that takes its burst; what does not fit together, or not into a message, is
    appended."""
    route = publish.routes.get(Family.CLIP)
    default = ClipSettings()
    preroll_s, postroll_s = _rolls(values, problems)
    clips = ClipSettings(
        preroll_s=preroll_s,
        postroll_s=postroll_s,
        max_s=values.get("CLIP_MAX", float) or default.max_s,
        memory_bytes=values.get("CLIP_MEMORY", int) or default.memory_bytes,
        part_bytes=_part_bytes(values, route, problems, warnings),
        whole=values.get("CLIP_DELIVERY", str) == "whole",
        manual_s=values.get("CLIP_MANUAL", float) or default.manual_s,
        window=values.get("RECORDING_WINDOW", RecordingWindow),
    )
    if not clips.whole:  # the seconds before a motion leave at once: a queue that is not set takes them
        if not values.was_named("QUEUE_BYTES"):
            enough = -(-ring_bytes(video, clips) * 4 // _BURST_SHARE)
            publish = replace(publish, queue_bytes=max(publish.queue_bytes, enough))
        clips = replace(clips, burst_bytes=publish.queue_bytes * _BURST_SHARE // 4)
    _ring(values, clips, video, publish, problems)
    if clips.whole:
        _whole(values, clips, video, publish, problems)
    return clips, publish


def frame_bytes(clips: ClipSettings) -> int:
    """How large a frame may be that is encoded here; a clip in one message sets no bound of its own."""
    return largest_frame(PART_BYTES if clips.whole else clips.part_bytes)


def _rolls(values: Values, problems: list[str]) -> tuple[float, float]:
    default = ClipSettings()
    both_s = values.get("CLIP_BUFFER", float)
    if both_s is not None:
        for name in _ROLLS:
            if values.was_named(name):
                wrong = f"is set beside {name}, and sets it as well"
                problems.append(clash(values.raw("CLIP_BUFFER"), wrong, "CLIP_PREROLL and CLIP_POSTROLL"))
        return both_s / 2, both_s / 2
    before_s, after_s = (values.get(name, float) for name in _ROLLS)
    return (
        default.preroll_s if before_s is None else before_s,
        default.postroll_s if after_s is None else after_s,
    )


def _ring(
    values: Values,
    clips: ClipSettings,
    video: VideoSettings,
    publish: PublishSettings,
    problems: list[str],
) -> None:
    """Refuse a pre-roll that does not fit, into its memory or the queue: bit rate x (pre-roll + one GOP)."""
    needed = ring_bytes(video, clips)
    most = min(clips.memory_bytes, clips.burst_bytes or clips.memory_bytes)
    if needed <= most:
        return
    # one of them is set: the defaults fit
    names = (*_ROLLS[:1], "CLIP_BUFFER", "CLIP_BITRATE", "CLIP_GOP", "CLIP_MEMORY", "QUEUE_BYTES")
    name = next(each for each in names if each in values)
    wrong, more = ring_arithmetic(video, clips), []
    if needed > clips.memory_bytes:
        more.append(f"CLIP_MEMORY={-(-needed // _MIB)}M")
    if clips.burst_bytes is not None and needed > clips.burst_bytes:
        wrong += (
            f"; they leave at once, and QUEUE_BYTES is {mib(publish.queue_bytes)}, a quarter to stay free"
        )
        more.append(f"QUEUE_BYTES={-(-needed * 4 // _BURST_SHARE // _MIB)}M")
    longest_s = most * 8 / video.bitrate - video.gop_s
    less = f"a pre-roll up to {int(longest_s)} s, " if longest_s >= 1 else ""
    problems.append(clash(values.raw(name), wrong, f"{less}a lower CLIP_BITRATE, or {' and '.join(more)}"))


def ring_bytes(video: VideoSettings, clips: ClipSettings) -> int:
    """What the seconds before the motion take: bit rate x (pre-roll + one GOP)."""
    return _video_bytes(video, clips.preroll_s + video.gop_s)


def ring_arithmetic(video: VideoSettings, clips: ClipSettings) -> str:
    """The same as a sentence with its terms."""
    return (
        f"the seconds before the motion need {mib(ring_bytes(video, clips))}: {video.bitrate} bits a second "
        f"x ({clips.preroll_s:g} + {video.gop_s:g}) s / 8; CLIP_MEMORY is {mib(clips.memory_bytes)}"
    )


def _part_bytes(values: Values, route: Route | None, problems: list[str], warnings: list[str]) -> int:
    asked = values.get("CLIP_PART_BYTES", int)
    part_bytes = ClipSettings().part_bytes if asked is None else asked
    most = _message_bytes(route)
    if most is None or part_bytes <= most - _AROUND:
        return part_bytes
    if most - _AROUND < SMALLEST_PART:
        name = next(n for n in ("CLIP_SS_MAX_REQUEST_SIZE", "SS_MAX_REQUEST_SIZE") if n in values)
        expected = f"at least {SMALLEST_PART + _AROUND}"
        problems.append(clash(values.raw(name), f"{most} leaves no room for a part of a clip", expected))
    elif asked is not None:
        warnings.append(
            f"CLIP_PART_BYTES is lowered from {asked} to {most - _AROUND}: "
            f"a message has at most {most} bytes (SS_MAX_REQUEST_SIZE)"
        )
    return most - _AROUND


def _whole(
    values: Values,
    clips: ClipSettings,
    video: VideoSettings,
    publish: PublishSettings,
    problems: list[str],
) -> None:
    """Refuse whole clips that a message or the queue would not take."""
    gop_bytes = _video_bytes(video, video.gop_s)
    largest = min(_video_bytes(video, clips.max_s), clips.memory_bytes) + gop_bytes
    bounds = {
        "QUEUE_BYTES": publish.queue_bytes,
        "SS_MAX_REQUEST_SIZE": _message_bytes(publish.routes.get(Family.CLIP)),
    }
    for name, bound in bounds.items():
        if bound is not None and largest + _AROUND > bound:
            wrong = (
                f"whole makes a message of up to {mib(largest)} ({video.bitrate} bits a second, CLIP_MAX "
                f"{clips.max_s:g} s, CLIP_MEMORY {mib(clips.memory_bytes)}), and {name} is {mib(bound)}"
            )
            enough = -(-(largest + _AROUND) // _MIB)
            more = f"{enough}M" if name == "QUEUE_BYTES" else str(enough * _MIB)
            broker = "" if name == "QUEUE_BYTES" else " (and as much for the broker's message.max.bytes)"
            expected = f"{name}={more}{broker}, a lower CLIP_MAX or CLIP_BITRATE, or parts"
            problems.append(clash(values.raw("CLIP_DELIVERY"), wrong, expected))


def _message_bytes(route: Route | None) -> int | None:
    """What one message may have; None where there is no bound that matters."""
    if route is None or route.type != "kafka":
        return None
    most = route.type_spec.get("max_request_size", MAX_REQUEST_BYTES)
    assert isinstance(most, int)
    return most


def _video_bytes(video: VideoSettings, seconds: float) -> int:
    return round(video.bitrate * seconds / 8)


def mib(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / _MIB:.1f} MiB"
