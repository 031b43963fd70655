"""The program's object with a drawn camera and brokers in memory: what runs, what a stop hands over."""

from __future__ import annotations

import logging
import threading

import pytest

from ss_camera import message
from ss_camera.app import App, Exit
from ss_camera.clock import RealClock
from ss_camera.errors import SinkUnavailable
from ss_camera.media import Family
from ss_camera.settings import load
from ss_camera.sinks.memory import MemorySink
from tests.program import wait_until
from tests.witness import MOVES


class Brokers:
    """A sink in memory for each family that is asked for; those of `dead` never open."""

    def __init__(self, *dead: Family) -> None:
        self.sinks: dict[Family, MemorySink] = {}
        self._dead = dead

    def open_sink(self, family: Family) -> MemorySink:
        sink = self.sinks[family] = MemorySink()
        if family in self._dead:
            sink.open_failures = [SinkUnavailable("it is not reachable")] * 1000
        return sink

    def payloads(self, family: Family) -> list[message.Incoming]:
        return [message.read(each.payload) for each in list(self.sinks[family].messages)]

    def kinds(self) -> list[object]:
        return [each.fields["kind"] for each in self.payloads(Family.EVENT) if each.fields]

    def last_part(self) -> message.Part:
        part = self.payloads(Family.CLIP)[-1].part
        assert part is not None
        return part


def started(brokers: Brokers, **settings: str) -> App:
    given = {**MOVES, "SYNTHETIC_MOTION": "1.5+60", "SS_BROKERS": "h", "SS_TOPIC": "t", **settings}
    app = App(load(None, environ=given, secrets_dirs=()), brokers.open_sink, RealClock())
    app.start()
    return app


def test_a_stop_in_the_middle_of_a_clip_hands_over_all_of_it() -> None:
    """The last part says `stop`, the event has its end, every number arrived, and the exit code is 0."""
    brokers = Brokers()
    app = started(brokers)
    wait_until(lambda: len(brokers.payloads(Family.CLIP)) >= 2, "an open clip")
    assert app.stop() is Exit.OK
    totals = brokers.last_part().totals
    assert totals is not None
    assert totals.end == "stop"
    assert totals.parts == len(brokers.payloads(Family.CLIP))
    assert brokers.kinds()[-1] == "motion-end"
    numbers = sorted(each.seq for sink in brokers.sinks.values() for each in sink.messages)
    assert numbers == list(range(len(numbers)))


def test_a_stop_with_a_dead_broker_is_75_and_what_the_others_take_is_handed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Within its time, with a line that says how many messages are lost."""
    brokers = Brokers(Family.CLIP)
    app = started(brokers)
    wait_until(lambda: len(brokers.kinds()) >= 2, "an event that goes on")
    with caplog.at_level(logging.ERROR):
        assert app.stop() is Exit.TRY_AGAIN
    assert "were not delivered" in caplog.text
    assert "did not stop" not in caplog.text
    assert brokers.kinds()[-1] == "motion-end"
    assert not brokers.sinks[Family.CLIP].messages


def test_without_stills_there_are_clips_and_events_only() -> None:
    """No picture is taken and no broker of pictures is asked for."""
    brokers = Brokers()
    app = started(brokers, STILLS="off")
    wait_until(lambda: len(brokers.payloads(Family.CLIP)) >= 2, "a clip")
    assert app.stop() is Exit.OK
    assert set(brokers.sinks) == {Family.CLIP, Family.EVENT}
    assert app.counters.total("captured") == 0


def test_a_clip_that_is_asked_for_is_recorded_though_nothing_moves() -> None:
    """`CLIP_MANUAL` seconds and the pre-roll, with the reason `manual`."""
    brokers = Brokers()
    app = started(brokers, SYNTHETIC_MOTION="none", CLIP_MANUAL="1", CLIP_GOP="0.5")
    wait_until(lambda: len(brokers.payloads(Family.STILL)) >= 10, "a second of video")
    app.record_now()
    wait_until(lambda: "motion-end" in brokers.kinds(), "the end of the clip")
    assert app.stop() is Exit.OK
    part = brokers.last_part()
    assert part.identity.reason == "manual"
    assert part.totals is not None
    assert part.totals.end == "quiet"
    assert part.totals.duration_s >= 1


def test_a_clip_that_is_asked_for_without_video_is_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    """And pictures go on."""
    brokers = Brokers()
    app = started(brokers, MOTION="off")
    with caplog.at_level(logging.WARNING):
        app.record_now()
        wait_until(lambda: "MOTION=on" in caplog.text, "the sentence")
    wait_until(lambda: len(brokers.payloads(Family.STILL)) >= 2, "pictures")
    assert app.stop() is Exit.OK


def test_wait_ends_with_the_stop() -> None:
    """Whatever the camera does."""
    brokers, stop = Brokers(), threading.Event()
    app = started(brokers)
    stop.set()
    app.wait(stop)
    assert app.stop() is Exit.OK
