"""Messages as they come: what is shown of them, what is counted, and that nothing else can happen."""

from __future__ import annotations

import random

import pytest

from ss_camera.clock import FakeClock
from ss_camera.media import Reason, Still
from ss_camera.message import Sequence
from tests.pictures import jpeg
from viewer.cameras import MAX_CAMERAS, OTHERS, SILENT_S, Cameras, Frame, Received
from viewer.pictures import MAX_PIXELS

NOW_S = 1_763_712_000.0
HOUR_US = 3_600_000_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_S)


@pytest.fixture
def cameras(clock: FakeClock) -> Cameras:
    return Cameras(clock)


class Sender:
    """One camera's run."""

    def __init__(self, clock: FakeClock, name: str = "gate", boot: str | None = None) -> None:
        self._clock = clock
        self._sequence = Sequence(name, clock, boot)

    def payload(self, captured_us: int | None = None) -> bytes:
        taken_us = self._clock.wall_us() if captured_us is None else captured_us
        return self._sequence.still(Still(jpeg(), 64, 48, taken_us), Reason.STREAM).payload


def take(cameras: Cameras, payload: bytes, timestamp_us: int = round(NOW_S * 1e6)) -> Frame | str | None:
    """The picture where it is the newest of its camera, the reason, or None."""
    received = cameras.receive(payload, "topic", timestamp_us)
    return received.frame if isinstance(received, Received) else received


def state(cameras: Cameras, name: str = "gate") -> dict[str, object]:
    found = cameras.state(latency=True)["cameras"]
    assert isinstance(found, dict)
    one = found[name]
    assert isinstance(one, dict)
    return one


def test_a_picture_is_shown_as_it_came(cameras: Cameras, clock: FakeClock) -> None:
    """The JPEG's bytes, its size, its place in the sequence and when it was taken."""
    payload = Sender(clock).payload()
    clock.advance(0.25)
    frame = take(cameras, payload)
    assert isinstance(frame, Frame)
    assert (frame.camera, frame.data, frame.width, frame.height, frame.seq) == ("gate", payload, 64, 48, 0)
    assert state(cameras) == {
        "state": "live",
        "received": 1,
        "rate": 0.0,
        "age_s": 0.25,
        "since_s": 0.0,
        "clock": "synced",
        "first_seq": 0,
        "last_seq": 0,
        "missing": 0,
        "repeated": 0,
        "width": 64,
        "height": 48,
        "latency_ms": {"p50": 250.0, "p99": 250.0},
    }


def test_a_repeat_is_counted_and_not_shown(cameras: Cameras, clock: FakeClock) -> None:
    """The same message twice: one picture received, one repeat."""
    payload = Sender(clock).payload()
    assert isinstance(take(cameras, payload), Frame)
    assert take(cameras, payload) is None
    assert (cameras.received, state(cameras)["repeated"], state(cameras)["received"]) == (1, 1, 1)


def test_a_late_picture_does_not_replace_a_newer_one(cameras: Cameras, clock: FakeClock) -> None:
    """It fills its gap in the counts; what is shown stays the newest by sequence."""
    sender = Sender(clock)
    first, second, third = (sender.payload() for _ in range(3))
    take(cameras, first)
    take(cameras, third)
    assert state(cameras)["missing"] == 1
    assert take(cameras, second) is None
    assert (state(cameras)["missing"], state(cameras)["received"]) == (0, 3)
    assert cameras.frames()[0].data == third


def test_the_samples_plain_pictures_are_a_camera_named_by_topic(cameras: Cameras) -> None:
    """No identity: shown, timed by SINETStream's timestamp, and nothing claimed of a sequence."""
    frame = take(cameras, jpeg(), timestamp_us=round((NOW_S - 2) * 1e6))
    assert isinstance(frame, Frame)
    shown = state(cameras, "(topic)")
    assert (frame.camera, shown["age_s"]) == ("(topic)", 2.0)
    assert shown["missing"] is shown["repeated"] is shown["first_seq"] is None


@pytest.mark.parametrize(
    "captured_us",
    [0, 1, 946_684_800_000_000, 4_102_444_800_000_000, round(NOW_S * 1e6) + HOUR_US],
    ids=["1970", "1970 and a bit", "2000", "2100", "an hour ahead"],
)
def test_a_camera_whose_clock_is_not_set(cameras: Cameras, clock: FakeClock, captured_us: int) -> None:
    """Its pictures are shown in the order of their numbers; no age or latency is made up."""
    sender = Sender(clock)
    frames = [take(cameras, sender.payload(captured_us)) for _ in range(3)]
    assert [frame.seq for frame in frames if isinstance(frame, Frame)] == [0, 1, 2]
    shown = state(cameras)
    assert (shown["age_s"], shown["clock"], shown["missing"]) == (None, "not set", 0)
    assert shown["latency_ms"] == {"p50": None, "p99": None}


@pytest.mark.parametrize("timestamp_us", [-1, -(2**62), 0, 2**62])
def test_a_plain_picture_with_an_impossible_timestamp(cameras: Cameras, timestamp_us: int) -> None:
    """SINETStream's timestamp is the sender's word too."""
    assert isinstance(take(cameras, jpeg(), timestamp_us), Frame)
    assert state(cameras, "(topic)")["age_s"] is None


def test_a_camera_falls_stale_by_its_own_rhythm(cameras: Cameras, clock: FakeClock) -> None:
    """After 5 s without a picture at 10 a second; after three intervals where they are a minute apart."""
    fast, slow = Sender(clock, "fast"), Sender(clock, "slow")
    take(cameras, slow.payload())
    clock.advance(60)
    take(cameras, slow.payload())
    take(cameras, fast.payload())
    clock.advance(0.1)
    take(cameras, fast.payload())
    clock.advance(6)
    assert (state(cameras, "fast")["state"], state(cameras, "slow")["state"]) == ("stale", "live")
    clock.advance(180)
    assert state(cameras, "slow")["state"] == "stale"


