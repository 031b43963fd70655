"""A clip's part and its identity in, payload bytes out, and back: MP4 boxes, then a `uuid` box with the JSON.

A player skips a `uuid` box that it does not know, so parts written one behind the other play.
`docs/reference/clips.md` has the format for other programs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from ss_camera.identity import Identity, dump, parse
from ss_camera.media import ClipPart, ClipTotals, PartKind, Reason

BOX_UUID = UUID("f722ab1d-96b7-4cbb-9967-b2560a81b8f7").bytes
"""Names our box. It has bytes beyond ASCII, so it never stands in the JSON."""
LONGEST_ID = 64
"""Characters of a clip's or an event's id."""
MAX_PART_JSON = 4096
"""Bytes of JSON in a part that a reader looks at; more is not ours."""

_HEAD = 24  # length, `uuid`, the UUID
_FIRST_BOXES = (b"ftyp", b"moof", b"free")
_FARTHEST_US = 253_402_300_799_999_999  # the last microsecond of the year 9999


@dataclass(frozen=True)
class Part:
    """A part as a consumer has it. Its fields have the right types; whether they make sense was not checked.

    `video` are the bytes that belong to the clip's MP4 (without `uuid` box, a slice without its `free` box);
    `box` is the `uuid` box.
    """

    identity: Identity
    clip: str
    index: int
    kind: str
    codec: str
    preroll_s: float
    video: bytes
    box: bytes
    slice: tuple[int, int] | None = None
    totals: ClipTotals | None = None


def payload(part: ClipPart, identity: Identity) -> bytes:
    """The part as it goes to the broker."""
    text = dump(_fields(part, identity)).encode("ascii")
    return b"".join((part.data, struct.pack(">I4s", _HEAD + len(text), b"uuid"), BOX_UUID, text))


def room(part_bytes: int, camera: str, boot: str) -> int:
    """How many bytes of video a part takes that as a message shall never have more than `part_bytes`."""
    longest_id = "x" * LONGEST_ID
    totals = ClipTotals(2**32, 2**48, "0" * 64, 2**32, 1e6 + 1e-6, "format")
    part = ClipPart(
        event=longest_id,
        clip=longest_id,
        part=2**32,
        kind=PartKind.MEDIA,
        codec="avc1.000000",
        preroll_s=1e6 + 1e-6,
        reason=Reason.SCHEDULE,
        captured_us=0,
        data=b"",
        slice=(2**16, 2**16),
        totals=totals,
    )
    identity = Identity(1, camera, boot, 2**63 - 1, _FARTHEST_US, "unsynced", part.reason.value, part.event)
    return part_bytes - len(payload(part, identity))


def _fields(part: ClipPart, identity: Identity) -> dict[str, object]:
    fields = identity.fields()
    fields |= {
        "clip": part.clip,
        "part": part.part,
        "kind": part.kind.value,
        "codec": part.codec,
        "preroll_s": round(part.preroll_s, 6),
    }
    if part.slice is not None:
        fields["slice"] = list(part.slice)
    if part.totals is not None:
        totals = part.totals
        fields |= {
            "parts": totals.parts,
            "bytes": totals.bytes,
            "sha256": totals.sha256,
            "frames": totals.frames,
            "duration_s": round(totals.duration_s, 6),
            "end": totals.end,
        }
    return fields


def looks_like_part(data: bytes) -> bool:
    """Whether a payload begins as an MP4 or one of its fragments does."""
    return data[4:8] in _FIRST_BOXES


def read_part(data: bytes) -> tuple[Part | None, str | None]:
    """The part in a payload, or None and why not. Never raises; looks for the box in the last 4 KiB only."""
    at = _box_at(data)
    if at is None:
        return None, "an MP4 that does not end with the message of ss-camera"
    identity, fields, problem = parse(data[at + _HEAD :])
    if identity is None:
        return None, problem
    return _part(identity, fields, data[:at], data[at:])


def read_end(end: bytes) -> Part | None:
    """The part whose box stands at the end of a clip's file, without its bytes; None where there is none.

    A slice has lost its `free` box there: its kind says nothing of the bytes in front of the box.
    """
    at = _box_at(end)
    if at is None:
        return None
    identity, fields, _ = parse(end[at + _HEAD :])
    if identity is None:
        return None
    return _part(identity, {**fields, "kind": PartKind.MEDIA.value}, b"", end[at:])[0]


def _box_at(data: bytes) -> int | None:
    at = data.rfind(BOX_UUID, max(0, len(data) - MAX_PART_JSON - len(BOX_UUID))) - 8
    if at < 8 or data[at : at + 8] != struct.pack(">I4s", len(data) - at, b"uuid"):
        return None
    return at


def _part(
    identity: Identity, fields: dict[str, object], video: bytes, box: bytes
) -> tuple[Part | None, str | None]:
    clip, index, kind, codec = (fields.get(key) for key in ("clip", "part", "kind", "codec"))
    preroll_s = fields.get("preroll_s")
    if not (
        isinstance(clip, str) and len(clip) <= LONGEST_ID and isinstance(kind, str) and isinstance(codec, str)
    ):
        return None, "its JSON object lacks a clip's field or has one of another type"
    if not _is_count(index) or not _is_number(preroll_s):
        return None, "its part number or its pre-roll is not a number"
    slice_, totals = None, None
    if kind == PartKind.SLICE:
        slice_ = _slice(fields.get("slice"))
        if slice_ is None or video[:8] != struct.pack(">I4s", len(video), b"free"):
            return None, "its slice of a frame is damaged"
        video = video[8:]
    if "parts" in fields:
        totals = _totals(fields)
        if totals is None:
            return None, "the totals of its clip are damaged"
    part = Part(
        identity, clip, cast(int, index), kind, codec, cast(float, preroll_s), video, box, slice_, totals
    )
    return part, None


def _slice(value: object) -> tuple[int, int] | None:
    if isinstance(value, list) and len(value) == 2 and all(map(_is_count, value)) and value[0] < value[1]:
        return value[0], value[1]
    return None


def _totals(fields: dict[str, object]) -> ClipTotals | None:
    parts, size, frames = (fields.get(key) for key in ("parts", "bytes", "frames"))
    sha256, end, duration_s = (fields.get(key) for key in ("sha256", "end", "duration_s"))
    if not (_is_count(parts) and _is_count(size) and _is_count(frames) and _is_number(duration_s)):
        return None
    if not (isinstance(sha256, str) and isinstance(end, str)):
        return None
    counts = cast(tuple[int, int, int], (parts, size, frames))
    return ClipTotals(counts[0], counts[1], sha256, counts[2], cast(float, duration_s), end)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12
