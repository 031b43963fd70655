"""Who sent a message, when it was captured and which number it has: the JSON object, both ways."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

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

    def fields(self) -> dict[str, object]:
        """The object's fields in the order of the reference."""
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
        return fields

    def to_json(self) -> str:
        """Compact ASCII JSON."""
        return dump(self.fields())


def dump(fields: dict[str, object]) -> str:
    """Compact ASCII JSON, keys in the order given."""
    return json.dumps(fields, separators=(",", ":"))


def parse(text: str | bytes) -> tuple[Identity | None, dict[str, object], str | None]:
    """The identity and all fields of a message's JSON, or None, no field and a sentence that says why."""
    if len(text) > MAX_JSON:
        return None, {}, f"a JSON object of {len(text)} bytes, more than {MAX_JSON}"
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None, {}, "its JSON object is damaged"
    if not isinstance(fields, dict) or not isinstance(fields.get("v"), int):
        return None, {}, "its JSON object is not of ss-camera"
    if fields["v"] != VERSION:
        return None, {}, f"a newer sender (version {fields['v']})"
    identity, problem = _identity(fields)
    return identity, fields if identity else {}, problem


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
