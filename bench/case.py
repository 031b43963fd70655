"""What is measured once: which way to publish, where to, and how many frames of what size."""

from __future__ import annotations

from dataclasses import dataclass

MAX_REQUEST = 10_000_000
IN_FLIGHT_BYTES = 8 * 1024 * 1024
IN_FLIGHT = 256


@dataclass(frozen=True)
class Case:
    """One measurement, in a process of its own. `size` is in bytes; the warm-up comes before the frames."""

    way: str
    address: str
    topic: str
    size: int
    frames: int
    warm_up: int

    @property
    def in_flight(self) -> int:
        """The same bound for all who send on librdkafka or a socket, as ss-camera's publisher has it."""
        return max(1, min(IN_FLIGHT, IN_FLIGHT_BYTES // self.size))
