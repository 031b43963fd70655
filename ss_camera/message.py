"""The wire format both ways: a still, part or event and its number in, payload bytes out, and back.

A still is a plain JPEG whose EXIF carries the capture time and, in UserComment, one JSON object. A clip's
part is MP4 boxes with the object in a last box; an event is the object alone.
`docs/reference/messages.md` and `clips.md` have the format for other programs.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from ss_camera import exif, jpeg, parts
from ss_camera.assembler import Clip, ClipAssembler, ClipStatus
from ss_camera.clock import Clock
from ss_camera.identity import MAX_JSON, VERSION, Identity, dump, format_time, parse, parse_time
from ss_camera.media import ClipPart, Event, Family, Message, Reason, Still
from ss_camera.parts import Part, read_end

__all__ = [
    "MAX_JSON",
    "VERSION",
    "Clip",
    "ClipAssembler",
    "ClipStatus",
    "Identity",
    "Incoming",
    "Part",
    "Sequence",
    "format_time",
    "parse_time",
    "read",
    "read_end",
]


_AHEAD_US = 1_000_000  # a source may give a time that is a little ahead of its clock


@dataclass(frozen=True)
class Incoming:
    """What a payload turned out to be.

    `kind` is `still`, `clip`, `event` or `foreign`; `identity` is None where the sender gave none (the
    SINETStream sample's plain JPEGs); `problem` says why something is foreign or was not trusted.
    `part` is given for a `clip`, `fields` (the whole JSON object) for an `event`.
    """

    kind: str
    identity: Identity | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None
    part: Part | None = None
    fields: Mapping[str, object] | None = None


class Sequence:
    """Numbers everything that one run of a camera publishes, over all families, without a gap.

    Made once a run: it draws the boot id. Thread-safe, as stills and clips are numbered from
    different threads.
    """

    def __init__(self, camera: str, clock: Clock, boot: str | None = None) -> None:
        self.camera = camera
        self.boot = boot or str(uuid.uuid4())
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0
        self._unsynced_s = None if clock.synced() else clock.monotonic_s()  # when it was last seen so
        self._synced_us: int | None = None  # since when it is; None where it was never seen otherwise

    def still(self, still: Still, reason: Reason) -> Message:
        """The message of one still. Raises `jpeg.NotJpeg` where its bytes are no whole JPEG, and then
        takes no number."""
        if not jpeg.is_whole(still.data):
            raise jpeg.NotJpeg("a JPEG without its end")
        own = jpeg.exif(still.data)
        with self._lock:
            identity = self._identify(still.captured_us, reason)
            text = identity.to_json()
            tags = exif.merge(own, still.captured_us, text) if own else exif.write(still.captured_us, text)
            if len(tags) > jpeg.MAX_EXIF:  # a maker's note of 64 KiB leaves no room for ours beside it
                tags = exif.write(still.captured_us, text)
            payload = jpeg.with_exif(still.data, tags)
            self._next += 1
        return self._message(Family.STILL, identity, payload)

    def part(self, part: ClipPart) -> Message:
        """The message of one part of a clip: at most the bytes that `parts.room` was asked for."""
        with self._lock:
            identity = self._identify(part.captured_us, part.reason, part.event)
            payload = parts.payload(part, identity)
            self._next += 1
        return self._message(Family.CLIP, identity, payload)

    def event(self, event: Event) -> Message:
        """The message of one event. Raises ValueError where its JSON is larger than a reader takes
        (`MAX_JSON`), and then takes no number."""
        with self._lock:
            identity = self._identify(event.captured_us, event.reason, event.event)
            payload = dump({**identity.fields(), "kind": event.kind, **event.fields}).encode("ascii")
            if len(payload) > MAX_JSON:
                raise ValueError(f"an event of {len(payload)} bytes, more than {MAX_JSON}")
            self._next += 1
        return self._message(Family.EVENT, identity, payload)

    def _identify(self, captured_us: int, reason: Reason, event: str | None = None) -> Identity:
        synced = "synced" if self._vouched(captured_us) else "unsynced"
        return Identity(VERSION, self.camera, self.boot, self._next, captured_us, synced, reason.value, event)

    def _vouched(self, captured_us: int) -> bool:
        """Whether the clock was right when it gave that time.

        A clip's pre-roll may be older than NTP's answer, and so from a clock that was hours behind, or ahead.
        """
        now_s, now_us = self._clock.monotonic_s(), self._clock.wall_us()
        if not self._clock.synced():
            self._unsynced_s = now_s
            return False
        if self._unsynced_s is not None:
            self._synced_us = now_us - round((now_s - self._unsynced_s) * 1e6)
            self._unsynced_s = None
        return self._synced_us is None or self._synced_us <= captured_us <= now_us + _AHEAD_US

    def _message(self, family: Family, identity: Identity, payload: bytes) -> Message:
        return Message(family, self.camera, self.boot, identity.seq, identity.captured_us, payload)


def read(payload: bytes) -> Incoming:
    """What `payload` is and who sent it. Never raises, whatever the bytes are; decodes no pixel."""
    if payload[:2] == jpeg.SOI:
        return _read_still(payload)
    if payload[:1] == b"{":
        identity, fields, problem = parse(payload)
        if identity is None:
            return Incoming("foreign", problem=problem)
        return Incoming("event", identity, fields=fields)
    if parts.looks_like_part(payload):
        part, problem = parts.read_part(payload)
        if part is None:
            return Incoming("foreign", problem=problem)
        return Incoming("clip", part.identity, part=part)
    return Incoming("foreign", problem="neither a JPEG nor a message of ss-camera")


def _read_still(payload: bytes) -> Incoming:
    try:
        width, height = jpeg.size(payload)
        tiff = jpeg.exif(payload)
    except jpeg.NotJpeg as error:
        return Incoming("foreign", problem=str(error))
    if not jpeg.is_whole(payload):
        return Incoming("foreign", problem="a JPEG without its end")
    text = exif.comment(tiff) if tiff else None
    if text is None or not text.startswith("{"):
        return Incoming("still", None, width, height)
    identity, _, problem = parse(text)
    return Incoming("still", identity, width, height, problem)
