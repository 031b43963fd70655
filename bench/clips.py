"""Packets through ring, cutter and muxer: how many a second, in how much memory, how soon the first part."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable

from bench.figures import ANY, Figure
from ss_camera import h264, message, parts
from ss_camera.clips import Clips
from ss_camera.clock import FakeClock
from ss_camera.media import Packet
from ss_camera.mux import Mux
from ss_camera.preroll import PreRoll
from ss_camera.settings.model import ClipSettings

FPS = 20
GOP = 20
ROUNDS = 5
FRAME_US = 1_000_000 // FPS
RATES = {"1 Mbit/s": 1_000_000, "17 Mbit/s": 17_000_000}
_SETS = bytes.fromhex("00000001 6742c01eda0280f684000003000400000300a23c58ba80 00000001 68ce0fc8 00000001")


def clips(seconds: int) -> list[Figure]:
    """All figures, each from `seconds` of video at 640x480 and 20 frames a second."""
    found: list[Figure] = []
    for rate, bitrate in RATES.items():
        video = packets(seconds, bitrate)
        works = {
            "ring": _ring,
            "mux": _mux,
            "cutter, mux, message": _record,
            "ring, cutter, mux, message": _all,
        }
        for what, work in works.items():
            best_s = min(_timed(work, video) for _ in range(ROUNDS))
            found.append(Figure("clips", f"{rate}: {what}", ANY, len(video) / best_s, "packets/s"))
            if work is _mux:
                found.append(
                    Figure("clips", f"{rate}: mux, 100 packets", ANY, best_s / len(video) * 1e5, "ms")
                )
        share = _ring_share(video, bitrate)
        found.append(Figure("clips", f"{rate}: ring / (bitrate x (pre-roll + GOP))", ANY, share, "x"))
    return [*found, Figure("clips", "trigger to first part", ANY, float(_frames_to_first_part()), "packets")]


def packets(seconds: int, bitrate: int) -> list[Packet]:
    """Frames of random bytes: a keyframe a second, five times as large as the others."""
    unit = bitrate // 8 // (FPS + 4)
    video = []
    for number in range(seconds * FPS):
        key = number % GOP == 0
        # no start code may stand in the random bytes
        data = os.urandom(5 * unit if key else unit).replace(b"\0\0", b"\0\1")
        head = _SETS + b"\x65" if key else b"\0\0\0\1\x41"
        video.append(Packet(head + data, key, number * FRAME_US, 1_700_000_000_000_000 + number * FRAME_US))
    return video


def _timed(work: Callable[[list[Packet]], None], video: list[Packet]) -> float:
    start_s = time.perf_counter()
    work(video)
    return time.perf_counter() - start_s


def _ring(video: list[Packet]) -> None:
    ring = PreRoll(5, 64 * 1024 * 1024)
    for packet in video:
        ring.add(packet)


def _mux(video: list[Packet]) -> None:
    known = h264.video_format(video[0].data)
    assert known is not None
    mux = Mux(known, video[0], 256 * 1024)
    for packet in video:
        mux.add(packet)
    mux.finish()


def _record(video: list[Packet]) -> None:
    settings = ClipSettings()
    numbers = message.Sequence("bench", FakeClock())
    cutter = Clips(settings, parts.room(settings.part_bytes, numbers.camera, numbers.boot))
    cutter.manual(1e6)
    for packet in video:
        for part in cutter.packet(packet):
            numbers.part(part)
    for part in cutter.stop():
        numbers.part(part)


def _all(video: list[Packet]) -> None:
    """Every packet waits in the ring, and the command at the end takes it out of there."""
    settings = ClipSettings(preroll_s=len(video) / FPS, memory_bytes=1 << 28)
    numbers = message.Sequence("bench", FakeClock())
    cutter = Clips(settings, parts.room(settings.part_bytes, numbers.camera, numbers.boot))
    for packet in video:
        cutter.packet(packet)
    for part in [*cutter.manual(1.0), *cutter.stop()]:
        numbers.part(part)


def _ring_share(video: list[Packet], bitrate: int) -> float:
    """The most that the ring held, as Python's allocator counts it, over what the formula says."""
    ring = PreRoll(5, 64 * 1024 * 1024)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for packet in video:
        ring.add(Packet(packet.data + b"\1", packet.key, packet.pts_us, packet.captured_us))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - before) / (bitrate / 8 * (5 + GOP / FPS))


def _frames_to_first_part() -> int:
    """How many packets come between the decision and the part."""
    settings = ClipSettings()
    cutter = Clips(settings, settings.part_bytes - 1024)
    video = packets(10, 1_000_000)
    for packet in video[:150]:
        cutter.packet(packet)
    if cutter.motion(video[149].pts_us, video[149].captured_us, moving=True):
        return 0
    return next(number for number, packet in enumerate(video[150:], 1) if cutter.packet(packet))
