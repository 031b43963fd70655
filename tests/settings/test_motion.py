"""The settings of motion and of the drawn scene: what each takes, and the line that a wrong one gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import describe
from ss_camera.settings.model import ClipSettings, MotionMask, MotionSettings, SyntheticSettings
from tests.parts import need
from tests.settings.loading import loaded, problem, problems, told
from tests.settings.test_clips import S3

SCRIPTS = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=5)


def motion(**given: str) -> MotionSettings:
    made = loaded(MOTION="on", **given).motion
    assert made is not None
    return made


@pytest.mark.parametrize("text", [None, "off", "false", "0"])
def test_without_motion_there_are_stills_only(text: str | None) -> None:
    """No detector, no encoder, and one writer."""
    settings = loaded(MOTION=text)
    assert (settings.motion, settings.clips, settings.camera.video) == (None, None, None)
    assert set(settings.publish.routes) == {Family.STILL}


def test_with_motion_everything_has_a_default() -> None:
    """One line turns it on."""
    settings = loaded(MOTION="on")
    assert settings.motion == MotionSettings()
    assert settings.clips == ClipSettings(burst_bytes=24 * 1024**2), "three quarters of the queue"
    assert set(settings.publish.routes) == set(Family)
    assert settings.warnings == ()


def test_stills_may_be_left_out_where_there_is_something_else() -> None:
    """`STILLS=off` alone is an error that names both settings; a SCHEDULE beside it says nothing."""
    assert loaded().stills
    assert loaded(MOTION="on").stills
    assert not loaded(MOTION="on", STILLS="off").stills
    (warning,) = loaded(MOTION="on", STILLS="off", SCHEDULE="every minute").warnings
    assert "SCHEDULE" in warning
    assert "STILLS=off" in warning
    for given in ({}, {"MOTION": "off"}):
        line = problem(given, STILLS="off")
        assert "STILLS (environment)" in line
        assert "MOTION=on" in line
    assert '"maybe"' in problem(MOTION="on", STILLS="maybe")


def test_what_has_no_effect_is_told_once_unless_motion_is_off_on_purpose() -> None:
    """A forgotten MOTION=on is the likely reason; MOTION=off is none to complain."""
    given = {"MOTION_SENSITIVITY": "5", "CLIP_MAX": "60", "RECORDING_WINDOW": "08-18", "CLIP_SS_TOPIC": "c"}
    (warning,) = loaded(given).warnings
    assert warning == f"MOTION is not on, so these have no effect: {', '.join(given)}"
    assert loaded(given, MOTION="off").warnings == ()


@pytest.mark.parametrize(
    ("name", "field", "text", "value"),
    [
        ("MOTION_SENSITIVITY", "sensitivity", "0", 0),
        ("MOTION_SENSITIVITY", "sensitivity", "390625", 390_625),
        ("MOTION_VECTOR", "vector", "1", 1),
        ("MOTION_VECTOR", "vector", "181", 181),
        ("MOTION_THRESHOLD", "threshold", "255", 255),
        ("MOTION_FRAMES", "frames", "1", 1),
        ("MOTION_FRAMES", "frames", "30", 30),
        ("MOTION_GLOBAL", "global_share", "0.01", 0.01),
        ("MOTION_GLOBAL", "global_share", "1", 1.0),
    ],
)
def test_each_number_arrives(name: str, field: str, text: str, value: float) -> None:
    """Up to the ends of its range, 0 included."""
    assert getattr(motion(**{name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("MOTION", "maybe", "true/false/yes/no/on/off/1/0"),
        ("MOTION_SENSITIVITY", "-1", "macroblocks from 0 to 390625"),
        ("MOTION_SENSITIVITY", "10.5", "macroblocks from 0 to 390625"),
        ("MOTION_SENSITIVITY", "1000000", "macroblocks from 0 to 390625"),
        ("MOTION_VECTOR", "0", "the length of a vector from 1 to 181"),
        ("MOTION_VECTOR", "182", "the length of a vector from 1 to 181"),
        ("MOTION_THRESHOLD", "0", "levels of luma from 1 to 255"),
        ("MOTION_THRESHOLD", "256", "levels of luma from 1 to 255"),
        ("MOTION_FRAMES", "0", "frames from 1 to 30"),
        ("MOTION_FRAMES", "31", "frames from 1 to 30"),
        ("MOTION_GLOBAL", "0", "a share from 0.01 to 1"),
        ("MOTION_GLOBAL", "50", "a share from 0.01 to 1"),
        ("MOTION_GLOBAL", "50%", "a share from 0.01 to 1"),
        ("SYNTHETIC_MOTION_SIZE", "0", "a share from 0.01 to 1"),
        ("SYNTHETIC_MOTION_SIZE", "1.5", "a share from 0.01 to 1"),
    ],
)
def test_a_number_out_of_its_range_is_told_with_the_range(name: str, text: str, expected: str) -> None:
    """Also while MOTION is off."""
    line = problem({name: text}, MOTION=text if name == "MOTION" else "off")
    assert line.startswith(f'ss-camera: config: {name} (environment): "{text}" ')
    assert line.endswith(f"; expected {expected}")


def test_a_misspelt_name_is_refused() -> None:
    """With what was meant."""
    line = problem(MOTION_SENSITIVTY="10")
    assert line.endswith("is no setting; did you mean MOTION_SENSITIVITY?")


def test_a_mask_of_rectangles() -> None:
    """In shares of the picture."""
    mask = motion(MOTION_MASK="0,0,1,0.2; 0.5,0.5,0.25,0.5").mask
    assert mask == MotionMask(rectangles=((0, 0, 1, 0.2), (0.5, 0.5, 0.25, 0.5)))


def test_a_mask_of_a_png_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Black is not watched; `~` is the home, as in other paths."""
    need("PIL")
    from PIL import Image

    picture = Image.new("L", (2, 1), 255)
    picture.putpixel((0, 0), 0)
    picture.save(tmp_path / "mask.png")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert motion(MOTION_MASK="~/mask.png").mask == MotionMask((), b"\0\1", 2, 1)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("0,0,1", "has a rectangle of 3 numbers where four are expected"),
        ("0,0,2,1", "has a rectangle outside the picture"),
        ("0,0,1,1", "leaves nothing to watch"),
        ("nowhere.png", "is a file that does not exist"),
        ("nowhere.jpg", "has a rectangle of 1 numbers"),
    ],
)
def test_a_mask_that_is_none_is_told(text: str, wrong: str) -> None:
    """With both forms."""
    line = problem(MOTION="on", MOTION_MASK=text)
    assert line.startswith(f'ss-camera: config: MOTION_MASK (environment): "{text}" {wrong}')
    assert "or a PNG with black" in line


