"""Stills of a real libcamera: their size, which way they lie, their colours, their time, their cost."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ss_camera import jpeg
from ss_camera.media import Still
from tests.libcamera.virtual import scenery
from tests.libcamera.virtual.conftest import Open

Picture = NDArray[np.int64]


def shown(still: Still) -> Picture:
    """Its pixels, (height, width, 3)."""
    image = Image.open(io.BytesIO(still.data))
    assert image.format == "JPEG"
    assert image.size == (still.width, still.height)
    return np.asarray(image.convert("RGB")).astype(int)


def is_colour(picture: Picture, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether the pixels around a place (x, y) have this colour, as far as video has colours."""
    x, y = at
    mean = picture[y - 8 : y + 8, x - 8 : x + 8].mean((0, 1))
    return bool(np.abs(mean - colour).max() < 45)


def test_a_still_shows_the_scene_in_its_colours(open_camera: Open) -> None:
    """Red above, blue at the bottom left, in the size asked for, taken now."""
    source = open_camera(width=640, height=480)
    still = source.still()
    picture = shown(still)
    assert (still.width, still.height) == (640, 480)
    assert is_colour(picture, scenery.SKY_AT, scenery.SKY)
    assert is_colour(picture, scenery.SHED_AT, scenery.SHED)
    assert abs(still.captured_us - time.time_ns() // 1000) < 5_000_000
    assert "camera 0 (Garden): 640x480 at 20 frames/s" in source.description


def test_a_rotation_of_90_degrees_gives_480x640(open_camera: Open) -> None:
    """Clockwise: what is above comes to the right, what is at the bottom left to the top left."""
    source = open_camera({"PICAMERA_ROTATION": 90}, width=640, height=480)
    still = source.still()
    picture = shown(still)
    assert (still.width, still.height) == (480, 640)
    assert is_colour(picture, (479 - scenery.SKY_AT[1], scenery.SKY_AT[0]), scenery.SKY)
    assert is_colour(picture, (479 - scenery.SHED_AT[1], scenery.SHED_AT[0]), scenery.SHED)
    assert source.warnings == ()


@pytest.mark.parametrize(
    ("name", "value", "at"),
    [
        ("PICAMERA_HFLIP", True, (639 - scenery.SHED_AT[0], scenery.SHED_AT[1])),
        ("PICAMERA_VFLIP", True, (scenery.SHED_AT[0], 479 - scenery.SHED_AT[1])),
        ("PICAMERA_ROTATION", 180, (639 - scenery.SHED_AT[0], 479 - scenery.SHED_AT[1])),
        ("PICAMERA2_TRANSFORM_HFLIP", True, (639 - scenery.SHED_AT[0], scenery.SHED_AT[1])),
    ],
)
def test_flips_are_done_where_the_camera_cannot(
    open_camera: Open, name: str, value: object, at: tuple[int, int]
) -> None:
    """The virtual camera turns nothing: what its configuration comes back without is done in software."""
    assert is_colour(shown(open_camera({name: value}, width=640, height=480).still()), at, scenery.SHED)


def test_a_size_that_the_camera_lacks_is_scaled_to(open_camera: Open, said: list[str]) -> None:
    """The log says so; nothing is cut off."""
    still = open_camera(width=480, height=360).still()
    picture = shown(still)
    assert (still.width, still.height) == (480, 360)
    assert is_colour(picture, (240, 20), scenery.SKY)
    assert is_colour(picture, (30, 285), scenery.SHED)
    assert any("scaled to the 480x360 asked for" in line for line in said), said


def test_pictures_of_a_large_sensor_are_kept_in_two_buffers(open_camera: Open) -> None:
    """Each takes 12 MB of the memory that a Pi sets aside for them."""
    source = open_camera(num=1, width=3840, height=2160)
    still = source.still()
    assert (still.width, still.height) == (3840, 2160)
    assert shown(still).shape == (2160, 3840, 3)
    assert source._device is not None
    assert source._device.picam2.camera_configuration()["buffer_count"] == 2


def test_text_is_drawn_into_stills_and_exif_tags_are_written(open_camera: Open) -> None:
    """Both are left to software."""
    texts = {"PICAMERA_ANNOTATE_TEXT": "gate %Y", "PICAMERA_EXIF_TAGS__IFD0.Copyright": "2026 Garden"}
    plain = shown(open_camera(width=640, height=480).still())
    still = open_camera(texts, num=1, width=640, height=480).still()
    assert b"2026 Garden" in (jpeg.exif(still.data) or b"")
    assert np.abs(shown(still)[:40] - plain[:40]).max() > 100


def test_controls_that_the_camera_lacks_are_one_sentence_each(open_camera: Open) -> None:
    """It opens all the same."""
    source = open_camera({"PICAMERA_ISO": 400, "PICAMERA_DRC_STRENGTH": "high"})
    assert len(source.warnings) == 2
    assert any("PICAMERA_ISO" in each and "AnalogueGain" in each for each in source.warnings)
    assert any("PICAMERA_DRC_STRENGTH" in each for each in source.warnings)
    assert source.still().width == 640


MEMORY = """
from pathlib import Path
from tests.libcamera.virtual import driver
driver.install()
driver.FRAMERATE = 500.0
from ss_camera.allocator import keep_freed_memory
from ss_camera.clock import RealClock
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.libcamera_camera import Picamera2Source

def resident_kib():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])

keep_freed_memory()
camera = CameraSettings("c", kind="picamera2", num=1, width=640, height=480)
source = Picamera2Source(camera, RealClock(), print)
for round in range(4):
    for _ in range(500):
        source.still()
    print("RSS", resident_kib())
source.close()
"""


def test_memory_is_flat_over_thousands_of_stills() -> None:
    """Each takes a buffer of the camera, which goes back to it. In a process of its own."""
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, timeout=100)
    sizes = [int(line.split()[1]) for line in ran.stdout.splitlines() if line.startswith("RSS")]
    print(f"KiB after 500 stills each: {sizes}")
    assert len(sizes) == 4, ran.stdout + ran.stderr
    assert sizes[-1] - sizes[0] < 1024
