"""Any camera settings in range, on the real picamera: none raises, and the library refuses none."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all

from ss_camera.sources.legacy_camera import PicameraSource
from tests.camera.clocks import HurriedClock
from tests.camera.mmal.firmware import Firmware
from tests.properties.values import PICAMERA, PICAMERA2, camera, texts

# rates of a frame in ten seconds would take their time here; test_properties.py has one
_RATES = {"PICAMERA_FRAMERATE_RANGE", "PICAMERA_FRAMERATE_DELTA", "PICAMERA2_CONTROLS_FRAME_DURATION_LIMITS"}
# longer than a frame, it is refused before any camera is opened
_EXPOSURE = {"PICAMERA2_CONTROLS_EXPOSURE_TIME"}
NAMES = {name: text for name, text in (PICAMERA | PICAMERA2).items() if name not in _RATES | _EXPOSURE}
VGA = {"PICAMERA_RESOLUTION": "VGA", "PICAMERA_FRAMERATE": "60"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(given=texts(NAMES))
def test_any_settings_give_a_still(firmware: Firmware, given: dict[str, str]) -> None:
    """Each value has the type and the range that the library's setter takes; only the LED may be refused."""
    clock = HurriedClock()
    clock.hurry(4)  # convergence takes a quarter of its time
    source = PicameraSource(camera(VGA | given, "picamera"), clock, lambda text: None)
    try:
        still = source.still()
    finally:
        source.close()
    refused = [line for line in source.warnings if "is refused" in line]
    assert all(line.startswith("PICAMERA_LED ") for line in refused)
    assert still.width * still.height > 0
    assert not firmware.cameras
