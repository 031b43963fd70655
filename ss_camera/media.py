"""What crosses a stage: frozen values, units in their names, nothing that acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the viewer and the settings read this file and need no NumPy
    import numpy as np
    from numpy.typing import NDArray


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
class Packet:
    """One H.264 access unit in Annex B form; SPS and PPS stand in front of every keyframe.

    `pts_us` counts microseconds from the start of the video and never goes back; `captured_us` is the
    wall clock of the same frame, in microseconds since 1970 UTC. `turn`: by so many degrees clockwise (0,
    90, 180, 270) a player must turn the picture; it is the same in all packets of one video.
    """

    data: bytes
    key: bool
    pts_us: int
    captured_us: int
    turn: int = 0


@dataclass(frozen=True)
class MotionSample:
    """What motion is judged by, of one frame: a luma plane or the encoder's motion vectors.

    `luma`: uint8, shape (height, width), about 320x240. `vectors`: picamera's dtype
    [('x','i1'), ('y','i1'), ('sad','<u2')], shape (rows, columns + 1), one entry per 16x16 macroblock.
    Exactly one of them is given. It lies as stills do, turned and mirrored, whatever `Packet.turn` says:
    a mask is drawn over what people see. Times as in `Packet`.
    """

    pts_us: int
    captured_us: int
    luma: NDArray[np.uint8] | None = None
    vectors: NDArray[np.void] | None = None


class PartKind(StrEnum):
    """What the bytes of a clip's part are; the value stands in the message."""

    INIT = "init"  # `ftyp moov`: always part 0
    MEDIA = "media"  # `moof mdat`
    SLICE = "slice"  # a `free` box around a slice of `moof mdat`: a frame larger than a part
    WHOLE = "whole"  # the clip in one message


@dataclass(frozen=True)
class ClipTotals:
    """What only the last part of a clip can say.

    `bytes` and `sha256` are of the clip's MP4: its parts in order, without the `uuid` box that each message
    ends with, and without the `free` box around a slice. `end` is why it ended: `quiet`, `max` (the next
    clip of the event goes on with the next frame), `format` (the same, as the picture changed its size),
    or `stop` (the camera or the program stopped).
    """

    parts: int
    bytes: int
    sha256: str
    frames: int
    duration_s: float
    end: str


@dataclass(frozen=True)
class ClipPart:
    """One part of a clip on its way to the broker, numbered from 0 within its clip.

    `event` is shared by all messages of one motion; `clip` is unique. `preroll_s` is how many seconds before
    the trigger the clip begins, or 0. `captured_us` is the wall clock of the part's first frame. `slice` is
    (index, count) where `kind` is `SLICE`.
    """

    event: str
    clip: str
    part: int
    kind: PartKind
    codec: str
    preroll_s: float
    reason: Reason
    captured_us: int
    data: bytes
    slice: tuple[int, int] | None = None
    totals: ClipTotals | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened, to be told as JSON: `kind` names it, `fields` are its own.

    `event` is the id that it shares with its clips. Times as in `Still`.
    """

    kind: str
    captured_us: int
    reason: Reason
    event: str | None
    fields: Mapping[str, object]


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
