"""The `PICAMERA_*` names: every constructor argument and settable property of picamera 1.13 and picamerax.

Types and ranges are those of the library's own setters (picamera 1.13 `camera.py`, picamerax 24.3).
picamera reads no strings, so each value is typed here; a source warns of what it cannot apply.
"""

from __future__ import annotations

from ss_camera.settings.camera_settings import FASTEST, SLOWEST
from ss_camera.settings.colours import COLOUR
from ss_camera.settings.declare import Kind, Setting
from ss_camera.settings.parsers import (
    BOOLEAN,
    TEXT,
    choice,
    either,
    integer,
    matching,
    number,
    or_none,
    sequence,
)
from ss_camera.settings.picamera_forms import ROTATION, ZOOM, automatic, percent, ratio, rising

SECTION = "Raspberry Pi camera, picamera's names"
PREFIX = "PICAMERA_"

_PERCENT = percent(-100, 100)
_ASCII = matching(r"[\x20-\x7e\n]{1,255}", "1 to 255 ASCII characters")
_BLOCK = choice("black-level lens-shading white-balance bad-pixel crosstalk demosaic gamma sharpening")
_PREVIEW = "Kept from old files; there is no preview window."

EFFECT_PARAMETERS: dict[str, tuple[int, ...]] = {
    "solarize": (1, 4, 5),
    "colorpoint": (1,),
    "colorbalance": (3, 4, 6),
    "colorswap": (1,),
    "posterise": (1,),
    "blur": (1,),
    "film": (3,),
    "watercolor": (2,),
}
"""How many numbers `PICAMERA_IMAGE_EFFECT_PARAMS` may have. An effect that is not here takes none."""
EFFECT_RANGES: dict[str, tuple[int, int]] = {"posterise": (2, 31), "blur": (1, 2), "colorpoint": (0, 3)}
"""The one number of these effects: picamera 1.13 cuts what is beyond, and so do ours."""

