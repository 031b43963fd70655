"""The table of settings against its page, the samples, SINETStream, and both Kafka clients."""

from __future__ import annotations

import io
import os
import time
from datetime import datetime
from pathlib import Path

import dotenv
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from scripts.make_settings_doc import PAGE, page
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import TABLE, export, load
from ss_camera.settings.model import RecordingWindow
from ss_camera.settings.table import find
from tests.settings.loading import in_file, loaded, told

ROOT = Path(__file__).parent.parent.parent


IN_WORDS = (
    *("the host name", "the source's own", "unset", "10 (a `file`: its own)"),
    *("always", "4, or higher where the picture needs it"),
)


HIGH_RATE = """\
PICAMERA_RESOLUTION=QVGA
PICAMERA_FRAMERATE=5
SS_BROKERS=kafka.example.org:9092
SS_TOPIC=sinetstream.image.camera
SS_CONSISTENCY=AT_LEAST_ONCE
"""


LOW_RATE = HIGH_RATE.replace("QVGA", "VGA").replace("PICAMERA_FRAMERATE=5", "SCHEDULE=10")


MOTION = """\
PICAMERA_RESOLUTION=VGA
PICAMERA_FRAMERATE=20
SCHEDULE=every minute
MOTION=on
MOTION_SENSITIVITY=10
CLIP_PREROLL=5
CLIP_POSTROLL=5
CLIP_BITRATE=5M
RECORDING_WINDOW=08-18
SS_BROKERS=kafka.example.org:9092
SS_TOPIC=sinetstream.image.camera
SS_CONSISTENCY=AT_LEAST_ONCE
"""


FOUR_K = """\
PICAMERA_RESOLUTION=4K
SCHEDULE=every minute
SS_BROKERS=kafka.example.org:9092
SS_TOPIC=sinetstream.image.camera
SS_CONSISTENCY=AT_LEAST_ONCE
SS_MAX_REQUEST_SIZE=8388620
"""


PICAMERA2 = """\
PICAMERA2_SIZE=QVGA
PICAMERA2_CONTROLS_FRAME_RATE=5
PICAMERA2_TRANSFORM_HFLIP=1
PICAMERA2_BUFFER_COUNT=2
PICAMERA2_CONTROLS_AF_MODE=Continuous
PICAMERA2_CONTROLS_AWB_MODE=Tungsten
SS_BROKERS=kafka1:9092,kafka2:9092
SS_TOPIC=sinetstream.image.camera
"""


