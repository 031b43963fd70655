"""The open event and the parts of its clips in, events to publish out: start, an update each second, end."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ss_camera.clips import OpenEvent
from ss_camera.media import ClipPart, Event

START, UPDATE, END = "motion-start", "motion-update", "motion-end"
UPDATE_US = 1_000_000
MAX_THUMBNAIL = 40_000
"""Bytes of JPEG; as base64 in the JSON it stays below what a reader takes."""
MAX_CLIPS = 100
"""Ids of clips in one message: an event that never ends must not outgrow what a reader takes."""


@dataclass
class _Account:
    """What is known of one event so far. `score` is the highest since the last message, `peak` of all."""

    event: OpenEvent
    told_us: int
    score: int = 0
    peak: int = 0
    clips: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_CLIPS))
    parts: int = 0
    preroll_s: float = 0.0

    def count(self, parts: Sequence[ClipPart]) -> None:
        for part in parts:
            if part.event != self.event.id:
                continue
            self.parts += 1
            if not self.clips:
                self.preroll_s = part.preroll_s
            if part.clip not in self.clips:
                self.clips.append(part.clip)

    def tell(self, kind: str, captured_us: int, **fields: object) -> Event:
        return Event(kind, captured_us, self.event.reason, self.event.id, fields)

    def progress(self) -> dict[str, object]:
        return {
            "duration_s": round((self.event.active_us - self.event.trigger_us) / 1e6, 6),
            "peak": self.peak,
            "clips": list(self.clips),
            "parts": self.parts,
        }


class EventTeller:
    """Called after each step of `Clips` with what is open then and the parts that came out."""

    def __init__(self) -> None:
        self._account: _Account | None = None

    def after(
        self,
        pts_us: int,
        captured_us: int,
        event: OpenEvent | None,
        parts: Sequence[ClipPart] = (),
        score: int = 0,
    ) -> list[Event]:
        """What is to be told now. `pts_us`, `captured_us`: of the step's packet or sample; `score`: how many
        blocks move in the sample."""
        told: list[Event] = []
        account = self._account
        if account and (event is None or event.id != account.event.id):
            account.count(parts)
            rest = {**account.progress(), "preroll_s": round(account.preroll_s, 6)}
            told.append(account.tell(END, captured_us, **rest))
            account = self._account = None
        if event is None:
            return told
        if account is None:
            account = self._account = _Account(event, pts_us, peak=score)
            account.count(parts)
            return [*told, account.tell(START, event.captured_us, score=score)]
        account.event = event
        account.count(parts)
        account.score, account.peak = max(account.score, score), max(account.peak, score)
        if pts_us - account.told_us >= UPDATE_US:
            told.append(account.tell(UPDATE, captured_us, score=account.score, **account.progress()))
            account.told_us, account.score = pts_us, 0
        return told


def with_thumbnail(start: Event, jpeg: bytes) -> Event:
    """The start with a small picture of the trigger as base64; one above `MAX_THUMBNAIL` is left out."""
    if len(jpeg) > MAX_THUMBNAIL:
        return start
    return replace(start, fields={**start.fields, "thumbnail": base64.b64encode(jpeg).decode("ascii")})
