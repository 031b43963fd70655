"""Each edit changes a drawn picture as its words say, and nothing else of it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from av import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ss_camera.properties.edits import Annotation, Edits
from ss_camera.properties.effects import EFFECTS
from ss_camera.sources.frames import FrameEditor
from ss_camera.sources.luma import LumaScaler
from ss_camera.sources.picture import StillEncoder

Pixels = NDArray[np.uint8]
WALL_US = 1_700_000_000_250_000
RED, GREEN, BLUE, GRAY = (200, 40, 40), (40, 190, 60), (50, 60, 210), (120, 120, 120)


def quarters(width: int = 96, height: int = 64) -> Pixels:
    """Red and green above blue and gray: no two ways of turning it look alike."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, GRAY
    return pixels


def still(edits: Edits, pixels: Pixels, size: tuple[int, int] = (0, 0), form: str = "yuv420p") -> Pixels:
    """The pixels of a still of a camera's frame."""
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24").reformat(format=form)
    data, *reported = StillEncoder(*size, 95, edits).encode(frame, WALL_US)
    image = Image.open(io.BytesIO(data))
    assert list(image.size) == reported
    return np.asarray(image.convert("RGB"))


def middles(pixels: Pixels) -> NDArray[np.int16]:
    """The colours in the middles of the four quarters."""
    height, width = pixels.shape[:2]
    rows, columns = np.array([height // 4, height * 3 // 4]), np.array([width // 4, width * 3 // 4])
    return pixels[rows][:, columns].astype(np.int16)


def alike(got: Pixels, expected: Pixels, within: int = 6) -> bool:
    return got.shape == expected.shape and bool((abs(middles(got) - middles(expected)) <= within).all())


@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "yuvj422p", "yuyv422", "nv12", "rgb24"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True), (True, True)])
def test_flips_and_rotation(form: str, rotation: int, flips: tuple[bool, bool]) -> None:
    """All sixteen, of all forms that cameras give: first the flips, then clockwise."""
    edits = Edits(hflip=flips[0], vflip=flips[1], rotation=rotation)
    expected = quarters()
    if flips[0]:
        expected = expected[:, ::-1]
    if flips[1]:
        expected = expected[::-1]
    expected = np.rot90(expected, -rotation // 90)
    assert alike(still(edits, quarters(), form=form), expected)


@pytest.mark.parametrize("rotation", [90, 270])
def test_a_turned_vga_is_480x640(rotation: int) -> None:
    """The size that is asked for is that of the sensor, as with picamera."""
    assert still(Edits(rotation=rotation), quarters(), (640, 480)).shape == (640, 480, 3)


def test_resize_is_the_size_of_the_still_whatever_is_turned() -> None:
    """It is the last word on a still's size; video knows nothing of it."""
    edits = Edits(rotation=90, resize=(50, 70))
    assert alike(still(edits, quarters(), (640, 480)), np.rot90(quarters(70, 50), -1))
    assert FrameEditor.of_video(Edits(resize=(50, 70)), None) is None


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_zoom_shows_its_part_at_full_size(corner: tuple[int, int]) -> None:
    """A quarter of the picture becomes all of it."""
    row, column = corner
    edits = Edits(zoom=(column / 2, row / 2, 0.5, 0.5))
    got = still(edits, quarters())
    assert got.shape == quarters().shape
    assert abs(middles(got) - middles(quarters())[row, column]).max() <= 6


def test_zoom_beyond_the_edge_and_of_nothing() -> None:
    """What lies outside is left out; a part without a size is one pixel."""
    assert abs(middles(still(Edits(zoom=(0.5, 0.5, 1, 1)), quarters())) - np.array(GRAY)).max() <= 6
    assert abs(middles(still(Edits(zoom=(1, 1, 0, 0)), quarters())) - np.array(GRAY)).max() <= 6


def flat(colour: tuple[int, int, int]) -> Pixels:
    return np.full((32, 48, 3), colour, np.uint8)


def colour_of(edits: Edits, colour: tuple[int, int, int]) -> list[int]:
    return [int(value) for value in still(edits, flat(colour))[16, 24]]


@pytest.mark.parametrize(
    ("edits", "before", "after"),
    [
        (Edits(brightness=60), GRAY, (171, 171, 171)),
        (Edits(brightness=0), (250, 250, 250), (0, 0, 0)),
        (Edits(brightness=100), (5, 5, 5), (255, 255, 255)),
        (Edits(contrast=50), (120, 100, 80), (116, 86, 56)),
        (Edits(contrast=-100), (120, 80, 50), (128, 128, 128)),
        (Edits(brightness=70, contrast=100), GRAY, (255, 255, 255)),
        (Edits(saturation=-100), (120, 80, 50), (89, 89, 89)),
        (Edits(saturation=100), (120, 100, 90), (135, 95, 75)),
        (Edits(colour=(128, 128)), (120, 80, 50), (89, 89, 89)),
    ],
)
def test_tone_and_colour(edits: Edits, before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    """By the formulas of `Edits`, which a camera applies to red, green and blue."""
    got = colour_of(edits, before)
    assert np.abs(np.array(got) - after).max() <= 5, got


def test_brightness_is_of_luma() -> None:
    """Of coloured pixels: what is added is added to luma, and the colour stays."""
    before, after = (120, 80, 50), colour_of(Edits(brightness=60), (120, 80, 50))
    assert [now - then for now, then in zip(after, before, strict=True)] == pytest.approx([51] * 3, abs=4)


def test_a_colour_effect_tints_what_has_no_colour() -> None:
    """picamera's (u, v) for every pixel, of a gray camera too."""
    red, _, blue = colour_of(Edits(colour=(100, 150)), GRAY)
    assert red > 140 > 80 > blue
    frame = VideoFrame.from_ndarray(np.full((32, 48), 120, np.uint8), "gray")
    data, *_ = StillEncoder(None, None, 95, Edits(colour=(100, 150))).encode(frame, 0)
    assert np.abs(np.asarray(Image.open(io.BytesIO(data)))[16, 24].astype(int) - (red, 120, blue)).max() < 20


def test_gray_stays_gray_when_it_is_turned() -> None:
    """An infrared camera's still has one component."""
    frame = VideoFrame.from_ndarray(np.tile(np.arange(48, dtype=np.uint8) * 4, (32, 1)), "gray")
    data, width, height = StillEncoder(None, None, 95, Edits(rotation=90)).encode(frame, 0)
    image = Image.open(io.BytesIO(data))
    assert (image.mode, image.size) == ("L", (width, height)) == ("L", (32, 48))
    assert np.asarray(image)[:, 0] == pytest.approx(np.arange(48) * 4, abs=4)


def test_sharpness_steepens_edges_and_blunts_them() -> None:
    """What is flat stays as it is."""
    pixels = flat(GRAY)
    pixels[:, 24:] = 180
    spans = [np.ptp(still(Edits(sharpness=at), pixels)[16, 20:28, 1].astype(int)) for at in (-100, 0, 100)]
    assert spans[0] < spans[2] - 10
    assert spans[1] == pytest.approx(60, abs=6)
    assert still(Edits(sharpness=100), pixels)[16, 4, 1] == pytest.approx(120, abs=4)


@pytest.mark.parametrize(
    ("effect", "params", "expected"),
    [
        ("negative", (), (55, 215, 215)),
        ("posterise", (2,), (255, 0, 0)),
        ("colorswap", (), (40, 40, 200)),
        ("colorswap", (1,), (40, 200, 40)),
        ("solarize", (), (55, 40, 40)),
        ("blur", (2,), RED),
        ("none", (), RED),
    ],
)
def test_effects(effect: str, params: tuple[float, ...], expected: tuple[int, int, int]) -> None:
    """Each by its curve of red, green and blue."""
    got = colour_of(Edits(effect=effect, effect_params=params, hflip=True), RED)
    assert np.abs(np.array(got) - expected).max() <= 12, got


def test_all_frames_of_full_and_limited_range_become_the_same_still() -> None:
    """Black stays black and white white, whatever range a camera sends."""
    ramp = np.repeat(np.linspace(0, 255, 12).astype(np.uint8), 8)
    pixels = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (64, 96, 3)))
    for form in ("yuv420p", "yuvj420p", "rgb24"):
        got = still(Edits(hflip=True), pixels, form=form)[32, :, 1].astype(int)
        assert np.abs(got[4::8] - pixels[32, ::-1, 1][4::8]).max() <= 3, form


