"""LightPromise does what promise.Promise does, and settles once whatever the threads do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promise import Promise

from sinetstreamplugin.rdkafka_promise import LightPromise


class Oops(Exception):
    """What handlers raise and writers reject with."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Oops) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)


@dataclass
class Made:
    """A pending promise with its two ends."""

    promise: Any
    fulfill: Callable[[Any], None]
    reject: Callable[[Exception], None]


def light() -> Made:
    promise = LightPromise()
    return Made(promise, promise.fulfill, promise.reject)


def reference() -> Made:
    ends: list[Any] = []
    promise: Any = Promise(lambda resolve, reject: ends.extend((resolve, reject)))
    return Made(promise, ends[0], ends[1])


# What a handler does: return a value, raise, or return a promise that is settled already or later.
ACTIONS = ["none", "value", "raise", "fulfilled", "rejected", "later", "fails later"]
handlers = st.one_of(st.none(), st.sampled_from(ACTIONS))
# A tree: each step takes the promise of an earlier step and calls then() with two handlers.
steps = st.lists(st.tuples(st.integers(min_value=0), handlers, handlers), min_size=1, max_size=8)


def play(
    make: Callable[[], Made], plan: list[tuple[int, str | None, str | None]], ok: bool, split: int
) -> tuple[list[Any], list[Any]]:
    """Build the tree, settling the root after `split` of its steps; what was called, and every outcome."""
    called: list[Any] = []
    later: list[Callable[[], None]] = []
    root = make()
    promises = [root.promise]

    def handler(number: int, action: str | None) -> Callable[[Any], Any] | None:
        return None if action is None else lambda value: act(number, action, value)

    def act(number: int, action: str, value: Any) -> Any:
        called.append((number, action, value))
        if action in ("none", "value"):
            return None if action == "none" else number
        if action == "raise":
            raise Oops(number)
        inner = make()
        if action in ("fulfilled", "later"):
            settle = partial(inner.fulfill, number)
        else:
            settle = partial(inner.reject, Oops(number))
        if "later" in action:
            later.append(settle)
        else:
            settle()
        return inner.promise

    for number, (parent, did_fulfill, did_reject) in enumerate(plan):
        if number == split % len(plan):
            root_end = partial(root.fulfill, "root") if ok else partial(root.reject, Oops("root"))
            root_end()
        parent_promise = promises[parent % len(promises)]
        promises.append(parent_promise.then(handler(number, did_fulfill), handler(number, did_reject)))
    while later:
        later.pop(0)()
    outcomes = [
        (
            "pending" if p.is_pending else "ok" if p.is_fulfilled else "failed",
            None if p.is_pending else p.value,
        )
        for p in promises
    ]
    return sorted(called, key=repr), outcomes


@given(steps, st.booleans(), st.integers(min_value=0))
def test_chains_come_to_what_the_reference_comes_to(
    plan: list[tuple[int, str | None, str | None]], ok: bool, split: int
) -> None:
    """Any tree of then(), settled before, amid or after its building: the same calls, the same outcomes."""
    assert play(light, plan, ok, split) == play(reference, plan, ok, split)


def test_sinetstreams_own_use() -> None:
    """AsyncMessageWriter adds a catch() that raises again; the user's handler still gets the reason."""
    seen: list[Any] = []

    def again(error: Exception) -> None:
        raise error

    made = light()
    made.promise.catch(again).then(seen.append, seen.append)
    made.reject(Oops(1))
    assert seen == [Oops(1)]


def test_the_first_outcome_stays() -> None:
    """Settling again does nothing."""
    promise = LightPromise()
    promise.fulfill(1)
    promise.reject(Oops())
    promise.fulfill(2)
    assert (promise.is_fulfilled, promise.value) == (True, 1)


def test_get_waits_for_the_value_or_raises() -> None:
    """From another thread; at once where it is settled; TimeoutError where it is not."""
    promise = LightPromise()
    with pytest.raises(TimeoutError):
        promise.get(0.01)
    threading.Timer(0.02, promise.fulfill, ("late",)).start()
    assert promise.get(10) == "late"
    assert promise.get() == "late"
    failed = LightPromise()
    failed.reject(Oops(3))
    with pytest.raises(Oops):
        failed.get()


def test_a_chain_of_any_length_fits_the_stack() -> None:
    """20,000 links settle in one go."""
    promise = last = LightPromise()
    for _ in range(20_000):
        last = last.then(lambda value: value + 1)
    promise.fulfill(0)
    assert last.value == 20_000


def test_a_future_is_waited_for() -> None:
    """A handler may hand its work to an executor."""
    future: Future[str] = Future()
    promise = LightPromise()
    followed, failed = promise.then(lambda _: future), promise.then(lambda _: broken)
    broken: Future[str] = Future()
    promise.fulfill(None)
    assert followed.is_pending
    future.set_result("done")
    broken.set_exception(Oops(5))
    assert (followed.value, failed.reason) == ("done", Oops(5))


def test_the_references_promise_is_waited_for() -> None:
    """So that both kinds mix in one program."""
    made = reference()
    promise = LightPromise()
    followed = promise.then(lambda _: made.promise)
    promise.fulfill(None)
    made.fulfill("theirs")
    assert followed.get(5) == "theirs"


def test_waiting_for_itself_is_an_error() -> None:
    """And not a promise that never settles."""
    promise = LightPromise()
    follower: LightPromise = promise.then(lambda _: follower)
    promise.fulfill(None)
    assert isinstance(follower.reason, TypeError)


def test_every_handler_runs_once_whatever_the_threads_do() -> None:
    """Threads add handlers while others settle: each is called exactly once, with one outcome."""
    for _ in range(50):
        promise = LightPromise()
        calls: list[Any] = []
        start = threading.Barrier(6)

        def add(
            promise: LightPromise = promise, start: threading.Barrier = start, calls: list[Any] = calls
        ) -> None:
            start.wait()
            for _ in range(50):
                promise.then(calls.append)

        def settle(value: int, promise: LightPromise = promise, start: threading.Barrier = start) -> None:
            start.wait()
            promise.fulfill(value)

        threads = [threading.Thread(target=add) for _ in range(4)]
        threads += [threading.Thread(target=settle, args=(value,)) for value in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(calls) == 200
        assert set(calls) == {promise.value}
