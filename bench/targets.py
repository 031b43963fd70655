"""What each figure should reach. Nothing is asserted: a run on another machine says what it sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`limit` in the figure's unit, to be reached (`at_least`) or kept under."""

    limit: float
    at_least: bool

    def is_met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


def at_least(limit: float) -> Target:
    return Target(limit, at_least=True)


def at_most(limit: float) -> Target:
    return Target(limit, at_least=False)


_BOTH: dict[tuple[str, str], Target] = {
    ("memory", "ours, broker silent: growth behind the bound"): at_most(0.1),
    ("memory", "ours, port refused: growth behind the bound"): at_most(0.1),
    ("latency", "capture to reader, p50"): at_most(15),
    ("latency", "capture to reader, p99"): at_most(50),
    ("idle", "wake-ups a second"): at_most(5),
    ("schedule", "largest error"): at_most(50),
    ("schedule", "drift"): at_most(1),
    ("copies", "900KB ours: bytes copied a byte"): at_most(6),
    ("motion", "plain difference"): at_most(25),
    ("motion", "still"): at_most(60),
    ("motion", "body"): at_most(60),
    ("motion", "body under clouds"): at_most(60),
    ("motion", "vectors, still"): at_most(6),
    ("motion", "vectors, body"): at_most(6),
    ("events", "motion to event, max"): at_most(300),
    ("events", "trigger to first part, max"): at_most(500),
    ("clips", "1 Mbit/s: mux, 100 packets"): at_most(1.5),
    ("clips", "1 Mbit/s: ring / (bitrate x (pre-roll + GOP))"): at_most(1.1),
    ("clips", "17 Mbit/s: ring / (bitrate x (pre-roll + GOP))"): at_most(1.1),
    ("clips", "trigger to first part"): at_most(0),
}
_ONE: dict[str, dict[tuple[str, str], Target]] = {
    "mock": {
        ("publish", "15KB ours / seed, frames"): at_least(35),
        ("publish", "100KB ours / seed, frames"): at_least(120),
        ("publish", "900KB ours / seed, frames"): at_least(150),
        ("publish", "15KB ours / seed+crc32c, frames"): at_least(8),
        ("publish", "100KB ours / seed+crc32c, frames"): at_least(8),
        ("publish", "900KB ours / seed+crc32c, frames"): at_least(8),
        ("publish", "15KB seed+crc32c / ours, CPU"): at_least(5),
        ("publish", "100KB seed+crc32c / ours, CPU"): at_least(5),
        ("publish", "900KB seed+crc32c / ours, CPU"): at_least(5),
        ("publish", "100KB seed / ours, CPU"): at_least(100),
        ("publish", "100KB ours / socket, frames"): at_least(0.7),
        ("program", "100KB program / seed, frames"): at_least(80),
        ("start", "ours: process start to first message"): at_most(0.5),
    },
    "kafka": {
        ("publish", "15KB ours / bare, frames"): at_least(0.9),
        ("publish", "100KB ours / bare, frames"): at_least(0.9),
        ("publish", "900KB ours / bare, frames"): at_least(0.9),
        ("publish", "15KB ours / bare, CPU"): at_most(1.3),
        ("publish", "100KB ours / bare, CPU"): at_most(1.3),
        ("publish", "900KB ours / bare, CPU"): at_most(1.3),
        ("publish", "100KB seed / ours, CPU"): at_least(60),
        ("publish", "100KB seed+crc32c / ours, CPU"): at_least(3),
        # plus the second that Kafka may take for an idempotent producer's id
        ("start", "ours: process start to first message"): at_most(1.5),
    },
}


def target_of(row: str, what: str, broker: str) -> Target | None:
    """The target of a figure, or None where it is only told."""
    return _ONE.get(broker, {}).get((row, what)) or _BOTH.get((row, what))
