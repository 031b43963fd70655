"""The drawn camera: readable, the same for the same moment, at the rate asked for."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ss_camera.clock import FakeClock
from ss_camera.errors import CameraError
from ss_camera.settings.model import CameraSettings
from ss_camera.sources.ball import ABSENT_S, CROSSING_S
from ss_camera.sources.glyphs import Glyphs
from ss_camera.sources.scene import Scene
from ss_camera.sources.synthetic import SyntheticSource

NOON_US = 1_700_000_000_123_000  # 2023-11-14 22:13:20.123 UTC


def source(clock: FakeClock, **settings: object) -> SyntheticSource:
    camera = CameraSettings("garden", kind="synthetic", **settings)  # type: ignore[arg-type]
    return SyntheticSource(camera, clock, lambda text: None)


def luma(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))


def read_line(pixels: NDArray[np.uint8], line: int, length: int) -> str:
    """What the band says, each cell read as the glyph that it is most alike."""
    glyphs = Glyphs(pixels.shape[1], pixels.shape[0])
    top, text = glyphs.margin + line * glyphs.cell_height, ""
    for index in range(length):
        left = glyphs.margin + index * glyphs.cell_width
        cell = pixels[top : top + glyphs.cell_height, left : left + glyphs.cell_width].astype(int)
        text += min(glyphs.cells, key=lambda each: int(abs(cell - glyphs.cells[each]).sum()))
    return text


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (1920, 1080), (3840, 2160)])
def test_time_frame_number_and_name_can_be_read_in_the_jpeg(size: tuple[int, int]) -> None:
    """A person before the page can tell which camera, which moment and which frame it is."""
    clock = FakeClock(NOON_US / 1e6)
    camera = source(clock, width=size[0], height=size[1], framerate=10.0)
    camera.still()
    clock.advance(5.0)
    still = camera.still()
    assert read_line(luma(still.data), 0, 24) == "2023-11-14 22:13:25.123Z"
    assert read_line(luma(still.data), 1, 15) == "00000050 garden"
    assert (still.width, still.height, still.captured_us) == (*size, NOON_US + 5_000_000)


def test_the_same_moment_gives_the_same_bytes() -> None:
    """A test that drives the clock knows every picture beforehand."""
    clocks = FakeClock(), FakeClock()
    cameras = [source(clock, framerate=7.0) for clock in clocks]
    for step in (0.0, 0.4, 3.3, 9.0):
        for clock in clocks:
            clock.advance(step)
        assert cameras[0].still() == cameras[1].still()


def test_asked_without_a_pause_it_keeps_its_frame_rate() -> None:
    """Its pictures are paced by the clock, as a camera's are by its sensor."""
    clock = FakeClock()
    camera = source(clock, framerate=10.0)
    began_s = clock.monotonic_s()
    times = [camera.still().captured_us for _ in range(31)]
    assert clock.monotonic_s() - began_s == pytest.approx(3.0)
    assert np.diff(times) == pytest.approx(100_000, abs=2)


def test_asked_at_its_own_rate_it_gives_every_number_at_once() -> None:
    """A gap in the numbers is a picture that was lost later in the flow, and nothing else."""
    clock = FakeClock()
    camera = source(clock, framerate=10.0)
    numbers = []
    for _ in range(30):
        before_s = clock.monotonic_s()
        numbers.append(int(read_line(luma(camera.still().data), 1, 8)))
        assert clock.monotonic_s() - before_s < 1e-6
        clock.advance(0.1)
    assert numbers == list(range(30))


def test_something_moves_in_and_out() -> None:
    """At first the ball is away; in its time it is seen and moves."""
    scene, empty = Scene(640, 480, "x"), None
    pictures = []
    for second in np.arange(0.0, CROSSING_S + ABSENT_S, 0.5):
        below = scene.draw(float(second), NOON_US, 0).y[120:].copy()
        if second < ABSENT_S:
            empty = below if empty is None else empty
            assert np.array_equal(below, empty), "nothing else may move"
        elif second > ABSENT_S + 0.5:
            pictures.append(below)
    assert empty is not None
    assert all(np.count_nonzero(each != empty) > 1000 for each in pictures)
    assert len({each.tobytes() for each in pictures}) == len(pictures)


def test_no_trail_is_left() -> None:
    """What was drawn before does not show: a picture depends on its moment alone."""
    used, fresh = Scene(321, 243, "x"), Scene(321, 243, "x")
    for second in np.arange(0.0, 30.0, 0.7):
        used.draw(float(second), NOON_US + int(second * 1e6), int(second))
    old, new = used.draw(7.0, NOON_US, 7), fresh.draw(7.0, NOON_US, 7)
    assert all(
        np.array_equal(a, b) for a, b in zip((old.y, old.u, old.v), (new.y, new.u, new.v), strict=True)
    )


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (16, 16), (33, 17), (1000, 20), (20, 1000), (641, 479)])
def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    """Odd and tiny sizes are exact too, through a whole round of the ball."""
    clock = FakeClock()
    camera = source(clock, width=size[0], height=size[1], framerate=1.0)
    for _ in range(13):
        assert Image.open(io.BytesIO(camera.still().data)).size == size


def test_a_closed_camera_says_so() -> None:
    """A still after `close`, or one that waits while it is closed, is an error and no picture."""
    camera = source(FakeClock())
    camera.close()
    with pytest.raises(CameraError, match="closed"):
        camera.still()


def test_a_name_outside_ascii_is_drawn_with_marks_in_its_place() -> None:
    """The glyphs are ASCII; a camera may be called anything."""
    assert Scene(64, 48, "庭").lines(0, 1)[1] == "00000001 ?"