@for_all(SCRIPTS)
def test_a_script_is_read_as_it_is_written(steps: list[tuple[int, int]]) -> None:
    """Starts and durations in seconds, with tenths, in their order."""
    moves, now = [], 0
    for pause, duration in steps:
        moves.append(((now + pause) / 10, duration / 10))
        now += pause + duration
    text = ", ".join(f"{start_s}+{duration_s}" for start_s, duration_s in moves)
    synthetic = loaded(SYNTHETIC_MOTION=text).camera.synthetic
    assert synthetic.motion == tuple(moves)


def test_a_scene_without_a_script_is_the_demo_and_none_stands_still() -> None:
    """Two different things."""
    assert loaded().camera.synthetic == SyntheticSettings()
    assert loaded(SYNTHETIC_MOTION="None").camera.synthetic.motion == ()


def test_place_and_size_of_what_moves() -> None:
    """They belong to the script, and say so without one."""
    more = {"SYNTHETIC_MOTION_SIZE": "0.1", "SYNTHETIC_MOTION_PLACE": "0.25,0.75"}
    made = loaded(more, SYNTHETIC_MOTION="8+3,20+2").camera.synthetic
    assert made == SyntheticSettings(((8.0, 3.0), (20.0, 2.0)), 0.1, (0.25, 0.75))
    assert loaded(more).warnings == tuple(f"{n} has no effect without SYNTHETIC_MOTION" for n in more)


