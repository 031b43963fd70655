"""Decoded frames become JPEGs of the colours and the size they should have."""

from __future__ import annotations

import io

import numpy as np
import pytest
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray
from PIL import Image

from ss_camera.properties.edits import UNEDITED, Edits
from ss_camera.sources.picture import StillEncoder

RED = np.full((720, 1280, 3), (200, 30, 40), np.uint8)


def jpeg_of(
    frame: VideoFrame, width: int | None = None, height: int | None = None, edits: Edits = UNEDITED
) -> NDArray[np.int16]:
    data, *size = StillEncoder(width, height, 95, edits).encode(frame, 0)
    image = Image.open(io.BytesIO(data))
    assert list(image.size) == size
    return np.asarray(image).astype(np.int16)


@pytest.mark.parametrize("lines", [480, 720])
def test_colours_of_a_stream_that_does_not_name_its_matrix(lines: int) -> None:
    """SD is BT.601, HD is BT.709, limited range both, as cameras send them: red stays this red."""
    pixels = np.ascontiguousarray(RED[:lines, :640])
    matrix = Colorspace.ITU709 if lines == 720 else Colorspace.ITU601
    frame = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=matrix, dst_color_range=ColorRange.MPEG
    )
    frame.colorspace = 2  # unspecified
    assert abs(jpeg_of(frame) - pixels).max() <= 8


@pytest.mark.parametrize("lines", [480, 720])
@pytest.mark.parametrize("edits", [UNEDITED, Edits(hflip=True)])
@pytest.mark.parametrize(
    ("matrix", "name"), [(Colorspace.ITU709, 1), (Colorspace.ITU601, 5), (Colorspace.ITU601, 6)]
)
def test_colours_of_a_stream_that_names_its_matrix(
    matrix: Colorspace, name: int, edits: Edits, lines: int
) -> None:
    """What a stream says of itself goes before what its size lets one guess, with edits and without."""
    pixels = np.ascontiguousarray(RED[:lines, :640])
    frame = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=matrix, dst_color_range=ColorRange.MPEG
    )
    frame.colorspace = name
    assert abs(jpeg_of(frame, edits=edits) - pixels).max() <= 8


def test_full_range_stays_full() -> None:
    """Motion JPEG that has to be scaled keeps black and white."""
    ramp = np.repeat(np.array([[0, 0, 255, 255]], np.uint8), 160, axis=1)
    pixels = np.ascontiguousarray(np.broadcast_to(ramp[:, :, None], (480, 640, 3)))
    frame = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuvj420p")
    got = jpeg_of(frame, 320, 240)
    assert got.min() <= 3
    assert got.max() >= 252


def test_gray_stays_gray() -> None:
    """An infrared camera's picture has one component, at its own size and at another."""
    luma = np.tile(np.arange(64, dtype=np.uint8) * 3, (48, 1))
    frame = VideoFrame.from_ndarray(luma, format="gray")
    assert abs(jpeg_of(frame) - luma).max() <= 6
    assert jpeg_of(frame, 32, 24).shape == (24, 32)


@pytest.mark.parametrize("size", [(320, 180), (333, 111), (2000, 1001)])
def test_the_size_is_exact_and_nothing_is_cut_off(size: tuple[int, int]) -> None:
    """Up or down, odd or even, in another shape: all four corners are still there."""
    pixels = RED.copy()
    for rows in (slice(0, 100), slice(-100, None)):
        for columns in (slice(0, 100), slice(-100, None)):
            pixels[rows, columns] = 255
    got = jpeg_of(VideoFrame.from_ndarray(pixels, format="rgb24"), *size)
    assert got.shape == (size[1], size[0], 3)
    for row in (2, -3):
        for column in (2, -3):
            assert got[row, column].min() > 230
    assert got[size[1] // 2, size[0] // 2, 2] < 60


@pytest.mark.parametrize("form", ["yuyv422", "yuv420p"])
@pytest.mark.parametrize("matrix", range(15))
def test_a_matrix_that_ffmpeg_does_not_know_costs_no_still(form: str, matrix: int) -> None:
    """A stream may say anything of its colours (AVCOL_SPC_*): what is not known is taken for BT.601."""
    frame = VideoFrame(64, 48, form)
    frame.colorspace = matrix
    _, width, height = StillEncoder(32, 24, 85).encode(frame, 0)
    assert (width, height) == (32, 24)
