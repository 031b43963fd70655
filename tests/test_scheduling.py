"""When a still is due: without drift, through clock steps and both changes of daylight saving time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.clock import FakeClock
from ss_camera.media import Reason
from ss_camera.scheduling import Timetable, timetable
from ss_camera.settings.model import Schedule


def run(table: Timetable, clock: FakeClock, seconds: float, *, still_takes_s: float = 0.0) -> list[float]:
    """Follow the timetable for `seconds`; the moments of the stills, in seconds from now."""
    start_s = clock.monotonic_s()
    taken = []
    while clock.monotonic_s() - start_s < seconds:
        wait_s = table.wait_s()
        if wait_s > 0.0:
            clock.advance(min(wait_s, seconds - (clock.monotonic_s() - start_s)))
            continue
        table.take()
        taken.append(round(clock.monotonic_s() - start_s, 6))
        clock.advance(still_takes_s)
    return taken


def test_a_frame_rate_starts_at_once_and_does_not_drift() -> None:
    """Ten a second for an hour are 36,000 stills, each at its own multiple."""
    clock = FakeClock()
    taken = run(timetable(None, 10.0, clock), clock, 3600.0, still_takes_s=0.013)
    assert len(taken) == 36_000
    assert max(abs(moment - number / 10) for number, moment in enumerate(taken)) < 1e-3


def test_an_interval_gives_no_still_at_the_start() -> None:
    """`SCHEDULE=10`: at 10, 20, 30 s."""
    clock = FakeClock()
    table = timetable(Schedule("10", 10, "second"), None, clock)
    assert run(table, clock, 35.0, still_takes_s=0.3) == [10.0, 20.0, 30.0]
    assert table.reason is Reason.SCHEDULE


@pytest.mark.parametrize(
    ("unit", "seconds"), [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400), ("week", 604_800)]
)
def test_each_unit_has_its_length(unit: str, seconds: int) -> None:
    """`every 3 UNITs`."""
    clock = FakeClock()
    taken = run(timetable(Schedule("", 3, unit), None, clock), clock, seconds * 7.0)
    assert taken == [seconds * 3, seconds * 6]


@given(st.floats(0.1, 60.0), st.lists(st.floats(0.0, 30.0), min_size=1, max_size=30))
def test_every_still_is_at_a_multiple_or_late_and_what_was_missed_is_counted(
    period: float, delays: list[float]
) -> None:
    """A slow camera misses stills; it never shifts those after it."""
    clock = FakeClock()
    start_s = clock.monotonic_s()
    table = timetable(None, 1 / period, clock)
    slots = 0
    for delay in delays:
        clock.advance(table.wait_s())
        slots += 1 + table.take()
        assert (clock.monotonic_s() - start_s) / period == pytest.approx(slots - 1, abs=1.001)
        clock.advance(delay)


def test_intervals_ignore_steps_of_the_wall_clock() -> None:
    """NTP's first answer on a Pi may be decades."""
    clock = FakeClock(0.0)
    table = timetable(Schedule("60", 60, "second"), None, clock)
    assert run(table, clock, 100.0) == [60.0]
    clock.step_wall(55 * 365 * 86_400.0)
    assert run(table, clock, 100.0) == [20.0, 80.0]


