"""A part's way over the wire: what is sent is what is read, and nothing that is damaged is believed."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ss_camera import message
from ss_camera import parts as wire
from ss_camera.clock import FakeClock
from ss_camera.media import Event, Family, Reason
from tests.clips.letters import run
from tests.clips.test_assembler import received
from tests.pictures import still


def test_one_row_of_numbers_over_all_families() -> None:
    """A subscriber of every topic sees each number once, whatever it is the number of."""
    numbers = message.Sequence("gate", FakeClock(), "b00t")
    happening = Event("motion-start", 5, Reason.MOTION, "e1", {"score": 12})
    part = run("kF").clips["e1.1"][0]
    made = [
        numbers.still(still(), Reason.STREAM),
        numbers.part(part),
        numbers.event(happening),
        numbers.part(part),
    ]
    assert [each.seq for each in made] == [0, 1, 2, 3]
    assert [each.family for each in made] == [Family.STILL, Family.CLIP, Family.EVENT, Family.CLIP]
    identities = [message.read(each.payload).identity for each in made]
    assert [identity.seq for identity in identities if identity] == [0, 1, 2, 3]


def test_an_event_is_json_with_its_own_fields() -> None:
    """Any program reads it; `read` gives its fields."""
    numbers = message.Sequence("gate", FakeClock(), "b00t")
    made = numbers.event(Event("motion-start", 5, Reason.MOTION, "e1", {"score": 12}))
    found = message.read(made.payload)
    assert found.kind == "event"
    assert found.fields == json.loads(made.payload)
    assert found.fields is not None
    assert {key: found.fields[key] for key in ("kind", "event", "reason", "score", "seq")} == {
        "kind": "motion-start",
        "event": "e1",
        "reason": "motion",
        "score": 12,
        "seq": 0,
    }


def test_an_event_that_no_reader_takes_is_refused_and_takes_no_number() -> None:
    """64 KiB of JSON at most; a gap in the numbers would look like a loss."""
    numbers = message.Sequence("gate", FakeClock(), "b00t")
    with pytest.raises(ValueError, match="more than 65536"):
        numbers.event(Event("motion-start", 5, Reason.MOTION, "e1", {"thumbnail": "x" * 70_000}))
    assert numbers.event(Event("motion-end", 5, Reason.MOTION, "e1", {})).seq == 0


def test_a_part_is_what_was_sent() -> None:
    """All fields go both ways."""
    sent = run("kfFfff").clips["e1.1"]
    for part, found in zip(sent, received(sent), strict=True):
        assert (found.clip, found.index, found.kind, found.codec) == (
            part.clip,
            part.part,
            part.kind,
            part.codec,
        )
        assert (found.video, found.slice, found.totals) == (part.data, part.slice, part.totals)
        assert (found.preroll_s, found.identity.event) == (part.preroll_s, part.event)
        assert (found.identity.reason, found.identity.captured_us) == ("motion", part.captured_us)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("clip", 5),
        ("clip", "x" * 65),
        ("part", -1),
        ("part", True),
        ("part", 1.5),
        ("part", 2**63),
        ("kind", None),
        ("codec", []),
        ("preroll_s", "5"),
        ("preroll_s", 1e300),
        ("parts", "2"),
        ("bytes", -1),
        ("sha256", 5),
        ("duration_s", None),
        ("camera", None),
        ("v", 2),
    ],
)
def test_a_field_of_another_kind_makes_it_foreign(field: str, value: object) -> None:
    """With a reason; a reader that knows only version 1 leaves others alone."""
    numbers = message.Sequence("gate", FakeClock(), "b00t")
    payload = numbers.part(run("kfFfff").clips["e1.1"][-1]).payload
    at = payload.index(wire.BOX_UUID) - 8
    fields = json.loads(payload[at + 24 :])
    fields[field] = value
    text = json.dumps(fields).encode()
    found = message.read(payload[:at] + struct.pack(">I4s", 24 + len(text), b"uuid") + wire.BOX_UUID + text)
    assert (found.kind, found.part) == ("foreign", None)
    assert found.problem


@given(st.data())
@settings(deadline=None)
def test_a_damaged_part_is_read_or_refused(data: st.DataObject) -> None:
    """Any bytes may be overwritten or cut off: `read` never raises."""
    sent = run("kfFfff", size=data.draw(st.sampled_from([400, 40_000]))).clips["e1.1"]
    numbers = message.Sequence("gate", FakeClock(), "b00t")
    payload = bytearray(numbers.part(sent[data.draw(st.integers(0, len(sent) - 1))]).payload)
    for _ in range(data.draw(st.integers(0, 8))):
        payload[-data.draw(st.integers(1, 400))] = data.draw(st.integers(0, 255))
    payload[data.draw(st.integers(0, 30))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 700))
    found = message.read(bytes(payload[: len(payload) - cut]))
    assert (found.part is not None) == (found.kind == "clip")


@pytest.mark.parametrize(
    "payload",
    [
        b"\0\0\0\x18ftypiso6" + bytes(100),
        b"\0\0\0\x18ftypiso6" + wire.BOX_UUID,
        b"\0\0\0\x18moof" + struct.pack(">I4s", 24 + 70_000, b"uuid") + wire.BOX_UUID + b"{" * 70_000,
        b"\0\0\0\x08free" + struct.pack(">I4s", 24, b"uuid") + wire.BOX_UUID,
        struct.pack(">I4s", 2**32 - 1, b"moof") + wire.BOX_UUID * 1000,
    ],
)
def test_an_mp4_that_is_not_ours_is_foreign(payload: bytes) -> None:
    """Somebody else's video on the topic is skipped with a reason."""
    found = message.read(payload)
    assert found.kind == "foreign"
    assert found.problem
