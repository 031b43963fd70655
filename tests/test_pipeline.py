"""The flow from a camera to the outbox: order, failures, damaged pictures."""

from __future__ import annotations

import logging
import threading

import pytest

from ss_camera import message
from ss_camera.clock import FakeClock
from ss_camera.counters import Counters
from ss_camera.errors import CameraError, CameraStuck, CameraTimeout, EndOfVideo
from ss_camera.inbox import VideoEnds, VideoInbox
from ss_camera.media import Packet, Still
from ss_camera.outbox import MemoryOutbox
from ss_camera.pipeline import MAX_STUCK, Pipeline
from ss_camera.scheduling import Never, timetable
from ss_camera.settings.model import Schedule
from ss_camera.sources.base import OnMotion, OnPacket
from tests.pictures import jpeg, still


class ScriptedSource:
    """A camera of letters: `p` a picture, `d` a damaged one, `t` a time-out, `e` the end of a video."""

    description = "script"

    def __init__(self, letters: list[str]) -> None:
        self._letters = letters
        self.closed = 0

    def still(self) -> Still:
        letter = self._letters.pop(0) if self._letters else "e"
        if letter == "t":
            raise CameraTimeout("no frame for 10 s")
        if letter == "e":
            raise EndOfVideo("the video has ended")
        return still(data=jpeg() if letter == "p" else jpeg()[:-99])

    def close(self) -> None:
        self.closed += 1


def capture(
    script: str, plan: Schedule | None = None
) -> tuple[list[int], Counters, FakeClock, ScriptedSource, int]:
    """Run the flow over `script`; the numbers in the outbox, what was counted, and how often it opened."""
    clock, counters = FakeClock(), Counters()
    outbox = MemoryOutbox(10**9, counters)
    source = ScriptedSource(list(script))
    opened = []

    def open_source() -> ScriptedSource:
        opened.append(1)
        return source

    table = timetable(plan, 10.0, clock)
    pipeline = Pipeline(open_source, table, message.Sequence("c", clock), outbox, clock, counters)
    pipeline.run(threading.Event())
    found = []
    while (each := outbox.take(0.0)) is not None:
        found.append(each.seq)
    return found, counters, clock, source, len(opened)


def test_every_picture_reaches_the_outbox_with_its_number() -> None:
    """Ten pictures a second, until the video ends."""
    seqs, counters, clock, source, _ = capture("p" * 25)
    assert seqs == list(range(25))
    assert counters.snapshot() == {"captured": 25}
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(2.5)
    assert source.closed == 1


def test_a_schedule_waits_for_its_first_interval() -> None:
    """No stray picture at the start."""
    seqs, _, clock, _, _ = capture("ppp", Schedule("60", 60, "second"))
    assert len(seqs) == 3
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(240.0)


def test_a_camera_that_fails_is_closed_and_opened_again_with_backoff() -> None:
    """1, 2, 4 s; a picture in between starts the back-off anew; no number is lost."""
    seqs, counters, _, source, opened = capture("pptttpptp")
    assert seqs == [0, 1, 2, 3, 4]
    assert counters.snapshot()["camera failures"] == 4
    assert source.closed == opened == 5


def test_backoff_grows_and_is_capped(caplog: pytest.LogCaptureFixture) -> None:
    """A camera that is unplugged for good is asked once a minute."""
    with caplog.at_level(logging.WARNING):
        capture("t" * 9)
    waits = [
        record.getMessage().rsplit("in ", 1)[1]
        for record in caplog.records
        if "next try" in record.getMessage()
    ]
    assert waits == ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "60 s", "60 s", "60 s"]


def test_a_damaged_picture_is_not_published_and_takes_no_number() -> None:
    """Counted, said, and the flow goes on."""
    seqs, counters, _, _, opened = capture("pdpddp")
    assert seqs == [0, 1, 2]
    assert counters.snapshot() == {"captured": 3, "damaged": 3}
    assert opened == 1


def test_a_camera_that_gives_only_damage_is_opened_again() -> None:
    """Ten in a row."""
    seqs, counters, _, _, opened = capture("p" + "d" * 10 + "p")
    assert seqs == [0, 1]
    assert (counters.total("damaged"), counters.total("camera failures"), opened) == (10, 1, 2)


