"""Tests on libcamera's virtual cameras, which `make test-libcamera` runs: no others are taken up here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from ss_camera.clock import RealClock
from ss_camera.settings.model import CameraSettings, Origin, Property
from ss_camera.sources.libcamera_camera import Picamera2Source
from tests.libcamera.virtual import driver

if os.environ.get("SS_TEST_VIRTUAL_CAMERAS") == "1":
    driver.install()
else:  # these are no tests of an ordinary run: not even skipped ones
    collect_ignore_glob = ["test_*"]

Open = Callable[..., Picamera2Source]


@pytest.fixture
def said() -> list[str]:
    """What sources told the log."""
    return []


@pytest.fixture
def open_camera(said: list[str]) -> Iterator[Open]:
    """Opens a camera with these fields of `CameraSettings`, and `properties`; closes it at the test's end."""
    opened: list[Picamera2Source] = []

    def open_it(properties: dict[str, object] | None = None, **fields: object) -> Picamera2Source:
        given = {
            name: Property(name, value, Origin(name, "environment"))
            for name, value in (properties or {}).items()
        }
        fields = {"kind": "picamera2", "framerate": driver.FRAMERATE, **fields}
        camera = CameraSettings("cam", properties=given, **fields)  # type: ignore[arg-type]
        opened.append(Picamera2Source(camera, RealClock(), said.append))
        return opened[-1]

    yield open_it
    driver.frozen.clear()
    driver.stuck.clear()
    for source in opened:
        source.close()
