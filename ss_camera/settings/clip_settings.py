"""The settings of clips: how long they are, how they are encoded, in which parts they leave."""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import TEXT, choice, number, size
from ss_camera.settings.recording_window import WINDOW

SECTION, FAMILIES = "Clips", "Brokers of clips and events"
LOWEST_BPS, HIGHEST_BPS = 10_000, 200_000_000
SMALLEST_PART = 16 * 1024

_KILO, _MEGA = 1000, 1_000_000
_RATE = re.compile(r"([0-9]{1,12}(?:_[0-9]{3}){0,3})(\.[0-9]{1,6})? *([km]?)(?:bit/s|bps)?", re.IGNORECASE)


def _rate(text: str) -> int:
    """Bits a second. Raises `Bad`."""
    match = _RATE.fullmatch(text.strip())
    if not match:
        raise Bad("is not a bit rate")
    unit = {"": 1, "k": _KILO, "m": _MEGA}[match[3].lower()]
    value = round(float(match[1].replace("_", "") + (match[2] or "")) * unit)
    if not LOWEST_BPS <= value <= HIGHEST_BPS:
        raise Bad("is out of range")
    return value


_BITRATE = Kind("bits a second from 10K to 200M, units K, M (1000, 1000000)", _rate)
LEVELS = ("1", "1b", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3", "3.1", "3.2", "4", "4.1", "4.2")
"""Those that picamera knows, by its names."""
_LEVEL = choice(
    " ".join(LEVELS),
    aliases={"1.0": "1", "2.0": "2", "3.0": "3", "4.0": "4"},
)

SETTINGS = (
    Setting(
        "CLIP_PREROLL",
        number(0, 600, "seconds"),
        "Seconds before the motion that a clip has at least.",
        SECTION,
        "5",
    ),
    Setting(
        "CLIP_POSTROLL", number(0, 600, "seconds"), "A clip ends after so many quiet seconds.", SECTION, "5"
    ),
    Setting(
        "CLIP_BUFFER",
        number(0, 1200, "seconds"),
        "pinthesky's `buffer`: half of it is `CLIP_PREROLL`, half `CLIP_POSTROLL`; not beside either.",
        SECTION,
    ),
    Setting(
        "CLIP_MAX",
        number(1, 3600, "seconds"),
        "Longest clip; the next one of the same event goes on without a gap.",
        SECTION,
        "120",
    ),
    Setting(
        "CLIP_MANUAL",
        number(1, 3600, "seconds"),
        "How long a clip is that the signal USR1 asks for, after its pre-roll.",
        SECTION,
        "10",
    ),
    Setting(
        "RECORDING_WINDOW",
        WINDOW,
        "Local time of day; motion that begins outside makes no clip and no event. The end is outside.",
        SECTION,
        "always",
    ),
    Setting("CLIP_BITRATE", _BITRATE, "Size of the video, where it is encoded here.", SECTION, "5M"),
    Setting("CLIP_PROFILE", choice("baseline main high"), "H.264's profile.", SECTION, "high"),
    Setting(
        "CLIP_LEVEL",
        _LEVEL,
        "H.264's level, which limits size, rate and bit rate.",
        SECTION,
        "4, or higher where the picture needs it",
    ),
    Setting(
        "CLIP_GOP",
        number(0.1, 10, "seconds"),
        "From keyframe to keyframe. Clips begin and end with one.",
        SECTION,
        "1",
    ),
    Setting(
        "CLIP_MEMORY",
        size(1024**2, 16 * 1024**3),
        "How much the seconds before the motion may take; a ring that needs more is refused at start.",
        SECTION,
        "64M",
    ),
    Setting(
        "CLIP_PART_BYTES",
        size(SMALLEST_PART, 64 * 1024**2),
        "Largest part of a clip; lowered to what a message may have.",
        SECTION,
        "256K",
    ),
    Setting(
        "CLIP_DELIVERY",
        choice("parts whole"),
        "`parts`: a clip streams while it happens; `whole`: one message at its end, for S3.",
        SECTION,
        "parts",
    ),
    Setting(
        "CLIP_SS_*",
        TEXT,
        "Any `SS_*` setting, for clips: what is not set is that of `SS_*`; the topic is `<SS_TOPIC>.clip`.",
        FAMILIES,
    ),
    Setting("EVENT_SS_*", TEXT, "The same for events; the topic is `<SS_TOPIC>.event`.", FAMILIES),
)
