"""The ways to publish that are compared, each as `way(case) -> figures`; run in a process of their own.

`seed` is the SINETStream Pi camera sample's path: a capture thread writes into a BytesIO and puts its
value into a queue, a second thread takes one and calls SINETStream's `MessageWriter.publish`.
"""

from __future__ import annotations

import io
import queue
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from bench.case import MAX_REQUEST, Case
from bench.frames import as_from_a_camera, picture
from bench.meter import Meter

KAFKA_PYTHON_IN_FLIGHT = 8  # more makes it slower, and large frames stall


class Room:
    """Lets `count` frames be on their way at the same time."""

    def __init__(self, count: int, meter: Meter) -> None:
        self._free = threading.Semaphore(count)
        self._meter = meter
        self.wait = self._free.acquire

    def arrived(self, failure: object | None = None) -> None:
        self._meter.confirmed(failure)
        self._free.release()


def hide_crc32c() -> None:
    """The sample does not install `crc32c`: kafka-python then computes it in Python."""
    assert "kafka" not in sys.modules
    sys.modules["crc32c"] = None  # type: ignore[assignment]  # makes its import fail


def sinetstream_arguments(address: str, topic: str) -> dict[str, Any]:
    """What the sample gives to SINETStream for AT_LEAST_ONCE."""
    return {
        "no_config": True,
        "type": "kafka",
        "brokers": address,
        "topic": topic,
        "consistency": "AT_LEAST_ONCE",
        "value_type": "byte_array",
        "type_spec": {"max_request_size": MAX_REQUEST},
    }


def seed(case: Case) -> dict[str, float]:
    hide_crc32c()
    return seed_crc32c(case)


def seed_crc32c(case: Case) -> dict[str, float]:
    from sinetstream import MessageWriter

    meter = Meter(case.frames, case.warm_up)
    # the sample's queue has no bound; here it must not fill the memory with what is not measured
    photos: queue.Queue[bytes] = queue.Queue(2)

    def capture() -> None:
        frame, stream = picture(case.size), io.BytesIO()
        for _ in range(meter.total):
            stream.write(frame)
            photos.put(stream.getvalue())
            stream.seek(0)
            stream.truncate()

    with MessageWriter(**sinetstream_arguments(case.address, case.topic)) as writer:
        threading.Thread(target=capture, daemon=True).start()
        for _ in range(meter.total):
            writer.publish(photos.get(timeout=60))
            meter.confirmed()
        return meter.result()


def async_crc32c(case: Case) -> dict[str, float]:
    return _sinetstream_async(case, KAFKA_PYTHON_IN_FLIGHT, {})


def plugin(case: Case) -> dict[str, float]:
    from sinetstreamplugin.rdkafka import register

    register("rdkafka", "kafka")
    return _sinetstream_async(case, case.in_flight, {"message_key": "camera"})


def _sinetstream_async(case: Case, in_flight: int, options: dict[str, Any]) -> dict[str, float]:
    from sinetstream import AsyncMessageWriter

    meter, frame = Meter(case.frames, case.warm_up), picture(case.size)
    room = Room(in_flight, meter)
    arguments = sinetstream_arguments(case.address, case.topic)
    arguments["type_spec"].update(options)
    with AsyncMessageWriter(**arguments) as writer:
        for _ in range(meter.total):
            room.wait()
            promise = writer.publish(as_from_a_camera(frame))
            promise.then(lambda _: room.arrived(), room.arrived)
        return meter.result()


def bare(case: Case) -> dict[str, float]:
    """confluent-kafka with the same bytes on the wire, served by the thread that produces."""
    from confluent_kafka import Producer

    meter, frame = Meter(case.frames, case.warm_up), picture(case.size)
    on_the_way = 0

    def arrived(error: object | None, _record: object) -> None:
        nonlocal on_the_way
        on_the_way -= 1
        meter.confirmed(error)

    producer = Producer(
        {
            "bootstrap.servers": case.address,
            "acks": "all",
            "enable.idempotence": True,
            "linger.ms": 0,
            "message.max.bytes": MAX_REQUEST,
        }
    )
    for _ in range(meter.total):
        producer.poll(0)
        while on_the_way >= case.in_flight:
            producer.poll(0.1)
        payload = as_from_a_camera(frame)
        on_the_way += 1
        message = b"".join((sinetstream_head(len(payload), time.time_ns() // 1000), payload))
        producer.produce(case.topic, message, key=b"camera", on_delivery=arrived)
    while on_the_way and producer.flush(1.0):
        pass
    return meter.result(1.0)


def loopback(case: Case) -> dict[str, float]:
    """A TCP socket whose far end answers each frame with four bytes: what the machine itself can do."""
    meter, frame = Meter(case.frames, case.warm_up), picture(case.size)
    room = Room(case.in_flight, meter)
    host, port = case.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def read_answers() -> None:
            for _ in range(meter.total):
                connection.recv(4, socket.MSG_WAITALL)
                room.arrived()

        threading.Thread(target=read_answers, daemon=True).start()
        for _ in range(meter.total):
            room.wait()
            payload = as_from_a_camera(frame)
            head = sinetstream_head(len(payload), time.time_ns() // 1000)
            connection.sendall(struct.pack(">I", len(head) + len(payload)) + head)
            connection.sendall(payload)
        return meter.result()


def sinetstream_head(size: int, timestamp_us: int) -> bytes:
    """What SINETStream's message format 3 puts before a payload: packet, Avro single object, two longs."""
    out = bytearray(b"\xdf\x03\x00\x00\x00\x00\xc3\x01\x1f\x9c\x0c\x91\xeb\x33\x66\x4f")
    for number in (timestamp_us, size):
        zigzag = number << 1
        while zigzag > 0x7F:
            out.append(zigzag & 0x7F | 0x80)
            zigzag >>= 7
        out.append(zigzag)
    return bytes(out)


def ours(case: Case) -> dict[str, float]:
    """Our outbox, publisher and sink, fed with finished messages."""
    from bench.program import publish_messages

    return publish_messages(case)


def program(case: Case) -> dict[str, float]:
    """The whole flow of ss-camera; only the camera is replaced by pictures in memory."""
    from bench.program import run_flow

    return run_flow(case)


WAYS: dict[str, Callable[[Case], dict[str, float]]] = {
    "seed": seed,
    "seed+crc32c": seed_crc32c,
    "async+crc32c": async_crc32c,
    "ours": ours,
    "plugin": plugin,
    "bare": bare,
    "socket": loopback,
    "program": program,
}
