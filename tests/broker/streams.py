"""A broker's address and a topic in, SINETStream's writers and readers on them out, as a user opens them."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sinetstream

from sinetstreamplugin import rdkafka
from tests.kafka_topics import Topics, new_name

OURS = "rdkafka"
STOCK = "stock-kafka"
DEADLINE_S = 30.0


@dataclass(frozen=True)
class Broker:
    """`topics` is None where topics make themselves (the mock cluster: 4 partitions each)."""

    bootstrap: str
    topics: Topics | None

    def topic(self, partitions: int = 1) -> str:
        return self.topics.make(partitions=partitions) if self.topics else new_name()


def register() -> None:
    """Ours under its own name, and SINETStream's under another, so that both are here at once."""
    stock = importlib.import_module("sinetstreamplugin.kafka")

    rdkafka.register(OURS)
    for user, plugin in (
        (sinetstream.MessageWriter, stock.KafkaWriter),
        (sinetstream.AsyncMessageWriter, stock.KafkaAsyncWriter),
        (sinetstream.MessageReader, stock.KafkaReader),
        (sinetstream.AsyncMessageReader, stock.KafkaAsyncReader),
    ):
        user.registry.register(STOCK, rdkafka._EntryPoint(plugin))


def _parameters(brokers: str, kind: str, spec: dict[str, Any] | None, more: dict[str, Any]) -> dict[str, Any]:
    consistency = more.pop("consistency", "AT_LEAST_ONCE")
    return {
        "no_config": True,
        "type": kind,
        "brokers": brokers,
        "consistency": consistency,
        "type_spec": spec or {},
        **more,
    }


def writer(
    brokers: str, topic: str, kind: str = OURS, spec: dict[str, Any] | None = None, **more: Any
) -> Any:
    """A synchronous writer, not opened; `spec` is its type_spec."""
    return sinetstream.MessageWriter(topic=topic, **_parameters(brokers, kind, spec, more))


def async_writer(
    brokers: str, topic: str, kind: str = OURS, spec: dict[str, Any] | None = None, **more: Any
) -> Any:
    """An asynchronous writer, not opened."""
    return sinetstream.AsyncMessageWriter(topic=topic, **_parameters(brokers, kind, spec, more))


def reader(
    brokers: str, topic: str | list[str], kind: str = OURS, spec: dict[str, Any] | None = None, **more: Any
) -> Any:
    """A synchronous reader, not opened, that ends after 10 s of silence."""
    more.setdefault("receive_timeout_ms", 10_000)
    return sinetstream.MessageReader(topics=topic, **_parameters(brokers, kind, spec, more))


def async_reader(brokers: str, topic: str, kind: str = OURS, **more: Any) -> Any:
    """An asynchronous reader, not opened."""
    return sinetstream.AsyncMessageReader(topics=topic, **_parameters(brokers, kind, None, more))


def take(source: Any, count: int) -> list[Any]:
    """The next `count` messages; fewer where the reader ends by itself."""
    messages: list[Any] = []
    for message in source:
        messages.append(message)
        if len(messages) == count:
            break
    return messages


def values(messages: list[Any]) -> list[bytes]:
    """What was in them."""
    return [message.value for message in messages]


def read_all(brokers: str, topic: str, count: int, kind: str = OURS, **more: Any) -> list[Any]:
    """The first `count` messages that a topic ever had."""
    with reader(brokers, topic, kind, **more) as source:
        source.seek_to_beginning()
        return take(source, count)


class Outcomes:
    """Gathers what promises come to: `self.values`, and `self.reasons`."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.reasons: list[Any] = []
        self._settled: queue.Queue[None] = queue.Queue()

    def of(self, promise: Any) -> None:
        promise.then(self._fulfilled, self._rejected)

    def wait(self, count: int, timeout_s: float = DEADLINE_S) -> None:
        """Until `count` more have settled."""
        for _ in range(count):
            self._settled.get(timeout=timeout_s)

    def _fulfilled(self, value: Any) -> None:
        self.values.append(value)
        self._settled.put(None)

    def _rejected(self, reason: Any) -> None:
        self.reasons.append(reason)
        self._settled.put(None)


def wait_until(condition: Callable[[], Any], what: str, timeout_s: float = DEADLINE_S) -> Any:
    """What `condition` returns once that is true; fails after `timeout_s`."""
    tick = threading.Event()
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if result := condition():
            return result
        tick.wait(0.02)
    raise AssertionError(f"{what}: not within {timeout_s} s")


def beats(rate_hz: float, stop: threading.Event) -> Iterator[int]:
    """0, 1, 2, .. at a rate, until `stop` is set: a camera's rhythm."""
    number = 0
    while not stop.wait(1 / rate_hz):
        yield number
        number += 1
