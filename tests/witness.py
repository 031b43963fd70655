"""What subscribers of clips and events read in, the clips and events of cameras out, for a test to judge."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from ss_camera import message
from ss_camera.media import ClipTotals
from tests.parts import need
from tests.program import wait_until
from tests.subscriber import Subscriber

MOVES = {
    "CAMERA": "synthetic",
    "CAMERA_ID": "cam",
    "PICAMERA_RESOLUTION": "QVGA",
    "PICAMERA_FRAMERATE": "10",
    "MOTION": "on",
    "SYNTHETIC_MOTION": "3+1",
    "CLIP_PREROLL": "1",
    "CLIP_POSTROLL": "1",
    "CLIP_BITRATE": "1M",
}
"""A drawn camera in which something moves from second 3 to 4."""


def parts(messages: Iterable[Any]) -> list[message.Part]:
    """The parts of clips, in the order of arrival."""
    found = (message.read(each.value).part for each in list(messages))
    return [part for part in found if part is not None]


def clips(messages: Iterable[Any]) -> list[message.Clip]:
    """What can be put together of them, those that are not complete at the end."""
    assembler = message.ClipAssembler(max_bytes=10**9)
    made = [clip for part in parts(messages) for clip in assembler.take(part, 0.0)]
    return made + assembler.close()


def complete(messages: Iterable[Any]) -> list[message.Clip]:
    """The same where every clip must be complete, its SHA-256 right."""
    made = clips(messages)
    assert [clip.status for clip in made] == ["complete"] * len(made), [clip.problem for clip in made]
    return made


def totals(clip: message.Clip) -> ClipTotals:
    assert clip.totals is not None
    return clip.totals


def events(messages: Iterable[Any], kind: str = "") -> list[Mapping[str, Any]]:
    """The JSON objects, in the order of arrival; with `kind` those of the kind."""
    found = [message.read(each.value).fields for each in list(messages)]
    return [each for each in found if each is not None and kind in ("", each["kind"])]


def wait_for_events(subscriber: Subscriber, kind: str, count: int = 1, deadline_s: float = 30.0) -> None:
    """Until `count` events of the kind have come."""
    wait_until(lambda: len(events(subscriber.messages, kind)) >= count, f"{count} x {kind}", deadline_s)


def numbers(*subscribers: Subscriber, camera: str = "cam") -> list[int]:
    """The numbers of a camera over the families, sorted."""
    return sorted(seq for each in subscribers for seq in each.seqs(camera))


def has_even_times(times_us: list[int], step_us: float) -> bool:
    """Whether each frame comes one step behind the other, to the rounding of a microsecond."""
    return all(abs((then - at) - step_us) <= 1 for at, then in pairwise(times_us))


def frames_by_ffprobe(path: Path) -> int:
    """How many frames ffprobe decodes of a file, that says nothing against any of them."""
    need("ffmpeg")
    words = "ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0"
    ended = subprocess.run([*words.split(), str(path)], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    return int(ended.stdout.strip().strip(","))
