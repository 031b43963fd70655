"""Row `memory`: resident memory while frames are captured and the broker does not take them."""

from __future__ import annotations

import contextlib
import io
import queue
import subprocess
import threading
import time
from statistics import median

from bench import children
from bench.brokers import Broker
from bench.figures import Figure
from bench.frames import picture
from bench.meter import rss_mb

FRAME = 100_000
SPOKEN_S = 3.0
"""Seconds in which the broker still answers."""
_SAMPLE_S = 0.25


def memory(broker: Broker, seconds: float, fps: float) -> list[Figure]:
    """Ours and the seed's path with a broker that stands still, and ours with nobody at the port."""
    arguments = {"fps": fps, "seconds": seconds + 60.0}
    nobody = "127.0.0.1:1"
    with broker.topic("bench-memory") as topic, contextlib.ExitStack() as stack:

        def start(who: str, address: str) -> subprocess.Popen[str]:
            command = children.case(f"bench.memory:{who}", address=address, topic=topic, **arguments)
            return stack.enter_context(children.running(command))

        processes = {
            "ours, broker silent": start("ours", broker.address),
            "seed, broker silent": start("seed", broker.address),
            "ours, port refused": start("ours", nobody),
        }
        time.sleep(SPOKEN_S)
        with broker.silent():
            samples = _sample(processes, seconds)
    return [figure for who in processes for figure in _figures(broker.name, who, samples[who])]


def _sample(
    processes: dict[str, subprocess.Popen[str]], seconds: float
) -> dict[str, list[tuple[float, float]]]:
    samples: dict[str, list[tuple[float, float]]] = {who: [] for who in processes}
    start_s = time.monotonic()
    while (now_s := time.monotonic() - start_s) < seconds:
        for who, process in processes.items():
            samples[who].append((now_s, rss_mb(process.pid)))
        time.sleep(_SAMPLE_S)
    return samples


def _figures(broker: str, who: str, samples: list[tuple[float, float]]) -> list[Figure]:
    """The growth between the third and the last quarter: the bound is passed before."""
    quarter = max(1, len(samples) // 4)
    third, last = samples[-2 * quarter : -quarter] or samples[:1], samples[-quarter:]
    growth_mb = median(rss for _, rss in last) - median(rss for _, rss in third)
    elapsed_s = median(at for at, _ in last) - median(at for at, _ in third)
    return [
        Figure("memory", f"{who}: growth behind the bound", broker, growth_mb / max(elapsed_s, 0.1), "MB/s"),
        Figure("memory", f"{who}: at the end", broker, samples[-1][1], "MB"),
    ]


def ours(address: str, topic: str, fps: float, seconds: float) -> dict[str, float]:
    """The flow at a frame rate, for longer than it is looked at."""
    from bench.program import run_paced

    run_paced(address, topic, FRAME, fps, seconds)
    return {}


def seed(address: str, topic: str, fps: float, seconds: float) -> dict[str, float]:
    """The sample's capture, its queue without a bound, and its writer."""
    from sinetstream import MessageWriter

    from bench.clients import hide_crc32c, sinetstream_arguments

    hide_crc32c()
    photos: queue.Queue[bytes] = queue.Queue()

    def write() -> None:
        with MessageWriter(**sinetstream_arguments(address, topic)) as writer:
            while True:
                writer.publish(photos.get())

    threading.Thread(target=write, daemon=True).start()
    frame, stream = picture(FRAME), io.BytesIO()
    start_s = time.monotonic()
    for number in range(int(seconds * fps)):
        time.sleep(max(0.0, start_s + number / fps - time.monotonic()))
        stream.write(frame)
        photos.put(stream.getvalue())
        stream.seek(0)
        stream.truncate()
    return {}