@pytest.mark.parametrize(("hangs", "ends"), [(MAX_STUCK, False), (MAX_STUCK + 1, True)])
def test_a_library_that_hangs_for_good_ends_the_capture(hangs: int, ends: bool) -> None:
    """Not at once: what hangs may come back. Only a new process gets past one that never does."""
    clock, tries, stop = FakeClock(), [], threading.Event()

    def open_source() -> ScriptedSource:
        tries.append(1)
        if len(tries) <= hangs:
            raise CameraStuck("the camera is in use by an earlier opening of this one that hangs")
        return ScriptedSource(list("pp"))

    outbox = MemoryOutbox(10**9, Counters())
    table = timetable(None, 10.0, clock)
    pipeline = Pipeline(open_source, table, message.Sequence("c", clock), outbox, clock, Counters())
    if ends:
        with pytest.raises(CameraStuck):
            pipeline.run(stop)
    else:
        pipeline.run(stop)
    assert outbox.waiting() == (0 if ends else 2)
    assert clock.monotonic_s() - FakeClock().monotonic_s() < 20.0


def test_a_camera_that_cannot_be_opened_is_tried_again() -> None:
    """And the stop ends the waiting."""
    clock, counters, stop = FakeClock(), Counters(), threading.Event()
    tries = []

    def open_source() -> ScriptedSource:
        tries.append(clock.monotonic_s())
        if len(tries) == 4:
            stop.set()
        raise CameraError("no camera; plug one in")

    table = timetable(None, 10.0, clock)
    outbox = MemoryOutbox(1, counters)
    Pipeline(open_source, table, message.Sequence("c", clock), outbox, clock, counters).run(stop)
    assert [round(moment - tries[0], 3) for moment in tries] == [0.0, 1.0, 3.0, 7.0]


def test_what_was_missed_while_the_camera_was_away_is_counted() -> None:
    """At ten a second a failure of a second costs about ten stills, and they are said."""
    _, counters, _, _, _ = capture("ptp")
    assert 9 <= counters.total("missed") <= 10


class ScriptedVideo(ScriptedSource):
    """A camera of letters with video: each check is a letter, `v` it flows, `t` and `e` as above."""

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        on_packet(Packet(b"first", True, 0, 0))

    def check(self) -> None:
        letter = self._letters.pop(0) if self._letters else "e"
        if letter == "t":
            raise CameraTimeout("no frame for 10 s")
        if letter == "e":
            raise EndOfVideo("the video has ended")


def watch(script: str) -> tuple[Counters, FakeClock, VideoInbox]:
    """Run the flow without stills over `script`."""
    clock, counters = FakeClock(), Counters()
    outbox, inbox = MemoryOutbox(10**9, counters), VideoInbox(Counters())
    source = ScriptedVideo(list(script))
    sequence = message.Sequence("c", clock)
    pipeline = Pipeline(lambda: source, Never(), sequence, outbox, clock, counters, inbox)
    pipeline.run(threading.Event())
    assert outbox.waiting() == 0
    return counters, clock, inbox


def test_video_without_stills_is_looked_after_each_second() -> None:
    """No picture is taken; the end of the video ends the flow, and is told behind its last packet."""
    _, clock, inbox = watch("vvvvv")
    assert clock.monotonic_s() - FakeClock().monotonic_s() == pytest.approx(6.0)
    assert isinstance(inbox.take(0.0), Packet)
    assert inbox.take(0.0) == VideoEnds()
    assert inbox.take(0.0) is None


def test_video_that_flows_starts_the_backoff_anew(caplog: pytest.LogCaptureFixture) -> None:
    """A camera that fails once a day is not waited for longer each time."""
    with caplog.at_level(logging.WARNING):
        counters, _, inbox = watch("t" + "t" + "vvt" + "vt" + "t")
    waits = [record.getMessage().rsplit("in ", 1)[1] for record in caplog.records]
    assert waits == ["1 s", "2 s", "1 s", "1 s", "2 s"]
    assert counters.total("camera failures") == 5
    ends = sum(inbox.take(0.0) == VideoEnds() for _ in range(20))
    assert ends == 6, "one for each opening"
