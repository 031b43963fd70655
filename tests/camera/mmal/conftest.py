"""The real picamera on the simulated firmware: loaded once for the tests of this folder, then forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.camera.mmal.firmware import Firmware
from tests.camera.mmal.libraries import loaded
from tests.parts import need


@pytest.fixture(scope="package")
def _loaded() -> Iterator[tuple[Any, Firmware]]:
    need("picamera")
    with loaded("picamera") as both:
        yield both


@pytest.fixture
def firmware(_loaded: tuple[Any, Firmware]) -> Iterator[Firmware]:
    """What stands behind `import picamera`; whatever fault a test asks for ends with it."""
    _, firmware = _loaded
    yield firmware
    firmware.faults.end()
    firmware.moving = True
    assert not firmware.cameras, "a test left a camera open"
