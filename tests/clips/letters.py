"""Videos in letters, and the clips that are cut from them, in the same letters.

One letter is one frame: `f` an ordinary one, `k` a keyframe, and a capital (`F`, `K`) where something moves.
`r` is a keyframe with other parameter sets, as when a camera changes its resolution (`R` with motion). So

    cut("fkfkfFfffkfk", preroll_s=2, postroll_s=2) == ["kfFfff"]

says: of twelve frames, one a second, the clip holds the six from the second keyframe on. A clip's letters
are its frames as found in its MP4; each is also checked to have its own time and duration.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ss_camera import parts as wire
from ss_camera.clips import Clips, OpenEvent
from ss_camera.media import ClipPart, Packet
from ss_camera.settings.model import ClipSettings
from tests.clips.boxes import frames

SECOND = 1_000_000
WALL_US = 1_763_712_000_000_000
ROOM = wire.room(16 * 1024, "gate", "b" * 36)

_SETS = {
    "k": bytes.fromhex(
        "00000001 6742c01eda0280f684000003000400000300a23c58ba80 00000001 68ce0fc8"
    ),  # 640x480
    "r": bytes.fromhex(
        "00000001 6742c00dda05421e22221000000300100000030288f142aa 00000001 68ce0fc8"
    ),  # 322x242
}


def packet(letter: str, number: int, pts_us: int, size: int = 40) -> Packet:
    """A frame that holds its own number, and no picture."""
    kind = letter.lower()
    key = kind != "f"
    unit = bytes([0x65 if key else 0x41]) + number.to_bytes(4, "big").replace(b"\0", b"\xff") + b"\xaa" * size
    return Packet(_SETS.get(kind, b"") + b"\0\0\0\1" + unit, key, pts_us, WALL_US + pts_us)


def times(count: int, frame_s: float = 1.0) -> list[int]:
    """When frames of one duration begin, in microseconds."""
    return [round(number * frame_s * SECOND) for number in range(count)]


@dataclass
class Run:
    """A video that was cut: `clips` in the order of their beginning, each a list of parts."""

    script: str
    packets: list[Packet]
    settings: ClipSettings
    clips: dict[str, list[ClipPart]] = field(default_factory=dict)
    events: list[OpenEvent] = field(default_factory=list)

    def take(self, parts: Sequence[ClipPart], event: OpenEvent | None = None) -> None:
        """Add what came out of a step, and the event that was open behind it."""
        for part in parts:
            self.clips.setdefault(part.clip, []).append(part)
        if event and (not self.events or self.events[-1].id != event.id):
            self.events.append(event)

    def spans(self) -> dict[str, tuple[int, int]]:
        """First and last frame (by number) of each clip; fails where a frame is not what was put in."""
        return {clip: self._span(parts) for clip, parts in self.clips.items()}

    def letters(self) -> list[str]:
        return [self.script[first : last + 1] for first, last in self.spans().values()]

    def _span(self, parts: list[ClipPart]) -> tuple[int, int]:
        shown = frames(video(parts))
        first = next(n for n, p in enumerate(self.packets) if p.data.endswith(shown[0].data[4:]))
        base_us = self.packets[first].pts_us
        for number, frame in enumerate(shown, first):
            expected = self.packets[number]
            assert expected.data.endswith(frame.data[4:]), f"frame {number} is another one"
            assert frame.data[:4] == (len(frame.data) - 4).to_bytes(4, "big")
            assert (frame.pts_us, frame.key) == (expected.pts_us - base_us, expected.key)
        for frame, after in itertools.pairwise(shown):
            assert frame.duration_us == after.pts_us - frame.pts_us
        return first, first + len(shown) - 1


def video(parts: Sequence[ClipPart]) -> bytes:
    """The clip's MP4: what stays when slices are taken out of their boxes."""
    return b"".join(part.data if part.slice is None else part.data[8:] for part in parts)


def ids() -> Callable[[], str]:
    """Event ids `e1`, `e2`, .."""
    numbers = itertools.count(1)
    return lambda: f"e{next(numbers)}"


def run(
    script: str,
    settings: ClipSettings | None = None,
    *,
    pts_us: Sequence[int] | None = None,
    lag: int = 0,
    room: int = ROOM,
    size: int = 40,
    end: bool = True,
    commands: dict[int, float] | None = None,
    may_start: Callable[[int], bool] = lambda captured_us: True,
) -> Run:
    """Cut a video. A decision comes `lag` frames behind its packet (-1: before it). `commands`: behind the
    packet of this number a manual clip of so many seconds is asked for. `end`: the video stops at its end."""
    starts = pts_us or times(len(script))
    packets = [packet(letter, number, starts[number], size) for number, letter in enumerate(script)]
    settings = settings or ClipSettings()
    clips = Clips(settings, room, may_start, ids())
    done = Run(script, packets, settings)
    clips.motion(starts[0] if starts else 0, WALL_US, moving=False)  # the detector is there, and settles
    for number in range(len(script) + max(0, lag)):
        if lag < 0 and number < len(script):
            _decide(clips, done, number)
        if number < len(script):
            done.take(clips.packet(packets[number]), clips.event)
        if lag >= 0 and 0 <= number - lag < len(script):
            _decide(clips, done, number - lag)
        if commands and number in commands:
            done.take(clips.manual(commands[number]), clips.event)
    if end:
        done.take(clips.stop())
    return done


def _decide(clips: Clips, done: Run, number: int) -> None:
    frame = done.packets[number]
    parts = clips.motion(frame.pts_us, frame.captured_us, moving=done.script[number].isupper())
    done.take(parts, clips.event)


def cut(
    script: str, *, preroll_s: float = 2, postroll_s: float = 2, max_s: float = 120, **more: object
) -> list[str]:
    """The clips of a video with one frame a second, in letters."""
    settings = ClipSettings(preroll_s=preroll_s, postroll_s=postroll_s, max_s=max_s)
    return run(script, settings, **more).letters()  # type: ignore[arg-type]