def test_the_page_is_made_from_the_table() -> None:
    """After a change of the table: scripts/make_settings_doc.py."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_name_is_declared_once() -> None:
    """And bears a sentence and an expectation."""
    names = [setting.name for setting in TABLE]
    assert len(names) == len(set(names))
    assert all(setting.doc.endswith(".") and setting.kind.expects for setting in TABLE)


@pytest.mark.parametrize("setting", [s for s in TABLE if s.default], ids=lambda s: s.name)
def test_a_default_that_is_a_value_is_one_that_the_kind_takes(setting: object) -> None:
    """Others tell in words what happens: the host name, unset."""
    declared = find(getattr(setting, "name", ""))
    assert declared is not None
    if declared.default not in IN_WORDS:
        declared.kind.parse(declared.default)


@pytest.mark.parametrize(
    ("name", "content"),
    [("dot_env-high_rate-sample", HIGH_RATE), ("dot_env-low_rate-sample", LOW_RATE)],
)
def test_the_samples_hold_what_their_readme_shows_and_load(name: str, content: str) -> None:
    """A user who copies one has a program that starts."""
    path = ROOT / name
    assert dotenv.dotenv_values(path) == dotenv.dotenv_values(stream=io.StringIO(content))
    settings = load(path, environ={}, secrets_dirs=())
    route = settings.publish.routes[Family.STILL]
    assert route.common["brokers"] == ["kafka.example.org:9092"]
    assert route.topic == "sinetstream.image.camera"
    assert settings.warnings == ()
    assert (settings.schedule is None) == (settings.camera.framerate == 5.0)


def test_the_sample_with_motion_loads() -> None:
    """It is the example above, and sends clips and events to topics of their own."""
    path = ROOT / "dot_env-motion-sample"
    assert dotenv.dotenv_values(path) == dotenv.dotenv_values(stream=io.StringIO(MOTION))
    settings = load(path, environ={}, secrets_dirs=())
    assert settings.warnings == ()
    assert settings.clips is not None
    assert settings.clips.window == RecordingWindow(8 * 60, 18 * 60)
    topic = "sinetstream.image.camera"
    assert [settings.publish.routes[f].topic for f in Family] == [topic, f"{topic}.clip", f"{topic}.event"]


@pytest.mark.parametrize("content", [HIGH_RATE, LOW_RATE, FOUR_K, PICAMERA2], ids=["high", "low", "4k", "2"])
def test_the_examples_of_the_samples_readme_load(content: str, tmp_path: Path) -> None:
    """Old names and current ones, without a warning."""
    assert in_file(tmp_path, content).warnings == ()


@for_all(
    given=st.dictionaries(
        st.sampled_from([setting.name.replace("*", "X") for setting in TABLE]),
        st.one_of(
            st.text(st.characters(exclude_characters="\0"), max_size=30),
            st.sampled_from(
                ["~nobody-here/x", "/dev/zero", "(" * 50, "-", "0", "9" * 30, "[]", "{", "mqtt", "s3"]
            ),
        ),
        max_size=5,
    )
)
def test_no_value_of_any_setting_ends_in_a_traceback(given: dict[str, str]) -> None:
    """Either settings or lines for a person."""
    lines: list[str] = []
    try:
        load(None, environ={"HOME": "/nowhere", **given}, secrets_dirs=())
    except SettingsError as error:
        lines = told(error)
    assert all(line.isprintable() for line in lines)


def test_what_the_file_says_to_libraries_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the sample did; the environment itself goes before."""
    monkeypatch.setenv("NO_PROXY", "here")
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    export(in_file(tmp_path, "SS_BROKERS=h\nSS_TOPIC=t\nHTTPS_PROXY=http://p:1\nNO_PROXY=there\n"))
    try:
        assert os.environ["HTTPS_PROXY"] == "http://p:1"
        assert os.environ["NO_PROXY"] == "here"
    finally:
        os.environ.pop("HTTPS_PROXY", None)


def test_the_files_time_zone_is_the_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of schedules, recording windows and drawn text: a container has no other zone than UTC."""
    monkeypatch.setenv("TZ", "UTC")  # so that it is put back
    monkeypatch.delenv("TZ")
    try:
        export(in_file(tmp_path, "SS_BROKERS=h\nSS_TOPIC=t\nTZ=JST-9\n"))
        assert datetime.fromtimestamp(0).hour == 9
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("zone", "is_told"),
    [
        ("Asia/Tokio", True),
        ("Tokyo", True),
        ("/no/such/zone", True),
        ("Z" * 5000, True),
        ("JST-9", False),
        ("CET-1CEST,M3.5.0,M10.5.0/3", False),
        ("<+0330>-3:30", False),
        ("UTC", False),
        ("", False),
        ("ZONE", False),
    ],
)
def test_a_time_zone_that_is_none_is_told(tmp_path: Path, zone: str, is_told: bool) -> None:
    """Else a schedule would go by UTC without a word; in the environment as in the file."""
    (tmp_path / "zone").touch()
    text = zone.replace("ZONE", str(tmp_path / "zone"))
    warnings = in_file(tmp_path, f"SS_BROKERS=h\nSS_TOPIC=t\nTZ={text}\n").warnings
    assert warnings == loaded(TZ=text).warnings
    assert len(warnings) == is_told
    assert all(line.startswith(f'TZ: this machine knows no time zone "{zone}"') for line in warnings)
