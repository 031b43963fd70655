"""Section D of what can be wrong: SCHEDULE, held against the real `schedule` package."""

from __future__ import annotations

from datetime import time

import pytest
import schedule
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.settings.declare import Bad
from ss_camera.settings.model import Schedule
from ss_camera.settings.timing import SECONDS, WEEKDAYS, parse
from tests.settings.loading import loaded, problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 3 seconds", ("second", 3, None)),
        ("every minute", ("minute", 1, None)),
        ("every 3 minutes", ("minute", 3, None)),
        ("every 3 hours", ("hour", 3, None)),
        ("every minute at :23", ("minute", 1, ":23")),
        ("every day at 10:30", ("day", 1, "10:30")),
        ("10", ("second", 10, None)),
        (" 60 ", ("second", 60, None)),
        ("every 30 seconds", ("second", 30, None)),
        ("every 2 weeks", ("week", 2, None)),
        ("every 1 day", ("day", 1, None)),
        ("every 1 days", ("day", 1, None)),
        ("every seconds", ("second", 1, None)),
        ("every hour at :15", ("hour", 1, ":15")),
        ("every 2 hours at :05", ("hour", 2, ":05")),
        ("every hour at 15:30", ("hour", 1, "15:30")),
        ("every day at 10:30:05", ("day", 1, "10:30:05")),
        ("every 3 days at 23:59", ("day", 3, "23:59")),
        ("every day at 9:30", ("day", 1, "09:30")),
        ("every monday", ("monday", 1, None)),
        ("every saturday at 08:00", ("saturday", 1, "08:00")),
        ("every 1 sunday", ("sunday", 1, None)),
        pytest.param("Every 10 Seconds", ("second", 10, None), id="72"),
        pytest.param("every10seconds", ("second", 10, None), id="83"),
        ("every  day   at   10:30", ("day", 1, "10:30")),
    ],
)
def test_every_form_is_taken(text: str, expected: tuple[str, int, str | None]) -> None:
    """The sample's table, and what the `schedule` package takes besides."""
    plan = loaded(SCHEDULE=text).schedule
    assert plan is not None
    assert (plan.unit, plan.count, plan.at) == expected
    job(plan)


