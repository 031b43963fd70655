"""A path in, a small real video with numbered pictures out; a JPEG in, its picture's number out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import av
import numpy as np
from av import VideoFrame, VideoStream
from numpy.typing import NDArray
from PIL import Image

FRAMERATE = 20
FRAMES = 40
SIZE = (160, 120)
_BITS = 8


def numbered(number: int, width: int = SIZE[0], height: int = SIZE[1]) -> NDArray[np.uint8]:
    """RGB pixels that show `number` (0..255) as eight dark or light columns."""
    bits = [235 if number >> bit & 1 else 20 for bit in range(_BITS)]
    row = np.repeat(np.array(bits, np.uint8), -(-width // _BITS))[:width]
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)))


def number_in(jpeg: bytes) -> int:
    """The number that a picture of `numbered` shows, at any size."""
    pixels = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))
    columns = pixels.mean(axis=0)
    middles = ((np.arange(_BITS) + 0.5) * len(columns) / _BITS).astype(int)
    return sum(1 << bit for bit, at in enumerate(middles) if columns[at] > 128)


def numbered_jpeg(number: int, width: int = SIZE[0], height: int = SIZE[1]) -> bytes:
    """The same as a JPEG with the standard Huffman tables."""
    out = io.BytesIO()
    Image.fromarray(numbered(number, width, height)).save(out, "JPEG", quality=90)
    return out.getvalue()


def without_tables(jpeg: bytes) -> bytes:
    """The JPEG without its Huffman tables, as most USB cameras give their frames."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] != 0xC4:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def make_video(
    path: Path,
    codec: str = "libx264",
    *,
    frames: int = FRAMES,
    size: tuple[int, int] = SIZE,
    gop: int = 10,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A video of `frames` numbered pictures at FRAMERATE; its container follows from the path's ending."""
    with av.open(str(path), "w", options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        stream = cast(VideoStream, container.add_stream(codec, rate=FRAMERATE, options=options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size = gop
        for number in range(frames):
            frame = VideoFrame.from_ndarray(numbered(number % 256, *size), format="rgb24")
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path
