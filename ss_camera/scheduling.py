"""`SCHEDULE` or a frame rate in, the moment of the next still out.

Intervals and rates run on the monotonic clock, each still at a multiple from the start, so that no
error adds up. Wall-clock forms (`at`, weekdays) are left to the `schedule` package, which compares
naive local time; its jobs are made anew whenever local time steps (NTP, an operator, DST).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import schedule

from ss_camera.clock import Clock
from ss_camera.media import Reason
from ss_camera.settings.model import Schedule

DEFAULT_FRAMERATE = 10.0
"""Stills a second where neither SCHEDULE nor PICAMERA_FRAMERATE says otherwise."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_STEP_S = 1.0  # local time that ran off by more than this against the monotonic clock was set
_NOTICE_S = 5.0  # how late a step of the clock may be noticed


class Timetable(Protocol):
    """When the next still is due. Lives as long as the program: a camera opened anew keeps its place."""

    reason: Reason

    description: str
    """What is sent, as a phrase: `10 stills a second`."""

    def wait_s(self) -> float:
        """Seconds until it is worth asking again; 0 when a still is due."""
        ...

    def take(self) -> int:
        """The due still is being taken; returns how many before it were missed."""
        ...


class Every:
    """A still each `period_s` seconds, the first `first_s` after the camera is asked for the first time."""

    def __init__(self, period_s: float, first_s: float, reason: Reason, clock: Clock) -> None:
        self.reason = reason
        streams = reason is Reason.STREAM
        self.description = (
            f"{1 / period_s:.3g} stills a second" if streams else f"a still every {period_s:g} s"
        )
        self._period_s = period_s
        self._clock = clock
        self._first_s = first_s
        self._start_s: float | None = None
        self._next = 0

    def wait_s(self) -> float:
        now_s = self._clock.monotonic_s()
        if self._start_s is None:  # a camera that takes seconds to open has missed nothing yet
            self._start_s = now_s + self._first_s
        return max(0.0, self._start_s + self._next * self._period_s - now_s)

    def take(self) -> int:
        # a multiple of the period, not the last time plus one: nothing adds up
        start_s = self._clock.monotonic_s() if self._start_s is None else self._start_s
        now = int((self._clock.monotonic_s() - start_s) / self._period_s + 1e-6)
        missed = max(0, now - self._next)
        self._next = max(now, self._next) + 1
        return missed


class AsItComes:
    """Every picture that the source gives by itself: a video file at its own rate."""

    reason = Reason.STREAM
    description = "every frame as a still"

    def wait_s(self) -> float:
        return 0.0

    def take(self) -> int:
        return 0


class Never:
    """No stills."""

    reason = Reason.STREAM
    description = "no stills"

    def wait_s(self) -> float:
        return float("inf")

    def take(self) -> int:
        return 0


class WallClock:
    """A still at set times of the local wall clock."""

    reason = Reason.SCHEDULE

    def __init__(self, plan: Schedule, clock: Clock) -> None:
        self.description = f"stills by SCHEDULE={plan.text}"
        self._plan = plan
        self._clock = clock
        self._fired: tuple[datetime, float] | None = None
        self._due = False
        self._build()

    def wait_s(self) -> float:
        was_local_s, was_utc_s = self._offsets_s
        local_s, utc_s = self._read_offsets_s()
        was_set = abs(utc_s - was_utc_s) > _STEP_S
        if not was_set and (abs(local_s - was_local_s) <= _STEP_S or self._period_s() >= _SECONDS["day"]):
            self._scheduler.run_pending()  # a day's slot that daylight saving time skips: at the change
        if was_set or abs(local_s - was_local_s) > _STEP_S:
            self._build()
        if self._due:
            return 0.0
        return min(max(0.001, self._scheduler.idle_seconds or 0.0), _NOTICE_S)

    def take(self) -> int:
        self._due = False
        return 0

    def _build(self) -> None:
        self._offsets_s = self._read_offsets_s()
        self._scheduler = schedule.Scheduler()
        self._job = _job(self._scheduler, self._plan).do(self._fire)

    def _fire(self) -> None:
        slot = self._job.next_run
        now_s = self._clock.monotonic_s()
        # after a step back the same slot comes again: not twice within one period
        if self._fired is None or self._fired[0] != slot or now_s - self._fired[1] > self._period_s():
            self._due = True
            self._fired = (slot, now_s)

    def _period_s(self) -> float:
        return self._plan.count * _SECONDS.get(self._plan.unit, _SECONDS["week"])

    def _read_offsets_s(self) -> tuple[float, float]:
        """Local time and UTC against the monotonic clock, in seconds: they change when one is set."""
        utc_s, monotonic_s = self._clock.wall_us() / 1e6, self._clock.monotonic_s()
        local = datetime.fromtimestamp(utc_s)
        return (local - datetime(1970, 1, 1)) / timedelta(seconds=1) - monotonic_s, utc_s - monotonic_s


def timetable(plan: Schedule | None, framerate: float | None, clock: Clock) -> Timetable:
    """The timetable that the settings ask for; `framerate` in stills a second."""
    if plan is None:
        return Every(1.0 / (framerate or DEFAULT_FRAMERATE), 0.0, Reason.STREAM, clock)
    if plan.at is None and plan.unit in _SECONDS:
        period_s = float(plan.count * _SECONDS[plan.unit])
        return Every(period_s, period_s, Reason.SCHEDULE, clock)
    return WallClock(plan, clock)


def _job(scheduler: schedule.Scheduler, plan: Schedule) -> schedule.Job:
    every = scheduler.every(plan.count)
    singular = plan.count == 1 or plan.unit not in _SECONDS
    job: schedule.Job = getattr(every, plan.unit if singular else plan.unit + "s")
    return job if plan.at is None else job.at(plan.at)
