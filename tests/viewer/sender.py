"""Payloads or raw bytes in, messages on a topic out: SINETStream's framing, any key, any rubbish."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Producer
from sinetstream import MessageWriter

from ss_camera import parts as wire
from ss_camera.clips import Clips
from ss_camera.clock import Clock, RealClock
from ss_camera.media import ClipPart, Event, Packet, Reason, Still
from ss_camera.message import Sequence
from ss_camera.settings.model import ClipSettings
from tests.pictures import TAKEN_US, jpeg

SHORT = ClipSettings(preroll_s=1, postroll_s=1)


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

    def __init__(self, name: str = "gate", boot: str | None = None, clock: Clock | None = None) -> None:
        self._clock = clock or RealClock()
        self._sequence = Sequence(name, self._clock, boot)
        self._events = 0

    def payload(self, *, captured_us: int | None = None, data: bytes | None = None) -> bytes:
        """The next picture, taken now unless said otherwise."""
        taken_us = self._clock.wall_us() if captured_us is None else captured_us
        return self._sequence.still(Still(data or jpeg(), 64, 48, taken_us), Reason.STREAM).payload

    def clip(
        self, packets: Iterable[Packet], trigger: int = 20, settings: ClipSettings = SHORT
    ) -> list[bytes]:
        """The parts of the clips of a video in which something moves in the frame `trigger` only."""
        self._events += 1
        room = wire.room(settings.part_bytes, self._sequence.camera, self._sequence.boot)
        clips = Clips(settings, room, new_id=lambda: f"event-{self._events}")
        parts: list[ClipPart] = []
        for number, packet in enumerate(packets):
            parts += clips.packet(packet)
            parts += clips.motion(packet.pts_us, packet.captured_us, moving=number == trigger)
        return [self._sequence.part(part).payload for part in (*parts, *clips.stop())]

    def event(
        self, kind: str, event: str = "event-1", captured_us: int | None = None, **fields: object
    ) -> bytes:
        """A message about a motion, of now unless said otherwise."""
        at_us = self._clock.wall_us() if captured_us is None else captured_us
        return self._sequence.event(Event(kind, at_us, Reason.MOTION, event, fields)).payload
