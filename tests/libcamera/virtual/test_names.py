"""The names of the newest libcamera, as our table of controls has them."""

from __future__ import annotations

from ss_camera.properties.enumerations import differences
from ss_camera.sources.libcamera_configuration import enumerations
from ss_camera.sources.libcamera_library import load_libcamera
from tests.libcamera.test_without_a_camera import REPORTED


def test_every_enumeration_is_as_our_table_has_it() -> None:
    """Read from the installed bindings: what differs would be set wrongly."""
    found = enumerations(load_libcamera().bindings)
    assert len(found) > 20
    assert differences({name: each.__members__ for name, each in found.items() if name not in REPORTED}) == ()
