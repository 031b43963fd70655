"""The settings that every camera has: which one, its picture's size, rate and quality."""

from __future__ import annotations

from ss_camera.settings.declare import Kind, Setting
from ss_camera.settings.parsers import (
    BOOLEAN,
    choice,
    integer,
    matching,
    size,
)
from ss_camera.settings.picamera_forms import percent, rate, ratio
from ss_camera.settings.redaction import without_userinfo
from ss_camera.settings.resolution import RESOLUTION
from ss_camera.settings.timing import SCHEDULE

CAMERA, TIMING, OPERATION = "Camera", "When pictures are taken", "Operation"
KINDS = ("auto", "picamera2", "picamera", "v4l2", "rtsp", "http", "file", "synthetic")
SLOWEST, FASTEST = 0.1, 240.0
"""Frames a second. The fastest modes of Pi cameras reach 206."""

# a blank before an address would make it the path of a file
_ADDRESS = Kind("text", str.strip)

CAMERA_ID = matching(
    "[A-Za-z0-9._-]{1,64}", "1 to 64 of the characters A-Z a-z 0-9 . _ -", "is no camera name"
)

SETTINGS = (
    Setting(
        "CAMERA",
        choice(" ".join(KINDS)),
        "Which camera. `auto` looks for one in a written order and logs it; a named one never falls back.",
        CAMERA,
        "auto",
    ),
    Setting(
        "CAMERA_URL",
        _ADDRESS,
        "Address of an `rtsp` or `http` camera, path of a `file`, or device of `v4l2` (`/dev/video0`).",
        CAMERA,
        show=without_userinfo,
    ),
    Setting(
        "CAMERA_ID",
        CAMERA_ID,
        "Name of the camera in its messages; also the key that keeps its pictures in order.",
        CAMERA,
        "the host name",
    ),
    Setting("CAMERA_NUM", integer(0, 63), "Which camera of its kind, counted from 0.", CAMERA, "0"),
    Setting("PICAMERA_CAMERA_NUM", integer(0, 63), "The sample's name for `CAMERA_NUM`.", CAMERA),
    Setting("CAMERA_QUALITY", percent(1, 100), "JPEG quality.", CAMERA, "85"),
    Setting("CAPTURE_QUALITY", percent(1, 100), "The sample's name for `CAMERA_QUALITY`.", CAMERA),
    Setting("CAMERA_LOOP", BOOLEAN, "Play a `file` again and again.", CAMERA, "false"),
    Setting("PICAMERA_RESOLUTION", RESOLUTION, "Size of the picture.", CAMERA, "the source's own"),
    Setting("PICAMERA2_SIZE", RESOLUTION, "The same; goes before `PICAMERA_RESOLUTION`.", CAMERA),
    Setting("PICAMERA2_MAIN_SIZE", RESOLUTION, "The same; goes before `PICAMERA2_SIZE`.", CAMERA),
    Setting(
        "SCHEDULE",
        SCHEDULE,
        "When pictures are taken; unset, at the frame rate. Where both are set, this one decides.",
        TIMING,
        "unset",
    ),
    Setting(
        "PICAMERA_FRAMERATE",
        rate(SLOWEST, FASTEST),
        "Pictures a second where `SCHEDULE` is unset; the sensor's rate where it is set, and that of clips.",
        TIMING,
        "10 (a `file`: its own)",
    ),
    Setting(
        "PICAMERA2_CONTROLS_FRAME_RATE",
        ratio(SLOWEST, FASTEST, "frames a second"),
        "The same; goes before `PICAMERA_FRAMERATE`.",
        TIMING,
    ),
    Setting(
        "STILLS",
        BOOLEAN,
        "Publish pictures; `off`, with `MOTION=on`: only clips and events.",
        TIMING,
        "on",
    ),
    Setting(
        "KAFKA_CLIENT",
        choice("auto librdkafka kafka-python"),
        "Client for Kafka; `auto` takes librdkafka where it is installed.",
        OPERATION,
        "auto",
    ),
    Setting(
        "QUEUE_BYTES",
        size(64 * 1024, 64 * 1024**3),
        "How much may wait in memory for the broker; beyond it the oldest pictures are dropped and counted. "
        "With clips, unset, at least 4/3 of the seconds before the motion.",
        OPERATION,
        "32M",
    ),
    Setting(
        "LOG_LEVEL",
        choice("DEBUG INFO WARNING ERROR CRITICAL", aliases={"WARN": "WARNING", "FATAL": "CRITICAL"}),
        "The least serious line that is logged.",
        OPERATION,
        "INFO",
    ),
)
"""`LOG_FORMAT` stands in log_format.py."""