class TravelClock(FakeClock):
    """A fake clock that takes the process's own clock with it: `schedule` asks `datetime.now()`."""

    def __init__(self, local: str, travel: time_machine.Traveller) -> None:
        self._travel = travel
        super().__init__(datetime.fromisoformat(local).timestamp())
        travel.move_to(self.wall_us() / 1e6)

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._travel.move_to(self.wall_us() / 1e6)

    def step_wall(self, seconds: float) -> None:
        super().step_wall(seconds)
        self._travel.move_to(self.wall_us() / 1e6)


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """A process clock that stands still, in a zone with daylight saving time."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    with time_machine.travel(0.0, tick=False) as traveller:
        yield traveller
    monkeypatch.undo()
    time.tzset()


def wall_times(table: Timetable, clock: TravelClock, seconds: float) -> list[str]:
    """The local times of the stills that are taken within `seconds`."""
    start_us = clock.wall_us()
    moments = run(table, clock, seconds, still_takes_s=0.01)
    return [f"{datetime.fromtimestamp(start_us / 1e6 + moment):%d %H:%M:%S}" for moment in moments]


@pytest.mark.parametrize(
    ("plan", "seconds", "expected"),
    [
        pytest.param(
            Schedule("", 1, "minute", ":23"), 150, ["14 09:00:23", "14 09:01:23", "14 09:02:23"], id="minute"
        ),
        pytest.param(Schedule("", 1, "hour", ":30"), 7200, ["14 09:30:00", "14 10:30:00"], id="hour :MM"),
        pytest.param(Schedule("", 1, "hour", "15:20"), 7200, ["14 09:15:20", "14 10:15:20"], id="hour MM:SS"),
        pytest.param(Schedule("", 1, "day", "10:30"), 2 * 86_400, ["14 10:30:00", "15 10:30:00"], id="day"),
        pytest.param(Schedule("", 1, "day", "10:30:15"), 86_400, ["14 10:30:15"], id="day with seconds"),
        pytest.param(Schedule("", 1, "thursday", "08:00"), 7 * 86_400, ["16 08:00:00"], id="weekday"),
    ],
)
def test_wall_clock_forms(
    plan: Schedule, seconds: float, expected: list[str], travel: time_machine.Traveller
) -> None:
    """Each at its local time, to a hundredth of a second; 14 November 2023 was a Tuesday."""
    clock = TravelClock("2023-11-14 09:00:00", travel)
    assert wall_times(timetable(plan, None, clock), clock, seconds) == expected


def test_a_step_back_gives_no_slot_twice(travel: time_machine.Traveller) -> None:
    """The clock is set back by an hour ten minutes after the daily picture."""
    clock = TravelClock("2023-11-14 10:00:00", travel)
    table = timetable(Schedule("", 1, "day", "10:30"), None, clock)
    assert wall_times(table, clock, 2400.0) == ["14 10:30:00"]
    clock.step_wall(-3600.0)
    assert wall_times(table, clock, 86_400.0) == []
    assert wall_times(table, clock, 7200.0) == ["15 10:30:00"]


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 30 * 86_400.0, -30 * 86_400.0, 55 * 365 * 86_400.0])
def test_after_a_step_the_next_slot_is_the_next_of_the_new_time(
    step_s: float, travel: time_machine.Traveller
) -> None:
    """One slot at most is missed, whatever the size of the step."""
    clock = TravelClock("2023-11-14 09:59:00", travel)
    table = timetable(Schedule("", 1, "minute", ":23"), None, clock)
    assert len(wall_times(table, clock, 60.0)) == 1
    clock.step_wall(step_s)
    taken = wall_times(table, clock, 180.0)
    assert len(taken) >= 2
    assert all(moment.endswith(":23") for moment in taken)


def test_spring_forward_runs_a_missing_time_once_at_the_change(travel: time_machine.Traveller) -> None:
    """02:30 does not exist on 26 March 2023: the picture is taken at 03:00."""
    clock = TravelClock("2023-03-26 00:30:00", travel)
    taken = wall_times(timetable(Schedule("", 1, "day", "02:30"), None, clock), clock, 20 * 3600.0)
    assert len(taken) == 1
    assert taken[0].startswith("26 03:00:0")


def test_autumn_back_keeps_a_minutes_slots_going(travel: time_machine.Traveller) -> None:
    """The hour that comes twice has its pictures both times."""
    clock = TravelClock("2023-10-29 02:50:00", travel)
    taken = wall_times(timetable(Schedule("", 1, "minute", ":23"), None, clock), clock, 1800.0)
    assert 28 <= len(taken) <= 30


@pytest.mark.parametrize(
    ("plan", "framerate", "said"),
    [
        (None, None, "10 stills a second"),
        (None, 0.5, "0.5 stills a second"),
        (None, 29.97, "30 stills a second"),
        (Schedule("every 5 minutes", 5, "minute"), 30.0, "a still every 300 s"),
        (
            Schedule("every day at 10:00", 1, "day", "10:00"),
            None,
            "stills by SCHEDULE=every day at 10:00",
        ),
    ],
)
def test_what_is_sent_is_said(plan: Schedule | None, framerate: float | None, said: str) -> None:
    """It is not what the camera gives: without SCHEDULE and a rate 10 a second of the camera's 30."""
    assert timetable(plan, framerate, FakeClock()).description == said
