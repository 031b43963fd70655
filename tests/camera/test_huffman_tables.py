"""Frames without Huffman tables become plain JPEGs; others stay as they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ss_camera import jpeg
from ss_camera.sources.huffman_tables import STANDARD_TABLES, with_huffman_tables
from tests.camera.videos import numbered_jpeg, without_tables


def test_a_frame_without_tables_is_mended() -> None:
    """It has the tables that were taken away, and the same pixels.

    Pillow's libjpeg-turbo has the standard tables built in and reads both; others do not.
    """
    whole = numbered_jpeg(0b10110011)
    bare = without_tables(whole)
    assert not _tables(bare)
    mended = with_huffman_tables(bare)
    assert sorted(_tables(mended)) == sorted(_tables(whole))
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(mended))), np.asarray(Image.open(io.BytesIO(whole)))
    )


def test_the_tables_are_those_of_the_standard() -> None:
    """libjpeg writes them itself where it does not optimise: the same codes, table by table."""
    whole = numbered_jpeg(1)
    own = {part[:1]: part for part in _tables(whole)}
    ours = {part[:1]: part for part in _tables(b"\xff\xd8" + STANDARD_TABLES + b"\xff\xda\x00\x02")}
    assert own == ours
    assert len(ours) == 4


@pytest.mark.parametrize("progressive", [False, True])
def test_a_frame_with_tables_is_not_touched(progressive: bool) -> None:
    """Its own tables may be optimised ones."""
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "JPEG", progressive=progressive, optimize=True)
    assert with_huffman_tables(out.getvalue()) == out.getvalue()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8", numbered_jpeg(1)[:30]])
def test_what_is_no_jpeg_comes_back(data: bytes) -> None:
    """The message's check names it; nothing is raised here."""
    assert with_huffman_tables(data) == data


def _tables(data: bytes) -> list[bytes]:
    """Every single table: its number, counts and values."""
    found = []
    for segment in jpeg.segments(data):
        body = segment.body(data) if segment.marker == 0xC4 else b""
        while body:
            length = 17 + sum(body[1:17])
            found.append(body[:length])
            body = body[length:]
    return found
