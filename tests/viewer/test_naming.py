"""Names from strangers: what is left of them is short, printable, and still tells two apart."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.naming import MAX_NAME, boot_key, camera_name, printable


@pytest.mark.parametrize(
    "name", ["gate-01", "玄関カメラ", "Tür", "a b", "<script>alert(1)</script>", "../../etc"]
)
def test_an_ordinary_name_stays(name: str) -> None:
    """Letters of any language stay, and so does markup: it is text to whoever shows it."""
    assert camera_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[31mred\x07", "\\u{1b}[31mred\\u{7}"),
        ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
        ("evil\u202egpj.exe", "evil\\u{202e}gpj.exe"),
        ("\ud800", "\\u{d800}"),
        ("", "(no name)"),
        ("   ", "(no name)"),
    ],
)
def test_characters_that_act_are_written_out(name: str, shown: str) -> None:
    """Terminal escapes, line breaks, a turned reading direction, half characters: visible, powerless."""
    assert camera_name(name) == shown


@given(st.text(max_size=200))
def test_every_name_is_short_and_printable(name: str) -> None:
    """Whatever comes, what is shown is printable, at most 64 characters, and can be sent as UTF-8."""
    shown = camera_name(name)
    assert 0 < len(shown) <= MAX_NAME
    assert shown.isprintable()
    json.dumps(shown).encode()
    shown.encode()


def test_long_names_that_begin_alike_stay_apart() -> None:
    """Two names of 10 KB that differ at their end are two cameras."""
    one, two = (camera_name("x" * 10_000 + end) for end in "ab")
    assert one != two
    assert one.startswith("xxxxx")
    assert len(boot_key("b" * 10_000)) <= MAX_NAME


def test_a_line_for_the_log_is_cut() -> None:
    """A reason with a stranger's words in it is one line of bounded length."""
    line = printable("a\n" * 10_000)
    assert len(line) == 200
    assert "\n" not in line
