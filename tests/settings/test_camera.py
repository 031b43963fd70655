"""Section E of what can be wrong: the camera's own settings and both families of Pi camera names."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.settings.declare import Bad
from ss_camera.settings.resolution import NAMES
from ss_camera.settings.resolution import parse as parse_resolution
from tests.settings.loading import loaded, problem, problems


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *[pytest.param(name, size, id=name) for name, size in NAMES.items()],
        pytest.param("vga", (640, 480), id="87"),
        pytest.param("640x480", (640, 480), id="86"),
        ("(640x480)", (640, 480)),
        ("640X480", (640, 480)),
        (" ( 640 x 480 ) ", (640, 480)),
        ("(640,480)", (640, 480)),
        ("640, 480", (640, 480)),
        ("32x10000", (32, 10000)),
    ],
)
@pytest.mark.parametrize("name", ["PICAMERA_RESOLUTION", "PICAMERA2_SIZE", "PICAMERA2_MAIN_SIZE"])
def test_a_size_is_a_name_or_two_numbers(name: str, text: str, size: tuple[int, int]) -> None:
    """The names of picamera and of the sample, in any case; the sample's and picamera's forms."""
    camera = loaded({name: text}).camera
    assert (camera.width, camera.height) == size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("640*480", "did you mean 640x480?", id="86"),
        pytest.param("640 480", "did you mean 640x480?", id="86-space"),
        pytest.param("(640x480", "did you mean 640x480?", id="86-bracket"),
        pytest.param("(0x0)", "expected both sides even and from 32 to 10000 pixels", id="88"),
        pytest.param("(640x-480)", "expected both sides even and from 32 to 10000 pixels", id="88-negative"),
        pytest.param("(99999x99999)", "from 32 to 10000 pixels", id="88-large"),
        pytest.param("641x480", "expected both sides even", id="88-odd"),
        pytest.param("12", "expected WIDTHxHEIGHT, or one of QVGA, VGA", id="89"),
        pytest.param("HDD", "did you mean HD?", id="89-name"),
        pytest.param("\u0663\u0662x\u0663\u0662", "is no picture size", id="89-digits"),
    ],
)
def test_what_is_no_size_is_told(text: str, expected: str) -> None:
    """With what is wrong with it, and how a size is written."""
    assert expected in problem(PICAMERA_RESOLUTION=text)


@given(st.text(max_size=30))
def test_any_text_is_either_a_size_or_told(text: str) -> None:
    """Nothing but `Bad` comes out of the parser, and a size is one that a camera can have."""
    try:
        width, height = parse_resolution(text)
    except Bad:
        return
    assert width % 2 == height % 2 == 0
    assert min(width, height) >= 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0", "is out of range; expected frames a second from 0.1 to 240", id="90"),
        pytest.param("0.0", "is out of range", id="90-float"),
        pytest.param("-5", "is out of range; expected frames a second from 0.1 to 240", id="91"),
        pytest.param("1e3", "is not a plain decimal number", id="91-exponent"),
        pytest.param("1000", "is out of range", id="91-large"),
        pytest.param("fast", '"fast" is not a plain decimal number', id="92"),
        pytest.param("nan", "is not a plain decimal number", id="92-nan"),
        pytest.param("inf", "is not a plain decimal number", id="92-inf"),
        pytest.param("\u0663", "is not a plain decimal number", id="92-digits"),
    ],
)
@pytest.mark.parametrize("name", ["PICAMERA_FRAMERATE", "PICAMERA2_CONTROLS_FRAME_RATE"])
def test_what_is_no_frame_rate_is_told(name: str, text: str, expected: str) -> None:
    """By either name, with the range."""
    assert expected in problem({name: text})


@pytest.mark.parametrize(("text", "rate"), [("5", 5.0), ("29.97", 29.97), ("0.1", 0.1), (" 120 ", 120.0)])
def test_a_frame_rate_is_a_decimal_number(text: str, rate: float) -> None:
    """Fractions too; a rate below one a second is a rate."""
    assert loaded(PICAMERA_FRAMERATE=text).camera.framerate == rate


def test_unset_the_frame_rate_is_the_sources_affair() -> None:
    """A file is played at its own rate; the timetable has a default for all else."""
    assert loaded().camera.framerate is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"PICAMERA2_TRANSFORM_ROTATE": "1"},
            "is no setting; expected one of PICAMERA2_TRANSFORM_HFLIP, PICAMERA2_TRANSFORM_VFLIP",
            id="94",
        ),
        pytest.param({"PICAMERA_ROTATION": "45"}, "expected one of 0, 90, 180, 270", id="95"),
        pytest.param(
            {"PICAMERA2_COLOUR_SPACE": "Rec7O9"},
            "one of Sycc, Smpte170m, Rec709, Srgb, Rec2020, Raw; did you mean Rec709?",
            id="96",
        ),
        pytest.param({"PICAMERA2_BUFFER_COUNT": "0"}, "a whole number from 1 to 16", id="97"),
        pytest.param({"PICAMERA2_BUFFER_COUNT": "many"}, "is not a whole number", id="97-word"),
        pytest.param({"PICAMERA_AWB_MODE": "daylight"}, "expected one of off, auto, sunlight", id="98"),
        pytest.param({"PICAMERA2_FORMAT": "JPEG"}, "expected one of BGR888, RGB888, XBGR8888", id="99"),
        pytest.param({"PICAMERA2_CONTROLS_EXPOSURE_TIME": "abc"}, "is not a whole number", id="101"),
        pytest.param(
            {"PICAMERA2_CONTROLS_EXPOSURE_TIME": "300000", "PICAMERA_FRAMERATE": "5"},
            "300000 is longer than a frame at 5 frames a second; expected at most 200000 microseconds",
            id="101-frame",
        ),
        pytest.param({"PICAMERA_BRIGHTNESS": "50.5"}, "is not a whole number", id="brightness"),
        pytest.param({"PICAMERA_ISO": "3200"}, "a whole number from 0 to 1600", id="iso"),
        pytest.param({"PICAMERA_ZOOM": "(0,0,1)"}, "has 3 values; expected (x,y,width,height)", id="zoom"),
        pytest.param({"PICAMERA_ZOOM": "(0,0,1,2)"}, '"2" is out of range', id="zoom-range"),
        pytest.param({"PICAMERA_ANNOTATE_TEXT": "h\u00fctte"}, "1 to 255 ASCII characters", id="ascii"),
        pytest.param({"PICAMERA_HFLIP": "ja"}, "is neither true nor false", id="boolean"),
        pytest.param({"PICAMERA2_CONTROLS_AWB_MODES": "Auto"}, "did you mean", id="control"),
        pytest.param({"PICAMERA_EXIF_TAGS__COPYRIGHT": "me"}, "names no EXIF tag", id="exif"),
        pytest.param(
            {"PICAMERA_EXIF_TAGS": "{'IFD0.Artist': 'me'}"},
            "is no setting; expected a line for each tag, as PICAMERA_EXIF_TAGS__IFD0.Copyright=...",
            id="exif dictionary",
        ),
        pytest.param(
            {"PICAMERA_EXIF_TAGS__IFD0.Artist": "me", "PICAMERA_EXIF_TAGS__IFD0.Copyright": "x" * 32_767},
            "PICAMERA_EXIF_TAGS__IFD0.Copyright (environment): brings the EXIF tags to 32769 bytes; expected",
            id="exif size",
        ),
        pytest.param(
            {"PICAMERA_FRAMERATE": "5", "PICAMERA_FRAMERATE_RANGE": "(1,5)"},
            "cannot be used together with PICAMERA_FRAMERATE",
            id="range",
        ),
        pytest.param({"PICAMERA_FRAMERATE": "1/0"}, "divides by 0; expected frames a second", id="rate-0"),
        pytest.param({"PICAMERA_FRAMERATE": "1/60"}, "is out of range", id="rate-slow"),
        pytest.param({"PICAMERA_FRAMERATE_RANGE": "(30,5)"}, "has the greater one first", id="range-order"),
        pytest.param({"PICAMERA_ZOOM": "(0,0,0,1)"}, "leaves nothing of the picture", id="zoom-empty"),
        pytest.param(
            {"PICAMERA_ANNOTATE_FOREGROUND": "reed"}, "is no colour; expected a colour name", id="colour"
        ),
        pytest.param(
            {"PICAMERA_IMAGE_EFFECT": "solarize", "PICAMERA_IMAGE_EFFECT_PARAMS": "(1,2)"},
            "has 2 values for PICAMERA_IMAGE_EFFECT=solarize; expected 1 or 4 or 5 of them",
            id="effect-params",
        ),
        pytest.param(
            {"PICAMERA_IMAGE_EFFECT": "negative", "PICAMERA_IMAGE_EFFECT_PARAMS": "1"},
            "has values, and PICAMERA_IMAGE_EFFECT=negative takes none",
            id="effect-without-params",
        ),
        pytest.param(
            {"PICAMERA_FRAMERATE_DELTA": "1", "PICAMERA_FRAMERATE_RANGE": "(1,5)"},
            "cannot be used together with PICAMERA_FRAMERATE_RANGE",
            id="delta-range",
        ),
        pytest.param(
            {"PICAMERA_FRAMERATE_DELTA": "-5", "PICAMERA_FRAMERATE": "5"},
            "makes the rate 0 frames a second; expected a rate from 0.1 to 240",
            id="delta",
        ),
        pytest.param(
            {"CAMERA": "picamera", "PICAMERA_FRAMERATE": "200"},
            "200 is faster than CAMERA=picamera can; expected at most 120 frames a second",
            id="legacy-rate",
        ),
        pytest.param(
            {"CAMERA": "picamera", "PICAMERA2_SIZE": "4608x2592"},
            "4608x2592 is larger than any sensor of CAMERA=picamera; expected at most 4056x3040",
            id="legacy-size",
        ),
        pytest.param(
            {"PICAMERA2_ISO": "100"},
            "is no setting; expected PICAMERA_ISO or PICAMERA2_CONTROLS_ANALOGUE_GAIN",
            id="iso-2",
        ),
        pytest.param(
            {"PICAMERA2_HFLIP": "1"}, "expected PICAMERA_HFLIP or PICAMERA2_TRANSFORM_HFLIP", id="hflip-2"
        ),
        pytest.param({"PICAMERA2_ROTATION": "90"}, "expected PICAMERA_ROTATION", id="rotation-2"),
        pytest.param(
            {"PICAMERA2_FRAMERATE": "5"},
            "expected PICAMERA_FRAMERATE or PICAMERA2_CONTROLS_FRAME_RATE",
            id="framerate-2",
        ),
        pytest.param({"PICAMERA_QUALITY": "90"}, "expected CAMERA_QUALITY", id="quality"),
        pytest.param({"CAPTURE_FORMAT": "png"}, '"png" is not available; expected jpeg', id="format"),
        pytest.param(
            {"CAMERA": "picamera3"}, "one of auto, picamera2, picamera, v4l2, rtsp, http, file", id="kind"
        ),
        pytest.param({"CAMERA": "rtsp"}, "CAMERA_URL (not set): CAMERA=rtsp needs it", id="no-url"),
        pytest.param({"CAMERA": "file"}, "expected the path of a video file", id="no-path"),
        pytest.param(
            {"CAMERA": "rtsp", "CAMERA_URL": "http://cam/"},
            "for CAMERA=rtsp rtsp://host[:port]/",
            id="scheme",
        ),
        pytest.param({"CAMERA": "http", "CAMERA_URL": "http://"}, "is not such a URL", id="no-host"),
        pytest.param({"CAMERA": "v4l2", "CAMERA_URL": "rtsp://cam/"}, "such as /dev/video0", id="device"),
        pytest.param({"CAMERA_ID": "my camera"}, "1 to 64 of the characters", id="name"),
        pytest.param({"CAMERA_ID": "x" * 65}, "1 to 64 of the characters", id="long-name"),
        pytest.param({"CAMERA_QUALITY": "0"}, "a whole number from 1 to 100", id="quality"),
        pytest.param({"CAMERA_QUALITY": "101"}, "a whole number from 1 to 100", id="quality-high"),
        pytest.param({"CAMERA_NUM": "9" * 5000}, "is too long for a number", id="digits"),
        pytest.param({"CAMERA_LOOP": "maybe"}, "is neither true nor false", id="loop"),
        pytest.param({"QUEUE_BYTES": "2TB"}, "is not a size in bytes", id="size"),
        pytest.param({"QUEUE_BYTES": "1K"}, "bytes from 64K to 64G, units K, M, G", id="small"),
        pytest.param({"SYNTHETIC_SEED": "1"}, "SYNTHETIC_SEED (environment): is no setting", id="reserved"),
    ],
)
def test_what_a_camera_setting_cannot_take_is_told(given: dict[str, str], expected: str) -> None:
    """One line, with the range or the words."""
    assert expected in problem(given)


@pytest.mark.parametrize(
    ("given", "expected", "warnings"),
    [
        pytest.param(
            {"PICAMERA2_MAIN_SIZE": "HD", "PICAMERA2_SIZE": "VGA", "PICAMERA_RESOLUTION": "QVGA"},
            (1280, 720),
            ["PICAMERA2_MAIN_SIZE goes before PICAMERA2_SIZE", "before PICAMERA_RESOLUTION"],
            id="size",
        ),
        pytest.param(
            {"PICAMERA2_SIZE": "VGA", "PICAMERA_RESOLUTION": "QVGA"},
            (640, 480),
            ["PICAMERA2_SIZE goes before PICAMERA_RESOLUTION"],
            id="size-2",
        ),
        pytest.param({"PICAMERA2_SIZE": "VGA", "PICAMERA_RESOLUTION": "640x480"}, (640, 480), [], id="same"),
    ],
)
def test_of_several_names_for_the_size_the_samples_order_decides(
    given: dict[str, str], expected: tuple[int, int], warnings: list[str]
) -> None:
    """MAIN_SIZE, SIZE, RESOLUTION; it is said only where they differ."""
    settings = loaded(given)
    assert (settings.camera.width, settings.camera.height) == expected
    assert len(settings.warnings) == len(warnings)
    assert all(part in line for part, line in zip(warnings, settings.warnings, strict=True))


def test_of_two_names_for_rate_and_number_it_is_said_which_goes_first() -> None:
    """The sample's current names go before its old ones, CAMERA_NUM before picamera's."""
    settings = loaded(
        PICAMERA2_CONTROLS_FRAME_RATE="4", PICAMERA_FRAMERATE="5", CAMERA_NUM="1", PICAMERA_CAMERA_NUM="2"
    )
    assert settings.camera.framerate == 4.0
    assert settings.camera.num == 1
    assert len(settings.warnings) == 2
    assert loaded(PICAMERA_CAMERA_NUM="2").camera.num == 2


def test_a_schedule_goes_before_a_frame_rate() -> None:
    """Which rules is said; the rate stays the sensor's."""
    settings = loaded(SCHEDULE="10", PICAMERA_FRAMERATE="5")
    assert settings.schedule is not None
    assert settings.camera.framerate == 5.0
    assert settings.warnings == (
        "SCHEDULE says when pictures are taken; PICAMERA_FRAMERATE only sets the sensor's rate",
    )


