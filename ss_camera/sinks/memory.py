"""Messages in, kept in a list: for tests and for measuring the program without a broker."""

from __future__ import annotations

from ss_camera.errors import SinkError
from ss_camera.media import Message
from ss_camera.sinks.base import OnResult


class MemorySink:
    """Confirms each message at once, or fails as a test tells it to by `failures`.

    `failures` are the results of the next publishes, first come first; None confirms.
    """

    max_in_flight = 16
    description = "memory"

    def __init__(self, failures: list[SinkError | None] | None = None) -> None:
        self.messages: list[Message] = []
        self.opened = 0
        self.closed = 0
        self.open_failures: list[SinkError] = []
        self.failures = failures or []

    def open(self) -> None:
        self.opened += 1
        if self.open_failures:
            raise self.open_failures.pop(0)

    def publish(self, message: Message, on_result: OnResult) -> None:
        error = self.failures.pop(0) if self.failures else None
        if error is None:
            self.messages.append(message)
        on_result(message, error)

    def problem(self) -> SinkError | None:
        return None

    def close(self, timeout_s: float) -> None:
        self.closed += 1
