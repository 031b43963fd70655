"""Rows `publish` and `program`: every way in interleaved rounds, medians, and ratios within a round.

Ratios are formed in each round and their median is told: what else the machine does in one round
slows both sides of the ratio.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median

from bench import brokers, children
from bench.brokers import Broker
from bench.case import Case
from bench.figures import Figure
from bench.frames import SIZES

Runs = dict[tuple[str, str], list[dict[str, float]]]
Say = Callable[[str], None]

# frames measured a case, about a second of work on two cores; the warm-up comes on top
_FRAMES = {
    "seed": {"15KB": 150, "100KB": 40, "900KB": 8},
    "seed+crc32c": {"15KB": 1500, "100KB": 600, "900KB": 60},
    "async+crc32c": {"15KB": 1500, "100KB": 600, "900KB": 60},
}
_FAST = {"15KB": 6000, "100KB": 3000, "900KB": 400}
_WAYS = ["seed", "seed+crc32c", "async+crc32c", "ours", "plugin", "bare", "socket"]
_FRAME_RATIOS = ["seed", "seed+crc32c", "bare", "socket"]


def publish(broker: Broker, rounds: int, share: float, say: Say) -> list[Figure]:
    """Seven ways at three sizes."""
    runs = _runs(broker, _WAYS, list(SIZES), rounds, share, say)
    return [figure for size in SIZES for figure in _publish_figures(broker.name, size, runs)]


def program(broker: Broker, rounds: int, share: float, say: Say) -> list[Figure]:
    """The whole flow beside the seed, 100 KB."""
    runs = _runs(broker, ["seed", "program"], ["100KB"], rounds, share, say)
    faster = _ratio(runs, "100KB", "program", "seed", "frames_per_s")
    cheaper = _ratio(runs, "100KB", "seed", "program", "cpu_s_per_1000")
    return [
        *_told("program", broker.name, "100KB", "program", runs),
        Figure("program", "100KB program / seed, frames", broker.name, faster, "x"),
        Figure("program", "100KB seed / program, CPU", broker.name, cheaper, "x"),
    ]


def _runs(broker: Broker, ways: list[str], sizes: list[str], rounds: int, share: float, say: Say) -> Runs:
    runs: Runs = defaultdict(list)
    order = random.Random(1)  # noqa: S311 - the same order in every run of the bench
    with brokers.loopback() as loopback:
        for number in range(rounds):
            cases = [(way, size) for way in ways for size in sizes]
            order.shuffle(cases)
            for way, size in cases:
                with broker.topic(f"bench-{way.replace('+', '-')}-{size}-{number}") as topic:
                    address = loopback if way == "socket" else broker.address
                    runs[way, size].append(_run_case(way, size, address, topic, share))
            say(f"{broker.name}: round {number + 1} of {rounds}, {len(cases)} cases")
    return runs


def _run_case(way: str, size: str, address: str, topic: str, share: float) -> dict[str, float]:
    frames = max(4, int(share * _FRAMES.get(way, _FAST)[size]))
    case = Case(way, address, topic, SIZES[size], frames, warm_up=max(2, frames // 8))
    return children.run("bench.publishing:measure", **case.__dict__)


def measure(**fields: object) -> dict[str, float]:
    """One case, in a process of its own."""
    from bench.clients import WAYS

    case = Case(**fields)  # type: ignore[arg-type]
    return WAYS[case.way](case)


def _publish_figures(broker: str, size: str, runs: Runs) -> Iterator[Figure]:
    for way in _WAYS:
        yield from _told("publish", broker, size, way, runs)
    for other in _FRAME_RATIOS:
        ratio = _ratio(runs, size, "ours", other, "frames_per_s")
        yield Figure("publish", f"{size} ours / {other}, frames", broker, ratio, "x")
    for other in ("seed", "seed+crc32c"):
        ratio = _ratio(runs, size, other, "ours", "cpu_s_per_1000")
        yield Figure("publish", f"{size} {other} / ours, CPU", broker, ratio, "x")
    ratio = _ratio(runs, size, "ours", "bare", "cpu_s_per_1000")
    yield Figure("publish", f"{size} ours / bare, CPU", broker, ratio, "x")


def _told(row: str, broker: str, size: str, way: str, runs: Runs) -> Iterator[Figure]:
    for name, label, unit in (
        ("frames_per_s", "throughput", "frames/s"),
        ("cpu_s_per_1000", "CPU", "s/1000"),
        ("rss_mb", "peak memory", "MB"),
    ):
        value = median(run[name] for run in runs[way, size])
        yield Figure(row, f"{size} {way}: {label}", broker, value, unit)


def _ratio(runs: Runs, size: str, upper: str, lower: str, name: str) -> float:
    pairs = zip(runs[upper, size], runs[lower, size], strict=True)
    return median(above[name] / below[name] for above, below in pairs)
