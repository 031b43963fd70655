"""The wire format both ways: a still and its place in the sequence in, payload bytes out, and back.

A still is a plain JPEG whose EXIF carries the capture time and, in UserComment, one JSON object.
`docs/reference/messages.md` has the format for other programs.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from ss_camera import exif, jpeg
from ss_camera.clock import Clock
from ss_camera.media import Family, Message, Reason, Still

VERSION = 1
MAX_JSON = 64 * 1024
"""Bytes of JSON that a reader looks at; more is not ours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CAPTURED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


@dataclass(frozen=True)
class Identity:
    """The JSON object of a message. `boot` is one run of a camera; `seq` has no gap within it."""

    v: int
    camera: str
    boot: str
    seq: int
    captured_us: int
    clock: str
    reason: str
    event: str | None = None

    def to_json(self) -> str:
        """Compact ASCII JSON, keys in the order of the reference."""
        fields: dict[str, object] = {
            "v": self.v,
            "camera": self.camera,
            "boot": self.boot,
            "seq": self.seq,
            "captured": format_time(self.captured_us),
            "clock": self.clock,
            "reason": self.reason,
        }
        if self.event is not None:
            fields["event"] = self.event
        return json.dumps(fields, separators=(",", ":"))


@dataclass(frozen=True)
class Incoming:
    """What a payload turned out to be.

    `kind` is `still`, `event` or `foreign`; `identity` is None where the sender gave none (the
    SINETStream sample's plain JPEGs); `problem` says why something is foreign or was not trusted.
    """

    kind: str
    identity: Identity | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None


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

    def still(self, still: Still, reason: Reason, event: str | None = None) -> Message:
        """The message of one still. Raises `jpeg.NotJpeg` where its bytes are no whole JPEG, and then
        takes no number."""
        if not jpeg.is_whole(still.data):
            raise jpeg.NotJpeg("a JPEG without its end")
        own = jpeg.exif(still.data)
        with self._lock:
            identity = self._identify(still.captured_us, reason, event)
            text = identity.to_json()
            tags = exif.merge(own, still.captured_us, text) if own else exif.write(still.captured_us, text)
            if len(tags) > jpeg.MAX_EXIF:  # a maker's note of 64 KiB leaves no room for ours beside it
                tags = exif.write(still.captured_us, text)
            payload = jpeg.with_exif(still.data, tags)
            self._next += 1
        return Message(Family.STILL, self.camera, self.boot, identity.seq, still.captured_us, payload)

    def _identify(self, captured_us: int, reason: Reason, event: str | None) -> Identity:
        synced = "synced" if self._clock.synced() else "unsynced"
        return Identity(VERSION, self.camera, self.boot, self._next, captured_us, synced, reason.value, event)


def read(payload: bytes) -> Incoming:
    """What `payload` is and who sent it. Never raises, whatever the bytes are; decodes no pixel."""
    if payload[:2] == jpeg.SOI:
        return _read_still(payload)
    if payload[:1] == b"{":
        identity, problem = _parse_identity(payload)
        return Incoming("event" if identity else "foreign", identity, problem=problem)
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
    identity, problem = _parse_identity(text)
    return Incoming("still", identity, width, height, problem)


def _parse_identity(text: str | bytes) -> tuple[Identity | None, str | None]:
    if len(text) > MAX_JSON:
        return None, f"a JSON object of {len(text)} bytes, more than {MAX_JSON}"
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None, "its JSON object is damaged"
    if not isinstance(fields, dict) or not isinstance(fields.get("v"), int):
        return None, "its JSON object is not of ss-camera"
    if fields["v"] != VERSION:
        return None, f"a newer sender (version {fields['v']})"
    return _identity(fields)


def _identity(fields: dict[str, object]) -> tuple[Identity | None, str | None]:
    seq, event = fields.get("seq"), fields.get("event")
    texts = [fields.get(key) for key in ("camera", "boot", "captured", "clock", "reason")]
    if not all(isinstance(text, str) for text in texts) or not (event is None or isinstance(event, str)):
        return None, "its JSON object lacks a field or has one of another type"
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**63:
        return None, "its sequence number is not one"
    camera, boot, captured, clock, reason = map(str, texts)
    captured_us = parse_time(captured)
    if captured_us is None:
        return None, "its capture time is not RFC 3339 in UTC"
    return Identity(VERSION, camera, boot, seq, captured_us, clock, reason, event), None


def format_time(unix_us: int) -> str:
    """RFC 3339, UTC, microseconds, from microseconds since 1970."""
    seconds, micros = divmod(unix_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{micros:06d}Z"


def parse_time(text: str) -> int | None:
    """Microseconds since 1970 of an RFC 3339 time in UTC, or None where it is none."""
    if not _CAPTURED.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
