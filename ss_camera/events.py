"""Judged samples of a replay in, its events out: one starts with motion, and ends after quiet.

A camera's own events are those of its clips: `event_teller.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ss_camera.motion import Motion

_APART_US = 2_000_000  # as clips have it (`clips.LAG_US`): so far apart two moving samples may be


class Phase(StrEnum):
    """What happens to an event."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class EventStep:
    """A step of an event, in the times of the video (microseconds).

    `start_us` is the sample that started it, `last_us` the last one that moved: the event's end, once it has
    ended. `peak` is the most macroblocks so far.
    """

    phase: Phase
    start_us: int
    last_us: int
    peak: int


class MotionEvents:
    """Joins moving samples that are less than `quiet_us` apart into one event, as clips do.

    Where they follow each other, the quiet may be shorter than the time between two samples, or 0.
    """

    def __init__(self, quiet_us: int) -> None:
        self._quiet_us = quiet_us
        self._is_open = self._moved = False
        self._start_us = self._last_us = self._peak = 0

    def feed(self, pts_us: int, motion: Motion) -> list[EventStep]:
        """The steps that this sample brings, in order: none, one, or after a gap an end and a start.

        Times do not go back.
        """
        apart_us = pts_us - self._last_us
        goes_on = motion.moving and self._moved and apart_us < _APART_US
        self._moved = motion.moving
        steps = self.finish() if apart_us >= self._quiet_us and not goes_on else []
        if not motion.moving:
            return steps
        self._last_us = pts_us
        if self._is_open:
            self._peak = max(self._peak, motion.blocks)
            return steps
        self._is_open = True
        self._start_us, self._peak = pts_us, motion.blocks
        return [*steps, self._step(Phase.START)]

    def finish(self) -> list[EventStep]:
        """End what is open: nothing moved for long enough, or the video is over."""
        if not self._is_open:
            return []
        self._is_open = False
        return [self._step(Phase.END)]

    def _step(self, phase: Phase) -> EventStep:
        return EventStep(phase, self._start_us, self._last_us, self._peak)
