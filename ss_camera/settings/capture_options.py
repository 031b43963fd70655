"""The sample's `CAPTURE_*` names: the options that picamera's capture() takes for a JPEG."""

from __future__ import annotations

from ss_camera.settings.declare import Setting
from ss_camera.settings.parsers import BOOLEAN, choice, integer, one_of, or_none, sequence
from ss_camera.settings.resolution import RESOLUTION

SECTION = "Raspberry Pi camera, options of picamera's capture()"

_THUMBNAIL = or_none(sequence(integer(1, 1024), (3,), "(width,height,quality) of a thumbnail"))

SETTINGS = (
    Setting("CAPTURE_FORMAT", choice("jpeg", aliases={"jpg": "jpeg"}), "Pictures are JPEG.", SECTION),
    Setting(
        "CAPTURE_USE_VIDEO_PORT",
        BOOLEAN,
        "Stills are frames of the video: fast. `false` takes them by the still port: slow, and better.",
        SECTION,
    ),
    Setting(
        "CAPTURE_SPLITTER_PORT", one_of(0, 1, 2, 3), "Port of the video that stills are taken from.", SECTION
    ),
    Setting("CAPTURE_RESIZE", RESOLUTION, "Size of the still, where it is not that of the video.", SECTION),
    Setting("CAPTURE_THUMBNAIL", _THUMBNAIL, "Small picture inside the still.", SECTION),
    Setting("CAPTURE_RESTART", integer(0, 65535), "JPEG's restart interval in blocks; 0 for none.", SECTION),
    Setting(
        "CAPTURE_BAYER", BOOLEAN, "The sensor's own data inside the still, from the still port.", SECTION
    ),
    Setting("CAPTURE_BURST", BOOLEAN, "Kept from old files; each still is a capture of its own.", SECTION),
)
