"""Row `latency`: from the capture of a synthetic camera through the broker to a SINETStream reader."""

from __future__ import annotations

import time
from typing import Any

from bench import children
from bench.brokers import Broker
from bench.figures import Figure

FPS = 10
_WARM_UP = 10


def latency(broker: Broker, frames: int) -> list[Figure]:
    """`./ss-camera.py` at VGA and 10 frames a second beside a reader in a process of its own."""
    with broker.topic("bench-latency") as topic:
        settings = camera_settings(broker, topic, PICAMERA_RESOLUTION="VGA", PICAMERA_FRAMERATE=str(FPS))
        with children.camera(settings):
            timeout_s = 30.0 + (frames + _WARM_UP) / FPS
            figures = children.run(
                "bench.latency:read", timeout_s, address=broker.address, topic=topic, frames=frames
            )
    return [
        Figure("latency", f"capture to reader, {name}", broker.name, figures[name], "ms")
        for name in ("p50", "p99", "max")
    ]


def camera_settings(broker: Broker, topic: str, **more: str) -> dict[str, str]:
    """A synthetic camera that publishes to `topic` and is sure of it."""
    return {
        "CAMERA": "synthetic",
        "CAMERA_ID": "bench",
        "SS_BROKERS": broker.address,
        "SS_TOPIC": topic,
        "SS_CONSISTENCY": "AT_LEAST_ONCE",
        **more,
    }


def read(address: str, topic: str, frames: int) -> dict[str, float]:
    """Milliseconds between `captured` in the message and its arrival here."""
    from ss_camera import message

    late_ms = []
    with reader(address, topic) as incoming:
        for received in incoming:
            now_us = time.time_ns() // 1000
            identity = message.read(received.value).identity
            assert identity is not None
            late_ms.append((now_us - identity.captured_us) / 1000)
            if len(late_ms) == frames + _WARM_UP:
                break
    late_ms = sorted(late_ms[_WARM_UP:])
    return {"p50": late_ms[len(late_ms) // 2], "p99": late_ms[int(len(late_ms) * 0.99)], "max": late_ms[-1]}


def reader(address: str, topic: str) -> Any:
    """SINETStream's reader on the plugin. The mock cluster holds a fetch back for as long as it may."""
    from sinetstream import MessageReader

    from sinetstreamplugin.rdkafka import register

    register("rdkafka", "kafka")
    return MessageReader(
        no_config=True,
        type="kafka",
        brokers=address,
        topic=topic,
        value_type="byte_array",
        type_spec={"fetch_max_wait_ms": 10},
    )
