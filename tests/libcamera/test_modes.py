"""Which mode of a sensor is taken, by the modes that real sensors have."""

from __future__ import annotations

import pytest

from ss_camera.sources.libcamera_modes import Size, View, see_all

Modes = dict[Size, tuple[Size, float]]
"""Each with the part of the sensor that it sees, and its frames a second, as picamera2 tells of them."""

IMX219: Modes = {
    (640, 480): ((1280, 960), 103.33),
    (1640, 1232): ((3280, 2464), 41.85),
    (1920, 1080): ((1920, 1080), 47.57),
    (3280, 2464): ((3280, 2464), 21.19),
}
OV5647: Modes = {
    (640, 480): ((2560, 1920), 58.92),
    (1296, 972): ((2592, 1944), 46.34),
    (1920, 1080): ((1928, 1080), 32.81),
    (2592, 1944): ((2592, 1944), 15.63),
}
IMX708: Modes = {
    (1536, 864): ((3072, 1728), 120.13),
    (2304, 1296): ((4608, 2592), 56.03),
    (4608, 2592): ((4608, 2592), 14.35),
}


class Sensor:
    """Is in one mode; `tried` are those that were configured."""

    def __init__(self, modes: Modes, first: Size) -> None:
        self.modes, self.first, self.mode = modes, first, first
        self.tried: list[Size | None] = []

    def configure(self, mode: Size | None) -> None:
        self.tried.append(mode)
        self.mode = mode or self.first

    def view(self) -> View:
        seen, rate = self.modes[self.mode]
        return View(seen, max(seen for seen, _ in self.modes.values()), 1e6 / rate)


@pytest.mark.parametrize(
    ("modes", "first", "picture", "rate", "taken"),
    [
        (IMX219, (640, 480), (640, 480), 30, (1640, 1232)),
        (IMX219, (1920, 1080), (1280, 720), 30, (1640, 1232)),
        (OV5647, (1920, 1080), (1280, 720), 30, (1296, 972)),
        (IMX708, (1536, 864), (640, 480), 30, (2304, 1296)),
        # nothing else sees more in time, or it would be enlarged, or takes much memory
        (IMX219, (640, 480), (640, 480), 90, (640, 480)),
        (IMX219, (1920, 1080), (1920, 1080), 30, (1920, 1080)),
        (OV5647, (1920, 1080), (1920, 1080), 10, (1920, 1080)),
    ],
)
def test_the_whole_view_is_taken_where_the_rate_allows(
    modes: Modes, first: Size, picture: Size, rate: float, taken: Size
) -> None:
    """`first` is the mode that picamera2 takes by itself."""
    sensor = Sensor(modes, first)
    see_all(sensor.view, sensor.configure, modes, picture, 1e6 / rate)
    assert sensor.mode == taken


def test_a_mode_that_sees_all_stays_and_nothing_is_configured_anew() -> None:
    sensor = Sensor(OV5647, (640, 480))
    see_all(sensor.view, sensor.configure, OV5647, (640, 480), 33_333)
    assert sensor.tried == []
