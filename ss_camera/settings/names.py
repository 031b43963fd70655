"""A variable's name in, whether it is ours out: by our prefixes, and in `.env` by likeness too."""

from __future__ import annotations

from collections.abc import Iterable

PREFIXES = (
    "CAMERA_",
    "PICAMERA_",
    "PICAMERA2_",
    "CAPTURE_",
    "SS_",
    "SSCFG_",
    "QUEUE_",
    "SYNTHETIC_",
    "SCHEDULE_",
    "MOTION_",
    "CLIP_",
    "EVENT_SS_",
    "CONTROL_SS_",
    "EXT_SS_",
    "EXT_ARG_",
)
"""All names that begin so are ours: one that no setting declares is refused."""

NOT_SETTINGS = frozenset({"SS_TEST_REQUIRE_ALL"})
"""Names under our prefixes that other tools read."""

FAMILY_PREFIXES = ("CLIP_", "EVENT_")
"""Before an `SS_*` name: that setting for one family of messages."""


def family_prefix(name: str) -> str:
    """The family's part of a name such as `CLIP_SS_TOPIC`, or "" where it is of no family."""
    return next((prefix for prefix in FAMILY_PREFIXES if name.startswith(prefix + "SS_")), "")


def has_our_prefix(name: str) -> bool:
    """Whether the name is ours by its beginning."""
    return name.startswith(PREFIXES) and name not in NOT_SETTINGS


def looks_like(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is up to case, `-` for `_`, or one slip of the finger.

    For a name that is not ours: another program's is at least two letters away from each of ours.
    """
    plain = normal(name)
    names = list(known)
    if plain in names:
        return plain
    if plain.startswith(PREFIXES) and plain != name:
        return plain
    return next((other for other in names if len(plain) > 4 and _one_slip(plain, other)), None)


def normal(name: str) -> str:
    """Capitals with underscores, as all of ours are written."""
    return name.upper().replace("-", "_").replace(".", "_")


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes `a` into `b`."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
