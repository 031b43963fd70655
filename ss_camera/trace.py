"""What the detector said of a whole video, sample by sample: made by a replay, drawn by its plot."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from ss_camera.errors import SettingsError
from ss_camera.events import EventStep


class ReplayError(SettingsError):
    """A file that cannot be replayed, or a plot that cannot be written: one sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__([f"ss-camera: motion: {sentence}"])


@dataclass
class Trace:
    """One entry a sample, times in seconds from the start; `events` are those that have ended.

    `seconds` is the length of the video: the last frame lasts as long as the one before.
    """

    sensitivity: int
    seconds: float = 0.0
    at_s: array[float] = field(default_factory=lambda: array("d"))
    blocks: array[int] = field(default_factory=lambda: array("l"))
    vetoes: array[int] = field(default_factory=lambda: array("b"))
    events: list[EventStep] = field(default_factory=list)
