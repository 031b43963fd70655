"""librdkafka's mock cluster as a process: its address as one JSON line out, until it is told to stop.

In memory, for the demo and for tests: it keeps the last 5 MB of a partition, gives a topic that it
creates by itself 4 partitions, takes a random port and advertises 127.0.0.1.
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
import threading

from ss_camera.output import say
from ss_camera.signals import stop_on_signals

_READY_TIMEOUT_S = 10.0


def run(seconds: float | None, stop: threading.Event) -> int:
    """Print `{"broker": "127.0.0.1:PORT"}` and serve for `seconds` or until `stop`. Exit code 0, or 1.

    Where standard input is a pipe, its end stops the broker as well, so that it never outlives who
    started it. Any other standard input is left alone: under nohup or systemd it ends at once.
    """
    try:
        from confluent_kafka import KafkaException, Producer
    except ImportError:
        _complain("the broker in memory needs confluent-kafka, which is not installed; set SS_BROKERS")
        return 1
    producer = Producer({"test.mock.num.brokers": 1, "log_level": 3})  # 5 announces the mock itself
    try:
        brokers = producer.list_topics(timeout=_READY_TIMEOUT_S).brokers
    except KafkaException as error:
        _complain(f"the broker in memory did not start: {error}")
        return 1
    _stop_at_end_of_input(stop)
    broker = next(iter(brokers.values()))
    say(json.dumps({"broker": f"{broker.host}:{broker.port}"}))
    stop.wait(seconds)
    return 0


def main() -> int:
    """The module as a program of its own, without the rest of ss_camera."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, help="end by itself after that time")
    arguments = parser.parse_args()
    return run(arguments.seconds, stop_on_signals())


def _stop_at_end_of_input(stop: threading.Event) -> None:
    try:
        descriptor = sys.stdin.fileno()
        is_pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except (AttributeError, OSError, ValueError):  # no standard input at all
        return
    if not is_pipe:
        return

    def watch() -> None:
        while os.read(descriptor, 4096):
            pass
        stop.set()

    threading.Thread(target=watch, name="end-of-input", daemon=True).start()


def _complain(sentence: str) -> None:
    print(f"ss-camera: broker: {sentence}", file=sys.stderr)  # noqa: T201 - a program's last words


if __name__ == "__main__":
    sys.exit(main())