def job(plan: Schedule) -> schedule.Job:
    """The package's own job for a plan. Raises what the package raises."""
    made = schedule.Scheduler().every(plan.count)
    singular = plan.count == 1 or plan.unit in WEEKDAYS
    made = getattr(made, plan.unit if singular else plan.unit + "s")
    return made if plan.at is None else made.at(plan.at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0", "is shorter than a second; expected an interval of 1 second at least", id="68"),
        pytest.param("-5", "is shorter than a second", id="68-negative"),
        pytest.param("every 0 seconds", "is shorter than a second", id="68-every"),
        pytest.param("every -5 seconds", "is shorter than a second", id="68-every-negative"),
        pytest.param("", "is empty; unset it to take pictures at the frame rate", id="69"),
        pytest.param("1.5", "is not a whole number of seconds; expected whole seconds", id="70"),
        pytest.param("every 1.5 seconds", "is not a whole number of seconds", id="70-every"),
        pytest.param("10s", "expected `10` or `every 10 seconds`", id="71"),
        pytest.param("5 min", "did you mean every 5 minutes?", id="71-minutes"),
        pytest.param("every 10 second", "did you mean every 10 seconds?", id="73"),
        pytest.param("every 10 secnds", '"secnds" names no unit of time', id="73-typo"),
        pytest.param("every 2 monday", "counts weekdays, which is not possible", id="74"),
        pytest.param("every day at 25:00", '"25" is not an hour; expected an hour from 0 to 23', id="75"),
        pytest.param("every day at 23:60", '"60" is not a minute or second', id="76-minute"),
        pytest.param("every minute at :75", "expected minutes and seconds from 0 to 59", id="76-second"),
        pytest.param("every day at 10:30:61", '"61" is not a minute or second', id="76-both"),
        pytest.param("every second at :30", "`at` needs minutes, hours, days or a weekday", id="77"),
        pytest.param("every week at 10:30", "`at` needs minutes, hours, days or a weekday", id="77-week"),
        pytest.param("every hour at 10:30:00", "expected for hours write `at :MM or MM:SS`", id="78-clock"),
        pytest.param("every 999999999999 weeks", "is too large; expected at most ten years", id="79"),
        pytest.param("every 3651 days", "is too large; expected at most ten years", id="79-ten-years"),
        pytest.param("9" * 5000, "is too large", id="79-digits"),
        pytest.param("* * * * *", "is in cron's form, which is not supported", id="80"),
        pytest.param("*/5 8-18 * * mon", "expected for example `every day at 10:30`", id="80-full"),
        pytest.param("every day at 10", "has no time in the form HH:MM or HH:MM:SS", id="81"),
        pytest.param("every day at", "has no time in the form HH:MM or HH:MM:SS", id="81-nothing"),
        pytest.param("every day at :30", "has no hour", id="81-minute"),
        pytest.param("every day 10:30", "has a time without `at`", id="81-no-at"),
        pytest.param("١٢", "expected digits 0 to 9", id="82"),
        pytest.param("every \uff11\uff12 seconds", "expected digits 0 to 9", id="82-full-width"),
        pytest.param("every minute at 10:30", "has a time that minutes do not take", id="minute"),
        pytest.param("sometimes", "is not a schedule; expected N (seconds), or every", id="word"),
    ],
)
def test_what_is_no_schedule_is_told(text: str, expected: str) -> None:
    """What is wrong, and how it is written."""
    line = problem(SCHEDULE=text)
    assert line.startswith("ss-camera: config: SCHEDULE (environment): ")
    assert expected in line


def test_a_time_of_the_hour_that_looks_like_one_of_the_day_is_warned_of() -> None:
    """It is what the sample takes, and rarely what was meant."""
    settings = loaded(SCHEDULE="every hour at 10:30")
    expected = "means minute 10, second 30 of the hour; for a minute of the hour write `at :MM`"
    assert len(settings.warnings) == 1
    assert expected in settings.warnings[0]
    assert not loaded(SCHEDULE="every hour at :30").warnings


@given(
    count=st.one_of(st.just(""), st.integers(0, 10**13).map(str)),
    unit=st.sampled_from([*SECONDS, *(unit + "s" for unit in SECONDS), *WEEKDAYS]),
    at=st.one_of(
        st.just(""),
        st.from_regex(r" at ([0-9]{1,2}:)?([0-9]{1,2})?:[0-9]{1,2}", fullmatch=True),
    ),
)
def test_what_is_taken_the_package_takes_and_what_the_package_takes_is_taken(
    count: str, unit: str, at: str
) -> None:
    """No plan fails later, and nothing that worked in the sample is refused."""
    try:
        plan = parse(f"every {count} {unit}{at}")
    except Bad:
        assert not package_takes(count, unit, at)
    else:
        made = job(plan)
        assert made.interval == plan.count
        assert plan.at is None or isinstance(made.at_time, time)


def package_takes(count: str, unit: str, at: str) -> bool:
    """Whether the package takes it, within our ten years and a second."""
    number = int(count or 1)
    if number < 1 or number * SECONDS.get(unit.removesuffix("s"), SECONDS["week"]) > 3650 * 86_400:
        return False
    try:
        made = getattr(schedule.Scheduler().every(number), unit)
        if at:
            made.at(at.removeprefix(" at "))
    except schedule.ScheduleError:
        return False
    return True


@given(st.text(max_size=40))
def test_any_text_is_either_a_schedule_or_told(text: str) -> None:
    """Nothing but `Bad` comes out of the parser, and no schedule is endless or without time."""
    try:
        plan = parse(text)
    except Bad:
        return
    assert plan.count >= 1
