"""Small real JPEGs for tests that need a picture and no camera."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ss_camera.media import Still

TAKEN_US = 1_763_712_000_123_456


def jpeg(width: int = 64, height: int = 48, *, shade: int = 99, exif: bytes = b"") -> bytes:
    """A JPEG of one shade, decodable by everything."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 80, 160)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def noise_jpeg(size: int, seed: int = 0) -> bytes:
    """A JPEG of about `size` bytes or a little more (noise compresses badly)."""
    side = max(16, int((size / 1.1) ** 0.5))
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=60)
    return out.getvalue()


def still(*, captured_us: int = TAKEN_US, data: bytes | None = None) -> Still:
    """A still as a source gives it."""
    return Still(jpeg() if data is None else data, 64, 48, captured_us)