_KINDS: tuple[tuple[str, Kind, str], ...] = (
    ("STEREO_MODE", choice("none side-by-side top-bottom"), "Two cameras in one picture."),
    ("STEREO_DECIMATE", BOOLEAN, "Halve the width of both stereo pictures."),
    ("SENSOR_MODE", integer(0, 7), "Readout mode of the sensor; 0 chooses by size and rate."),
    ("LED_PIN", integer(0, 53), "GPIO pin of the camera's LED."),
    ("CLOCK_MODE", choice("reset raw"), "Whether frame times begin at 0."),
    (
        "FRAMERATE_RANGE",
        rising(ratio(SLOWEST, FASTEST), "(lowest,highest) frames a second"),
        "Rates between which exposure may move; not with `PICAMERA_FRAMERATE`.",
    ),
    ("FRAMERATE_DELTA", ratio(-FASTEST, FASTEST), "Fine correction of the rate."),
    ("BRIGHTNESS", percent(0, 100), "Brightness, 50 unchanged."),
    ("CONTRAST", _PERCENT, "Contrast, 0 unchanged."),
    ("SATURATION", _PERCENT, "Saturation, 0 unchanged."),
    ("SHARPNESS", _PERCENT, "Sharpness, 0 unchanged."),
    ("ISO", automatic(integer(0, 1600)), "Sensitivity, 0 automatic."),
    ("SHUTTER_SPEED", automatic(integer(0, 200_000_000, "microseconds")), "Exposure time, 0 automatic."),
    ("EXPOSURE_COMPENSATION", integer(-25, 25), "Exposure in sixths of a stop."),
    (
        "EXPOSURE_MODE",
        choice(
            "off auto night nightpreview backlight spotlight sports snow beach verylong "
            "fixedfps antishake fireworks"
        ),
        "Programme of automatic exposure.",
    ),
    ("METER_MODE", choice("average spot backlit matrix"), "Where exposure is measured."),
    (
        "AWB_MODE",
        choice("off auto sunlight cloudy shade tungsten fluorescent incandescent flash horizon greyworld"),
        "White balance.",
    ),
    (
        "AWB_GAINS",
        either(ratio(0, 8), sequence(ratio(0, 8), (2,), "(red,blue) gains from 0.0 to 8.0")),
        "Gains of red and blue with `PICAMERA_AWB_MODE=off`.",
    ),
    ("FLASH_MODE", choice("off auto on redeye fillin torch"), "Flash."),
    ("DRC_STRENGTH", choice("off low medium high"), "Compression of the dynamic range."),
    (
        "IMAGE_EFFECT",
        choice(
            "none negative solarize sketch denoise emboss oilpaint hatch gpen pastel "
            "watercolor film blur saturation colorswap washedout posterise colorpoint "
            "colorbalance cartoon deinterlace1 deinterlace2",
            aliases={"posterize": "posterise", "watercolour": "watercolor", "colourswap": "colorswap"},
        ),
        "Effect on the picture.",
    ),
    (
        "IMAGE_EFFECT_PARAMS",
        sequence(number(), (1, 2, 3, 4, 5, 6), "1 to 6 numbers with commas between"),
        "Parameters of `PICAMERA_IMAGE_EFFECT`.",
    ),
    (
        "COLOR_EFFECTS",
        or_none(sequence(integer(0, 255), (2,), "(u,v), each from 0 to 255")),
        "Tint; (128,128) is black and white.",
    ),
    ("ROTATION", ROTATION, "Degrees clockwise."),
    ("HFLIP", BOOLEAN, "Mirror left and right."),
    ("VFLIP", BOOLEAN, "Mirror top and bottom."),
    ("ZOOM", ZOOM, "Part of the sensor that is used."),
    ("CROP", ZOOM, "picamera's old name for `PICAMERA_ZOOM`."),
    ("VIDEO_STABILIZATION", BOOLEAN, "Steady the picture."),
    ("VIDEO_DENOISE", BOOLEAN, "Remove noise from video."),
    ("IMAGE_DENOISE", BOOLEAN, "Remove noise from stills."),
    ("STILL_STATS", BOOLEAN, "Measure exposure on the still."),
    ("LED", BOOLEAN, "The camera's LED."),
    ("ANNOTATE_TEXT", _ASCII, "Text drawn into the picture."),
    ("ANNOTATE_TEXT_SIZE", integer(6, 160), "Height of that text."),
    ("ANNOTATE_FRAME_NUM", BOOLEAN, "Draw the frame's number."),
    ("ANNOTATE_FOREGROUND", COLOUR, "Colour of that text."),
    ("ANNOTATE_BACKGROUND", or_none(COLOUR), "Colour behind that text."),
    ("COLORSPACE", choice("auto jfif bt601 bt709"), "Colour space (picamerax)."),
    ("ANALOG_GAIN", automatic(ratio(0, 64)), "Analogue gain, 0 automatic (picamerax)."),
    ("DIGITAL_GAIN", automatic(ratio(0, 64)), "Digital gain, 0 automatic (picamerax)."),
    (
        "ISP_BLOCKS",
        sequence(_BLOCK, (), "names with commas between, each " + _BLOCK.expects),
        "Stages of the image processor that run (picamerax).",
    ),
    ("PREVIEW_ALPHA", integer(0, 255), _PREVIEW),
    ("PREVIEW_LAYER", integer(0, 255), _PREVIEW),
    ("PREVIEW_FULLSCREEN", BOOLEAN, _PREVIEW),
    ("PREVIEW_WINDOW", sequence(integer(0), (4,), "(x,y,width,height)"), _PREVIEW),
    ("RAW_FORMAT", choice("yuv rgb rgba bgr bgra"), "Kept from old files; pictures are JPEG."),
)

TAG_EXAMPLE = PREFIX + "EXIF_TAGS__IFD0.Copyright"

SETTINGS = (
    *(Setting(PREFIX + name, kind, doc, SECTION) for name, kind, doc in _KINDS),
    Setting(
        PREFIX + "EXIF_TAGS__*",
        TEXT,
        "An EXIF tag of the picture: `PICAMERA_EXIF_TAGS__IFD0.Copyright=...`; groups IFD0, IFD1, EXIF, GPS.",
        SECTION,
    ),
)
