"""Row `motion`: microseconds a sample, beside the rules of picamera2's example and of pinthesky."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import children
from bench.figures import ANY, Figure

FPS = 15
_LUMA = ("picamera2's example", "plain difference", "still", "body", "body under clouds")
_VECTORS = ("pinthesky's rule", "vectors, still", "vectors, body")
_RATIOS = {
    "plain difference": "picamera2's example",
    "still": "picamera2's example",
    "body": "picamera2's example",
    "body under clouds": "picamera2's example",
    "vectors, still": "pinthesky's rule",
    "vectors, body": "pinthesky's rule",
}
_SECONDS, _WALKS_S = 7, 5
"""Of the drawn videos: as much is looked at, and from here on a body is there."""

Step = Callable[[Any], object]


def motion(rounds: int) -> list[Figure]:
    """A sample takes its least time of all rounds, as other programs only add to it; a case is the median
    of its samples."""
    taken_us = children.run("bench.motion:measure", 60.0 + 10 * rounds, rounds=rounds)
    names = [*_LUMA, *_VECTORS]
    figures = [Figure("motion", name, ANY, taken_us[name], "us") for name in names]
    return figures + [
        Figure("motion", f"{ours} / {theirs}", ANY, taken_us[ours] / taken_us[theirs], "x")
        for ours, theirs in _RATIOS.items()
    ]


def measure(rounds: int) -> dict[str, float]:
    """All cases by turns, in one process."""
    walk, clouds = _drawn("a walker"), _drawn("a walker under clouds")
    quiet, body = _grids()
    before, during = slice(FPS, _WALKS_S * FPS), slice(_WALKS_S * FPS + 3, None)
    cases: dict[str, tuple[list[Any], slice, Callable[[], Step]]] = {
        "picamera2's example": (walk, before, _picamera2),
        "plain difference": (walk, before, _plain),
        "still": (_samples(luma=walk), before, _detector),
        "body": (_samples(luma=walk), during, _detector),
        "body under clouds": (_samples(luma=clouds), during, _detector),
        "pinthesky's rule": (body, during, _pinthesky),
        "vectors, still": (_samples(vectors=quiet), before, _detector),
        "vectors, body": (_samples(vectors=body), during, _detector),
    }
    least_us: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, (samples, _, begin) in cases.items():
            taken_us = _taken_us(begin(), samples)
            least_us[name] = list(map(min, taken_us, least_us.get(name, taken_us)))
    return {name: median(least_us[name][window]) for name, (_, window, _) in cases.items()}


def _taken_us(step: Step, samples: list[Any]) -> list[float]:
    taken = []
    for sample in samples:
        start_ns = time.perf_counter_ns()
        step(sample)
        taken.append((time.perf_counter_ns() - start_ns) / 1000)
    return taken


def _drawn(name: str) -> list[NDArray[np.uint8]]:
    """320x240 luma: seconds without anything, then someone who walks."""
    from tests.motion.videos import VIDEOS, halved

    video = next(video for video in VIDEOS if video.name == name)
    return [halved(frame) for frame in islice(video.frames(), _SECONDS * FPS)]


def _grids() -> tuple[list[NDArray[np.void]], list[NDArray[np.void]]]:
    """Vectors of 640x480: short ones everywhere; and those of a body of 48 macroblocks besides."""
    from ss_camera.replay import VECTOR_DTYPE

    random = np.random.default_rng(5)
    quiet, body = [], []
    for number in range(_SECONDS * FPS):
        grid = np.zeros((30, 41), VECTOR_DTYPE)
        grid["x"], grid["y"] = random.integers(-4, 5, (2, 30, 41))
        quiet.append(grid)
        walker = grid.copy()
        if number >= _WALKS_S * FPS:
            walker["x"][10:18, number % 30 : number % 30 + 6] = 80
        body.append(walker)
    return quiet, body


def _samples(**frames: list[Any]) -> list[Any]:
    """Motion samples of luma or vectors, each a fifteenth of a second behind the other."""
    from ss_camera.media import MotionSample

    ((kind, series),) = frames.items()
    return [
        MotionSample(number * 1_000_000 // FPS, 0, **{kind: frame}) for number, frame in enumerate(series)
    ]


def _detector() -> Step:
    """All steps."""
    from ss_camera.motion import Detector
    from ss_camera.settings.model import MotionSettings

    return Detector(MotionSettings(), 640, 480).feed


def _plain() -> Step:
    """What a rule without light, noise and structure would take: cells, their distance from a fixed
    background, and how many blocks have one over a threshold."""
    from ss_camera.motion.cells import ONE, CellSums, whole

    sums, limit = CellSums(240, 320), whole(18 * ONE)
    level = np.full_like(sums.cells, 100 * ONE)
    distance, over = np.empty_like(level), np.empty(level.shape, np.bool_)

    def step(luma: NDArray[np.uint8]) -> int:
        np.subtract(sums.read(luma), level, out=distance)
        np.absolute(distance, out=distance)
        np.greater(distance, limit, out=over)
        np.logical_or(over[:2], over[2:], out=over[:2])
        np.logical_or(over[0], over[1], out=over[0])
        return int(np.count_nonzero(over[0]))

    return step


def _picamera2() -> Step:
    from tests.motion import rules

    return _as_step(rules.picamera2)


def _pinthesky() -> Step:
    from tests.motion import rules

    return _as_step(rules.pinthesky)


def _as_step(rule: Callable[[Iterator[Any]], Iterator[bool]]) -> Step:
    """A rule over a series of frames, one frame at a time."""
    waiting: list[Any] = []

    def frames() -> Iterator[Any]:
        while True:
            yield waiting.pop()

    judged = rule(frames())

    def step(frame: object) -> bool:
        waiting.append(frame)
        return next(judged)

    return step
