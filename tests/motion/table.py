"""The drawn videos in, how five rules fare out: motions found and false alarms, as a Markdown table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import av
import numpy as np
from numpy.typing import NDArray

from ss_camera.media import MotionSample
from ss_camera.motion import Detector
from ss_camera.replay import vector_grid
from ss_camera.settings.model import MotionMask, MotionSettings
from tests.motion import rules
from tests.motion.videos import FPS, HEIGHT, LIGHT_ONLY, MOVERS, VIDEOS, WEATHER, WIDTH, Video, halved

APART_S = 1.0
"""Alarms closer than this are one."""
LATE_S = 0.5
"""So long after a motion an alarm still belongs to it."""
SLOWER = MotionSettings(vector=16, frames=3)
"""For a camera whose encoder gives vectors, where people walk: what the guide recommends."""
START, END = "<!-- table of videos: scripts/make_motion_table.py -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Score:
    """What a rule made of one video."""

    hits: int
    motions: int
    false_alarms: int

    def __str__(self) -> str:
        found = f"{self.hits} of {self.motions}" if self.motions else "-"
        return f"{found}, {self.false_alarms or 'none'}"


def score(moving: Iterable[bool], truth: list[tuple[float, float]]) -> Score:
    """Alarms are runs of moving frames; one that begins during a motion has found it, any other is false."""
    hits, false_alarms, last_s = set(), 0, -APART_S * 2
    for number, moves in enumerate(moving):
        at_s = number / FPS
        if not moves:
            continue
        begins = at_s - last_s > APART_S
        last_s = at_s
        here = [place for place, (start_s, end_s) in enumerate(truth) if start_s <= at_s < end_s + LATE_S]
        hits.update(here)
        false_alarms += begins and not here
    return Score(len(hits), len(truth), false_alarms)


def ours(
    samples: Iterable[MotionSample], mask: MotionMask | None, settings: MotionSettings | None = None
) -> list[bool]:
    """Our detector, with the settings nobody touched if no others are given, and the video's mask."""
    detector = Detector(replace(settings or MotionSettings(), mask=mask), WIDTH, HEIGHT)
    return [detector.feed(sample).moving for sample in samples]


def vectors(video: Video) -> list[NDArray[np.void]]:
    """The vectors that libx264 chose, as FFmpeg's decoder exports them: no Pi's encoder is at hand."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        options = {"preset": "veryfast", "tune": "zerolatency", "g": str(FPS * 2), "threads": "1"}
        stream = container.add_stream("libx264", rate=Fraction(FPS), options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for luma in video.frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(luma, "gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        container.streams.video[0].codec_context.options = {"flags2": "+export_mvs"}
        return [vector_grid(frame) for frame in container.decode(video=0)]


@dataclass(frozen=True)
class Scores:
    """What each rule made of one video, in the order of the columns."""

    luma: Score
    picamera2: Score
    vectors: Score
    vectors_slower: Score
    pinthesky: Score

    @property
    def columns(self) -> list[Score]:
        return [self.luma, self.picamera2, self.vectors, self.vectors_slower, self.pinthesky]


@cache
def scores(name: str) -> Scores:
    """All rules over the video of that name."""
    video = next(video for video in VIDEOS if video.name == name)
    lumas = [halved(frame) for frame in video.frames()]
    grids = vectors(video)
    times = [number * 1_000_000 // FPS for number in range(len(lumas))]
    light = [MotionSample(at, at, luma=luma) for at, luma in zip(times, lumas, strict=True)]
    encoder = [MotionSample(at, at, vectors=grid) for at, grid in zip(times, grids, strict=True)]
    verdicts = (
        ours(light, video.mask),
        rules.picamera2(lumas),
        ours(encoder, video.mask),
        ours(encoder, video.mask, SLOWER),
        rules.pinthesky(grids),
    )
    return Scores(*(score(verdict, video.truth) for verdict in verdicts))


def markdown() -> list[str]:
    """The lines between `START` and `END` in docs/guide/motion.md."""
    slower = f"`MOTION_VECTOR={SLOWER.vector}` `MOTION_FRAMES={SLOWER.frames}`"
    lines = [
        f"| Video | luma | picamera2's example | vectors | vectors, {slower} | pinthesky's rule |",
        "|---|---|---|---|---|---|",
    ]
    for heading, group in (("Light only", LIGHT_ONLY), ("Weather", WEATHER), ("Movers", MOVERS)):
        lines.append(f"| **{heading}** | | | | | |")
        lines += [
            f"| {video.name} | " + " | ".join(str(one) for one in scores(video.name).columns) + " |"
            for video in group
        ]
    totals = map(_total, zip(*(scores(video.name).columns for video in VIDEOS), strict=True))
    lines.append("| **all** | " + " | ".join(f"**{total}**" for total in totals) + " |")
    return lines


def _total(all_scores: Sequence[Score]) -> Score:
    return Score(
        sum(one.hits for one in all_scores),
        sum(one.motions for one in all_scores),
        sum(one.false_alarms for one in all_scores),
    )
