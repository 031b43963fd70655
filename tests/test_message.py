"""The wire format: plain JPEGs that carry who, when and which number."""

from __future__ import annotations

import io
import json
import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from ss_camera import exif, jpeg, message
from ss_camera.clock import FakeClock
from ss_camera.media import Event, Family, Reason
from tests.pictures import TAKEN_US, still
from tests.pictures import jpeg as make_jpeg

EXIF_IFD = 0x8769


def sequence() -> message.Sequence:
    return message.Sequence("gate", FakeClock(), boot="b00t")


def test_a_still_is_the_same_picture_with_exif() -> None:
    """Every decoder sees the camera's pixels; EXIF readers see the time and the JSON object."""
    picture = still()
    made = sequence().still(picture, Reason.STREAM)
    ours, theirs = Image.open(io.BytesIO(made.payload)), Image.open(io.BytesIO(picture.data))
    assert ours.tobytes() == theirs.tobytes()
    tags = ours.getexif().get_ifd(EXIF_IFD)
    assert tags[0x9003] == "2025:11:21 08:00:00"
    assert tags[0x9291] == "123456"
    assert tags[0x9011] == "+00:00"
    fields = json.loads(tags[0x9286].removeprefix(b"ASCII\0\0\0"))
    assert fields == {
        "v": 1,
        "camera": "gate",
        "boot": "b00t",
        "seq": 0,
        "captured": "2025-11-21T08:00:00.123456Z",
        "clock": "synced",
        "reason": "stream",
    }
    assert made.family is Family.STILL
    assert (made.camera, made.boot, made.seq, made.captured_us) == ("gate", "b00t", 0, TAKEN_US)


def test_what_is_written_is_read_back() -> None:
    """`read` gives the identity that `Sequence` wrote, and the size in pixels."""
    made = sequence().still(still(), Reason.SCHEDULE)
    found = message.read(made.payload)
    assert (found.kind, found.width, found.height, found.problem) == ("still", 64, 48, None)
    assert found.identity == message.Identity(1, "gate", "b00t", 0, TAKEN_US, "synced", "schedule")


def test_a_cameras_own_exif_is_kept() -> None:
    """Make and exposure stay; time and comment become ours; one Exif segment, readable again."""
    own = Image.Exif()
    own[0x010F] = "Camera Maker"
    own.get_ifd(EXIF_IFD)[0x829A] = IFDRational(1, 125)
    made = sequence().still(still(data=make_jpeg(exif=own.tobytes())), Reason.STREAM)
    read = Image.open(io.BytesIO(made.payload)).getexif()
    assert read[0x010F] == "Camera Maker"
    assert float(read.get_ifd(EXIF_IFD)[0x829A]) == 1 / 125
    assert made.payload.count(jpeg.EXIF_HEADER) == 1
    assert message.read(made.payload).identity is not None


def test_a_cameras_damaged_exif_is_replaced() -> None:
    """A picture whose EXIF nobody can read is published with ours."""
    broken = jpeg.with_exif(make_jpeg(), b"MM\x00\x2a\xff\xff\xff\xf0 nonsense")
    made = sequence().still(still(data=broken), Reason.STREAM)
    assert message.read(made.payload).identity is not None


def test_numbers_have_no_gap_and_a_damaged_picture_takes_none() -> None:
    """A subscriber may take every gap for a loss."""
    numbers = sequence()
    first = numbers.still(still(), Reason.STREAM).seq
    with pytest.raises(jpeg.NotJpeg):
        numbers.still(still(data=make_jpeg()[:-200]), Reason.STREAM)
    with pytest.raises(jpeg.NotJpeg):
        numbers.still(still(data=b""), Reason.STREAM)
    assert [first, numbers.still(still(), Reason.STREAM).seq] == [0, 1]


def test_two_runs_differ_by_boot() -> None:
    """Numbers start anew with each run, so the run has an id of its own."""
    assert message.Sequence("c", FakeClock()).boot != message.Sequence("c", FakeClock()).boot


def test_an_unsynced_clock_is_said() -> None:
    """Times from before the first NTP answer are marked."""
    clock = FakeClock()
    clock.is_synced = False
    made = message.Sequence("c", clock).still(still(), Reason.STREAM)
    identity = message.read(made.payload).identity
    assert identity is not None
    assert identity.clock == "unsynced"


@pytest.mark.parametrize("step_s", [5 * 3600.0, -5 * 3600.0])
def test_a_time_from_before_the_clock_was_right_is_unsynced(step_s: float) -> None:
    """A clip's pre-roll leaves with the motion, and NTP may have set the clock since it was taken."""
    clock = FakeClock()
    clock.is_synced = False
    made = message.Sequence("gate", clock)
    taken_us = clock.wall_us()
    clock.advance(3.0)
    clock.step_wall(step_s)
    clock.is_synced = True
    told = []
    for captured_us in (taken_us, clock.wall_us(), taken_us):
        identity = message.read(
            made.event(Event("motion-update", captured_us, Reason.MOTION, "e", {})).payload
        ).identity
        assert identity is not None
        told.append(identity.clock)
    assert told == ["unsynced", "synced", "unsynced"]


