"""What a sink is: the one place where a broker client is spoken to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ss_camera.errors import SinkError
from ss_camera.media import Message

OnResult = Callable[[Message, "SinkError | None"], None]
"""Called once a message, from any thread: `None` means that the broker confirmed it."""


class Sink(Protocol):
    """A way out. The publisher opens it, publishes, and after an error closes and opens it anew."""

    max_in_flight: int
    """How many messages may wait for their result at the same time; 1 where only that keeps order."""

    description: str
    """One readable phrase for the log: which broker by which client."""

    def open(self) -> None:
        """Connect. Raises `SinkUnavailable` or `SinkDenied`; may be called again after `close`."""
        ...

    def publish(self, message: Message, on_result: OnResult) -> None:
        """Hand over one message; its result comes by `on_result`, exactly once, even after `close`.

        Raises nothing: what goes wrong at once is a result too.
        """
        ...

    def problem(self) -> SinkError | None:
        """What the client says of its connection now, or None while all is well.

        `SinkUnavailable` is waited out by the client itself. A `SinkDenied` it would try again and again:
        the publisher closes the sink and comes back later.
        """
        ...

    def close(self, timeout_s: float) -> None:
        """Wait up to `timeout_s` for results, then let the broker go. Never raises."""
        ...
