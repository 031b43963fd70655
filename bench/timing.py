"""Rows `schedule` and `message`, which need no broker: errors of the timetable, cost of a message."""

from __future__ import annotations

import time
from statistics import median

from bench import children
from bench.figures import ANY, Figure
from bench.frames import SIZES, picture


def schedule(seconds: float) -> list[Figure]:
    """SCHEDULE=1 through the pipeline on the real clock."""
    figures = children.run("bench.timing:take_on_schedule", seconds + 30.0, seconds=seconds)
    return [
        Figure("schedule", "largest error", ANY, figures["largest_ms"], "ms"),
        Figure("schedule", "drift", ANY, figures["drift_ms"], "ms"),
    ]


def message(repeats: int) -> list[Figure]:
    """EXIF and JSON around a finished JPEG; and a drawn VGA picture, encoded."""
    figures = children.run("bench.timing:build_messages", repeats=repeats)
    return [
        Figure("message", "building one of 15KB", ANY, figures["15KB"], "us"),
        Figure("message", "building one of 100KB", ANY, figures["100KB"], "us"),
        Figure("message", "synthetic still, VGA", ANY, figures["still"], "ms"),
    ]


def take_on_schedule(seconds: float) -> dict[str, float]:
    """The largest distance of a capture from its slot; how much later the last third is than the first."""
    from bench.program import run_on_schedule

    late_s = run_on_schedule(seconds)
    third = max(1, len(late_s) // 3)
    return {
        "largest_ms": 1000 * max(abs(late) for late in late_s),
        "drift_ms": 1000 * abs(median(late_s[-third:]) - median(late_s[:third])),
    }


def build_messages(repeats: int) -> dict[str, float]:
    """Microseconds of CPU a message, milliseconds a picture; medians."""
    from ss_camera.clock import RealClock
    from ss_camera.media import Reason, Still
    from ss_camera.message import Sequence
    from ss_camera.settings.model import CameraSettings
    from ss_camera.sources import open_source

    clock = RealClock()
    sequence = Sequence("bench", clock)
    figures = {}
    for name in ("15KB", "100KB"):
        still = Still(picture(SIZES[name]), 640, 480, clock.wall_us())
        figures[name] = _cpu_us(lambda still=still: sequence.still(still, Reason.STREAM), 20 * repeats)
    camera = CameraSettings("bench", kind="synthetic", width=640, height=480, framerate=1000.0)
    source = open_source(camera, clock, lambda *_: None)
    figures["still"] = _cpu_us(source.still, repeats) / 1000
    source.close()
    return figures


def _cpu_us(call: object, repeats: int) -> float:
    assert callable(call)
    taken = []
    for _ in range(repeats):
        start_ns = time.thread_time_ns()
        call()
        taken.append(time.thread_time_ns() - start_ns)
    return median(taken) / 1000
