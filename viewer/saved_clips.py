"""Files that an earlier run saved in, clips for the list out: what they are stands in the box behind each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ss_camera import message
from viewer.archive import INCOMPLETE
from viewer.clip_files import ClipFile, DiskFile
from viewer.motions import event_key
from viewer.naming import camera_name, printable

_HEAD, _TAIL = 64, 8192
"""Bytes at a file's beginning and end: its kind, and the box with the JSON object (at most 4 KiB)."""


@dataclass(frozen=True)
class SavedClip:
    """A clip on disk."""

    camera: str
    event: str
    reason: str
    codec: str
    captured_us: int
    clock: str
    preroll_s: float
    file: ClipFile
    state: str
    duration_s: float | None
    problem: str | None


def read(path: Path) -> SavedClip | None:
    """The clip in a file, or None where it is none of ours or cannot be read. Reads no video."""
    try:
        file = DiskFile.existing(path)
        head = file.read_at(0, _HEAD)
        tail = file.read_at(max(len(head), file.size - _TAIL), _TAIL)
    except OSError:
        return None
    part = message.read_end(tail) if head[4:8] in (b"ftyp", b"moof") else None
    if part is None:
        return None
    identity, complete = part.identity, INCOMPLETE not in path.name
    duration_s = part.totals.duration_s if part.totals and complete else None
    return SavedClip(
        camera=camera_name(identity.camera),
        event=event_key(identity),
        reason=printable(identity.reason, 20),
        codec=part.codec,
        captured_us=_begin_us(path) or identity.captured_us,
        clock=printable(identity.clock, 20),
        preroll_s=part.preroll_s,
        file=file,
        state="complete" if complete else "incomplete",
        duration_s=duration_s,
        problem=_problem(head, complete=complete),
    )


def _begin_us(path: Path) -> int | None:
    """When the clip begins, by its name: the box behind a file is that of its last part."""
    time = path.name.partition("-")[0]
    return message.parse_time(f"{path.parent.name}T{time[:2]}:{time[2:4]}:{time[4:]}")


def _problem(head: bytes, *, complete: bool) -> str | None:
    if head[4:8] != b"ftyp":
        return "not playable: its first part is missing"
    return None if complete else "parts are missing"
