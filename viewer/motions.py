"""Events in; where something moves now, and the picture of each motion, out. Bounded, for any thread."""

from __future__ import annotations

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from ss_camera.clock import Clock
from ss_camera.message import Identity
from viewer import pictures
from viewer.cameras import Received
from viewer.naming import boot_key, digest

SILENT_S = 5.0
"""A motion of which nothing comes for so long is over: cameras tell of it each second."""
MAX_THUMBNAIL = 64 * 1024
"""Bytes of base64."""
MAX_SIDE = 1024
MAX_THUMBNAILS = 200
MAX_NOW = 256


@dataclass
class _Motion:
    event: str
    began_s: float
    heard_s: float
    score: int | None


class Motions:
    """What cameras say of motion. A camera that stops in the middle of one is believed for `SILENT_S`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._now: OrderedDict[str, _Motion] = OrderedDict()
        self._thumbnails: OrderedDict[str, bytes] = OrderedDict()
        self.pictures = 0
        """How many thumbnails came: a list that shows them may have changed."""

    def take(self, received: Received) -> None:
        """Account for an event; any other message means nothing."""
        identity, fields = received.incoming.identity, received.incoming.fields
        if identity is None or fields is None or identity.event is None:
            return
        kind, key = fields.get("kind"), event_key(identity)
        if kind not in ("motion-start", "motion-update", "motion-end"):
            return
        thumbnail = _thumbnail(fields)
        with self._lock:
            if thumbnail is not None:
                self._thumbnails[key] = thumbnail
                self.pictures += 1
                while len(self._thumbnails) > MAX_THUMBNAILS:
                    self._thumbnails.popitem(last=False)
            if kind == "motion-end":
                self._end(received.shown_as, key)
            elif not self._is_old(identity):
                self._go_on(received.shown_as, key, fields)

    def now(self) -> dict[str, dict[str, object]]:
        """The cameras where something moves, ready for JSON: for how long, and how much."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            return {
                camera: {"since_s": round(now_s - motion.began_s, 1), "score": motion.score}
                for camera, motion in self._now.items()
                if now_s - motion.heard_s <= SILENT_S
            }

    def thumbnail(self, event: str) -> bytes | None:
        """The JPEG of an event, by `event_key`."""
        with self._lock:
            return self._thumbnails.get(event)

    def _is_old(self, identity: Identity) -> bool:
        # what a broker kept is no motion of now; a clock that is not right says nothing
        age_us = self._clock.wall_us() - identity.captured_us
        return identity.clock == "synced" and age_us > 4 * SILENT_S * 1e6

    def _go_on(self, camera: str, key: str, fields: Mapping[str, object]) -> None:
        now_s, score = self._clock.monotonic_s(), fields.get("score")
        motion = self._now.get(camera)
        if motion is None or motion.event != key:
            motion = self._now[camera] = _Motion(key, now_s, now_s, None)
        motion.heard_s = now_s
        motion.score = score if type(score) is int and 0 <= score < 2**31 else None
        self._now.move_to_end(camera)
        if len(self._now) > MAX_NOW:
            self._now.popitem(last=False)

    def _end(self, camera: str, key: str) -> None:
        motion = self._now.get(camera)
        if motion is not None and motion.event == key:
            del self._now[camera]


def event_key(identity: Identity) -> str:
    """What stands for the event of a message: ids are unique within one run of a camera."""
    return digest(identity.camera, boot_key(identity.boot), identity.event or "")


def _thumbnail(fields: Mapping[str, object]) -> bytes | None:
    """The JPEG in an event where it is one and small."""
    text = fields.get("thumbnail")
    if not isinstance(text, str) or len(text) > MAX_THUMBNAIL:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    found = pictures.read(data)
    if found.kind != "still" or not data.startswith(b"\xff\xd8") or found.problem:
        return None
    return data if max(found.width or 0, found.height or 0) <= MAX_SIDE else None
