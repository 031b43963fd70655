"""What crosses a stage: frozen values, units in their names, nothing that acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a picture was taken; the value stands in the message."""

    SCHEDULE = "schedule"
    STREAM = "stream"
    MOTION = "motion"
    MANUAL = "manual"


class Family(StrEnum):
    """The kinds of message, each with a topic of its own (see `settings.model.Route`)."""

    STILL = "still"
    CLIP = "clip"
    EVENT = "event"


@dataclass(frozen=True)
class Still:
    """One JPEG as the source gave it.

    `captured_us` is the wall clock at exposure (or arrival, where the source knows no better),
    in microseconds since 1970 UTC. `width` and `height` are in pixels.
    """

    data: bytes
    width: int
    height: int
    captured_us: int


@dataclass(frozen=True)
class Message:
    """One payload on its way to the broker, complete: nothing later in the flow changes it.

    `camera`, `boot` and `seq` identify it; `seq` has no gap per camera and boot over all families.
    """

    family: Family
    camera: str
    boot: str
    seq: int
    captured_us: int
    payload: bytes
