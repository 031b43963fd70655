"""Real picamera2 and real libcamera on a machine without a camera: names, configuration, sentences."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ss_camera.properties.enumerations import differences
from tests.libcamera.conftest import RunCode
from tests.program import ROOT, Program

REPORTED = {"AeState", "AfState", "AfPauseState", "AwbState", "HdrChannel"}
"""Enumerations of what a camera tells, which no setting asks for."""

PLAN = """
import json
from ss_camera.properties.libcamera import libcamera_plan
from ss_camera.settings.model import CameraSettings, Origin, Property, VideoSettings
from ss_camera.sources.libcamera_configuration import controls_for
from ss_camera.sources.libcamera_library import load_libcamera
advertised = {
    "AfMode": (0, 2, 0), "AwbMode": (0, 7, 0), "AeMeteringMode": (0, 3, 0),
    "AnalogueGain": (1.0, 16.0, 1.0), "Brightness": (-1.0, 1.0, 0.0),
    "FrameDurationLimits": (17849, 220535845, 33333),
    "ScalerCrop": ((0, 0, 64, 64), (8, 4, 4608, 2592), (0, 0, 0, 0)),
}
given = {
    "PICAMERA_METER_MODE": "spot", "PICAMERA_AWB_MODE": "cloudy", "PICAMERA_ISO": 400,
    "PICAMERA_BRIGHTNESS": 60, "PICAMERA_ZOOM": (0.25, 0.5, 0.5, 0.5),
}
properties = {name: Property(name, value, Origin(name, "here")) for name, value in given.items()}
camera = CameraSettings("c", framerate=25.0, video=VideoSettings(), properties=properties)
plan = libcamera_plan(camera, advertised)
controls = controls_for(plan, camera, advertised, load_libcamera().bindings, 2)
print(json.dumps([controls, plan.warnings]))
"""


def test_no_camera_is_a_sentence_and_leaves_nothing_open(run_code: RunCode) -> None:
    """It is tried again once a minute, for months."""
    said = run_code(
        """
import os
from ss_camera.clock import RealClock
from ss_camera.errors import CameraNotFound
from ss_camera.settings.model import CameraSettings
from ss_camera.sources import open_source
counts = []
for _ in range(30):
    try:
        open_source(CameraSettings("c", kind="picamera2"), RealClock(), print)
    except CameraNotFound as error:
        counts.append(len(os.listdir("/proc/self/fd")))
print(counts[0] >= counts[-1], len(counts))
try:
    open_source(CameraSettings("c", kind="picamera2"), RealClock(), print)
except CameraNotFound as error:
    print(error)
"""
    )
    assert "True 30" in said
    assert "libcamera found no camera: see that the cable is in at both ends" in said
    assert "rpicam-hello --list-cameras" in said


def test_auto_goes_on_to_the_next_kind(bindings_environment: Mapping[str, str], tmp_path: Path) -> None:
    """The whole program; what it tried and why not is in its log."""
    settings = {**bindings_environment, "SS_BROKERS": "127.0.0.1:9", "SS_TOPIC": "t", "CAMERA": "auto"}
    command = [sys.executable, "-m", "tests.libcamera.substitutes", str(ROOT / "ss-camera.py")]
    with Program(command, cwd=tmp_path, settings=settings) as camera:
        camera.wait_for("CAMERA=auto: not picamera2: libcamera found no camera")
        camera.wait_for("CAMERA=auto: not picamera: ")
        camera.stop()
        camera.ended(15.0)
        assert "Traceback" not in camera.text


def test_every_enumeration_is_as_our_table_has_it(run_code: RunCode) -> None:
    """Read from the installed bindings: what differs would be set wrongly."""
    said = run_code(
        """
