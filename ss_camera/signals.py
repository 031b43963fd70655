"""Signals in; an event that tells a program to stop out, or calls of a command."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_LOOK_S = 1.0


class _Event(threading.Event):
    """One that a handler may set while the thread it interrupts is about to wait for it.

    Python's own has a lock that no thread may take twice: a signal between two steps of `wait` would find it
    taken by the thread it runs on, for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self._cond = threading.Condition(threading.RLock())

    def wait(self, timeout: float | None = None) -> bool:
        """Python's, with a look each second: a signal between the look and the wait wakes nobody."""
        left_s = math.inf if timeout is None else timeout
        while left_s > _LOOK_S:
            if super().wait(_LOOK_S):
                return True
            left_s -= _LOOK_S
        return super().wait(left_s)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; a second signal ends the process at once."""
    stop = _Event()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop


def hold_back(number: int) -> None:
    """Let a signal wait until `answer` takes it; to be called before any thread is started."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    # in case a library's thread was there before and takes it: without a handler it would end the program
    signal.signal(number, lambda _number, _frame: None)


def answer(number: int, act: Callable[[], None]) -> NoReturn:
    """Call `act` for each signal that `hold_back` holds, for ever; of a burst once at least.

    A handler would run between any two steps of the main thread, its own among them: it may not wait for a
    lock, and a burst of signals nests it until Python gives up, which ended the program.
    """
    while True:
        signal.sigwait({number})
        act()
