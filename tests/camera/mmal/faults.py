"""What a test lets go wrong in the simulated firmware."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Faults:
    """What goes wrong. A function is named with the component that it is called for: see `libraries`.

    `statuses`: it returns that MMAL status and does nothing. `held`: it returns when the event is set, as
    firmware that hangs. `frozen`: the sensor gives no frame. `sensors`: how many cameras are connected.
    `restless`: exposure never converges. `cut`: a JPEG ends after so many bytes.
    """

    statuses: dict[tuple[str, str], int] = field(default_factory=dict)
    held: dict[tuple[str, str], threading.Event] = field(default_factory=dict)
    frozen: bool = False
    sensors: int = 1
    restless: bool = False
    cut: int | None = None

    def hold(self, function: str, kind: str) -> threading.Event:
        """Let it hang; the event lets it go on."""
        return self.held.setdefault((function, kind), threading.Event())

    def end(self) -> None:
        """All is well again, also for who hangs."""
        self.statuses.clear()
        for event in self.held.values():
            event.set()
        self.held.clear()
        self.frozen, self.sensors, self.restless, self.cut = False, 1, False, None