def test_zeros_behind_the_end_are_allowed() -> None:
    """Some USB cameras pad their frames."""
    assert message.read(make_jpeg() + bytes(100)).kind == "still"


def test_a_plain_jpeg_is_a_still_of_nobody() -> None:
    """The SINETStream sample sends these; they are shown without an identity."""
    assert message.read(make_jpeg()) == message.Incoming("still", None, 64, 48, None)


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        pytest.param(b"", "neither", id="empty"),
        pytest.param(b"x", "neither", id="one byte"),
        pytest.param(b"hello", "neither", id="text"),
        pytest.param(b"GIF89a" + bytes(50), "neither", id="gif"),
        pytest.param(b"\xff\xd8", "ends or breaks", id="start only"),
        pytest.param(b"\xff\xd8\xff\xe1\xff\xff", "longer than itself", id="segment too long"),
        pytest.param(b"\xff\xd8\xff\xe1\x00\x00" + bytes(20), "longer than itself", id="segment of length 0"),
        pytest.param(make_jpeg()[:-50], "without its end", id="cut"),
        pytest.param(b"{", "damaged", id="json cut"),
        pytest.param(b'{"v":99}', "newer sender", id="newer version"),
        pytest.param(b'{"v":1}', "lacks a field", id="no fields"),
        pytest.param(b'{"a":1}', "not of ss-camera", id="other json"),
        pytest.param(b"{" + b'"a":{' * 10_000, "damaged", id="deep json"),
        pytest.param(b'{"v":1,"x":"' + bytes(70_000) + b'"}', "more than", id="long json"),
    ],
)
def test_what_is_not_ours_is_foreign_and_says_why(payload: bytes, problem: str) -> None:
    """A reader lives through any bytes."""
    found = message.read(payload)
    assert found.kind == "foreign"
    assert problem in (found.problem or "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", -1),
        ("seq", True),
        ("seq", 2**63),
        ("seq", "1"),
        ("camera", 5),
        ("captured", "yesterday"),
        ("event", 1),
    ],
)
def test_a_field_of_another_kind_makes_no_identity(field: str, value: object) -> None:
    """A picture stays a picture; its sender is not believed."""
    fields = json.loads(message.Identity(1, "c", "b", 1, TAKEN_US, "synced", "stream").to_json())
    fields[field] = value
    payload = jpeg.with_exif(make_jpeg(), exif.write(TAKEN_US, json.dumps(fields)))
    found = message.read(payload)
    assert (found.kind, found.identity) == ("still", None)
    assert found.problem


@given(st.binary(max_size=300))
def test_read_never_raises_on_any_bytes(payload: bytes) -> None:
    """Nor on bytes that begin as a JPEG or as JSON."""
    for prefix in (
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1",
        b"{",
        b"\xff\xd8\xff\xe1\x00\x40Exif\0\0MM\x00\x2a",
    ):
        assert message.read(prefix + payload).kind in {"still", "event", "foreign"}


@given(st.data())
def test_read_never_raises_on_a_damaged_message(data: st.DataObject) -> None:
    """Any bytes of a good message may be overwritten or cut off."""
    payload = bytearray(sequence().still(still(), Reason.STREAM).payload)
    for _ in range(data.draw(st.integers(1, 8))):
        payload[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    assert message.read(bytes(payload[:cut])).kind in {"still", "event", "foreign"}


@given(st.integers(0, 4_102_444_800_000_000))
def test_times_go_both_ways(unix_us: int) -> None:
    """To the microsecond, from 1970 to 2100."""
    text = message.format_time(unix_us)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    assert message.parse_time(text) == unix_us


@given(st.binary(max_size=200))
def test_a_comment_is_never_read_from_nonsense(tiff: bytes) -> None:
    """Offsets of a damaged TIFF structure point anywhere."""
    for order in (b"MM\x00\x2a\x00\x00\x00\x08", b"II\x2a\x00\x08\x00\x00\x00"):
        assert exif.comment(order + tiff) is None or isinstance(exif.comment(order + tiff), str)


def test_exif_that_fits_no_segment_is_refused() -> None:
    """A segment holds 64 KiB; longer would make an unreadable picture."""
    with pytest.raises(ValueError, match="segment holds"):
        jpeg.with_exif(make_jpeg(), bytes(70_000))


def test_size_is_read_without_decoding() -> None:
    """A header that claims 20000 x 20000 pixels is believed about its size and decoded by nobody."""
    data = bytearray(make_jpeg())
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 20_000, 20_000)
    assert jpeg.size(bytes(data)) == (20_000, 20_000)


def test_exif_that_leaves_no_room_for_ours_is_replaced() -> None:
    """A camera whose own EXIF fills a segment is published all the same."""
    own = Image.Exif()
    own.get_ifd(EXIF_IFD)[0x927C] = bytes(65_300)
    made = sequence().still(still(data=make_jpeg(exif=own.tobytes())), Reason.STREAM)
    assert message.read(made.payload).identity is not None
