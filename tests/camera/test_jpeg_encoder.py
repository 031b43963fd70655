"""Both encoders give plain JPEGs of the same picture."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from ss_camera.sources.jpeg_encoder import JpegEncoder, PillowEncoder, SimpleJpegEncoder
from tests.parts import need


@pytest.fixture(params=["simplejpeg", "Pillow"])
def encoder(request: pytest.FixtureRequest) -> JpegEncoder:
    if request.param == "simplejpeg":
        need("simplejpeg")
        return SimpleJpegEncoder(90)
    return PillowEncoder(90)


def ramp(width: int, height: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns * 200 // width, rows * 200 // height, 0 * rows + 90], 2).astype(np.uint8)


def decoded(jpeg: bytes, mode: str) -> NDArray[np.int16]:
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    return np.asarray(image.convert(mode)).astype(np.int16)


@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_rgb_comes_back(encoder: JpegEncoder, size: tuple[int, int]) -> None:
    """Colours are in their order, at even and odd sizes; chroma is halved as usual."""
    pixels = ramp(*size)
    jpeg = encoder.rgb(pixels)
    assert abs(decoded(jpeg, "RGB") - pixels).mean() < 4
    assert JpegImagePlugin.get_sampling(Image.open(io.BytesIO(jpeg))) == 2  # 4:2:0


def test_turned_pixels_come_back(encoder: JpegEncoder) -> None:
    """A mirrored or turned picture is a view with odd strides."""
    pixels = ramp(64, 48)
    for view in (pixels[:, ::-1], pixels[::-1], np.rot90(pixels)):
        assert abs(decoded(encoder.rgb(view), "RGB") - view).mean() < 4


def test_gray_stays_gray(encoder: JpegEncoder) -> None:
    """One component, a third smaller than three equal ones."""
    luma = ramp(64, 48)[..., 0]
    jpeg = encoder.gray(luma)
    assert Image.open(io.BytesIO(jpeg)).mode == "L"
    assert abs(decoded(jpeg, "L") - luma).mean() < 4


@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_planes_come_back(encoder: JpegEncoder, size: tuple[int, int]) -> None:
    """Full-range luma and half-size chroma are taken as they are."""
    width, height = size
    y = ramp(width, height)[..., 0]
    u = np.full(((height + 1) // 2, (width + 1) // 2), 100, np.uint8)
    v = np.full_like(u, 160)
    image = Image.open(io.BytesIO(encoder.yuv420(y, u, v)))
    image.draft("YCbCr", image.size)
    got = np.asarray(image).astype(np.int16)
    assert got.shape == (height, width, 3)
    assert abs(got[..., 0] - y).mean() < 3
    assert abs(got[..., 1] - 100).max() <= 3
    assert abs(got[..., 2] - 160).max() <= 3


@pytest.mark.parametrize("make", [SimpleJpegEncoder, PillowEncoder])
def test_quality_counts(make: type[SimpleJpegEncoder] | type[PillowEncoder]) -> None:
    """A higher quality is more bytes."""
    if make is SimpleJpegEncoder:
        need("simplejpeg")
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    sizes = [len(make(quality).rgb(noise)) for quality in (10, 50, 95)]
    assert sizes == sorted(sizes)
    assert sizes[2] > 2 * sizes[0]


def test_pillow_is_taken_where_simplejpeg_is_not_installed() -> None:
    """32-bit ARM has no wheel of simplejpeg."""
    program = (
        "import sys; sys.modules['simplejpeg'] = None\n"  # what the import system itself does for 'not there'
        "from ss_camera.sources.jpeg_encoder import open_encoder\n"
        "print(open_encoder(85).name)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "Pillow", done.stderr
