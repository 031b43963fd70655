"""The examples in docs/reference/clips.md do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ss_camera.media import Message
from tests.clips.real_video import encode, play
from tests.clips.test_players import assemble, record

BLOCKS = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs/reference/clips.md").read_text(), re.DOTALL
)


def sliced() -> list[Message]:
    return record(encode(60, width=640, height=480, bitrate=17_000_000, noise=True, gop=20), 30)


def test_our_readers_example_saves_the_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every complete clip as a file that plays."""
    monkeypatch.chdir(tmp_path)
    exec(BLOCKS[0], {"payloads": [each.payload for each in sliced()]})
    (saved,) = tmp_path.iterdir()
    assert re.fullmatch(r"gate-[0-9a-f-]{36}\.1\.mp4", saved.name)
    assert len(play(saved.read_bytes())[0]) == 60


def test_a_few_lines_without_our_code_make_the_same_mp4() -> None:
    """In any order, slices included."""
    messages = sliced()
    names: dict[str, object] = {}
    exec(BLOCKS[1], names)
    joined = names["mp4_of"]([each.payload for each in reversed(messages)])  # type: ignore[operator]
    assert joined == assemble(messages)[0].read()
