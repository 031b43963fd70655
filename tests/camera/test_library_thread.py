"""Calls of a camera library on a thread of their own: results, errors, and hangs that nobody waits for."""

from __future__ import annotations

import logging
import threading

import pytest

from ss_camera.clock import RealClock
from ss_camera.errors import CameraError, CameraNotFound, CameraStuck, CameraTimeout
from ss_camera.sources.library_thread import LibraryThread
from tests.camera.clocks import HurriedClock
from tests.program import wait_until

ENOUGH_S = 20.0


def raises(error: Exception) -> None:
    raise error


def test_calls_are_made_in_turn_on_one_thread() -> None:
    """The library sees one caller, whoever called."""
    thread = LibraryThread("the camera", RealClock())
    found = [thread.call(threading.get_ident, ENOUGH_S, "asking") for _ in range(3)]
    thread.close(lambda: None)
    assert len(set(found)) == 1
    assert found[0] != threading.get_ident()


def test_a_calls_own_error_reaches_the_caller() -> None:
    """As it is, so that the flow can tell what is not there from what failed."""
    thread = LibraryThread("the camera", RealClock())
    with pytest.raises(CameraNotFound, match=r"^nothing there$"):
        thread.call(lambda: raises(CameraNotFound("nothing there")), ENOUGH_S, "opening")
    assert thread.call(lambda: 7, ENOUGH_S, "asking") == 7
    thread.close(lambda: None)


def test_an_error_that_nobody_expected_is_one_sentence_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The traceback is in the log, and the flow opens the camera again."""
    thread = LibraryThread("the camera", RealClock())
    with pytest.raises(CameraError, match=r"^the camera failed: KeyError: 'x'$"):
        thread.call(lambda: raises(KeyError("x")), ENOUGH_S, "asking")
    thread.close(lambda: None)
    assert "Traceback" in caplog.text


def test_a_posted_call_is_heard_of_later() -> None:
    """Nobody waits for it; what it raised comes with the next look. While it waits no other is put behind."""
    thread = LibraryThread("the camera", RealClock())
    go, done = threading.Event(), []
    thread.post(lambda: go.wait(ENOUGH_S))
    thread.post(lambda: done.append("left out"))
    go.set()
    thread.call(lambda: None, ENOUGH_S, "waiting for it")
    thread.post(lambda: raises(CameraError("lost")))
    thread.call(lambda: None, ENOUGH_S, "waiting for it")
    assert done == []
    for look in (thread.raise_failure, lambda: thread.post(lambda: None)):
        with pytest.raises(CameraError, match="lost"):
            look()
    thread.close(lambda: None)


def test_a_call_that_hangs_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    """The caller gets a time-out that says what was done; closing is bounded, and done later after all.

    Until then the camera of that name is not opened anew.
    """
    clock = HurriedClock()
    clock.hurry(50)
    thread = LibraryThread("another camera", clock)
    go, closed = threading.Event(), threading.Event()
    with pytest.raises(CameraTimeout, match=r"another camera hangs: taking a picture took longer than 5 s"):
        thread.call(lambda: go.wait(ENOUGH_S), 5.0, "taking a picture")
    with caplog.at_level(logging.WARNING):
        thread.close(closed.set)
        thread.close(closed.set)
    assert caplog.messages == ["another camera hangs while it is closed, and is left behind"]
    assert not closed.is_set()
    with pytest.raises(CameraStuck, match="in use by an earlier opening of this one that hangs"):
        LibraryThread("another camera", clock)
    go.set()
    assert closed.wait(ENOUGH_S)
    wait_until(lambda: opens("another camera"), "the name to be free again")


def opens(name: str) -> bool:
    try:
        LibraryThread(name, RealClock()).close(lambda: None)
    except CameraStuck:
        return False
    return True


def test_a_close_that_fails_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """It never raises: the flow is on its way to the next try."""
    thread = LibraryThread("the camera", RealClock())
    thread.close(lambda: raises(CameraError("the firmware said no")))
    assert caplog.messages == ["the camera could not be closed well: the firmware said no"]