@pytest.mark.parametrize(
    ("text", "subject", "wrong"),
    [
        ("8", "8", "is not START+DURATION"),
        ("8+3,", "", "is not START+DURATION"),
        ("8+-3", "8+-3", "is not START+DURATION"),
        ("8+0", "8+0", "lasts no time, or ends after a day"),
        ("86399+2", "86399+2", "lasts no time, or ends after a day"),
        ("8+3,10+2", "10+2", "begins before the one in front of it ends"),
        ("20+2,8+3", "8+3", "begins before the one in front of it ends"),
    ],
)
def test_a_script_that_is_none_is_told(text: str, subject: str, wrong: str) -> None:
    """By the motion that is wrong."""
    line = problem(SYNTHETIC_MOTION=text)
    assert f'SYNTHETIC_MOTION (environment): "{subject}" {wrong}; expected START+DURATION' in line


@pytest.mark.parametrize("text", ["0.5", "0.5,0.6,0.7", "0.5,2", "left,top"])
def test_a_place_that_is_none_is_told(text: str) -> None:
    """Two shares, no more and no less."""
    line = problem(SYNTHETIC_MOTION="8+3", SYNTHETIC_MOTION_PLACE=text)
    assert line.endswith("; expected x,y: two shares from 0 to 1")


def test_all_that_is_wrong_is_told_at_once() -> None:
    """As everywhere."""
    lines = problems(MOTION="on", MOTION_FRAMES="0", CLIP_GOP="0", RECORDING_WINDOW="8", SS_TOPIC="a b")
    assert [line.split()[2] for line in lines] == [
        "MOTION_FRAMES",
        "CLIP_GOP",
        "RECORDING_WINDOW",
        "SS_TOPIC",
    ]


@for_all(st.text(st.characters(exclude_characters="\0"), max_size=20))
def test_no_text_of_a_mask_script_window_or_rate_ends_in_a_traceback(text: str) -> None:
    """Settings, or lines for a person."""
    try:
        loaded(MOTION="on", MOTION_MASK=text, SYNTHETIC_MOTION=text, RECORDING_WINDOW=text, CLIP_BITRATE=text)
        lines = []
    except SettingsError as error:
        lines = told(error)
    assert all(line.isprintable() for line in lines)


def test_check_tells_where_clips_go_and_what_they_take() -> None:
    """The topics, the largest part, and the arithmetic of the ring; nothing of it without motion."""
    lines = describe(loaded(MOTION="on", CLIP_BITRATE="8M", CLIP_PREROLL="9", EVENT_SS_TOPIC="told"))
    assert lines[-3] == (
        "motion: stills to kafka topic camera, clips to kafka topic camera.clip, events to kafka topic told"
    )
    assert lines[-2] == (
        "clips: parts of at most 262144 bytes; the seconds before the motion need 9.5 MiB: 8000000 bits a "
        "second x (9 + 1) s / 8; CLIP_MEMORY is 64.0 MiB, QUEUE_BYTES 32.0 MiB"
    )
    assert any(line.startswith("CLIP_POSTROLL") and "(default)" in line for line in lines)
    assert describe(loaded(MOTION="on", CLIP_BITRATE="17M", CLIP_PREROLL="20"))[-2].endswith(
        "QUEUE_BYTES 56.7 MiB"
    )
    assert "stills to" not in describe(loaded(MOTION="on", STILLS="off"))[-3]
    assert "one message a clip" in describe(loaded(S3, MOTION="on", CLIP_DELIVERY="whole", CLIP_MAX="30"))[-2]
    assert not [line for line in describe(loaded()) if line.startswith(("motion:", "clips:"))]
