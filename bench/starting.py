"""Rows `start` and `idle`: how soon the first message is there, and what a camera that waits costs."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

from bench import children
from bench.brokers import Broker
from bench.figures import Figure
from bench.frames import SIZES, picture
from bench.latency import camera_settings
from bench.meter import rss_mb, status_kb

_SETTLE_S = 4.0
_FIRST_S = 30.0


def start(broker: Broker, rounds: int) -> list[Figure]:
    """From the start of the process to the message at a subscriber, ours and the seed's path by turns."""
    times: dict[str, list[float]] = {"ours": [], "seed": []}
    for number in range(rounds):
        with broker.topic(f"bench-start-ours-{number}") as topic:
            settings = camera_settings(broker, topic)
            times["ours"].append(_first_message_s(broker, topic, lambda: children.camera(settings)))  # noqa: B023
        with broker.topic(f"bench-start-seed-{number}") as topic:
            command = children.case("bench.starting:seed_once", address=broker.address, topic=topic)
            times["seed"].append(_first_message_s(broker, topic, lambda: children.running(command)))  # noqa: B023
    return [
        Figure("start", f"{who}: process start to first message", broker.name, median(times[who]), "s")
        for who in times
    ]


def idle(broker: Broker, seconds: float) -> list[Figure]:
    """Voluntary context switches of all threads while nothing is to be captured for an hour."""
    figures = []
    with broker.topic("bench-idle") as topic:
        settings = camera_settings(broker, topic, SCHEDULE="3600")
        waiting: dict[str, AbstractContextManager[subprocess.Popen[str]]] = {
            "": children.camera(settings),
            "seed: ": children.running(
                children.case("bench.starting:seed_idle", address=broker.address, topic=topic)
            ),
        }
        for who, started in waiting.items():
            with started as process:
                time.sleep(_SETTLE_S)
                before = _switches(process.pid)
                time.sleep(seconds)
                switches = _switches(process.pid) - before
                figures += [
                    Figure("idle", f"{who}wake-ups a second", broker.name, switches / seconds, "/s"),
                    Figure("idle", f"{who}memory", broker.name, rss_mb(process.pid), "MB"),
                ]
    return figures


def _first_message_s(broker: Broker, topic: str, started: Callable[[], AbstractContextManager[Any]]) -> float:
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    settings = {"bootstrap.servers": broker.address, "group.id": "bench", "fetch.wait.max.ms": 5}
    consumer = Consumer(settings)
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        consumer.poll(0.5)  # the consumer is connected before the clock runs
        start_s = time.perf_counter()
        with started():
            while time.perf_counter() - start_s < _FIRST_S:
                record = consumer.poll(0.1)
                if record is not None and record.error() is None:
                    return time.perf_counter() - start_s
    finally:
        consumer.close()
    raise children.CaseFailed(f"no message within {_FIRST_S:.0f} s of the start")


def _switches(pid: int) -> int:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(status_kb(f"{pid}/task/{task.name}", "voluntary_ctxt_switches") for task in tasks)


def seed_once(address: str, topic: str) -> dict[str, float]:
    """The sample's writer and one picture; without its camera, which alone takes a second."""
    with _seed_writer(address, topic) as writer:
        writer.publish(picture(SIZES["15KB"]))
    return {}


def seed_idle(address: str, topic: str) -> dict[str, float]:
    """The sample between two pictures: the writer asks its queue, and the scheduler its jobs, each second."""
    photos: queue.Queue[bytes] = queue.Queue()

    def write() -> None:
        with _seed_writer(address, topic) as writer:
            while True:
                try:
                    writer.publish(photos.get(timeout=1))
                except queue.Empty:
                    continue

    threading.Thread(target=write, daemon=True).start()
    while True:
        time.sleep(1)


def _seed_writer(address: str, topic: str) -> Any:
    from bench.clients import hide_crc32c, sinetstream_arguments

    hide_crc32c()
    from sinetstream import MessageWriter

    return MessageWriter(**sinetstream_arguments(address, topic))