def test_hd_colours_that_name_no_matrix() -> None:
    """BT.709 from 720 lines on, as without edits."""
    pixels = np.full((720, 1280, 3), RED, np.uint8)
    frame = VideoFrame.from_ndarray(pixels, "rgb24").reformat(
        format="yuv420p", dst_colorspace=1, dst_color_range=1
    )
    frame.colorspace = 2
    data, *_ = StillEncoder(None, None, 95, Edits(hflip=True)).encode(frame, 0)
    got = np.asarray(Image.open(io.BytesIO(data)))[360, 640]
    assert np.abs(got.astype(int) - RED).max() <= 8


CLOCK = Annotation("%Y-%m-%d %H:%M:%S", size=16)


def test_edits_leave_the_decoders_frame_alone() -> None:
    """The next frame is made of it."""
    frame = VideoFrame.from_ndarray(quarters(), "rgb24").reformat(format="yuvj420p")
    before = frame.to_ndarray().copy()
    edits = Edits(annotation=CLOCK, contrast=20)
    StillEncoder(None, None, 90, edits).encode(frame, WALL_US)
    assert np.array_equal(frame.to_ndarray(), before)


@pytest.mark.parametrize("zoom", [None, (0.5, 0.0, 0.5, 1.0)])
def test_samples_for_motion_lie_as_stills_do(zoom: tuple[float, float, float, float] | None) -> None:
    """A mask is drawn over a still; tones and text stay out of them."""
    edits = Edits(zoom=zoom, vflip=True, rotation=90)
    pixels = quarters(640, 480)
    shown = still(edits, pixels)
    frame = VideoFrame.from_ndarray(pixels, "rgb24").reformat(format="yuv420p")
    drawn = replace(edits, contrast=-100, annotation=CLOCK)
    luma = LumaScaler(drawn).luma(frame)
    assert luma.shape == ((320, 240) if zoom is None else (320, 480))
    height, width = luma.shape
    got = luma[np.ix_((height // 4, height * 3 // 4), (width // 4, width * 3 // 4))]
    assert np.abs(got.astype(int) - middles(shown) @ (0.299, 0.587, 0.114)).max() < 20


def test_a_frame_for_video_has_the_edits() -> None:
    """Of even size, full range."""
    editor = FrameEditor.of_video(Edits(rotation=90), (97, 65))
    assert editor is not None
    frame = editor.frame(VideoFrame.from_ndarray(quarters(), "rgb24"), WALL_US)
    assert (frame.width, frame.height, frame.format.name) == (64, 96, "yuvj420p")
    assert alike(frame.to_ndarray(format="rgb24"), np.rot90(quarters(96, 64), -1), within=8)


def test_nothing_to_edit_leaves_a_jpeg_of_the_right_size_alone() -> None:
    """Only then is a camera's own JPEG passed on."""
    assert StillEncoder(None, None, 85).wants(640, 480)
    assert not StillEncoder(None, None, 85, Edits(hflip=True)).wants(640, 480)
    assert StillEncoder(640, 480, 85, Edits(hflip=True)).fits(640, 480)


ANNOTATIONS = st.builds(
    Annotation,
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40) | st.just("%c\n%f"),
    st.integers(6, 160),
    st.tuples(*[st.integers(0, 255)] * 3),
    st.none() | st.tuples(*[st.integers(0, 255)] * 3),
    st.booleans(),
)
SHARES = st.floats(0, 1)
EDITS = st.builds(
    Edits,
    zoom=st.none() | st.tuples(SHARES, SHARES, SHARES, SHARES),
    hflip=st.booleans(),
    vflip=st.booleans(),
    rotation=st.sampled_from([0, 90, 180, 270]),
    resize=st.none() | st.tuples(st.integers(1, 90), st.integers(1, 90)),
    brightness=st.integers(0, 100),
    contrast=st.integers(-100, 100),
    saturation=st.integers(-100, 100),
    sharpness=st.integers(-100, 100),
    effect=st.sampled_from(["none", *EFFECTS]),
    effect_params=st.lists(st.floats(0, 255), max_size=5).map(tuple),
    colour=st.none() | st.tuples(st.integers(0, 255), st.integers(0, 255)),
    annotation=st.none() | ANNOTATIONS,
)


@settings(max_examples=300, deadline=None)
@given(
    EDITS,
    st.integers(1, 80),
    st.integers(1, 80),
    st.none() | st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.sampled_from(["yuv420p", "yuvj420p", "rgb24", "gray"]),
    st.sampled_from([1, 2, 5]),
)
def test_any_edits_of_any_picture(
    edits: Edits, width: int, height: int, asked: tuple[int, int] | None, form: str, matrix: int
) -> None:
    """Odd and tiny sizes too: a JPEG of the size that follows from them."""
    frame = VideoFrame(width, height, form)
    frame.colorspace = matrix
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    size = asked or (width, height)
    expected = edits.resize or (size[::-1] if edits.rotation % 180 else size)
    data, *reported = StillEncoder(*(asked or (None, None)), 85, edits).encode(frame, WALL_US)
    assert Image.open(io.BytesIO(data)).size == tuple(reported) == expected