def test_a_shutter_slower_than_the_frame_is_left_to_the_camera() -> None:
    """One that cuts it says so; libcamera's stills may take longer than the rate says."""
    assert not loaded(PICAMERA_SHUTTER_SPEED="300000", PICAMERA_FRAMERATE="5").warnings


def test_unset_a_camera_bears_its_hosts_name() -> None:
    """In the characters that a camera's name may have."""
    name = loaded().camera.camera_id
    assert name
    assert len(name) <= 64
    assert (
        name
        == "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in os.uname().nodename)[
            :64
        ]
    )


def test_external_tools_of_the_sample_are_said_to_be_missing_once() -> None:
    """EXT_* does not stop a start."""
    warnings = loaded(EXT_SS_TOPIC="t", EXT_SS_BROKERS="h", EXT_ARG_X="1").warnings
    assert len(warnings) == 1
    assert "external tools are not available" in warnings[0]


@pytest.mark.parametrize(
    ("text", "count"), [("32M", 33554432), ("2 GB", 2 << 30), ("100k", 102400), ("70000", 70000)]
)
def test_sizes_have_units(text: str, count: int) -> None:
    """Powers of 1024, with or without B and in any case."""
    assert loaded(QUEUE_BYTES=text).publish.queue_bytes == count


def test_all_problems_are_told_together() -> None:
    """Nobody mends a file one start at a time."""
    lines = problems(
        CAMERA="x", SCHEDULE="y", PICAMERA_ISO="z", SS_TOPIC=None, SS_FOO="1", LOG_LEVEL="loud", CAMERA_XX="1"
    )
    assert len(lines) == 7
    assert len(set(lines)) == 7


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("auto", "ftp://u:geheim@h/x"),
        ("auto", "RTSP:u:geheim@h/x"),
        ("auto", "rtsp:/u:geheim@h/x"),
        ("auto", "u:ge/heim@h/x"),
        ("file", "http://u:geheim@h/x"),
    ],
)
def test_an_address_of_an_unknown_scheme_is_no_path(kind: str, url: str) -> None:
    """Told at the start and without its password; as a path it would be waited for."""
    line = problem(CAMERA=kind, CAMERA_URL=url)
    assert "begins with no known scheme; expected" in line
    assert "heim" not in line


@pytest.mark.parametrize("url", ["/a:b.mp4", "./a:b.mp4", "FILE:///a.mp4", "10:30.mp4"])
def test_a_path_may_hold_a_colon(url: str) -> None:
    """Only a beginning that looks like a scheme is refused."""
    assert loaded(CAMERA="file", CAMERA_URL=url).camera.url == url


def test_blanks_around_an_address_are_no_part_of_it() -> None:
    """What is checked is what is opened."""
    assert loaded(CAMERA="rtsp", CAMERA_URL=" rtsp://h/x ").camera.url == "rtsp://h/x"
