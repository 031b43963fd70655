"""Judged samples in, events out: one starts with motion, is told each second, and ends after quiet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ss_camera.motion import Motion

_UPDATE_US = 1_000_000


class Phase(StrEnum):
    """What a message about an event says."""

    START = "start"
    UPDATE = "update"
    END = "end"


@dataclass(frozen=True, slots=True)
class EventStep:
    """One step of an event, in the times of the video (microseconds).

    `start_us` is the sample that started it, `at_us` that of this step, `last_us` the last one that moved:
    the event's end, once it has ended. `blocks` is this sample's, `peak` the most so far.
    """

    phase: Phase
    start_us: int
    at_us: int
    last_us: int
    blocks: int
    peak: int


class MotionEvents:
    """Joins moving samples that are less than `quiet_us` apart into one event, as clips do."""

    def __init__(self, quiet_us: int) -> None:
        self._quiet_us = quiet_us
        self._open = False
        self._start_us = self._last_us = self._told_us = 0
        self._peak = 0

    def feed(self, pts_us: int, motion: Motion) -> list[EventStep]:
        """The steps that this sample brings, in order: none, one, or after a gap an end and a start."""
        steps = []
        if self._open and pts_us < self._told_us:  # a new video: the old one's times mean nothing here
            steps += self.finish()
        if self._open and pts_us - self._last_us >= self._quiet_us:
            steps.append(self._close(pts_us, motion.blocks))
        if motion.moving:
            steps += self._moves(pts_us, motion.blocks)
        elif self._open:
            steps += self._tell(pts_us, motion.blocks)
        return steps

    def finish(self) -> list[EventStep]:
        """End an open event now: the video is over."""
        return [self._close(max(self._told_us, self._last_us), 0)] if self._open else []

    def _moves(self, pts_us: int, blocks: int) -> list[EventStep]:
        self._last_us = pts_us
        if self._open:
            self._peak = max(self._peak, blocks)
            return self._tell(pts_us, blocks)
        self._open = True
        self._start_us = self._told_us = pts_us
        self._peak = blocks
        return [self._step(Phase.START, pts_us, blocks)]

    def _tell(self, pts_us: int, blocks: int) -> list[EventStep]:
        if pts_us - self._told_us < _UPDATE_US:
            return []
        # on the grid of seconds since the start, so that updates do not drift
        self._told_us = pts_us - (pts_us - self._start_us) % _UPDATE_US
        return [self._step(Phase.UPDATE, pts_us, blocks)]

    def _close(self, pts_us: int, blocks: int) -> EventStep:
        self._open = False
        return self._step(Phase.END, pts_us, blocks)

    def _step(self, phase: Phase, pts_us: int, blocks: int) -> EventStep:
        return EventStep(phase, self._start_us, pts_us, self._last_us, blocks, self._peak)