def test_a_thousand_names_cost_a_hundred_and_one(cameras: Cameras, clock: FakeClock) -> None:
    """Beyond 100 cameras the rest share one place, still counted; the first hundred stay themselves."""
    for index in range(1000):
        assert isinstance(take(cameras, Sender(clock, f"camera-{index}").payload()), Frame)
    names = [frame.camera for frame in cameras.frames()]
    assert len(names) == MAX_CAMERAS + 1
    assert state(cameras, OTHERS)["received"] == 900
    assert state(cameras, "camera-0")["received"] == 1
    assert cameras.received == 1000


def test_a_new_camera_takes_the_place_of_the_longest_silent_one(cameras: Cameras, clock: FakeClock) -> None:
    """After more than a minute of silence, and one place for one camera; the others stay themselves."""
    senders = [Sender(clock, f"camera-{index}") for index in range(MAX_CAMERAS)]
    for sender in senders:
        take(cameras, sender.payload())
    clock.advance(SILENT_S)
    take(cameras, senders[0].payload())
    take(cameras, Sender(clock, "too early").payload())
    clock.advance(1)
    frame = take(cameras, Sender(clock, "new").payload())
    assert isinstance(frame, Frame)
    names = set(cameras.summary())
    assert frame.camera == "new"
    assert names == {f"camera-{index}" for index in range(MAX_CAMERAS) if index != 1} | {"new", OTHERS}


def test_a_picture_too_large_to_decode_is_refused_and_not_missing(cameras: Cameras, clock: FakeClock) -> None:
    """A header of 20000x20000: nothing decodes it, and its number is not counted as lost."""
    sender = Sender(clock)
    take(cameras, sender.payload())
    refused = take(cameras, resized(sender.payload(), 20_000, 20_000))
    assert refused == f"a picture of 20000x20000, more than {MAX_PIXELS // 1_000_000} megapixels"
    assert isinstance(take(cameras, sender.payload()), Frame)
    assert (state(cameras)["missing"], cameras.state()["foreign"]) == (0, 1)


def resized(payload: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header."""
    at = payload.index(b"\xff\xc0") + 5
    return payload[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + payload[at + 4 :]


HOSTILE = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"hello",
    "JSON of another": b'{"temperature": 21.5}',
    "JSON nested 100,000 deep": b'{"a":' * 100_000,
    "newer sender": b'{"v": 99, "camera": "gate", "boot": "b", "seq": 7}',
    "endless number": b'{"v": 1, "seq": ' + b"9" * 60_000 + b"}",
    "not a number": b'{"v": NaN}',
    "PNG 20000x20000": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (20_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "GIF": b"GIF89a" + bytes(100),
    "TIFF": b"MM\x00\x2a" + bytes(100),
    "half a JPEG": jpeg()[: len(jpeg()) // 2],
    "JPEG of no size": resized(jpeg(), 0, 0),
    "JPEG's beginning only": b"\xff\xd8\xff",
    "GIF that begins as JPEG": b"\xff\xd8GIF89a" + bytes(100),
    "segment longer than the message": b"\xff\xd8\xff\xe1\xff\xff" + bytes(10),
    "segment of length 0": b"\xff\xd8\xff\xe1\x00\x00" + bytes(10),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_ours_is_counted_and_the_next_picture_shown(
    cameras: Cameras, clock: FakeClock, payload: bytes
) -> None:
    """A reason of one printable line, one more in `foreign`, no camera, and life goes on."""
    reason = take(cameras, payload)
    assert isinstance(reason, str)
    assert reason.isprintable()
    assert (cameras.state()["foreign"], cameras.frames()) == (1, [])
    assert isinstance(take(cameras, Sender(clock).payload()), Frame)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "x" * 10_240, "\x1b[2J\x1b]0;owned\x07", "../../etc/passwd"]
)
def test_a_hostile_name_is_a_short_printable_one(cameras: Cameras, clock: FakeClock, name: str) -> None:
    """It is shown and counted under that, everywhere."""
    frame = take(cameras, Sender(clock, name).payload())
    assert isinstance(frame, Frame)
    assert frame.camera.isprintable()
    assert len(frame.camera) <= 64
    assert list(cameras.summary()) == [frame.camera]


def test_a_thousand_damaged_messages_hide_no_good_one(cameras: Cameras, clock: FakeClock) -> None:
    """After each of 1,000 messages with flipped, cut, doubled or inserted bytes a good picture is shown."""
    chaos = random.Random(20260101)
    good, victim = Sender(clock, "good"), Sender(clock, "victim")
    for _ in range(1000):
        take(cameras, damaged(victim.payload(), chaos))
        assert isinstance(take(cameras, good.payload()), Frame)
    assert (state(cameras, "good")["received"], state(cameras, "good")["missing"]) == (1000, 0)


def damaged(data: bytes, chaos: random.Random) -> bytes:
    """`data` with a few random wounds, mostly in its header, where they hurt."""
    wounded = bytearray(data)
    for _ in range(chaos.randint(1, 6)):
        at = chaos.randrange(max(1, min(len(wounded), chaos.choice([20, 400, 10_000]))))
        match chaos.randrange(5):
            case 0:
                wounded[at : at + 1] = bytes([chaos.randrange(256)])
            case 1:
                del wounded[at:]
            case 2:
                wounded[at:at] = wounded[: chaos.randrange(200)]
            case 3:
                wounded[at:at] = chaos.randbytes(chaos.randrange(40))
            case 4:
                del wounded[at : at + chaos.randrange(40)]
    return bytes(wounded)
