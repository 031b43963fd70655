"""Payloads or raw bytes in, messages on a topic out: SINETStream's framing, any key, any rubbish."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Producer
from sinetstream import MessageWriter

from ss_camera.clock import RealClock
from ss_camera.media import Reason, Still
from ss_camera.message import Sequence
from tests.pictures import TAKEN_US, jpeg


class Sender:
    """Sends to one topic; `params` are SINETStream's (data_compression, crypto, ..)."""

    def __init__(self, broker: str, topic: str, **params: Any) -> None:
        self._topic = topic
        # frames messages and is never opened: sending is the producer's part
        self._framing = MessageWriter(
            no_config=True, type="kafka", brokers=broker, topic=topic, value_type="byte_array", **params
        )
        self._producer = Producer(
            {"bootstrap.servers": broker, "linger.ms": 0, "message.max.bytes": 20_000_000}
        )

    def framed(self, payload: bytes, timestamp_us: int = TAKEN_US) -> bytes:
        """The bytes that SINETStream would send for `payload`."""
        return bytes(self._framing._to_bytes(payload, timestamp_us))

    def send(self, payload: bytes, timestamp_us: int = TAKEN_US) -> None:
        """Send `payload` as SINETStream does."""
        self.raw(self.framed(payload, timestamp_us))

    def raw(self, data: bytes) -> None:
        """Send bytes as they are, to the topic's first partition, so that their order is kept."""
        self._producer.produce(self._topic, data, partition=0)
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until the broker has all of it."""
        assert self._producer.flush(20.0) == 0


class Camera:
    """Makes the messages of one camera's run, numbered from 0."""

    def __init__(self, name: str = "gate", boot: str | None = None) -> None:
        self._clock = RealClock()
        self._sequence = Sequence(name, self._clock, boot)

    def payload(self, *, captured_us: int | None = None, data: bytes | None = None) -> bytes:
        """The next picture, taken now unless said otherwise."""
        taken_us = self._clock.wall_us() if captured_us is None else captured_us
        return self._sequence.still(Still(data or jpeg(), 64, 48, taken_us), Reason.STREAM).payload
