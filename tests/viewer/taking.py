"""Payloads in, what a viewer keeps of them out: as its threads do it, in a test's own."""

from __future__ import annotations

from pathlib import Path

from tests.pictures import TAKEN_US
from viewer.archive import ARRIVING
from viewer.cameras import Cameras, Received
from viewer.clips import Clips

DAY = "2025-11-21"


def receive(cameras: Cameras, payload: bytes) -> Received | None:
    found = cameras.receive(payload, "topic", TAKEN_US)
    assert not isinstance(found, str), found
    return found


def take(clips: Clips, cameras: Cameras, payloads: list[bytes]) -> None:
    for payload in payloads:
        found = receive(cameras, payload)
        if found is not None:
            clips.take(found)


def files(folder: Path) -> list[str]:
    """All that stands under its final name, relative to the folder."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ARRIVING not in path.parts
    )


def video_of(clips: Clips, number: int) -> bytes:
    found = clips.find(number)
    assert found is not None
    return found[0].read_at(0, found[0].size)
