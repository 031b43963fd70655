"""What software does to the pictures of a camera that knows no camera properties."""

from __future__ import annotations

from datetime import datetime

import pytest

from ss_camera.properties.clips import stills_only
from ss_camera.properties.edits import Annotation, Edits, text_at
from ss_camera.properties.effects import blur_radius, channels, curve
from ss_camera.properties.software import software_plan
from tests.properties.values import camera


def edits(**given: str) -> Edits:
    return software_plan(camera(given, "v4l2")).edits


def test_without_properties_there_is_nothing_to_do() -> None:
    """A picture that may stay as it is stays so."""
    assert not edits()
    assert not edits(PICAMERA_BRIGHTNESS="50", PICAMERA_ZOOM="(0,0,1,1)", PICAMERA_ROTATION="0")
    assert edits(PICAMERA_ROTATION="90")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"PICAMERA_ROTATION": "270"}, Edits(rotation=270)),
        ({"PICAMERA_HFLIP": "yes", "PICAMERA_ROTATION": "90"}, Edits(hflip=True, rotation=90)),
        # (x, y) to (y, x): upside down, then a quarter turn clockwise
        ({"PICAMERA2_TRANSFORM_TRANSPOSE": "1"}, Edits(vflip=True, rotation=90)),
        (
            {"PICAMERA2_TRANSFORM_TRANSPOSE": "1", "PICAMERA2_TRANSFORM_VFLIP": "1"},
            Edits(rotation=90),
        ),
        ({"PICAMERA_ZOOM": "(0.75,0,0.5,1)"}, Edits(zoom=(0.75, 0.0, 0.25, 1.0))),
        ({"PICAMERA2_CONTROLS_BRIGHTNESS": "-1"}, Edits(brightness=0)),
        ({"PICAMERA2_CONTROLS_SATURATION": "0"}, Edits(saturation=-100)),
        (
            {"PICAMERA_IMAGE_EFFECT": "solarize", "PICAMERA_IMAGE_EFFECT_PARAMS": "0"},
            Edits(effect="solarize", effect_params=(0.0,)),
        ),
        ({"CAPTURE_RESIZE": "QVGA"}, Edits(resize=(320, 240))),
        (
            {"PICAMERA_ANNOTATE_TEXT": "gate", "PICAMERA_ANNOTATE_BACKGROUND": "#f80"},
            Edits(annotation=Annotation("gate", background=(255, 136, 0))),
        ),
        (
            {"PICAMERA_ANNOTATE_FRAME_NUM": "1", "PICAMERA_ANNOTATE_TEXT_SIZE": "20"},
            Edits(annotation=Annotation(size=20, frame_number=True)),
        ),
    ],
)
def test_settings_become_edits(given: dict[str, str], expected: Edits) -> None:
    """In picamera's units, flips before the rotation."""
    assert edits(**given) == expected


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"PICAMERA_BRIGHTNESS": "60", "PICAMERA2_CONTROLS_BRIGHTNESS": "0.5"},
            "PICAMERA2_CONTROLS_BRIGHTNESS goes before PICAMERA_BRIGHTNESS (environment), which says "
            "something else and is not used",
        ),
        (
            {"PICAMERA_ROTATION": "90", "PICAMERA2_TRANSFORM_TRANSPOSE": "1"},
            "PICAMERA2_TRANSFORM_TRANSPOSE goes before PICAMERA_ROTATION (environment), which says "
            "something else and is not used",
        ),
        (
            {"PICAMERA2_CONTROLS_CONTRAST": "4"},
            "PICAMERA2_CONTROLS_CONTRAST (environment) is 4; 2 is the most here and is used",
        ),
        (
            {"PICAMERA_IMAGE_EFFECT": "oilpaint"},
            "PICAMERA_IMAGE_EFFECT (environment) is oilpaint, which CAMERA=v4l2 has no equal for, and is "
            "not used",
        ),
        (
            {"PICAMERA_ANNOTATE_TEXT_SIZE": "20"},
            "PICAMERA_ANNOTATE_TEXT_SIZE (environment) has an effect with PICAMERA_ANNOTATE_TEXT or "
            "PICAMERA_ANNOTATE_FRAME_NUM=true only and is not used",
        ),
        (
            {"PICAMERA2_CONTROLS_SCALER_CROP": "(0,0,64,48)"},
            "PICAMERA2_CONTROLS_SCALER_CROP (environment) has no effect on CAMERA=v4l2; PICAMERA_ZOOM has",
        ),
    ],
)
def test_what_is_not_done_is_one_sentence(given: dict[str, str], sentence: str) -> None:
    """It names the setting, says why, and where there is one what to use."""
    assert software_plan(camera(given, "v4l2")).warnings == (sentence,)


def test_two_names_that_say_the_same_are_no_warning() -> None:
    """An `.env` for both libraries is a good one."""
    given = {"PICAMERA_HFLIP": "1", "PICAMERA2_TRANSFORM_HFLIP": "true"}
    assert software_plan(camera(given, "v4l2")).warnings == ()


def test_exif_tags_keep_picameras_names() -> None:
    """They are written into each still."""
    plan = software_plan(camera({"PICAMERA_EXIF_TAGS__IFD0.Artist": "me"}, "v4l2"))
    assert plan.exif_tags == {"IFD0.Artist": "me"}


def test_edits_that_passed_on_video_does_not_have_are_named() -> None:
    """Once each, and not the rotation, which players see to."""
    given = {
        "PICAMERA_HFLIP": "1",
        "PICAMERA_VFLIP": "0",
        "PICAMERA_ROTATION": "90",
        "PICAMERA_CONTRAST": "5",
    }
    settings = camera(given, "rtsp")
    assert set(stills_only(settings, software_plan(settings).edits)) == {
        "PICAMERA_HFLIP (environment) is seen in stills and not in clips",
        "PICAMERA_CONTRAST (environment) is seen in stills and not in clips",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%H:%M:%S", "23:59:07"),
        ("gate %Y", "gate 2026"),
        ("100%", "100%"),
        ("%", "%"),
        ("x" * 300, "x" * 255),
    ],
)
def test_time_codes_are_the_moments(text: str, expected: str) -> None:
    """What is no code stays as it is."""
    assert text_at(text, datetime(2026, 2, 3, 23, 59, 7)) == expected


def test_effects_are_curves() -> None:
    """By the meanings of picamera's manual."""
    assert curve("negative") == bytes(range(255, -1, -1))
    solarized = curve("solarize") or b""
    assert (solarized[0], solarized[64], solarized[128], solarized[255]) == (0, 64, 128, 0)
    own = curve("solarize", (0.0, 100.0, 50.0, 200.0, 250.0)) or b""
    assert (own[0], own[99], own[100], own[255]) == (0, 50, 200, 250)
    assert sorted(set(curve("posterise") or b"")) == [0, 85, 170, 255]
    assert sorted(set(curve("posterise", (2.0,)) or b"")) == [0, 255]
    assert curve("blur") is None
    assert (channels(), channels((1.0,))) == ((2, 1, 0), (2, 0, 1))
    assert (blur_radius(), blur_radius((2.0,))) == (1, 2)
