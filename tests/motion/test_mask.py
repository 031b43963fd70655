"""Masks: rectangles and PNGs are read, what is wrong is told in a phrase, and blocks follow them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ss_camera.motion.watched import watched
from ss_camera.settings.model import MotionMask
from ss_camera.settings.motion_mask import parse_mask

GRID, BLOCK = (30, 40), (1 / 30, 1 / 40)


def test_rectangles_are_read() -> None:
    """Left, top, width, height; spaces and a last `;` do not matter."""
    mask = parse_mask(" 0,0,1,0.25 ; 0.5, 0.5, .5, .5;")
    assert mask == MotionMask(((0.0, 0.0, 1.0, 0.25), (0.5, 0.5, 0.5, 0.5)))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "no rectangle"),
        (";", "no rectangle"),
        ("0,0,1", "of 3 numbers"),
        ("0,0,1,x", "not a number"),
        ("0,0,1,nan", "outside the picture"),
        ("0,0,1,inf", "outside the picture"),
        ("0,0,320,240", "outside the picture"),
        ("-0.1,0,1,1", "outside the picture"),
        ("0.5,0.5,0.6,0.5", "ends outside"),
        ("0,0,0,1", "outside the picture"),
        ("0,0,1,1", "nothing to watch"),
        ("0,0,1,0.5;0,0.5,1,0.5", "nothing to watch"),
        ("nowhere.png", "does not exist"),
    ],
)
def test_a_wrong_mask_is_told(text: str, phrase: str) -> None:
    """In one phrase without a line break, which follows the value."""
    with pytest.raises(ValueError, match=phrase) as told:
        parse_mask(text)
    assert "\n" not in str(told.value)


def test_a_png_is_read(tmp_path: Path) -> None:
    """Black is ignored, white and transparent are watched, the size does not matter."""
    picture = Image.new("RGBA", (64, 32), (255, 255, 255, 255))
    picture.paste((0, 0, 0, 255), (0, 0, 32, 32))
    picture.paste((0, 0, 0, 0), (0, 0, 16, 32))
    picture.save(tmp_path / "mask.png")
    watch = watched(parse_mask("mask.png", tmp_path), GRID, BLOCK)
    assert watch[:, :10].all()
    assert not watch[:, 10:20].any()
    assert watch[:, 20:].all()


@pytest.mark.parametrize("scale", [1, 100])
def test_a_png_of_16_bits_is_read_as_one_of_8(tmp_path: Path, scale: int) -> None:
    """Dark gray is dark: half of what there is decides. One as large as a still is made smaller."""
    dark, light = (np.full((30 * scale, 20 * scale), gray, np.uint16) for gray in (30_000, 35_000))
    Image.fromarray(np.hstack([dark, light])).save(tmp_path / "mask.png")
    watch = watched(parse_mask("mask.png", tmp_path), GRID, BLOCK)
    assert not watch[:, :20].any()
    assert watch[:, 20:].all()


def test_a_png_that_is_none_is_told(tmp_path: Path) -> None:
    """Text, a picture cut short, and black all over."""
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ValueError, match="is not a PNG"):
        parse_mask("text.png", tmp_path)
    Image.effect_noise((99, 99), 50).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="cannot be read"):
        parse_mask("half.png", tmp_path)
    Image.new("L", (9, 9), 0).save(tmp_path / "black.png")
    with pytest.raises(ValueError, match="nothing to watch"):
        parse_mask("black.png", tmp_path)


@given(st.integers(0, 39), st.integers(0, 29), st.integers(1, 40), st.integers(1, 30))
def test_a_rectangle_on_the_grid_hides_its_blocks(left: int, top: int, width: int, height: int) -> None:
    """Exactly those."""
    width, height = min(width, 40 - left), min(height, 30 - top)
    watch = watched(MotionMask(((left / 40, top / 30, width / 40, height / 30),)), GRID, BLOCK)
    assert not watch[top : top + height, left : left + width].any()
    assert (~watch).sum() == width * height


def test_half_a_block_decides() -> None:
    """A block is watched when less than half of it is masked."""
    for share, is_watched in ((0.3, True), (0.7, False)):
        assert watched(MotionMask(((0.0, 0.0, share / 40, 1.0),)), GRID, BLOCK)[0, 0] == is_watched
