"""Which source opens, what `auto` tries, and what is said on the way."""

from __future__ import annotations

import logging
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.clock import FakeClock, RealClock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings, Origin, Property
from ss_camera.settings.redaction import without_userinfo
from ss_camera.sources import SOURCES, open_source
from ss_camera.sources.urls import kind_of
from tests.camera.videos import make_video

SOURCES_FOLDER = Path(__file__).parent.parent.parent / "ss_camera" / "sources"
LIBRARIES = {
    "picamera2",
    "picamera",
    "picamerax",
    "libcamera",
    "av",
    "cv2",
    "v4l2",
    "linuxpy",
    "simplejpeg",
    "PIL",
}


def quiet(text: str) -> None:
    pass


@pytest.mark.skipif(find_spec("picamera2") is not None, reason="picamera2 is installed here")
def test_a_missing_library_of_a_pi_camera_is_named_with_its_package() -> None:
    """One sentence, with what to install; a named camera never becomes another."""
    with pytest.raises(
        CameraNotFound, match="picamera2 is not installed: sudo apt install python3-picamera2"
    ):
        open_source(CameraSettings("c", kind="picamera2"), RealClock(), quiet)


def test_a_kind_that_does_not_exist_is_named() -> None:
    """The settings refuse it first; the table does not trust that."""
    with pytest.raises(CameraNotFound, match="no camera of kind 'webcam'; expected auto, picamera2"):
        open_source(CameraSettings("c", kind="webcam"), FakeClock(), quiet)


def test_auto_says_each_step_and_never_draws() -> None:
    """Without any camera: the written order, then what to plug in or set."""
    if list(Path("/dev").glob("video*")):
        pytest.skip("this machine has a /dev/video*")
    said: list[str] = []
    with pytest.raises(CameraNotFound, match=r"plug in a USB camera, check the cable .*, set CAMERA_URL"):
        open_source(CameraSettings("c"), FakeClock(), said.append)
    steps = [line for line in said if line.startswith("CAMERA=auto: not ")]
    assert [step.removeprefix("CAMERA=auto: not ").split(":")[0] for step in steps] == [
        "picamera2",
        "picamera",
        "v4l2",
    ]


def test_auto_takes_the_camera_of_the_url(tmp_path: Path) -> None:
    """A person who gives a URL wants that camera and no other."""
    said: list[str] = []
    video = make_video(tmp_path / "v.avi", "mjpeg", frames=2)
    source = open_source(CameraSettings("c", url=str(video)), RealClock(), said.append)
    source.close()
    assert said[0] == "CAMERA=auto: CAMERA_URL is given, so it is CAMERA=file"
    with pytest.raises(CameraNotFound, match=r"gone\.avi is not there"):
        open_source(CameraSettings("c", url=str(tmp_path / "gone.avi")), RealClock(), said.append)


def test_a_property_that_has_no_effect_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    """It names the variable and where it was written; a camera that is opened again does not repeat it."""
    name = "PICAMERA_DRC_STRENGTH"
    given = {name: Property(name, "high", Origin(name, ".env:7"))}
    camera = CameraSettings("c", kind="synthetic", properties=MappingProxyType(given))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            open_source(camera, FakeClock(), quiet).close()
    assert [record.getMessage() for record in caplog.records] == [
        "PICAMERA_DRC_STRENGTH (.env:7) has no effect on CAMERA=synthetic"
    ]


def test_modules_are_imported_when_chosen() -> None:
    """A drawn camera starts without FFmpeg; looking at the table imports no library at all."""
    program = (
        "import sys; import ss_camera.sources as s; before = set(sys.modules) & {'av', 'PIL', 'numpy'}\n"
        "from ss_camera.clock import FakeClock; from ss_camera.settings.model import CameraSettings\n"
        "s.open_source(CameraSettings('c', kind='synthetic'), FakeClock(), print)\n"
        "print(before, 'av' in sys.modules, 'PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set() False True", done.stderr


def test_no_module_hides_a_library() -> None:
    """`import picamera2` finds the library, also for who runs a file of this folder."""
    assert not {path.stem for path in SOURCES_FOLDER.glob("*.py")} & LIBRARIES


def test_every_entry_has_its_class() -> None:
    """The table names what exists."""
    for place in SOURCES.values():
        module, _, name = place.partition(":")
        text = (SOURCES_FOLDER.parent.parent / (module.replace(".", "/") + ".py")).read_text()
        assert f"class {name}" in text or f"def {name}" in text


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/dev/video0", "v4l2"),
        ("/dev/v4l/by-id/usb-046d_HD-video-index0", "v4l2"),
        ("rtsp://h/x", "rtsp"),
        ("RTSPS://h/x", "rtsp"),
        ("http://h/x", "http"),
        ("https://h/x", "http"),
        ("video.mp4", "file"),
        ("/data/http.mp4", "file"),
        ("file:///data/v.mp4", "file"),
    ],
)
def test_the_kind_of_a_url(url: str, kind: str) -> None:
    """By its form alone; nothing is asked for it."""
    assert kind_of(url) == kind


SECRET = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4).map(
    lambda text: "#S" + text + "S#"
)


@pytest.mark.parametrize(
    "form",
    [
        "rtsp://user:{}@host:554/path",
        "rtsp://user:{}@host/path?channel=1",
        "http://host/video?user=a@b.example&pwd={}",
        "http://host/video?pwd={}",
        "http://{}@[::1]:80/",
    ],
)
@given(secret=SECRET)
def test_no_secret_is_in_the_public_form(form: str, secret: str) -> None:
    """Whatever is in the password, escaped or not, no part of it that is worth something is shown."""
    plain = form.replace("{}", " <redacted> ")  # a password may be a piece of what is shown anyway
    pieces = [secret[at : at + 4] for at in range(len(secret) - 3)]
    shown = without_userinfo(form.format(secret))
    assert not [piece for piece in pieces if piece in shown and piece not in plain]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://user:pw@host:554/path", "rtsp://<redacted>@host:554/path"),
        ("http://host/a.mjpg", "http://host/a.mjpg"),
        ("http://host/a?token=1", "http://host/a?<redacted>"),
        ("/data/a:b.mp4", "/data/a:b.mp4"),
    ],
)
def test_the_rest_of_a_url_stays_readable(url: str, shown: str) -> None:
    """A person finds his camera in the log."""
    assert without_userinfo(url) == shown
