#!/usr/bin/env python3
"""The table of camera properties in, docs/reference/camera-properties.md out; a test holds both together."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ss_camera.properties import libcamera_rows, picamera_rows  # noqa: E402 - from this checkout
from ss_camera.properties.how import Row, Stack  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "camera-properties.md"

_INTRODUCTION = """\
# Camera properties

Made by `scripts/make_camera_properties_doc.py` from the table that the program plans by. Values and their
ranges are in [the settings](settings.md).

One `.env` serves every camera. What a camera cannot do is one warning at the start, which names the setting:

    PICAMERA_DRC_STRENGTH (.env:7) has no effect on CAMERA=picamera2

| Word | Meaning |
|---|---|
| exact | the camera's own library does what the name says |
| approximated | the nearest that the library has, as the note says |
| software | done by this program to each picture; video that is not encoded here does not show it |
| not available | a warning, unless the value asks for nothing (`PICAMERA_DRC_STRENGTH=off`) |

*picamera* is `CAMERA=picamera` with picamera or picamerax, *picamera2* is libcamera's, *software* all others:
`v4l2`, `rtsp`, `http`, `file`, `synthetic`.

* `PICAMERA2_*` goes before `PICAMERA_*` where both say something else, and a warning says so.
* Which controls libcamera has depends on the camera. One that it has not is a warning; brightness, contrast,
  saturation, sharpness and zoom are done in software then. A value beyond what the camera has becomes the
  nearest, with a warning.
* In software flips come before the rotation, as in libcamera; in which order picamera's firmware does them is
  not verified. It matters only for one flip together with 90 or 270 degrees.
* picamera's numbers at both ends (contrast 100) are an estimate of its firmware's strength: not verified on a
  sensor.
* An exposure longer than 1/30 s makes frames longer where no frame rate is set.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        (
            _INTRODUCTION,
            "## picamera's names\n\n" + "".join(_lines(picamera_rows.ROWS)),
            "## picamera2's names\n\n" + "".join(_lines(libcamera_rows.ROWS)),
        )
    )


def _lines(rows: tuple[Row, ...]) -> Iterator[str]:
    yield "| Name | picamera | picamera2 | software | Note |\n|---|---|---|---|---|\n"
    for row in rows:
        note = row.note + (f" Instead: `{row.instead}`." if row.instead else "")
        cells = (f"`{row.name}`", *(str(row.how[stack]) for stack in Stack), note.strip())
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