import json
from ss_camera.sources.libcamera_configuration import enumerations
from ss_camera.sources.libcamera_library import load_libcamera
found = enumerations(load_libcamera().bindings)
print(json.dumps({name: list(each.__members__) for name, each in found.items()}))
"""
    )
    found = {name: members for name, members in json.loads(said).items() if name not in REPORTED}
    assert len(found) > 15
    assert differences(found) == ()


def test_a_plan_becomes_what_libcamera_takes(run_code: RunCode) -> None:
    """Words are the bindings' numbers, the zoom is 4:3 in pixels of the sensor, focus follows the scene."""
    controls, warnings = json.loads(run_code(PLAN))
    assert warnings == []
    assert controls == {
        "AeMeteringMode": 1,
        "AwbMode": 6,
        "AnalogueGain": 4.0,
        "Brightness": 0.2,
        "FrameDurationLimits": [40000, 40000],
        "AfMode": 2,
        "ScalerCrop": [8 + 576 + 864, 4 + 1296, 1728, 1296],
    }


def test_colour_spaces_and_flips_are_known_to_the_bindings(run_code: RunCode) -> None:
    """By the names that the settings take."""
    said = run_code(
        """
from ss_camera.sources.libcamera_library import load_libcamera
from ss_camera.sources.libcamera_picture import StreamForm
bindings = load_libcamera().bindings
for name in "Sycc Smpte170m Rec709 Srgb Rec2020 Raw".split():
    space = getattr(bindings.ColorSpace, name)()
    form = StreamForm.of({"format": "YUV420", "size": (640, 480), "stride": 640}, space)
    print(name, form.matrix, form.full)
flipped = bindings.Transform(hflip=True, vflip=False)
print(bool(flipped.hflip), bool(flipped.vflip))
"""
    )
    assert said.splitlines()[:3] == ["Sycc 601 True", "Smpte170m 601 False", "Rec709 709 False"]
    assert "Rec2020 2020 False" in said
    assert said.splitlines()[-1] == "True False"


def test_a_binary_mismatch_is_explained_by_check(
    bindings_environment: Mapping[str, str], tmp_path: Path
) -> None:
    """As of a system's simplejpeg in an environment with another NumPy: a sentence, and no traceback."""
    fault = "numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88"
    (tmp_path / "simplejpeg.py").write_text(f"raise ValueError({fault!r})\n")
    settings = {
        **bindings_environment,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{bindings_environment['PYTHONPATH']}",
        "CAMERA": "picamera2",
        "SS_BROKERS": "127.0.0.1:9",
        "SS_TOPIC": "t",
    }
    command = [sys.executable, "-m", "tests.libcamera.substitutes", str(ROOT / "ss-camera.py"), "check"]
    with Program(command, cwd=tmp_path, settings=settings) as check:
        assert check.ended(30.0) == 0
        assert "does not fit the NumPy of this environment (numpy.dtype size changed" in check.text
        assert "pip install --force-reinstall simplejpeg" in check.text
        assert "Traceback" not in check.text


def test_the_chips_encoder_is_given_what_the_settings_say(run_code: RunCode) -> None:
    """Up to where its device is opened, which is not here: bitrate, profile, GOP, headers, and the level."""
    said = run_code(
        """
import videodev2 as v4l2
from ss_camera.clock import RealClock
from ss_camera.settings.model import VideoSettings
from ss_camera.sources.libcamera_encoder import hardware_encoder
from ss_camera.sources.libcamera_feed import LibcameraFeed
from ss_camera.sources.libcamera_library import load_libcamera
feed = LibcameraFeed(RealClock(), print, None)
video = VideoSettings(bitrate=2_000_000, profile="main", level="3.1", gop_s=2.0)
encoder = hardware_encoder(load_libcamera(), feed, video, 25.0)
encoder.size, encoder.format, encoder.stride = (640, 480), "YUV420", 640
try:
    encoder.start()
except FileNotFoundError as error:
    print(error.filename)
controls = dict(encoder._controls)
print(encoder.bitrate, controls[v4l2.V4L2_CID_MPEG_VIDEO_H264_I_PERIOD])
print(controls[v4l2.V4L2_CID_MPEG_VIDEO_H264_PROFILE] == v4l2.V4L2_MPEG_VIDEO_H264_PROFILE_MAIN)
print(controls[v4l2.V4L2_CID_MPEG_VIDEO_H264_LEVEL] == v4l2.V4L2_MPEG_VIDEO_H264_LEVEL_3_1)
print(controls[v4l2.V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER])
"""
    )
    assert said.split() == ["/dev/video11", "2000000", "50", "True", "True", "1"]
