"""Rates and latencies, on a clock that the test moves."""

from __future__ import annotations

import pytest

from viewer.statistics import MAX_LATENCIES, Latency, Rate


def arrivals(rate: Rate, interval_s: float, count: int, start_s: float = 0.0) -> float:
    for index in range(count):
        rate.arrived(start_s + index * interval_s)
    return start_s + (count - 1) * interval_s


@pytest.mark.parametrize("per_second", [0.5, 1, 5, 30, 120])
def test_a_steady_camera_has_its_rate(per_second: float) -> None:
    """Within 5 % of the truth, from one picture in two seconds to 120 a second."""
    rate = Rate()
    now_s = arrivals(rate, 1 / per_second, int(20 * per_second) + 1)
    assert rate.per_second(now_s) == pytest.approx(per_second, rel=0.05)


def test_a_slow_camera_has_the_rate_of_its_last_interval() -> None:
    """One picture in ten minutes is 1/600 a second, also right after it came."""
    rate = Rate()
    now_s = arrivals(rate, 600.0, 3)
    assert rate.per_second(now_s) == pytest.approx(1 / 600)
    assert rate.per_second(now_s + 300) == pytest.approx(1 / 600)


def test_the_rate_falls_while_nothing_comes() -> None:
    """A camera that stopped a minute ago is not shown at 10 a second."""
    rate = Rate()
    now_s = arrivals(rate, 0.1, 100)
    assert rate.per_second(now_s + 60) <= 1 / 60


def test_one_picture_is_no_rate() -> None:
    """Before the second picture nothing is known."""
    rate = Rate()
    assert rate.per_second(0.0) == 0.0
    rate.arrived(0.0)
    assert rate.per_second(1.0) == 0.0


def test_percentiles_are_by_nearest_rank() -> None:
    """1 .. 100 ms: the median is 50, the 99th 99; one sample is both."""
    latency = Latency()
    assert latency.percentiles() == {"p50": None, "p99": None}
    latency.add(7.25)
    assert latency.percentiles() == {"p50": 7.2, "p99": 7.2}
    latency = Latency()
    for sample in range(100, 0, -1):
        latency.add(sample)
    assert latency.percentiles() == {"p50": 50, "p99": 99}


def test_latencies_are_those_of_the_newest_pictures() -> None:
    """What was slow a day ago does not stay in the figure."""
    latency = Latency()
    for sample in [5000.0] * 100 + [1.0] * MAX_LATENCIES:
        latency.add(sample)
    assert latency.percentiles() == {"p50": 1.0, "p99": 1.0}
