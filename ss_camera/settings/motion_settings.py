"""The settings of motion: when something counts as moving, and what moves in the drawn scene."""

from __future__ import annotations

import os
import re

from ss_camera.settings import motion_mask
from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.model import MotionMask
from ss_camera.settings.parsers import BOOLEAN, integer, number, sequence

SECTION, DRAWN = "Motion", "The drawn camera (`synthetic`)"
LARGEST_PX = 10_000
_BLOCKS = (LARGEST_PX // 16) ** 2  # macroblocks of the largest picture
_LONGEST_VECTOR = 181  # its two parts are signed bytes: the root of 2 * 128 * 128
_LATEST_S = 86_400.0
_MOVE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) *\+ *([0-9]{1,6}(?:\.[0-9]{1,6})?)")


def _mask(text: str) -> MotionMask:
    try:
        return motion_mask.parse_mask(os.path.expanduser(text.strip()))
    except ValueError as error:
        raise Bad(str(error)) from None
    except ImportError:
        expected = "rectangles, or: pip install pillow"
        raise Bad("is a PNG, which needs a package that is not installed", expected=expected) from None


def _script(text: str) -> tuple[tuple[float, float], ...]:
    """Seconds from the camera's opening and durations, in their order. Raises `Bad`."""
    word = text.strip()
    if word.casefold() == "none":
        return ()
    moves: list[tuple[float, float]] = []
    end_s = 0.0
    for part in word.split(","):
        match = _MOVE.fullmatch(part.strip())
        if not match:
            raise Bad("is not START+DURATION", subject=part.strip())
        start_s, duration_s = float(match[1]), float(match[2])
        if duration_s <= 0 or start_s + duration_s > _LATEST_S:
            raise Bad("lasts no time, or ends after a day", subject=part.strip())
        if start_s < end_s:
            raise Bad("begins before the one in front of it ends", subject=part.strip())
        moves.append((start_s, duration_s))
        end_s = start_s + duration_s
    return tuple(moves)


_SHARE = number(0, 1)

SETTINGS = (
    Setting(
        "MOTION",
        BOOLEAN,
        "Watch for motion, and publish events and clips of it besides the pictures.",
        SECTION,
        "off",
    ),
    Setting(
        "MOTION_SENSITIVITY",
        integer(0, _BLOCKS, "macroblocks"),
        "Motion is more than so many blocks of 16x16 pixels that move: a smaller number sees more.",
        SECTION,
        "10",
    ),
    Setting(
        "MOTION_VECTOR",
        integer(1, _LONGEST_VECTOR, "the length of a vector"),
        "Where the camera's encoder tells motion: a block moves when its vector is longer.",
        SECTION,
        "60",
    ),
    Setting(
        "MOTION_THRESHOLD",
        integer(1, 255, "levels of luma"),
        "Elsewhere: a block moves when a quarter of it differs from the background by more.",
        SECTION,
        "18",
    ),
    Setting("MOTION_FRAMES", integer(1, 30, "frames"), "Motion lasts so many frames in a row.", SECTION, "2"),
    Setting(
        "MOTION_GLOBAL",
        number(0.01, 1, "a share"),
        "A change of more than this share of the picture at once is the light and no motion; 1: never.",
        SECTION,
        "0.5",
    ),
    Setting("MOTION_MASK", Kind(motion_mask.EXPECTS, _mask), "What is not watched.", SECTION),
    Setting(
        "SYNTHETIC_MOTION",
        Kind("START+DURATION in seconds, with `,` between them, in their order; or none", _script),
        "When something moves in the scene: `8+3,20+2`. Unset, a ball comes and goes.",
        DRAWN,
    ),
    Setting(
        "SYNTHETIC_MOTION_SIZE",
        number(0.01, 1, "a share"),
        "Height of what moves by `SYNTHETIC_MOTION`, as a share of the picture's.",
        DRAWN,
        "0.3",
    ),
    Setting(
        "SYNTHETIC_MOTION_PLACE",
        sequence(_SHARE, (2,), "x,y: two shares from 0 to 1"),
        "The middle of its way.",
        DRAWN,
        "0.5,0.6",
    ),
)
