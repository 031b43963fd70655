"""The maintained fork in place of picamera, on the same firmware."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.libraries import loaded
from tests.camera.mmal.opening import VIDEO, opened, picture
from tests.camera.watching import decode, watch
from tests.parts import need

ENOUGH_S = 20.0


@pytest.fixture
def picamerax() -> Iterator[Firmware]:
    """picamera is hidden meanwhile."""
    need("picamerax")
    with loaded("picamerax") as (_, firmware):
        yield firmware


def test_picamerax_is_taken_where_picamera_is_not_installed(picamerax: Firmware) -> None:
    """Stills, packets, vectors, and the properties that it alone has."""
    asked = {"PICAMERA_ANALOG_GAIN": "2", "PICAMERA_AWB_MODE": "greyworld", "PICAMERA_ROTATION": "90"}
    text = {"PICAMERA_ANNOTATE_TEXT": "x", "PICAMERA_ANNOTATE_BACKGROUND": "blue"}
    with opened(VIDEO | asked | text) as source:
        assert type(source.device).__mro__[1].__module__ == "picamerax.camera"
        assert source.warnings == ()
        assert source.device.awb_mode == "greyworld"
        assert source.device.analog_gain == 2
        watched = watch(source, 40)
        still = source.still()
        assert watched.enough.wait(ENOUGH_S)
        source.stop_video()
    assert picture(still).size == (480, 640)
    assert len(decode(watched.packets)) == len(watched.packets)
    assert watched.keys[:2] == [0, 30]
    assert len(watched.samples) >= 39
    assert not picamerax.cameras
