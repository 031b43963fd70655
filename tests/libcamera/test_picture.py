"""Buffers as cameras fill them, padding behind each row: the picture that comes out is the one put in."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ss_camera.errors import CameraError
from ss_camera.sources.libcamera_picture import StreamForm, frame_of, luma_of, planes_of

WIDTH, HEIGHT, PADDING = 48, 32, 16
Plane = NDArray[np.uint8]
RED, GREEN, BLUE, GRAY = (210, 40, 50), (60, 190, 70), (40, 60, 220), (128, 128, 128)


def scene() -> Plane:
    """A colour in each quarter."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    quarters = ((0, 0, RED), (0, 1, GREEN), (1, 0, BLUE), (1, 1, GRAY))
    for down, right, colour in quarters:
        top, left = down * HEIGHT // 2, right * WIDTH // 2
        picture[top : top + HEIGHT // 2, left : left + WIDTH // 2] = colour
    return picture


def padded(rows: Plane, stride: int) -> Plane:
    """The rows behind one another, each filled up with bytes that are in no picture."""
    out = np.full((rows.shape[0], stride), 0xEE, np.uint8)
    out[:, : rows.shape[1]] = rows
    return out.reshape(-1)


def yuv() -> tuple[Plane, Plane, Plane]:
    """Full-range BT.601, as Pillow's JPEG has it; the colours halved."""
    planes = np.asarray(Image.fromarray(scene()).convert("YCbCr"))
    return planes[..., 0], planes[::2, ::2, 1], planes[::2, ::2, 2]


def paired(first: Plane, second: Plane) -> Plane:
    return np.stack((first, second), -1).reshape(first.shape[0], -1)


def buffer(form: str) -> tuple[Plane, int]:
    """The scene in this form, with padding, and the bytes of a row."""
    y, u, v = yuv()
    rgb, stride = scene(), WIDTH + PADDING
    if form in ("YUV420", "YVU420"):
        colours = (u, v) if form == "YUV420" else (v, u)
        return np.concatenate([padded(y, stride), *(padded(each, stride // 2) for each in colours)]), stride
    if form in ("NV12", "NV21"):
        pairs = paired(u, v) if form == "NV12" else paired(v, u)
        return np.concatenate([padded(y, stride), padded(pairs, stride)]), stride
    if form in ("YUYV", "YVYU", "UYVY", "VYUY"):
        wide_u, wide_v = (np.repeat(np.repeat(each, 2, 0), 2, 1)[:, ::2] for each in (u, v))
        order = {
            "YUYV": (y[:, ::2], wide_u, y[:, 1::2], wide_v),
            "YVYU": (y[:, ::2], wide_v, y[:, 1::2], wide_u),
            "UYVY": (wide_u, y[:, ::2], wide_v, y[:, 1::2]),
            "VYUY": (wide_v, y[:, ::2], wide_u, y[:, 1::2]),
        }[form]
        return padded(np.stack(order, -1).reshape(HEIGHT, -1), 2 * stride), 2 * stride
    pixels = {
        "BGR888": rgb,
        "RGB888": rgb[..., ::-1],
        "XBGR8888": np.dstack((rgb, np.full((HEIGHT, WIDTH), 255, np.uint8))),
        "XRGB8888": np.dstack((rgb[..., ::-1], np.full((HEIGHT, WIDTH), 255, np.uint8))),
        "BGR161616": np.stack((np.zeros_like(rgb), rgb), -1),
    }[form]
    size = pixels.reshape(HEIGHT, -1).shape[1] // WIDTH * stride
    return padded(pixels.reshape(HEIGHT, -1), size), size


PLANAR = ["YUV420", "YVU420", "NV12", "NV21"]
OTHERS = ["YUYV", "YVYU", "UYVY", "VYUY", "BGR888", "RGB888", "XBGR8888", "XRGB8888", "BGR161616"]


@pytest.mark.parametrize("form", PLANAR + OTHERS)
def test_every_form_gives_the_colours_of_the_scene(form: str) -> None:
    """Whatever the order of its bytes; padding is in no picture."""
    data, stride = buffer(form)
    frame = frame_of(data, StreamForm(form, WIDTH, HEIGHT, stride))
    assert (frame.width, frame.height) == (WIDTH, HEIGHT)
    shown = frame.to_ndarray(format="rgb24").astype(int)
    for x, y, colour in ((10, 8, RED), (38, 8, GREEN), (10, 24, BLUE), (38, 24, GRAY)):
        assert np.abs(shown[y, x] - colour).max() < 12, (form, x, y, shown[y, x])


@pytest.mark.parametrize("form", PLANAR)
def test_planes_of_a_jpeg_are_taken_as_they_are(form: str) -> None:
    """Nothing is converted where the camera gives what a JPEG holds."""
    data, stride = buffer(form)
    given = StreamForm(form, WIDTH, HEIGHT, stride)
    assert given.is_jfif
    picture = planes_of(data, given)
    for taken, expected in zip((picture.y, picture.u, picture.v), yuv(), strict=True):
        assert (taken == expected).all()
    assert (luma_of(data, given) == yuv()[0]).all()


def test_the_range_of_video_is_widened_to_that_of_a_jpeg() -> None:
    """Black is 16 and white 235 there: a still would be pale."""
    luma = np.full((HEIGHT, WIDTH), 235, np.uint8)
    luma[:, : WIDTH // 2] = 16
    data = np.concatenate([luma.reshape(-1), np.full(WIDTH * HEIGHT // 2, 128, np.uint8)])
    form = StreamForm("NV12", WIDTH, HEIGHT, WIDTH, matrix=709, full=False)
    assert not form.is_jfif
    shown = frame_of(data, form).to_ndarray(format="rgb24")
    assert shown[4, 4].max() <= 2
    assert shown[4, 40].min() >= 252


def test_a_jpeg_in_a_buffer_is_decoded_and_a_damaged_one_told() -> None:
    """USB cameras give such."""
    out = io.BytesIO()
    Image.fromarray(scene()).save(out, "JPEG", quality=95)
    form = StreamForm("MJPEG", WIDTH, HEIGHT, 0)
    frame = frame_of(np.frombuffer(out.getvalue(), np.uint8), form)
    assert (frame.width, frame.height) == (WIDTH, HEIGHT)
    with pytest.raises(CameraError, match="damaged JPEG"):
        frame_of(np.zeros(100, np.uint8), form)


def test_a_form_that_nothing_can_be_made_of_is_told() -> None:
    with pytest.raises(CameraError, match="SBGGR10"):
        frame_of(np.zeros(100, np.uint8), StreamForm("SBGGR10", 4, 4, 8))
